"""What stands around every page: menu, mine, shift now, unread count, the phone's tabs, a warning for all."""

from django.core.cache import cache
from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext as _

from kuangdeng.kernel import clock
from kuangdeng.kernel.frame import Frame, FrameBanner, MenuLink, RailItem, Tab
from kuangdeng.org.api import Person, has_power, roles_of, shift_at
from kuangdeng.org.rules import ROLE_LABELS
from kuangdeng.web.menu import address, rail
from kuangdeng.web.queries import unread_count

SHIFT_KEPT = 60
"""Seconds for which the name of the shift now is remembered; it saves two statements on every page."""


def frame(request: HttpRequest) -> dict[str, object]:
    """Context processor: the frame, built only when a template draws it."""
    return {"frame": SimpleLazyObject(lambda: _frame(request))}


def _frame(request: HttpRequest) -> Frame:
    person = getattr(request, "user", None)
    if person is None or not person.is_authenticated or not isinstance(person, Person):
        return Frame()
    unread = unread_count(person.id)
    home = address("home")
    return Frame(
        mine=person.mine.name,
        shift=shift_now(person),
        person=person.name,
        person_sub=_about(person),
        home=RailItem(_("待办"), home, current=request.path == home) if home else None,
        rail=rail(person, request.path),
        tabs=_tabs(request.path),
        menu=_menu(),
        banners=_banners(person),
        inbox_url=address("inbox"),
        unread=unread,
        search_url=address("hazards:list"),
        search_label=_("搜隐患：内容、地点、编号"),
    )


def shift_now(person: Person) -> str:
    """今天 八点班: the shift that runs now in the person's unit."""
    key = f"shift-now:{person.mine_id}:{person.unit_id}"
    name = cache.get(key)
    if name is None:
        span = shift_at(person.mine, person.unit, clock.now())
        name = span.name if span else ""
        cache.set(key, name, SHIFT_KEPT)
    return name


def _about(person: Person) -> str:
    """Unit and roles, under the name."""
    roles = [ROLE_LABELS[role] for role in dict.fromkeys(held.role for held in roles_of(person))]
    return " · ".join(filter(None, [person.unit.name if person.unit else "", roles[-1] if roles else ""]))


def _tabs(path: str) -> list[Tab]:
    """The tabs under the thumb: 待办, 上报, 我的; a tab without a page is not drawn."""
    tabs = [("home", _("待办"), "todo"), ("hazards:report", _("上报"), "report"), ("me", _("我的"), "person")]
    found = [(address(name), label, icon) for name, label, icon in tabs]
    return [Tab(label, icon, url, current=url == path) for url, label, icon in found if url]


def _menu() -> list[MenuLink]:
    lines = [
        ("me", _("我的账号"), "person", "get"),
        ("org:switch_user", _("换人登录"), "switch", "get"),
        ("org:sign_out", _("退出"), "out", "post"),
    ]
    found = [(address(name), label, icon, method) for name, label, icon, method in lines]
    return [MenuLink(label, url, icon, method) for url, label, icon, method in found if url]


def _banners(person: Person) -> list[FrameBanner]:
    """What concerns everybody; the calendar warning only for who can do something about it."""
    from kuangdeng.org import api

    warning = getattr(api, "calendar_warning", None)
    if warning is None or not has_power(person, "org.manage"):
        return []
    words = warning(person.mine_id)
    return [FrameBanner(str(words), action_url=address("org:calendar"), action_label=_("去补日历"))] if words else []
