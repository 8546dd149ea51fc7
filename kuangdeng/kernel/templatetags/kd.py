"""The page components. `{% load kd %}`; every one is described with an example in docs/ui-components.md.

Components draw, they decide nothing: what a person may do is settled in the view and handed over as plain values.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache
from typing import Any

from django import forms, template
from django.core.paginator import Page
from django.forms import BoundField, CheckboxInput, CheckboxSelectMultiple, RadioSelect
from django.template.loader import render_to_string
from django.templatetags.static import static
from django.utils import timezone
from django.utils.html import conditional_escape, escape, format_html, format_html_join, json_script
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from kuangdeng.kernel import clock as clocks
from kuangdeng.kernel import timetext
from kuangdeng.kernel.frame import RailGroup
from kuangdeng.kernel.jstext import JS_TEXT
from kuangdeng.kernel.words import plain

register = template.Library()

STATE_ICONS = {"late": "late", "done": "done", "soon": "clock", "major": "hazard"}


# ---------------------------------------------------------------- small marks


@register.simple_tag
def icon(name: str, label: str = "", css: str = "") -> SafeString:
    """One icon of the sprite. Silent for screen readers unless it carries a label of its own."""
    return _icon(str(name), str(label), css)


@lru_cache(maxsize=512)
def _icon(name: str, label: str, css: str) -> SafeString:
    heard = format_html('role="img" aria-label="{}"', label) if label else mark_safe('aria-hidden="true"')
    return format_html(
        '<svg class="icon {}" {} focusable="false"><use href="{}#{}"></use></svg>',
        css,
        heard,
        static("build/icons.svg"),
        name,
    )


@register.simple_tag
def chip(text: Any, kind: str = "plain", tone: str = "", mark: str = "", url: str = "", title: str = "") -> SafeString:
    """A small word on a thing. kind: grade, state, clock, holder, major, sample, plain; tone: see the docs."""
    if text in (None, ""):
        return mark_safe("")
    return _chip(conditional_escape(text), kind, tone, mark, url, str(title))


@lru_cache(maxsize=4096)
def _chip(text: str, kind: str, tone: str, mark: str, url: str, title: str) -> SafeString:
    name = mark or STATE_ICONS.get(tone if kind != "major" else "major", "")
    if kind == "grade" or (kind == "state" and tone not in ("late", "done")):
        name = mark
    inner = format_html("{}<span>{}</span>", icon(name) if name else "", text)
    css = f"chip chip-{kind}" + (f" tone-{tone}" if tone else "")
    hover = format_html(' title="{}"', title) if title else ""
    if url:
        return format_html('<a class="{}" href="{}"{}>{}</a>', css, url, hover, inner)
    return format_html('<span class="{}"{}>{}</span>', css, hover, inner)


@register.simple_tag
def clock_chip(due: datetime | None, done: bool = False, none: str = "") -> SafeString:
    """The clock of a deadline as a chip: 还剩 5 小时, 已超 2 天 (red, icon, words). Nothing once it is done."""
    if done or due is None:
        return chip(none, "clock")
    now = clocks.now()
    tone = timetext.clock_tone(due, now)
    words = _time(due, timetext.clock(due, now), "clock")
    return format_html(
        '<span class="chip chip-clock tone-{}">{}<span>{}</span></span>',
        tone,
        icon("late" if tone == "late" else "clock"),
        words,
    )


# ---------------------------------------------------------------- time and text


def _time(moment: datetime | date, words: str, rel: str = "") -> SafeString:
    if isinstance(moment, datetime):
        stamp = timetext.local(moment).isoformat(timespec="minutes")
    else:
        stamp = moment.isoformat()
    live = f' data-rel="{rel}"' if rel and isinstance(moment, datetime) else ""
    title, inner = escape(timetext.full(moment)), conditional_escape(words)
    return mark_safe(f'<time datetime="{stamp}" title="{title}"{live}>{inner}</time>')  # noqa: S308 - escaped above


@register.filter(is_safe=False)
def said(moment: datetime | date | None, shift: str = "") -> SafeString | str:
    """今天 14:20; `when|said:shift_name` → 昨天 夜班. The full stamp shows on hover."""
    if not moment:
        return ""
    return _time(moment, timetext.said(moment, clocks.now(), shift), "" if shift else "said")


@register.filter(is_safe=False)
def age(moment: datetime | None) -> SafeString | str:
    """How long ago, as a length: 3 小时, 2 天."""
    return _time(moment, timetext.age(moment, clocks.now()), "age") if moment else ""


@register.filter(is_safe=False)
def clock(due: datetime | None) -> SafeString | str:
    """还剩 5 小时 or 已超 2 天; a past one is marked late."""
    if not due:
        return ""
    now = clocks.now()
    words = _time(due, timetext.clock(due, now), "clock")
    return format_html('<span class="late-text">{}</span>', words) if due <= now else words


@register.filter
def stamp(moment: datetime | date | None) -> str:
    """The full stamp for paper: 2026年11月22日 14:20."""
    return timetext.full(moment) if moment else ""


def _width(char: str) -> int:
    return 2 if unicodedata.east_asian_width(char) in "WF" else 1


def cut_text(text: str, length: int) -> str:
    """The text cut after `length` Chinese characters (two Latin letters count as one), never inside a mark."""
    room, out = length * 2, ""
    for char in text:
        room -= 0 if unicodedata.combining(char) else _width(char)
        if room < 0:
            return out.rstrip() + "…"
        out += char
    return out


@register.filter(is_safe=False)
def cut(text: Any, length: int = 24) -> SafeString | str:
    """A long text cut to fit; the whole of it on hover."""
    whole = " ".join(str(text or "").split())
    if len(whole) <= int(length):
        return whole
    short = cut_text(whole, int(length))
    return whole if short == whole else format_html('<span title="{}">{}</span>', whole, short)


@register.filter(is_safe=False)
def short(text: Any, length: int = 24) -> str:
    """A long text cut to fit where no hover is possible: a title of the window, the lines of a note."""
    return cut_text(str(text or ""), int(length))


@register.filter
def thousands(number: Any) -> str:
    """12,345: figures with separators; empty stays empty, nothing becomes a made-up zero."""
    if isinstance(number, int | float | Decimal):
        return f"{number:,}"
    return "" if number is None else str(number)


@register.filter
def get(mapping: Mapping[Any, Any] | None, key: Any) -> Any:
    """One value out of a mapping by a name held in a variable."""
    return (mapping or {}).get(key, "")


# ---------------------------------------------------------------- verbs


@register.inclusion_tag("kernel/parts/verb.html", takes_context=True)
def verb(
    context: Mapping[str, Any],
    label: str,
    url: str = "",
    *,
    method: str = "get",
    primary: bool = False,
    danger: bool = False,
    small: bool = False,
    quiet: bool = False,
    reason: str = "",
    mark: str = "",
    dialog: str = "",
    fields: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    """A verb of the mine as a button: link (get), form (post) or opener of a dialog; greyed with `reason` in words."""
    kinds = {"primary": primary, "danger": danger, "small": small, "quiet": quiet}
    return {
        "label": label,
        "url": url,
        "method": method,
        "css": "".join(f" button-{k}" for k, on in kinds.items() if on),
        "reason": reason,
        "mark": mark,
        "dialog": dialog,
        "fields": fields or {},
        "csrf_token": context.get("csrf_token"),
    }


@register.simple_block_tag(takes_context=True)
def dialog(context: Mapping[str, Any], content: str, id: str, title: str) -> SafeString:
    """A dialog of the page: `{% dialog id="x" title="…" %}body{% enddialog %}`, opened by `data-dialog="x"`."""
    return format_html(
        '<dialog id="{0}" aria-labelledby="{0}-title"><div class="dialog-head"><h2 id="{0}-title">{1}</h2>'
        '<button class="button button-quiet button-icon" type="button" data-close aria-label="{2}">{3}</button></div>'
        "{4}</dialog>",
        id,
        title,
        _("关闭"),
        icon("close"),
        content,
    )


@register.inclusion_tag("kernel/parts/confirm.html", takes_context=True)
def confirm(
    context: Mapping[str, Any],
    id: str,
    title: str,
    url: str,
    label: str,
    *,
    text: str = "",
    form: Any = None,
    danger: bool = False,
    fields: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    """A dialog that asks before a verb: title, words, the verb's form fields, the verb itself."""
    return {
        "id": id,
        "title": title,
        "url": url,
        "label": label,
        "text": text,
        "form": form,
        "danger": danger,
        "fields": fields or {},
        "csrf_token": context.get("csrf_token"),
    }


