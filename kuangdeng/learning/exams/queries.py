"""Reading the exams: papers, who sits what, the page of a sitting, the hall."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.contrib.postgres.fields.array import ArrayContains  # type: ignore[attr-defined]
from django.db import connection
from django.db.models import Count, Max, Min, OuterRef, Q, QuerySet, Subquery

from kuangdeng.kernel.clock import local, now
from kuangdeng.kernel.errors import NotVisible
from kuangdeng.kernel.gathering import Part, lines
from kuangdeng.kernel.rows import one_of
from kuangdeng.learning.exams.models import AnswerGiven, Asked, Exam, ExamForm, HandMark, Paper, Sitting, SittingLog
from kuangdeng.learning.exams.rules import ENDED, GRACE, Kind, PaperStatus, Sat, Status
from kuangdeng.learning.items.api import ItemVersion, versions
from kuangdeng.learning.standards import api as standards
from kuangdeng.org.api import Person, Unit, has_power

ENOUGH = 30
"""From so many answers on the measured ease of an item is believed."""
DRAWN_AT_ONCE = 20_000
"""So many lines of papers are drawn while the person waits; more by the worker."""

# Versions do not change, so a process keeps those that are being asked -----------------------------------------------

_kept: dict[UUID, ItemVersion] = {}
MOST_KEPT = 3000


def versions_of(ids: Iterable[UUID]) -> dict[UUID, ItemVersion]:
    """These versions; each is read once per process, for what was written never changes."""
    wanted = list(ids)
    missing = [one for one in wanted if one not in _kept]
    if missing:
        if len(_kept) > MOST_KEPT:
            _kept.clear()
            missing = wanted
        _kept.update(versions(missing))
    return {one: _kept[one] for one in wanted}


# Papers ---------------------------------------------------------------------------------------------------------------


def papers(person: Person) -> QuerySet[Paper]:
    """The papers of the mine, for who puts papers together or arranges exams."""
    rows = Paper.objects.filter(mine_id=person.mine_id)
    return rows if has_power(person, "exam.write_paper") else rows.none()


def get_paper(paper_id: UUID, *, by: Person) -> Paper:
    """One paper. NotVisible for who may not see papers: they hold what will be asked."""
    found = one_of(papers(by).select_related("author").filter(id=paper_id))
    if found is None:
        raise NotVisible
    return found


def ready_papers(person: Person) -> QuerySet[Paper]:
    """The settled papers of the mine, the last first: an exam takes one of them."""
    return papers(person).filter(status=PaperStatus.READY).order_by("-changed_at")


# Exams ----------------------------------------------------------------------------------------------------------------


def visible(person: Person) -> QuerySet[Exam]:
    """The exams that this person may look at as a whole; his own sittings are another matter."""
    rows = Exam.objects.filter(mine_id=person.mine_id)
    return rows if has_power(person, "exam.see") else rows.none()


def get_exam(exam_id: UUID, *, by: Person) -> Exam:
    """One exam with its paper, and the `lowest` and `highest` expected score of its drawn forms. NotVisible for who may not see exams."""
    forms = ExamForm.objects.filter(exam=OuterRef("id")).order_by()
    rows = visible(by).select_related("paper", "unit", "makeup_of", "created_by").annotate(
        lowest=Subquery(forms.values("exam").annotate(one=Min("expected")).values("one")),
        highest=Subquery(forms.values("exam").annotate(one=Max("expected")).values("one")),
    )  # fmt: skip
    found = one_of(rows.filter(id=exam_id))
    if found is None:
        raise NotVisible
    return found


def is_mass(exam: Exam) -> bool:
    """Whether drawing its papers takes longer than a person should wait for a page."""
    return exam.per_person and exam.sittings.count() * exam.paper.items_count > DRAWN_AT_ONCE


def with_counts(rows: QuerySet[Exam]) -> QuerySet[Exam]:
    """Exams, each with how many are on the list, have begun, have ended, have passed."""
    return rows.annotate(
        listed=Count("sittings"),
        begun=Count("sittings", filter=~Q(sittings__status=Sat.WAITING)),
        ended=Count("sittings", filter=Q(sittings__status__in=ENDED)),
        passes=Count("sittings", filter=Q(sittings__passed=True)),
    )


def running(mine_id: UUID | None = None) -> QuerySet[Exam]:
    """Exams with their papers drawn that are neither closed nor called off."""
    rows = Exam.objects.filter(status=Status.DRAWN)
    return rows.filter(mine_id=mine_id) if mine_id else rows


def to_close(at: datetime) -> list[UUID]:
    """Exams whose time and grace are over and in which nobody sits any more."""
    rows = running().filter(closes_at__lt=at - GRACE).exclude(kind__in=[Kind.ON_PAPER])
    return list(rows.exclude(sittings__status=Sat.SITTING).values_list("id", flat=True))


def measured_ease(mine_id: UUID) -> dict[UUID, float]:
    """The share of the mark that people really got of each item, over the last two years; items asked often enough."""
    with connection.cursor() as cursor:
        cursor.execute(
            """SELECT v.item_id, avg((l->>'s')::float / (l->>'m')::float)
               FROM learning_sitting s JOIN learning_exam e ON e.id = s.exam_id
               JOIN learning_result r ON r.id = s.result_id
               CROSS JOIN LATERAL jsonb_array_elements(r.lines) l
               JOIN learning_itemversion v ON v.id = (l->>'v')::uuid
               WHERE e.mine_id = %s AND s.passed IS NOT NULL AND s.ended_at > %s AND l->>'s' IS NOT NULL
               GROUP BY v.item_id HAVING count(*) >= %s""",
            [mine_id, now() - timedelta(days=730), ENOUGH],
        )
        return dict(cursor.fetchall())


def forms_that_asked(version_id: UUID) -> QuerySet[ExamForm]:
    """Every form on which this version stands, by index: one among hundreds of thousands."""
    return ExamForm.objects.filter(ArrayContains(Asked("lines"), [version_id]))


def items_met(makeup: Exam) -> dict[UUID, set[UUID]]:
    """Person → the items that stood on his paper in the exam that is made up here, and in its make-ups before this."""
    if makeup.makeup_of_id is None:
        return {}
    before = Q(exam=makeup.makeup_of_id) | Q(exam__makeup_of=makeup.makeup_of_id) & ~Q(exam=makeup.id)
    rows = list(Sitting.objects.filter(before, form__isnull=False).values_list("person_id", "form_id"))
    forms = {one.id: one for one in ExamForm.objects.filter(before)}
    names = {UUID(line[0]) for form in forms.values() for line in form.lines}
    items = dict(ItemVersion.objects.filter(id__in=names).values_list("id", "item_id"))
    met = {form.id: {items[UUID(line[0])] for line in form.lines} for form in forms.values()}
    found: dict[UUID, set[UUID]] = {}
    for person, form in rows:
        found.setdefault(person, set()).update(met.get(form, ()))
    return found


# Sittings -------------------------------------------------------------------------------------------------------------

_RELATED = ("exam__unit", "exam__makeup_of", "person__unit", "form", "unit__parent", "result")


def sittings(exam: Exam) -> QuerySet[Sitting]:
    """The list of an exam (应考名单)."""
    return Sitting.objects.filter(exam=exam).select_related("person", "unit__parent", "form")


def states(exam: Exam) -> dict[str, int]:
    """How many stand in which state."""
    rows = Sitting.objects.filter(exam=exam).order_by().values_list("status").annotate(n=Count("id"))
    return dict(rows)


def drawn_people(exam: Exam) -> list[Person]:
    """Whom the last lot drew, in the order of the draw."""
    ids = [UUID(one) for one in (exam.drawing or {}).get("drawn", [])]
    rows = Person.objects.filter(mine_id=exam.mine_id).select_related("unit__parent").in_bulk(ids)
    return [rows[one] for one in ids if one in rows]


def for_print(exam: Exam) -> list[Sitting]:
    """The sheets of a paper exam that are still to be written on, by unit and name."""
    rows = sittings(exam).filter(status=Sat.WAITING)
    return list(rows.order_by("unit__position", "unit__name", "person__pinyin", "person__number"))


def next_sheet(sitting: Sitting) -> UUID | None:
    """The next sheet of the same exam that is not entered yet, in the order in which they were printed."""
    rows = Sitting.objects.filter(exam=sitting.exam_id, status=Sat.WAITING)
    order = ("unit__position", "unit__name", "person__pinyin", "person__number")
    return rows.order_by(*order).values_list("id", flat=True).first()


def may_still_come(exam: Exam, waiting: int) -> int:
    """How many of the `waiting` may still begin: nobody after the end or on paper; past the time for who is late
    only whom an invigilator let in."""
    at = now()
    if not waiting or exam.kind == Kind.ON_PAPER or at >= exam.closes_at:
        return 0
    if at <= exam.times.last_start():
        return waiting
    return Sitting.objects.filter(exam=exam, status=Sat.WAITING, late_ok=True).count()


def get_sitting(sitting_id: UUID, *, by: Person) -> Sitting:
    """One sitting, for who invigilates or sees exams. NotVisible for others, himself too: his is `own_sitting`."""
    rows = Sitting.objects.select_related(*_RELATED).filter(id=sitting_id, exam__mine_id=by.mine_id)
    found = one_of(rows)
    if found is None or not has_power(by, "exam.see"):
        raise NotVisible
    return found


def own_sitting(sitting_id: UUID, *, by: Person) -> Sitting:
    """One's own sitting. NotVisible for anybody else's."""
    found = one_of(Sitting.objects.select_related(*_RELATED).filter(id=sitting_id, person=by))
    if found is None:
        raise NotVisible
    return found


def sitting_at(sitting_id: UUID) -> Sitting | None:
    """The sitting to which a page's own pass belongs (考场电脑), with all that its page needs while one sits."""
    return one_of(Sitting.objects.select_related("exam", "person", "unit", "form", "pulse").filter(id=sitting_id))


