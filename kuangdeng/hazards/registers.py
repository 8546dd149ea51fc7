"""The hazard lists: which columns, which questions, which verbs over many rows."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db.models import Q, QuerySet
from django.urls import NoReverseMatch, reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from kuangdeng.hazards.models import CheckType, Hazard, Source
from kuangdeng.hazards.queries import choices, is_overdue, overdue
from kuangdeng.hazards.rules import ENDED, STATUS_LABELS, Status
from kuangdeng.kernel.listing import Bulk, Choice, Column, Dates, Flag, Multi, Picked, Register, Text, View
from kuangdeng.kernel.search import containing
from kuangdeng.kernel.templatetags.kd import chip, clock_chip, cut
from kuangdeng.org.api import Person, has_power

STATE_TONES = {
    Status.REPORTED: "wait", Status.RETURNED: "wait", Status.GRADED: "wait", Status.DISPATCHED: "wait",
    Status.RECTIFYING: "work", Status.RECTIFIED: "wait", Status.RECHECK: "wait", Status.ACCEPTED: "wait",
    Status.CLOSED: "done", Status.VOID: "void", Status.MERGED: "void",
}  # fmt: skip


def state_chip(hazard: Hazard) -> SafeString:
    """The state as a chip."""
    return chip(STATUS_LABELS[hazard.status], "state", STATE_TONES[Status(hazard.status)])


def grade_chip(hazard: Hazard) -> SafeString:
    """重大 first, else the mine's grade in its colour."""
    if hazard.is_major:
        return chip(_("重大"), "major")
    return chip(hazard.grade.name, "grade", hazard.grade.colour) if hazard.grade else SafeString()


def due_of(hazard: Hazard) -> datetime | None:
    """The deadline as long as it runs for the unit."""
    return hazard.due_at if hazard.status in (Status.DISPATCHED, Status.RECTIFYING) else None


def _text(hazard: Hazard) -> SafeString | str:
    marks = [chip(_("挂牌督办"), "plain", mark="eye")] if hazard.supervised_at else []
    return format_html("{} {}", cut(hazard.text, 40), *marks) if marks else cut(hazard.text, 40)


def _place(hazard: Hazard) -> str:
    place = hazard.place.full_name if hazard.place else ""
    return " ".join(filter(None, [place, hazard.place_text]))


def _due(hazard: Hazard) -> SafeString | str:
    """The running clock; once the unit is done, the deadline says nothing about what waits now."""
    return clock_chip(hazard.due_at) if due_of(hazard) else ""


def columns() -> list[Column]:
    """The columns of every hazard list; the file has more of them than the page."""
    return [
        Column("number", _("编号"), "number", sort="number", width="narrow", phone="meta", label_on_phone=False),
        Column("text", _("隐患内容"), _text, link=True, width="wide", phone="title", export=lambda row: row.text),
        Column("grade", _("等级"), grade_chip, width="narrow", phone="chip",
               export=lambda row: _("重大") if row.is_major else (row.grade.name if row.grade else "")),
        Column("state", _("状态"), state_chip, width="narrow", phone="chip", export=lambda row: STATUS_LABELS[row.status]),
        Column("due", _("期限"), _due, sort="due_at", width="narrow", phone="chip", export=lambda row: row.due_at),
        Column("place", _("地点"), lambda row: cut(_place(row), 18), export=_place, width="mid", phone="meta",
               label_on_phone=False),
        Column("unit", _("责任单位"), lambda row: row.unit_name or "", phone="meta", label_on_phone=False),
        Column("received", _("上报时间"), "received_at", sort="received_at", phone="meta", label_on_phone=False,
               export=lambda row: row.received_at),
        Column("specialty", _("专业"), "specialty.name", show=False),
        Column("source", _("来源"), lambda row: row.get_source_display(), show=False),
        Column("reporter", _("上报人"), lambda row: row.reporter.name if row.reporter else "", show=False),
        Column("person", _("责任人"), lambda row: row.person.name if row.person else row.person_text, show=False),
        Column("measure", _("整改措施"), "measure", show=False),
        Column("due_original", _("原定期限"), "due_original", show=False),
        Column("rectified", _("整改完成时间"), "rectified_at", show=False),
        Column("closed", _("销号时间"), "closed_at", show=False),
    ]  # fmt: skip


