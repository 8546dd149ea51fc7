"""Reading the certificates: who holds what until when, who needs one, who may not go underground and why."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce, NullIf

from kuangdeng.kernel import clock
from kuangdeng.kernel.errors import NotVisible
from kuangdeng.kernel.gathering import Part, lines
from kuangdeng.kernel.rows import one_of
from kuangdeng.kernel.search import fold
from kuangdeng.learning.certificates import wording
from kuangdeng.learning.certificates.models import (
    BarredList,
    Certificate,
    CertificateReminder,
    CertificateStep,
    CertificateType,
    SurfaceTrade,
)
from kuangdeng.learning.certificates.rules import Reason, Status, holds_on, month_end, reminder_due
from kuangdeng.learning.certificates.wording import OwedExam
from kuangdeng.learning.classes import api as classes
from kuangdeng.learning.exams import api as exams
from kuangdeng.learning.standards import api as standards
from kuangdeng.learning.talks import api as talks
from kuangdeng.org.api import ImportRun, Person, Unit, below, has_power, reach

KIND = "certificates"


def types(by: Person) -> list[CertificateType]:
    """Every kind of certificate of the mine."""
    return list(CertificateType.objects.filter(mine_id=by.mine_id))


def types_in_use(mine_id: UUID) -> list[CertificateType]:
    """The kinds that may be issued."""
    return list(CertificateType.objects.filter(mine_id=mine_id, in_use=True))


def get_type(type_id: UUID, *, by: Person) -> CertificateType:
    """One kind. NotVisible when the mine has none like it."""
    found = one_of(CertificateType.objects.filter(id=type_id, mine_id=by.mine_id))
    if found is None:
        raise NotVisible
    return found


def certificates(by: Person) -> QuerySet[Certificate]:
    """The certificates that he may see: those of his units' people, or of the whole mine."""
    rows = Certificate.objects.filter(mine_id=by.mine_id)
    limits = reach(by, "cert.see")
    return rows if limits is None else rows.filter(person__unit_id__in=limits)


def certificate_rows(rows: QuerySet[Certificate]) -> QuerySet[Certificate]:
    """What a page of certificates shows."""
    return rows.select_related("person__unit__parent", "type")


def get_certificate(certificate_id: UUID, *, by: Person) -> Certificate:
    """One certificate, of somebody he reaches or his own. NotVisible otherwise."""
    rows = Certificate.objects.select_related("person__unit__parent", "type")
    found = one_of(rows.filter(id=certificate_id, mine_id=by.mine_id))
    if found is None:
        raise NotVisible
    if found.person_id != by.id and not certificates(by).filter(id=found.id).exists():
        raise NotVisible
    return found


def history_of(one: Certificate) -> list[CertificateStep]:
    """What happened to a certificate, the last first."""
    return list(one.steps.select_related("by"))


def of_person(person: Person) -> list[Certificate]:
    """The certificates of one person, those that hold first."""
    rows = Certificate.objects.filter(person=person).select_related("type")
    return sorted(rows, key=lambda one: (one.status != Status.HELD, one.valid_until), reverse=False)


@dataclass(frozen=True)
class DueReminder:
    """A reminder that has come and was not told."""

    certificate_id: UUID
    due_on: date
    step: int


def notice_days(mine_id: UUID) -> tuple[int, ...]:
    """How many days before it is due a reminder comes: the first, the second, the last."""
    numbers = standards.numbers_on(mine_id)
    return tuple(int(numbers[key]) for key in ("notice.first", "notice.second", "notice.last"))


def reminders_due(mine_id: UUID) -> list[DueReminder]:
    """Every reminder (90, 60, 30 days, run out) that has come for a certificate and was not told yet."""
    steps, today = notice_days(mine_id), clock.today()
    last = today + timedelta(days=max(steps))
    near = Q(valid_until__lte=last) | Q(review_by__lte=last)
    rows = Certificate.objects.filter(near, mine_id=mine_id, status=Status.HELD, person__is_active=True)
    told = set(
        CertificateReminder.objects.filter(certificate__mine_id=mine_id).values_list("certificate_id", "due_on", "step")
    )
    found = []
    for one in rows:
        for due in {one.valid_until, one.review_by} - {None}:
            assert due is not None
            step = reminder_due(due, today, steps)
            if step is not None and (one.id, due, step) not in told:
                found.append(DueReminder(one.id, due, step))
    return found


