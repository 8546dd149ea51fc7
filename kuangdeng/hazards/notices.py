"""Who is told of which step of the hazard loop, in sentences.

Whoever has to act next is told with a task; whoever waited for it is told that it is done. Nobody is told of what he
did himself. A person is told once per step, in the first role that fits.
"""

from collections.abc import Iterable, Iterator
from datetime import datetime
from uuid import UUID

from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext_lazy as _

from kuangdeng.hazards.models import Extension, Hazard
from kuangdeng.hazards.rules import Status
from kuangdeng.kernel.clock import local
from kuangdeng.ledger.api import Entry, Recipient, Topic, declare_topics, route
from kuangdeng.org.api import Person, Role, Unit, roles_of, tell, tell_roles

REPORT, ORDER, ACCEPTANCE, EXTENSION = "hazard.report", "hazard.order", "hazard.acceptance", "hazard.extension"
RESULT, LATE, WATCH, MAJOR = "hazard.result", "hazard.late", "hazard.watch", "hazard.major"

declare_topics(
    Topic(REPORT, _("新上报、待定级的隐患"), inbox=False),
    Topic(ORDER, _("下达、转派、退回给我的隐患"), mail=True),
    Topic(ACCEPTANCE, _("等待验收、复查的隐患"), mail=True),
    Topic(EXTENSION, _("延期申请和审批结果"), mail=True),
    Topic(RESULT, _("我上报、我整改的隐患的结果")),
    Topic(LATE, _("到期和超期提醒"), mail=True),
    Topic(WATCH, _("挂牌督办和复发"), mail=True),
    Topic(MAJOR, _("重大隐患"), mail=True, urgent=True),
)


class _Step:
    """One ledger line and its hazard, with short ways to recipients."""

    def __init__(self, entry: Entry) -> None:
        self.entry = entry
        self.hazard = Hazard.objects.select_related(
            "unit", "reporter", "person__unit", "supervisor", "helper_unit", "recurrence_of__unit"
        ).get(id=entry.subject_id)
        self.unit = self.hazard.unit
        if entry.unit_id != self.hazard.unit_id:  # it has moved on since
            self.unit = Unit.objects.filter(id=entry.unit_id).first() if entry.unit_id else None
        self.unit_name = entry.unit_name
        self.what = f"{self.hazard.number}「{short(self.hazard.text)}」"

    def to(
        self, people: Iterable[Person | None], role: str, topic: str, title: str, *, act: bool = False, body: str = ""
    ) -> Iterator[Recipient]:
        due_at = self.hazard.due_at
        urgent = topic == LATE and role == Role.MINE_LEADER  # the ladder has reached its top
        url = _page(self.hazard.id)
        yield from tell(people, topic, title, url, role=role, act=act, body=body, due_at=due_at, urgent=urgent)

    def roles(
        self,
        roles: Iterable[Role],
        topic: str,
        title: str,
        *,
        unit: Unit | None = None,
        act: bool = False,
        body: str = "",
    ) -> Iterator[Recipient]:
        url, due_at = _page(self.hazard.id), self.hazard.due_at
        yield from tell_roles(
            self.entry.mine_id, roles, topic, title, url, unit=unit, act=act, body=body, due_at=due_at
        )

    def in_charge(self, topic: str, title: str, *, act: bool = False, body: str = "") -> Iterator[Recipient]:
        """Head and branch secretary of the unit that has it."""
        if self.unit is not None:
            roles = [Role.UNIT_HEAD, Role.BRANCH_SECRETARY]
            yield from self.roles(roles, topic, title, unit=self.unit, act=act, body=body)

    def said(self, key: str) -> str:
        """A text of the entry's payload."""
        return str(self.entry.payload.get(key) or "")

    @property
    def status(self) -> str:
        """The state after this step, which may have been left since."""
        return self.said("status")

    @property
    def due(self) -> str:
        """The deadline as a person says it: 11月22日 16:00 前."""
        return f"{_when(self.hazard.due_at)}前" if self.hazard.due_at else ""


