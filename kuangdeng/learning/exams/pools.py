"""From a paper to what can be drawn: its lines with their pools."""

from collections.abc import Mapping, Sequence
from uuid import UUID

from kuangdeng.learning.exams.drawing import Choosable, Part, ease_of
from kuangdeng.learning.exams.models import Paper, PaperLine
from kuangdeng.learning.items.api import Item, pool, sorted_under


def parts_of(paper: Paper, measured: Mapping[UUID, float] | None = None) -> list[Part]:
    """The lines of the paper with what may be drawn for each; a chosen item is a pool of itself.

    A chosen item that is asked no more (停用) leaves an empty pool: the paper is one item short. The bank is read once,
    whatever the number of lines.
    """
    known = measured or {}
    lines = list(paper.lines.select_related("version__item"))
    drawn = [line for line in lines if line.version is None]
    bank = _bank(paper, known) if drawn else []
    under = sorted_under({line.category_id for line in drawn if line.category_id})
    return [Part(_pool(line, bank, under, known), line.count, line.marks) for line in lines]


_Row = tuple[Choosable, UUID, str, int]


def _bank(paper: Paper, measured: Mapping[UUID, float]) -> list[_Row]:
    """Everything that may be asked, in the order of the ids."""
    rows = pool(paper.mine_id).order_by("id").values_list("id", "current_id", "bank_id", "type", "difficulty")
    return [
        (Choosable(key, version, ease_of(difficulty, measured, key)), bank, kind, difficulty)
        for key, version, bank, kind, difficulty in rows
    ]


def _pool(
    line: PaperLine, bank: Sequence[_Row], under: Mapping[UUID, set[UUID]], measured: Mapping[UUID, float]
) -> list[Choosable]:
    if line.version is not None:
        item = line.version.item
        ease = ease_of(item.difficulty, measured, item.id)
        return [Choosable(item.id, line.version.id, ease)] if item.current_id else []
    return [
        one
        for one, bank_id, kind, difficulty in bank
        if line.easiest <= difficulty <= line.hardest
        and (not line.type or kind == line.type)
        and (not line.bank_id or bank_id == line.bank_id)
        and (not line.category_id or one.item_id in under[line.category_id])
    ]


def uses_of(versions: Mapping[UUID, int]) -> dict[UUID, int]:
    """How often each item was put on a paper, by its version."""
    uses: dict[UUID, int] = {}
    rows = Item.objects.filter(versions__in=list(versions)).values_list("id", "versions__id")
    for item_id, version_id in rows:
        if version_id in versions:
            uses[item_id] = uses.get(item_id, 0) + versions[version_id]
    return uses
