from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class LearningConfig(AppConfig):
    name = "kuangdeng.learning"
    label = "learning"
    verbose_name = _("学习")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Each part declares its powers, words and notices here."""
        from kuangdeng.kernel.files import keep_when_referenced
        from kuangdeng.learning.bookroom import rules as bookroom
        from kuangdeng.learning.bookroom import words as bookroom_words
        from kuangdeng.learning.garden import rules as garden
        from kuangdeng.learning.garden import sections as garden_sections
        from kuangdeng.learning.garden import words as garden_words
        from kuangdeng.learning.garden.queries import files_in_use as banners_of_gardens
        from kuangdeng.learning.items import rules as items
        from kuangdeng.learning.items import words as item_words
        from kuangdeng.learning.items.queries import pictures_in_use as pictures_of_items
        from kuangdeng.learning.practice import rules as practice
        from kuangdeng.learning.practice import words as practice_words
        from kuangdeng.learning.topics import rules as topics
        from kuangdeng.learning.topics import words as topic_words
        from kuangdeng.learning.topics.queries import files_in_use as files_of_topics
        from kuangdeng.org.api import declare

        declare(_("题库"), items.MAY, items.POWER_LABELS)
        declare(_("书屋"), bookroom.MAY, bookroom.POWER_LABELS)
        declare(_("每日一题"), practice.MAY, practice.POWER_LABELS)
        declare(_("课题调研"), topics.MAY, topics.POWER_LABELS)
        declare(_("学习园地"), garden.MAY, garden.POWER_LABELS)
        item_words.declare()
        bookroom_words.declare()
        practice_words.declare()
        topic_words.declare()
        garden_words.declare()
        garden_sections.declare()
        keep_when_referenced(pictures_of_items)
        keep_when_referenced(files_of_topics)
        keep_when_referenced(banners_of_gardens)
