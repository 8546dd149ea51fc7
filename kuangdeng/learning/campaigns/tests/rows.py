"""A row in every list of study, sign-in and campaigns for each number, for the tests that go through all pages."""

from collections.abc import Iterable
from datetime import timedelta

from kuangdeng.kernel import clock
from kuangdeng.kernel.rows import one_of
from kuangdeng.learning.attendance import api as attendance
from kuangdeng.learning.attendance.models import Attendee, Doubt, MakeUp, Sheet, SheetKiosk
from kuangdeng.learning.attendance.testkit import READ
from kuangdeng.learning.campaigns import services as campaigns
from kuangdeng.learning.campaigns.models import Campaign, CampaignDay, DayDone, Participant
from kuangdeng.learning.campaigns.rules import DayPlan
from kuangdeng.learning.campaigns.testkit import LONG, NOTE, campaign_in, on_day
from kuangdeng.learning.study import services as study
from kuangdeng.learning.study.models import StudyKind, StudySession
from kuangdeng.learning.study.rules import Chosen, SessionData, Status
from kuangdeng.learning.study.testkit import RECORD, session_in
from kuangdeng.org.models import Branch, Person
from kuangdeng.org.testkit import Cast

MAIN = "防治水专题辅导"
RUNNING = "百日集中学习活动"
SUMMED = "季度集中学习"


def main_session(cast: Cast) -> StudySession:
    """The session that the pages about one session show: it is over, its record is not written."""
    found = one_of(StudySession.objects.filter(mine=cast.mine, title=MAIN))
    return found or session_in(Status.FINISHED, cast, title=MAIN)


def main_campaign(cast: Cast, title: str = RUNNING) -> Campaign:
    """The campaign that the pages about one campaign show."""
    found = one_of(Campaign.objects.filter(mine=cast.mine, title=title))
    status = "running" if title == RUNNING else "summed_up"
    return found or campaign_in(status, cast, days=5 if title == RUNNING else 1, title=title)


def study_for_lists(cast: Cast, numbers: Iterable[int]) -> None:
    """Sessions, kinds, attendees, doubts, make-ups, kiosks, campaigns, participants, days that are done."""
    session, campaign = main_session(cast), main_campaign(cast)
    main_campaign(cast, SUMMED)
    first = attendance.mine_at(session.sheet_id, cast.miner)
    for number in numbers:
        _one_more(cast, number, session, campaign, first)


def _one_more(cast: Cast, number: int, session: StudySession, campaign: Campaign, first: Attendee | None) -> None:
    """Written straight into the tables: the pages are counted here, not the verbs."""
    person = Person.objects.get(mine=cast.mine, number=f"7{number:03d}")
    sheet, at = session.sheet, clock.now()
    asking = number % 2 == 0
    asked = {"unit": person.unit, "leave_asked_at": at if asking else None, "leave_reason": "上夜班" if asking else ""}
    row, _made = Attendee.objects.update_or_create(sheet=sheet, person=person, defaults=asked)
    MakeUp.objects.create(attendee=row, on=clock.today(), text=READ, handed_in_by=person)
    Doubt.objects.create(sheet=sheet, person=person, first=first, device="one")
    SheetKiosk.objects.create(sheet=sheet, digest=f"{cast.mine.code}{number}", opened_by=cast.branch_secretary)
    StudyKind.objects.create(mine=cast.mine, name=f"第{number}类学习", position=9)
    _another(cast, number, session)
    part = Participant.objects.create(campaign=campaign, person=person, unit=person.unit, joined_on=campaign.starts_on)
    DayDone.objects.create(participant=part, number=1, note=NOTE)
    more = Campaign.objects.create(
        mine=cast.mine,
        title=f"第{number}期学习",
        starts_on=clock.today(),
        days=2,
        made_by=cast.political_work,
        status="running",
    )
    CampaignDay.objects.bulk_create(CampaignDay(campaign=more, number=day, topic="通风") for day in (1, 2))
    Participant.objects.create(campaign=more, person=cast.unit_head, unit=cast.unit_head.unit, joined_on=more.starts_on)


def _another(cast: Cast, number: int, like: StudySession) -> None:
    """One more session with its sheet, one that comes or one that is over."""
    over = number % 2 == 1
    begins = clock.now() + timedelta(hours=-5 if over else 3)
    times = {"starts_at": begins, "ends_at": begins + timedelta(hours=2)}
    sheet = Sheet.objects.create(
        mine=cast.mine, kind=like.kind.name, title=f"第{number}次顶板管理学习", secret="0" * 64, opens_at=begins,
        closes_at=times["ends_at"], status="closed" if over else "running", closed_at=clock.now() if over else None, **times,
    )  # fmt: skip
    Attendee.objects.bulk_create(
        Attendee(sheet=sheet, person=cast.persons[part], unit=cast.persons[part].unit)
        for part in ("miner", "unit_head", "branch_secretary", "safety")
    )
    StudySession.objects.create(
        mine=cast.mine, kind=like.kind, unit=like.unit, title=sheet.title, chair=like.chair, recorder=like.recorder,
        made_by=like.made_by, sheet=sheet, status=Status.FINISHED if over else Status.NOTIFIED, **times,
    )  # fmt: skip


