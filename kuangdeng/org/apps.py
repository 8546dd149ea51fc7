from django.apps import AppConfig


class OrgConfig(AppConfig):
    name = "kuangdeng.org"
    label = "org"
    verbose_name = "组织"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from kuangdeng.org import powers, rules, words

        powers.declare("组织", rules.MAY, rules.POWER_LABELS)
        words.declare()
