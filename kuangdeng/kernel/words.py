"""A text that has to be there, and a number as people write it."""

from decimal import Decimal

from django.utils.translation import gettext as _

from kuangdeng.kernel.errors import Refused


def need(text: str, message: str, *, field: str, most: int = 200) -> str:
    """The words without blanks around them. Refused, at their field, when there are none or too many."""
    words = (text or "").strip()
    if not words:
        raise Refused(message, field=field)
    if len(words) > most:
        raise Refused(_("太长了，最多 %(n)d 个字。") % {"n": most}, field=field)
    return words


def plain(value: Decimal) -> str:
    """20, 7.5: a number without zeros at its end."""
    return f"{value.normalize():f}"
