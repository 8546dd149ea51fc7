"""What an unknown spelling turned out to mean, filled back into the hazards that were written with it."""

from collections.abc import Sequence
from uuid import UUID

from django.db.models import Value
from django.db.models.functions import Concat

from kuangdeng.hazards.models import Hazard
from kuangdeng.kernel.search import fold
from kuangdeng.kernel.verbs import verb
from kuangdeng.ledger.api import Named, Subject, post
from kuangdeng.org.api import Place


@verb
def fill_place(place_id: UUID, *, hazard_ids: Sequence[UUID], spelling: str) -> int:
    """Give hazards that were written with an unknown spelling the place that it means (补填地点); returns how many.

    The system does this after a person has said so on the organisation's page. What was written stays as it is in
    具体位置. Whoever has got a place meanwhile keeps it, so that it may run again.
    """
    place = Place.objects.get(id=place_id)
    rows = Hazard.objects.filter(id__in=hazard_ids, mine_id=place.mine_id, place=None)
    filled = rows.update(place=place, search_text=Concat("search_text", Value(f" {fold(place.full_name)}")))
    if filled:
        post(
            "hazard.fill_place",
            Subject("place", place.id, place.full_name),
            mine_id=place.mine_id,
            by=None,
            place=Named(place.id, place.full_name),
            quantity=filled,
            payload={"spelling": spelling, "hazards": filled},
        )
    return filled
