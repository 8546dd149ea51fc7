"""How the ledger lines of the groups are read aloud, and who is told of them. Titles carry no names of persons."""

from collections.abc import Iterator
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from kuangdeng.hazards.groups.models import Feedback, GroupCase, RectificationGroup
from kuangdeng.hazards.groups.queries import gaps, heads_of
from kuangdeng.hazards.groups.rules import LATE_ROLES, STATUS_LABELS
from kuangdeng.hazards.notices import short
from kuangdeng.kernel.clock import local
from kuangdeng.ledger.api import Entry, Recipient, Topic, declare_topics, declare_words, route
from kuangdeng.org.api import Role, Unit, tell, tell_roles

MINE, TOLD, LATE, GAPS = "group.mine", "group.told", "group.late", "group.gaps"
declare_topics(
    Topic(MINE, _("分到我们小组的整治事项"), mail=True),
    Topic(TOLD, _("小组的反馈，等班前会签认")),
    Topic(LATE, _("反馈、签认超时"), mail=True),
    Topic(GAPS, _("没有小组负责的公布事项"), mail=True),
)


def declare() -> None:
    """Hand the words to the ledger."""
    told = {f"group.{verb}.status": STATUS_LABELS for verb in ("hand_over", "feed_back", "report_outcome")}
    declare_words(
        verbs={
            "group.assign": _("公布事项分到小组"),
            "group.assign_gaps": _("补分到小组"),
            "group.hand_over": _("交给别的小组"),
            "group.feed_back": pgettext_lazy("动作", "反馈"),
            "group.report_outcome": _("反馈结果"),
            "group.acknowledge": _("班前会签认"),
            "group.late_teams": _("签认超时提醒"),
            "group.late_group": _("反馈超时提醒"),
            "group.save": _("设立、调整小组"),
            "group.end": _("撤销小组"),
            "group.clocks": _("设置反馈和签认时限"),
        },
        subjects={
            "group_case": _("整治事项"),
            "rectification_group": _("整治落实小组"),
            "pre_shift_meeting": _("班前会"),
            "group_clock": _("反馈和签认时限"),
        },
        fields={
            "cases": _("整治事项"),
            "gaps": _("没有小组负责的"),
            "groups": _("分到各小组"),
            "from": _("原来的小组"),
            "to": _("新的小组"),
            "found": _("查明了什么"),
            "done": _("做了什么"),
            "watch": _("要注意什么"),
            "units": _("告诉的单位"),
            "teams": _("告诉的班组"),
            "present": _("到会人数"),
            "signed": _("点名到会"),
            "heard": _("学习签认的反馈"),
            "late": _("其中超时的"),
            "level": _("提醒到第几级"),
            "count": _("条数"),
            "branch": _("牵头支部"),
            "leader": _("组长"),
            "members": _("成员"),
            "covers": _("负责范围"),
            "new": _("新设立"),
            "freed": _("退回待分的事项"),
            "clocks": _("改了哪些时限"),
            "group.late_teams.from": _("上次提醒到第几级"),
            "group.late_group.from": _("上次提醒到第几级"),
            "group.late_teams.items": _("哪些事项"),
            "group.late_group.items": _("哪些事项"),
        },
        values=told,
    )


def _group(group_id: str | UUID) -> RectificationGroup:
    return RectificationGroup.objects.select_related("leader").get(id=group_id)


@route("group.assign", "group.assign_gaps")
def assigned(entry: Entry) -> Iterator[Recipient]:
    """Each group hears how many are new to it; the safety department, how many nobody covers."""
    for group_id, count in dict(entry.payload.get("tell") or {}).items():
        group = _group(group_id)
        title = f"{count} 条公布事项分到「{group.name}」，请逐条反馈。"
        yield from tell(heads_of(group), MINE, title, f"{reverse('hazards:cases')}?group={group.id}")
    missing = gaps(entry.mine_id).count() if entry.payload.get("gaps") else 0
    if missing:
        title = f"{missing} 条公布事项没有整治落实小组负责，请今天指定。"
        url = f"{reverse('hazards:cases')}?gap=1"
        yield from tell_roles(entry.mine_id, [Role.SAFETY], GAPS, title, url)


