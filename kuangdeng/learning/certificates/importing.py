"""An existing list of certificates on its way in: read whole, shown with what is wrong in each row, written when confirmed."""

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import date
from hashlib import sha256
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Any, BinaryIO

from django.utils.translation import gettext as _

from kuangdeng.kernel import clock
from kuangdeng.kernel.errors import Refused
from kuangdeng.kernel.files import read_upload
from kuangdeng.kernel.language import in_chinese
from kuangdeng.kernel.tables import Column, Problem, Record, Unreadable, compact, open_book, text, to_date
from kuangdeng.learning.certificates import queries
from kuangdeng.learning.certificates.models import CertificateType
from kuangdeng.learning.certificates.queries import KIND, trade_key
from kuangdeng.learning.standards.api import years_later
from kuangdeng.org.api import ImportRun, Person, has_power

MOST_BYTES = 20 * 1024 * 1024
MOST_ROWS = 20_000
COLUMNS = (
    Column("number", "工号", ("职工号", "员工编号", "人员编号", "职工编号"), required=True),
    Column("name", "姓名", ("职工姓名",)),
    Column(
        "kind",
        "证照种类",
        ("证件种类", "证照名称", "证件名称", "作业类别", "资格类型", "证书名称", "准操项目", "操作项目"),
        required=True,
    ),
    Column("certificate", "证号", ("证件编号", "证书编号", "证照编号", "操作证号"), required=True),
    Column("issuer", "发证机关", ("发证单位", "签发机关")),
    Column("first_on", "初领日期", ("初次领证日期", "发证日期", "领证日期")),
    Column("valid_from", "有效期起", ("有效期开始", "有效起始日期", "有效期始")),
    Column("valid_until", "有效期止", ("有效期至", "到期日期", "有效截止日期", "有效期限"), required=True),
    Column("review_by", "应复审日期", ("复审日期", "下次复审日期")),
)


@dataclass
class Draft:
    """One row that can be written."""

    row: int
    person: str
    name: str
    unit: str
    type: str
    type_name: str
    certificate: str
    issuer: str
    first_on: str
    valid_from: str
    valid_until: str
    review_by: str
    again: bool
    """The same certificate is there: its dates are brought up to date."""


