"""The verbs of inspections: 检查 that took place, and the plans that ask for them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.utils.translation import gettext as _

from kuangdeng.hazards.models import CheckType, Round, RoundPlan
from kuangdeng.hazards.services._steps import stamp
from kuangdeng.kernel.clock import now
from kuangdeng.kernel.errors import NotVisible, Refused
from kuangdeng.kernel.language import in_chinese
from kuangdeng.kernel.verbs import verb
from kuangdeng.ledger.api import Named, Subject, post
from kuangdeng.org.api import Person, Place, Role, Unit, may, shift_at

LONGEST = timedelta(hours=24)
FUTURE_TOLERANCE = timedelta(minutes=10)


@dataclass(frozen=True)
class RoundData:
    """An inspection as it is told: who went where and when, also when nothing was found."""

    started_at: datetime
    ended_at: datetime
    led_by: Person
    places: Sequence[Place]
    members: Sequence[Person] = ()
    plan: RoundPlan | None = None
    check_type: str = CheckType.DAILY
    note: str = ""


@verb
def record_round(*, data: RoundData, by: Person) -> Round:
    """Write down that an inspection took place (登记检查), also when nothing was found; hazards found name it later.

    The shift is the one in which it began, by the leader's unit. Refused in the future, for more than a day, without
    a place, and for persons or places of another mine.
    """
    if not may(by, "hazard.rounds", by.unit):
        raise Refused(_("您没有权限登记检查。请由班组长、区队长、安监员或矿领导登记。"), code="not_allowed")
    _check(data, by)
    unit = data.led_by.unit
    span = shift_at(by.mine, unit, data.started_at)
    made = Round.objects.create(
        mine=by.mine,
        plan=data.plan,
        check_type=data.check_type,
        unit=unit,
        led_by=data.led_by,
        started_at=data.started_at,
        ended_at=data.ended_at,
        shift_name=span.name if span else "",
        shift_day=span.day if span else None,
        note=data.note.strip(),
        recorded_by=by,
        recorded_at=now(),
    )
    made.places.set(data.places)
    made.members.set([one for one in data.members if one.id != data.led_by.id])
    first = data.places[0]
    with in_chinese():
        what = data.plan.name if data.plan else made.get_check_type_display()
    post(
        "hazard.record_round",
        Subject("round", made.id, f"{what} {data.led_by.name}"),
        mine_id=by.mine_id,
        by=by,
        unit=unit,
        place=Named(first.id, first.full_name),
        occurred_at=data.started_at,
        payload={
            "plan": str(data.plan.id) if data.plan else None,
            "led_by": str(data.led_by.id),
            "members": [str(one.id) for one in data.members],
            "places": [one.full_name for one in data.places],
            "ended_at": stamp(data.ended_at),
            "shift": made.shift_name,
        },
    )
    return made


def _check(data: RoundData, by: Person) -> None:
    if not data.places:
        raise Refused(_("请选择检查了哪些地点，至少一个。"), field="places")
    if data.started_at > now() + FUTURE_TOLERANCE:
        raise Refused(_("开始时间比现在还晚。请填写实际检查的时间。"), field="started_at")
    if data.ended_at <= data.started_at:
        raise Refused(_("结束时间要晚于开始时间。"), field="ended_at")
    if data.ended_at > now() + FUTURE_TOLERANCE:
        raise Refused(_("结束时间比现在还晚。检查结束以后再登记。"), field="ended_at")
    if data.ended_at - data.started_at > LONGEST:
        raise Refused(_("一次检查不超过 24 小时。请分次登记。"), field="ended_at")
    mines = {data.led_by.mine_id, *(one.mine_id for one in data.places), *(one.mine_id for one in data.members)}
    if mines != {by.mine_id} or (data.plan is not None and data.plan.mine_id != by.mine_id):
        raise NotVisible


@verb
def save_plan(
    *, by: Person, name: str, role: str, every: str, unit: Unit | None = None, posts: str = "", scope: str = "",
    source: str = "", confirmed: bool = False, active: bool = True, plan_id: UUID | None = None,
) -> RoundPlan:  # fmt: skip
    """Say who has to inspect how often (检查计划): a new plan, or a changed one. Rounds of before keep their plan.

    Refused without a name, for a role or a frequency that there is not, and for a unit of another mine.
    """
    if not may(by, "hazard.settings"):
        raise Refused(_("您没有权限修改检查计划。请联系安监部门或系统管理员。"), code="not_allowed")
    plan = RoundPlan(mine_id=by.mine_id)
    if plan_id is not None:
        found = RoundPlan.objects.select_for_update().filter(id=plan_id, mine_id=by.mine_id).first()
        if found is None:
            raise NotVisible
        plan = found
    if not name.strip():
        raise Refused(_("请填写计划名称。"), field="name")
    if role not in set(Role) or every not in RoundPlan.Every.values:
        raise Refused(_("请选择谁来查、多久一次。"), field="role")
    if unit is not None and unit.mine_id != by.mine_id:
        raise Refused(_("请选择本矿的单位。"), field="unit")
    plan.name, plan.role, plan.every, plan.unit = name.strip(), role, every, unit
    plan.posts, plan.scope, plan.source = posts.strip(), scope.strip(), source.strip()
    plan.confirmed, plan.active = confirmed, active
    plan.save()
    post(
        "hazard.save_round_plan",
        Subject("round_plan", plan.id, plan.name),
        mine_id=by.mine_id,
        by=by,
        payload={
            "role": role,
            "every": every,
            "unit": unit.name if unit else None,
            "posts": plan.posts,
            "active": active,
        },
    )
    return plan
