"""Accidents for programs: the quick report, the list, one accident. What is decided about one is done on its page."""

from typing import Annotated, Any, Literal
from uuid import UUID

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _
from ninja import Query, Router, Schema
from ninja.responses import Status as Answer
from pydantic import Field, StringConstraints

from kuangdeng.hazards.api import accidents
from kuangdeng.kernel.errors import Refused
from kuangdeng.kernel.web import photo_answer
from kuangdeng.org.api import Person
from kuangdeng.web.rest import schemas as s
from kuangdeng.web.rest.auth import caller
from kuangdeng.web.rest.naming import person_of, place_of, ref_of, unit_of

router = Router(tags=["事故"])
READ_ERRORS = {(400, 401, 403, 404, 422, 503): s.Problem}


@router.post(
    "/accidents",
    response={201: s.ReceiptOut, 202: s.ReceiptOut} | {(400, 401, 403, 404, 409, 413, 422, 503): s.Problem},
    summary="事故快报",
    operation_id="report_accident",
)
def report(request: HttpRequest, body: s.QuickReportIn) -> Answer[Any]:
    """编号（id）由设备生成（UUIDv7）。201：新收下；202：同一编号同一内容，早已收下；409：同一编号而内容不同，先到的保留，这一份没有收下。

    伤亡人员姓名只写在 hurt 里：经过、公布、通知、台账都不带姓名。照片先用 PUT /photos/{sha256} 逐张上传。
    """
    by = caller(request)
    known = accidents.was_reported(body.id)
    made = accidents.report(data=_said(body, by), by=by, accident_id=body.id)
    outcome = "same" if known else "new"
    answer = {"id": made.id, "number": made.number, "status": made.status, "outcome": outcome}
    return Answer(202 if known else 201, answer)


def _said(body: s.QuickReportIn, by: Person) -> accidents.QuickReport:
    return accidents.QuickReport(
        text=body.text,
        kind=body.kind,
        occurred_at=body.occurred_at,
        place=place_of(body.place, by),
        place_text=body.place_text,
        unit=unit_of(body.unit, by),
        hurt=[
            accidents.Hurt(
                person=person_of(one.person, by, f"hurt.{number}.person"), name=one.name, unit_name=one.unit_name,
                severity=one.severity, sex=one.sex, age=one.age, note=one.note,
            )
            for number, one in enumerate(body.hurt)
        ],
        stopped_area=body.stopped_area,
        photos=tuple(body.photos),
    )  # fmt: skip


class Filters(Schema):
    """What narrows the list."""

    kind: list[Literal["injury", "non_casualty", "near_miss"]] = Field(
        default_factory=list, max_length=3, description="类型，可重复"
    )
    status: list[Annotated[str, StringConstraints(pattern="^[a-z]{1,14}$")]] = Field(
        default_factory=list, max_length=10, description="状态，可重复"
    )
    unit: list[UUID] = Field(default_factory=list, max_length=50, description="事故单位（含下级），可重复")
    since: s.Instant | None = Field(None, description="快报时间不早于")
    cursor: Annotated[str, StringConstraints(max_length=64)] | None = Field(None, description="上一页的 next_cursor")
    limit: int = Field(50, ge=1, le=200)


@router.get("/accidents", response={200: s.AccidentPageOut} | READ_ERRORS, summary="事故列表", operation_id="accidents")
def listed(request: HttpRequest, filters: Query[Filters]) -> Any:
    """本人可见的事故和未遂，新的在前；没有姓名。翻页用 cursor：期间有新快报也不会错位或重复。"""
    unknown = set(filters.status) - set(accidents.STATUS_LABELS)
    if unknown:
        raise Refused(
            _("没有「%(state)s」这种状态。可用：") % {"state": sorted(unknown)[0]} + "、".join(accidents.STATUS_LABELS),
            field="status",
        )
    found = accidents.accidents_after(
        filters.cursor, by=caller(request), most=filters.limit, kinds=filters.kind, statuses=filters.status,
        unit_ids=filters.unit, since=filters.since,
    )  # fmt: skip
    return {"items": [_accident(one) for one in found.accidents], "next_cursor": found.next_cursor}


