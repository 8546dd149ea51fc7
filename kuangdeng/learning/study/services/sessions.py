"""A session from its plan to the filed record."""

from dataclasses import asdict
from typing import Any
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext as _

from kuangdeng.kernel import clock
from kuangdeng.kernel.errors import Refused
from kuangdeng.kernel.ids import uuid7
from kuangdeng.kernel.rows import one_of
from kuangdeng.kernel.verbs import verb
from kuangdeng.kernel.words import need, short
from kuangdeng.learning.attendance import api as attendance
from kuangdeng.learning.attendance.api import State
from kuangdeng.learning.study.models import StudyKind, StudySession
from kuangdeng.learning.study.queries import people_of
from kuangdeng.learning.study.rules import FLOW, Chosen, Record, SessionData
from kuangdeng.learning.study.services._steps import enter, locked, step
from kuangdeng.org.api import Person, Unit, may

MOST_EXPECTED = 5000


def _kind(kind_id: UUID, by: Person, kept: UUID | None = None) -> StudyKind:
    kind = one_of(StudyKind.objects.filter(id=kind_id, mine_id=by.mine_id))
    if kind is None or not (kind.is_active or kind.id == kept):
        raise Refused(_("请选学习类别。"), field="kind")
    return kind


def _person(person_id: UUID, by: Person, field: str) -> Person:
    person = one_of(Person.objects.select_related("unit").filter(id=person_id, mine_id=by.mine_id, is_active=True))
    if person is None:
        raise Refused(_("选的人已经离矿或不在本矿，请重新选。"), field=field)
    return person


def _unit(unit_id: UUID | None, by: Person) -> Unit | None:
    """For whom the session is held. Refused for a unit for which one may not plan, and for the mine as a whole."""
    unit = one_of(Unit.objects.filter(id=unit_id, mine_id=by.mine_id)) if unit_id else None
    if unit_id and unit is None:
        raise Refused(_("选的单位不在了，请重新选。"), field="unit")
    if not may(by, "study.plan", unit):
        words = (
            _("您只能为自己的支部安排学习，请选自己的单位。") if unit is None else _("您不能为%s安排学习。") % unit.name
        )
        raise Refused(words, field="unit", code="not_allowed")
    return unit


def _fill(session: StudySession, data: SessionData, by: Person) -> None:
    session.kind = _kind(data.kind_id, by, session.kind_id)
    if session.unit_id != data.unit_id or session._state.adding:
        session.unit = _unit(data.unit_id, by)
    session.title = need(data.title, _("请填写学习主题。"), field="title", most=100)
    session.outline = short(data.outline, field="outline", most=4000)
    session.place_text = need(data.place_text, _("请填写学习地点。"), field="place_text", most=100)
    session.lecturer = short(data.lecturer, field="lecturer", most=60)
    session.chair = _person(data.chair_id, by, "chair")
    session.recorder = _person(data.recorder_id, by, "recorder")
    session.starts_at, session.ends_at = data.starts_at, data.ends_at


def _leaders(session: StudySession) -> list[Person]:
    return [session.chair, session.recorder, session.made_by]


def _expected(session: StudySession, chosen: Chosen, by: Person) -> list[Person]:
    """Who is meant, the chair and the recorder with them. Refused for too many."""
    found = {one.id: one for one in people_of(by.mine_id, chosen).select_related("unit")[: MOST_EXPECTED + 1]}
    if len(found) > MOST_EXPECTED:
        raise Refused(_("应到人员太多，最多 %(n)d 人。") % {"n": MOST_EXPECTED}, field="units")
    return list({**found, session.chair_id: session.chair, session.recorder_id: session.recorder}.values())


def _kept(chosen: Chosen) -> dict[str, Any]:
    plain = asdict(chosen)
    return {**plain, "units": [str(one) for one in chosen.units], "persons": [str(one) for one in chosen.persons]}


def _told(session: StudySession) -> dict[str, object]:
    return {
        "starts_at": session.starts_at.isoformat(), "ends_at": session.ends_at.isoformat(), "place_text": session.place_text,
        "chair": session.chair.name, "recorder": session.recorder.name, "lecturer": session.lecturer,
    }  # fmt: skip


@verb
def plan(*, data: SessionData, by: Person, chosen: Chosen | None = None) -> StudySession:
    """Plan a study session (安排学习): what, when, where, who chairs and who records; its sheet is laid out with it.

    Nobody hears of it before the notice goes out. Refused for a unit for which one may not plan, for the past, and
    when the end is not after the beginning.
    """
    session = StudySession(id=uuid7(), mine_id=by.mine_id, made_by=by, status=FLOW.target("plan", None))
    _fill(session, data, by)
    if data.ends_at <= clock.now():
        raise Refused(_("学习时间已经过去了。请填以后的时间。"), field="starts_at")
    chosen = chosen or Chosen()
    session.chosen = _kept(chosen)
    session.sheet = attendance.make_sheet(
        mine_id=by.mine_id, kind=session.kind.name, title=session.title, place_text=session.place_text,
        starts_at=session.starts_at, ends_at=session.ends_at, by=by, back=reverse("learning:study", args=[session.id]),
        leaders=_leaders(session), expected=_expected(session, chosen, by),
    )  # fmt: skip
    session.save(force_insert=True)
    enter("plan", session, by, _told(session))
    return session


