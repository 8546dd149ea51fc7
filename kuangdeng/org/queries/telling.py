"""Who is told of a step: persons, or each holder of each role, once. Every part's notices are made of these two."""

from collections.abc import Collection, Iterable, Iterator
from datetime import datetime
from typing import Any
from uuid import UUID

from kuangdeng.ledger.api import Recipient
from kuangdeng.org.models import Person, Unit
from kuangdeng.org.queries import holders
from kuangdeng.org.rules import Role


def tell(
    people: Iterable[Person | None],
    topic: str,
    title: str,
    url: str,
    *,
    role: str = "",
    act: bool = False,
    body: str = "",
    due_at: datetime | None = None,
    urgent: bool = False,
    public: str = "",
    public_url: str = "",
) -> Iterator[Recipient]:
    """These persons, as far as there are any and they are still at work, with the address at which each is reached.

    `due_at` is by when he has to act. `urgent` reaches him at night too. `public` and `public_url` are what a group is
    told instead.
    """
    for person in people:
        if person is not None and person.is_active:
            addresses = {"email": person.email} if person.email else {}
            yield Recipient(
                    person.id, role, topic, title, url, body, act, addresses, due_at if act else None, urgent, public, public_url
                )  # fmt: skip


def tell_roles(
    mine_id: UUID,
    roles: Iterable[Role],
    topic: str,
    title: str,
    url: str,
    *,
    unit: Unit | None = None,
    act: bool = False,
    body: str = "",
    due_at: datetime | None = None,
    urgent_for: Collection[Role] = (),
    public: str = "",
    public_url: str = "",
) -> Iterator[Recipient]:
    """Everybody who holds one of the roles for `unit` (None: in the mine), once, in the first role that fits.

    For holders of a role in `urgent_for` it is urgent: the matter has climbed up to them.
    """
    more: dict[str, Any] = {"due_at": due_at, "public": public, "public_url": public_url}
    told: set[UUID] = set()
    for role in roles:
        people, urgent = holders(mine_id, [role], unit), role in urgent_for
        for one in tell(people, topic, title, url, role=role, act=act, body=body, urgent=urgent, **more):
            if one.person_id not in told:
                told.add(one.person_id)
                yield one
