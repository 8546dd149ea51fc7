"""扫码、刷卡: somebody signs in the room, by the server's clock alone."""

from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext as _

from kuangdeng.kernel import clock, timetext
from kuangdeng.kernel.errors import NotVisible, Refused
from kuangdeng.kernel.rows import one_of
from kuangdeng.kernel.tables import compact
from kuangdeng.kernel.verbs import verb
from kuangdeng.learning.attendance import rules
from kuangdeng.learning.attendance.models import Attendee, Doubt, Sheet, SheetKiosk
from kuangdeng.learning.attendance.rules import ATTENDEE_FLOW, THERE, Method, Phase, SheetStatus
from kuangdeng.learning.attendance.services._steps import enter, led_sheet, locked_sheet, of_row, row_of
from kuangdeng.learning.bookroom.api import reader_of
from kuangdeng.org.api import Person


def _open_now(sheet: Sheet, at: datetime) -> None:
    """Refused outside the window, in words that say when; nothing is kept, so that it does not stand in the way later."""
    phase = rules.phase_at(at, sheet.opens_at, sheet.closes_at, sheet.status)
    if phase == Phase.BEFORE:
        when = timetext.said(sheet.opens_at, at)
        raise Refused(_("还没有开始签到，%s 开放。到时再扫一次码就行。") % when, code="early")
    if phase == Phase.OVER and sheet.status == SheetStatus.CANCELLED:
        raise Refused(_("这次活动已取消，不用签到。"), code="cancelled")
    if phase == Phase.OVER:
        raise Refused(_("签到已经截止。人在会场的，请找主持人或记录人补签。"), code="over")


def _sign(row: Attendee, method: Method, at: datetime, *, device: str = "", by: Person | None = None) -> Attendee:
    late = rules.is_late(at, row.sheet.starts_at, row.sheet.late_after)
    row.state = ATTENDEE_FLOW.target("sign_late" if late else "sign", row.state or None)
    row.method, row.at, row.device, row.by = method, at, device, by
    row.reason, row.approver = "", None
    row.save()
    told = {"state": row.state, "method": row.method, "at": at.isoformat(), "guest": not row.expected}
    enter("sign", of_row(row), row.sheet.mine_id, by, told, row=row)
    return row


def _already(row: Attendee) -> None:
    if row.state in THERE:
        when = timetext.said(row.at, clock.now()) if row.at else ""
        raise Refused(
            _("%(name)s已经签过到了（%(when)s），不用再签。") % {"name": row.person.name, "when": when}, code="again"
        )


@verb
def sign_by_code(sheet_id: UUID, *, device: str, number: str = "", by: Person | None = None) -> Attendee | Doubt:
    """Sign with a phone that scanned the room's code in time (扫码签到): by the employee number, or as who is signed in.

    The view has exchanged the code for a short permit of this device; here the device decides once more: it signs for
    one person. A second person on it is no sign-in but a doubt that the leader settles with a look into the room.
    Refused outside the window, for a number that nobody has, and for who has signed.
    """
    at, sheet = clock.now(), locked_sheet(sheet_id)
    if not device:
        raise NotVisible
    if by is not None and by.mine_id != sheet.mine_id:
        raise NotVisible
    _open_now(sheet, at)
    person = by or _numbered(sheet, number)
    row = row_of(sheet, person)
    _already(row)
    first = one_of(Attendee.objects.select_related("person").filter(sheet=sheet, device=device))
    if first is not None:
        return _doubt(sheet, person, first, device)
    return _sign(row, Method.CODE, at, device=device, by=person)


def _numbered(sheet: Sheet, number: str) -> Person:
    rows = Person.objects.select_related("unit", "mine").filter(mine_id=sheet.mine_id, is_active=True)
    person = one_of(rows.filter(number=compact(number))) if compact(number) else None
    if person is None:
        raise Refused(_("没有这个工号。请核对工作证上的工号再输一次。"), field="number", code="unknown")
    return person


def _doubt(sheet: Sheet, person: Person, first: Attendee, device: str) -> Doubt:
    doubt = one_of(Doubt.objects.filter(sheet=sheet, person=person, settled_at=None))
    if doubt is not None:
        raise Refused(_("已报给会场主持人，等他当面确认，不用再扫。"), code="doubt")
    doubt = Doubt.objects.create(sheet=sheet, person=person, first=first, device=device, at=clock.now())
    row = Attendee(sheet=sheet, person=person, unit=person.unit, id=doubt.id)
    enter("doubt", of_row(row), sheet.mine_id, None, {"first": first.person.name}, row=row)
    return doubt


@verb
def sign_by_card(sheet_id: UUID, *, typed: str, kiosk: SheetKiosk | None = None, by: Person | None = None) -> Attendee:
    """Sign with the work card (刷卡签到): at a kiosk of the sheet, or at the reader on the leader's own screen.

    A number that is typed instead of a card is accepted and marked as such, so that the leader sees who came how.
    Refused outside the window, for a card that nobody has, and for who has signed.
    """
    if kiosk is not None:
        sheet = locked_sheet(sheet_id)
        if kiosk.sheet_id != sheet.id or kiosk.closed_at is not None:
            raise NotVisible
    elif by is not None:
        sheet = led_sheet(sheet_id, by)
    else:
        raise NotVisible
    at = clock.now()
    _open_now(sheet, at)
    reader = reader_of(sheet.mine_id, typed)
    if reader is None:
        raise Refused(_("没有这张卡或这个工号。请再刷一次，或找会场主持人。"), field="typed", code="unknown")
    row = row_of(sheet, reader.person)
    _already(row)
    return _sign(row, Method.CARD if reader.by_card else Method.NUMBER, at, by=by)


@verb
def settle_doubt(doubt_id: UUID, *, accept: bool, by: Person) -> Doubt:
    """Say whether the second person on a phone is really in the room (一机多人核实): accepted, he has signed at the time
    at which he tried; refused, he stays missing. Refused when somebody else has decided."""
    sheet_id = Doubt.objects.filter(id=doubt_id).values_list("sheet_id", flat=True).first()
    if sheet_id is None:
        raise NotVisible
    sheet = led_sheet(sheet_id, by)
    doubt = (
        Doubt.objects.select_for_update(of=("self",)).select_related("person__unit", "first__person").get(id=doubt_id)
    )
    if doubt.settled_at is not None:
        raise Refused(_("这一条已经核实过了。"), code="gone")
    doubt.settled_at, doubt.settled_by, doubt.accepted = clock.now(), by, accept
    doubt.save(update_fields=["settled_at", "settled_by", "accepted"])
    row = row_of(sheet, doubt.person)
    if accept and row.state not in THERE:
        late = rules.is_late(doubt.at, sheet.starts_at, sheet.late_after)
        row.state = ATTENDEE_FLOW.target("sign_late" if late else "sign", row.state or None)
        row.method, row.at, row.by = Method.CODE, doubt.at, by
        row.save()
    told = {"accepted": accept, "first": doubt.first.person.name, "state": row.state}
    subject = of_row(row) if row.state else of_row(Attendee(sheet=sheet, person=doubt.person, id=doubt.id))
    enter("settle_doubt", subject, sheet.mine_id, by, told, row=row)
    return doubt
