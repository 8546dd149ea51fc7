"""An old accident ledger: its columns under the many titles that mines give them, and what one row says.

Names of the hurt stand in one column, and go from there to `Casualty` only: words, kept cells and reports are cleaned.
"""

import re
from collections import Counter
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from hashlib import sha256
from typing import BinaryIO
from uuid import UUID
from zoneinfo import ZoneInfo

import xlsxwriter

from kuangdeng.hazards.accidents.queries import levels
from kuangdeng.hazards.accidents.rules import SEVERITY_LABELS, Kind, Severity, Status, without_names
from kuangdeng.hazards.models import Specialty
from kuangdeng.hazards.setup import specialty_spellings
from kuangdeng.kernel import clock
from kuangdeng.kernel.language import in_chinese
from kuangdeng.kernel.search import fold
from kuangdeng.kernel.tables import Column, Problem, Record, Unreadable, compact, text, to_bool, to_moment, to_number
from kuangdeng.org.api import Mine, PersonIndex, Place, PlaceIndex, Unit, UnitIndex

COLUMNS: tuple[Column, ...] = (
    Column("number", "编号", ("事故编号", "台账编号")),
    Column("occurred_on", "发生时间", ("事故时间", "事故发生时间", "发生日期", "事故日期", "日期", "时间"), required=True),
    Column("shift", "班次", ("班别",)),
    Column("place", "地点", ("事故地点", "发生地点", "事故发生地点", "具体地点")),
    Column("text", "事故经过", ("事故经过及原因", "事故概况", "事故简要经过", "简要经过", "事故情况", "事故描述", "经过", "事故内容"), required=True),
    Column("kind", "事故类型", ("事故性质", "性质", "类型")),
    Column("specialty", "事故类别", ("类别", "专业", "事故专业")),
    Column("level", "事故等级", ("等级", "事故级别", "级别")),
    Column("unit", "事故单位", ("责任单位", "单位", "区队", "发生单位", "事故区队")),
    Column("deaths", "死亡人数", ("死亡", "死亡(人)")),
    Column("serious", "重伤人数", ("重伤", "重伤(人)")),
    Column("minor", "轻伤人数", ("轻伤", "轻伤(人)")),
    Column("names", "伤亡人员", ("伤者", "伤亡人员姓名", "受伤人员", "姓名", "伤者姓名", "伤亡者姓名")),
    Column("loss", "直接经济损失（元）", ("直接经济损失", "经济损失", "损失")),
    Column("stopped", "停产停工范围", ("影响范围", "停产范围")),
    Column("stop_hours", "停产时间（小时）", ("影响时间", "停产时间", "影响生产时间")),
    Column("direct", "直接原因", ("事故直接原因", "事故原因", "原因")),
    Column("indirect", "间接原因", ("事故间接原因",)),
    Column("management", "管理原因", ("管理责任",)),
    Column("conclusion", "调查结论", ("处理结果", "处理意见", "责任追究", "处理情况", "防范措施")),
    Column("closed", "是否结案", ("结案", "结案情况", "状态")),
    Column("closed_on", "结案日期", ("结案时间",)),
    Column("remark", "备注", ("说明",)),
)  # fmt: skip
LABELS = {column.key: column.label for column in COLUMNS}
SAMPLE = {
    "number": "2019-03", "occurred_on": "2019-03-05 14:20", "shift": "四点班", "place": "2305综放面 回风顺槽",
    "text": "转载机机头检修时链条突然转动，一人右手被挤伤", "kind": "伤亡事故", "specialty": "机电", "level": "轻伤事故",
    "unit": "综采一队", "deaths": "0", "serious": "0", "minor": "1", "names": "张三（轻伤）", "loss": "12000",
    "stopped": "2305综放面", "stop_hours": "6.5", "direct": "检修没有停电闭锁", "closed": "是", "closed_on": "2019-04-01",
}  # fmt: skip
"""How the columns are meant: comments in the template, so that no sample line is ever imported."""

NAME = re.compile(r"^([^（(:：]+)(?:[（(:：]\s*([^）)]*)[）)]?)?$")
SEVERITIES: tuple[tuple[str, Severity], ...] = (
    ("死", Severity.DEATH), ("亡", Severity.DEATH), ("重", Severity.SERIOUS), ("轻", Severity.MINOR), ("待查", Severity.UNCLEAR),
)  # fmt: skip
KINDS: tuple[tuple[str, Kind], ...] = (
    ("未遂", Kind.NEAR_MISS), ("非伤亡", Kind.NON_CASUALTY), ("伤亡", Kind.INJURY), ("死亡", Kind.INJURY), ("重伤", Kind.INJURY),
    ("轻伤", Kind.INJURY), ("工伤", Kind.INJURY),
)  # fmt: skip
EARLIEST = date(1950, 1, 1)


