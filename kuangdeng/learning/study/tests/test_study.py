"""学习活动: from the notice to the filed record, who may what, attendance over a period, material that is refused."""

import zipfile
from datetime import timedelta
from io import BytesIO

import docx
import openpyxl
import pytest
from django.http import QueryDict
from django.urls import reverse

from kuangdeng.kernel import clock
from kuangdeng.kernel.errors import NotVisible, Refused
from kuangdeng.learning.attendance import api as attendance
from kuangdeng.learning.attendance.testkit import READ
from kuangdeng.learning.study import queries, rules, services
from kuangdeng.learning.study.choosing import ChooseForm
from kuangdeng.learning.study.models import StudyKind
from kuangdeng.learning.study.rules import Chosen, Status
from kuangdeng.learning.study.testkit import PDF, RECORD, data_in, fresh, session_in
from kuangdeng.learning.study.tests.scenarios import a_photo
from kuangdeng.org.api import documents
from kuangdeng.org.models import Branch, Person
from kuangdeng.org.testkit import Cast, make_cast


@pytest.fixture
def cast(db: None) -> Cast:
    return make_cast()


def test_a_session_from_the_plan_to_the_file(cast: Cast) -> None:
    session = session_in(Status.PLANNED, cast)
    assert cast.told("miner") == [], "nobody hears of a plan"
    with pytest.raises(NotVisible):
        queries.get_session(session.id, by=cast.miner)
    services.notify(session.id, by=cast.branch_secretary)
    assert any("专题辅导《防治水专题辅导》" in one for one in cast.told("miner"))
    with pytest.raises(Refused, match="还没有开始"):
        services.finish(session.id, by=cast.unit_head)
    with clock.set_to(session.starts_at + timedelta(minutes=1)):
        attendance.sign_by_code(session.sheet_id, device="p1", number=cast.miner.number)
        services.finish(session.id, by=cast.unit_head)
        assert any("没有参加" in one for one in cast.told("team_leader")), "who was not there is told to catch up"
        assert not any("没有参加" in one for one in cast.told("miner"))
        with pytest.raises(Refused, match="签到已经截止"):
            attendance.sign_by_code(session.sheet_id, device="p2", number=cast.team_leader.number)
    services.write_record(session.id, record=RECORD, by=cast.unit_head)
    with pytest.raises(Refused, match="由主持人审签"):
        services.approve(session.id, by=cast.unit_head)
    services.send_back(session.id, reason="发言太简单", by=cast.branch_secretary)
    assert any("退回重写" in one for one in cast.told("unit_head"))
    services.write_record(session.id, record=RECORD, by=cast.unit_head)
    services.approve(session.id, by=cast.branch_secretary)
    assert fresh(session).status == Status.FILED
    with pytest.raises(Refused, match="不能写记录"):
        services.write_record(session.id, record=RECORD, by=cast.unit_head)


def test_who_attends_runs_nothing_and_who_is_a_stranger_knows_nothing(cast: Cast) -> None:
    session = session_in(Status.NOTIFIED, cast)
    with pytest.raises(Refused, match="只有主持人"):
        services.cancel(session.id, reason="不想开", by=cast.miner)
    with pytest.raises(NotVisible):
        services.cancel(session.id, reason="不想开", by=cast.other_miner)
    with pytest.raises(Refused, match="不能为掘进一队"):
        data = data_in(cast)
        services.plan(
            data=type(data)(**{**data.__dict__, "unit_id": cast.units["tunnel"].id}), by=cast.branch_secretary
        )
    with pytest.raises(Refused, match="自己的支部"):
        services.plan(data=type(data)(**{**data.__dict__, "unit_id": None}), by=cast.branch_secretary)
    assert services.plan(data=type(data)(**{**data.__dict__, "unit_id": None}), by=cast.political_work).unit is None


