"""What the verbs of learning ask of who acts."""

from django.utils.translation import gettext as _

from kuangdeng.kernel.errors import Refused


def refuse_without(allowed: bool, power: object) -> None:
    """Refused, with the power's name and where to turn to, for who does not have it."""
    if not allowed:
        raise Refused(_("您没有权限「%(power)s」。请联系培训部门。") % {"power": power}, code="not_allowed")
