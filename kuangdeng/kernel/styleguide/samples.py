"""Words as they stand in a mine's own papers, for the style guide. No row of it is anywhere in a database."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from typing import Any

from kuangdeng.kernel import clock
from kuangdeng.kernel.frame import Frame, FrameBanner, MenuLink, RailGroup, RailItem, Tab
from kuangdeng.kernel.listing import (
    Bulk,
    Choice,
    Column,
    Dates,
    Flag,
    Listing,
    Multi,
    Number,
    Picked,
    Register,
    Text,
    View,
)
from kuangdeng.kernel.templatetags.kd import chip, clock_chip, cut


@dataclass
class Sample:
    """One row of the sample register."""

    pk: str
    number: str
    words: str
    place: str
    unit: str
    grade: str
    tone: str
    status: str
    status_tone: str
    due: datetime | None
    reported: datetime
    days: int

    @property
    def late(self) -> bool:
        return bool(self.due and self.due < clock.now() and self.status_tone != "done")


_WORDS = [
    (
        "锚杆外露超过 100 mm，2 根失效，顶板有淋水",
        "31208 综放工作面回风顺槽 320 m 处",
        "综放一队",
        "A 级",
        "red",
        "待整改",
        "work",
        -31,
    ),
    ("皮带机尾护栏缺失", "主运皮带巷", "运输队", "C 级", "blue", "待验收", "wait", 5),
    (
        "瓦斯传感器距顶板 420 mm，位置不符合规定",
        "东翼采区三阶段下山机电硐室联络巷掘进工作面",
        "机掘二队",
        "B 级",
        "orange",
        "待签收",
        "wait",
        14,
    ),
    ("水沟盖板破损，人行侧有积水", "副斜井 +860 水平", "辅助运输区", "C 级", "blue", "已销号", "done", -200),
    ("探放水钻孔孔口管固定不牢", "4203 运输顺槽", "地测防治水科", "B 级", "orange", "待整改", "work", 3),
    (
        "配电点未挂警示牌，电缆吊挂不整齐，接线盒有一处失爆隐患需要马上处理",
        "中央变电所",
        "机电队",
        "D 级",
        "yellow",
        "待定级",
        "wait",
        None,
    ),
]


def rows() -> list[Sample]:
    """Forty-two rows around the present instant."""
    now = clock.now()
    made = []
    for i in range(42):
        words, place, unit, grade, tone, status, status_tone, hours = _WORDS[i % len(_WORDS)]
        made.append(
            Sample(
                f"0193c0de-0000-7000-8000-{i:012d}",
                f"YH-2026-{1342 - i:04d}",
                words,
                place,
                unit,
                grade,
                tone,
                status,
                status_tone,
                None if hours is None else now + timedelta(hours=hours - i),
                now - timedelta(hours=3 + 7 * i),
                i // 3,
            )
        )
    return made


REGISTER = Register(
    key="samples",
    title="隐患台账",
    noun="隐患",
    columns=[
        Column("number", "编号", sort="number", width="narrow", phone="meta", label_on_phone=False),
        Column("words", "隐患内容", lambda r: cut(r.words, 30), link=True, width="wide", phone="title"),
        Column("grade", "等级", lambda r: chip(r.grade, "grade", r.tone), sort="grade", width="narrow", phone="chip"),
        Column("status", "状态", lambda r: chip(r.status, "state", r.status_tone), width="narrow", phone="chip"),
        Column(
            "due",
            "期限",
            lambda r: clock_chip(r.due, r.status_tone == "done"),
            sort="due",
            width="narrow",
            phone="chip",
        ),
        Column("place", "地点", lambda r: cut(r.place, 16), width="mid", phone="line"),
        Column("unit", "责任单位", sort="unit", phone="meta", label_on_phone=False),
        Column("reported", "上报", sort="reported", width="narrow", phone="meta"),
        Column("days", "重复次数", align="right", sort="days", width="narrow", phone="hide"),
    ],
    filters=[
        Text("q", placeholder="内容、地点、编号"),
        Multi("grade", "等级", [("a", "A 级"), ("b", "B 级"), ("c", "C 级"), ("d", "D 级")]),
        Choice("status", "状态", [("open", "未销号"), ("todo", "待整改"), ("check", "待验收"), ("closed", "已销号")]),
        Picked(
            "place", "地点", url="/_/styleguide/options/", find=lambda k: k, kind="place", icon="place", any="任何地点"
        ),
        Dates("reported", "上报时间"),
        Flag("late", "超期", yes="已超期", no="没有超期"),
        Number("days", "重复次数"),
    ],
    views=[View("全部"), View("未销号", "status=open"), View("已超期", "late=1"), View("本月上报", "reported=month")],
    bulk=[
        Bulk("sign", "签收", "/_/styleguide/", icon="check", primary=True),
        Bulk("void", "作废", "/_/styleguide/", icon="remove", danger=True, confirm="作废后不能恢复，台账上留有记录。"),
    ],
    default_sort="due",
    row_url=lambda r: "/_/styleguide/thing/",
    row_late=lambda r: r.late,
    empty_title="还没有隐患",
    empty_text="井下任何人都可以上报；旧台账可以从 Excel 导入。",
    empty_url="/_/styleguide/form/",
    empty_label="上报隐患",
)


class SampleListing(Listing):
    """A listing over rows in memory: the style guide needs no database."""

    @property
    def counted(self) -> int:
        return 0 if self.search and self.search.on else 42

    @cached_property
    def _all(self) -> list[Sample]:
        return [] if self.search and self.search.on else rows()

    @cached_property
    def _window(self) -> tuple[list[tuple[Any, Any]], bool, bool]:
        start = (self.page - 1) * self.size
        part = self._all[start : start + self.size]
        return [(r.due, r.pk) for r in part], self.page > 1, start + self.size < len(self._all)

    @cached_property
    def objects(self) -> list[Any]:
        wanted = {pk for _key, pk in self._window[0]}
        return [r for r in self._all if r.pk in wanted]


def frame(current: str = "") -> Frame:
    """A frame as the safety department sees it."""
    return Frame(
        mine="晋北煤业集团大梁湾煤矿",
        shift="今天 中班",
        person="欧阳建国",
        person_sub="安监科 · 工号 100238",
        home=RailItem("待办", "/_/styleguide/", current == "home", 12, late=True),
        rail=[
            RailGroup(
                "隐患",
                "hazard",
                [
                    RailItem("上报", "/_/styleguide/form/", current == "form"),
                    RailItem("定级", "/_/styleguide/thing/", current == "thing", 7),
                    RailItem("隐患台账", "/_/styleguide/register/", current == "register"),
                    RailItem("延期审批", "#", False, 2, late=True),
                    RailItem("挂牌督办", "#"),
                    RailItem("排查", "#"),
                ],
            ),
            RailGroup("台账", "ledger", [RailItem("总台账", "#")]),
            RailGroup(
                "设置", "settings", [RailItem("单位和人员", "#"), RailItem("地点", "#"), RailItem("等级和期限", "#")]
            ),
        ],
        tabs=[
            Tab("待办", "todo", "/_/styleguide/", current == "home", 12),
            Tab("上报", "report", "/_/styleguide/form/", current == "form"),
            Tab("我的", "person", "#"),
        ],
        menu=[
            MenuLink("改密码", "#", "key"),
            MenuLink("换人登录", "#", "switch"),
            MenuLink("退出", "#", "out", "post"),
        ],
        banners=[FrameBanner("2027 年的日历还没有导入，明年的期限算不出来。", "warn", "#", "去导入")]
        if current == "home"
        else [],
        inbox_url="#",
        unread=3,
        search_url="/_/styleguide/register/",
        search_label="搜隐患、地点、人",
    )


def todo() -> list[dict[str, Any]]:
    """What waits for the safety department."""
    now = clock.now()
    return [
        {
            "title": "重大隐患等您核定：3 号煤层回采工作面上隅角瓦斯超限",
            "url": "/_/styleguide/thing/",
            "due": now - timedelta(hours=30),
            "late": True,
            "meta": ["31208 综放工作面", "综放一队", "王铁柱上报"],
            "verb": "定级",
        },
        {
            "title": "锚杆外露超过 100 mm，2 根失效",
            "url": "/_/styleguide/thing/",
            "due": now + timedelta(hours=5),
            "meta": ["31208 回风顺槽 320 m", "机掘二队已整改"],
            "verb": "验收",
        },
        {
            "title": "延期申请：更换皮带机尾滚筒，配件在途",
            "url": "/_/styleguide/thing/",
            "due": now + timedelta(days=3),
            "meta": ["主运皮带巷", "运输队", "申请延到 11月30日"],
            "verb": "审批",
        },
    ]


def figures() -> list[dict[str, Any]]:
    """The unit today."""
    return [
        {"label": "今天上报", "value": 18, "note": "昨天 21", "url": "#"},
        {"label": "未销号", "value": 132, "url": "#"},
        {"label": "已超期", "value": 4, "tone": "late", "url": "#"},
        {"label": "今天销号", "value": 16},
    ]


def events() -> list[dict[str, Any]]:
    """The course of one hazard, newest first."""
    now = clock.now()
    picture = {"url": "/static/build/logo.svg", "thumb": "/static/build/logo.svg", "caption": "整改后"}
    return [
        {
            "at": now - timedelta(hours=2),
            "what": "整改完成，等验收",
            "who": "李卫东",
            "unit": "机掘二队",
            "why": "补打锚杆 4 根，扭矩 300 N·m，经当班验收员现场检查。",
            "current": True,
            "photos": [picture, picture],
        },
        {
            "at": now - timedelta(hours=20),
            "what": "同意延期一个班",
            "who": "欧阳建国",
            "unit": "安监科",
            "why": "锚杆机配件夜班才能到，原期限保留。",
        },
        {
            "at": now - timedelta(days=1, hours=4),
            "what": "超期",
            "who": "系统",
            "tone": "late",
            "why": "到期没有整改，已通知队长和分管矿领导。",
        },
        {"at": now - timedelta(days=2), "what": "签收", "who": "李卫东", "unit": "机掘二队"},
        {
            "at": now - timedelta(days=2, hours=3),
            "what": "下达五定",
            "who": "欧阳建国",
            "unit": "安监科",
            "changes": [
                ("责任人", "李卫东"),
                ("措施", "补打锚杆，架棚支护"),
                ("资金", "1,200 元"),
                ("期限", "中班下班前"),
                ("预案", "撤人到安全地点"),
            ],
        },
        {"at": now - timedelta(days=3), "what": "上报", "who": "王铁柱", "unit": "综放一队", "tone": "done"},
    ]
