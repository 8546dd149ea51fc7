"""The Word documents of legal reports: the facts that go in, samples to check templates with, the shipped templates."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from functools import partial
from typing import Any

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from kuangdeng.hazards.models import Hazard
from kuangdeng.hazards.rules import STATUS_LABELS, Status
from kuangdeng.hazards.statutory import rules
from kuangdeng.hazards.statutory.figures import Span
from kuangdeng.hazards.statutory.queries import plan_of
from kuangdeng.hazards.statutory.rules import Line, Period, To
from kuangdeng.kernel import clock
from kuangdeng.kernel.language import in_chinese
from kuangdeng.kernel.timetext import full
from kuangdeng.org.api import Mine, documents

QUARTER_REPORT, DOUBLE_REGULATOR, DOUBLE_CONGRESS = "major_quarter", "double_regulator", "double_congress"


def _day(at: datetime | date | None) -> str:
    if isinstance(at, datetime):
        at = clock.local(at).date()
    return full(at) if at else ""


def _progress(hazard: Hazard) -> str:
    """How far it is, in one sentence."""
    if hazard.status == Status.CLOSED:
        return gettext("已于%(day)s整改销号。%(words)s") % {
            "day": _day(hazard.closed_at),
            "words": hazard.rectification,
        }
    words = gettext("当前状态：%s。") % STATUS_LABELS[hazard.status]
    if hazard.due_at:
        words += gettext("整改期限%s。") % _day(hazard.due_at)
    return words + hazard.rectification


def facts_of(hazard: Hazard) -> dict[str, Any]:
    """A major hazard as documents say it; what nobody has written is said to be missing."""
    plan, nothing = plan_of(hazard), gettext("（未填写）")

    def of(name: str) -> str:
        return str(getattr(plan, name, "") or nothing)

    judged = f"{hazard.catalogue.title}（{hazard.catalogue.document_no}）" if hazard.catalogue else ""
    return {
        "number": hazard.number,
        "text": hazard.text,
        "place": " ".join(filter(None, [hazard.place.full_name if hazard.place else "", hazard.place_text])),
        "unit": hazard.unit_name or nothing,
        "person": hazard.person.name if hazard.person else hazard.person_text or nothing,
        "found_on": _day(hazard.occurred_at),
        "judged_by": " ".join(filter(None, [judged, str(hazard.category or ""), str(hazard.situation or "")])),
        "condition": of("condition"),
        "analysis": of("analysis"),
        **{name: of(name) for name in ("goals", "methods", "resources", "organisation", "schedule", "safety")},
        "stopped_area": of("stopped_area"),
        "stopped_on": _day(plan.stopped_at if plan else None) or nothing,
        "funds": rules.ten_thousands(hazard.funds) if hazard.funds else nothing,
        "due_on": _day(hazard.due_at) or nothing,
        "regulator_on": _day(plan.regulator_at if plan else None) or nothing,
        "congress_on": _day(plan.congress_at if plan else None) or nothing,
        "progress": _progress(hazard),
    }


def quarter_words(span: Span, total: Line, hazards: Sequence[Hazard], *, version: int, reason: str) -> dict[str, Any]:
    """What the written report of a quarter says."""
    with in_chinese():
        period: Period = span.period
        words: dict[str, Any] = {
            "mine": span.mine.name,
            "period": period.label,
            "first": _day(period.first),
            "last": _day(period.last),
            "version": version,
            "reason": reason,
            **{str(cell): total.count(cell) for cell in rules.Cell if cell != rules.Cell.FUNDED},
            "general_rate": total.get_figure("general_rate"),
            "major_rate": total.get_figure("major_rate"),
            "funds": total.get_figure("funds"),
            "hazards": [{"no": at, **facts_of(one)} for at, one in enumerate(hazards, 1)],
        }
    return words


def double_words(hazard: Hazard, to: To) -> dict[str, Any]:
    """What the report on one major hazard to the regulator or the workers' congress says."""
    return {"mine": hazard.mine.name, "to": str(rules.TO_LABELS[to]), "today": _day(clock.today()), **facts_of(hazard)}


# Templates ------------------------------------------------------------------------------------------------------------

