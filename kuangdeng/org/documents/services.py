"""The verbs of templates: 启用模板、停用模板."""

from uuid import UUID

from django.utils.translation import gettext as _

from kuangdeng.kernel import clock, documents
from kuangdeng.kernel.errors import Refused
from kuangdeng.kernel.files import keep_bytes
from kuangdeng.kernel.language import in_chinese
from kuangdeng.kernel.verbs import verb
from kuangdeng.ledger.api import Subject, post
from kuangdeng.org.documents.models import MineTemplate
from kuangdeng.org.documents.queries import get_kind, get_template
from kuangdeng.org.models import Mine, Person


@verb
def upload_template(kind: str, *, content: bytes, file_name: str, note: str = "", by: Person) -> MineTemplate:
    """Use the mine's own template from now on (启用文书模板), as the next version; what was printed before stays.

    Refused, naming the tag, when it does not print the samples of its kind.
    """
    what = get_kind(kind, by=by)
    documents.check(content, what.samples())
    Mine.objects.select_for_update().get(id=by.mine_id)
    last = MineTemplate.objects.filter(mine_id=by.mine_id, kind=kind).order_by("-version").first()
    if last is not None and last.withdrawn_at is None and last.file.size == len(content):
        _refuse_same(last, content)
    row = MineTemplate.objects.create(
        mine_id=by.mine_id,
        kind=kind,
        version=last.version + 1 if last else 1,
        file=keep_bytes(content, kind="docx"),
        file_name=file_name[-200:],
        note=note.strip()[:200],
        uploaded_by=by,
        uploaded_at=clock.now(),
    )
    _enter("upload", row, by, {"file": row.file_name, "note": row.note, "sha256": row.file_id})
    return row


def _refuse_same(last: MineTemplate, content: bytes) -> None:
    from hashlib import sha256

    if sha256(content).hexdigest() == last.file_id:
        raise Refused(_("这个文件和正在用的第 %(n)d 版一模一样。") % {"n": last.version}, field="file", code="same")


@verb
def withdraw_template(template_id: UUID, *, by: Person) -> MineTemplate:
    """Stop using a version (停用文书模板): the one before it holds again, or the shipped one. Refused when it is stopped."""
    row = get_template(template_id, by=by)
    row = MineTemplate.objects.select_for_update().get(id=row.id)
    if row.withdrawn_at is not None:
        raise Refused(_("这一版已经停用了。"), code="gone")
    row.withdrawn_at, row.withdrawn_by = clock.now(), by
    row.save(update_fields=["withdrawn_at", "withdrawn_by"])
    _enter("withdraw", row, by, {})
    return row


def _enter(what: str, row: MineTemplate, by: Person, payload: dict[str, object]) -> None:
    with in_chinese():
        label = _("%(kind)s模板第 %(n)d 版") % {"kind": get_kind(row.kind, by=by).label, "n": row.version}
    post(
        f"document.{what}",
        Subject("document_template", row.id, label),
        mine_id=row.mine_id,
        by=by,
        payload=payload,
    )
