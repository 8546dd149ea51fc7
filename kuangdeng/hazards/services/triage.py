"""From the report to the judgement: 上报、定级、退回补充、合并、作废、现场整改."""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from uuid import UUID

from django.utils.translation import gettext as _

from kuangdeng.hazards.models import (
    CheckType,
    Grade,
    Hazard,
    Quarantine,
    Round,
    Situation,
    Source,
    Specialty,
    StandardHazard,
    Way,
)
from kuangdeng.hazards.rules import Status
from kuangdeng.hazards.services._steps import (
    arrived,
    attach,
    begin,
    enter,
    judge_major,
    keep,
    lock_id,
    locked,
    move,
    need,
    next_number,
    search_text,
)
from kuangdeng.kernel.clock import now
from kuangdeng.kernel.errors import Refused
from kuangdeng.kernel.ids import uuid7
from kuangdeng.kernel.rows import one_of
from kuangdeng.kernel.verbs import verb
from kuangdeng.org.api import Person, Place, resolve_or_propose, shift_name_at

FUTURE_TOLERANCE = timedelta(minutes=10)
"""How far a said time may lie ahead of the server before it is taken for a typing mistake."""

LONG_AGO = datetime(1990, 1, 1, tzinfo=UTC)
"""No mine's record is older; what is, is a typing mistake."""


@dataclass(frozen=True)
class ReportData:
    """What a reporter says. Only the words are obligatory; the rest can be added in triage."""

    text: str
    occurred_at: datetime | None = None
    captured_at: datetime | None = None
    clock_offset: timedelta | None = None
    place_id: UUID | None = None
    place_text: str = ""
    place_spelling: str = ""
    """What was typed as the place where nothing was chosen: resolved, or kept for a person to say what it means."""
    tag_scanned: bool = False
    source: str = Source.UNIT
    source_text: str = ""
    check_type: str = CheckType.DAILY
    specialty_id: UUID | None = None
    standard_id: UUID | None = None
    cause: str = ""
    finder_ids: Sequence[UUID] = ()
    round_id: UUID | None = None
    photos: Sequence[str] = ()
    anonymous: bool = False
    fixed_on_site: str = ""

    def digest(self) -> str:
        """Two captures with one id are the same report when this is the same."""
        return sha256(json.dumps(asdict(self), default=str, sort_keys=True, ensure_ascii=False).encode()).hexdigest()


@dataclass
class Receipt:
    """What became of a report: `new`, `same` (it was there already) or `conflict` (kept aside for a person)."""

    hazard: Hazard
    outcome: str
    quarantine: Quarantine | None = field(default=None)


@verb
def report(*, data: ReportData, by: Person, hazard_id: UUID | None = None) -> Receipt:
    """Take in a hazard that somebody found (上报).

    The id may be made on the device: the same report sent again is answered with the first one, and another content
    under the same id is kept aside for a person, because one of the two would otherwise be lost. An anonymous
    report stores no reporter anywhere, the ledger included. With `fixed_on_site` the finder mended it at once: the
    report goes straight to the recheck.

    Refused when the words are empty, when the time lies in the future, or when a photo did not arrive whole.
    """
    lock_id(hazard_id)
    if hazard_id and Hazard.objects.filter(id=hazard_id).exists():
        return _again(Hazard.objects.get(id=hazard_id), data, by)
    hazard = _new_hazard(data, by, hazard_id or uuid7())
    hazard.save(force_insert=True)
    if not data.anonymous:
        hazard.finders.add(*_found_by(data, by))
    photos = attach(hazard, data.photos, "before", by, anonymous=data.anonymous)
    enter(
        "report",
        hazard,
        None if data.anonymous else by,
        occurred_at=hazard.occurred_at,
        payload={
            "text": hazard.text, "photos": photos, "source": hazard.source, "fixed_on_site": data.fixed_on_site,
            "spelling": "" if hazard.place_id else data.place_spelling.strip(),
        },
        source_key=f"hazard.report:{hazard.id}",
    )  # fmt: skip
    return Receipt(hazard, "new")


def _again(existing: Hazard, data: ReportData, by: Person) -> Receipt:
    """An id that is there already: the same report, or another content that a person must look at."""
    if existing.mine_id != by.mine_id:
        raise Refused(_("这个编号已被占用。请重新生成编号后再上报。"), code="id_taken")
    digest = data.digest()
    if existing.content_digest == digest:
        return Receipt(existing, "same")
    aside = Quarantine.objects.filter(hazard=existing, digest=digest).first()
    if aside is None:
        # Neither capture of an anonymous reporter may say who he is; his photos lose him too, so they are kept by file.
        sender = None if data.anonymous or existing.anonymous else by
        content = json.loads(json.dumps(asdict(data), default=str))
        if sender is None:
            content["photos"] = arrived(data.photos, by, anonymous=True)
        aside = Quarantine.objects.create(
            mine_id=existing.mine_id, hazard=existing, digest=digest, by=sender, content=content
        )
        enter("quarantine", existing, sender, payload={"quarantine": str(aside.id)})
    return Receipt(existing, "conflict", aside)


