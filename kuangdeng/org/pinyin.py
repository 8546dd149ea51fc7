"""Pinyin of a name, so that the picker finds 王铁柱 by wtz and a list of names sorts as people expect. Pure."""

from functools import cache

from pypinyin import Style, lazy_pinyin

from kuangdeng.kernel.search import fold

SURNAMES = {
    "单": "shan", "仇": "qiu", "解": "xie", "查": "zha", "区": "ou", "朴": "piao", "任": "ren", "曾": "zeng", "盖": "ge",
    "冼": "xian", "翟": "zhai", "缪": "miao", "宓": "mi", "乐": "yue", "覃": "qin", "员": "yun", "黑": "he", "召": "shao",
    "尉迟": "yu chi", "万俟": "mo qi", "纪": "ji", "华": "hua", "洗": "xian", "牟": "mu", "佴": "nai", "谌": "chen",
    "长孙": "zhang sun", "澹台": "tan tai",
}  # fmt: skip
"""Surnames that are read otherwise than the same sign in a word."""


@cache
def _surname(name: str) -> tuple[str, str]:
    for length in (2, 1):
        reading = SURNAMES.get(name[:length])
        if reading and len(name) > length:
            return reading, name[length:]
    return "", name


def syllables(name: str) -> list[str]:
    """The name's syllables: 单雄信 → shan, xiong, xin; what is not Chinese stays as it is."""
    surname, rest = _surname(fold(name))
    return [*surname.split(), *(part.strip() for part in lazy_pinyin(rest, style=Style.NORMAL) if part.strip())]


def sort_key(name: str) -> str:
    """What a register sorts persons by: syllables with spaces, so that 万 comes before 王."""
    return " ".join(syllables(name))[:200]


def initials(name: str) -> str:
    """王铁柱 → wtz."""
    return "".join(part[0] for part in syllables(name))[:30]
