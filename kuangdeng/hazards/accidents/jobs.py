"""What accidents do by themselves."""

from procrastinate.contrib.django import app

from kuangdeng.hazards.accidents.services.ladder import run_ladder


@app.periodic(cron="* * * * *")
@app.task(queueing_lock="hazards.accident_ladder", lock="hazards.accident_ladder", name="hazards.accident_ladder")
def climb_ladder(timestamp: int) -> int:
    """Every minute: tell the steps of the overdue ladder that have come for accidents. Late or twice does no harm."""
    return run_ladder()
