"""Reading results: who got what, unit by unit, leaders beside workers, and how the items measured."""

from collections.abc import Hashable, Iterable
from dataclasses import dataclass, field
from decimal import Decimal
from uuid import UUID

from django.contrib.postgres.aggregates import StringAgg
from django.core.cache import cache
from django.db.models import Count, F, Q, QuerySet, TextField
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import MD5, Cast

from kuangdeng.kernel.errors import NotVisible
from kuangdeng.kernel.gathering import Part, lines
from kuangdeng.kernel.rows import one_of
from kuangdeng.learning.exams.api import (
    ENDED,
    Correction,
    Exam,
    Kind,
    Result,
    Sat,
    Sitting,
    Status,
    forms_that_asked,
    read_by_hand,
    to_mark,
    versions_of,
    visible,
)
from kuangdeng.learning.exams.api import analysis as figures
from kuangdeng.learning.items.api import ItemVersion
from kuangdeng.learning.results.models import Regrade
from kuangdeng.learning.results.rules import Status as Regrading
from kuangdeng.learning.results.rules import fits
from kuangdeng.org.api import Person, Unit, has_power

OVER = (Status.CLOSED, Status.PUBLISHED)


def exams(person: Person) -> QuerySet[Exam]:
    """Exams that are over, each with how many were listed, came, passed; practices are nobody's business."""
    rows = visible(person).filter(status__in=OVER).exclude(kind=Kind.PRACTICE)
    return rows.annotate(
        listed=Count("sittings"),
        came=Count("sittings", filter=Q(sittings__status__in=ENDED)),
        passes=Count("sittings", filter=Q(sittings__passed=True)),
        unread=Count("sittings", filter=Q(sittings__status__in=ENDED, sittings__passed=None)),
    )


def get_exam(exam_id: UUID, *, by: Person) -> Exam:
    """An exam that is over. NotVisible before, and for who may not see exams."""
    found = one_of(visible(by).select_related("paper", "unit").filter(id=exam_id, status__in=OVER))
    if found is None:
        raise NotVisible
    return found


def by_person(exam: Exam) -> QuerySet[Sitting]:
    """Every sheet of an exam with its person and unit; the best first, who did not come last."""
    rows = Sitting.objects.filter(exam=exam).select_related("person", "unit__parent", "result", "exam")
    return rows.annotate(took=F("ended_at") - F("started_at"))


@dataclass
class Group:
    """Some people of an exam in figures. None where there is nothing to reckon from."""

    listed: int = 0
    absent: int = 0
    shares: list[Decimal] = field(default_factory=list)
    passed: int = 0
    failed: int = 0

    def add(self, status: str, score: Decimal | None, out_of: Decimal | None, passed: bool | None) -> None:
        """One sheet more."""
        self.listed += 1
        self.absent += status == Sat.ABSENT
        if passed is not None and score is not None and out_of:
            self.shares.append(score * 100 / out_of)
            self.passed, self.failed = self.passed + passed, self.failed + (not passed)

    @property
    def came(self) -> int:
        """Who has a result."""
        return len(self.shares)

    @property
    def average(self) -> Decimal | None:
        """In percent of the full mark."""
        return sum(self.shares, Decimal(0)) / len(self.shares) if self.shares else None

    @property
    def best(self) -> Decimal | None:
        """In percent."""
        return max(self.shares, default=None)

    @property
    def worst(self) -> Decimal | None:
        """In percent."""
        return min(self.shares, default=None)

    @property
    def rate(self) -> Decimal | None:
        """How many of those who came passed, in percent."""
        return Decimal(self.passed * 100) / len(self.shares) if self.shares else None


@dataclass
class UnitRow:
    """A unit in an exam: all, its leaders, its workers."""

    name: str
    every: Group = field(default_factory=Group)
    leaders: Group = field(default_factory=Group)
    workers: Group = field(default_factory=Group)

    def add(self, leader: bool, *facts: object) -> None:
        """One sheet more."""
        for group in (self.every, self.leaders if leader else self.workers):
            group.add(*facts)  # type: ignore[arg-type]


def by_unit(exam: Exam) -> tuple[list[UnitRow], UnitRow]:
    """Each unit (teams in the unit they belong to), by the average, and the whole exam. One statement."""
    rows = Sitting.objects.filter(exam=exam).exclude(status=Sat.VOID)
    whole, units = UnitRow(""), dict[str, UnitRow]()
    for row in rows.values_list(
        "unit__name", "unit__kind", "unit__parent__name", "leader", "status", "score", "out_of", "passed"
    ):
        name, kind, above = row[:3]
        home = str(above if kind == Unit.Kind.TEAM and above else name or "")
        for unit in (units.setdefault(home, UnitRow(home)), whole):
            unit.add(bool(row[3]), *row[4:])
    return sorted(units.values(), key=lambda one: (-(one.every.average or Decimal(-1)), one.name)), whole


