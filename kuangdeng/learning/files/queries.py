"""Reading the training files: what belongs in them, in the order of the paper, and what is missing."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils.translation import gettext as _

from kuangdeng.kernel import clock
from kuangdeng.kernel.errors import NotVisible
from kuangdeng.kernel.pictures import KIND as PICTURE
from kuangdeng.kernel.rows import one_of
from kuangdeng.kernel.words import plain
from kuangdeng.learning.attendance import api as attendance
from kuangdeng.learning.certificates import api as certificates
from kuangdeng.learning.classes import api as classes
from kuangdeng.learning.exams import api as exams
from kuangdeng.learning.files.models import ClassPaper, PersonRecord, RecordLine, RecordPaper
from kuangdeng.learning.files.rules import LineKind, PaperKind, months_between
from kuangdeng.learning.standards import api as standards
from kuangdeng.org.api import Person, has_power, may, reach

# Exams ------------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class ExamLine:
    """One result as the files print it: `attempt` is 0 the first time, 1 the first make-up; who never came has no score.
    `valid_until` is the last day on which a passed one can be relied on."""

    class_id: UUID | None
    person_id: UUID
    exam_id: UUID
    exam: str
    kind: str
    on: date
    score: Decimal | None
    out_of: Decimal | None
    passed: bool | None
    attempt: int = 0
    paper: str = ""
    valid_until: date | None = None

    @property
    def lapsed(self) -> bool:
        """Passed, but too long ago."""
        return self.valid_until is not None and self.valid_until < clock.today()

    @property
    def mark(self) -> str:
        """86; 18/20 where the full mark is another than a hundred."""
        if self.score is None or self.out_of is None:
            return ""
        got, full = plain(self.score), plain(self.out_of)
        return got if full == "100" else f"{got}/{full}"

    @property
    def outcome(self) -> str:
        """合格, 不合格, 缺考."""
        return _("缺考") if self.passed is None else _("合格") if self.passed else _("不合格")


@dataclass(frozen=True)
class ExamHeld:
    """One exam of a class in figures."""

    first: ExamLine
    listed: int
    came: int
    passed: int


def exam_lines(
    *, person: Person | None = None, class_id: UUID | None = None, book: standards.Rulebook | None = None
) -> list[ExamLine]:
    """The published exam results of a person, or of a class: each with the result that holds now.

    This is the one place where the files read the exams. A make-up exam belongs to the class of the exam that it makes
    up; practices are nobody's business, and a sheet that was voided is no result. With the book of the training rules
    each says until when it counts. One statement.
    """
    counts = Q(status__in=exams.ENDED, passed__isnull=False) | Q(status=exams.Sat.ABSENT)
    rows = exams.Sitting.objects.filter(counts, exam__status=exams.Status.PUBLISHED)
    rows = rows.exclude(exam__kind=exams.Kind.PRACTICE)
    if person is not None:
        rows = rows.filter(person=person)
    if class_id is not None:
        rows = rows.filter(classes.of_class(class_id, "exam__"))
    rows = rows.annotate(class_id=Coalesce(*classes.class_paths("exam__"))).select_related(
        "exam__paper", "exam__makeup_of"
    )
    tries = Counter[tuple[UUID, UUID]]()
    found = []
    for row in rows.order_by("exam__opens_at", "exam_id", "person__pinyin", "attempt"):
        made_up = (row.person_id, row.exam.makeup_of_id) if row.exam.makeup_of_id else None
        if made_up:
            tries[made_up] += row.status != exams.Sat.ABSENT
        attempt = max(1, tries[made_up]) if made_up else 0
        found.append(_line_of(row, attempt, exams.valid_until(row, book) if book else None))
    return found


def _line_of(row: Any, attempt: int, until: date | None) -> ExamLine:
    exam = row.exam
    absent = row.status == exams.Sat.ABSENT
    return ExamLine(
        row.class_id, row.person_id, exam.id, exam.title, exam.get_kind_display(), clock.local(exam.opens_at).date(),
        None if absent else row.score, None if absent else row.out_of, None if absent else row.passed, attempt,
        exam.paper.title, until,
    )  # fmt: skip


# Missing ----------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Gap:
    """Something that a file has to have and has not: what, and where one puts it right."""

    text: str
    url: str = ""


# The one-person file -----------------------------------------------------------------------------------------------------


def may_see(person: Person, *, by: Person) -> bool:
    """One's own file, and those of the units for which one has the power."""
    return person.id == by.id or (person.mine_id == by.mine_id and may(by, "file.see", person.unit))


