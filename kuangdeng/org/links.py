"""What higher layers hang onto the pages of the organisation; the organisation itself knows no domain."""

from collections.abc import Callable
from dataclasses import dataclass

from kuangdeng.org.models import Person, Place


@dataclass(frozen=True)
class Link:
    """One way on from a place, with a count if there is one."""

    label: str
    url: str
    count: int | None = None


PLACE_LINKS: list[Callable[[Place, Person], Link | None]] = []
"""Each adds one link to the page of a place, or none."""


def links_of(place: Place, person: Person) -> list[Link]:
    """Every link that somebody hangs onto this place for this person."""
    return [link for make in PLACE_LINKS if (link := make(place, person)) is not None]
