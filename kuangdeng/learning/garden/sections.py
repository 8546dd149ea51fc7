"""The sections that there are: reading notes, loans, the item of the day, research topics."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kuangdeng.learning.bookroom import api as bookroom
from kuangdeng.learning.exams import api as exams
from kuangdeng.learning.garden.providers import Asked, Line, Section, declare_provider
from kuangdeng.learning.practice import api as practice
from kuangdeng.learning.study import api as study
from kuangdeng.learning.topics import api as topics

MOST = 6
FEW = 5
"""Of fewer people everybody on the branch would know who it was."""


def notes(asked: Asked) -> Section | None:
    """读书心得 of the branch's people."""
    rows = bookroom.notes_of_units(asked.unit_ids, asked.first, asked.last, most=MOST)
    return Section(lines=[_note(one) for one in rows], more_url=reverse("learning:reading_notes"))


def _note(one: bookroom.ReadingNote) -> Line:
    book = f"《{one.title.title}》"
    return Line(
        book, nameless=_("%(book)s：%(text)s") % {"book": book, "text": one.text[:60]}, text=one.text, who=one.person.name,
        url=reverse("learning:book", args=[one.title_id]), at=one.written_at, thing_id=one.id,
    )  # fmt: skip


def picked_notes(ids: Sequence[UUID]) -> dict[UUID, Line]:
    """Notes that were picked out, while everybody may read them."""
    return {one.id: _note(one) for one in bookroom.shown_notes(ids)}


def loans(asked: Asked) -> Section | None:
    """借书: how many, by how many, and the branch's place among the units."""
    found = bookroom.reading_of_unit(asked.branch.unit, asked.first)
    if found is None or not found.loans:
        return None
    figures = [(_("本月借书（册）"), str(found.loans)), (_("借书人数"), str(found.readers))]
    if found.rank is not None:
        figures.append((_("人均借书名次"), str(found.rank)))
    lines = [Line(_("借得最多：《%s》") % found.top, nameless=_("借得最多：《%s》") % found.top)] if found.top else []
    return Section(figures, lines, more_url=reverse("learning:popular_books"))


def daily(asked: Asked) -> Section | None:
    """每日一题: how many took part and, of more than a few, how much was right; never who."""
    done, people, right, answers = practice.taken_part(asked.unit_ids, asked.first, asked.last)
    if not answers:
        return None
    figures = [(_("答题人日"), str(done)), (_("答题人数"), str(people))]
    if people >= FEW:
        figures.append((_("正确率"), f"{round(100 * right / answers)}%"))
    return Section(figures, note=_("%(n)d 题次") % {"n": answers})


def research(asked: Asked) -> Section | None:
    """课题: what the branch looks into, and what changed because of it."""
    rows = topics.of_branch(asked.branch, most=MOST)
    return Section(lines=[_topic(one) for one in rows], more_url=reverse("learning:topics"))


def _topic(one: topics.Topic) -> Line:
    state = str(topics.STATUS_LABELS[one.status])
    return Line(
        one.title, nameless=_("课题%(state)s：%(title)s") % {"state": state, "title": one.title},
        text=one.changed or one.summary or state, who=one.leader.name, url=reverse("learning:topic", args=[one.id]),
        at=one.status_since, thing_id=one.id,
    )  # fmt: skip


def picked_topics(ids: Sequence[UUID]) -> dict[UUID, Line]:
    """Topics that were picked out, while everybody may see them."""
    return {one.id: _topic(one) for one in topics.shown_topics(ids)}


def sessions(asked: Asked) -> Section | None:
    """学习活动 that the branch's units held, and how many came."""
    rows = study.held_by(asked.unit_ids, asked.first, asked.last, most=MOST)
    return Section(lines=[_session(one) for one in rows], more_url=reverse("learning:studies"))


def _session(one: Any) -> Line:
    text = _("应到 %(expected)d 人，实到 %(there)d 人") % {"expected": one.expected, "there": one.there}
    return Line(
        one.title, nameless=f"{one.kind.name}：{one.title}", text=text, who=one.kind.name,
        url=reverse("learning:study", args=[one.id]), at=one.starts_at,
    )  # fmt: skip


def sat_words(people: int, passed: int) -> str:
    """How many sat and passed; of a few only that they sat."""
    if people < FEW:
        return _("%d 人参加") % people
    return _("%(people)d 人参加，%(passed)d 人合格") % {"people": people, "passed": passed}


def exams_sat(asked: Asked) -> Section | None:
    """考试: how many of the branch sat and passed; never who."""
    rows = exams.taken_by(asked.unit_ids, asked.first, asked.last, most=MOST)
    lines = []
    for one in rows:
        text = sat_words(one.people, one.passed)
        lines.append(Line(one.exam.title, nameless=f"{one.exam.title}：{text}", text=text, at=one.exam.published_at))
    return Section(lines=lines)


def declare() -> None:
    """Hang them up, in the order of the page."""
    declare_provider("note", gettext_lazy("读书心得"), notes, picked_notes)
    declare_provider("topic", gettext_lazy("课题调研"), research, picked_topics)
    declare_provider("study", gettext_lazy("学习活动"), sessions)
    declare_provider("exams", gettext_lazy("考试"), exams_sat)
    declare_provider("loans", gettext_lazy("借书"), loans)
    declare_provider("daily", gettext_lazy("每日一题"), daily)
