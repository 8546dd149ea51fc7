"""What one row of an old ledger says: words into places, units, persons, days, grades and a state.

A cell that cannot be read is a problem with its sheet, row and column, and its row does not come in; what is merely
not known (a place's spelling, a person) is kept as the words that stand there, and told as a remark.
"""

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from hashlib import blake2b
from typing import Any, TypeVar
from uuid import UUID
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from kuangdeng.hazards.hints import quality
from kuangdeng.hazards.ledgers.states import Said, guess, said_done
from kuangdeng.hazards.models import CatalogueVersion, Cause, CheckType, Grade, Source, Specialty
from kuangdeng.hazards.rules import Status
from kuangdeng.hazards.setup import specialty_spellings
from kuangdeng.kernel import clock
from kuangdeng.kernel.search import fold
from kuangdeng.kernel.tables import Problem, Record, Unreadable, compact, text, to_moment
from kuangdeng.org.api import (
    Mine,
    PersonIndex,
    Place,
    PlaceIndex,
    Unit,
    UnitIndex,
    fold_person,
    fold_place,
    shift_aliases,
    split_names,
)

T = TypeVar("T")

EARLIEST = date(1990, 1, 1)
NOTHING = frozenset({"", "无", "-", "--", "—", "/", "\\", "空"})
DITTO = frozenset({"同上", "〃", '"', "″", "''"})
AT_ONCE = re.compile(r"立即|立刻|当班|现场|当场|马上|随时")
THE_DAY = re.compile(r"^(?:当日|当天|今日|今天|日内)")
WITHIN = re.compile(r"^(\d{1,3})\s*(?:天|日|个?工作日)(?:内|之内|以内)?$")
HOURS = re.compile(r"^(\d{1,3})\s*(?:小时|h)(?:内|之内|以内)?$", re.IGNORECASE)
SHIFT_BEHIND = re.compile(r"(.*?[日号\d])\s*([^\d\s日号年月.。/-][^\d年月日]*班|\d{1,2}点班)")
MAJOR = re.compile(r"重大")
ROMAN = {"ⅰ": "1", "ⅱ": "2", "ⅲ": "3", "ⅳ": "4", "iii": "3", "ii": "2", "iv": "4", "i": "1"}
SHIFT_WORDS = {"零点": "0点", "捌点": "8点", "八点": "8点", "肆点": "4点", "四点": "4点", "十六点": "16点"}
CAUSES = {"人": Cause.PERSON, "物": Cause.THING, "机": Cause.THING, "环": Cause.ENVIRONMENT, "管": Cause.MANAGEMENT}
SOURCES: tuple[tuple[str, Source], ...] = (
    ("举报", Source.PUBLIC), ("监察", Source.REGULATOR), ("监管", Source.REGULATOR), ("应急", Source.REGULATOR),
    ("能源局", Source.REGULATOR), ("煤炭局", Source.REGULATOR), ("煤管", Source.REGULATOR), ("政府", Source.REGULATOR),
    ("上级", Source.GROUP), ("集团", Source.GROUP), ("公司", Source.GROUP), ("矿领导", Source.MINE), ("矿级", Source.MINE),
    ("矿长", Source.MINE), ("全矿", Source.MINE), ("安监", Source.SAFETY), ("安全科", Source.SAFETY), ("安检", Source.SAFETY),
)  # fmt: skip
CHECK_TYPES: tuple[tuple[str, CheckType], ...] = (
    ("举报", CheckType.TIP), ("专项整治", CheckType.CAMPAIGN), ("专项", CheckType.SPECIAL), ("带队", CheckType.LEADER),
    ("领导", CheckType.LEADER), ("标准化", CheckType.STANDARD), ("上级", CheckType.SUPERIOR), ("监察", CheckType.SUPERIOR),
)  # fmt: skip