def leaders(exam: Exam) -> list[Sitting]:
    """The leaders who sat the same exam, as they stand on the list of their units."""
    rows = by_person(exam).filter(leader=True).exclude(status=Sat.VOID)
    return list(rows.order_by("unit__position", "unit__name", "person__pinyin"))


# How the items measured -----------------------------------------------------------------------------------------------


KEPT = 24 * 3600
"""Seconds for which the figures of an exam are kept while its results stay the same."""


def analysis_of(exam: Exam) -> figures.Analysis:
    """The figures of an exam and its items, from the results that hold. Sheets that a person has still to read are out.

    Reckoned once for these results (seconds, with thousands of sheets): a regrading, a late answer, a mark given by
    hand or a sheet that is voided makes other results, and so other figures.
    """
    rows = Sitting.objects.filter(exam=exam, status__in=ENDED, passed__isnull=False).order_by("id")
    state = rows.order_by().aggregate(all=MD5(StringAgg(Cast("result_id", TextField()), "", order_by="id")))["all"]
    kept: tuple[str, figures.Analysis] | None = cache.get(key := f"item-check:{exam.id}")
    if kept is None or kept[0] != state:
        found = rows.values_list("result__lines", flat=True)
        kept = state, figures.analyse([[_line(one) for one in lines] for lines in found.iterator(chunk_size=500)])
        cache.set(key, kept, KEPT)
    return kept[1]


def _line(one: dict[str, object]) -> figures.Line:
    given = one["a"] if isinstance(one["a"], dict) else {}
    chosen: tuple[str, ...] | None = None
    if "choice" in given:
        chosen = (str(given["choice"]),)
    elif "choices" in given:
        chosen = tuple(given["choices"])
    return figures.Line(one["v"], Decimal(str(one["s"])), Decimal(str(one["m"])), chosen, bool(given))


@dataclass(frozen=True)
class Measured:
    """A finding with the item that it is about."""

    finding: figures.Finding
    version: ItemVersion
    reason: str


def worklist_of(found: figures.Analysis, exam: Exam) -> tuple[list[Measured], dict[str, ItemVersion]]:
    """What should be looked at, in plain words, and every version that was asked. Keys are those that hold by now."""
    known = {str(one): row for one, row in versions_of(UUID(str(one.item)) for one in found.items).items()}
    keys: dict[Hashable, Iterable[str]] = {
        name: row.content["correct"] for name, row in known.items() if row.type in ("single", "multiple")
    }
    for row in Correction.objects.filter(exam=exam).select_related("key").order_by("id"):
        keys[str(row.asked_id)] = row.key.content.get("correct", ()) if row.key else ()
    findings = figures.worklist(found, {name: key for name, key in keys.items() if isinstance(key, list)})
    return [_measured(one, known[str(one.figures.item)]) for one in findings], known


def _measured(one: figures.Finding, version: ItemVersion) -> Measured:
    letters = {row["id"]: chr(65 + at) for at, row in enumerate(version.content.get("options", ()))}
    texts = {row["id"]: row["text"] for row in version.content.get("options", ())}
    letter = f"{letters.get(one.option, '')} {texts.get(one.option, '')[:20]}".strip()
    return Measured(one, version, one.reason(letter))


# Marking by hand ------------------------------------------------------------------------------------------------------


def marking_of(person: Person) -> list[dict[str, object]]:
    """Exams with short answers that wait for a reader, the oldest first, each with how many sheets wait."""
    rows = to_mark(person).order_by().values("exam_id", "exam__title", "exam__opens_at").annotate(n=Count("id"))
    return [dict(one) for one in rows.order_by("exam__opens_at")]


@dataclass(frozen=True)
class Piece:
    """One answer to read. Whose it is does not stand beside it, so that it is read for what it says."""

    sitting_id: UUID
    line: int
    answer: str
    full: Decimal


def pieces_of(exam_id: UUID, *, by: Person) -> list[tuple[ItemVersion, list[Piece]]]:
    """The answers of an exam that wait for a reader, item by item. NotVisible for who may not mark."""
    if not has_power(by, "exam.mark"):
        raise NotVisible
    found = dict[str, list[Piece]]()
    for sitting in to_mark(by).filter(exam_id=exam_id).order_by("form_id", "-result_id"):
        assert sitting.result is not None
        for at, line in enumerate(sitting.result.lines):
            if line["s"] is None:
                text = str((line["a"] or {}).get("text", ""))
                found.setdefault(line["v"], []).append(Piece(sitting.id, at, text, Decimal(line["m"])))
    known = versions_of(UUID(name) for name in found)
    return [(known[UUID(name)], rows) for name, rows in found.items()]


def read_of(person: Person) -> list[dict[str, object]]:
    """Exams whose marks by hand can still be put right, each with how many sheets were read."""
    names = ("sitting__exam_id", "sitting__exam__title", "sitting__exam__opens_at")
    rows = read_by_hand(person).order_by().values(*names).annotate(n=Count("sitting_id", distinct=True))
    return [dict(one) for one in rows.order_by("sitting__exam__opens_at")]


