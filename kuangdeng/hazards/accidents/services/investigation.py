"""The investigation and its end: 开展调查、四不放过、结案、作废."""

from collections.abc import Sequence
from hashlib import sha256
from uuid import UUID

from django.utils.translation import gettext as _

from kuangdeng.hazards.accidents.models import Accident, AccidentMeasure, AccidentPhoto, NoLetPass
from kuangdeng.hazards.accidents.queries import lacking, obstacle
from kuangdeng.hazards.accidents.rules import MEASURE_OPEN, MeasureStatus, NoLetPassPoint, without_names
from kuangdeng.hazards.accidents.services._steps import attach, begin, enter, keep_names_out, move, names_of
from kuangdeng.hazards.services._steps import need
from kuangdeng.kernel.clock import now
from kuangdeng.kernel.errors import NotVisible, Refused
from kuangdeng.kernel.verbs import verb
from kuangdeng.org.api import Person


@verb
def open_investigation(accident_id: UUID, *, investigator: Person, by: Person, team: str = "") -> Accident:
    """Begin to find out (开展调查): from now on somebody leads it and the four points wait for their evidence.

    Refused before the quick report is completed, and for a leader of another mine.
    """
    accident = begin("open_investigation", accident_id, by)
    if investigator.mine_id != accident.mine_id:
        raise Refused(_("请选择本矿的人员担任调查组组长。"), field="investigator")
    accident.investigator, accident.team = investigator, team.strip()[:300]
    accident.opened_at, accident.opened_by = now(), by
    move("open_investigation", accident)
    accident.save()
    enter("open_investigation", accident, by, payload={"investigator": investigator.name, "team": accident.team})
    return accident


@verb
def tick(accident_id: UUID, *, point: str, evidence: str, by: Person, photos: Sequence[str] = ()) -> NoLetPass:
    """Say that one of the four no-let-pass points is met, and show by what (四不放过确认).

    The ledger keeps who, when, and a digest of the evidence: papers about who was dealt with are for those only who
    may see persons. Refused without evidence, a second time, and for the measures as long as there are none or one
    is not accepted.
    """
    accident = begin("tick", accident_id, by)
    if point not in set(NoLetPassPoint):
        raise Refused(_("请选择四不放过中的一项。"), field="point")
    if NoLetPass.objects.filter(accident=accident, point=point).exists():
        raise Refused(_("这一项已经确认过了。要改证据，请先撤回。"), field="point")
    evidence = evidence.strip()
    if not evidence and not photos:
        raise Refused(_("没有证据不能确认。请写明依据，或者附上文件照片。"), field="evidence")
    if point == NoLetPassPoint.MEASURES:
        _check_measures(accident)
    files = attach(accident, photos, point, by)
    row = NoLetPass.objects.create(
        accident=accident, point=point, evidence=evidence, photos=len(files), ticked_at=now(), ticked_by=by
    )
    digest = sha256("\n".join([evidence, *files]).encode()).hexdigest()
    enter("tick", accident, by, payload={"point": point, "evidence_sha256": digest, "papers": len(files)})
    return row


def _check_measures(accident: Accident) -> None:
    """措施落实: there are measures, and every one of them is accepted."""
    rows = AccidentMeasure.objects.filter(accident=accident).exclude(status=MeasureStatus.WITHDRAWN)
    states = list(rows.values_list("status", flat=True))
    if not states:
        raise Refused(_("还没有下达整改措施。请先下达，落实并验收后再确认。"), field="point")
    if any(state in MEASURE_OPEN for state in states):
        raise Refused(_("还有整改措施没有验收。请全部验收后再确认。"), field="point")


@verb
def untick(accident_id: UUID, *, point: str, reason: str, by: Person) -> Accident:
    """Take back that a point was met (撤回四不放过确认), with the reason: the evidence was wrong or not enough.

    Refused without a reason, and for a point that was not ticked.
    """
    accident = begin("untick", accident_id, by)
    row = NoLetPass.objects.filter(accident=accident, point=point).first()
    if row is None:
        raise NotVisible
    reason = need(reason, _("请写明撤回的原因。"), field="reason")
    AccidentPhoto.objects.filter(accident=accident, of=point).delete()
    row.delete()
    enter("untick", accident, by, payload={"point": point, "reason": without_names(reason, names_of(accident))})
    return accident


@verb
def close(accident_id: UUID, *, conclusion: str, by: Person) -> Accident:
    """End the file (结案) with what was found.

    Refused until all four points are ticked and every measure is accepted; what killed or badly hurt somebody, or
    stands high in the table of levels, only a mine leader closes. Refused without a conclusion.
    """
    accident = begin("close", accident_id, by)
    why = obstacle("close", accident, by, lacking(accident))
    if why:
        raise Refused(_("不能结案：%s。") % why)
    accident.conclusion = need(conclusion, _("请写明调查结论。"), field="conclusion")
    keep_names_out(accident, names_of(accident))
    accident.closed_at, accident.closed_by = now(), by
    move("close", accident)
    accident.save()
    enter("close", accident, by, payload={"conclusion": accident.conclusion})
    return accident


@verb
def void(accident_id: UUID, *, reason: str, by: Person) -> Accident:
    """Strike out what was no accident, or was reported twice (作废), with the reason. It stays on record.

    Refused without a reason, for who reported it, while somebody is on the list of the hurt, and while a unit works
    on a measure: an accident must not disappear.
    """
    accident = begin("void", accident_id, by)
    why = obstacle("void", accident, by, [])
    if why:
        raise Refused(_("不能作废：%s。") % why)
    if AccidentMeasure.objects.filter(accident=accident, status__in=sorted(MEASURE_OPEN)).exists():
        raise Refused(_("不能作废：还有整改措施在办。请先验收或撤销这些措施。"))
    accident.void_reason = need(reason, _("请写明作废的理由。"), field="reason")
    move("void", accident)
    accident.save()
    enter("void", accident, by, payload={"reason": accident.void_reason})
    return accident
