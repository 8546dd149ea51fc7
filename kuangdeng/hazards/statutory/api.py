"""Front door of the legal reports."""

from kuangdeng.hazards.statutory.models import StatutoryReport
from kuangdeng.hazards.statutory.queries import Owed, waiting_for
from kuangdeng.hazards.statutory.rules import FLOW, KIND_LABELS, Kind, Period, To, parse_period, period_of
from kuangdeng.hazards.statutory.services import ReceiptData, TickData, draft, report_major, send, sign

__all__ = [
    "FLOW",
    "KIND_LABELS",
    "Kind",
    "Owed",
    "Period",
    "ReceiptData",
    "StatutoryReport",
    "TickData",
    "To",
    "draft",
    "parse_period",
    "period_of",
    "report_major",
    "send",
    "sign",
    "waiting_for",
]
