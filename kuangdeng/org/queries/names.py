"""Reading names as people write them in lists: which unit is meant by 掘一队, which person by a name within a unit."""

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable
from uuid import UUID

from kuangdeng.org.models import Membership, Person, Unit, UnitName

FORMAL = str.maketrans("〇壹贰叁肆伍陆柒捌玖拾", "零一二三四五六七八九十")
DIGITS = {digit: value for value, digit in enumerate("零一二三四五六七八九")}
COUNTED = re.compile(r"[零一二三四五六七八九十]+(?=队|区|班|组|部|科|车间|工区|项目部|$)")
BRACKETS = re.compile(r"[(\[【〔{<《][^)\]】〕}>》]*[)\]】〕}>》]")
NOISE = re.compile(r"[\s,、，。.;；:：\-—_/\\|·•]+")
SHORTER = (
    ("综合采煤", "综采"),
    ("掘进", "掘"),
    ("综采", "采"),
    ("综掘", "掘"),
    ("采煤", "采"),
    ("机电运输", "机运"),
    ("科室", "科"),
)
"""What mines leave out when they write a unit; a shortened name counts only while it means one unit."""
SEVERAL = re.compile(r"[、,，;；/／\s]+")


def _arabic(digits: str) -> str:
    if "十" not in digits:
        return "".join(str(DIGITS[digit]) for digit in digits)
    tens, _, ones = digits.partition("十")
    return str((DIGITS.get(tens, 1) if tens else 1) * 10 + (DIGITS.get(ones, 0) if ones else 0))


def fold_unit(text: str) -> str:
    """One spelling of a unit's name: width, blanks, marks, what stands in brackets and Chinese digits do not matter."""
    plain = unicodedata.normalize("NFKC", text).lower()
    plain = NOISE.sub("", BRACKETS.sub("", plain)).translate(FORMAL)
    return COUNTED.sub(lambda found: _arabic(found.group()), plain)


def fold_person(text: str) -> str:
    """One spelling of a person's name: 张　三 is 张三."""
    return re.sub(r"\s+", "", unicodedata.normalize("NFKC", text))


def split_names(text: str) -> list[str]:
    """The names of a cell that may hold several: 张三、李四. A blank inside a two-character name is none between two."""
    plain = unicodedata.normalize("NFKC", text).strip()
    if re.fullmatch(r"[\u4e00-\u9fff]\s+[\u4e00-\u9fff]", plain):
        return [fold_person(plain)]
    return [fold_person(one) for one in SEVERAL.split(plain) if one.strip()]


class UnitIndex:
    """Every way of writing the mine's units, read once, for imports of many rows.

    A unit is meant by its code, its name of today or of before, its short name, or a usual shortening of these as
    long as only one unit is written so. A unit in use goes before a closed one, a unit before a team.
    """

    def __init__(self, mine_id: UUID) -> None:
        self._units = {unit.id: unit for unit in Unit.objects.filter(mine_id=mine_id)}
        former: dict[UUID, list[str]] = defaultdict(list)
        for unit_id, name in UnitName.objects.filter(unit__mine_id=mine_id).values_list("unit_id", "name"):
            former[unit_id].append(name)
        ranks: tuple[dict[str, set[UUID]], ...] = tuple(defaultdict(set) for _ in range(4))
        for unit in self._units.values():
            exact, short = self._keys(unit, former[unit.id])
            closed = 2 if unit.closed_on else 0
            for key in exact:
                ranks[closed][key].add(unit.id)
            for key in short - exact:
                ranks[closed + 1][key].add(unit.id)
        self._ranks = ranks

    def _keys(self, unit: Unit, former: Iterable[str]) -> tuple[set[str], set[str]]:
        names = {unit.name, *former} | ({unit.short_name} if unit.short_name else set())
        parent = self._units.get(unit.parent_id) if unit.parent_id else None
        if parent is not None:
            names |= {f"{parent.name}{unit.name}"}
        exact = {fold_unit(name) for name in names} | ({fold_unit(unit.code)} if unit.code else set())
        short = {key.replace(long, brief) for key in exact for long, brief in SHORTER if long in key}
        return exact - {""}, short - {""}

    def resolve(self, text: str) -> Unit | None:
        """The unit that is meant; None when nobody knows, or when several are written so."""
        key = fold_unit(text)
        if not key:
            return None
        tried = [key, *(key.replace(long, brief) for long, brief in SHORTER if long in key)]
        for rank in self._ranks:
            for one in tried:
                found = rank.get(one, set())
                units = [self._units[unit_id] for unit_id in found]
                if len(units) > 1:
                    units = [unit for unit in units if unit.kind != Unit.Kind.TEAM]
                if len(units) == 1:
                    return units[0]
                if found:
                    return None
        return None

    def names(self) -> set[str]:
        """What the mine's units are called."""
        return {unit.name for unit in self._units.values()}


class PersonIndex:
    """The mine's persons by name, read once; a name alone means somebody only while one person bears it."""

    def __init__(self, mine_id: UUID) -> None:
        self._by_name: dict[str, list[UUID]] = defaultdict(list)
        self._units: dict[UUID, set[UUID]] = defaultdict(set)
        for person_id, name, unit_id in Person.objects.filter(mine_id=mine_id).values_list("id", "name", "unit_id"):
            self._by_name[fold_person(name)].append(person_id)
            if unit_id:
                self._units[person_id].add(unit_id)
        above = dict(Unit.objects.filter(mine_id=mine_id).values_list("id", "ancestors"))
        rows = Membership.objects.filter(person__mine_id=mine_id, unit__isnull=False).values_list(
            "person_id", "unit_id"
        )
        for person_id, unit_id in rows:
            if unit_id:
                self._units[person_id].add(unit_id)
        for units in self._units.values():
            for unit_id in list(units):
                units.update(above.get(unit_id, ()))

    def within(self, name: str, unit: Unit) -> UUID | None:
        """The one person of this name who works or worked in the unit or below."""
        found = [one for one in self._by_name.get(fold_person(name), ()) if unit.id in self._units.get(one, ())]
        return found[0] if len(found) == 1 else None

    def alone(self, name: str) -> UUID | None:
        """The one person of this name in the whole mine."""
        found = self._by_name.get(fold_person(name), ())
        return found[0] if len(found) == 1 else None

    def knows(self, name: str) -> bool:
        """Whether anybody is called so."""
        return fold_person(name) in self._by_name
