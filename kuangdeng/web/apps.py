from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class WebConfig(AppConfig):
    name = "kuangdeng.web"
    label = "web"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from kuangdeng.org.api import declare
        from kuangdeng.web import words
        from kuangdeng.web.channels import rules as channel_rules
        from kuangdeng.web.channels import words as channel_words
        from kuangdeng.web.screens import notices, rules  # noqa: F401 - notices register their routes
        from kuangdeng.web.screens import words as screen_words

        declare(_("电子屏"), rules.MAY, rules.POWER_LABELS)
        declare(_("通知通道"), channel_rules.MAY, channel_rules.POWER_LABELS)
        screen_words.declare()
        channel_words.declare()
        words.declare()