@dataclass(frozen=True)
class HurtDraft:
    """One of the hurt: of the mine when only one person is called so."""

    name: str
    severity: Severity
    person_id: UUID | None = None


@dataclass
class Draft:
    """One row as it would come in."""

    sheet: str
    row: int
    occurred_at: datetime
    text: str
    kind: Kind
    status: Status
    reason: str
    shift_name: str = ""
    place: Place | None = None
    place_text: str = ""
    unit: Unit | None = None
    unit_name: str = ""
    specialty: Specialty | None = None
    level_name: str = ""
    hurt: list[HurtDraft] = field(default_factory=list)
    loss: Decimal | None = None
    stopped_area: str = ""
    stop_hours: Decimal | None = None
    direct_cause: str = ""
    indirect_cause: str = ""
    management_cause: str = ""
    conclusion: str = ""
    closed_at: datetime | None = None
    cells: list[str] = field(default_factory=list)
    remarks: list[tuple[str, str]] = field(default_factory=list)

    @property
    def twin(self) -> str:
        """The same accident typed twice: the same day and words."""
        return twin(self.occurred_at, self.text)


def twin(at: datetime, words: str) -> str:
    """What makes two lines one accident."""
    said = f"{clock.local(at):%Y-%m-%d} {re.sub(r'[^0-9A-Za-z一-鿿]+', '', words)}"
    return sha256(said.encode()).hexdigest()


class _Bad(Exception):
    """A cell for which the row cannot come in."""

    def __init__(self, key: str, message: str) -> None:
        super().__init__(message)
        self.key = key