def get_person(person_id: UUID, *, by: Person) -> Person:
    """The owner of a file. NotVisible for who may not see it."""
    found = one_of(Person.objects.select_related("unit__parent", "mine").filter(id=person_id, mine_id=by.mine_id))
    if found is None or not may_see(found, by=by):
        raise NotVisible
    return found


def people(by: Person) -> QuerySet[Person]:
    """Whose files he may open."""
    rows = Person.objects.filter(mine_id=by.mine_id, is_active=True)
    limits = reach(by, "file.see")
    return rows if limits is None else rows.filter(unit_id__in=limits)


@dataclass
class PersonFile:
    """一人一档: everything in the order of the paper."""

    person: Person
    record: PersonRecord
    joined_on: date | None
    certificates: list[Any]
    seats: list[Any]
    balances: list[classes.Balance]
    lines: dict[str, list[RecordLine]]
    papers: list[RecordPaper]
    exams: list[ExamLine]
    book: standards.Rulebook
    gaps: list[Gap] = field(default_factory=list)

    @property
    def photo(self) -> RecordPaper | None:
        """The photo on the first page, the last that was put in; one that was scanned into a PDF cannot be shown there."""
        photos = [one for one in self.papers if one.kind == PaperKind.PHOTO and one.file.kind == PICTURE]
        return photos[-1] if photos else None

    def exams_in(self, class_id: UUID) -> list[ExamLine]:
        """The results of one class."""
        return [one for one in self.exams if one.class_id == class_id]


def person_file(person: Person, *, years: int = 3) -> PersonFile:
    """A person's file as it stands now, with what is missing."""
    record = one_of(PersonRecord.objects.filter(person=person)) or PersonRecord(person=person)
    rows = RecordLine.objects.filter(person=person, struck_at=None).order_by("begin_on", "id")
    lines: dict[str, list[RecordLine]] = {kind: [] for kind in LineKind}
    for row in rows:
        lines[row.kind].append(row)
    joined = person.memberships.order_by("valid_from").values_list("valid_from", flat=True).first()
    this, book = clock.today().year, standards.Rulebook(person.mine_id)
    found = PersonFile(
        person, record, joined, certificates.of_person(person), classes.seats_of_person(person),
        classes.balances(person, range(this - years + 1, this + 1)),
        lines, list(RecordPaper.objects.filter(person=person).select_related("file")), exam_lines(person=person, book=book), book,
    )  # fmt: skip
    found.gaps = _gaps_of_person(found)
    return found


def _gaps_of_person(one: PersonFile) -> list[Gap]:
    """What an inspector would ask for, in the order of the paper."""
    edit = reverse("learning:person_record", args=[one.person.id])
    papers = reverse("learning:person_papers", args=[one.person.id])
    found: list[Gap] = []
    for value, text in (
        (one.record.education, _("登记表没有填文化程度")),
        (one.record.identity_end, _("登记表没有填身份证号后四位")),
        (one.person.sex, _("名册里没有性别")),
        (one.person.born_on, _("名册里没有出生日期")),
    ):
        if not value:
            found.append(Gap(text, edit))
    if not one.lines[LineKind.WORK]:
        found.append(Gap(_("没有工作经历"), edit))
    kinds = {paper.kind for paper in one.papers}
    for kind, text in (
        (PaperKind.PHOTO, _("没有照片")),
        (PaperKind.IDENTITY, _("没有身份证复印件")),
        (PaperKind.DIPLOMA, _("没有学历证书复印件")),
    ):
        if kind not in kinds:
            found.append(Gap(text, papers))
    return [*found, *_gaps_of_training(one, edit)]


