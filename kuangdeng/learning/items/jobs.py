"""What the item bank does aside: reading a large file for its preview, writing many items, comparing a large bank."""

from uuid import UUID

from procrastinate.contrib.django import app

from kuangdeng.kernel.errands import carry_out, hand_over
from kuangdeng.learning.items import importing, services, transfer
from kuangdeng.org.api import ImportRun, Person


@app.task(queue="imports", name="learning.go_on_importing")
def go_on_importing(run_id: str) -> str:
    """Read a file of items for its preview, or write it once it is confirmed, in the name of who handed it in."""
    run = ImportRun.objects.select_related("by", "mine").get(id=UUID(run_id), kind=importing.KIND)
    return transfer.go_on(run).state


@app.periodic(cron="*/2 * * * *")
@app.task(queue="imports", queueing_lock="learning.imports", lock="learning.imports", name="learning.pick_up_imports")
def pick_up_imports(timestamp: int) -> int:
    """Go on with imports whose worker was killed (断开的导入接着办)."""
    return sum(bool(transfer.go_on(run)) for run in importing.cut_off())


def search_of(mine_id: UUID) -> str:
    """The name of a mine's search for near-duplicates among the errands."""
    return f"item_twins:{mine_id}"


@app.task(queue="imports", name="learning.find_twins")
def find_twins(mine_id: str) -> bool:
    """Compare all items of a large bank (查找近似题), in the name of who asked for it."""
    return carry_out(search_of(UUID(mine_id)), lambda by_id: services.find_twins(by=Person.objects.get(id=by_id)))


def ask_find_twins(by: Person) -> None:
    """Let the worker compare them. Refused while it does."""
    hand_over(search_of(by.mine_id), lambda: find_twins.defer(mine_id=str(by.mine_id)), by_id=by.id)
