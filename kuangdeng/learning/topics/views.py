"""Pages of research topics: the list, the calls, one topic with its steps, the application and the cover on paper."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from kuangdeng.kernel import clock
from kuangdeng.kernel.edit_views import edit_page
from kuangdeng.kernel.errors import NotVisible
from kuangdeng.kernel.views import register_page
from kuangdeng.learning.forms import NothingForm
from kuangdeng.learning.topics import forms, queries, registers, rules, services
from kuangdeng.learning.topics.models import Topic
from kuangdeng.learning.topics.papers import content_and_kind
from kuangdeng.learning.views import file_answer
from kuangdeng.org.api import Person, has_power, me

HERE = "learning/topics"
FORM = "learning/topics/application.html"
PRIMARY = ("apply", "approve", "finish_milestone", "hand_in", "assign", "give_opinion", "pass", "adopt", "archive")
ICONS = {
    "revise": "edit", "apply": "send", "send_back": "back", "approve": "check", "decline": "close", "finish_milestone": "check",
    "hand_in": "send", "return_report": "back", "assign": "people", "give_opinion": "edit", "pass": "done", "rework": "back",
    "adopt": "done", "archive": "bookmark", "withdraw": "close",
}  # fmt: skip


@require_GET
def listing(request: HttpRequest) -> HttpResponse:
    """课题调研: every topic one may know of, the open calls on top."""
    by = me(request)
    words = {"calls": queries.open_calls(by), "can_call": has_power(by, "topic.call")}
    return register_page(
        request, registers.topics(by), queries.topics(by), template=f"{HERE}/topics.html", context=words
    )


@require_GET
def calls(request: HttpRequest) -> HttpResponse:
    """课题征集."""
    by = me(request)
    words = {"calls": queries.calls(by), "today": clock.today(), "can_call": has_power(by, "topic.call")}
    return render(request, f"{HERE}/calls.html", words)


@require_http_methods(["GET", "POST"])
def call_new(request: HttpRequest) -> HttpResponse:
    """发布课题征集."""
    by = me(request)
    if not has_power(by, "topic.call"):
        raise NotVisible
    form = forms.CallForm(request.POST or None, initial={"until": forms.in_days(30)})

    def act(data: dict[str, Any]) -> str:
        return _("已发布「%s」。") % services.call_for(**data, by=by).title

    label = _("发布课题征集")
    return edit_page(request, form, act, title=label, label=label, back=reverse("learning:topic_calls"))


@require_http_methods(["GET", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """写申报书."""
    by = me(request)
    initial = {"call": request.GET.get("call", ""), "due_on": forms.in_days(120)}
    form = forms.TopicForm(request.POST or None, by=by, initial=initial)
    made: list[Topic] = []

    def act(_data: dict[str, Any]) -> str:
        made.append(services.write(data=form.data_of(), by=by))
        return _("申报书已存为草稿，检查后再申报。")

    back = reverse("learning:topics")
    page = edit_page(request, form, act, title=_("写申报书"), label=_("存为草稿"), back=back, template=FORM)
    return redirect("learning:topic", made[0].id) if made else page


@require_http_methods(["GET", "POST"])
def edit(request: HttpRequest, topic_id: UUID) -> HttpResponse:
    """修改申报书."""
    by = me(request)
    topic = queries.get_topic(topic_id, by=by)
    if "revise" not in queries.offered(topic, by):
        raise NotVisible
    form = forms.TopicForm(request.POST or None, by=by, initial=forms.TopicForm.initial_of(topic))

    def act(_data: dict[str, Any]) -> str:
        services.revise(topic.id, data=form.data_of(), by=by)
        return _("已保存。")

    back = reverse("learning:topic", args=[topic.id])
    return edit_page(
        request,
        form,
        act,
        title=_("修改申报书"),
        label=_("保存修改"),
        back=back,
        template=FORM,
        context={"bound": True},
    )


@require_GET
def topic(request: HttpRequest, topic_id: UUID) -> HttpResponse:
    """One topic: where it stands, its milestones, its opinions, what changed because of it."""
    by = me(request)
    found = queries.get_topic(topic_id, by=by)
    offered = queries.offered(found, by)
    steps = queries.milestones_of(found)
    verbs = [_verb(found, name) for name in offered if name != "finish_milestone" and _timely(found, name, steps)]
    verbs.sort(key=lambda one: not one["primary"])
    words = {
        "topic": found, "state_chip": registers.state_chip(found), "verbs": verbs,
        "primary": next((one for one in verbs if one["primary"]), None), "members": list(found.members.all()),
        "milestones": [
            {"step": one, "late": rules.is_late(one.due_on, one.done_at is not None, clock.today()),
             "can": "finish_milestone" in offered and one.done_at is None} for one in steps
        ],
        "reviews": _reviews(found, by), "files": queries.files_of(found), "today": clock.today(),
        "waits": [one.title for one in steps if one.done_at is None] if "hand_in" in offered else [],
    }  # fmt: skip
    return render(request, f"{HERE}/topic.html", words)


def _timely(topic: Topic, verb: str, steps: list[Any]) -> bool:
    """Whether a verb makes sense now: no report before the last milestone, no conclusion before the last opinion."""
    if verb == "hand_in":
        return all(one.done_at for one in steps)
    return verb not in ("pass", "rework") or queries.open_reviews(topic) == 0


def _verb(topic: Topic, name: str) -> dict[str, Any]:
    url = reverse("learning:topic_edit", args=[topic.id])
    if name != "revise":
        url = reverse("learning:topic_verb", args=[topic.id, name])
    return {
        "name": name, "label": rules.VERB_LABELS[name], "url": url, "primary": name in PRIMARY, "icon": ICONS[name],
        "danger": name in ("withdraw", "decline"),
    }  # fmt: skip


def _reviews(topic: Topic, by: Person) -> list[Any]:
    """The opinions; while a round is open a reviewer reads his own alone, so that nobody copies."""
    rows = queries.reviews_of(topic)
    if topic.status != rules.Status.REVIEWING or has_power(by, "topic.assign"):
        return rows
    return [one for one in rows if one.round < topic.round or one.reviewer_id == by.id]


Build = Callable[[HttpRequest, Topic, Person], Form]


def _plain(kind: type[Form]) -> Build:
    return lambda request, _topic, _by: kind(request.POST or None, request.FILES or None)


FORMS: dict[str, Build] = {
    "apply": _plain(NothingForm), "approve": _plain(NothingForm), "send_back": _plain(forms.RemarkForm),
    "decline": _plain(forms.RemarkForm), "withdraw": _plain(forms.RemarkForm), "return_report": _plain(forms.RemarkForm),
    "rework": _plain(forms.RemarkForm), "hand_in": _plain(forms.ReportForm), "give_opinion": _plain(forms.OpinionForm),
    "assign": lambda request, _topic, by: forms.AssignForm(request.POST or None, by=by), "pass": _plain(forms.VerdictForm),
    "adopt": _plain(forms.AdoptForm), "archive": _plain(forms.ArchiveForm),
}  # fmt: skip


def _act(verb: str, topic: Topic, data: dict[str, Any], by: Person) -> object:
    """The form's values to the verb."""
    if "file" in data:
        data["paper"] = forms.paper_of(data.pop("file"))
    if verb == "assign":
        data["reviewer_ids"] = [one.id for one in data.pop("reviewers")]
    verbs: dict[str, Callable[..., object]] = {
        "apply": services.apply, "approve": services.approve, "send_back": services.send_back, "decline": services.decline,
        "withdraw": services.withdraw, "return_report": services.return_report, "rework": services.rework,
        "hand_in": services.hand_in, "give_opinion": services.give_opinion, "assign": services.assign,
        "pass": services.pass_review, "adopt": services.adopt, "archive": services.archive,
    }  # fmt: skip
    return verbs[verb](topic.id, **data, by=by)


