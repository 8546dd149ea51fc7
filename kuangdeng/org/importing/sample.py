"""The first rows of a plan as they will be written, for the eyes of who confirms it."""

from collections.abc import Callable, Iterable
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_noop as _

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
    rows = [cells(line) for line in written]
    columns = [name for name in rows[0] if any(row[name] for row in rows)] if rows else []
    shown = [[row[name] for name in columns] for row in rows]
    return {"columns": columns, "rows": [[line.is_new, cells] for line, cells in zip(written, shown, strict=True)]}


def _unit(line: UnitLine, parent: str) -> Cells:
    return {
        _("单位名称"): line.name,
        _("上级"): parent,
        _("类别"): str(Unit.Kind(line.kind).label),
        _("编码"): line.values.get("code", ""),
        _("简称"): line.values.get("short_name", ""),
        _("一线"): "是" if line.values.get("is_front_line") else "",
        _("党支部"): line.branch,
        _("班制"): line.scheme.name if line.scheme else "",
    }


def _person(line: PersonLine, unit: str) -> Cells:
    values = line.values
    return {
        _("工号"): values["number"],
        _("姓名"): values["name"],
        _("单位"): unit,
        _("工种"): line.trade,
        _("岗位"): line.post,
        _("性别"): {"m": "男", "f": "女"}.get(values.get("sex", ""), ""),
        _("出生日期"): text(values.get("born_on")),
        _("入党日期"): text(values.get("member_since")),
        _("电话"): values.get("phone", ""),
        _("邮箱"): values.get("email", ""),
        _("授予角色"): "、".join(str(ROLE_LABELS[role]) for role, _unit in line.roles),
    }


def _place(line: PlaceLine, unit: str) -> Cells:
    return {
        _("地点名称"): line.name,
        _("上级"): text(line.record["parent"]),
        _("类别"): line.kind,
        _("管理单位"): unit,
        _("别名"): "、".join(line.aliases),
    }