@dataclass(slots=True)
class Draft:
    """One row as it would come in. Ids where the mine knows what is meant, the words of the sheet where it does not."""

    sheet: str
    row: int
    occurred_at: datetime
    text: str
    status: Status
    reason: str
    place: Place | None = None
    place_text: str = ""
    shift_name: str = ""
    specialty: Specialty | None = None
    grade: Grade | None = None
    is_major: bool = False
    catalogue_id: str | None = None
    cause: str = ""
    clause: str = ""
    source: str = Source.UNIT
    source_text: str = ""
    check_type: str = CheckType.DAILY
    finder_ids: tuple[UUID, ...] = ()
    finders_text: str = ""
    unit: Unit | None = None
    unit_name: str = ""
    helper_unit_id: UUID | None = None
    person_id: UUID | None = None
    person_text: str = ""
    supervisor_id: UUID | None = None
    measure: str = ""
    goal: str = ""
    funds: Decimal | None = None
    contingency: str = ""
    due_at: datetime | None = None
    dispatched_at: datetime | None = None
    notice_number: str = ""
    rectification: str = ""
    rectified_at: datetime | None = None
    acceptance: str = ""
    accepted_at: datetime | None = None
    accepted_by_id: UUID | None = None
    closed_at: datetime | None = None
    closed_by_id: UUID | None = None
    void_reason: str = ""
    reject_reason: str = ""
    number: str = ""
    cells: list[str] = field(default_factory=list)
    remarks: list[tuple[str, str]] = field(default_factory=list)
    """Column key and what a person may want to know; the row comes in all the same."""
    twin_key: int = 0

    @property
    def day(self) -> date:
        """The day on which it was found."""
        return clock.local(self.occurred_at).date()


def unguarded(words: str) -> str:
    """Without the apostrophe that an export puts before what a spreadsheet would run as a formula."""
    return words[1:] if words[:1] == "'" and words[1:2] in ("=", "+", "-", "@") else words


@lru_cache(maxsize=8192)
def folded_text(words: str) -> str:
    """One spelling of a text, to notice that it was typed twice."""
    return re.sub(r"[\s,，.。;；、:：!！]+", "", unicodedata.normalize("NFKC", words).lower())


def twin_key(day: date, place: str, words: str, shift: str) -> int:
    """Rows with the same key were typed twice: same day, shift, place and words."""
    joined = "\x1f".join((day.isoformat(), shift, place, folded_text(words)))
    return int.from_bytes(blake2b(joined.encode(), digest_size=8).digest(), "big")


