"""How the ledger lines of campaigns are read aloud, and who is told of them."""

from collections.abc import Iterator
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from kuangdeng.learning.campaigns import rules
from kuangdeng.learning.campaigns.models import Campaign, CampaignDay, Participant
from kuangdeng.learning.campaigns.queries import not_done
from kuangdeng.learning.campaigns.rules import Status
from kuangdeng.ledger.api import Entry, Recipient, Topic, declare_topics, declare_words, route
from kuangdeng.org.api import Person, tell

NOTICE, DAILY = "campaign.notice", "campaign.daily"
declare_topics(
    Topic(NOTICE, _("集中学习：启动、取消、总结")),
    Topic(DAILY, _("集中学习：今天还没有打卡")),
)


def declare() -> None:
    """Hand the words to the ledger."""
    yes_no: dict[str, object] = {"True": _("是"), "False": _("否")}
    declare_words(
        verbs={
            "campaign.set_up": _("发起集中学习"),
            "campaign.change": _("更改集中学习"),
            "campaign.plan_days": _("排集中学习计划"),
            "campaign.set_day": _("安排集中学习的一天"),
            "campaign.choose": _("选集中学习人员"),
            "campaign.start": _("启动集中学习"),
            "campaign.cancel": _("取消集中学习"),
            "campaign.do_day": _("集中学习打卡"),
            "campaign.sum_up": _("集中学习总结"),
            "campaign.remind": _("集中学习打卡提醒"),
        },
        subjects={"campaign": _("集中学习")},
        fields={
            "starts_on": _("从哪天起"),
            "campaign.set_up.days": _("天数"),
            "campaign.change.days": _("天数"),
            "campaign.start.days": _("天数"),
            "campaign.plan_days.numbers": _("第几天"),
            "campaign.set_day.number": _("第几天"),
            "campaign.set_day.topic": _("学什么"),
            "campaign.set_day.rest": _("休息"),
            "campaign.set_day.file": _("材料"),
            "campaign.choose.people": _("参加人数"),
            "campaign.choose.joined": _("新参加"),
            "campaign.choose.left": _("退出"),
            "campaign.choose.new": _("新参加的人"),
            "campaign.start.people": _("参加人数"),
            "campaign.cancel.reason": _("取消原因"),
            "campaign.cancel.was": _("原来"),
            "campaign.do_day.number": _("第几天"),
            "campaign.do_day.topic": _("学什么"),
            "campaign.do_day.length": _("字数"),
            "caught_up": _("补学"),
            "campaign.sum_up.length": _("字数"),
            "campaign.remind.number": _("第几天"),
            "campaign.remind.left": _("还没有打卡"),
        },
        values={
            "caught_up": yes_no,
            "campaign.set_day.rest": yes_no,
            "campaign.cancel.was": dict(rules.STATUS_LABELS),
        },
    )


def _campaign(entry: Entry) -> Campaign:
    return Campaign.objects.get(id=entry.subject_id)


def _people(campaign: Campaign, **wanted: object) -> list[Person]:
    rows = Participant.objects.select_related("person").filter(campaign=campaign, left_on=None, **wanted)
    return [one.person for one in rows.order_by("id")]


def _url(campaign: Campaign) -> str:
    return reverse("learning:campaign", args=[campaign.id])


def _begins(campaign: Campaign) -> str:
    on = campaign.starts_on
    return f"{campaign.title}从 {on.month}月{on.day}日 开始，共 {campaign.days} 天，每天学完打卡。"


@route("campaign.start")
def started(entry: Entry) -> Iterator[Recipient]:
    """启动: everybody who takes part."""
    campaign = _campaign(entry)
    yield from tell(_people(campaign), NOTICE, _begins(campaign), _url(campaign))


@route("campaign.choose")
def joined(entry: Entry) -> Iterator[Recipient]:
    """Who joins a campaign that runs hears of it."""
    campaign = _campaign(entry)
    raw = entry.payload.get("new")
    if campaign.status == Status.RUNNING and isinstance(raw, list):
        new = _people(campaign, person_id__in=[UUID(str(one)) for one in raw])
        yield from tell(new, NOTICE, f"请您参加{campaign.title}，从今天起每天学完打卡。", _url(campaign))


@route("campaign.cancel", settles=[DAILY])
def cancelled(entry: Entry) -> Iterator[Recipient]:
    """取消: everybody who took part."""
    campaign = _campaign(entry)
    if entry.payload.get("was") == Status.RUNNING:
        title = f"{campaign.title}取消了：{campaign.cancel_reason}"
        yield from tell(_people(campaign), NOTICE, title, _url(campaign))


@route("campaign.sum_up", settles=[DAILY])
def summed_up(entry: Entry) -> Iterator[Recipient]:
    """总结: everybody who took part may read it."""
    campaign = _campaign(entry)
    yield from tell(_people(campaign), NOTICE, f"{campaign.title}已总结，请看总结。", _url(campaign))


@route("campaign.remind", settles=[DAILY])
def reminded(entry: Entry) -> Iterator[Recipient]:
    """打卡提醒: who has not done today's task."""
    campaign = _campaign(entry)
    number = int(str(entry.payload.get("number")))
    day = CampaignDay.objects.filter(campaign=campaign, number=number).first()
    if campaign.status == Status.RUNNING and day is not None:
        title = f"{campaign.title}第 {number} 天还没有打卡：{day.topic}"
        yield from tell(not_done(campaign.id, number), DAILY, title, _url(campaign), act=True)
