"""Front door of the daily bulletin, for the screens, the documents and the demo mine."""

from kuangdeng.hazards.bulletins.models import Bulletin, BulletinItem
from kuangdeng.hazards.bulletins.queries import Page, latest, page_of
from kuangdeng.hazards.bulletins.rules import FLOW, Owed, Part
from kuangdeng.hazards.bulletins.services import check, compile_day, correct, publish

__all__ = [
    "FLOW",
    "Bulletin",
    "BulletinItem",
    "Owed",
    "Page",
    "Part",
    "check",
    "compile_day",
    "correct",
    "latest",
    "page_of",
    "publish",
]