def sitter(sitting_id: UUID) -> Person | None:
    """Whose sitting it is."""
    return one_of(Person.objects.filter(sittings=sitting_id))


def own(person: Person) -> QuerySet[Sitting]:
    """All that this person sits or has sat, the last first; what is still being prepared is not announced yet."""
    rows = Sitting.objects.filter(person=person).exclude(exam__status__in=[Status.DRAFTED, Status.CANCELLED])
    return rows.select_related("exam__makeup_of", "result").order_by("-exam__opens_at", "-id")


def practices(person: Person) -> list[Exam]:
    """Practices that are open to everybody now."""
    at = now()
    rows = running(person.mine_id).filter(kind=Kind.PRACTICE, opens_at__lte=at, closes_at__gt=at)
    return list(rows.select_related("paper").order_by("title"))


def waiting_rows(person: Person) -> list[Part]:
    """What this person has to sit within the next days, or is sitting (see learning.waiting)."""
    at = now()
    rows = Sitting.objects.filter(
        person=person, status__in=[Sat.WAITING, Sat.SITTING], held=False, exam__status=Status.DRAWN,
        exam__closes_at__gt=at, exam__opens_at__lt=at + timedelta(days=7),
    ).exclude(exam__kind=Kind.ON_PAPER)  # fmt: skip
    return [lines(rows, "sit", title="exam__title", at="exam__opens_at", number="exam__minutes")]


