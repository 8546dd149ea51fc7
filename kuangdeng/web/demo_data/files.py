"""The three Excel files with which a new mine begins: 单位, 人员, 地点, as a mine's own office would write them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

from openpyxl import Workbook
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter

from kuangdeng.web.demo_data.kinds import LABEL, DemoMine, DemoPerson, DemoUnit

KINDS = {"production": "生产", "auxiliary": "辅助", "office": "科室", "team": "班组"}
SCHEMES = {"three_eight": "三八制", "four_six": "四六制", "day_only": "单班制"}
LEVELS = {
    "surface": "地面", "level": "水平", "district": "采区", "face": "采煤工作面", "heading": "掘进工作面", "roadway": "巷道", "chamber": "硐室",
    "shaft": "井筒", "part": "部位",
}  # fmt: skip
ROLES = {
    "team_leader": "班组长", "unit_head": "区队长", "branch_secretary": "支部书记", "safety": "安监", "training_officer": "培训",
    "political_work": "政工", "librarian": "书屋管理员", "mine_leader": "矿领导", "group_office": "集团", "administrator": "系统管理员",
}  # fmt: skip

UNIT_HEADERS = ("单位名称", "上级单位", "单位类别", "基层党支部", "作业制度", "备注")
PERSON_HEADERS = (
    "职工编号",
    "姓名",
    "性别",
    "出生日期",
    "单位",
    "班组",
    "工种",
    "职务/岗位",
    "入党时间",
    "联系电话",
    "角色",
)
PLACE_HEADERS = ("地点名称", "上级地点", "类别", "管理单位", "别名（用、隔开）")


def make_org_files(folder: Path | str, mine: DemoMine) -> tuple[Path, Path, Path]:
    """Write 单位.xlsx, 人员.xlsx and 地点.xlsx into the folder and return their paths."""
    target = Path(folder)
    target.mkdir(parents=True, exist_ok=True)
    return (
        _book(target / "单位.xlsx", f"{mine.name}单位一览表（{LABEL}）", UNIT_HEADERS, _unit_rows(mine)),
        _book(target / "人员.xlsx", f"{mine.name}职工花名册（{LABEL}）", PERSON_HEADERS, _person_rows(mine)),
        _book(target / "地点.xlsx", f"{mine.name}井上下地点表（{LABEL}）", PLACE_HEADERS, _place_rows(mine)),
    )


def _unit_rows(mine: DemoMine) -> Iterable[Sequence[object]]:
    names = {unit.key: unit.name for unit in mine.units}
    for unit in mine.units:
        parent = names.get(unit.parent or "", "")
        yield unit.name, parent, KINDS[unit.kind], unit.branch or "", SCHEMES[unit.scheme], LABEL


def _person_rows(mine: DemoMine) -> Iterable[Sequence[object]]:
    units = {unit.key: unit for unit in mine.units}
    roles: dict[str, list[str]] = {}
    for grant in mine.grants:
        roles.setdefault(grant.number, []).append(ROLES[grant.role])
    for person in mine.persons:
        unit, team = _unit_and_team(units, person)
        yield (
            person.number, person.name, person.sex, person.birth, unit, team, person.trade, person.post,
            person.member_since, person.phone, "、".join(roles.get(person.number, [])),
        )  # fmt: skip


def _unit_and_team(units: dict[str, DemoUnit], person: DemoPerson) -> tuple[str, str]:
    unit = units[person.unit]
    if unit.kind != "team" or unit.parent is None:
        return unit.name, ""
    return units[unit.parent].name, unit.name


def _place_rows(mine: DemoMine) -> Iterable[Sequence[object]]:
    """A part is named after its parent, as the name 机头 alone exists a dozen times."""
    places = {place.key: place for place in mine.places}
    units = {unit.key: unit.name for unit in mine.units}
    for place in mine.places:
        parent = places[place.parent].name if place.parent else ""
        yield place.name, parent, LEVELS[place.level], units.get(place.unit or "", ""), "、".join(place.aliases)


def _book(path: Path, title: str, headers: Sequence[str], rows: Iterable[Sequence[object]]) -> Path:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = path.stem
    sheet.append([title])
    sheet.merge_cells(start_row=1, start_column=1, end_row=1, end_column=len(headers))
    sheet["A1"].font, sheet["A1"].alignment = Font(bold=True, size=14), Alignment(horizontal="center")
    sheet.append(list(headers))
    for cell in sheet[2]:
        cell.font = Font(bold=True)
    for row in rows:
        sheet.append(list(row))
    sheet.freeze_panes = "A3"
    for index, header in enumerate(headers, 1):
        sheet.column_dimensions[get_column_letter(index)].width = max(10, len(header) * 2 + 4)
    book.save(path)
    return path
