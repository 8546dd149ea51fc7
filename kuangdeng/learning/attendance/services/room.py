"""The leader's room: the window, the kiosk at the door, the paper list, corrections."""

import secrets
from collections.abc import Mapping
from datetime import datetime, timedelta
from uuid import UUID

from django.utils.translation import gettext as _

from kuangdeng.kernel import clock
from kuangdeng.kernel.errors import NotVisible, Refused
from kuangdeng.kernel.ids import digest_of
from kuangdeng.kernel.rows import one_of
from kuangdeng.kernel.verbs import verb
from kuangdeng.kernel.words import need
from kuangdeng.learning.attendance import rules
from kuangdeng.learning.attendance.models import Attendee, Sheet, SheetKiosk
from kuangdeng.learning.attendance.queries import leads
from kuangdeng.learning.attendance.rules import ATTENDEE_FLOW, SHEET_FLOW, THERE, Method, SheetStatus, State
from kuangdeng.learning.attendance.services._steps import (
    approver_of,
    close_sheet,
    enter,
    led_sheet,
    locked_attendee,
    of_row,
    of_sheet,
    persons_in,
    row_of,
)
from kuangdeng.org.api import Person

MOST_LATE_AFTER = 120


@verb
def set_window(sheet_id: UUID, *, opens_at: datetime, closes_at: datetime, late_after: int, by: Person) -> Sheet:
    """Say from when to when one signs, and from which minute on one is late (签到时间). Refused for a window that is none."""
    sheet = led_sheet(sheet_id, by)
    if sheet.status != SheetStatus.RUNNING:
        raise Refused(_("签到已经结束，不能再改签到时间。"), code="over")
    if closes_at <= opens_at:
        raise Refused(_("截止时间要晚于开放时间。"), field="closes_at")
    if closes_at - opens_at > timedelta(hours=36):
        raise Refused(_("签到最长开放 36 小时。"), field="closes_at")
    if not 0 <= late_after <= MOST_LATE_AFTER:
        raise Refused(_("请填 %(least)d 到 %(most)d。") % {"least": 0, "most": MOST_LATE_AFTER}, field="late_after")
    sheet.opens_at, sheet.closes_at, sheet.late_after = opens_at, closes_at, late_after
    sheet.save(update_fields=["opens_at", "closes_at", "late_after"])
    told = {"opens_at": opens_at.isoformat(), "closes_at": closes_at.isoformat(), "late_after": late_after}
    enter("set_window", of_sheet(sheet), sheet.mine_id, by, told)
    return sheet


@verb
def open_now(sheet_id: UUID, *, by: Person) -> Sheet:
    """Let people sign from this moment on (现在开放签到). Refused when it is open, or over."""
    sheet = led_sheet(sheet_id, by)
    at = clock.now()
    if sheet.status != SheetStatus.RUNNING or at >= sheet.closes_at:
        raise Refused(_("签到已经截止。要继续签到，请先改截止时间。"), code="over")
    if at >= sheet.opens_at:
        raise Refused(_("签到已经开放。"), code="open")
    sheet.opens_at = at
    sheet.save(update_fields=["opens_at"])
    enter("open_now", of_sheet(sheet), sheet.mine_id, by, {})
    return sheet


@verb
def close(sheet_id: UUID, *, by: Person) -> Sheet:
    """End the sign-in (结束签到): the screen goes dark, the kiosks go out of service. Refused when it is ended."""
    sheet = led_sheet(sheet_id, by)
    SHEET_FLOW.target("close", sheet.status)
    close_sheet(sheet)
    SheetKiosk.objects.filter(sheet=sheet, closed_at=None).update(closed_at=clock.now())
    missing = Attendee.objects.filter(sheet=sheet, expected=True, state=State.MISSING).count()
    enter("close", of_sheet(sheet), sheet.mine_id, by, {"missing": missing})
    return sheet


@verb
def reopen(sheet_id: UUID, *, reason: str, closes_at: datetime, by: Person) -> Sheet:
    """Let people sign again (重新开放签到), with a reason, until a new end. Refused for an end that is past."""
    sheet = led_sheet(sheet_id, by)
    target = SHEET_FLOW.target("reopen", sheet.status)
    words = need(reason, _("请写明为什么重新开放。"), field="reason")
    if closes_at <= clock.now():
        raise Refused(_("新的截止时间要晚于现在。"), field="closes_at")
    sheet.status, sheet.closed_at, sheet.closes_at = target, None, closes_at
    sheet.save(update_fields=["status", "closed_at", "closes_at"])
    enter("reopen", of_sheet(sheet), sheet.mine_id, by, {"reason": words, "closes_at": closes_at.isoformat()})
    return sheet


