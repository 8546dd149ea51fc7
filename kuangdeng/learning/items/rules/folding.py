"""One spelling for stems and for what is written into a blank. Pure."""

import re
import unicodedata
from collections.abc import Iterable
from decimal import Decimal, InvalidOperation
from hashlib import blake2b

BLANK = "____"
"""How a blank is written in a stem; the n-th mark is the n-th blank."""
BLANK_MARKS = re.compile(r"_{2,}")
_ANSWER_GAP = re.compile(r"[(（\[【〔]\s*[)）\]】〕]")
_NUMBERING = re.compile(r"^\s*(?:第?\s*\d{1,4}\s*[、.．,，)）题:：]|[(（]\s*\d{1,4}\s*[)）])\s*(?!\d)")
_KEEP = re.compile(r"[^0-9a-z\u3400-\u9fff\U00020000-\U0002ffff<>=+%‰℃/.\-]+")
_LONE = re.compile(r"(?<!\d)[./\-]|[./\-](?!\d)")
_SUB = str.maketrans("₀₁₂₃₄₅₆₇₈₉⁰¹²³⁴⁵⁶⁷⁸⁹", "01234567890123456789")


def plain(text: str) -> str:
    """Full-width made half-width, small letters, no spaces at the ends."""
    return unicodedata.normalize("NFKC", text.translate(_SUB)).lower().strip()


def strip_number(text: str) -> str:
    """The stem without the number that it had on its paper (1. 、（2）、第3题)."""
    return _NUMBERING.sub("", text, count=1).strip()


def fold_stem(text: str) -> str:
    """What two spellings of one stem have in common: no numbering, blanks, brackets, punctuation, spaces, one width."""
    words = BLANK_MARKS.sub(" ", _ANSWER_GAP.sub(" ", strip_number(text)))
    folded = plain(words).replace("≥", ">=").replace("≤", "<=").replace("％", "%")
    return _LONE.sub("", _KEEP.sub("", folded))


def stem_key(folded: str) -> str:
    """A short name for a folded stem, for finding the same one again."""
    return blake2b(folded.encode(), digest_size=16).hexdigest()


def pieces(folded: str) -> frozenset[str]:
    """The two-character pieces of a folded stem; numbers stay whole, because 1.0% and 1.5% are different items."""
    found: set[str] = set()
    for run in re.findall(r"\d+(?:\.\d+)?[%‰℃]?|[^\d]+", folded):
        if run[0].isdigit() or len(run) < 3:
            found.add(run)
        else:
            found.update(run[i : i + 2] for i in range(len(run) - 1))
    return frozenset(found)


def alike(one: frozenset[str], other: frozenset[str]) -> float:
    """How much two stems have in common, 0 to 1 (Jaccard over their pieces)."""
    return len(one & other) / len(one | other) if one or other else 0.0


_BLANK_NOISE = re.compile(r"[\s,，.。、;；:：!！?？\"'“”‘’（）()《》<>·\-—_]+")
_NUMBER = re.compile(r"[-+]?(?:\d+(?:\.\d*)?|\.\d+)(?:e[-+]?\d{1,3})?")
_GROUPED = re.compile(r"(?<=\d),(?=\d{3}(?:\D|$))")


_PRIVATE = {".": "\ue000", ":": "\ue001", "-": "\ue002", "—": "\ue003"}
"""What stands between two digits says something: 1.5, 1:3, 8:30, 3-5."""


def fold_answer(text: str) -> str:
    """What was written into a blank, for comparing: one width, small letters, no spaces and punctuation.

    A number keeps its point and sign, and what stands between two numbers: 1.5 is not 15, 1:3 not 13.
    """
    folded = plain(text)
    number = to_decimal(folded)
    if number is not None:
        return format(number.normalize(), "f")
    kept = re.sub(r"(?<=\d)[.:—-](?=\d)", lambda sign: _PRIVATE[sign.group()], folded)
    bare = _BLANK_NOISE.sub("", kept)
    for sign, held in _PRIVATE.items():
        bare = bare.replace(held, sign)
    return bare or folded


def to_decimal(text: str) -> Decimal | None:
    """The number that was written, a unit of measure behind it left off; None when it is no number."""
    words = _GROUPED.sub("", plain(text).replace(" ", "").replace("−", "-").replace("﹣", "-"))
    match = _NUMBER.fullmatch(words)
    if match is None or len(words) > 40:
        return None
    try:
        return Decimal(match.group())
    except InvalidOperation:
        return None


_UNIT = re.compile(
    r"(?P<n>[-+]?\d+(?:\.\d+)?)"
    r"(?P<u>%|‰|°[cf]?|[a-zα-ω\u4e00-\u9fff/·]{1,8}\d?(?:/[a-zα-ω\u4e00-\u9fff]{1,6}\d?)?)"
)
"""Behind a number, after folding: ℃ is °c then, m³/min is m3/min, Ω is ω."""


def with_unit(text: str) -> Decimal | None:
    """A number with or without the unit of measure that people write behind it (20 MPa, 1.0%, 30分钟)."""
    number = to_decimal(text)
    if number is not None:
        return number
    match = _UNIT.fullmatch(_GROUPED.sub("", plain(text).replace(" ", "").replace("−", "-")))
    return Decimal(match["n"]) if match else None


def unique(values: Iterable[str]) -> list[str]:
    """Each once, in order."""
    return list(dict.fromkeys(values))
