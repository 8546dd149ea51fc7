"""Registers and forms of the mine's own hazard tables."""

import tempfile
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, TypeVar
from uuid import UUID

from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from kuangdeng.hazards.accidents.models import AccidentDeadline, AccidentLevel
from kuangdeng.hazards.accidents.queries import levels
from kuangdeng.hazards.forms.settings import (
    TOLD,
    AccidentDeadlineForm,
    AccidentLevelForm,
    DeadlineForm,
    FileForm,
    GradeForm,
    LadderForm,
    MineForm,
    SpecialtyForm,
    StandardForm,
    WordingForm,
)
from kuangdeng.hazards.models import DeadlineRule, Grade, LadderRule, Specialty, StandardHazard
from kuangdeng.hazards.queries import settings as queries
from kuangdeng.hazards.queries.deadlines import ladder_words, rule_words
from kuangdeng.hazards.rules import FIVE_POINT_LABELS
from kuangdeng.hazards.services import settings as verbs
from kuangdeng.hazards.setup import CAUSES, specialty_spellings
from kuangdeng.kernel import clock
from kuangdeng.kernel.edit_views import edit_page
from kuangdeng.kernel.errors import Refused
from kuangdeng.kernel.listing import Choice, Column, Flag, Register, Text, View
from kuangdeng.kernel.search import fold
from kuangdeng.kernel.tables import Column as FileColumn
from kuangdeng.kernel.tables import Record, compact, open_book
from kuangdeng.kernel.tables import text as as_written
from kuangdeng.kernel.templatetags.kd import chip, cut
from kuangdeng.kernel.views import register_page
from kuangdeng.kernel.words import plain
from kuangdeng.org.api import Person, me, need_power

POWER = "hazard.settings"
Row = TypeVar("Row", AccidentDeadline, AccidentLevel, Grade, Specialty, StandardHazard, DeadlineRule, LadderRule)


def _used(active: bool) -> SafeString | str:
    return "" if active else chip(_("停用"), "state", "void")


def _checked(confirmed: bool) -> SafeString:
    return chip(_("已核定"), "state", "done") if confirmed else chip(_("未核定"), "state", "wait")


def _active_filter() -> Flag:
    return Flag("active", _("使用"), yes=_("在用"), no=_("停用"), lookup="active", any=_("在用和停用"))


def _page(
    request: HttpRequest, register: Register, rows: Any, *actions: tuple[str, str, str], note: str = ""
) -> HttpResponse:
    """A register of settings with its buttons: (label, address, icon), the first one primary."""
    context = {"actions": actions, "note": note}
    return register_page(request, register, rows, template="hazards/settings_register.html", context=context)


def _edit(
    request: HttpRequest,
    model: type[Row],
    row_id: UUID | None,
    form_class: type[MineForm],
    save: Callable[[Person, dict[str, Any]], Row],
    *,
    initial: Callable[[Row], dict[str, Any]],
    words: tuple[str, str],
    back: str,
    name: Callable[[Row], str] = str,
) -> HttpResponse:
    """One row of a table of the mine's own, a new one without `row_id`; `words` are the title of a new one and the button."""
    person = me(request)
    need_power(person, POWER)
    row = queries.get_row(model, row_id, by=person) if row_id else None
    form = form_class(request.POST or None, by=person, initial=initial(row) if row else {})
    new, label = words
    return edit_page(
        request, form, lambda data: _("已保存「%s」。") % name(save(person, data)), title=name(row) if row else new,
        label=label, back=reverse(f"hazards:{back}"),
    )  # fmt: skip


def _values(*names: str) -> Callable[[Any], dict[str, Any]]:
    """These fields of a row, as the form begins with them."""
    return lambda row: {name: getattr(row, name) for name in names}


# Grades ---------------------------------------------------------------------------------------------------------------