class Reader:
    """Reads the rows of one mine's ledger; knows its places, units, persons and tables."""

    def __init__(self, mine: Mine, *, year: int | None = None) -> None:
        self.mine, self.year, self.tz = mine, year, ZoneInfo(mine.timezone)
        self.places, self.units, self.persons = PlaceIndex(mine.id), UnitIndex(mine.id), PersonIndex(mine.id)
        self.specialties = specialty_spellings(mine.id)
        self.levels = {row.name for row in levels(mine.id)}

    def read(self, record: Record) -> Draft | Problem:
        """What the row says, or the one thing for which it cannot come in."""
        with in_chinese():
            try:
                return self._read(record)
            except _Bad as bad:
                return record.problem(bad.key, bad)

    def _read(self, record: Record) -> Draft:
        words = text(record["text"])
        if not words:
            raise _Bad("text", "没有写事故经过。请补上。")
        draft = Draft(record.sheet, record.number, self._when(record), words, Kind.NON_CASUALTY, Status.COMPLETED, "")
        self._where(record, draft)
        draft.hurt = self._hurt(record, draft)
        draft.kind = self._kind(record, draft)
        self._facts(record, draft)
        self._ended(record, draft)
        self._keep_names_out(record, draft)
        return draft

    def _moment(self, record: Record, key: str) -> tuple[date, time | None] | None:
        try:
            return to_moment(record[key], year=self.year)
        except Unreadable as trouble:
            raise _Bad(key, str(trouble)) from None

    def _when(self, record: Record) -> datetime:
        moment = self._moment(record, "occurred_on")
        if moment is None:
            raise _Bad("occurred_on", "没有写发生日期。请补上。")
        if not EARLIEST <= moment[0] <= clock.today():
            raise _Bad("occurred_on", f"{moment[0]:%Y-%m-%d} 不像是事故发生的日期。请检查年份。")
        at = datetime.combine(moment[0], moment[1] or time(), self.tz)
        if at > clock.now():
            raise _Bad("occurred_on", f"{at:%Y-%m-%d %H:%M} 还没有到。请检查日期和时刻。")
        return at

    def _where(self, record: Record, draft: Draft) -> None:
        spelled, unit = text(record["place"])[:200], text(record["unit"])
        draft.place = self.places.resolve(spelled) if spelled else None
        draft.place_text = "" if draft.place else spelled
        draft.unit = self.units.resolve(unit) if unit else None
        draft.unit_name = (draft.unit.name if draft.unit else unit)[:60]
        draft.shift_name = text(record["shift"])[:20]
        if spelled and draft.place is None:
            draft.remarks.append(("place", "系统里没有这个地点，原文留在具体位置里。"))
        if unit and draft.unit is None:
            draft.remarks.append(("unit", "系统里没有这个单位，原文保留，这一起不归任何单位。"))

    def _count(self, record: Record, key: str) -> int:
        try:
            number = to_number(record[key])
        except Unreadable as trouble:
            raise _Bad(key, str(trouble)) from None
        if number is not None and (number < 0 or number != int(number) or number > 999):
            raise _Bad(key, "人数应是 0 到 999 的整数。请改正。")
        return int(number or 0)

    def _hurt(self, record: Record, draft: Draft) -> list[HurtDraft]:
        """Everybody who is hurt: the named ones with what is said of each, the rest of the counts without a name."""
        said = Counter({severity: self._count(record, severity) for severity in ("deaths", "serious", "minor")})
        left = Counter(
            {Severity.DEATH: said["deaths"], Severity.SERIOUS: said["serious"], Severity.MINOR: said["minor"]}
        )
        total, found = sum(left.values()), []
        for name, severity in self._named(record, left):
            person = (self.persons.within(name, draft.unit) if draft.unit else None) or self.persons.alone(name)
            found.append(HurtDraft(name, severity, person))
            left[severity] -= 1
        if total and min(left.values()) < 0:
            raise _Bad("names", "名单和死亡、重伤、轻伤人数对不上。请核对人数和每个人的伤情。")
        rest = [HurtDraft("", severity) for severity, count in left.items() for _one in range(max(0, count))]
        known = [one.person_id for one in found if one.person_id]
        if len(known) != len(set(known)):
            raise _Bad("names", "名单里同一个人写了两次。请删去一个。")
        return found + rest

    def _named(self, record: Record, counted: Counter[Severity]) -> list[tuple[str, Severity]]:
        listed = [one for one in re.split(r"[、,，;；\n]+", text(record["names"])) if one.strip()]
        only = [severity for severity, count in counted.items() if count]
        named = []
        for one in listed:
            match = NAME.match(one.strip())
            name, words = (match.group(1).strip(), match.group(2) or "") if match else (one.strip(), "")
            if not name or len(name) > 20:
                raise _Bad("names", "名单要用顿号隔开，一个人一个姓名，伤情写在括号里，如 张三（轻伤）、李四（重伤）。")
            severity = next((value for word, value in SEVERITIES if word in words), None)
            if severity is None and len(only) > 1:
                raise _Bad("names", "有几种伤情，名单里没有写清谁是哪一种。请写成 张三（死亡）、李四（轻伤）。")
            named.append((name, severity or (only[0] if only else Severity.UNCLEAR)))
        return named

    def _kind(self, record: Record, draft: Draft) -> Kind:
        said = compact(record["kind"])
        found = next((kind for word, kind in KINDS if word in said), None)
        if draft.hurt and found not in (None, Kind.INJURY):
            raise _Bad("kind", "登记了伤亡人员，事故类型却不是伤亡事故。请改正其中一项。")
        if found is None and said:
            draft.remarks.append(("kind", "这个事故类型不认得，按有没有伤亡判断。"))
        return found or (Kind.INJURY if draft.hurt else Kind.NON_CASUALTY)

    def _number(self, record: Record, key: str, most: Decimal) -> Decimal | None:
        try:
            number = to_number(record[key])
        except Unreadable as trouble:
            raise _Bad(key, str(trouble)) from None
        if number is None:
            return None
        title = record.header.titles.get(record.header.columns[key], "")
        amount = Decimal(str(number)) * (10_000 if key == "loss" and "万" in title + text(record[key]) else 1)
        if not 0 <= amount < most:
            raise _Bad(key, "这个数太大，或者是负数。请改正。")
        return amount.quantize(Decimal("0.01"))

    def _facts(self, record: Record, draft: Draft) -> None:
        draft.loss = self._number(record, "loss", Decimal("1e11"))
        draft.stop_hours = self._number(record, "stop_hours", Decimal(10_000))
        draft.stopped_area = text(record["stopped"])[:200]
        specialty = text(record["specialty"])
        draft.specialty = self.specialties.get(fold(compact(specialty))) if specialty else None
        if specialty and draft.specialty is None:
            draft.remarks.append(("specialty", "本矿专业里没有这一类，原文保留。"))
        draft.level_name = compact(record["level"])
        if draft.level_name and draft.level_name not in self.levels:
            draft.remarks.append(("level", "本矿的事故等级表里没有这一级，按表重新判定，原文保留。"))
            draft.level_name = ""
        draft.direct_cause, draft.indirect_cause = text(record["direct"]), text(record["indirect"])
        draft.management_cause, draft.conclusion = text(record["management"]), text(record["conclusion"])

    def _ended(self, record: Record, draft: Draft) -> None:
        """结案: by the day of it, or by the word; what says nothing waits for its investigation: nothing disappears."""
        moment = self._moment(record, "closed_on")
        word = compact(record["closed"])
        if moment is not None and moment[0] > clock.today():
            raise _Bad("closed_on", f"结案日期 {moment[0]:%Y-%m-%d} 在今天以后。请检查年份。")
        if moment is not None:
            draft.closed_at = max(datetime.combine(moment[0], moment[1] or time(), self.tz), draft.occurred_at)
            draft.reason = "写了结案日期"
        elif word and self._is_yes(word):
            draft.closed_at, draft.reason = draft.occurred_at, f"写着「{word[:10]}」，没有写日期，按发生日期"
        else:
            draft.reason = f"写着「{word[:10]}」" if word else "没有写结案，按待调查导入"
        draft.status = Status.CLOSED if draft.closed_at else Status.COMPLETED

    @staticmethod
    def _is_yes(word: str) -> bool:
        if re.search(r"未|没|待|调查中|在办", word):
            return False
        try:
            return bool(to_bool(word))
        except Unreadable:
            return "结案" in word or "办结" in word or "完" in word

    def _keep_names_out(self, record: Record, draft: Draft) -> None:
        names = [one.name for one in draft.hurt if one.name]
        for column in ("text", "place_text", "stopped_area", "direct_cause", "indirect_cause", "management_cause", "conclusion"):  # fmt: skip
            setattr(draft, column, without_names(getattr(draft, column), names))
        hidden = record.header.columns.get("names")
        draft.cells = ["" if at == hidden else without_names(text(cell), names) for at, cell in enumerate(record.cells)]


