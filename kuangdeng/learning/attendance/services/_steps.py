"""Steps of the sign-in. Those without underscore are also taken by the verbs of study and classes, inside their own
transaction: a session and its sheet are made, moved and called off together."""

import secrets
from collections.abc import Collection, Iterable, Mapping
from datetime import datetime, timedelta
from uuid import UUID

from django.utils.translation import gettext as _

from kuangdeng.kernel import clock
from kuangdeng.kernel.errors import NotVisible, Refused
from kuangdeng.kernel.rows import one_of
from kuangdeng.learning.attendance import rules
from kuangdeng.learning.attendance.models import Attendee, Sheet, SheetLeader
from kuangdeng.learning.attendance.queries import leads
from kuangdeng.learning.attendance.rules import ATTENDEE_FLOW, SHEET_FLOW, SheetStatus, State
from kuangdeng.ledger.api import Entry, Subject, only_told, post
from kuangdeng.org.api import Person, has_power

# For the verbs of higher parts ------------------------------------------------------------------------------------------


def make_sheet(
    *,
    mine_id: UUID,
    kind: str,
    title: str,
    starts_at: datetime,
    ends_at: datetime,
    by: Person | None,
    place_text: str = "",
    back: str = "",
    opens_at: datetime | None = None,
    closes_at: datetime | None = None,
    late_after: int = rules.LATE_AFTER,
    leaders: Iterable[Person] = (),
    expected: Iterable[Person] = (),
) -> Sheet:
    """Lay out the sheet of an occasion (建签到表), with who leads the room and who is expected.

    A step, to be called inside the verb that makes the occasion. Refused when the end is not after the beginning.
    """
    _check_times(starts_at, ends_at)
    sheet = Sheet.objects.create(
        mine_id=mine_id, kind=kind[:40], title=title[:200], place_text=place_text[:100], back=back, starts_at=starts_at,
        ends_at=ends_at, opens_at=opens_at or starts_at - rules.OPENS_BEFORE, closes_at=closes_at or ends_at,
        late_after=late_after, secret=secrets.token_hex(32), status=SHEET_FLOW.target("make", None), made_by=by,
    )  # fmt: skip
    set_leaders(sheet, leaders)
    set_expected(sheet, expected)
    return sheet


def _check_times(starts_at: datetime, ends_at: datetime) -> None:
    if ends_at <= starts_at:
        raise Refused(_("结束时间要晚于开始时间。"), field="ends_at")
    if ends_at - starts_at > timedelta(hours=24):
        raise Refused(_("一次最长 24 小时。几天的活动请分成几次。"), field="ends_at")


def change_sheet(
    sheet: Sheet, *, title: str, starts_at: datetime, ends_at: datetime, place_text: str, kind: str | None = None
) -> None:
    """The occasion got another name, time or place; the window of the sign-in moves with it. A step."""
    _check_times(starts_at, ends_at)
    before, after = sheet.starts_at - sheet.opens_at, sheet.closes_at - sheet.ends_at
    sheet.title, sheet.place_text = title[:200], place_text[:100]
    sheet.kind = kind[:40] if kind else sheet.kind
    sheet.starts_at, sheet.ends_at = starts_at, ends_at
    sheet.opens_at, sheet.closes_at = (
        starts_at - before,
        max(ends_at + after, starts_at - before + timedelta(minutes=1)),
    )
    sheet.save(update_fields=["title", "place_text", "kind", "starts_at", "ends_at", "opens_at", "closes_at"])


def set_leaders(sheet: Sheet, people: Iterable[Person]) -> None:
    """Who leads the room from now on (主持人、记录人、教师). A step."""
    wanted = {one.id for one in people}
    there = set(SheetLeader.objects.filter(sheet=sheet).values_list("person_id", flat=True))
    SheetLeader.objects.filter(sheet=sheet, person_id__in=there - wanted).delete()
    SheetLeader.objects.bulk_create(SheetLeader(sheet=sheet, person_id=one) for one in sorted(wanted - there))


def set_expected(sheet: Sheet, people: Iterable[Person]) -> tuple[int, int]:
    """Who is expected from now on; how many came onto the list and how many left it. A step.

    Who has signed, asked for leave or made it up stays in the records: he is only no longer expected.
    """
    wanted = {one.id: one for one in people}
    rows = {one.person_id: one for one in Attendee.objects.filter(sheet=sheet)}
    off = [one for key, one in rows.items() if key not in wanted and one.expected]
    bare = [one.id for one in off if one.state == State.MISSING and one.leave_asked_at is None]
    Attendee.objects.filter(id__in=bare).delete()
    Attendee.objects.filter(id__in=[one.id for one in off if one.id not in bare]).update(expected=False)
    back = [one.id for key, one in rows.items() if key in wanted and not one.expected]
    Attendee.objects.filter(id__in=back).update(expected=True)
    new = [one for key, one in wanted.items() if key not in rows]
    first = ATTENDEE_FLOW.target("expect", None)
    Attendee.objects.bulk_create(Attendee(sheet=sheet, person=one, unit_id=one.unit_id, state=first) for one in new)
    return len(new) + len(back), len(off)