# Who may not go underground ---------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Why:
    """One reason, with the day from which it holds and what to look at: the certificate, the class or the hours."""

    code: str
    text: str
    kind: str = ""
    ref: str = ""


@dataclass
class Barred:
    """Somebody who may not go underground in a month."""

    person: Person
    reasons: list[Why] = field(default_factory=list)


def trade_key(text: str) -> str:
    """One spelling of a trade or a post."""
    return fold(text).replace(" ", "")


Put = Callable[[Person, Why], None]


@dataclass(frozen=True)
class BarredMonth:
    """Who may not go underground in a month; apart, who would be on the list but works only on the surface."""

    rows: list[Barred]
    surface: list[Barred]


def _made_up(path: str = "exam__") -> Coalesce:
    """The exam with which it began: the one that a make-up makes up, else the exam itself."""
    return Coalesce(f"{path}makeup_of_id", f"{path}id")


def owed_by_exams(mine_id: UUID) -> list[OwedExam]:
    """Who failed a published exam of a class and has neither passed its make-up nor was trained again since.

    Counted once, by the exam in which it began; an exam that was no class's and no make-up bars nobody. Who never came
    has not failed. One statement.
    """
    of_class = Q(exam__kind=exams.Kind.CLASS) | Q(exam__class_link__isnull=False)
    alone = Q(exam__kind=exams.Kind.MAKEUP, exam__makeup_of__class_link=None)
    alone &= ~Q(exam__makeup_of__kind=exams.Kind.CLASS)
    same = exams.Sitting.objects.filter(person=OuterRef("person"), passed=True, exam__status=exams.Status.PUBLISHED)
    through = same.filter(Q(exam=OuterRef("exam")) | Q(exam__makeup_of=OuterRef("began")))
    cases = talks.Talk.objects.annotate(began=_made_up()).filter(began=OuterRef("began"), person=OuterRef("person"))
    rows: QuerySet[Any] = exams.Sitting.objects.filter(
        of_class | alone, exam__mine_id=mine_id, exam__status=exams.Status.PUBLISHED, status__in=exams.ENDED, passed=False,
        person__is_active=True,
    )  # fmt: skip
    rows = rows.annotate(began=_made_up(), class_id=F("exam__class_link__training_class_id"))
    rows = rows.annotate(through=Exists(through), case=Subquery(cases.order_by("-exam__opens_at").values("status")[:1]))
    rows = rows.filter(Q(case=None) | ~Q(case=talks.Status.DONE), through=False)
    rows = rows.select_related("person__unit__parent", "exam").order_by("exam__opens_at", "id")
    found: dict[tuple[UUID, UUID], OwedExam] = {}
    for row in rows:
        owed = OwedExam(
            row.person, row.exam_id, row.exam.title, clock.local(row.exam.opens_at).date(),
            row.class_id, row.case == talks.Status.RETRAINING,
        )  # fmt: skip
        found.setdefault((row.person_id, row.began), owed)
    return list(found.values())


def barred(by: Person, month: date) -> BarredMonth:
    """Everybody within his reach who may not go underground in the month that begins on this day, with each reason.

    Who works only on the surface stands apart. The number of statements does not depend on the number of people.
    """
    found: dict[UUID, Barred] = {}

    def put(person: Person, why: Why) -> None:
        found.setdefault(person.id, Barred(person)).reasons.append(why)

    _by_certificates(by.mine_id, month, put)
    _by_training(by.mine_id, month, put)
    for owed in owed_by_exams(by.mine_id):
        kind, ref = ("class", owed.class_id) if owed.class_id else ("exam", owed.exam_id)
        put(owed.person, Why(Reason.EXAM, wording.exam(owed), kind, str(ref)))
    limits = reach(by, "cert.see")
    known = None if limits is None else set(limits)
    rows = [one for one in found.values() if known is None or one.person.unit_id in known]
    rows.sort(key=lambda one: (_place(one.person), one.person.pinyin, one.person.number))
    surface = surface_trades(by.mine_id, month)
    split = BarredMonth([], [])
    for one in rows:
        (split.surface if work_key(one.person) in surface else split.rows).append(one)
    return split


