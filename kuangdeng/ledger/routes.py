"""Who is told of what: each context registers a route per verb, and the topics that people may choose from."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from uuid import UUID

from kuangdeng.ledger.models import Entry


@dataclass(frozen=True)
class Topic:
    """What a notice is about, as people choose it on the settings page. `mail` and `inbox` hold until they choose."""

    code: str
    label: object
    inbox: bool = True
    mail: bool = False


@dataclass(frozen=True)
class Recipient:
    """One person who is to be told of one entry: as whom, what, and where he acts.

    `addresses` are where he can be reached outside the inbox, by channel (`email`).
    """

    person_id: UUID
    role: str
    topic: str
    title: str
    url: str
    body: str = ""
    must_act: bool = False
    addresses: Mapping[str, str] = field(default_factory=dict)


Route = Callable[[Entry], Iterable[Recipient]]

ROUTES: dict[str, Route] = {}
TOPICS: dict[str, Topic] = {}
SETTLES: dict[str, frozenset[str]] = {}


def declare_topics(*topics: Topic) -> None:
    """Add topics that people may want or not."""
    TOPICS.update({topic.code: topic for topic in topics})


def route(*verbs: str, settles: Iterable[str] = ()) -> Callable[[Route], Route]:
    """Decorator: this function says who is told when one of `verbs` is on the ledger.

    `settles` are topics whose open tasks about the same thing are done by these verbs, whoever did them.
    """

    def register(function: Route) -> Route:
        for verb in verbs:
            if verb in ROUTES:
                raise ValueError(f"two routes for {verb}")
            ROUTES[verb] = function
            SETTLES[verb] = frozenset(settles)
        return function

    return register
