"""整治落实小组: finding the group, feedback one by one, acknowledging at the pre-shift meeting, who is late climbs."""

from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from django.db import DatabaseError, connection, transaction
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from kuangdeng.hazards import services as hazards
from kuangdeng.hazards.bulletins.rules import Owed
from kuangdeng.hazards.bulletins.services import compile_day, publish
from kuangdeng.hazards.groups import queries, services
from kuangdeng.hazards.groups.jobs import run_groups
from kuangdeng.hazards.groups.models import Acknowledgement, Feedback, GroupCase, PreShiftMeeting
from kuangdeng.hazards.groups.rules import Cover, Kind, Status, Where, find_group, late_level
from kuangdeng.hazards.groups.testkit import branch_of, case_in, fed_in, group_in, words
from kuangdeng.hazards.groups.tests.scenarios import meeting_of
from kuangdeng.hazards.models import Hazard
from kuangdeng.hazards.questions.services import ask
from kuangdeng.hazards.rules import Status as HazardStatus
from kuangdeng.hazards.testkit import hazard_in, tables
from kuangdeng.kernel import clock
from kuangdeng.kernel.errors import NotVisible, Refused
from kuangdeng.ledger.api import Entry, Notice, seal_all, tell_all
from kuangdeng.org.models import Unit
from kuangdeng.org.testkit import Cast, browser_of, make_cast

HOUR = timedelta(hours=1)


@pytest.fixture
def cast(db: None) -> Cast:
    return make_cast()


def told(person: object) -> list[str]:
    """The titles in somebody's inbox, the newest first."""
    seal_all()
    tell_all()
    return list(Notice.objects.filter(person_id=person.id).order_by("-id").values_list("title", flat=True))  # type: ignore[attr-defined]


# Finding the group ----------------------------------------------------------------------------------------------------

A, B, C = uuid4(), uuid4(), uuid4()
LEVEL, AREA, FACE, UNIT, SPECIALTY = (uuid4() for _ in range(5))


@pytest.mark.parametrize(
    ("covers", "found"),
    [
        ([(A, "specialty", SPECIALTY), (B, "place", AREA)], B),
        ([(A, "place", AREA), (B, "place", FACE)], B),
        ([(A, "place", LEVEL), (B, "unit", UNIT)], A),
        ([(A, "unit", UNIT), (B, "specialty", SPECIALTY)], A),
        ([(A, "mine", None), (B, "specialty", SPECIALTY)], B),
        ([(A, "mine", None), (B, "specialty", uuid4())], A),
        ([(A, "specialty", SPECIALTY), (B, "specialty", SPECIALTY)], A),
        ([(A, "unit", uuid4())], None),
        ([], None),
    ],
)
def test_the_nearest_cover_wins(covers: list[tuple[UUID, str, UUID | None]], found: UUID | None) -> None:
    where = Where([FACE, AREA, LEVEL], [UNIT], [SPECIALTY])
    cover = find_group([Cover(*one) for one in covers], where)
    assert (cover.group_id if cover else None) == found


@given(st.lists(st.sampled_from(list(Kind)), max_size=6), st.booleans(), st.booleans())
def test_a_group_for_the_whole_mine_leaves_no_gap(kinds: list[Kind], place: bool, unit: bool) -> None:
    covers = [Cover(B, kind, None if kind == Kind.MINE else uuid4()) for kind in kinds] + [Cover(A, "mine", None)]
    assert find_group(covers, Where([FACE] if place else [], [UNIT] if unit else [], [])) is not None


@pytest.mark.parametrize(("hours", "level"), [(-1, 0), (0, 1), (7.9, 1), (8, 2), (23, 2), (24, 3), (900, 3)])
def test_the_ladder_of_who_is_late(hours: float, level: int) -> None:
    assert late_level(hours * HOUR, 8 * HOUR, 24 * HOUR) == level


