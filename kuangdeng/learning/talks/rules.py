"""谈心补考 as tables: states, verbs, who may, which step is owed by whom until when. Pure."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from kuangdeng.kernel.flow import Flow, Step
from kuangdeng.org.api import Role


class Status(StrEnum):
    """Where a talk stands: which step is open."""

    OWED = "owed"
    ASSIGNED = "assigned"
    TALKED = "talked"
    MAKEUP = "makeup"
    RETRAINING = "retraining"
    DONE = "done"
    DROPPED = "dropped"


STATUS_LABELS: dict[str, object] = {
    Status.OWED: _("待安排谈话人"),
    Status.ASSIGNED: _("待谈心"),
    Status.TALKED: _("待本人签字"),
    Status.MAKEUP: _("待补考"),
    Status.RETRAINING: _("待重新培训"),
    Status.DONE: _("已办结"),
    Status.DROPPED: _("已撤销"),
}
VERB_LABELS: dict[str, object] = {
    "open": _("列入谈心"),
    "assign": _("安排谈话人"),
    "record": _("记录谈心"),
    "rewrite": _("退回重谈"),
    "sign": _("本人签字"),
    "finish": _("办结"),
    "owe_retraining": _("不能再补考，转重新培训"),
    "pass_makeup": _("补考合格"),
    "fail_makeup": _("补考不合格，转重新培训"),
    "talk_again": _("补考不合格，再谈心补考"),
    "retrain": _("重新培训完成"),
    "fail_retraining": _("重新培训没有合格，再列入培训班"),
    "untrain": _("结业退回，重新培训没有完成"),
    "drop": _("撤销谈心"),
    "reopen": _("重新列入"),
}
FLOW = Flow(
    [
        Step("open", None, Status.OWED),
        Step("assign", Status.OWED, Status.ASSIGNED),
        Step("assign", Status.ASSIGNED, Status.ASSIGNED),
        Step("record", Status.ASSIGNED, Status.TALKED),
        Step("rewrite", Status.TALKED, Status.ASSIGNED),
        Step("sign", Status.TALKED, Status.MAKEUP),
        Step("finish", Status.TALKED, Status.DONE),
        Step("owe_retraining", Status.TALKED, Status.RETRAINING),
        Step("pass_makeup", Status.MAKEUP, Status.DONE),
        Step("fail_makeup", Status.MAKEUP, Status.RETRAINING),
        Step("talk_again", Status.MAKEUP, Status.DONE),
        Step("retrain", Status.RETRAINING, Status.DONE),
        Step("fail_retraining", Status.RETRAINING, Status.RETRAINING),
        Step("untrain", Status.DONE, Status.RETRAINING),
        Step("drop", Status.OWED, Status.DROPPED),
        Step("drop", Status.ASSIGNED, Status.DROPPED),
        Step("drop", Status.TALKED, Status.DROPPED),
        Step("drop", Status.MAKEUP, Status.DROPPED),
        Step("drop", Status.RETRAINING, Status.DROPPED),
        Step("reopen", Status.DROPPED, Status.OWED),
    ],
    states=STATUS_LABELS,
    verbs=VERB_LABELS,
)
"""Who signs and has passed (but stayed under the manager's bar) is through: `finish`; who failed still owes the exam, or
the retraining when the rules give him no make-up. Who fails a make-up and may sit another gets a talk of his own for it."""
OPEN = (Status.OWED, Status.ASSIGNED, Status.TALKED, Status.MAKEUP, Status.RETRAINING)


class Cause(StrEnum):
    """Why there is a talk."""

    FAILED = "failed"
    BELOW = "below"
    ABSENT = "absent"


CAUSE_LABELS: dict[str, object] = {
    Cause.FAILED: _("不合格"),
    Cause.BELOW: _("合格但低于谈心线"),
    Cause.ABSENT: _("缺考"),
}


@dataclass(frozen=True)
class Chances:
    """How many make-ups the training rules allow after an exam, and how many of them each person has failed by then."""

    allowed: int
    used: Mapping[UUID, int]

    def left(self, person_id: UUID, cause: str) -> bool:
        """Whether he may sit another. Who never came has not sat once, so he may in any case."""
        used = self.used.get(person_id, 0)
        return used < self.allowed or (cause == Cause.ABSENT and used == 0)


def way(*, sits_again: bool, retrained: bool) -> list[str]:
    """The states that a talk goes through, in order, as far as they concern this one."""
    steps = [Status.OWED, Status.ASSIGNED, Status.TALKED]
    steps += [Status.MAKEUP] if sits_again else []
    steps += [Status.RETRAINING] if retrained else []
    return [*map(str, steps), str(Status.DONE)]


class Tell(StrEnum):
    """Whom a step of the ladder tells, beside the one who owes the step."""

    OWNER = "owner"
    UNIT = "unit"
    OFFICE = "office"
    LEADER = "leader"


TELL_LABELS: dict[str, object] = {
    Tell.OWNER: _("该办的人"),
    Tell.UNIT: _("单位负责人和支部书记"),
    Tell.OFFICE: _("培训部门和政工部门"),
    Tell.LEADER: _("矿领导"),
}
TELL_ROLES: dict[str, tuple[Role, ...]] = {
    Tell.OWNER: (),
    Tell.UNIT: (Role.UNIT_HEAD, Role.BRANCH_SECRETARY),
    Tell.OFFICE: (Role.TRAINING_OFFICER, Role.POLITICAL_WORK),
    Tell.LEADER: (Role.MINE_LEADER,),
}


@dataclass(frozen=True)
class Terms:
    """The mine's rule on a day: the manager's bar in percent, and how many days each step may take."""

    bar: Decimal | None = None
    assign_days: int = 2
    talk_days: int = 3
    sign_days: int = 2
    makeup_days: int = 15
    retrain_days: int = 30

    def days(self, status: str) -> int:
        """How long the step that is open in this state may take."""
        return {
            Status.OWED: self.assign_days, Status.ASSIGNED: self.talk_days, Status.TALKED: self.sign_days,
            Status.MAKEUP: self.makeup_days, Status.RETRAINING: self.retrain_days,
        }[Status(status)]  # fmt: skip


PRESET = Terms()
PRESET_STEPS = ((0, Tell.OWNER), (2, Tell.UNIT), (5, Tell.OFFICE), (10, Tell.LEADER))
"""Days after a step was due → who is told; ours, until the mine sets its own."""


def due(status: str, since: datetime, terms: Terms) -> datetime | None:
    """Until when the open step is owed; None when nothing is open."""
    return since + timedelta(days=terms.days(status)) if status in OPEN else None


def cause_of(*, absent: bool, passed: bool | None, share: Decimal | None, bar: Decimal | None) -> Cause | None:
    """Why this result needs a talk; None when it needs none, or while it is not settled."""
    if absent:
        return Cause.ABSENT
    if passed is False:
        return Cause.FAILED
    if passed and share is not None and bar is not None and share < bar:
        return Cause.BELOW
    return None


def weak_points(
    lines: Iterable[Mapping[str, Any]], topics: Mapping[str, Sequence[str]], stems: Mapping[str, str]
) -> dict[str, list[dict[str, Any]]]:
    """What a sheet shows to be weak: topics by what was lost in them, and the items missed. By itself, no hand.

    `topics` and `stems` are by version id. An item that is sorted under nothing counts under its stem alone.
    """
    asked, missed, lost = Counter[str](), Counter[str](), Counter[str]()
    items = []
    for one in lines:
        full, got = Decimal(one["m"]), Decimal(one["s"] or 0)
        for topic in topics.get(one["v"], ()):
            asked[topic] += 1
            if got < full:
                missed[topic] += 1
                lost[topic] += int((full - got) * 100)
        if got < full:
            items.append(
                {
                    "version": one["v"],
                    "stem": stems.get(one["v"], "")[:120],
                    "lost": str(full - got),
                    "blank": not one["a"],
                }
            )
    ordered = sorted(missed, key=lambda topic: (-lost[topic], topic))
    found = [
        {"topic": one, "asked": asked[one], "missed": missed[one], "lost": f"{lost[one] / 100:g}"} for one in ordered
    ]
    return {"topics": found, "items": items}


_KEEPERS = frozenset({Role.TRAINING_OFFICER, Role.POLITICAL_WORK})
_UNITS = frozenset({Role.UNIT_HEAD, Role.BRANCH_SECRETARY})
MAY: dict[str, frozenset[Role]] = {
    "talk.see": _KEEPERS | _UNITS | {Role.MINE_LEADER},
    "talk.assign": _KEEPERS | _UNITS,
    "talk.sign_for": _KEEPERS,
    "talk.drop": _KEEPERS,
    "talk.reopen": _KEEPERS,
    "talk.retrain": frozenset({Role.TRAINING_OFFICER}),
    "talk.rules": _KEEPERS,
}
POWER_LABELS: dict[str, object] = {
    "talk.see": _("看谈心和补考的办理"),
    "talk.assign": _("安排谈话人"),
    "talk.sign_for": _("登记纸质谈心记录上的签字"),
    "talk.drop": _("撤销谈心"),
    "talk.reopen": _("重新列入谈心"),
    "talk.retrain": _("把欠的重新培训列入培训班、登记完成"),
    "talk.rules": _("设置谈心办法"),
}