def _new_hazard(data: ReportData, by: Person, hazard_id: UUID) -> Hazard:
    at = now()
    occurred_at = data.occurred_at or _captured(data, at)
    if occurred_at > at + FUTURE_TOLERANCE:
        raise Refused(_("发现时间比现在还晚。请检查发现时间。"), field="occurred_at")
    if occurred_at < LONG_AGO:
        raise Refused(_("发现时间太早，不像是真的。请检查发现时间。"), field="occurred_at")
    text = need(data.text, _("请写清楚发现了什么隐患。"), field="text")
    place = _place(data.place_id, by)
    if place is None and data.place_spelling.strip():
        place = resolve_or_propose(by.mine_id, data.place_spelling, "report")
    standard = (
        StandardHazard.objects.filter(id=data.standard_id, mine_id=by.mine_id).first() if data.standard_id else None
    )
    span = shift_name_at(by.mine, by.unit, occurred_at)
    hazard = Hazard(
        id=hazard_id,
        mine=by.mine,
        number=next_number(),
        status=Status.RECHECK if data.fixed_on_site else Status.REPORTED,
        status_since=at,
        text=text,
        standard=standard,
        standard_text=standard.text if standard else "",
        place=place,
        place_text=data.place_text.strip(),
        tag_scanned=data.tag_scanned,
        occurred_at=occurred_at,
        captured_at=data.captured_at,
        clock_offset=data.clock_offset,
        received_at=at,
        shift_name=span.name if span else "",
        shift_day=span.day if span else None,
        source=data.source,
        source_text=data.source_text.strip(),
        check_type=data.check_type,
        round=Round.objects.filter(id=data.round_id, mine_id=by.mine_id).first() if data.round_id else None,
        anonymous=data.anonymous,
        reporter=None if data.anonymous else by,
        reporter_unit=None if data.anonymous else by.unit,
        specialty=Specialty.objects.filter(id=data.specialty_id, mine_id=by.mine_id).first()
        if data.specialty_id
        else None,
        cause=data.cause,
        content_digest=data.digest(),
    )
    if data.fixed_on_site:
        if data.anonymous:
            raise Refused(
                _("匿名上报不能同时登记现场整改：整改要有人负责。请取消匿名，或只上报隐患。"), field="anonymous"
            )
        _fixed(hazard, data.fixed_on_site, by, at)
    hazard.search_text = search_text(hazard)
    return hazard


def _captured(data: ReportData, at: datetime) -> datetime:
    """When the device took it down, by the server's clock. A device whose clock runs ahead must not lose the report."""
    if data.captured_at is None:
        return at
    return min(data.captured_at - (data.clock_offset or timedelta()), at)


def _place(place_id: UUID | None, by: Person) -> Place | None:
    if place_id is None:
        return None
    place = one_of(Place.objects.filter(id=place_id, mine_id=by.mine_id))
    if place is None:
        raise Refused(_("没有找到这个地点。请重新选择地点，或在「具体位置」里写明。"), field="place")
    return place


def _found_by(data: ReportData, by: Person) -> list[Person]:
    """Whom the reporter names as finders; himself when he names nobody."""
    return list(Person.objects.filter(id__in=list(data.finder_ids), mine_id=by.mine_id)) if data.finder_ids else [by]


def _fixed(hazard: Hazard, words: str, by: Person, at: datetime) -> None:
    """The facts of a mending on the spot."""
    hazard.way = Way.ON_SITE
    hazard.rectification = need(words, _("请写清楚现场是怎么处理的。"), field="rectification")
    hazard.rectified_at, hazard.rectified_by = at, by


@verb
def grade(
    hazard_id: UUID,
    *,
    grade: Grade,
    specialty: Specialty,
    by: Person,
    cause: str = "",
    clause: str = "",
    standard: StandardHazard | None = None,
    situation: Situation | None = None,
) -> Hazard:
    """Judge how grave a reported hazard is (定级), by the mine's grades and, if it is one, as major by the law.

    The catalogue in force on the day when the hazard was found decides about major, and the hazard keeps that
    version. Major is a person's judgement: hints never set it.

    Refused when the situation is not in the catalogue of that day, or the grade is another mine's.
    """
    hazard = begin("grade", hazard_id, by)
    if grade.mine_id != hazard.mine_id or specialty.mine_id != hazard.mine_id:
        raise Refused(_("请从本矿的等级和专业里选择。"), field="grade")
    hazard.grade, hazard.specialty, hazard.cause, hazard.clause = grade, specialty, cause, clause.strip()
    if standard is not None:
        hazard.standard, hazard.standard_text = standard, standard.text
    if situation is not None:
        judge_major(hazard, situation)
    hazard.graded_at, hazard.graded_by = now(), by
    hazard.search_text = search_text(hazard)
    move("grade", hazard)
    keep(hazard)
    enter(
        "grade",
        hazard,
        by,
        payload={
            "grade": grade.name,
            "specialty": specialty.name,
            "is_major": hazard.is_major,
            "situation": str(situation) if situation else None,
            "catalogue": hazard.catalogue_id,
        },
    )
    return hazard


