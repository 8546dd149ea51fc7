"""What a file would change: read, compared with what is there, and said; nothing is written."""

import difflib
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any
from uuid import UUID

from django.db.models import Q
from django.utils.translation import gettext as _

from kuangdeng.kernel import clock
from kuangdeng.kernel.errors import Refused
from kuangdeng.kernel.ids import uuid7
from kuangdeng.kernel.search import fold
from kuangdeng.kernel.tables import (
    Column,
    Problem,
    Record,
    Table,
    Unreadable,
    compact,
    open_book,
    text,
    to_bool,
    to_date,
)
from kuangdeng.org.importing.columns import (
    PERSON_COLUMNS,
    PLACE_COLUMNS,
    SEXES,
    UNIT_COLUMNS,
    guessed_kind,
    kind_of,
    role_of,
    role_words,
)
from kuangdeng.org.models import Mine, Person, Place, RoleGrant, ShiftScheme, Unit, UnitName, UnitShift
from kuangdeng.org.queries.places import PlaceIndex
from kuangdeng.org.rules import MINE_WIDE, ROLE_LABELS, Role
from kuangdeng.org.spelling import fold_place

Progress = Callable[[int, int], None]
Changed = list[tuple[str, str, str]]
"""Field, what it was, what it becomes."""

MAX_PROBLEMS = 2000


@dataclass
class Line:
    """One row of the file that can be written: the thing it is about and what changes."""

    record: Record
    id: UUID
    label: str
    is_new: bool
    changed: Changed = field(default_factory=list)


@dataclass
class UnitLine(Line):
    """A unit: where it stands and what it is."""

    name: str = ""
    parent_id: UUID | None = None
    kind: str = ""
    values: dict[str, Any] = field(default_factory=dict)
    branch: str = ""
    scheme: ShiftScheme | None = None
    moved: bool = False
    renamed: bool = False


@dataclass
class PersonLine(Line):
    """A person: facts, where he works, roles to add."""

    values: dict[str, Any] = field(default_factory=dict)
    unit_id: UUID | None = None
    trade: str = ""
    post: str = ""
    moved: bool = False
    valid_from: date | None = None
    roles: list[tuple[Role, UUID | None]] = field(default_factory=list)


@dataclass
class PlaceLine(Line):
    """A place: where in the tree, what kind, whose, and its other spellings."""

    name: str = ""
    parent_id: UUID | None = None
    kind: str = ""
    unit_id: UUID | None = None
    aliases: list[str] = field(default_factory=list)


@dataclass
class UnitRef:
    """A unit as rows refer to it, whether it is there or comes with this file."""

    id: UUID
    name: str
    parent_id: UUID | None
    kind: str


@dataclass
class Plan:
    """All that a file would do, and all that is wrong with it."""

    valid_from: date
    problems: list[Problem] = field(default_factory=list)
    notes: list[Problem] = field(default_factory=list)
    units: list[UnitLine] = field(default_factory=list)
    persons: list[PersonLine] = field(default_factory=list)
    places: list[PlaceLine] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)
    sheets: dict[str, str] = field(default_factory=dict)
    rows: int = 0

    def wrong(self, record: Record, key: str, message: object) -> None:
        """Note what is wrong in a row; the row will not be written."""
        if len(self.problems) < MAX_PROBLEMS:
            self.problems.append(record.problem(key, message))

    def note(self, record: Record, key: str, message: object) -> None:
        """Note what a person should know; the row will be written."""
        if len(self.notes) < MAX_PROBLEMS:
            self.notes.append(record.problem(key, message))


def make_plan(
    path: Path, name: str, *, mine: Mine, valid_from: date, may_grant: bool, progress: Progress | None = None
) -> Plan:
    """Read a file and say what it would change. Refused when it is no table, or none of ours.

    Sheets are known by their headers, not by their names. Units first, then persons and places, which refer to them.
    """
    plan = Plan(valid_from)
    with open_book(path, name=name) as book:
        found: list[tuple[str, Table]] = []
        for sheet in book.sheets:
            kind, table = _kind_of_sheet(book, sheet)
            plan.sheets[sheet] = kind
            if table is not None:
                found.append((kind, table))
        if not found:
            raise Refused(
                _(
                    "没有认出要导入的表。表头要有「工号」和「姓名」（职工），或「单位名称」和「上级」「类别」之一（单位），或「地点名称」（地点）。"
                    "请检查前 15 行里有没有表头。"
                ),
                code="no_table",
            )
        known = Units(mine)
        for kind, reader in (("units", _Units), ("persons", _Persons), ("places", _Places)):
            tables = [table for one, table in found if one == kind]
            if tables:
                reader(plan, mine, known, may_grant=may_grant, progress=progress).read(tables)
    order = {sheet: at for at, sheet in enumerate(plan.sheets)}
    for found_wrong in (plan.problems, plan.notes):
        found_wrong.sort(key=lambda one: (order.get(one.sheet, 0), one.row))
    return plan


