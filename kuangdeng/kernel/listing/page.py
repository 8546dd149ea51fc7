"""One page of a register: filters applied, sorted, counted up to a cap, the rows fetched by id.

Deep pages stay cheap at a million rows: pages are numbered only as far as the count goes (`cap` rows); beyond
that the list walks on by cursor, from the last row's sort value, so that no page ever skips over what it does not show.
"""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db.models import F, Q, QuerySet
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from kuangdeng.kernel.listing.declare import Bulk, Column, Register
from kuangdeng.kernel.listing.filters import State, drawn, get_list, get_one
from kuangdeng.kernel.templatetags.kd import cell as shown

COUNT_CAP = 10_000
SEARCH_CAP = 1_000
"""Found words are counted row by row; who finds more than a thousand narrows the words."""
SORT_KEY = "kd_sort_key"


@dataclass(frozen=True)
class Head:
    """A column's head: its link and whether the list runs by it."""

    column: Column
    url: str
    direction: str

    @property
    def aria(self) -> str:
        return {"": "", "up": "ascending", "down": "descending"}[self.direction]


@dataclass(frozen=True)
class Sort:
    """How the rows run: a column, and which way."""

    column: Column
    descending: bool

    @property
    def text(self) -> str:
        return f"{'-' if self.descending else ''}{self.column.key}"


def _pack(value: Any, pk: Any) -> str:
    text = json.dumps([None if value is None else str(value), str(pk)])
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def _unpack(token: str) -> tuple[str | None, str] | None:
    try:
        value, pk = json.loads(base64.urlsafe_b64decode(token + "=" * (-len(token) % 4)))
    except (ValueError, binascii.Error, TypeError, RecursionError):
        return None
    if not isinstance(pk, str) or not (value is None or isinstance(value, str)):
        return None
    return (value, pk) if "\x00" not in f"{value}{pk}" else None


