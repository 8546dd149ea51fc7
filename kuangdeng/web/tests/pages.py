"""Every address of the system and who may open it: the page × role table.

A page that is not in here fails the build. Parts are the named cast of `kuangdeng.org.testkit`; who is not named gets
a 404, because a page one may not open must not even be known. Anonymous visitors are sent to the sign-in.
"""

from collections.abc import Callable
from dataclasses import dataclass

from kuangdeng.org.testkit import PEOPLE
from kuangdeng.web.tests.world import World

ALL = frozenset(part for part, *_ in PEOPLE)
MINERS = frozenset({"miner", "other_miner"})
UNIT = frozenset({"unit_head", "branch_secretary"})
"""In charge in the mining unit."""
HEADS = UNIT | {"other_head", "electric_head"}
"""In charge in some unit."""
TEAM = frozenset({"team_leader"})
SAFETY = frozenset({"safety", "safety2"})
LEADERS = frozenset({"mine_leader", "mine_leader2"})
OFFICES = frozenset({"training_officer", "political_work", "group_office"})
ADMIN = frozenset({"administrator"})
WIDE = SAFETY | LEADERS | OFFICES | ADMIN
"""Who sees the whole mine."""

Kwargs = Callable[[World], dict[str, object]]


def nothing(_: World) -> dict[str, object]:
    return {}


def hazard(world: World) -> dict[str, object]:
    return {"hazard_id": world.hazard.id}


@dataclass(frozen=True)
class Page:
    """One address that is opened with GET.

    `found` is what those who may get: 200, or 302 for an address that only leads on. `query` is put behind it. `opens`
    is True for what strangers may see too. `list` pages are counted with 3 and with 30 rows.
    """

    name: str
    kwargs: Kwargs
    parts: frozenset[str]
    found: int = 200
    query: str = ""
    opens: bool = False
    refused: int = 404


@dataclass(frozen=True)
class Action:
    """One address that only takes POST; what it does is tested where it lives."""

    name: str
    kwargs: Kwargs


PAGES: list[Page] = [
    Page("healthz", nothing, ALL, opens=True),
    # web: ledger and inbox
    Page("ledger", nothing, HEADS | WIDE),
    Page("ledger_entry", lambda world: {"entry_id": world.entry.id}, UNIT | WIDE),
    Page("inbox", nothing, ALL),
    Page(
        "inbox_open",
        lambda world: {"notice_id": world.notice_of(world.cast.unit_head).id},
        frozenset({"unit_head"}),
        302,
    ),
    Page("notice_settings", nothing, ALL),
    Page("notice_roles", nothing, ADMIN),
    Page("dead_letters", nothing, ADMIN),
    # hazards: old ledgers and paper
    Page("hazards:import_start", nothing, SAFETY | ADMIN, refused=403),
    Page("hazards:import_run", lambda world: {"run_id": world.run.id}, SAFETY | ADMIN),
    Page("hazards:import_problems", lambda world: {"run_id": world.run.id}, SAFETY | ADMIN),
    Page("hazards:import_export", lambda world: {"run_id": world.run.id}, SAFETY | ADMIN),
    Page(
        "hazards:print_ledger",
        nothing,
        HEADS | TEAM | SAFETY | LEADERS | frozenset({"group_office"}) | ADMIN,
        refused=403,
    ),
    Page("hazards:print_notice", hazard, ALL - frozenset({"other_miner", "other_head", "electric_head"})),
    Page("hazards:print_recheck", hazard, ALL - frozenset({"other_miner", "other_head", "electric_head"})),
]

ACTIONS: list[Action] = [
    Action("set_language", nothing),
    Action("inbox_read_all", nothing),
    Action("dead_letter_again", lambda world: {"delivery_id": world.delivery.id}),
    Action("kernel:save_view", nothing),
    Action("kernel:delete_view", lambda world: {"view_id": world.hazard.id}),
]

ELSEWHERE = {
    "api": "the API has its own tests against its own description",
    "kernel:styleguide": "only where a developer looks",
}
"""Names, or beginnings of names, that this table leaves out, and why."""