def work_key(person: Person) -> str:
    """By what it is known where somebody works: his trade, or his post where he has none."""
    return trade_key(person.trade or person.post)


def surface_trades(mine_id: UUID, month: date) -> set[str]:
    """The trades that work only on the surface on every day of the month that begins on this day."""
    rows = SurfaceTrade.objects.filter(mine_id=mine_id, valid_from__lte=month_end(month))
    held: dict[str, bool] = {}
    for row in rows.order_by("valid_from"):
        key = trade_key(row.trade)
        held[key] = row.surface and (row.valid_from <= month or held.get(key, False))
    return {key for key, surface in held.items() if surface}


@dataclass
class Trade:
    """A trade of the mine: how many people, and what is set: the row that holds, and the one that is to come."""

    name: str
    heads: int = 0
    row: SurfaceTrade | None = None
    coming: SurfaceTrade | None = None

    @property
    def surface(self) -> bool:
        """Whether it works only on the surface today."""
        return self.row is not None and self.row.surface


def trades_of_mine(by: Person) -> list[Trade]:
    """Every trade (or post without a trade) of the mine, those of the surface first. Two statements."""
    work = Coalesce(NullIf("trade", Value("")), "post")
    people = Person.objects.filter(mine_id=by.mine_id, is_active=True).exclude(trade="", post="").order_by()
    found: dict[str, Trade] = {}
    for name, heads in people.annotate(work=work).values_list("work").annotate(n=Count("id")):
        found.setdefault(trade_key(name), Trade(name)).heads += heads
    for row in SurfaceTrade.objects.filter(mine_id=by.mine_id).order_by("valid_from"):
        one = found.setdefault(trade_key(row.trade), Trade(row.trade))
        if row.valid_from <= clock.today():
            one.row = row
        else:
            one.coming = one.coming or row
    return sorted(found.values(), key=lambda one: (one.row is None, not one.surface, -one.heads, one.name))


def _place(person: Person) -> tuple[int, str]:
    return (person.unit.position, person.unit.name) if person.unit else (10**6, "")


def _by_certificates(mine_id: UUID, month: date, put: Put) -> None:
    """Whose trade or post asks for a certificate that is missing, has run out, or will in that month."""
    kinds = types_in_use(mine_id)
    by_trade: dict[str, list[CertificateType]] = defaultdict(list)
    by_post: dict[str, list[CertificateType]] = defaultdict(list)
    for kind in kinds:
        for trade in kind.trades:
            by_trade[trade_key(trade)].append(kind)
        for post in kind.posts:
            by_post[trade_key(post)].append(kind)
    persons = (
        Person.objects.filter(mine_id=mine_id, is_active=True).exclude(trade="", post="").select_related("unit__parent")
    )
    wanted = [
        (person, kind)
        for person in persons
        for kind in dict.fromkeys([*by_trade[trade_key(person.trade)], *by_post[trade_key(person.post)]])
    ] if kinds else []  # fmt: skip
    held = {
        (one.person_id, one.type_id): one
        for one in Certificate.objects.filter(mine_id=mine_id, status=Status.HELD).select_related("type")
    }
    last = month_end(month)
    for person, kind in wanted:
        one = held.get((person.id, kind.id))
        if one is None:
            put(person, Why(Reason.MISSING, wording.missing(kind, person), "type", str(kind.id)))
        elif not holds_on(one.valid_until, last):
            code = Reason.EXPIRED if one.valid_until < month else Reason.EXPIRES
            put(person, Why(code, wording.ended(one, month), "certificate", str(one.id)))
        elif one.review_by is not None and one.review_by < month:
            put(person, Why(Reason.REVIEW, wording.review(one), "certificate", str(one.id)))


