"""Sessions: the list, one session with its next step, the record, material, photos."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from kuangdeng.kernel import clock
from kuangdeng.kernel.edit_views import do_and_return, edit_page
from kuangdeng.kernel.errors import NotVisible, Refused
from kuangdeng.kernel.files import content_of
from kuangdeng.kernel.views import register_page
from kuangdeng.kernel.web import photo_answer
from kuangdeng.learning.attendance import api as attendance
from kuangdeng.learning.forms import NothingForm, ReasonForm
from kuangdeng.learning.study import forms, paper, queries, registers, rules, services
from kuangdeng.learning.study.choosing import ChooseForm
from kuangdeng.learning.study.models import StudySession
from kuangdeng.learning.study.tabs import tabs
from kuangdeng.learning.views import file_answer
from kuangdeng.org.api import documents, has_power, may, me, need_power

HERE = "learning/study"


@require_GET
def studies(request: HttpRequest) -> HttpResponse:
    """学习活动: those one may know of."""
    by = me(request)
    context = {"tabs": tabs(by, "studies"), "plans": has_power(by, "study.plan")}
    return register_page(
        request, registers.sessions(by), queries.visible(by), template=f"{HERE}/register.html", context=context
    )


@require_GET
def my_study(request: HttpRequest) -> HttpResponse:
    """我的学习: what comes, what is to be made up, what was."""
    by = me(request)
    own = queries.own_sessions(by)
    makeups = attendance.makeups_of([one.row.id for one in own if one.owes])
    owed = [
        {"own": one, "waiting": any(each.decided_at is None for each in makeups.get(one.row.id, []))}
        for one in own
        if one.owes
    ]
    coming = [one for one in reversed(own) if one.session.is_noticed and one.row.expected]
    past = [one for one in own if one.session.is_held and not one.owes]
    words = {
        "tabs": tabs(by, "my_study"), "coming": [_own_line(one) for one in coming], "owed": owed,
        "past": [_own_line(one) for one in past[:50]],
    }  # fmt: skip
    return render(request, f"{HERE}/mine.html", words)


def _own_line(one: queries.Own) -> dict[str, Any]:
    return {"session": one.session, "row": one.row, "chip": attendance.state_chip(one.row)}


# Planning ---------------------------------------------------------------------------------------------------------------


@require_http_methods(["GET", "POST"])
def study_new(request: HttpRequest) -> HttpResponse:
    """安排学习."""
    by = me(request)
    need_power(by, "study.plan")
    unit = None if may(by, "study.plan") else by.unit
    form = forms.SessionForm(
        request.POST or None, by=by, kinds=queries.kinds(by.mine_id), initial={"recorder": by, "unit": unit}
    )
    made: list[StudySession] = []

    def act(_data: dict[str, Any]) -> str:
        made.append(services.plan(data=form.data_of, by=by))
        return _("学习已安排。接着选应到人员，再发通知。")

    answer = edit_page(request, form, act, title=_("安排学习"), label=_("安排"), back=reverse("learning:studies"))
    return redirect("learning:study_people", made[0].id) if made else answer


@require_http_methods(["GET", "POST"])
def study_edit(request: HttpRequest, session_id: UUID) -> HttpResponse:
    """更改安排."""
    by = me(request)
    session = _run_by(request, session_id)
    form = forms.SessionForm(
        request.POST or None, by=by, kinds=queries.kinds(by.mine_id), initial=forms.SessionForm.initial_of(session)
    )

    def act(_data: dict[str, Any]) -> str:
        services.change(session.id, data=form.data_of, by=by)
        return _("安排已更改。")

    return edit_page(request, form, act, title=_("更改安排"), label=_("保存"), back=_url(session))


@require_http_methods(["GET", "POST"])
def study_people(request: HttpRequest, session_id: UUID) -> HttpResponse:
    """选应到人员."""
    by = me(request)
    session = _run_by(request, session_id)
    form = ChooseForm(request.POST or None, by=by, initial=ChooseForm.initial_of(session.chosen, session.unit_id))

    def act(_data: dict[str, Any]) -> str:
        services.choose(session.id, chosen=form.chosen, by=by)
        return _("应到 %d 人。") % attendance.counts(session.sheet_id).expected

    title = _("选应到人员：%s") % session.title
    return edit_page(request, form, act, title=title, label=_("保存名单"), back=_url(session))


def _url(session: StudySession) -> str:
    return reverse("learning:study", args=[session.id])


def _run_by(request: HttpRequest, session_id: UUID) -> StudySession:
    """A session for who runs it. NotVisible for who only attends."""
    session = queries.get_session(session_id, by=me(request))
    if not queries.runs(session, me(request)):
        raise NotVisible
    return session


# One session ------------------------------------------------------------------------------------------------------------


@require_GET
def study(request: HttpRequest, session_id: UUID) -> HttpResponse:
    """One session: when and where, one's own part, material, who came, the record, the next step."""
    by = me(request)
    session = queries.get_session(session_id, by=by)
    runs = queries.runs(session, by)
    row = attendance.mine_at(session.sheet_id, by)
    own = queries.Own(session, row) if row else None
    words: dict[str, Any] = {
        "session": session,
        "chip": registers.status_chip(session),
        "runs": runs,
        "row": row,
        "row_chip": attendance.state_chip(row) if row else "",
        "may_ask_leave": own is not None and own.may_ask_leave,
        "owes": own is not None and own.owes,
        "makeups": attendance.makeups_of([row.id]).get(row.id, []) if row and session.is_held else [],
        "counts": attendance.counts(session.sheet_id),
        "materials": list(session.materials.all()),
        "photos": [
            {"url": reverse("learning:photo_of_study", args=[one.id]), "thumb": reverse("learning:photo_of_study", args=[one.id]) + "?size=thumb",
             "id": one.id}
            for one in session.photos.all()
        ],
        "next": _next(session, by) if runs else [],
        "editable": runs and not session.is_settled,
        "open": session.is_open,
        "leads": attendance.leads(session.sheet_id, by),
        "signs": _signs(session),
        "printable": session.is_held,
    }  # fmt: skip
    return render(request, f"{HERE}/study.html", words)


