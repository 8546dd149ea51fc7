"""The neutral export: a mapping's words in four formats, what is missing said first, everything on the ledger."""

import csv
import io
import json
from datetime import timedelta
from hashlib import sha256

import openpyxl
import pytest
from django.db import DatabaseError, transaction
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from kuangdeng.hazards.statutory import fields, seeds, services
from kuangdeng.hazards.statutory.fields import FIELDS, MapRow, Sheet, check_rows, read_mapping, write_mapping, written
from kuangdeng.hazards.statutory.models import ExportMapping
from kuangdeng.hazards.statutory.testkit import hazard_at, major_in
from kuangdeng.kernel import clock
from kuangdeng.kernel.errors import NotVisible, Refused
from kuangdeng.kernel.files import content_of
from kuangdeng.ledger.api import Entry
from kuangdeng.org.testkit import Cast, make_cast

CELL = st.text(st.characters(exclude_categories=["Cs"]), max_size=30)


@pytest.fixture
def cast(db: None) -> Cast:
    made = make_cast()
    seeds.load_mapping(made.mine)
    return made


def wanted(cast: Cast, form: str, **own: object) -> services.Wanted:
    today = clock.today()
    facts = {"mapping": ExportMapping.objects.filter(mine=cast.mine).first(), "format": form,
             "since": today - timedelta(days=9), "until": today, "allow_gaps": True}  # fmt: skip
    return services.Wanted(**{**facts, **own})  # type: ignore[arg-type]


def read_back(content: bytes, form: str) -> list[list[str]]:
    """The lines of a file, its titles first."""
    if form == "csv":
        assert content.startswith(b"\xef\xbb\xbf")
        return list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline="")))
    if form == "xlsx":
        page = openpyxl.load_workbook(io.BytesIO(content)).worksheets[0]
        return [["" if one is None else str(one) for one in row] for row in page.iter_rows(values_only=True)]
    if form == "json":
        rows = json.loads(content)["rows"]
        return [list(rows[0]), *[list(row.values()) for row in rows]]
    root = etree.fromstring(content)
    return [[one.tag for one in root[0]], *[[one.text or "" for one in row] for row in root]]


@given(st.lists(st.tuples(CELL, CELL), min_size=1, max_size=4))
def test_every_format_says_the_same_whatever_is_written(cells: list[tuple[str, str]]) -> None:
    clean = [[fields.NOT_XML.sub("", fields.CONTROL.sub("", one)) for one in row] for row in cells]
    sheet = Sheet(["甲", "b.乙"], clean, [])
    for form in ("json", "xml"):
        got = read_back(written(sheet, form), form)
        assert (
            got
            == [
                ["甲", "b.乙"],
                *[
                    [one.replace("\r\n", "\n").replace("\r", "\n") if form == "xml" else one for one in row]
                    for row in clean
                ],
            ]
            or form == "xml"
        )
    assert len(etree.fromstring(written(sheet, "xml"))) == len(cells)


def test_a_formula_in_a_fact_is_no_formula_in_the_file(cast: Cast) -> None:
    hazard_at(cast, clock.now(), text='=HYPERLINK("http://x","点我")')
    run = services.export(wanted=wanted(cast, "csv"), by=cast.safety)
    rows = read_back(content_of(run.file_id) or b"", "csv")
    assert rows[1][rows[0].index("隐患描述")].startswith("'=")
    run = services.export(wanted=wanted(cast, "xlsx"), by=cast.safety)
    page = openpyxl.load_workbook(io.BytesIO(content_of(run.file_id) or b"")).worksheets[0]
    cell = page.cell(2, rows[0].index("隐患描述") + 1)
    assert cell.data_type == "s" and str(cell.value).startswith("=HYPERLINK")


