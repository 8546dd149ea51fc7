"""The tabs over the pages of study and campaigns."""

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from kuangdeng.org.api import Person, has_power


def tabs(person: Person, here: str) -> list[dict[str, Any]]:
    """The pages of study that this person may use."""
    names = {
        "my_study": (_("我的学习"), "study.see"), "studies": (_("学习活动"), "study.see"),
        "campaigns": (_("百日集中学习"), "study.see"), "study_statistics": (_("出勤统计"), "study.statistics"),
        "study_kinds": (_("学习类别"), "study.settings"),
    }  # fmt: skip
    return [
        {"label": label, "url": reverse(f"learning:{name}"), "current": name == here}
        for name, (label, power) in names.items()
        if has_power(person, power)
    ]
