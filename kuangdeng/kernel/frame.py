"""What the page frame shows around every page: rail, top line, bottom tabs.

The kernel knows no mine, so it draws only what it is given. A higher layer puts a `Frame` into the template context
under the name `frame`; without one the frame stays dark and the page still works.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field


@dataclass(frozen=True)
class RailItem:
    """One place to go. `count` is what waits there; `late` paints the count as a lamp; `within`: the page is this one
    or belongs to it; `section` stands above the first line of those that belong together."""

    label: str
    url: str
    current: bool = False
    count: int | None = None
    late: bool = False
    within: bool = False
    section: str = ""


@dataclass(frozen=True)
class RailGroup:
    """One pillar in the rail: 隐患, 学习, 执行, 考评, 决策, 台账, 设置. An empty group is not drawn, one that is not
    open shows its name alone until it is pressed."""

    label: str
    icon: str
    items: Sequence[RailItem] = ()
    open: bool = True


@dataclass(frozen=True)
class Tab:
    """One of the tabs under the thumb on a phone: 待办, 上报, 学习, 我的."""

    label: str
    icon: str
    url: str
    current: bool = False
    unread: int = 0


@dataclass(frozen=True)
class MenuLink:
    """One line of the person's menu. `method="post"` makes it a form button (sign-out, switch user)."""

    label: str
    url: str
    icon: str = "right"
    method: str = "get"


@dataclass(frozen=True)
class FrameBanner:
    """One line that concerns everybody, above the page."""

    text: str
    tone: str = "warn"
    action_url: str = ""
    action_label: str = ""


@dataclass(frozen=True)
class Frame:
    """Everything around a page, for one person at one moment."""

    mine: str = ""
    shift: str = ""
    person: str = ""
    person_sub: str = ""
    home: RailItem | None = None
    rail: list[RailGroup] = field(default_factory=list)
    tabs: list[Tab] = field(default_factory=list)
    menu: list[MenuLink] = field(default_factory=list)
    banners: list[FrameBanner] = field(default_factory=list)
    inbox_url: str = ""
    unread: int = 0
    search_url: str = ""
    search_label: str = ""
    help_url: str = ""
