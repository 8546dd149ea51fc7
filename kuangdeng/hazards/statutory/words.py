"""How the ledger lines of legal reports are read aloud, and who is told."""

from collections.abc import Iterator
from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from kuangdeng.hazards.statutory.rules import CELL_LABELS, LEVEL_LABELS, TO_LABELS
from kuangdeng.kernel.language import in_chinese
from kuangdeng.kernel.timetext import full
from kuangdeng.ledger.api import Entry, Recipient, Topic, declare_topics, declare_words, route
from kuangdeng.org.api import Role, tell_roles

TOPIC = "statutory"
declare_topics(Topic(TOPIC, _("法定报表：到期提醒、待签字、已签字")))
STEPS = {"draft": _("还没有编制"), "sign": _("还没有签字"), "send": _("还没有报送")}


def declare() -> None:
    """Hand the words to the ledger."""
    declare_words(
        verbs={
            "statutory.draft": _("编制法定报表"),
            "statutory.redraft": _("重新编制法定报表"),
            "statutory.sign": _("签字法定报表"),
            "statutory.send": _("登记报表回执"),
            "statutory.correct": _("出报表更正版"),
            "statutory.rule": _("设置报送规则"),
            "statutory.remind": _("报表到期提醒"),
            "statutory.report_major": _("登记双报告"),
            "statutory.order_supervision": _("登记上级挂牌督办"),
            "statutory.lift_supervision": _("登记摘牌"),
            "statutory.print_notice": _("打印告知书"),
            "statutory.mapping": _("启用字段对照表"),
            "statutory.export": _("导出上报数据"),
        },
        subjects={
            "statutory_report": _("法定报表"),
            "report_rule": _("报送规则"),
            "statutory_period": _("报表期"),
            "worker_notice": _("告知书"),
            "export_mapping": _("字段对照表"),
            "export_run": _("上报数据"),
        },
        fields={
            **{f"statutory_{cell}": label for cell, label in CELL_LABELS.items()},
            "reason": _("原因"),
            "digest": _("指纹"),
            "signed_on": _("签字日期"),
            "receiver": _("接收部门"),
            "statutory.send.number": _("回执号"),
            "received_on": _("签收日期"),
            "left": _("还没有回执的"),
            "receivers": _("报给谁"),
            "due_day": _("几号以前"),
            "valid_from": _("生效日期"),
            "source": _("依据"),
            "confirmed": _("已确认"),
            "step": _("到哪一步"),
            "due_at": _("期限"),
            "late": _("已超期"),
            "to": _("报给谁"),
            "reported_at": _("报告时间"),
            "way": _("报告方式"),
            "statutory.report_major.text": _("报告内容"),
            "receipt": _("回执号"),
            "level": _("级别"),
            "authority": _("督办部门"),
            "document_no": _("文号"),
            "ordered_on": _("挂牌日期"),
            "lifted_on": _("摘牌日期"),
            "posted_where": _("张贴地点"),
            "paper": _("纸张"),
            "statutory.export.rows": _("条数"),
            "statutory.mapping.rows": _("列数"),
            "format": _("格式"),
            "gaps": _("缺项的条数"),
            "statutory.export.grade": _("等级"),
            "statutory.print_notice.major": _("未销号的重大隐患"),
            "statutory.print_notice.overdue": _("超期"),
            "statutory.print_notice.open": _("未办结"),
            "sha256": _("指纹"),
        },
        values={
            "statutory.remind.step": STEPS,
            "statutory.report_major.to": TO_LABELS,
            "level": LEVEL_LABELS,
        },
        hidden={"statutory.sign.scan", "statutory.report_major.scan"},
    )


@route("statutory.draft", "statutory.correct")
def to_sign(entry: Entry) -> Iterator[Recipient]:
    """Drawn up: the leaders hear that something waits for their signature."""
    with in_chinese():
        title = str(_("%s已编制，请签字。")) % entry.subject_label
    url = reverse("hazards:statutory_report", args=[entry.subject_id])
    body = str(entry.payload.get("reason") or "")
    yield from tell_roles(entry.mine_id, (Role.MINE_LEADER,), TOPIC, title, url, act=True, body=body)


@route("statutory.sign", settles=[TOPIC])
def signed(entry: Entry) -> Iterator[Recipient]:
    """Signed: the safety department sends it."""
    with in_chinese():
        title = str(_("%s已签字，请报送并登记回执。")) % entry.subject_label
    url = reverse("hazards:statutory_report", args=[entry.subject_id])
    yield from tell_roles(entry.mine_id, (Role.SAFETY,), TOPIC, title, url, act=True)


@route("statutory.send", "statutory.redraft", settles=[TOPIC])
def went_on(entry: Entry) -> Iterator[Recipient]:
    """Sent, or drawn up again: nobody needs to hear it; what was asked before is done."""
    yield from ()


@route("statutory.remind")
def due(entry: Entry) -> Iterator[Recipient]:
    """Due soon, or late: those hear it who have to act."""
    step, late = str(entry.payload["step"]), bool(entry.payload["late"])
    at = datetime.fromisoformat(str(entry.payload["due_at"]))
    with in_chinese():
        said = _("%(what)s%(step)s，已过报送期限。") if late else _("%(what)s%(step)s，报送期限 %(day)s。")
        title = str(said) % {"what": entry.subject_label, "step": STEPS[step], "day": full(at).split()[0]}
    roles = (Role.SAFETY, Role.MINE_LEADER) if late or step == "sign" else (Role.SAFETY,)
    yield from tell_roles(entry.mine_id, roles, TOPIC, title, reverse("hazards:statutory"), act=True)
