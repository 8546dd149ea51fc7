"""Reading published bulletins, and those that are being made."""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import Count, F, Q, QuerySet, Window
from django.db.models.functions import RowNumber

from kuangdeng.hazards.bulletins import compiling, rules
from kuangdeng.hazards.bulletins.models import Addendum, Bulletin, BulletinItem, BulletinPolicy
from kuangdeng.hazards.bulletins.rules import FLOW, PART_LABELS, Owed, Part, Status
from kuangdeng.kernel import clock
from kuangdeng.kernel.errors import NotVisible
from kuangdeng.kernel.search import containing
from kuangdeng.org.api import Mine, Person, has_power


def visible(person: Person) -> QuerySet[Bulletin]:
    """What is published; who makes bulletins also sees what is being made."""
    rows = Bulletin.objects.filter(mine_id=person.mine_id).annotate(lines=Count("items"))
    return rows if has_power(person, "bulletin.check") else rows.filter(status=Status.PUBLISHED)


def get_bulletin(bulletin_id: UUID, *, by: Person) -> Bulletin:
    """One bulletin. NotVisible when there is none that this person may see."""
    rows = Bulletin.objects.filter(mine_id=by.mine_id)
    if not has_power(by, "bulletin.check"):
        rows = rows.filter(status=Status.PUBLISHED)
    found = rows.select_related("mine", "checked_by", "published_by").filter(id=bulletin_id).first()
    if found is None:
        raise NotVisible
    return found


def with_words(rows: QuerySet[Bulletin], words: str) -> QuerySet[Bulletin]:
    """The bulletins in which these words stand in some line."""
    hits = BulletinItem.objects.filter(containing("search_text", words)).values("bulletin_id")
    number = Q(number=int(words)) if words.isascii() and words.isdecimal() and len(words) < 6 else Q()
    return rows.filter(Q(id__in=hits) | number) if number else rows.filter(id__in=hits)


@dataclass
class Section:
    """A part of the bulletin as the page draws it."""

    part: str
    label: object
    items: list[BulletinItem]
    listed: int
    total: int

    @property
    def folded(self) -> int:
        """How many of its lines this page leaves out."""
        return self.listed - len(self.items)

    @property
    def more(self) -> int:
        """How many are counted but stand in no line."""
        return self.total - self.listed


@dataclass
class Page:
    """A bulletin with all that its page shows."""

    bulletin: Bulletin
    sections: list[Section]
    trend: dict[str, dict[str, Any]]
    addenda: list[Addendum]
    before: Bulletin | None
    after: Bulletin | None
    late: bool
    verbs: list[str] = field(default_factory=list)


FOLDED_AFTER = 50
"""Nobody reads three hundred late lines on a screen; who wants them opens the part. Paper has them all."""


def page_of(bulletin: Bulletin, *, by: Person | None = None, unfold: str | None = None) -> Page:
    """A bulletin with its parts, its figures beside yesterday's and the last 30 days', and its neighbours.

    With `unfold` given each part shows its first lines only, but the part of that name all; None shows everything.
    """
    lines: dict[str, list[Any]] = defaultdict(list)
    nth = Window(RowNumber(), partition_by=F("part"), order_by="position")
    rows = BulletinItem.objects.filter(bulletin=bulletin).annotate(
        nth=nth, listed=Window(Count("id"), partition_by=F("part"))
    )
    if unfold is not None:
        rows = rows.filter(Q(nth__lte=FOLDED_AFTER) | Q(part=unfold))
    for item in rows.defer("search_text").order_by("position"):
        lines[item.part].append(item)
    counts = bulletin.figures.get("counts", {})
    sections = []
    for part in Part:
        if found := lines[part]:
            listed = found[0].listed
            sections.append(Section(part, PART_LABELS[part], found, listed, max(listed, int(counts.get(part, 0)))))
    near = Bulletin.objects.filter(mine_id=bulletin.mine_id, status=Status.PUBLISHED)
    return Page(
        bulletin=bulletin,
        sections=sections,
        trend=compiling.trend(bulletin),
        addenda=list(Addendum.objects.filter(bulletin=bulletin).select_related("by")),
        before=near.filter(day__lt=bulletin.day).order_by("-day").first(),
        after=near.filter(day__gt=bulletin.day).order_by("day").first(),
        late=bulletin.compiled_at - bulletin.until > timedelta(hours=1),
        verbs=[one for one in FLOW.from_(bulletin.status) if by and has_power(by, f"bulletin.{one}")],
    )


