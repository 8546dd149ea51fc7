"""谈心补考: the list, one talk with its steps, the record on paper, the rule and the ladder."""

from collections.abc import Callable
from typing import Any, cast
from uuid import UUID

from django.contrib import messages
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from kuangdeng.kernel import clock
from kuangdeng.kernel.edit_views import edit_page, next_of
from kuangdeng.kernel.errors import NotVisible
from kuangdeng.kernel.listing import run_each
from kuangdeng.kernel.listing.bulk import valid_ids
from kuangdeng.kernel.views import register_page
from kuangdeng.kernel.words import plain
from kuangdeng.learning.exams.api import percent
from kuangdeng.learning.talks import forms, queries, registers, rules, services
from kuangdeng.learning.talks.models import Talk
from kuangdeng.learning.talks.rules import CAUSE_LABELS, STATUS_LABELS
from kuangdeng.org.api import Person, has_power, me, need_power

HERE = "learning/talks"
LABELS: dict[str, Callable[[], str]] = {
    "assign": lambda: _("安排谈话人"),
    "record": lambda: _("记录谈心"),
    "sign": lambda: _("签字"),
    "rewrite": lambda: _("退回重谈"),
    "sign_for": lambda: _("登记纸质签字"),
    "drop": lambda: _("撤销谈心"),
    "reopen": lambda: _("重新列入"),
    "take": lambda: _("列入培训班"),
    "accept": lambda: _("列入矿外培训班"),
    "finish": lambda: _("重新培训完成"),
}
ICONS = {"assign": "people", "record": "edit", "sign": "check", "take": "bookmark", "finish": "done"}
PRIMARY = ("record", "sign", "finish", "take", "assign")


@require_GET
def listing(request: HttpRequest) -> HttpResponse:
    """谈心补考: those that one keeps, holds, or is in."""
    by = me(request)
    words = {"can_rule": has_power(by, "talk.rules"), "can_retrain": has_power(by, "talk.retrain")}
    return register_page(
        request, registers.talks(by), queries.visible(by), template=f"{HERE}/talks.html", context=words
    )


@require_http_methods(["GET", "POST"])
def assign_all(request: HttpRequest) -> HttpResponse:
    """安排谈话人 for all that are ticked: one person talks with each; who may not be asked for one of them is told."""
    by = me(request)
    need_power(by, "talk.assign")
    form = forms.TalkerForm(request.POST or None, by=by)
    if request.method == "GET":
        return render(request, "kernel/parts/form_body.html", {"form": form})
    back = next_of(request, reverse("learning:talks"))
    if not form.is_valid():
        messages.error(request, _("请选谈话人。"))
        return redirect(back)
    ids = valid_ids(request.POST.getlist("ids"))
    known = {row.id: row for row in queries.visible(by).filter(id__in=ids).select_related("person")}

    def one(talk_id: UUID) -> None:
        services.assign(talk_id, talker_id=UUID(form.cleaned_data["talker"]), by=by)

    results = run_each(
        [str(one) for one in ids], one, label_of=lambda pk: known[pk].person.name if pk in known else "—", url_of=lambda _pk: ""
    )  # fmt: skip
    done = sum(1 for row in results if row.ok)
    if done:
        messages.success(request, _("安排了 %d 人的谈话人。") % done)
    for row in [row for row in results if not row.ok][:5]:
        messages.error(request, f"{row.label}：{row.message}")
    return redirect(back)


@require_GET
def retrainings(request: HttpRequest) -> HttpResponse:
    """欠的重新培训."""
    by = me(request)
    need_power(by, "talk.retrain")
    return register_page(request, registers.retrainings(), queries.retrainings(by))


