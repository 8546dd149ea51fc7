"""What the hazard loop does by itself."""

from uuid import UUID

from procrastinate.contrib.django import app

from kuangdeng.hazards import importing
from kuangdeng.hazards.services.ladder import run_ladder


@app.periodic(cron="* * * * *")
@app.task(queueing_lock="hazards.ladder", lock="hazards.ladder", name="hazards.ladder")
def climb_ladder(timestamp: int) -> int:
    """Every minute: tell the steps of the overdue ladder that have come (超期阶梯). Late or twice does no harm."""
    return run_ladder()


@app.task(queue="imports", name="hazards.go_on_importing")
def go_on_importing(run_id: str) -> str:
    """Read an old ledger for its preview, or write it once it is confirmed; from where it was cut off."""
    return importing.go_on(UUID(run_id)).state


@app.periodic(cron="*/2 * * * *")
@app.task(queue="imports", queueing_lock="hazards.imports", lock="hazards.imports", name="hazards.pick_up_imports")
def pick_up_imports(timestamp: int) -> int:
    """Go on with imports whose worker was killed (断开的导入接着写)."""
    return sum(bool(importing.go_on(run.id)) for run in importing.cut_off())
