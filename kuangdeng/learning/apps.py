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
        from kuangdeng.learning.attendance import rules as attendance
        from kuangdeng.learning.attendance import words as attendance_words
        from kuangdeng.learning.bookroom import rules as bookroom
        from kuangdeng.learning.bookroom import words as bookroom_words
        from kuangdeng.learning.campaigns import rules as campaigns
        from kuangdeng.learning.campaigns import words as campaign_words
        from kuangdeng.learning.campaigns.queries import files_in_use as files_of_campaigns
        from kuangdeng.learning.certificates import rules as certificates
        from kuangdeng.learning.certificates import words as certificate_words
        from kuangdeng.learning.classes import belonging as class_belonging
        from kuangdeng.learning.classes import rules as classes
        from kuangdeng.learning.classes import words as class_words
        from kuangdeng.learning.classes.queries.papers import handouts_in_use
        from kuangdeng.learning.exams import rules as exams
        from kuangdeng.learning.exams import words as exam_words
        from kuangdeng.learning.files import rules as files
        from kuangdeng.learning.files import words as file_words
        from kuangdeng.learning.files.queries import papers_in_use
        from kuangdeng.learning.garden import rules as garden
        from kuangdeng.learning.garden import sections as garden_sections
        from kuangdeng.learning.garden import words as garden_words
        from kuangdeng.learning.garden.queries import files_in_use as banners_of_gardens
        from kuangdeng.learning.items import rules as items
        from kuangdeng.learning.items import words as item_words
        from kuangdeng.learning.items.queries import pictures_in_use as pictures_of_items
        from kuangdeng.learning.practice import rules as practice
        from kuangdeng.learning.practice import words as practice_words
        from kuangdeng.learning.results import rules as results
        from kuangdeng.learning.results import words as result_words
        from kuangdeng.learning.standards import rules as standards
        from kuangdeng.learning.standards import words as standard_words
        from kuangdeng.learning.study import paper as study_paper
        from kuangdeng.learning.study import rules as study
        from kuangdeng.learning.study import words as study_words
        from kuangdeng.learning.study.queries import files_in_use as files_of_study
        from kuangdeng.learning.talks import rules as talks
        from kuangdeng.learning.talks import words as talk_words
        from kuangdeng.learning.topics import rules as topics
        from kuangdeng.learning.topics import words as topic_words
        from kuangdeng.learning.topics.queries import files_in_use as files_of_topics
        from kuangdeng.org.api import declare

        declare(_("题库"), items.MAY, items.POWER_LABELS)
        declare(_("书屋"), bookroom.MAY, bookroom.POWER_LABELS)
        declare(_("考试"), exams.MAY, exams.POWER_LABELS)
        declare(_("重判"), results.MAY, results.POWER_LABELS)
        declare(_("谈心补考"), talks.MAY, talks.POWER_LABELS)
        declare(_("签到"), attendance.MAY, attendance.POWER_LABELS)
        declare(_("培训规定"), standards.MAY, standards.POWER_LABELS)
        declare(_("培训"), classes.MAY, classes.POWER_LABELS)
        declare(_("证照"), certificates.MAY, certificates.POWER_LABELS)
        declare(_("培训档案"), files.MAY, files.POWER_LABELS)
        attendance_words.declare()
        standard_words.declare()
        class_words.declare()
        class_belonging.declare()
        certificate_words.declare()
        file_words.declare()
        keep_when_referenced(handouts_in_use)
        keep_when_referenced(papers_in_use)
        declare(_("学习活动"), study.MAY, study.POWER_LABELS)
        declare(_("集中学习"), campaigns.MAY, campaigns.POWER_LABELS)
        study_words.declare()
        study_paper.declare()
        campaign_words.declare()
        declare(_("每日一题"), practice.MAY, practice.POWER_LABELS)
        declare(_("课题调研"), topics.MAY, topics.POWER_LABELS)
        declare(_("学习园地"), garden.MAY, garden.POWER_LABELS)
        item_words.declare()
        exam_words.declare()
        result_words.declare()
        talk_words.declare()
        bookroom_words.declare()
        practice_words.declare()
        topic_words.declare()
        garden_words.declare()
        garden_sections.declare()
        keep_when_referenced(pictures_of_items)
        keep_when_referenced(files_of_study)
        keep_when_referenced(files_of_campaigns)
        keep_when_referenced(files_of_topics)
        keep_when_referenced(banners_of_gardens)