def _page(hazard_id: UUID) -> str:
    try:
        return reverse("hazards:detail", args=[hazard_id])
    except NoReverseMatch:
        return f"/hazards/{hazard_id}/"


def short(text: str, most: int = 30) -> str:
    """What a notice's title quotes of a text: one line, cut with an ellipsis."""
    text = " ".join(text.split())
    return text if len(text) <= most else f"{text[: most - 1]}…"


def _when(at: datetime) -> str:
    there = local(at)
    return f"{there.month}月{there.day}日 {there:%H:%M}"


SAFETY, LEADERS = [Role.SAFETY], [Role.MINE_LEADER]


@route("hazard.report", "hazard.resubmit", "hazard.reopen")
def reported(entry: Entry) -> Iterator[Recipient]:
    """新上报: the safety department grades it; what was mended at once is rechecked."""
    step = _Step(entry)
    if step.status == Status.RECHECK and entry.verb == "hazard.report":
        yield from step.roles(SAFETY, ACCEPTANCE, f"现场已整改 {step.what}，等待复查。", act=True)
        return
    if entry.verb == "hazard.reopen" and step.hazard.recurrence_of and step.hazard.recurrence_of.unit:
        old = step.hazard.recurrence_of
        title = f"{old.unit_name}已销号的 {old.number} 又出现了，按复发重开为 {step.what}。"
        yield from step.roles([Role.UNIT_HEAD, Role.BRANCH_SECRETARY], WATCH, title, unit=old.unit)
    yield from step.roles(SAFETY, REPORT, f"新上报隐患 {step.what}，等待定级。", act=True)


@route("hazard.fix_on_site")
def fixed(entry: Entry) -> Iterator[Recipient]:
    """现场整改: the safety department rechecks."""
    step = _Step(entry)
    yield from step.roles(SAFETY, ACCEPTANCE, f"现场已整改 {step.what}，等待复查。", act=True, body=step.said("words"))


@route("hazard.grade", "hazard.escalate", settles=[REPORT])
def judged(entry: Entry) -> Iterator[Recipient]:
    """定级、升级: only a major hazard is news: to the mine leaders, the safety department and the unit."""
    step = _Step(entry)
    if entry.verb == "hazard.grade" and not entry.payload.get("is_major"):
        return
    how = "升级为重大隐患" if entry.verb == "hazard.escalate" else "判定为重大隐患"
    title = f"{step.what} {how}，须立即停产停工、编制治理方案并完成双报告。"
    body = "\n".join(filter(None, [step.said("situation"), step.said("reason")]))
    yield from step.roles(LEADERS, MAJOR, title, body=body)
    yield from step.roles(SAFETY, MAJOR, title, body=body, act=True)
    yield from step.in_charge(MAJOR, title, body=body)


@route("hazard.send_back")
def sent_back(entry: Entry) -> Iterator[Recipient]:
    """退回补充: the reporter adds what is missing."""
    step = _Step(entry)
    title = f"您上报的 {step.what} 被退回，请补充后重报。"
    yield from step.to([step.hazard.reporter], "", ORDER, title, act=True, body=step.said("reason"))


@route("hazard.merge", "hazard.void", "hazard.close")
def ended(entry: Entry) -> Iterator[Recipient]:
    """合并、作废、销号: reporter and finders hear what became of it."""
    step = _Step(entry)
    how = {
        "hazard.merge": f"与 {step.said('into_number')} 是同一条，已合并，您的上报有效",
        "hazard.void": "经核实已作废",
        "hazard.close": "已经销号，谢谢您",
    }[entry.verb]
    people = [step.hazard.reporter, *step.hazard.finders.all()]
    yield from step.to(people, "", RESULT, f"您发现的 {step.what} {how}。", body=step.said("reason"))


