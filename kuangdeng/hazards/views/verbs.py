"""One form and one call for each verb: what is asked before it, and how the answers reach the service."""

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext_lazy as _

from kuangdeng.hazards import forms, services
from kuangdeng.hazards.models import Hazard
from kuangdeng.hazards.queries import choices
from kuangdeng.hazards.rules import VERB_LABELS, FivePoints
from kuangdeng.org.api import Person

Answers = dict[str, Any]


@dataclass(frozen=True)
class VerbPage:
    """A verb with its form; `done` is what the next page says, `quick` that the button on the hazard's page does it."""

    form: type[forms.PersonForm]
    run: Callable[[Hazard, Answers, Person], object]
    label: object
    done: object
    intro: object = ""
    icon: str = ""
    danger: bool = False
    quick: bool = False


def _grade(hazard: Hazard, data: Answers, by: Person) -> object:
    return services.grade(
        hazard.id,
        grade=choices.grade_of(by.mine_id, data["grade"]),  # type: ignore[arg-type]
        specialty=choices.specialty_of(by.mine_id, data["specialty"]),  # type: ignore[arg-type]
        cause=data.get("cause", ""),
        clause=data.get("clause", ""),
        situation=choices.situation_of(data["situation"]) if data.get("situation") else None,
        by=by,
    )


def _resubmit(hazard: Hazard, data: Answers, by: Person) -> object:
    return services.resubmit(
        hazard.id, text=data["text"], place=data.get("place"), place_text=data.get("spot", ""),
        photos=data.get("photos") or (), by=by,
    )  # fmt: skip


def _dispatch(hazard: Hazard, data: Answers, by: Person) -> object:
    person = data.get("person")
    order = FivePoints(
        person.id if person else None, data["measure"], data.get("funds"), data["due_at"], data.get("contingency", "")
    )
    return services.dispatch(
        hazard.id, unit=data["unit"], order=order, by=by, goal=data.get("goal", ""), helper_unit=data.get("helper_unit"),
        supervisor=hazard.supervisor,
    )  # fmt: skip


def _penalty(hazard: Hazard, data: Answers, by: Person) -> object:
    return services.record_penalty(
        hazard.id, person=data.get("person"), unit=data.get("unit"), points=data.get("points") or Decimal(0),
        fine=data.get("fine") or Decimal(0), reason=data["reason"], by=by,
    )  # fmt: skip


