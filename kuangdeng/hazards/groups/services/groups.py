"""Setting up groups: who leads, who belongs, what they cover; and the mine's clocks."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from django.utils.translation import gettext as _

from kuangdeng.hazards.groups.models import CLOCK_KINDS, GroupClock, GroupCover, GroupMember, RectificationGroup
from kuangdeng.hazards.groups.queries import clocks_of, holds_on
from kuangdeng.hazards.groups.rules import CLOCKS, KIND_LABELS, Kind
from kuangdeng.hazards.groups.services._steps import need_power
from kuangdeng.hazards.models import Specialty
from kuangdeng.hazards.services._steps import need
from kuangdeng.kernel.clock import today
from kuangdeng.kernel.errors import NotVisible, Refused
from kuangdeng.kernel.language import in_chinese
from kuangdeng.kernel.rows import one_of
from kuangdeng.kernel.verbs import verb
from kuangdeng.ledger.api import Subject, post
from kuangdeng.org.api import Branch, Mine, Person, Place, Unit

HOURS_ONLY = ("outcome", "late_2", "late_3")


@dataclass(frozen=True)
class GroupData:
    """A group as the safety department sets it up."""

    name: str
    branch: Branch
    leader: Person
    members: Sequence[Person]
    places: Sequence[Place] = ()
    units: Sequence[Unit] = ()
    specialties: Sequence[Specialty] = ()
    whole_mine: bool = False

    def covers(self) -> list[tuple[str, Place | Unit | Specialty | None]]:
        """What it covers, each once."""
        found: list[tuple[str, Place | Unit | Specialty | None]] = [
            *((Kind.PLACE, one) for one in self.places),
            *((Kind.UNIT, one) for one in self.units),
            *((Kind.SPECIALTY, one) for one in self.specialties),
        ]
        if self.whole_mine:
            found.append((Kind.MINE, None))
        return list(dict.fromkeys(found))


@verb
def save_group(group_id: UUID | None, *, data: GroupData, by: Person) -> RectificationGroup:
    """Set up a group or change it (设立、调整小组), from today on; what held before stays readable.

    Cases that it has stay with it. Refused for who may not, without a name, for a name that another group has, when it
    covers nothing, and when another group covers the same already.
    """
    need_power("manage", by)
    name = need(data.name, _("请写小组名称。"), field="name")
    Mine.objects.select_for_update(of=("self",), no_key=True).get(id=by.mine_id)  # two groups at once would overlap
    group = _group(group_id, by) if group_id else RectificationGroup(mine_id=by.mine_id)
    if group.ended_on is not None:
        raise Refused(_("「%(name)s」已经撤销。") % {"name": group.name}, code="again")
    others = RectificationGroup.objects.filter(mine_id=by.mine_id, ended_on=None).exclude(id=group.id)
    if others.filter(name=name).exists():
        raise Refused(_("已经有叫「%(name)s」的小组。请换一个名称。") % {"name": name}, field="name")
    covers = data.covers()
    if not covers:
        raise Refused(_("请至少选一样：地点、责任单位、专业，或全矿。"), field="specialties")
    _nobody_else(group, covers)
    if group_id is None:
        group.position = others.count() + 1
    group.name, group.branch, group.leader = name, data.branch, data.leader
    group.save()
    day = today()
    people = list(dict.fromkeys([data.leader, *data.members]))
    _change_members(group, people, day)
    _change_covers(group, covers, day)
    with in_chinese():
        named = [f"{KIND_LABELS[Kind(kind)]} {target or ''}".strip() for kind, target in covers]
    payload = {
        "name": name, "branch": data.branch.name, "leader": data.leader.name, "members": [one.name for one in people],
        "covers": named, "new": group_id is None,
    }  # fmt: skip
    _enter("save", group, by, payload)
    return group


@verb
def end_group(group_id: UUID, *, by: Person) -> RectificationGroup:
    """Dissolve a group (撤销小组). Its open cases become gaps, so that somebody else is found for them.

    Refused for who may not, and twice.
    """
    need_power("manage", by)
    Mine.objects.select_for_update(of=("self",), no_key=True).get(id=by.mine_id)
    group = _group(group_id, by)
    if group.ended_on is not None:
        raise Refused(_("「%(name)s」已经撤销。") % {"name": group.name}, code="again")
    group.ended_on = today()
    group.save()
    freed = group.cases.exclude(status="done").update(group=None, by_rule="", told=0)
    _enter("end", group, by, {"freed": freed})
    return group


@verb
def save_clocks(*, clocks: Mapping[str, tuple[str, int]], by: Person) -> Mapping[str, tuple[str, int]]:
    """Say how soon groups feed back and teams acknowledge, and when who is late climbs (反馈和签认时限).

    Holds for what begins from now on. Refused for who may not, and for hours that are none.
    """
    need_power("clocks", by)
    before = clocks_of(by.mine_id)
    for name, (kind, amount) in clocks.items():
        allowed = ["hours"] if name in HOURS_ONLY else [one for one, _label in CLOCK_KINDS]
        if kind not in allowed or (kind == "hours" and not 1 <= amount <= 720):
            raise Refused(_("请填 1 到 720 小时。"), field=f"{name}_amount")
        amount = amount if kind == "hours" else 0
        GroupClock.objects.update_or_create(mine_id=by.mine_id, name=name, defaults={"kind": kind, "amount": amount})
    after = clocks_of(by.mine_id)
    if after["late_3"][1] <= after["late_2"][1]:
        raise Refused(_("报矿领导要比报支部书记晚。请填更多小时。"), field="late_3_amount")
    with in_chinese():
        label = str(_("反馈和签认时限"))
        changed = {
            str(CLOCKS[name]): f"{dict(CLOCK_KINDS)[kind]} {amount or ''}".strip()
            for name, (kind, amount) in after.items()
            if before[name] != (kind, amount)
        }
    post(
        "group.clocks", Subject("group_clock", by.mine_id, label), mine_id=by.mine_id, by=by,
        payload={"clocks": changed},
    )  # fmt: skip
    return after


def _group(group_id: UUID, by: Person) -> RectificationGroup:
    rows = RectificationGroup.objects.select_for_update(of=("self",)).select_related("branch__unit")
    found = one_of(rows.filter(id=group_id, mine_id=by.mine_id))
    if found is None:
        raise NotVisible
    return found


def _nobody_else(group: RectificationGroup, covers: Iterable[tuple[str, object]]) -> None:
    """Two groups for one thing would both wait for the other."""
    held = GroupCover.objects.filter(holds_on(today()), group__mine_id=group.mine_id, group__ended_on=None)
    for one in held.exclude(group=group.id).select_related("group", "place", "unit", "specialty"):
        if (one.kind, one.place or one.unit or one.specialty) in covers:
            words = {"what": one.what, "kind": KIND_LABELS[Kind(one.kind)], "group": one.group.name}
            raise Refused(
                _("%(kind)s「%(what)s」已经由「%(group)s」负责，一样东西只能归一个小组。") % words, field="specialties"
            )


def _change_members(group: RectificationGroup, people: Sequence[Person], day: date) -> None:
    held = {one.person_id: one for one in GroupMember.objects.filter(group=group, valid_to=None)}
    for person in people:
        if person.id not in held:
            GroupMember.objects.create(group=group, person=person, valid_from=day)
    wanted = {one.id for one in people}
    _end((row for person_id, row in held.items() if person_id not in wanted), day)


def _change_covers(
    group: RectificationGroup, covers: Sequence[tuple[str, Place | Unit | Specialty | None]], day: date
) -> None:
    rows = GroupCover.objects.filter(group=group, valid_to=None).select_related("place", "unit", "specialty")
    held = {(one.kind, one.place or one.unit or one.specialty): one for one in rows}
    for kind, target in covers:
        if (kind, target) not in held:
            own = {} if target is None else {kind: target}
            GroupCover.objects.create(group=group, kind=kind, valid_from=day, **own)
    _end((row for key, row in held.items() if key not in covers), day)


def _end(rows: Iterable[GroupMember | GroupCover], day: date) -> None:
    """From today on it does not hold; what began today never did."""
    for row in rows:
        if row.valid_from >= day:
            row.delete()
        else:
            row.valid_to = day - timedelta(days=1)
            row.save()


def _enter(what: str, group: RectificationGroup, by: Person, payload: Mapping[str, object]) -> None:
    unit = group.branch.unit
    post(
        f"group.{what}", Subject("rectification_group", group.id, group.name), mine_id=group.mine_id,
        by=by, unit=unit, payload=payload,
    )  # fmt: skip