HAZARD_FIELDS: list[tuple[str, object]] = [
    ("number", _("隐患编号")), ("text", _("隐患内容")), ("place", _("地点")), ("unit", _("责任单位")),
    ("person", _("责任人")), ("found_on", _("发现日期")), ("judged_by", _("判定依据")),
    ("condition", _("现状及产生原因")), ("analysis", _("危害程度和整改难易程度分析")),
    ("goals", _("治理目标和任务")), ("methods", _("治理方法和措施")), ("resources", _("经费和物资")),
    ("organisation", _("机构和人员")), ("schedule", _("时限和要求")), ("safety", _("安全措施和应急预案")),
    ("stopped_area", _("停产停工区域")), ("stopped_on", _("停产停工日期")), ("funds", _("资金（万元）")),
    ("due_on", _("整改期限")), ("regulator_on", _("报监管监察部门日期")), ("congress_on", _("报职代会日期")),
    ("progress", _("进展")),
]  # fmt: skip
SIX: list[tuple[str, str]] = [
    ("治理的目标和任务", "goals"), ("采取的方法和措施", "methods"), ("经费和物资的落实", "resources"),
    ("负责治理的机构和人员", "organisation"), ("治理的时限和要求", "schedule"), ("安全措施和应急预案", "safety"),
]  # fmt: skip


def quarter_template() -> bytes:
    """The shipped report of a quarter, in the style of official papers."""
    letter = documents.Letter()
    letter.title("{{ mine }}{{ period }}重大事故隐患排查治理情况报告")
    letter.plain("县级以上人民政府煤矿安全监管部门、所在地矿山安全监察机构：")
    letter.text(
        "根据《煤矿安全生产条例》第三十五条，现将{{ mine }}{{ period }}（{{ first }}至{{ last }}）重大事故隐患排查治理情况报告如下。"
    )
    letter.plain("{%p if reason %}")
    letter.text("本报告为第{{ version }}版，更正原因：{{ reason }}。")
    letter.plain("{%p endif %}")
    letter.heading("一、总体情况")
    letter.text(
        "本季度排查一般隐患{{ general_found }}条，已整改{{ general_done }}条，整改率{{ general_rate }}；"
        "排查重大事故隐患{{ major_found }}条，已整改销号{{ major_done }}条，整改率{{ major_rate }}；"
        "上季度结转重大事故隐患{{ major_carried }}条，其中本季度销号{{ major_carried_done }}条；"
        "季末未销号重大事故隐患{{ major_left }}条。本年累计落实治理资金{{ funds }}万元。"
    )
    letter.heading("二、重大事故隐患情况")
    letter.plain("{%p if not hazards %}")
    letter.text("本季度未排查出重大事故隐患，没有上季度结转的重大事故隐患。")
    letter.plain("{%p endif %}")
    letter.plain("{%p for one in hazards %}")
    letter.subheading("（{{ one.no }}）{{ one.place }} {{ one.text }}（编号{{ one.number }}）")
    letter.text(
        "发现日期：{{ one.found_on }}。责任单位：{{ one.unit }}，责任人：{{ one.person }}。判定依据：{{ one.judged_by }}。"
    )
    letter.text("1. 现状及产生原因：{{ one.condition }}")
    letter.text("2. 危害程度和整改难易程度分析：{{ one.analysis }}")
    letter.text("3. 治理方案：")
    for at, (label, name) in enumerate(SIX, 1):
        letter.text(f"（{at}）{label}：{{{{ one.{name} }}}}")
    letter.text("4. 停产停工：{{ one.stopped_area }}，自{{ one.stopped_on }}起。")
    letter.text("5. 治理进展：{{ one.progress }}")
    letter.plain("{%p endfor %}")
    letter.right("企业主要负责人（签字）：____________")
    letter.right("{{ mine }}（盖章）")
    letter.right("____年____月____日")
    return letter.content()


