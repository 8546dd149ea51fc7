"""Persons of a file, compared with who is there."""

from collections.abc import Iterable
from datetime import date
from typing import Any
from uuid import UUID

from django.db.models import Q
from django.utils.translation import gettext as _

from kuangdeng.kernel import clock
from kuangdeng.kernel.ids import uuid7
from kuangdeng.kernel.tables import Record, Table, Unreadable, compact, text, to_date
from kuangdeng.org.importing.columns import PERSON_COLUMNS, SEXES, role_of, role_words
from kuangdeng.org.importing.plan.lines import Changed, PersonLine, UnitLine, UnitRef
from kuangdeng.org.importing.plan.reading import Reader, column_of, differ, key
from kuangdeng.org.models import Person, RoleGrant, Unit
from kuangdeng.org.rules import MINE_WIDE, ROLE_LABELS, Role


class PersonReader(Reader):
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
                return self.words(record, column_of(PERSON_COLUMNS, "name"), 60) or None
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
