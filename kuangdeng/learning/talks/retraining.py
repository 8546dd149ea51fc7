"""重新培训 as steps, without ledger and without asking for powers: what a training class does, within its own verbs, with
those who failed the make-up exam as well. It takes them in, lets them go again, and its conclusion settles it."""

from collections.abc import Mapping
from uuid import UUID

from django.utils.translation import gettext as _

from kuangdeng.kernel.clock import now
from kuangdeng.kernel.errors import NotVisible, Refused
from kuangdeng.kernel.rows import one_of
from kuangdeng.learning.talks import rules
from kuangdeng.learning.talks.models import Retraining, Talk
from kuangdeng.learning.talks.queries import retrained_in, terms_on
from kuangdeng.learning.talks.rules import FLOW, OPEN, Status
from kuangdeng.org.api import Person


def go(what: str, talk: Talk) -> None:
    """The next step of a talk is open from now, and due by the mine's rule."""
    talk.status, talk.since = FLOW.target(what, talk.status), now()
    talk.due_at = rules.due(talk.status, talk.since, terms_on(talk.mine_id))
    talk.ended_at = None if talk.status in OPEN else talk.since


def held(retraining_id: UUID, *, mine_id: UUID) -> Retraining:
    """A retraining that is owed, locked. NotVisible when the mine has none like it; Refused when it is over."""
    rows = Retraining.objects.select_for_update(of=("self",)).select_related(
        "person__unit__parent", "talk__person", "talk__exam", "talk__unit"
    )
    found = one_of(rows.filter(id=retraining_id, mine_id=mine_id))
    if found is None:
        raise NotVisible
    if found.done_at is not None or found.talk.status != Status.RETRAINING:
        raise Refused(_("这个人的重新培训已经办结。"), code="wrong_state")
    return found


def take_in(row: Retraining, *, class_id: UUID, where: str, by: Person) -> None:
    """From now this class retrains him (列入重新培训). Refused when another class of ours has him already."""
    if row.class_id is not None:
        raise Refused(_("%(name)s已列入%(where)s重新培训。要换班，请先在那个班退班。")
                      % {"name": row.person.name, "where": row.where}, field="batch", code="again")  # fmt: skip
    row.class_id, row.where, row.accepted_at, row.accepted_by = class_id, where[:120], now(), by
    row.save()


def let_go(class_id: UUID, person_id: UUID | None = None) -> int:
    """The class does not retrain them any more (退班、取消): this one, or all; it is owed as before. Returns how many."""
    rows = [one for one in retrained_in(class_id) if person_id in (None, one.person_id) and one.done_at is None]
    for row in rows:
        _owed(row)
    return len(rows)


def _owed(row: Retraining) -> None:
    row.class_id, row.where, row.accepted_at, row.accepted_by, row.done_at = None, "", None, None, None
    row.save()


def settle_class(class_id: UUID, outcomes: Mapping[UUID, tuple[bool | None, str]]) -> tuple[list[UUID], list[UUID]]:
    """What a class came to for those whom it retrains: person → completed or not, with the sentence for the file.

    Who completed it is through; who did not owes it anew from today, in another class. None waits: there is no result
    yet. Returns who is through and who owes it again.
    """
    through: list[UUID] = []
    again: list[UUID] = []
    for row in retrained_in(class_id):
        completed, note = outcomes.get(row.person_id, (False, ""))
        if row.done_at is not None or row.talk.status != Status.RETRAINING or completed is None:
            continue
        if completed:
            row.done_at = now()
            row.save()
            row.talk.end_note = note[:200]
        else:
            _owed(row)
        go("retrain" if completed else "fail_retraining", row.talk)
        row.talk.save()
        (through if completed else again).append(row.person_id)
    return through, again


def take_back(class_id: UUID) -> None:
    """The conclusion of the class was sent back (退回重办结业): who was through because of it is in the class again."""
    for row in retrained_in(class_id):
        if row.done_at is not None and row.talk.status == Status.DONE:
            row.done_at = None
            row.save()
            go("untrain", row.talk)
            row.talk.end_note = ""
            row.talk.save()
