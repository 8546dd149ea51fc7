"""Reading hazards as a program does: page after page from a cursor, and the rows that a verb's body names."""

import base64
import binascii
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TypeVar
from uuid import UUID

from django.db.models import Model, Q, QuerySet
from django.utils.translation import gettext as _

from kuangdeng.hazards.models import Extension, Grade, Hazard, HazardPhoto, Situation, Specialty, StandardHazard
from kuangdeng.hazards.queries import overdue, visible
from kuangdeng.kernel.errors import NotVisible, Refused
from kuangdeng.kernel.search import containing
from kuangdeng.org.api import Person, below

M = TypeVar("M", bound=Model)


@dataclass(frozen=True)
class Wanted:
    """Which hazards a program asks for; empty fields do not narrow."""

    statuses: Sequence[str] = ()
    unit_ids: Sequence[UUID] = ()
    since: datetime | None = None
    changed_since: datetime | None = None
    only_overdue: bool = False
    words: str = ""


@dataclass(frozen=True)
class Slice:
    """One page of a list, newest first, and the cursor of the next; None when this was the last."""

    hazards: list[Hazard] = field(default_factory=list)
    next_cursor: str | None = None


def hazards_after(cursor: str | None, *, wanted: Wanted, most: int, by: Person) -> Slice:
    """The hazards that this person may know of, newest first, after `cursor`.

    The place in the list is an instant and an id, not a page number: what is reported meanwhile shifts nothing, and
    deep pages cost as much as the first. Refused when the cursor is none of ours.
    """
    hazards = _narrowed(visible(by), wanted).select_related(
        "unit", "place", "grade", "specialty", "reporter", "person"
    )  # fmt: skip
    if cursor:
        at, last = read_cursor(cursor)
        hazards = hazards.filter(received_at__lte=at).filter(Q(received_at__lt=at) | Q(id__lt=last))
    rows = list(hazards.order_by("-received_at", "-id")[: most + 1])
    more = len(rows) > most
    rows = rows[:most]
    return Slice(rows, write_cursor(rows[-1].received_at, rows[-1].id) if more else None)


def _narrowed(hazards: QuerySet[Hazard], wanted: Wanted) -> QuerySet[Hazard]:
    if wanted.statuses:
        hazards = hazards.filter(status__in=wanted.statuses)
    if wanted.unit_ids:
        hazards = hazards.filter(unit_id__in=below(wanted.unit_ids))
    if wanted.since:
        hazards = hazards.filter(received_at__gte=wanted.since)
    if wanted.changed_since:
        hazards = hazards.filter(status_since__gte=wanted.changed_since)
    if wanted.only_overdue:
        hazards = hazards.filter(overdue())
    if wanted.words.strip():
        hazards = hazards.filter(containing("search_text", wanted.words))
    return hazards


def write_cursor(at: datetime, last: UUID) -> str:
    """The place in a list after this instant and id, as a program gives it back."""
    micros = int(at.timestamp()) * 1_000_000 + at.microsecond
    return base64.urlsafe_b64encode(micros.to_bytes(8, "big") + last.bytes).decode()


def read_cursor(cursor: str) -> tuple[datetime, UUID]:
    """Where a program goes on reading. Refused when the cursor is none of ours."""
    try:
        raw = base64.b64decode(cursor, altchars=b"-_", validate=True)
        seconds, micros = divmod(int.from_bytes(raw[:8], "big"), 1_000_000)
        return datetime.fromtimestamp(seconds, UTC).replace(microsecond=micros), UUID(bytes=raw[8:])
    except (binascii.Error, ValueError, OverflowError, OSError):
        raise Refused(_("翻页标记（cursor）不对。请从第一页重新读取。"), field="cursor", code="bad_cursor") from None


def knows_of(hazard_id: UUID, *, by: Person) -> None:
    """NotVisible when there is no such hazard that this person may know of; before a verb says anything about it."""
    if not visible(by).filter(id=hazard_id).exists():
        raise NotVisible


def photos_of(hazards: Sequence[Hazard]) -> dict[UUID, list[HazardPhoto]]:
    """The photos of some hazards, with one statement."""
    found: dict[UUID, list[HazardPhoto]] = {hazard.id: [] for hazard in hazards}
    for photo in HazardPhoto.objects.filter(hazard__in=list(found)).order_by("id"):
        found[photo.hazard_id].append(photo)
    return found


def open_extension(hazard_id: UUID) -> Extension:
    """The request for more time that waits for a decision. Refused when there is none."""
    extension = Extension.objects.filter(
        hazard_id=hazard_id, state__in=(Extension.State.ASKED, Extension.State.FIRST)
    ).first()
    if extension is None:
        raise Refused(_("这条隐患没有等待审批的延期申请。"), code="wrong_state")
    return extension


def grades_of(by: Person) -> QuerySet[Grade]:
    """The grades that the mine uses."""
    return Grade.objects.filter(mine_id=by.mine_id, active=True)


def specialties_of(by: Person) -> QuerySet[Specialty]:
    """The specialties that the mine uses, with their sub-specialties."""
    return Specialty.objects.filter(mine_id=by.mine_id, active=True)


def standards_of(by: Person) -> QuerySet[StandardHazard]:
    """The mine's library of standard hazards."""
    return StandardHazard.objects.filter(mine_id=by.mine_id, active=True)


def situations() -> QuerySet[Situation]:
    """Every situation of every version of the legal catalogue."""
    return Situation.objects.select_related("category__version")


def pick(rows: QuerySet[M], row_id: object, *, field: str, what: str) -> M:
    """The row that a body names. Refused, naming the field, when the mine has none such."""
    row = rows.filter(pk=row_id).first()
    if row is None:
        raise Refused(_("没有找到%(what)s。请重新选择。") % {"what": what}, field=field, code="unknown")
    return row
