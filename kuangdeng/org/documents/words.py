"""How the ledger lines of templates are read aloud."""

from django.utils.translation import gettext_lazy as _

from kuangdeng.ledger.api import declare_words


def declare() -> None:
    """Hand the words to the ledger."""
    declare_words(
        verbs={"document.upload": _("启用文书模板"), "document.withdraw": _("停用文书模板")},
        subjects={"document_template": _("文书模板")},
        fields={"file": _("文件"), "note": _("说明")},
        hidden={"document.upload.sha256"},
    )
