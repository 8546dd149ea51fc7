"""Pages of places, spellings, tags, shifts and the calendar, as the people of the cast see them."""

import json
import re
from datetime import date, datetime
from io import BytesIO
from zoneinfo import ZoneInfo

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from kuangdeng.kernel.clock import set_to
from kuangdeng.ledger.models import Entry
from kuangdeng.org.models import CalendarDay, Place, PlaceAlias, PlaceProposal, ShiftScheme, UnitShift
from kuangdeng.org.queries.places import propose_place, resolve_place
from kuangdeng.org.queries.shifts import forget_timetables
from kuangdeng.org.services.seed import set_up_org
from kuangdeng.org.testkit import Cast, make_cast

TZ = ZoneInfo("Asia/Shanghai")


@pytest.fixture
def cast(db: None) -> Cast:
    forget_timetables()
    return make_cast()


@pytest.fixture
def safety(cast: Cast, client: Client) -> Client:
    client.force_login(cast.safety)
    return client


@pytest.fixture
def admin(cast: Cast) -> Client:
    client = Client()
    client.force_login(cast.administrator)
    return client


def text(response: object) -> str:
    return response.content.decode()  # type: ignore[attr-defined]


@pytest.mark.parametrize("name", ["places", "place_tree", "place_proposals", "tags", "place_new"])
def test_the_pages_of_places_open(safety: Client, name: str) -> None:
    response = safety.get(reverse(f"org:{name}"))
    assert response.status_code == 200


@pytest.mark.parametrize("name", ["places", "place_tree", "place_proposals", "tags", "shifts", "calendar"])
def test_a_miner_has_no_business_here(cast: Cast, client: Client, name: str) -> None:
    client.force_login(cast.miner)
    assert client.get(reverse(f"org:{name}")).status_code == 404


def test_the_register_of_places(cast: Cast, safety: Client, django_assert_max_num_queries) -> None:
    for number in range(60):
        Place.objects.create(mine=cast.mine, name=f"{number}号硐室", full_name=f"{number}号硐室", tag=f"tag{number}")
    safety.get(reverse("org:place_tree"))
    with django_assert_max_num_queries(12):
        page = text(safety.get(reverse("org:places")))
    assert "0号硐室" in page
    page = text(safety.get(reverse("org:places"), {"q": "2305"}))
    assert "2305综放面 回风顺槽" in page and "号硐室" not in page.split("<tbody>")[1]


def test_the_tree_opens_branch_by_branch(cast: Cast, safety: Client) -> None:
    page = text(safety.get(reverse("org:place_tree")))
    assert "一水平" in page and "2305综放面" not in page
    branch = text(safety.get(reverse("org:place_children", args=[cast.places["area"].id])))
    assert "2305综放面" in branch


def test_one_place_with_its_verbs(cast: Cast, safety: Client) -> None:
    face = cast.places["face"]
    page = text(safety.get(reverse("org:place", args=[face.id])))
    assert "回风顺槽" in page and f"/t/{face.tag}" in page and "<svg" in page
    safety.post(reverse("org:place_verb", args=[face.id, "alias"]), {"spelling": "大综放面"})
    assert resolve_place(cast.mine.id, "大综放面") == face
    safety.post(reverse("org:place_verb", args=[face.id, "rename"]), {"name": "2305智能面"})
    assert Place.objects.get(id=face.id).name == "2305智能面"
    response = safety.post(reverse("org:place_verb", args=[face.id, "rename"]), {"name": ""})
    assert response.status_code == 422
    safety.post(reverse("org:alias_remove", args=[PlaceAlias.objects.get(spelling="大综放面").id]))
    assert resolve_place(cast.mine.id, "大综放面") is None
    safety.post(reverse("org:place_verb", args=[face.id, "close"]))
    assert Place.objects.get(id=face.id).closed_on is not None
    assert safety.get(reverse("org:place_verb", args=[face.id, "explode"])).status_code == 404


