"""Accidents as tables: states of an accident and of a measure, the four no-let-pass points, levels, who may. Pure."""

from collections.abc import Iterable
from decimal import Decimal
from enum import StrEnum
from typing import Protocol, TypeVar

from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from kuangdeng.kernel.flow import Flow, Step
from kuangdeng.org.api import Role


class Kind(StrEnum):
    """What kind of accident it is; a near miss is one that hurt and broke nothing, this time."""

    INJURY = "injury"
    NON_CASUALTY = "non_casualty"
    NEAR_MISS = "near_miss"


KIND_LABELS: dict[str, object] = {
    Kind.INJURY: _("伤亡事故"),
    Kind.NON_CASUALTY: _("非伤亡事故"),
    Kind.NEAR_MISS: _("未遂"),
}


class Severity(StrEnum):
    """How badly somebody is hurt, the gravest first; unclear until a doctor has said."""

    DEATH = "death"
    SERIOUS = "serious"
    MINOR = "minor"
    UNCLEAR = "unclear"


SEVERITY_LABELS: dict[str, object] = {
    Severity.DEATH: _("死亡"),
    Severity.SERIOUS: _("重伤"),
    Severity.MINOR: _("轻伤"),
    Severity.UNCLEAR: _("伤情待查"),
}


class NoLetPassPoint(StrEnum):
    """四不放过: what must not be let pass."""

    CAUSE = "cause"
    RESPONSIBLE = "responsible"
    MEASURES = "measures"
    EDUCATED = "educated"


POINT_LABELS: dict[str, object] = {
    NoLetPassPoint.CAUSE: _("事故原因未查清不放过"),
    NoLetPassPoint.RESPONSIBLE: _("责任人员未处理不放过"),
    NoLetPassPoint.MEASURES: _("整改措施未落实不放过"),
    NoLetPassPoint.EDUCATED: _("有关人员未受到教育不放过"),
}


class Status(StrEnum):
    """Where an accident stands."""

    REPORTED = "reported"
    COMPLETED = "completed"
    INVESTIGATING = "investigating"
    CLOSED = "closed"
    VOID = "void"


STATUS_LABELS: dict[str, object] = {
    Status.REPORTED: _("已快报"),
    Status.COMPLETED: _("待调查"),
    Status.INVESTIGATING: _("调查中"),
    Status.CLOSED: _("已结案"),
    Status.VOID: _("已作废"),
}

OPEN = frozenset({Status.REPORTED, Status.COMPLETED, Status.INVESTIGATING})


class Stage(StrEnum):
    """What has a deadline: a measure has its own, the accident's two come from the mine's table."""

    MEASURE = "measure"
    COMPLETE = "complete"
    INVESTIGATE = "investigate"


STAGE_LABELS: dict[str, object] = {
    Stage.MEASURE: _("落实整改措施"),
    Stage.COMPLETE: _("补充完善快报"),
    Stage.INVESTIGATE: _("调查结案"),
}

VERB_LABELS: dict[str, object] = {
    "report": _("事故快报"),
    "complete": _("补充完善"),
    "record_casualty": _("登记伤亡人员"),
    "remove_casualty": _("划去伤亡人员"),
    "correct_level": _("更正级别"),
    "open_investigation": _("开展调查"),
    "tick": _("四不放过确认"),
    "untick": _("撤回四不放过确认"),
    "order_measure": _("下达整改措施"),
    "close": _("结案"),
    "void": _("作废"),
}

_S = Status
FLOW = Flow(
    [
        Step("report", None, _S.REPORTED),
        Step("complete", _S.REPORTED, _S.COMPLETED),
        Step("open_investigation", _S.COMPLETED, _S.INVESTIGATING),
        Step("close", _S.INVESTIGATING, _S.CLOSED),
        *[Step("complete", status, status) for status in (_S.COMPLETED, _S.INVESTIGATING)],
        *[
            Step(verb, status, status)
            for verb in ("record_casualty", "remove_casualty")
            for status in (_S.REPORTED, _S.COMPLETED, _S.INVESTIGATING)
        ],
        *[
            Step(verb, status, status)
            for verb in ("correct_level", "order_measure")
            for status in (_S.COMPLETED, _S.INVESTIGATING)
        ],
        Step("tick", _S.INVESTIGATING, _S.INVESTIGATING),
        Step("untick", _S.INVESTIGATING, _S.INVESTIGATING),
        *[Step("void", status, _S.VOID) for status in (_S.REPORTED, _S.COMPLETED, _S.INVESTIGATING)],
    ],
    states=STATUS_LABELS,
    verbs=VERB_LABELS,
)
"""The only order of the verbs on an accident. What comes to light during the investigation is filled in then."""


class MeasureStatus(StrEnum):
    """Where a measure stands. Overdue is computed."""

    ORDERED = "ordered"
    WORKING = "working"
    DONE = "done"
    ACCEPTED = "accepted"
    WITHDRAWN = "withdrawn"


MEASURE_STATUS_LABELS: dict[str, object] = {
    MeasureStatus.ORDERED: _("待签收"),
    MeasureStatus.WORKING: _("落实中"),
    MeasureStatus.DONE: _("待验收"),
    MeasureStatus.ACCEPTED: _("已验收"),
    MeasureStatus.WITHDRAWN: _("已撤销"),
}

