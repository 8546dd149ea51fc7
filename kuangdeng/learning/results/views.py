"""成绩: by person, by unit, how the items measured; papers to print; regradings."""

from decimal import Decimal, InvalidOperation
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import F
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from kuangdeng.kernel import clock
from kuangdeng.kernel.errors import Refused
from kuangdeng.kernel.views import register_page
from kuangdeng.kernel.web import put_refusal
from kuangdeng.kernel.words import plain
from kuangdeng.learning.exams.api import Exam, Sitting, analysis, get_sitting, mark_line, options_seed, versions_of
from kuangdeng.learning.items.api import TYPE_LABELS, ItemVersion, answer_words, key_words, order_of_options
from kuangdeng.learning.results import queries, registers, services
from kuangdeng.learning.results.forms import EVERYBODY, DecideForm, ProposeForm
from kuangdeng.learning.results.registers import number
from kuangdeng.org.api import Person, has_power, me, need_power

HERE = "learning/results"


def _tabs(exam: Exam, current: str) -> list[dict[str, Any]]:
    tabs = [("results", _("按人")), ("result_units", _("按单位")), ("result_items", _("题目体检"))]
    return [
        {"label": label, "url": reverse(f"learning:{name}", args=[exam.id]), "current": name == current}
        for name, label in tabs
    ]


@require_GET
def listing(request: HttpRequest) -> HttpResponse:
    """考试成绩: the exams that are over."""
    by = me(request)
    need_power(by, "exam.see")
    return register_page(request, registers.exams(by), queries.exams(by), template=f"{HERE}/exams.html")


@require_GET
def people(request: HttpRequest, exam_id: UUID) -> HttpResponse:
    """Who got what in one exam; as a list, in Excel, on paper."""
    exam = queries.get_exam(exam_id, by=me(request))
    rows = queries.by_person(exam)
    units = [
        (str(key), name)
        for key, name in rows.order_by("unit__name").values_list("unit_id", "unit__name").distinct()
        if key
    ]
    words = {"exam": exam, "tabs": _tabs(exam, "results")}
    return register_page(request, registers.people(exam, units), rows, template=f"{HERE}/people.html", context=words)


@require_GET
def printed(request: HttpRequest, exam_id: UUID) -> HttpResponse:
    """The list of results on paper, to be signed and put up."""
    exam = queries.get_exam(exam_id, by=me(request))
    units: list[tuple[str, str]] = []
    register = registers.people(exam, units)
    chosen = register.read(queries.by_person(exam), request.GET, path=request.path)
    rows = chosen.filtered.order_by("unit__position", "unit__name", F("score").desc(nulls_last=True), "person__pinyin")
    lines = [{"row": row, "score": registers.score(row), "verdict": registers.verdict(row)} for row in rows]
    _rows, whole = queries.by_unit(exam)
    words = {"exam": exam, "lines": lines, "whole": _group(whole.every), "printed_at": clock.now()}
    return render(request, f"{HERE}/list_sheet.html", words)


@require_GET
def units(request: HttpRequest, exam_id: UUID) -> HttpResponse:
    """Unit by unit, with leaders beside workers."""
    exam = queries.get_exam(exam_id, by=me(request))
    rows, whole = queries.by_unit(exam)
    words = {
        "exam": exam,
        "tabs": _tabs(exam, "result_units"),
        "rows": [{"name": one.name or _("没有单位"), **_unit(one)} for one in rows],
        "whole": _unit(whole),
        "leaders": [_leader(one) for one in queries.leaders(exam)],
        "bar": number(exam.pass_percent, 0),
    }
    return render(request, f"{HERE}/units.html", words)


def _leader(row: Sitting) -> dict[str, Any]:
    return {
        "row": row,
        "score": registers.score(row),
        "share": registers.share(row),
        "chip": registers.verdict_chip(row),
    }


def _unit(row: queries.UnitRow) -> dict[str, Any]:
    return {"every": _group(row.every), "leaders": _group(row.leaders), "workers": _group(row.workers)}


def _group(group: queries.Group) -> dict[str, Any]:
    return {
        "listed": group.listed,
        "came": group.came,
        "absent": group.absent,
        "passed": group.passed,
        "failed": group.failed,
        "average": number(group.average),
        "best": number(group.best),
        "worst": number(group.worst),
        "rate": number(group.rate, 0),
    }


