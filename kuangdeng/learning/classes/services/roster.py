"""名册: batches made of units by themselves, and by hand where there is a reason."""

from collections.abc import Mapping
from uuid import UUID

from django.utils.translation import gettext as _

from kuangdeng.kernel import clock
from kuangdeng.kernel.errors import NotVisible, Refused
from kuangdeng.kernel.language import in_chinese
from kuangdeng.kernel.rows import one_of
from kuangdeng.kernel.verbs import verb
from kuangdeng.kernel.words import need
from kuangdeng.learning.classes import queries, rostering
from kuangdeng.learning.classes.models import Batch, Lesson, LessonHours, Seat, TrainingClass
from kuangdeng.learning.classes.queries.limits import limits_of
from kuangdeng.learning.classes.services._steps import (
    changing_batch,
    changing_class,
    check,
    class_words,
    expect_anew,
    of_class,
    seat_for,
    span_words,
)
from kuangdeng.learning.classes.wording import why_left
from kuangdeng.learning.talks import api as talks
from kuangdeng.ledger.api import Subject, enter
from kuangdeng.org.api import Person


@verb
def make_roster(class_id: UUID, *, by: Person) -> TrainingClass:
    """Spread the people of the class's units over its batches (自动编班), so that no unit or team is stripped.

    Who sits already stays. Leaders of the units get a seat in every batch when the class says so. Who could not be
    placed stands on the page with the sentence why. Only batches that have not begun are filled. Refused without any.
    """
    one = changing_class(class_id, by)
    seated = {seat.person_id for seat in queries.seats_of(one)}
    begun = {batch.id for batch in one.batches.all() if batch.begin_on < clock.today()}
    spaces = [space for space in queries.with_seats(one) if space.key not in begun]
    if not spaces:
        raise Refused(_("每一批都已经开始，不能再自动编班。请加一批，或逐人加入。"), code="begun")
    leaders = queries.leaders_of(one) if one.leaders_attend else []
    made = _seat_leaders(leaders, spaces)
    heads = {person.id for person in leaders}
    people = [person for person in queries.meant_by(one) if person.id not in seated and person.id not in heads]
    candidates = [who for who in map(queries.candidate, people) if who is not None]
    units = list({person.unit_id: queries.main_unit(person.unit) for person in people if person.unit}.values())
    limits = limits_of(one.mine_id, units, one.begin_on)
    busy = queries.busy(one, [person.id for person in people])
    roster = rostering.make(candidates, spaces, queries.strength_of(one, units), limits, set(busy))
    by_id = {person.id: person for person in people}
    made += [seat_for(batch, by_id[person]) for person, batch in roster.placed.items()]
    Seat.objects.bulk_create(made)
    with in_chinese():
        one.left = [_line(left, by_id[left.candidate.person], busy) for left in roster.left]
    one.save(update_fields=["left"])
    expect_anew(seat.batch_id for seat in made)
    told = {"placed": len(roster.placed), "left": len(roster.left), "leaders": len(leaders)}
    enter("roster.make", of_class(one), one.mine_id, by, told, quantity=len(made))
    return one


def _seat_leaders(leaders: list[Person], spaces: list[rostering.Batch]) -> list[Seat]:
    """A seat in every batch for each leader who has none there; they do not count against their units."""
    there = set(Seat.objects.filter(batch_id__in=[space.key for space in spaces]).values_list("batch_id", "person_id"))
    made = []
    for space in spaces:
        for person in leaders:
            if (space.key, person.id) not in there:
                space.taken += 1
                made.append(seat_for(space.key, person, is_leader=True))
    return made


def _line(left: rostering.Left, person: Person, busy: Mapping[tuple[UUID, UUID], Lesson]) -> dict[str, str]:
    other = next((lesson for (who, _batch), lesson in busy.items() if who == person.id), None)
    where = f"{class_words(other)} {span_words(other)}" if other is not None else ""
    unit = person.unit.full_name if person.unit else ""
    return {
        "person": str(person.id),
        "name": person.name,
        "unit": unit,
        "why": why_left(left, person, where),
        "code": left.code,
    }


def _locked_seat(seat_id: UUID, by: Person) -> Seat:
    rows = Seat.objects.select_related("person__unit__parent", "batch__training_class", "unit")
    seat = one_of(rows.filter(id=seat_id, batch__training_class__mine_id=by.mine_id))
    if seat is None:
        raise NotVisible
    seat.batch = changing_batch(seat.batch_id, by)
    found = one_of(rows.select_for_update(of=("self",)).filter(id=seat_id))
    if found is None:
        raise NotVisible
    found.batch = seat.batch
    return found


def _forget_left(one: TrainingClass, person: Person) -> None:
    one.left = [line for line in one.left if line["person"] != str(person.id)]
    one.save(update_fields=["left"])


@verb
def add_seat(batch_id: UUID, *, person_id: UUID, by: Person, reason: str = "") -> Seat:
    """Put one person into a batch (逐人加入). Where a limit stands against it a reason is asked for, and stays readable.

    Refused when the batch is full, he sits in the class already, or has another lesson then.
    """
    batch = changing_batch(batch_id, by)
    one = batch.training_class
    rows = Person.objects.select_related("unit__parent")
    person = one_of(rows.filter(id=person_id, mine_id=by.mine_id, is_active=True))
    if person is None:
        raise NotVisible
    _free_for(person, one)
    seat = _seated(person, batch, reason)
    told = {"person": person.name, "batch": batch.number, "forced": seat.forced}
    enter("roster.add", of_class(one), one.mine_id, by, told, unit=seat.unit)
    return seat


