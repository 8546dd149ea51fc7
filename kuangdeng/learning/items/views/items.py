"""题库: the list, one item with its versions and as the learner sees it, the editor, the verbs."""

import re
from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.forms import Form
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from kuangdeng.kernel.edit_views import next_of
from kuangdeng.kernel.errors import NotVisible, Refused
from kuangdeng.kernel.listing import run_each
from kuangdeng.kernel.listing.bulk import valid_ids
from kuangdeng.kernel.views import register_page
from kuangdeng.kernel.web import photo_answer, put_refusal
from kuangdeng.learning.forms import NothingForm
from kuangdeng.learning.items import queries, registers, services
from kuangdeng.learning.items.answering import answer_from, sheet
from kuangdeng.learning.items.forms import EDITORS, ClassifyForm, ItemForm, RemarkForm, ReviewForm, WhyForm
from kuangdeng.learning.items.models import Item, ItemVersion
from kuangdeng.learning.items.rules import TYPE_LABELS, VERB_LABELS, is_marked_by_person, mark, percent
from kuangdeng.learning.items.rules.content import clean_answer
from kuangdeng.learning.items.rules.shuffling import asked, unmask
from kuangdeng.learning.items.wording import answer_words, key_words
from kuangdeng.org.api import Person, has_power, me, need_power

FORMS: dict[str, type[Form]] = {
    "submit": NothingForm, "review": ReviewForm, "put_in_use": NothingForm, "bring_back": NothingForm,
    "send_back": RemarkForm, "retire": WhyForm,
}  # fmt: skip
ICONS = {
    "submit": "send",
    "review": "check",
    "put_in_use": "done",
    "send_back": "back",
    "retire": "close",
    "bring_back": "back",
}
ACTS: dict[str, Callable[..., Item]] = {
    "submit": services.submit, "review": services.review, "put_in_use": services.put_in_use,
    "bring_back": services.bring_back, "send_back": services.send_back, "retire": services.retire,
    "classify": services.classify,
}  # fmt: skip


@require_GET
def listing(request: HttpRequest) -> HttpResponse:
    """题库: all items that this person may see."""
    by = me(request)
    need_power(by, "item.see")
    words = {"types": list(TYPE_LABELS.items()), "can": _can(by), "query": request.GET.urlencode()}
    return register_page(
        request, registers.items(by), queries.visible(by), template="learning/items/items.html", context=words
    )


def _can(by: Person) -> dict[str, bool]:
    return {
        name: has_power(by, f"item.{name}") for name in ("write", "import", "export", "merge", "settings", "review")
    }


@require_GET
def review(request: HttpRequest) -> HttpResponse:
    """审题: what others sent."""
    by = me(request)
    need_power(by, "item.review")
    return register_page(request, registers.review(by), queries.to_review(by))


@require_GET
def item(request: HttpRequest, item_id: UUID) -> HttpResponse:
    """One item."""
    return _page(request, queries.get_item(item_id, by=me(request)))


def _page(request: HttpRequest, found: Item, bound: dict[str, Form] | None = None, status: int = 200) -> HttpResponse:
    by = me(request)
    offered = queries.offered(found, by)
    versions = queries.history(found)
    words = {
        "item": found,
        "state_chip": registers.state_chip(found),
        "type": TYPE_LABELS[found.type],
        "asked": _sheet(found, found.latest),
        "key": key_words(found.latest.content),
        "steps": [_step(found, verb, bound) for verb in offered if verb in FORMS],
        "can_revise": "revise" in offered,
        "can_merge": "merge" in offered,
        "own": queries.wrote(found, by) and found.status == "submitted",
        "targets": queries.merge_targets(found) if "merge" in offered else [],
        "categories": list(found.categories.all()),
        "versions": [_told(found, one) for one in versions],
        "next": next_of(request, ""),
        "can_must": has_power(by, "practice.settings") and found.current_id is not None,
    }
    return render(request, "learning/items/item.html", words, status=status)


def _sheet(found: Item, version: ItemVersion) -> dict[str, Any]:
    pictures = reverse("learning:item_picture", args=[found.id, version.id, "0" * 64]).removesuffix("0" * 64)
    return sheet(asked(version.content), pictures=pictures)


def _told(found: Item, version: ItemVersion) -> dict[str, Any]:
    return {
        "version": version,
        "url": reverse("learning:item_version", args=[found.id, version.id]),
        "current": version.id == found.current_id,
        "latest": version.id == found.latest_id,
    }


