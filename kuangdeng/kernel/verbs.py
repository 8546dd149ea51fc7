"""A verb: one function, one transaction, one ledger entry."""

from collections.abc import Callable
from functools import wraps
from typing import ParamSpec, TypeVar

from django.db import transaction

P = ParamSpec("P")
R = TypeVar("R")

VERBS: dict[str, Callable[..., object]] = {}
"""Every verb of the running system by its dotted name; the ledger walk goes through it."""


def verb(function: Callable[P, R]) -> Callable[P, R]:
    """Make `function` a verb: outermost transaction of its own, known to the ledger walk.

    Durable, because a verb inside somebody else's transaction would write an entry for something that may yet be
    rolled back. Refused by Django itself when called inside another atomic block.
    """

    @wraps(function)
    def run(*args: P.args, **kwargs: P.kwargs) -> R:
        with transaction.atomic(durable=True):
            return function(*args, **kwargs)

    run.is_verb = True  # type: ignore[attr-defined]
    VERBS[f"{function.__module__}.{function.__qualname__}"] = run
    return run
