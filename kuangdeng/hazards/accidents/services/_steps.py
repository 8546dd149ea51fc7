"""Steps that the verbs of accidents share: lock, check who and when, move, write the ledger, keep names out."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext as _

from kuangdeng.hazards.accidents.models import Accident, AccidentMeasure, AccidentPhoto, Casualty
from kuangdeng.hazards.accidents.queries import levels
from kuangdeng.hazards.accidents.rules import FLOW, VERB_LABELS, Severity, level_of, without_names
from kuangdeng.hazards.services._steps import arrived
from kuangdeng.kernel.clock import local, now
from kuangdeng.kernel.errors import NotVisible, Refused
from kuangdeng.ledger.api import Entry, Named, Subject, post
from kuangdeng.org.api import Person, may


def begin(verb: str, accident_id: UUID, by: Person) -> Accident:
    """Lock the accident and check that `by` may do `verb` to it now. NotVisible when there is none in his mine."""
    rows = Accident.objects.select_for_update(of=("self",)).select_related("unit", "place", "level")
    accident = rows.filter(id=accident_id, mine_id=by.mine_id).first()
    if accident is None:
        raise NotVisible
    FLOW.target(verb, accident.status)
    if not may(by, f"accident.{verb}", accident.unit):
        raise Refused(
            _("您没有权限对这起事故办理「%(verb)s」。如需办理，请联系有此职责的人员。") % {"verb": VERB_LABELS[verb]},
            code="not_allowed",
        )
    return accident


def move(verb: str, accident: Accident) -> None:
    """Set the state that `rules.FLOW` gives; the caller saves."""
    target = FLOW.target(verb, accident.status)
    if target != accident.status:
        accident.status, accident.status_since = target, now()


def enter(
    verb: str,
    accident: Accident,
    by: Person | None,
    *,
    measure: AccidentMeasure | None = None,
    occurred_at: datetime | None = None,
    payload: Mapping[str, object] | None = None,
    source_key: str | None = None,
) -> Entry:
    """The ledger line of a verb on an accident, or on a measure of it. No name of somebody hurt is ever in it."""
    unit = Named(measure.unit_id, measure.unit_name) if measure else None
    if unit is None and accident.unit_id:
        unit = Named(accident.unit_id, accident.unit_name)
    status = {"measure_status": str(measure.status)} if measure else {"status": str(accident.status)}
    return post(
        f"accident.{verb}",
        Subject("accident", accident.id, f"{accident.number} {accident.text}"),
        mine_id=accident.mine_id,
        by=by,
        unit=unit,
        place=Named(accident.place.id, accident.place.full_name) if accident.place else None,
        occurred_at=occurred_at,
        payload={**status, **(payload or {})},
        source_key=source_key,
    )


def attach(
    accident: Accident, sha256s: Sequence[str], of: str, by: Person, *, measure: AccidentMeasure | None = None
) -> list[str]:
    """Tie photos that arrived before to the accident; returns the sha256 under which each is kept."""
    files = arrived(sha256s, by)
    AccidentPhoto.objects.bulk_create(
        [AccidentPhoto(accident=accident, measure=measure, file_id=file, of=of, added_by=by) for file in files],
        ignore_conflicts=True,
    )
    return files


WORDS = ("text", "place_text", "stopped_area", "direct_cause", "indirect_cause", "management_cause", "conclusion")
"""Columns of an accident in which somebody may have written a name."""


def names_of(accident: Accident) -> list[str]:
    """The names of those who are hurt."""
    return [name for name in Casualty.objects.filter(accident=accident).values_list("name", flat=True) if name]


def keep_names_out(accident: Accident, names: Iterable[str]) -> None:
    """Cut the names of the hurt down in everything that was written about the accident; the caller saves."""
    names = list(names)
    for column in WORDS:
        setattr(accident, column, without_names(getattr(accident, column), names))


def judge(accident: Accident) -> None:
    """Count the hurt again and find the level by the table of the day on which it happened; the caller saves.

    A level that a person has corrected, with his reason, stays.
    """
    severities = list(Casualty.objects.filter(accident=accident).values_list("severity", flat=True))
    accident.deaths = severities.count(Severity.DEATH)
    accident.serious = severities.count(Severity.SERIOUS)
    accident.minor = severities.count(Severity.MINOR)
    accident.unclear = severities.count(Severity.UNCLEAR)
    accident.level_by_rule = level_of(
        levels(accident.mine_id, kind=accident.kind, on=local(accident.occurred_at).date()),
        kind=accident.kind,
        deaths=accident.deaths,
        serious=accident.serious,
        loss=accident.loss,
        stop_hours=accident.stop_hours,
    )
    if not accident.level_reason:
        accident.level = accident.level_by_rule


def counts_of(accident: Accident) -> dict[str, int]:
    """How many are hurt how badly, for the ledger: never who."""
    names = ("deaths", "serious", "minor", "unclear")
    return {name: getattr(accident, name) for name in names if getattr(accident, name)}
