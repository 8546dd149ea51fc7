from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class HazardsConfig(AppConfig):
    name = "kuangdeng.hazards"
    label = "hazards"
    verbose_name = _("隐患")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from kuangdeng.hazards import notices, rules, words  # noqa: F401 - notices register their routes
        from kuangdeng.hazards.bulletins import rules as bulletins
        from kuangdeng.hazards.bulletins import words as bulletin_words
        from kuangdeng.hazards.links import hazards_at, rounds_at
        from kuangdeng.hazards.queries import photos_awaited, photos_in_use
        from kuangdeng.hazards.questions import rules as questions
        from kuangdeng.hazards.questions import words as question_words
        from kuangdeng.hazards.questions.queries import photos_in_use as photos_of_answers
        from kuangdeng.kernel.files import keep_when_awaited, keep_when_referenced
        from kuangdeng.org.api import PLACE_LINKS, declare

        declare(_("隐患"), rules.MAY, rules.POWER_LABELS)
        declare(_("每日公布"), bulletins.MAY, bulletins.POWER_LABELS)
        declare(_("追问"), questions.MAY, questions.POWER_LABELS)
        words.declare()
        bulletin_words.declare()
        question_words.declare()
        keep_when_referenced(photos_in_use)
        keep_when_referenced(photos_of_answers)
        keep_when_awaited(photos_awaited)
        PLACE_LINKS.extend([hazards_at, rounds_at])