def test_published_lines_find_their_groups_once(cast: Cast) -> None:
    group = group_in(cast)
    roof = hazard_in(HazardStatus.RECTIFYING, cast)
    fresh = hazard_in(HazardStatus.REPORTED, cast, text="联络巷风门关不严")
    publish(_compiled(cast).id, by=cast.safety)
    assert run_groups() == 1
    assert run_groups() == 0, "a second worker finds nothing to do"
    found = {case.hazard_id: case for case in GroupCase.objects.all()}
    assert found[roof.id].group == group
    assert found[roof.id].by_rule == "specialty"
    assert found[fresh.id].group is None, "nobody has graded it, so no specialty group has it"
    assert told(cast.branch_secretary)[0] == "1 条公布事项分到「顶板整治落实小组」，请逐条反馈。"
    assert "1 条公布事项没有整治落实小组负责，请今天指定。" in told(cast.safety)
    with pytest.raises(Refused, match="已经分到各小组"):
        services.assign_bulletin(Entry.objects.get(verb="group.assign").subject_id)  # type: ignore[arg-type]


def _compiled(cast: Cast, days: int = 0) -> object:
    at = clock.now() + timedelta(seconds=1, days=days)
    return compile_day(mine=cast.mine, owed=Owed(clock.local(at).date(), at))


def test_a_thing_on_many_bulletins_is_one_case(cast: Cast) -> None:
    group_in(cast)
    hazard = hazard_in(HazardStatus.RECTIFYING, cast)
    Hazard.objects.filter(id=hazard.id).update(due_at=clock.now() - HOUR, dispatched_at=clock.now() - 2 * HOUR)
    publish(_compiled(cast).id, by=cast.safety)
    run_groups()
    with clock.set_to(clock.now() + timedelta(days=1)):
        publish(_compiled(cast).id, by=cast.safety)
        run_groups()
    assert GroupCase.objects.filter(hazard=hazard).count() == 1


def test_a_gap_closes_by_itself_when_a_group_covers_it(cast: Cast) -> None:
    case = case_in(cast, grouped=False)
    assert queries.gaps(cast.mine.id).count() == 1
    assert run_groups() == 0
    group = group_in(cast)
    assert run_groups() == 1
    case.refresh_from_db()
    assert case.group == group
    assert case.due_at > clock.now(), "its clock begins when somebody can answer for it"


def test_two_groups_do_not_cover_the_same(cast: Cast) -> None:
    group_in(cast)
    with pytest.raises(Refused, match="专业「顶板」已经由「顶板整治落实小组」负责"):
        group_in(cast, "另一个小组")


def test_changes_hold_from_today_and_the_past_stays(cast: Cast) -> None:
    with clock.set_to(clock.now() - timedelta(days=10)):
        group = group_in(cast)
    unit = cast.units["tunnel"]
    data = services.GroupData("顶板组", branch_of(cast), cast.branch_secretary, [cast.other_head], units=[unit])
    services.save_group(group.id, data=data, by=cast.safety)
    day = clock.today()
    specialty = tables(cast)[1].id
    assert queries.covers_on(cast.mine.id, day) == [Cover(group.id, "unit", unit.id)]
    assert queries.covers_on(cast.mine.id, day - timedelta(days=1)) == [Cover(group.id, "specialty", specialty)]
    assert {one.name for one in queries.members(group)} == {"赵志强", "陈永福"}


def test_an_ended_group_leaves_its_cases_to_others(cast: Cast) -> None:
    case = case_in(cast)
    services.end_group(case.group.id, by=cast.safety)  # type: ignore[union-attr]
    assert queries.gaps(cast.mine.id).get() == case
    with pytest.raises(Refused, match="已经撤销"):
        services.end_group(case.group.id, by=cast.safety)  # type: ignore[union-attr]


def test_only_the_safety_department_sets_groups_up(cast: Cast) -> None:
    data = services.GroupData("x", branch_of(cast), cast.unit_head, [], whole_mine=True)
    with pytest.raises(Refused, match="您没有权限"):
        services.save_group(None, data=data, by=cast.unit_head)


# Feedback -------------------------------------------------------------------------------------------------------------


