"""Files of a topic: PDF, photos, Word. What comes in is checked, what goes out is never run by the browser."""

import zipfile
from io import BytesIO

from django.utils.translation import gettext as _

from kuangdeng.kernel.errors import Refused
from kuangdeng.kernel.files import content_of, keep_bytes, keep_scan
from kuangdeng.kernel.models import StoredFile

DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
KEPT_AS = "application/docx"
"""The store holds fifty characters of a kind."""
PDF = "application/pdf"
MOST = 20 * 1024 * 1024


def keep_paper(content: bytes, *, field: str = "file") -> StoredFile:
    """Keep a PDF, a photo or a Word document. Refused for anything else, and for a Word file with macros."""
    if content[:2] != b"PK":
        return keep_scan(content, field=field)
    if len(content) > MOST:
        raise Refused(_("文件超过 20 MB。请压缩里面的图片后再上传。"), field=field, code="too_large")
    try:
        with zipfile.ZipFile(BytesIO(content)) as package:
            names = set(package.namelist())
    except zipfile.BadZipFile:
        names = set()
    if "word/document.xml" not in names or any("vbaProject" in one for one in names):
        raise Refused(_("只收 PDF、JPEG、PNG 或不带宏的 Word（.docx）文件。"), field=field, code="bad_file")
    return keep_bytes(content, kind=KEPT_AS)


def content_and_kind(file: StoredFile) -> tuple[bytes | None, str]:
    """A kept file with its kind."""
    return content_of(file.sha256), DOCX if file.kind == KEPT_AS else file.kind
