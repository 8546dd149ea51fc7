"""导入: write a file that was read, shown and confirmed; as a whole or not at all."""

from collections.abc import Iterable
from datetime import date
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from kuangdeng.kernel import clock
from kuangdeng.kernel.errors import NotVisible, Refused
from kuangdeng.kernel.verbs import verb
from kuangdeng.org import pinyin
from kuangdeng.org.importing import runs
from kuangdeng.org.importing.plan import PersonLine, PlaceLine, Plan, Progress, UnitLine
from kuangdeng.org.models import (
    Branch,
    ImportRun,
    Membership,
    Person,
    Place,
    PlaceAlias,
    PlaceProposal,
    RoleGrant,
    Unit,
    UnitName,
    UnitShift,
)
from kuangdeng.org.services._steps import demand, enter, hold_person, hold_unit, lock_tree
from kuangdeng.org.services.places import new_tag
from kuangdeng.org.services.units import replant
from kuangdeng.org.spelling import fold_place

BATCH = 500


@verb
def write_import(run_id: UUID, *, by: Person, progress: Progress | None = None) -> ImportRun:
    """Write a previewed file of units, persons and places (导入), in one transaction with one entry for all of it.

    The file is read again and compared with what is there now, because others may have worked since the preview.
    Rows with errors are left out. People who are missing from the file stay: a list may be a part of the mine.
    Refused when the run was written or dropped already, and for who may not import.
    """
    run = (
        ImportRun.objects.select_for_update(of=("self",))
        .select_related("mine", "by")
        .filter(id=run_id, kind=runs.KIND)
        .first()
    )
    if run is None or run.mine_id != by.mine_id:
        raise NotVisible
    demand(by, "org.import", None, _("导入"))
    if run.state != ImportRun.State.PREVIEW:
        raise Refused(
            _("这次导入%(state)s，不能再写入。需要时请重新上传。") % {"state": ImportRun.State(run.state).label},
            code="wrong_state",
        )
    lock_tree(by.mine_id)
    run.by = by
    plan = runs.plan_of(run, date.fromisoformat(run.report["valid_from"]))
    report = runs.report_of(plan)
    _Writer(plan, by, progress).write()
    run.state, run.finished_at = ImportRun.State.DONE, clock.now()
    run.report = {**report, "valid_from": run.report["valid_from"]}
    run.problems = [problem.__dict__ for problem in plan.problems]
    run.done_rows = run.total_rows = plan.rows
    run.save()
    counts = runs.counts(report)
    enter(
        "org.import",
        run.mine,
        by,
        payload={
            **counts, "file": run.file_name, "sha256": run.file_sha256, "rows": plan.rows, "wrong": len(plan.problems),
            "run": str(run.id),
        },
        quantity=max(1, sum(number for name, number in counts.items() if not name.endswith("same"))),
    )  # fmt: skip
    transaction.on_commit(lambda: runs.file_of(run).unlink(missing_ok=True))
    return run


