"""The mine's own hazard tables, the catalogue and the hints: verbs and pages."""

from datetime import date, timedelta
from io import BytesIO
from zoneinfo import ZoneInfo

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from kuangdeng.hazards import services
from kuangdeng.hazards.models import (
    CatalogueVersion,
    DeadlineRule,
    Grade,
    Hazard,
    LadderRule,
    MineSettings,
    Situation,
    Specialty,
    StandardHazard,
)
from kuangdeng.hazards.queries.similar import forget_catalogue, hints_for, hints_of, major_hints, similar
from kuangdeng.hazards.rules import Status
from kuangdeng.hazards.services import settings as verbs
from kuangdeng.hazards.setup import load_catalogues, set_up
from kuangdeng.hazards.testkit import hazard_in
from kuangdeng.kernel.clock import now, set_to
from kuangdeng.kernel.errors import NotVisible, Refused
from kuangdeng.ledger.models import Entry
from kuangdeng.org.models import PlaceProposal
from kuangdeng.org.testkit import Cast, make_cast

TZ = ZoneInfo("Asia/Shanghai")
PAGES = ["grades", "specialties", "library", "deadline_rules", "ladder_rules", "wording", "round_plans", "grade_new",
         "specialty_new", "standard_new", "deadline_rule_new", "ladder_rule_new", "round_plan_new", "library_import"]  # fmt: skip


@pytest.fixture
def cast(db: None) -> Cast:
    forget_catalogue()
    cast = make_cast()
    set_up(mine=cast.mine)
    return cast


@pytest.fixture
def safety(cast: Cast, client: Client) -> Client:
    client.force_login(cast.safety)
    return client


def text(response: object) -> str:
    return response.content.decode()  # type: ignore[attr-defined]


def test_a_specialty_is_worded_without_its_code(cast: Cast, safety: Client) -> None:
    """Codes are for programs and files; on the page there are names."""
    roof = Specialty.objects.get(mine=cast.mine, code="roof")
    url = reverse("hazards:specialty_edit", args=[roof.id])
    assert "roof" not in text(safety.get(url)).partition("<main")[2].replace(str(roof.id), "")
    assert safety.post(url, {"name": "顶板管理", "position": "10", "active": "on", "parent": ""}).status_code == 302
    roof.refresh_from_db()
    assert (roof.name, roof.code) == ("顶板管理", "roof")
    for parent in ("", str(roof.id)):
        safety.post(
            reverse("hazards:specialty_new"), {"name": "锚杆支护", "position": "99", "active": "on", "parent": parent}
        )
    assert list(Specialty.objects.filter(name="锚杆支护").order_by("id").values_list("code", flat=True)) == [
        "锚杆支护",
        "锚杆支护-2",
    ]


@pytest.mark.parametrize("name", [*PAGES, "catalogue"])
def test_the_pages_open(safety: Client, name: str) -> None:
    assert safety.get(reverse(f"hazards:{name}")).status_code == 200


@pytest.mark.parametrize("name", PAGES)
def test_a_unit_head_changes_no_tables(cast: Cast, client: Client, name: str) -> None:
    client.force_login(cast.unit_head)
    assert client.get(reverse(f"hazards:{name}")).status_code == 404


def test_a_grade_is_worded_and_retired(cast: Cast, safety: Client) -> None:
    data = {"code": "D", "name": "D级", "meaning": "班组自己能解决", "colour": "blue", "position": "40", "active": "on"}
    assert safety.post(reverse("hazards:grade_new"), data).status_code == 302
    grade = Grade.objects.get(mine=cast.mine, code="D")
    taken = safety.post(reverse("hazards:grade_new"), data)
    assert taken.status_code == 422 and "已经用了" in text(taken)
    del data["active"]
    safety.post(reverse("hazards:grade_edit", args=[grade.id]), data)
    grade.refresh_from_db()
    assert not grade.active
    assert Entry.objects.filter(verb="hazard.save_grade").last().payload == {"active": [True, False]}


