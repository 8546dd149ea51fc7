"""The forensic history: what every row was before it changed, kept by database triggers, whoever changed it.

The first values need no copy: they are what the first change replaced, or what stands there now. So inserts cost
nothing, and an UPDATE or DELETE that bypassed the verbs is caught like any other. The history is read by the row that
it is about, seldom; so that is its only index (see the settings), and a change stays cheap.
"""

from collections.abc import Callable
from typing import TypeVar

import pghistory
from django.db.models import Model

M = TypeVar("M", bound=type[Model])


def tracked(*, exclude: list[str] | None = None) -> Callable[[M], M]:
    """Class decorator: keep the old row on every update and delete of this table."""
    decorate: Callable[[M], M] = pghistory.track(
        pghistory.UpdateEvent(row=pghistory.Old),
        pghistory.DeleteEvent(row=pghistory.Old),
        exclude=exclude or [],
    )
    return decorate
