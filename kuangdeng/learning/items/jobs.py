"""What the item bank does aside: reading a large file for its preview, writing many items."""

from uuid import UUID

from procrastinate.contrib.django import app

from kuangdeng.learning.items import importing, transfer
from kuangdeng.org.api import ImportRun


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