def _seated(person: Person, batch: Batch, reason: str) -> Seat:
    seat = seat_for(batch.id, person, by_hand=True, forced=_allowed(person, batch, reason))
    seat.save()
    _forget_left(batch.training_class, person)
    expect_anew([batch.id])
    return seat


@verb
def take_retraining(batch_id: UUID, *, retraining_id: UUID, by: Person, reason: str = "") -> Seat:
    """Let a class retrain somebody who failed the make-up exam as well (列入重新培训); who sits in it already keeps his seat.

    Its conclusion settles it: hours and exam. Refused as for adding one, when another class has him, and for a class
    without an exam, because nothing would show that he can do it now.
    """
    batch = changing_batch(batch_id, by)
    check(by, "talk.retrain")
    one = batch.training_class
    if not one.needs_exam:
        said = _("这个班不考试，重新培训要考试合格才算完成。请选要考试的班，或先把这个班更正为要考试。")
        raise Refused(said, field="batch", code="no_exam")
    row = talks.retraining.held(retraining_id, mine_id=by.mine_id)
    talks.retraining.take_in(row, class_id=one.id, where=f"{one.code} 期{one.title}", by=by)
    there = queries.seat_in(one.id, row.person)
    seat = there[0] if there else _seated(row.person, batch, reason)
    told = {"class": f"{one.code} {one.title}", "class_id": str(one.id), "batch": seat.batch.number, "forced": seat.forced,
            "status": row.talk.status}  # fmt: skip
    subject = Subject("talk", row.talk_id, f"{row.person.name} {row.talk.exam.title}")
    enter("roster.retrain", subject, by.mine_id, by, told, unit=seat.unit)
    return seat


def _free_for(person: Person, one: TrainingClass) -> None:
    there = queries.seat_in(one.id, person)
    if there:
        said = _("%(name)s已经在第 %(n)d 批。要换批请用「换批」。")
        raise Refused(said % {"name": person.name, "n": there[0].batch.number}, field="person", code="again")


def _allowed(person: Person, batch: Batch, reason: str) -> str:
    """The reason for passing over a limit; empty when none stands against it."""
    left = queries.cap_words(batch.training_class, person, batch)
    if left is None:
        return ""
    if left.code == "busy":
        other = next(iter(queries.busy(batch.training_class, [person.id]).values()))
        where = f"{class_words(other)} {span_words(other)}"
        raise Refused(why_left(left, person, where), field="person", code="busy")
    if left.code == "seats":
        raise Refused(_("第 %(n)d 批座位已满。请加座位或换一批。") % {"n": batch.number}, field="person", code="full")
    if not reason.strip():
        said = _("%(why)s 仍要加入的，请写明原因。")
        raise Refused(said % {"why": why_left(left, person)}, field="reason", code="limit")
    return reason.strip()[:200]


@verb
def move_seat(seat_id: UUID, *, to_id: UUID, by: Person, reason: str = "") -> Seat:
    """Move a learner to another batch of the class (换批). Refused as for adding one, and once hours of his were counted."""
    seat = _locked_seat(seat_id, by)
    target = changing_batch(to_id, by)
    if target.training_class_id != seat.batch.training_class_id or target.id == seat.batch_id:
        raise Refused(_("请选同一个班的另一批。"), field="to")
    if Seat.objects.filter(batch=target, person=seat.person).exists():
        raise Refused(_("%(name)s已经在第 %(n)d 批。") % {"name": seat.person.name, "n": target.number}, field="to")
    _no_hours(seat)
    seat.forced = _allowed(seat.person, target, reason)
    old, number = seat.batch_id, seat.batch.number
    seat.batch, seat.by_hand = target, True
    seat.save()
    expect_anew([old, target.id])
    told = {"person": seat.person.name, "from_batch": number, "batch": target.number, "forced": seat.forced}
    enter("roster.move", of_class(target.training_class), by.mine_id, by, told, unit=seat.unit)
    return seat


def _no_hours(seat: Seat) -> None:
    if LessonHours.objects.filter(seat=seat).exists():
        raise Refused(_("%s在这一批已经核定过学时，不能再动。") % seat.person.name, code="settled")


@verb
def drop_seat(seat_id: UUID, *, reason: str, by: Person) -> TrainingClass:
    """Take a learner off the roster (退班); a retraining that this class had taken over is owed as before.

    Refused without a reason, and once hours of his were counted.
    """
    seat = _locked_seat(seat_id, by)
    why = need(reason, _("请写明退班的原因。"), field="reason", most=200)
    _no_hours(seat)
    one, number, person, unit = seat.batch.training_class, seat.batch.number, seat.person, seat.unit
    batch_id = seat.batch_id
    seat.delete()
    if not queries.seat_in(one.id, person):
        talks.retraining.let_go(one.id, person.id)
    expect_anew([batch_id])
    told = {"person": person.name, "batch": number, "reason": why}
    enter("roster.drop", of_class(one), one.mine_id, by, told, unit=unit)
    return one
