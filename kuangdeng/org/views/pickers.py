"""What the pickers of persons and units are answered: only what the person who asks may know."""

from uuid import UUID

from django.http import HttpRequest, JsonResponse

from kuangdeng.org.models import Unit
from kuangdeng.org.queries import people as queries
from kuangdeng.org.views._common import viewer_of

MOST = 30


def pick_person(request: HttpRequest) -> JsonResponse:
    """Persons by name, number or pinyin; without words, one's own unit. `unit` narrows to a unit and below."""
    viewer = viewer_of(request)
    words = request.GET.get("q", "").replace("\x00", "").strip()[:60]
    found = queries.pickable_persons(viewer)
    unit = _uuid(request.GET.get("unit"))
    if unit is not None:
        found = queries.of_unit(found, unit)
    elif not words and viewer.unit is not None:
        found = queries.of_unit(found, queries.main_unit_id(viewer.unit))
    found = queries.search_persons(found, words).select_related("unit__parent")[:MOST]
    options = [
        {
            "id": str(one.id),
            "label": one.name,
            "hint": " · ".join(filter(None, [one.number, one.unit.full_name if one.unit else ""])),
            "group": "",
        }
        for one in found
    ]
    return JsonResponse({"options": options, "up": None})


def pick_unit(request: HttpRequest) -> JsonResponse:
    """Units by name or initials; without words the top of the tree, `parent` goes down. Unit names are no secret."""
    viewer = viewer_of(request)
    words = request.GET.get("q", "").replace("\x00", "").strip()[:60]
    if words:
        found, up = queries.search_units(viewer, words)[:MOST], None
    else:
        parent = _uuid(request.GET.get("parent"))
        tree = queries.unit_tree(viewer)
        found = [one for one in tree if one.parent_id == parent]
        above = next((one for one in tree if one.id == parent), None)
        up = {"id": str(above.parent_id or ""), "label": above.name} if above else None
    deep = queries.with_children(viewer)
    options = [
        {
            "id": str(one.id),
            "label": one.full_name,
            "hint": _above(one) if words else one.get_kind_display(),
            "group": "",
            "into": one.id in deep,
        }
        for one in found
    ]
    return JsonResponse({"options": options, "up": up})


def _above(unit: Unit) -> str:
    """Where it stands, unless its name says so."""
    return unit.parent.name if unit.parent and unit.full_name == unit.name else ""


def _uuid(text: str | None) -> UUID | None:
    try:
        return UUID(text or "")
    except ValueError:
        return None
