"""Forms of the shell."""

from collections.abc import Mapping, Sequence

from django.utils.datastructures import MultiValueDict

from kuangdeng.ledger.api import CHANNELS, Wish


def topic_choices(data: MultiValueDict[str, str], wishes: Sequence[Wish]) -> Mapping[tuple[str, str], bool]:
    """What was ticked on a page of topics: a box per topic and channel, ticked means wanted."""
    ticked = set(data.getlist("wanted"))
    return {
        (wish.topic.code, channel): f"{wish.topic.code}/{channel}" in ticked for wish in wishes for channel in CHANNELS
    }