def test_another_mines_rows_are_not_there(cast: Cast, safety: Client) -> None:
    other = make_cast("OTHR")
    set_up(mine=other.mine)
    theirs = Grade.objects.filter(mine=other.mine).first()
    assert safety.get(reverse("hazards:grade_edit", args=[theirs.id])).status_code == 404
    with pytest.raises(NotVisible):
        verbs.save_grade(by=cast.safety, code="X", name="X", grade_id=theirs.id)


def test_specialties_have_two_levels(cast: Cast) -> None:
    roof = Specialty.objects.get(mine=cast.mine, code="roof")
    sub = verbs.save_specialty(by=cast.safety, code="roof-99", name="锚索失效", parent=roof)
    with pytest.raises(Refused, match="两级"):
        verbs.save_specialty(by=cast.safety, code="deep", name="再下一级", parent=sub)
    with pytest.raises(Refused, match="还有小类"):
        water = Specialty.objects.get(mine=cast.mine, code="water")
        verbs.save_specialty(by=cast.safety, code="roof", name="顶板", parent=water, specialty_id=roof.id)


def test_the_library_is_imported_from_a_gbk_table(cast: Cast, safety: Client) -> None:
    rows = "编号,专业大类,隐患描述,等级,隐患标签,整改措施\nA-1,通风,风门闭锁绳断，两道门同时敞开,B级,物,修复闭锁\nA-2,顶板,锚杆托盘松动,C,物,紧固\n"
    rows = rows.replace("断，两", "断、两")
    file = SimpleUploadedFile("标准.csv", rows.encode("gb18030"))
    assert safety.post(reverse("hazards:library_import"), {"file": file}).status_code == 302
    door = StandardHazard.objects.get(mine=cast.mine, code="A-1")
    assert (door.specialty.name, door.grade.code, door.cause, door.is_sample) == ("一通三防", "B", "thing", False)
    assert Entry.objects.get(verb="hazard.import_standards").quantity == 2
    wrong = SimpleUploadedFile("错.csv", "专业,规范描述,等级\n没有的专业,某处坏了,B\n顶板,另一处坏了,Z\n".encode())
    response = safety.post(reverse("hazards:library_import"), {"file": wrong})
    assert response.status_code == 422
    assert "没有的专业" in text(response) and "没有「Z」这个等级" in text(response)
    page = text(safety.get(reverse("hazards:library"), {"q": "闭锁绳"}))
    assert "A-1" in page


def test_a_deadline_rule_begins_on_a_day(cast: Cast, safety: Client) -> None:
    grade = Grade.objects.get(mine=cast.mine, code="C")
    data = {
        "grade": str(grade.id),
        "kind": "hours",
        "amount": "6",
        "valid_from": "2099-01-01",
        "source": "矿发〔2098〕1号",
    }
    assert safety.post(reverse("hazards:deadline_rule_new"), data).status_code == 302
    again = safety.post(reverse("hazards:deadline_rule_new"), data)
    assert again.status_code == 422 and "已经有一条规则" in text(again)
    none = safety.post(reverse("hazards:deadline_rule_new"), {**data, "amount": "0", "valid_from": "2099-02-01"})
    assert none.status_code == 422 and "至少是 1" in text(none)
    page = text(safety.get(reverse("hazards:deadline_rules")))
    assert "下达后 6 小时" in page and "还没到" in page
    assert DeadlineRule.objects.get(amount=6).confirmed is False


def test_a_step_of_the_ladder(cast: Cast, safety: Client) -> None:
    data = {"name": "超期2班", "when": "+", "amount": "2", "step": "shifts", "roles": ["unit_head", "safety"],
            "position": "35", "active": "on", "propose_supervision": "on"}  # fmt: skip
    assert safety.post(reverse("hazards:ladder_rule_new"), data).status_code == 302
    rule = LadderRule.objects.get(name="超期2班")
    assert (rule.amount, rule.step, rule.propose_supervision) == (2, "shifts", True)
    safety.post(reverse("hazards:ladder_rule_edit", args=[rule.id]), {**data, "when": "-"})
    rule.refresh_from_db()
    assert rule.amount == -2
    assert "到期前 2 个班" in text(safety.get(reverse("hazards:ladder_rules")))
    nobody = safety.post(reverse("hazards:ladder_rule_new"), {**data, "roles": []})
    assert nobody.status_code == 422


