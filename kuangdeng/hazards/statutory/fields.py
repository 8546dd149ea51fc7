"""What of a hazard can go out to a system outside, and how a mapping words it. Pure but for the hazard's own columns.

No province has published a field list for uploads, so nothing here follows one: the fields are ours, a mapping table
says what a receiver calls them, in which order, in which format and code.
"""

import csv
import io
import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from dataclasses import field as filled
from datetime import datetime
from decimal import Decimal
from typing import Any, BinaryIO

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from lxml import etree

from kuangdeng.hazards.models import Hazard
from kuangdeng.hazards.rules import STATUS_LABELS
from kuangdeng.kernel import clock
from kuangdeng.kernel.errors import Refused
from kuangdeng.kernel.language import in_chinese
from kuangdeng.kernel.listing.export import CONTROL, guarded

FORMATS = {"csv": "CSV", "xlsx": "Excel", "json": "JSON", "xml": "XML"}
Value = str | int | Decimal | datetime | bool | None


def _name(thing: Any) -> str:
    return str(thing.name) if thing is not None else ""


FIELDS: dict[str, tuple[object, Callable[[Hazard], Value]]] = {
    "id": (gettext_lazy("系统内唯一号"), lambda h: str(h.id)),
    "number": (gettext_lazy("隐患编号"), lambda h: h.number),
    "mine_code": (gettext_lazy("矿代码"), lambda h: h.mine.code),
    "mine": (gettext_lazy("矿名"), lambda h: h.mine.name),
    "text": (gettext_lazy("隐患内容"), lambda h: h.text),
    "grade": (gettext_lazy("等级代码"), lambda h: "major" if h.is_major else (h.grade.code if h.grade else "")),
    "is_major": (gettext_lazy("是否重大"), lambda h: h.is_major),
    "category": (gettext_lazy("重大隐患类别"), lambda h: str(h.category or "")),
    "specialty": (gettext_lazy("专业代码"), lambda h: h.specialty.code if h.specialty else ""),
    "specialty_name": (gettext_lazy("专业"), lambda h: _name(h.specialty)),
    "place": (gettext_lazy("地点"), lambda h: " ".join(
        filter(None, [h.place.full_name if h.place else "", h.place_text]))),
    "source": (gettext_lazy("来源代码"), lambda h: h.source),
    "check_type": (gettext_lazy("检查类型代码"), lambda h: h.check_type),
    "found_at": (gettext_lazy("发现时间"), lambda h: h.occurred_at),
    "reported_at": (gettext_lazy("上报时间"), lambda h: h.received_at),
    "finder": (gettext_lazy("发现人"), lambda h: "" if h.anonymous else h.finders_text or _name(h.reporter)),
    "unit": (gettext_lazy("责任单位"), lambda h: h.unit_name or _name(h.unit)),
    "person": (gettext_lazy("责任人"), lambda h: _name(h.person) or h.person_text),
    "measure": (gettext_lazy("整改措施"), lambda h: h.measure),
    "funds": (gettext_lazy("资金（元）"), lambda h: h.funds),
    "due_at": (gettext_lazy("整改期限"), lambda h: h.due_at),
    "contingency": (gettext_lazy("应急预案"), lambda h: h.contingency),
    "rectified_at": (gettext_lazy("整改完成时间"), lambda h: h.rectified_at),
    "rectification": (gettext_lazy("整改情况"), lambda h: h.rectification),
    "accepted_at": (gettext_lazy("验收时间"), lambda h: h.accepted_at),
    "acceptor": (gettext_lazy("验收人"), lambda h: _name(h.accepted_by)),
    "closed_at": (gettext_lazy("销号时间"), lambda h: h.closed_at),
    "status": (gettext_lazy("状态代码"), lambda h: h.status),
    "status_name": (gettext_lazy("状态"), lambda h: str(STATUS_LABELS[h.status])),
    "supervised": (gettext_lazy("是否挂牌督办"), lambda h: h.supervised_at is not None),
}  # fmt: skip


@dataclass(frozen=True)
class MapRow:
    """A column of the receiver: its name, and our field or a constant that goes into it.

    `format` is a pattern of dates (%Y-%m-%d %H:%M:%S), `codes` translates our values, `required` must not be empty.
    """

    title: str
    field: str = ""
    constant: str = ""
    format: str = ""
    codes: dict[str, str] = filled(default_factory=dict)
    required: bool = False

    def kept(self) -> dict[str, Any]:
        """As the table keeps it."""
        return asdict(self)


