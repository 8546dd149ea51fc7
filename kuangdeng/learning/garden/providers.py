"""What a branch did, by those who know: each part of learning gives one section of its page.

A provider is a function `(Asked) -> Section | None`; those of learning are in `sections`, a higher layer adds its own with
`declare_provider(key, label, provider)`. The order of declaring is the order on the page. A line that may be picked out
has a `thing_id`; `nameless` is what a wall shows of it.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from uuid import UUID

from kuangdeng.org.api import Branch


@dataclass(frozen=True)
class Asked:
    """For which branch and which days a section is composed; `unit_ids` are the units whose people belong to it."""

    branch: Branch
    unit_ids: Sequence[UUID]
    first: date
    last: date


@dataclass(frozen=True)
class Line:
    """One thing that was done."""

    title: str
    nameless: str
    text: str = ""
    who: str = ""
    url: str = ""
    at: datetime | None = None
    thing_id: UUID | None = None


@dataclass(frozen=True)
class Section:
    """A part of the page: numbers, lines, where there is more."""

    figures: Sequence[tuple[str, str]] = ()
    lines: Sequence[Line] = ()
    more_url: str = ""
    note: str = ""


Provider = Callable[[Asked], Section | None]
Many = Callable[[Sequence[UUID]], dict[UUID, Line]]


@dataclass(frozen=True)
class Provided:
    """One kind of section: its label, how it is read, and how picked lines are read again."""

    key: str
    label: object
    build: Provider
    many: Many | None = None


@dataclass
class Composed:
    """A section as the page draws it."""

    key: str
    label: object
    section: Section
    can_pick: bool = field(default=False)


PROVIDERS: dict[str, Provided] = {}


def declare_provider(key: str, label: object, build: Provider, many: Many | None = None) -> None:
    """Add a section to every branch's page, or put a better one in its place."""
    PROVIDERS[key] = Provided(key, label, build, many)


def compose(asked: Asked) -> list[Composed]:
    """Every section that has something to say of this branch."""
    found = []
    for provided in PROVIDERS.values():
        section = provided.build(asked)
        if section is not None and (section.figures or section.lines):
            found.append(Composed(provided.key, provided.label, section, provided.many is not None))
    return found


def lines_of(kind: str, ids: Sequence[UUID]) -> dict[UUID, Line]:
    """Picked lines as they read now; what is not there any more is left out."""
    provided = PROVIDERS.get(kind)
    return provided.many(ids) if provided and provided.many and ids else {}


def line_of(kind: str, thing_id: UUID) -> Line | None:
    """One picked line; None when it is not there any more."""
    return lines_of(kind, [thing_id]).get(thing_id)
