"""How a line of a sheet looks in lists."""

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from kuangdeng.kernel.templatetags.kd import chip
from kuangdeng.learning.attendance import rules
from kuangdeng.learning.attendance.models import Attendee


def state_chip(row: Attendee) -> SafeString:
    """Where somebody stands, as a chip; who waits for leave is said so."""
    if row.asks_leave:
        return chip(_("请假待批"), "state", "soon")
    return chip(rules.STATE_LABELS.get(row.state, ""), "state", rules.TONES.get(row.state, "plain"))
