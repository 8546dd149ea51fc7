from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class LearningConfig(AppConfig):
    name = "kuangdeng.learning"
    label = "learning"
    verbose_name = _("学习")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Each part declares its powers, words and notices here."""
        from kuangdeng.learning.bookroom import rules as bookroom
        from kuangdeng.learning.bookroom import words as bookroom_words
        from kuangdeng.org.api import declare

        declare(_("书屋"), bookroom.MAY, bookroom.POWER_LABELS)
        bookroom_words.declare()