class _Writer:
    """Writes a plan in few statements: 3,000 persons are a matter of seconds."""

    def __init__(self, plan: Plan, by: Person, progress: Progress | None) -> None:
        self.plan, self.by, self.mine, self.progress = plan, by, by.mine, progress
        self.total = len(plan.units) + len(plan.persons) + len(plan.places)
        self.done = 0

    def write(self) -> None:
        """Units first: persons and places stand in them."""
        self._units()
        self._persons()
        self._places()

    def _step(self, number: int) -> None:
        self.done += number
        if self.progress:
            self.progress(self.done, self.total)

    # Units

    def _units(self) -> None:
        lines = self.plan.units
        there = {unit.id: unit for unit in Unit.objects.filter(mine=self.mine)}
        position = len(there)
        for line in lines:
            if line.is_new:
                position += 1
                above = there[line.parent_id] if line.parent_id else None
                unit = Unit(id=line.id, mine=self.mine, name=line.name, parent=above, position=position, **line.values)
                unit.ancestors = [*above.ancestors, above.id] if above else []
                there[unit.id] = unit
        self._insert_units([there[line.id] for line in lines if line.is_new])
        for line in lines:
            if not line.is_new and line.changed:
                self._change_unit(line, there)
        self._branches_and_schemes(lines)
        self._step(len(lines))

    def _insert_units(self, units: list[Unit]) -> None:
        """Parents come before their children: the plan settled them in that order."""
        day = self.plan.valid_from
        Unit.objects.bulk_create(units, batch_size=BATCH)
        UnitName.objects.bulk_create(
            [UnitName(unit=unit, valid_from=day, name=unit.name) for unit in units], batch_size=BATCH
        )

    def _change_unit(self, line: UnitLine, there: dict[UUID, Unit]) -> None:
        unit = there[line.id]
        for name, value in line.values.items():
            setattr(unit, name, value)
        unit.save(update_fields=list(line.values))
        if line.moved:
            above = there[line.parent_id] if line.parent_id else None
            unit.parent = above
            replant(unit, [*above.ancestors, above.id] if above else [])
            for below in Unit.objects.filter(ancestors__contains=[unit.id]):
                there[below.id].ancestors = below.ancestors
        if line.renamed:
            first = unit.names.order_by("valid_from").first()
            if first is None:
                UnitName.objects.create(unit=unit, valid_from=date(1950, 1, 1), name=unit.name)
            UnitName.objects.update_or_create(unit=unit, valid_from=self.plan.valid_from, defaults={"name": line.name})
            hold_unit(unit, clock.today())

    def _branches_and_schemes(self, lines: list[UnitLine]) -> None:
        Branch.objects.bulk_create(
            [Branch(mine=self.mine, unit_id=line.id, name=line.branch) for line in lines if line.branch],
            update_conflicts=True,
            unique_fields=["unit"],
            update_fields=["name"],
        )
        UnitShift.objects.bulk_create(
            [
                UnitShift(unit_id=line.id, scheme=line.scheme, valid_from=self.plan.valid_from)
                for line in lines
                if line.scheme
            ],
            update_conflicts=True,
            unique_fields=["unit", "valid_from"],
            update_fields=["scheme"],
        )

    # Persons

    def _persons(self) -> None:
        for start in range(0, len(self.plan.persons), BATCH):
            lines = self.plan.persons[start : start + BATCH]
            self._new_persons([line for line in lines if line.is_new])
            self._changed_persons([line for line in lines if not line.is_new and line.changed])
            self._memberships([line for line in lines if line.is_new or line.moved])
            self._roles(lines)
            self._step(len(lines))

    def _new_persons(self, lines: list[PersonLine]) -> None:
        today = clock.today()
        people = []
        for line in lines:
            person = Person(id=line.id, mine=self.mine, **line.values)
            person.set_unusable_password()
            person.pinyin, person.initials = pinyin.sort_key(person.name), pinyin.initials(person.name)
            if line.valid_from is not None and line.valid_from <= today:
                person.unit_id = line.unit_id
                person.trade, person.post = line.trade, line.post
            people.append(person)
        Person.objects.bulk_create(people)

    def _changed_persons(self, lines: list[PersonLine]) -> None:
        people = Person.objects.in_bulk([line.id for line in lines])
        for line in lines:
            person = people[line.id]
            for name, value in line.values.items():
                setattr(person, name, value)
            person.pinyin, person.initials = pinyin.sort_key(person.name), pinyin.initials(person.name)
            if line.moved and line.valid_from is not None and line.valid_from <= clock.today():
                person.unit_id, person.trade, person.post = line.unit_id, line.trade, line.post
                person.is_active, person.left_on = True, None
        fields = ["name", "pinyin", "initials", "sex", "born_on", "member_since", "phone", "email"]
        Person.objects.bulk_update(people.values(), [*fields, "unit", "trade", "post", "is_active", "left_on"])

    def _memberships(self, lines: list[PersonLine]) -> None:
        rows = [
            Membership(
                person_id=line.id,
                valid_from=line.valid_from or self.plan.valid_from,
                unit_id=line.unit_id,
                trade=line.trade,
                post=line.post,
            )
            for line in lines
        ]
        Membership.objects.bulk_create(
            rows, update_conflicts=True, unique_fields=["person", "valid_from"], update_fields=["unit", "trade", "post"]
        )
        later = Membership.objects.filter(
            person_id__in=[line.id for line in lines if line.moved], valid_from__gt=self.plan.valid_from
        ).values("person_id")
        for person in Person.objects.filter(id__in=later).select_related("unit"):
            hold_person(person, clock.today())

    def _roles(self, lines: Iterable[PersonLine]) -> None:
        RoleGrant.objects.bulk_create(
            [
                RoleGrant(
                    person_id=line.id, role=role, unit_id=unit_id, valid_from=min(self.plan.valid_from, clock.today())
                )
                for line in lines
                for role, unit_id in line.roles
            ],
            ignore_conflicts=True,
        )

    # Places

    def _places(self) -> None:
        lines = self.plan.places
        there = {place.id: place for place in Place.objects.filter(mine=self.mine)}
        made = []
        for line in lines:
            if line.is_new:
                above = there[line.parent_id] if line.parent_id else None
                place = Place(
                    id=line.id,
                    mine=self.mine,
                    name=line.name,
                    parent=above,
                    kind=line.kind,
                    unit_id=line.unit_id,
                    tag=new_tag(),
                )
                place.full_name = f"{above.full_name} {line.name}"[:300] if above else line.name
                place.ancestors = [*above.ancestors, above.id] if above else []
                there[place.id] = place
                made.append(place)
        Place.objects.bulk_create(made, batch_size=BATCH)
        for line in lines:
            if not line.is_new and line.changed:
                self._change_place(line, there[line.id])
        self._aliases(lines)
        self._step(len(lines))

    def _change_place(self, line: PlaceLine, place: Place) -> None:
        place.kind = line.kind or place.kind
        place.unit_id = line.unit_id or place.unit_id
        place.save(update_fields=["kind", "unit"])

    def _aliases(self, lines: list[PlaceLine]) -> None:
        rows: list[Any] = [
            PlaceAlias(mine=self.mine, place_id=line.id, spelling=alias, folded=fold_place(alias))
            for line in lines
            for alias in line.aliases
        ]
        PlaceAlias.objects.bulk_create(rows, ignore_conflicts=True, batch_size=BATCH)
        known = {row.folded: row.place_id for row in rows}
        waiting = PlaceProposal.objects.filter(folded__in=list(known), mine=self.mine, decided_at=None)
        for proposal in waiting:
            proposal.place_id = known[proposal.folded]
            proposal.decided_at, proposal.decided_by = clock.now(), self.by
        PlaceProposal.objects.bulk_update(waiting, ["place", "decided_at", "decided_by"])