def test_feedback_reaches_every_team_of_the_front_line(cast: Cast) -> None:
    case = case_in(cast)
    assert [one.name for one in queries.concerned(case, queries.tellable(cast.mine.id))] == ["综采一队", "掘进一队"]
    feedback = services.feed_back(case.id, data=words(cast), by=cast.branch_secretary)
    owed = {one.unit_name: one for one in feedback.acknowledgements.all()}
    assert set(owed) == {"综采一队一班", "掘进一队"}, "a unit without teams acknowledges itself"
    assert owed["综采一队一班"].main_unit.name == "综采一队"
    assert told(cast.team_leader)[0] == (
        "顶板整治落实小组反馈：「2305综放面回风顺槽超前段有三根单体柱卸载漏液，没更换」，请在班前会上学习签认。"
    )
    assert not any("反馈" in one for one in told(cast.electric_head))


@pytest.mark.parametrize("part", ["found", "done", "watch"])
def test_a_feedback_says_all_three(cast: Cast, part: str) -> None:
    case = case_in(cast)
    said = {"found": "密封圈老化", "done": "已更换", "watch": "先看压力表", part: "  "}
    data = services.FeedbackData(**said, units=[cast.units["mining"]])
    with pytest.raises(Refused) as refused:
        services.feed_back(case.id, data=data, by=cast.branch_secretary)
    assert refused.value.field == part
    assert not Feedback.objects.exists()


def test_only_the_group_speaks_and_the_safety_department_for_it(cast: Cast) -> None:
    case = case_in(cast)
    with pytest.raises(Refused, match="只有「顶板整治落实小组」的成员能反馈"):
        services.feed_back(case.id, data=words(cast), by=cast.other_head)
    services.feed_back(case.id, data=words(cast), by=cast.unit_head)
    services.feed_back(case.id, data=words(cast), by=cast.safety)
    assert [one.number for one in Feedback.objects.order_by("number")] == [1, 2]


def test_the_outcome_comes_after_the_end(cast: Cast) -> None:
    case = case_in(cast)
    with pytest.raises(Refused, match="还没有销号"):
        services.report_outcome(case.id, data=words(cast), by=cast.branch_secretary)
    services.feed_back(case.id, data=words(cast), by=cast.branch_secretary)
    assert queries.waiting_for(cast.branch_secretary) == []
    hazards.rectify(case.hazard_id, words="已更换，初撑力合格", by=cast.unit_head)  # type: ignore[arg-type]
    hazards.accept(case.hazard_id, words="现场复查合格", by=cast.safety)  # type: ignore[arg-type]
    hazards.close(case.hazard_id, by=cast.safety2)  # type: ignore[arg-type]
    waiting = queries.waiting_for(cast.branch_secretary)
    assert [(one.case.id, one.outcome) for one in waiting] == [(case.id, True)]
    with pytest.raises(Refused, match="已经办结，请反馈结果"):
        services.feed_back(case.id, data=words(cast), by=cast.branch_secretary)
    services.report_outcome(case.id, data=words(cast), by=cast.branch_secretary)
    case.refresh_from_db()
    assert case.status == Status.DONE
    assert queries.waiting_for(cast.branch_secretary) == []
    with pytest.raises(Refused):
        services.report_outcome(case.id, data=words(cast), by=cast.branch_secretary)


def test_nothing_is_owed_for_what_was_void(cast: Cast) -> None:
    case = case_in(cast, HazardStatus.REPORTED, grouped=False)
    hazards.void(case.hazard_id, reason="现场核实不存在", by=cast.safety)  # type: ignore[arg-type]
    assert queries.gaps(cast.mine.id).count() == 0
    group_in(cast, whole_mine=True)
    assert run_groups() == 0
    with pytest.raises(Refused, match="作废或合并"):
        services.feed_back(case.id, data=words(cast), by=cast.safety)


def test_what_was_said_and_heard_cannot_be_changed(cast: Cast) -> None:
    feedback = fed_in(cast)
    unit = cast.units["mining_team"]
    ids = [feedback.acknowledgements.get(unit=unit).id]
    services.hold(unit.id, data=meeting_of(cast), acknowledgement_ids=ids, by=cast.team_leader)
    for sentence in (
        "update hazards_feedback set watch = '没事'", "delete from hazards_acknowledgement where acknowledged_at is not null",
        "update hazards_acknowledgement set acknowledged_at = null, meeting_id = null, by_id = null where meeting_id is not null",
    ):  # fmt: skip
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(sentence)


