"""The verbs of the training files: what somebody enters because nothing else of the product knows it."""

import re
from dataclasses import asdict, dataclass
from datetime import date
from uuid import UUID

from django.utils.translation import gettext as _

from kuangdeng.kernel import clock
from kuangdeng.kernel.errors import NotVisible, Refused
from kuangdeng.kernel.files import keep_scan
from kuangdeng.kernel.rows import one_of
from kuangdeng.kernel.verbs import verb
from kuangdeng.learning.classes.api import Status, TrainingClass, get_class
from kuangdeng.learning.files.models import ClassPaper, PersonRecord, RecordLine, RecordPaper
from kuangdeng.learning.files.rules import CLASS_PAPER_LABELS, EDUCATION, LINE_LABELS, PAPER_LABELS
from kuangdeng.ledger.api import Subject, enter
from kuangdeng.org.api import Person, has_power

IDENTITY_END = re.compile(r"[0-9]{3}[0-9X]")


def _check(by: Person) -> None:
    if not has_power(by, "file.keep"):
        raise Refused(_("您没有权限整理培训档案。请联系培训科。"), code="not_allowed")


def _person(person_id: UUID, by: Person) -> Person:
    found = one_of(Person.objects.select_related("unit").filter(id=person_id, mine_id=by.mine_id))
    if found is None:
        raise NotVisible
    return found


def _subject(person: Person) -> Subject:
    return Subject("training_file", person.id, person.name)


def _class_subject(one: TrainingClass) -> Subject:
    return Subject("class_file", one.id, f"{one.code} {one.title}")


@dataclass(frozen=True)
class RecordData:
    """The first page of a person's file."""

    identity_end: str = ""
    education: str = ""
    school: str = ""
    diploma_number: str = ""
    title: str = ""
    skill: str = ""


@verb
def save_record(person_id: UUID, *, data: RecordData, by: Person) -> PersonRecord:
    """Fill in the first page of a person's file (填登记表). Refused for an identity number that is more than its last four."""
    _check(by)
    person = _person(person_id, by)
    values = {key: value.strip() for key, value in asdict(data).items()}
    values["identity_end"] = values["identity_end"].upper()
    if values["identity_end"] and not IDENTITY_END.fullmatch(values["identity_end"]):
        raise Refused(_("只填身份证号的后四位，末位可以是 X。"), field="identity_end")
    if values["education"] not in EDUCATION:
        raise Refused(_("请从列表里选文化程度。"), field="education")
    row, _new = PersonRecord.objects.update_or_create(person=person, defaults={**values, "changed_at": clock.now()})
    told = {"filled": sum(bool(value) for value in values.values())}
    enter("file.save_record", _subject(person), by.mine_id, by, told, unit=person.unit)
    return row


@verb
def add_line(
    person_id: UUID,
    *,
    kind: str,
    begin_on: date,
    text: str,
    by: Person,
    end_on: date | None = None,
    detail: str = "",
    passed: bool | None = None,
) -> RecordLine:
    """Add a line to a person's file (工作经历、技能、师带徒、入系统前的培训、违章). Refused for days to come or the wrong way round."""
    _check(by)
    person = _person(person_id, by)
    if kind not in LINE_LABELS:
        raise Refused(_("请选一类。"), field="kind")
    words = text.strip()
    if not words:
        raise Refused(_("请填写内容。"), field="text")
    if begin_on > clock.today():
        raise Refused(_("开始日期不能晚于今天。"), field="begin_on")
    if end_on is not None and end_on < begin_on:
        raise Refused(_("结束日期不能早于开始日期。"), field="end_on")
    row = RecordLine.objects.create(
        person=person, kind=kind, begin_on=begin_on, end_on=end_on, text=words[:200], detail=detail.strip()[:200],
        passed=passed, by=by, at=clock.now(),
    )  # fmt: skip
    told = {"kind": kind, "begin_on": begin_on.isoformat(), "text": row.text}
    enter("file.add_line", _subject(person), by.mine_id, by, told, unit=person.unit)
    return row


