"""What each role may do, over all contexts: each declares its own table at start, this is their union."""

from collections.abc import Mapping
from dataclasses import dataclass

from kuangdeng.org.rules import Role


@dataclass(frozen=True)
class Power:
    """One thing that may be done, by whom."""

    code: str
    label: object
    area: object
    roles: frozenset[Role]


POWERS: dict[str, Power] = {}


def declare(area: object, may: Mapping[str, frozenset[Role]], labels: Mapping[str, object]) -> None:
    """Add a context's table of powers. Raises KeyError when a power has no Chinese label."""
    for code, roles in may.items():
        POWERS[code] = Power(code, labels[code], area, roles)