def _step(found: Item, verb: str, bound: dict[str, Form] | None) -> dict[str, Any]:
    form = (
        bound[verb]
        if bound and verb in bound
        else FORMS[verb](auto_id=f"{verb}_%s", initial={"version_id": found.latest_id})
    )
    return {
        "verb": verb, "label": VERB_LABELS[verb], "icon": ICONS[verb], "form": form,
        "primary": verb in ("submit", "review", "put_in_use"), "danger": verb == "retire",
        "url": reverse("learning:item_verb", args=[found.id, verb]),
    }  # fmt: skip


@require_POST
def do(request: HttpRequest, item_id: UUID, verb: str) -> HttpResponse:
    """送审、审定、退回、启用、停用、恢复."""
    by = me(request)
    if verb not in FORMS:
        raise NotVisible
    found = queries.get_item(item_id, by=by)
    form = FORMS[verb](request.POST, auto_id=f"{verb}_%s")
    if form.is_valid():
        try:
            ACTS[verb](found.id, **form.cleaned_data, by=by)
        except Refused as refusal:
            put_refusal(form, refusal)
        else:
            messages.success(request, _("已办理：%s。") % VERB_LABELS[verb])
            return redirect(next_of(request, reverse("learning:item", args=[found.id])))
    if FORMS[verb] in (NothingForm, ReviewForm) or verb not in queries.offered(found, by):
        for line in (error for errors in form.errors.values() for error in errors):
            messages.error(request, str(line))
        return redirect("learning:item", found.id)
    return _page(request, queries.get_item(item_id, by=by), {verb: form}, status=422)


@require_POST
def merge(request: HttpRequest, item_id: UUID) -> HttpResponse:
    """并入另一题."""
    by = me(request)
    found = queries.get_item(item_id, by=by)
    chosen = valid_ids([request.POST.get("into", "")])
    if not chosen:
        messages.error(request, _("请选择要并入的那道题。"))
        return redirect("learning:item", found.id)
    try:
        target = services.merge(found.id, into=chosen[0], by=by)
    except Refused as refusal:
        messages.error(request, str(refusal))
        return redirect(next_of(request, reverse("learning:item", args=[found.id])))
    messages.success(request, _("已并入，考试从此只用这一道题。"))
    return redirect(next_of(request, reverse("learning:item", args=[target.id])))


@require_POST
def try_it(request: HttpRequest, item_id: UUID) -> HttpResponse:
    """答一答: how an answer would be marked, for who looks at the item; nothing is kept."""
    by = me(request)
    found = queries.get_item(item_id, by=by)
    content = found.latest.content
    answer = clean_answer(content, unmask(content, None, answer_from(asked(content), request.POST)))
    share = mark(content, answer, queries.policy_of(by.mine_id))
    words = {
        "item": found, "share": share, "percent": percent(share) if share is not None else None, "answer": answer_words(content, answer),
        "key": key_words(content), "person": is_marked_by_person(content), "explanation": found.latest.explanation,
    }  # fmt: skip
    if not request.headers.get("HX-Request"):
        return render(request, "learning/items/tried_page.html", words)
    return render(request, "learning/items/_tried.html", words)


@require_GET
def version(request: HttpRequest, item_id: UUID, version_id: UUID) -> HttpResponse:
    """One version as it was once asked."""
    found = queries.get_version(version_id, by=me(request))
    if found.item_id != item_id:
        raise NotVisible
    words = {
        "item": found.item, "version": found, "asked": _sheet(found.item, found), "key": key_words(found.content),
        "type": TYPE_LABELS[found.type],
    }  # fmt: skip
    return render(request, "learning/items/version.html", words)


def picture(request: HttpRequest, item_id: UUID, version_id: UUID, sha256: str) -> FileResponse:
    """A picture of a version."""
    found = queries.get_picture(version_id, sha256, by=me(request))
    return photo_answer(found.file_id, thumb=request.GET.get("size") == "thumb")


# Writing --------------------------------------------------------------------------------------------------------------


@require_http_methods(["GET", "POST"])
def new(request: HttpRequest, kind: str) -> HttpResponse:
    """出题: one form for each type."""
    by = me(request)
    need_power(by, "item.write")
    if kind not in EDITORS:
        raise NotVisible
    return _edit(request, by, EDITORS[kind], None)