@require_GET
def items(request: HttpRequest, exam_id: UUID) -> HttpResponse:
    """题目体检: what should be looked at, in plain words; then every figure."""
    by = me(request)
    exam = queries.get_exam(exam_id, by=by)
    found = queries.analysis_of(exam)
    worklist, known = queries.worklist_of(found, exam)
    few = [one for one in worklist if one.finding.trouble == analysis.Trouble.FEW]
    words = {
        "exam": exam,
        "tabs": _tabs(exam, "result_items"),
        "test": _test(found.test),
        "n": found.test.n,
        "few": found.test.few,
        "troubles": [_trouble(one) for one in worklist if one.finding.trouble != analysis.Trouble.FEW],
        "few_items": len(few),
        "rows": [_item(one, known[str(one.item)]) for one in found.items],
        "may_regrade": has_power(by, "regrade.propose"),
        "sees_items": has_power(by, "item.see"),
    }
    return render(request, f"{HERE}/items.html", words)


def _test(test: analysis.TestFigures) -> list[dict[str, Any]]:
    return [
        {"label": _("答卷"), "value": test.n},
        {"label": _("平均分"), "value": number(test.mean)},
        {"label": _("中位数"), "value": number(test.median)},
        {"label": _("标准差"), "value": number(test.sd)},
        {"label": _("偏度"), "value": number(test.skew, 2)},
        {"label": _("峰度"), "value": number(test.kurtosis, 2)},
        {"label": _("内部一致性 %"), "value": number(test.alpha)},
        {"label": _("误差率 %"), "value": number(test.error_ratio)},
        {"label": _("标准误"), "value": number(test.standard_error, 2)},
    ]


TROUBLE_TONES = {
    analysis.Trouble.KEY: "late",
    analysis.Trouble.UNCLEAR: "wait",
    analysis.Trouble.HARD: "wait",
    analysis.Trouble.EASY: "plain",
}


def _trouble(one: queries.Measured) -> dict[str, Any]:
    trouble = one.finding.trouble
    return {
        "label": analysis.TROUBLE_LABELS[trouble],
        "tone": TROUBLE_TONES[trouble],
        "reason": one.reason,
        "version": one.version,
        "stem": one.version.content["stem"],
        "type": TYPE_LABELS[one.version.type],
        "key": key_words(one.version.content)[:60],
    }


def _item(one: analysis.ItemFigures, version: ItemVersion) -> dict[str, Any]:
    return {
        "version": version,
        "stem": version.content["stem"],
        "type": TYPE_LABELS[version.type],
        "place": one.place + 1,
        "n": one.n,
        "few": one.few,
        "drawn": one.drawn,
        "facility": number(one.facility * 100 if one.facility is not None else None, 0),
        "sd": number(one.sd, 2),
        "discrimination": number(one.discrimination, 0),
        "efficiency": number(one.efficiency, 0),
        "weight": number(one.weight),
        "intended": number(one.intended_weight),
    }


# One sheet ------------------------------------------------------------------------------------------------------------


@require_GET
def sheet(request: HttpRequest, sitting_id: UUID) -> HttpResponse:
    """One person's sheet on paper (答卷): what was asked, what he answered, the key, what it earned; every marking."""
    sitting = get_sitting(sitting_id, by=me(request))
    if sitting.form is None or sitting.result is None:
        messages.info(request, _("%s 没有答卷：缺考、作废或还没有交。") % sitting.person.name)
        return redirect("learning:results", sitting.exam_id)
    words = {
        "sitting": sitting,
        "lines": sheet_lines(sitting),
        "score": registers.score(sitting),
        "share": registers.share(sitting),
        "verdict": registers.verdict(sitting),
        "results": queries.results_of(sitting),
        "printed_at": clock.now(),
    }
    return render(request, f"{HERE}/sheet.html", words)


def sheet_lines(sitting: Sitting) -> list[dict[str, Any]]:
    """Each line of a sheet in the letters that this person saw."""
    assert sitting.result is not None
    rows = sitting.result.lines
    keys = [one["k"] for one in rows if one.get("k") not in (None, "all")]
    known = versions_of({UUID(name) for name in [*(one["v"] for one in rows), *keys]})
    return [_sheet_line(sitting, at, one, known) for at, one in enumerate(rows, 1)]