@dataclass(frozen=True)
class ReadPiece(Piece):
    """An answer that was read: what was given for it and by whom."""

    version: ItemVersion
    points: Decimal
    remark: str
    by: str


def read_pieces(exam_id: UUID, *, by: Person) -> list[ReadPiece]:
    """The answers of an exam that were read, with what the last reader gave. NotVisible for who may not mark."""
    if not has_power(by, "exam.mark"):
        raise NotVisible
    rows = read_by_hand(by).filter(sitting__exam_id=exam_id).select_related("sitting__result", "by")
    last = list(rows.order_by("sitting_id", "line", "-id").distinct("sitting_id", "line"))
    lines = [(one, one.sitting.result.lines[one.line]) for one in last if one.sitting.result]
    known = versions_of({UUID(line["v"]) for _one, line in lines})
    pieces = [
        ReadPiece(
            one.sitting_id, one.line, str((line["a"] or {}).get("text", "")), Decimal(line["m"]),
            known[UUID(line["v"])], one.points, one.remark, one.by.name,
        )
        for one, line in lines
    ]  # fmt: skip
    return sorted(pieces, key=lambda piece: str(piece.version.id))


# Marking anew ---------------------------------------------------------------------------------------------------------


def regrades(person: Person) -> QuerySet[Regrade]:
    """The regradings of the mine, for who sees exams."""
    rows = Regrade.objects.filter(mine_id=person.mine_id)
    return rows if has_power(person, "exam.see") else rows.none()


def get_regrade(regrade_id: UUID, *, by: Person) -> Regrade:
    """One regrading. NotVisible for who may not see exams."""
    rows = regrades(by).select_related("asked__item__bank", "key", "proposed_by", "decided_by")
    found = one_of(rows.filter(id=regrade_id))
    if found is None:
        raise NotVisible
    return found


def asked_version(version_id: UUID, *, by: Person) -> ItemVersion:
    """A version that was asked. NotVisible for who may not ask for a regrading, and for another mine's."""
    rows = ItemVersion.objects.select_related("item__latest", "item__current", "item__bank")
    found = one_of(rows.filter(id=version_id, item__mine_id=by.mine_id))
    if found is None or not has_power(by, "regrade.propose"):
        raise NotVisible
    return found


def keys_for(asked: ItemVersion) -> list[ItemVersion]:
    """Versions by whose key answers to this one can be marked: later ones that a reviewer has found right."""
    item = asked.item
    settled = [item.latest_id] if item.status in ("reviewed", "in_use") else []
    settled += [item.current_id] if item.current_id else []
    rows = ItemVersion.objects.filter(item_id=asked.item_id, number__gt=asked.number, id__in=settled)
    return [one for one in rows.select_related("by").order_by("-number") if fits(asked.content, one.content)]


def exams_that_asked(version_id: UUID, mine_id: UUID) -> list[Exam]:
    """Every exam of the mine in which this version stood on a paper, but for those that were called off."""
    forms = forms_that_asked(version_id).order_by().values("exam_id")
    rows = Exam.objects.filter(mine_id=mine_id, id__in=forms).exclude(status=Status.CANCELLED)
    return list(rows.order_by("-opens_at"))


def sheets_that_asked(version_id: UUID, found: Iterable[Exam]) -> QuerySet[Sitting]:
    """The handed-in sheets of these exams on which this version stood."""
    forms = forms_that_asked(version_id).order_by().values("id")
    rows = Sitting.objects.filter(exam__in=list(found), form__in=forms, status__in=ENDED, result__isnull=False)
    return rows.select_related("exam", "result", "person")


def changes_of(regrade: Regrade) -> list[dict[str, object]]:
    """Whose result became what, those whose conclusion turned first."""
    rows = regrade.changes.select_related("sitting__person__unit", "sitting__exam", "before", "after")
    return [
        {"sitting": one.sitting, "before": one.before, "after": one.after, "turned": one.turned}
        for one in rows.order_by("-turned", "sitting__person__pinyin")[:500]
    ]


def results_of(sitting: Sitting) -> list[Result]:
    """Every marking of a sheet, the last first; none is ever overwritten."""
    return list(sitting.results.select_related("by").order_by("-number"))


def waiting_rows(person: Person) -> list[Part]:
    """Regradings that wait for this person's approval: others' (待批准的重判, see learning.waiting)."""
    if not has_power(person, "regrade.approve"):
        return []
    rows = Regrade.objects.filter(mine_id=person.mine_id, status=Regrading.PROPOSED).exclude(proposed_by=person)
    stem = KeyTextTransform("stem", "asked__content")
    return [lines(rows, "regrade", who="proposed_by__name", title=stem, note="why", at="proposed_at")]