class Reader:
    """Reads the rows of one mine's ledger; knows its places, units, persons and tables. One per run, flat memory."""

    KEPT = 50_000
    """Spellings whose meaning is remembered."""

    def __init__(self, mine: Mine, *, year: int | None = None) -> None:
        self.mine, self.year = mine, year
        self.tz = ZoneInfo(mine.timezone)
        self.today = clock.today()
        self.places, self.units, self.persons = PlaceIndex(mine.id), UnitIndex(mine.id), PersonIndex(mine.id)
        self.shifts = self._shift_table(mine.id)
        self.grades = self._grade_table(mine.id)
        self.specialties = specialty_spellings(mine.id)
        self.catalogues = list(CatalogueVersion.objects.order_by("effective_from"))
        self._place = _remembered(self.places.resolve, self.KEPT)
        self._unit = _remembered(self.units.resolve, self.KEPT)
        self._moment = _remembered(self._read_moment, self.KEPT)
        self.has_recheck = True
        self.last: Record | None = None

    # The mine's own tables --------------------------------------------------------------------------------------

    def _shift_table(self, mine_id: UUID) -> dict[str, str]:
        table: dict[str, str] = {}
        for word, name in shift_aliases(mine_id).items():  # the default scheme first: it decides
            table.setdefault(_shift_key(word), name)
        for usual, name in (("夜班", "0点"), ("早班", "8点"), ("白班", "8点"), ("中班", "4点"), ("16点", "4点")):
            if name in table:
                table.setdefault(_shift_key(usual), table[name])
        return table

    def _grade_table(self, mine_id: UUID) -> dict[str, Grade]:
        table: dict[str, Grade] = {}
        grades = list(Grade.objects.filter(mine_id=mine_id).order_by("position"))
        for at, grade in enumerate(grades, start=1):
            bare = re.sub(r"[级类等]+$", "", compact(grade.name).lower())
            for word in (grade.code, grade.name, bare, f"{grade.code}级", f"{grade.code}类"):
                table.setdefault(compact(word).lower(), grade)
            if grade.code in "ABCD":
                for word in (
                    str(at),
                    f"{at}级",
                    f"{'一二三四'[at - 1] if at <= 4 else at}级",
                    f"{'一二三四'[at - 1] if at <= 4 else at}",
                ):
                    table.setdefault(word, grade)
        return table

    # Cells ------------------------------------------------------------------------------------------------------

    def _read_moment(self, words: object) -> tuple[date, time | None] | None:
        return to_moment(words, year=self.year)

    def _at(self, moment: tuple[date, time | None] | None, default: time = time()) -> datetime | None:
        if moment is None:
            return None
        return datetime.combine(moment[0], moment[1] or default, self.tz)

    def _found(self, record: Record) -> tuple[date, time | None, str]:
        """Day, time if said, and what is written behind the day (八点班)."""
        value = record["found_on"]
        if isinstance(value, str):
            words, behind = _without_weekday(value), ""
            match = SHIFT_BEHIND.fullmatch(words)
            if match:
                words, behind = match.group(1), match.group(2)
            moment = self._moment(words)
        else:
            moment, behind = self._moment(value), ""
        if moment is None:
            raise Unreadable(_("没有写日期。请补上发现隐患的日期。"))
        if not EARLIEST <= moment[0] <= self.today + timedelta(days=1):
            raise Unreadable(_("%(moment)s 不像是发现隐患的日期。请检查年份。") % {"moment": f"{moment[0]:%Y-%m-%d}"})
        return moment[0], moment[1], behind

    def _when(self, record: Record, key: str, draft: Draft, *, default: time = time()) -> datetime | None:
        """A later day of the row; what cannot be read is a remark, not a reason to leave the hazard out."""
        value = record[key]
        if value is None or (isinstance(value, str) and compact(value) in NOTHING):
            return None
        try:
            at = self._at(self._moment(_without_weekday(value) if isinstance(value, str) else value), default)
        except Unreadable as trouble:
            draft.remarks.append((key, f"{trouble}这一格没有用，原文保留。"))
            return None
        if (
            at is not None
            and default == time()
            and at.time() == time()
            and at.date() == draft.occurred_at.astimezone(self.tz).date()
        ):
            return max(at, draft.occurred_at)
        return at

    def _due(self, record: Record, draft: Draft) -> datetime | None:
        """The deadline; a day means until its end, 立即 until the end of the day on which it was found."""
        words = compact(record["due_on"])
        end, found = time(23, 59), draft.occurred_at.astimezone(self.tz)
        within = WITHIN.match(words)
        hours = HOURS.match(words)
        if within:
            return datetime.combine(found.date() + timedelta(days=int(within.group(1))), end, self.tz)
        if hours:
            return draft.occurred_at + timedelta(hours=int(hours.group(1)))
        if words and (THE_DAY.search(words) or (AT_ONCE.search(words) and not re.search(r"\d{4}", words))):
            return datetime.combine(found.date(), end, self.tz)
        due = self._when(record, "due_on", draft, default=end)
        if due is not None and due.date() < found.date():
            draft.remarks.append(("due_on", "整改期限早于发现日期，照原样导入。"))
        return due

    def _funds(self, record: Record, draft: Draft) -> Decimal | None:
        words = compact(record["funds"]).replace(",", "")
        if words in NOTHING:
            return None
        found = re.match(r"\d+(?:\.\d+)?", words)
        if found is None:
            draft.remarks.append(("funds", f"「{words[:20]}」不是金额，没有用，原文保留。"))
            return None
        try:
            amount = Decimal(found.group())
        except InvalidOperation:
            return None
        title = record.header.titles.get(record.header.columns["funds"], "")
        if "万" in words or "万" in title:
            amount *= 10_000
        return amount.quantize(Decimal("0.01")) if amount < Decimal("1e10") else None

    def _said(self, record: Record, key: str) -> str:
        words = unguarded(text(record[key]))
        return "" if words in NOTHING else words

    # The row ----------------------------------------------------------------------------------------------------

    def read(self, record: Record) -> Draft | Problem:
        """What the row says, or the one thing for which it cannot come in."""
        words = unguarded(text(record["text"]))
        if not words:
            return record.problem("text", "没有写隐患内容。请补上。")
        try:
            day, at, behind = self._found(record)
        except Unreadable as trouble:
            return record.problem("found_on", trouble)
        occurred_at = datetime.combine(day, at or time(), self.tz)
        draft = Draft(record.sheet, record.number, occurred_at, words, Status.REPORTED, "")
        self._judged(record, draft, behind)
        self._ordered(record, draft)
        self._ended(record, draft)
        draft.cells = [unguarded(text(cell)) for cell in record.cells]
        place = str(draft.place.id) if draft.place else fold_place(draft.place_text)
        draft.twin_key = twin_key(day, place, words, draft.shift_name)
        return draft

    def _judged(self, record: Record, draft: Draft, behind: str) -> None:
        self._where(record, draft)
        shift = self._said(record, "shift") or behind
        draft.shift_name = self.shifts.get(_shift_key(shift), shift[:20]) if shift else ""
        specialty = self._said(record, "specialty")
        if specialty:
            draft.specialty = self.specialties.get(fold(compact(specialty)))
            if draft.specialty is None:
                draft.remarks.append(("specialty", f"本矿专业里没有「{specialty[:20]}」，原文保留。"))
        self._graded(record, draft)
        draft.clause = self._said(record, "clause")[:300]
        cause = self._said(record, "cause")
        draft.cause = next((value for word, value in CAUSES.items() if word in cause), "") if cause else ""
        self._found_by(record, draft)
        number = compact(record["number"])
        draft.number = "" if number in NOTHING or number == compact(record["line"]) else number[:60]
        if len(draft.text) <= 14:
            for hint in quality(draft.text)[:1]:
                draft.remarks.append(("text", f"文字质量：{hint.message_zh}"))

    def _where(self, record: Record, draft: Draft) -> None:
        spelled, detail = self._said(record, "place"), self._said(record, "place_detail")
        if spelled:
            draft.place = self._place(spelled)
            if draft.place is None:
                draft.place_text = spelled
        draft.place_text = " ".join(filter(None, [draft.place_text, detail]))[:200]

    def _graded(self, record: Record, draft: Draft) -> None:
        said = compact(record["grade"]).lower()
        if not said or said in NOTHING:
            return
        if MAJOR.search(said) and "非重大" not in said:
            draft.is_major = True
            day = draft.day
            held = [
                one
                for one in self.catalogues
                if one.effective_from <= day and (one.effective_to is None or day <= one.effective_to)
            ]
            draft.catalogue_id = held[-1].code if held else None
        bare = re.sub(r"一般|隐患|较大|重大|[(（)）:：]", "", said) or said
        for word, digit in ROMAN.items():
            bare = bare.replace(word, digit) if bare.startswith(word) else bare
        draft.grade = self.grades.get(bare) or self.grades.get(said)
        if draft.grade is None and not draft.is_major:
            draft.remarks.append(("grade", f"本矿等级里没有「{text(record['grade'])[:20]}」，原文保留。"))

    def _found_by(self, record: Record, draft: Draft) -> None:
        who, where = self._said(record, "finder"), self._said(record, "checker_unit")
        draft.finders_text, draft.source_text = who[:100], where[:60]
        unit = self._unit(where) if where else None
        ids = []
        for name in split_names(who) if who else []:
            one = (self.persons.within(name, unit) if unit else None) or self.persons.alone(name)
            if one and one not in ids:
                ids.append(one)
        draft.finder_ids = tuple(ids)
        told = f"{self._said(record, 'source')} {where}"
        draft.source = next((value for word, value in SOURCES if word in told), Source.UNIT)
        told = f"{self._said(record, 'check_type')} {self._said(record, 'source')}"
        draft.check_type = next((value for word, value in CHECK_TYPES if word in told), CheckType.DAILY)

    def _ordered(self, record: Record, draft: Draft) -> None:
        said = self._said(record, "unit")
        if said:
            draft.unit = self._unit(said)
            draft.unit_name = (draft.unit.name if draft.unit else said)[:60]
            if draft.unit is None:
                names = split_names(said)
                if names and all(
                    2 <= len(name) <= 4 and (self.persons.knows(name) or _looks_like_name(name)) for name in names
                ):
                    draft.remarks.append(("unit", f"「{said[:30]}」像是人名，不是单位，原文保留。"))
        helper = self._said(record, "helper_unit")
        found = self._unit(helper) if helper else None
        draft.helper_unit_id = found.id if found else None
        draft.person_text = self._said(record, "person")[:100]
        names = split_names(draft.person_text) if draft.person_text else []
        if draft.unit is not None and names:
            draft.person_id = self.persons.within(names[0], draft.unit)
        supervisor = self._said(record, "supervisor")
        draft.supervisor_id = self.persons.alone(fold_person(supervisor)) if supervisor else None
        draft.measure = self._said(record, "measure")
        draft.goal = self._said(record, "goal")[:300]
        draft.contingency = self._said(record, "contingency")
        draft.notice_number = self._said(record, "notice_number")[:30]
        draft.funds = self._funds(record, draft) if record.has("funds") else None
        draft.due_at = self._due(record, draft) if record.has("due_on") else None

    def _ended(self, record: Record, draft: Draft) -> None:
        closed, acceptance = text(record["closed"]), self._said(record, "acceptance")
        draft.rectification = self._said(record, "rectification")
        rectified = self._when(record, "rectified_on", draft)
        accepted = self._when(record, "accepted_on", draft)
        closed_on = self._when(record, "closed_on", draft)
        acceptor = self._said(record, "acceptor")
        guessed = guess(Said(
            closed=closed if record.has("closed") else None,
            acceptance=acceptance if record.has("acceptance") else None,
            rectification=draft.rectification,
            rectified=rectified is not None,
            accepted=accepted is not None or bool(acceptor and record.has("acceptor")),
            closed_on=closed_on is not None,
            has_recheck=record.has("acceptance") or record.has("accepted_on") or record.has("acceptor"),
            has_order=draft.unit is not None and draft.due_at is not None,
            judged=draft.grade is not None and draft.specialty is not None,
        ))  # fmt: skip
        draft.status, draft.reason = guessed.status, guessed.reason
        draft.rectified_at = rectified
        draft.acceptance = acceptance
        if acceptor:
            draft.accepted_by_id = self.persons.alone(fold_person(acceptor))
            if draft.accepted_by_id is None:
                draft.acceptance = "，".join(filter(None, [acceptance, f"验收人：{acceptor}"]))
        draft.reject_reason = self._said(record, "reject_reason")
        if not draft.reject_reason and acceptance and said_done(acceptance) is False:
            draft.reject_reason = acceptance
        self._finish(record, draft, accepted, closed_on)

    def _finish(self, record: Record, draft: Draft, accepted: datetime | None, closed_on: datetime | None) -> None:
        """The times that belong to the state; what no cell says is taken from the nearest one, and told."""
        if draft.status == Status.VOID:
            draft.void_reason = self._said(record, "void_reason") or draft.reason
        if draft.status in (Status.CLOSED, Status.ACCEPTED):
            draft.accepted_at = accepted or (draft.rectified_at if draft.accepted_by_id else None)
        elif draft.status != Status.CLOSED:
            draft.accepted_by_id = None
        if draft.status == Status.CLOSED:
            draft.closed_at = closed_on or accepted or draft.rectified_at
            if draft.closed_at is None:
                past_due = draft.due_at if draft.due_at and draft.due_at <= clock.now() else None
                draft.closed_at = max(past_due or draft.occurred_at, draft.occurred_at)
                draft.remarks.append(
                    ("closed", "没有写销号和整改的时间，销号时间按整改期限（没有期限的按发现时间）记。")
                )
            closer = self._said(record, "closer")
            draft.closed_by_id = self.persons.alone(fold_person(closer)) if closer else None
        if draft.accepted_at is None:
            draft.accepted_by_id = None
        dispatched = self._when(record, "dispatched_on", draft) if record.has("dispatched_on") else None
        if draft.unit is not None and draft.due_at is not None:
            draft.dispatched_at = dispatched or draft.occurred_at