@route("hazard.dispatch", "hazard.transfer")
def ordered(entry: Entry) -> Iterator[Recipient]:
    """下达、转派: the unit signs, the person in charge knows, the helping unit and the supervisor know."""
    step = _Step(entry)
    hazard = step.hazard
    what = "下达" if entry.verb == "hazard.dispatch" else "转派"
    title = f"{what}给{step.unit_name}：{step.what}，须在{step.due}整改完成，请签收。"
    body = "\n".join(filter(None, [hazard.measure, step.said("reason")]))
    yield from step.in_charge(ORDER, title, act=True, body=body)
    yield from step.to(
        [hazard.person], "", ORDER, f"您是 {step.what} 的整改责任人，须在{step.due}整改完成。", body=body
    )
    if entry.verb == "hazard.transfer":
        yield from _lost(step)
    if hazard.helper_unit is not None:
        title = f"请{hazard.helper_unit.name}协助{step.unit_name}整改 {step.what}，{step.due}完成。"
        yield from step.roles([Role.UNIT_HEAD], ORDER, title, unit=hazard.helper_unit)
    yield from step.to(
        [hazard.supervisor], "", WATCH, f"{step.what} 已{what}给{step.unit_name}，由您督办，期限{step.due}。"
    )


def _lost(step: _Step) -> Iterator[Recipient]:
    """The unit that had it before the transfer."""
    before = (
        Entry.objects.filter(subject_kind="hazard", subject_id=step.entry.subject_id, id__lt=step.entry.id)
        .exclude(unit_id=None)
        .order_by("-id")
        .first()
    )
    unit = Unit.objects.filter(id=before.unit_id).first() if before and before.unit_id else None
    if unit is not None:
        title = f"{step.what} 已转派给{step.unit_name}，{unit.name}不再承担。"
        yield from step.roles([Role.UNIT_HEAD], ORDER, title, unit=unit)


@route("hazard.rectify")
def rectified(entry: Entry) -> Iterator[Recipient]:
    """整改完成: the safety department accepts; the supervisor knows."""
    step = _Step(entry)
    title = f"{step.unit_name}已整改 {step.what}，等待验收。"
    yield from step.roles(SAFETY, ACCEPTANCE, title, act=True, body=step.said("words"))
    yield from step.to([step.hazard.supervisor], "", WATCH, title, body=step.said("words"))


@route("hazard.accept", "hazard.reject")
def checked(entry: Entry) -> Iterator[Recipient]:
    """验收: the unit hears the result; what is not gone is its task again."""
    step = _Step(entry)
    passed = entry.verb == "hazard.accept"
    again = f"，请在{step.due}重新整改" if step.due and not passed else ""
    title = f"{step.what} 验收合格。" if passed else f"{step.what} 验收不合格{again}。"
    body = step.said("words") or step.said("reason")
    people = [step.hazard.person, step.hazard.reporter if step.unit is None else None]
    yield from step.in_charge(RESULT if passed else ORDER, title, act=not passed, body=body)
    yield from step.to(people, "", RESULT if passed else ORDER, title, body=body)


@route("hazard.request_extension")
def asked(entry: Entry) -> Iterator[Recipient]:
    """申请延期: the mine leaders decide first."""
    step = _Step(entry)
    extension = Extension.objects.get(id=step.said("extension"))
    title = f"{step.unit_name}申请把 {step.what} 延期到 {_when(extension.asked_until)}，等您审批。"
    yield from step.roles(LEADERS, EXTENSION, title, act=True, body=step.said("reason"))


