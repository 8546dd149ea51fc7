"""题目 as tables: types, states, verbs, who may. Pure."""

from enum import StrEnum

from django.utils.translation import gettext_lazy as _

from kuangdeng.kernel.flow import Flow, Step
from kuangdeng.learning.items.rules.content import TYPE_LABELS, ItemType, check_content
from kuangdeng.learning.items.rules.marking import DEFAULT_POLICY, Policy, is_marked_by_person, mark, percent
from kuangdeng.org.api import Role

__all__ = [
    "DEFAULT_POLICY", "DIFFICULTY_LABELS", "FLOW", "KIND_LABELS", "MAY", "POWER_LABELS", "STATUS_LABELS", "TYPE_LABELS",
    "VERB_LABELS", "ItemType", "Kind", "Policy", "Status", "check_content", "is_marked_by_person", "mark", "percent",
]  # fmt: skip


class Status(StrEnum):
    """Where the latest version of an item stands. Whether an earlier one is in use is `Item.current`."""

    DRAFTED = "drafted"
    SUBMITTED = "submitted"
    REVIEWED = "reviewed"
    IN_USE = "in_use"
    RETIRED = "retired"


STATUS_LABELS: dict[str, object] = {
    Status.DRAFTED: _("草稿"),
    Status.SUBMITTED: _("待审"),
    Status.REVIEWED: _("已审"),
    Status.IN_USE: _("在用"),
    Status.RETIRED: _("停用"),
}
VERB_LABELS: dict[str, object] = {
    "write": _("出题"),
    "revise": _("修改题目"),
    "submit": _("送审"),
    "send_back": _("退回修改"),
    "review": _("审定"),
    "put_in_use": _("启用"),
    "retire": _("停用"),
    "bring_back": _("恢复"),
    "merge": _("并入另一题"),
}
FLOW = Flow(
    [
        Step("write", None, Status.DRAFTED),
        Step("revise", Status.DRAFTED, Status.DRAFTED),
        Step("revise", Status.REVIEWED, Status.DRAFTED),
        Step("revise", Status.IN_USE, Status.DRAFTED),
        Step("submit", Status.DRAFTED, Status.SUBMITTED),
        Step("send_back", Status.SUBMITTED, Status.DRAFTED),
        Step("review", Status.SUBMITTED, Status.REVIEWED),
        Step("put_in_use", Status.REVIEWED, Status.IN_USE),
        Step("retire", Status.DRAFTED, Status.RETIRED),
        Step("retire", Status.REVIEWED, Status.RETIRED),
        Step("retire", Status.IN_USE, Status.RETIRED),
        Step("bring_back", Status.RETIRED, Status.DRAFTED),
        Step("merge", Status.DRAFTED, Status.RETIRED),
        Step("merge", Status.SUBMITTED, Status.RETIRED),
        Step("merge", Status.REVIEWED, Status.RETIRED),
        Step("merge", Status.IN_USE, Status.RETIRED),
    ],
    states=STATUS_LABELS,
    verbs=VERB_LABELS,
)
"""An item in use that is revised stays in use in its old version until the new one is."""


class Kind(StrEnum):
    """What a category sorts by."""

    SPECIALTY = "specialty"
    TRADE = "trade"
    TOPIC = "topic"


KIND_LABELS: dict[str, object] = {
    Kind.SPECIALTY: _("专业"),
    Kind.TRADE: _("工种"),
    Kind.TOPIC: _("知识点"),
}
DIFFICULTY_LABELS: dict[int, object] = {1: _("很易"), 2: _("较易"), 3: _("适中"), 4: _("较难"), 5: _("很难")}

_WRITERS = frozenset({Role.TRAINING_OFFICER, Role.TEACHER, Role.SAFETY})
_OFFICER = frozenset({Role.TRAINING_OFFICER})
MAY: dict[str, frozenset[Role]] = {
    "item.see": _WRITERS,
    "item.write": _WRITERS,
    "item.revise": _WRITERS,
    "item.submit": _WRITERS,
    "item.review": _WRITERS,
    "item.send_back": _WRITERS,
    "item.put_in_use": _OFFICER,
    "item.retire": _OFFICER,
    "item.bring_back": _OFFICER,
    "item.merge": _OFFICER,
    "item.import": _OFFICER | {Role.TEACHER},
    "item.export": _OFFICER | {Role.TEACHER},
    "item.settings": _OFFICER,
}
POWER_LABELS: dict[str, object] = {
    "item.see": _("看题库"),
    "item.write": _("出题"),
    "item.revise": _("修改题目"),
    "item.submit": _("把题目送审"),
    "item.review": _("审定别人出的题"),
    "item.send_back": _("把送审的题退回修改"),
    "item.put_in_use": _("启用题目"),
    "item.retire": _("停用题目"),
    "item.bring_back": _("恢复停用的题目"),
    "item.merge": _("合并重复的题目"),
    "item.import": _("导入题目"),
    "item.export": _("导出题目"),
    "item.settings": _("管理题库、分类和判分办法"),
}