@require_GET
def grades(request: HttpRequest) -> HttpResponse:
    """The grades of general hazards."""
    person = me(request)
    need_power(person, POWER)
    register = Register(
        key="grades",
        title=_("等级"),
        noun=_("等级"),
        columns=[
            Column("code", _("代码"), sort="code", width="narrow"),
            Column("name", _("名称"), lambda row: chip(row.name, "grade", row.colour), link=True, phone="title",
                   export=lambda row: row.name),
            Column("meaning", _("含义"), "meaning", width="wide", phone="line"),
            Column("position", _("顺序"), sort="position", align="right", phone="hide"),
            Column("active", _("使用"), lambda row: _used(row.active), phone="chip",
                   export=lambda row: _("在用") if row.active else _("停用")),
        ],
        filters=[_active_filter()],
        default_sort="position",
        row_url=lambda row: reverse("hazards:grade_edit", args=[row.id]),
        empty_title=_("还没有等级"),
        empty_text=_("按谁能解决来分：公司、矿、区队。重大隐患按判定标准另行认定，不在这里。"),
    )  # fmt: skip
    note = _("国家没有统一的一般隐患分级，这里由本矿自己定。重大隐患按判定标准另行认定，不是一个等级。")
    return _page(
        request, register, queries.grades(person.mine_id), (_("新增等级"), reverse("hazards:grade_new"), ""), note=note
    )


def grade(request: HttpRequest, grade_id: UUID | None = None) -> HttpResponse:
    """One grade."""
    return _edit(
        request, Grade, grade_id, GradeForm, lambda by, data: verbs.save_grade(by=by, grade_id=grade_id, **data),
        initial=_values("code", "name", "meaning", "colour", "position", "active"),
        words=(_("新增等级"), _("保存等级")), back="grades",
    )  # fmt: skip


# Specialties ----------------------------------------------------------------------------------------------------------


@require_GET
def specialties(request: HttpRequest) -> HttpResponse:
    """The specialties in two levels."""
    person = me(request)
    need_power(person, POWER)
    tops = queries.top_specialties(person.mine_id)
    register = Register(
        key="specialties",
        title=_("专业"),
        noun=_("专业"),
        columns=[
            Column("name", _("名称"), lambda row: f"{row.parent.name} · {row.name}" if row.parent else row.name, sort="name",
                   link=True, phone="title"),
            Column("level", _("级别"), lambda row: _("小类") if row.parent_id else _("大类"), phone="meta", label_on_phone=False),
            Column("code", _("代码"), show=False),
            Column("position", _("顺序"), sort="position", align="right", phone="hide"),
            Column("active", _("使用"), lambda row: _used(row.active), phone="chip",
                   export=lambda row: _("在用") if row.active else _("停用")),
        ],
        filters=[
            Text("q", placeholder=_("专业名称"), fields=("name", "code")),
            Choice("top", _("大类"), [(str(row.id), row.name) for row in tops],
                   apply=lambda qs, value: qs.filter(id=value) | qs.filter(parent_id=value)),
            Flag("level", _("级别"), yes=_("大类"), no=_("小类"), apply=lambda qs, yes: qs.filter(parent__isnull=yes),
                 any=_("大类和小类")),
            _active_filter(),
        ],
        views=[View(_("全部")), View(_("大类"), "level=1")],
        default_sort="position",
        row_url=lambda row: reverse("hazards:specialty_edit", args=[row.id]),
        empty_title=_("还没有专业"),
        empty_text=_("顶板、一通三防、防治水、机电、运输……按本矿的分工来分。"),
    )  # fmt: skip
    return _page(
        request, register, queries.specialties(person.mine_id), (_("新增专业"), reverse("hazards:specialty_new"), "")
    )


def specialty(request: HttpRequest, specialty_id: UUID | None = None) -> HttpResponse:
    """One specialty. Its code is for programs and stays as it is."""
    return _edit(
        request, Specialty, specialty_id, SpecialtyForm,
        lambda by, data: verbs.save_specialty(by=by, specialty_id=specialty_id, **data),
        initial=lambda row: _values("name", "position", "active")(row) | {"parent": str(row.parent_id or "")},
        words=(_("新增专业"), _("保存专业")), back="specialties",
    )  # fmt: skip


# Library --------------------------------------------------------------------------------------------------------------