def test_expected_are_picked_by_unit_members_leaders_and_persons(cast: Cast) -> None:
    Person.objects.filter(id=cast.team_leader.id).update(member_since="2010-07-01")
    mining = cast.units["mining"].id
    everybody = queries.people_of(cast.mine.id, Chosen(units=(mining,)))
    assert {one.name for one in everybody} == {"王铁柱", "李大山", "张建国", "赵志强"}
    members = queries.people_of(cast.mine.id, Chosen(units=(mining,), members_only=True, persons=(cast.safety.id,)))
    assert {one.name for one in members} == {"李大山", "周安平"}
    assert {one.name for one in queries.people_of(cast.mine.id, Chosen(leaders=True))} == {"郑矿长", "冯副矿长"}
    assert not queries.people_of(cast.mine.id, Chosen(members_only=True)).exists()


def test_a_changed_time_is_told_and_a_late_comer_to_the_list_gets_the_notice(cast: Cast) -> None:
    session = session_in(Status.NOTIFIED, cast)
    services.change(session.id, data=data_in(cast, begins_in=180), by=cast.branch_secretary)
    assert any("有更改" in one for one in cast.told("miner"))
    sheet = fresh(session).sheet
    assert sheet.starts_at == fresh(session).starts_at, "the sign-in moves with the session"
    chosen = Chosen(units=(cast.units["mining"].id,), persons=(cast.safety.id,))
    services.choose(session.id, chosen=chosen, by=cast.branch_secretary)
    assert sum("专题辅导《" in one and "有更改" not in one for one in cast.told("safety")) == 1
    assert sum("专题辅导《" in one and "有更改" not in one for one in cast.told("miner")) == 1, "not a second time"
    services.cancel(session.id, reason="主讲专家改期", by=cast.branch_secretary)
    assert any("取消了" in one for one in cast.told("safety"))


def test_a_notice_needs_somebody(cast: Cast) -> None:
    session = services.plan(data=data_in(cast), by=cast.branch_secretary)
    with pytest.raises(Refused, match="还没有选应到人员"):
        services.notify(session.id, by=cast.branch_secretary)


def test_statistics_by_person_and_branch_and_as_excel(cast: Cast) -> None:
    Branch.objects.create(mine=cast.mine, unit=cast.units["mining"], name="综采一队党支部")
    session = session_in(Status.FILED, cast)
    row = attendance.mine_at(session.sheet_id, cast.team_leader)
    with clock.set_to(session.ends_at + timedelta(hours=3)):
        made = attendance.hand_in(row.id, on=clock.today(), text=READ, by=cast.team_leader)
        attendance.accept_makeup(made.id, by=cast.unit_head)
    session_in(Status.NOTIFIED, cast, title="还没有开的")
    today = clock.local(session.starts_at).date()
    found = queries.statistics(cast.political_work, first=today, last=today)
    assert found.sessions == 1
    ((branch, counts),) = found.branches
    assert (branch, counts.expected, counts.there, counts.made_up, counts.missing) == ("综采一队党支部", 4, 3, 1, 0)
    assert (counts.rate, counts.covered) == (75, 100)
    assert {one.person.name: one.counts.there for one in found.persons}["李大山"] == 0
    assert queries.statistics(cast.unit_head, first=today, last=today).whole.expected == 4
    assert queries.statistics(cast.other_head, first=today, last=today).whole.expected == 0, "not of another unit"
    assert (
        queries.statistics(
            cast.political_work, first=today + timedelta(days=1), last=today + timedelta(days=9)
        ).sessions
        == 0
    )
    path = reverse("learning:study_statistics") + f"?first={today}&last={today}&export=xlsx"
    book = openpyxl.load_workbook(BytesIO(cast.browser("political_work").get(path).content))
    assert [cell.value for cell in book["按支部"][3]] == ["综采一队党支部", 4, 3, 0, 0, 1, 0, 75, 100]
    assert book["按人员"].max_row == 6


def office(*names: str) -> bytes:
    out = BytesIO()
    with zipfile.ZipFile(out, "w") as package:
        for name in names:
            package.writestr(name, "x")
    return out.getvalue()


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("讲稿.doc", b"\xd0\xcf\x11\xe0" + b"0" * 100),
        ("讲稿.pdf", b"MZ\x90\x00"),
        ("讲稿.docx", office("a.txt")),
        ("讲稿.docx", office("[Content_Types].xml", "word/vbaProject.bin")),
        ("讲稿.html", b"<script>alert(1)</script>"),
        ("讲稿.docx", b"PK\x03\x04broken"),
    ],
)
def test_material_is_known_by_its_content(cast: Cast, name: str, content: bytes) -> None:
    session = session_in(Status.PLANNED, cast)
    with pytest.raises(Refused, match="只收 PDF"):
        services.add_material(session.id, name=name, content=content, by=cast.unit_head)


