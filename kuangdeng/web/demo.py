"""Loading the demo mine (示例矿): its organisation, then every step of its hazards through the real verbs.

Each step runs with the clock held at the instant when it happened, so the ledger, the deadlines and the overdue
ladder are what a real mine's would be.
"""

from collections.abc import Callable, Mapping
from typing import Any
from uuid import UUID

from kuangdeng.hazards import api as hazards
from kuangdeng.kernel import clock
from kuangdeng.org import api as org
from kuangdeng.web.demo_data import DemoHazard, DemoMine, DemoStep, make_demo_mine

CODE = "demo"
PASSWORD = "kuangdeng-demo"  # noqa: S105  printed beside the address, only for the demo mine
Progress = Callable[[int, int], None]


def loaded() -> bool:
    """Whether the demo mine is there."""
    return org.Mine.objects.filter(code=CODE).exists()


class Replay:
    """Feeds the steps of the demo mine's hazards to the verbs, turning its keys into rows."""

    def __init__(self, mine: org.Mine, demo: DemoMine, units: Mapping[str, org.Unit], places: Mapping[str, org.Place]):
        self.mine, self.demo, self.units, self.places = mine, demo, units, places
        self.people = {p.number: p for p in org.Person.objects.filter(mine=mine).select_related("mine", "unit")}
        anybody = next(iter(self.people.values()))
        self.grades = {grade.code: grade for grade in hazards.grades_of(anybody)}
        self.specialties = {specialty.code: specialty for specialty in hazards.specialties_of(anybody)}
        self.ids: dict[str, UUID] = {}
        self.open_extension: dict[str, UUID] = {}

    def run(self, progress: Progress) -> None:
        """Replay everything in the order in which it happened."""
        steps = self.demo.timeline()
        for number, (hazard, step) in enumerate(steps, 1):
            with clock.set_to(step.at):
                getattr(self, f"_{step.verb}", self._plain)(hazard, step)
            progress(number, len(steps))

    def _arguments(self, step: DemoStep) -> dict[str, Any]:
        """The verb's arguments with units, persons, grades and situations looked up."""
        looked_up: dict[str, Callable[[Any], Any]] = {
            "unit": self.units.__getitem__,
            "person": self.people.__getitem__,
            "supervisor": self.people.__getitem__,
            "grade": self.grades.__getitem__,
            "specialty": self.specialties.__getitem__,
            "situation": _situation,
        }
        return {key: looked_up.get(key, lambda value: value)(value) for key, value in step.data.items()}

    def _by(self, step: DemoStep) -> org.Person:
        person = self.people[step.by]
        person.__dict__.pop("_held_roles", None)
        return person

    def _plain(self, hazard: DemoHazard, step: DemoStep) -> None:
        verb = getattr(hazards, step.verb)
        verb(self.ids[hazard.key], by=self._by(step), **self._arguments(step))

    def _report(self, hazard: DemoHazard, step: DemoStep) -> None:
        data = hazards.ReportData(
            text=hazard.text,
            occurred_at=hazard.found_at,
            place_id=self.places[hazard.place].id,
            place_text=hazard.part,
            source=hazard.source,
            check_type=hazard.check_type,
            cause=hazard.cause,
            specialty_id=self.specialties[hazard.specialty].id,
            finder_ids=tuple(self.people[number].id for number in hazard.reporters),
        )
        self.ids[hazard.key] = hazards.report(data=data, by=self._by(step)).hazard.id

    def _reopen(self, hazard: DemoHazard, step: DemoStep) -> None:
        again = hazards.reopen(self.ids[step.data["of"]], text=hazard.text, by=self._by(step))
        self.ids[hazard.key] = again.id

    def _merge(self, hazard: DemoHazard, step: DemoStep) -> None:
        hazards.merge(self.ids[hazard.key], into_id=self.ids[step.data["into"]], by=self._by(step))

    def _resubmit(self, hazard: DemoHazard, step: DemoStep) -> None:
        hazards.resubmit(self.ids[hazard.key], text=step.data["text"], place_text=step.data["part"], by=self._by(step))

    def _dispatch(self, hazard: DemoHazard, step: DemoStep) -> None:
        facts = self._arguments(step)
        order = hazards.FivePoints(
            facts["person"].id, facts["measure"], facts["funds"], facts["due_at"], facts["contingency"]
        )
        hazards.dispatch(self.ids[hazard.key], unit=facts["unit"], order=order, by=self._by(step))

    def _request_extension(self, hazard: DemoHazard, step: DemoStep) -> None:
        asked = hazards.request_extension(self.ids[hazard.key], by=self._by(step), **step.data)
        self.open_extension[hazard.key] = asked.id

    def _approve_extension(self, hazard: DemoHazard, step: DemoStep) -> None:
        hazards.approve_extension(self.open_extension[hazard.key], by=self._by(step))


def _situation(key: tuple[str, int, str]) -> hazards.Situation:
    """A situation by catalogue, category and number."""
    catalogue, category, number = key
    return hazards.situations().get(category__version__code=catalogue, category__no=category, no=number)


def demo_mine() -> DemoMine:
    """The demo mine as it is at this moment."""
    return make_demo_mine(clock.now())