def _kind_of_sheet(book: Any, sheet: str) -> tuple[str, Table | None]:
    """What a sheet is about: the meaning whose required columns are all there and which fits best."""
    best: tuple[int, str, Table | None] = (0, "", None)
    for kind, columns in (("persons", PERSON_COLUMNS), ("places", PLACE_COLUMNS), ("units", UNIT_COLUMNS)):
        table = book.table(sheet, columns)
        if (
            table is None
            or table.header.missing
            or (kind == "units" and not {"parent", "kind", "branch"} & set(table.header.columns))
        ):
            continue
        if table.header.score > best[0]:
            best = (table.header.score, kind, table)
    return best[1], best[2]


class Units:
    """The units that rows refer to, by name, by former name, by path."""

    def __init__(self, mine: Mine) -> None:
        self.mine_words = {key(mine.name), key(mine.code), "全矿", "本矿", ""}
        self.by_id: dict[UUID, UnitRef] = {}
        self.by_name: dict[str, list[UnitRef]] = {}
        self.rows = {
            unit.id: unit for unit in Unit.objects.filter(mine=mine, closed_on=None).select_related("branch", "parent")
        }
        for unit in self.rows.values():
            self.add(UnitRef(unit.id, unit.name, unit.parent_id, unit.kind), unit.short_name)
        self.former: dict[str, list[UnitRef]] = {}
        for name in UnitName.objects.filter(unit__mine=mine, unit__closed_on=None).exclude(name=""):
            ref = self.by_id.get(name.unit_id)
            if ref is not None and key(name.name) != key(ref.name):
                self.former.setdefault(key(name.name), []).append(ref)

    def add(self, ref: UnitRef, short_name: str = "") -> None:
        """A unit that rows may refer to from now on."""
        self.by_id[ref.id] = ref
        for name in {key(ref.name), key(short_name)} - {""}:
            self.by_name.setdefault(name, []).append(ref)

    def find(self, words: str, under: UUID | None = None) -> UnitRef:
        """The unit that is meant. Unreadable, with the nearest name, when none or several are."""
        found = self.by_name.get(key(words)) or self.former.get(key(words)) or []
        if under is not None:
            found = [ref for ref in found if self._below(ref, under)] or found
        tops = [ref for ref in found if ref.kind != Unit.Kind.TEAM]
        found = tops if len(tops) == 1 else found
        if len(found) == 1:
            return found[0]
        if len(found) > 1:
            raise Unreadable(
                _("叫「%(words)s」的单位有 %(n)s 个。请在「单位」里写区队、在「班组」里写班组。")
                % {"words": words, "n": len(found)}
            )
        parts = [
            part for part in words.replace("＞", ">").replace("／", "/").replace(">", "/").split("/") if part.strip()
        ]
        if len(parts) > 1:
            top = self.find(parts[0], under)
            return self.find("/".join(parts[1:]), top.id)
        near = difflib.get_close_matches(key(words), list(self.by_name), n=1, cutoff=0.6)
        hint = f"是不是「{self.by_name[near[0]][0].name}」？" if near else ""
        raise Unreadable(
            _("没有叫「%(words)s」的单位。%(hint)s请更正，或先导入单位表。") % {"words": words, "hint": hint}
        )

    def team(self, name: str, under: UnitRef) -> UnitRef | None:
        """A team of a unit by its name, with or without the unit's own name in front: 二班 is 开拓二班 of 开拓队."""
        for words in (name, under.name + name):
            for ref in self.by_name.get(key(words), []):
                if ref.parent_id == under.id or ref.id == under.id:
                    return ref
        ending = [ref for ref in self.by_id.values() if ref.parent_id == under.id and key(ref.name).endswith(key(name))]
        return ending[0] if len(ending) == 1 else None

    def _below(self, ref: UnitRef, top: UUID) -> bool:
        while ref.parent_id is not None:
            if ref.parent_id == top:
                return True
            if ref.parent_id not in self.by_id:
                return False
            ref = self.by_id[ref.parent_id]
        return False

    def line(self, unit_id: UUID | None) -> list[UUID]:
        """The ancestors of what stands under this unit, from the top down."""
        line: list[UUID] = []
        while unit_id is not None and unit_id in self.by_id and unit_id not in line:
            line.insert(0, unit_id)
            unit_id = self.by_id[unit_id].parent_id
        return line


