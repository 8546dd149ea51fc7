"""How the ledger lines of the training rules are read aloud."""

from django.utils.translation import gettext_lazy as _

from kuangdeng.ledger.api import declare_words


def declare() -> None:
    """Hand the words to the ledger."""
    declare_words(
        verbs={"training.save_rule": _("设置培训规定")},
        subjects={"training_rule": _("培训规定")},
        fields={
            "value": _("数值"),
            "training.save_rule.valid_from": _("从哪天起"),
            "training.save_rule.source": _("依据"),
            "training.save_rule.confirmed": _("已确认"),
        },
    )
