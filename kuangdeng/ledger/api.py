"""Front door of the ledger."""

from kuangdeng.ledger.models import Entry
from kuangdeng.ledger.services import Named, Subject, post

__all__ = ["Entry", "Named", "Subject", "post"]
