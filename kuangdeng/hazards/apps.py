from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class HazardsConfig(AppConfig):
    name = "kuangdeng.hazards"
    label = "hazards"
    verbose_name = _("隐患")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from kuangdeng.hazards import notices, rules, words  # noqa: F401 - notices register their routes
        from kuangdeng.hazards.accidents import notices as accident_notices  # noqa: F401
        from kuangdeng.hazards.accidents import queries as accident_queries
        from kuangdeng.hazards.accidents import rules as accident_rules
        from kuangdeng.hazards.accidents import words as accident_words
        from kuangdeng.hazards.bulletins import paper as bulletin_paper
        from kuangdeng.hazards.bulletins import rules as bulletins
        from kuangdeng.hazards.bulletins import words as bulletin_words
        from kuangdeng.hazards.groups import rules as groups
        from kuangdeng.hazards.groups import words as group_words
        from kuangdeng.hazards.groups.queries import photos_in_use as photos_of_feedback
        from kuangdeng.hazards.links import accidents_at, hazards_at, rounds_at
        from kuangdeng.hazards.queries import photos_awaited, photos_in_use
        from kuangdeng.hazards.questions import rules as questions
        from kuangdeng.hazards.questions import words as question_words
        from kuangdeng.hazards.questions.queries import photos_in_use as photos_of_answers
        from kuangdeng.hazards.reconciliation import rules as reconciliation
        from kuangdeng.hazards.reconciliation import words as reconciliation_words
        from kuangdeng.hazards.statutory import letters
        from kuangdeng.hazards.statutory import queries as statutory_queries
        from kuangdeng.hazards.statutory import rules as statutory_rules
        from kuangdeng.hazards.statutory import words as statutory_words
        from kuangdeng.kernel.files import keep_when_awaited, keep_when_referenced
        from kuangdeng.org.api import PLACE_LINKS, declare

        declare(_("隐患"), rules.MAY, rules.POWER_LABELS)
        declare(_("每日公布"), bulletins.MAY, bulletins.POWER_LABELS)
        declare(_("追问"), questions.MAY, questions.POWER_LABELS)
        declare(_("整治落实"), groups.MAY, groups.POWER_LABELS)
        declare(_("每日对账"), reconciliation.MAY, reconciliation.POWER_LABELS)
        declare(_("事故"), accident_rules.MAY, accident_rules.POWER_LABELS)
        declare(_("法定报表"), statutory_rules.MAY, statutory_rules.POWER_LABELS)
        words.declare()
        bulletin_words.declare()
        bulletin_paper.declare()
        question_words.declare()
        group_words.declare()
        reconciliation_words.declare()
        accident_words.declare()
        statutory_words.declare()
        letters.declare()
        keep_when_referenced(photos_in_use)
        keep_when_referenced(photos_of_answers)
        keep_when_referenced(photos_of_feedback)
        keep_when_referenced(accident_queries.photos_in_use)
        keep_when_referenced(statutory_queries.files_in_use)
        keep_when_awaited(photos_awaited)
        PLACE_LINKS.extend([hazards_at, accidents_at, rounds_at])