def shown(rows: QuerySet[Hazard]) -> QuerySet[Hazard]:
    """What a page of a list shows, and no more: a hazard has some eighty columns, a row shows a dozen."""
    return rows.select_related("grade", "place").only(
        "number", "text", "status", "status_since", "is_major", "supervised_at", "due_at", "received_at", "place_text",
        "unit_name", "grade__name", "grade__colour", "place__full_name",
    )  # fmt: skip


def related(rows: QuerySet[Hazard]) -> QuerySet[Hazard]:
    """What the lines of a file show."""
    return rows.select_related("grade", "place", "specialty", "reporter", "person").defer("search_text", "imported")


def _pick(name: str) -> str:
    """The address of a picker of the organisation."""
    try:
        return reverse(name)
    except NoReverseMatch:
        return ""


def filters(person: Person, *wanted: str, status: str = "") -> list[Any]:
    """The questions that a hazard list can be asked: all, or the wanted ones; `status` are the states shown at first."""
    grades, specialties = choices.tables_of(person)
    mine_id = person.mine_id
    every = [
        Text("q", _("搜索"), placeholder=_("内容、地点、编号"), apply=lambda rows, words: rows.filter(containing("search_text", words))),
        Choice("open", _("办理"), [("1", _("未办结")), ("0", _("已办结"))], any=_("未办结和已办结"), apply=_open),
        Multi("status", _("状态"), list(STATUS_LABELS.items()), any=_("各种状态"), default=status),
        Multi("grade", _("等级"), grades, lookup="grade_id", any=_("各等级")),
        Choice("specialty", _("专业"), specialties, any=_("各专业"),
               apply=lambda rows, value: rows.filter(Q(specialty_id=value) | Q(specialty__parent_id=value))),
        Picked("unit", _("责任单位"), url=lambda: _pick("org:pick_unit"), find=lambda value: choices.unit_with_below(mine_id, value),
               kind="unit", icon="unit", any=_("各单位"), placeholder=_("单位名称"),
               apply=lambda rows, unit: rows.filter(unit_id__in=choices.units_below(unit))),
        Picked("place", _("地点"), url=lambda: _pick("org:pick_place"), find=lambda value: choices.place_of(mine_id, value),
               kind="place", icon="place", any=_("各地点"), placeholder=_("地名或拼音首字母"),
               apply=lambda rows, place: rows.filter(place__in=choices.places_below(place))),
        Dates("received", _("上报时间"), lookup="received_at", any=_("任何时间上报")),
        Flag("late", _("超期"), yes=_("已超期"), any=_("超期不限"), apply=lambda rows, _yes: rows.filter(overdue())),
        Flag("major", _("重大"), yes=_("重大隐患"), no=_("一般隐患"), lookup="is_major", any=_("重大和一般")),
        Flag("supervised", _("督办"), yes=_("挂牌督办"), no=_("未挂牌"), any=_("督办不限"),
             apply=lambda rows, yes: rows.filter(supervised_at__isnull=not yes)),
        Choice("source", _("来源"), Source.choices, any=_("各来源")),
        Choice("check", _("检查类型"), CheckType.choices, any=_("各类检查"), lookup="check_type"),
        Flag("mine", _("上报人"), yes=_("我上报的"), any=_("任何人上报"), apply=lambda rows, _yes: rows.filter(reporter=person)),
    ]  # fmt: skip
    return [one for one in every if not wanted or one.key in wanted]


def _open(rows: QuerySet[Hazard], value: str) -> QuerySet[Hazard]:
    ended = sorted(ENDED)
    return rows.exclude(status__in=ended) if value == "1" else rows.filter(status__in=ended)


def row_url(hazard: Hazard) -> str:
    """The hazard's page."""
    return reverse("hazards:detail", args=[hazard.id])


def _register(person: Person, **own: Any) -> Register:
    words = {
        "columns": columns(),
        "filters": filters(person),
        "noun": _("隐患"),
        "row_url": row_url,
        "row_late": is_overdue,
        "rows": shown,
        "export_rows": related,
        "export": has_power(person, "hazard.export"),
        "bulk": bulk_verbs(person),
    }
    return Register(**{**words, **own})


