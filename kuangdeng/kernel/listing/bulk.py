"""A verb over many rows, with a result for each: one refusal never stops the others."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from uuid import UUID

from django.core.exceptions import ObjectDoesNotExist
from django.utils.translation import gettext as _

from kuangdeng.kernel.errors import Refused


@dataclass(frozen=True)
class RowResult:
    """What came of the verb for one row."""

    label: str
    ok: bool
    message: str = ""
    url: str = ""


def valid_ids(values: Iterable[str], limit: int = 500) -> list[UUID]:
    """The ids that were ticked: well-formed ones, each once, at most `limit`."""
    found: dict[UUID, None] = {}
    for value in values:
        try:
            found[UUID(str(value))] = None
        except ValueError:
            continue
    return list(found)[:limit]


def run_each(
    ids: Iterable[str],
    act: Callable[[UUID], str | None],
    *,
    label_of: Callable[[UUID], str] = str,
    url_of: Callable[[UUID], str] | None = None,
    limit: int = 500,
) -> list[RowResult]:
    """Run the verb on each ticked row and say for each what came of it.

    Every row is its own transaction, as if a person had opened it and pressed the button. `act` may return a
    sentence to show. A row that is gone or may not be seen is a refusal like any other.
    """
    results = []
    for pk in valid_ids(ids, limit):
        url = url_of(pk) if url_of else ""
        try:
            said = act(pk)
        except Refused as refusal:
            results.append(RowResult(label_of(pk), False, str(refusal), url))
        except ObjectDoesNotExist:
            results.append(RowResult(label_of(pk), False, _("这一条已经不在了。")))
        else:
            results.append(RowResult(label_of(pk), True, said or "", url))
    return results