VERBS: dict[str, VerbPage] = {
    "grade": VerbPage(forms.GradeForm, _grade, VERB_LABELS["grade"], _("已定级，请接着下达。"), icon="shield"),
    "send_back": VerbPage(
        forms.SendBackForm, lambda h, d, by: services.send_back(h.id, reason=d["reason"], by=by),
        VERB_LABELS["send_back"], _("已退回上报人补充。"), icon="back",
    ),
    "resubmit": VerbPage(forms.ResubmitForm, _resubmit, VERB_LABELS["resubmit"], _("已重报，等安监部门定级。"), icon="send"),
    "merge": VerbPage(
        forms.MergeForm, lambda h, d, by: services.merge(h.id, into_id=d["target"].id, by=by),
        VERB_LABELS["merge"], _("已合并，两边的上报人都记功。"),
        _("同一处隐患报了两次时用。这一条并入先报的那一条，两边的上报人都保留。"), icon="merge",
    ),
    "void": VerbPage(
        forms.VoidForm, lambda h, d, by: services.void(h.id, reason=d["reason"], by=by), VERB_LABELS["void"],
        _("已作废，理由留在台账里。"), _("现场核实不是隐患时用。记录不会删除，理由一直能看到。"), icon="remove", danger=True,
    ),
    "fix_on_site": VerbPage(
        forms.FixForm, lambda h, d, by: services.fix_on_site(h.id, words=d["words"], photos=d["photos"], by=by),
        VERB_LABELS["fix_on_site"], _("已登记现场整改，等他人复查。"), icon="wrench",
    ),
    "dispatch": VerbPage(forms.DispatchForm, _dispatch, VERB_LABELS["dispatch"], _("已下达，等责任单位签收。"), icon="send"),
    "sign": VerbPage(
        forms.NothingForm, lambda h, d, by: services.sign(h.id, by=by), VERB_LABELS["sign"],
        _("已签收，开始整改。"), icon="check", quick=True,
    ),
    "transfer": VerbPage(
        forms.TransferForm,
        lambda h, d, by: services.transfer(h.id, unit=d["unit"], person=d.get("person"), reason=d["reason"], by=by),
        VERB_LABELS["transfer"], _("已转派，等新单位签收。"), _("期限不变，新单位要重新签收。"), icon="switch",
    ),
    "rectify": VerbPage(
        forms.RectifyForm,
        lambda h, d, by: services.rectify(h.id, words=d["words"], photos=d["photos"], at=d.get("at"), by=by),
        VERB_LABELS["rectify"], _("已报整改完成，等他人验收。"), icon="wrench",
    ),
    "request_extension": VerbPage(
        forms.ExtensionForm,
        lambda h, d, by: services.request_extension(h.id, until=d["until"], reason=d["reason"], by=by),
        VERB_LABELS["request_extension"], _("已申请延期，等两级批准。"), icon="clock",
    ),
    "accept": VerbPage(
        forms.AcceptForm, lambda h, d, by: services.accept(h.id, words=d["words"], photos=d["photos"], by=by),
        VERB_LABELS["accept"], _("验收合格，可以销号。"), icon="check",
    ),
    "reject": VerbPage(
        forms.RejectForm, lambda h, d, by: services.reject(h.id, reason=d["reason"], photos=d["photos"], by=by),
        VERB_LABELS["reject"], _("已退回整改，期限不变。"), icon="back", danger=True,
    ),
    "close": VerbPage(
        forms.NothingForm, lambda h, d, by: services.close(h.id, by=by), VERB_LABELS["close"], _("已销号。"),
        icon="done", quick=True,
    ),
    "reopen": VerbPage(
        forms.ReopenForm, lambda h, d, by: services.reopen(h.id, text=d["text"], photos=d["photos"], by=by),
        VERB_LABELS["reopen"], _("已按复发另立一条，等定级。"), _("销号后同一处又出现时用。原来那条保持已销号，新的一条与它相连。"),
        icon="refresh",
    ),
    "supervise": VerbPage(
        forms.SuperviseForm, lambda h, d, by: services.supervise(h.id, supervisor=d["supervisor"], by=by),
        VERB_LABELS["supervise"], _("已挂牌督办。"), icon="eye",
    ),
    "escalate": VerbPage(
        forms.EscalateForm,
        lambda h, d, by: services.escalate(
            h.id, situation=choices.situation_of(d["situation"]), reason=d["reason"], by=by  # type: ignore[arg-type]
        ),
        VERB_LABELS["escalate"], _("已升级为重大隐患，请马上停产停工并填写治理方案。"),
        _("升级后该区域必须马上停产停工；填好治理方案和双报告后重新下达。"), icon="hazard", danger=True,
    ),
    "plan": VerbPage(
        forms.PlanForm,
        lambda h, d, by: services.save_plan(
            h.id, facts={k: v for k, v in d.items() if k != "stop_area"}, stop_area=d["stop_area"], by=by
        ),
        _("治理方案和双报告"), _("治理方案已存下。"),
        _("可以分几次填。六部分方案、停产停工和双报告都齐了才能下达。"), icon="edit",
    ),
    "record_penalty": VerbPage(
        forms.PenaltyForm, _penalty, _("登记考核"), _("已登记考核。"),
        _("考核的是整改责任，不是上报：上报人和发现人不因上报受罚。"), icon="edit",
    ),
}  # fmt: skip
