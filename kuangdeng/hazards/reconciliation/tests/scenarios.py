"""The moment before each verb of the reconciliation, for the ledger walk."""

from collections.abc import Callable

from kuangdeng.hazards.reconciliation import services
from kuangdeng.hazards.reconciliation.models import Finding
from kuangdeng.hazards.reconciliation.rules import Found, Kind
from kuangdeng.hazards.rules import Status
from kuangdeng.hazards.testkit import hazard_in
from kuangdeng.org.testkit import Cast

Run = Callable[[], object]


def found(cast: Cast) -> Found:
    """A hazard whose row says something else than the ledger."""
    hazard = hazard_in(Status.RECTIFYING, cast)
    said = {"is": "closed", "ledger": "rectifying"}
    return Found(Kind.STATE, f"{hazard.number} {hazard.text}", hazard.id, None, said)


def finding(cast: Cast) -> Finding:
    """The same, alarmed."""
    (made,) = services.alarm(mine=cast.mine, found=[found(cast)])
    return made


def alarm(cast: Cast) -> Run:
    one = found(cast)
    return lambda: services.alarm(mine=cast.mine, found=[one])


def clear(cast: Cast) -> Run:
    finding(cast)
    return lambda: services.clear(mine=cast.mine, found=[])


def explain(cast: Cast) -> Run:
    one = finding(cast)
    return lambda: services.explain(one.id, words="数据库维护时误改，已从备份恢复。", by=cast.safety)


SCENARIOS: dict[str, Callable[[Cast], Run]] = {"alarm": alarm, "clear": clear, "explain": explain}