def _gaps_of_training(one: PersonFile, edit: str) -> list[Gap]:
    found: list[Gap] = []
    for held in one.certificates:
        if held.status == "held" and held.valid_until < clock.today():
            words = {"kind": held.type.name, "day": held.valid_until}
            url = reverse("learning:certificate", args=[held.id])
            found.append(Gap(_("%(kind)s %(day)s 已到期") % words, url))
    here = one.balances[-1] if one.balances else None
    if here is not None and here.is_new:
        months = int(one.book.on("apprentice.months"))
        if not any(line.passed and _lasted(line) >= months for line in one.lines[LineKind.APPRENTICE]):
            found.append(Gap(_("新工人没有满 %(n)d 个月的师带徒、实习合格记录") % {"n": months}, edit))
    if not one.seats and not one.lines[LineKind.BEFORE]:
        found.append(Gap(_("没有任何培训记录"), edit))
    for seat in one.seats:
        group = seat.batch.training_class
        concluded = group.status in (classes.Status.CONCLUDED, classes.Status.CLOSED)
        if concluded and group.needs_exam and not one.exams_in(group.id):
            url = reverse("learning:training_class", args=[group.id])
            found.append(Gap(_("第 %(code)s 期要求考试，没有考试成绩") % {"code": group.code}, url))
    return found


def _lasted(line: RecordLine) -> int:
    """How many months an apprenticeship has lasted."""
    return months_between(line.begin_on, line.end_on or clock.today())


def gaps_of_all(persons: Sequence[Person]) -> dict[UUID, int]:
    """How many of the basic pieces each of these files lacks (登记表、照片、身份证、学历证书), for the list of files."""
    ids = [one.id for one in persons]
    filled = set(
        PersonRecord.objects.filter(person_id__in=ids)
        .exclude(education="")
        .exclude(identity_end="")
        .values_list("person_id", flat=True)
    )
    papers: dict[UUID, set[str]] = {}
    for person_id, kind in RecordPaper.objects.filter(person_id__in=ids).values_list("person_id", "kind"):
        papers.setdefault(person_id, set()).add(kind)
    wanted = {PaperKind.PHOTO, PaperKind.IDENTITY, PaperKind.DIPLOMA}
    return {one: (one not in filled) + len(wanted - papers.get(one, set())) for one in ids}


def lines_of(person: Person) -> list[RecordLine]:
    """Every line of a file, those that were struck too."""
    return list(RecordLine.objects.filter(person=person).select_related("by").order_by("kind", "begin_on", "id"))


def record_of(person: Person) -> PersonRecord | None:
    """The first page of a file, if it was filled in."""
    return one_of(PersonRecord.objects.filter(person=person))


def papers_of(person: Person) -> list[RecordPaper]:
    """The scanned papers of a file."""
    return list(RecordPaper.objects.filter(person=person).select_related("file", "by"))


def get_paper(paper_id: UUID, *, by: Person) -> RecordPaper:
    """A scanned paper of somebody whose file he may see."""
    found = one_of(RecordPaper.objects.select_related("file", "person__unit__parent").filter(id=paper_id))
    if found is None or not may_see(found.person, by=by):
        raise NotVisible
    return found


def get_line(line_id: UUID, *, by: Person) -> RecordLine:
    """A line of a file, for who keeps the files."""
    found = one_of(RecordLine.objects.select_related("person").filter(id=line_id, person__mine_id=by.mine_id))
    if found is None or not has_power(by, "file.keep"):
        raise NotVisible
    return found


# The one-class file ------------------------------------------------------------------------------------------------------


@dataclass
class LessonSheet:
    """One lesson as the file shows it: who came, how it is known, what was entered afterwards."""

    lesson: Any
    counts: attendance.Counts
    late_entries: list[attendance.Attendee] = field(default_factory=list)


