"""每日公布通报: the bulletin as a Word paper by the mine's own template, or the one that comes with the product."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from kuangdeng.hazards.bulletins.models import BulletinItem
from kuangdeng.hazards.bulletins.queries import Page, Section
from kuangdeng.hazards.bulletins.rules import Part
from kuangdeng.kernel.clock import local
from kuangdeng.kernel.language import in_chinese
from kuangdeng.org.api import documents

CODE = "bulletin_notice"
COUNTED = {
    "accident": "事故（起）", "near_miss": "未遂（起）", "new": "新上报（条）", "closed": "已销号（条）", "overdue": "超期未整改（条）",
    "major": "未销号的重大隐患（条）", "supervised": "挂牌督办（条）", "question": "等答复的追问（条）", "open": "未办结（条）",
}  # fmt: skip
CHINESE = "一二三四五六七八九十"
Words = dict[str, Any]


def notice_words(shown: Page) -> Words:
    """What a template may print of a bulletin: what is published, and of persons only what its policy let through."""
    bulletin = shown.bulletin
    with in_chinese():
        return {
            "mine": bulletin.mine.name,
            "number": bulletin.title,
            "day": documents.chinese_day(bulletin.day),
            "note": bulletin.note,
            "by_itself": bulletin.by_itself,
            "figures": [_figure(label, shown.trend[name]) for name, label in COUNTED.items() if name in shown.trend],
            "sections": [_section(at, one) for at, one in enumerate(shown.sections)],
            "addenda": [{"no": one.number, "at": _at(one.at), "text": one.text} for one in shown.addenda],
            "checked_by": bulletin.checked_by.name if bulletin.checked_by else "",
            "published_by": bulletin.published_by.name if bulletin.published_by else "",
            "published_on": documents.chinese_day(local(bulletin.published_at)) if bulletin.published_at else "",
            "snapshot": f"{bulletin.title}，指纹 {bulletin.digest[:16]}"
            if bulletin.digest
            else "尚未发布，内容可能改变",
            "digest": bulletin.digest,
        }


def _figure(label: str, one: Mapping[str, Any]) -> Words:
    return {"label": label, **{key: "—" if one[key] is None else one[key] for key in ("now", "yesterday", "mean")}}


def _section(at: int, section: Section) -> Words:
    lines = [_line(number, item) for number, item in enumerate(section.items, 1)]
    return {
        "no": CHINESE[at],
        "label": str(section.label), "total": section.total, "lines": lines, "more": max(0, section.more),
    }  # fmt: skip


def _line(number: int, item: BulletinItem) -> Words:
    line = item.line
    due = local(item.due) if item.due else None
    return {
        "no": number,
        "text": item.text,
        "number": line.get("number", ""),
        "place": line.get("place", ""),
        "unit": line.get("unit") or ("安监部门" if item.part == Part.QUESTION else ""),
        "person": line.get("person", ""),
        "grade": "重大" if line.get("major") else line.get("grade") or line.get("level") or line.get("kind", ""),
        "hurt": line.get("hurt", ""),
        "due": f"{due.month}月{due.day}日 {due:%H:%M}" if due else "",
    }


def _at(moment: Any) -> str:
    return documents.chinese_day(local(moment))


FIELDS = [
    ("mine", _("矿名")),
    ("number", _("期号")),
    ("day", _("日期")),
    ("note", _("编者的话，没有就是空的")),
    ("by_itself", _("是不是到点自动发布的")),
    ("figures", _("各项数字：label 名称、now 当天、yesterday 前一天、mean 近 30 天平均")),
    ("sections", _("各部分：no 序号、label 名称、total 条数、more 另有几条未列出、lines 各条")),
    ("sections.lines", _("各条：no 序号、text 内容、number 编号、place 地点、unit 单位、person 责任人、grade 等级、hurt 伤亡、due 期限")),
    ("addenda", _("更正：no 号、at 日期、text 内容")),
    ("checked_by", _("核对人")),
    ("published_by", _("签发人，自动发布的为空")),
    ("published_on", _("发布日期")),
    ("snapshot", _("期号和指纹，放在页脚")),
    ("digest", _("完整的指纹")),
]  # fmt: skip


def default() -> bytes:
    """The paper in the style of official documents."""
    letter = documents.Letter()
    letter.title("{{ mine }}安全隐患每日公布通报")
    letter.centre("{{ number }}")
    letter.plain("各单位：")
    letter.text("现将{{ day }}安全隐患排查治理情况公布如下。")
    letter.plain("{%p if note %}")
    letter.text("{{ note }}")
    letter.plain("{%p endif %}")
    letter.table(
        [
            ["项目", "当天", "前一天", "近30天平均"],
            ["{%tr for one in figures %}"],
            ["{{ one.label }}", "{{ one.now }}", "{{ one.yesterday }}", "{{ one.mean }}"],
            ["{%tr endfor %}"],
        ],
        widths=(72, 28, 28, 28),
    )
    letter.plain("{%p for section in sections %}")
    letter.heading("{{ section.no }}、{{ section.label }}（{{ section.total }}）")
    letter.table(
        [
            ["序号", "内容", "地点", "责任单位", "等级", "期限"],
            ["{%tr for one in section.lines %}"],
            ["{{ one.no }}", "{{ one.text }}{% if one.hurt %}（{{ one.hurt }}）{% endif %} {{ one.number }}", "{{ one.place }}",
             "{{ one.unit }} {{ one.person }}", "{{ one.grade }}", "{{ one.due }}"],
            ["{%tr endfor %}"],
        ],
        widths=(12, 60, 32, 24, 14, 16),
    )  # fmt: skip
    letter.plain("{%p if section.more %}")
    letter.text("另有 {{ section.more }} 条未列出，见系统。")
    letter.plain("{%p endif %}")
    letter.plain("{%p endfor %}")
    letter.plain("{%p if not sections %}")
    letter.text("当天没有新上报、已销号、超期和重大隐患，没有事故和未遂。")
    letter.plain("{%p endif %}")
    letter.plain("{%p for one in addenda %}")
    letter.text("第 {{ one.no }} 号更正（{{ one.at }}）：{{ one.text }}")
    letter.plain("{%p endfor %}")
    letter.plain("{%p if by_itself %}")
    letter.text("本期到发布时刻无人核对，由系统自动发布。")
    letter.plain("{%p endif %}")
    letter.text("核对：{{ checked_by }}　　签发：{{ published_by }}")
    letter.right("{{ mine }}")
    letter.right("{{ published_on }}")
    letter.foot("{{ snapshot }}")
    return letter.content()


def _samples() -> list[Words]:
    """Between them every branch of a template: a full day, and a day on which nothing happened."""
    line = {
        "no": 1, "text": "回风顺槽距切眼 60 米处风筒破口两处，漏风", "number": "YH2026-000001", "place": "2305综放面 回风顺槽",
        "unit": "综采一队", "person": "张三", "grade": "B级", "hurt": "轻伤 1 人", "due": "11月23日 16:00",
    }  # fmt: skip
    figure = {"label": "新上报（条）", "now": 12, "yesterday": "—", "mean": 9.5}
    section = {"no": "一", "label": "新上报", "total": 3, "lines": [line], "more": 2}
    whole = {
        "mine": "示例煤矿", "number": "2026年第1期", "day": "2026年11月22日", "note": "请各单位早班班前会组织学习。",
        "by_itself": True, "figures": [figure], "sections": [section],
        "addenda": [{"no": 1, "at": "2026年11月22日", "text": "第 1 条地点应为 2305 进风巷。"}], "checked_by": "周安平",
        "published_by": "周安平", "published_on": "2026年11月22日", "snapshot": "2026年第1期，指纹 0123456789abcdef",
        "digest": "0123456789abcdef" * 4,
    }  # fmt: skip
    empty = dict.fromkeys(("note", "checked_by", "published_by", "published_on", "digest"), "")
    bare = {**whole, **empty, "by_itself": False, "figures": [], "sections": [], "addenda": [], "snapshot": "尚未发布"}
    return [whole, {**whole, "sections": [{**section, "lines": [], "more": 0}]}, bare]


KIND = documents.DocumentKind(CODE, _("每日公布通报"), FIELDS, _samples, default)


def declare() -> None:
    """Make it one of the mine's papers."""
    documents.declare_document(KIND)


def notice(shown: Page) -> documents.Printed:
    """The bulletin as a Word document. Refused when the mine's template cannot be filled, naming the tag."""
    return documents.print_document(CODE, notice_words(shown), mine_id=shown.bulletin.mine_id)