def _remembered(function: Callable[[Any], T], most: int) -> Callable[[Any], T]:
    """The same function with a memory that never grows past `most`; what it raises is not remembered."""
    kept: dict[Any, T] = {}

    def ask(value: Any) -> T:
        key = (type(value), value)
        if key in kept:
            return kept[key]
        found = function(value)
        if len(kept) >= most:
            kept.clear()
        kept[key] = found
        return found

    return ask


def _without_weekday(words: str) -> str:
    return re.sub(r"[(（]?(?:星期|周|礼拜)[一二三四五六日天][)）]?", "", words).strip()


def _shift_key(word: str) -> str:
    """捌点班, 八点班, 8点 and 8点班 are one shift."""
    key = fold(compact(word)).replace("〇", "零")
    for written, digits in SHIFT_WORDS.items():
        key = key.replace(written, digits)
    return key.removesuffix("班") if len(key) > 2 else key


SURNAMES = frozenset(
    "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕苏卢蒋蔡贾丁魏薛叶阎余潘杜戴夏钟汪田任姜范方石姚谭廖邹熊金陆郝孔白崔康毛邱秦江史顾侯邵孟龙万段雷钱汤尹黎易常武乔贺赖龚文"
)


def _looks_like_name(word: str) -> bool:
    return word[:1] in SURNAMES and not re.search(r"[队科室部班组区矿处所站库厂]$", word)