# ---------------------------------------------------------------- parts of a page


@register.simple_tag
def rail_groups(groups: Iterable[RailGroup]) -> SafeString:
    """The main menu. Drawn once for the same lines: whoever has the same roles and is on the same page sees the same."""
    return _rail_groups(tuple(replace(group, items=tuple(group.items)) for group in groups or ()))


@lru_cache(maxsize=1024)
def _rail_groups(groups: tuple[RailGroup, ...]) -> SafeString:
    return render_to_string("kernel/parts/rail.html", {"groups": groups})


@register.simple_block_tag
def section(content: str, title: str = "", count: Any = None, flush: bool = False, id: str = "") -> SafeString:
    """A sheet with a heading; `flush=True` when the content brings its own padding (lists, tables)."""
    number = format_html('<span class="count">{}</span>', thousands(count)) if count is not None else ""
    head = format_html('<div class="sheet-head"><h2>{}{}</h2></div>', title, number) if title else ""
    anchor = format_html(' id="{}"', id) if id else ""
    body = content if flush else format_html('<div class="sheet-body">{}</div>', content)
    return format_html('<section class="sheet"{}>{}{}</section>', anchor, head, body)


@register.simple_block_tag
def facts(content: str, one: bool = False) -> SafeString:
    """The facts of a thing in two columns: `{% facts %}{% fact "地点" place %}…{% endfacts %}`."""
    return format_html('<dl class="facts{}">{}</dl>', " facts-one" if one else "", content)


