"""Front door of the reconciliation, for the doctor and the demo mine."""

from kuangdeng.hazards.reconciliation.queries import overdue, unexplained
from kuangdeng.hazards.reconciliation.services import reconcile

__all__ = ["overdue", "reconcile", "unexplained"]
