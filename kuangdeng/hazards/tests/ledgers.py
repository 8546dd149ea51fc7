"""Old hazard ledgers as mines keep them, clean and deliberately dirty, with the truth beside each file.

A test writes one into a folder, imports it, and compares with `Ledger.truth`: one dict per data row that a person would
keep, with the row number in the sheet, and `problems` where a person would be asked. All of it is invented.
"""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from importlib import resources
from pathlib import Path
from random import Random
from typing import Any

import xlsxwriter
from openpyxl import Workbook
from openpyxl.worksheet.worksheet import Worksheet

HEADERS = (
    "序号", "排查日期", "班次", "隐患地点", "隐患内容", "专业", "等级", "排查人", "责任单位", "责任人", "整改措施", "整改期限", "整改完成日期",
    "验收人", "是否销号", "备注",
)  # fmt: skip
KEYS = (
    "no", "found_on", "shift", "place", "text", "specialty", "grade", "finder", "unit", "person", "measure", "due_on", "rectified_on",
    "acceptor", "closed", "remark",
)  # fmt: skip
COLUMN = {key: index for index, key in enumerate(KEYS)}

# one canonical name and the ways in which it is found written
PLACES: dict[str, tuple[str, ...]] = {
    "3113综采工作面": ("3113综采工作面", "3113综采面", "3113 综采工作面", "３１１３综采面", "3113面"),
    "2305综放工作面": ("2305综放工作面", "2305综放面", "2305 综放面", "２３０５综放工作面", "2305工作面"),
    "1602掘进工作面": ("1602掘进工作面", "1602掘进头", "1602 掘进", "１６０２掘进工作面", "1602头"),
    "中央变电所": ("中央变电所", "井下中央变电所", "中央变", "中央 变电所", "中央变电所 "),
    "一部皮带巷": ("一部皮带巷", "1部皮带", "一部皮带", "一部胶带", "1#皮带"),
}
UNITS: dict[str, tuple[str, ...]] = {
    "综采二队": ("综采二队", "综采2队", "综采 二队", "综采二队 ", "综采２队"),
    "综放队": ("综放队", "综放 队", "综放队。", "  综放队", "综放队"),
    "掘进一队": ("掘进一队", "掘进1队", "掘进 一队", "掘一队", "掘进１队"),
    "机电队": ("机电队", "机电 队", "机电队、", "机电队 ", "机电队"),
    "皮带队": ("皮带队", "皮带 队", "皮带队(运输)", "皮带队 ", "皮带队"),
}
UNIT_OF_PLACE = dict(zip(PLACES, UNITS, strict=True))
SHIFTS: dict[str, tuple[str, ...]] = {
    "零点班": ("零点班", "零点", "夜班", "0点班", "〇点班"),
    "八点班": ("八点班", "捌点班", "早班", "8点", "捌点"),
    "四点班": ("四点班", "肆点班", "中班", "4点", "肆点"),
}
CLOSED: dict[bool, tuple[str, ...]] = {
    True: ("是", "√", "已销号", "已整改", "Y", "销号", "已闭环", "✔", "1"),
    False: ("否", "×", "未", "未销号", "N", "整改中", "✗", "", "0"),
}
NAMES = ("王铁柱", "李大山", "张建国", "赵志强", "刘二喜", "陈永福", "孙保电", "周安平")
MEASURES = ("立即更换", "按规程整改", "清理干净并设专人看管", "停机处理，试验合格后运行", "补打支护", "整改")


@dataclass(frozen=True)
class Ledger:
    """One file and what a careful person would make of it."""

    path: Path
    truth: list[dict[str, Any]]
    problems: list[tuple[int, str, str]] = field(default_factory=list)  # sheet row, key, code
    duplicates: list[tuple[int, int]] = field(default_factory=list)  # sheet row, the row it repeats
    sheet: str | None = None
    encoding: str | None = None
    not_data_rows: list[int] = field(default_factory=list)  # titles, headers, blanks, totals


# --- rows -------------------------------------------------------------------------------------------------------


def wordings() -> list[tuple[str, str, str]]:
    """Hazard texts with specialty and grade, from the product's own data."""
    folder = resources.files("kuangdeng.hazards").joinpath("data")
    rows = csv.DictReader(folder.joinpath("standard_hazards.csv").read_text(encoding="utf-8").splitlines())
    return [(row["wording"], row["specialty"], row["grade"]) for row in rows]