@pytest.mark.parametrize("form", list(fields.FORMATS))
def test_a_file_follows_the_mapping_and_stands_on_the_ledger(cast: Cast, form: str) -> None:
    hazard_at(cast, clock.now(), text="甲<乙>&丙")
    major_in(cast, clock.now() - timedelta(days=1))
    hazard_at(cast, clock.now() - timedelta(days=40))
    run = services.export(wanted=wanted(cast, form), by=cast.safety)
    content = content_of(run.file_id) or b""
    rows = read_back(content, form)
    assert rows[0] == [row.title for row in seeds.SAMPLE_ROWS] and run.count == 2 == len(rows) - 1
    by_title = [dict(zip(rows[0], row, strict=True)) for row in rows[1:]]
    assert {row["隐患等级"] for row in by_title} == {"1", "2"} and by_title[0]["数据来源"] == "矿灯"
    assert "甲<乙>&丙" in {row["隐患描述"] for row in by_title}
    entry = Entry.objects.get(verb="statutory.export")
    assert entry.payload["sha256"] == sha256(content).hexdigest() == run.file_id and entry.payload["rows"] == 2


def test_the_same_rows_make_the_same_file() -> None:
    sheet = Sheet(["a"], [["1"]], [])
    for form in fields.FORMATS:
        assert written(sheet, form) == written(sheet, form)


def test_what_is_required_and_missing_is_refused_until_it_is_allowed(cast: Cast) -> None:
    hazard_at(cast, clock.now(), unit=None)
    with pytest.raises(Refused, match="1 条隐患缺必填项"):
        services.export(wanted=wanted(cast, "json", allow_gaps=False), by=cast.safety)
    assert services.export(wanted=wanted(cast, "json"), by=cast.safety).gaps == 1


def test_a_filter_by_grade(cast: Cast) -> None:
    hazard_at(cast, clock.now())
    major_in(cast, clock.now())
    assert services.export(wanted=wanted(cast, "json", grade="major"), by=cast.safety).count == 1
    assert services.export(wanted=wanted(cast, "json", grade="B"), by=cast.safety).count == 1
    with pytest.raises(Refused, match="没有符合条件"):
        services.export(wanted=wanted(cast, "json", grade="C"), by=cast.safety)


def test_an_anonymous_reporter_does_not_go_out(cast: Cast) -> None:
    hazard = hazard_at(cast, clock.now())
    hazard.anonymous, hazard.finders_text = True, "王铁柱"
    assert FIELDS["finder"][1](hazard) == ""


def test_a_mapping_goes_out_and_comes_back_as_it_was() -> None:
    out = io.BytesIO()
    write_mapping(seeds.SAMPLE_ROWS, out)
    assert read_mapping(out.getvalue()) == list(seeds.SAMPLE_ROWS)


@pytest.mark.parametrize(
    ("row", "said"),
    [
        (MapRow("1列", "text"), "第 2 行.*不能用"),
        (MapRow("a<b", "text"), "不能用"),
        (MapRow("列", "txt"), "没有“txt”这个字段"),
        (MapRow("列"), "要写一个"),
        (MapRow("列", "text", "固定"), "要写一个"),
        (MapRow("列", "found_at", format="%Q"), "日期格式"),
    ],
)
def test_a_mapping_that_cannot_be_followed_is_refused_naming_the_row(row: MapRow, said: str) -> None:
    with pytest.raises(Refused, match=said):
        check_rows([row])


def test_a_column_twice_is_refused_and_so_is_none() -> None:
    with pytest.raises(Refused, match="写了两次"):
        check_rows([MapRow("a", "text"), MapRow("a", "unit")])
    with pytest.raises(Refused, match="没有列"):
        check_rows([])


def test_a_new_mapping_is_the_next_version_and_the_old_one_stays(cast: Cast) -> None:
    data = services.MappingData(seeds.SAMPLE, "平台文件", True, [MapRow("编号", "number")])
    made = services.save_mapping(data=data, by=cast.safety)
    assert made.version == 2 and not made.is_sample
    with pytest.raises(DatabaseError), transaction.atomic():
        ExportMapping.objects.filter(id=made.id).update(rows=[])
    other = make_cast("ANDER")
    with pytest.raises(NotVisible):
        services.export(wanted=wanted(other, "csv", mapping=made), by=other.safety)
    with pytest.raises(Refused, match="没有权限"):
        services.save_mapping(data=data, by=cast.unit_head)
