"""The end of the loop: 验收、销号、按复发重开."""

from collections.abc import Sequence
from uuid import UUID

from django.utils.translation import gettext as _

from kuangdeng.hazards.models import Hazard, HazardPhoto
from kuangdeng.hazards.rules import Status
from kuangdeng.hazards.services._steps import attach, begin, enter, keep, move, need, next_number, search_text
from kuangdeng.kernel.clock import now
from kuangdeng.kernel.errors import Refused
from kuangdeng.kernel.ids import uuid7
from kuangdeng.kernel.verbs import verb
from kuangdeng.org.api import Person, same_unit, shift_at


def _check_acceptor(hazard: Hazard, by: Person) -> None:
    """Nobody accepts his own work or his own unit's."""
    if by.id == hazard.rectified_by_id:
        raise Refused(_("不能验收：整改人和验收人不能是同一人。请由安监部门其他人员验收。"), code="own")
    workers = [hazard.unit, hazard.rectified_by.unit if hazard.rectified_by else None]
    if any(same_unit(by.unit, unit) for unit in workers):
        raise Refused(_("不能验收：验收人和整改人是同一单位。请由其他单位人员验收。"), code="own_unit")


@verb
def accept(hazard_id: UUID, *, words: str, by: Person, photos: Sequence[str] = ()) -> Hazard:
    """Confirm on the spot that the hazard is gone (验收合格、复查合格).

    Refused for who rectified it and for everybody of the unit that did.
    """
    hazard = begin("accept", hazard_id, by)
    _check_acceptor(hazard, by)
    hazard.acceptance = need(words, _("请写明验收情况。"), field="words")
    hazard.accepted_at, hazard.accepted_by = now(), by
    move("accept", hazard)
    keep(hazard)
    added = attach(hazard, photos, HazardPhoto.When.AFTER, by)
    enter("accept", hazard, by, payload={"words": hazard.acceptance, "photos": added})
    return hazard


@verb
def reject(hazard_id: UUID, *, reason: str, by: Person, photos: Sequence[str] = ()) -> Hazard:
    """Find on the spot that it is not gone (验收不合格): the unit goes on, by the deadline that it has.

    What was mended on site without an order goes back to triage. Refused without a reason, and for who rectified it.
    """
    hazard = begin("reject", hazard_id, by)
    _check_acceptor(hazard, by)
    hazard.reject_reason = need(reason, _("请写明哪里不合格。"), field="reason")
    hazard.reject_count += 1
    hazard.rectified_at = hazard.rectified_by = None
    move("reject", hazard)
    keep(hazard)
    added = attach(hazard, photos, HazardPhoto.When.BEFORE, by)
    enter("reject", hazard, by, payload={"reason": hazard.reject_reason, "photos": added})
    return hazard


@verb
def close(hazard_id: UUID, *, by: Person) -> Hazard:
    """Strike an accepted hazard off (销号).

    Refused before it is accepted, and for who rectified it.
    """
    hazard = begin("close", hazard_id, by)
    if by.id == hazard.rectified_by_id:
        raise Refused(_("不能销号：整改人不能给自己的整改销号。请由其他安监人员办理。"), code="own")
    hazard.closed_at, hazard.closed_by = now(), by
    move("close", hazard)
    keep(hazard)
    enter("close", hazard, by)
    return hazard


@verb
def reopen(hazard_id: UUID, *, text: str, by: Person, photos: Sequence[str] = ()) -> Hazard:
    """Report that a closed hazard came back (按复发重开): a new hazard, tied to the old one, which stays closed.

    Refused when the old one is not closed, and without saying what was found this time.
    """
    old = begin("reopen", hazard_id, by)
    at = now()
    span = shift_at(old.mine, by.unit, at)
    hazard = Hazard(
        id=uuid7(), mine=old.mine, number=next_number(), status=Status.REPORTED, status_since=at,
        text=need(text, _("请写明这次发现的情况。"), field="text"), standard=old.standard, standard_text=old.standard_text,
        place=old.place, place_text=old.place_text, occurred_at=at, received_at=at,
        shift_name=span.name if span else "", shift_day=span.day if span else None,
        source=old.source, check_type=old.check_type, reporter=by, reporter_unit=by.unit,
        specialty=old.specialty, cause=old.cause, recurrence_of=old,
    )  # fmt: skip
    hazard.search_text = search_text(hazard)
    hazard.save(force_insert=True)
    hazard.finders.add(by)
    added = attach(hazard, photos, HazardPhoto.When.BEFORE, by)
    enter("reopen", hazard, by, payload={"of": str(old.id), "of_number": old.number, "photos": added})
    return hazard
