"""Pages of shift schemes and of the calendar."""

import json
import tempfile
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any
from uuid import UUID

from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from kuangdeng.kernel import clock
from kuangdeng.kernel.edit_views import do_and_return, edit_page
from kuangdeng.kernel.errors import Refused
from kuangdeng.kernel.listing import Choice, Column, Flag, Register, View
from kuangdeng.kernel.tables import Column as FileColumn
from kuangdeng.kernel.tables import Unreadable, compact, open_book, to_date
from kuangdeng.kernel.templatetags.kd import chip
from kuangdeng.kernel.views import register_page
from kuangdeng.org.asking import me, need_power
from kuangdeng.org.forms.places import CalendarFileForm, DayForm, PutOnForm, SchemeForm, scheme_initial
from kuangdeng.org.models import CalendarDay
from kuangdeng.org.queries import shifts as queries
from kuangdeng.org.services import calendar as days
from kuangdeng.org.services import shifts as verbs

# Shifts ---------------------------------------------------------------------------------------------------------------


@require_GET
def shifts(request: HttpRequest) -> HttpResponse:
    """The schemes of the mine, and who works by which from when on."""
    person = me(request)
    need_power(person, "org.manage")
    rows = list(queries.scheme_rows(person.mine_id)[:200])
    today = clock.today()
    for row in rows:
        row.is_coming = row.valid_from > today  # type: ignore[attr-defined]
    words = {"schemes": queries.schemes(person.mine_id), "rows": rows, "now": queries.shift_now(person)}
    return render(request, "org/shifts.html", words)


def _scheme_page(
    request: HttpRequest, form: SchemeForm, act: Callable[[dict[str, Any]], str], title: str, label: str
) -> HttpResponse:
    return edit_page(
        request, form, act, title=title, label=label, back=reverse("org:shifts"), template="org/scheme.html"
    )


def scheme_new(request: HttpRequest) -> HttpResponse:
    """Write down a scheme."""
    person = me(request)
    need_power(person, "org.manage")

    def act(data: dict[str, Any]) -> str:
        scheme = verbs.add_scheme(name=data["name"], shifts=data["shifts"], gaps=data["gaps"], by=person)
        return _("已新增「%s」。要执行它，请选单位和起始日期。") % scheme.name

    return _scheme_page(request, SchemeForm(request.POST or None, by=person), act, _("新增班制"), _("新增班制"))


def scheme_edit(request: HttpRequest, scheme_id: UUID) -> HttpResponse:
    """Correct a scheme."""
    person = me(request)
    need_power(person, "org.manage")
    scheme = queries.get_scheme(scheme_id, by=person)
    initial = scheme_initial(scheme) | {"gaps": queries.has_gaps(scheme)}

    def act(data: dict[str, Any]) -> str:
        verbs.change_scheme(scheme.id, name=data["name"], shifts=data["shifts"], gaps=data["gaps"], by=person)
        return _("已修改。")

    form = SchemeForm(request.POST or None, by=person, initial=initial)
    return _scheme_page(request, form, act, scheme.name, _("修改班制"))


def scheme_put_on(request: HttpRequest, scheme_id: UUID) -> HttpResponse:
    """Let a unit or the whole mine work by a scheme from a day on."""
    person = me(request)
    need_power(person, "org.manage")
    scheme = queries.get_scheme(scheme_id, by=person)

    def act(data: dict[str, Any]) -> str:
        verbs.put_on_scheme(scheme=scheme, unit=data["unit"], valid_from=data["valid_from"], by=person)
        return _("从 %(day)s 起执行「%(name)s」。") % {"day": data["valid_from"], "name": scheme.name}

    return edit_page(
        request, PutOnForm(request.POST or None, by=person), act, title=_("执行「%s」") % scheme.name, label=_("执行班制"),
        back=reverse("org:shifts"),
        context={"note": _("以前的日子按原班制算，不受影响。换班制那天，旧班制的最后一个班接到新班制的第一个班。")},
    )  # fmt: skip


@require_POST
def scheme_take_off(request: HttpRequest, row_id: int) -> HttpResponse:
    """Take back a change that has not begun."""
    person = me(request)
    need_power(person, "org.manage")
    return do_and_return(
        request, lambda: _("已取消改为「%s」。") % verbs.take_off_scheme(row_id, by=person).name, reverse("org:shifts")
    )


# Calendar -------------------------------------------------------------------------------------------------------------


def _confirmed(row: CalendarDay) -> SafeString:
    return chip(_("已核对"), "state", "done") if row.confirmed else chip(_("未核对"), "state", "wait")


def _weekday(row: CalendarDay) -> str:
    return (_("周一"), _("周二"), _("周三"), _("周四"), _("周五"), _("周六"), _("周日"))[row.day.weekday()]


def _register(years: list[int]) -> Register:
    return Register(
        key="calendar",
        title=_("日历"),
        noun=_("日期"),
        columns=[
            Column("day", _("日期"), lambda row: f"{row.day:%Y-%m-%d}", sort="day", link=True, phone="title"),
            Column("weekday", _("星期"), _weekday, phone="meta"),
            Column("kind", _("类别"), lambda row: row.get_kind_display(), sort="kind", phone="meta", label_on_phone=False),
            Column("name", _("名称"), "name", phone="meta"),
            Column("confirmed", _("核对"), _confirmed, phone="chip", export=lambda row: _("是") if row.confirmed else _("否")),
            Column("source", _("依据"), "source", width="wide", phone="line"),
        ],
        filters=[
            Choice("year", _("年份"), [(str(year), _("%d 年") % year) for year in years],
                   apply=lambda qs, year: qs.filter(day__year=int(year))),
            Choice("kind", _("类别"), CalendarDay.Kind.choices, lookup="kind"),
            Flag("confirmed", _("核对"), yes=_("已核对"), no=_("未核对"), lookup="confirmed"),
        ],
        views=[View(_("全部")), View(_("未核对"), "confirmed=0")],
        default_sort="-day",
        row_url=lambda row: reverse("org:calendar_day", args=[row.id]),
        empty_title=_("日历是空的"),
        empty_text=_("按国务院办公厅每年的放假通知导入。没有导入的年份，按工作日算的期限一律不推算。"),
        empty_url=reverse("org:calendar_import"),
        empty_label=_("导入日历"),
    )  # fmt: skip