# The pre-shift meeting ------------------------------------------------------------------------------------------------


def held(cast: Cast, feedback: Feedback) -> PreShiftMeeting:
    unit = cast.units["mining_team"]
    ids = list(feedback.acknowledgements.filter(unit=unit).values_list("id", flat=True))
    return services.hold(unit.id, data=meeting_of(cast), acknowledgement_ids=ids, by=cast.team_leader)


def test_a_meeting_acknowledges_for_its_team_only(cast: Cast) -> None:
    feedback = fed_in(cast)
    assert [one.count for one in queries.owed_by_teams(cast.team_leader)] == [1]
    meeting = held(cast, feedback)
    assert (meeting.present, meeting.presences.get().name) == (12, "王铁柱")
    assert queries.owed_by_teams(cast.team_leader) == []
    assert queries.coverage([feedback.case.hazard_id])[feedback.case.hazard_id].words == "1/2"  # type: ignore[index,list-item]
    entry = Entry.objects.get(verb="group.acknowledge")
    assert (entry.quantity, entry.unit_name, entry.payload["present"]) == (1, "综采一队一班", 12)


def test_pressing_twice_does_no_harm_and_late_comers_are_added(cast: Cast) -> None:
    feedback = fed_in(cast)
    held(cast, feedback)
    with pytest.raises(Refused, match="已经登记过"):
        held(cast, feedback)
    data = meeting_of(cast)
    more = services.MeetingData(data.day, data.shift_name, 0, [cast.miner, cast.team_leader])
    meeting = services.hold(cast.units["mining_team"].id, data=more, acknowledgement_ids=[], by=cast.unit_head)
    assert PreShiftMeeting.objects.count() == 1
    assert (meeting.present, meeting.presences.count()) == (12, 2)


def test_nobody_acknowledges_for_another_team(cast: Cast) -> None:
    feedback = fed_in(cast)
    other = feedback.acknowledgements.get(unit=cast.units["tunnel"])
    with pytest.raises(NotVisible):
        services.hold(
            cast.units["tunnel"].id, data=meeting_of(cast), acknowledgement_ids=[other.id], by=cast.team_leader
        )
    unit = cast.units["mining_team"]
    services.hold(unit.id, data=meeting_of(cast), acknowledgement_ids=[other.id], by=cast.team_leader)
    other.refresh_from_db()
    assert other.acknowledged_at is None


def test_an_empty_room_and_another_shift_are_refused(cast: Cast) -> None:
    unit, data = cast.units["mining_team"], meeting_of(cast)
    with pytest.raises(Refused, match="请勾选到会的人"):
        services.hold(
            unit.id,
            data=services.MeetingData(data.day, data.shift_name, 0),
            acknowledgement_ids=[],
            by=cast.team_leader,
        )
    long_ago = services.MeetingData(data.day - timedelta(days=3), data.shift_name, 5)
    with pytest.raises(Refused, match="班次不对"):
        services.hold(unit.id, data=long_ago, acknowledgement_ids=[], by=cast.team_leader)


@pytest.mark.parametrize(
    ("at", "name", "day"),
    [
        ("07:20", "八点班", 22),
        ("08:10", "八点班", 22),
        ("14:20", "八点班", 22),
        ("14:40", "四点班", 22),
        ("23:00", "零点班", 23),
        ("00:10", "零点班", 22),
    ],
)
def test_a_meeting_belongs_to_the_shift_that_begins_soon(cast: Cast, at: str, name: str, day: int) -> None:
    moment = clock.local().replace(2026, 11, 22, *map(int, at.split(":")), second=0, microsecond=0)
    meant = [one for one in queries.meeting_shifts(cast.mine, cast.units["mining_team"], moment) if one.chosen]
    assert [(one.name, one.day.day) for one in meant] == [(name, day)]


