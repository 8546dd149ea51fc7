"""Front door of the reconciliation, for the doctor and the demo mine."""

from kuangdeng.hazards.reconciliation.queries import unexplained
from kuangdeng.hazards.reconciliation.services import reconcile

__all__ = ["reconcile", "unexplained"]