@require_GET
def calendar(request: HttpRequest) -> HttpResponse:
    """The days that are not what their weekday says, and which years are known."""
    person = me(request)
    need_power(person, "org.manage")
    years = queries.known_years(person.mine_id)
    context = {
        "years": [{"year": year, "confirmed": years[year]} for year in sorted(years, reverse=True)],
    }
    return register_page(
        request, _register(sorted(years, reverse=True)), queries.calendar(person.mine_id), template="org/calendar.html",
        context=context,
    )  # fmt: skip


def _day_of(data: dict[str, Any]) -> days.DayData:
    return days.DayData(data["day"], data["kind"], data["name"], data["source"], data["confirmed"])


def calendar_day_new(request: HttpRequest) -> HttpResponse:
    """Write down one day."""
    person = me(request)
    need_power(person, "org.manage")

    def act(data: dict[str, Any]) -> str:
        days.set_day(data=_day_of(data), by=person)
        return _("已登记 %s。") % data["day"]

    form = DayForm(request.POST or None, by=person)
    return edit_page(request, form, act, title=_("登记日期"), label=_("登记日期"), back=reverse("org:calendar"))


def calendar_day(request: HttpRequest, day_id: int) -> HttpResponse:
    """Correct one day, or take it out."""
    person = me(request)
    need_power(person, "org.manage")
    row = queries.get_day(day_id, by=person)
    if "remove" in request.POST:
        return do_and_return(
            request, lambda: _("已删除 %s。") % days.drop_day(row.id, by=person).day, reverse("org:calendar")
        )
    initial = {name: getattr(row, name) for name in ("day", "kind", "name", "source", "confirmed")}
    form = DayForm(request.POST or None, by=person, initial=initial)
    form.fields["day"].disabled = True

    def act(data: dict[str, Any]) -> str:
        days.set_day(data=_day_of(data), by=person)
        return _("已修改。")

    return edit_page(
        request, form, act, title=f"{row.day:%Y-%m-%d}", label=_("修改"), back=reverse("org:calendar"),
        template="org/calendar_day.html",
    )  # fmt: skip


@require_POST
def calendar_confirm(request: HttpRequest, year: int) -> HttpResponse:
    """Stand for it that a year was checked against the notice."""
    person = me(request)
    need_power(person, "org.manage")
    return do_and_return(
        request,
        lambda: _("%(year)d 年核对完毕，%(count)d 天。") % {"year": year, "count": days.confirm_year(year, by=person)},
        reverse("org:calendar"),
    )


FILE_COLUMNS = [
    FileColumn("day", "日期", ("日子", "放假日期", "day", "date"), required=True),
    FileColumn("kind", "类别", ("类型", "性质", "放假或上班", "kind"), required=True),
    FileColumn("name", "名称", ("节日", "说明", "name")),
    FileColumn("source", "依据", ("来源", "文号", "source")),
]


def calendar_import(request: HttpRequest) -> HttpResponse:
    """Take in a year's notice from a file."""
    person = me(request)
    need_power(person, "org.manage")
    form = CalendarFileForm(request.POST or None, request.FILES or None, by=person)

    def act(data: dict[str, Any]) -> str:
        found = _read(data["file"], data["source"])
        count = days.import_days(days=found, by=person)
        return _("已导入 %d 天，还没有核对。请对照通知逐天核对后确认。") % count

    return edit_page(request, form, act, title=_("导入日历"), label=_("导入"), back=reverse("org:calendar"))


def _read(file: UploadedFile, source: str) -> list[days.DayData]:
    """The days of an uploaded file. Refused with the line that cannot be read."""
    name = (file.name or "").lower()
    if name.endswith(".json"):
        return _read_json(file.read(), source)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / ("calendar" + Path(name).suffix)
        path.write_bytes(file.read())
        with open_book(path, name=file.name or "") as book:
            found: list[days.DayData] = []
            for sheet in book.sheets:
                table = book.table(sheet, FILE_COLUMNS)
                for record in table or ():
                    if compact(record["day"]) == "":
                        continue
                    try:
                        day = to_date(record["day"])
                    except Unreadable as wrong:
                        raise Refused(str(record.problem("day", wrong)), field="file") from None
                    if day is not None:
                        words = {key: compact(record[key]) for key in ("kind", "name", "source")}
                        found.append(days.DayData(day, words["kind"], words["name"], words["source"] or source))
            return found


def _read_json(text: bytes, source: str) -> list[days.DayData]:
    try:
        rows = json.loads(text.decode("utf-8"))
        return [
            days.DayData(
                date.fromisoformat(row["day"]), row["kind"], row.get("name", ""), row.get("source", "") or source
            )
            for row in rows
        ]
    except (ValueError, KeyError, TypeError, AttributeError):
        raise Refused(
            _("这个 .json 文件读不懂。请用本系统的日历格式：每天一项，有 day 和 kind。"), field="file"
        ) from None