class _Reader:
    """Reads rows against the mine's people, kinds and certificates; each of these is fetched once."""

    def __init__(self, mine_id: Any, records: list[Record]) -> None:
        self.kinds = {trade_key(one.name): one for one in queries.types_in_use(mine_id)}
        for one in list(self.kinds.values()):
            bare = trade_key(one.name).removeprefix("煤矿").removesuffix("作业")
            self.kinds.setdefault(bare, one)
            for trade in one.trades:
                self.kinds.setdefault(trade_key(trade), one)
        self.people = queries.persons_by_number(mine_id, {compact(one["number"]) for one in records})
        self.known = queries.known_numbers(mine_id)
        self.held = queries.held_types(mine_id)
        self.problems: list[Problem] = []
        self.seen: dict[tuple[str, str], int] = {}

    def fault(self, record: Record, key: str, message: object) -> None:
        self.problems.append(record.problem(key, message))

    def read(self, record: Record) -> Draft | None:
        """A row as a draft; None when something is wrong, which is then among the problems."""
        before = len(self.problems)
        person, kind = self._person(record), self._kind(record)
        number = compact(record["certificate"])
        if not number:
            self.fault(record, "certificate", _("没有证号"))
        days = self._days(record, kind)
        if len(self.problems) > before or person is None or kind is None:
            return None
        if self._taken(record, person, kind, number):
            return None
        first, begin, end, review = days
        return Draft(
            record.number, str(person.id), person.name, person.unit.full_name if person.unit else "", str(kind.id), kind.name,
            number[:40], text(record["issuer"])[:100], first.isoformat(), begin.isoformat(), end.isoformat(),
            review.isoformat() if review else "", (kind.id, number) in self.known,
        )  # fmt: skip

    def _person(self, record: Record) -> Person | None:
        number = compact(record["number"])
        person = self.people.get(number)
        if not number:
            self.fault(record, "number", _("没有工号"))
        elif person is None:
            self.fault(record, "number", _("本矿没有工号 %s") % number)
        elif compact(record["name"]) and compact(record["name"]) != compact(person.name):
            said = _("工号 %(number)s 是%(name)s，姓名对不上")
            self.fault(record, "name", said % {"number": number, "name": person.name})
            return None
        elif not person.is_active:
            self.fault(record, "number", _("%s已离矿") % person.name)
            return None
        return person

    def _kind(self, record: Record) -> CertificateType | None:
        words = text(record["kind"])
        kind = self.kinds.get(trade_key(words))
        if kind is None:
            self.fault(record, "kind", _("没有「%s」这种证照，请先在证照种类里加上，或改成已有的名称") % words[:60])
        return kind

    def _days(self, record: Record, kind: CertificateType | None) -> tuple[date, date, date, date | None]:
        found: dict[str, date | None] = {}
        for key in ("first_on", "valid_from", "valid_until", "review_by"):
            try:
                found[key] = to_date(record[key])
            except Unreadable as wrong:
                self.fault(record, key, wrong)
                found[key] = None
        end = found["valid_until"]
        if end is None:
            if not any(one.row == record.number and "有效" in one.column for one in self.problems):
                self.fault(record, "valid_until", _("没有有效期止"))
            return (date.min,) * 3 + (None,)
        begin = found["valid_from"] or (years_later(end, -kind.valid_years) if kind else end)
        first = found["first_on"] or begin
        if begin > end:
            self.fault(record, "valid_until", _("有效期止早于有效期起"))
        if first > begin:
            self.fault(record, "first_on", _("初领日期晚于有效期起"))
        return first, begin, end, found["review_by"]

    def _taken(self, record: Record, person: Person, kind: CertificateType, number: str) -> bool:
        """Whether the row contradicts another row or what is there."""
        key = (str(kind.id), number)
        if key in self.seen:
            self.fault(record, "certificate", _("和第 %(n)d 行是同一本证") % {"n": self.seen[key]})
            return True
        self.seen[key] = record.number
        there = self.known.get((kind.id, number))
        if there is not None and there.person_id != person.id:
            self.fault(record, "certificate", _("这个证号已登记在别人名下"))
            return True
        held = self.held.get((person.id, kind.id))
        if held is not None and held.number != number:
            said = _("%(name)s已有%(kind)s（%(number)s），请先注销旧证或在证照页更正")
            self.fault(record, "certificate", said % {"name": person.name, "kind": kind.name, "number": held.number})
            return True
        twice = (str(person.id), str(kind.id))
        if twice in self.seen:
            said = _("%(name)s在第 %(n)d 行已有一本%(kind)s")
            self.fault(record, "certificate", said % {"name": person.name, "n": self.seen[twice], "kind": kind.name})
            return True
        self.seen[twice] = record.number
        return False


def take_in(file: BinaryIO, *, name: str, by: Person) -> ImportRun:
    """Read a list of certificates for its preview. Refused when it is too large or no such list."""
    if not has_power(by, "cert.issue"):
        raise Refused(_("您没有权限导入证照。请联系培训科。"), code="not_allowed")
    data = read_upload(file, MOST_BYTES)
    with in_chinese():
        records = _records(data, name)
        reader = _Reader(by.mine_id, records)
        drafts = [draft for draft in map(reader.read, records) if draft is not None]
    return ImportRun.objects.create(
        mine_id=by.mine_id, kind=KIND, file_name=name[:200], file_sha256=sha256(data).hexdigest(), by=by,
        state=ImportRun.State.PREVIEW, started_at=clock.now(), total_rows=len(records), done_rows=len(drafts),
        problems=[{**asdict(one), "message": str(one.message)} for one in reader.problems],
        report={"drafts": [asdict(one) for one in drafts]},
    )  # fmt: skip


def _records(data: bytes, name: str) -> list[Record]:
    with NamedTemporaryFile(suffix=Path(name).suffix.lower()[:6]) as kept:
        kept.write(data)
        kept.flush()
        with open_book(Path(kept.name), name=name) as book:
            found = list(_rows(book))
    if not found:
        raise Refused(
            _("没有找到证照表头。要有「工号」「证照种类」「证号」「有效期止」四栏，其他栏可以没有。"),
            field="file",
            code="no_header",
        )
    if len(found) > MOST_ROWS:
        raise Refused(
            _("一次最多导入 %(n)d 条记录。请拆成几个文件。") % {"n": MOST_ROWS}, field="file", code="too_many"
        )
    return found


def _rows(book: Any) -> Iterable[Record]:
    for sheet in book.sheets:
        table = book.table(sheet, COLUMNS)
        if table is not None and {"number", "kind", "certificate", "valid_until"} <= set(table.header.columns):
            yield from table