@require_http_methods(["GET", "POST"])
def edit(request: HttpRequest, item_id: UUID) -> HttpResponse:
    """修改题目."""
    by = me(request)
    found = queries.get_item(item_id, by=by)
    if "revise" not in queries.offered(found, by):
        raise Refused(_("这道题现在不能修改。待审的题请先退回，停用的题请先恢复。"))
    return _edit(request, by, EDITORS[found.type], found)


def _edit(request: HttpRequest, by: Person, form_class: type[ItemForm], found: Item | None) -> HttpResponse:
    rows = int(request.POST["rows"]) if re.fullmatch(r"[0-9]{1,3}", request.POST.get("rows", "")) else 0
    more = "more" in request.POST
    form = form_class(request.POST or None, by=by, item=found, rows=min(26, rows + 2 if more else rows))
    if request.method == "POST" and not more and form.is_valid():
        saved = _save(request, form, found, by)
        if saved is not None:
            return saved
    if more:
        form.errors.clear()
    words = {
        "form": form, "item": found, "type": TYPE_LABELS[form.kind], "rows": getattr(form, "count", 0),
        "back": reverse("learning:item", args=[found.id]) if found else reverse("learning:items"),
        "pictures": reverse("learning:item_picture", args=[found.id, found.latest_id, "0" * 64]).removesuffix("0" * 64) if found else "",
    }  # fmt: skip
    return render(request, "learning/items/edit.html", words, status=422 if form.is_bound and not more else 200)


def _save(request: HttpRequest, form: ItemForm, found: Item | None, by: Person) -> HttpResponse | None:
    try:
        if found is None:
            saved = services.write(data=form.data_of(), by=by)
        else:
            saved = services.revise(found.id, data=form.data_of(), why=form.cleaned_data.get("why", ""), by=by)
    except Refused as refusal:
        names = {"options": "option_0", "blanks": "blank_0", "left": "left_0", "right": "right_0", "pairs": "left_0"}
        form.add_error(
            next((one for one in (refusal.field, names.get(refusal.field or "")) if one in form.fields), None),
            str(refusal),
        )
        return None
    if "submit" in request.POST and saved.status == "drafted":
        services.submit(saved.id, by=by)
        messages.success(request, _("已保存并送审，由其他人审定。"))
    else:
        messages.success(request, _("已保存为草稿。"))
    if "again" in request.POST:
        return redirect("learning:item_new", form.kind)
    return redirect("learning:item", saved.id)


# Many at once ---------------------------------------------------------------------------------------------------------

BULK: dict[str, Any] = {
    "submit": NothingForm,
    "review": NothingForm,
    "put_in_use": NothingForm,
    "classify": ClassifyForm,
    "retire": WhyForm,
}


def bulk(request: HttpRequest, verb: str) -> HttpResponse:
    """One verb over the ticked items, each its own verb, with a result for each.

    What is ticked are versions, as the list showed them: an item that was changed meanwhile is left alone.
    """
    by = me(request)
    if verb not in BULK or not has_power(by, registers.bulk_power(verb)):
        raise NotVisible
    own = {"by": by} if verb == "classify" else {}
    if request.method == "GET":
        return render(request, "kernel/parts/form_body.html", {"form": BULK[verb](**own)})
    ids = [str(one) for one in valid_ids(request.POST.getlist("ids"))]
    form = BULK[verb](request.POST, **own)
    words = {
        "title": VERB_LABELS.get(verb) or _("改分类、难度"),
        "back": next_of(request, reverse("learning:items")),
        "ids": ids,
        "form": form,
        "verb": verb,
    }
    if not form.is_valid():
        return render(request, "learning/items/bulk_form.html", words, status=422)
    known = {
        row.latest_id: row
        for row in queries.visible(by).filter(latest_id__in=valid_ids(ids)).only("id", "stem", "latest_id")
    }

    def one(version_id: UUID) -> None:
        if version_id not in known:
            raise Refused(_("这道题不在了，或者您看列表的时候又改过了。请刷新列表再办。"))
        seen = {"version_id": version_id} if verb == "review" else {}
        ACTS[verb](known[version_id].id, **form.cleaned_data, **seen, by=by)

    results = run_each(
        ids, one,
        label_of=lambda pk: known[pk].stem[:40] if pk in known else "—",
        url_of=lambda pk: reverse("learning:item", args=[known[pk].id]) if pk in known else "",
    )  # fmt: skip
    return render(request, "learning/items/bulk_results.html", {**words, "results": results})
