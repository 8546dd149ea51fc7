from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class OrgConfig(AppConfig):
    name = "kuangdeng.org"
    label = "org"
    verbose_name = _("组织")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from kuangdeng.kernel.files import keep_when_referenced
        from kuangdeng.ledger.api import declare_people
        from kuangdeng.org import powers, rules, words
        from kuangdeng.org.contacts import Directory
        from kuangdeng.org.documents import queries as documents
        from kuangdeng.org.documents import rules as document_rules
        from kuangdeng.org.documents import words as document_words

        powers.declare(_("组织"), rules.MAY, rules.POWER_LABELS)
        words.declare()
        powers.declare(_("文书模板"), document_rules.MAY, document_rules.POWER_LABELS)
        document_words.declare()
        keep_when_referenced(documents.files_in_use)
        declare_people(Directory())
