"""一人一档 and 一期一档: to read, to print, as a spreadsheet; what is entered by hand, and the scanned papers."""

from base64 import b64encode
from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from kuangdeng.kernel.edit_views import do_and_return, edit_page
from kuangdeng.kernel.files import content_of
from kuangdeng.kernel.paper import PHOTO
from kuangdeng.kernel.views import register_page
from kuangdeng.learning.files import forms, queries, registers, rules, services, sheets
from kuangdeng.learning.forms import ReasonForm
from kuangdeng.learning.views import file_answer, paper, xlsx_answer
from kuangdeng.org.api import has_power, me, need_power

HERE = "learning/files"
MOST_BYTES = 20 * 1024 * 1024 + 1


@require_GET
def files(request: HttpRequest) -> HttpResponse:
    """一人一档 of those whom he reaches."""
    by = me(request)
    need_power(by, "file.see")
    return register_page(
        request,
        registers.files(by),
        queries.people(by),
        template="learning/classes/register.html",
        context={"tabs": []},
    )


@require_GET
def person_file(request: HttpRequest, person_id: UUID) -> HttpResponse:
    """One person's file in the order of the paper, what is missing first."""
    by = me(request)
    person = queries.get_person(person_id, by=by)
    file = queries.person_file(person)
    back = (
        reverse("learning:my_training")
        if person.id == by.id and not has_power(by, "file.see")
        else reverse("learning:training_files")
    )
    words = {
        "file": file, "person": person, "back": back, "photo": _picture(file), "kept": queries.kept_until(file),
        "education": rules.EDUCATION.get(file.record.education, "") if file.record.education else "",
        "sections": [(label, file.lines[kind]) for kind, label in rules.LINE_LABELS.items()],
        "keeps": has_power(by, "file.keep"),
    }  # fmt: skip
    return paper(request, f"{HERE}/person_file.html", words, f"{_('一人一档')}-{person.number}-{person.name}")


def _picture(file: queries.PersonFile) -> str:
    """The photo within the page itself, so that paper and PDF show it."""
    content = content_of(file.photo.file_id) if file.photo is not None else None
    return f"{PHOTO}{b64encode(content).decode()}" if content else ""


@require_GET
def person_xlsx(request: HttpRequest, person_id: UUID) -> HttpResponse:
    """The same as a spreadsheet."""
    person = queries.get_person(person_id, by=me(request))
    return xlsx_answer(
        sheets.person_xlsx(queries.person_file(person)), f"{_('一人一档')}-{person.number}-{person.name}"
    )


@require_http_methods(["GET", "POST"])
def person_record(request: HttpRequest, person_id: UUID) -> HttpResponse:
    """登记表: the first page of the file, and the lines that are entered by hand."""
    by = me(request)
    need_power(by, "file.keep")
    person = queries.get_person(person_id, by=by)

    def act(_data: dict[str, Any]) -> str:
        services.save_record(person.id, data=form.data_of(), by=by)
        return _("登记表已保存。")

    form = forms.RecordForm(request.POST or None, initial=forms.RecordForm.initial_of(queries.record_of(person)))
    words = {"person": person, "lines": queries.lines_of(person)}
    back = reverse("learning:person_file", args=[person.id])
    title = _("登记表：%s") % person.name
    return edit_page(
        request,
        form,
        act,
        title=title,
        label=_("保存登记表"),
        back=back,
        template=f"{HERE}/person_record.html",
        context=words,
    )


@require_http_methods(["GET", "POST"])
def line_new(request: HttpRequest, person_id: UUID) -> HttpResponse:
    """补记一条."""
    by = me(request)
    need_power(by, "file.keep")
    person = queries.get_person(person_id, by=by)

    def act(data: dict[str, Any]) -> str:
        services.add_line(person.id, **data, by=by)
        return _("已补记。")

    form = forms.LineForm(request.POST or None)
    back = reverse("learning:person_record", args=[person.id])
    return edit_page(request, form, act, title=_("补记：%s") % person.name, label=_("补记"), back=back)


@require_http_methods(["GET", "POST"])
def line_strike(request: HttpRequest, line_id: UUID) -> HttpResponse:
    """划去一条."""
    by = me(request)
    row = queries.get_line(line_id, by=by)

    def act(data: dict[str, Any]) -> str:
        services.strike_line(row.id, reason=data["reason"], by=by)
        return _("已划去，原因留在系统里。")

    back = reverse("learning:person_record", args=[row.person_id])
    return edit_page(
        request, ReasonForm(request.POST or None), act, title=_("划去：%s") % row.text, label=_("划去"), back=back
    )


