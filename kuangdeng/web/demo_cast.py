"""Who plays which part in the demo mine (示例)."""

from collections.abc import Mapping

from kuangdeng.org import api as org
from kuangdeng.web.demo_data import DemoMine


def who(demo: DemoMine, people: Mapping[str, org.Person], role: str, unit: str | None = None) -> org.Person:
    """Who holds a role in a unit; without a unit the one of the cast.

    What is kept on the person for a request is forgotten: the replay turns the clock between two steps.
    """
    number = demo.cast[role]
    if unit is not None:
        number = next(one.number for one in demo.grants if one.role == role and one.unit == unit)
    person = people[number]
    person.__dict__.pop("_held_roles", None)
    return person