@dataclass
class ClassFile:
    """一期一档: everything in the order of the paper."""

    one: Any
    units: list[Any]
    batches: list[Any]
    sheets: dict[UUID, LessonSheet]
    learners: list[classes.Learner]
    planned: Decimal
    corrections: list[Any]
    exams: list[ExamLine]
    papers: list[ClassPaper]
    needs: list[Any]
    gaps: list[Gap] = field(default_factory=list)

    @property
    def rating(self) -> float | None:
        """What the learners think of the teaching, one to five."""
        marks = [one.seat.rating for one in self.learners if one.seat.rating]
        return sum(marks) / len(marks) if marks else None

    @property
    def raters(self) -> int:
        """How many said so."""
        return sum(1 for one in self.learners if one.seat.rating)

    @property
    def fees(self) -> Decimal:
        """What the teachers are owed by their fee for each hour."""
        total = Decimal(0)
        for batch in self.batches:
            for lesson in batch.lessons_there:
                if lesson.teacher is not None:
                    total += lesson.teacher.fee * lesson.hours
        return total.quantize(Decimal("0.01"))

    @property
    def has_handouts(self) -> bool:
        """Whether any lesson has what was handed out."""
        return any(lesson.handouts.all() for batch in self.batches for lesson in batch.lessons_there)

    @property
    def heads(self) -> int:
        """How many people sat in the class, each once."""
        return len({one.seat.person_id for one in self.learners})

    @property
    def marked(self) -> list[tuple[classes.Learner, list[ExamLine]]]:
        """Every learner with his exam results."""
        by_person: dict[UUID, list[ExamLine]] = {}
        for line in self.exams:
            by_person.setdefault(line.person_id, []).append(line)
        return [(row, by_person.get(row.seat.person_id, [])) for row in self.learners]

    @property
    def held(self) -> list[ExamHeld]:
        """The exams that were held, in figures."""
        by_exam: dict[UUID, list[ExamLine]] = {}
        for line in self.exams:
            by_exam.setdefault(line.exam_id, []).append(line)
        return [
            ExamHeld(
                lines[0],
                len(lines),
                sum(one.passed is not None for one in lines),
                sum(bool(one.passed) for one in lines),
            )
            for lines in by_exam.values()
        ]


def class_file(one: classes.TrainingClass) -> ClassFile:
    """The file of a class as it stands now, with what is missing."""
    batches: list[Any] = list(classes.batches_of(one))
    lessons = [lesson for batch in batches for lesson in batch.lessons_there]
    ids = [lesson.sheet_id for lesson in lessons if lesson.sheet_id]
    counts = attendance.counts_of(ids)
    entered = attendance.Attendee.objects.filter(
        sheet_id__in=ids, method__in=[attendance.Method.PAPER, attendance.Method.CORRECTED]
    ).select_related("person", "approver", "by")
    sheets = {lesson.id: LessonSheet(lesson, counts.get(lesson.sheet_id, attendance.Counts())) for lesson in lessons}
    by_sheet = {lesson.sheet_id: lesson.id for lesson in lessons if lesson.sheet_id}
    for row in entered:
        sheets[by_sheet[row.sheet_id]].late_entries.append(row)
    found = ClassFile(
        one, classes.units_of_class(one), batches, sheets, classes.learners(classes.seats_of(one)),
        classes.planned_hours(one), classes.corrections_of(one), exam_lines(class_id=one.id),
        list(ClassPaper.objects.filter(training_class=one).select_related("file")), list(one.needs.all()),
    )  # fmt: skip
    found.gaps = _gaps_of_class(found)
    return found


def _gaps_of_class(file: ClassFile) -> list[Gap]:
    """What the one-class file still lacks, in the order of the paper: plan, timetable, handouts, roster, sign-in, exam, report."""
    one = file.one
    here, papers = reverse("learning:training_class", args=[one.id]), reverse("learning:class_papers", args=[one.id])
    kinds = {paper.kind for paper in file.papers}
    found: list[Gap] = []
    if one.plan_line_id is None and not file.needs and "plan" not in kinds:
        found.append(Gap(_("没有年度计划项、培训需求或培训通知"), papers))
    key = classes.HOURS_OF.get(one.kind)
    owed = standards.number_on(one.mine_id, key, one.begin_on) if key else Decimal(0)
    if file.planned < owed:
        words = {"kind": one.get_kind_display(), "owed": plain(owed), "has": plain(file.planned)}
        found.append(Gap(_("%(kind)s规定 %(owed)s 学时，课表只有 %(has)s") % words, here))
    for batch in file.batches:
        if not batch.lessons_there:
            found.append(Gap(_("第 %(n)d 批没有课表") % {"n": batch.number}, here))
        if not batch.heads:
            found.append(
                Gap(_("第 %(n)d 批没有学员名册") % {"n": batch.number}, reverse("learning:roster", args=[one.id]))
            )
    for batch in file.batches:
        for lesson in batch.lessons_there:
            found += _gaps_of_lesson(file, lesson, batch.number)
    if one.needs_exam and not file.exams and "exam" not in kinds:
        found.append(Gap(_("这个班要求考试，没有考试记录（试卷、成绩）"), papers))
    elif one.needs_exam and file.exams:
        found += _gaps_of_exams(file, here)
    open_seats = sum(1 for row in file.learners if not row.seat.conclusion)
    if open_seats:
        found.append(Gap(_("%(n)d 人没有结论") % {"n": open_seats}, here))
    if not one.report:
        found.append(Gap(_("没有综合考评报告"), here))
    if not file.raters:
        found.append(Gap(_("没有学员评教"), here))
    return found


