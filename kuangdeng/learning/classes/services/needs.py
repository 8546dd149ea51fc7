"""Needs and the annual plan: what is to be trained, and whether it becomes a class."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from uuid import UUID

from django.db.models import Max
from django.utils.translation import gettext as _

from kuangdeng.kernel import clock
from kuangdeng.kernel.errors import NotVisible, Refused
from kuangdeng.kernel.rows import one_of
from kuangdeng.kernel.verbs import verb
from kuangdeng.kernel.words import need
from kuangdeng.learning.classes.models import PlanLine, TrainingClass, TrainingNeed, TrainingPlan
from kuangdeng.learning.classes.rules import NEED_FLOW, PLAN_FLOW, Kind, Mode, PlanStatus
from kuangdeng.learning.classes.services._classes import ClassData, found_class
from kuangdeng.learning.classes.services._steps import check, locked_class
from kuangdeng.ledger.api import Subject, enter
from kuangdeng.org.api import Mine, Person, Unit


def _of_need(one: TrainingNeed) -> Subject:
    return Subject("training_need", one.id, one.topic)


@verb
def propose_need(
    *,
    topic: str,
    evidence: str,
    units: Sequence[Unit],
    by: Person | None = None,
    mine: Mine | None = None,
    wanted_by: date | None = None,
    source_entry: str = "",
) -> TrainingNeed:
    """Say that some units have to learn something, and what shows it (提出培训需求).

    The front door for whatever sees that people do not know enough: a ledger line may speak for it by its id, and one
    line speaks once. `by` None is the system itself, then `mine` says where. Refused without topic, evidence or units.
    """
    if by is not None:
        check(by, "need.propose")
    home = by.mine_id if by else mine.id if mine else None
    if home is None:
        raise NotVisible
    words = need(topic, _("请填写培训主题。"), field="topic", most=100)
    shown = need(evidence, _("请写明为什么要培训：发现了什么、在哪里、多少次。"), field="evidence", most=4000)
    if not units or any(unit.mine_id != home for unit in units):
        raise Refused(_("请选要培训的单位。"), field="units")
    if wanted_by is not None and wanted_by < clock.today():
        raise Refused(_("希望完成日期不能早于今天。"), field="wanted_by")
    if source_entry and TrainingNeed.objects.filter(mine_id=home, source_entry=source_entry).exists():
        raise Refused(_("这条记录已经提出过培训需求。"), code="again")
    made = TrainingNeed.objects.create(
        mine_id=home, topic=words, evidence=shown, wanted_by=wanted_by, source_entry=source_entry[:40], proposed_by=by,
        proposed_at=clock.now(), status=NEED_FLOW.target("propose", None),
    )  # fmt: skip
    made.units.set(units)
    told = {"units": [unit.name for unit in units], "evidence": shown[:500], "wanted_by": wanted_by and wanted_by.isoformat(),
            "source_entry": source_entry}  # fmt: skip
    enter("need.propose", _of_need(made), home, by, told, unit=by.unit if by else None)
    return made


def _locked_need(need_id: UUID, by: Person, power: str) -> TrainingNeed:
    found = one_of(TrainingNeed.objects.select_for_update(of=("self",)).filter(id=need_id, mine_id=by.mine_id))
    if found is None:
        raise NotVisible
    check(by, power)
    return found


@verb
def accept_need(
    need_id: UUID, *, by: Person, data: ClassData | None = None, class_id: UUID | None = None
) -> TrainingClass:
    """Make a class of a need (按需求开班), or say which class that is there takes it in. Refused when it was decided before."""
    found = _locked_need(need_id, by, "need.accept")
    found.status = NEED_FLOW.target("accept", found.status)
    if class_id is not None:
        one = locked_class(class_id, by)
        if not one.may_change:
            raise Refused(_("这个班已经结业、归档或取消，不能再并入需求。请另开一个班。"), field="training_class")
    elif data is not None:
        one = found_class(data, by)
    else:
        raise Refused(_("请填写培训班，或选一个已有的班。"), field="title")
    found.training_class, found.decided_by, found.decided_at = one, by, clock.now()
    found.save()
    told = {"class": f"{one.code} {one.title}", "class_id": str(one.id)}
    enter("need.accept", _of_need(found), found.mine_id, by, told)
    return one


@verb
def decline_need(need_id: UUID, *, reason: str, by: Person) -> TrainingNeed:
    """Not train what was asked for (不安排培训); who proposed it reads why. Refused without a reason."""
    found = _locked_need(need_id, by, "need.decline")
    found.status = NEED_FLOW.target("decline", found.status)
    found.decline_reason = need(reason, _("请写明为什么不安排，提出人会看到。"), field="reason", most=200)
    found.decided_by, found.decided_at = by, clock.now()
    found.save()
    enter("need.decline", _of_need(found), found.mine_id, by, {"reason": found.decline_reason})
    return found


# The annual plan --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class LineData:
    """What a line of the annual plan says."""

    title: str
    kind: str = Kind.POST
    mode: str = Mode.OFF_THE_JOB
    audience_text: str = ""
    month: int = 1
    hours: Decimal = Decimal(0)
    heads: int = 0
    times: int = 1
    budget: Decimal = Decimal(0)
    remark: str = ""


def _of_line(line: PlanLine) -> Subject:
    return Subject("plan_line", line.id, f"{line.plan.year} {line.title}")


def _of_plan(plan: TrainingPlan) -> Subject:
    return Subject("training_plan", plan.id, f"{plan.year}")


def _locked_plan(mine_id: UUID, year: int) -> TrainingPlan | None:
    return one_of(TrainingPlan.objects.select_for_update(of=("self",)).filter(mine_id=mine_id, year=year))


def _checked(data: LineData) -> dict[str, object]:
    title = need(data.title, _("请填写培训项目。"), field="title", most=100)
    if not 1 <= data.month <= 12:
        raise Refused(_("请填 %(least)d 到 %(most)d。") % {"least": 1, "most": 12}, field="month")
    if data.hours <= 0:
        raise Refused(_("请填写学时。"), field="hours")
    return {**data.__dict__, "title": title}


@verb
def save_plan_line(*, year: int, data: LineData, by: Person, line_id: UUID | None = None) -> PlanLine:
    """Write a line of a year's plan, or change one (编制计划). A line that comes after the approval says so.

    Refused to change a line of an approved plan: the leader sends the plan back first.
    """
    check(by, "plan.draft")
    values = _checked(data)
    plan = _locked_plan(by.mine_id, year)
    if plan is None:
        if not clock.today().year - 1 <= year <= clock.today().year + 2:
            raise Refused(_("请填今年前后的年度。"), field="year")
        plan = TrainingPlan.objects.create(mine_id=by.mine_id, year=year, status=PLAN_FLOW.target("draft", None))
    approved = plan.status == PlanStatus.APPROVED
    if line_id is None:
        number = int(plan.lines.aggregate(last=Max("number"))["last"] or 0) + 1
        line = PlanLine.objects.create(plan=plan, number=number, added_later=approved, **values)
        enter(
            "plan.add_line",
            _of_line(line),
            by.mine_id,
            by,
            {"later": approved, "heads": line.heads, "month": line.month},
        )
        return line
    line_or_none = one_of(PlanLine.objects.select_for_update(of=("self",)).filter(id=line_id, plan=plan))
    if line_or_none is None:
        raise NotVisible
    line = line_or_none
    if approved and not line.added_later:
        raise Refused(_("计划已经批准，不能改。请矿领导退回修改，或者另加一行（计划外追加）。"), code="approved")
    for name, value in values.items():
        setattr(line, name, value)
    line.save()
    enter("plan.change_line", _of_line(line), by.mine_id, by, {"heads": line.heads, "month": line.month})
    return line


@verb
def drop_plan_line(line_id: UUID, *, reason: str, by: Person) -> PlanLine:
    """Strike a line from a plan (取消计划项); it stays readable with the reason. Refused when classes came of it."""
    check(by, "plan.draft")
    rows = PlanLine.objects.select_for_update(of=("self",)).select_related("plan")
    line = one_of(rows.filter(id=line_id, plan__mine_id=by.mine_id))
    if line is None:
        raise NotVisible
    if line.dropped_reason:
        raise Refused(_("这一项已经取消了。"), code="again")
    if line.classes.exclude(status="cancelled").exists():
        raise Refused(_("这一项已经开了班，不能取消。"), code="held")
    line.dropped_reason = need(reason, _("请写明取消的原因。"), field="reason", most=200)
    line.save(update_fields=["dropped_reason"])
    enter("plan.drop_line", _of_line(line), by.mine_id, by, {"reason": line.dropped_reason})
    return line


@verb
def approve_plan(*, year: int, by: Person) -> TrainingPlan:
    """Approve a year's plan (批准计划). Refused without lines."""
    check(by, "plan.approve")
    plan = _locked_plan(by.mine_id, year)
    if plan is None or not plan.lines.filter(dropped_reason="").exists():
        raise Refused(_("计划还没有内容，不能批准。"), code="empty")
    plan.status = PLAN_FLOW.target("approve", plan.status)
    plan.approved_by, plan.approved_at, plan.reopen_reason = by, clock.now(), ""
    plan.save()
    enter("plan.approve", _of_plan(plan), by.mine_id, by, {"lines": plan.lines.filter(dropped_reason="").count()})
    return plan


@verb
def reopen_plan(*, year: int, reason: str, by: Person) -> TrainingPlan:
    """Send an approved plan back to be changed (退回修改). Refused without a reason."""
    check(by, "plan.reopen")
    plan = _locked_plan(by.mine_id, year)
    if plan is None:
        raise NotVisible
    plan.status = PLAN_FLOW.target("reopen", plan.status)
    plan.reopen_reason = need(reason, _("请写明退回的原因。"), field="reason", most=200)
    plan.approved_by, plan.approved_at = None, None
    plan.save()
    enter("plan.reopen", _of_plan(plan), by.mine_id, by, {"reason": plan.reopen_reason})
    return plan
