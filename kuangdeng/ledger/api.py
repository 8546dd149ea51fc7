"""Front door of the ledger."""

from kuangdeng.ledger.services import Named, Subject, post

__all__ = ["Named", "Subject", "post"]
