"""What the item bank does aside: reading a large file for its preview."""

from uuid import UUID

from procrastinate.contrib.django import app

from kuangdeng.learning.items import importing
from kuangdeng.org.api import ImportRun


@app.task(queue="imports", name="learning.read_items")
def read_items(run_id: str) -> str:
    """Read a file of items for its preview, in the name of who handed it in."""
    run = ImportRun.objects.select_related("by").get(id=UUID(run_id), kind=importing.KIND)
    return importing.read(run.id, by=run.by).state


@app.periodic(cron="*/2 * * * *")
@app.task(queue="imports", queueing_lock="learning.imports", lock="learning.imports", name="learning.pick_up_imports")
def pick_up_imports(timestamp: int) -> int:
    """Read anew the files whose worker was killed (断开的导入接着读)."""
    return sum(bool(importing.read(run.id, by=run.by)) for run in importing.cut_off())