def test_a_unit_without_shifts_meets_by_day(cast: Cast) -> None:
    from kuangdeng.org.models import ShiftScheme

    ShiftScheme.objects.update(is_default=False)
    shifts = queries.meeting_shifts(cast.mine, cast.units["mining_team"], clock.now())
    assert [(one.day, one.name) for one in shifts] == [(clock.today(), "")]


# Who is late ----------------------------------------------------------------------------------------------------------


def test_who_does_not_acknowledge_climbs_step_by_step(cast: Cast) -> None:
    fed_in(cast)
    start = Acknowledgement.objects.get(unit=cast.units["mining_team"]).due_at
    late = "综采一队有 1 条反馈超时没有签认（综采一队一班）。"
    for after, heard, not_yet in (
        (0, cast.team_leader, cast.mine_leader), (8, cast.branch_secretary, cast.mine_leader), (24, cast.mine_leader, None)
    ):  # fmt: skip
        with clock.set_to(start + after * HOUR + timedelta(minutes=1)):
            assert run_groups() > 0
            assert run_groups() == 0, "each step once"
            assert late in told(heard)
            assert not_yet is None or late not in told(not_yet)


def test_one_who_acknowledged_meanwhile_is_not_told(cast: Cast) -> None:
    feedback = fed_in(cast)
    due = Acknowledgement.objects.get(unit=cast.units["mining_team"]).due_at
    steps = queries.late_teams(cast.mine, due + HOUR)
    with clock.set_to(due + HOUR):
        held(cast, feedback)
        with pytest.raises(Refused):
            services.tell_teams(late=next(one for one in steps if one.unit.name == "综采一队"))


def test_a_silent_group_climbs_too(cast: Cast) -> None:
    case = case_in(cast)
    with clock.set_to(case.due_at + timedelta(minutes=1)):
        run_groups()
        assert "「顶板整治落实小组」有 1 条事项到" in told(cast.branch_secretary)[0]
    with clock.set_to(case.due_at + 24 * HOUR):
        run_groups()
        assert any("还没有反馈" in one for one in told(cast.mine_leader))


def test_a_question_goes_to_the_group_as_well(cast: Cast) -> None:
    case = case_in(cast)
    ask(case.item_id, text="三根都换了吗？", by=cast.other_head)
    assert any("掘进一队追问" in one for one in told(cast.branch_secretary))


# Pages ----------------------------------------------------------------------------------------------------------------


def test_the_group_feeds_back_by_the_page(cast: Cast) -> None:
    case = case_in(cast)
    client = browser_of(cast.branch_secretary)
    page = client.get(reverse("hazards:case", args=[case.id]))
    assert "查明了什么" in page.content.decode()
    url = reverse("hazards:case_verb", args=[case.id, "feed_back"])
    answer = client.post(url, {"found": "老化", "done": "", "watch": "看表", "units": [str(cast.units["mining"].id)]})
    assert answer.status_code == 422
    assert "请写明做了什么。" in answer.content.decode()
    assert "老化" in answer.content.decode(), "nothing typed is lost"
    sent = {"found": "老化", "done": "换了", "watch": "看表", "units": [str(cast.units["mining"].id)]}
    assert client.post(url, sent).status_code == 302
    assert "综采一队一班" in client.get(reverse("hazards:case", args=[case.id])).content.decode()
    assert browser_of(cast.other_head).post(url, sent, follow=True).status_code == 200
    assert Feedback.objects.count() == 1


def test_the_meeting_by_the_page(cast: Cast) -> None:
    feedback = fed_in(cast)
    client = browser_of(cast.team_leader)
    page = client.get(reverse("hazards:pre_shift")).content.decode()
    assert "上班先看压力表" in page
    owed = feedback.acknowledgements.get(unit=cast.units["mining_team"])
    data = meeting_of(cast)
    sent = {
        "heard": [owed.id, "x", "9" * 30],
        "shift": f"{data.day}|{data.shift_name}",
        "persons": [str(cast.miner.id)],
        "present": "",
    }
    answer = client.post(reverse("hazards:pre_shift"), sent, follow=True)
    assert "王铁柱" in answer.content.decode()
    owed.refresh_from_db()
    assert owed.acknowledged_at is not None
    assert client.post(reverse("hazards:pre_shift"), sent).status_code == 422
    assert client.post(reverse("hazards:pre_shift"), {"shift": "昨天"}).status_code == 422
    sheet = client.get(reverse("hazards:meeting_print", args=[owed.meeting_id])).content.decode()
    assert "班前会学习签认记录" in sheet