def _gaps_of_exams(file: ClassFile, here: str) -> list[Gap]:
    """Whose result is missing, and who failed and passed no make-up."""
    seen: dict[UUID, set[bool]] = {}
    for row, lines in file.marked:
        seen[row.seat.person_id] = {one.passed for one in lines if one.passed is not None}
    without = sum(1 for found in seen.values() if not found)
    failing = sum(1 for found in seen.values() if found == {False})
    said = []
    if without:
        said.append(Gap(_("%(n)d 人没有考试成绩") % {"n": without}, here))
    if failing:
        said.append(Gap(_("%(n)d 人考试不合格，没有补考合格") % {"n": failing}, here))
    return said


def _gaps_of_lesson(file: ClassFile, lesson: Any, batch: int) -> list[Gap]:
    url = reverse("learning:lesson", args=[lesson.id])
    words = {"n": batch, "topic": lesson.topic}
    found = []
    if lesson.teacher is None:
        found.append(Gap(_("第 %(n)d 批《%(topic)s》没有教师") % words, url))
    elif not lesson.teacher.qualification:
        found.append(Gap(_("教师%(name)s没有登记任教资格") % {"name": lesson.teacher.name}, url))
    if not lesson.handouts.all():
        found.append(Gap(_("第 %(n)d 批《%(topic)s》没有讲义") % words, url))
    sheet = file.sheets[lesson.id]
    if lesson.ends_at < clock.now() and not sheet.counts.there:
        found.append(Gap(_("第 %(n)d 批《%(topic)s》没有人签到") % words, url))
    if lesson.ends_at < clock.now() and lesson.settled_at is None:
        found.append(Gap(_("第 %(n)d 批《%(topic)s》没有核定学时") % words, url))
    return found


def class_papers(one: classes.TrainingClass) -> list[ClassPaper]:
    """The scanned papers of a class."""
    return list(ClassPaper.objects.filter(training_class=one).select_related("file", "by"))


def get_class(class_id: UUID, *, by: Person) -> classes.TrainingClass:
    """A class whose file he may see. NotVisible for the others."""
    if not has_power(by, "file.see"):
        raise NotVisible
    return classes.get_class(class_id, by=by)


def get_class_paper(paper_id: UUID, *, by: Person) -> ClassPaper:
    """A scanned paper of a class whose file he may see."""
    rows = ClassPaper.objects.select_related("file", "training_class")
    found = one_of(rows.filter(id=paper_id, training_class__mine_id=by.mine_id))
    if found is None or not has_power(by, "file.see"):
        raise NotVisible
    return found


def papers_in_use(names: Iterable[str]) -> set[str]:
    """Which of these stored files a training file holds."""
    wanted = list(names)
    persons = RecordPaper.objects.filter(file_id__in=wanted).values_list("file_id", flat=True)
    return set(persons) | set(ClassPaper.objects.filter(file_id__in=wanted).values_list("file_id", flat=True))


def kept_until(one: PersonFile) -> str:
    """How long a person's file is kept, by the rule of his group, from the day on which he leaves."""
    groups = {held.type.group for held in one.certificates}
    key = (
        "keep.managers" if groups & {"principal", "manager"} else "keep.trades" if "trade" in groups else "keep.others"
    )
    years = int(one.book.on(key))
    if one.person.left_on is not None:
        until = standards.years_later(one.person.left_on, years)
        return _("保存到 %(day)s（离矿后 %(n)d 年）") % {"day": until, "n": years}
    return _("在职期间一直保存，离矿后再保存 %(n)d 年") % {"n": years}