def lived_in_study(cast: Cast) -> None:
    """What the pictures show: a notice, a filed record, a session that goes on, a hundred days of which 23 have passed.

    All invented.
    """
    for key, name in (("mining", "综采一队党支部"), ("tunnel", "掘进一队党支部"), ("electric", "机电队党支部")):
        Branch.objects.get_or_create(mine=cast.mine, unit=cast.units[key], defaults={"name": name})
    with clock.set_to(clock.now() - timedelta(days=9)):
        session_in(Status.FILED, cast, title="《煤矿防治水细则》探放水章节辅导")
    main_session(cast)
    _going_on(cast)
    _a_hundred_days(cast)
    main_campaign(cast, SUMMED)


def _going_on(cast: Cast) -> None:
    """A session of the whole mine that has just begun; half of them have signed."""
    kind = StudyKind.objects.get(mine=cast.mine, name="中心组学习")
    with clock.set_to(clock.now() - timedelta(minutes=40)):
        begins = clock.now() + timedelta(minutes=36)
        data = SessionData(
            kind.id, "中心组（扩大）学习：压实防治水责任", begins, begins + timedelta(hours=2), cast.mine_leader.id,
            cast.political_work.id, "办公楼三楼会议室", "先探后掘，有疑必探。", "示例：省局专家组", None,
        )  # fmt: skip
        chosen = Chosen(units=tuple(cast.units[key].id for key in ("mining", "tunnel", "electric")), leaders=True)
        session = study.plan(data=data, chosen=chosen, by=cast.political_work)
        study.notify(session.id, by=cast.political_work)
    for part in ("mine_leader", "unit_head", "other_head", "electric_head", "team_leader"):
        attendance.sign_by_code(session.sheet_id, device=f"d{part}", number=cast.persons[part].number)
    attendance.sign_by_code(session.sheet_id, device="dteam_leader", number=cast.miner.number)
    row = attendance.mine_at(session.sheet_id, cast.mine_leader2)
    if row is not None:
        attendance.ask_leave(row.id, reason="集团开会", by=cast.mine_leader2)


def _a_hundred_days(cast: Cast) -> None:
    """The running campaign, whose twenty-third day is today: one leader was away for a week and has caught up most."""
    start = clock.today() - timedelta(days=22)
    keys = ("mining", "tunnel", "electric")
    with on_day(start, 1, hour=6):
        campaign = campaign_in("draft", cast, days=100, starts_on=start, title=RUNNING)
        plan = [
            DayPlan(
                day,
                "" if day % 7 == 0 else f"防治水第{day}讲",
                "" if day % 7 == 0 else "看讲稿，结合本岗位写一条",
                day % 7 == 0,
            )
            for day in range(1, 101)
        ]
        campaigns.plan_days(campaign.id, days=plan, by=cast.political_work)
        chosen = Chosen(units=tuple(cast.units[key].id for key in keys), leaders=True)
        campaigns.choose(campaign.id, chosen=chosen, by=cast.political_work)
        campaigns.start(campaign.id, by=cast.political_work)
    parts = list(Participant.objects.filter(campaign=campaign).select_related("person").order_by("person__number"))
    done = []
    for place, part in enumerate(parts):
        away = range(8, 15) if part.person_id == cast.mine_leader.id else range(0)
        for day in range(1, 23):
            if day % 7 == 0 or (day + place * 3) % 11 == 0:
                continue
            late = day in away or (day + place) % 9 == 0
            if day in away and day > 11:
                continue
            done.append(DayDone(participant=part, number=day, note=LONG if late else NOTE, caught_up=late))
    DayDone.objects.bulk_create(done)
    study_record = StudySession.objects.filter(mine=cast.mine, status=Status.FINISHED).first()
    if study_record is not None:
        study.write_record(study_record.id, record=RECORD, by=cast.unit_head)


def a_makeup(cast: Cast) -> None:
    """Somebody of the main session has handed in what he read afterwards."""
    row = Attendee.objects.filter(sheet=main_session(cast).sheet, person=cast.miner).first()
    if row is not None:
        MakeUp.objects.get_or_create(
            attendee=row, defaults={"on": clock.today(), "text": READ, "handed_in_by": cast.miner}
        )
