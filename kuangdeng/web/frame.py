"""What stands around every page: menu, mine, shift now, unread count, the phone's tabs, a warning for all."""

from django.http import HttpRequest  # noqa: TID251 - a context processor stands beside the views
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext as _

from kuangdeng.kernel.frame import Frame, FrameBanner, MenuLink, RailItem, Tab
from kuangdeng.ledger.api import unread as unread_count
from kuangdeng.org.api import ROLE_LABELS, Person, calendar_warning, has_power, roles_of, shift_now
from kuangdeng.web.menu import address, rail


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


def _about(person: Person) -> str:
    """Unit and roles, under the name."""
    roles = [str(ROLE_LABELS[role]) for role in dict.fromkeys(held.role for held in roles_of(person))]
    return " · ".join(filter(None, [person.unit.name if person.unit else "", roles[-1] if roles else ""]))


def _tabs(path: str) -> list[Tab]:
    """The tabs under the thumb: 待办, 上报, 学习, 我的; a tab without a page is not drawn."""
    tabs = [
        ("home", _("待办"), "todo"),
        ("hazards:report", _("上报"), "report"),
        ("learn", _("学习"), "study"),
        ("org:me", _("我的"), "person"),
    ]
    found = [(address(name), label, icon) for name, label, icon in tabs]
    return [Tab(label, icon, url, current=url == path) for url, label, icon in found if url]


def _menu() -> list[MenuLink]:
    lines = [
        ("org:me", _("我的账号"), "person", "get"),
        ("org:switch_user", _("换人登录"), "switch", "get"),
        ("org:sign_out", _("退出"), "out", "post"),
    ]
    found = [(address(name), label, icon, method) for name, label, icon, method in lines]
    return [MenuLink(label, url, icon, method) for url, label, icon, method in found if url]


def _banners(person: Person) -> list[FrameBanner]:
    """The calendar's warning, for who can do something about it."""
    words = calendar_warning(person.mine_id) if has_power(person, "org.manage") else ""
    return [FrameBanner(str(words), action_url=address("org:calendar"), action_label=_("去补日历"))] if words else []
