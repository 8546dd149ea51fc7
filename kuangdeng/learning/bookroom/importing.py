"""A file of records on its way in: read whole, shown as a preview, nothing written until a person confirms it."""

from collections.abc import Iterable
from hashlib import sha256
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import BinaryIO

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kuangdeng.kernel import clock
from kuangdeng.kernel.errors import Refused
from kuangdeng.kernel.files import read_upload
from kuangdeng.kernel.language import in_chinese
from kuangdeng.learning.bookroom import marc, queries, sheets
from kuangdeng.learning.bookroom.drafts import Draft, Fault, Found, checked
from kuangdeng.learning.bookroom.models import BookImport
from kuangdeng.org.api import Person, has_power

MOST_BYTES = 30 * 1024 * 1024
MOST_RECORDS = 20_000
MOST_FAULTS = 5000
CHARSETS = (
    ("", gettext_lazy("自动识别")),
    (marc.UTF8, "UTF-8"),
    (marc.GB18030, "GBK / GB18030"),
    (marc.MARC8, "MARC-8"),
)


def take_in(file: BinaryIO, *, name: str, by: Person, charset: str = "") -> BookImport:
    """Read a file for its preview. Refused when it is too large, no book list, or made to do harm."""
    if not has_power(by, "book.catalogue"):
        raise Refused(_("您没有权限导入书目。请联系书屋管理员。"), code="not_allowed")
    data = read_upload(file, MOST_BYTES)
    with in_chinese():
        form, found = _read(data, name, charset)
        drafts, faults = _sorted(found)
    numbers = {draft.number for draft in drafts} | {fault.number for fault in faults}
    return BookImport.objects.create(
        mine_id=by.mine_id, file_name=name[:200], file_sha256=sha256(data).hexdigest(), form=form, by=by, at=clock.now(),
        records=len(numbers), drafts=[one.as_json() for one in drafts],
        problems=[one.as_json() for one in faults],
    )  # fmt: skip


def _read(data: bytes, name: str, charset: str) -> tuple[str, Iterable[Found]]:
    """What the file is, by what is in it, and its records."""
    if marc.looks_like_xml(data):
        return "MARCXML", marc.read_marcxml(data)
    if marc.looks_like_iso2709(data):
        used = charset or marc.charset_of(data)
        return f"ISO 2709（{dict(CHARSETS)[used]}）", marc.read_iso2709(data, used)
    with NamedTemporaryFile(suffix=Path(name).suffix.lower()[:6]) as kept:
        kept.write(data)
        kept.flush()
        return "电子表格", list(sheets.read_excel(Path(kept.name), name))


def _sorted(found: Iterable[Found]) -> tuple[list[Draft], list[Fault]]:
    """The good records, those of one work put together, and what is wrong with the others."""
    drafts: dict[str, Draft] = {}
    faults: list[Fault] = []
    seen: set[str] = set()
    count = 0
    for one in checked(found):
        if isinstance(one, Fault):
            if len(faults) < MOST_FAULTS:
                faults.append(one)
            continue
        count += 1
        if count > MOST_RECORDS:
            raise Refused(
                _("一次最多导入 %(n)d 条记录。请拆成几个文件。") % {"n": MOST_RECORDS}, field="file", code="too_many"
            )
        twice = [barcode for barcode in one.barcodes if barcode in seen]
        for barcode in twice:
            faults.append(
                Fault(one.number, one.offset, f"条码「{barcode}」在文件里出现两次，这一册不收", skipped=False)
            )
        one.barcodes = [barcode for barcode in one.barcodes if barcode not in seen]
        seen.update(one.barcodes)
        key = one.isbn or one.work_key
        if key in drafts:
            first = drafts[key]
            first.barcodes += one.barcodes
            first.copies = first.copies + one.copies + (0 if one.barcodes or one.copies else 1)
            faults.append(Fault(one.number, one.offset, f"和第 {first.number} 条是同一种书，并成复本", skipped=False))
        else:
            drafts[key] = one
    return list(drafts.values()), sorted(faults, key=lambda one: one.number)


def proposal(run: BookImport, shown: int = 50) -> dict[str, object]:
    """What would be written now: so many new titles, so many copies to titles that are there; the first of each."""
    drafts = [Draft.of_json(one) for one in run.drafts]
    by_isbn, by_work = queries.known_works(run.mine_id, [one.isbn for one in drafts], [one.work_key for one in drafts])
    known = queries.known_barcodes(run.mine_id, [barcode for one in drafts for barcode in one.barcodes])
    lines = []
    for one in drafts:
        there = queries.twin_of(one.isbn, one.work_key, by_isbn, by_work)
        taken = [barcode for barcode in one.barcodes if barcode in known]
        lines.append({"draft": one, "there": there, "taken": taken})
    return {
        "lines": lines[:shown],
        "new": sum(line["there"] is None for line in lines),
        "there": sum(line["there"] is not None for line in lines),
        "taken": sorted(known),
        "skipped": sum(bool(one.get("skipped", True)) for one in run.problems),
    }