NAME = re.compile(r"[^\W\d][\w.\-]{0,59}")
"""What XML allows as the name of an element, and every other format too."""
DATE_FORMAT = re.compile(r"(?:%[YmdHMSyf%]|[^%])*")
NOT_XML = re.compile("[\ufffe\uffff\ud800-\udfff]")
MOST_MAPPING = 2 * 1024 * 1024
NEUTRAL = [MapRow(key, key) for key in FIELDS]
"""Our own names, for whoever builds his own bridge."""


def rows_of(kept: Iterable[Mapping[str, Any]]) -> list[MapRow]:
    """The columns of a mapping as it is kept."""
    return [MapRow(**row) for row in kept]


def check_rows(rows: Sequence[MapRow]) -> None:
    """Refused, naming the row, for a mapping that could not be followed."""
    if not rows:
        raise Refused(_("对照表里没有列。请至少写一行。"), field="file")
    seen: set[str] = set()
    for at, row in enumerate(rows, 2):
        if not NAME.fullmatch(row.title):
            raise _wrong(
                at, _("对方列名“%s”不能用。列名以字母或汉字开头，只含字母、汉字、数字、点、横线、下划线。") % row.title
            )
        if row.title in seen:
            raise _wrong(at, _("对方列名“%s”写了两次。") % row.title)
        seen.add(row.title)
        if bool(row.field) == bool(row.constant):
            raise _wrong(at, _("“我方字段”和“固定值”要写一个，也只能写一个。"))
        if row.field and row.field not in FIELDS:
            raise _wrong(at, _("我方没有“%s”这个字段。可用的字段见对照表页。") % row.field)
        if row.format and not DATE_FORMAT.fullmatch(row.format):
            raise _wrong(at, _("日期格式“%s”认不出来。例：%%Y-%%m-%%d %%H:%%M:%%S。") % row.format)


def _wrong(at: int, words: str) -> Refused:
    return Refused(_("第 %(n)d 行：%(words)s") % {"n": at, "words": words}, field="file")


def cell(row: MapRow, hazard: Hazard) -> str:
    """What goes into a column for a hazard."""
    if row.constant:
        return row.constant
    value = FIELDS[row.field][1](hazard)
    if isinstance(value, datetime):
        words = clock.local(value).strftime(row.format or "%Y-%m-%d %H:%M:%S")
    elif isinstance(value, bool):
        words = "1" if value else "0"
    else:
        words = "" if value is None else str(value)
    words = NOT_XML.sub("", CONTROL.sub("", words))
    return row.codes.get(words, words)


@dataclass(frozen=True)
class Sheet:
    """What goes out: the column names, the lines, and which hazards lack what."""

    titles: list[str]
    lines: list[list[str]]
    gaps: list[tuple[Hazard, list[str]]]


def sheet_of(rows: Sequence[MapRow], hazards: Iterable[Hazard]) -> Sheet:
    """The hazards in the receiver's words; always in Chinese."""
    lines, gaps = [], []
    with in_chinese():
        for hazard in hazards:
            line = [cell(row, hazard) for row in rows]
            missing = [row.title for row, words in zip(rows, line, strict=True) if row.required and not words.strip()]
            if missing:
                gaps.append((hazard, missing))
            lines.append(line)
    return Sheet([row.title for row in rows], lines, gaps)


# Files ----------------------------------------------------------------------------------------------------------------


def written(sheet: Sheet, form: str) -> bytes:
    """The file in one of the four formats; the same sheet gives the same bytes."""
    return {"csv": _csv, "xlsx": _xlsx, "json": _json, "xml": _xml}[form](sheet)


def _csv(sheet: Sheet) -> bytes:
    """With a mark so that Excel reads Chinese; a text that a spreadsheet would run as a formula is disarmed."""
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    for line in [sheet.titles, *sheet.lines]:
        writer.writerow([guarded(words) for words in line])
    return out.getvalue().encode("utf-8-sig")


def _xlsx(sheet: Sheet) -> bytes:
    import xlsxwriter

    out = io.BytesIO()
    options = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False, "in_memory": True}
    with xlsxwriter.Workbook(out, options) as book:
        # The moment of making stands on the ledger; the same rows are to give the same file.
        book.set_properties({"created": datetime(2000, 1, 1)})  # noqa: DTZ001
        page = book.add_worksheet("数据")
        bold = book.add_format({"bold": True, "bottom": 1})
        for column, words in enumerate(sheet.titles):
            page.write_string(0, column, words, bold)
        for at, line in enumerate(sheet.lines, 1):
            for column, words in enumerate(line):
                page.write_string(at, column, words[:32767])
        page.freeze_panes(1, 0)
    return out.getvalue()


