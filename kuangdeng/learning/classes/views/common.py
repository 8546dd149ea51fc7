"""What the pages of the classes share."""

from typing import Any

from django.utils.translation import gettext as _

from kuangdeng.learning.views import tabs_of
from kuangdeng.org.api import Person, has_power

HERE = "learning/classes"
MOST_OWED = 50
"""So many who have to be trained again stand on a page; the others are behind its link."""


def retrains(person: Person) -> bool:
    """Whether this person may take somebody into a class to be trained again."""
    return has_power(person, "class.prepare") and has_power(person, "talk.retrain")


def tabs(person: Person, here: str) -> list[dict[str, Any]]:
    """The pages of the training that this person may use."""
    pages = {
        "classes": (_("培训班"), "class.see"),
        "class_week": (_("周课表"), "class.see"),
        "training_needs": (_("培训需求"), "need.propose"),
        "training_plan": (_("年度计划"), "class.see"),
        "teachers": (_("教师"), "class.teachers"),
        "hour_corrections": (_("学时更正"), "hours.correct"),
        "training_people": (_("职工学时"), "class.people"),
        "training_summary": (_("全矿情况"), "class.summary"),
    }
    return tabs_of(person, here, pages)
