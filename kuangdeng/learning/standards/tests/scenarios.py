"""The moment before each verb of the training rules, for the ledger walk."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal

from kuangdeng.learning.standards import services
from kuangdeng.org.testkit import Cast

Run = Callable[[], object]


def save_training_rule(cast: Cast) -> Run:
    return lambda: services.save_training_rule(
        key="hours.serving", valid_from=date(2027, 1, 1), value=Decimal(24), source="矿发〔2026〕示例号", confirmed=True,
        by=cast.training_officer,
    )  # fmt: skip


SCENARIOS: dict[str, Callable[[Cast], Run]] = {"save_training_rule": save_training_rule}
