"""Steps that the verbs of the groups share."""

from collections.abc import Mapping

from django.utils.translation import gettext as _

from kuangdeng.hazards.groups.models import GroupCase
from kuangdeng.hazards.groups.rules import VERB_LABELS
from kuangdeng.kernel.errors import Refused
from kuangdeng.ledger.api import Entry, Subject, post
from kuangdeng.org.api import Person, Unit, may


def need_power(what: str, by: Person) -> None:
    """Refused for who may not manage groups, hand cases over, set the clocks."""
    if not may(by, f"group.{what}"):
        label = VERB_LABELS.get(what, _("设置整治落实小组"))
        raise Refused(_("您没有权限办理「%(verb)s」。请联系安监部门。") % {"verb": label}, code="not_allowed")


def label_of(case: GroupCase) -> str:
    """Number and words of the thing, as it was published."""
    return f"{case.item.line.get('number', '')} {case.item.text}".strip()


def enter(
    what: str, case: GroupCase, by: Person | None, payload: Mapping[str, object], *, unit: Unit | None = None
) -> Entry:
    """The ledger line of a verb on a case; the unit that counts is the one that leads the group."""
    unit = unit or (case.group.branch.unit if case.group else None)
    return post(
        f"group.{what}",
        Subject("group_case", case.id, label_of(case)),
        mine_id=case.mine_id,
        by=by,
        unit=unit,
        payload={"status": str(case.status), **payload},
    )
