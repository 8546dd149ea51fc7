"""The first rows of a plan as they will be written, for the eyes of who confirms it."""

from collections.abc import Callable, Iterable
from typing import Any
from uuid import UUID

from kuangdeng.kernel.tables import text
from kuangdeng.org.importing.plan import PersonLine, PlaceLine, Plan, UnitLine
from kuangdeng.org.models import Unit
from kuangdeng.org.rules import ROLE_LABELS

SAMPLE = 10
"""Rows that are shown: enough to see that every column was understood."""
Cells = dict[str, str]


def sample_of(plan: Plan) -> dict[str, dict[str, list[Any]]]:
    """Of units, persons and places the first rows that are new or change, in the columns that have anything."""

    def named(unit_id: UUID | None) -> str:
        return plan.unit_names.get(unit_id, "") if unit_id else ""

    return {
        "units": _table(plan.units, lambda line: _unit(line, named(line.parent_id))),
        "persons": _table(plan.persons, lambda line: _person(line, named(line.unit_id))),
        "places": _table(plan.places, lambda line: _place(line, named(line.unit_id))),
    }


def _table(lines: Iterable[Any], cells: Callable[[Any], Cells]) -> dict[str, list[Any]]:
    written = [line for line in lines if line.is_new or line.changed][:SAMPLE]
    rows = [{"写入": "新增" if line.is_new else "更正", **cells(line)} for line in written]
    columns = [name for name in rows[0] if any(row[name] for row in rows)] if rows else []
    return {"columns": columns, "rows": [[row[name] for name in columns] for row in rows]}


def _unit(line: UnitLine, parent: str) -> Cells:
    return {
        "单位名称": line.name,
        "上级": parent,
        "类别": str(Unit.Kind(line.kind).label),
        "编码": line.values.get("code", ""),
        "简称": line.values.get("short_name", ""),
        "一线": "是" if line.values.get("is_front_line") else "",
        "党支部": line.branch,
        "班制": line.scheme.name if line.scheme else "",
    }


def _person(line: PersonLine, unit: str) -> Cells:
    values = line.values
    return {
        "工号": values["number"],
        "姓名": values["name"],
        "单位": unit,
        "工种": line.trade,
        "岗位": line.post,
        "性别": {"m": "男", "f": "女"}.get(values.get("sex", ""), ""),
        "出生日期": text(values.get("born_on")),
        "入党日期": text(values.get("member_since")),
        "电话": values.get("phone", ""),
        "邮箱": values.get("email", ""),
        "授予角色": "、".join(str(ROLE_LABELS[role]) for role, _unit in line.roles),
    }


def _place(line: PlaceLine, unit: str) -> Cells:
    return {
        "地点名称": line.name,
        "上级": text(line.record["parent"]),
        "类别": line.kind,
        "管理单位": unit,
        "别名": "、".join(line.aliases),
    }
