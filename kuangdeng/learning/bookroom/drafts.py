"""A record on its way in, whatever format it came in; and what was wrong with others. Pure."""

from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass, field, fields
from typing import Any

from django.utils.translation import gettext as _

from kuangdeng.learning.bookroom import rules
from kuangdeng.learning.bookroom.barcode import code128_values

PLAIN = ("title", "subtitle", "author", "publisher", "place", "year", "edition", "pages", "price", "series", "language",
         "class_number", "summary", "remark")  # fmt: skip


@dataclass
class Draft:
    """One title with its copies as a file has it. `number` counts the records from 1, `offset` is its first byte."""

    number: int
    offset: int = 0
    title: str = ""
    isbn: str = ""
    subtitle: str = ""
    author: str = ""
    publisher: str = ""
    place: str = ""
    year: str = ""
    edition: str = ""
    pages: str = ""
    price: str = ""
    series: str = ""
    language: str = ""
    class_number: str = ""
    summary: str = ""
    remark: str = ""
    subjects: list[str] = field(default_factory=list)
    barcodes: list[str] = field(default_factory=list)
    copies: int = 0
    room: str = ""
    marc_form: str = ""
    marc_rest: list[Any] = field(default_factory=list)

    @property
    def work_key(self) -> str:
        """One spelling for the same work."""
        return rules.work_key(self.title, self.author)[:700]

    def as_json(self) -> dict[str, Any]:
        """What the preview keeps: only what is there."""
        return {key: value for key, value in asdict(self).items() if value not in ("", 0, [])}

    @classmethod
    def of_json(cls, kept: dict[str, Any]) -> "Draft":
        """The draft that the preview kept."""
        known = {one.name for one in fields(cls)}
        return cls(**{key: value for key, value in kept.items() if key in known})


@dataclass(frozen=True)
class Fault:
    """Something wrong with one record: which one, at which byte, what. `skipped`: the record does not come in."""

    number: int
    offset: int
    what: str
    skipped: bool = True

    def as_json(self) -> dict[str, Any]:
        """What the preview keeps."""
        return asdict(self)


Found = Draft | Fault


def checked(found: Iterable[Found]) -> Iterator[Found]:
    """The same records with their ISBN and barcodes checked: a wrong one is left empty, and said."""
    for one in found:
        if isinstance(one, Fault):
            yield one
            continue
        yield from _checked(one)


def _checked(one: Draft) -> Iterator[Found]:
    one.title = one.title.strip()[:300]
    if not one.title:
        yield Fault(one.number, one.offset, _("没有书名"))
        return
    try:
        one.isbn = rules.clean_isbn(one.isbn)
    except ValueError:
        yield Fault(one.number, one.offset, _("ISBN「%s」校验位不对，已留空，其余照收") % one.isbn[:30], skipped=False)
        one.isbn = ""
    good = []
    for barcode in dict.fromkeys(one.barcodes):
        try:
            code128_values(barcode)
            good.append(barcode)
        except ValueError:
            yield Fault(one.number, one.offset, _("条码「%s」扫不出，已改用新条码") % barcode[:30], skipped=False)
            one.copies += 1
    one.barcodes = [barcode for barcode in good if len(barcode) <= 30]
    yield one
