from django.apps import AppConfig


class HazardsConfig(AppConfig):
    name = "kuangdeng.hazards"
    label = "hazards"
    verbose_name = "隐患"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from kuangdeng.hazards import notices, rules, words  # noqa: F401 - notices register their routes
        from kuangdeng.org.api import declare

        declare("隐患", rules.MAY, rules.POWER_LABELS)
        words.declare()