def test_the_matrix_shows_who_has_heard_it(cast: Cast) -> None:
    held(cast, fed_in(cast))
    page = browser_of(cast.safety).get(reverse("hazards:matrix")).content.decode()
    assert "已签" in page
    assert "未签" in page
    with clock.set_to(clock.now() + timedelta(days=3)):
        assert "超时" in browser_of(cast.safety).get(reverse("hazards:matrix") + "?late=1").content.decode()


def test_a_group_is_set_up_by_the_page(cast: Cast) -> None:
    branch, specialty = branch_of(cast), tables(cast)[1]
    client = browser_of(cast.safety)
    sent = {"name": "顶板整治落实小组", "branch": str(branch.id), "leader": str(cast.branch_secretary.id),
            "members": [str(cast.unit_head.id)]}  # fmt: skip
    answer = client.post(reverse("hazards:group_new"), sent)
    assert "请至少选一样" in answer.content.decode()
    sent["specialties"] = [str(specialty.id)]
    answer = client.post(reverse("hazards:group_new"), sent, follow=True)
    assert "顶板整治落实小组" in answer.content.decode()
    group = queries.groups(cast.mine.id).get()
    page = client.get(reverse("hazards:group_edit", args=[group.id])).content.decode()
    assert "赵志强" in page
    assert client.post(reverse("hazards:group_end", args=[group.id])).status_code == 302


def test_clocks_are_set_by_the_page(cast: Cast) -> None:
    client = browser_of(cast.safety)
    form = client.get(reverse("hazards:group_clocks")).context["form"]
    sent = {name: value for name in form.fields if (value := form.initial.get(name)) is not None}
    answer = client.post(reverse("hazards:group_clocks"), {**sent, "late_2_amount": 48})
    assert "报矿领导要比报支部书记晚" in answer.content.decode()
    assert queries.clocks_of(cast.mine.id)["late_2"] == ("hours", 8), "nothing half-written"
    assert client.post(reverse("hazards:group_clocks"), {**sent, "feedback_amount": 6}).status_code == 302
    assert queries.clocks_of(cast.mine.id)["feedback"] == ("hours", 6)


def test_teams_of_a_head_and_of_a_leader(cast: Cast) -> None:
    second = Unit.objects.create(
        mine=cast.mine,
        name="综采一队二班",
        kind="team",
        parent=cast.units["mining"],
        ancestors=[cast.units["mining"].id],
    )
    assert [one.name for one in queries.teams_of(cast.team_leader)] == ["综采一队一班"]
    assert {one.name for one in queries.teams_of(cast.unit_head)} == {"综采一队一班", "综采一队二班"}
    page = browser_of(cast.unit_head).get(f"{reverse('hazards:pre_shift')}?unit={second.id}").content.decode()
    assert "班前会</h1>" in page or "综采一队二班" in page


# What a review found -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("published_as", "now_major"), [(False, False), (False, True), (True, False)])
def test_a_hazard_judged_major_later_has_the_short_clock(published_as: bool, now_major: bool) -> None:
    case = GroupCase(urgent=published_as, hazard=Hazard(is_major=now_major))
    assert case.is_urgent == (published_as or now_major)


def test_what_was_void_meanwhile_is_owed_to_nobody(cast: Cast) -> None:
    case = case_in(cast, HazardStatus.REPORTED, grouped=False)
    group_in(cast, whole_mine=True)
    run_groups()
    services.feed_back(case.id, data=words(cast), by=cast.branch_secretary)
    assert queries.owed_by_teams(cast.team_leader)
    hazards.void(case.hazard_id, reason="现场核实不存在", by=cast.safety)  # type: ignore[arg-type]
    assert queries.owed_by_teams(cast.team_leader) == []
    with clock.set_to(clock.now() + timedelta(days=3)):
        assert queries.late_teams(cast.mine, clock.now()) == []