def double_template(to: To) -> bytes:
    """The shipped report on one major hazard."""
    letter = documents.Letter()
    if to == To.REGULATOR:
        letter.title("{{ mine }}关于重大事故隐患的报告")
        letter.plain("县级以上人民政府煤矿安全监管部门、所在地矿山安全监察机构：")
    else:
        letter.title("{{ mine }}向职工代表大会报告重大事故隐患")
        letter.plain("职工代表大会：")
    letter.text("根据《中华人民共和国安全生产法》第四十一条，现将重大事故隐患（编号{{ number }}）报告如下。")
    letter.heading("一、隐患情况")
    letter.text("{{ found_on }}，在{{ place }}排查发现：{{ text }}")
    letter.text("判定依据：{{ judged_by }}")
    letter.heading("二、现状及产生原因")
    letter.text("{{ condition }}")
    letter.heading("三、危害程度和整改难易程度分析")
    letter.text("{{ analysis }}")
    letter.heading("四、治理方案")
    for at, (label, name) in enumerate(SIX, 1):
        letter.text(f"（{at}）{label}：{{{{ {name} }}}}")
    letter.heading("五、停产停工和治理进展")
    letter.text(
        "停产停工区域：{{ stopped_area }}，自{{ stopped_on }}起。责任单位：{{ unit }}，责任人：{{ person }}，整改期限：{{ due_on }}。"
    )
    letter.text("{{ progress }}")
    letter.right("报告人（签字）：____________")
    letter.right("{{ mine }}")
    letter.right("{{ today }}")
    return letter.content()


def _sample_hazard() -> dict[str, Any]:
    return {name: f"示例{label}" for name, label in HAZARD_FIELDS} | {"no": 1}


def _quarter_samples() -> Sequence[Mapping[str, Any]]:
    with in_chinese():
        whole: dict[str, Any] = {
            "mine": "示例矿", "period": "2026年第3季度", "first": "2026年7月1日", "last": "2026年9月30日",
            "version": 2, "reason": "示例更正原因", **{str(cell): 3 for cell in rules.Cell if cell != rules.Cell.FUNDED},
            "general_rate": "100.0%", "major_rate": "50.0%", "funds": "12.50", "hazards": [_sample_hazard()],
        }  # fmt: skip
    return [whole, {**whole, "version": 1, "reason": "", "hazards": [], "major_rate": "—"}]


def _double_samples() -> Sequence[Mapping[str, Any]]:
    with in_chinese():
        return [{"mine": "示例矿", "to": "示例部门", "today": "2026年11月22日", **_sample_hazard()}]


def declare() -> None:
    """Tell the shelf of templates which documents there are."""
    figures: list[tuple[str, object]] = [
        (str(cell), label) for cell, label in rules.CELL_LABELS.items() if cell != rules.Cell.FUNDED
    ]
    documents.declare_document(
        documents.DocumentKind(
            QUARTER_REPORT,
            rules.KIND_LABELS[rules.Kind.QUARTER],
            [
                ("mine", _("矿名")), ("period", _("哪个季度")), ("first", _("期初")), ("last", _("期末")),
                ("version", _("版本")), ("reason", _("更正原因，第 1 版为空")), *figures,
                ("general_rate", _("一般隐患整改率")), ("major_rate", _("重大隐患整改率")),
                ("funds", _("本年累计落实治理资金（万元）")), ("hazards", _("各条重大隐患，用循环取下面的字段")),
                ("one.no", _("序号")), *[(f"one.{name}", label) for name, label in HAZARD_FIELDS],
            ],
            _quarter_samples,
            quarter_template,
            power="statutory.prepare",
        )
    )  # fmt: skip
    common: list[tuple[str, object]] = [
        ("mine", _("矿名")),
        ("to", _("报给谁")),
        ("today", _("打印日期")),
        *HAZARD_FIELDS,
    ]
    for code, to, label in (
        (DOUBLE_REGULATOR, To.REGULATOR, _("重大隐患报告（报监管监察部门）")),
        (DOUBLE_CONGRESS, To.CONGRESS, _("重大隐患报告（报职代会）")),
    ):
        documents.declare_document(
            documents.DocumentKind(
                code, label, common, _double_samples, partial(double_template, to), power="statutory.prepare"
            )
        )


def print_quarter(words: Mapping[str, Any], mine: Mine) -> documents.Printed:
    """The written report of a quarter by the mine's template."""
    return documents.print_document(QUARTER_REPORT, words, mine_id=mine.id)


def print_double(hazard: Hazard, to: To) -> documents.Printed:
    """The report on one major hazard by the mine's template."""
    code = DOUBLE_REGULATOR if to == To.REGULATOR else DOUBLE_CONGRESS
    with in_chinese():
        words = double_words(hazard, to)
    return documents.print_document(code, words, mine_id=hazard.mine_id)