@pytest.mark.parametrize("ending", ["docx", "pptx", "xlsx"])
def test_an_office_file_comes_back_as_what_it_is(cast: Cast, ending: str) -> None:
    content = office("[Content_Types].xml", f"{ending}/main.xml")
    session = session_in(Status.PLANNED, cast)
    made = services.add_material(session.id, name=f"讲稿.{ending}", content=content, by=cast.unit_head)
    answer = cast.browser("unit_head").get(reverse("learning:material_of_study", args=[made.id]))
    assert answer.content == content and answer["Content-Type"] == rules.OFFICE[ending]


def test_material_is_read_by_who_attends_and_stays_after_filing(cast: Cast) -> None:
    session = session_in(Status.NOTIFIED, cast)
    made = services.add_material(session.id, name="探放水讲稿.pdf", content=PDF, by=cast.unit_head)
    path = reverse("learning:material_of_study", args=[made.id])
    answer = cast.browser("miner").get(path)
    assert answer.content == PDF and "attachment" in answer["Content-Disposition"]
    assert cast.browser("other_miner").get(path).status_code == 404
    with pytest.raises(Refused, match="已经在了"):
        services.add_material(session.id, name="又一份.pdf", content=PDF, by=cast.unit_head)
    filed = session_in(Status.FILED, cast)
    with pytest.raises(Refused, match="已归档"):
        services.add_material(filed.id, name="补.pdf", content=PDF, by=cast.unit_head)


def test_pages_lead_through_a_whole_session(cast: Cast) -> None:
    """A branch secretary plans by the form, picks the unit, notices it; a miner finds it and asks for leave."""
    services.set_up_study(mine=cast.mine)
    kind = StudyKind.objects.get(name="座谈")
    desk, phone = cast.browser("branch_secretary"), cast.browser("miner")
    begin = clock.local() + timedelta(hours=3)
    form = {
        "kind": str(kind.id), "unit": str(cast.units["mining"].id), "title": "顶板管理座谈", "starts_at": f"{begin:%Y-%m-%dT%H:%M}",
        "ends_at": f"{begin + timedelta(hours=1):%Y-%m-%dT%H:%M}", "place_text": "区队会议室", "chair": str(cast.branch_secretary.id),
        "recorder": str(cast.unit_head.id),
    }  # fmt: skip
    answer = desk.post(reverse("learning:study_new"), form, follow=True)
    session = fresh(queries.visible(cast.branch_secretary).get(title="顶板管理座谈"))
    assert answer.redirect_chain[-1][0] == reverse("learning:study_people", args=[session.id])
    desk.post(answer.redirect_chain[-1][0], {"units": str(cast.units["mining_team"].id)})
    verb = reverse("learning:study_verb", args=[session.id, "notify"])
    assert "全部应到人员" in desk.get(verb).content.decode()
    desk.post(verb)
    assert "顶板管理座谈" in phone.get(reverse("learning:my_study")).content.decode()
    page = phone.get(reverse("learning:study", args=[session.id])).content.decode()
    assert "不能来，请假" in page and "审签" not in page
    row = attendance.mine_at(session.sheet_id, cast.miner)
    phone.post(reverse("learning:ask_leave", args=[row.id]), {"reason": "上四点班"})
    desk.post(reverse("learning:attendance_leave", args=[row.id, "grant"]))
    assert attendance.counts(session.sheet_id).leave == 1
    assert attendance.counts(session.sheet_id).expected == 4, "two of the team, the chair, the recorder"


