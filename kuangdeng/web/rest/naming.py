"""Things that a body names by id, and how an answer names them."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from kuangdeng.kernel.errors import NotVisible, Refused
from kuangdeng.org.api import Person, get_person, get_place, get_unit


def unit_of(unit_id: UUID | None, by: Person, field: str = "unit") -> Any:
    """The unit that a body names."""
    return named(lambda: get_unit(unit_id, by=by), unit_id, field, _("单位"))  # type: ignore[arg-type]


def person_of(person_id: UUID | None, by: Person, field: str = "person") -> Any:
    """The person that a body names."""
    return named(lambda: get_person(person_id, by=by), person_id, field, _("人员"))  # type: ignore[arg-type]


def place_of(place_id: UUID | None, by: Person, field: str = "place") -> Any:
    """The place that a body names."""
    return named(lambda: get_place(place_id, by=by), place_id, field, _("地点"))  # type: ignore[arg-type]


def named(getter: Callable[[], object], wanted: UUID | None, field: str, what: str) -> object:
    """A thing that a body names; what is not there is a fault of that field, not a missing page."""
    if wanted is None:
        return None
    try:
        return getter()
    except NotVisible:
        raise Refused(_("没有找到%(what)s。请重新选择。") % {"what": what}, field=field, code="unknown") from None


def ref_of(thing: Any) -> dict[str, object] | None:
    """A thing as an answer names it."""
    return {"id": thing.id, "name": str(thing)} if thing is not None else None
