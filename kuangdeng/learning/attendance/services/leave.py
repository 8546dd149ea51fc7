"""请假和补学: who can't come says so before, who was not there catches up."""

from datetime import date
from uuid import UUID

from django.utils.translation import gettext as _

from kuangdeng.kernel import clock
from kuangdeng.kernel.errors import NotVisible, Refused
from kuangdeng.kernel.rows import one_of
from kuangdeng.kernel.verbs import verb
from kuangdeng.kernel.words import need
from kuangdeng.learning.attendance.models import Attendee, MakeUp
from kuangdeng.learning.attendance.queries import leads
from kuangdeng.learning.attendance.rules import ATTENDEE_FLOW, SheetStatus, State
from kuangdeng.learning.attendance.services._steps import enter, locked_attendee, of_row
from kuangdeng.org.api import Person

LEAST_MAKEUP = 10
"""Fewer words than these say nothing of what was read."""


@verb
def ask_leave(attendee_id: UUID, *, reason: str, by: Person) -> Attendee:
    """Ask not to come (请假), with the reason. Refused for others, after having signed, and when it is over."""
    row = locked_attendee(attendee_id, by.mine_id)
    if row.person_id != by.id:
        raise NotVisible
    if row.sheet.status != SheetStatus.RUNNING or clock.now() >= row.sheet.ends_at:
        raise Refused(_("活动已经结束，不能再请假。没有参加的请补学。"), code="over")
    if row.state != State.MISSING or row.asks_leave:
        raise Refused(_("您已经签到或请过假了。"), code="again")
    row.leave_reason = need(reason, _("请写明请假事由。"), field="reason")
    row.leave_asked_at, row.leave_decided_at, row.leave_decided_by, row.leave_refusal = clock.now(), None, None, ""
    row.save()
    enter("ask_leave", of_row(row), row.sheet.mine_id, by, {"reason": row.leave_reason}, row=row)
    return row


def _led_row(attendee_id: UUID, by: Person) -> Attendee:
    row = locked_attendee(attendee_id, by.mine_id)
    if not leads(row.sheet_id, by):
        raise NotVisible
    if row.person_id == by.id:
        raise Refused(_("不能给自己准假或认定补学，请另一位主持人、记录人或政工部、培训科办理。"), code="own")
    return row


@verb
def grant_leave(attendee_id: UUID, *, by: Person, reason: str = "") -> Attendee:
    """Let somebody off (准假): what he asked for, or what he said by telephone, with the reason. Refused for oneself."""
    row = _led_row(attendee_id, by)
    row.state = ATTENDEE_FLOW.target("grant_leave", row.state)
    row.leave_reason = need(reason or row.leave_reason, _("请写明请假事由。"), field="reason")
    row.leave_asked_at = row.leave_asked_at or clock.now()
    row.leave_decided_at, row.leave_decided_by, row.leave_refusal = clock.now(), by, ""
    row.save()
    enter("grant_leave", of_row(row), row.sheet.mine_id, by, {"reason": row.leave_reason}, row=row)
    return row


@verb
def refuse_leave(attendee_id: UUID, *, reason: str, by: Person) -> Attendee:
    """Not let somebody off (不准假), with the reason. Refused when he has not asked."""
    row = _led_row(attendee_id, by)
    if not row.asks_leave:
        raise Refused(_("他没有待批的请假。"), code="gone")
    row.leave_refusal = need(reason, _("请写明为什么不准假。"), field="reason")
    row.leave_decided_at, row.leave_decided_by = clock.now(), by
    row.save()
    enter("refuse_leave", of_row(row), row.sheet.mine_id, by, {"reason": row.leave_refusal}, row=row)
    return row


# Make-up ----------------------------------------------------------------------------------------------------------------


def _may_catch_up(row: Attendee) -> None:
    ATTENDEE_FLOW.target("make_up", row.state)
    if clock.now() < row.sheet.starts_at or row.sheet.status == SheetStatus.CANCELLED:
        raise Refused(_("活动还没有开始或已取消，不用补学。"), code="early")


@verb
def hand_in(attendee_id: UUID, *, on: date, text: str, by: Person) -> MakeUp:
    """Say what one has read since (交补学): it counts when the leader has taken it. Refused for who was there, for a day
    before the occasion or still to come, and while another one waits.
    """
    row = locked_attendee(attendee_id, by.mine_id)
    if row.person_id != by.id:
        raise NotVisible
    _may_catch_up(row)
    if not clock.local(row.sheet.starts_at).date() <= on <= clock.today():
        raise Refused(_("补学日期要在活动当天以后、今天以前。"), field="on")
    words = need(text, _("请写明补学了什么、有什么体会。"), field="text", most=4000)
    if len(words) < LEAST_MAKEUP:
        raise Refused(_("写得太少，请至少写 %d 个字。") % LEAST_MAKEUP, field="text")
    if MakeUp.objects.filter(attendee=row, decided_at=None).exists():
        raise Refused(_("您交的补学还在等主持人认定。"), code="again")
    made = MakeUp.objects.create(attendee=row, on=on, text=words, handed_in_by=by, handed_in_at=clock.now())
    enter("hand_in", of_row(row), row.sheet.mine_id, by, {"on": on.isoformat(), "length": len(words)}, row=row)
    return made


def _open_makeup(makeup_id: UUID, by: Person) -> MakeUp:
    found = one_of(MakeUp.objects.filter(id=makeup_id))
    if found is None:
        raise NotVisible
    row = _led_row(found.attendee_id, by)
    made = MakeUp.objects.select_for_update(of=("self",)).get(id=makeup_id)
    made.attendee = row
    if made.decided_at is not None:
        raise Refused(_("这份补学已经认定过了。"), code="gone")
    return made


@verb
def accept_makeup(makeup_id: UUID, *, by: Person) -> MakeUp:
    """Take what somebody has read for it (认定补学). Refused for one's own, and when it is decided."""
    made = _open_makeup(makeup_id, by)
    row = made.attendee
    row.state = ATTENDEE_FLOW.target("make_up", row.state)
    row.save(update_fields=["state"])
    made.decided_at, made.decided_by = clock.now(), by
    made.save(update_fields=["decided_at", "decided_by"])
    enter("accept_makeup", of_row(row), row.sheet.mine_id, by, {"on": made.on.isoformat()}, row=row)
    return made


@verb
def return_makeup(makeup_id: UUID, *, reason: str, by: Person) -> MakeUp:
    """Give a make-up back (退回补学), with what is missing. Refused without a reason, and when it is decided."""
    made = _open_makeup(makeup_id, by)
    made.refusal = need(reason, _("请写明还差什么。"), field="reason")
    made.decided_at, made.decided_by = clock.now(), by
    made.save(update_fields=["refusal", "decided_at", "decided_by"])
    row = made.attendee
    enter("return_makeup", of_row(row), row.sheet.mine_id, by, {"reason": made.refusal}, row=row)
    return made
