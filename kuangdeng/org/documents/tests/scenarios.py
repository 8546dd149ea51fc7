"""The moment before each verb of templates, for the ledger walk."""

from collections.abc import Callable

from kuangdeng.org.documents import services
from kuangdeng.org.documents.rules import KINDS, DocumentKind, declare_document
from kuangdeng.org.documents.tests.kind import LETTER
from kuangdeng.org.testkit import Cast

Run = Callable[[], object]


def _kind() -> DocumentKind:
    if LETTER.code not in KINDS:
        declare_document(LETTER)
    return LETTER


def upload_template(cast: Cast) -> Run:
    content = _kind().default()
    return lambda: services.upload_template(
        LETTER.code, content=content, file_name="通知模板.docx", note="改了落款", by=cast.safety
    )


def withdraw_template(cast: Cast) -> Run:
    made = services.upload_template(LETTER.code, content=_kind().default(), file_name="通知模板.docx", by=cast.safety)
    return lambda: services.withdraw_template(made.id, by=cast.safety)


SCENARIOS: dict[str, Callable[[Cast], Run]] = {
    "upload_template": upload_template,
    "withdraw_template": withdraw_template,
}
