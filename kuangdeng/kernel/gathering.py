"""What waits for a person in many tables, as lines of one kind: one statement reads them all.

A page that gathers from every part of a domain would otherwise ask each for itself. A part says which of its rows wait
(`lines`); whoever stands above puts the parts together (`gather`).
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import CharField, Count, DateField, DateTimeField, F, IntegerField, Min, QuerySet, Value
from django.db.models.expressions import Combinable
from django.db.models.functions import Cast

MOST = 20
"""So many lines of one kind, the first first."""
Part = QuerySet[Any, Any]


@dataclass(frozen=True)
class Line:
    """One thing that waits. `id` is that of the page it leads to; what is said of it depends on its kind."""

    kind: str
    id: str
    who: str
    title: str
    note: str
    at: datetime | None
    on: date | None
    number: int


def lines(
    rows: QuerySet[Any, Any], kind: str, key: str = "id", *, who: str | Combinable = "", title: str | Combinable = "",
    note: str | Combinable = "", at: str | None = None, on: str | None = None, number: str | int = 1,
) -> Part:  # fmt: skip
    """These rows as lines of this kind, the first to come first; each fact is a field of the rows or reckoned from it."""
    moment: Any = F(at) if at else Cast(Value(None), DateTimeField())
    day: Any = F(on) if on else Cast(Value(None), DateField())
    count: Any = F(number) if isinstance(number, str) else Value(number, output_field=IntegerField())
    words = [_words(one) for one in (who, title, note)]
    ordered = rows.order_by(*(one for one in (at, on) if one))
    return ordered.values_list(Value(kind), Cast(key, CharField()), *words, moment, day, count)[:MOST]


def summed(rows: QuerySet[Any, Any], kind: str, since: str) -> Part:
    """How many of a mine's rows wait and since when, as one line; none when there are none."""
    counted = rows.order_by().values("mine_id").annotate(counted=Count("id"), oldest=Min(since))
    return lines(counted, kind, "mine_id", at="oldest", number="counted")


def _words(said: str | Combinable) -> Any:
    return Cast(F(said) if isinstance(said, str) and said else said or Value(""), CharField())


def gather(parts: Iterable[Part]) -> list[Line]:
    """The lines of all parts. One statement."""
    first, *others = parts
    return [Line(*row) for row in first.union(*others, all=True)]