@router.get(
    "/accidents/{accident_id}",
    response={200: s.AccidentDetailOut} | READ_ERRORS,
    summary="一起事故",
    operation_id="accident",
)
def one(request: HttpRequest, accident_id: UUID) -> Any:
    """现在的情况、四不放过、整改措施、全部经过（台账）。伤亡人员只给有权查看姓名的人，其余为 null。"""
    by = caller(request)
    accident = accidents.get_accident(accident_id, by=by)
    shown = accidents.about(accident, by)
    casualties = [
        {name: getattr(one, name) for name in ("name", "unit_name", "severity", "sex", "age", "note")}
        for one in shown.casualties
    ]
    return {
        **_accident(accident),
        **{name: getattr(accident, name) for name in CAUSES},
        "points_met": [one.point for one in shown.points if one.row],
        "casualties": casualties if shown.persons else None,
        "measures": [_measure(one.row) for one in shown.measures],
        "photos": [
            {"sha256": one.file_id, "url": reverse("api:accident_photo", args=[accident.id, one.file_id])}
            for one in shown.scene
        ],
        "next_verbs": [offer.verb for offer in shown.offers if not offer.reason],
        "timeline": [_line(entry) for entry in shown.entries],
    }


@router.get(
    "/accidents/{accident_id}/photos/{sha256}",
    response={200: None} | READ_ERRORS,
    openapi_extra={"responses": {200: {"description": "JPEG", "content": {"image/jpeg": {}}}}},
    summary="事故的一张照片",
    operation_id="accident_photo",
    url_name="accident_photo",
)
def accident_photo(
    request: HttpRequest, accident_id: UUID, sha256: s.Sha256, size: Literal["full", "thumb"] = "full"
) -> Any:
    """原图（已转码）或小图（size=thumb）。四不放过的证据只给有权查看人员的人。"""
    photo = accidents.get_photo(accident_id, sha256, by=caller(request))
    return photo_answer(photo.file_id, thumb=size == "thumb")


SAME_NAME = (
    "id", "number", "kind", "status", "status_since", "text", "place_text", "occurred_at", "received_at", "deaths",
    "serious", "minor", "unclear", "stopped_area", "stopped_at", "resumed_at", "loss", "closed_at",
)  # fmt: skip
CAUSES = ("direct_cause", "indirect_cause", "management_cause", "conclusion")


def _accident(accident: accidents.Accident) -> dict[str, Any]:
    return {
        **{name: getattr(accident, name) for name in SAME_NAME},
        "kind_label": str(accidents.KIND_LABELS[accident.kind]),
        "status_label": str(accidents.STATUS_LABELS[accident.status]),
        "level": accident.level.name if accident.level else None,
        "level_confirmed": bool(accident.level and accident.level.confirmed),
        "place": ref_of(accident.place),
        "unit": {"id": accident.unit_id, "name": accident.unit_name} if accident.unit_id else None,
        "specialty": ref_of(accident.specialty),
        "reporter": ref_of(accident.reporter),
        "investigator": ref_of(accident.investigator),
    }


def _measure(row: accidents.AccidentMeasure) -> dict[str, Any]:
    return {
        "id": row.id,
        "text": row.text,
        "unit": {"id": row.unit_id, "name": row.unit_name},
        "status": row.status,
        "status_label": str(accidents.MEASURE_STATUS_LABELS[row.status]),
        "due_at": row.due_at,
        "overdue": accidents.is_late(row),
    }


DIGESTS = frozenset({"report_sha256", "evidence_sha256"})
"""A digest over words in which somebody was named gives the name away to who tries all names of the mine."""


def _line(entry: Any) -> dict[str, Any]:
    return {
        "id": entry.id, "verb": entry.verb, "by": entry.by_name, "occurred_at": entry.occurred_at,
        "received_at": entry.received_at,
        "payload": {key: value for key, value in entry.payload.items() if key not in DIGESTS},
    }  # fmt: skip
