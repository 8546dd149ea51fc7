"""The filters of a register. Each reads its own parameters, narrows the rows and says itself in words.

What a stranger types into the address is never an error page: a value that is not known counts as not given, and the
filter says so.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from typing import Any

from django.db.models import Q, QuerySet
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from kuangdeng.kernel import clock, timetext

Options = Sequence[tuple[str, Any]] | Callable[[], Sequence[tuple[str, Any]]]
Apply = Callable[[QuerySet[Any], Any], QuerySet[Any]]
ANY = "all"
LONGEST = 200


def get_list(params: Mapping[str, Any], key: str) -> list[str]:
    """All values of a parameter, cleaned of what no database takes."""
    values = params.getlist(key) if hasattr(params, "getlist") else params.get(key, [])
    values = values if isinstance(values, list | tuple) else [values]
    return [str(v).replace("\x00", "").strip()[:LONGEST] for v in values if v is not None]


def get_one(params: Mapping[str, Any], key: str) -> str | None:
    """The last value of a parameter; None when it is not in the address at all."""
    values = get_list(params, key)
    return values[-1] if values else None


@dataclass
class State:
    """A filter as this address sets it."""

    filter: Filter
    value: Any = None
    words: str = ""
    bad: bool = False
    raw: Any = None

    @property
    def on(self) -> bool:
        """Whether it narrows anything."""
        return self.value not in (None, "", [], ())

    @property
    def template(self) -> str:
        return self.filter.template

    @property
    def key(self) -> str:
        return self.filter.key

    def look(self, dom_id: str, away: str) -> Look:
        """What the token of the sentence and its opened menu show; `away` takes the filter off."""
        chosen = set(self.value) if isinstance(self.value, list | tuple) else {self.value}
        return Look(
            dom_id=dom_id,
            language=get_language() or "",
            template=self.template,
            key=self.key,
            label=str(self.filter.label),
            anything=self.filter.anything,
            default=self.filter.default,
            on=self.on,
            bad=self.bad,
            away=away if self.on else "",
            words=self.words,
            raw=tuple(self.raw.items()) if isinstance(self.raw, dict) else str(self.raw or ""),
            choices=tuple((value, str(label), value in chosen) for value, label in self.filter.options_now()),
            picker=self.filter.picker,
        )


@dataclass(frozen=True)
class Look:
    """A filter as it is drawn, in plain values only: the same values always give the same markup.

    A list of hazards has a dozen filters with some ninety options; drawing them anew for every page cost more than
    the fifty rows. So the markup is kept, and found again by these values.
    """

    dom_id: str
    language: str
    template: str
    key: str
    label: str
    anything: str
    default: str
    on: bool
    bad: bool
    away: str
    words: str
    raw: str | tuple[tuple[str, Any], ...]
    choices: tuple[tuple[str, str, bool], ...]
    picker: tuple[tuple[str, str], ...]

    @property
    def shown(self) -> str:
        """What stands in the sentence."""
        return self.words if self.on else self.anything


@lru_cache(maxsize=4096)
def drawn(look: Look) -> SafeString:
    """The token of a filter with its menu, as markup."""
    raw = look.raw if isinstance(look.raw, str) else dict(look.raw)
    return render_to_string("kernel/filters/token.html", {"look": look, "raw": raw, "picker": dict(look.picker)})


class Filter:
    """One question that the list can be asked. `lookup` is an ORM path, `apply(qs, value)` a function instead."""

    template = ""
    picker: tuple[tuple[str, str], ...] = ()

    def __init__(
        self, key: str, label: str, *, any: str = "", lookup: str = "", apply: Apply | None = None, default: str = ""
    ) -> None:
        self.key, self.label, self.lookup, self.default = key, label, lookup or key, default
        self._any, self._apply = any, apply

    @property
    def anything(self) -> str:
        """What the sentence says when nothing is asked."""
        return str(self._any or _("全部%s") % self.label)

    @property
    def params(self) -> tuple[str, ...]:
        """The parameters it owns in the address."""
        return (self.key,)

    def options_now(self) -> Sequence[tuple[str, Any]]:
        return ()

    def raw(self, params: Mapping[str, Any]) -> str:
        """The value in the address, or the default when the address is silent; `all` switches the default off."""
        value = get_one(params, self.key)
        value = self.default if value is None else value
        return "" if value == ANY else value

    def read(self, params: Mapping[str, Any]) -> State:
        raise NotImplementedError

    def apply(self, queryset: QuerySet[Any], value: Any) -> QuerySet[Any]:
        return self._apply(queryset, value) if self._apply else queryset.filter(**{self.lookup: value})


class Choice(Filter):
    """One of a few: 等级, 状态."""

    template = "kernel/filters/choice.html"

    def __init__(self, key: str, label: str, options: Options, **kwargs: Any) -> None:
        super().__init__(key, label, **kwargs)
        self._options = options

    def options_now(self) -> Sequence[tuple[str, Any]]:
        options = self._options() if callable(self._options) else self._options
        return [(str(value), label) for value, label in options]

    def read(self, params: Mapping[str, Any]) -> State:
        raw = self.raw(params)
        label = dict(self.options_now()).get(raw)
        if not raw or label is None:
            return State(self, raw=raw, bad=bool(raw))
        return State(self, value=raw, words=str(label), raw=raw)


class Multi(Choice):
    """Several of a few: any of the ticked ones."""

    template = "kernel/filters/multi.html"

    def read(self, params: Mapping[str, Any]) -> State:
        given = get_list(params, self.key) or (self.default.split(",") if self.default else [])
        given = [v for v in given if v and v != ANY]
        known = dict(self.options_now())
        value = [v for v in dict.fromkeys(given) if v in known]
        labels = [str(known[v]) for v in value]
        words = (
            "、".join(labels) if len(labels) <= 3 else _("%(label)s %(n)d 项") % {"label": self.label, "n": len(labels)}
        )
        return State(self, value=value, words=words, raw=given, bad=len(value) < len(set(given)))

    def apply(self, queryset: QuerySet[Any], value: Any) -> QuerySet[Any]:
        return self._apply(queryset, value) if self._apply else queryset.filter(**{f"{self.lookup}__in": value})


class Flag(Filter):
    """Yes or no: 已超期, 挂牌督办."""

    template = "kernel/filters/choice.html"

    def __init__(self, key: str, label: str, *, yes: str = "", no: str = "", **kwargs: Any) -> None:
        super().__init__(key, label, **kwargs)
        self.yes, self.no = yes, no

    @property
    def anything(self) -> str:
        return str(self._any or _("%s不限") % self.label)

    def options_now(self) -> Sequence[tuple[str, Any]]:
        yes = [("1", self.yes or self.label)]
        return [*yes, ("0", self.no)] if self.no else yes

    def read(self, params: Mapping[str, Any]) -> State:
        raw = self.raw(params)
        label = dict(self.options_now()).get(raw)
        return State(self, value=raw if label else None, words=str(label or ""), raw=raw, bad=bool(raw) and not label)

    def apply(self, queryset: QuerySet[Any], value: Any) -> QuerySet[Any]:
        return super().apply(queryset, value == "1")


class Text(Filter):
    """Words to look for: the search box of the filter line."""

    template = "kernel/filters/text.html"

    def __init__(
        self, key: str = "q", label: str = "", *, fields: Sequence[str] = (), placeholder: str = "", **kwargs: Any
    ) -> None:
        super().__init__(key, label, **kwargs)
        self.fields, self.placeholder = fields, placeholder

    @property
    def anything(self) -> str:
        return ""

    def read(self, params: Mapping[str, Any]) -> State:
        raw = " ".join(self.raw(params).split())
        return State(self, value=raw or None, words=_("含“%s”") % raw if raw else "", raw=raw)

    def apply(self, queryset: QuerySet[Any], value: Any) -> QuerySet[Any]:
        if self._apply:
            return self._apply(queryset, value)
        for word in value.split()[:5]:
            hit = Q()
            for name in self.fields:
                hit |= Q(**{f"{name}__icontains": word})
            queryset = queryset.filter(hit)
        return queryset


def _parse_date(text: str) -> date | None:
    try:
        found = date.fromisoformat(text)
    except ValueError:
        return None
    return found if 1900 <= found.year <= 2200 else None


class Dates(Filter):
    """A span of days: by name (today, 7d, month…; stays alive in a saved view) or from–to. `moment=False` for dates."""

    template = "kernel/filters/dates.html"

    def __init__(self, key: str, label: str, *, moment: bool = True, future: bool = False, **kwargs: Any) -> None:
        super().__init__(key, label, **kwargs)
        self.moment, self.future = moment, future

    @property
    def anything(self) -> str:
        return str(self._any or _("%s不限") % self.label)

    @property
    def params(self) -> tuple[str, ...]:
        return (self.key, f"{self.key}_from", f"{self.key}_to")

    def options_now(self) -> Sequence[tuple[str, Any]]:
        near = [("today", _("今天"))]
        if self.future:
            return [*near, ("tomorrow", _("明天")), ("next7", _("后 7 天")), ("month", _("本月"))]
        past = [("yesterday", _("昨天")), ("7d", _("近 7 天")), ("30d", _("近 30 天"))]
        return [*near, *past, ("month", _("本月")), ("lastmonth", _("上月")), ("year", _("今年"))]

    def _named(self, name: str, today: date) -> tuple[date, date] | None:
        first = today.replace(day=1)
        last_month_end = first - timedelta(days=1)
        next_first = (first + timedelta(days=32)).replace(day=1)
        return {
            "today": (today, today),
            "yesterday": (today - timedelta(days=1), today - timedelta(days=1)),
            "tomorrow": (today + timedelta(days=1), today + timedelta(days=1)),
            "7d": (today - timedelta(days=6), today),
            "30d": (today - timedelta(days=29), today),
            "next7": (today, today + timedelta(days=6)),
            "month": (first, next_first - timedelta(days=1)),
            "lastmonth": (last_month_end.replace(day=1), last_month_end),
            "year": (today.replace(month=1, day=1), today.replace(month=12, day=31)),
        }.get(name)

    def read(self, params: Mapping[str, Any]) -> State:
        today = timetext.local(clock.now()).date()
        texts = (get_one(params, f"{self.key}_from") or "", get_one(params, f"{self.key}_to") or "")
        name = "" if any(texts) else self.raw(params)
        span = self._named(name, today)
        if span:
            label = dict(self.options_now()).get(name) or name
            return State(self, value=span, words=f"{self.label}{label}", raw={"name": name})
        start, end = _parse_date(texts[0]), _parse_date(texts[1])
        bad = bool(name) or any(text and not day for text, day in zip(texts, (start, end), strict=True))
        if start and end and start > end:
            start, end = end, start
        raw = {"name": "", "from": start.isoformat() if start else "", "to": end.isoformat() if end else ""}
        if not start and not end:
            return State(self, raw=raw, bad=bad)
        return State(self, value=(start, end), words=self._words(start, end, today), raw=raw, bad=bad)

    def _words(self, start: date | None, end: date | None, today: date) -> str:
        said = [timetext.day_name(d, today) if d else "" for d in (start, end)]
        if start and end:
            span = said[0] if start == end else _("%(from)s至%(to)s") % {"from": said[0], "to": said[1]}
        else:
            span = _("%s起") % said[0] if start else _("%s止") % said[1]
        return f"{self.label}{span}"

    def apply(self, queryset: QuerySet[Any], value: Any) -> QuerySet[Any]:
        start, end = value
        if self.moment:
            start = timezone.make_aware(datetime.combine(start, time.min)) if start else None
            end = timezone.make_aware(datetime.combine(end + timedelta(days=1), time.min)) if end else None
        if self._apply:
            return self._apply(queryset, (start, end))
        if start:
            queryset = queryset.filter(**{f"{self.lookup}__gte": start})
        if end:
            queryset = queryset.filter(**{f"{self.lookup}__{'lt' if self.moment else 'lte'}": end})
        return queryset


class Number(Filter):
    """A span of numbers, from–to."""

    template = "kernel/filters/number.html"

    @property
    def anything(self) -> str:
        return str(self._any or _("%s不限") % self.label)

    @property
    def params(self) -> tuple[str, ...]:
        return (f"{self.key}_from", f"{self.key}_to")

    def read(self, params: Mapping[str, Any]) -> State:
        texts = [get_one(params, name) or "" for name in self.params]
        ends = [int(t) if t.isascii() and t.isdecimal() and len(t) <= 9 else None for t in texts]
        raw = {"from": "" if ends[0] is None else ends[0], "to": "" if ends[1] is None else ends[1]}
        bad = any(t and end is None for t, end in zip(texts, ends, strict=True))
        if ends == [None, None]:
            return State(self, raw=raw, bad=bad)
        low, high = ("" if e is None else str(e) for e in ends)
        words = f"{self.label} {low}–{high}" if low and high else f"{self.label} {'≥' if low else '≤'} {low or high}"
        return State(self, value=tuple(ends), words=words, raw=raw, bad=bad)

    def apply(self, queryset: QuerySet[Any], value: Any) -> QuerySet[Any]:
        if self._apply:
            return self._apply(queryset, value)
        low, high = value
        queryset = queryset if low is None else queryset.filter(**{f"{self.lookup}__gte": low})
        return queryset if high is None else queryset.filter(**{f"{self.lookup}__lte": high})


class Picked(Filter):
    """A thing chosen by search: a person, a place with all below it, a unit.

    `find(id)` gives the thing or None, `apply(qs, thing)` narrows by it (for a tree: by ancestors).
    """

    template = "kernel/filters/picked.html"

    def __init__(
        self,
        key: str,
        label: str,
        *,
        url: str | Callable[[], str],
        find: Callable[[str], Any | None],
        label_of: Callable[[Any], str] = str,
        kind: str = "thing",
        icon: str = "search",
        placeholder: str = "",
        **kwargs: Any,
    ) -> None:
        super().__init__(key, label, **kwargs)
        self._url, self.find, self.label_of = url, find, label_of
        self.kind, self.icon, self.placeholder = kind, icon, placeholder

    @property
    def picker(self) -> tuple[tuple[str, str], ...]:  # type: ignore[override]
        """How its search box is drawn."""
        url = str(self._url() if callable(self._url) else self._url)
        return (("url", url), ("kind", self.kind), ("icon", self.icon), ("placeholder", str(self.placeholder)))

    def read(self, params: Mapping[str, Any]) -> State:
        raw = self.raw(params)
        if not raw:
            return State(self, raw="")
        try:
            thing = self.find(raw)
        except Exception:
            thing = None
        if thing is None:
            return State(self, raw="", bad=True)
        return State(self, value=thing, words=self.label_of(thing), raw=raw)
