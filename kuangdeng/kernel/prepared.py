"""One statement that is asked very often, prepared once on connections of its own.

For the few lanes on which thousands send the same small thing at once (answers of a mass exam, readings). Django's own
connections prepare nothing, are asked whether they still live before each use, and take turns, so that the statement is
planned anew each time by a server process that has gone cold; that costs more than the writing. Here the connection used
last is used again, and one that turns out to be dead is replaced: the statement must be one that may be said twice.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

import psycopg
from django.db import connection

_PLAN_ONCE = "-c plan_cache_mode=force_generic_plan -c enable_seqscan=off"


class Prepared:
    """A statement that writes the same once or twice, and answers with one row or none."""

    EVERY: ClassVar[list[Prepared]] = []

    def __init__(self, statement: str) -> None:
        self.EVERY.append(self)
        self.statement = statement
        self._idle: list[psycopg.Connection[Any]] = []

    def row(self, facts: Mapping[str, Any]) -> tuple[Any, ...] | None:
        """Say it in a transaction of its own, or in the one that is open. Raises Django's database errors."""
        if connection.in_atomic_block:
            with psycopg.Cursor(connection.connection) as cursor:
                return cursor.execute(self.statement, facts).fetchone()
        with connection.wrap_database_errors:
            while line := self._taken():
                try:
                    return self._say(line, facts)
                except psycopg.OperationalError:
                    if not line.closed:
                        raise
            return self._say(self._open(), facts)

    @classmethod
    def close_all(cls) -> None:
        """Close the connections that lie idle, so that the database can be removed."""
        for one in cls.EVERY:
            while line := one._taken():
                line.close()

    def _taken(self) -> psycopg.Connection[Any] | None:
        try:
            return self._idle.pop()
        except IndexError:
            return None

    def _say(self, line: psycopg.Connection[Any], facts: Mapping[str, Any]) -> tuple[Any, ...] | None:
        try:
            return line.execute(self.statement, facts, prepare=True).fetchone()
        finally:
            if not line.closed:
                self._idle.append(line)

    def _open(self) -> psycopg.Connection[Any]:
        words = connection.get_connection_params()
        words["options"] = f"{words.get('options', '')} {_PLAN_ONCE}".strip()
        del words["cursor_factory"], words["prepare_threshold"]
        return psycopg.connect(**words, autocommit=True)
