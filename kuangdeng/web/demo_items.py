"""The item bank of the demo mine (示例): the sample bank in use, and one item that waits for its reviewer."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from kuangdeng.learning.api import items
from kuangdeng.org import api as org
from kuangdeng.web.demo_bulletins import Step
from kuangdeng.web.demo_data import DemoMine

APPROVED = "随软件附带的示例题，正式使用前请本矿组织审定"
DRAFT = {
    "type": "true_false",
    "stem": "示例：交接班可以在更衣室里口头交一下，不用到现场。",
    "correct": False,
}


@dataclass
class DemoItems:
    """Three weeks ago the training section opened the bank; yesterday a safety officer wrote an item."""

    demo: DemoMine
    people: Mapping[str, org.Person]

    def steps(self, now: datetime) -> list[Step]:
        """Every step with its instant; none of them lies after `now`."""
        return [(now - timedelta(days=21), self._open), (now - timedelta(days=1), self._write)]

    def _who(self, role: str) -> org.Person:
        person = self.people[self.demo.cast[role]]
        person.__dict__.pop("_held_roles", None)
        return person

    def _open(self) -> None:
        officer = self._who("training_officer")
        bank = items.save_bank(name=items.BANK, note="示例题，可以停用", is_sample=True, by=officer)
        choice = items.Choice(bank.id, standing=items.Status.IN_USE, approved=APPROVED)
        items.import_items(items.sample_file(), choice=choice, name="示例题库.csv", by=officer)

    def _write(self) -> None:
        safety = self._who("safety")
        bank = items.banks_of(safety.mine_id)[0]
        data = items.ItemData(bank.id, DRAFT, explanation="交接班要在现场，当面交清。", difficulty=1, source="示例")
        items.submit(items.write(data=data, by=safety).id, by=safety)
