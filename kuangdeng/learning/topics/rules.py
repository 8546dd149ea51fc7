"""课题 as tables: states, verbs, who may, what a score says. Pure."""

from collections.abc import Sequence
from datetime import date
from enum import StrEnum

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from kuangdeng.kernel.flow import Flow, Step
from kuangdeng.org.api import Role


class Status(StrEnum):
    """Where a topic stands."""

    DRAFTED = "drafted"
    APPLIED = "applied"
    RUNNING = "running"
    REPORTED = "reported"
    REVIEWING = "reviewing"
    REVIEWED = "reviewed"
    ADOPTED = "adopted"
    ARCHIVED = "archived"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"


STATUS_LABELS: dict[str, object] = {
    Status.DRAFTED: _("草稿"),
    Status.APPLIED: _("待立项"),
    Status.RUNNING: _("研究中"),
    Status.REPORTED: _("待安排评审"),
    Status.REVIEWING: _("评审中"),
    Status.REVIEWED: _("评审通过"),
    Status.ADOPTED: _("已采纳"),
    Status.ARCHIVED: _("已归档"),
    Status.DECLINED: _("未立项"),
    Status.WITHDRAWN: _("已撤回"),
}
VERB_LABELS: dict[str, object] = {
    "write": _("写申报书"),
    "revise": _("修改申报书"),
    "apply": _("申报课题"),
    "send_back": _("退回申报书"),
    "approve": _("立项"),
    "decline": _("不予立项"),
    "finish_milestone": _("报节点完成"),
    "hand_in": _("交结题报告"),
    "return_report": _("退回结题报告"),
    "assign": _("安排评审"),
    "give_opinion": _("写评审意见"),
    "pass": pgettext_lazy("课题", "评审通过"),
    "rework": _("评审后再研究"),
    "adopt": _("登记采纳"),
    "archive": _("归档"),
    "withdraw": _("撤回课题"),
}
FLOW = Flow(
    [
        Step("write", None, Status.DRAFTED),
        Step("revise", Status.DRAFTED, Status.DRAFTED),
        Step("apply", Status.DRAFTED, Status.APPLIED),
        Step("send_back", Status.APPLIED, Status.DRAFTED),
        Step("approve", Status.APPLIED, Status.RUNNING),
        Step("decline", Status.APPLIED, Status.DECLINED),
        Step("finish_milestone", Status.RUNNING, Status.RUNNING),
        Step("hand_in", Status.RUNNING, Status.REPORTED),
        Step("return_report", Status.REPORTED, Status.RUNNING),
        Step("assign", Status.REPORTED, Status.REVIEWING),
        Step("give_opinion", Status.REVIEWING, Status.REVIEWING),
        Step("pass", Status.REVIEWING, Status.REVIEWED),
        Step("rework", Status.REVIEWING, Status.RUNNING),
        Step("adopt", Status.REVIEWED, Status.ADOPTED),
        Step("archive", Status.REVIEWED, Status.ARCHIVED),
        Step("archive", Status.ADOPTED, Status.ARCHIVED),
        Step("withdraw", Status.DRAFTED, Status.WITHDRAWN),
        Step("withdraw", Status.APPLIED, Status.WITHDRAWN),
        Step("withdraw", Status.RUNNING, Status.WITHDRAWN),
    ],
    states=STATUS_LABELS,
    verbs=VERB_LABELS,
)
"""What changed because of it is written before it is archived; without that it is archived with the reason why not."""

OWN = frozenset({"revise", "apply", "finish_milestone", "hand_in", "withdraw"})
"""Verbs of who leads the topic, whatever his role."""
PRIVATE = (Status.DRAFTED, Status.DECLINED, Status.WITHDRAWN)
"""What stays between those who wrote it and those who decide."""

_EVERYBODY = frozenset(Role)
_OFFICE = frozenset({Role.POLITICAL_WORK, Role.TRAINING_OFFICER})
MAY: dict[str, frozenset[Role]] = {
    "topic.see": _EVERYBODY,
    "topic.write": _EVERYBODY,
    "topic.revise": _EVERYBODY,
    "topic.apply": _EVERYBODY,
    "topic.finish_milestone": _EVERYBODY,
    "topic.hand_in": _EVERYBODY,
    "topic.withdraw": _EVERYBODY,
    "topic.give_opinion": _EVERYBODY,
    "topic.call": _OFFICE,
    "topic.send_back": _OFFICE | {Role.MINE_LEADER},
    "topic.approve": _OFFICE | {Role.MINE_LEADER},
    "topic.decline": _OFFICE | {Role.MINE_LEADER},
    "topic.return_report": _OFFICE,
    "topic.assign": _OFFICE,
    "topic.pass": _OFFICE,
    "topic.rework": _OFFICE,
    "topic.adopt": _OFFICE | {Role.MINE_LEADER},
    "topic.archive": _OFFICE,
}
POWER_LABELS: dict[str, object] = {
    "topic.see": _("看课题"),
    "topic.write": _("写课题申报书"),
    "topic.revise": _("修改自己的申报书"),
    "topic.apply": _("申报自己写的课题"),
    "topic.finish_milestone": _("报自己课题的节点完成"),
    "topic.hand_in": _("交自己课题的结题报告"),
    "topic.withdraw": _("撤回自己的课题"),
    "topic.give_opinion": _("给分派到的课题写评审意见"),
    "topic.call": _("发布课题征集"),
    "topic.send_back": _("退回课题申报书"),
    "topic.approve": _("课题立项"),
    "topic.decline": _("课题不予立项"),
    "topic.return_report": _("退回结题报告"),
    "topic.assign": _("安排课题评审"),
    "topic.pass": _("课题评审通过"),
    "topic.rework": _("课题评审后退回再研究"),
    "topic.adopt": _("登记课题采纳"),
    "topic.archive": _("课题归档"),
}
MOST_MEMBERS, MOST_MILESTONES, MOST_REVIEWERS, FEWEST_REVIEWERS = 12, 12, 9, 1


class FileKind(StrEnum):
    """What a file of a topic is."""

    MILESTONE = "milestone"
    REPORT = "report"
    EVIDENCE = "evidence"


FILE_LABELS: dict[str, object] = {
    FileKind.MILESTONE: _("节点材料"),
    FileKind.REPORT: _("结题报告"),
    FileKind.EVIDENCE: _("采纳证明"),
}


def average(scores: Sequence[int]) -> float | None:
    """The mean of the reviewers' scores to a tenth; None while none is there."""
    return round(sum(scores) / len(scores), 1) if scores else None


def is_late(due_on: date | None, done: bool, today: date) -> bool:
    """Whether a milestone should have been done."""
    return due_on is not None and not done and due_on < today