def valid_until(sitting: Sitting, rules: standards.Rulebook) -> date | None:
    """Until which day a passed result can be relied on (成绩有效期), by the training rules of the day of the exam.

    That is said of the exams of classes and their make-ups; of the others, and before they are published, None. The
    sitting comes with its exam and the one that it makes up.
    """
    exam = sitting.exam
    if not sitting.passed or not exam.is_published or (exam.makeup_of or exam).kind != Kind.CLASS:
        return None
    day = local(exam.opens_at).date()
    return standards.months_later(day, int(rules.on("exam.valid_months", day)))


def results_to_rely_on(person: Person) -> list[tuple[Sitting, date]]:
    """The results that a person passed in the exams of classes, each with until when it counts, the last first."""
    rows = Sitting.objects.filter(person=person, passed=True, exam__status=Status.PUBLISHED, status__in=ENDED)
    book = standards.Rulebook(person.mine_id)
    dated = [
        (one, valid_until(one, book)) for one in rows.select_related("exam__makeup_of").order_by("-exam__opens_at")
    ]
    return [(one, day) for one, day in dated if day is not None]


@dataclass(frozen=True)
class Taken:
    """One published exam as these units sat it; no names."""

    exam: Exam
    people: int
    passed: int


def taken_by(unit_ids: Collection[UUID], first: date, last: date, *, most: int) -> list[Taken]:
    """Exams whose results came out in these days and in which people of these units sat, the last first."""
    rows = Exam.objects.filter(status=Status.PUBLISHED, published_at__date__gte=first, published_at__date__lte=last)
    of_units = Q(sittings__unit_id__in=list(unit_ids), sittings__status__in=ENDED)
    counted = rows.annotate(people=Count("sittings", filter=of_units),
                            passes=Count("sittings", filter=of_units & Q(sittings__passed=True)))  # fmt: skip
    found = counted.filter(people__gt=0).order_by("-published_at")[:most]
    return [Taken(one, one.people, one.passes) for one in found]