@require_GET
def library(request: HttpRequest) -> HttpResponse:
    """The standard wordings to pick from."""
    person = me(request)
    need_power(person, POWER)
    tops = queries.top_specialties(person.mine_id)
    register = Register(
        key="library",
        title=_("标准隐患"),
        noun=_("标准隐患"),
        columns=[
            Column("code", _("编号"), sort="code", width="narrow", phone="meta", label_on_phone=False),
            Column("text", _("规范描述"), lambda row: cut(row.text, 30), link=True, width="wide", phone="title",
                   export=lambda row: row.text),
            Column("specialty", _("专业"), "specialty.name", sort="specialty__position"),
            Column("sub", _("小类"), "sub", sort="sub"),
            Column("grade", _("常见等级"), lambda row: chip(row.grade.name, "grade", row.grade.colour) if row.grade else "",
                   sort="grade__position", phone="chip", export=lambda row: row.grade.name if row.grade else ""),
            Column("cause", _("成因"), lambda row: row.get_cause_display(), show=False),
            Column("measure", _("建议措施"), lambda row: cut(row.measure, 20), phone="hide", export=lambda row: row.measure),
            Column("state", _("状态"), _standard_state, phone="chip", export=_standard_words),
        ],
        filters=[
            Text("q", placeholder=_("描述里的字、编号"), apply=queries.in_library),
            Choice("specialty", _("专业"), [(str(row.id), row.name) for row in tops],
                   apply=lambda qs, value: qs.filter(specialty_id=value) | qs.filter(specialty__parent_id=value)),
            Flag("sample", _("示例"), yes=_("示例"), no=_("矿上核定的"), lookup="is_sample", any=_("示例和核定的")),
            _active_filter(),
        ],
        views=[View(_("全部")), View(_("示例"), "sample=1"), View(_("矿上核定的"), "sample=0")],
        default_sort="code",
        row_url=lambda row: reverse("hazards:standard_edit", args=[row.id]),
        empty_title=_("还没有标准隐患"),
        empty_text=_("有了它，上报时可以直接选规范写法，下达时带出常用措施。可以从 Excel 或 CSV 导入。"),
        empty_url=reverse("hazards:library_import"),
        empty_label=_("导入标准隐患"),
    )  # fmt: skip
    return _page(
        request, register, queries.library(person.mine_id), (_("新增标准隐患"), reverse("hazards:standard_new"), ""),
        (_("导入"), reverse("hazards:library_import"), "upload"),
    )  # fmt: skip


def _standard_state(row: StandardHazard) -> SafeString | str:
    return _used(row.active) or (chip(_("示例"), "sample") if row.is_sample else "")


def _standard_words(row: StandardHazard) -> str:
    return _("停用") if not row.active else _("示例") if row.is_sample else _("在用")


def standard(request: HttpRequest, standard_id: UUID | None = None) -> HttpResponse:
    """One standard wording."""
    plain = _values("code", "text", "sub", "cause", "measure", "is_sample", "active")
    return _edit(
        request, StandardHazard, standard_id, StandardForm,
        lambda by, data: verbs.save_standard(data=verbs.StandardData(**data), by=by, standard_id=standard_id),
        initial=lambda row: plain(row) | {"specialty": str(row.specialty_id), "grade": str(row.grade_id or "")},
        words=(_("新增标准隐患"), _("保存标准隐患")), back="library", name=lambda row: row.code,
    )  # fmt: skip


LIBRARY_COLUMNS = [
    FileColumn("code", "编号", ("代码", "序号", "code")),
    FileColumn("text", "规范描述", ("隐患描述", "标准描述", "隐患内容", "描述", "内容", "wording"), required=True),
    FileColumn("specialty", "专业", ("专业大类", "隐患类别", "大类", "specialty"), required=True),
    FileColumn("sub", "小类", ("专业小类", "子类", "sub")),
    FileColumn("grade", "常见等级", ("等级", "隐患等级", "grade")),
    FileColumn("cause", "成因", ("隐患标签", "类型", "cause")),
    FileColumn("measure", "建议措施", ("整改措施", "措施", "measure")),
    FileColumn("keywords", "关键词", ("keywords",)),
    FileColumn("label", "标记", ("示例", "备注", "label")),
]


def library_import(request: HttpRequest) -> HttpResponse:
    """Standard wordings from a table."""
    person = me(request)
    need_power(person, POWER)
    words = _(
        "Excel（.xlsx）或 CSV，要有「规范描述」「专业」两列，可有 编号、小类、常见等级、成因、建议措施、标记。编号相同的替换。"
    )
    form = FileForm(request.POST or None, request.FILES or None, by=person, help_text=words)

    def act(data: dict[str, Any]) -> str:
        rows = _standards(data["file"], person)
        new, replaced = verbs.import_standards(rows=rows, by=person)
        return _("新增 %(new)d 条，替换 %(old)d 条。") % {"new": new, "old": replaced}

    return edit_page(request, form, act, title=_("导入标准隐患"), label=_("导入"), back=reverse("hazards:library"))


