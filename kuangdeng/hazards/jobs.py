"""What the hazard loop does by itself."""

from uuid import UUID

from procrastinate.contrib.django import app

from kuangdeng.hazards import importing
from kuangdeng.hazards.accidents.jobs import climb_ladder as climb_accident_ladder  # noqa: F401 - the same
from kuangdeng.hazards.bulletins.jobs import make_bulletins  # noqa: F401 - the worker looks for jobs here
from kuangdeng.hazards.groups.jobs import follow_groups  # noqa: F401
from kuangdeng.hazards.queries import written_as
from kuangdeng.hazards.reconciliation.jobs import reconcile_all  # noqa: F401 - likewise
from kuangdeng.hazards.services import fill_place
from kuangdeng.hazards.services.ladder import run_ladder
from kuangdeng.hazards.statutory.jobs import remind_of_reports  # noqa: F401 - and here
from kuangdeng.ledger.api import Entry, Reader, read

SAID_WHICH_PLACE = frozenset({"org.merge_proposal", "org.place_from_proposal", "org.add_alias"})
FILLED_AT_ONCE = 500


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


@app.task(lock="hazards.places", name="hazards.fill_places", retry=3)
def fill_places(mine_id: str, place_id: str, spelling: str) -> int:
    """Hazards that were written with this spelling get the place that a person said it means (补填地点)."""
    ids = written_as(UUID(mine_id), spelling)
    pieces = [ids[at : at + FILLED_AT_ONCE] for at in range(0, len(ids), FILLED_AT_ONCE)]
    return sum(fill_place(UUID(place_id), hazard_ids=piece, spelling=spelling) for piece in pieces)


def _defer_filling(entry: Entry) -> None:
    """Filling is a job: verbs must not wait for it, and a verb cannot run inside the feed's transaction."""
    fill_places.defer(mine_id=str(entry.mine_id), place_id=entry.subject_id, spelling=str(entry.payload["spelling"]))


PLACES = Reader(
    "hazards.places", _defer_filling, lambda entries: {one.id for one in entries if one.verb in SAID_WHICH_PLACE}
)


@app.periodic(cron="* * * * *")
@app.task(queueing_lock="hazards.follow_places", lock="hazards.follow_places", name="hazards.follow_places")
def follow_places(timestamp: int) -> int:
    """Every minute: what people have said about spellings of places reaches the hazards."""
    return read(PLACES)
