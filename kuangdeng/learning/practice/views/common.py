"""What the pages of the daily item share."""

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from kuangdeng.kernel.ids import uuid7
from kuangdeng.learning.items.api import ItemType, asked, sheet
from kuangdeng.learning.practice.queries import Turn
from kuangdeng.org.api import Person, has_power

HERE = "learning/practice"


def tabs(person: Person, here: str) -> list[dict[str, Any]]:
    """The pages of the daily item that this person may use."""
    names = {
        "practice": ("practice.answer", _("每日一题")), "practice_book": ("practice.answer", _("错题本")),
        "practice_meeting": ("practice.lead", _("班前会")), "practice_figures": ("practice.see", _("参与和巩固")),
        "practice_away": ("practice.away", _("不在岗")), "practice_rules": ("practice.settings", _("规则")),
        "practice_musts": ("practice.settings", _("工种必会题")),
    }  # fmt: skip
    return [
        {"label": label, "url": reverse(f"learning:{name}"), "current": name == here}
        for name, (power, label) in names.items()
        if has_power(person, power)
    ]


def pictures_at(version_id: object) -> str:
    """Under which address the pictures of a version lie."""
    return reverse("learning:practice_picture", args=[version_id, "0" * 64]).removesuffix("0" * 64)


def put(turn: Turn) -> dict[str, Any]:
    """One item as the page draws it: with one tap where one option is the answer, with a form otherwise."""
    shown = asked(turn.version.content, turn.seed)
    return {
        "turn": turn,
        "asked": sheet(shown, pictures=pictures_at(turn.version.id)),
        "one_tap": shown["type"] in (ItemType.SINGLE, ItemType.TRUE_FALSE),
        "id": uuid7(),
    }