def key(words: object) -> str:
    """How names are compared."""
    return fold(compact(words))


def differ(label: str, before: object, after: object) -> list[tuple[str, str, str]]:
    """A change of one field in words, if it is one."""
    old, new = text(before), text(after)
    return [(label, old, new)] if old != new else []


class _Reader:
    """What reading units, persons and places has in common."""

    def __init__(self, plan: Plan, mine: Mine, known: Units, *, may_grant: bool, progress: Progress | None) -> None:
        self.plan, self.mine, self.known, self.may_grant, self.progress = plan, mine, known, may_grant, progress

    def read(self, tables: Iterable[Table]) -> None:
        """Read all tables of this kind."""
        raise NotImplementedError

    def records(self, tables: Iterable[Table]) -> Iterable[Record]:
        """The rows of all tables, counted."""
        for table in tables:
            for record in table:
                self.plan.rows += 1
                if self.progress and self.plan.rows % 200 == 0:
                    self.progress(self.plan.rows, 0)
                yield record

    def words(self, record: Record, column: Column, longest: int) -> str:
        """The cell of a name, without inner blanks. Unreadable when it is too long or an Excel error."""
        words = compact(record[column.key])
        if len(words) > longest:
            raise Unreadable(_("太长了，最多 %(longest)s 个字。") % {"longest": longest})
        if words.startswith("#"):
            raise Unreadable(_("「%(words)s」是表格的计算错误。请改成值。") % {"words": words[:20]})
        return words


def _column(columns: Iterable[Column], name: str) -> Column:
    return next(column for column in columns if column.key == name)


