"""成绩、重判 as tables: states, verbs, who may. Pure."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from enum import StrEnum
from typing import Any

from django.utils.translation import gettext_lazy as _

from kuangdeng.kernel.flow import Flow, Step
from kuangdeng.learning.items.api import Policy, mark, points
from kuangdeng.org.api import Role


class Status(StrEnum):
    """Where a regrading stands."""

    PROPOSED = "proposed"
    APPROVED = "approved"
    DECLINED = "declined"


STATUS_LABELS: dict[str, object] = {
    Status.PROPOSED: _("待批准"),
    Status.APPROVED: _("已重判"),
    Status.DECLINED: _("未批准"),
}
VERB_LABELS: dict[str, object] = {
    "propose": _("申请重判"),
    "approve": _("批准重判"),
    "decline": _("不批准重判"),
}
FLOW = Flow(
    [
        Step("propose", None, Status.PROPOSED),
        Step("approve", Status.PROPOSED, Status.APPROVED),
        Step("decline", Status.PROPOSED, Status.DECLINED),
    ],
    states=STATUS_LABELS,
    verbs=VERB_LABELS,
)
"""Who finds a key wrong and who has everybody marked anew are two persons; what was is kept beside what is."""

_TEACHERS = frozenset({Role.TRAINING_OFFICER, Role.TEACHER})
MAY: dict[str, frozenset[Role]] = {
    "regrade.propose": _TEACHERS,
    "regrade.approve": frozenset({Role.TRAINING_OFFICER, Role.MINE_LEADER}),
    "regrade.decline": frozenset({Role.TRAINING_OFFICER, Role.MINE_LEADER}),
}
POWER_LABELS: dict[str, object] = {
    "regrade.propose": _("申请按更正的答案重判"),
    "regrade.approve": _("批准别人申请的重判"),
    "regrade.decline": _("不批准别人申请的重判"),
}


def fits(asked: Mapping[str, Any], key: Mapping[str, Any]) -> bool:
    """Whether answers to `asked` can be marked by the key of `key`: the same type, and the same things to choose from.

    The names of options must stand for the same words, or an answer would be marked as what nobody chose.
    """
    if asked["type"] != key["type"]:
        return False
    sides = ("options", "left", "right")
    same = all(
        {one["id"]: (one["text"], one.get("picture")) for one in asked.get(side, ())}
        == {one["id"]: (one["text"], one.get("picture")) for one in key.get(side, ())}
        for side in sides
    )
    return same and len(asked.get("blanks", ())) == len(key.get("blanks", ()))


def marked_anew(
    lines: Sequence[Mapping[str, Any]], asked: str, key_id: str, key: Mapping[str, Any] | None, policy: Policy
) -> list[dict[str, Any]]:
    """The lines of a result with those that asked this version marked by the new key; everybody right without one.

    What was answered stays as it was. What a person has marked stays his, unless everybody gets it.
    """
    return [_line(one, key_id, key, policy) if one["v"] == asked else dict(one) for one in lines]


def _line(line: Mapping[str, Any], key_id: str, key: Mapping[str, Any] | None, policy: Policy) -> dict[str, Any]:
    full = Decimal(line["m"])
    if key is None:
        return {**line, "s": str(full), "k": "all"}
    share = mark(dict(key), line["a"], policy)
    return {**line, "s": line["s"] if share is None else str(points(share, full)), "k": key_id}
