"""班前会: the team hears what was fed back, says who was there, and acknowledges."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.utils.translation import gettext as _

from kuangdeng.hazards.groups.models import Acknowledgement, Presence, PreShiftMeeting
from kuangdeng.hazards.groups.queries import get_team, meeting_shifts
from kuangdeng.kernel.clock import now
from kuangdeng.kernel.errors import Refused
from kuangdeng.kernel.verbs import verb
from kuangdeng.ledger.api import Subject, post
from kuangdeng.org.api import Person, Unit

MOST_PRESENT = 500


@dataclass(frozen=True)
class MeetingData:
    """One meeting before one shift: who was there by name, how many in all, what was said."""

    day: date
    shift_name: str
    present: int
    persons: Sequence[Person] = ()
    note: str = ""


@verb
def hold(unit_id: UUID, *, data: MeetingData, acknowledgement_ids: Sequence[int], by: Person) -> PreShiftMeeting:
    """Hold a team's pre-shift meeting (班前会签认): everything that was read out counts as heard by the team.

    One meeting per team and shift: what comes up later in the same shift is added to it, as are people who came late.
    What the team has acknowledged already is left as it is, so pressing twice does no harm. Refused for who does not
    lead the team, for a shift that is not now, without anybody present, and when nothing is new.
    """
    unit = get_team(unit_id, by=by)
    _fits(unit, data)
    meeting, added = _meeting(unit, data, by)
    heard = _heard(unit, acknowledgement_ids)
    if not added and not heard:
        raise Refused(_("这一班的班前会已经登记过，没有新的反馈要签认。"), code="again")
    at = now()
    for one in heard:
        one.acknowledged_at, one.meeting, one.by = at, meeting, by
    Acknowledgement.objects.bulk_update(heard, ["acknowledged_at", "meeting", "by"])
    post(
        "group.acknowledge",
        Subject("pre_shift_meeting", meeting.id, f"{unit.name} {meeting.day:%m-%d} {meeting.shift_name}".strip()),
        mine_id=unit.mine_id,
        by=by,
        unit=unit,
        quantity=len(heard),
        payload={
            "present": meeting.present, "signed": meeting.presences.count(), "note": meeting.note,
            "heard": [one.feedback.case.item.text for one in heard], "late": sum(one.due_at < at for one in heard),
        },
    )  # fmt: skip
    return meeting


def _fits(unit: Unit, data: MeetingData) -> None:
    if (data.day, data.shift_name) not in [(one.day, one.name) for one in meeting_shifts(unit.mine, unit, now())]:
        raise Refused(_("班次不对：只能登记刚过的、现在的和下一个班。请重新选择。"), field="shift")
    if data.present < 1 and not data.persons:
        raise Refused(_("请勾选到会的人，或填写到会人数。"), field="present")
    if data.present > MOST_PRESENT:
        raise Refused(_("到会人数不能超过 %(most)s 人。请检查。") % {"most": MOST_PRESENT}, field="present")


def _meeting(unit: Unit, data: MeetingData, by: Person) -> tuple[PreShiftMeeting, bool]:
    """The meeting of this shift, locked, and whether anything about it is new."""
    people = list(dict.fromkeys(data.persons))
    present = max(data.present, len(people))
    own = {
        "mine": unit.mine, "unit_name": unit.name, "chair": by, "held_at": now(), "present": present, "note": data.note.strip()
    }  # fmt: skip
    meeting, new = PreShiftMeeting.objects.select_for_update(of=("self",)).get_or_create(
        unit=unit, day=data.day, shift_name=data.shift_name, defaults=own
    )
    before = set(meeting.presences.values_list("person_id", flat=True))
    came = [one for one in people if one.id not in before]
    Presence.objects.bulk_create([Presence(meeting=meeting, person=one, name=one.name) for one in came])
    more = max(meeting.present, present, len(before) + len(came))
    note = data.note.strip() or meeting.note
    changed = bool(came) or (more, note) != (meeting.present, meeting.note)
    if not new and changed:
        meeting.present, meeting.note = more, note
        meeting.save()
    return meeting, new or changed


def _heard(unit: Unit, ids: Sequence[int]) -> list[Acknowledgement]:
    """What of this was still owed, locked."""
    rows = Acknowledgement.objects.select_for_update(of=("self",)).select_related("feedback__case__item")
    return list(rows.filter(unit=unit, id__in=ids, acknowledged_at=None).order_by("id"))
