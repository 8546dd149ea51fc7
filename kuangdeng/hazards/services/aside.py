"""Beside the loop: 考核扣分罚款、重号上报的核对."""

from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.utils.dateparse import parse_duration
from django.utils.translation import gettext as _

from kuangdeng.hazards.models import Hazard, HazardPhoto, Penalty, Quarantine
from kuangdeng.hazards.services._steps import attach, enter, locked, need, tie
from kuangdeng.hazards.services.triage import ReportData, _found_by, _new_hazard
from kuangdeng.kernel.clock import now
from kuangdeng.kernel.errors import NotVisible, Refused
from kuangdeng.kernel.ids import uuid7
from kuangdeng.kernel.models import StoredFile
from kuangdeng.kernel.verbs import verb
from kuangdeng.org.api import Person, Unit, may


@verb
def record_penalty(
    hazard_id: UUID,
    *,
    reason: str,
    by: Person,
    person: Person | None = None,
    unit: Unit | None = None,
    points: Decimal = Decimal(0),
    fine: Decimal = Decimal(0),
) -> Penalty:
    """Write down what a hazard costs a person or a unit (扣分、罚款).

    Reporting must never cost the reporter: whoever reported or found this hazard is refused as the one to pay.
    Refused also without a reason, without points or fine, and unless it is either one person or one unit.
    """
    hazard = locked(hazard_id)
    if hazard.mine_id != by.mine_id:
        raise NotVisible
    target = unit or (person.unit if person else None)
    if not may(by, "hazard.record_penalty", target):
        raise Refused(_("您没有权限对该单位登记扣分、罚款。请联系安监部门。"), code="not_allowed")
    if (person is None) == (unit is None):
        raise Refused(_("考核到人还是到单位，请只填一个。"), field="person")
    if points <= 0 and fine <= 0:
        raise Refused(_("扣分和罚款至少填一项。"), field="points")
    if person is not None and (hazard.reporter_id == person.id or hazard.finders.filter(id=person.id).exists()):
        raise Refused(_("不能考核上报人和发现人：上报隐患的人不因上报受罚。"), field="person")
    reason = need(reason, _("请写明事由。"), field="reason")
    penalty = Penalty.objects.create(
        hazard=hazard, person=person, unit=unit, points=points, fine=fine, reason=reason[:200], decided_by=by
    )
    of = person.name if person else unit.name if unit else ""
    enter(
        "record_penalty", hazard, by, payload={"whom": of, "points": str(points), "fine": str(fine), "reason": reason}
    )
    return penalty


@verb
def decide_quarantine(quarantine_id: UUID, *, as_new: bool, by: Person, note: str = "") -> Hazard:
    """Say what becomes of a capture that came under a number that was taken (核对重号上报).

    Either it is the same hazard and the first report stays as it is, or it is another one and becomes a report of its
    own, with its first sender as reporter. Refused when somebody has decided already.
    """
    aside = (
        Quarantine.objects.select_for_update(of=("self",)).select_related("by__unit").filter(id=quarantine_id).first()
    )
    if aside is None or aside.mine_id != by.mine_id:
        raise NotVisible
    if not may(by, "hazard.grade"):
        raise Refused(_("您没有权限核对重号上报。请联系安监部门。"), code="not_allowed")
    if aside.decided_at is not None:
        raise Refused(_("这条已经核对过了。请刷新页面。"), code="wrong_state")
    kept = locked(aside.hazard_id)
    hazard = _as_report(aside, by) if as_new else kept
    decision = f"另立为 {hazard.number}" if as_new else f"与 {kept.number} 是同一处，保留先来的"
    aside.decided_at, aside.decided_by = now(), by
    aside.decision = "。".join(filter(None, [decision, note.strip()]))[:200]
    aside.save()
    enter(
        "decide_quarantine",
        hazard,
        by,
        payload={"decision": aside.decision, "quarantine": str(aside.id), "first": kept.number},
    )
    return hazard


def _as_report(aside: Quarantine, by: Person) -> Hazard:
    """The capture that was put aside, as a hazard of its own."""
    data = _read(aside.content)
    if aside.by is None:
        data = replace(data, anonymous=True, fixed_on_site="")
    hazard = _new_hazard(data, aside.by or by, uuid7())
    hazard.save(force_insert=True)
    if aside.by is None:
        kept = StoredFile.objects.filter(sha256__in=data.photos)  # captures of older releases name what was sent
        tie(hazard, kept.values_list("sha256", flat=True), HazardPhoto.When.BEFORE, None)
    else:
        hazard.finders.add(*_found_by(data, aside.by))
        attach(hazard, data.photos, HazardPhoto.When.BEFORE, aside.by)
    return hazard


def _read(content: dict[str, Any]) -> ReportData:
    """A capture as it was kept aside: JSON back into what a reporter said."""

    def moment(name: str) -> datetime | None:
        return datetime.fromisoformat(content[name]) if content.get(name) else None

    def one(name: str) -> UUID | None:
        return UUID(content[name]) if content.get(name) else None

    offset = content.get("clock_offset")
    return ReportData(
        text=content.get("text", ""),
        occurred_at=moment("occurred_at"),
        captured_at=moment("captured_at"),
        clock_offset=parse_duration(offset) if offset else None,
        place_id=one("place_id"),
        place_text=content.get("place_text", ""),
        place_spelling=content.get("place_spelling", ""),
        tag_scanned=bool(content.get("tag_scanned")),
        source=content.get("source") or "unit",
        source_text=content.get("source_text", ""),
        check_type=content.get("check_type") or "daily",
        specialty_id=one("specialty_id"),
        standard_id=one("standard_id"),
        cause=content.get("cause", ""),
        finder_ids=[UUID(finder) for finder in content.get("finder_ids") or ()],
        round_id=one("round_id"),
        photos=content.get("photos") or (),
        anonymous=bool(content.get("anonymous")),
        fixed_on_site=content.get("fixed_on_site", ""),
    )
