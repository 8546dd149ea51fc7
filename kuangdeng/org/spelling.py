"""One spelling for a place that real ledgers write five ways. Pure.

`3113综采面`, `3113 综采工作面` and `３１１３综采工作面` are one face. What follows from the writing alone is settled
here; what only the mine knows (皮带巷 is 运输顺槽) is an alias that a person confirms.
"""

import re
import unicodedata

FORMAL_DIGITS = str.maketrans("〇壹贰叁肆伍陆柒捌玖拾", "零一二三四五六七八九十")
CHINESE_DIGITS = {digit: value for value, digit in enumerate("零一二三四五六七八九")}
NUMBERED = re.compile(r"([一二三四五六七八九十]+)(?=水平|采区|盘区|部|号|煤|石门|横贯|联巷|车场|段|翼)")
NOISE = re.compile(r"[\s·•,、。;:()\[\]【】“”\"'《》/\\|_—–-]+|(?<!\d)\.|\.(?!\d)")
SAME = (
    ("工作面", "面"),
    ("作业面", "面"),
    ("采煤面", "采面"),
    ("回采面", "采面"),
    ("掘进面", "掘面"),
    ("掘进头", "掘面"),
    ("胶带", "皮带"),
)
"""Words that mean the same wherever they stand; longer first."""


def fold_place(text: str) -> str:
    """The one spelling under which a place is looked for: width, case, blanks, marks and digits do not matter."""
    plain = unicodedata.normalize("NFKC", text).lower().translate(FORMAL_DIGITS)
    plain = NOISE.sub("", plain)
    plain = NUMBERED.sub(lambda found: str(_number(found.group(1))), plain)
    for word, same in SAME:
        plain = plain.replace(word, same)
    return plain[:200]


def _number(digits: str) -> int:
    """一 … 九十九 as a number."""
    if "十" not in digits:
        return int("".join(str(CHINESE_DIGITS[digit]) for digit in digits))
    tens, _, ones = digits.partition("十")
    return (CHINESE_DIGITS.get(tens, 1) if tens else 1) * 10 + (CHINESE_DIGITS.get(ones, 0) if ones else 0)
