"""What the hazard loop does by itself."""

from procrastinate.contrib.django import app

from kuangdeng.hazards.services.ladder import run_ladder


@app.periodic(cron="* * * * *")
@app.task(queueing_lock="hazards.ladder", lock="hazards.ladder", name="hazards.ladder")
def climb_ladder(timestamp: int) -> int:
    """Every minute: tell the steps of the overdue ladder that have come (超期阶梯). Late or twice does no harm."""
    return run_ladder()
