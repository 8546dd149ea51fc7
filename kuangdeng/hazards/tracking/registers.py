"""The tracking list: its columns and the questions that it can be asked."""

from dataclasses import replace

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from kuangdeng.hazards.groups.models import RectificationGroup
from kuangdeng.hazards.groups.queries.acknowledging import Standing
from kuangdeng.hazards.groups.rules import STATUS_LABELS as GROUP_STATES
from kuangdeng.hazards.models import RUNNING, Hazard
from kuangdeng.hazards.queries import WORKING, choices, holder, is_overdue
from kuangdeng.hazards.registers import columns, due_of, filters, row_url
from kuangdeng.hazards.tracking import queries
from kuangdeng.hazards.tracking.queries import NOBODY, Asking
from kuangdeng.kernel import clock, timetext
from kuangdeng.kernel.listing import Choice, Column, Register, View
from kuangdeng.kernel.templatetags.kd import age, chip, clock_chip
from kuangdeng.org.api import Branch, Person, has_power


def held_by(hazard: Hazard) -> str:
    """Who has it now: the unit with the person in charge of the order, or who has to take the next step."""
    if hazard.status not in WORKING:
        return holder(hazard)
    person = hazard.person.name if hazard.person else hazard.person_text
    return " ".join(filter(None, [holder(hazard), person]))


def due_words(hazard: Hazard, asking: Asking | None) -> SafeString | str:
    """The clock of the deadline, the first deadline where it was extended, and the day that an answer promised."""
    marks = []
    if due_of(hazard):
        marks.append(clock_chip(hazard.due_at))
        if hazard.due_original and hazard.due_original != hazard.due_at:
            marks.append(chip(_("原定 %s") % timetext.said(hazard.due_original, clock.now()), "plain"))
    if asking and asking.promised:
        marks.append(chip(_("承诺 %s") % timetext.said(asking.promised, clock.now()), "plain", mark="question"))
    return format_html("{} " * len(marks), *marks) if marks else ""


def asking_chip(asking: Asking | None) -> SafeString | str:
    """How many ask, and how many of them wait for an answer."""
    if asking is None:
        return ""
    if asking.unanswered:
        return chip(_("%(n)d 条，%(open)d 条没答复") % {"n": asking.count, "open": asking.unanswered}, "clock", "late")
    return chip(_("%(n)d 条，已答复") % {"n": asking.count}, "plain", mark="question")


def feedback_chip(stands: Standing | None) -> SafeString | str:
    """How many teams have acknowledged what the group fed back, of how many; late when one of them is."""
    if stands is None:
        return ""
    if not stands.coverage.total:
        return chip(GROUP_STATES[stands.status], "plain", title=stands.group)
    tone = "late" if stands.coverage.late else ""
    return chip(_("签认 %s") % stands.coverage.words, "clock" if tone else "plain", tone, title=stands.group)


def tracked(person: Person) -> Register:
    """Every open hazard that the person may know of; the nearest deadline first, those without one last."""
    shown = {column.key: column for column in columns()}
    mine = {"mine_id": person.mine_id}
    things = {"branch": Branch.objects.filter(**mine), "group": RectificationGroup.objects.filter(**mine)}
    named = choices.tables_with(person, things)
    groups = [*named["group"], (NOBODY, _("没有小组负责"))]
    branches = [*named["branch"], (NOBODY, _("没有党支部的单位"))]
    return Register(
        key="tracking",
        title=_("跟踪"),
        noun=_("未办结隐患"),
        columns=[
            shown["number"],
            shown["text"],
            shown["grade"],
            Column("state", _("环节"), shown["state"].value, width="narrow", phone="chip", export=shown["state"].export),
            Column("holder", _("在谁手里"), held_by, phone="meta", label_on_phone=False),
            Column("since", _("到本环节"), lambda row: age(row.status_since), sort="status_since", width="narrow",
                   export=lambda row: row.status_since),
            Column("age", _("已上报"), lambda row: age(row.received_at), sort="received_at", width="narrow",
                   export=lambda row: row.received_at),
            Column("due", _("期限"), lambda row: due_words(row, row.asking), sort=RUNNING, phone="chip",
                   export=lambda row: row.due_at if due_of(row) else None),
            Column("asked", _("追问"), lambda row: asking_chip(row.asking), width="narrow", phone="chip",
                   export=lambda row: row.asking.count if row.asking else 0),
            Column("feedback", _("反馈"), lambda row: feedback_chip(row.standing), width="narrow", phone="chip",
                   export=lambda row: row.standing.coverage.words if row.standing else ""),
            Column("group", _("整治落实小组"), lambda row: row.standing.group if row.standing else "", show=False),
            Column("due_original", _("原定期限"), "due_original", show=False),
            Column("promised", _("承诺日期"), lambda row: row.asking.promised if row.asking else None, show=False),
            Column("unanswered", _("没答复的追问"), lambda row: row.asking.unanswered if row.asking else 0, show=False),
            replace(shown["place"], show=False),
        ],
        filters=[
            *filters(person, "q", "status", "grade", "unit", "place", "late", "major", "supervised"),
            Choice("branch", _("党支部"), branches, any=_("各支部"),
                   apply=lambda rows, key: queries.under_branch(rows, person.mine_id, key)),
            Choice("group", _("整治落实小组"), groups, any=_("各小组"), apply=queries.in_group),
            Choice("lacks", _("还没有"), [("unit", _("没有责任单位")), ("place", _("没有写明地点"))], any=_("单位地点不限"),
                   apply=lambda rows, key: rows.filter(**{f"{key}__isnull": True})),
            Choice("asked", _("追问"), [("open", _("有追问")), ("unanswered", _("追问没有答复"))], any=_("有没有追问不限"),
                   apply=lambda rows, key: rows.filter(id__in=queries.asked(person.mine_id, unanswered=key == "unanswered"))),
        ],
        views=[
            View(_("全部未办结")),
            View(_("已超期"), "late=1"),
            View(_("重大隐患"), "major=1"),
            View(_("有追问"), "asked=open"),
            View(_("追问没有答复"), "asked=unanswered"),
            View(_("最久没动"), "sort=since"),
        ],
        default_sort="due",
        rows=_rows,
        enrich=queries.with_standing,
        row_url=row_url,
        row_late=is_overdue,
        export=has_power(person, "hazard.export"),
        empty_title=_("没有未办结的隐患"),
        empty_text=_("上报的隐患在这里一直跟到销号。"),
        empty_url=reverse("hazards:report"),
        empty_label=_("上报隐患"),
    )  # fmt: skip


def _rows(rows: QuerySet[Hazard]) -> QuerySet[Hazard]:
    return queries.with_asked(rows).select_related("grade", "place", "person", "reporter").only(
        "mine_id", "number", "text", "status", "status_since", "is_major", "supervised_at", "due_at", "due_original",
        "received_at", "place_text", "unit_name", "person_text", "grade__name", "grade__colour", "place__full_name",
        "person__name", "reporter__name",
    )  # fmt: skip
