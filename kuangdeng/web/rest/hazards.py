"""Hazards for programs: report, read, and every verb of the loop, each through the same service as the pages."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, Any, Literal
from uuid import UUID

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _
from ninja import Query, Router, Schema
from ninja.responses import Status as Answer
from pydantic import Field, StringConstraints

from kuangdeng.hazards import api as hazards
from kuangdeng.hazards.api import Hazard, HazardPhoto, ReportData, Wanted
from kuangdeng.kernel.errors import Refused
from kuangdeng.kernel.web import photo_answer
from kuangdeng.org.api import Person
from kuangdeng.web.rest import schemas as s
from kuangdeng.web.rest.auth import caller
from kuangdeng.web.rest.naming import named, person_of, place_of, ref_of, unit_of

router = Router(tags=["隐患"])
ERRORS = {(400, 401, 403, 404, 409, 422, 503): s.Problem}
READ_ERRORS = {(400, 401, 403, 404, 422, 503): s.Problem}


@router.post(
    "/hazards",
    response={201: s.ReceiptOut, 200: s.ReceiptOut, 202: s.ReceiptOut, 409: s.Conflict}
    | {(400, 401, 403, 404, 413, 422, 503): s.Problem},
    summary="上报隐患",
    operation_id="report",
)
def report(request: HttpRequest, body: s.ReportIn) -> Answer[Any]:
    """编号（id）由设备生成（UUIDv7）。201：新收下；202：同一编号同一内容，早已收下；409：同一编号而内容不同，先到的保留，后到的另存待人处理。

    照片先用 PUT /photos/{sha256} 逐张上传。没有收到应答时，用同一个 id、同样的内容重发，不会重复。
    """
    by = caller(request)
    data = ReportData(
        text=body.text,
        occurred_at=body.occurred_at,
        captured_at=body.captured_at,
        clock_offset=body.clock_offset,
        place_id=body.place,
        place_text=body.place_text,
        tag_scanned=body.tag_scanned,
        source=body.source,
        source_text=body.source_text,
        check_type=body.check_type,
        specialty_id=body.specialty,
        standard_id=body.standard,
        cause=body.cause,
        finder_ids=tuple(body.finders),
        round_id=body.round,
        photos=tuple(body.photos),
        anonymous=body.anonymous,
        fixed_on_site=body.fixed_on_site,
    )
    receipt = hazards.report(data=data, by=by, hazard_id=body.id)
    if receipt.outcome == "conflict":
        # Nothing of the first capture is told: the id may be somebody else's report.
        aside = receipt.quarantine.id if receipt.quarantine else None
        message = _("这个编号已有内容不同的上报。先到的保留，这一份已另存，等安监人员处理。请为新的隐患生成新的编号。")
        return Answer(
            409, {"code": "conflict", "message": message, "field": "id", "hazard": body.id, "quarantine": aside}
        )
    hazard = receipt.hazard
    answer = {"id": hazard.id, "number": hazard.number, "status": hazard.status, "outcome": receipt.outcome}
    return Answer(201 if receipt.outcome == "new" else 202, answer)


# Reading -------------------------------------------------------------------------------------------------------------


class Filters(Schema):
    """What narrows the list."""

    status: list[Annotated[str, StringConstraints(pattern="^[a-z]{1,12}$")]] = Field(
        default_factory=list, max_length=20, description="状态，可重复"
    )
    unit: list[UUID] = Field(default_factory=list, max_length=50, description="责任单位（含下级），可重复")
    since: s.Instant | None = Field(None, description="收到时间不早于")
    changed_since: s.Instant | None = Field(None, description="状态变化不早于")
    overdue: bool = Field(False, description="只要超期未整改的")
    q: Annotated[str, StringConstraints(max_length=100)] = Field("", description="全文检索，空格分隔多个词")
    cursor: Annotated[str, StringConstraints(max_length=64)] | None = Field(None, description="上一页的 next_cursor")
    limit: int = Field(50, ge=1, le=200)


@router.get("/hazards", response={200: s.HazardPageOut} | READ_ERRORS, summary="隐患列表", operation_id="hazards")
def listed(request: HttpRequest, filters: Query[Filters]) -> Any:
    """本人可见的隐患，新的在前。翻页用 cursor：期间有新上报也不会错位或重复。"""
    by = caller(request)
    unknown = set(filters.status) - set(hazards.STATUS_LABELS)
    if unknown:
        raise Refused(
            _("没有「%(state)s」这种状态。可用：") % {"state": sorted(unknown)[0]} + "、".join(hazards.STATUS_LABELS),
            field="status",
        )
    wanted = Wanted(
        statuses=filters.status,
        unit_ids=filters.unit,
        since=filters.since,
        changed_since=filters.changed_since,
        only_overdue=filters.overdue,
        words=filters.q,
    )
    found = hazards.hazards_after(filters.cursor, wanted=wanted, most=filters.limit, by=by)
    photos = hazards.photos_of(found.hazards)
    items = [_hazard(hazard, photos[hazard.id]) for hazard in found.hazards]
    return {"items": items, "next_cursor": found.next_cursor}


@router.get(
    "/hazards/{hazard_id}",
    response={200: s.HazardDetailOut} | READ_ERRORS,
    summary="一条隐患",
    operation_id="hazard",
)
def one(request: HttpRequest, hazard_id: UUID) -> Any:
    """现在的情况、全部经过（台账），以及本人下一步可以办理什么。"""
    by = caller(request)
    hazard = hazards.get_hazard(hazard_id, by=by)
    story = [
        {
            "id": line.id,
            "verb": line.verb,
            "by": line.by_name,
            "occurred_at": line.occurred_at,
            "received_at": line.received_at,
            "payload": line.payload,
        }
        for line in hazards.timeline(hazard)
    ]
    return {
        **_hazard(hazard, list(hazards.photos(hazard))),
        "rectification": hazard.rectification,
        "acceptance": hazard.acceptance,
        "next_verbs": [item.verb for item in hazards.next_verbs(hazard, by) if not item.reason],
        "timeline": story,
    }


@router.get(
    "/hazards/{hazard_id}/photos/{sha256}",
    response={200: None} | READ_ERRORS,
    openapi_extra={"responses": {200: {"description": "JPEG", "content": {"image/jpeg": {}}}}},
    summary="隐患的一张照片",
    operation_id="hazard_photo",
    url_name="hazard_photo",
)
def hazard_photo(
    request: HttpRequest, hazard_id: UUID, sha256: s.Sha256, size: Literal["full", "thumb"] = "full"
) -> Any:
    """原图（已转码）或小图（size=thumb）。"""
    photo = hazards.get_photo(hazard_id, sha256, by=caller(request))
    return photo_answer(photo.file_id, thumb=size == "thumb")


def _photo(photo: HazardPhoto) -> dict[str, object]:
    url = reverse("api:hazard_photo", args=[photo.hazard_id, photo.file_id])
    return {"sha256": photo.file_id, "when": photo.when, "url": url}


SAME_NAME = (
    "id", "number", "status", "status_since", "text", "place_text", "occurred_at", "received_at", "source", "check_type",
    "anonymous", "cause", "is_major", "measure", "due_at", "due_original", "rectified_at", "accepted_at", "closed_at",
    "supervised_at",
)  # fmt: skip


def _hazard(hazard: Hazard, photos: list[HazardPhoto]) -> dict[str, Any]:
    return {
        **{name: getattr(hazard, name) for name in SAME_NAME},
        "status_label": str(hazards.STATUS_LABELS[hazard.status]),
        "place": ref_of(hazard.place),
        "reporter": ref_of(hazard.reporter),
        "specialty": ref_of(hazard.specialty),
        "grade": ref_of(hazard.grade),
        "unit": {"id": hazard.unit_id, "name": hazard.unit_name} if hazard.unit_id else None,
        "person": ref_of(hazard.person),
        "overdue": hazards.is_overdue(hazard),
        "merged_into": hazard.merged_into_id,
        "recurrence_of": hazard.recurrence_of_id,
        "photos": [_photo(photo) for photo in photos],
    }


# Verbs ---------------------------------------------------------------------------------------------------------------


def _grade(hazard_id: UUID, body: s.GradeIn, by: Person) -> object:
    standard = (
        hazards.pick(hazards.standards_of(by), body.standard, field="standard", what=_("标准隐患"))
        if body.standard
        else None
    )
    return hazards.grade(
        hazard_id,
        grade=hazards.pick(hazards.grades_of(by), body.grade, field="grade", what=_("等级")),
        specialty=hazards.pick(hazards.specialties_of(by), body.specialty, field="specialty", what=_("专业")),
        cause=body.cause,
        clause=body.clause,
        standard=standard,
        situation=_situation(body.situation) if body.situation else None,
        by=by,
    )


def _situation(number: int) -> Any:
    return hazards.pick(hazards.situations(), number, field="situation", what=_("重大隐患情形"))


def _merge(hazard_id: UUID, body: s.MergeIn, by: Person) -> object:
    named(lambda: hazards.knows_of(body.into, by=by), body.into, "into", _("要合并到的隐患"))
    return hazards.merge(hazard_id, into_id=body.into, by=by)


def _dispatch(hazard_id: UUID, body: s.DispatchIn, by: Person) -> object:
    return hazards.dispatch(
        hazard_id,
        unit=unit_of(body.unit, by),
        order=hazards.FivePoints(body.person, body.measure, body.funds, body.due_at, body.contingency),
        goal=body.goal,
        helper_unit=unit_of(body.helper_unit, by, "helper_unit"),
        supervisor=person_of(body.supervisor, by, "supervisor"),
        by=by,
    )


@dataclass(frozen=True)
class ByApi:
    """One verb over the wire: its body, and how it becomes a call of the service."""

    verb: str
    body: type[s.Body] | None
    run: Callable[[UUID, Any, Person], object]


VERBS = [
    ByApi("grade", s.GradeIn, _grade),
    ByApi("send_back", s.ReasonIn, lambda one, body, by: hazards.send_back(one, reason=body.reason, by=by)),
    ByApi("resubmit", s.ResubmitIn, lambda one, body, by: hazards.resubmit(
        one, text=body.text, place=place_of(body.place, by), place_text=body.place_text, photos=body.photos, by=by)),
    ByApi("merge", s.MergeIn, _merge),
    ByApi("void", s.ReasonIn, lambda one, body, by: hazards.void(one, reason=body.reason, by=by)),
    ByApi("fix_on_site", s.WordsIn, lambda one, body, by: hazards.fix_on_site(
        one, words=body.words, photos=body.photos, by=by)),
    ByApi("dispatch", s.DispatchIn, _dispatch),
    ByApi("sign", None, lambda one, _body, by: hazards.sign(one, by=by)),
    ByApi("transfer", s.TransferIn, lambda one, body, by: hazards.transfer(
        one, unit=unit_of(body.unit, by), person=person_of(body.person, by), reason=body.reason, by=by)),
    ByApi("rectify", s.RectifyIn, lambda one, body, by: hazards.rectify(
        one, words=body.words, at=body.at, photos=body.photos, by=by)),
    ByApi("request_extension", s.ExtensionIn, lambda one, body, by: hazards.request_extension(
        one, until=body.until, reason=body.reason, by=by)),
    ByApi("approve_extension", None, lambda one, _body, by: hazards.approve_extension(
        hazards.open_extension(one).id, by=by)),
    ByApi("refuse_extension", s.ReasonIn, lambda one, body, by: hazards.refuse_extension(
        hazards.open_extension(one).id, reason=body.reason, by=by)),
    ByApi("accept", s.WordsIn, lambda one, body, by: hazards.accept(one, words=body.words, photos=body.photos, by=by)),
    ByApi("reject", s.RejectIn, lambda one, body, by: hazards.reject(one, reason=body.reason, photos=body.photos, by=by)),
    ByApi("close", None, lambda one, _body, by: hazards.close(one, by=by)),
    ByApi("reopen", s.ReopenIn, lambda one, body, by: hazards.reopen(one, text=body.text, photos=body.photos, by=by)),
    ByApi("supervise", s.SuperviseIn, lambda one, body, by: hazards.supervise(
        one, supervisor=person_of(body.supervisor, by, "supervisor"), by=by)),
    ByApi("escalate", s.EscalateIn, lambda one, body, by: hazards.escalate(
        one, situation=_situation(body.situation), reason=body.reason, by=by)),
]  # fmt: skip


def _offer(one: ByApi) -> None:
    """Hang a verb up under its own address, with its own body in the schema."""

    def act(request: HttpRequest, hazard_id: UUID, body: Any) -> Any:
        by = caller(request)
        hazards.knows_of(hazard_id, by=by)
        result = one.run(hazard_id, body, by)
        hazard = result if isinstance(result, Hazard) else hazards.get_hazard(hazard_id, by=by)
        return {
            "id": hazard.id,
            "number": hazard.number,
            "status": hazard.status,
            "status_label": str(hazards.STATUS_LABELS[hazard.status]),
            "due_at": hazard.due_at,
        }

    def act_alone(request: HttpRequest, hazard_id: UUID) -> Any:
        return act(request, hazard_id, None)

    view: Callable[..., Any] = act_alone
    if one.body is not None:
        act.__annotations__["body"] = one.body
        view = act
    view.__name__ = one.verb
    service = getattr(hazards, one.verb)
    router.post(
        f"/hazards/{{hazard_id}}/verbs/{one.verb}",
        response={200: s.VerbOut} | ERRORS,
        summary=str(hazards.VERB_LABELS[one.verb]),
        description=f"同网页上的「{hazards.VERB_LABELS[one.verb]}」：同样的权限、同样的先后，记同一条台账。",
        operation_id=one.verb,
    )(view)
    assert service.is_verb


for _one in VERBS:
    _offer(_one)