def test_a_new_place_from_its_page(cast: Cast, safety: Client) -> None:
    url = reverse("org:place_new") + f"?parent={cast.places['face'].id}"
    assert "一水平 二采区 2305综放面" in text(safety.get(url))
    safety.post(url, {"parent": str(cast.places["face"].id), "name": "机头", "kind": "部位"})
    assert Place.objects.get(name="机头").full_name == "一水平 二采区 2305综放面 机头"
    wrong = safety.post(url, {"parent": str(cast.places["face"].id), "name": "机 头"})
    assert wrong.status_code == 422 and "写法相同" in text(wrong)


def test_another_mines_place_is_not_there(cast: Cast, safety: Client) -> None:
    other = make_cast("OTHR")
    for name in ("place", "place_children", "place_edit"):
        assert safety.get(reverse(f"org:{name}", args=[other.places["face"].id])).status_code == 404


def test_one_click_says_which_place_a_spelling_is(cast: Cast, safety: Client, django_assert_max_num_queries) -> None:
    for number in range(40):
        propose_place(cast.mine, f"2305综放面回风{number}号", "import", times=number + 1)
    safety.get(reverse("org:places"))
    with django_assert_max_num_queries(12):
        page = text(safety.get(reverse("org:place_proposals")))
    url = re.search(r'formaction="([^"]+/is/[^"]+)"', page)
    assert url is not None
    safety.post(url.group(1))
    assert PlaceProposal.objects.filter(decided_at__isnull=False).count() == 1


def test_spellings_in_bulk_each_with_its_result(cast: Cast, safety: Client) -> None:
    propose_place(cast.mine, "2305综放面回风", "import")
    propose_place(cast.mine, "XYZ不知道", "import")
    ids = [str(row.id) for row in PlaceProposal.objects.all()]
    page = text(safety.post(reverse("org:proposals_bulk", args=["likely"]), {"ids": ids}))
    assert "已合并到" in page and "没有足够相近" in page
    page = text(safety.post(reverse("org:proposals_bulk", args=["drop"]), {"ids": ids}))
    assert "记为不是地点" in page and "已经处理过" in page


def test_a_spelling_becomes_a_place_on_its_page(cast: Cast, safety: Client) -> None:
    propose_place(cast.mine, "3113综采面", "report")
    proposal = PlaceProposal.objects.get()
    assert "3113综采面" in text(safety.get(reverse("org:place_proposal", args=[proposal.id])))
    data = {"new-name": "3113综采面", "new-parent": str(cast.places["area"].id)}
    safety.post(reverse("org:proposal_new", args=[proposal.id]), data)
    assert resolve_place(cast.mine.id, "3113 综采工作面").parent == cast.places["area"]


def test_tag_sheets_carry_the_address_that_opens_the_report(cast: Cast, safety: Client) -> None:
    page = text(safety.get(reverse("org:tags"), {"site": "https://kd.example.mine", "confirmed_only": "on"}))
    assert page.count('class="tag"') == 4
    assert "扫码上报隐患" in page and "试验矿" in page
    tag = cast.places["gate"].tag
    assert f"{tag[:5]}-{tag[5:]}".upper() in page
    only = text(
        safety.get(reverse("org:tags"), {"site": "https://kd.example.mine", "top": str(cast.places["gate"].id)})
    )
    assert only.count('class="tag"') == 1
    assert safety.get(reverse("org:tags"), {"site": "not an address"}).status_code == 422


def test_the_picker_walks_and_finds(cast: Cast, client: Client) -> None:
    client.force_login(cast.miner)
    top = client.get(reverse("org:pick_place")).json()
    assert [one["label"] for one in top["options"]] == ["一水平"] and top["options"][0]["into"]
    down = client.get(reverse("org:pick_place"), {"parent": str(cast.places["area"].id)}).json()
    assert [one["label"] for one in down["options"]] == ["二采区", "2305综放面"]
    assert down["up"] == {"id": str(cast.places["level"].id), "label": "一水平"}
    for words in ("2305 回风", "hfsc", "HF", "顺槽"):
        found = client.get(reverse("org:pick_place"), {"q": words}).json()["options"]
        assert found[0]["id"] == str(cast.places["gate"].id), words
        assert found[0]["hint"] == "一水平 二采区 2305综放面"