class _Units(_Reader):
    """Units: parents may stand below their children in the file."""

    def read(self, tables: Iterable[Table]) -> None:
        self.codes = {unit.code: unit for unit in self.known.rows.values() if unit.code}
        self.schemes = {key(scheme.name): scheme for scheme in ShiftScheme.objects.filter(mine=self.mine)}
        self.own_schemes = self._own_schemes()
        self.branches = {unit.branch.name: unit.id for unit in self.known.rows.values() if hasattr(unit, "branch")}
        waiting = list(self.records(tables))
        seen: dict[tuple[str, str], int] = {}
        fresh: list[Record] = []
        for record in waiting:
            name, parent = compact(record["name"]), compact(record["parent"])
            if not name:
                self.plan.wrong(record, "name", "没有填单位名称。")
            elif kind_of(compact(record["kind"])) == "mine" or key(name) in self.known.mine_words:
                self.known.mine_words.add(key(name))
            elif (key(name), key(parent)) in seen:
                self.plan.wrong(record, "name", f"「{name}」和第 {seen[key(name), key(parent)]} 行重复。请删掉一行。")
            else:
                seen[key(name), key(parent)] = record.number
                fresh.append(record)
        self._settle(fresh)

    def _own_schemes(self) -> dict[UUID, UUID]:
        rows = UnitShift.objects.filter(unit__mine=self.mine, valid_from__lte=clock.today()).order_by("valid_from")
        return dict(rows.values_list("unit_id", "scheme_id"))

    def _settle(self, waiting: list[Record]) -> None:
        """Take rows whose parent is known, again and again, until none is left or the rest has no parent."""
        names = {key(record["name"]) for record in waiting}
        while waiting:
            later = [record for record in waiting if not self._take(record, names)]
            if len(later) == len(waiting):
                for record in later:
                    self.plan.wrong(record, "parent", f"上级「{text(record['parent'])}」和它互为上下级。请更正上级。")
                return
            waiting = later

    def _take(self, record: Record, names: set[str]) -> bool:
        """Settle one unit; False when its parent must be settled first."""
        parent_words = compact(record["parent"])
        parent: UnitRef | None = None
        if key(parent_words) not in self.known.mine_words:
            try:
                parent = self.known.find(parent_words)
            except Unreadable as unclear:
                if key(parent_words) in names:
                    return False
                self.plan.wrong(record, "parent", unclear)
                return True
        try:
            self._settle_one(record, parent)
        except Unreadable as unclear:
            self.plan.wrong(record, "kind", unclear)
        return True

    def _settle_one(self, record: Record, parent: UnitRef | None) -> None:
        name = self.words(record, _column(UNIT_COLUMNS, "name"), 60)
        there = self._existing(record, name, parent)
        kind = self._kind(record, name, there, parent)
        line = UnitLine(record, there.id if there else uuid7(), name, there is None, name=name, kind=kind)
        line.parent_id = parent.id if parent else None
        line.values = {"kind": kind}
        for column, longest in (("code", 30), ("short_name", 20)):
            words = compact(record[column])[:longest]
            if words:
                line.values[column] = words
        front = to_bool(record["front_line"])
        if front is not None or there is None:
            line.values["is_front_line"] = bool(front) if front is not None else kind == Unit.Kind.PRODUCTION
        line.branch = self._branch(record, line)
        line.scheme = self._scheme(record, line)
        if there is not None:
            self._compare(line, there, parent, record)
        self.plan.units.append(line)
        if there is None:
            self.known.add(UnitRef(line.id, name, line.parent_id, kind), line.values.get("short_name", ""))
        else:
            self.known.by_id[there.id].parent_id = line.parent_id if line.moved else there.parent_id

    def _existing(self, record: Record, name: str, parent: UnitRef | None) -> Unit | None:
        """The unit that this row is about: by code, by name under its parent, or by a name that only one has."""
        code = compact(record["code"])
        if code and code in self.codes:
            return self.codes[code]
        rows = [self.known.rows[ref.id] for ref in self.known.by_name.get(key(name), []) if ref.id in self.known.rows]
        here = [unit for unit in rows if unit.parent_id == (parent.id if parent else None)]
        if here:
            return here[0]
        return rows[0] if len(rows) == 1 and key(rows[0].name) == key(name) and rows[0].kind != Unit.Kind.TEAM else None

    def _kind(self, record: Record, name: str, there: Unit | None, parent: UnitRef | None) -> str:
        word = compact(record["kind"])
        kind = kind_of(word) if word else (there.kind if there else None)
        if word and kind is None:
            raise Unreadable(_("「%(word)s」不是单位类别。请写生产、辅助、科室或班组。") % {"word": word[:20]})
        if kind is None:
            kind = guessed_kind(name)
            if kind == "team" and parent is None:
                kind = "auxiliary"
            self.plan.note(record, "kind", f"没有写类别，按名称当作「{Unit.Kind(kind).label}」。")
        if kind == Unit.Kind.TEAM and parent is None:
            raise Unreadable(_("班组要写上级单位。"))
        if parent is not None and parent.kind == Unit.Kind.TEAM:
            raise Unreadable(_("上级「%(parent)s」是班组，下面不能再有单位。") % {"parent": parent.name})
        return kind

    def _branch(self, record: Record, line: UnitLine) -> str:
        name = compact(record["branch"])[:60]
        if not name or name in {"无", "-", "—"}:
            return ""
        owner = self.branches.setdefault(name, line.id)
        if owner != line.id:
            self.plan.note(
                record,
                "branch",
                f"支部「{name}」已属于「{self.known.by_id[owner].name if owner in self.known.by_id else '别的单位'}」，这里不再登记。",
            )
            return ""
        return name

    def _scheme(self, record: Record, line: UnitLine) -> ShiftScheme | None:
        words = compact(record["scheme"])
        if not words:
            return None
        scheme = self.schemes.get(key(words)) or self.schemes.get(key(words + "制"))
        if scheme is None:
            self.plan.note(record, "scheme", f"没有叫「{words[:20]}」的班制，这一格没有用。请先在「班制」里建立。")
        elif self.own_schemes.get(line.id) == scheme.id:
            return None
        return scheme

    def _compare(self, line: UnitLine, there: Unit, parent: UnitRef | None, record: Record) -> None:
        line.label = there.name
        if key(there.name) != key(line.name):
            line.changed += differ("名称", there.name, line.name)
            line.renamed = True
        if record.has("parent") and (parent.id if parent else None) != there.parent_id:
            if parent is not None and there.id in self.known.line(parent.id):
                raise Unreadable(_("上级「%(parent)s」在它自己下面。请更正上级。") % {"parent": parent.name})
            line.changed += differ(
                "上级", there.parent.name if there.parent else self.mine.name, parent.name if parent else self.mine.name
            )
            line.moved = True
        else:
            line.parent_id = there.parent_id
        labels = {"kind": "类别", "code": "编码", "short_name": "简称", "is_front_line": "一线单位"}
        for name, value in line.values.items():
            before = getattr(there, name)
            shown = (Unit.Kind(before).label, Unit.Kind(value).label) if name == "kind" else (before, value)
            line.changed += differ(labels[name], *shown)
        if line.branch:
            line.changed += differ("党支部", there.branch.name if hasattr(there, "branch") else "", line.branch)
        if line.scheme:
            line.changed += [("班制", "", line.scheme.name)]


