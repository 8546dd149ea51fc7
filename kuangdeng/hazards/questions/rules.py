"""追问 as tables: states, verbs, levels, clocks, who may. Pure."""

from enum import StrEnum

from django.utils.translation import gettext_lazy as _

from kuangdeng.kernel.flow import Flow, Step
from kuangdeng.org.api import Role


class Status(StrEnum):
    """Where a question stands. That its clock has run out is computed, not a state."""

    ASKED = "asked"
    ANSWERED = "answered"
    SETTLED = "settled"


STATUS_LABELS: dict[str, object] = {
    Status.ASKED: _("等答复"),
    Status.ANSWERED: _("已答复，等追问单位确认"),
    Status.SETTLED: _("已了结"),
}
VERB_LABELS: dict[str, object] = {
    "ask": _("追问"),
    "answer": _("答复"),
    "press": _("再追问"),
    "join": _("同问"),
    "settle": _("认可答复"),
}
FLOW = Flow(
    [
        Step("ask", None, Status.ASKED),
        Step("answer", Status.ASKED, Status.ANSWERED),
        Step("press", Status.ASKED, Status.ASKED),
        Step("press", Status.ANSWERED, Status.ASKED),
        Step("join", Status.ASKED, Status.ASKED),
        Step("join", Status.ANSWERED, Status.ANSWERED),
        Step("settle", Status.ANSWERED, Status.SETTLED),
    ],
    states=STATUS_LABELS,
    verbs=VERB_LABELS,
)
"""Pressed while it is still unanswered only once its clock has run out."""

LEVELS: tuple[Role, ...] = (Role.UNIT_HEAD, Role.BRANCH_SECRETARY, Role.MINE_LEADER)
"""Who owes the answer: the first from the beginning, one more with each press."""
LEVEL_LABELS = (_("区队长"), _("支部书记"), _("矿领导"))

DEFAULT_CLOCKS = {True: ("end_of_shift", 0), False: ("end_of_next_shift", 0)}
"""How soon an answer is owed until the mine sets it its own way: major hazards within the shift, others the next."""

_ASKERS = frozenset({Role.TEAM_LEADER, Role.UNIT_HEAD, Role.BRANCH_SECRETARY})
MAY: dict[str, frozenset[Role]] = {
    "question.see": frozenset(Role),
    "question.ask": _ASKERS,
    "question.join": _ASKERS,
    "question.press": _ASKERS,
    "question.settle": _ASKERS,
    "question.answer": frozenset({Role.UNIT_HEAD, Role.BRANCH_SECRETARY}),
    "question.answer_unheld": frozenset({Role.SAFETY}),
    "question.rules": frozenset({Role.SAFETY, Role.ADMINISTRATOR}),
}
POWER_LABELS: dict[str, object] = {
    "question.see": _("看追问"),
    "question.ask": _("追问公布的隐患"),
    "question.join": _("同问"),
    "question.press": _("再追问"),
    "question.settle": _("认可答复"),
    "question.answer": _("答复对本单位的追问"),
    "question.answer_unheld": _("答复还没有责任单位的追问"),
    "question.rules": _("设置追问时限"),
}
