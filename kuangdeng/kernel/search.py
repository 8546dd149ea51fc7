"""Finding Chinese words, two characters at a time, in any PostgreSQL without an extension."""

import unicodedata

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.fields.array import ArrayContains  # type: ignore[attr-defined]
from django.db import models
from django.db.models import F, Func, Q, Value
from django.db.models.functions import StrIndex
from django.db.models.lookups import GreaterThan

PIECES_SQL = """
CREATE OR REPLACE FUNCTION kd_pieces(t text) RETURNS text[] LANGUAGE sql IMMUTABLE PARALLEL SAFE STRICT AS $$
  SELECT coalesce(array_agg(DISTINCT substr(t, i, 2)), '{}'::text[])
  FROM generate_series(1, char_length(t) - 1) AS i
$$;
"""
"""Made by the kernel's first migration; a GIN index on `kd_pieces(column)` serves `containing`."""


class Pieces(Func):
    """The two-character pieces of a folded text column, as the database index holds them."""

    function = "kd_pieces"
    output_field = ArrayField(models.TextField())


def fold(text: str) -> str:
    """One spelling for full-width and half-width, upper and lower case; what a search column stores."""
    return unicodedata.normalize("NFKC", text).lower().strip()


def pieces(text: str) -> list[str]:
    """The two-character pieces of `text`, without repeats, as `kd_pieces` makes them."""
    return list(dict.fromkeys(text[i : i + 2] for i in range(len(text) - 1)))


def containing(field: str, words: str) -> Q:
    """Rows whose `field`, a folded column, contains every word of `words`.

    Two and more characters use the index on `kd_pieces(field)`; a single character is only a LIKE and leans on
    the page's other filters. That the word really stands there is asked by its position, not by a second LIKE: the
    database would multiply two estimates of the same thing, take every word for a rare one, and sort forty thousand
    rows to show the newest fifty. Rows that come in another order are sorted out by the position, at a hundredth of
    what cutting them into pieces would cost.
    """
    condition = Q()
    for word in fold(words).split():
        if len(word) < 2:
            condition &= Q(**{f"{field}__contains": word})
        else:
            condition &= Q(ArrayContains(Pieces(F(field)), pieces(word)))
            condition &= Q(GreaterThan(StrIndex(F(field), Value(word)), 0))
    return condition
