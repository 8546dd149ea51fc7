"""The verbs of the hazard loop, split by who holds the hazard: triage, the order, its end, what is major."""

from kuangdeng.hazards.services.aside import decide_quarantine, record_penalty
from kuangdeng.hazards.services.finish import accept, close, reject, reopen
from kuangdeng.hazards.services.importing import confirm_import, import_rows
from kuangdeng.hazards.services.major import escalate, save_plan, supervise
from kuangdeng.hazards.services.order import (
    approve_extension,
    dispatch,
    rectify,
    refuse_extension,
    request_extension,
    sign,
    transfer,
)
from kuangdeng.hazards.services.places import fill_place
from kuangdeng.hazards.services.triage import (
    Receipt,
    ReportData,
    fix_on_site,
    grade,
    merge,
    report,
    resubmit,
    send_back,
    void,
)

__all__ = [
    "Receipt",
    "ReportData",
    "accept",
    "approve_extension",
    "close",
    "confirm_import",
    "decide_quarantine",
    "dispatch",
    "escalate",
    "fill_place",
    "fix_on_site",
    "grade",
    "import_rows",
    "merge",
    "record_penalty",
    "rectify",
    "refuse_extension",
    "reject",
    "reopen",
    "report",
    "request_extension",
    "resubmit",
    "save_plan",
    "send_back",
    "sign",
    "supervise",
    "transfer",
    "void",
]
