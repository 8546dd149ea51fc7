"""What a cell means: words, yes or no, numbers, days in every fashion."""

import re
import unicodedata
from datetime import date, datetime, time, timedelta

from django.utils.translation import gettext as _

from kuangdeng.kernel import clock


class Unreadable(ValueError):
    """A cell whose meaning is not clear; the text is a Chinese sentence for the person who typed it."""


_INVISIBLE = re.compile(r"[\u200b-\u200f\u2028-\u202e\u2060\ufeff\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")


def text(value: object) -> str:
    """The words of a cell, trimmed; a whole number without .0, a date as 2018-03-05, line breaks kept."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    if isinstance(value, datetime):
        return value.strftime("%Y-%m-%d") if value.time() == time() else value.strftime("%Y-%m-%d %H:%M")
    return _INVISIBLE.sub("", str(value)).replace("\u3000", " ").replace("\xa0", " ").strip()


def compact(value: object) -> str:
    """The words of a cell without any space, full-width made half-width: 张　三 → 张三. For names, numbers and titles."""
    return re.sub(r"\s+", "", unicodedata.normalize("NFKC", text(value)))


_YES = frozenset("是有对已√✓✔vy1○o") | {"yes", "true", "on", "是的", "已完成"}
_NO = frozenset("否无没未×✗✘xn0-—/非") | {"no", "false", "off", "没有", "不是"}


def to_bool(value: object) -> bool | None:
    """是/否 in the ways people write it; None for an empty cell. Unreadable otherwise."""
    word = compact(value).lower()
    if not word:
        return None
    if word in _YES:
        return True
    if word in _NO:
        return False
    raise Unreadable(_("「%(word)s」看不出是「是」还是「否」。请写「是」或「否」。") % {"word": word[:20]})


_DIGITS = str.maketrans("〇○零一二三四五六七八九", "000123456789")
_CHINESE_NUMBER = re.compile(r"[〇○零一二三四五六七八九十]{1,4}(?=[年月日号])")
_DATE_FORMS = [
    re.compile(r"(?P<y>\d{4}|\d{2})[年.\-/](?P<m>\d{1,2})[月.\-/](?P<d>\d{1,2})[日号]?(?P<rest>.*)"),
    re.compile(r"(?P<y>(?:19|20)\d{2})(?P<m>[01]\d)(?P<d>[0-3]\d)(?P<rest>(?!\d).*)"),
]
_MONTH_FORMS = [
    re.compile(r"(?P<y>\d{4}|\d{2})年(?P<m>\d{1,2})月?(?P<rest>)"),
    re.compile(r"(?P<y>\d{4})[.\-/](?P<m>\d{1,2})月?(?P<rest>)"),
    re.compile(r"(?P<y>(?:19|20)\d{2})(?P<m>0[1-9]|1[0-2])(?P<rest>)"),
]
_DAY_FORMS = [re.compile(r"(?P<m>\d{1,2})[月.\-/](?P<d>\d{1,2})[日号]?(?P<rest>.*)")]
_TIME = re.compile(r"(?P<h>[01]?\d|2[0-4])[:时点](?P<min>[0-5]?\d)?[:分]?(?:[0-5]?\d秒?)?")
_SERIAL_EPOCH = datetime(1899, 12, 30)  # noqa: DTZ001


def to_date(value: object, *, year: int | None = None, month_only: bool = False) -> date | None:
    """A day as people write it: see `to_moment`. None for an empty cell."""
    moment = to_moment(value, year=year, month_only=month_only)
    return moment[0] if moment else None


def to_moment(value: object, *, year: int | None = None, month_only: bool = False) -> tuple[date, time | None] | None:
    """Day and, if it is said, time: 2018.3.5, 2018年3月5日14时30分, 20180305, 18/3/5, Excel serials, 二〇一八年三月五日.

    `year` completes 3月5日 and 3.5. With `month_only` 2018年3月 and 2018.03 are the first of that month, as in
    出生年月. Words behind the day (早班) are left to the caller. Unreadable when it is no day of the calendar.
    """
    if value is None or value == "":
        return None
    if isinstance(value, datetime):
        return value.date(), value.time().replace(microsecond=0) if value.time() != time() else None
    if isinstance(value, date):
        return value, None
    if isinstance(value, int | float) and not isinstance(value, bool):
        serial = _from_serial(float(value))
        if serial:
            return serial
    words = compact(re.sub(r"(?<=\d)\s+(?=\d)", "T", text(value)))
    if not words or words in {"-", "--", "—", "/", "无", "不详"}:
        return None
    return _from_words(words, year, month_only)


def _from_serial(number: float) -> tuple[date, time | None] | None:
    """Excel counts days from 1899-12-30: 43164 is 2018-03-05. Only 1927 to 2119, so that a year is no serial."""
    if not 10_000 <= number <= 80_000:
        return None
    at = _SERIAL_EPOCH + timedelta(days=int(number), seconds=round((number % 1) * 86400))
    return at.date(), at.time() if number % 1 else None


def _from_words(words: str, year: int | None, month_only: bool) -> tuple[date, time | None]:
    plain = _CHINESE_NUMBER.sub(lambda match: _chinese_number(match.group()), words.replace("元月", "1月"))
    plain = plain.replace("。", ".").replace("．", ".").replace("\\", "/").replace("~", "-").lstrip("'‘’`")
    if re.fullmatch(r"\d{5}(\.\d+)?", plain):
        serial = _from_serial(float(plain))
        if serial:
            return serial
    for form in [*_DATE_FORMS, *(_MONTH_FORMS if month_only else []), *(_DAY_FORMS if year else [])]:
        match = form.fullmatch(plain)
        if match:
            return _checked(match, year, words)
    if not year and _DAY_FORMS[0].fullmatch(plain):
        raise Unreadable(_("「%(words)s」没有写年份。请写成 2018-03-05 这样的日期。") % {"words": words[:30]})
    raise Unreadable(_("「%(words)s」不是能看懂的日期。请写成 2018-03-05 这样的日期。") % {"words": words[:30]})


def _chinese_number(digits: str) -> str:
    """十二 → 12, 二十 → 20, 二〇一八 → 2018."""
    if "十" not in digits:
        return digits.translate(_DIGITS)
    tens, _ten, ones = digits.partition("十")
    return str(int(tens.translate(_DIGITS) or "1") * 10 + int(ones.translate(_DIGITS) or "0"))


def _checked(match: "re.Match[str]", year: int | None, words: str) -> tuple[date, time | None]:
    parts = match.groupdict()
    said = int(parts["y"]) if parts.get("y") else year or 0
    if said < 100:
        said += 2000 if said + 2000 <= clock.today().year + 1 else 1900
    try:
        day = date(said, int(parts["m"]), int(parts.get("d") or 1))
    except ValueError:
        raise Unreadable(_("「%(words)s」这一天不存在。请检查月份和日期。") % {"words": words[:30]}) from None
    if not 1900 <= day.year <= 2200:
        raise Unreadable(_("「%(words)s」的年份不对。请检查。") % {"words": words[:30]})
    said_time = _TIME.search(parts.get("rest") or "")
    if said_time is None:
        return day, None
    hour, minute = int(said_time["h"]), int(said_time["min"] or 0)
    if hour == 24:
        return (day + timedelta(days=1), time(0, 0)) if not minute else (day, None)
    return day, time(hour, minute)


def to_number(value: object) -> float | None:
    """A number, with or without its unit of measure behind it (3.5万元 is 3.5); None when empty. Unreadable otherwise."""
    if isinstance(value, int | float):
        return float(value)
    words = compact(value).replace(",", "")
    if not words or words in {"-", "—", "/", "无"}:
        return None
    match = re.match(r"[-+]?\d+(?:\.\d+)?", words)
    if match is None:
        raise Unreadable(_("「%(words)s」不是数字。请填数字。") % {"words": words[:20]})
    return float(match.group())


def squeeze(title: object) -> str:
    """A title without spaces, line breaks, stars and colons, one width, lower case."""
    return re.sub(
        r"[\s*:：、，,。.＊﹡_\-—/\\\u200b\ufeff]+", "", unicodedata.normalize("NFKC", str(title or ""))
    ).lower()


def column_letters(index: int) -> str:
    """0 → A, 27 → AB."""
    letters = ""
    index += 1
    while index:
        index, rest = divmod(index - 1, 26)
        letters = chr(65 + rest) + letters
    return letters