def _next(session: StudySession, by: Any) -> list[dict[str, Any]]:
    """The verbs that the state allows, the next one first."""
    labels = rules.FLOW.verbs
    judge = by.id == session.chair_id or (by.id != session.recorder_id and may(by, "study.plan", session.unit))
    found = [
        {"verb": verb, "label": labels[verb], "url": reverse("learning:study_verb", args=[session.id, verb])}
        for verb in rules.OFFERED.get(session.status, ())
        if (judge or verb not in rules.JUDGED) and (verb != "finish" or clock.now() >= session.starts_at)
    ]
    for number, one in enumerate(found):
        one["primary"] = number == 0 and one["verb"] != "cancel" and not _signs(session)
    return found


def _signs(session: StudySession) -> bool:
    """Whether the next thing is that people sign: it is noticed and not over."""
    return session.is_noticed and clock.now() < session.ends_at


@require_http_methods(["GET", "POST"])
def study_verb(request: HttpRequest, session_id: UUID, verb: str) -> HttpResponse:
    """发通知、取消、结束、写记录、审签、退回."""
    by = me(request)
    session = _run_by(request, session_id)
    bound = request.POST if request.method == "POST" else None
    record = {"content": session.content or session.outline, "talk": session.talk, "outcome": session.outcome}
    steps: dict[str, tuple[Callable[[], Form], Callable[[Any], Any]]] = {
        "notify": (lambda: NothingForm(bound), lambda data: services.notify(session.id, by=by)),
        "cancel": (lambda: ReasonForm(bound), lambda data: services.cancel(session.id, reason=data["reason"], by=by)),
        "finish": (lambda: NothingForm(bound), lambda data: services.finish(session.id, by=by)),
        "write_record": (
            lambda: forms.RecordForm(bound, initial=record),
            lambda data: services.write_record(session.id, record=rules.Record(**data), by=by),
        ),
        "approve": (lambda: NothingForm(bound), lambda data: services.approve(session.id, by=by)),
        "send_back": (lambda: ReasonForm(bound), lambda data: services.send_back(session.id, reason=data["reason"], by=by)),
    }  # fmt: skip
    if verb not in steps:
        raise NotVisible
    form, run = steps[verb][0](), steps[verb][1]
    label = str(rules.FLOW.verbs[verb])

    def act(data: dict[str, Any]) -> str:
        run(data)
        return _("已办理：%s。") % label

    note = {
        "notify": _("通知发给全部应到人员，发出后改时间地点会再通知他们。"),
        "finish": _("结束后关闭签到，没有到的人会收到补学通知。"),
        "approve": _("审签后归档，记录、材料和照片不能再改。补学仍可继续。"),
    }.get(verb, "")
    return edit_page(
        request, form, act, title=f"{label}：{session.title}", label=label, back=_url(session), context={"note": note}
    )