def all_hazards(person: Person) -> Register:
    """Every hazard that the person may know of."""
    return _register(
        person,
        key="hazards",
        title=_("全部隐患"),
        default_sort="-received",
        print_url=reverse("hazards:print_ledger") if has_power(person, "hazard.export") else "",
        views=[
            View(_("全部")),
            View(_("未办结"), "open=1"),
            View(_("已超期"), "late=1&sort=due"),
            View(_("重大隐患"), "major=1"),
            View(_("今天上报"), "received=today"),
            View(_("我上报的"), "mine=1"),
        ],
        empty_title=_("还没有隐患"),
        empty_text=_("有人上报，或者导入旧台账以后，隐患会出现在这里。"),
        empty_url=reverse("hazards:report"),
        empty_label=_("上报隐患"),
    )


def orders(person: Person) -> Register:
    """What the person's units have been ordered to do; at first what they still have to work on."""
    todo = f"{Status.DISPATCHED},{Status.RECTIFYING}"
    returned = Flag(
        "returned", _("验收退回"), yes=_("验收退回过"), any=_("退回不限"),
        apply=lambda rows, _yes: rows.filter(reject_count__gt=0, status=Status.RECTIFYING),
    )  # fmt: skip
    return _register(
        person,
        key="orders",
        title=_("本单位整改"),
        default_sort="due",
        views=[
            View(_("要办的")),
            View(_("待签收"), "status=dispatched"),
            View(_("整改中"), "status=rectifying"),
            View(_("已超期"), "late=1"),
            View(_("验收退回"), "returned=1"),
            View(_("等验收销号"), "status=rectified&status=accepted"),
        ],
        filters=[
            *filters(person, "q", "status", "grade", "specialty", "place", "received", "late", status=todo),
            returned,
        ],
        empty_title=_("没有要整改的隐患"),
        empty_text=_("安监部门下达给本单位的隐患会出现在这里，超期的排在最前。"),
    )


def accepting(person: Person) -> Register:
    """What waits for acceptance or for being struck off."""
    return _register(
        person,
        key="accepting",
        title=_("待验收销号"),
        default_sort="waiting",
        filters=filters(person, "q", "status", "grade", "specialty", "unit", "place", "major", "supervised"),
        columns=[
            *columns()[:4],
            Column("waiting", _("已等"), lambda row: clock_since(row.status_since), sort="status_since", phone="chip",
                   export=lambda row: row.status_since),
            *columns()[5:],
        ],
        views=[
            View(_("全部")),
            View(_("待验收"), "status=rectified"),
            View(_("待复查（现场整改）"), "status=recheck"),
            View(_("待销号"), "status=accepted"),
        ],
        empty_title=_("没有等验收的隐患"),
        empty_text=_("责任单位整改完成后，隐患会出现在这里。"),
    )  # fmt: skip


def clock_since(moment: datetime) -> SafeString | str:
    """How long something has been waiting."""
    from kuangdeng.kernel.templatetags.kd import age

    return age(moment)


def bulk_verbs(person: Person) -> Sequence[Bulk]:
    """The verbs over many rows that this person may use at all; whether one row allows it, the verb decides."""
    offered: list[tuple[str, str, str, dict[str, Any]]] = [
        ("sign", "hazard.sign", _("签收"), {"icon": "check"}),
        ("grade", "hazard.grade", _("定级"), {"icon": "shield", "asks": True}),
        ("send_back", "hazard.send_back", _("退回补充"), {"icon": "back", "asks": True}),
        ("accept", "hazard.accept", _("验收合格"), {"icon": "check", "asks": True}),
        (
            "close",
            "hazard.close",
            _("销号"),
            {"icon": "done", "confirm": _("销号后不能改回。确认这些隐患都已验收合格？")},
        ),
    ]
    verbs = []
    for verb, power, label, extra in offered:
        if has_power(person, power):
            verbs.append(Bulk(verb, str(label), reverse("hazards:bulk", args=[verb]), **extra))
    return verbs


def listed(person: Person, **own: Any) -> Register:
    """A list of hazards that another part has chosen, with the columns and filters of every hazard list."""
    return _register(person, **own)
