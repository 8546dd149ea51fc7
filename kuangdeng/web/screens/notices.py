"""Who is told that a screen is lost: those who manage screens; and of an interrupt: who leads people, wherever he is."""

from collections.abc import Iterator

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kuangdeng.ledger.api import Entry, Recipient, Topic, declare_topics, route
from kuangdeng.org.api import Role, tell_roles
from kuangdeng.web.screens.rules import MAY

LOST, INTERRUPT = "screen.lost", "screen.interrupt"
declare_topics(
    Topic(LOST, gettext_lazy("电子屏失去联系"), mail=True),
    Topic(INTERRUPT, gettext_lazy("紧急插播"), mail=True, urgent=True, everybody=True),
)
LEADERS = (Role.MINE_LEADER, Role.SAFETY, Role.UNIT_HEAD, Role.BRANCH_SECRETARY, Role.TEAM_LEADER)


@route("screen.interrupt")
def interrupted(entry: Entry) -> Iterator[Recipient]:
    """紧急插播: what stands on the screens in red reaches those who lead people by every channel, at any hour."""
    words = " ".join(str(entry.payload.get("message") or entry.subject_label).split())
    yield from tell_roles(entry.mine_id, LEADERS, INTERRUPT, f"紧急插播：{words}"[:200], reverse("home"))


@route("screen.lost")
def lost(entry: Entry) -> Iterator[Recipient]:
    """A task, until the screen is back: somebody has to go and look."""
    where = str(entry.payload.get("place_text") or "")
    name = f"{entry.subject_label}（{where}）" if where else entry.subject_label
    yield from _managers(entry, _("电子屏“%s”失去联系，请到现场查看电源和网络") % name, act=True)


@route("screen.back", settles=[LOST])
def back(entry: Entry) -> Iterator[Recipient]:
    """The same people: nobody has to go any more."""
    yield from _managers(entry, _("电子屏“%s”恢复联系") % entry.subject_label)


def _managers(entry: Entry, title: str, *, act: bool = False) -> Iterator[Recipient]:
    url = reverse("screens:screen", args=[entry.subject_id])
    yield from tell_roles(entry.mine_id, sorted(MAY["screen.manage"]), LOST, title, url, act=act)