@verb
def open_kiosk(sheet_id: UUID, *, by: Person) -> tuple[SheetKiosk, str]:
    """Make the device in hand read cards at the door (启用签到机); its secret is returned once. Refused when it is over."""
    sheet = led_sheet(sheet_id, by)
    if sheet.status != SheetStatus.RUNNING:
        raise Refused(_("签到已经结束，不能再启用签到机。"), code="over")
    secret = secrets.token_urlsafe(32)
    kiosk = SheetKiosk.objects.create(sheet=sheet, digest=digest_of(secret), opened_by=by, opened_at=clock.now())
    enter("open_kiosk", of_sheet(sheet), sheet.mine_id, by, {})
    return kiosk, secret


@verb
def close_kiosk(kiosk_id: UUID, *, by: Person) -> SheetKiosk:
    """Take a device at the door out of service (停用签到机). Refused when it is out."""
    kiosk = one_of(SheetKiosk.objects.select_related("sheet").filter(id=kiosk_id))
    if kiosk is None:
        raise NotVisible
    sheet = led_sheet(kiosk.sheet_id, by)
    if kiosk.closed_at is not None:
        raise Refused(_("这台签到机已经停用。"), code="gone")
    kiosk.closed_at = clock.now()
    kiosk.save(update_fields=["closed_at"])
    enter("close_kiosk", of_sheet(sheet), sheet.mine_id, by, {})
    return kiosk


# Afterwards -------------------------------------------------------------------------------------------------------------


@verb
def enter_paper(
    sheet_id: UUID, *, states: Mapping[UUID, str], reason: str, approver_id: UUID | None, by: Person
) -> list[Attendee]:
    """Enter the signatures of a paper list (纸质签到补录): who signed on time, who late, with the reason why it was paper.

    Who signed by himself keeps his own row. Refused without a reason, without an approver who is somebody else, before
    the occasion has begun, and when nobody is named.
    """
    sheet = led_sheet(sheet_id, by)
    if sheet.status == SheetStatus.CANCELLED:
        raise Refused(_("这次活动已取消，不用签到。"), code="cancelled")
    if clock.now() < sheet.starts_at:
        raise Refused(_("活动还没有开始，不能补录签到。"), code="early")
    words = need(reason, _("请写明为什么用纸质签到，如：会场断电。"), field="reason")
    approver = approver_of(approver_id, by)
    if not set(states.values()) <= set(THERE):
        raise Refused(_("请从列表里选一项。"), field="persons")
    made = []
    for person in persons_in(list(states), by):
        row = row_of(sheet, person)
        if row.state in THERE:
            continue
        row.state = ATTENDEE_FLOW.target(rules.MARKS[states[person.id]], row.state or None)
        row.method, row.at, row.by, row.reason, row.approver = Method.PAPER, sheet.starts_at, by, words, approver
        row.save()
        made.append(row)
    if not made:
        raise Refused(_("请勾选纸上签了名的人；已经签到的不用再录。"), field="persons", code="nobody")
    told = {"reason": words, "approver": approver.name,
            "persons": [one.person.name for one in made]}  # fmt: skip
    enter("enter_paper", of_sheet(sheet), sheet.mine_id, by, told, quantity=len(made))
    return made


@verb
def correct(attendee_id: UUID, *, state: str, reason: str, approver_id: UUID | None, by: Person) -> Attendee:
    """Put a wrong line right (更正签到), with a reason and an approver who is somebody else; what stood there stays in
    the ledger. Refused for the state that it has, and for one's own line.
    """
    row = locked_attendee(attendee_id, by.mine_id)
    if not leads(row.sheet_id, by):
        raise NotVisible
    if row.person_id == by.id:
        raise Refused(_("不能更正自己的签到，请另一位主持人、记录人或政工部、培训科办理。"), code="own")
    if state not in rules.MARKS:
        raise Refused(_("请从列表里选一项。"), field="state")
    words = need(reason, _("请写明为什么更正。"), field="reason")
    approver = approver_of(approver_id, by)
    was = row.state
    row.state = ATTENDEE_FLOW.target(rules.MARKS[state], was)
    row.method, row.by, row.reason, row.approver = Method.CORRECTED, by, words, approver
    row.at = (row.at or row.sheet.starts_at) if row.state in THERE else None
    row.leave_reason = words if row.state == State.LEAVE else row.leave_reason
    row.save()
    told = {"from_state": was, "state": row.state, "reason": words, "approver": approver.name}
    enter("correct", of_row(row), row.sheet.mine_id, by, told, row=row)
    return row