def close_sheet(sheet: Sheet) -> None:
    """Nobody signs any more by himself; who is missing is missing. Nothing happens when it is closed. A step."""
    if sheet.status == SheetStatus.RUNNING:
        _end(sheet, "close")


def cancel_sheet(sheet: Sheet) -> None:
    """The occasion does not take place. A step. Refused when the sheet is closed."""
    _end(sheet, "cancel")


def _end(sheet: Sheet, verb: str) -> None:
    sheet.status, sheet.closed_at = SHEET_FLOW.target(verb, sheet.status), clock.now()
    sheet.save(update_fields=["status", "closed_at"])


# For the verbs here -----------------------------------------------------------------------------------------------------


def locked_sheet(sheet_id: UUID) -> Sheet:
    """The sheet, locked: of two who sign on one device at the same moment the second is seen. NotVisible for none."""
    rows = Sheet.objects.select_for_update(of=("self",), no_key=True).select_related("mine")
    sheet = one_of(rows.filter(id=sheet_id))
    if sheet is None:
        raise NotVisible
    return sheet


def led_sheet(sheet_id: UUID, by: Person) -> Sheet:
    """The sheet, locked, for who leads its room. NotVisible for everybody else."""
    sheet = locked_sheet(sheet_id)
    if sheet.mine_id != by.mine_id or not leads(sheet_id, by):
        raise NotVisible
    return sheet


def locked_attendee(attendee_id: UUID, mine_id: UUID) -> Attendee:
    """One row with its sheet, both locked, the sheet first. NotVisible for none."""
    sheet_id = (
        Attendee.objects.filter(id=attendee_id, sheet__mine_id=mine_id).values_list("sheet_id", flat=True).first()
    )
    if sheet_id is None:
        raise NotVisible
    sheet = locked_sheet(sheet_id)
    row = Attendee.objects.select_for_update(of=("self",)).select_related("person__unit", "unit").get(id=attendee_id)
    row.sheet = sheet
    return row


def row_of(sheet: Sheet, person: Person) -> Attendee:
    """The person's row of a locked sheet; a new unsaved one, not expected, for who is not on the list."""
    rows = Attendee.objects.select_for_update(of=("self",)).select_related("person", "unit")
    row = one_of(rows.filter(sheet=sheet, person=person))
    return row or Attendee(sheet=sheet, person=person, unit=person.unit, expected=False, state="")


def approver_of(approver_id: UUID | None, by: Person) -> Person:
    """Who stands for what is entered afterwards. Refused for nobody, for oneself, and for who may not."""
    rows = Person.objects.select_related("unit").filter(mine_id=by.mine_id, is_active=True)
    person = one_of(rows.filter(id=approver_id)) if approver_id else None
    if person is None:
        raise Refused(_("请选批准人。"), field="approver")
    if person.id == by.id:
        raise Refused(_("不能自己批准自己补录的签到，请选另一位批准人。"), field="approver")
    if not has_power(person, "attendance.approve"):
        raise Refused(
            _("%s没有批准补录签到的权限。请选支部书记、区队长、政工部、培训科或矿领导。") % person.name,
            field="approver",
        )
    return person


def enter(
    verb: str,
    subject: Subject,
    mine_id: UUID,
    by: Person | None,
    payload: Mapping[str, object],
    *,
    row: Attendee | None = None,
    quantity: int = 1,
) -> Entry:
    """The ledger line of a verb of the sign-in; the unit is that of the person whom it is about."""
    unit = row.unit if row else None
    return post(
        f"attendance.{verb}", subject, mine_id=mine_id, by=by,
        unit=unit, payload=only_told(payload), quantity=quantity,
    )  # fmt: skip


def of_sheet(sheet: Sheet) -> Subject:
    """A sheet as the ledger names it."""
    return Subject("attendance_sheet", sheet.id, sheet.title)


def of_row(row: Attendee) -> Subject:
    """A person at an occasion as the ledger names him."""
    return Subject("attendee", row.id, f"{row.person.name}：{row.sheet.title}")


def persons_in(ids: Collection[UUID], by: Person) -> list[Person]:
    """These persons of the mine who still work here. Refused when one is not there."""
    found = list(Person.objects.select_related("unit").filter(id__in=ids, mine_id=by.mine_id, is_active=True))
    if len(found) != len(set(ids)):
        raise Refused(_("名单里有人已经离矿或不在本矿，请重新选。"), field="persons", code="gone")
    return found
