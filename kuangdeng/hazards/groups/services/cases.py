"""The verbs of a case: it finds its group, changes hands, is fed back, ends with the outcome."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from uuid import UUID

from django.utils.translation import gettext as _

from kuangdeng.hazards.accidents.models import Accident
from kuangdeng.hazards.accidents.queries import without_the_hurt
from kuangdeng.hazards.accidents.rules import Status as AccidentStatus
from kuangdeng.hazards.bulletins.models import Bulletin, BulletinItem
from kuangdeng.hazards.bulletins.rules import Part
from kuangdeng.hazards.groups.models import (
    Acknowledgement,
    Feedback,
    FeedbackPhoto,
    GroupAssignment,
    GroupCase,
    RectificationGroup,
)
from kuangdeng.hazards.groups.queries import (
    Clocks,
    addressees,
    covers_on,
    gaps,
    has_ended,
    may_feed_back,
    was_dropped,
    where_of,
)
from kuangdeng.hazards.groups.rules import FLOW, Cover, find_group
from kuangdeng.hazards.groups.services._steps import enter, need_power
from kuangdeng.hazards.models import Hazard
from kuangdeng.hazards.rules import Status as HazardStatus
from kuangdeng.hazards.services._steps import arrived, need
from kuangdeng.kernel.clock import local, now
from kuangdeng.kernel.errors import NotVisible, Refused
from kuangdeng.kernel.language import in_chinese
from kuangdeng.kernel.rows import one_of
from kuangdeng.kernel.verbs import verb
from kuangdeng.ledger.api import Subject, post
from kuangdeng.org.api import Mine, Person, Unit

PARTS = (Part.ACCIDENT, Part.NEAR_MISS, Part.MAJOR, Part.OVERDUE, Part.NEW, Part.SUPERVISED)
"""The lines of a bulletin of which somebody owes the front line a word."""


@verb
def assign_bulletin(bulletin_id: UUID) -> GroupAssignment:
    """Each published line finds its group by rule (分到小组), once per hazard and accident; the system does it by itself.

    What no group covers becomes a gap, which the safety department sees the same day. Refused when this bulletin's
    lines have found their groups already.
    """
    bulletin = one_of(Bulletin.objects.select_for_update(of=("self",)).select_related("mine").filter(id=bulletin_id))
    if bulletin is None:
        raise NotVisible
    if GroupAssignment.objects.filter(bulletin=bulletin).exists():
        raise Refused(_("%(title)s已经分到各小组。") % {"title": bulletin.title}, code="again")
    _lock(bulletin.mine_id)
    cases = list(_cases(bulletin))
    GroupCase.objects.bulk_create(cases, batch_size=500)
    missing = sum(one.group_id is None for one in cases)
    made = GroupAssignment.objects.create(bulletin=bulletin, cases=len(cases), gaps=missing)
    with in_chinese():
        label = f"{bulletin.day.isoformat()} {bulletin.title}"
    _enter_assigned("assign", Subject("bulletin", bulletin.id, label), bulletin.mine_id, cases)
    return made


@verb
def assign_gaps(*, mine: Mine) -> int:
    """Cases that nobody covered find their group once one covers them (补分): the unit was ordered, or a group was set
    up. Returns how many did. Refused when none does."""
    _lock(mine.id)
    covers, book = covers_on(mine.id, local().date()), _Groups(mine)
    rows = gaps(mine.id).select_for_update(of=("self",)).filter(id__in=_coverable(mine, covers))
    rows = rows.select_related("item", *(f"{kind}__{name}" for kind in ("hazard", "accident") for name in THINGS))
    found = []
    for case in rows.order_by("opened_at"):
        thing = case.hazard or case.accident
        if thing is not None and (cover := find_group(covers, where_of(thing))):
            book.give(case, cover)
            found.append(case)
    if not found:
        raise Refused(_("没有新的整治事项能分到小组。"), code="nothing")
    GroupCase.objects.bulk_update(found, ["group", "by_rule", "due_at"], batch_size=500)
    with in_chinese():
        label = str(_("无小组覆盖的整治事项"))
    _enter_assigned("assign_gaps", Subject("rectification_group", mine.id, label), mine.id, found)
    return len(found)


THINGS = ("place", "unit", "specialty")
MOST_AT_ONCE = 1000


def _coverable(mine: Mine, covers: Sequence[Cover]) -> list[UUID]:
    """The gaps that some group covers now; all gaps are looked at, nothing is locked for it."""
    related = [f"{kind}__{name}" for kind in ("hazard", "accident") for name in THINGS]
    found: list[UUID] = []
    for case in gaps(mine.id).select_related(*related).order_by("opened_at").iterator(chunk_size=1000):
        thing = case.hazard or case.accident
        if thing is not None and find_group(covers, where_of(thing)):
            found.append(case.id)
        if len(found) == MOST_AT_ONCE:
            break
    return found


def _lock(mine_id: UUID) -> None:
    """Groups do not change while cases are given to them."""
    Mine.objects.select_for_update(of=("self",), no_key=True).get(id=mine_id)


class _Groups:
    """Gives cases to groups: the group by its cover, the moment by which it owes its first word."""

    def __init__(self, mine: Mine) -> None:
        rows = RectificationGroup.objects.filter(mine=mine, ended_on=None).select_related("branch__unit")
        self.known = {one.id: one for one in rows}
        self.clocks = Clocks(mine, [one.branch.unit for one in self.known.values()])
        self.at = now()

    def give(self, case: GroupCase, cover: Cover | None) -> None:
        """Set the group, by which rule it was found, and its clock."""
        case.group = self.known[cover.group_id] if cover else None
        case.by_rule = cover.kind if cover else ""
        unit = case.group.branch.unit if case.group else None
        case.due_at = self.clocks.due("feedback_major" if case.is_urgent else "feedback", unit, self.at)


def _cases(bulletin: Bulletin) -> Iterable[GroupCase]:
    """A case for each thing on the bulletin that has none yet."""
    lines: dict[UUID, BulletinItem] = {}
    wanted = BulletinItem.objects.filter(bulletin=bulletin, part__in=PARTS, subject_kind__in=("hazard", "accident"))
    for item in wanted.order_by("position"):
        lines.setdefault(item.subject_id, item)
    related = ("place", "unit", "specialty")
    hazards = Hazard.objects.filter(id__in=lines, case=None).select_related(*related).defer("imported", "search_text")
    accidents = Accident.objects.filter(id__in=lines, case=None).select_related(*related)
    covers, book = covers_on(bulletin.mine_id, bulletin.day), _Groups(bulletin.mine)
    for hazard in hazards.exclude(status__in=(HazardStatus.MERGED, HazardStatus.VOID)):
        case = GroupCase(mine_id=bulletin.mine_id, item=lines[hazard.id], hazard=hazard, urgent=hazard.is_major)
        book.give(case, find_group(covers, where_of(hazard)))
        yield case
    for accident in accidents.exclude(status=AccidentStatus.VOID):
        case = GroupCase(mine_id=bulletin.mine_id, item=lines[accident.id], accident=accident, urgent=True)
        book.give(case, find_group(covers, where_of(accident)))
        yield case


def _enter_assigned(what: str, subject: Subject, mine_id: UUID, cases: Sequence[GroupCase]) -> None:
    by_group = Counter(str(one.group_id) for one in cases if one.group_id)
    names = Counter(one.group.name for one in cases if one.group)
    post(
        f"group.{what}", subject, mine_id=mine_id, by=None, quantity=len(cases),
        payload={"cases": len(cases), "gaps": len(cases) - sum(by_group.values()), "groups": dict(names), "tell": dict(by_group)},
    )  # fmt: skip


@verb
def hand_over(case_id: UUID, *, group_id: UUID, reason: str, by: Person) -> GroupCase:
    """Give a case to another group (交给别的小组): its clock begins again, what was fed back stays.

    Refused for who may not, without a reason, to the group that has it, and once the outcome is out.
    """
    case = _begin("hand_over", case_id, by)
    need_power("hand_over", by)
    _lock(by.mine_id)
    rows = RectificationGroup.objects.select_related("branch__unit").filter(mine_id=by.mine_id, ended_on=None)
    group = one_of(rows.filter(id=group_id))
    if group is None:
        raise Refused(_("没有这个小组，或它已经撤销。请重新选择。"), field="group")
    if group.id == case.group_id:
        raise Refused(_("这一条已经在「%(group)s」。请选择别的小组。") % {"group": group.name}, field="group")
    words = need(reason, _("请写明为什么交给别的小组。"), field="reason")
    before = case.group.name if case.group else ""
    case.group, case.by_rule, case.told = group, "", 0
    name = "feedback_major" if case.is_urgent else "feedback"
    case.due_at = Clocks(group.mine, [group.branch.unit]).due(name, group.branch.unit, now())
    case.save()
    enter("hand_over", case, by, {"from": before, "to": group.name, "reason": words})
    return case


@dataclass(frozen=True)
class FeedbackData:
    """What a group tells the front line, and whom."""

    found: str
    done: str
    watch: str
    units: Sequence[Unit]
    photos: Sequence[str] = field(default=())


@verb
def feed_back(case_id: UUID, *, data: FeedbackData, by: Person) -> Feedback:
    """Tell the front line what was found, what was done and what to watch (反馈): every team gets it to acknowledge.

    As often as there is something to tell. Refused for who is not of the group, with one of the three missing, without
    a unit to tell, and once the thing is finished: then the outcome is due.
    """
    case = _speaking("feed_back", case_id, by)
    if has_ended(case):
        raise Refused(_("这一条已经办结，请反馈结果。"), code="ended")
    return _tell("feed_back", case, data, by)


@verb
def report_outcome(case_id: UUID, *, data: FeedbackData, by: Person) -> Feedback:
    """Tell the front line how it ended (反馈结果), once the hazard is closed or the accident concluded.

    Refused before that, for who is not of the group, with words or units missing.
    """
    case = _speaking("report_outcome", case_id, by)
    if not has_ended(case):
        raise Refused(_("隐患还没有销号（事故还没有结案），不能反馈结果。请先反馈进展。"), code="early")
    return _tell("report_outcome", case, data, by)


def _begin(what: str, case_id: UUID, by: Person) -> GroupCase:
    rows = GroupCase.objects.select_for_update(of=("self",)).select_related(
        "mine", "item", "group__branch__unit", "hazard__unit", "accident__unit"
    )
    case = one_of(rows.filter(id=case_id))
    if case is None or case.mine_id != by.mine_id:
        raise NotVisible
    FLOW.target(what, case.status)
    if was_dropped(case):
        raise Refused(_("这一条已经作废或合并，不用再反馈。"), code="dropped")
    return case


def _speaking(what: str, case_id: UUID, by: Person) -> GroupCase:
    case = _begin(what, case_id, by)
    if case.group is None:
        raise Refused(_("这一条还没有小组负责。请安监部门先交给一个小组。"), code="gap")
    if not may_feed_back(case, by):
        raise Refused(
            _("只有「%(group)s」的成员能反馈这一条；小组不便时由安监部门代办。") % {"group": case.group.name}, code="not_allowed"
        )  # fmt: skip
    return case


def _tell(what: str, case: GroupCase, data: FeedbackData, by: Person) -> Feedback:
    assert case.group is not None
    outcome, at = what == "report_outcome", now()
    words = {
        "found": need(data.found, _("请写明查明了什么。"), field="found"),
        "done": need(data.done, _("请写明做了什么。"), field="done"),
        "watch": need(data.watch, _("请写明各队要注意什么。"), field="watch"),
    }
    if case.accident_id:
        words = {key: without_the_hurt(case.accident_id, said) for key, said in words.items()}
    if not data.units:
        raise Refused(_("请至少选一个要告诉的单位。"), field="units")
    number = Feedback.objects.filter(case=case).count() + 1
    told = Feedback.objects.create(
        case=case,
        mine_id=case.mine_id,
        number=number,
        outcome=outcome,
        group_name=case.group.name,
        by=by,
        at=at,
        **words,
    )
    kept = arrived(data.photos, by) if data.photos else []
    FeedbackPhoto.objects.bulk_create([FeedbackPhoto(feedback=told, file_id=one) for one in kept])
    to = _owe(told, case, data.units)
    case.status, case.fed_at, case.told = FLOW.target(what, case.status), at, 0
    if outcome:
        case.done_at = at
    case.save()
    payload = {**words, "number": number, "photos": kept, "units": [one.name for one in data.units], "teams": to}
    enter(what, case, by, payload)
    return told


def _owe(told: Feedback, case: GroupCase, units: Sequence[Unit]) -> int:
    """One acknowledgement for each team, each with the clock of its own shifts."""
    pairs = addressees(units)
    clocks = Clocks(case.mine, [unit for unit, _main in pairs])
    name = "acknowledge_major" if case.is_urgent else "acknowledge"
    Acknowledgement.objects.bulk_create(
        [
            Acknowledgement(
                feedback=told, mine_id=told.mine_id, unit=unit, main_unit=main, unit_name=unit.name,
                due_at=clocks.due(name, unit, told.at),
            )
            for unit, main in pairs
        ]
    )  # fmt: skip
    return len(pairs)
