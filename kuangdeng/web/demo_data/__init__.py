"""The demo mine 示例矿: all invented, labelled 示例, the same for the same seed and instant.

26 units with a branch each, 3,000 persons, 185 places, about 400 hazards over the last ninety days. Nothing here
touches the database: whoever loads it feeds the steps through the real verbs, so that the ledger is real.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from random import Random

from kuangdeng.web.demo_data.files import make_org_files
from kuangdeng.web.demo_data.kinds import (
    LABEL,
    MINE_NAME,
    SHANGHAI,
    DemoGrant,
    DemoHazard,
    DemoMine,
    DemoPerson,
    DemoPlace,
    DemoRound,
    DemoStep,
    DemoUnit,
)
from kuangdeng.web.demo_data.lives import LifeMaker, People
from kuangdeng.web.demo_data.people import make_cast, make_grants, make_persons, make_units
from kuangdeng.web.demo_data.places import make_places

__all__ = [
    "LABEL",
    "MINE_NAME",
    "SHANGHAI",
    "DemoGrant",
    "DemoHazard",
    "DemoMine",
    "DemoPerson",
    "DemoPlace",
    "DemoRound",
    "DemoStep",
    "DemoUnit",
    "make_demo_mine",
    "make_org_files",
]

SEED = 20261122


def make_demo_mine(now: datetime, *, seed: int = SEED) -> DemoMine:
    """Make the whole demo mine as it is at `now` (an aware instant); nothing in it lies after that instant."""
    local = now.astimezone(SHANGHAI)
    units, places = make_units(), make_places()
    persons = make_persons(Random(seed), local.date())  # noqa: S311
    grants = make_grants(persons, local.date() - timedelta(days=365))
    maker = LifeMaker(Random(seed + 1), local, units, places, People(persons, grants))  # noqa: S311
    hazards = maker.hazards()
    cast = make_cast(persons, grants)
    return DemoMine(MINE_NAME, units, persons, grants, places, hazards, maker.rounds(hazards), cast)
