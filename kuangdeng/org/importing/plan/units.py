"""Units of a file, compared with what is there."""

from collections.abc import Iterable
from uuid import UUID

from django.utils.translation import gettext as _

from kuangdeng.kernel import clock
from kuangdeng.kernel.ids import uuid7
from kuangdeng.kernel.tables import Record, Table, Unreadable, compact, text, to_bool
from kuangdeng.org.importing.columns import UNIT_COLUMNS, guessed_kind, kind_of
from kuangdeng.org.importing.plan.lines import UnitLine, UnitRef
from kuangdeng.org.importing.plan.reading import Reader, column_of, differ, key
from kuangdeng.org.models import ShiftScheme, Unit, UnitShift


class UnitReader(Reader):
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
        name = self.words(record, column_of(UNIT_COLUMNS, "name"), 60)
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
