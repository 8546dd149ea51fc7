from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class OrgConfig(AppConfig):
    name = "kuangdeng.org"
    label = "org"
    verbose_name = _("组织")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from kuangdeng.org import powers, rules, words

        powers.declare(_("组织"), rules.MAY, rules.POWER_LABELS)
        words.declare()