@verb
def change(session_id: UUID, *, data: SessionData, by: Person) -> StudySession:
    """Change what, when, where or who chairs (更改安排); who was told of it hears of the change.

    Refused when the session is over or was called off.
    """
    session = locked(session_id, by)
    step(session, "change")
    _fill(session, data, by)
    session.save()
    attendance.change_sheet(
        session.sheet, title=session.title, starts_at=session.starts_at, ends_at=session.ends_at,
        place_text=session.place_text, kind=session.kind.name,
    )  # fmt: skip
    attendance.set_leaders(session.sheet, _leaders(session))
    enter("change", session, by, _told(session))
    return session


@verb
def choose(session_id: UUID, *, chosen: Chosen, by: Person) -> StudySession:
    """Say who is expected (选应到人员). Who comes onto the list after the notice hears of the session at once.

    Refused when the session is over or was called off, and when nobody is meant.
    """
    session = locked(session_id, by)
    step(session, "choose")
    if not chosen.units and not chosen.persons and not chosen.leaders:
        raise Refused(_("请选应到的单位、支部或人员。"), field="units")
    session.chosen = _kept(chosen)
    session.save(update_fields=["chosen", "status"])
    before = set(attendance.attendees(session.sheet_id).values_list("person_id", flat=True))
    people = _expected(session, chosen, by)
    added, gone = attendance.set_expected(session.sheet, people)
    new = [str(one.id) for one in people if one.id not in before]
    enter("choose", session, by, {"expected": len(people), "added": added, "gone": gone, "new": new})
    return session


@verb
def notify(session_id: UUID, *, by: Person) -> StudySession:
    """Send the notice to everybody who is expected (发学习通知). Refused when nobody is, and when it was sent."""
    session = locked(session_id, by)
    step(session, "notify")
    own = session.chosen
    if not (own.get("units") or own.get("persons") or own.get("leaders")):
        raise Refused(_("还没有选应到人员，先选人再发通知。"), code="nobody")
    counts = attendance.counts(session.sheet_id)
    session.save(update_fields=["status"])
    enter("notify", session, by, {**_told(session), "expected": counts.expected}, quantity=counts.expected)
    return session


@verb
def cancel(session_id: UUID, *, reason: str, by: Person) -> StudySession:
    """Call a session off (取消学习), with the reason; who was told of it hears that. Refused when it is over."""
    session = locked(session_id, by)
    was = session.status
    step(session, "cancel")
    session.cancel_reason = need(reason, _("请写明为什么取消。"), field="reason")
    session.save(update_fields=["status", "cancel_reason"])
    attendance.cancel_sheet(session.sheet)
    enter("cancel", session, by, {"reason": session.cancel_reason, "was": was})
    return session


@verb
def finish(session_id: UUID, *, by: Person) -> StudySession:
    """End the session (结束学习): the sign-in closes, who was not there hears that he has to catch up.

    Refused before it has begun.
    """
    session = locked(session_id, by)
    step(session, "finish")
    if clock.now() < session.starts_at:
        raise Refused(_("学习还没有开始，不能结束。不开了请点「取消」。"), code="early")
    session.save(update_fields=["status"])
    attendance.close_sheet(session.sheet)
    counts = attendance.counts(session.sheet_id)
    enter("finish", session, by, {"expected": counts.expected, "there": counts.there, "leave": counts.leave,
                                  "missing": counts.missing}, quantity=counts.there)  # fmt: skip
    return session


@verb
def write_record(session_id: UUID, *, record: Record, by: Person) -> StudySession:
    """Write the record (写学习记录): what was studied, who said what, what follows. The chair reads it next.

    Refused without the content, and before the session is over.
    """
    session = locked(session_id, by)
    step(session, "write_record")
    session.content = need(record.content, _("请写学习了什么内容。"), field="content", most=20000)
    session.talk = short(record.talk, field="talk", most=20000)
    session.outcome = short(record.outcome, field="outcome", most=8000)
    session.recorded_at, session.returned_reason = clock.now(), ""
    session.save()
    enter("write_record", session, by, {"length": len(session.content) + len(session.talk) + len(session.outcome)})
    return session


@verb
def send_back(session_id: UUID, *, reason: str, by: Person) -> StudySession:
    """Give the record back to be written better (退回记录), with the reason. Refused for who is not the chair."""
    session = _read(session_id, by)
    step(session, "send_back")
    session.returned_reason = need(reason, _("请写明要改什么。"), field="reason")
    session.save(update_fields=["status", "returned_reason"])
    enter("send_back", session, by, {"reason": session.returned_reason})
    return session


def _read(session_id: UUID, by: Person) -> StudySession:
    """The session for who judges its record: the chair, or who plans over him; not the recorder's own work."""
    session = locked(session_id, by)
    if by.id != session.chair_id and (by.id == session.recorder_id or not may(by, "study.plan", session.unit)):
        raise Refused(_("记录由主持人审签。"), code="not_allowed")
    return session


@verb
def approve(session_id: UUID, *, by: Person) -> StudySession:
    """Sign the record and file it (审签归档). From now on nobody changes it. Refused for who is not the chair."""
    session = _read(session_id, by)
    step(session, "approve")
    session.approved_at, session.approved_by = clock.now(), by
    session.save(update_fields=["status", "approved_at", "approved_by"])
    waiting = attendance.attendees(session.sheet_id).filter(expected=True, state__in=[State.MISSING, State.LEAVE])
    enter("approve", session, by, {"to_make_up": waiting.count()})
    return session
