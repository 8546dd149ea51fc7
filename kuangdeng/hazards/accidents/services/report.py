"""From the quick report to the completed one: 事故快报、补充完善、登记伤亡人员、更正级别."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from hashlib import sha256
from uuid import UUID

from django.utils.translation import gettext as _

from kuangdeng.hazards.accidents.models import Accident, AccidentLevel, AccidentPhoto, Casualty
from kuangdeng.hazards.accidents.rules import Kind, Severity, without_names
from kuangdeng.hazards.accidents.services._steps import (
    attach,
    begin,
    counts_of,
    enter,
    judge,
    keep_names_out,
    move,
    names_of,
)
from kuangdeng.hazards.models import Specialty
from kuangdeng.hazards.services._steps import lock_id, need, next_number, stamp
from kuangdeng.kernel.clock import now
from kuangdeng.kernel.errors import NotVisible, Refused
from kuangdeng.kernel.ids import uuid7
from kuangdeng.kernel.verbs import verb
from kuangdeng.ledger.api import Entry
from kuangdeng.org.api import Person, Place, Unit, resolve_or_propose, shift_at

FUTURE_TOLERANCE = timedelta(minutes=10)


@dataclass(frozen=True)
class Hurt:
    """Somebody who is dead or hurt: of the mine, or only a name, or nobody knows the name yet."""

    person: Person | None = None
    name: str = ""
    unit_name: str = ""
    severity: str = Severity.UNCLEAR
    sex: str = ""
    age: int | None = None
    note: str = ""


@dataclass(frozen=True)
class QuickReport:
    """What is said within minutes."""

    text: str
    kind: str
    occurred_at: datetime | None = None
    place: Place | None = None
    place_text: str = ""
    place_spelling: str = ""
    unit: Unit | None = None
    hurt: Sequence[Hurt] = ()
    stopped_area: str = ""
    photos: Sequence[str] = ()


@dataclass(frozen=True)
class Completion:
    """What is filled in later, as far as it is known."""

    text: str
    kind: str
    occurred_at: datetime
    unit: Unit
    place: Place | None = None
    place_text: str = ""
    specialty: Specialty | None = None
    direct_cause: str = ""
    indirect_cause: str = ""
    management_cause: str = ""
    loss: Decimal | None = None
    stopped_area: str = ""
    stopped_at: datetime | None = None
    resumed_at: datetime | None = None
    photos: Sequence[str] = ()


@verb
def report(*, data: QuickReport, by: Person, accident_id: UUID | None = None) -> Accident:
    """Tell of an accident or a near miss within minutes (事故快报): what, where, when, who is hurt, what is stopped.

    The id is made with the form: the same report sent again is answered with the first one. Names of the hurt go to
    the list of the hurt and are cut down in the words. Refused without words, in the future, for somebody hurt in
    what is said to have hurt nobody, when a photo did not arrive whole, and for another content under an id that is
    there already: what differs must not get lost in silence.
    """
    lock_id(accident_id)
    known = Accident.objects.filter(id=accident_id).first() if accident_id else None
    if known is not None:
        _check_same(known, data, by)
        return known
    accident = _new(data, by, accident_id or uuid7())
    casualties = [_casualty(accident, one) for one in data.hurt]
    keep_names_out(accident, [one.name for one in casualties])
    accident.save(force_insert=True)
    Casualty.objects.bulk_create(casualties)
    judge(accident)
    accident.save()
    photos = attach(accident, data.photos, AccidentPhoto.SCENE, by)
    enter(
        "report",
        accident,
        by,
        occurred_at=accident.occurred_at,
        payload={
            "kind": accident.kind,
            "text": accident.text,
            **counts_of(accident),
            "stopped_area": accident.stopped_area,
            "photos": photos,
            "report_sha256": _digest(data),
        },
        source_key=_source_key(accident.id),
    )
    return accident


def _source_key(accident_id: UUID) -> str:
    return f"accident.report:{accident_id}"


def _check_same(known: Accident, data: QuickReport, by: Person) -> None:
    """Under one id there is one report of one person."""
    if known.reporter_id != by.id:
        raise Refused(_("这个编号已被占用。请重新打开快报页面再报。"), code="id_taken")
    first = Entry.objects.filter(source_key=_source_key(known.id)).values_list("payload__report_sha256", flat=True)
    if any(said and said != _digest(data) for said in first):
        raise Refused(
            _(
                "这份快报已经收到（%(number)s），先到的保留，这一份内容不同，没有收下。有变化请打开它补充；另一起事故请重新打开快报页面。"
            )
            % {"number": known.number},
            code="conflict",
        )


def _digest(data: QuickReport) -> str:
    """What was sent, as a digest. Who is hurt is left out: a digest over a name gives the name away by trying."""
    said = {
        "text": data.text, "kind": data.kind, "occurred_at": stamp(data.occurred_at),
        "place": str(data.place.id) if data.place else "", "place_text": data.place_text, "spelling": data.place_spelling,
        "unit": str(data.unit.id) if data.unit else "", "hurt": sorted(one.severity for one in data.hurt),
        "stopped_area": data.stopped_area, "photos": sorted(data.photos),
    }  # fmt: skip
    return sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()


def _new(data: QuickReport, by: Person, accident_id: UUID) -> Accident:
    at = now()
    occurred_at = data.occurred_at or at
    _check_time(occurred_at, "occurred_at")
    _check_kind(data.kind, hurt=bool(data.hurt))
    place = data.place
    if place is not None and place.mine_id != by.mine_id:
        raise Refused(_("请选择本矿的地点。"), field="place")
    if place is None and data.place_spelling.strip():
        place = resolve_or_propose(by.mine_id, data.place_spelling, "report")
    unit = data.unit or (place.unit if place else None) or by.unit
    span = shift_at(by.mine, unit, occurred_at)
    return Accident(
        id=accident_id,
        mine=by.mine,
        number=next_number("SG", "accident_numbers", 4),
        status_since=at,
        kind=data.kind,
        text=need(data.text, _("请写清楚发生了什么。"), field="text"),
        place=place,
        place_text=data.place_text.strip()[:200],
        unit=unit,
        unit_name=unit.name if unit else "",
        occurred_at=occurred_at,
        received_at=at,
        shift_name=span.name if span else "",
        reporter=by,
        reporter_unit=by.unit,
        stopped_area=data.stopped_area.strip()[:200],
        stopped_at=occurred_at if data.stopped_area.strip() else None,
    )


def _check_time(at: datetime, field: str) -> None:
    if at > now() + FUTURE_TOLERANCE:
        raise Refused(_("时间比现在还晚。请检查时间。"), field=field)


def _check_kind(kind: str, *, hurt: bool) -> None:
    if kind not in set(Kind):
        raise Refused(_("请选择事故类型。"), field="kind")
    if hurt and kind != Kind.INJURY:
        raise Refused(_("有人受伤，事故类型应选“伤亡事故”。请改事故类型，或者去掉伤亡人员。"), field="kind")


def _casualty(accident: Accident, hurt: Hurt) -> Casualty:
    if hurt.severity not in set(Severity):
        raise Refused(_("请选择伤情。"), field="severity")
    person = hurt.person
    if person is not None and person.mine_id != accident.mine_id:
        raise Refused(_("请选择本矿的职工。"), field="person")
    home = person.unit.name if person and person.unit else ""
    return Casualty(
        accident=accident,
        person=person,
        name=person.name if person else hurt.name.strip()[:40],
        unit_name=(hurt.unit_name.strip() or home)[:60],
        severity=hurt.severity,
        sex=hurt.sex,
        age=hurt.age,
        note=hurt.note.strip()[:200],
    )


@verb
def complete(accident_id: UUID, *, data: Completion, by: Person) -> Accident:
    """Fill in what the quick report left open (补充完善): unit, causes, loss, how long work stood; the level follows.

    May be done again until the file is closed: an investigation brings things to light. Refused without words or
    unit, for times in the wrong order, and when somebody is on the list of the hurt of what hurt nobody.
    """
    accident = begin("complete", accident_id, by)
    before = accident.text
    _check_completion(accident, data)
    accident.text = need(data.text, _("请写清楚事故经过。"), field="text")
    accident.kind, accident.occurred_at = data.kind, data.occurred_at
    accident.unit, accident.unit_name = data.unit, data.unit.name
    accident.place, accident.place_text = data.place, data.place_text.strip()[:200]
    accident.specialty = data.specialty
    for name in ("direct_cause", "indirect_cause", "management_cause"):
        setattr(accident, name, getattr(data, name).strip())
    accident.loss, accident.stopped_area = data.loss, data.stopped_area.strip()[:200]
    accident.stopped_at, accident.resumed_at = data.stopped_at, data.resumed_at
    span = shift_at(by.mine, data.unit, data.occurred_at)
    accident.shift_name = span.name if span else ""
    accident.completed_at, accident.completed_by = now(), by
    keep_names_out(accident, names_of(accident))
    judge(accident)
    move("complete", accident)
    accident.save()
    photos = attach(accident, data.photos, AccidentPhoto.SCENE, by)
    enter("complete", accident, by, payload={**_completed(accident, before), "photos": photos})
    return accident


def _check_completion(accident: Accident, data: Completion) -> None:
    _check_time(data.occurred_at, "occurred_at")
    _check_kind(data.kind, hurt=bool(accident.hurt))
    if data.unit.mine_id != accident.mine_id:
        raise Refused(_("请选择本矿的单位。"), field="unit")
    if data.place is not None and data.place.mine_id != accident.mine_id:
        raise Refused(_("请选择本矿的地点。"), field="place")
    if data.resumed_at and not data.stopped_at:
        raise Refused(_("填了恢复时间，也要填停产停工时间。"), field="stopped_at")
    if data.resumed_at and data.stopped_at and data.resumed_at < data.stopped_at:
        raise Refused(_("恢复时间早于停产停工时间。请检查时间。"), field="resumed_at")
    if data.loss is not None and data.loss < 0:
        raise Refused(_("损失不能是负数。"), field="loss")


def _completed(accident: Accident, before: str) -> dict[str, object]:
    return {
        "kind": accident.kind,
        "level": accident.level.name if accident.level else "",
        "text": accident.text,
        "before": before if before != accident.text else "",
        "direct_cause": accident.direct_cause,
        "indirect_cause": accident.indirect_cause,
        "management_cause": accident.management_cause,
        "loss": str(accident.loss) if accident.loss is not None else "",
        "stopped_area": accident.stopped_area,
        "stopped_at": stamp(accident.stopped_at),
        "resumed_at": stamp(accident.resumed_at),
    }


@verb
def record_casualty(accident_id: UUID, *, hurt: Hurt, by: Person, casualty_id: UUID | None = None) -> Casualty:
    """Put somebody on the list of the hurt, or correct his line (登记伤亡人员); counts and level follow.

    The ledger says how badly, never who. His name is cut down in everything that was written about the accident.
    Refused for a near miss, and for a person who is on the list already.
    """
    accident = begin("record_casualty", accident_id, by)
    if accident.kind != Kind.INJURY:
        raise Refused(_("这起事故登记为没有人受伤。请先在「补充完善」里把事故类型改为“伤亡事故”。"))
    row = _casualty(accident, hurt)
    if casualty_id is not None:
        old = Casualty.objects.filter(accident=accident, id=casualty_id).first()
        if old is None:
            raise NotVisible
        row.id, row._state.adding = old.id, False
    twice = Casualty.objects.filter(accident=accident, person=row.person).exclude(id=row.id)
    if row.person is not None and twice.exists():
        raise Refused(_("这个人已经登记过了。请在名单里修改。"), field="person")
    row.save()
    _after_casualty(accident)
    enter(
        "record_casualty",
        accident,
        by,
        payload={"severity": row.severity, "corrected": casualty_id is not None, **counts_of(accident)},
    )
    return row


@verb
def remove_casualty(accident_id: UUID, *, casualty_id: UUID, reason: str, by: Person) -> Accident:
    """Take a line off the list of the hurt that was a mistake (划去伤亡人员), with the reason.

    Refused without a reason.
    """
    accident = begin("remove_casualty", accident_id, by)
    row = Casualty.objects.filter(accident=accident, id=casualty_id).first()
    if row is None:
        raise NotVisible
    reason = need(reason, _("请写明为什么划去。"), field="reason")
    names = names_of(accident)
    severity = row.severity
    row.delete()
    _after_casualty(accident)
    enter(
        "remove_casualty",
        accident,
        by,
        payload={"severity": severity, "reason": without_names(reason, names), **counts_of(accident)},
    )
    return accident


def _after_casualty(accident: Accident) -> None:
    keep_names_out(accident, names_of(accident))
    judge(accident)
    accident.save()


@verb
def correct_level(accident_id: UUID, *, level: AccidentLevel, reason: str, by: Person) -> Accident:
    """Set another level than the table gives (更正级别), with the reason; what the table gives stays beside it.

    Refused without a reason, and for a level of another mine or of another kind of accident.
    """
    accident = begin("correct_level", accident_id, by)
    if level.mine_id != accident.mine_id or level.kind != accident.kind:
        raise Refused(_("请选择这类事故的级别。"), field="level")
    reason = need(reason, _("请写明更正的理由和依据。"), field="reason")
    before = accident.level.name if accident.level else ""
    accident.level, accident.level_reason = level, without_names(reason, names_of(accident))
    accident.save()
    enter(
        "correct_level",
        accident,
        by,
        payload={"level": level.name, "before": before, "reason": accident.level_reason},
    )
    return accident
