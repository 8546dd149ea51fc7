"""The catalogue as a file: ISO 2709 in three characters, MARCXML, Excel; what goes out comes in again."""

from collections.abc import Iterator
from uuid import UUID

from django.db.models import Prefetch
from django.utils.translation import gettext_lazy as _

from kuangdeng.learning.bookroom import marc, sheets
from kuangdeng.learning.bookroom.drafts import PLAIN
from kuangdeng.learning.bookroom.models import Copy, Title
from kuangdeng.learning.bookroom.rules import CopyStatus

FORMATS: dict[str, tuple[object, str, str]] = {
    "cnmarc": (_("CNMARC，ISO 2709，UTF-8"), "application/marc", "mrc"),
    "cnmarc-gbk": (_("CNMARC，ISO 2709，GB18030"), "application/marc", "mrc"),
    "marc21": (_("MARC 21，ISO 2709，UTF-8"), "application/marc", "mrc"),
    "cnmarcxml": (_("CNMARC，MARCXML"), "application/marcxml+xml", "xml"),
    "marcxml": (_("MARC 21，MARCXML"), "application/marcxml+xml", "xml"),
    "excel": (_("Excel 书目表"), "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "xlsx"),
}


def _titles(mine_id: UUID, room_id: UUID | None) -> Iterator[Title]:
    copies = Copy.objects.filter(status=CopyStatus.IN_USE).select_related("room")
    rows = Title.objects.filter(mine_id=mine_id).order_by("class_number", "id")
    if room_id is not None:
        copies = copies.filter(room_id=room_id)
        rows = rows.filter(copies__room_id=room_id, copies__status=CopyStatus.IN_USE).distinct()
    return rows.prefetch_related(Prefetch("copies", copies, "in_room")).iterator(chunk_size=500)


def _values(title: Title) -> dict[str, str]:
    return {**{name: str(getattr(title, name)) for name in PLAIN}, "isbn": title.isbn}


def _outs(mine_id: UUID, room_id: UUID | None) -> Iterator[marc.Out]:
    for title in _titles(mine_id, room_id):
        barcodes = [copy.barcode for copy in title.in_room]  # type: ignore[attr-defined]
        yield marc.Out(_values(title), title.subjects, barcodes, title.marc_rest, title.marc_form)


def export(mine_id: UUID, kind: str, room_id: UUID | None = None) -> Iterator[bytes]:
    """The catalogue of the mine, or of one room, in pieces."""
    if kind == "excel":
        rows = (
            (
                _values(title),
                title.subjects,
                [copy.barcode for copy in title.in_room],  # type: ignore[attr-defined]
                [copy.room.name for copy in title.in_room],  # type: ignore[attr-defined]
            )
            for title in _titles(mine_id, room_id)
        )
        return iter([sheets.excel_bytes(rows)])
    form = marc.UNIMARC if kind.startswith("cnmarc") else marc.MARC21
    outs = _outs(mine_id, room_id)
    if kind.endswith("xml"):
        return marc.write_marcxml(outs, form)
    return marc.write_iso2709(outs, form, marc.GB18030 if kind.endswith("gbk") else marc.UTF8)