@route("group.end")
def ended(entry: Entry) -> Iterator[Recipient]:
    """撤销小组: the safety department finds somebody else for what it leaves behind."""
    if count := entry.payload.get("freed"):
        title = f"「{entry.subject_label}」撤销，{count} 条整治事项没有小组负责，请今天指定。"
        yield from tell_roles(entry.mine_id, [Role.SAFETY], GAPS, title, f"{reverse('hazards:cases')}?gap=1")


def _what(case: GroupCase) -> str:
    """How a notice calls the thing: an accident by its number, because somebody may have been named in its words."""
    number = case.item.line.get("number", "")
    return f"事故 {number}" if case.accident_id else f"「{short(case.item.text)}」"


@route("group.hand_over")
def handed_over(entry: Entry) -> Iterator[Recipient]:
    """交给别的小组: the new group hears it."""
    case = GroupCase.objects.select_related("item", "group__leader").get(id=entry.subject_id)
    if case.group is not None:
        title = f"{_what(case)}交给「{case.group.name}」，请反馈。"
        yield from tell(heads_of(case.group), MINE, title, reverse("hazards:case", args=[case.id]))


@route("group.feed_back", "group.report_outcome")
def told(entry: Entry) -> Iterator[Recipient]:
    """反馈: who leads a team that has to acknowledge it hears of it, each once."""
    found = Feedback.objects.filter(case_id=UUID(str(entry.subject_id)), number=entry.payload["number"])
    feedback = found.select_related("case__item").get()
    what = "结果" if feedback.outcome else "反馈"
    title = f"{feedback.group_name}{what}：{_what(feedback.case)}，请在班前会上学习签认。"
    heard: set[UUID] = set()
    for owed in feedback.acknowledgements.select_related("unit"):
        url = f"{reverse('hazards:pre_shift')}?unit={owed.unit_id}"
        roles = [Role.TEAM_LEADER, Role.UNIT_HEAD, Role.BRANCH_SECRETARY]
        for one in tell_roles(entry.mine_id, roles, TOLD, title, url, unit=owed.unit):
            if one.person_id not in heard:
                heard.add(one.person_id)
                yield one


@route("group.late_teams")
def late_teams(entry: Entry) -> Iterator[Recipient]:
    """签认超时: who leads the teams, then who answers for the unit, one step higher each time."""
    unit = Unit.objects.get(id=entry.subject_id)
    names = "、".join(list(entry.payload.get("teams") or [])[:4])
    title = f"{unit.name}有 {entry.payload['count']} 条反馈超时没有签认（{names}）。"
    url = f"{reverse('hazards:matrix')}?late=1"
    units = list(Unit.objects.filter(id__in=entry.payload.get("tell") or []))
    heard: set[UUID] = set()
    for number, roles in _steps_of(entry):
        for one in units if number == 0 else [unit]:
            for recipient in tell_roles(
                entry.mine_id, roles, LATE, title, url, unit=one, urgent_for=[Role.MINE_LEADER]
            ):
                if recipient.person_id not in heard:
                    heard.add(recipient.person_id)
                    yield recipient


def _steps_of(entry: Entry) -> list[tuple[int, tuple[Role, ...]]]:
    """The steps of the ladder that are told now: after a standstill also those that came meanwhile."""
    level, before = int(entry.payload.get("level") or 1), int(entry.payload.get("from") or 0)
    base = len(LATE_ROLES) if level > len(LATE_ROLES) else 0
    return list(enumerate(LATE_ROLES))[max(0, before - base) : level - base]


@route("group.late_group")
def late_group(entry: Entry) -> Iterator[Recipient]:
    """反馈超时: the group, then the branch that leads it, then mine leaders and the safety department."""
    group = RectificationGroup.objects.select_related("leader", "branch__unit").get(id=entry.subject_id)
    said = local(entry.received_at)
    title = f"「{group.name}」有 {entry.payload['count']} 条事项到 {said.month}月{said.day}日 {said:%H:%M} 还没有反馈。"
    url = f"{reverse('hazards:cases')}?group={group.id}&late=1"
    heard: set[UUID] = set()
    for number, roles in _steps_of(entry):
        found = (
            tell(heads_of(group), LATE, title, url)
            if number == 0
            else tell_roles(
                entry.mine_id, roles, LATE, title, url, unit=group.branch.unit, urgent_for=[Role.MINE_LEADER]
            )
        )
        for recipient in found:
            if recipient.person_id not in heard:
                heard.add(recipient.person_id)
                yield recipient
