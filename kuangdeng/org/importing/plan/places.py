"""Places of a file, compared with what is there."""

from collections.abc import Iterable
from uuid import UUID

from django.utils.translation import gettext as _

from kuangdeng.kernel.ids import uuid7
from kuangdeng.kernel.tables import Record, Table, Unreadable, compact, text
from kuangdeng.org.importing.plan.lines import PlaceLine
from kuangdeng.org.importing.plan.reading import Reader, differ, key
from kuangdeng.org.models import Place
from kuangdeng.org.queries.places import PlaceIndex
from kuangdeng.org.spelling import fold_place


class PlaceReader(Reader):
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