def true_rows(
    count: int, *, seed: int = 7, first: date = date(2018, 1, 2), days: int = 330
) -> Iterator[dict[str, Any]]:
    """Rows as they truly were: canonical names, real dates, a yes or no for closed."""
    random, texts = Random(seed), wordings()
    for number in range(1, count + 1):
        text, specialty, grade = texts[random.randrange(len(texts))]
        place = random.choice(tuple(PLACES))
        found = first + timedelta(days=(number - 1) * days // max(count, 1))
        closed = random.random() < 0.85
        lasts = random.randrange(0, 4)
        yield {
            "no": number, "found_on": found, "shift": random.choice(tuple(SHIFTS)), "place": place,
            "text": f"{random.randrange(1, 120)}#处{text}", "specialty": specialty, "grade": grade, "finder": random.choice(NAMES),
            "unit": UNIT_OF_PLACE[place], "person": random.choice(NAMES), "measure": random.choice(MEASURES),
            "due_on": found + timedelta(days=lasts), "rectified_on": found + timedelta(days=lasts) if closed else None,
            "acceptor": random.choice(NAMES) if closed else "", "closed": closed, "remark": "",
        }  # fmt: skip


def as_cells(row: dict[str, Any]) -> list[Any]:
    """The cells of a clean ledger: dates as dates, 是 or 否."""
    cells = [row[key] for key in KEYS]
    cells[COLUMN["closed"]] = "是" if row["closed"] else "否"
    return cells


def as_text_cells(row: dict[str, Any]) -> list[str]:
    return [
        "" if cell is None else f"{cell:%Y-%m-%d}" if isinstance(cell, date) else str(cell) for cell in as_cells(row)
    ]


def _sheet(book: Workbook, title: str) -> Worksheet:
    sheet = book.active
    assert isinstance(sheet, Worksheet)
    sheet.title = title
    return sheet


def _saved(book: Workbook, folder: Path, name: str) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / name
    book.save(path)
    return path


def _numbered(rows: Iterable[dict[str, Any]], start: int) -> list[dict[str, Any]]:
    return [{**row, "row": number} for number, row in enumerate(rows, start)]


def _title(sheet: Worksheet, text: str, row: int = 1) -> None:
    sheet.cell(row=row, column=1, value=text)
    sheet.merge_cells(start_row=row, start_column=1, end_row=row, end_column=len(HEADERS))


# --- clean ------------------------------------------------------------------------------------------------------


def clean_xlsx(folder: Path, count: int = 60) -> Ledger:
    """Headers in row 1, real dates, nothing odd."""
    book = Workbook()
    sheet = _sheet(book, "隐患台账")
    sheet.append(HEADERS)
    rows = list(true_rows(count))
    for row in rows:
        sheet.append(as_cells(row))
    return Ledger(_saved(book, folder, "隐患台账.xlsx"), _numbered(rows, 2), sheet="隐患台账", not_data_rows=[1])


def clean_csv(folder: Path, encoding: str = "utf-8", count: int = 60) -> Ledger:
    """The same as text; `encoding` is utf-8, utf-8-sig or gbk."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"隐患台账-{encoding}.csv"
    rows = list(true_rows(count))
    with path.open("w", encoding=encoding, newline="") as handle:
        writer = csv.writer(handle)
        writer.writerow(HEADERS)
        writer.writerows(as_text_cells(row) for row in rows)
    return Ledger(path, _numbered(rows, 2), encoding=encoding, not_data_rows=[1])


# --- one kind of dirt each --------------------------------------------------------------------------------------


def titled_xlsx(folder: Path) -> Ledger:
    """A merged title, a line of 填报单位 and date, then headers with line breaks and blanks inside."""
    book = Workbook()
    sheet = _sheet(book, "Sheet1")
    _title(sheet, "示例矿2018年安全隐患排查治理台账")
    _title(sheet, "填报单位：安监科        填报日期：2018年12月30日", row=2)
    sheet.append([])
    spaced = {
        "排查日期": "排查\n日期",
        "隐患地点": "隐 患 地 点",
        "隐患内容": "隐患内容（存在问题）",
        "责任单位": "责任\n单位",
        "是否销号": "是否\n销号",
    }
    sheet.append([spaced.get(header, header) for header in HEADERS])
    rows = list(true_rows(30))
    for row in rows:
        sheet.append(as_cells(row))
    path = _saved(book, folder, "标题行.xlsx")
    return Ledger(path, _numbered(rows, 5), sheet="Sheet1", not_data_rows=[1, 2, 3, 4])


HEADER_GROUPS = (("排查情况", 0, 7), ("整改情况", 8, 12), ("验收销号", 13, 14), ("备注", 15, 15))


def two_header_rows_xlsx(folder: Path) -> Ledger:
    """Two header rows, the upper one merged over groups, 序号 and 备注 merged downwards."""
    book = Workbook()
    sheet = _sheet(book, "台账")
    _title(sheet, "2018年隐患排查台账")
    _two_headers(sheet, 2)
    rows = list(true_rows(30))
    for row in rows:
        sheet.append(as_cells(row))
    return Ledger(_saved(book, folder, "两行表头.xlsx"), _numbered(rows, 4), sheet="台账", not_data_rows=[1, 2, 3])


def _two_headers(sheet: Worksheet, top: int) -> None:
    """In a merged header cell the lower row is empty, as Excel writes it."""
    for name, first, last in HEADER_GROUPS:
        sheet.cell(row=top, column=first + 1, value=name)
        if last > first:
            sheet.merge_cells(start_row=top, start_column=first + 1, end_row=top, end_column=last + 1)
    for index, header in enumerate(HEADERS[:-1], 1):
        sheet.cell(row=top + 1, column=index, value=header)
    sheet.merge_cells(start_row=top, start_column=len(HEADERS), end_row=top + 1, end_column=len(HEADERS))


def blanks_and_totals_xlsx(folder: Path) -> Ledger:
    """Blank rows between months, a 小计 after each, 合计 and signatures at the end."""
    book = Workbook()
    sheet = _sheet(book, "台账")
    sheet.append(HEADERS)
    truth: list[dict[str, Any]] = []
    junk = [1]
    for month, rows in _by_month(true_rows(36)):
        for row in rows:
            sheet.append(as_cells(row))
            truth.append({**row, "row": sheet.max_row})
        sheet.append(["小计", None, None, None, f"{month}月共{len(rows)}条"])
        junk.append(sheet.max_row)
        blank = sheet.max_row + 1
        sheet.cell(row=blank, column=4, value=" ")
        junk.append(blank)
    for tail in (
        ["合计", None, None, None, len(truth)],
        ["制表人：李大山", None, None, "审核：周安平"],
        ["注：本表一式两份"],
    ):
        sheet.append(tail)
        junk.append(sheet.max_row)
    return Ledger(_saved(book, folder, "空行合计.xlsx"), truth, sheet="台账", not_data_rows=junk)


def _by_month(rows: Iterable[dict[str, Any]]) -> list[tuple[int, list[dict[str, Any]]]]:
    months: dict[int, list[dict[str, Any]]] = {}
    for row in rows:
        months.setdefault(row["found_on"].month, []).append(row)
    return list(months.items())


def hidden_columns_xlsx(folder: Path) -> Ledger:
    """Hidden columns of fines between the others, and hidden (filtered) rows that still are hazards."""
    book = Workbook()
    sheet = _sheet(book, "台账")
    headers = list(HEADERS)
    headers[5:5] = ["罚款金额", "内部编号"]
    sheet.append(headers)
    rows = list(true_rows(24))
    for row in rows:
        cells = as_cells(row)
        cells[5:5] = [200, f"NB{row['no']:04d}"]
        sheet.append(cells)
    for letter in ("F", "G"):
        sheet.column_dimensions[letter].hidden = True
    for number in (5, 6, 12):
        sheet.row_dimensions[number].hidden = True
    return Ledger(_saved(book, folder, "隐藏列.xlsx"), _numbered(rows, 2), sheet="台账", not_data_rows=[1])


DATE_FORMS: tuple[tuple[str, Callable[[date], Any]], ...] = (
    ("date", lambda d: d),
    ("datetime", lambda d: datetime(d.year, d.month, d.day, 8, 30)),
    ("dots", lambda d: f"{d.year}.{d.month}.{d.day}"),
    ("dots padded", lambda d: f"{d.year}.{d.month:02d}.{d.day:02d}"),
    ("month day", lambda d: f"{d.month}月{d.day}日"),
    ("chinese", lambda d: f"{d.year}年{d.month}月{d.day}日"),
    ("chinese spaced", lambda d: f" {d.year} 年 {d.month} 月 {d.day} 日 "),
    ("slash with time", lambda d: f"{d.year}/{d.month}/{d.day} 8:30"),
    ("dash", lambda d: f"{d.year}-{d.month:02d}-{d.day:02d}"),
    ("serial", lambda d: (d - date(1899, 12, 30)).days),
    ("serial as text", lambda d: str((d - date(1899, 12, 30)).days)),
    ("serial with time", lambda d: (d - date(1899, 12, 30)).days + 0.3541666667),
    ("compact", lambda d: f"{d.year}{d.month:02d}{d.day:02d}"),
    ("two-digit year", lambda d: f"{d.year % 100}.{d.month}.{d.day}"),
    (
        "full width",
        lambda d: f"{d.year}．{d.month}．{d.day}".translate(str.maketrans("0123456789", "０１２３４５６７８９")),
    ),
    ("day. shift", lambda d: f"{d.year}年{d.month}月{d.day}日八点班"),
    ("weekday", lambda d: f"{d.year}-{d.month}-{d.day} 星期{'一二三四五六日'[d.weekday()]}"),
    ("month.day", lambda d: f"{d.month}.{d.day}"),
)
BAD_DATES = ("2018.13.5", "不详", "2018年2月30日", "5月", "见上", "—")
TIMED_FORMS = ("datetime", "slash with time", "serial with time")


def dates_xlsx(folder: Path) -> Ledger:
    """Every way of writing a day, then six that are none. The year of 3月5日 is the title's."""
    book = Workbook()
    sheet = _sheet(book, "2018年")
    _title(sheet, "示例矿2018年隐患排查台账")
    sheet.append(HEADERS)
    truth: list[dict[str, Any]] = []
    problems: list[tuple[int, str, str]] = []
    rows = true_rows(len(DATE_FORMS) + len(BAD_DATES), first=date(2018, 3, 5), days=90)
    shapes: list[tuple[str, Any]] = [*DATE_FORMS, *(("bad", value) for value in BAD_DATES)]
    for row, (name, shape) in zip(rows, shapes, strict=True):
        cells = as_cells(row)
        cells[COLUMN["found_on"]] = shape if name == "bad" else shape(row["found_on"])
        sheet.append(cells)
        number = sheet.max_row
        if name == "bad":
            problems.append((number, "found_on", "bad_date"))
            continue
        hour = {"found_at": (8, 30)} if name in TIMED_FORMS else {}
        truth.append({**row, **hour, "row": number, "date_form": name})
    return Ledger(_saved(book, folder, "日期写法.xlsx"), truth, problems, sheet="2018年", not_data_rows=[1, 2])


def spellings_xlsx(folder: Path) -> Ledger:
    """Each place, unit and shift in five spellings; truth holds the canonical name and the spelling."""
    book = Workbook()
    sheet = _sheet(book, "台账")
    sheet.append(HEADERS)
    truth: list[dict[str, Any]] = []
    for i, row in enumerate(true_rows(50)):
        cells = as_cells(row)
        said = {
            "place": PLACES[row["place"]][i % 5], "unit": UNITS[row["unit"]][i // 5 % 5], "shift": SHIFTS[row["shift"]][i % 5],
        }  # fmt: skip
        for key, value in said.items():
            cells[COLUMN[key]] = value
        sheet.append(cells)
        truth.append({**row, "row": sheet.max_row, "said": said})
    return Ledger(_saved(book, folder, "地点单位写法.xlsx"), truth, sheet="台账", not_data_rows=[1])


def closed_words_xlsx(folder: Path) -> Ledger:
    """是否销号 in every way: 是 否 √ × 已销号 未 … and empty."""
    book = Workbook()
    sheet = _sheet(book, "台账")
    sheet.append(HEADERS)
    truth: list[dict[str, Any]] = []
    words = [(word, state) for state, spelled in CLOSED.items() for word in spelled]
    for row, (word, state) in zip(true_rows(len(words)), words, strict=True):
        cells = as_cells({**row, "closed": state, "rectified_on": row["due_on"] if state else None})
        cells[COLUMN["closed"]] = word
        sheet.append(cells)
        told = {**row, "closed": state, "rectified_on": row["due_on"] if state else None}
        truth.append({**told, "row": sheet.max_row, "closed_word": word})
    return Ledger(_saved(book, folder, "销号写法.xlsx"), truth, sheet="台账", not_data_rows=[1])


# text, the quality code that a person should see (None: nothing to see)
DIRTY_TEXTS: tuple[tuple[str, str | None], ...] = (
    ("已整改", "already_done"),
    ("无", "nothing"),
    ("同上", "ditto"),
    ("〃", "ditto"),
    ("", "empty"),
    ("未发现问题", "nothing"),
    ("电缆乱、积水也没清", "two_hazards"),
    ("3113 回风", "place_only"),
    ("那个就是皮带头那块积煤了", None),
    ("11.4KW绞车钢丝绳断丝", None),
    ("１１．４绞车钢丝绳断丝", None),
    ("泵站压力只有18MP，低于规定", None),
    ("泵站压力只有18Mpa，低于规定", None),
    ("加强现场管理", "vague"),
    ("皮带机头积煤，已整改", "done_in_text"),
    ("捌点班迎头风筒破口漏风", None),
)


def dirty_texts_xlsx(folder: Path) -> Ledger:
    """Texts that say nothing, say two things, or say it their own way; one row has names where a unit belongs."""
    book = Workbook()
    sheet = _sheet(book, "台账")
    sheet.append(HEADERS)
    truth: list[dict[str, Any]] = []
    problems: list[tuple[int, str, str]] = []
    for row, (text, code) in zip(true_rows(len(DIRTY_TEXTS) + 2), [*DIRTY_TEXTS, *NAMES_AS_UNIT], strict=True):
        cells = as_cells(row)
        cells[COLUMN["text"]] = text
        if code == "names":
            cells[COLUMN["text"]], cells[COLUMN["unit"]] = row["text"], text
        sheet.append(cells)
        number = sheet.max_row
        if code == "empty":
            problems.append((number, "text", "empty"))
            continue
        said = {"unit": None, "unit_text": text} if code == "names" else {"text": text}
        truth.append({**row, **said, "row": number, "quality": code})
    return Ledger(_saved(book, folder, "内容不规范.xlsx"), truth, problems, sheet="台账", not_data_rows=[1])


NAMES_AS_UNIT = (("王铁柱、李大山", "names"), ("张建国 赵志强", "names"))


def duplicates_xlsx(folder: Path) -> Ledger:
    """Rows typed twice: equal, with other spacing and width, and the same words five shifts running (no duplicates)."""
    book = Workbook()
    sheet = _sheet(book, "台账")
    sheet.append(HEADERS)
    truth: list[dict[str, Any]] = []
    duplicates: list[tuple[int, int]] = []
    rows = list(true_rows(12))
    for row in rows:
        sheet.append(as_cells(row))
        truth.append({**row, "row": sheet.max_row})
    for copied in (0, 3, 5):
        cells = as_cells(rows[copied])
        if copied == 3:
            cells[COLUMN["text"]] = f" {cells[COLUMN['text']]} ".replace("#", "＃")
        sheet.append(cells)
        duplicates.append((sheet.max_row, truth[copied]["row"]))
    for shift in range(5):
        again = {
            **rows[1],
            "text": "皮带机头积煤，没人清",
            "found_on": date(2018, 11, 1) + timedelta(days=shift // 3),
            "due_on": date(2018, 11, 4),
        }
        again["shift"] = tuple(SHIFTS)[shift % 3]
        again["rectified_on"] = date(2018, 11, 4) if again["closed"] else None
        sheet.append(as_cells(again))
        truth.append({**again, "row": sheet.max_row, "running": True})
    return Ledger(_saved(book, folder, "重复行.xlsx"), truth, duplicates=duplicates, sheet="台账", not_data_rows=[1])


def required_empty_xlsx(folder: Path) -> Ledger:
    """Cells that must be there are not: no text, no date, no place; a row without number is fine."""
    book = Workbook()
    sheet = _sheet(book, "台账")
    sheet.append(HEADERS)
    truth: list[dict[str, Any]] = []
    problems: list[tuple[int, str, str]] = []
    for row, missing in zip(
        true_rows(9), (None, "text", None, "found_on", "place", "no", "unit", None, "closed"), strict=True
    ):
        cells = as_cells(row)
        if missing:
            cells[COLUMN[missing]] = None
        sheet.append(cells)
        if missing in ("text", "found_on"):
            problems.append((sheet.max_row, missing, "empty"))
            continue
        changed = {missing: False if missing == "closed" else None} if missing else {}
        truth.append({**row, **changed, "row": sheet.max_row, "missing": missing})
    return Ledger(_saved(book, folder, "必填为空.xlsx"), truth, problems, sheet="台账", not_data_rows=[1])


def wrong_sheet_order_xlsx(folder: Path) -> Ledger:
    """The ledger is the third sheet, behind an explanation and a statistics sheet that has similar headers."""
    book = Workbook()
    _sheet(book, "填表说明").append(["请各单位按要求填写，隐患内容要写清地点和部位"])
    stats = book.create_sheet("统计")
    for cells in (
        ["单位", "隐患条数", "已整改", "整改率"],
        ["综采二队", 12, 11, 0.917],
        ["机电队", 8, 8, 1],
        ["合计", 20, 19, 0.95],
    ):
        stats.append(cells)
    sheet = book.create_sheet("2018台账")
    sheet.append(HEADERS)
    rows = list(true_rows(20))
    for row in rows:
        sheet.append(as_cells(row))
    return Ledger(_saved(book, folder, "多个工作表.xlsx"), _numbered(rows, 2), sheet="2018台账", not_data_rows=[1])


def formulas_xlsx(folder: Path) -> Ledger:
    """Numbers and dates as formulas with the values that Excel stored beside them; a COUNTA total at the end."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "公式.xlsx"
    book = xlsxwriter.Workbook(str(path))
    sheet, day = book.add_worksheet("台账"), book.add_format({"num_format": "yyyy-m-d"})
    sheet.write_row(0, 0, HEADERS)
    rows = list(true_rows(15))
    for index, row in enumerate(rows, 1):
        cells = as_text_cells(row)
        sheet.write_row(index, 0, cells)
        found, serial = row["found_on"], (row["found_on"] - date(1899, 12, 30)).days
        sheet.write_formula(index, 0, "=ROW()-1", None, index)
        sheet.write_formula(index, 1, f"=DATE({found.year},{found.month},{found.day})", day, serial)
        sheet.write_formula(index, COLUMN["measure"], f'="{row["measure"]}"', None, row["measure"])
    sheet.write(len(rows) + 1, 0, "合计")
    sheet.write_formula(len(rows) + 1, 4, f"=COUNTA(E2:E{len(rows) + 1})", None, len(rows))
    book.close()
    return Ledger(path, _numbered(rows, 2), sheet="台账", not_data_rows=[1, len(rows) + 2])


def other_headers_xlsx(folder: Path) -> Ledger:
    """The same columns in another order, under the words of another mine, some columns missing."""
    names = {
        "found_on": "检查时间", "place": "地点", "text": "存在问题", "unit": "整改单位", "person": "整改负责人", "grade": "隐患级别",
        "finder": "检查人员", "due_on": "限改日期", "closed": "整改情况", "specialty": "类别", "shift": "班别", "measure": "防范措施",
    }  # fmt: skip
    book = Workbook()
    sheet = _sheet(book, "台账")
    sheet.append(list(names.values()))
    truth: list[dict[str, Any]] = []
    for row in true_rows(20):
        cells = [row[key] for key in names]
        cells[list(names).index("closed")] = "已整改" if row["closed"] else "未整改"
        sheet.append(cells)
        kept = {key: row[key] for key in names}
        truth.append({**kept, "row": sheet.max_row})
    return Ledger(_saved(book, folder, "另一种表头.xlsx"), truth, sheet="台账", not_data_rows=[1])


def everything_xlsx(folder: Path) -> Ledger:
    """All of it at once: cover sheet, title, two header rows, hidden column, blanks, totals, spellings, dates, dirt."""
    book = Workbook()
    _sheet(book, "封面").append(["2018年度隐患台账"])
    sheet = book.create_sheet("台账")
    _title(sheet, "示例矿2018年安全隐患排查治理台账")
    _two_headers(sheet, 2)
    truth: list[dict[str, Any]] = []
    problems: list[tuple[int, str, str]] = []
    junk = [1, 2, 3]
    for i, row in enumerate(true_rows(90)):
        number = sheet.max_row + 1
        cells, said, problem = _dirty_cells(i, row)
        sheet.append(cells)
        if problem:
            problems.append((number, *problem))
        else:
            truth.append({**row, **said, "row": number})
        if i % 30 == 29:
            sheet.append(["小计", None, None, None, 30])
            sheet.cell(row=sheet.max_row + 1, column=2, value="  ")
            junk += [sheet.max_row - 1, sheet.max_row]
    sheet.append(["合计", None, None, None, 90])
    junk.append(sheet.max_row)
    sheet.column_dimensions["P"].hidden = True
    path = _saved(book, folder, "全部问题.xlsx")
    return Ledger(path, truth, problems, sheet="台账", not_data_rows=junk)


def _dirty_cells(i: int, row: dict[str, Any]) -> tuple[list[Any], dict[str, Any], tuple[str, str] | None]:
    """One row of the worst ledger: its cells, what of the truth changes, and the problem that refuses it."""
    cells = as_cells(row)
    cells[COLUMN["place"]] = PLACES[row["place"]][i % 5]
    cells[COLUMN["unit"]] = UNITS[row["unit"]][i // 3 % 5]
    cells[COLUMN["shift"]] = SHIFTS[row["shift"]][i % 5]
    cells[COLUMN["found_on"]] = DATE_FORMS[i % len(DATE_FORMS)][1](row["found_on"])
    cells[COLUMN["closed"]] = CLOSED[row["closed"]][i % 6]
    if i % 31 == 11:
        cells[COLUMN["found_on"]] = BAD_DATES[i % len(BAD_DATES)]
        return cells, {}, ("found_on", "bad_date")
    if i % 29 == 13:
        cells[COLUMN["text"]] = "  "
        return cells, {}, ("text", "empty")
    if i % 17 == 3:
        text, code = DIRTY_TEXTS[i % 4]
        cells[COLUMN["text"]] = text
        return cells, {"text": text, "quality": code}, None
    return cells, {}, None


# --- big --------------------------------------------------------------------------------------------------------


def big_rows(count: int, seed: int = 11) -> Iterator[list[str]]:
    """Text cells of a very long ledger, quickly; over eight years and with the usual spellings."""
    random = Random(seed)
    pool = [as_text_cells(row) for row in true_rows(2000, seed=seed)]
    places, units = [s for v in PLACES.values() for s in v], [s for v in UNITS.values() for s in v]
    first = date(2018, 1, 1)
    days = [f"{first + timedelta(days=n)}" for n in range(8 * 365)]
    for number in range(1, count + 1):
        cells = list(pool[random.randrange(2000)])
        day = days[(number - 1) * len(days) // count]
        cells[0], cells[1], cells[COLUMN["due_on"]], cells[COLUMN["rectified_on"]] = str(number), day, day, day
        cells[COLUMN["text"]] = f"{number % 997}m处{cells[COLUMN['text']]}"
        cells[COLUMN["place"]], cells[COLUMN["unit"]] = places[number % 25], units[number % 25]
        if cells[COLUMN["closed"]] == "否":
            cells[COLUMN["rectified_on"]] = ""
        yield cells


def big_xlsx(path: Path, count: int = 100_000) -> Path:
    """A ledger of 100,000 rows in constant memory (about 15 s)."""
    book = xlsxwriter.Workbook(str(path), {"constant_memory": True, "strings_to_urls": False})
    sheet = book.add_worksheet("台账")
    for index, cells in enumerate(_with_headers(big_rows(count))):
        sheet.write_row(index, 0, cells)
    book.close()
    return path


def big_csv(path: Path, count: int = 100_000, encoding: str = "utf-8") -> Path:
    """The same as text, in a second or two."""
    with path.open("w", encoding=encoding, newline="") as handle:
        csv.writer(handle).writerows(_with_headers(big_rows(count)))
    return path


def _with_headers(rows: Iterable[Sequence[str]]) -> Iterator[Sequence[str]]:
    yield HEADERS
    yield from rows


ALL: dict[str, Callable[[Path], Ledger]] = {
    "clean": clean_xlsx,
    "clean csv": clean_csv,
    "clean csv with mark": lambda folder: clean_csv(folder, "utf-8-sig"),
    "clean csv gbk": lambda folder: clean_csv(folder, "gbk"),
    "titled": titled_xlsx,
    "two header rows": two_header_rows_xlsx,
    "blanks and totals": blanks_and_totals_xlsx,
    "hidden columns": hidden_columns_xlsx,
    "dates": dates_xlsx,
    "spellings": spellings_xlsx,
    "closed words": closed_words_xlsx,
    "dirty texts": dirty_texts_xlsx,
    "duplicates": duplicates_xlsx,
    "required empty": required_empty_xlsx,
    "wrong sheet order": wrong_sheet_order_xlsx,
    "formulas": formulas_xlsx,
    "other headers": other_headers_xlsx,
    "everything": everything_xlsx,
}