def test_shift_schemes_by_their_pages(cast: Cast, admin: Client) -> None:
    assert "三八制" in text(admin.get(reverse("org:shifts")))
    data = {"name": "两班制", "name_0": "白班", "start_0": "8:00", "end_0": "20:00", "aliases_0": "日班、早班",
            "name_1": "夜班", "start_1": "20:00", "end_1": "8:00"}  # fmt: skip
    assert admin.post(reverse("org:scheme_new"), data).status_code == 302
    scheme = ShiftScheme.objects.get(name="两班制")
    assert scheme.shifts.get(name="白班").aliases == ["日班", "早班"]
    assert "日班、早班" in text(admin.get(reverse("org:scheme_edit", args=[scheme.id])))
    wrong = admin.post(reverse("org:scheme_new"), {**data, "name": "又一个", "end_1": "7:00"})
    assert wrong.status_code == 422 and "还差 1 小时" in text(wrong)
    wrong = admin.post(reverse("org:scheme_new"), {**data, "name": "又一个", "end_1": "二十点"})
    assert wrong.status_code == 422 and "08:00 这样的时间" in text(wrong)
    put = {"unit": str(cast.units["mining"].id), "valid_from": "2099-01-01"}
    assert admin.post(reverse("org:scheme_put_on", args=[scheme.id]), put).status_code == 302
    row = UnitShift.objects.get()
    assert row.unit == cast.units["mining"]
    assert "取消" in text(admin.get(reverse("org:shifts")))
    admin.post(reverse("org:scheme_take_off", args=[row.id]))
    assert not UnitShift.objects.exists()


def test_the_calendar_is_imported_checked_and_warns(cast: Cast, admin: Client) -> None:
    set_up_org(mine=cast.mine)
    with set_to(datetime(2026, 11, 22, 9, tzinfo=TZ)):
        assert "还没有 2027 年" in text(admin.get(reverse("org:calendar")))
        content = "日期,类别,名称\n2027年1月1日,放假,元旦\n2027-01-03,调休上班,元旦调休\n".encode("gb18030")
        file = SimpleUploadedFile("2027放假.csv", content, content_type="text/csv")
        response = admin.post(reverse("org:calendar_import"), {"file": file, "source": "国办通知"})
        assert response.status_code == 302, text(response)
        assert CalendarDay.objects.get(day=date(2027, 1, 3)).kind == "workday"
        assert "还没有核对" in text(admin.get(reverse("org:calendar")))
        admin.post(reverse("org:calendar_confirm", args=[2027]))
        assert "还没有" not in text(admin.get(reverse("org:calendar"))).split("<main")[1]
    assert Entry.objects.filter(verb="org.import_days").get().quantity == 2


def test_the_calendar_takes_its_own_json_and_excel(cast: Cast, admin: Client) -> None:
    from openpyxl import Workbook

    book, stream = Workbook(), BytesIO()
    book.active.append(["2027年放假安排"])
    book.active.append(["日期", "类别", "名称"])
    book.active.append([datetime(2027, 10, 1), "放假", "国庆节"])
    book.save(stream)
    rows = json.dumps([{"day": "2027-05-01", "kind": "holiday", "name": "劳动节"}]).encode()
    for name, content in [("放假.xlsx", stream.getvalue()), ("2027.json", rows)]:
        response = admin.post(reverse("org:calendar_import"), {"file": SimpleUploadedFile(name, content)})
        assert response.status_code == 302, text(response)
    assert CalendarDay.objects.count() == 2
    for name, content in [("坏.json", b"{"), ("坏.csv", "日期,类别\n不是日期,放假\n".encode()), ("坏.xlsx", b"zip")]:
        response = admin.post(reverse("org:calendar_import"), {"file": SimpleUploadedFile(name, content)})
        assert response.status_code == 422, name


def test_one_day_is_corrected_and_taken_out(cast: Cast, admin: Client) -> None:
    admin.post(reverse("org:calendar_day_new"), {"day": "2027-06-14", "kind": "holiday", "name": "端午节"})
    row = CalendarDay.objects.get()
    admin.post(reverse("org:calendar_day", args=[row.id]), {"kind": "holiday", "name": "端午", "confirmed": "on"})
    row.refresh_from_db()
    assert (row.name, row.confirmed) == ("端午", True)
    admin.post(reverse("org:calendar_day", args=[row.id]), {"remove": "1"})
    assert not CalendarDay.objects.exists()