@route("hazard.approve_extension", "hazard.refuse_extension", settles=[EXTENSION])
def decided(entry: Entry) -> Iterator[Recipient]:
    """批准、不批准延期: after the leader the safety department decides; the asker hears each step."""
    step = _Step(entry)
    extension = Extension.objects.select_related("asked_by").get(id=step.said("extension"))
    until = _when(extension.asked_until)
    if entry.verb == "hazard.refuse_extension":
        title = f"{step.what} 延期申请未获批准，仍须在{step.due}整改完成。"
    elif entry.payload.get("state") == Extension.State.FIRST:
        title = f"{step.what} 延期到 {until} 已经矿领导批准，还要安监部门批准。"
        ask = f"{step.unit_name}申请把 {step.what} 延期到 {until}，矿领导已批准，等安监部门审批。"
        yield from step.roles(SAFETY, EXTENSION, ask, act=True, body=extension.reason)
    else:
        title = f"{step.what} 延期申请已批准，新期限 {until}。"
        yield from step.in_charge(EXTENSION, title)
    yield from step.to([extension.asked_by], "", EXTENSION, title, body=step.said("reason"))


@route("hazard.supervise")
def supervised(entry: Entry) -> Iterator[Recipient]:
    """挂牌督办: the supervisor and the unit."""
    step = _Step(entry)
    name = step.said("supervisor")
    yield from step.to([step.hazard.supervisor], "", WATCH, f"{step.what} 由您挂牌督办{_limit(step)}。")
    yield from step.in_charge(WATCH, f"{step.what} 已挂牌督办，督办人{name}{_limit(step)}。")


def _limit(step: _Step) -> str:
    return f"，期限{step.due}" if step.due else ""


@route("hazard.ladder")
def late(entry: Entry) -> Iterator[Recipient]:
    """到期、超期: whom the mine's ladder names for this step; the unit's own people have a task."""
    step = _Step(entry)
    hazard = step.hazard
    past = hazard.due_at is not None and hazard.due_at <= entry.received_at
    words = "已经超期" if past else "快到期限"
    title = (
        f"{step.what} {words}（{_when(hazard.due_at)}），{step.unit_name}尚未整改完成。" if hazard.due_at else step.what
    )
    body = step.said("step")
    told = Person.objects.filter(id__in=[UUID(one) for one in entry.payload.get("tell", [])]).select_related("unit")
    for person in told:
        yield from step.to([person], _role(person), LATE, title, act=_inside(person, step.unit), body=body)


@route("hazard.ladder_backlog")
def brought_in_late(entry: Entry) -> Iterator[Recipient]:
    """导入的旧台账: one notice for each person about all the open hazards that came in with their deadlines past."""
    by_person: dict[str, dict[str, int]] = entry.payload.get("tell", {})
    for person in Person.objects.filter(id__in=[UUID(one) for one in by_person], is_active=True).select_related("unit"):
        units = by_person[str(person.id)]
        title = f"从旧台账「{short(entry.subject_label)}」导入的隐患里，有 {sum(units.values())} 条已到期限或超期，尚未整改完成。"
        body = "；".join(
            f"{unit} {count} 条" for unit, count in sorted(units.items(), key=lambda one: (-one[1], one[0]))
        )
        yield from tell([person], LATE, title, _late_list(), role=_role(person), body=body)


def _late_list() -> str:
    try:
        return f"{reverse('hazards:list')}?late=1&sort=due"
    except NoReverseMatch:
        return "/hazards/?late=1&sort=due"


def _role(person: Person) -> str:
    """The role in which he is told: his office, if he holds one."""
    return next((held.role for held in roles_of(person) if held.role != Role.MINER), Role.MINER)


def _inside(person: Person, unit: Unit | None) -> bool:
    return unit is not None and person.unit is not None and unit.id in (person.unit.id, *person.unit.ancestors)


@route("hazard.quarantine")
def put_aside(entry: Entry) -> Iterator[Recipient]:
    """Two reports under one number: the safety department looks which one is right."""
    step = _Step(entry)
    yield from step.roles(SAFETY, REPORT, f"{step.what} 的编号又收到一份内容不同的上报，已留存，请核对。", act=True)


NOT_TOLD = frozenset({"hazard.sign"})
"""Steps of the flow that nobody waits for: the timeline shows them."""
