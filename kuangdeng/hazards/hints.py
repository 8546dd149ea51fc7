"""What words alone can tell about a hazard: hints for a person, never a decision (提示).

Three questions are answered here, all without a database: does this text remind of a situation in the legal
catalogue (疑似重大), is it written so that somebody else can act on it (文字质量), and how alike are two texts
(疑似重复、复发). The words come from the catalogue rows, so a mine can change them; nothing here knows the law.

A keyword is written `甲/乙+丙/丁`: one of 甲、乙 and one of 丙、丁, in the same sentence.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from importlib import resources
from typing import Any, Literal

__all__ = [
    "Catalogue",
    "Hint",
    "QualityHint",
    "candidates",
    "catalogue_from",
    "catalogue_on",
    "load_catalogue",
    "normalise",
    "pieces",
    "quality",
    "similarity",
    "unit_field",
]

Strength = Literal["strong", "weak"]
CATALOGUE_CODES = ("order4-2020", "order21-2026")


def gettext_noop(message: str) -> str:
    """Mark a sentence for translation without importing the web framework; whoever shows it translates it."""
    return message


# --- one spelling -----------------------------------------------------------------------------------------------

FORMAL_DIGITS = str.maketrans("〇壹贰叁肆伍陆柒捌玖拾", "零一二三四五六七八九十")
PRESSURE = re.compile(r"(?<=\d)\s*(?:mpa|mp|兆帕)(?![a-z])")
POWER = re.compile(r"(?<=\d)\s*(?:kw|千瓦)(?![a-z])")
LENGTH = re.compile(r"(?<=\d)\s*(?:m|米)(?![a-z\d])")
SPACE = re.compile(r"\s+")
FILLERS = ("那个就是", "那个", "这个", "就是", "那块", "这块", "发现", "存在", "现场", "问题", "一下", "了", "的")


def normalise(text: str) -> str:
    """One spelling for what miners write five ways: full-width, 捌点, MP/Mpa/MPa, 11.4KW."""
    plain = unicodedata.normalize("NFKC", text).lower().translate(FORMAL_DIGITS)
    plain = LENGTH.sub("m", POWER.sub("", PRESSURE.sub("mpa", plain)))
    return SPACE.sub("", plain)


# --- how alike two texts are ------------------------------------------------------------------------------------

RUN = re.compile(r"\d+(?:\.\d+)?|[a-z]+|[\u3400-\u9fff]+")


def pieces(text: str) -> frozenset[str]:
    """The two-character pieces of a text; a number stays whole, because 3113 and 3112 are different faces."""
    plain = normalise(text)
    for filler in FILLERS:
        plain = plain.replace(filler, "")
    return frozenset(piece for run in RUN.findall(plain) for piece in _of_run(run))


def _of_run(run: str) -> Iterable[str]:
    if not "\u3400" <= run[0] <= "\u9fff" or len(run) < 3:
        return (run,)
    return (run[i : i + 2] for i in range(len(run) - 1))


def similarity(a: str | frozenset[str], b: str | frozenset[str]) -> float:
    """How much of the shorter and of both texts is the same, 0 to 1; a caller compares one text with many by pieces.

    A text that is wholly inside a longer one counts nearly as much as an equal one: the second shift adds words.
    """
    left, right = _as_pieces(a), _as_pieces(b)
    if not left or not right:
        return 0.0
    common = len(left & right)
    dice = 2 * common / (len(left) + len(right))
    shorter = min(len(left), len(right))
    return max(dice, 0.85 * common / shorter) if shorter >= 5 else dice


def _as_pieces(value: str | frozenset[str]) -> frozenset[str]:
    return pieces(value) if isinstance(value, str) else value


# --- the legal catalogue ----------------------------------------------------------------------------------------

Pattern = tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class Words:
    """The words that point to one situation, or to a category whose situations are not in the catalogue."""

    strong: tuple[Pattern, ...]
    weak: tuple[Pattern, ...]
    places: tuple[str, ...]
    excluded: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Candidate:
    """One row of the catalogue that can be hinted at."""

    category: int
    category_name: str
    situation: str | None
    situation_no: str
    situation_text: str
    confirmed: bool
    words: Words


@dataclass(frozen=True, slots=True)
class Catalogue:
    """One version of the 判定标准 with its words made ready for matching."""

    code: str
    document_no: str
    effective_from: date
    effective_to: date | None
    candidates: tuple[Candidate, ...]

    def in_force(self, day: date) -> bool:
        return self.effective_from <= day and (self.effective_to is None or day <= self.effective_to)


@dataclass(frozen=True, slots=True)
class Hint:
    """This text reminds of that situation, because of these words; a person decides."""

    category: int
    category_name: str
    situation: str | None
    situation_no: str
    situation_text: str
    words: tuple[str, ...]
    strength: Strength
    confirmed: bool

    @property
    def why(self) -> str:
        return "、".join(self.words)


def catalogue_from(document: Mapping[str, Any]) -> Catalogue:
    """Make a catalogue version ready for matching, from its file or from rows of the same shape."""
    until = document.get("effective_to")
    return Catalogue(
        code=document["code"],
        document_no=document["document_no"],
        effective_from=date.fromisoformat(document["effective_from"]),
        effective_to=date.fromisoformat(until) if until else None,
        candidates=tuple(row for category in document["categories"] for row in _candidates_of(category)),
    )


def _candidates_of(category: Mapping[str, Any]) -> Iterable[Candidate]:
    number, name = int(category["no"]), str(category["name"])
    for row in category.get("situations", ()):
        yield Candidate(number, name, row["code"], str(row["no"]), row["text"], bool(row.get("confirmed")), _words(row))
    for group in category.get("word_groups", ()):
        yield Candidate(number, name, None, "", "", bool(group.get("confirmed")), _words(group))


def _words(row: Mapping[str, Any]) -> Words:
    return Words(
        strong=tuple(_pattern(word) for word in row.get("keywords", ())),
        weak=tuple(_pattern(word) for word in row.get("weak_keywords", ())),
        places=tuple(normalise(word) for word in row.get("place_words", ())),
        excluded=tuple(normalise(word) for word in row.get("exclude_words", ())),
    )


def _pattern(keyword: str) -> Pattern:
    return tuple(tuple(normalise(word) for word in part.split("/")) for part in keyword.split("+"))


@lru_cache(maxsize=8)
def load_catalogue(code: str) -> Catalogue:
    """The catalogue version that the product ships under this code."""
    source = resources.files("kuangdeng.hazards").joinpath("data", "catalogue", f"{code}.json")
    return catalogue_from(json.loads(source.read_text(encoding="utf-8")))


def catalogue_on(day: date) -> Catalogue | None:
    """The version in force on the day a hazard is judged; none before 2021, and then nothing is hinted."""
    return next((c for c in map(load_catalogue, CATALOGUE_CODES) if c.in_force(day)), None)


# --- candidates for a major hazard ------------------------------------------------------------------------------

SENTENCE = re.compile(r"[。;!?\n]+")
ALL_WELL = ("未发现异常", "未发现问题", "未见异常", "试验正常", "检查正常", "无异常", "一切正常", "演练")


def candidates(text: str, place: str, catalogue: Catalogue, *, limit: int = 5) -> list[Hint]:
    """Situations of the catalogue that this text reminds of (疑似重大隐患), strongest first.

    Shown at entry and at grading as a hint; empty is not a judgement that the hazard is general.
    """
    sentences = [s for s in SENTENCE.split(normalise_lines(text)) if s and not _any_in(ALL_WELL, s)]
    where = normalise(place)
    found = [hint for row in catalogue.candidates if (hint := _hint(row, sentences, where)) is not None]
    found.sort(key=lambda hint: (hint.strength == "weak", hint.situation is None, -len(hint.words)))
    return _one_per_row(found)[:limit]


def normalise_lines(text: str) -> str:
    return "\n".join(normalise(line) for line in text.splitlines())


def _hint(row: Candidate, sentences: Sequence[str], where: str) -> Hint | None:
    for strength, patterns in (("strong", row.words.strong), ("weak", row.words.weak)):
        for sentence in sentences:
            matched = _first_match(patterns, sentence, row.words.excluded)
            if matched:
                sure = strength == "strong" and _place_fits(row.words.places, sentence, where)
                return _as_hint(row, matched, "strong" if sure else "weak")
    return None


def _first_match(patterns: Sequence[Pattern], sentence: str, excluded: Sequence[str]) -> tuple[str, ...] | None:
    if _any_in(excluded, sentence):
        return None
    return next((found for pattern in patterns if (found := _match(pattern, sentence))), None)


def _match(pattern: Pattern, sentence: str) -> tuple[str, ...] | None:
    found = tuple(next((word for word in part if word in sentence), "") for part in pattern)
    return found if all(found) else None


def _place_fits(places: Sequence[str], sentence: str, where: str) -> bool:
    return not places or _any_in(places, sentence) or _any_in(places, where)


def _as_hint(row: Candidate, words: tuple[str, ...], strength: Strength) -> Hint:
    return Hint(
        row.category, row.category_name, row.situation, row.situation_no, row.situation_text,
        tuple(dict.fromkeys(words)), strength, row.confirmed,
    )  # fmt: skip


def _one_per_row(hints: Iterable[Hint]) -> list[Hint]:
    kept: dict[tuple[int, str | None], Hint] = {}
    named = set()
    for hint in hints:
        if hint.situation is None and hint.category in named:
            continue
        named.add(hint.category)
        kept.setdefault((hint.category, hint.situation), hint)
    return list(kept.values())


def _any_in(words: Iterable[str], text: str) -> bool:
    return any(word in text for word in words)


# --- is the text any good ---------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class QualityHint:
    """One reason why somebody else could not act on this text, and what to write instead."""

    code: str
    message_zh: str


MESSAGES = {
    "empty": gettext_noop("内容是空的，请写清哪里、什么东西、怎么了。"),
    "nothing": gettext_noop("写的是没有隐患，不用上报；排查了没问题，请登记一次排查记录。"),
    "already_done": gettext_noop("只写了已整改，请先写原来是什么隐患，整改情况写在整改栏。"),
    "ditto": gettext_noop("“同上”离开那张表就看不懂了，请写全。"),
    "too_short": gettext_noop("太短，请写清什么东西、怎么了。"),
    "place_only": gettext_noop("只有地点，请写清那里什么东西、怎么了。"),
    "vague": gettext_noop("说得太笼统，整改的人不知道改什么，请写清具体的设备、部位和现象。"),
    "two_hazards": gettext_noop("一条里像是有两件事，分开上报才能分别整改和销号。"),
    "names": gettext_noop("写的是人名，请写单位；涉及个人的不写在隐患内容里。"),
    "names_in_text": gettext_noop("内容里有人名，公布时会看到，请改写成岗位。"),
    "done_in_text": gettext_noop("“已整改”请写在整改栏，这里只写隐患。"),
    "copied": gettext_noop("和近期报过的内容一样，是同一处请补充说明，是复发请关联原隐患。"),
}

DITTO = {"同上", "同前", "同上班", "同上一班", "见上", "同上条", "如上", "〃", '"', "''", "同"}
NOTHING = {
    "无", "没有", "无隐患", "没有隐患", "无问题", "没问题", "未发现隐患", "未发现问题", "未发现", "正常", "良好", "一切正常",
    "安全", "合格", "无异常", "完好", "没发现", "没发现问题", "暂无", "零", "0", "none", "n/a", "na", "/", "-", "否",
}  # fmt: skip
DONE = re.compile(
    r"(?:现|均|都|全部|当场|现场|已经?|及时)*(?:整改|处理|销号|落实|解决|改正|完成)(?:完毕|完成|好|到位|合格|了)*"
)
VAGUE = re.compile(
    r"(?:加强|强化|提高|注意|做好|抓好|严格|重视|进一步|继续|要求)?"
    r"(?:现场|安全|质量|文明|生产|日常|班组|职工|人员|思想|标准化|工作面|设备|环境|卫生|操作|落实|管理|检查|维护|意识|规程|措施|执行|责任|教育|培训|监督|隐患)+"
    r"(?:不到位|不好|差|较差|不够|不强|不规范|不及时|有问题|存在问题|有隐患|不达标|混乱|不足|有待提高|有待加强)?"
)
PUNCTUATION = re.compile(r"[^\w\u3400-\u9fff/\-〃]+")
PLACE_PIECES = re.compile(
    r"\d+#?|[a-z]+|#|号|综采|综放|综掘|机掘|采煤|掘进|工作面|面|迎头|采区|水平|盘区|进风|回风|轨道|皮带|胶带|运输|总回|顺槽|大巷|联络|石门|上山|下山|斜巷"
    r"|巷道|巷|井底|车场|硐室|变电所|泵房|泵站|水仓|绕道|井口|副井|主井|风井|立井|斜井|井筒|机头|机尾|端头|上隅角|超前段|东|西|南|北|翼|段|处|口|里|外|部|一|二|三|四|五"
    r"|地面|井下|调度室|中央|炸药库|配电点|切眼|开切眼|煤仓|米|m|的|在|附近|那边|那里"
)

# The things that a hazard can be about; two of different kinds in one text, each with its own fault, are two hazards.
THINGS = {
    "cable": ("电缆", "接线盒", "电线"),
    "switch": ("馈电开关", "台开关", "个开关", "开关外壳", "开关接", "馈电", "变压器", "移变", "接地极", "密封圈", "喇叭嘴"),
    "water": ("积水", "淋水", "水沟", "水仓", "排水管"),
    "pump": ("水泵", "备用泵", "潜水泵", "乳化泵"),
    "belt": ("皮带", "胶带", "托辊", "输送带", "输送机"),
    "scraper": ("刮板", "转载机", "破碎机", "溜子"),
    "coal": ("浮煤", "积煤", "堆煤"),
    "roof": ("支架", "单体柱", "棚腿", "护帮板", "超前支护", "临时支护", "锚杆", "锚索", "漏矸", "片帮", "喷浆层", "煤帮"),
    "door": ("风门", "密闭", "风窗"),
    "duct": ("风筒", "局扇", "局部通风机"),
    "sensor": ("传感器", "探头", "监控分站", "便携仪"),
    "spray": ("喷雾", "水幕", "洒水"),
    "fire": ("灭火器", "沙箱", "消火栓", "消防"),
    "winch": ("绞车", "钢丝绳", "挡车栏", "阻车器", "道岔", "轨枕", "矿车"),
    "explosive": ("火工品", "雷管", "炸药"),
    "record": ("记录", "台账", "签字", "手册", "值班本"),
    "guard": ("护罩", "护网", "护栏", "栅栏"),
    "rescue": ("压风自救", "供水施救", "自救器"),
    "phone": ("电话", "广播", "摄像头"),
}  # fmt: skip
FAULT = re.compile(
    r"没|未|不|缺|无|坏|断|漏|松|乱|堵|裂|破|锈|过期|超|低|歪|掉|落地|失|脱|堆|淤|敞|甩|空白|变形|弯|磨|跑偏|卡|少|远|积|冒|塌|埋|结冰|打结|积水|浮煤"
)
CLAUSE = re.compile(r"[,、;。!?\n]|还有|另外|以及|并且|同时(?!敞|打开|开)")
SINGLE_CAUSE = re.compile(r"导致|造成|引起|致使|影响|使得")


def quality(
    text: str,
    *,
    unit_names: Collection[str] = (),
    person_names: Collection[str] = (),
    earlier: Iterable[str] = (),
) -> list[QualityHint]:
    """What is wrong with the wording of a report (文字质量), worst first; an empty list means nothing was noticed.

    A hint never blocks: a miner's short word is worth more than no word. `earlier` are the same person's or
    unit's recent texts, to notice copying.
    """
    plain = PUNCTUATION.sub("", normalise(text))
    whole = _whole_text_code(plain)
    if whole:
        return [_quality_hint(whole)]
    return [_quality_hint(code) for code in _part_codes(text, plain, unit_names, person_names, earlier)]


def _quality_hint(code: str) -> QualityHint:
    return QualityHint(code, MESSAGES[code])


def _whole_text_code(plain: str) -> str | None:
    """One code when the whole text says nothing that a person could act on."""
    if not plain or not re.search(r"[\w\u3400-\u9fff]", plain):
        return "ditto" if plain == "〃" else "nothing" if plain in NOTHING else "empty"
    if plain in DITTO:
        return "ditto"
    if plain in NOTHING:
        return "nothing"
    if DONE.fullmatch(plain):
        return "already_done"
    if not PLACE_PIECES.sub("", plain):
        return "place_only"
    return None


def _part_codes(
    text: str, plain: str, units: Collection[str], persons: Collection[str], earlier: Iterable[str]
) -> Iterable[str]:
    if _only_names(text, units, persons):
        yield "names"
        return
    if VAGUE.fullmatch(PLACE_PIECES.sub("", plain) or plain):
        yield "vague"
    elif len(plain) < 5 and not (_things_in(plain) and FAULT.search(plain) and len(plain) > 3):
        yield "too_short"
    if _two_hazards(text):
        yield "two_hazards"
    if _names_in(text, persons):
        yield "names_in_text"
    if re.search(r"已(?:经)?(?:整改|处理|销号)", plain):
        yield "done_in_text"
    if _copied(text, earlier):
        yield "copied"


def _two_hazards(text: str) -> bool:
    """Two clauses, each with a thing of another kind and its own fault (电缆乱、积水也没清)."""
    if SINGLE_CAUSE.search(text):
        return False
    clauses = [clause for clause in CLAUSE.split(normalise_lines(text)) if FAULT.search(clause)]
    kinds = [found for clause in clauses if (found := _things_in(clause))]
    return any(not (a & b) for i, a in enumerate(kinds) for b in kinds[i + 1 :])


def _things_in(clause: str) -> frozenset[str]:
    return frozenset(kind for kind, words in THINGS.items() if _any_in(words, clause))


def _copied(text: str, earlier: Iterable[str]) -> bool:
    mine = pieces(text)
    return len(mine) >= 3 and any(similarity(mine, other) >= 0.95 for other in earlier)


# --- names where a unit belongs ---------------------------------------------------------------------------------

NAME_SEPARATOR = re.compile(r"[\s,、;/\\和与及|]+")
HAN_RUN = re.compile(r"[\u3400-\u9fff·]+")
UNIT_ENDS = ("队", "科", "室", "部", "班", "组", "区", "中心", "车间", "矿", "公司", "处", "所", "站", "库")


def unit_field(value: str, *, unit_names: Collection[str], person_names: Collection[str]) -> QualityHint | None:
    """A ledger's 责任单位 column holds a person's name; None when it reads like a unit or is empty."""
    return _quality_hint("names") if _only_names(value, unit_names, person_names) else None


def _only_names(value: str, units: Collection[str], persons: Collection[str]) -> bool:
    parts = [part for part in NAME_SEPARATOR.split(unicodedata.normalize("NFKC", value).strip()) if part]
    known = _as_set(persons)
    if not parts or not known or value.strip() in units:
        return False
    return all(part in known and part not in units and not part.endswith(UNIT_ENDS) for part in parts)


def _names_in(text: str, persons: Collection[str]) -> bool:
    """A person's name inside a sentence; a two-character name only when it stands alone, as it may be a word."""
    known = _as_set(persons)
    if not known:
        return False
    runs = HAN_RUN.findall(text)
    if any(run in known for run in runs if len(run) == 2):
        return True
    return any(run[i : i + n] in known for run in runs for n in (3, 4) for i in range(len(run) - n + 1))


def _as_set(values: Collection[str]) -> Collection[str]:
    return values if isinstance(values, (set, frozenset, dict)) else frozenset(values)
