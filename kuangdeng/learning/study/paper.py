"""学习记录 as a Word paper: by the mine's own form (文书模板), or the one that comes with the product."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from kuangdeng.kernel.clock import local
from kuangdeng.kernel.language import in_chinese
from kuangdeng.learning.attendance.api import Attendee
from kuangdeng.learning.study.queries import Held
from kuangdeng.org.api import documents

CODE = "study_record"
Words = dict[str, Any]


def record_words(record: Held) -> Words:
    """What a template may print of a session that was held."""
    session, counts = record.session, record.counts
    with in_chinese():
        return {
            "mine": session.mine.name, "kind": session.kind.name, "title": session.title,
            "unit": session.unit.name if session.unit else "全矿",
            "day": documents.chinese_day(local(session.starts_at)), "time": f"{local(session.starts_at):%H:%M}—{local(session.ends_at):%H:%M}",
            "place": session.place_text, "chair": session.chair.name, "recorder": session.recorder.name,
            "lecturer": session.lecturer, "expected": counts.expected, "there": counts.there, "late": counts.late,
            "leave": counts.leave, "missing": counts.missing, "made_up": counts.made_up,
            "names_there": "、".join(_there(one) for one in record.there),
            "names_leave": "、".join(_with(one.person.name, one.leave_reason) for one in record.leave),
            "names_missing": "、".join(one.person.name for one in record.missing),
            "names_made_up": "、".join(_with(row.person.name, f"{made.on:%Y-%m-%d}" if made else "") for row, made in record.made_up),
            "content": session.content, "talk": session.talk, "outcome": session.outcome,
            "recorded_on": documents.chinese_day(local(session.recorded_at)) if session.recorded_at else "",
            "approved_by": session.approved_by.name if session.approved_by else "",
            "approved_on": documents.chinese_day(local(session.approved_at)) if session.approved_at else "",
        }  # fmt: skip


def _there(one: Attendee) -> str:
    return one.person.name if one.expected else f"{one.person.name}（列席）"


def _with(name: str, more: str) -> str:
    return f"{name}（{more}）" if more else name


FIELDS = [
    ("mine", _("矿名")),
    ("kind", _("学习类别")),
    ("title", _("主题")),
    ("unit", _("组织单位")),
    ("day", _("日期")),
    ("time", _("起止时间")),
    ("place", _("地点")),
    ("chair", _("主持人")),
    ("recorder", _("记录人")),
    ("lecturer", _("主讲人，没有就是空的")),
    ("expected", _("应到人数")),
    ("there", _("实到人数")),
    ("late", _("其中迟到人数")),
    ("leave", _("请假人数")),
    ("missing", _("未到人数")),
    ("made_up", _("补学人数")),
    ("names_there", _("参加人员名单")),
    ("names_leave", _("请假人员和事由")),
    ("names_missing", _("未到人员")),
    ("names_made_up", _("已补学人员和日期")),
    ("content", _("学习内容")),
    ("talk", _("讨论发言")),
    ("outcome", _("小结和贯彻意见")),
    ("recorded_on", _("记录日期")),
    ("approved_by", _("审签人，没有审签就是空的")),
    ("approved_on", _("审签日期")),
]


def default() -> bytes:
    """The form that comes with the product."""
    letter = documents.Letter()
    letter.title("{{ kind }}记录")
    letter.table(
        [
            ["主题", "{{ title }}"],
            ["时间、地点", "{{ day }} {{ time }}　{{ place }}"],
            ["主持、记录", "主持人：{{ chair }}　记录人：{{ recorder }}{% if lecturer %}　主讲人：{{ lecturer }}{% endif %}"],
            ["人数", "应到 {{ expected }} 人，实到 {{ there }} 人，请假 {{ leave }} 人，未到 {{ missing }} 人，已补学 {{ made_up }} 人"],
            ["参加人员", "{{ names_there }}"],
            ["缺席人员及原因", "{% if names_leave %}请假：{{ names_leave }}。{% endif %}{% if names_missing %}未到：{{ names_missing }}。{% endif %}"
             "{% if names_made_up %}已补学：{{ names_made_up }}。{% endif %}"],
            ["学习内容", "{{ content }}"],
            ["讨论发言", "{{ talk }}"],
            ["小结和贯彻意见", "{{ outcome }}"],
            ["记录人", "{{ recorder }}　{{ recorded_on }}"],
            ["主持人审签", "{{ approved_by }}　{{ approved_on }}"],
        ],
        widths=(34, 122),
    )  # fmt: skip
    letter.right("{{ mine }}")
    return letter.content()


def _samples() -> list[Words]:
    """Between them every branch of a form: a full record, and one with nobody away and nothing signed yet."""
    whole = {
        "mine": "示例煤矿", "kind": "中心组学习", "title": "学习《煤矿防治水细则》", "unit": "全矿", "day": "2026年11月22日",
        "time": "15:00—17:00", "place": "三楼会议室", "chair": "郑矿长", "recorder": "卫政工", "lecturer": "外请专家",
        "expected": 12, "there": 9, "late": 1, "leave": 1, "missing": 1, "made_up": 1, "names_there": "郑矿长、卫政工",
        "names_leave": "周安平（井下处理险情）", "names_missing": "冯副矿长", "names_made_up": "王铁柱（2026-11-24）",
        "content": "逐条学习探放水规定。", "talk": "郑矿长：先探后掘。", "outcome": "各队一周内对照检查。",
        "recorded_on": "2026年11月22日", "approved_by": "郑矿长", "approved_on": "2026年11月23日",
    }  # fmt: skip
    empty = (
        "lecturer",
        "names_leave",
        "names_missing",
        "names_made_up",
        "talk",
        "outcome",
        "approved_by",
        "approved_on",
    )
    return [whole, {**whole, **dict.fromkeys(empty, "")}]


KIND = documents.DocumentKind(CODE, _("学习记录"), FIELDS, _samples, default, power="study.settings")


def declare() -> None:
    """Make it one of the mine's papers; its form is looked after by who looks after study."""
    documents.declare_document(KIND)


def record_paper(record: Held) -> documents.Printed:
    """The record as a Word document. Refused when the mine's own form cannot be filled, naming the tag."""
    return documents.print_document(CODE, record_words(record), mine_id=record.session.mine_id)