@require_GET
def talk(request: HttpRequest, talk_id: UUID) -> HttpResponse:
    """One talk."""
    by = me(request)
    found = queries.get_talk(talk_id, by=by)
    verbs = _offered(found, by)
    chances = queries.chances_after(found.exam)
    sits_again = found.owes_exam and chances.left(found.person_id, found.cause)
    first = _first(found, verbs)
    words = {
        **_told(found), "own": by.id == found.person_id, "first": _step(found, first) if first else None,
        "class_url": _class_url(found, by),
        "form": _form(found, first, None) if first in ("sign",) else None,
        "others": [_step(found, one) for one in verbs if one != first], "stages": _stages(found, sits_again=sits_again),
        "sits_again": sits_again, "chances": chances, "used": chances.used.get(found.person_id, 0),
        "history": queries.history_of(found, by=by), "makeups": queries.makeups_of(found) if found.status == "makeup" else [],
        "can_arrange": has_power(by, "exam.arrange"),
    }  # fmt: skip
    return render(request, f"{HERE}/talk.html", words)


def _first(found: Talk, verbs: list[str]) -> str:
    """What he should do next: who holds the talk writes it down; another talker is asked for only on purpose."""
    return next((one for one in PRIMARY if one in verbs and (one != "assign" or not found.talker_id)), "")


def _class_url(found: Talk, by: Person) -> str:
    """Where one sees the class that retrains him: his own timetable, or the class."""
    row = queries.retraining_of(found)
    if row is None or row.class_id is None:
        return ""
    if has_power(by, "class.see"):
        return reverse("learning:training_class", args=[row.class_id])
    return reverse("learning:my_training") if by.id == found.person_id else ""


def _told(found: Talk) -> dict[str, Any]:
    sheet = found.sitting
    share = f"{plain(percent(sheet.score, sheet.out_of))}%" if sheet.score is not None and sheet.out_of else "—"
    return {
        "talk": found, "state_chip": registers.state_chip(found), "due_chip": registers.due_chip(found),
        "cause": CAUSE_LABELS[found.cause], "share": share, "score": sheet.score.normalize() if sheet.score is not None else "—",
        "topics": found.weak.get("topics", []), "missed": found.weak.get("items", []),
        "retraining": queries.retraining_of(found),
    }  # fmt: skip


def _stages(found: Talk, *, sits_again: bool) -> list[dict[str, Any]]:
    """The way from the result to its end, with where it stands."""
    way = rules.way(sits_again=sits_again, retrained=queries.retraining_of(found) is not None)
    at = way.index(found.status) if found.status in way else -1
    return [{"label": STATUS_LABELS[one], "now": place == at, "past": place < at} for place, one in enumerate(way)]


def _offered(found: Talk, by: Person) -> list[str]:
    """What this person may do now. A retraining goes into a class of ours, or outside, where it is finished by hand."""
    verbs = queries.offered(found, by)
    if "retrain" not in verbs:
        return verbs
    verbs.remove("retrain")
    row = queries.retraining_of(found)
    if row is not None and row.class_id is None:
        verbs += ["finish", "take", "accept"] if row.accepted_at else ["take", "accept"]
    return verbs


def _step(found: Talk, verb: str) -> dict[str, Any]:
    row = queries.retraining_of(found) if verb == "take" else None
    url = reverse("learning:retraining_take", args=[row.id]) if row else ""
    label = _("换谈话人") if verb == "assign" and found.talker_id else LABELS[verb]()
    return {
        "verb": verb, "label": label, "icon": ICONS.get(verb, "edit"), "danger": verb == "drop",
        "url": url or reverse("learning:talk_verb", args=[found.id, verb]), "direct": verb == "sign",
    }  # fmt: skip


def _form(found: Talk, verb: str, data: Any) -> Form:
    made: dict[str, Callable[[], Form]] = {
        "assign": lambda: forms.AssignForm(data, talk=found),
        "record": lambda: forms.RecordForm(data, talk=found),
        "sign": lambda: forms.NothingForm(data),
        "sign_for": lambda: forms.NoteForm(data),
        "accept": lambda: forms.WhereForm(data),
        "finish": lambda: forms.FinishForm(data),
    }
    return made.get(verb, lambda: forms.WhyForm(data))()