# Files ------------------------------------------------------------------------------------------------------------------


@require_http_methods(["GET", "POST"])
def material_new(request: HttpRequest, session_id: UUID) -> HttpResponse:
    """上传学习材料."""
    session = _run_by(request, session_id)
    form = forms.MaterialForm(request.POST or None, request.FILES or None)

    def act(data: dict[str, Any]) -> str:
        file = data["file"]
        services.add_material(session.id, name=file.name, content=file.read(), by=me(request))
        return _("材料已上传。")

    return edit_page(request, form, act, title=_("上传学习材料"), label=_("上传"), back=_url(session))


@require_GET
def material(request: HttpRequest, material_id: UUID) -> HttpResponse:
    """A file of a session, to keep."""
    one = queries.get_material(material_id, by=me(request))
    return file_answer(content_of(one.file_id), one.kind, one.name, to_save=True)


@require_POST
def material_remove(request: HttpRequest, material_id: UUID) -> HttpResponse:
    """删除学习材料."""
    one = queries.get_material(material_id, by=me(request))

    def act() -> str:
        services.remove_material(one.id, by=me(request))
        return _("材料已删除。")

    return do_and_return(request, act, reverse("learning:study", args=[one.session_id]))


@require_http_methods(["GET", "POST"])
def photos_new(request: HttpRequest, session_id: UUID) -> HttpResponse:
    """上传现场照片."""
    session = _run_by(request, session_id)
    form = forms.PhotosForm(request.POST or None)

    def act(data: dict[str, Any]) -> str:
        services.add_photos(session.id, photos=data["photos"], by=me(request))
        return _("照片已上传。")

    return edit_page(request, form, act, title=_("上传现场照片"), label=_("保存"), back=_url(session))


@require_GET
def photo(request: HttpRequest, photo_id: UUID) -> HttpResponse:
    """A photo of a session."""
    one = queries.get_photo(photo_id, by=me(request))
    return photo_answer(one.file_id, thumb=request.GET.get("size") == "thumb")  # type: ignore[return-value]


@require_POST
def photo_remove(request: HttpRequest, photo_id: UUID) -> HttpResponse:
    """删除现场照片."""
    one = queries.get_photo(photo_id, by=me(request))

    def act() -> str:
        services.remove_photo(one.id, by=me(request))
        return _("照片已删除。")

    return do_and_return(request, act, reverse("learning:study", args=[one.session_id]))


@require_GET
def record_sheet(request: HttpRequest, session_id: UUID) -> HttpResponse:
    """学习记录 on paper."""
    record = queries.record_of(session_id, by=me(request))
    words = {
        "session": record.session, "record": record, "counts": record.counts, "printed_at": clock.now(),
        "photos": [reverse("learning:photo_of_study", args=[one.id]) for one in record.session.photos.all()[:4]],
    }  # fmt: skip
    return render(request, f"{HERE}/record_sheet.html", words)


@require_GET
def record_word(request: HttpRequest, session_id: UUID) -> HttpResponse:
    """学习记录 as a Word paper in the mine's own form; a form that cannot be filled is told on the session's page."""
    record = queries.record_of(session_id, by=me(request))
    try:
        made = paper.record_paper(record)
    except Refused as refusal:
        messages.error(request, str(refusal))
        return redirect(_url(record.session))
    name = f"{record.session.kind.name}记录-{clock.local(record.session.starts_at):%Y-%m-%d}.docx"
    return file_answer(made.content, documents.DOCX, name, to_save=True)
