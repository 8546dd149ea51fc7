"""我的考试: what I have to sit, what I may practise, what came of it."""

from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.core.paginator import Paginator
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from kuangdeng.kernel import clock
from kuangdeng.kernel.errors import NotVisible
from kuangdeng.kernel.web import photo_answer
from kuangdeng.kernel.words import plain
from kuangdeng.learning.exams import queries, registers, rules, sheet
from kuangdeng.learning.exams.belonging import belongings
from kuangdeng.learning.exams.marking import options_seed
from kuangdeng.learning.exams.models import Sitting
from kuangdeng.learning.exams.rules import ENDED, Kind, Sat
from kuangdeng.learning.exams.views.common import HERE
from kuangdeng.learning.items.api import ItemType, ItemVersion, answer_words, key_words, order_of_options
from kuangdeng.learning.standards import api as standards
from kuangdeng.org.api import me


@require_GET
def exams(request: HttpRequest) -> HttpResponse:
    """我的考试."""
    by = me(request)
    page = Paginator(queries.own(by), 30).get_page(request.GET.get("page"))
    book = standards.Rulebook(by.mine_id)
    rows = [_row(one, queries.valid_until(one, book)) for one in page]
    words = {
        "open": [one for one in rows if one["open"]],
        "past": [one for one in rows if not one["open"]],
        "practices": queries.practices(by),
        "page": page,
    }
    return render(request, f"{HERE}/mine.html", words)


def _row(one: Sitting, until: date | None) -> dict[str, Any]:
    is_open = one.exam.is_ready and one.status in (Sat.WAITING, Sat.SITTING)
    return {
        "sitting": one, "exam": one.exam, "opened": one.exam.opens_at <= clock.now(),
        "chip": registers.sat_chip(one), "open": is_open,
        "score": registers.score_words(one) if sees_score(one) else "", "passed": registers.passed_chip(one) if sees_score(one) else "",
        "until": until, "lapsed": until is not None and until < clock.today(),
    }  # fmt: skip


def sees_score(one: Sitting) -> bool:
    """Whether the person may see what he got: at once where the exam says so, else from its publication on."""
    if one.status not in ENDED:
        return False
    return one.exam.is_published or (one.exam.shows_score and one.passed is not None)


def sees_key(one: Sitting) -> bool:
    """Whether he may see the key: after publication; at once in a practice. Never while others still sit the exam."""
    if one.status not in ENDED or not one.exam.shows_key:
        return False
    return one.exam.is_published or one.exam.kind == Kind.PRACTICE


@require_GET
def exam(request: HttpRequest, sitting_id: UUID) -> HttpResponse:
    """One of mine: the button to begin, or what I answered and what was right."""
    by = me(request)
    one = queries.own_sitting(sitting_id, by=by)
    if not one.exam.is_told:
        raise NotVisible
    at = clock.now()
    waits = one.status == Sat.WAITING and one.exam.is_ready
    words = {
        **_row(one, queries.valid_until(one, standards.Rulebook(by.mine_id))),
        "waits": waits,
        "goes_on": one.status == Sat.SITTING,
        "can_begin": waits and not one.held and one.exam.opens_at <= at < one.exam.closes_at and one.exam.by_sign_in,
        "kind": rules.KIND_LABELS[one.exam.kind],
        "belongs": belongings(one.exam, by),
        "lines": answer_lines(one) if sees_key(one) else [],
        "again": one.exam.kind == Kind.PRACTICE and one.status in ENDED and one.exam.is_ready,
    }
    return render(request, f"{HERE}/my_exam.html", words)


def answer_lines(one: Sitting) -> list[dict[str, Any]]:
    """Every line in this person's order: what he answered, what was right, why."""
    assert one.result is not None
    lines = one.result.lines
    names = {line["v"] for line in lines} | {line["k"] for line in lines if line.get("k") not in (None, "all")}
    known = queries.versions_of([UUID(name) for name in names])
    rows: list[dict[str, Any]] = []
    by_hand = any(version.type == ItemType.SHORT_ANSWER for version in known.values())
    remarks = queries.remarks_on(one) if by_hand else {}
    for item in sheet.shown(one):
        line = lines[item["line"]]
        version = known[UUID(line["v"])]
        order = shown_order(one, version)
        key = known.get(UUID(line["k"])) if line.get("k") not in (None, "all") else version
        full = line["s"] is not None and line["s"] == line["m"]
        pictures = reverse("learning:my_exam_picture", args=[one.id, "0" * 64]).removesuffix("0" * 64)
        rows.append({
            "item": item, "score": line["s"] and plain(Decimal(line["s"])), "marks": plain(Decimal(line["m"])),
            "some": bool(line["s"]) and Decimal(line["s"]) > 0, "right": full, "corrected": "k" in line,
            "answer": answer_words(version.content, line["a"], order) if line["a"] else _("没有作答"),
            "key": _("送分") if line.get("k") == "all" else key_words((key or version).content, order),
            "remark": remarks.get(item["line"], ""), "options": item.get("options") if order else [],
            "explanation": version.explanation, "pictures": pictures,
        })  # fmt: skip
    return rows


def shown_order(one: Sitting, version: ItemVersion) -> list[str] | None:
    """The options of an item in the order in which this person saw them, so that letters mean the same again."""
    seed = options_seed(one.exam, one.id, version.id)
    if version.type not in (ItemType.SINGLE, ItemType.MULTIPLE):
        return None
    return order_of_options(version.content, seed) if seed else [row["id"] for row in version.content["options"]]


@require_GET
def picture(request: HttpRequest, sitting_id: UUID, sha256: str) -> FileResponse:
    """A picture of an item on my paper, once I may see it again."""
    one = queries.own_sitting(sitting_id, by=me(request))
    if one.form is None or not sees_key(one) or not sheet.shows_picture(one, sha256):
        raise NotVisible
    return photo_answer(sha256, thumb=False)