@register.simple_tag
def fact(label: str, value: Any = "", wide: bool = False, lines: bool = False, url: str = "") -> SafeString:
    """One fact; an unknown value shows as a dash, not as an invented word."""
    shown = "" if value is None else plain(value) if isinstance(value, Decimal) else value
    if url and shown != "":
        shown = format_html('<a href="{}">{}</a>', url, shown)
    return format_html(
        '<div class="fact{}"><dt>{}</dt><dd{}>{}</dd></div>',
        " fact-wide" if wide else "",
        label,
        mark_safe(' class="keep-lines"') if lines else "",
        shown,
    )


@register.simple_block_tag
def factblock(content: str, label: str, wide: bool = True) -> SafeString:
    """A fact whose value is markup: `{% factblock "照片" %}…{% endfactblock %}`."""
    css = " fact-wide" if wide else ""
    return format_html('<div class="fact fact-block{}"><dt>{}</dt><dd>{}</dd></div>', css, label, content)


@register.inclusion_tag("kernel/parts/timeline.html")
def timeline(events: Iterable[Any]) -> dict[str, Any]:
    """Who did what, when and why, newest first. An event: at, who, what, why, unit, tone, current, photos, changes."""
    return {"events": list(events)}


@register.inclusion_tag("kernel/parts/photos.html")
def photos(pictures: Iterable[Any], small: bool = False) -> dict[str, Any]:
    """A grid of photos: url, thumb, caption, at each."""
    return {"pictures": list(pictures), "small": small}


@register.inclusion_tag("kernel/parts/empty.html")
def empty(title: str, text: str = "", url: str = "", label: str = "", mark: str = "lamp") -> dict[str, Any]:
    """Nothing here yet: what would fill it, and the way there."""
    return {"title": title, "text": text, "url": url, "label": label, "mark": mark}


@register.inclusion_tag("kernel/parts/banner.html")
def banner(
    text: Any, tone: str = "info", title: str = "", url: str = "", label: str = "", mark: str = ""
) -> dict[str, Any]:
    """One line across the page. tone: info, warn, late, done."""
    marks = {"info": "info", "warn": "hazard", "late": "late", "done": "done"}
    words = {"text": text, "tone": tone, "title": title, "url": url, "label": label}
    return words | {"mark": mark or marks.get(tone, "info")}


@register.inclusion_tag("kernel/parts/tabs.html")
def tabs(items: Iterable[Any], label: str = "") -> dict[str, Any]:
    """Tabs that are links: each label, url, current, count."""
    return {"items": list(items), "label": label}


@register.inclusion_tag("kernel/parts/pager.html", takes_context=True)
def pager(context: Mapping[str, Any], page: Page[Any], at: str = "") -> dict[str, Any]:
    """The way to the pages before and after, for a list that is no register; `at` is the part of the page to land on.

    What the address says besides the page stays in it.
    """

    def turned(number: int) -> str:
        query = context["request"].GET.copy()
        query["page"] = str(number)
        return f"?{query.urlencode()}" + (f"#{at}" if at else "")

    return {
        "page": page,
        "previous": turned(page.previous_page_number()) if page.has_previous() else "",
        "next": turned(page.next_page_number()) if page.has_next() else "",
    }


@register.inclusion_tag("kernel/parts/progress.html")
def progress(
    label: str, done: int = 0, total: int | None = None, *, state: str = "running", poll: str = "", text: str = ""
) -> dict[str, Any]:
    """Long work that can be left and found again; `poll` is asked for a fresh part every two seconds while it runs."""
    percent = min(100, round(100 * done / total)) if total else None
    words = {"label": label, "done": done, "total": total, "percent": percent, "text": text}
    return words | {"state": state, "poll": poll if state == "running" else ""}


@register.inclusion_tag("kernel/parts/todo.html")
def todo(items: Iterable[Any]) -> dict[str, Any]:
    """What waits for me, sorted by the clock: each title, url, due, late, chips, meta, verb, verb_url."""
    return {"items": list(items)}


@register.inclusion_tag("kernel/parts/figures.html")
def figures(items: Iterable[Any]) -> dict[str, Any]:
    """A few numbers with their words: each label, value, url, tone, note."""
    return {"items": list(items)}