def write_template(file: BinaryIO) -> None:
    """An empty ledger with the columns that are understood, obligatory ones in red, and how each is meant as a comment."""
    with in_chinese(), xlsxwriter.Workbook(file, {"strings_to_formulas": False, "strings_to_urls": False}) as book:
        head = book.add_format({"bold": True, "bg_color": "#F6F7F5", "bottom": 1, "text_wrap": True})
        must = book.add_format({"bold": True, "bg_color": "#F6F7F5", "bottom": 1, "font_color": "#C62828"})
        words = book.add_format({"num_format": "@", "text_wrap": True, "valign": "top"})
        sheet = book.add_worksheet("事故台账")
        sheet.set_column(0, len(COLUMNS) - 1, 14, words)
        for at, column in enumerate(COLUMNS):
            sheet.write_string(0, at, column.label, must if column.required else head)
            sheet.write_comment(0, at, _hint(column))
        sheet.freeze_panes(1, 0)
        notes = book.add_worksheet("填写说明")
        notes.set_column(0, 0, 100, words)
        severities = "、".join(str(SEVERITY_LABELS[one]) for one in Severity)
        for row, note in enumerate([
            "一行一起事故。红色的栏必须有；其他栏没有就空着，栏的先后和叫法可以不同。",
            f"伤亡人员用顿号隔开，伤情写在括号里：张三（轻伤）、李四（重伤）。伤情有：{severities}。",
            "伤亡人员姓名只进伤亡名单，只给有权限的人看；经过、原因里写到的姓名会自动改成 张某。",
            "死亡、重伤、轻伤人数和名单要对得上；只有人数、没有姓名也可以。",
            "没有写是否结案、结案日期的，按待调查导入，由安监部门补办。",
            "先读出预览，确认以后才写入；同一个文件再导入一次，不会重复。",
        ]):  # fmt: skip
            notes.write_string(row, 0, note)


def _hint(column: Column) -> str:
    sample, names = SAMPLE.get(column.key), "、".join(column.names[:4])
    parts = ["必填。" if column.required else "", f"例如：{sample}。" if sample else ""]
    return "".join([*parts, f"表头也可以写：{names}。" if names else ""]) or column.label


def stopped_until(draft: Draft) -> datetime | None:
    """When work went on again."""
    return draft.occurred_at + timedelta(hours=float(draft.stop_hours)) if draft.stop_hours else None
