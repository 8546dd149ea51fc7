"""The verbs of campaigns."""

from collections.abc import Iterable, Mapping
from dataclasses import asdict
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from kuangdeng.kernel import clock
from kuangdeng.kernel.errors import NotVisible, Refused
from kuangdeng.kernel.rows import one_of
from kuangdeng.kernel.verbs import verb
from kuangdeng.kernel.words import need, short
from kuangdeng.learning.campaigns import rules
from kuangdeng.learning.campaigns.models import Campaign, CampaignDay, DayDone, Participant
from kuangdeng.learning.campaigns.queries import day_now, first_day_of, is_over, not_done, runs, visible
from kuangdeng.learning.campaigns.rules import (
    FLOW,
    LEAST_CATCH_UP,
    LEAST_NOTE,
    MOST_DAYS,
    CampaignData,
    DayPlan,
    Status,
)
from kuangdeng.learning.study.api import Chosen, kept_file, people_of
from kuangdeng.learning.study.api import visible as visible_sessions
from kuangdeng.ledger.api import Entry, Subject, known_keys, only_told, post
from kuangdeng.org.api import Person, Unit, may

MOST_PEOPLE = 5000


def _locked(campaign_id: UUID, by: Person) -> Campaign:
    """The campaign, locked, for who runs it. NotVisible for who may not know of it, Refused for who takes part."""
    campaign = one_of(visible(by).filter(id=campaign_id).select_for_update(of=("self",)))
    if campaign is None:
        raise NotVisible
    if not runs(campaign, by):
        raise Refused(_("只有发起的人和政工部能办理。"), code="not_allowed")
    return campaign


def _enter(
    name: str, campaign: Campaign, by: Person | None, payload: Mapping[str, object] | None = None, *,
    quantity: int = 1, unit: Unit | None = None, source_key: str | None = None,
) -> Entry:  # fmt: skip
    where = unit or campaign.unit
    return post(
        f"campaign.{name}", Subject("campaign", campaign.id, campaign.title), mine_id=campaign.mine_id,
        by=by, unit=where, payload=only_told(payload),
        quantity=quantity, source_key=source_key,
    )  # fmt: skip


def _fill(campaign: Campaign, data: CampaignData) -> None:
    campaign.title = need(data.title, _("请填写名称。"), field="title", most=60)
    campaign.goal = short(data.goal, field="goal", most=2000)
    if not 1 <= data.days <= MOST_DAYS:
        raise Refused(_("请填 %(least)d 到 %(most)d。") % {"least": 1, "most": MOST_DAYS}, field="days")
    if data.starts_on < clock.today():
        raise Refused(_("从今天或以后的日期开始。"), field="starts_on")
    campaign.starts_on, campaign.days = data.starts_on, data.days


def _lay_out(campaign: Campaign) -> None:
    """As many days as the campaign has; what is planned for a day that stays is kept."""
    CampaignDay.objects.filter(campaign=campaign, number__gt=campaign.days).delete()
    there = set(CampaignDay.objects.filter(campaign=campaign).values_list("number", flat=True))
    CampaignDay.objects.bulk_create(
        CampaignDay(campaign=campaign, number=number, topic="")
        for number in range(1, campaign.days + 1)
        if number not in there
    )


@verb
def set_up(*, data: CampaignData, by: Person) -> Campaign:
    """Begin to prepare a campaign (发起集中学习): its name, first day, how many days; each gets its empty line in the plan.

    Refused for a unit for which one may not plan, and for a first day that is past.
    """
    unit = one_of(Unit.objects.filter(id=data.unit_id, mine_id=by.mine_id)) if data.unit_id else None
    if data.unit_id and unit is None:
        raise Refused(_("选的单位不在了，请重新选。"), field="unit")
    if not may(by, "campaign.plan", unit):
        raise Refused(_("您只能为自己的支部发起集中学习，请选自己的单位。"), field="unit", code="not_allowed")
    campaign = Campaign(mine_id=by.mine_id, unit=unit, made_by=by, status=FLOW.target("set_up", None))
    _fill(campaign, data)
    campaign.save(force_insert=True)
    _lay_out(campaign)
    _enter("set_up", campaign, by, {"starts_on": campaign.starts_on.isoformat(), "days": campaign.days})
    return campaign


@verb
def change(campaign_id: UUID, *, data: CampaignData, by: Person) -> Campaign:
    """Rename it, move its first day or change its length (更改). Refused once it runs: days that are done would move."""
    campaign = _locked(campaign_id, by)
    campaign.status = FLOW.target("change", campaign.status)
    _fill(campaign, data)
    campaign.save()
    _lay_out(campaign)
    _enter("change", campaign, by, {"starts_on": campaign.starts_on.isoformat(), "days": campaign.days})
    return campaign


