"""Reading screens and their messages."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import Q, QuerySet

from kuangdeng.kernel import clock
from kuangdeng.kernel.errors import NotVisible
from kuangdeng.kernel.ids import digest_of
from kuangdeng.kernel.rows import one_of
from kuangdeng.org.api import Person, has_power
from kuangdeng.web.models import Screen, ScreenMessage, ScreenPolicy
from kuangdeng.web.screens import rules


def need(person: Person, power: str) -> None:
    """The page is not there for who may not use it."""
    if not has_power(person, power):
        raise NotVisible


def screens(person: Person) -> QuerySet[Screen]:
    """The mine's screens that still hang, paired or not."""
    need(person, "screen.interrupt")
    return Screen.objects.filter(mine_id=person.mine_id, removed_at=None)


def get_screen(screen_id: UUID, *, by: Person) -> Screen:
    """One screen of the person's mine. NotVisible when there is none, or it is not his business."""
    screen = screens(by).filter(id=screen_id).first()
    if screen is None:
        raise NotVisible
    return screen


def messages(person: Person) -> QuerySet[ScreenMessage]:
    """What was said on the mine's screens, and is."""
    need(person, "screen.interrupt")
    return ScreenMessage.objects.filter(mine_id=person.mine_id)


def running(at: datetime) -> Q:
    """Messages that stand at this moment."""
    return Q(ended_at=None, starts_at__lte=at, ends_at__gt=at)


def get_message(message_id: UUID, *, by: Person) -> ScreenMessage:
    """One message of the person's mine. NotVisible when there is none."""
    message = messages(by).filter(id=message_id).first()
    if message is None:
        raise NotVisible
    return message


def policy_of(mine_id: UUID) -> ScreenPolicy:
    """The mine's limits, or those that hold until it decides."""
    return ScreenPolicy.objects.filter(mine_id=mine_id).first() or ScreenPolicy(mine_id=mine_id)


# For the displays themselves ------------------------------------------------------------------------------------------


def screen_of(secret: str) -> Screen | None:
    """Which screen this display is, with its mine and the mine's limits; None when it is paired with none."""
    if not rules.SECRET.fullmatch(secret):
        return None
    rows = Screen.objects.select_related("mine__screen_policy")
    return one_of(rows.filter(token_digest=digest_of(secret)))


def note_seen(screen: Screen, showing: str) -> None:
    """Note that the display is alive and what it shows; roughly, so that 300 of them cost few writes."""
    at = clock.now()
    if screen.last_seen_at is None or screen.last_seen_at < at - rules.SEEN_NOTED_EVERY:
        Screen.objects.filter(id=screen.id).update(last_seen_at=at, showing=showing[:40])


@dataclass(frozen=True)
class Said:
    """A notice or an interrupt as displays need it; no `screens`: it is for all of them."""

    is_alarm: bool
    title: str
    words: str
    starts_at: datetime
    ends_at: datetime
    screens: frozenset[UUID]

    def on(self, screen: Screen, at: datetime) -> bool:
        """Whether it stands on this screen at this moment."""
        return self.starts_at <= at < self.ends_at and (not self.screens or screen.id in self.screens)


def said_in(mine_id: UUID, at: datetime) -> list[Said]:
    """What is said in the mine now or will be: interrupts first, the newest before the others."""
    rows = ScreenMessage.objects.filter(mine_id=mine_id, ended_at=None, ends_at__gt=at).prefetch_related("screens")
    return [
        Said(row.kind == ScreenMessage.Kind.INTERRUPT, row.title or str(row.get_kind_display()), row.words, row.starts_at,
             row.ends_at, frozenset(() if row.everywhere else (screen.id for screen in row.screens.all())))
        for row in rows.order_by("kind", "-starts_at", "-id")[:200]
    ]  # fmt: skip


# For the watch --------------------------------------------------------------------------------------------------------


def _limits() -> Iterable[tuple[UUID, int]]:
    mines = Screen.objects.filter(paired_at__isnull=False).order_by().values_list("mine_id", flat=True).distinct()
    said = dict(ScreenPolicy.objects.values_list("mine_id", "lost_minutes"))
    return [(mine_id, said.get(mine_id, rules.LOST)) for mine_id in mines]


def newly_lost(watching_since: datetime) -> list[UUID]:
    """Paired screens that were not heard of for so long as their mine bears, and nobody was told yet.

    The time before `watching_since` does not count: while the server itself was off, no screen could be heard of.
    """
    found: list[UUID] = []
    for mine_id, minutes in _limits():
        before = clock.now() - timedelta(minutes=minutes)
        if watching_since <= before:
            rows = Screen.objects.filter(
                mine_id=mine_id, lost_at=None, last_seen_at__lt=before, paired_at__isnull=False
            )
            found += rows.values_list("id", flat=True)
    return found


def found_again() -> list[UUID]:
    """Screens that were lost and have been heard of since."""
    rows = Screen.objects.filter(lost_at__isnull=False, last_seen_at__gt=clock.now() - timedelta(minutes=2))
    return list(rows.values_list("id", flat=True))
