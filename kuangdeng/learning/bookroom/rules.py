"""职工书屋 as tables: states of copies, reservations and notes; due dates, reminders; ISBN and class numbers. Pure."""

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from functools import lru_cache
from importlib import resources

from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from stdnum import isbn as isbn_numbers

from kuangdeng.kernel.flow import Flow, Step
from kuangdeng.kernel.search import fold
from kuangdeng.org.api import Role


class CopyStatus(StrEnum):
    """Where a copy stands in the stock. On loan and held are read from loans and reservations."""

    IN_USE = "in_use"
    LOST = "lost"
    WITHDRAWN = "withdrawn"


COPY_LABELS: dict[str, object] = {
    CopyStatus.IN_USE: _("在用"),
    CopyStatus.LOST: _("丢失"),
    CopyStatus.WITHDRAWN: _("剔旧"),
}
COPY_FLOW = Flow(
    [
        Step("add_copy", None, CopyStatus.IN_USE),
        Step("lose", CopyStatus.IN_USE, CopyStatus.LOST),
        Step("find", CopyStatus.LOST, CopyStatus.IN_USE),
        Step("withdraw", CopyStatus.IN_USE, CopyStatus.WITHDRAWN),
        Step("withdraw", CopyStatus.LOST, CopyStatus.WITHDRAWN),
    ],
    states=COPY_LABELS,
    verbs={"add_copy": _("入藏"), "lose": _("登记丢失"), "find": _("找回"), "withdraw": _("剔旧")},
)


class ReservationStatus(StrEnum):
    """Where a reservation stands in its queue."""

    WAITING = "waiting"
    READY = "ready"
    FETCHED = "fetched"
    CANCELLED = "cancelled"
    LAPSED = "lapsed"


RESERVATION_LABELS: dict[str, object] = {
    ReservationStatus.WAITING: _("排队等书"),
    ReservationStatus.READY: _("书到了，请来取"),
    ReservationStatus.FETCHED: _("已取书"),
    ReservationStatus.CANCELLED: _("已取消"),
    ReservationStatus.LAPSED: _("过期未取"),
}
RESERVATION_FLOW = Flow(
    [
        Step("reserve", None, ReservationStatus.WAITING),
        Step("hold", ReservationStatus.WAITING, ReservationStatus.READY),
        Step("lend", ReservationStatus.READY, ReservationStatus.FETCHED),
        Step("lend", ReservationStatus.WAITING, ReservationStatus.FETCHED),
        Step("cancel", ReservationStatus.WAITING, ReservationStatus.CANCELLED),
        Step("cancel", ReservationStatus.READY, ReservationStatus.CANCELLED),
        Step("lapse", ReservationStatus.READY, ReservationStatus.LAPSED),
    ],
    states=RESERVATION_LABELS,
    verbs={"reserve": _("预约"), "hold": _("留书"), "lend": _("借出"), "cancel": _("取消预约"), "lapse": _("过期")},
)
OPEN_RESERVATIONS = (ReservationStatus.WAITING, ReservationStatus.READY)


class NoteStatus(StrEnum):
    """Whether a reading note is there for everybody to read."""

    SHOWN = "shown"
    HIDDEN = "hidden"


NOTE_LABELS: dict[str, object] = {NoteStatus.SHOWN: _("公开"), NoteStatus.HIDDEN: _("已隐藏")}
NOTE_FLOW = Flow(
    [
        Step("write_note", None, NoteStatus.SHOWN),
        Step("hide", NoteStatus.SHOWN, NoteStatus.HIDDEN),
        Step("show", NoteStatus.HIDDEN, NoteStatus.SHOWN),
    ],
    states=NOTE_LABELS,
    verbs={"write_note": _("写心得"), "hide": _("隐藏"), "show": _("恢复公开")},
)

_READERS = frozenset(Role)
_KEEPERS = frozenset({Role.LIBRARIAN})
MAY: dict[str, frozenset[Role]] = {
    "book.read": _READERS,
    "book.reserve": _READERS,
    "book.cancel": _READERS,
    "book.write_note": _READERS,
    "book.lend": _KEEPERS,
    "book.add_copy": _KEEPERS,
    "book.lose": _KEEPERS,
    "book.find": _KEEPERS,
    "book.withdraw": _KEEPERS,
    "book.hide": _KEEPERS | {Role.POLITICAL_WORK},
    "book.show": _KEEPERS | {Role.POLITICAL_WORK},
    "book.pick": _KEEPERS | {Role.POLITICAL_WORK},
    "book.catalogue": _KEEPERS,
    "book.stock": _KEEPERS,
    "book.kiosk": _KEEPERS | {Role.ADMINISTRATOR},
    "book.rules": _KEEPERS | {Role.ADMINISTRATOR},
}
POWER_LABELS: dict[str, object] = {
    "book.read": _("看书目、我的借阅、心得"),
    "book.reserve": _("预约图书"),
    "book.cancel": _("取消自己的预约"),
    "book.write_note": _("写读书心得"),
    "book.lend": _("办理借还、查看借阅"),
    "book.add_copy": _("图书入藏"),
    "book.lose": _("登记图书丢失"),
    "book.find": _("登记图书找回"),
    "book.withdraw": _("图书剔旧"),
    "book.hide": _("隐藏心得"),
    "book.show": _("恢复心得"),
    "book.pick": _("推荐心得"),
    "book.catalogue": _("编目，导入导出书目，打印标签"),
    "book.stock": _("图书盘点"),
    "book.kiosk": _("管理自助借还机"),
    "book.rules": _("设置书屋和借阅规则"),
}

