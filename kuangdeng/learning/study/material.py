"""A file of study: known by its content, made harmless, kept."""

import zipfile
from io import BytesIO

from django.utils.translation import gettext as _

from kuangdeng.kernel.errors import Refused
from kuangdeng.kernel.files import PDF, keep_bytes
from kuangdeng.kernel.models import StoredFile
from kuangdeng.kernel.pictures import KIND, reencode_bytes
from kuangdeng.learning.study.rules import MOST_MATERIAL, OFFICE

SHORT = {kind: f"application/{ending}" for ending, kind in OFFICE.items()}
"""The store holds fifty characters of a kind."""


def kept_file(name: str, content: bytes) -> tuple[StoredFile, str]:
    """Keep a file, and say what kind it is. The caller ties it to something in the same transaction."""
    kept, kind = _checked(name, content)
    return keep_bytes(kept, kind=SHORT.get(kind, kind)), kind


def _checked(name: str, content: bytes) -> tuple[bytes, str]:
    """What is kept of a file, and what kind it is, by its content and not by its name. Refused for anything else."""
    if len(content) > MOST_MATERIAL:
        raise Refused(_("文件超过 20 MB。请压缩图片或拆开后再上传。"), field="file", code="too_large")
    ending = name.rpartition(".")[2].lower()
    if content.startswith(b"%PDF-"):
        return content, PDF
    if content.startswith((b"\xff\xd8\xff", b"\x89PNG")):
        return reencode_bytes(content).content, KIND
    if ending in OFFICE and content.startswith(b"PK\x03\x04") and _is_office(content):
        return content, OFFICE[ending]
    raise Refused(
        _("只收 PDF、Word（docx）、PPT（pptx）、Excel（xlsx）和照片。旧格式请先另存为新格式或 PDF。"),
        field="file",
        code="kind",
    )


def _is_office(content: bytes) -> bool:
    try:
        with zipfile.ZipFile(BytesIO(content)) as package:
            names = package.namelist()
    except (zipfile.BadZipFile, ValueError, OSError):
        return False
    return "[Content_Types].xml" in names and not any("vbaProject" in one for one in names)
