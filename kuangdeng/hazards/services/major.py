"""What is more than everyday: 升级为重大隐患、治理方案和双报告、挂牌督办."""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext as _

from kuangdeng.hazards.models import Hazard, MajorPlan, Situation, Way
from kuangdeng.hazards.rules import OPEN
from kuangdeng.hazards.services._steps import begin, enter, judge_major, keep, locked, move, need, stamp
from kuangdeng.kernel.clock import now
from kuangdeng.kernel.errors import NotVisible, Refused
from kuangdeng.kernel.verbs import verb
from kuangdeng.org.api import Person, may


@verb
def escalate(hazard_id: UUID, *, situation: Situation, reason: str, by: Person) -> Hazard:
    """Judge a hazard as major after all (升级): production in the area stops at once.

    From any open state it goes back to 待下达 and must be ordered anew, with plan and both reports; its deadline
    stays on the row until then. Refused when it is major already, or by a situation that was not in force.
    """
    hazard = begin("escalate", hazard_id, by)
    if hazard.is_major:
        raise Refused(_("这条隐患已经是重大隐患。"))
    hazard.escalate_reason = need(reason, _("请写明升级的理由。"), field="reason")
    judge_major(hazard, situation)
    hazard.stop_area = True
    hazard.escalated_at, hazard.escalated_by = now(), by
    move("escalate", hazard)
    keep(hazard)
    enter(
        "escalate",
        hazard,
        by,
        payload={"situation": str(situation), "catalogue": hazard.catalogue_id, "reason": hazard.escalate_reason},
    )
    return hazard


@verb
def save_plan(hazard_id: UUID, *, facts: Mapping[str, str | datetime | None], stop_area: bool, by: Person) -> MajorPlan:
    """Write down the plan of a major hazard: its six parts, the stopped area, the two reports (治理方案、双报告).

    May be filled in several sittings; `missing` says what is still needed before dispatch. Refused when the hazard
    is not major or has ended, or when a report lies in the future.
    """
    hazard = locked(hazard_id)
    if hazard.mine_id != by.mine_id:
        raise NotVisible
    if not may(by, "hazard.escalate", hazard.unit):
        raise Refused(_("您没有权限编制治理方案。请联系安监部门或矿领导。"), code="not_allowed")
    if not hazard.is_major or hazard.status not in OPEN:
        raise Refused(_("只有未销号的重大隐患才需要治理方案。"), code="wrong_state")
    for name in ("regulator_at", "congress_at", "stopped_at"):
        at = facts.get(name)
        if isinstance(at, datetime) and at > now():
            raise Refused(_("时间比现在还晚。请填写实际发生的时间。"), field=name)
    plan, _made = MajorPlan.objects.update_or_create(
        hazard=hazard, defaults={**facts, "updated_at": now(), "updated_by": by}
    )
    hazard.stop_area = stop_area
    keep(hazard)
    enter("plan", hazard, by, payload={key: stamp(v) if isinstance(v, datetime) else v for key, v in facts.items()})
    return plan


@verb
def supervise(hazard_id: UUID, *, supervisor: Person, by: Person) -> Hazard:
    """Put a hazard under the eyes of a leader (挂牌督办), named on the board until it is closed.

    Refused when it is under supervision already by the same person.
    """
    hazard = begin("supervise", hazard_id, by)
    if supervisor.mine_id != hazard.mine_id or not supervisor.is_active:
        raise Refused(_("请选择本矿在册的督办人。"), field="supervisor")
    if hazard.supervised_at and hazard.supervisor_id == supervisor.id:
        raise Refused(_("这条隐患已由该同志挂牌督办。"), field="supervisor")
    hazard.supervisor, hazard.supervised_at, hazard.supervised_by = supervisor, now(), by
    hazard.supervision_proposed = False
    if hazard.way:
        hazard.way = Way.SUPERVISED
    move("supervise", hazard)
    keep(hazard)
    enter("supervise", hazard, by, payload={"supervisor": supervisor.name})
    return hazard
