"""Forms of the shell."""

from collections.abc import Mapping, Sequence

from django.utils.datastructures import MultiValueDict

from kuangdeng.ledger.api import PACE_LABELS, PERSONAL, Wish


def topic_choices(data: MultiValueDict[str, str], wishes: Sequence[Wish]) -> Mapping[tuple[str, str], bool | str]:
    """What was chosen on a page of topics: a box for the inbox, and for each channel how it is wanted.

    A channel that the page did not offer keeps what was chosen before.
    """
    ticked = set(data.getlist("wanted"))
    chosen: dict[tuple[str, str], bool | str] = {}
    for wish in wishes:
        code = wish.topic.code
        chosen[code, "inbox"] = f"{code}/inbox" in ticked
        for channel in PERSONAL:
            pace = data.get(f"pace/{code}/{channel}", "")
            if pace in PACE_LABELS:
                chosen[code, channel] = pace
    return chosen
