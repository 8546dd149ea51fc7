"""What the hazard pages share."""

from django.urls import NoReverseMatch, reverse


def address(name: str, *args: object) -> str:
    """Where a page is; empty when it is not part of this installation."""
    try:
        return reverse(name, args=args)
    except NoReverseMatch:
        return ""