def records(file: UploadedFile, columns: Sequence[FileColumn]) -> Iterator[Record]:
    """The lines of an uploaded table, whatever its sheets are called."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / ("table" + Path(file.name or "").suffix.lower())
        path.write_bytes(file.read())
        with open_book(path, name=file.name or "") as book:
            for sheet in book.sheets:
                yield from book.table(sheet, columns) or ()


def _standards(file: UploadedFile, person: Person) -> list[verbs.StandardData]:
    """The rows of the table as wordings. Refused with every line that cannot be taken, up to ten."""
    by_name = specialty_spellings(person.mine_id)
    by_grade = {fold(word): row for row in queries.grades(person.mine_id) for word in (row.code, row.name)}
    found: list[verbs.StandardData] = []
    wrong: list[str] = []
    for record in records(file, LIBRARY_COLUMNS):
        cells = {column.key: compact(record[column.key]) for column in LIBRARY_COLUMNS}
        cells |= {key: as_written(record[key]) for key in ("text", "measure", "keywords")}
        if not cells["text"]:
            continue
        specialty = by_name.get(fold(cells["specialty"]))
        grade = by_grade.get(fold(cells["grade"])) if cells["grade"] else None
        if specialty is None:
            wrong.append(str(record.problem("specialty", _("没有「%s」这个专业。") % cells["specialty"])))
        elif cells["grade"] and grade is None:
            wrong.append(str(record.problem("grade", _("没有「%s」这个等级。") % cells["grade"])))
        elif len(cells["text"]) > 300:
            wrong.append(str(record.problem("text", _("超过 300 个字。"))))
        else:
            found.append(
                verbs.StandardData(
                    code=cells["code"] or f"{specialty.code[:12]}-{record.number}",
                    text=cells["text"],
                    specialty=specialty,
                    sub=cells["sub"][:40],
                    grade=grade,
                    cause=CAUSES.get(cells["cause"], ""),
                    measure=cells["measure"][:300],
                    keywords=cells["keywords"],
                    is_sample="示例" in cells["label"] or cells["code"].startswith("示例"),
                )
            )
    if wrong:
        more = _("……共 %d 处。") % len(wrong) if len(wrong) > 10 else ""
        raise Refused(_("没有导入，请改好后再来：") + "；".join(wrong[:10]) + more, field="file")
    return found


# Rules ----------------------------------------------------------------------------------------------------------------


@require_GET
def deadline_rules(request: HttpRequest) -> HttpResponse:
    """Which deadline each grade gets by itself."""
    person = me(request)
    need_power(person, POWER)
    today = clock.today()
    register = Register(
        key="deadline-rules",
        title=_("期限规则"),
        noun=_("规则"),
        columns=[
            Column("grade", _("等级"), lambda row: row.grade.name if row.grade else _("其他等级"), sort="grade__position",
                   link=True, phone="title"),
            Column("rule", _("期限"), rule_words, phone="line"),
            Column("from", _("从哪天起"), lambda row: f"{row.valid_from:%Y-%m-%d}", sort="valid_from"),
            Column("state", _("状态"), lambda row: _("还没到") if row.valid_from > today else "", phone="meta"),
            Column("confirmed", _("核定"), lambda row: _checked(row.confirmed), phone="chip",
                   export=lambda row: _("是") if row.confirmed else _("否")),
            Column("source", _("依据"), lambda row: cut(row.source, 20), phone="hide", export=lambda row: row.source),
        ],
        default_sort="grade",
        row_url=lambda row: reverse("hazards:deadline_rule_edit", args=[row.id]),
        empty_title=_("还没有期限规则"),
        empty_text=_("有了规则，下达时自动给出建议期限；没有规则就由下达人自己定。"),
    )  # fmt: skip
    note = _("同一个等级按生效日期最近的一条算。改规则请新增一条并写生效日期，已经下达的期限不变。")
    rows = queries.deadline_rules(person.mine_id)
    return _page(request, register, rows, (_("新增期限规则"), reverse("hazards:deadline_rule_new"), ""), note=note)


def deadline_rule(request: HttpRequest, rule_id: UUID | None = None) -> HttpResponse:
    """One deadline rule."""
    plain = _values("kind", "amount", "valid_from", "source", "confirmed")
    return _edit(
        request, DeadlineRule, rule_id, DeadlineForm,
        lambda by, data: verbs.save_deadline_rule(by=by, rule_id=rule_id, **data),
        initial=lambda row: plain(row) | {"grade": str(row.grade_id or "")},
        words=(_("新增期限规则"), _("保存规则")), back="deadline_rules", name=rule_words,
    )  # fmt: skip


def _told(rule: LadderRule) -> str:
    names = {str(key): str(label) for key, label in TOLD}
    return "、".join(names.get(role, role) for role in rule.roles)


@require_GET
def ladder_rules(request: HttpRequest) -> HttpResponse:
    """The steps of the overdue ladder."""
    person = me(request)
    need_power(person, POWER)
    register = Register(
        key="ladder-rules",
        title=_("超期阶梯"),
        noun=_("阶梯"),
        columns=[
            Column("name", _("名称"), sort="name", link=True, phone="title"),
            Column("when", _("什么时候"), ladder_words, phone="line"),
            Column("told", _("告知谁"), _told, width="wide", phone="line"),
            Column("propose", _("督办"), lambda row: _("建议挂牌督办") if row.propose_supervision else "", phone="meta"),
            Column("confirmed", _("核定"), lambda row: _checked(row.confirmed), phone="chip",
                   export=lambda row: _("是") if row.confirmed else _("否")),
            Column("active", _("使用"), lambda row: _used(row.active), phone="chip",
                   export=lambda row: _("在用") if row.active else _("停用")),
            Column("position", _("顺序"), sort="position", align="right", phone="hide"),
        ],
        filters=[_active_filter()],
        default_sort="position",
        row_url=lambda row: reverse("hazards:ladder_rule_edit", args=[row.id]),
        empty_title=_("还没有超期阶梯"),
        empty_text=_("到期前、到期时、超期后各告知谁，什么时候建议挂牌督办。每一级对每个期限只告知一次。"),
    )  # fmt: skip
    rows = queries.ladder_rules(person.mine_id)
    return _page(request, register, rows, (_("新增一级"), reverse("hazards:ladder_rule_new"), ""))


def ladder_rule(request: HttpRequest, rule_id: UUID | None = None) -> HttpResponse:
    """One step of the ladder."""
    plain = _values("name", "step", "roles", "propose_supervision", "source", "confirmed", "active", "position")
    return _edit(
        request, LadderRule, rule_id, LadderForm,
        lambda by, data: verbs.save_ladder_rule(by=by, rule_id=rule_id, **data),
        initial=lambda row: plain(row) | _offset(row.amount),
        words=(_("新增一级"), _("保存")), back="ladder_rules", name=lambda row: row.name,
    )  # fmt: skip


def _offset(amount: int) -> dict[str, Any]:
    """The offset of a step as the form asks for it: before, at or after, and how much."""
    return {"amount": abs(amount), "when": "-" if amount < 0 else "+" if amount else "0"}


def _figures(row: AccidentLevel) -> str:
    figures = (
        (_("死亡 %s 人"), row.deaths),
        (_("重伤 %s 人"), row.serious),
        (_("损失 %s 元"), None if row.loss is None else f"{row.loss:,.0f}"),
        (_("停产 %s 小时"), None if row.stop_hours is None else plain(row.stop_hours)),
    )
    reached = [(words, figure) for words, figure in figures if figure is not None]
    return "、".join(words % figure for words, figure in reached if figure != "0" and figure) or _("其余的都算")


@require_GET
def accident_levels(request: HttpRequest) -> HttpResponse:
    """From which figures on an accident has which level, and how far that was compared with the text."""
    person = me(request)
    need_power(person, POWER)
    register = Register(
        key="accident-levels",
        title=_("事故等级"),
        noun=_("等级"),
        columns=[
            Column("name", _("名称"), sort="name", link=True, phone="title"),
            Column("kind", _("事故类型"), lambda row: row.get_kind_display(), sort="kind"),
            Column("figures", _("达到其中一项"), _figures, width="wide", phone="line"),
            Column("closes", _("结案"), lambda row: _("由矿领导结案") if row.leader_closes else "", phone="meta"),
            Column("from", _("施行日期"), "effective_from", sort="effective_from"),
            Column("to", _("失效日期"), "effective_to", show=False),
            Column("source", _("依据"), lambda row: cut(row.source, 24), phone="line", export=lambda row: row.source),
            Column("confirmed", _("核定"), lambda row: _checked(row.confirmed), phone="chip",
                   export=lambda row: _("是") if row.confirmed else _("否")),
            Column("position", _("顺序"), sort="position", align="right", phone="hide"),
        ],
        default_sort="position",
        row_url=lambda row: reverse("hazards:accident_level_edit", args=[row.id]),
        empty_title=_("还没有事故等级"),
        empty_text=_("死亡、重伤、损失、停产达到多少算哪一级。启用前请核对法规原文。"),
    )  # fmt: skip
    note = _("按事故发生当天有效的行，从重到轻，第一个达到的就是它的级别。没有核定的，页面和公布上都注明待核定。")
    new = (_("新增事故等级"), reverse("hazards:accident_level_new"), "")
    return _page(request, register, levels(person.mine_id), new, note=note)


def accident_level(request: HttpRequest, level_id: UUID | None = None) -> HttpResponse:
    """One line of the table of accident levels."""
    return _edit(
        request, AccidentLevel, level_id, AccidentLevelForm,
        lambda by, data: verbs.save_accident_level(by=by, level_id=level_id, **data),
        initial=_values(*AccidentLevelForm.base_fields), words=(_("新增事故等级"), _("保存等级")), back="accident_levels",
    )  # fmt: skip


@require_GET
def accident_deadlines(request: HttpRequest) -> HttpResponse:
    """Until when a quick report must be completed, and an accident investigated."""
    person = me(request)
    need_power(person, POWER)
    register = Register(
        key="accident-deadlines",
        title=_("事故办理期限"),
        noun=_("期限"),
        columns=[
            Column("stage", _("办理"), lambda row: row.get_stage_display(), link=True, phone="title"),
            Column("hours", _("小时数"), "hours", align="right", phone="line"),
            Column("from", _("施行日期"), "effective_from", sort="effective_from"),
            Column("to", _("失效日期"), "effective_to", show=False),
            Column("source", _("依据"), lambda row: cut(row.source, 30), width="wide", phone="line",
                   export=lambda row: row.source),
            Column("confirmed", _("核定"), lambda row: _checked(row.confirmed), phone="chip",
                   export=lambda row: _("是") if row.confirmed else _("否")),
        ],
        default_sort="-from",
        row_url=lambda row: reverse("hazards:accident_deadline_edit", args=[row.id]),
        empty_title=_("还没有事故办理期限"),
        empty_text=_("定了期限，快报不补充、调查不结案才会按超期阶梯提醒。"),
    )  # fmt: skip
    note = _("到期前、到期和超期由谁知道，按超期阶梯办。整改措施的期限在下达时定，不在这里。")
    new = (_("新增期限"), reverse("hazards:accident_deadline_new"), "")
    return _page(request, register, queries.accident_deadlines(person.mine_id), new, note=note)


def accident_deadline(request: HttpRequest, deadline_id: UUID | None = None) -> HttpResponse:
    """One line of the table of deadlines."""
    return _edit(
        request, AccidentDeadline, deadline_id, AccidentDeadlineForm,
        lambda by, data: verbs.save_accident_deadline(by=by, deadline_id=deadline_id, **data),
        initial=_values(*AccidentDeadlineForm.base_fields), words=(_("新增期限"), _("保存期限")), back="accident_deadlines",
    )  # fmt: skip


def wording(request: HttpRequest) -> HttpResponse:
    """How the mine calls the five points; whether anonymous reports are taken."""
    person = me(request)
    need_power(person, POWER)
    row = queries.wording(person.mine_id)
    initial = {"title": row.five_points_title, "anonymous_reports": row.anonymous_reports, **row.five_point_labels}
    form = WordingForm(request.POST or None, by=person, initial=initial)

    def act(data: dict[str, Any]) -> str:
        labels = {key: data[key] for key in FIVE_POINT_LABELS}
        verbs.save_wording(title=data["title"], labels=labels, anonymous_reports=data["anonymous_reports"], by=person)
        return _("已保存。")

    return edit_page(request, form, act, title=_("五定的叫法"), label=_("保存"), back=reverse("hazards:wording"))
