"""The measures of an accident as tracked orders: 下达、签收、落实、验收、撤销."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext as _

from kuangdeng.hazards.accidents.models import AccidentMeasure
from kuangdeng.hazards.accidents.queries import measure_permitted, own_work
from kuangdeng.hazards.accidents.rules import (
    MEASURE_FLOW,
    MEASURE_VERB_LABELS,
    without_names,
)
from kuangdeng.hazards.accidents.services._steps import attach, begin, enter, names_of
from kuangdeng.hazards.services._steps import need, stamp
from kuangdeng.kernel.clock import now
from kuangdeng.kernel.errors import NotVisible, Refused
from kuangdeng.kernel.verbs import verb
from kuangdeng.org.api import Person, Unit


@verb
def order_measure(
    accident_id: UUID, *, unit: Unit, text: str, due_at: datetime, by: Person, person: Person | None = None
) -> AccidentMeasure:
    """Hand a unit one thing to do so that it does not happen again (下达整改措施), with a person and a deadline.

    Refused without words, for a closed unit or one of another mine, for a person who is not of the unit, and for a
    deadline that has passed.
    """
    accident = begin("order_measure", accident_id, by)
    text = need(text, _("请写明整改措施。"), field="text")
    if unit.mine_id != accident.mine_id or unit.closed_on is not None:
        raise Refused(_("请选择本矿在用的责任单位。"), field="unit")
    if person is not None and not (person.unit and unit.id in (person.unit.id, *person.unit.ancestors)):
        raise Refused(_("责任人不是「%(unit)s」的在册职工。请重新选择责任人。") % {"unit": unit.name}, field="person")
    if due_at <= now():
        raise Refused(_("完成期限已经过去。请填写晚于现在的期限。"), field="due_at")
    measure = AccidentMeasure.objects.create(
        mine_id=accident.mine_id,
        accident=accident,
        text=without_names(text, names_of(accident)),
        unit=unit,
        unit_name=unit.name,
        person=person,
        due_at=due_at,
        status_since=now(),
        ordered_at=now(),
        ordered_by=by,
    )
    _enter("order_measure", measure, by, {"due_at": stamp(due_at)})
    return measure


def _begin(verb: str, measure_id: UUID, by: Person) -> AccidentMeasure:
    """Lock the measure and check that `by` may do `verb` to it now. NotVisible when there is none in his mine."""
    rows = AccidentMeasure.objects.select_for_update(of=("self",))
    measure = rows.select_related("accident__place", "unit").filter(id=measure_id, mine_id=by.mine_id).first()
    if measure is None:
        raise NotVisible
    MEASURE_FLOW.target(verb, measure.status)
    if not measure_permitted(verb, measure, by):
        raise Refused(
            _("您没有权限对「%(unit)s」的整改措施办理「%(verb)s」。如需办理，请联系有此职责的人员。")
            % {"unit": measure.unit_name, "verb": MEASURE_VERB_LABELS[verb]},
            code="not_allowed",
        )
    return measure


def _move(verb: str, measure: AccidentMeasure) -> None:
    measure.status, measure.status_since = MEASURE_FLOW.target(verb, measure.status), now()
    measure.save()


def _enter(verb: str, measure: AccidentMeasure, by: Person, payload: Mapping[str, object] | None = None) -> None:
    facts = {"measure": measure.text, "measure_id": str(measure.id), **(payload or {})}
    enter(verb, measure.accident, by, measure=measure, payload=facts)


@verb
def sign_measure(measure_id: UUID, *, by: Person) -> AccidentMeasure:
    """Take the measure (签收): from now on the unit works on it. Refused for who is not in charge in that unit."""
    measure = _begin("sign_measure", measure_id, by)
    measure.signed_at, measure.signed_by = now(), by
    _move("sign_measure", measure)
    _enter("sign_measure", measure, by)
    return measure


@verb
def finish_measure(measure_id: UUID, *, words: str, by: Person, photos: Sequence[str] = ()) -> AccidentMeasure:
    """Report that the measure is carried out (报落实完成); it waits for somebody else. Refused without a description."""
    measure = _begin("finish_measure", measure_id, by)
    words = need(words, _("请写清楚落实了什么。"), field="words")
    measure.words = without_names(words, names_of(measure.accident))
    measure.finished_at, measure.finished_by = now(), by
    _move("finish_measure", measure)
    added = attach(measure.accident, photos, "measure", by, measure=measure)
    _enter("finish_measure", measure, by, {"words": measure.words, "photos": added})
    return measure


@verb
def accept_measure(measure_id: UUID, *, words: str, by: Person) -> AccidentMeasure:
    """Confirm that the measure is really carried out (验收合格).

    Refused without what was seen, for who did it, and for everybody of the unit that did.
    """
    measure = _begin("accept_measure", measure_id, by)
    _check_acceptor(measure, by)
    words = need(words, _("请写明验收情况。"), field="words")
    measure.acceptance = without_names(words, names_of(measure.accident))
    measure.accepted_at, measure.accepted_by = now(), by
    _move("accept_measure", measure)
    _enter("accept_measure", measure, by, {"words": measure.acceptance})
    return measure


@verb
def reject_measure(measure_id: UUID, *, reason: str, by: Person) -> AccidentMeasure:
    """Find that it is not carried out (验收不合格): the unit goes on, by the deadline that it has.

    Refused without a reason, for who did it, and for everybody of the unit that did.
    """
    measure = _begin("reject_measure", measure_id, by)
    _check_acceptor(measure, by)
    reason = need(reason, _("请写明哪里不合格。"), field="reason")
    measure.reject_reason = without_names(reason, names_of(measure.accident))
    measure.reject_count += 1
    measure.finished_at = measure.finished_by = None
    _move("reject_measure", measure)
    _enter("reject_measure", measure, by, {"reason": measure.reject_reason})
    return measure


def _check_acceptor(measure: AccidentMeasure, by: Person) -> None:
    why = own_work(measure, by)
    if why:
        raise Refused(_("不能验收：%s。请由其他单位的人员验收。") % why, code="own")


@verb
def withdraw_measure(measure_id: UUID, *, reason: str, by: Person) -> AccidentMeasure:
    """Take back a measure that was ordered by mistake or is replaced by another (撤销措施). Refused without a reason."""
    measure = _begin("withdraw_measure", measure_id, by)
    measure.withdraw_reason = need(reason, _("请写明撤销的原因。"), field="reason")
    _move("withdraw_measure", measure)
    _enter("withdraw_measure", measure, by, {"reason": measure.withdraw_reason})
    return measure