def _by_training(mine_id: UUID, month: date, put: Put) -> None:
    """Whose hours are short, and who failed a class and was not trained again."""
    numbers = standards.numbers_on(mine_id)
    first = int(numbers["records.year"])
    year = month.year
    if first and month.year >= first:
        this = clock.today().year
        for person in classes.newcomers_short(mine_id, this) if this >= first else []:
            text = wording.hours(this, person.hours, numbers["hours.new"], new=True)  # type: ignore[attr-defined]
            put(person, Why(Reason.NEWCOMER, text, "hours", str(person.id)))
        if year - 1 >= first:
            for person in classes.serving_short(mine_id, year - 1):
                text = wording.hours(year - 1, person.hours, numbers["hours.serving"], new=False)  # type: ignore[attr-defined]
                put(person, Why(Reason.HOURS, text, "hours", str(person.id)))
    for seat in classes.failed_and_not_retrained(mine_id):
        put(seat.person, Why(Reason.RETRAIN, wording.retrain(seat), "class", str(seat.batch.training_class_id)))


def in_unit(rows: Sequence[Barred], unit_id: UUID) -> list[Barred]:
    """Those of a unit and of what is below it."""
    known = set(below([unit_id]))
    return [one for one in rows if one.person.unit_id in known]


def barred_lists(by: Person, most: int = 12) -> list[BarredList]:
    """The lists that went out, the last first."""
    return list(BarredList.objects.filter(mine_id=by.mine_id).select_related("made_by").defer("lines")[:most])


def get_barred_list(list_id: UUID, *, by: Person) -> BarredList:
    """One list as it went out. NotVisible when the mine has none like it, or he sees no certificates."""
    found = one_of(BarredList.objects.select_related("made_by").filter(id=list_id, mine_id=by.mine_id))
    if found is None or not has_power(by, "cert.see"):
        raise NotVisible
    limits = reach(by, "cert.see")
    if limits is not None:
        known = {str(one) for one in limits}
        found.lines = [line for line in found.lines if line["unit_id"] in known]
    return found


# Import -----------------------------------------------------------------------------------------------------------------


def get_import(run_id: UUID, *, by: Person) -> ImportRun:
    """A file of certificates on its way in. NotVisible when the mine has none like it."""
    found = one_of(ImportRun.objects.select_related("by").filter(id=run_id, mine_id=by.mine_id, kind=KIND))
    if found is None:
        raise NotVisible
    return found


def imports(by: Person) -> list[ImportRun]:
    """The files that came in, the last first."""
    rows = ImportRun.objects.filter(mine_id=by.mine_id, kind=KIND).select_related("by")
    return list(rows.order_by("-started_at")[:20])


def persons_by_number(mine_id: UUID, numbers: Iterable[str]) -> dict[str, Person]:
    """Whom these employee numbers mean."""
    rows = Person.objects.filter(mine_id=mine_id, number__in=list(numbers)).select_related("unit__parent")
    return {one.number: one for one in rows}


def known_numbers(mine_id: UUID) -> dict[tuple[UUID, str], Certificate]:
    """The certificates of the mine by kind and number."""
    return {(one.type_id, one.number): one for one in Certificate.objects.filter(mine_id=mine_id)}


def held_types(mine_id: UUID) -> dict[tuple[UUID, UUID], Certificate]:
    """The certificates that are held, by person and kind."""
    return {
        (one.person_id, one.type_id): one for one in Certificate.objects.filter(mine_id=mine_id, status=Status.HELD)
    }


def units_in(rows: Sequence[Barred]) -> list[Unit]:
    """The units that occur in a list."""
    found = {one.person.unit_id: one.person.unit for one in rows if one.person.unit is not None}
    return sorted([unit for unit in found.values() if unit is not None], key=lambda unit: (unit.position, unit.name))


def waiting_rows(person: Person) -> list[Part]:
    """One's own certificates that run out within ninety days (see learning.waiting)."""
    until = clock.today() + timedelta(days=90)
    rows = Certificate.objects.filter(person=person, status=Status.HELD, valid_until__lte=until)
    return [lines(rows, "certificate", title="type__name", on="valid_until")]