class Listing:
    """What one address shows of a register."""

    def __init__(
        self,
        register: Register,
        queryset: QuerySet[Any],
        params: Mapping[str, Any],
        *,
        path: str = "",
        owner: UUID | None = None,
        bulk: Sequence[Bulk] = (),
    ) -> None:
        self.register, self.params, self.path, self.owner, self.bulk = register, params, path, owner, bulk
        self._base = queryset

    # ------------------------------------------------------------ what the address says

    @cached_property
    def states(self) -> list[State]:
        """Every filter as this address sets it."""
        return [f.read(self.params) for f in self.register.filters]

    @cached_property
    def search(self) -> State | None:
        """The text search, which stands as a box of its own."""
        return next((s for s in self.states if s.template.endswith("text.html")), None)

    @property
    def sentence(self) -> list[State]:
        """The other filters, in the order declared."""
        return [s for s in self.states if s is not self.search]

    @property
    def narrowed(self) -> bool:
        """Whether any filter is on."""
        return any(s.on for s in self.states)

    @property
    def bad_filters(self) -> list[str]:
        """Filters whose value in the address means nothing."""
        return [s.filter.label for s in self.states if s.bad]

    @cached_property
    def sort(self) -> Sort | None:
        """The order asked for, or the register's own."""
        for text in (get_one(self.params, "sort") or "", self.register.default_sort):
            column = self.register.column(text.lstrip("-"))
            if column and column.sort is not None:
                return Sort(column, text.startswith("-"))
        return None

    @cached_property
    def size(self) -> int:
        """Rows on a page."""
        asked = get_one(self.params, "size") or ""
        sizes = {str(n): n for n in self.register.sizes}
        return sizes.get(asked, self.register.sizes[0])

    @cached_property
    def cursor(self) -> tuple[str, str | None, str] | None:
        """Where to walk on from: (after|before, sort value, id)."""
        for way in ("after", "before"):
            parts = _unpack(get_one(self.params, way) or "")
            if parts:
                return (way, *parts)
        return None

    @cached_property
    def page(self) -> int:
        """The page number, within what is numbered."""
        text = get_one(self.params, "page") or ""
        asked = int(text) if text.isascii() and text.isdecimal() and len(text) < 10 else 1
        return max(1, min(asked, self.last_page))

    # ------------------------------------------------------------ addresses

    def _pairs(self, drop: Sequence[str] = ()) -> list[tuple[str, str]]:
        """The parameters that this list knows, in a fixed order, without empty and unknown ones."""
        names = [name for s in self.states for name in s.filter.params] + ["sort", "size"]
        pairs = [(n, v) for n in names if n not in drop for v in get_list(self.params, n) if v]
        return list(dict.fromkeys(pairs))

    def url(self, drop: Sequence[str] = (), **changes: Any) -> str:
        """The address with some parameters changed; moving anything else goes back to page one."""
        pairs = self._pairs((*drop, *changes)) + [(k, str(v)) for k, v in changes.items() if v not in (None, "")]
        return f"{self.path}?{urlencode(pairs)}" if pairs else self.path or "?"

    @property
    def query(self) -> str:
        """The state of the list as a query string, without the page: what a saved view keeps."""
        return urlencode(self._pairs())

    @property
    def clear_url(self) -> str:
        """The list without filters."""
        named = [name for s in self.states for name in s.filter.params]
        off = {s.key: "all" for s in self.states if s.filter.default}
        return self.url(drop=named, **off)

    def without(self, state: State) -> str:
        """The list without one filter."""
        off = {state.key: "all"} if state.filter.default else {}
        return self.url(drop=state.filter.params, **off)

    @property
    def tokens(self) -> list[SafeString]:
        """Each filter of the sentence with its menu and the address that takes it away."""
        return [drawn(s.look(self.dom_id, self.without(s) if s.on else "")) for s in self.sentence]

    @property
    def kept(self) -> list[tuple[str, str]]:
        """What the filter form carries along unseen."""
        return [(k, v) for k, v in self._pairs() if k in ("sort", "size")]

    @cached_property
    def views(self) -> list[dict[str, Any]]:
        """Ready-made and own views, with the one that is shown."""
        from kuangdeng.kernel.services import saved_views

        here = sorted(self._pairs(drop=("size",)))
        own = saved_views(self.owner, self.register.key) if self.owner and self.register.saved_views else []
        made: list[dict[str, Any]] = [{"label": v.label, "query": v.query, "id": None} for v in self.register.views]
        made += [{"label": v.name, "query": v.querystring, "id": v.pk} for v in own]
        for view in made:
            view["url"] = f"{self.path}?{view['query']}" if view["query"] else self.path
            view["current"] = sorted(self._of(view["query"])) == here
        return made

    @staticmethod
    def _of(query: str) -> list[tuple[str, str]]:
        from urllib.parse import parse_qsl

        return [(k, v) for k, v in parse_qsl(query) if k not in ("page", "size", "after", "before")]

    @property
    def savable(self) -> bool:
        """Whether this state is worth a name of its own."""
        known = any(v["current"] for v in self.views)
        return bool(self.owner and self.register.saved_views and self.query and not known)

    @property
    def dom_id(self) -> str:
        return f"reg-{self.register.key}"

    @property
    def form_id(self) -> str:
        return f"{self.dom_id}-filters"

    @property
    def export_urls(self) -> dict[str, str]:
        return {"csv": self.url(export="csv"), "xlsx": self.url(export="xlsx")}

    @property
    def print_url(self) -> str:
        """The paper form of what is listed now."""
        return f"{self.register.print_url}?{self.query}" if self.register.print_url else ""

    # ------------------------------------------------------------ rows

    @cached_property
    def filtered(self) -> QuerySet[Any]:
        """The rows that the filters leave, unordered."""
        queryset = self._base
        for state in self.states:
            if state.on:
                queryset = state.filter.apply(queryset, state.value)
        return queryset

    @property
    def ordered(self) -> QuerySet[Any]:
        """The same in the order asked for; ties run by id the same way, so that one index serves both directions."""
        if self.sort is None:
            return self.filtered if self.filtered.ordered else self.filtered.order_by("pk")
        mark = "-" if self.sort.descending else ""
        return self._keyed.order_by(f"{mark}{SORT_KEY}", f"{mark}pk")

    @property
    def _keyed(self) -> QuerySet[Any]:
        assert self.sort is not None
        by = self.sort.column.sort
        keyed: QuerySet[Any] = self.filtered.annotate(**{SORT_KEY: F(by) if isinstance(by, str) else by})
        return keyed

    @cached_property
    def counted(self) -> int:
        """How many rows, counted no further than one past the cap."""
        return self.filtered.order_by().values("pk")[: self.cap + 1].count()

    @property
    def cap(self) -> int:
        """How far is counted, and so how far pages have numbers."""
        return SEARCH_CAP if self.search and self.search.on else COUNT_CAP

    @property
    def capped(self) -> bool:
        return self.counted > self.cap

    @property
    def total(self) -> str:
        """The total as people read it: 1,234 or 10,000+."""
        return f"{self.cap:,}+" if self.capped else f"{self.counted:,}"

    @property
    def last_page(self) -> int:
        """The last page that has a number."""
        return max(1, -(-min(self.counted, self.cap) // self.size))

    @cached_property
    def _window(self) -> tuple[list[tuple[Any, Any]], bool, bool]:
        """(sort value, id) of the rows on this page; whether there is something before and after."""
        if self.cursor and self.sort:
            return self._seek(*self.cursor)
        start = (self.page - 1) * self.size
        keyed = self.ordered
        names = (SORT_KEY, "pk") if self.sort else ("pk", "pk")
        found = list(keyed.values_list(*names)[start : start + self.size + 1])
        return found[: self.size], self.page > 1, len(found) > self.size

    def _seek(self, way: str, value: str | None, pk: str) -> tuple[list[tuple[Any, Any]], bool, bool]:
        """Walk on from a row: first through rows on its side of the blank values, then through the others."""
        assert self.sort is not None
        forward = way == "after"
        down = self.sort.descending == forward
        keyed = self._keyed
        try:
            here = keyed.query.annotations[SORT_KEY].output_field.to_python(value) if value is not None else None
            model_pk = keyed.model._meta.pk.to_python(pk)
        except (ValidationError, ValueError, AttributeError, TypeError, OverflowError):
            return list(keyed.values_list(SORT_KEY, "pk")[:0]), False, False
        mark, past, reach = ("-", "lt", "lte") if down else ("", "gt", "gte")
        order = (f"{mark}{SORT_KEY}", f"{mark}pk")
        beyond = Q(**{f"pk__{past}": model_pk})
        blank = Q(**{f"{SORT_KEY}__isnull": True})
        if here is None:
            first, rest = keyed.filter(blank & beyond), keyed.exclude(blank) if down else None
        else:
            side = Q(**{f"{SORT_KEY}__{reach}": here}) & (Q(**{f"{SORT_KEY}__{past}": here}) | beyond)
            first, rest = keyed.filter(side), None if down else keyed.filter(blank)
        want = self.size + 1
        found = list(first.order_by(*order).values_list(SORT_KEY, "pk")[:want])
        if rest is not None and len(found) < want:
            found += list(rest.order_by(*order).values_list(SORT_KEY, "pk")[: want - len(found)])
        more, found = len(found) > self.size, found[: self.size]
        return (found, True, more) if forward else (found[::-1], more, True)

    @cached_property
    def objects(self) -> list[Any]:
        """The rows themselves, in order: ids first by index, then rows by id."""
        ids = [pk for _key, pk in self._window[0]]
        if not ids:
            return []
        plain = self._base.model._default_manager.all() if self._base.query.combinator else self._base
        found = {row.pk: row for row in self.register.rows(plain.order_by()).filter(pk__in=ids)}
        rows = [found[pk] for pk in ids if pk in found]
        if self.register.enrich:
            self.register.enrich(rows)
        return rows

    # ------------------------------------------------------------ turning pages

    @property
    def turns(self) -> dict[str, str]:
        """Addresses of the neighbouring pages; by number as far as numbers go, by cursor beyond."""
        found, before, after = self._window
        urls: dict[str, str] = {}
        if self.cursor and self.sort:
            urls["first"] = self.url()
            if before and found:
                urls["previous"] = self.url(before=_pack(*found[0]))
        elif self.page > 1:
            urls["previous"] = self.url(page=self.page - 1) if self.page > 2 else self.url()
        if after and found:
            numbered = not self.cursor and (self.page < self.last_page or not self.sort)
            urls["next"] = self.url(page=self.page + 1) if numbered else self.url(after=_pack(*found[-1]))
        return urls

    @property
    def span(self) -> str:
        """Which rows these are: 51–100; nothing when the numbers have ended."""
        if self.cursor or not self.objects:
            return ""
        start = (self.page - 1) * self.size
        return f"{start + 1:,}–{start + len(self.objects):,}"

    @property
    def size_urls(self) -> list[tuple[int, str, bool]]:
        first = self.register.sizes[0]
        return [(n, self.url(size="" if n == first else n), n == self.size) for n in self.register.sizes]

    # ------------------------------------------------------------ drawing

    @property
    def columns(self) -> list[Column]:
        return [c for c in self.register.columns if c.show]

    @property
    def heads(self) -> list[Head]:
        """The heads; the first click on a new column runs upwards, the next one turns it round."""
        heads = []
        for column in self.columns:
            mine = self.sort is not None and self.sort.column is column
            direction = ("down" if self.sort and self.sort.descending else "up") if mine else ""
            turned = f"-{column.key}" if direction == "up" else column.key
            heads.append(Head(column, self.url(sort=turned) if column.sort is not None else "", direction))
        return heads

    @cached_property
    def body(self) -> SafeString:
        """The rows as table rows. Drawn in Python, not by template: five hundred cells in a few milliseconds."""
        columns = [(c, _opening(c), _reader(c)) for c in self.columns]
        tick = (
            f'<td class="tick-cell"><label><input class="row-tick" type="checkbox" name="ids" value="%s" '
            f'form="{self.dom_id}-bulk" aria-label="{escape(_("选中这一行"))}"></label></td>'
        )
        rows = [self._row(row, columns, tick if self.bulk else "") for row in self.objects]
        return mark_safe("".join(rows))  # noqa: S308 - cells are escaped

    def _row(self, row: Any, columns: Sequence[tuple[Column, str, Any]], tick: str) -> str:
        register = self.register
        url = escape(register.row_url(row)) if register.row_url else ""
        late = bool(register.row_late and register.row_late(row))
        marks = (' class="is-late"' if late else "") + (f' data-href="{url}"' if url else "")
        cells = [f"<tr{marks}>"]
        if tick:
            cells.append(tick % escape(str(register.row_id(row))))
        for column, opening, read in columns:
            inner = shown(read(row))
            if column.link and url and inner:
                inner = f'<a class="row-link" href="{url}">{inner}</a>'
            cells.append(f"{opening}{inner}</td>")
        cells.append("</tr>")
        return "".join(cells)


def _opening(column: Column) -> str:
    css = [f"phone-{column.phone}"] if column.phone else []
    css += [f"align-{column.align}"] if column.align != "left" else []
    css += [f"col-{column.width}"] if column.width else []
    label = (
        f' data-label="{escape(column.label)}"' if column.label_on_phone and column.phone in ("meta", "line") else ""
    )
    return f'<td class="{" ".join(css)}"{label}>'


def _reader(column: Column) -> Any:
    if callable(column.value):
        return column.value
    path = (column.value or column.key).split(".")

    def read(row: Any) -> Any:
        for name in path:
            row = getattr(row, name, None)
            if row is None:
                return None
        return row

    return read


def plain_reader(column: Column) -> Any:
    """How a column reads for export: its own plain function, or the value without markup."""
    return column.export if callable(column.export) else _reader(column)