def owed_by(mine: Mine, at: datetime) -> list[Owed]:
    """The bulletins of the mine whose hour has come."""
    policy = BulletinPolicy.objects.filter(mine=mine).first() or BulletinPolicy(mine=mine)
    last: date | None = Bulletin.objects.filter(mine=mine).order_by("-day").values_list("day", flat=True).first()
    return rules.owed(last, now=at, hour=policy.hour, zone=ZoneInfo(mine.timezone))


def past_cut_off(mine: Mine, at: datetime) -> list[Bulletin]:
    """What was not published by its cut-off, the oldest first."""
    policy = BulletinPolicy.objects.filter(mine=mine).first() or BulletinPolicy(mine=mine)
    zone = ZoneInfo(mine.timezone)
    waiting = Bulletin.objects.filter(mine=mine).exclude(status=Status.PUBLISHED).order_by("day")
    return [one for one in waiting if datetime.combine(one.day, policy.cut_off, zone) <= at]


def fingerprint(bulletin: Bulletin) -> str:
    """The digest of what is published, from the rows as the database holds them."""
    head = {
        "mine": str(bulletin.mine_id), "day": bulletin.day.isoformat(), "year": bulletin.year, "number": bulletin.number,
        "since": bulletin.since.isoformat(), "until": bulletin.until.isoformat(), "figures": bulletin.figures,
        "note": bulletin.note,
    }  # fmt: skip
    fields = ("part", "position", "subject_kind", "subject_id", "unit_id", "text", "line")
    rows = BulletinItem.objects.filter(bulletin=bulletin).order_by("position").values(*fields)
    return rules.digest(
        head, [{**row, "subject_id": str(row["subject_id"]), "unit_id": str(row["unit_id"])} for row in rows]
    )


def today_owed(mine: Mine) -> Owed | None:
    """What can be compiled on demand now: today's bulletin up to this moment, unless there is one."""
    local = clock.local()
    if Bulletin.objects.filter(mine=mine, day__gte=local.date()).exists():
        return None
    return Owed(local.date(), clock.now())


def policy_of(mine_id: UUID) -> BulletinPolicy:
    """The mine's policy, or the one it begins with."""
    return BulletinPolicy.objects.filter(mine_id=mine_id).first() or BulletinPolicy(mine_id=mine_id)


def open_to(address: str, mine_id: UUID) -> bool:
    """Whether this address may read without signing in."""
    policy = policy_of(mine_id)
    return policy.open_reading and rules.within(address, policy.ranges)


def latest(mine_id: UUID, day: date | None = None) -> Bulletin | None:
    """The newest published bulletin, or the one of a day."""
    rows = Bulletin.objects.filter(mine_id=mine_id, status=Status.PUBLISHED).select_related("mine")
    return (rows.filter(day=day) if day else rows).order_by("-day").first()


def published_of(subject_id: UUID) -> list[tuple[Bulletin, str]]:
    """In which bulletins a hazard has stood, the newest first, and in which part."""
    rows = BulletinItem.objects.filter(subject_id=subject_id, bulletin__status=Status.PUBLISHED)
    found = rows.select_related("bulletin").order_by("-bulletin__day")[:60]
    return [(row.bulletin, row.part) for row in found]


def unbalanced(mine_id: UUID, since: datetime) -> list[Bulletin]:
    """Bulletins whose account does not close: something disappeared, or came from nowhere."""
    rows = Bulletin.objects.filter(mine_id=mine_id, until__gte=since).order_by("day")
    return [one for one in rows if one.balance.gap]
