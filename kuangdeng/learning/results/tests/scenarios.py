"""The moment before each verb of the regrading, for the ledger walk."""

from collections.abc import Callable

from kuangdeng.learning.results import services
from kuangdeng.learning.results.testkit import over, proposed, version_at
from kuangdeng.org.testkit import Cast

Run = Callable[[], object]


def propose(cast: Cast) -> Run:
    asked = version_at(over(cast), 0)
    return lambda: services.propose(asked_id=asked.id, key_id=None, why="四个选项都不对", by=cast.teacher)


def approve(cast: Cast) -> Run:
    regrade = proposed(cast)
    return lambda: services.approve(regrade.id, by=cast.training_officer)


def decline(cast: Cast) -> Run:
    regrade = proposed(cast)
    return lambda: services.decline(regrade.id, opinion="原来的答案没有错", by=cast.training_officer)


SCENARIOS: dict[str, Callable[[Cast], Run]] = {"approve": approve, "decline": decline, "propose": propose}
