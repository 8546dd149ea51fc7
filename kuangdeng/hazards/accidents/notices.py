"""Who is told of which step of an accident. Titles carry number, unit, place and counts: no free words, no names."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from kuangdeng.hazards.accidents.models import Accident, AccidentMeasure
from kuangdeng.hazards.accidents.queries import hurt_words
from kuangdeng.hazards.accidents.rules import KIND_LABELS, VERB_LABELS, Stage
from kuangdeng.kernel.clock import local
from kuangdeng.ledger.api import Entry, Recipient, Topic, declare_topics, route
from kuangdeng.org.api import Person, Role, Unit, tell, tell_roles

REPORT, MEASURE, ACCEPTANCE, RESULT = "accident.report", "accident.measure", "accident.acceptance", "accident.result"
LATE = "accident.late"

declare_topics(
    Topic(REPORT, _("事故快报"), mail=True, urgent=True),
    Topic(MEASURE, _("下达给我的事故整改措施"), mail=True),
    Topic(ACCEPTANCE, _("等待验收的事故整改措施"), mail=True),
    Topic(RESULT, _("事故调查进展和整改措施验收结果")),
    Topic(LATE, _("事故办理和整改措施的到期、超期提醒"), mail=True),
)


def _to(
    people: Iterable[Person | None], role: str, topic: str, title: str, entry: Entry, *, act: bool = False
) -> Iterator[Recipient]:
    yield from tell(people, topic, title, _page(entry), role=role, act=act)


def _roles(
    roles: Iterable[Role],
    topic: str,
    title: str,
    entry: Entry,
    *,
    unit: Unit | None = None,
    act: bool = False,
    due_at: datetime | None = None,
) -> Iterator[Recipient]:
    yield from tell_roles(entry.mine_id, roles, topic, title, _page(entry), unit=unit, act=act, due_at=due_at)


def _page(entry: Entry) -> str:
    return reverse("hazards:accident", args=[entry.subject_id])


def _accident(entry: Entry) -> Accident:
    return Accident.objects.select_related("unit", "place", "reporter").get(id=entry.subject_id)


def _measure(entry: Entry) -> AccidentMeasure:
    return AccidentMeasure.objects.select_related("accident", "unit", "person").get(id=entry.payload["measure_id"])


def _when(at: datetime) -> str:
    there = local(at)
    return f"{there.month}月{there.day}日 {there:%H:%M}"


HEADS = (Role.UNIT_HEAD, Role.BRANCH_SECRETARY)


@route("accident.report")
def reported(entry: Entry) -> Iterator[Recipient]:
    """事故快报: mine leaders, safety department, and who is in charge of the unit, at once."""
    accident = _accident(entry)
    where = accident.place.full_name if accident.place else ""
    told = "，".join(filter(None, [accident.unit_name, where, hurt_words(accident)]))
    title = f"事故快报 {accident.number}（{KIND_LABELS[accident.kind]}）：{_when(accident.occurred_at)}，{told}。"
    yield from _roles([Role.MINE_LEADER], REPORT, title, entry)
    yield from _roles([Role.SAFETY], REPORT, title, entry, act=True)
    if accident.unit is not None:
        yield from _roles(HEADS, REPORT, title, entry, unit=accident.unit)


@route("accident.complete", "accident.open_investigation", "accident.close", "accident.void", settles=[REPORT])
def went_on(entry: Entry) -> Iterator[Recipient]:
    """补充、调查、结案、作废: the unit and the reporter hear how it goes on."""
    accident = _accident(entry)
    verb = VERB_LABELS[entry.verb.removeprefix("accident.")]
    title = f"事故 {accident.number} 已办理：{verb}。"
    if accident.unit is not None:
        yield from _roles(HEADS, RESULT, title, entry, unit=accident.unit)
    yield from _to([accident.reporter], "", RESULT, title, entry)


@route("accident.order_measure")
def ordered(entry: Entry) -> Iterator[Recipient]:
    """下达整改措施: who is in charge of the unit signs; the person named knows."""
    measure = _measure(entry)
    title = f"事故 {measure.accident.number} 的整改措施下达给{measure.unit_name}，须在{_when(measure.due_at)}前落实，请签收。"
    yield from _roles(HEADS, MEASURE, title, entry, unit=measure.unit, act=True, due_at=measure.due_at)
    yield from _to([measure.person], "", MEASURE, title, entry)


@route("accident.finish_measure", settles=[MEASURE])
def finished(entry: Entry) -> Iterator[Recipient]:
    """报落实完成: the safety department looks."""
    measure = _measure(entry)
    title = f"{measure.unit_name}已落实事故 {measure.accident.number} 的整改措施，等待验收。"
    yield from _roles([Role.SAFETY], ACCEPTANCE, title, entry, act=True)


@route("accident.ladder")
def late(entry: Entry) -> Iterator[Recipient]:
    """到期前、到期、超期: whom the mine's ladder names for this step."""
    accident = _accident(entry)
    due = datetime.fromisoformat(str(entry.payload["due_at"]))
    past = "已经超期" if due <= entry.received_at else "快到期限"
    stage = str(entry.payload["stage"])
    what = f"{entry.unit_name}落实整改措施" if stage == Stage.MEASURE else LATE_WORDS[stage]
    title = f"事故 {accident.number} {what}{past}（{_when(due)}）。"
    told = Person.objects.filter(id__in=[UUID(one) for one in entry.payload.get("tell", [])])
    yield from tell(told.order_by("id"), LATE, title, _page(entry), body=str(entry.payload.get("step") or ""))


LATE_WORDS: dict[str, str] = {Stage.COMPLETE: "快报补充完善", Stage.INVESTIGATE: "调查结案"}


@route("accident.accept_measure", "accident.reject_measure", "accident.withdraw_measure", settles=[ACCEPTANCE])
def judged(entry: Entry) -> Iterator[Recipient]:
    """验收、撤销: the unit hears the result; what was rejected is its task again."""
    measure = _measure(entry)
    again = entry.verb == "accident.reject_measure"
    words = {
        "accident.accept_measure": "验收合格",
        "accident.reject_measure": f"验收不合格，请在{_when(measure.due_at)}前重新落实",
        "accident.withdraw_measure": "已撤销",
    }[entry.verb]
    title = f"{measure.unit_name}的事故整改措施（{measure.accident.number}）{words}。"
    topic = MEASURE if again else RESULT
    yield from _roles(HEADS, topic, title, entry, unit=measure.unit, act=again, due_at=measure.due_at)
    yield from _to([measure.person], "", RESULT, title, entry)
