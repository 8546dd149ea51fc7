"""What people write for a key: letters in every fashion, ticks and crosses, and marks that only a person can read."""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from kuangdeng.kernel.tables import Unreadable, compact
from kuangdeng.learning.items.rules.content import ItemType
from kuangdeng.learning.items.rules.folding import fold_answer

TRUE_WORDS = frozenset("√✓✔☑对是真ty1") | {"正确", "对的", "true", "yes", "right", "答案正确", "r"}
FALSE_WORDS = frozenset("×✗✘✕✖☒错否假非fn0") | {"错误", "错的", "不对", "不正确", "false", "no", "wrong", "答案错误"}
LOOKS_TRUE = frozenset("jv丿了ˇ∨ⅴレ厂") | {"a"}
LOOKS_FALSE = frozenset("x义乂メㄨ又ⅹχ十") | {"b"}


@dataclass(frozen=True)
class Truth:
    """How a mark of a true/false item is read: a value, or the `ask`ed mark that a person has to read."""

    value: bool | None
    ask: str = ""


def truth(words: object) -> Truth | None:
    """√×, 对/错, T/F, 正确/错误; None when there is nothing. What a scanner or a typist made of a mark is asked about."""
    mark = compact(words).strip("()（）[]【】。.").lower()
    if not mark:
        return None
    if mark in TRUE_WORDS:
        return Truth(True)
    if mark in FALSE_WORDS:
        return Truth(False)
    return Truth(None, mark[:8].upper()) if len(mark) <= 8 else None


_BARE = frozenset("01ynoftr")


def truth_of_option(words: object) -> bool | None:
    """Whether an option just says 对 or 错; 0, 1 and letters are options of their own."""
    said = compact(words).strip("()（）。.").lower()
    mark = truth(said)
    return mark.value if mark and said not in _BARE else None


def truths(options: Sequence[object]) -> list[bool | None] | None:
    """What two options 对 and 错 say, when that is all there is to choose from."""
    values = [truth_of_option(one) for one in options]
    return values if len(values) == 2 and set(values) == {True, False} else None


def proposal(ask: str) -> bool | None:
    """What an unclear mark looks like: J and V like a tick, X and 义 like a cross; None for ◆ and others."""
    mark = ask.lower()
    return True if mark in LOOKS_TRUE else False if mark in LOOKS_FALSE else None


_SEPARATORS = re.compile(r"[\s、,，;；/|｜.。和及与+&·()（）\[\]【】]+")
_CIRCLED = {chr(0x2460 + at): chr(65 + at) for at in range(20)}
_DIGIT_SET = re.compile(r"\d{1,2}(?:[、,，;；/|｜\s]+\d{1,2})*")


def chosen(words: object, options: Sequence[str]) -> list[int]:
    """Which options a key names: ABC, A、B、C, ＡＢＣ, a,b, ①③, 1,3, or the words of an option themselves.

    Unreadable when it names none, or one that is not there.
    """
    said = str(words if words is not None else "").strip()
    for mark, letter in _CIRCLED.items():
        said = said.replace(mark, letter)
    folded = unicodedata.normalize("NFKC", said).upper().strip()
    by_words = _by_words(said, options)
    if by_words:
        return by_words
    letters = _SEPARATORS.sub("", folded.removeprefix("答案").lstrip(":：").removeprefix("选"))
    if re.fullmatch(r"[A-Z]+", letters):
        found = sorted({ord(one) - 65 for one in letters})
    elif _DIGIT_SET.fullmatch(folded):
        found = sorted({int(one) - 1 for one in re.findall(r"\d+", folded)})
    else:
        raise Unreadable(
            _("答案「%(words)s」看不懂。选择题的答案写选项字母，如 A 或 ABC。") % {"words": said[:30]}
            if said
            else _("没有写答案。")
        )
    missing = [at for at in found if not 0 <= at < len(options)]
    if missing:
        names = "、".join(chr(65 + at) if 0 <= at < 26 else str(at + 1) for at in missing)
        raise Unreadable(_("答案里的「%(names)s」没有对应的选项。") % {"names": names})
    return found


def _by_words(said: str, options: Sequence[str]) -> list[int]:
    """The key as the words of options, each on a line or between ；."""
    folded = [fold_answer(one) for one in options]
    parts = [fold_answer(one) for one in re.split(r"[\n;；|｜]", said) if one.strip()]
    if not parts or any(part not in folded for part in parts):
        return []
    letters = {chr(97 + at) for at in range(len(options))}
    if all(part in letters for part in parts) and any(folded[ord(p) - 97] != p for p in parts):
        return []
    return sorted({folded.index(part) for part in parts})


_TYPES: list[tuple[str, ItemType]] = [
    (r"多选|多项|不定项|multi", ItemType.MULTIPLE),
    (r"单选|单项|single|radio", ItemType.SINGLE),
    (r"判断|是非|对错|true|judg", ItemType.TRUE_FALSE),
    (r"填空|填写|fill|blank", ItemType.FILL_IN),
    (r"匹配|连线|配对|match", ItemType.MATCHING),
    (r"排序|order|次序", ItemType.ORDERING),
    (r"简答|问答|论述|名词解释|案例|主观|综合|计算|essay|short", ItemType.SHORT_ANSWER),
]


def type_of(words: object) -> ItemType | None:
    """The type that a word means (单项选择题, 是非题, 名词解释); None when it means none, or just 选择题."""
    said = compact(words).lower()
    return next((kind for pattern, kind in _TYPES if re.search(pattern, said)), None)


def type_codes(words: str) -> dict[str, ItemType]:
    """What the numbers of a type column mean, where a line of the file explains them (1-单选 2：多选)."""
    found: dict[str, ItemType] = {}
    for code, name in re.findall(r"(\d)\s*[-—:：、.=代表为是]{0,3}\s*([\u4e00-\u9fff]{2,6})", words):
        kind = type_of(name)
        if kind:
            found.setdefault(code, kind)
    for name, code in re.findall(r"([\u4e00-\u9fff]{2,6})\s*[-—:：=]\s*(\d)", words):
        kind = type_of(name)
        if kind:
            found.setdefault(code, kind)
    return found


_DIFFICULTIES = [("很易", 1), ("极易", 1), ("很难", 5), ("极难", 5), ("较易", 2), ("较难", 4), ("中等", 3), ("适中", 3), ("一般", 3), ("容易", 2), ("简单", 2), ("易", 2), ("中", 3), ("困难", 4), ("难", 4), ("初级", 2), ("中级", 3), ("高级", 4)]  # fmt: skip


def difficulty_of(words: object) -> int:
    """1 to 5 from 3, ★★★, 中等, 0.65 (难度系数: the share that gets it right); 0 when nothing is said.

    Unreadable for anything else.
    """
    said = compact(words)
    if not said:
        return 0
    if set(said) <= set("★☆*"):
        return min(5, max(1, said.count("★") + said.count("*")))
    if re.fullmatch(r"0\.\d+", said):
        return min(5, max(1, 5 - int(float(said) * 5)))
    if re.fullmatch(r"[1-5](\.0+)?[级星]?", said):
        return int(said[0])
    for word, level in _DIFFICULTIES:
        if word in said:
            return level
    raise Unreadable(_("难度「%(words)s」看不懂。请写 1 到 5，或者易、中、难。") % {"words": said[:20]})