class _Persons(_Reader):
    """Persons, known by their number."""

    FACTS = (
        ("name", "姓名"),
        ("sex", "性别"),
        ("born_on", "出生日期"),
        ("member_since", "入党日期"),
        ("phone", "电话"),
        ("email", "邮箱"),
    )

    def read(self, tables: Iterable[Table]) -> None:
        self.there = {person.number: person for person in Person.objects.filter(mine=self.mine).select_related("unit")}
        day = clock.today()
        grants = RoleGrant.objects.filter(Q(valid_to=None) | Q(valid_to__gte=day), person__mine=self.mine)
        self.held = {
            (grant.person_id, grant.role, None if grant.role in MINE_WIDE else grant.unit_id) for grant in grants
        }
        seen: dict[str, int] = {}
        for record in self.records(tables):
            number = compact(record["number"])
            if number in seen:
                self.plan.wrong(record, "number", f"工号 {number} 和第 {seen[number]} 行重复。请核对工号。")
                continue
            if number:
                seen[number] = record.number
            self._one(record, number)
        self.plan.missing = [
            f"{person.name}（{person.number}）{person.unit.name if person.unit else ''}"
            for number, person in sorted(self.there.items())
            if person.is_active and number not in seen
        ]

    def _one(self, record: Record, number: str) -> None:
        """Read one person; everything that is wrong in the row is said, not only the first."""
        before = len(self.plan.problems)
        if not number:
            self.plan.wrong(record, "number", "没有填工号。")
        elif len(number) > 30 or number.startswith("#"):
            self.plan.wrong(record, "number", "工号不对：最多 30 个字符。")
        person = self.there.get(number)
        values = {name: value for name, _label in self.FACTS if (value := self._fact(record, name)) is not None}
        if not values.get("name"):
            self.plan.wrong(record, "name", "没有填姓名。")
        unit = self._unit(record, person)
        if len(self.plan.problems) > before:
            return
        line = PersonLine(record, person.id if person else uuid7(), f"{values['name']}（{number}）", person is None)
        line.values = {"number": number, **values}
        line.trade = compact(record["trade"])[:40] or (person.trade if person else "")
        line.post = compact(record["post"])[:40] or (person.post if person else "")
        line.unit_id = unit.id if unit else (person.unit_id if person else None)
        line.valid_from = self._from(record, person)
        if person is not None:
            self._compare(line, person, unit)
        line.roles = self._roles(record, line, unit)
        line.changed += [("角色", "", str(ROLE_LABELS[role])) for role, _unit in line.roles] if person else []
        self.plan.persons.append(line)

    def _fact(self, record: Record, name: str) -> Any:
        """One fact; None when the cell is empty, so that an empty cell takes nothing away."""
        cell = record[name]
        try:
            if name == "name":
                return self.words(record, _column(PERSON_COLUMNS, "name"), 60) or None
            if name == "sex":
                word = compact(cell).lower()
                if word and word not in SEXES:
                    raise Unreadable(_("「%(word)s」不是性别。请写男或女。") % {"word": word[:10]})
                return SEXES.get(word)
            if name == "member_since" and not any(sign.isdigit() or sign in "一二〇" for sign in text(cell)):
                return None  # 群众, 团员, 无
            if name in ("born_on", "member_since"):
                day = to_date(cell, month_only=True)
                if day is not None and not date(1900, 1, 1) <= day <= clock.today():
                    raise Unreadable(_("%(day)s 不可能。请检查年份。") % {"day": f"{day:%Y-%m-%d}"})
                return day
            words = compact(cell)
            if len(words) > (30 if name == "phone" else 254):
                raise Unreadable(_("太长了。请检查。"))
            return words or None
        except Unreadable as unclear:
            self.plan.wrong(record, name, unclear)
            return None

    def _unit(self, record: Record, person: Person | None) -> UnitRef | None:
        """The unit or team he works in; a team that is not there yet comes with him."""
        words, team = compact(record["unit"]), compact(record["team"])
        if not words and not team:
            if person is None:
                self.plan.wrong(record, "unit", "新职工要填单位。")
            return None
        try:
            unit = self.known.find(words or team)
        except Unreadable as unclear:
            self.plan.wrong(record, "unit" if words else "team", unclear)
            return None
        if not words or not team or key(team) == key(unit.name) or unit.kind == Unit.Kind.TEAM:
            return unit
        return self.known.team(team, unit) or self._new_team(record, team[:60], unit)

    def _new_team(self, record: Record, name: str, above: UnitRef) -> UnitRef:
        line = UnitLine(record, uuid7(), name, True, name=name, kind=Unit.Kind.TEAM, parent_id=above.id)
        line.values = {"kind": Unit.Kind.TEAM, "is_front_line": False}
        self.plan.units.append(line)
        self.plan.note(record, "team", f"「{above.name}」还没有班组「{name}」，会新建。")
        ref = UnitRef(line.id, name, above.id, Unit.Kind.TEAM)
        self.known.add(ref)
        return ref

    def _from(self, record: Record, person: Person | None) -> date:
        """From which day: for a new person the day on which he came, if the file says it."""
        if person is None:
            try:
                joined = to_date(record["joined_on"], month_only=True)
            except Unreadable as unclear:
                self.plan.note(record, "joined_on", f"{unclear}这一格没有用。")
                joined = None
            if joined is not None and date(1950, 1, 1) <= joined <= clock.today():
                return joined
        return self.plan.valid_from

    def _compare(self, line: PersonLine, person: Person, unit: UnitRef | None) -> None:
        for name, label in self.FACTS:
            if name in line.values:
                shown = {"m": "男", "f": "女"} if name == "sex" else {}
                before, after = getattr(person, name), line.values[name]
                line.changed += differ(label, shown.get(before, before), shown.get(after, after))
        where: Changed = []
        if unit is not None and unit.id != person.unit_id:
            where += differ("单位", person.unit.name if person.unit else "（已离矿）", unit.name)
        where += differ("工种", person.trade, line.trade) + differ("岗位", person.post, line.post)
        if not person.is_active:
            where = where or [("状态", "已离矿", "在矿")]
        line.moved = bool(where) and line.unit_id is not None
        line.changed += where

    def _roles(self, record: Record, line: PersonLine, unit: UnitRef | None) -> list[tuple[Role, UUID | None]]:
        found: list[tuple[Role, UUID | None]] = []
        for word in role_words(record["roles"]):
            role = role_of(word)
            if compact(word) in {"矿工", "职工", "无", "-", "—"}:
                continue
            if role is None:
                self.plan.note(record, "roles", f"没有叫「{word[:20]}」的角色，没有授予。")
                continue
            if not self.may_grant:
                self.plan.note(record, "roles", "您没有权限授予角色，这一格没有用。")
                continue
            where = self._role_unit(role, unit, line)
            if where is None and role not in MINE_WIDE and role is not Role.ADMINISTRATOR:
                self.plan.note(record, "roles", f"没有单位，不能授予「{ROLE_LABELS[role]}」。")
            elif (line.id, role, where) not in self.held:
                found.append((role, where))
        return found

    def _role_unit(self, role: Role, unit: UnitRef | None, line: PersonLine) -> UUID | None:
        """For which unit a role is given: the team for its leader, the whole unit for its head and secretary."""
        if role in MINE_WIDE or role is Role.ADMINISTRATOR:
            return None
        ref = unit or self.known.by_id.get(line.unit_id or UUID(int=0))
        if ref is not None and role is not Role.TEAM_LEADER and ref.kind == Unit.Kind.TEAM and ref.parent_id:
            return ref.parent_id
        return ref.id if ref else None