@verb
def send_back(hazard_id: UUID, *, reason: str, by: Person) -> Hazard:
    """Ask the reporter for what is missing (退回补充).

    Refused without a reason, and for an anonymous report, because nobody could answer it.
    """
    hazard = begin("send_back", hazard_id, by)
    if hazard.anonymous:
        raise Refused(_("匿名上报无法退回补充。请到现场核实后定级，或写明理由作废。"))
    hazard.returned_reason = need(reason, _("请写明需要补充什么。"), field="reason")
    move("send_back", hazard)
    keep(hazard)
    enter("send_back", hazard, by, payload={"reason": hazard.returned_reason})
    return hazard


@verb
def resubmit(
    hazard_id: UUID,
    *,
    text: str,
    by: Person,
    place: Place | None = None,
    place_text: str = "",
    photos: Sequence[str] = (),
) -> Hazard:
    """Hand in a returned hazard again, with what was missing (补充后重报).

    Refused for anybody but the reporter or somebody of his unit who may report there.
    """
    hazard = begin("resubmit", hazard_id, by, unit=by.unit)
    if hazard.reporter_id != by.id and (by.unit_id is None or hazard.reporter_unit_id != by.unit_id):
        raise Refused(_("只有上报人或同单位人员可以补充后重报。"), code="not_allowed")
    before = hazard.text
    hazard.text = need(text, _("请写清楚发现了什么隐患。"), field="text")
    hazard.place, hazard.place_text = place or hazard.place, place_text.strip() or hazard.place_text
    hazard.search_text = search_text(hazard)
    move("resubmit", hazard)
    keep(hazard)
    added = attach(hazard, photos, "before", by)
    enter("resubmit", hazard, by, payload={"before": before, "text": hazard.text, "photos": added})
    return hazard


@verb
def merge(hazard_id: UUID, *, into_id: UUID, by: Person) -> Hazard:
    """Fold a hazard that was reported twice into the first one (合并); both reporters keep the credit.

    Refused when the other has ended as merged or void, or is this one.
    """
    if hazard_id == into_id:
        raise Refused(_("不能把隐患合并到它自己。"), field="into")
    for one in sorted([hazard_id, into_id]):
        locked(one)
    hazard = begin("merge", hazard_id, by)
    kept = locked(into_id)
    if kept.mine_id != hazard.mine_id:
        raise Refused(_("没有找到要合并到的隐患。请重新选择。"), field="into")
    if kept.status in (Status.MERGED, Status.VOID):
        raise Refused(
            _("%(kept)s 已经合并或作废，不能再合并进去。请选择仍有效的那一条。") % {"kept": kept.number}, field="into"
        )
    hazard.merged_into = kept
    move("merge", hazard)
    keep(hazard)
    kept.finders.add(*hazard.finders.all())
    Hazard.objects.filter(merged_into=hazard).update(merged_into=kept)
    enter("merge", hazard, by, payload={"into": str(kept.id), "into_number": kept.number})
    return hazard


@verb
def void(hazard_id: UUID, *, reason: str, by: Person) -> Hazard:
    """Declare that a report is no hazard (作废). It stays readable, with the reason.

    Refused without a reason, and for one's own report: somebody else must look.
    """
    hazard = begin("void", hazard_id, by)
    if hazard.reporter_id == by.id:
        raise Refused(_("不能作废自己上报的隐患。请由其他安监人员办理。"), code="own")
    hazard.void_reason = need(reason, _("请写明作废的理由。"), field="reason")
    move("void", hazard)
    keep(hazard)
    enter("void", hazard, by, payload={"reason": hazard.void_reason})
    return hazard


@verb
def fix_on_site(hazard_id: UUID, *, words: str, by: Person, photos: Sequence[str] = ()) -> Hazard:
    """Record that a hazard was mended on the spot, without an order (现场整改); somebody else rechecks.

    Refused for a major hazard: the law asks for a plan and two reports before work starts.
    """
    hazard = begin("fix_on_site", hazard_id, by, unit=by.unit)
    if hazard.is_major:
        raise Refused(_("重大隐患不能按现场整改办理。请编制治理方案、完成双报告后下达。"))
    _fixed(hazard, words, by, now())
    move("fix_on_site", hazard)
    keep(hazard)
    added = attach(hazard, photos, "after", by)
    enter("fix_on_site", hazard, by, payload={"words": hazard.rectification, "photos": added})
    return hazard
