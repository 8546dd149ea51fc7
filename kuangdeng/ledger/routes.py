"""Who is told of what: each context registers a route per verb, and the topics that people may choose from."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from kuangdeng.ledger.models import Entry


@dataclass(frozen=True)
class Topic:
    """What a notice is about, as people choose it on the settings page. `mail` and `inbox` hold until they choose.

    `urgent` breaks through quiet hours and digests. `everybody`: it concerns every unit, so a unit's group hears it
    too. `body_leaves`: its body is meant for everybody and may leave the mine; of all others only title and link do.
    """

    code: str
    label: object
    inbox: bool = True
    mail: bool = False
    urgent: bool = False
    everybody: bool = False
    body_leaves: bool = False


@dataclass(frozen=True)
class Recipient:
    """One person who is to be told of one entry: as whom, what, and where he acts.

    `addresses` are where he can be reached outside the inbox, by channel (`email`). `due_at` is by when he has to act.
    `urgent` breaks through quiet hours for him, whatever the topic: the matter has reached the mine's leader.
    `public` and `public_url` are what a group is told instead, and where everybody may read it.
    """

    person_id: UUID
    role: str
    topic: str
    title: str
    url: str
    body: str = ""
    must_act: bool = False
    addresses: Mapping[str, str] = field(default_factory=dict)
    due_at: datetime | None = None
    urgent: bool = False
    public: str = ""
    public_url: str = ""


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
