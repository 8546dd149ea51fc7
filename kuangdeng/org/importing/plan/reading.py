"""What reading units, persons and places has in common: the units that rows refer to, words, changes."""

import difflib
from collections.abc import Iterable
from uuid import UUID

from django.utils.translation import gettext as _

from kuangdeng.kernel.search import fold
from kuangdeng.kernel.tables import Column, Record, Table, Unreadable, compact, text
from kuangdeng.org.importing.plan.lines import Plan, Progress, UnitRef
from kuangdeng.org.models import Mine, Unit, UnitName


def key(words: object) -> str:
    """How names are compared."""
    return fold(compact(words))


def differ(label: str, before: object, after: object) -> list[tuple[str, str, str]]:
    """A change of one field in words, if it is one."""
    old, new = text(before), text(after)
    return [(label, old, new)] if old != new else []


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


class Reader:
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


def column_of(columns: Iterable[Column], name: str) -> Column:
    """One column by its key."""
    return next(column for column in columns if column.key == name)