MEASURE_VERB_LABELS: dict[str, object] = {
    "order_measure": _("下达整改措施"),
    "sign_measure": _("签收"),
    "finish_measure": _("报落实完成"),
    "accept_measure": _("验收合格"),
    "reject_measure": _("验收不合格"),
    "withdraw_measure": _("撤销措施"),
}

OTHER_LABELS: dict[str, object] = {
    "import": _("从旧台账导入事故"),
    "ladder": _("事故超期阶梯提醒"),
}
"""Lines of an accident's story that are no step of its flow."""

_M = MeasureStatus
MEASURE_FLOW = Flow(
    [
        Step("order_measure", None, _M.ORDERED),
        Step("sign_measure", _M.ORDERED, _M.WORKING),
        Step("finish_measure", _M.WORKING, _M.DONE),
        Step("accept_measure", _M.DONE, _M.ACCEPTED),
        Step("reject_measure", _M.DONE, _M.WORKING),
        Step("withdraw_measure", _M.ORDERED, _M.WITHDRAWN),
        Step("withdraw_measure", _M.WORKING, _M.WITHDRAWN),
    ],
    states=MEASURE_STATUS_LABELS,
    verbs=MEASURE_VERB_LABELS,
)
"""The only order of the verbs on a measure."""

MEASURE_OPEN = frozenset({_M.ORDERED, _M.WORKING, _M.DONE})
MEASURE_RUNNING = frozenset({_M.ORDERED, _M.WORKING})
"""As long as the deadline runs for the unit; waiting for acceptance is not its delay."""

BY_PERSON_IN_CHARGE = frozenset({"sign_measure", "finish_measure"})
"""What the person named in a measure may do besides whoever heads the unit."""

_UNIT = frozenset({Role.TEAM_LEADER, Role.UNIT_HEAD, Role.BRANCH_SECRETARY})
_HEADS = frozenset({Role.UNIT_HEAD, Role.BRANCH_SECRETARY})
_SAFETY = frozenset({Role.SAFETY})
_LEADER = frozenset({Role.MINE_LEADER})
_WIDE = _SAFETY | _LEADER | {Role.GROUP_OFFICE, Role.ADMINISTRATOR, Role.TRAINING_OFFICER, Role.POLITICAL_WORK}

MAY: dict[str, frozenset[Role]] = {
    "accident.report": frozenset(Role),
    "accident.see_all": _WIDE,
    "accident.see_persons": _SAFETY | _LEADER | _HEADS,
    "accident.complete": _SAFETY,
    "accident.record_casualty": _SAFETY,
    "accident.remove_casualty": _SAFETY,
    "accident.correct_level": _SAFETY | _LEADER,
    "accident.open_investigation": _SAFETY | _LEADER,
    "accident.tick": _SAFETY | _LEADER,
    "accident.untick": _SAFETY | _LEADER,
    "accident.order_measure": _SAFETY | _LEADER,
    "accident.sign_measure": _UNIT,
    "accident.finish_measure": _UNIT,
    "accident.accept_measure": _SAFETY | _LEADER,
    "accident.reject_measure": _SAFETY | _LEADER,
    "accident.withdraw_measure": _SAFETY | _LEADER,
    "accident.close": _SAFETY | _LEADER,
    "accident.close_serious": _LEADER,
    "accident.void": _SAFETY | _LEADER,
    "accident.import": _SAFETY | {Role.ADMINISTRATOR},
}
"""Which role may do what. A unit's role reaches its own unit and below, safety and mine leaders the whole mine."""

POWER_LABELS: dict[str, object] = {
    **{
        f"accident.{verb}": format_lazy(_("事故：{label}"), label=label)
        for verb, label in {**MEASURE_VERB_LABELS, **VERB_LABELS}.items()
    },
    "accident.sign_measure": _("事故：签收整改措施"),
    "accident.finish_measure": _("事故：报整改措施落实完成"),
    "accident.accept_measure": _("事故：整改措施验收合格"),
    "accident.reject_measure": _("事故：整改措施验收不合格"),
    "accident.withdraw_measure": _("事故：撤销整改措施"),
    "accident.see_all": _("查看全矿事故"),
    "accident.import": _("导入旧事故台账"),
    "accident.see_persons": _("查看事故伤亡人员姓名"),
    "accident.close_serious": _("事故：有死亡、重伤或较大以上的结案"),
}


class LevelRow(Protocol):
    """A line of the mine's table of levels: from which figures on it holds. None is not looked at."""

    kind: str
    deaths: int | None
    serious: int | None
    loss: Decimal | None
    stop_hours: Decimal | None


L = TypeVar("L", bound=LevelRow)


def level_of(
    rows: Iterable[L], *, kind: str, deaths: int, serious: int, loss: Decimal | None, stop_hours: Decimal | None
) -> L | None:
    """The level of an accident by the table, whose gravest line comes first: one figure reached is enough.

    None for a near miss, and where the figures reach no line.
    """
    for row in rows:
        if row.kind != kind:
            continue
        pairs = ((row.deaths, deaths), (row.serious, serious), (row.loss, loss), (row.stop_hours, stop_hours))
        if any(least is not None and (figure or 0) >= least for least, figure in pairs):
            return row
    return None


def without_names(text: str, names: Iterable[str]) -> str:
    """The text with each of these names cut down to the family name (王某某), so that no page or file gives it away.

    Longest first: 李小明 is not left over as 李某明 because there is also a 李小.
    """
    for name in sorted({one.strip() for one in names}, key=len, reverse=True):
        if len(name) > 1:
            text = text.replace(name, name[0] + "某" * (len(name) - 1))
    return text