@require_http_methods(["GET", "POST"])
def do(request: HttpRequest, talk_id: UUID, verb: str) -> HttpResponse:
    """安排、记录、签字、退回、撤销、重新列入、重新培训."""
    by = me(request)
    found = queries.get_talk(talk_id, by=by)
    page = reverse("learning:talk", args=[found.id])
    if verb == "take" or verb not in _offered(found, by):
        raise NotVisible
    form = _form(found, verb, request.POST or None)

    def act(data: dict[str, Any]) -> str:
        _act(found, verb, form, data, by)
        return _("已办理：%s。") % LABELS[verb]()

    if verb == "sign" and request.method == "POST":
        form = forms.NothingForm({})
    context = {"told": _told(found)} if verb == "record" else {}
    template = f"{HERE}/record.html" if verb == "record" else "kernel/edit.html"
    title = f"{found.person.name} {LABELS[verb]()}"
    return edit_page(
        request, form, act, title=title, label=LABELS[verb](), back=page, template=template, context=context
    )


def _act(found: Talk, verb: str, form: Form, data: dict[str, Any], by: Person) -> None:
    row = queries.retraining_of(found)
    acts: dict[str, Callable[[], object]] = {
        "assign": lambda: services.assign(found.id, talker_id=UUID(data["talker"]), by=by),
        "record": lambda: services.record(found.id, data=cast(forms.RecordForm, form).record(), by=by),
        "sign": lambda: services.sign(found.id, by=by),
        "rewrite": lambda: services.rewrite(found.id, why=data["why"], by=by),
        "sign_for": lambda: services.sign_for(found.id, note=data["note"], by=by),
        "drop": lambda: services.drop(found.id, why=data["why"], by=by),
        "reopen": lambda: services.reopen(found.id, why=data["why"], by=by),
        "accept": lambda: services.accept_retraining(row.id if row else found.id, where=data["where"], by=by),
        "finish": lambda: services.finish_retraining(row.id if row else found.id, note=data["note"], by=by),
    }
    acts[verb]()


@require_GET
def sheet(request: HttpRequest, talk_id: UUID) -> HttpResponse:
    """谈心记录表, A4, to be signed by both."""
    found = queries.get_talk(talk_id, by=me(request))
    return render(request, f"{HERE}/talk_sheet.html", {**_told(found), "printed_at": clock.now()})


@require_GET
def rule_list(request: HttpRequest) -> HttpResponse:
    """谈心办法: the rules by day, and the ladder of reminders."""
    by = me(request)
    need_power(by, "talk.rules")
    ladder = [(days, rules.TELL_LABELS[tell]) for days, tell in queries.ladder_of(by.mine_id)]
    held = queries.rule_on(by.mine_id)
    words = {
        "rules": queries.rules_of(by.mine_id),
        "held": held,
        "ladder": sorted(ladder, key=lambda one: one[0]),
        "preset": rules.PRESET,
    }
    return render(request, f"{HERE}/rules.html", words)


@require_http_methods(["GET", "POST"])
def rule_new(request: HttpRequest) -> HttpResponse:
    """A rule from a day on."""
    by = me(request)
    need_power(by, "talk.rules")
    form = forms.RuleForm(request.POST or None, by=by)

    def act(_data: dict[str, Any]) -> str:
        saved = services.save_rule(data=form.rule(), by=by)
        return _("已保存，从 %s 起按新办法。") % saved.valid_from.isoformat()

    return edit_page(
        request, form, act, title=_("设置谈心办法"), label=_("保存办法"), back=reverse("learning:talk_rules")
    )


@require_http_methods(["GET", "POST"])
def ladder(request: HttpRequest) -> HttpResponse:
    """提醒阶梯."""
    by = me(request)
    need_power(by, "talk.rules")
    form = forms.LadderForm(request.POST or None, by=by)

    def act(_data: dict[str, Any]) -> str:
        services.save_ladder(steps=form.steps, by=by)
        return _("已保存提醒阶梯。")

    return edit_page(
        request, form, act, title=_("提醒阶梯"), label=_("保存提醒阶梯"), back=reverse("learning:talk_rules")
    )
