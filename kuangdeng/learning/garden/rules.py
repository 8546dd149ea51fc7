"""学习园地 as tables: who may, how long words may be. Pure."""

from datetime import date

from django.utils.translation import gettext_lazy as _

from kuangdeng.org.api import Role

_EVERYBODY = frozenset(Role)
MAY: dict[str, frozenset[Role]] = {
    "garden.see": _EVERYBODY,
    "garden.keep": frozenset({Role.BRANCH_SECRETARY, Role.POLITICAL_WORK}),
    "garden.moderate": frozenset({Role.POLITICAL_WORK}),
}
POWER_LABELS: dict[str, object] = {
    "garden.see": _("看学习园地"),
    "garden.keep": _("办本支部的学习园地"),
    "garden.moderate": _("撤下学习园地的内容"),
}
MOTTO, TITLE, TEXT, WHY = 40, 60, 1000, 200
MOST_DAYS = 180
"""A notice stands no longer: what is old is no notice."""
MOST_PICKS = 6


def runs(first: date, last: date, today: date) -> bool:
    """Whether a notice stands on the page today."""
    return first <= today <= last


def month_of(day: date) -> tuple[date, date]:
    """The first and the last day of the month of a day."""
    first = day.replace(day=1)
    after = date(first.year + first.month // 12, first.month % 12 + 1, 1)
    return first, date.fromordinal(after.toordinal() - 1)
