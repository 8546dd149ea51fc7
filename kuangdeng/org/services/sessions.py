"""登录: the devices on which somebody is signed in, ended by himself or by the administrator."""

from uuid import UUID

from django.utils.translation import gettext as _

from kuangdeng.kernel.errors import Refused
from kuangdeng.kernel.verbs import verb
from kuangdeng.org.models import Person, SignIn
from kuangdeng.org.queries import may
from kuangdeng.org.queries.people import handle
from kuangdeng.org.services._steps import drop_sessions, enter, locked_person


@verb
def end_sessions(person_id: UUID, *, by: Person, only: str = "", keep_key: str = "") -> int:
    """End signed-in sessions (结束登录): the one with the handle `only`, or all but the one that asks.

    Refused for another person unless `by` manages people there, and when there is nothing to end.
    """
    person = locked_person(person_id, by)
    if person.id != by.id and not may(by, "org.manage", person.unit):
        raise Refused(_("只能结束自己的登录。"), code="not_allowed")
    keys = list(
        SignIn.objects.filter(person=person).exclude(session_key=keep_key).values_list("session_key", flat=True)
    )
    if only:
        keys = [key for key in keys if handle(key) == only]
    if not keys:
        raise Refused(_("没有其他登录了。"), code="gone")
    ended = drop_sessions(keys)
    enter("session.end", person, by, payload={"sessions": ended}, quantity=ended)
    return ended
