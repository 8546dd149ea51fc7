"""Something of learning in every list, for the tests of the pages."""

from collections.abc import Iterable

from kuangdeng.kernel.rows import one_of
from kuangdeng.learning.items import importing, services
from kuangdeng.learning.items.models import ItemTwin
from kuangdeng.learning.items.rules import Status
from kuangdeng.learning.items.testkit import SINGLE, TRUE_FALSE, bank, item_in
from kuangdeng.org.api import ImportRun
from kuangdeng.org.testkit import Cast

STATES = (Status.IN_USE, Status.SUBMITTED)
PAPER = """判断题
1. 整改人可以自己验收自己的整改。（×）
2. 交接班要在现场交清。（√）
3. 领导带班应与工人同时下井、升井。（J）
"""


def fill(cast: Cast, numbers: Iterable[int]) -> None:
    """Rows for every list of the item bank."""
    for number in numbers:
        content = {**SINGLE, "stem": f"第{number}问：{SINGLE['stem']}"}
        item = item_in(STATES[number % 2], cast, content)
        other = item_in(Status.DRAFTED, cast, {**TRUE_FALSE, "stem": f"{TRUE_FALSE['stem']}（第{number}种说法）"})
        category = services.save_category(kind="topic", name=f"知识点{number}", by=cast.training_officer)
        services.classify(item.id, category_ids=[category.id], by=cast.teacher)
        services.save_bank(name=f"题库{number}", by=cast.training_officer)
        ItemTwin.objects.create(mine=cast.mine, first=item, second=other, score=0.8)


def previewed(cast: Cast) -> ImportRun:
    """Pasted items, read for their preview."""
    bank(cast)
    run = one_of(ImportRun.objects.filter(mine=cast.mine, kind=importing.KIND, state=ImportRun.State.PREVIEW))
    if run is None:
        run = importing.take_words(PAPER, by=cast.teacher)
        run = importing.read(run.id, by=cast.teacher)
    return run