def _sheet_line(sitting: Sitting, at: int, one: dict[str, Any], known: dict[UUID, ItemVersion]) -> dict[str, Any]:
    version = known[UUID(one["v"])]
    content = version.content
    seed = options_seed(sitting.exam, sitting.id, version.id)
    order = None
    if version.type in ("single", "multiple"):
        order = order_of_options(content, seed) if seed is not None else [row["id"] for row in content["options"]]
    texts = {row["id"]: row["text"] or _("（图）") for row in content.get("options", ())}
    key = known[UUID(one["k"])].content if one.get("k") not in (None, "all") else content
    return {
        "number": at,
        "stem": content["stem"],
        "type": TYPE_LABELS[version.type],
        "options": [f"{chr(65 + place)}. {texts[name]}" for place, name in enumerate(order or ())],
        "answer": answer_words(content, one["a"], order),
        "key": _("送分") if one.get("k") == "all" else key_words(key, order),
        "corrected": bool(one.get("k")),
        "points": "—" if one["s"] is None else plain(Decimal(one["s"])),
        "full": plain(Decimal(one["m"])),
        "wrong": one["s"] is not None and Decimal(one["s"]) < Decimal(one["m"]),
    }


# Marking by hand ------------------------------------------------------------------------------------------------------

AT_ONCE = 30


@require_GET
def marking(request: HttpRequest) -> HttpResponse:
    """阅卷: exams whose short answers wait for a reader."""
    by = me(request)
    need_power(by, "exam.mark")
    words = {"rows": queries.marking_of(by), "read": queries.read_of(by)}
    return render(request, f"{HERE}/marking.html", words)


@require_http_methods(["GET", "POST"])
def mark(request: HttpRequest, exam_id: UUID) -> HttpResponse:
    """One item of one exam, answer after answer, without names."""
    by = me(request)
    again = _mark(request, by) if request.method == "POST" else {}
    if request.method == "POST" and not again:
        return redirect("learning:marking_exam", exam_id)
    groups = queries.pieces_of(exam_id, by=by)
    if not groups:
        messages.success(request, _("这场考试没有要阅的答案了。"))
        return redirect("learning:marking")
    version, rows = groups[0]
    pieces = [(one, *again.get((one.sitting_id, one.line), ("", ""))) for one in rows[:AT_ONCE]]
    words = {
        "version": version, "reference": version.content.get("reference", ""), "pieces": pieces, "left": len(rows),
        "pictures": reverse("learning:item_picture", args=[version.item_id, version.id, "0" * 64]).removesuffix("0" * 64),
        "items": len(groups), "full": plain(rows[0].full), "exam_id": exam_id,
    }  # fmt: skip
    return render(request, f"{HERE}/mark.html", words)


@require_http_methods(["GET", "POST"])
def marked(request: HttpRequest, exam_id: UUID) -> HttpResponse:
    """已阅: what readers gave, to be put right until the results are published."""
    by = me(request)
    if request.method == "POST":
        _mark(request, by)
        return redirect(request.get_full_path())
    page = Paginator(queries.read_pieces(exam_id, by=by), AT_ONCE).get_page(request.GET.get("page"))
    return render(request, f"{HERE}/marked.html", {"page": page, "exam_id": exam_id})


def _mark(request: HttpRequest, by: Person) -> dict[tuple[UUID, int], tuple[str, str]]:
    """Write what was given; what could not be read or was refused comes back as it was typed, points and remark."""
    done, again = 0, {}
    for name, value in request.POST.items():
        parts = name.split(" ")
        if len(parts) != 3 or parts[0] != "p" or not str(value).strip():
            continue
        before = request.POST.get(f"was{name[1:]}")
        if before == f"{str(value).strip()}|{request.POST.get(f'r{name[1:]}', '').strip()}":
            continue
        try:
            place = UUID(parts[1]), int(parts[2])
        except ValueError:
            continue
        remark = request.POST.get(f"r{name[1:]}", "")
        try:
            mark_line(place[0], line=place[1], points=Decimal(str(value).strip()), remark=remark, by=by)
        except Refused as refusal:
            messages.error(request, str(refusal))
            again[place] = (str(value), remark)
        except InvalidOperation:
            messages.error(request, _("「%s」不是分数。请写数字。") % str(value)[:20])
            again[place] = (str(value), remark)
        else:
            done += 1
    if done:
        messages.success(request, _("已阅 %d 份。") % done)
    return again


