"""What the ledger asks about people and units without knowing them: the organisation answers, once it has said so."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol
from uuid import UUID


@dataclass(frozen=True)
class Contact:
    """Where one person can be reached."""

    name: str
    email: str = ""
    phone: str = ""
    active: bool = True


class People(Protocol):
    """Who answers."""

    def contacts(self, person_ids: Iterable[UUID]) -> Mapping[UUID, Contact]:
        """Names and addresses of these people."""
        ...

    def shift_ends(self, person_ids: Iterable[UUID], at: datetime) -> Mapping[UUID, datetime]:
        """When the shift of each one's unit ends in which this moment lies; who has no shifts is left out."""
        ...

    def units_above(self, unit_id: UUID) -> frozenset[UUID]:
        """This unit and all above it."""
        ...

    def names_in(self, mine_id: UUID, text: str) -> list[str]:
        """The names of people of the mine that stand in a text."""
        ...

    def mine_name(self, mine_id: UUID) -> str:
        """What the mine is called."""
        ...


class Nobody:
    """Before anybody answers: nobody is known."""

    def contacts(self, person_ids: Iterable[UUID]) -> Mapping[UUID, Contact]:
        return {}

    def shift_ends(self, person_ids: Iterable[UUID], at: datetime) -> Mapping[UUID, datetime]:
        return {}

    def units_above(self, unit_id: UUID) -> frozenset[UUID]:
        return frozenset({unit_id})

    def names_in(self, mine_id: UUID, text: str) -> list[str]:
        return []

    def mine_name(self, mine_id: UUID) -> str:
        return ""


_asked: list[People] = [Nobody()]


def declare_people(people: People) -> None:
    """Say who answers from now on."""
    _asked[0] = people


def people() -> People:
    """Who answers."""
    return _asked[0]
