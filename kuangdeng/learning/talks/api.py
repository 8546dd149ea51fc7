"""Front door of the talks, for classes (retraining), files, the home page and the demo mine."""

from kuangdeng.learning.talks.models import Retraining, Talk
from kuangdeng.learning.talks.queries import Waiting, retraining_owed, visible, waiting_for
from kuangdeng.learning.talks.rules import CAUSE_LABELS, FLOW, STATUS_LABELS, Status
from kuangdeng.learning.talks.services import (
    Record,
    accept_retraining,
    assign,
    finish_retraining,
    open_talks,
    record,
    sign,
)

__all__ = [
    "CAUSE_LABELS",
    "FLOW",
    "STATUS_LABELS",
    "Record",
    "Retraining",
    "Status",
    "Talk",
    "Waiting",
    "accept_retraining",
    "assign",
    "finish_retraining",
    "open_talks",
    "record",
    "retraining_owed",
    "sign",
    "visible",
    "waiting_for",
]
