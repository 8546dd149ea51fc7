"""From a paper to what can be drawn: its lines with their pools."""

from collections.abc import Mapping
from uuid import UUID

from kuangdeng.learning.exams.drawing import Choosable, Part, ease_of
from kuangdeng.learning.exams.models import Paper, PaperLine
from kuangdeng.learning.items.api import Item, pool


def parts_of(paper: Paper, measured: Mapping[UUID, float] | None = None) -> list[Part]:
    """The lines of the paper with what may be drawn for each; a chosen item is a pool of itself.

    A chosen item that is asked no more (停用) leaves an empty pool: the paper is one item short.
    """
    known = measured or {}
    lines = list(paper.lines.select_related("version__item"))
    return [Part(_pool(paper, line, known), line.count, line.marks) for line in lines]


def _pool(paper: Paper, line: PaperLine, measured: Mapping[UUID, float]) -> list[Choosable]:
    if line.version is not None:
        item = line.version.item
        ease = ease_of(item.difficulty, measured, item.id)
        return [Choosable(item.id, line.version.id, ease)] if item.current_id else []
    rows = pool(
        paper.mine_id,
        banks=[line.bank_id] if line.bank_id else (),
        categories=[line.category_id] if line.category_id else (),
        types=[line.type] if line.type else (),
        difficulties=range(line.easiest, line.hardest + 1),
    )
    found = rows.order_by("id").values_list("id", "current_id", "difficulty")
    return [Choosable(key, version, ease_of(difficulty, measured, key)) for key, version, difficulty in found]


def uses_of(versions: Mapping[UUID, int]) -> dict[UUID, int]:
    """How often each item was put on a paper, by its version."""
    uses: dict[UUID, int] = {}
    rows = Item.objects.filter(versions__in=list(versions)).values_list("id", "versions__id")
    for item_id, version_id in rows:
        if version_id in versions:
            uses[item_id] = uses.get(item_id, 0) + versions[version_id]
    return uses
