"""Workbooks that go out: an empty template, and the report of an import."""

from collections.abc import Sequence
from typing import BinaryIO

import xlsxwriter

from kuangdeng.kernel.tables import Column
from kuangdeng.org.importing.columns import PERSON_COLUMNS, PLACE_COLUMNS, UNIT_COLUMNS
from kuangdeng.org.models import ImportRun

SAFE = {"strings_to_formulas": False, "strings_to_urls": False}
SAMPLES: dict[str, dict[str, str]] = {
    "单位": {"name": "综采一队", "kind": "生产", "branch": "综采一队党支部", "scheme": "三八制", "front_line": "是"},
    "职工": {
        "number": "001234", "name": "张三", "unit": "综采一队", "team": "一班", "trade": "采煤机司机", "sex": "男",
        "born_on": "1980-03-05", "member_since": "2008-07-01", "phone": "13800000000", "roles": "班组长",
    },
    "地点": {"name": "2305 综放工作面", "parent": "二采区", "kind": "采煤工作面", "unit": "综采一队", "aliases": "2305面、2305综放面"},
}  # fmt: skip
"""How the columns are meant; shown as comments, so that no sample line is ever imported."""


def write_template(file: BinaryIO) -> None:
    """Three sheets with their headers, obligatory ones in red, and how each is meant as a comment."""
    with xlsxwriter.Workbook(file, SAFE) as book:
        head = book.add_format({"bold": True, "bg_color": "#F6F7F5", "bottom": 1})
        must = book.add_format({"bold": True, "bg_color": "#F6F7F5", "bottom": 1, "font_color": "#C62828"})
        words = book.add_format({"num_format": "@"})
        for title, columns in (("单位", UNIT_COLUMNS), ("职工", PERSON_COLUMNS), ("地点", PLACE_COLUMNS)):
            sheet = book.add_worksheet(title)
            sheet.set_column(0, len(columns) - 1, 16, words)
            for at, column in enumerate(columns):
                sheet.write_string(0, at, column.label, must if column.required else head)
                sample = SAMPLES[title].get(column.key)
                sheet.write_comment(0, at, _hint(column, sample))
            sheet.freeze_panes(1, 0)


def _hint(column: Column, sample: str | None) -> str:
    names = "、".join(column.names[:4])
    parts = [
        "必填。" if column.required else "",
        f"例如：{sample}。" if sample else "",
        f"表头也可以写：{names}。" if names else "",
    ]
    return "".join(parts) or column.label


def write_report(run: ImportRun, file: BinaryIO) -> None:
    """What an import changed, or would change: one sheet each for errors, notes, new, changed, missing."""
    report = run.report
    with xlsxwriter.Workbook(file, SAFE) as book:
        head = book.add_format({"bold": True, "bg_color": "#F6F7F5", "bottom": 1})

        def sheet(title: str, titles: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
            if not rows:
                return
            page = book.add_worksheet(title)
            page.set_column(0, len(titles) - 1, 24)
            page.write_row(0, 0, titles, head)
            for number, row in enumerate(rows, 1):
                for at, value in enumerate(row):
                    page.write(number, at, value)

        where = ("工作表", "行", "列", "单元格", "说明")
        sheet("错误", where, [_place(one) for one in run.problems])
        sheet("提示", where, [_place(one) for one in report["notes"]])
        for key, label in (("units", "单位"), ("persons", "职工"), ("places", "地点")):
            sheet(f"新增{label}", (label,), [(name,) for name in report[key]["new"]])
            changed = [(name, *change) for name, changes in report[key]["changed"] for change in changes]
            sheet(f"更正{label}", (label, "项目", "原来", "现在"), changed)
        sheet("文件里没有的职工", ("职工",), [(name,) for name in report["missing"]])
        if not book.worksheets():
            book.add_worksheet("没有变化")


def _place(one: dict[str, object]) -> tuple[object, ...]:
    return one["sheet"], one["row"], one["column"], one["cell"], one["message"]