class _Places(_Reader):
    """Places: a row names its parent, or carries the whole path in its name."""

    def read(self, tables: Iterable[Table]) -> None:
        self.index = PlaceIndex(self.mine.id)
        self.here: dict[tuple[UUID | None, str], UUID] = {}
        self.named: dict[str, list[UUID]] = {}
        self.rows = {place.id: place for place in Place.objects.filter(mine=self.mine).select_related("unit")}
        for place in self.rows.values():
            self._know(place.id, place.parent_id, place.name, place.full_name)
        self.spelled: dict[str, UUID] = {}
        waiting = list(self.records(tables))
        names = {fold_place(text(record["name"])) for record in waiting}
        while waiting:
            later = [record for record in waiting if not self._take(record, names)]
            if len(later) == len(waiting):
                for record in later:
                    self.plan.wrong(record, "parent", f"上级「{text(record['parent'])}」和它互为上下级。请更正上级。")
                return
            waiting = later

    def _know(self, place_id: UUID, parent_id: UUID | None, name: str, full_name: str) -> None:
        self.here[parent_id, fold_place(name)] = place_id
        for words in {fold_place(name), fold_place(full_name)}:
            self.named.setdefault(words, []).append(place_id)

    def _take(self, record: Record, names: set[str]) -> bool:
        name, above = text(record["name"]), text(record["parent"])
        if not name:
            self.plan.wrong(record, "name", "没有填地点名称。")
            return True
        parent_id: UUID | None = None
        if key(above) not in self.known.mine_words:
            found = self.named.get(fold_place(above), [])
            if not found and fold_place(above) in names:
                return False
            if len(found) != 1:
                place = self.index.resolve(above)
                if place is None:
                    self.plan.wrong(record, "parent", self._unclear(above, len(found)))
                    return True
                found = [place.id]
            parent_id = found[0]
        try:
            self._settle(record, name, parent_id)
        except Unreadable as unclear:
            self.plan.wrong(record, "unit", unclear)
        return True

    def _unclear(self, words: str, count: int) -> str:
        if count:
            return f"叫「{words}」的地点有 {count} 处。请写全称，如「一水平 二采区」。"
        return f"没有叫「{words}」的地点。请更正，或先写上它那一行。"

    def _settle(self, record: Record, name: str, parent_id: UUID | None) -> None:
        name = " ".join(name.split())
        if len(name) > 60:
            raise Unreadable(_("地点名称太长，最多 60 个字。"))
        place_id = self.here.get((parent_id, fold_place(name)))
        place = self.rows.get(place_id) if place_id else None
        if place_id is not None and place is None:
            self.plan.wrong(record, "name", f"「{name}」在这一级重复出现。请删掉一行。")
            return
        line = PlaceLine(
            record,
            place_id or uuid7(),
            name,
            place is None,
            name=name,
            parent_id=parent_id,
            kind=compact(record["kind"])[:20],
        )
        unit = compact(record["unit"])
        line.unit_id = self.known.find(unit).id if unit else None
        line.aliases = self._aliases(record, line)
        if place is not None:
            line.label = place.full_name
            if line.kind:
                line.changed += differ("类别", place.kind, line.kind)
            if line.unit_id and line.unit_id != place.unit_id:
                line.changed += differ(
                    "管理单位", place.unit.name if place.unit else "", self.known.by_id[line.unit_id].name
                )
            line.changed += [("别名", "", alias) for alias in line.aliases]
        else:
            self._know(line.id, parent_id, name, name)
        self.plan.places.append(line)

    def _aliases(self, record: Record, line: PlaceLine) -> list[str]:
        found = []
        for alias in [
            part.strip()
            for part in text(record["aliases"])
            .replace("，", "、")
            .replace(",", "、")
            .replace(";", "、")
            .replace("；", "、")
            .split("、")
        ]:
            folded = fold_place(alias)
            if not folded or folded == fold_place(line.name):
                continue
            meant = self.index.resolve(alias)
            owner = self.spelled.setdefault(folded, line.id)
            if meant is not None and meant.id != line.id:
                self.plan.note(record, "aliases", f"「{alias}」已经指「{meant.full_name}」，没有登记。")
            elif owner != line.id:
                self.plan.note(record, "aliases", f"「{alias}」在文件里指两处地点，只登记第一处。")
            elif meant is None and len(alias) <= 200:
                found.append(alias)
        return found