@verb
def plan_days(campaign_id: UUID, *, days: Iterable[DayPlan], by: Person) -> list[CampaignDay]:
    """Say what is studied on which day (排计划): many days at once. Refused for days that are past, because who did
    them did them by what stood there, and for a day of work without a topic.
    """
    campaign = _locked(campaign_id, by)
    campaign.status = FLOW.target("plan_days", campaign.status)
    rows = {one.number: one for one in CampaignDay.objects.select_for_update().filter(campaign=campaign)}
    today = day_now(campaign)
    changed = []
    for day in days:
        row = rows.get(day.number)
        if row is None:
            raise Refused(_("没有第 %d 天。") % day.number, field="days")
        new = (short(day.topic, field="days", most=100), short(day.task, field="days", most=2000), day.rest)
        if new == (row.topic, row.task, row.rest):
            continue
        if day.number < today or (
            day.number == today and DayDone.objects.filter(participant__campaign=campaign, number=today).exists()
        ):
            raise Refused(_("第 %d 天已经过去或有人学过了，不能再改。") % day.number, field="days", code="past")
        row.topic, row.task, row.rest = new
        changed.append(row)
    if not changed:
        raise Refused(_("计划没有变化。"), field="days", code="same")
    CampaignDay.objects.bulk_update(changed, ["topic", "task", "rest"])
    _enter("plan_days", campaign, by, {"numbers": [one.number for one in changed]}, quantity=len(changed))
    return changed


@verb
def set_day(
    campaign_id: UUID, *, day: DayPlan, by: Person, session_id: UUID | None = None, file_name: str = "",
    content: bytes | None = None, keep_file: bool = True,
) -> CampaignDay:  # fmt: skip
    """Plan one day with its material (安排一天): a topic, what is asked for, a file, a study session that is held that day.

    Refused for a day that is past, and for a session that one may not know of.
    """
    campaign = _locked(campaign_id, by)
    campaign.status = FLOW.target("plan_days", campaign.status)
    row = one_of(CampaignDay.objects.select_for_update().filter(campaign=campaign, number=day.number))
    if row is None:
        raise NotVisible
    if day.number < day_now(campaign):
        raise Refused(_("第 %d 天已经过去或有人学过了，不能再改。") % day.number, field="topic", code="past")
    row.topic = short(day.topic, field="topic", most=100)
    if not row.topic and not day.rest:
        raise Refused(_("请写这一天学什么，或者标为休息。"), field="topic")
    row.task, row.rest = short(day.task, field="task", most=2000), day.rest
    if session_id is not None and not visible_sessions(by).filter(id=session_id).exists():
        raise Refused(_("没有这次学习活动，请重新选。"), field="session")
    row.session_id = session_id
    if content is not None:
        row.file, row.file_kind = kept_file(file_name, content)
        row.file_name = (file_name.strip() or _("材料"))[-120:]
    elif not keep_file:
        row.file, row.file_kind, row.file_name = None, "", ""
    row.save()
    told = {"number": row.number, "topic": row.topic, "rest": row.rest, "file": row.file_name}
    _enter("set_day", campaign, by, told)
    return row


@verb
def choose(campaign_id: UUID, *, chosen: Chosen, by: Person) -> Campaign:
    """Say who takes part (选参加人员). Who joins a running campaign owes the days from then on; who leaves it keeps what
    he has done. Refused when nobody is meant.
    """
    campaign = _locked(campaign_id, by)
    campaign.status = FLOW.target("choose", campaign.status)
    people = {one.id: one for one in people_of(by.mine_id, chosen).select_related("unit")[: MOST_PEOPLE + 1]}
    if not people:
        raise Refused(_("请选参加的单位、支部或人员。"), field="units")
    if len(people) > MOST_PEOPLE:
        raise Refused(_("参加人员太多，最多 %(n)d 人。") % {"n": MOST_PEOPLE}, field="units")
    plain = asdict(chosen)
    campaign.chosen = {
        **plain,
        "units": [str(one) for one in chosen.units],
        "persons": [str(one) for one in chosen.persons],
    }
    campaign.save(update_fields=["chosen", "status"])
    told = _seat(campaign, people)
    _enter("choose", campaign, by, {"people": len(people), **told})
    return campaign


def _seat(campaign: Campaign, people: Mapping[UUID, Person]) -> dict[str, Any]:
    """Write who takes part; how many joined and how many left."""
    rows = {one.person_id: one for one in Participant.objects.select_for_update().filter(campaign=campaign)}
    gone = [one for key, one in rows.items() if key not in people and one.left_on is None]
    back = [one.id for key, one in rows.items() if key in people and one.left_on is not None]
    begins = max(campaign.starts_on, clock.today())
    if campaign.status == Status.DRAFT:
        Participant.objects.filter(id__in=[one.id for one in gone]).delete()
    Participant.objects.filter(id__in=[one.id for one in gone]).update(left_on=clock.today())
    Participant.objects.filter(id__in=back).update(left_on=None)
    new = [
        Participant(campaign=campaign, person=one, unit_id=one.unit_id, joined_on=begins)
        for key, one in people.items()
        if key not in rows
    ]
    Participant.objects.bulk_create(new)
    return {"joined": len(new) + len(back), "left": len(gone), "new": [str(one.person_id) for one in new]}


