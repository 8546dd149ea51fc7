"""Who is told of a step: persons, or each holder of each role, once. Every part's notices are made of these two."""

from collections.abc import Iterable, Iterator
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
) -> Iterator[Recipient]:
    """These persons, as far as there are any and they are still at work, with the address at which each is reached."""
    for person in people:
        if person is not None and person.is_active:
            addresses = {"email": person.email} if person.email else {}
            yield Recipient(person.id, role, topic, title, url, body, act, addresses)


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
) -> Iterator[Recipient]:
    """Everybody who holds one of the roles for `unit` (None: in the mine), once, in the first role that fits."""
    told: set[UUID] = set()
    for role in roles:
        for one in tell(holders(mine_id, [role], unit), topic, title, url, role=role, act=act, body=body):
            if one.person_id not in told:
                told.add(one.person_id)
                yield one