@register.inclusion_tag("kernel/parts/results.html")
def results(rows: Iterable[Any]) -> dict[str, Any]:
    """What came of a bulk verb, row by row: each label, url, ok, message."""
    rows = list(rows)
    good = sum(1 for row in rows if row.ok)
    return {"rows": rows, "good": good, "bad": len(rows) - good}


@register.simple_tag
def sign_boxes(*labels: str) -> SafeString:
    """The signature boxes at the foot of a paper form; `整改人=张三` prints the name in."""
    boxes = []
    for label in labels:
        title, _sep, name = str(label).partition("=")
        boxes.append((title, name, _("年　月　日")))
    return format_html(
        '<div class="sign-row">{}</div>',
        format_html_join(
            "",
            '<div class="sign-box"><span>{}：</span><span class="sign-name">{}</span><span>{}</span></div>',
            boxes,
        ),
    )


# ---------------------------------------------------------------- forms


@register.inclusion_tag("kernel/parts/field.html")
def field(bound: BoundField, label: str = "", help: str = "", suffix: str = "") -> dict[str, Any]:
    """One field: label above, help in grey below, error in red beside it."""
    widget = bound.field.widget
    many = isinstance(widget, RadioSelect | CheckboxSelectMultiple)
    own = getattr(widget, "kd_widget", "")
    described = [f"{bound.auto_id}-help"] if (help or bound.help_text) else []
    described += [f"{bound.auto_id}-error"] if bound.errors else []
    attrs: dict[str, str | bool] = {}
    if described:
        attrs["aria-describedby"] = " ".join(described)
    if bound.errors:
        attrs["aria-invalid"] = "true"
    return {
        "field": bound,
        "control": bound.as_widget(attrs=attrs),
        "label": label or bound.label,
        "errors": error_words(bound),
        "help": help or bound.help_text,
        "suffix": suffix,
        "group": many or own == "photos",
        "tick": isinstance(widget, CheckboxInput),
        "optional": not bound.field.required and not getattr(bound.field, "one_of_several", False),
    }


def error_words(bound: BoundField) -> list[str]:
    """The errors of a field as sentences: a missing one is told by its name, the others as they come."""
    words = []
    for error in bound.errors.as_data() if bound.errors else []:
        usual = str(forms.Field.default_error_messages["required"])
        if error.code == "required" and str(error.message) == usual:
            chosen = (
                isinstance(bound.field, forms.ChoiceField) or getattr(bound.field.widget, "kd_widget", "") == "picker"
            )
            words.append((_("请选“%s”。") if chosen else _("请填“%s”。")) % bound.label)
        else:
            words += error.messages
    return words


@register.inclusion_tag("kernel/parts/form_errors.html")
def form_errors(form: Any, refused: str = "") -> dict[str, Any]:
    """The errors once on top, each a link to its field; `refused` is the sentence of a `Refused`."""
    lines = []
    if form is not None and form.errors:
        lines = [(b.id_for_label or b.auto_id, word) for b in form.visible_fields() for word in error_words(b)]
        hidden = [word for b in form.hidden_fields() for word in b.errors]
        lines = [("", str(word)) for word in [*form.non_field_errors(), *hidden]] + lines
    return {"lines": lines, "refused": refused}


@register.inclusion_tag("kernel/parts/form_body.html")
def form_body(form: Any) -> dict[str, Any]:
    """All visible fields of a form in its own order, hidden ones included."""
    return {"form": form}


# ---------------------------------------------------------------- register


@register.simple_tag(takes_context=True)
def csrf_value(context: Mapping[str, Any]) -> str:
    """The token for scripts, read from a meta line of the frame."""
    return str(context.get("csrf_token") or "")


@register.filter(is_safe=False)
def cell(value: Any) -> Any:
    """A register cell as people read it: moments said, yes as a tick with words, nothing as nothing."""
    if value is None or value == "":
        return ""
    if isinstance(value, bool):
        return format_html("{} {}", icon("check"), _("是")) if value else _("否")
    if isinstance(value, datetime | date):
        return said(value)
    if isinstance(value, int | float):
        return thousands(value)
    return conditional_escape(value)


@register.simple_tag
def today() -> date:
    """The mine's date today, for prints."""
    return timezone.localtime(clocks.now()).date()


@register.filter
def message_tone(level: str) -> str:
    """Django's message level as the tone of a banner."""
    return {"success": "done", "error": "late", "warning": "warn"}.get(level, "info")


@register.simple_tag
def js_text() -> SafeString:
    """The texts of the scripts in another language; in Chinese the scripts speak for themselves."""
    if (get_language() or "zh").startswith("zh"):
        return mark_safe("")
    return json_script({text: _(text) for text in JS_TEXT}, "kd-text")
