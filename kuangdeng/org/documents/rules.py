"""Which kinds of documents there are, and who looks after their templates. Pure."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

from kuangdeng.org.rules import Role

MAY: dict[str, frozenset[Role]] = {"document.templates": frozenset({Role.SAFETY, Role.ADMINISTRATOR})}
POWER_LABELS: dict[str, object] = {"document.templates": _("管理文书的 Word 模板")}


@dataclass(frozen=True)
class DocumentKind:
    """A kind of document. `fields` are the tags that a template may use, each with its meaning.

    `samples` are sets of words that between them reach every branch: a template is checked with each of them.
    `default` makes the template that is used until the mine has its own.
    """

    code: str
    label: object
    fields: Sequence[tuple[str, object]]
    samples: Callable[[], Sequence[Mapping[str, Any]]]
    default: Callable[[], bytes]
    power: str = "document.templates"


KINDS: dict[str, DocumentKind] = {}


def declare_document(kind: DocumentKind) -> None:
    """A part above has this kind of document."""
    KINDS[kind.code] = kind