# Marking anew ---------------------------------------------------------------------------------------------------------


@require_GET
def regrades(request: HttpRequest) -> HttpResponse:
    """重判 of the mine."""
    by = me(request)
    need_power(by, "exam.see")
    return register_page(request, registers.regrades(), queries.regrades(by))


@require_http_methods(["GET", "POST"])
def propose(request: HttpRequest, version_id: UUID) -> HttpResponse:
    """申请重判 of everybody who was asked this version."""
    by = me(request)
    asked = queries.asked_version(version_id, by=by)
    keys = queries.keys_for(asked)
    form = ProposeForm(request.POST or None, keys=keys)
    if request.method == "POST" and form.is_valid():
        try:
            key = form.cleaned_data["key"]
            made = services.propose(
                asked_id=asked.id, key_id=None if key == EVERYBODY else UUID(key), why=form.cleaned_data["why"], by=by
            )
        except Refused as refusal:
            put_refusal(form, refusal)
        else:
            messages.success(request, _("已提交，等别人批准。批准前谁的成绩都不变。"))
            return redirect("learning:regrade", made.id)
    exams = queries.exams_that_asked(asked.id, by.mine_id)
    words = {
        "asked": asked,
        "form": form,
        "keys": keys,
        "exams": exams,
        "key": key_words(asked.content),
        "type": TYPE_LABELS[asked.type],
        "sheets": queries.sheets_that_asked(asked.id, exams).count(),
        "edit": reverse("learning:item_edit", args=[asked.item_id]),
    }
    return render(request, f"{HERE}/propose.html", words, status=422 if form.is_bound else 200)


@require_http_methods(["GET", "POST"])
def regrade(request: HttpRequest, regrade_id: UUID) -> HttpResponse:
    """One regrading: what it would change, the decision, and what it changed."""
    by = me(request)
    found = queries.get_regrade(regrade_id, by=by)
    decides = found.status == "proposed" and has_power(by, "regrade.approve") and found.proposed_by_id != by.id
    form = DecideForm(request.POST or None) if decides else None
    if request.method == "POST" and form is not None and form.is_valid():
        act = services.decline if request.POST.get("do") == "decline" else services.approve
        try:
            done = act(found.id, opinion=form.cleaned_data["opinion"], by=by)
        except Refused as refusal:
            put_refusal(form, refusal)
        else:
            said = (
                _("已重判 %(n)d 份答卷。") % {"n": done.sheets}
                if done.status == "approved"
                else _("没有批准，成绩不变。")
            )
            messages.success(request, said)
            return redirect("learning:regrade", found.id)
    words = {
        "regrade": found,
        "state_chip": registers.state_chip(found),
        "form": form,
        "type": TYPE_LABELS[found.asked.type],
        "old_key": key_words(found.asked.content),
        "new_key": key_words(found.key.content) if found.key else _("送分：都得满分"),
        "own": found.status == "proposed" and found.proposed_by_id == by.id,
        **_effect(found, by),
    }
    return render(request, f"{HERE}/regrade.html", words, status=422 if form is not None and form.is_bound else 200)


def _effect(found: Any, by: Person) -> dict[str, Any]:
    """What was changed, or what would be."""
    if found.status == "approved":
        return {"changes": queries.changes_of(found), "exams": []}
    exams = queries.exams_that_asked(found.asked_id, by.mine_id)
    sheets = list(queries.sheets_that_asked(found.asked_id, exams).order_by("id")) if found.status == "proposed" else []
    changes = []
    for one in sheets:
        assert one.result is not None
        after = services.regraded(found, one, one.result)
        turned = after.passed is not one.result.passed
        if turned or after.score != one.result.score:
            changes.append({"sitting": one, "before": one.result, "after": after, "turned": turned})
    changes.sort(key=lambda one: not one["turned"])
    return {"changes": changes[:500], "exams": exams, "sheets": len(sheets), "touched": len(changes)}