def test_photos_are_for_who_may_know_of_the_session(cast: Cast) -> None:
    session = session_in(Status.FINISHED, cast)
    with pytest.raises(Refused, match="没有传上"):
        services.add_photos(session.id, photos=["0" * 64], by=cast.unit_head)
    name = a_photo(cast.unit_head)
    with pytest.raises(Refused, match="没有传上"):
        services.add_photos(session.id, photos=[name], by=cast.branch_secretary)
    (photo,) = services.add_photos(session.id, photos=[name], by=cast.unit_head)
    path = reverse("learning:photo_of_study", args=[photo.id])
    assert cast.browser("miner").get(path)["Content-Type"] == "image/jpeg"
    assert cast.browser("miner").get(path + "?size=thumb").status_code == 200
    assert cast.browser("other_miner").get(path).status_code == 404
    assert photo.file_id in queries.files_in_use([photo.file_id])
    cast.browser("unit_head").post(reverse("learning:study_photo_remove", args=[photo.id]))
    assert queries.files_in_use([photo.file_id]) == set()


def words_of(content: bytes) -> str:
    document = docx.Document(BytesIO(content))
    cells = [cell.text for table in document.tables for row in table.rows for cell in row.cells]
    return "\n".join([*(one.text for one in document.paragraphs), *cells])


def test_the_record_as_a_word_paper_in_the_mine_s_own_form(cast: Cast) -> None:
    coming = session_in(Status.NOTIFIED, cast)
    secretary = cast.browser("branch_secretary")
    assert secretary.get(reverse("learning:study_record_word", args=[coming.id])).status_code == 404
    session = session_in(Status.FILED, cast, title="老空水探放")
    address = reverse("learning:study_record_word", args=[session.id])
    text = words_of(secretary.get(address).content)
    for told_there in (
        "专题辅导记录",
        "老空水探放",
        "王铁柱",
        RECORD.content,
        "未到：",
        "李大山",
        "张建国：回去把面上",
    ):
        assert told_there in text
    assert cast.browser("other_miner").get(address).status_code == 404

    office = cast.browser("political_work")
    assert "学习记录" in office.get(reverse("org:documents")).content.decode()
    form = docx.Document()
    form.add_paragraph("矿党委学习专用记录 {{ title }} 应到 {{ expected }} 参加 {{ names_there }}")
    out = BytesIO()
    form.save(out)
    documents.upload_template("study_record", content=out.getvalue(), file_name="记录.docx", by=cast.political_work)
    assert "矿党委学习专用记录 老空水探放" in words_of(secretary.get(address).content)
    with pytest.raises(NotVisible):
        documents.upload_template("study_record", content=out.getvalue(), file_name="记录.docx", by=cast.safety)


def test_who_was_away_is_told_by_reason_on_the_record(cast: Cast) -> None:
    session = session_in(Status.FILED, cast)
    held = queries.record_of(session.id, by=cast.branch_secretary)
    away = {one.person.name for one in (*held.leave, *held.missing)} | {one.person.name for one, _made in held.made_up}
    assert "李大山" in away
    assert not away & {one.person.name for one in held.there}
    assert len(held.there) + len(away) == held.counts.expected + held.counts.guests
    page = cast.browser("branch_secretary").get(reverse("learning:study_record_sheet", args=[session.id]))
    assert "（未到）" not in page.content.decode(), "the reason is said once for all of them"


def test_the_unit_that_holds_a_session_is_proposed_as_expected(cast: Cast) -> None:
    session = services.plan(data=data_in(cast), chosen=Chosen(), by=cast.branch_secretary)
    page = cast.browser("branch_secretary").get(reverse("learning:study_people", args=[session.id]))
    assert [one.name for one in page.context["form"].initial["units"]] == ["综采一队"]


def test_one_names_whom_one_reaches_and_who_stands_there_may_stay(cast: Cast) -> None:
    def chosen(who: Person, *there: Person) -> ChooseForm:
        said = QueryDict(mutable=True)
        said.setlist("persons", [str(who.id)])
        return ChooseForm(said, by=cast.branch_secretary, initial={"persons": list(there)})

    own, other = chosen(cast.miner), chosen(cast.other_miner)
    assert own.is_valid() and own.chosen.persons == (cast.miner.id,)
    assert not other.is_valid() and "重新选" in str(other.errors["persons"])
    kept = chosen(cast.other_miner, cast.other_miner)
    assert kept.is_valid() and kept.chosen.persons == (cast.other_miner.id,)