def _json(sheet: Sheet) -> bytes:
    rows = [dict(zip(sheet.titles, line, strict=True)) for line in sheet.lines]
    return json.dumps({"count": len(rows), "rows": rows}, ensure_ascii=False, indent=1).encode()


def _xml(sheet: Sheet) -> bytes:
    root = etree.Element("hazards", count=str(len(sheet.lines)))
    for line in sheet.lines:
        one = etree.SubElement(root, "hazard")
        for title, words in zip(sheet.titles, line, strict=True):
            etree.SubElement(one, title).text = words
    made: bytes = etree.tostring(root, xml_declaration=True, encoding="UTF-8", pretty_print=True)
    return made


# Mappings as Excel ----------------------------------------------------------------------------------------------------

MAP_HEAD = ("对方列名", "我方字段", "固定值", "日期格式", "代码转换", "必填")


def write_mapping(rows: Sequence[MapRow], file: BinaryIO) -> None:
    """A mapping as a workbook to change and send back; a second sheet lists our fields."""
    import xlsxwriter

    options = {"strings_to_formulas": False, "strings_to_urls": False, "in_memory": True}
    with xlsxwriter.Workbook(file, options) as book:
        bold = book.add_format({"bold": True, "bottom": 1})
        page = book.add_worksheet("对照表")
        page.write_row(0, 0, MAP_HEAD, bold)
        page.set_column(0, 5, 22)
        for at, row in enumerate(rows, 1):
            codes = "；".join(f"{ours}={theirs}" for ours, theirs in row.codes.items())
            words = [row.title, row.field, row.constant, row.format, codes, "是" if row.required else ""]
            for column, one in enumerate(words):
                page.write_string(at, column, one)
        page.freeze_panes(1, 0)
        known = book.add_worksheet("我方字段")
        known.write_row(0, 0, ("我方字段", "含义"), bold)
        known.set_column(0, 1, 30)
        with in_chinese():
            for at, (key, (label, _get)) in enumerate(FIELDS.items(), 1):
                known.write_string(at, 0, key)
                known.write_string(at, 1, str(label))


def read_mapping(content: bytes) -> list[MapRow]:
    """The columns of a workbook that was changed. Refused, naming the row, when it can't be followed."""
    rows = list(_cells(content))
    head = next((at for at, row in enumerate(rows[:15]) if row and row[0] == MAP_HEAD[0]), None)
    if head is None:
        raise Refused(_("没有找到表头。请先下载现有的对照表，在它上面改。"), field="file")
    names = rows[head]
    where = {name: names.index(name) for name in MAP_HEAD if name in names}
    made = []
    for at, row in enumerate(rows[head + 1 :], 2):
        words = {name: row[index].strip() if index < len(row) else "" for name, index in where.items()}
        if any(words.values()):
            made.append(_read_row(words, at))
    check_rows(made)
    return made


def _read_row(words: Mapping[str, str], at: int) -> MapRow:
    codes = {}
    for pair in re.split(r"[；;\n]", words.get("代码转换", "")):
        if pair.strip():
            ours, equal, theirs = pair.partition("=")
            if not equal:
                raise _wrong(at, _("代码转换“%s”要写成 我方=对方，多个用分号隔开。") % pair)
            codes[ours.strip()] = theirs.strip()
    return MapRow(
        words.get("对方列名", ""), words.get("我方字段", ""), words.get("固定值", ""), words.get("日期格式", ""), codes,
        words.get("必填", "") in ("是", "1", "Y", "y", "√", "true", "TRUE"),
    )  # fmt: skip


def _cells(content: bytes) -> Iterator[list[str]]:
    import openpyxl

    if len(content) > MOST_MAPPING:
        raise Refused(_("对照表超过 2 MB。请去掉无关的内容。"), field="file")
    try:
        book = openpyxl.load_workbook(io.BytesIO(content), read_only=True, data_only=True)
    except Exception as trouble:  # a broken file breaks in many ways
        raise Refused(_("这个文件打不开。请上传 .xlsx 格式的对照表。"), field="file") from trouble
    for row in book.worksheets[0].iter_rows(max_row=500, max_col=20, values_only=True):
        yield ["" if one is None else str(one) for one in row]
