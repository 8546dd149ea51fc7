"""Words that people type, as verbs take them: without blanks around them, neither missing nor endless; numbers as people
write them."""

from decimal import Decimal

from django.utils.translation import gettext as _

from kuangdeng.kernel.errors import Refused


def need(text: str, message: str, *, field: str, most: int = 200) -> str:
    """The words without blanks around them. Refused, at their field, when there are none or too many."""
    words = short(text, field=field, most=most)
    if not words:
        raise Refused(message, field=field)
    return words


def short(text: str, *, field: str, most: int) -> str:
    """Words that may be none, without blanks around them. Refused when there are too many."""
    words = (text or "").strip()
    if len(words) > most:
        raise Refused(_("太长了，最多 %(n)d 个字。") % {"n": most}, field=field)
    return words


def source_of(text: str, *, confirmed: bool, field: str = "source") -> str:
    """Where it is written what a figure is (依据), without blanks around it; it may still be missing.

    Refused when the figure is called confirmed: then somebody has read it somewhere.
    """
    words = (text or "").strip()[:200]
    if confirmed and not words:
        raise Refused(_("确认过的要写明依据：哪个文件、第几条，或者谁定的。"), field=field)
    return words


def plain(value: Decimal) -> str:
    """20, 7.5: a number without zeros at its end."""
    return f"{value.normalize():f}"
