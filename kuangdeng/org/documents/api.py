"""Front door of the templates: kinds that parts declare, documents that they print."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from kuangdeng.kernel import documents
from kuangdeng.kernel.documents import DOCX, Letter, chinese_day
from kuangdeng.org.documents.queries import content_for, used_template
from kuangdeng.org.documents.rules import DocumentKind, declare_document
from kuangdeng.org.documents.services import upload_template, withdraw_template

__all__ = [
    "DOCX",
    "DocumentKind",
    "Letter",
    "Printed",
    "chinese_day",
    "declare_document",
    "print_document",
    "upload_template",
    "withdraw_template",
]


@dataclass(frozen=True)
class Printed:
    """A document, and which version of the mine's template it was made of (0: the shipped one)."""

    content: bytes
    version: int


def print_document(kind: str, words: Mapping[str, Any], *, mine_id: UUID) -> Printed:
    """The document of this kind, by the mine's own template or the shipped one.

    Refused when the template can't be filled, naming the tag.
    """
    template = used_template(kind, mine_id)
    return Printed(documents.render(content_for(kind, template), words), template.version if template else 0)