@require_http_methods(["GET", "POST"])
def person_papers(request: HttpRequest, person_id: UUID) -> HttpResponse:
    """扫描件 of a person."""
    by = me(request)
    person = queries.get_person(person_id, by=by)
    need_power(by, "file.keep")
    form = forms.PaperForm(request.POST or None, request.FILES or None, kinds=rules.PAPER_LABELS)

    def act(data: dict[str, Any]) -> str:
        file = data["file"]
        services.add_paper(person.id, kind=data["kind"], name=file.name or "", content=file.read(MOST_BYTES), by=by)
        return _("已放入档案。")

    page = reverse("learning:person_file", args=[person.id])
    papers = queries.papers_of(person)
    return _papers(request, form, act, person.name, papers, "learning:record_paper", page)


def _papers(
    request: HttpRequest, form: forms.PaperForm, act: Callable[[dict[str, Any]], str], whose: str, papers: list[Any],
    paper_url: str, file_url: str,
) -> HttpResponse:  # fmt: skip
    """The papers that are in a file, and one more."""
    words = {"papers": papers, "paper_url": paper_url, "drop_url": f"{paper_url}_drop"}
    back = request.path if request.method == "POST" else file_url
    return edit_page(
        request, form, act, title=_("扫描件：%s") % whose, label=_("放入"), back=back, template=f"{HERE}/papers.html",
        context=words,
    )  # fmt: skip


@require_GET
def record_paper(request: HttpRequest, paper_id: UUID) -> HttpResponse:
    """One scanned paper of a person."""
    row = queries.get_paper(paper_id, by=me(request))
    return file_answer(content_of(row.file_id), row.file.kind, row.name)


@require_POST
def record_paper_drop(request: HttpRequest, paper_id: UUID) -> HttpResponse:
    """取出扫描件."""
    by = me(request)
    row = queries.get_paper(paper_id, by=by)

    def act() -> str:
        services.drop_paper(row.id, by=by)
        return _("已取出。")

    return do_and_return(request, act, reverse("learning:person_papers", args=[row.person_id]))


# Classes ----------------------------------------------------------------------------------------------------------------


@require_GET
def class_file(request: HttpRequest, class_id: UUID) -> HttpResponse:
    """The file of a class in the order of the paper, what is missing first."""
    by = me(request)
    one = queries.get_class(class_id, by=by)
    words = {
        "file": queries.class_file(one),
        "one": one,
        "back": reverse("learning:training_class", args=[one.id]),
        "keeps": has_power(by, "file.keep"),
    }
    return paper(request, f"{HERE}/class_file.html", words, f"{_('一期一档')}-{one.code}")


@require_GET
def class_xlsx(request: HttpRequest, class_id: UUID) -> HttpResponse:
    """The same as a spreadsheet."""
    one = queries.get_class(class_id, by=me(request))
    return xlsx_answer(sheets.class_xlsx(queries.class_file(one)), f"{_('一期一档')}-{one.code}")


@require_http_methods(["GET", "POST"])
def class_papers(request: HttpRequest, class_id: UUID) -> HttpResponse:
    """扫描件 of a class."""
    by = me(request)
    need_power(by, "file.keep")
    one = queries.get_class(class_id, by=by)
    form = forms.PaperForm(request.POST or None, request.FILES or None, kinds=rules.CLASS_PAPER_LABELS)

    def act(data: dict[str, Any]) -> str:
        file = data["file"]
        services.add_class_paper(one.id, kind=data["kind"], name=file.name or "", content=file.read(MOST_BYTES), by=by)
        return _("已放入档案。")

    page = reverse("learning:class_file", args=[one.id])
    return _papers(request, form, act, one.title, queries.class_papers(one), "learning:class_paper", page)


@require_GET
def class_paper(request: HttpRequest, paper_id: UUID) -> HttpResponse:
    """One scanned paper of a class."""
    row = queries.get_class_paper(paper_id, by=me(request))
    return file_answer(content_of(row.file_id), row.file.kind, row.name)


@require_POST
def class_paper_drop(request: HttpRequest, paper_id: UUID) -> HttpResponse:
    """取出扫描件."""
    by = me(request)
    row = queries.get_class_paper(paper_id, by=by)

    def act() -> str:
        services.drop_class_paper(row.id, by=by)
        return _("已取出。")

    return do_and_return(request, act, reverse("learning:class_papers", args=[row.training_class_id]))