def test_the_five_points_are_called_as_the_mine_calls_them(cast: Cast, safety: Client) -> None:
    data = {"title": "五落实", "person": "责任落实", "measure": "整改措施", "anonymous_reports": "on"}
    assert safety.post(reverse("hazards:wording"), data).status_code == 302
    row = MineSettings.objects.get()
    assert (row.five_points_title, row.five_point_labels, row.anonymous_reports) == (
        "五落实",
        {"person": "责任落实"},
        True,
    )


# Catalogue ------------------------------------------------------------------------------------------------------------


def test_the_catalogue_shows_both_versions_and_what_is_unchecked(cast: Cast, safety: Client) -> None:
    assert CatalogueVersion.objects.count() == 2
    assert load_catalogues() == 0
    page = text(safety.get(reverse("hazards:catalogue")))
    assert "应急管理部令第21号" in page and "应急管理部令第4号" in page
    page = text(safety.get(reverse("hazards:catalogue_version", args=["order21-2026"])))
    assert "第17类" in page and "已核对原文" in page
    assert 100 < Situation.objects.filter(category__version_id="order21-2026").count() <= 123


def test_official_text_replaces_the_condensed_one(cast: Cast, safety: Client) -> None:
    from openpyxl import Workbook

    book, stream = Workbook(), BytesIO()
    book.active.append(["类别序号", "情形序号", "正文"])
    book.active.append([1, 1, "煤矿全年原煤产量超过核定（设计）生产能力幅度在10%以上的（原文）"])
    book.save(stream)
    url = reverse("hazards:catalogue_correct", args=["order21-2026"])
    assert safety.post(url, {"file": SimpleUploadedFile("原文.xlsx", stream.getvalue())}).status_code == 302
    row = Situation.objects.get(category__version_id="order21-2026", category__no=1, no="1")
    assert row.confirmed and row.text.endswith("（原文）")
    wrong = SimpleUploadedFile("错.csv", "类别序号,情形序号,正文\n99,1,没有这一类\n".encode())
    assert "没有第 99 类" in text(safety.post(url, {"file": wrong}))
    other = Situation.objects.filter(category__version_id="order21-2026", confirmed=False).first()
    safety.post(reverse("hazards:situation_confirm", args=[other.id]))
    other.refresh_from_db()
    assert other.confirmed
    with pytest.raises(Refused, match="已经核对过"):
        verbs.confirm_situation(other.id, by=cast.safety)


# Hints ----------------------------------------------------------------------------------------------------------------

PROPS = "2305综放面回风顺槽超前段有三根单体柱卸载漏液，没更换"


def test_the_same_report_at_the_same_place_is_noticed(cast: Cast) -> None:
    first = hazard_in(Status.RECTIFYING, cast, text=PROPS)
    found = hints_for("超前段三根单体柱卸载漏液没有更换", by=cast.miner, place=cast.places["gate"])
    assert [one.hazard for one in found.duplicates] == [first]
    assert found.recurrences == []
    assert hints_for("皮带机头堆煤保护拨到甩开位置", by=cast.miner, place=cast.places["gate"]).duplicates == []


def test_what_was_closed_and_comes_back_is_a_recurrence_with_its_window(cast: Cast) -> None:
    with set_to(now() - timedelta(days=45)):
        old = hazard_in(Status.CLOSED, cast, text=PROPS)
    found = hints_for("超前段单体柱卸载漏液，没更换，三根", by=cast.safety, place=cast.places["gate"])
    assert [(one.hazard, one.window, one.is_open) for one in found.recurrences] == [(old, 60, False)]
    with set_to(now() + timedelta(days=60)):
        assert not hints_for(PROPS, by=cast.safety, place=cast.places["gate"]).recurrences


