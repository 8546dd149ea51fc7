"""Where a ledger line leads to."""

from django.urls import NoReverseMatch, reverse

from kuangdeng.ledger.api import Entry

PAGES = {
    "hazard": "hazards:detail",
    "accident": "hazards:accident",
    "person": "org:person",
    "unit": "org:unit",
    "place": "org:place",
    "screen": "screens:screen",
}


def thing_url(entry: Entry) -> str:
    """The page of the thing that an entry is about; empty when it has none."""
    name = PAGES.get(entry.subject_kind)
    try:
        return reverse(name, args=[entry.subject_id]) if name else ""
    except NoReverseMatch:
        return ""
