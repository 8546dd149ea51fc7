"""Front door of the talks, for classes (retraining), files, the home page and the demo mine."""

from kuangdeng.learning.talks import retraining
from kuangdeng.learning.talks.models import Retraining, Talk
from kuangdeng.learning.talks.queries import (
    get_retraining,
    retrained_in,
    retraining_owed,
    visible,
    waiting_rows,
)
from kuangdeng.learning.talks.rules import FLOW, STATUS_LABELS, Status
from kuangdeng.learning.talks.services import Record, assign, let_sit, open_talks, record, settle, sign
from kuangdeng.learning.talks.words import TODO

__all__ = [
    "FLOW",
    "STATUS_LABELS",
    "TODO",
    "Record",
    "Retraining",
    "Status",
    "Talk",
    "assign",
    "get_retraining",
    "let_sit",
    "open_talks",
    "record",
    "retrained_in",
    "retraining",
    "retraining_owed",
    "settle",
    "sign",
    "visible",
    "waiting_rows",
]
