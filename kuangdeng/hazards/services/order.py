"""The order to a unit and what becomes of it: 下达、签收、转派、整改、延期."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext as _

from kuangdeng.hazards.models import Extension, Hazard, MajorPlan, Way
from kuangdeng.hazards.rules import FivePoints
from kuangdeng.hazards.services._steps import attach, begin, enter, keep, move, need, stamp
from kuangdeng.kernel.clock import now
from kuangdeng.kernel.errors import NotVisible, Refused
from kuangdeng.kernel.verbs import verb
from kuangdeng.org.api import Person, Role, Unit, roles_of


@verb
def dispatch(
    hazard_id: UUID,
    *,
    unit: Unit,
    order: FivePoints,
    by: Person,
    goal: str = "",
    helper_unit: Unit | None = None,
    supervisor: Person | None = None,
) -> Hazard:
    """Hand a graded hazard to one unit with its five points (下达五定).

    Unit and deadline are set together: a hazard without an owner belongs to nobody, and the database refuses one
    without the other. A major hazard (重大) also needs its stopped area, six-part plan and both reports, because the
    law asks for them before work starts.

    Refused when the hazard is not waiting to be dispatched, when the deadline has passed, when the person in charge
    is not of that unit, or when `by` may not order.
    """
    hazard = begin("dispatch", hazard_id, by)
    _check_order(hazard, unit, order)
    if hazard.is_major:
        _check_plan(hazard)
    hazard.unit, hazard.unit_name, hazard.helper_unit = unit, unit.name, helper_unit
    hazard.person_id, hazard.measure, hazard.funds = order.person_id, order.measure.strip(), order.funds
    hazard.contingency, hazard.goal, hazard.supervisor = order.contingency.strip(), goal.strip(), supervisor
    hazard.due_at = order.due_at
    hazard.due_original = hazard.due_original or order.due_at
    hazard.way = Way.SUPERVISED if hazard.supervised_at else Way.DEADLINE
    hazard.notice_number = hazard.notice_number or f"ZG{hazard.number[2:]}"
    hazard.dispatched_at, hazard.dispatched_by = now(), by
    move("dispatch", hazard)
    keep(hazard)
    enter(
        "dispatch",
        hazard,
        by,
        payload={
            "due_at": stamp(hazard.due_at),
            "measure": hazard.measure,
            "person": str(order.person_id) if order.person_id else None,
        },
    )
    return hazard


def _check_order(hazard: Hazard, unit: Unit, order: FivePoints) -> None:
    if unit.mine_id != hazard.mine_id or unit.closed_on is not None:
        raise Refused(_("请选择本矿在用的责任单位。"), field="unit")
    need(order.measure, _("请写明整改措施。"), field="measure")
    if order.due_at <= now():
        raise Refused(_("整改期限已经过去。请填写晚于现在的期限。"), field="due_at")
    if order.person_id is not None:
        person = (
            Person.objects.filter(id=order.person_id, mine_id=hazard.mine_id, is_active=True)
            .select_related("unit")
            .first()
        )
        inside = person is not None and person.unit is not None and unit.id in (person.unit.id, *person.unit.ancestors)
        if not inside:
            raise Refused(
                _("责任人不是「%(unit)s」的在册职工。请重新选择责任人。") % {"unit": unit.name}, field="person"
            )


def _check_plan(hazard: Hazard) -> None:
    plan = MajorPlan.objects.filter(hazard=hazard).first()
    missing = plan.missing() if plan else [_("六部分治理方案"), _("停产停工区域"), _("双报告")]
    if missing or not hazard.stop_area:
        raise Refused(
            _("重大隐患下达前必须先停产停工、编制治理方案并完成双报告。还缺：%(parts)s。")
            % {"parts": "、".join(missing or [_("停产停工标记")])}
        )


@verb
def sign(hazard_id: UUID, *, by: Person) -> Hazard:
    """Take the order (签收): from now on the unit works on it.

    Refused for anybody who is not in charge in that unit.
    """
    hazard = begin("sign", hazard_id, by)
    hazard.signed_at, hazard.signed_by = now(), by
    move("sign", hazard)
    keep(hazard)
    enter("sign", hazard, by)
    return hazard


@verb
def transfer(hazard_id: UUID, *, unit: Unit, reason: str, by: Person, person: Person | None = None) -> Hazard:
    """Move an order to another unit (转派); the deadline stays, and the new unit must sign.

    Refused without a reason, or to the unit that has it already.
    """
    hazard = begin("transfer", hazard_id, by)
    if unit.mine_id != hazard.mine_id or unit.closed_on is not None:
        raise Refused(_("请选择本矿在用的责任单位。"), field="unit")
    if unit.id == hazard.unit_id:
        raise Refused(_("这条隐患已经在该单位。请选择另一个单位。"), field="unit")
    reason = need(reason, _("请写明转派的原因。"), field="reason")
    _close_open_extension(hazard, by, "隐患已转派")
    before = hazard.unit_name
    hazard.unit, hazard.unit_name, hazard.person = unit, unit.name, person
    hazard.signed_at = hazard.signed_by = None
    hazard.dispatched_at, hazard.dispatched_by = now(), by
    move("transfer", hazard)
    hazard.status_since = hazard.dispatched_at
    keep(hazard)
    enter("transfer", hazard, by, payload={"from": before, "reason": reason})
    return hazard


@verb
def rectify(
    hazard_id: UUID, *, words: str, by: Person, photos: Sequence[str] = (), at: datetime | None = None
) -> Hazard:
    """Report that the hazard is dealt with (整改完成); it now waits for somebody else to accept.

    Refused without a description, or while a request for more time is undecided.
    """
    hazard = begin("rectify", hazard_id, by)
    hazard.rectification = need(words, _("请写清楚做了哪些整改。"), field="words")
    done_at = at or now()
    if done_at > now():
        raise Refused(_("整改完成时间比现在还晚。请检查时间。"), field="at")
    if hazard.dispatched_at and done_at < hazard.dispatched_at:
        raise Refused(_("整改完成时间早于下达时间。请检查时间。"), field="at")
    if hazard.extensions.filter(state__in=(Extension.State.ASKED, Extension.State.FIRST)).exists():
        _close_open_extension(hazard, by, "整改已完成，不再需要延期")
    hazard.rectified_at, hazard.rectified_by = done_at, by
    move("rectify", hazard)
    keep(hazard)
    added = attach(hazard, photos, "after", by)
    enter("rectify", hazard, by, occurred_at=done_at, payload={"words": hazard.rectification, "photos": added})
    return hazard


def _close_open_extension(hazard: Hazard, by: Person, why: str) -> None:
    """An undecided request for more time loses its ground."""
    hazard.extensions.filter(state__in=(Extension.State.ASKED, Extension.State.FIRST)).update(
        state=Extension.State.REFUSED, refused_by=by, refused_at=now(), refuse_reason=why
    )


@verb
def request_extension(hazard_id: UUID, *, until: datetime, reason: str, by: Person) -> Extension:
    """Ask for more time (申请延期), with a reason.

    Refused without a reason, when the new time is not later than the deadline, when another request is still open,
    and for a major hazard under a stopped area only by its own unit as for any other.
    """
    hazard = begin("request_extension", hazard_id, by)
    reason = need(reason, _("请写明延期的原因。"), field="reason")
    assert hazard.due_at is not None
    if until <= max(hazard.due_at, now()):
        raise Refused(_("申请延至的时间必须晚于现在和现有期限。"), field="until")
    if hazard.extensions.filter(state__in=(Extension.State.ASKED, Extension.State.FIRST)).exists():
        raise Refused(_("已有一份延期申请等待批准，不能重复申请。"))
    extension = Extension.objects.create(
        hazard=hazard, reason=reason, due_before=hazard.due_at, asked_until=until, asked_by=by, asked_at=now()
    )
    enter(
        "request_extension",
        hazard,
        by,
        payload={"extension": str(extension.id), "until": stamp(until), "reason": reason},
    )
    return extension


def _open_extension(extension_id: UUID, verb_name: str, by: Person) -> tuple[Hazard, Extension]:
    extension = Extension.objects.filter(id=extension_id).first()
    if extension is None:
        raise NotVisible
    hazard = begin(verb_name, extension.hazard_id, by)
    extension.refresh_from_db()
    if extension.state not in (Extension.State.ASKED, Extension.State.FIRST):
        raise Refused(_("这份延期申请已经办结。请刷新页面。"), code="wrong_state")
    if by.id in (extension.asked_by_id, extension.first_by_id):
        raise Refused(_("不能审批自己提出或自己已审过的延期申请。请由其他人员办理。"), code="own")
    _check_level(extension, by)
    return hazard, extension


def _check_level(extension: Extension, by: Person) -> None:
    """First a mine leader decides, then the safety department."""
    role = Role.MINE_LEADER if extension.state == Extension.State.ASKED else Role.SAFETY
    if not any(held.role == role for held in roles_of(by)):
        first, second = _("这份延期申请现在等分管矿领导审批。"), _("这份延期申请现在等安监部门审批。")
        raise Refused(first if role == Role.MINE_LEADER else second, code="not_allowed")


@verb
def approve_extension(extension_id: UUID, *, by: Person) -> Extension:
    """Grant more time (批准延期): first a mine leader, then the safety department; only then the deadline moves.

    The original deadline stays on the hazard. Refused for the one who asked or who approved the first level.
    """
    hazard, extension = _open_extension(extension_id, "approve_extension", by)
    if extension.state == Extension.State.ASKED:
        extension.state, extension.first_by, extension.first_at = Extension.State.FIRST, by, now()
    else:
        extension.state, extension.second_by, extension.second_at = Extension.State.APPROVED, by, now()
        hazard.due_at = extension.asked_until
        keep(hazard)
    extension.save()
    enter(
        "approve_extension",
        hazard,
        by,
        payload={"extension": str(extension.id), "state": extension.state, "due_at": stamp(hazard.due_at)},
    )
    return extension


@verb
def refuse_extension(extension_id: UUID, *, reason: str, by: Person) -> Extension:
    """Refuse more time (不批准延期), at either level, with a reason; the deadline stays.

    Refused without a reason, and for the one who asked.
    """
    hazard, extension = _open_extension(extension_id, "refuse_extension", by)
    extension.refuse_reason = need(reason, _("请写明不批准的原因。"), field="reason")
    extension.state, extension.refused_by, extension.refused_at = Extension.State.REFUSED, by, now()
    extension.save()
    enter("refuse_extension", hazard, by, payload={"extension": str(extension.id), "reason": reason})
    return extension
