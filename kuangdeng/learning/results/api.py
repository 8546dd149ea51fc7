"""Front door of the results, for talks, classes, files, the home page and the demo mine."""

from kuangdeng.learning.results.models import Regrade
from kuangdeng.learning.results.queries import by_unit, waiting_rows
from kuangdeng.learning.results.rules import FLOW, STATUS_LABELS, Status
from kuangdeng.learning.results.services import approve, propose

__all__ = [
    "FLOW",
    "STATUS_LABELS",
    "Regrade",
    "Status",
    "approve",
    "by_unit",
    "propose",
    "waiting_rows",
]
