"""How the ledger lines of the training files are read aloud. Nobody is told of them."""

from django.utils.translation import gettext_lazy as _

from kuangdeng.learning.files import rules
from kuangdeng.ledger.api import declare_words


def declare() -> None:
    """Hand the words to the ledger."""
    declare_words(
        verbs={
            "file.save_record": _("填培训档案登记表"),
            "file.add_line": _("补记培训档案"),
            "file.strike_line": _("划去培训档案一条"),
            "file.add_paper": _("培训档案放入扫描件"),
            "file.drop_paper": _("培训档案取出扫描件"),
            "file.add_class_paper": _("一期一档放入扫描件"),
            "file.drop_class_paper": _("一期一档取出扫描件"),
        },
        subjects={"training_file": _("一人一档"), "class_file": _("一期一档")},
        fields={
            "filled": _("填了几项"),
            "paper": _("扫描件"),
            "class_paper": _("扫描件"),
            "file.add_line.kind": _("类别"),
            "file.add_line.begin_on": _("开始日期"),
            "file.add_line.text": _("内容"),
            "file.strike_line.kind": _("类别"),
            "file.strike_line.text": _("内容"),
            "file.strike_line.reason": _("原因"),
        },
        values={
            "paper": dict(rules.PAPER_LABELS),
            "class_paper": dict(rules.CLASS_PAPER_LABELS),
            "file.add_line.kind": dict(rules.LINE_LABELS),
            "file.strike_line.kind": dict(rules.LINE_LABELS),
        },
    )