@dataclass(frozen=True)
class Mistake:
    """What somebody got wrong in an exam whose results are out; `known_at` is since when he may know it."""

    sitting_id: UUID
    line: int
    version_id: UUID
    answer: dict[str, Any]
    exam: str
    known_at: datetime


def mistakes_of(person: Person, after: datetime | None) -> list[Mistake]:
    """Lines without their full mark in exams that were published after `after`, and in practices."""
    ended = Q(exam__status=Status.PUBLISHED) | Q(exam__kind=Kind.PRACTICE)
    rows = Sitting.objects.filter(ended, person=person, status__in=ENDED).select_related("exam", "result")
    if after is not None:
        rows = rows.filter(Q(exam__published_at__gt=after) | Q(exam__kind=Kind.PRACTICE, ended_at__gt=after))
    found = []
    for one in rows.order_by("ended_at"):
        known = one.ended_at if one.exam.kind == Kind.PRACTICE else one.exam.published_at
        for number, line in enumerate(one.result.lines if one.result else []):
            if line["s"] is not None and line["s"] != line["m"] and "k" not in line and known is not None:
                found.append(Mistake(one.id, number, UUID(line["v"]), line["a"] or {}, one.exam.title, known))
    return found


def at_door(mine_id: UUID | None, code: str, number: str) -> Sitting | None:
    """Whose sitting opens with this hall's code and employee number (考场码、工号); None when nothing fits."""
    rows = Sitting.objects.select_related("exam", "person__unit").filter(
        exam__status=Status.DRAWN, exam__by_code=True, exam__code=code, person__number=number, person__is_active=True
    )
    rows = rows.only(
        "status", "ends_at", "exam__title", "exam__opens_at", "exam__minutes", "exam__note", "person__number",
        "person__name", "person__mine_id", "person__unit__name",
    )  # fmt: skip
    if mine_id:
        rows = rows.filter(exam__mine_id=mine_id)
    return one_of(rows.exclude(status=Sat.VOID)) if code and number else None


def answers_of(sitting: Sitting) -> dict[int, Any]:
    """What counts: for each line the answer given last, in the names shown."""
    rows = AnswerGiven.objects.filter(sitting=sitting)
    held_back = Q(late=True)
    if sitting.late_counts and sitting.ended_at is not None:
        held_back &= Q(at__gt=sitting.ended_at)
    found = rows.exclude(held_back).order_by("at", "id").values_list("line", "answer")
    return dict(found)


