"""Reading templates: which are there, which holds now."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from django.utils.translation import gettext as _

from kuangdeng.kernel.errors import NotVisible, Refused
from kuangdeng.kernel.files import content_of
from kuangdeng.org.documents.models import MineTemplate
from kuangdeng.org.documents.rules import KINDS, DocumentKind
from kuangdeng.org.models import Person
from kuangdeng.org.queries import has_power


@dataclass(frozen=True)
class Shelf:
    """A kind of document with the mine's versions, the newest first; `used` is None while the default holds."""

    kind: DocumentKind
    versions: list[MineTemplate]
    used: MineTemplate | None


def shelves(by: Person) -> list[Shelf]:
    """The kinds whose templates this person looks after. NotVisible when there are none."""
    kinds = [kind for kind in KINDS.values() if has_power(by, kind.power)]
    if not kinds and not has_power(by, "document.templates"):
        raise NotVisible
    rows: dict[str, list[MineTemplate]] = defaultdict(list)
    found = MineTemplate.objects.filter(mine_id=by.mine_id, kind__in=[kind.code for kind in kinds])
    for row in found.select_related("uploaded_by", "withdrawn_by"):
        rows[row.kind].append(row)
    return [Shelf(kind, rows[kind.code], _used(rows[kind.code])) for kind in kinds]


def _used(rows: Iterable[MineTemplate]) -> MineTemplate | None:
    return next((row for row in rows if row.withdrawn_at is None), None)


def get_kind(code: str, *, by: Person) -> DocumentKind:
    """A kind of document. NotVisible for who does not look after it."""
    kind = KINDS.get(code)
    if kind is None or not has_power(by, kind.power):
        raise NotVisible
    return kind


def get_template(template_id: UUID, *, by: Person) -> MineTemplate:
    """One version. NotVisible for who does not look after it."""
    row = MineTemplate.objects.filter(id=template_id, mine_id=by.mine_id).first()
    if row is None:
        raise NotVisible
    get_kind(row.kind, by=by)
    return row


def used_template(code: str, mine_id: UUID) -> MineTemplate | None:
    """The version that holds now; None while the shipped one does."""
    return MineTemplate.objects.filter(mine_id=mine_id, kind=code, withdrawn_at=None).first()


def content_for(code: str, template: MineTemplate | None) -> bytes:
    """The .docx of a version, or the shipped one. Refused when the file is gone from the disk."""
    if template is None:
        return KINDS[code].default()
    content = content_of(template.file_id)
    if content is None:
        raise Refused(
            _("模板第 %(n)d 版的文件找不到了。请从备份恢复，或者重新上传模板。") % {"n": template.version}, code="gone"
        )
    return content


def files_in_use(names: Iterable[str]) -> set[str]:
    """Which of these stored files are templates; the sweeper keeps them."""
    return set(MineTemplate.objects.filter(file_id__in=list(names)).values_list("file_id", flat=True))
