"""每日一题 for devices: the next fourteen days of a person's items, and his answers, each taken once however often sent."""

from datetime import date, datetime, timedelta
from typing import Annotated, Any, Literal
from uuid import UUID

from django.http import HttpRequest
from django.urls import reverse
from ninja import Query, Router, Schema
from pydantic import Field, StringConstraints

from kuangdeng.kernel import clock
from kuangdeng.kernel.errors import NotVisible, Refused
from kuangdeng.learning.api import items, practice
from kuangdeng.org.api import Person, has_power
from kuangdeng.web.rest import schemas as s
from kuangdeng.web.rest.auth import caller

router = Router(tags=["每日一题"])
READ_ERRORS = {(400, 401, 403, 404, 422, 503): s.Problem}
MOST_ANSWERS = 100


class Ahead(Schema):
    """How many days to take along."""

    days: int = Field(14, ge=1, le=14, description="要几天的题，含今天")


class TurnOut(Schema):
    """One item as it is put before this person, and what a device needs to say right or wrong without a network."""

    ticket: str = Field(description="发题凭据，交答案时原样带回")
    why: str = Field(description="mistake 错题重做、must 工种必会、review 到期复习、new 新题")
    type: str
    content: dict[str, Any] = Field(description="题干、选项（次序已排好）、要填的空；没有答案")
    key: dict[str, Any] | None = Field(description="标准答案，格式同作答；第二天才公布答案的矿为空")
    full: dict[str, Any] | None = Field(description="判分用的原题；第二天才公布答案的矿为空")
    explanation: str
    clause: str
    pictures: str = Field(description="图片地址的前半截，后面接 sha256")


class DayOut(Schema):
    """One day and its items."""

    day: date
    closes_at: datetime
    turns: list[TurnOut]


class QueueOut(Schema):
    """What a device takes along."""

    made_at: datetime
    per_day: int
    slow_after: int = Field(description="超过几秒算慢")
    reveal: Literal["at_once", "next_day"]
    policy: dict[str, str] = Field(description="判分办法；对错以全对为准")
    days: list[DayOut]


Bounded = Annotated[dict[str, Any], Field(max_length=10)]


class AnswerIn(s.Body):
    """One answer. The id is made on the device, so that a repeated sending is one answer."""

    id: s.Uuid7
    ticket: Annotated[str, StringConstraints(min_length=1, max_length=400)]
    answer: Bounded = Field(description='如 {"choice": "b"}、{"value": true}、{"blanks": ["…"]}')
    seconds: Annotated[int, Field(ge=0, le=86_400)] | None = Field(None, description="从看到题到交答案用了几秒")
    changed: bool = Field(False, description="交之前改过答案")
    captured_at: s.Instant | None = Field(None, description="设备上作答的时刻")
    clock_offset_ms: Annotated[int, Field(ge=-315_360_000_000, le=315_360_000_000)] | None = Field(
        None, description="设备时钟比服务器快多少毫秒，用 GET /time 量出"
    )


class AnswersIn(s.Body):
    """Answers gathered while there was no network, the oldest first."""

    answers: Annotated[list[AnswerIn], Field(min_length=1, max_length=MOST_ANSWERS)]


class AnswerOut(Schema):
    """What became of one answer. Only what is not `refused` may be deleted on the device; a refused one never will be taken."""

    id: UUID
    outcome: Literal["new", "same", "refused"]
    right: bool | None = None
    day: date | None = Field(None, description="算哪天的作答")
    for_day: date | None = Field(None, description="哪天的题")
    occurred_at: datetime | None = None
    received_at: datetime | None = None
    code: str = ""
    message: str = ""


class AnswersOut(Schema):
    """A result for each answer, in the same order."""

    results: list[AnswerOut]


def _answering(request: HttpRequest) -> Person:
    by = caller(request)
    if not has_power(by, "practice.answer"):
        raise NotVisible
    return by


@router.get(
    "/practice/queue",
    response={200: QueueOut} | READ_ERRORS,
    summary="今后几天的每日一题",
    operation_id="practice_queue",
)
def queue(request: HttpRequest, ahead: Query[Ahead]) -> Any:
    """本人今天起若干天的题，离线也能做、当场知道对错。每日一题不是考试，所以题里带答案。

    联网时重新取：期间的作答会改变以后的安排，新的一份整个换掉旧的。答案要公布到第二天的矿，不带答案。
    """
    by = _answering(request)
    practice.take_in_new(by)
    terms = practice.terms_of(by)
    open_key = terms.reveal == practice.Reveal.AT_ONCE
    days = practice.ahead_of(by, ahead.days)
    return {
        "made_at": clock.now(), "per_day": terms.per_day, "slow_after": terms.slow_after, "reveal": terms.reveal,
        "policy": items.policy_of(by.mine_id).as_json(),
        "days": [
            {"day": day, "closes_at": practice.closes_at(by, day), "turns": [_turn(one, open_key) for one in turns]}
            for day, turns in days
        ],
    }  # fmt: skip


def _turn(turn: practice.Turn, open_key: bool) -> dict[str, Any]:
    content = turn.version.content
    path = reverse("learning:practice_picture", args=[turn.version.id, "0" * 64]).removesuffix("0" * 64)
    return {
        "ticket": turn.ticket, "why": turn.why, "type": turn.version.type,
        "content": items.asked(content, turn.seed),
        "key": items.masked(content, turn.seed, items.right_answer(content)) if open_key else None,
        "full": items.with_key(content, turn.seed) if open_key else None,
        "explanation": turn.version.explanation if open_key else "", "clause": turn.item.clause, "pictures": path,
    }  # fmt: skip


@router.post(
    "/practice/answers", response={200: AnswersOut} | READ_ERRORS | {413: s.Problem}, summary="交每日一题的作答",
    operation_id="practice_answers",
)  # fmt: skip
def answers(request: HttpRequest, body: AnswersIn) -> Any:
    """可以攒着一次交，晚几天也收。每条各有结果：new 新收下；same 早已收下（同一编号，或同一天同一题先答过，以先到的为准）；
    refused 不收，message 说明原因。没有收到应答时，用同样的 id 原样重发，不会重复。
    """
    by = _answering(request)
    return {"results": [_take(one, by) for one in body.answers]}


def _unmasked(one: AnswerIn, by: Person) -> dict[str, Any]:
    """The answer in the item's own names; a ticket that cannot be read is refused by the verb."""
    try:
        ticket = practice.read_ticket(one.ticket, holder_id=by.id)
    except Refused:
        return {}
    version = items.versions([ticket.version_id]).get(ticket.version_id)
    return items.unmask(version.content, ticket.seed, one.answer) if version else {}


def _take(one: AnswerIn, by: Person) -> dict[str, Any]:
    offset = None if one.clock_offset_ms is None else timedelta(milliseconds=one.clock_offset_ms)
    data = practice.AnswerData(
        one.id, one.ticket, _unmasked(one, by), one.seconds, one.changed, practice.Way.OFFLINE, one.captured_at, offset
    )
    try:
        receipt = practice.answer(data=data, by=by)
    except Refused as refusal:
        return {"id": one.id, "outcome": "refused", "code": refusal.code, "message": str(refusal)}
    except NotVisible:
        return {"id": one.id, "outcome": "refused", "code": "not_found", "message": ""}
    made = receipt.answer
    return {
        "id": one.id, "outcome": receipt.outcome, "right": made.right, "day": made.day, "for_day": made.for_day,
        "occurred_at": made.occurred_at, "received_at": made.received_at,
    }  # fmt: skip
