"""One statement that is asked very often, prepared once on connections of its own.

For the few lanes on which thousands send the same small thing at once (answers of a mass exam, readings). Django's own
connections prepare nothing, are asked whether they still live before each use, and take turns, so that the statement is
planned anew each time by a server process that has gone cold; that costs more than the writing. Here the connection used
last is used again, and one that turns out to be dead is replaced: the statement must be one that may be said twice. What
it is told is text, and goes to the server as it is.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, ClassVar

import psycopg
from django.db import connection
from psycopg.adapt import Transformer
from psycopg.errors import error_from_result
from psycopg.pq import ExecStatus

_PLAN_ONCE = "-c plan_cache_mode=force_generic_plan -c enable_seqscan=off"
_NAMED = re.compile(r"%\((\w+)\)s")
_HERE = b"kd"
"""What the statement is called on its connections; each has only one."""


class Prepared:
    """A statement that writes the same once or twice, and answers with one row or none. Its facts stand as `%(name)s`."""

    EVERY: ClassVar[list[Prepared]] = []

    def __init__(self, statement: str) -> None:
        self.EVERY.append(self)
        self.names = list(dict.fromkeys(_NAMED.findall(statement)))
        self.text = _NAMED.sub(lambda found: f"${self.names.index(found[1]) + 1}", statement)
        self._idle: list[psycopg.Connection[Any]] = []

    def row(self, facts: Mapping[str, str]) -> tuple[Any, ...] | None:
        """Say it in a transaction of its own, or in the one that is open. Raises Django's database errors."""
        values = [facts[name] for name in self.names]
        if connection.in_atomic_block:
            with psycopg.RawCursor(connection.connection) as cursor:
                return cursor.execute(self.text, values).fetchone()
        sent = [value.encode() for value in values]
        with connection.wrap_database_errors:
            while line := self._taken():
                try:
                    return self._say(line, sent)
                except psycopg.OperationalError:
                    if not line.closed:
                        raise
            return self._say(self._open(), sent)

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

    def _say(self, line: psycopg.Connection[Any], sent: list[bytes]) -> tuple[Any, ...] | None:
        try:
            result = line.pgconn.exec_prepared(_HERE, sent)
        finally:
            if not line.closed:
                self._idle.append(line)
        if result.status != ExecStatus.TUPLES_OK:
            raise psycopg.OperationalError("the connection is gone") if line.closed else error_from_result(result)
        rows = Transformer(line)
        rows.set_pgresult(result)
        return rows.load_row(0, tuple)

    def _open(self) -> psycopg.Connection[Any]:
        words = connection.get_connection_params()
        words["options"] = f"{words.get('options', '')} {_PLAN_ONCE}".strip()
        del words["cursor_factory"], words["prepare_threshold"]
        line: psycopg.Connection[Any] = psycopg.connect(**words, autocommit=True)
        result = line.pgconn.prepare(_HERE, self.text.encode())
        if result.status != ExecStatus.COMMAND_OK:
            line.close()
            raise error_from_result(result)
        return line