@require_http_methods(["GET", "POST"])
def do(request: HttpRequest, topic_id: UUID, verb: str) -> HttpResponse:
    """One step of a topic: its form, then the verb."""
    by = me(request)
    found = queries.get_topic(topic_id, by=by)
    if verb not in FORMS or (request.method == "GET" and verb not in queries.offered(found, by)):
        raise NotVisible
    form = FORMS[verb](request, found, by)
    if request.method == "POST" and not form.fields:
        form.is_bound = True

    def act(data: dict[str, Any]) -> str:
        _act(verb, found, dict(data), by)
        return _("已办理：%s。") % rules.VERB_LABELS[verb]

    label = str(rules.VERB_LABELS[verb])
    back = reverse("learning:topic", args=[found.id])
    return edit_page(
        request, form, act, title=f"{label} · {found.title[:30]}", label=label, back=back, template=f"{HERE}/verb.html",
        context={"topic": found, "verb": verb},
    )  # fmt: skip


@require_http_methods(["GET", "POST"])
def milestone(request: HttpRequest, topic_id: UUID, milestone_id: int) -> HttpResponse:
    """报节点完成."""
    by = me(request)
    found = queries.get_topic(topic_id, by=by)
    step = next((one for one in queries.milestones_of(found) if one.id == milestone_id), None)
    if step is None or "finish_milestone" not in queries.offered(found, by):
        raise NotVisible
    form = forms.MilestoneForm(request.POST or None, request.FILES or None)

    def act(data: dict[str, Any]) -> str:
        services.finish_milestone(
            found.id, milestone_id=milestone_id, words=data["words"], paper=forms.paper_of(data["file"]), by=by
        )
        return _("节点「%s」已报完成。") % step.title

    back = reverse("learning:topic", args=[found.id])
    return edit_page(request, form, act, title=step.title, label=_("报节点完成"), back=back)


@require_GET
def file(request: HttpRequest, topic_id: UUID, file_id: int) -> HttpResponse:
    """A file of a topic, to be saved; never run in the browser."""
    found = queries.get_file(topic_id, file_id, by=me(request))
    content, kind = content_and_kind(found.file)
    if content is None:
        messages.error(request, _("这个文件不在了，请联系系统管理员。"))
        return redirect("learning:topic", topic_id)
    return file_answer(content, kind, found.name, to_save=True)


@require_GET
def application_sheet(request: HttpRequest, topic_id: UUID) -> HttpResponse:
    """课题申报书 on A4, to be signed."""
    return render(request, f"{HERE}/print_application.html", _sheet(request, topic_id))


@require_GET
def report_sheet(request: HttpRequest, topic_id: UUID) -> HttpResponse:
    """结题报告封面 on A4, with the opinions and what came of it."""
    words = _sheet(request, topic_id)
    if not words["topic"].reported_at:
        raise NotVisible
    return render(request, f"{HERE}/print_report.html", words)


def _sheet(request: HttpRequest, topic_id: UUID) -> dict[str, Any]:
    by = me(request)
    found = queries.get_topic(topic_id, by=by)
    return {
        "topic": found, "members": list(found.members.select_related("unit__parent")), "milestones": queries.milestones_of(found),
        "reviews": [one for one in _reviews(found, by) if one.round == found.round and one.given_at], "printed_at": clock.now(),
    }  # fmt: skip