def late_answers(sitting: Sitting) -> QuerySet[AnswerGiven]:
    """Answers that were given before the cut-off and came in too late to count by themselves."""
    return AnswerGiven.objects.filter(sitting=sitting, late=True, at__lte=sitting.ended_at)


def overdue(at: datetime) -> list[tuple[UUID, UUID]]:
    """Sittings whose time is out, with their mines."""
    rows = Sitting.objects.filter(status=Sat.SITTING, ends_at__lt=at)
    return list(rows.order_by("ends_at").values_list("id", "exam__mine_id"))


def log_of(sitting: Sitting) -> list[SittingLog]:
    """The integrity log of one sitting, in order."""
    return list(sitting.log.select_related("by"))


# The hall -------------------------------------------------------------------------------------------------------------

SILENT = timedelta(seconds=90)
"""A page that nobody has heard of for so long is taken for cut off."""


def hall(exam: Exam) -> list[Sitting]:
    """Everybody on the list with his pulse and what the log has counted, for the invigilator's page."""
    rows = sittings(exam).select_related("person", "unit", "pulse", "result")
    return list(
        rows.annotate(
            left_times=Count("log", filter=Q(log__kind="left"), distinct=True),
            devices=Count("log", filter=Q(log__kind="second_device"), distinct=True),
        ).order_by("unit__position", "unit__name", "person__pinyin", "person__number")
    )


def answered(sitting_ids: Sequence[UUID]) -> dict[UUID, int]:
    """How many lines each has answered so far."""
    rows = AnswerGiven.objects.filter(sitting_id__in=sitting_ids, late=False).order_by()
    found = rows.values("sitting_id").annotate(lines=Count("line", distinct=True))
    return {row["sitting_id"]: row["lines"] for row in found}


def to_mark(person: Person) -> QuerySet[Sitting]:
    """Sittings with short answers that wait for a reader, not his own."""
    if not has_power(person, "exam.mark"):
        return Sitting.objects.none()
    rows = Sitting.objects.filter(exam__mine_id=person.mine_id, status__in=ENDED, result__final=False)
    return rows.exclude(person=person).select_related("exam", "person", "result")


def unread(exam: Exam) -> int:
    """How many sheets wait for a reader; one that was declared void is read by nobody."""
    return exam.sittings.filter(status__in=ENDED, result__final=False).count()


def read_by_hand(person: Person) -> QuerySet[HandMark]:
    """What readers gave for answers of exams that are not published yet: till then it can be put right. Not his own."""
    if not has_power(person, "exam.mark"):
        return HandMark.objects.none()
    rows = HandMark.objects.filter(sitting__exam__mine_id=person.mine_id, sitting__status__in=ENDED)
    return rows.exclude(sitting__exam__status=Status.PUBLISHED).exclude(sitting__person=person)


def remarks_on(sitting: Sitting) -> dict[int, str]:
    """What readers wrote beside the answers of a sitting, by line; the last word counts."""
    return dict(HandMark.objects.filter(sitting=sitting).order_by("id").values_list("line", "remark"))


def known_trades(person: Person) -> list[str]:
    """The trades of the mine's people, for drawing by trade."""
    rows = Person.objects.filter(mine_id=person.mine_id, is_active=True).exclude(trade="")
    return list(rows.order_by("trade").values_list("trade", flat=True).distinct())


def known_units(person: Person) -> tuple[list[tuple[str, str]], list[tuple[str, list[tuple[str, str]]]]]:
    """The mine's open units to choose from, and its teams under their units; one statement."""
    rows = Unit.objects.filter(mine_id=person.mine_id, closed_on=None).order_by("position", "name")
    units, teams = [], defaultdict(list)
    for key, name, kind, above in rows.values_list("id", "name", "kind", "parent__name"):
        if kind == Unit.Kind.TEAM:
            teams[above or ""].append((str(key), name))
        else:
            units.append((str(key), name))
    return units, list(teams.items())