@verb
def strike_line(line_id: UUID, *, reason: str, by: Person) -> RecordLine:
    """Strike a line that is wrong (划去); it stays in the table with the reason and leaves the paper. Refused without one."""
    _check(by)
    rows = RecordLine.objects.select_for_update(of=("self",)).select_related("person__unit")
    row = one_of(rows.filter(id=line_id, person__mine_id=by.mine_id))
    if row is None:
        raise NotVisible
    if row.struck_at is not None:
        raise Refused(_("这一条已经划去了。"), code="again")
    if not reason.strip():
        raise Refused(_("请写明划去的原因。"), field="reason")
    row.struck_at, row.struck_reason = clock.now(), reason.strip()[:200]
    row.save(update_fields=["struck_at", "struck_reason"])
    told = {"kind": row.kind, "text": row.text, "reason": row.struck_reason}
    enter("file.strike_line", _subject(row.person), by.mine_id, by, told, unit=row.person.unit)
    return row


@verb
def add_paper(person_id: UUID, *, kind: str, name: str, content: bytes, by: Person) -> RecordPaper:
    """Put a scanned paper into a person's file (放入扫描件): PDF or photo. Refused for other files, and the same one twice."""
    _check(by)
    person = _person(person_id, by)
    if kind not in PAPER_LABELS:
        raise Refused(_("请选一类。"), field="kind")
    file = keep_scan(content, field="file")
    if RecordPaper.objects.filter(person=person, kind=kind, file=file).exists():
        raise Refused(_("这份扫描件已经放进去了。"), field="file", code="again")
    row = RecordPaper.objects.create(person=person, kind=kind, name=name[-120:], file=file, by=by, at=clock.now())
    enter("file.add_paper", _subject(person), by.mine_id, by, {"paper": kind}, unit=person.unit)
    return row


@verb
def drop_paper(paper_id: UUID, *, by: Person) -> Person:
    """Take a scanned paper out of a person's file (取出扫描件)."""
    _check(by)
    row = one_of(RecordPaper.objects.select_related("person__unit").filter(id=paper_id, person__mine_id=by.mine_id))
    if row is None:
        raise NotVisible
    person, kind = row.person, row.kind
    row.delete()
    enter("file.drop_paper", _subject(person), by.mine_id, by, {"paper": kind}, unit=person.unit)
    return person


@verb
def add_class_paper(class_id: UUID, *, kind: str, name: str, content: bytes, by: Person) -> ClassPaper:
    """Put a scanned paper into the file of a class (放入扫描件). Refused once the file was put away."""
    _check(by)
    one = get_class(class_id, by=by)
    if one.status == Status.CLOSED:
        raise Refused(_("这个班已经归档，不能再放。"), code="wrong_state")
    if kind not in CLASS_PAPER_LABELS:
        raise Refused(_("请选一类。"), field="kind")
    file = keep_scan(content, field="file")
    if ClassPaper.objects.filter(training_class=one, kind=kind, file=file).exists():
        raise Refused(_("这份扫描件已经放进去了。"), field="file", code="again")
    row = ClassPaper.objects.create(training_class=one, kind=kind, name=name[-120:], file=file, by=by, at=clock.now())
    enter("file.add_class_paper", _class_subject(one), by.mine_id, by, {"class_paper": kind})
    return row


@verb
def drop_class_paper(paper_id: UUID, *, by: Person) -> UUID:
    """Take a scanned paper out of the file of a class (取出扫描件). Refused once the file was put away."""
    _check(by)
    rows = ClassPaper.objects.select_related("training_class")
    row = one_of(rows.filter(id=paper_id, training_class__mine_id=by.mine_id))
    if row is None:
        raise NotVisible
    one, kind = row.training_class, row.kind
    if one.status == Status.CLOSED:
        raise Refused(_("这个班已经归档，不能再取。"), code="wrong_state")
    row.delete()
    enter("file.drop_class_paper", _class_subject(one), by.mine_id, by, {"class_paper": kind})
    return one.id