@verb
def start(campaign_id: UUID, *, by: Person) -> Campaign:
    """Let the campaign run (启动): everybody who takes part gets the notice with the first day and the plan.

    Refused while nobody takes part, while a day of work has no topic, and when its first day is past.
    """
    campaign = _locked(campaign_id, by)
    campaign.status = FLOW.target("start", campaign.status)
    people = Participant.objects.filter(campaign=campaign, left_on=None).count()
    if not people:
        raise Refused(_("还没有选参加人员。"), code="nobody")
    empty = CampaignDay.objects.filter(campaign=campaign, topic="", rest=False).values_list("number", flat=True)
    if empty:
        words = "、".join(str(one) for one in list(empty)[:8])
        raise Refused(_("计划还没有排完，第 %s 天没有写学什么。") % words, code="plan")
    if campaign.starts_on < clock.today():
        raise Refused(_("开始日期已经过了，请先更改日期。"), code="past")
    campaign.save(update_fields=["status"])
    Participant.objects.filter(campaign=campaign).update(joined_on=campaign.starts_on)
    told = {"starts_on": campaign.starts_on.isoformat(), "days": campaign.days, "people": people}
    _enter("start", campaign, by, told, quantity=people)
    return campaign


@verb
def cancel(campaign_id: UUID, *, reason: str, by: Person) -> Campaign:
    """Call the campaign off (取消), with the reason. What was done stays in the records."""
    campaign = _locked(campaign_id, by)
    was = campaign.status
    campaign.status = FLOW.target("cancel", was)
    campaign.cancel_reason = need(reason, _("请写明为什么取消。"), field="reason", most=200)
    campaign.save(update_fields=["status", "cancel_reason"])
    _enter("cancel", campaign, by, {"reason": campaign.cancel_reason, "was": was})
    return campaign


@verb
def do_day(campaign_id: UUID, *, number: int, note: str, by: Person) -> DayDone:
    """Mark a day done (打卡), with what one takes from it. After its day it is a catch-up (补学) and needs more words.

    Refused for who takes no part, for a day to come or of rest, for one that is done, and when the campaign is over.
    """
    part = one_of(
        Participant.objects.select_for_update(of=("self",), no_key=True)
        .select_related("campaign__unit", "unit", "person")
        .filter(campaign_id=campaign_id, person=by, left_on=None, campaign__mine_id=by.mine_id)
    )
    if part is None:
        raise NotVisible
    campaign = part.campaign
    if campaign.status != Status.RUNNING:
        raise Refused(_("这次集中学习没有在进行，不能打卡。"), code="not_running")
    today = day_now(campaign)
    day = one_of(CampaignDay.objects.filter(campaign=campaign, number=number))
    if day is None:
        raise NotVisible
    if number > today:
        raise Refused(_("第 %d 天还没有到，到那天再打卡。") % number, code="early")
    if day.rest:
        raise Refused(_("第 %d 天休息，不用打卡。") % number, code="rest")
    if number < first_day_of(campaign, part):
        raise Refused(_("那一天您还没有参加，不用补学。"), code="before")
    if DayDone.objects.filter(participant=part, number=number).exists():
        raise Refused(_("第 %d 天已经打过卡了。") % number, code="again")
    later = number < today or is_over(campaign)
    words = need(note, _("请写学了什么、有什么体会。"), field="note", most=4000)
    least = LEAST_CATCH_UP if later else LEAST_NOTE
    if len(words) < least:
        raise Refused(_("写得太少，请至少写 %d 个字。") % least, field="note")
    done = DayDone.objects.create(participant=part, number=number, note=words, caught_up=later, at=clock.now())
    told = {"number": number, "caught_up": later, "length": len(words), "topic": day.topic}
    _enter("do_day", campaign, by, told, unit=part.unit)
    return done


@verb
def sum_up(campaign_id: UUID, *, summary: str, lessons: str, by: Person) -> Campaign:
    """Sum the campaign up (总结) and end it: nobody catches up any more. Refused before the last day has come."""
    campaign = _locked(campaign_id, by)
    campaign.status = FLOW.target("sum_up", campaign.status)
    if clock.today() < rules.day_on(campaign.starts_on, campaign.days):
        last = rules.day_on(campaign.starts_on, campaign.days)
        raise Refused(
            _("最后一天是 %(m)d月%(d)d日，到那天以后再总结。") % {"m": last.month, "d": last.day}, code="early"
        )
    campaign.summary = need(summary, _("请写总结。"), field="summary", most=20000)
    campaign.lessons = short(lessons, field="lessons", most=8000)
    campaign.summed_up_at, campaign.summed_up_by = clock.now(), by
    campaign.save()
    _enter("sum_up", campaign, by, {"length": len(campaign.summary)})
    return campaign


@verb
def remind(campaign_id: UUID, *, number: int) -> Entry | None:
    """Remind those who have not done today's task (打卡提醒), once a day. None when it was done or nobody is left."""
    campaign = one_of(Campaign.objects.select_for_update(of=("self",)).select_related("unit").filter(id=campaign_id))
    if campaign is None or campaign.status != Status.RUNNING:
        return None
    key = f"campaign.remind:{campaign.id}:{number}"
    left = not_done(campaign.id, number).count()
    if not left or known_keys([key]):
        return None
    return _enter("remind", campaign, None, {"number": number, "left": left}, quantity=left, source_key=key)
