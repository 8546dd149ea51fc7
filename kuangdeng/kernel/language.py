"""What the mine keeps is kept in Chinese, whichever language the person at work reads."""

from django.conf import settings
from django.utils import translation


def in_chinese() -> translation.override:
    """Say words in Chinese for a while: for the ledger and for files that are read again later, by others."""
    return translation.override(settings.LANGUAGE_CODE)