def test_a_unit_that_gets_its_first_team_still_acknowledges_what_it_was_told(cast: Cast) -> None:
    feedback = fed_in(cast, "tunnel")
    tunnel = cast.units["tunnel"]
    Unit.objects.create(mine=cast.mine, name="掘进一队一班", kind="team", parent=tunnel, ancestors=[tunnel.id])
    assert tunnel in queries.teams_of(cast.other_head)
    Unit.objects.filter(id=tunnel.id).update(closed_on=clock.today())
    assert queries.late_by_unit(cast.mine.id) == [], "who is not there any more owes nothing"
    assert feedback.acknowledgements.get().acknowledged_at is None


def test_another_teams_meeting_is_not_held_by_mistake(cast: Cast) -> None:
    url = f"{reverse('hazards:pre_shift')}?unit={cast.units['tunnel'].id}"
    assert browser_of(cast.team_leader).get(url).status_code == 404
    assert browser_of(cast.team_leader).post(url, {"present": "5"}).status_code == 404


def test_after_a_standstill_the_lower_steps_hear_it_too(cast: Cast) -> None:
    fed_in(cast)
    due = Acknowledgement.objects.get(unit=cast.units["mining_team"]).due_at
    with clock.set_to(due + 30 * HOUR):
        run_groups()
        for person in (cast.team_leader, cast.branch_secretary, cast.mine_leader):
            assert any("超时没有签认" in one for one in told(person)), person


def test_the_outcome_has_steps_of_its_own(cast: Cast) -> None:
    case = case_in(cast)
    with clock.set_to(case.due_at + 25 * HOUR):
        run_groups()
        assert GroupCase.objects.get().told == 3
        hazards.rectify(case.hazard_id, words="已更换", by=cast.unit_head)  # type: ignore[arg-type]
        hazards.accept(case.hazard_id, words="合格", by=cast.safety)  # type: ignore[arg-type]
        hazards.close(case.hazard_id, by=cast.safety2)  # type: ignore[arg-type]
    with clock.set_to(case.due_at + 51 * HOUR):
        assert run_groups() == 1
        assert GroupCase.objects.get().told == 4


def test_an_ended_group_tells_what_it_leaves_and_stays_ended(cast: Cast) -> None:
    case = case_in(cast)
    group = case.group
    assert group is not None
    services.end_group(group.id, by=cast.safety)
    assert "「顶板整治落实小组」撤销，1 条整治事项没有小组负责，请今天指定。" in told(cast.safety2)
    data = services.GroupData("顶板组", branch_of(cast), cast.unit_head, [], whole_mine=True)
    with pytest.raises(Refused, match="已经撤销"):
        services.save_group(group.id, data=data, by=cast.safety2)


def test_nobody_names_the_hurt_in_a_feedback(cast: Cast) -> None:
    from kuangdeng.hazards.accidents import services as accidents
    from kuangdeng.hazards.accidents.rules import Kind as AccidentKind

    hurt = (accidents.Hurt(person=cast.miner, severity="minor"),)
    accidents.report(
        data=accidents.QuickReport(text="转载机挤伤右手", kind=AccidentKind.INJURY, hurt=hurt), by=cast.unit_head
    )
    group_in(cast, whole_mine=True)
    publish(_compiled(cast).id, by=cast.safety)
    run_groups()
    case = GroupCase.objects.get(accident__isnull=False)
    data = services.FeedbackData("王铁柱检修没有停电", "王铁柱已升井送医", "检修先停电", [cast.units["mining"]])
    feedback = services.feed_back(case.id, data=data, by=cast.branch_secretary)
    assert (feedback.found, feedback.done) == ("王某某检修没有停电", "王某某已升井送医")
    assert "王铁柱" not in str(Entry.objects.get(verb="group.feed_back").payload)
    ask(case.item_id, text="王铁柱为什么一个人检修？", by=cast.other_head)
    assert "王铁柱" not in str(Entry.objects.get(verb="question.ask").payload)
