"""In which state an old ledger left a hazard, and why one may think so. Pure.

A ledger says it in several columns at once: 是否销号, 整改完成时间, 复查结果, sometimes only in 整改情况. What is said
plainly goes before what follows from a date, and every guess comes with its reason, because a person confirms it.
"""

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache

from kuangdeng.hazards.rules import Status

DONE = frozenset(
    {
        *(
            "是",
            "√",
            "✓",
            "✔",
            "☑",
            "v",
            "y",
            "yes",
            "ok",
            "1",
            "对",
            "有",
            "已",
            "销号",
            "消号",
            "闭环",
            "闭合",
            "关闭",
            "办结",
            "完成",
            "合格",
            "true",
        ),
        *(
            "已销号",
            "已消号",
            "已整改",
            "已闭环",
            "已闭合",
            "已完成",
            "已合格",
            "已验收",
            "已关闭",
            "已办结",
            "已落实",
            "已处理",
            "已治理",
        ),
        *("整改完", "整改完毕", "整改完成", "已整改完毕", "已整改完成", "验收合格", "复查合格", "同意销号"),
    }
)
OPEN = frozenset(
    {
        *("否", "×", "✗", "✘", "x", "n", "no", "0", "未", "无", "不是", "没有", "-", "—", "/", "false"),
        *("未销号", "未消号", "未整改", "未完成", "未闭环", "未闭合", "未验收", "不合格", "复查不合格", "验收不合格"),
        *(
            "整改中",
            "正在整改",
            "待整改",
            "待验收",
            "待销号",
            "待复查",
            "待定级",
            "待下达",
            "待签收",
            "退回补充",
            "进行中",
            "限期整改",
            "治理中",
            "处理中",
        ),
    }
)
NOT_YET = re.compile(
    r"未(?!发现|见)|不合格|待(?:整改|验收|复查|销号|处理)|正在|没有?(?:整改|处理|完成)|整改中|无法整改"
)
IS_DONE = re.compile(
    r"已.{0,12}(?:整改|处理|销号|完成|更换|清理|修复|落实|恢复|补|加|拆|安装|到位|闭环|治理)|合格|完毕|闭环|整改完|处理完|已完|到位"
)
VOID = frozenset({"作废", "已作废", "撤销", "取消"})


def plain(word: str) -> str:
    """A word of state without blanks, one width, small letters."""
    return re.sub(r"[\s。.!！；;]+", "", unicodedata.normalize("NFKC", word)).lower()


@lru_cache(maxsize=4096)
def said_done(word: str) -> bool | None:
    """Whether a word says done; None when it says neither."""
    folded = plain(word)
    if not folded:
        return None
    if folded in DONE:
        return True
    if folded in OPEN:
        return False
    if NOT_YET.search(folded):
        return False
    return True if IS_DONE.search(folded) else None


@dataclass(frozen=True, slots=True)
class Said:
    """What a row says about how far it came. A None flag: the ledger has no such column; empty: it has, and it is blank."""

    closed: str | None
    acceptance: str | None
    rectification: str | None
    rectified: bool
    accepted: bool
    closed_on: bool
    has_recheck: bool
    has_order: bool
    judged: bool


@dataclass(frozen=True, slots=True)
class Guess:
    """The state, and the reason in words."""

    status: Status
    reason: str


def guess(said: Said) -> Guess:
    """The state in which the ledger left a hazard."""
    if said.closed is not None and plain(said.closed) in VOID:
        return Guess(Status.VOID, f"状态写明「{said.closed}」")
    done = said_done(said.closed) if said.closed else None
    passed = said_done(said.acceptance) if said.acceptance else None
    if done is True:
        return Guess(Status.CLOSED, f"销号栏写「{said.closed}」")
    if said.closed_on and done is None:
        return Guess(Status.CLOSED, "有销号时间")
    if passed is False:
        return _working(said, f"复查结果写「{said.acceptance}」")
    if done is False:
        return _not_closed(said, passed, f"销号栏写「{said.closed}」")
    if said.closed is not None:
        reason = f"销号栏「{said.closed}」看不出是否销号" if said.closed else "销号栏空着"
        return _not_closed(said, passed, reason)
    return _without_column(said, passed)


def _not_closed(said: Said, passed: bool | None, reason: str) -> Guess:
    if passed is True and (said.accepted or said.rectified):
        return Guess(Status.ACCEPTED, f"{reason}，复查结果写「{said.acceptance}」")
    if said.rectified and said.has_order:
        return Guess(Status.RECTIFIED, f"{reason}，有整改完成时间")
    return _working(said, reason)


def _without_column(said: Said, passed: bool | None) -> Guess:
    """The ledger has no column for 销号: the recheck decides, then the mending."""
    if passed is True:
        return Guess(Status.CLOSED, f"没有销号栏，复查结果写「{said.acceptance}」")
    mended = said_done(said.rectification) if said.rectification else None
    if mended is False:
        return _working(said, f"整改情况写「{(said.rectification or '')[:20]}」")
    if said.accepted and said.rectified:
        return Guess(Status.CLOSED, "没有销号栏，有整改完成时间和复查时间")
    if (said.rectified or mended is True) and not said.has_recheck:
        what = "有整改完成时间" if said.rectified else f"整改情况写「{(said.rectification or '')[:20]}」"
        return Guess(Status.CLOSED, f"没有销号栏和复查栏，{what}")
    if said.rectified and said.has_order:
        return Guess(Status.RECTIFIED, "有整改完成时间，没有复查记录")
    return _working(said, "没有整改完成的记录")


def _working(said: Said, reason: str) -> Guess:
    """Not done: with whom it is, follows from whether the unit ever got an order with a deadline."""
    if said.has_order:
        return Guess(Status.RECTIFYING, reason)
    if said.judged:
        return Guess(Status.GRADED, f"{reason}，责任单位或整改期限不明，需要重新下达")
    return Guess(Status.REPORTED, f"{reason}，责任单位或整改期限不明，需要重新定级下达")