# Numbers that a new mine starts with -----------------------------------------------------------------------------------

ROOMS = (("01", "第一职工书屋"), ("02", "第二职工书屋"))
"""Two at the start; the mine names them."""


@dataclass(frozen=True)
class Terms:
    """借阅规则: how long, how many, how often renewed. The mine's own house rule, no law."""

    days: int = 30
    most: int = 3
    renewals: int = 1
    renew_days: int = 15
    hold_days: int = 3
    remind_before: int = 3
    remind_every: int = 7
    block_late: bool = True
    number_at_kiosk: bool = True


DEFAULT_SOURCE = "系统预设，请按本矿制度修改"
MOST_REMINDERS = 8
"""So many times somebody is told that a book is late; then the librarian has to speak to him."""


class Ending(StrEnum):
    """How a loan ended."""

    RETURNED = "returned"
    LOST = "lost"


ENDING_LABELS: dict[str, object] = {Ending.RETURNED: _("已还"), Ending.LOST: _("丢失")}


class Way(StrEnum):
    """Where a book was lent or given back."""

    DESK = "desk"
    KIOSK = "kiosk"


WAY_LABELS: dict[str, object] = {Way.DESK: _("服务台"), Way.KIOSK: _("自助机")}


class Amends(StrEnum):
    """What became of a lost book."""

    NONE = "none"
    REPLACED = "replaced"
    PAID = "paid"
    WAIVED = "waived"


AMENDS_LABELS: dict[str, object] = {
    Amends.NONE: _("尚未赔付"),
    Amends.REPLACED: _("赔了同一种书"),
    Amends.PAID: _("按价赔款"),
    Amends.WAIVED: _("免赔"),
}


def renewed_until(due_on: date, today: date, terms: Terms) -> date:
    """The new due date: the days are added to the old one, so that renewing early costs nothing."""
    return max(due_on, today) + timedelta(days=terms.renew_days)


def reminder_due(due_on: date, today: date, terms: Terms) -> tuple[str, int] | None:
    """Which reminder holds today: before, at, or the n-th late one; None when none has come or all were told.

    After a standstill only the last one that came is told, not each of them.
    """
    gap = (today - due_on).days
    if gap < -terms.remind_before:
        return None
    if gap < 0:
        return "before", 0
    if gap == 0:
        return "at", 0
    count = (gap - 1) // max(terms.remind_every, 1) + 1
    return ("late", count) if count <= MOST_REMINDERS else None


# ISBN and class numbers -------------------------------------------------------------------------------------------------


def clean_isbn(text: str) -> str:
    """The 13 digits of an ISBN in whatever spelling, 10-digit ones turned into 13; empty for none.

    ValueError when the check digit is wrong or it is no ISBN at all.
    """
    bare = re.sub(r"[\s\-–—]|^ISBN:?", "", fold(text).upper()).removeprefix("ISBN").lstrip(":：")
    if not bare:
        return ""
    if not isbn_numbers.is_valid(bare):
        raise ValueError(bare)
    return str(isbn_numbers.to_isbn13(isbn_numbers.compact(bare)))


def shown_isbn(isbn: str) -> str:
    """The ISBN with its hyphens, as it stands on the book."""
    return str(isbn_numbers.format(isbn)) if isbn else ""


@lru_cache(maxsize=1)
def _classes() -> list[dict[str, str]]:
    raw = resources.files("kuangdeng.learning").joinpath("data", "clc.json").read_text(encoding="utf-8")
    found: list[dict[str, str]] = json.loads(raw)["classes"]
    return found


def clc() -> dict[str, str]:
    """The main classes of the Chinese Library Classification by their letter, in the language of the person."""
    name = "english" if (get_language() or "").startswith("en") else "name"
    return {row["letter"]: row[name] for row in _classes()}


def main_class(number: str) -> str:
    """The letter of the main class of a class number like TD7; empty when it has none."""
    letter = fold(number)[:1].upper()
    return letter if letter in clc() else ""


def search_text(*words: str) -> str:
    """What the search in the catalogue looks through."""
    return fold(" ".join(filter(None, words)))


def work_key(title: str, author: str) -> str:
    """One spelling for the same work: title and author without spaces, brackets and 著/编/主编."""
    name = re.sub(r"[\s《》「」〈〉\"'“”‘’:：,，.。·()（）\[\]]", "", fold(title))
    first = re.split(r"[;；,，、/]", fold(author))[0]
    who = re.sub(r"[\s\[\]()（）〔〕.·]", "", first)
    return f"{name}|{re.sub(r'(编著|主编|编写|著|编|译|等)+$', '', who)}"


def per_head(loans: int, heads: int) -> float | None:
    """Loans for each person of a unit; None where nobody works."""
    return loans / heads if heads else None


def ranked(values: Sequence[float | None]) -> list[int | None]:
    """The rank of each value, the largest first; equal values share a rank, None has none."""
    order = sorted((value for value in values if value is not None), reverse=True)
    return [order.index(value) + 1 if value is not None else None for value in values]