def test_a_neighbouring_place_needs_more_alike_words(cast: Cast) -> None:
    hazard = hazard_in(Status.REPORTED, cast, text=PROPS)
    found = similar(PROPS, by=cast.safety, place=cast.places["face"], at=now())
    assert [(one.hazard, one.same_place) for one in found] == [(hazard, False)]
    assert similar("单体柱卸载，支护质量差", by=cast.safety, place=cast.places["face"], at=now()) == []
    assert similar(PROPS, by=cast.safety, place=cast.places["level"], at=now()) == []


def test_hints_name_only_what_one_may_see(cast: Cast) -> None:
    hazard_in(Status.RECTIFYING, cast, text=PROPS)
    assert hints_for(PROPS, by=cast.other_miner, place=cast.places["gate"]).duplicates == []


def test_a_hazard_does_not_resemble_itself(cast: Cast) -> None:
    hazard = hazard_in(Status.REPORTED, cast, text=PROPS)
    assert not hints_of(hazard, by=cast.safety).duplicates


def test_the_catalogue_of_the_day_decides_the_hints(cast: Cast) -> None:
    words = "临时支护没打就进去装药，空顶约一米二"
    version, found = major_hints(words, "1602掘进头", date(2026, 11, 22))
    assert version.code == "order21-2026" and found[0].category.no == 17 and found[0].situation is not None
    version, _found = major_hints(words, "1602掘进头", date(2024, 11, 22))
    assert version.code == "order4-2020"
    assert major_hints(words, "", date(2015, 1, 1)) == (None, [])


def test_the_hints_at_entry_are_a_part_of_the_page(cast: Cast, safety: Client) -> None:
    hazard = hazard_in(Status.RECTIFYING, cast, text=PROPS)
    url = reverse("hazards:hints")
    page = text(safety.get(url, {"text": PROPS, "place": str(cast.places["gate"].id)}))
    assert hazard.number in page and "可能已经有人报过" in page
    again = hazard_in(Status.REPORTED, cast, text="超前段三根单体柱卸载漏液没有更换")
    assert hazard.number in text(safety.get(url, {"hazard": str(again.id)}))
    assert safety.get(url, {"hazard": "nonsense"}).status_code == 404
    page = text(safety.get(url, {"text": "已整改"}))
    assert "只写了已整改" in page
    page = text(safety.get(url, {"text": "临时支护没打就进去装药，空顶约一米二", "place": "nonsense"}))
    assert "请核对是不是重大隐患" in page and "应急管理部令第21号" in page
    assert text(safety.get(url, {"text": "顶"})).strip() == ""


def test_hints_cost_few_statements_whatever_the_rows(cast: Cast, django_assert_max_num_queries) -> None:
    for number in range(8):
        data = services.ReportData(text=f"{PROPS}{number}", place_id=cast.places["gate"].id)
        services.report(data=data, by=cast.miner)
    hints_for(PROPS, by=cast.safety, place=cast.places["gate"])
    with django_assert_max_num_queries(4):
        found = hints_for(PROPS, by=cast.safety, place=cast.places["gate"])
        assert len([one.hazard.number for one in found.duplicates]) == 5
    assert Hazard.objects.count() == 8


def test_a_place_typed_by_hand_is_understood_or_waits_for_a_person(cast: Cast) -> None:
    known = services.ReportData(text=PROPS, place_text="2305综放工作面", place_spelling="２３０５ 综放工作面")
    assert services.report(data=known, by=cast.miner).hazard.place == cast.places["face"]
    unknown = services.ReportData(text=PROPS, place_text="3113回风", place_spelling="3113回风")
    hazard = services.report(data=unknown, by=cast.miner).hazard
    assert (hazard.place, hazard.place_text) == (None, "3113回风")
    assert PlaceProposal.objects.get().source == "report"
