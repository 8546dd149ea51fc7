"""One verb = one function = one transaction = one ledger entry: every verb of the system is run here.

Each app says in `tests/scenarios.py` how to bring about the moment before each of its verbs. A verb without a scenario
fails the build, and so does a public function of a `services` module that is no verb.
"""

import importlib
import inspect
import json
import pkgutil
import re
from collections.abc import Callable, Iterator
from types import ModuleType

import pytest
from django.utils.translation import override

import kuangdeng
from kuangdeng.kernel.verbs import VERBS
from kuangdeng.ledger.api import SUBJECT_WORDS, VERB_WORDS, Entry, facts
from kuangdeng.org.testkit import Cast, make_cast

Scenario = Callable[[Cast], Callable[[], object]]
FOUNDING = {"org.found_mine"}
"""Makes the mine itself, so its entry belongs to a mine that is not the cast's."""
MAY_NAME_OTHERS = ("kuangdeng.kernel.services", "kuangdeng.ledger.services")
"""Only these two may keep public functions that are no verbs: personal preferences, and steps inside verbs."""
STEPS = {
    "kuangdeng.org.services.places.new_tag": "makes a secret, writes nothing",
    "kuangdeng.org.services.places.make_places": "part of an import's own verb",
    "kuangdeng.org.services.shifts.check_shifts": "checks, writes nothing",
    "kuangdeng.org.services.seed.seed_schemes": "part of the set-up verb",
    "kuangdeng.org.services.calendar.seed_calendar": "part of the set-up verb",
    "kuangdeng.org.services.calendar.shipped_days": "reads the shipped days",
    "kuangdeng.org.services.passwords.one_time": "makes a secret, writes nothing",
    "kuangdeng.org.services.passwords.set_one_time": "part of the verbs that hand out passwords",
    "kuangdeng.org.services.passwords.fault_of": "checks, writes nothing",
    "kuangdeng.org.services.passwords.may_reset_for": "checks, writes nothing",
    "kuangdeng.org.services.units.replant": "part of moving a unit and of an import",
    "kuangdeng.hazards.services.importing.source_key": "names a row, writes nothing",
    "kuangdeng.hazards.services.importing.imported": "reads what is there already",
    "kuangdeng.hazards.accidents.services.importing.source_key": "names a row, writes nothing",
    "kuangdeng.hazards.accidents.services.ladder.run_ladder": "runs the verb `climb` for each step that is due",
    "kuangdeng.hazards.reconciliation.services.reconcile": "runs the verbs `alarm` and `clear` for what was found",
    "kuangdeng.learning.items.services.importing.check_choice": "checks, writes nothing",
    "kuangdeng.learning.results.services.regraded": "reckons a result, writes nothing",
    "kuangdeng.hazards.services.ladder.run_ladder": "runs the verb `climb` for each step that is due",
}
"""Public functions of services that are no verbs, each with its reason."""
HOMES = {"kuangdeng.hazards.setup"}
"""Verbs that give a new mine its tables live beside their data."""
ENGLISH = re.compile(r"\b[A-Z][a-z]{2,}\b")
SERVICES = re.compile(r"kuangdeng\.\w+(\.\w+)?\.services(\.[a-z]\w*)*$")
"""Of an app, or of a part of an app that has its own."""


def service_modules() -> Iterator[ModuleType]:
    for info in pkgutil.walk_packages(kuangdeng.__path__, "kuangdeng."):
        if SERVICES.match(info.name):
            yield importlib.import_module(info.name)


def public_functions() -> Iterator[tuple[ModuleType, Callable[..., object]]]:
    for module in service_modules():
        for name, thing in vars(module).items():
            if not name.startswith("_") and inspect.isfunction(thing) and thing.__module__ == module.__name__:
                yield module, thing


def key(dotted: str) -> str:
    """`kuangdeng.hazards.services.triage.report` is `hazards.report`, `kuangdeng.hazards.bulletins.services.check` is
    `hazards.bulletins.check` in the scenario tables."""
    parts = dotted.split(".")
    home = parts[1:3] if "services" in parts and parts.index("services") == 3 else parts[1:2]
    return ".".join([*home, parts[-1]])


def scenarios() -> dict[str, Scenario]:
    """The scenarios of every app, and of every part of an app that has its own services."""
    found: dict[str, Scenario] = {}
    for info in pkgutil.walk_packages(kuangdeng.__path__, "kuangdeng."):
        if info.name.endswith(".tests.scenarios"):
            home = info.name.removeprefix("kuangdeng.").removesuffix(".tests.scenarios")
            module = importlib.import_module(info.name)
            found |= {f"{home}.{name}": scenario for name, scenario in module.SCENARIOS.items()}
    return found


OURS = (
    {key(name): run for name, run in VERBS.items() if name.startswith("kuangdeng.")} if list(service_modules()) else {}
)
TABLE = scenarios()


def test_every_public_function_of_services_is_a_verb() -> None:
    strangers = []
    for module, function in public_functions():
        others = (*getattr(module, "PREFERENCES", ()), *getattr(module, "STEPS", ()))
        if function in others and module.__name__ in MAY_NAME_OTHERS:
            continue
        if not getattr(function, "is_verb", False):
            strangers.append(f"{module.__name__}.{function.__name__}")
    assert set(strangers) - set(STEPS) == set()


def test_verbs_live_in_services_and_take_only_named_arguments() -> None:
    wrong = []
    for name, run in VERBS.items():
        if not name.startswith("kuangdeng."):
            continue
        home = name.rpartition(".")[0]
        if not SERVICES.match(home.replace("._", ".")) and home not in HOMES:
            wrong.append(f"{name}: not in a services module")
        kinds = [p for p in inspect.signature(run).parameters.values() if p.kind is not p.KEYWORD_ONLY]
        if len(kinds) > 1:
            wrong.append(f"{name}: only the id may be positional, not {', '.join(p.name for p in kinds[1:])}")
    assert wrong == []


def test_every_verb_has_a_scenario_and_no_scenario_is_left_over() -> None:
    assert sorted(OURS) == sorted(TABLE)


@pytest.mark.django_db
@pytest.mark.parametrize("name", sorted(TABLE))
def test_the_verb_writes_exactly_one_entry(name: str) -> None:
    cast = make_cast()
    run = TABLE[name](cast)
    before = Entry.objects.count()
    with override("en"):
        run()
    written = list(Entry.objects.order_by("id")[before:])
    assert len(written) == 1, f"{name} wrote {[entry.verb for entry in written]}"
    entry = written[0]
    assert (entry.mine_id == cast.mine.id) != (name in FOUNDING)
    assert entry.verb in VERB_WORDS, f"{entry.verb} has no Chinese word for the ledger page"
    assert entry.subject_kind in SUBJECT_WORDS, f"{entry.subject_kind} has no Chinese word for the ledger page"
    assert entry.subject_label
    nameless = [fact.label for fact in facts(entry) if not fact.known]
    assert nameless == [], f"{entry.verb}: payload keys without a Chinese word"
    kept = f"{entry.subject_label} {json.dumps(entry.payload, ensure_ascii=False)}"
    assert ENGLISH.findall(kept) == [], "the ledger is Chinese, whichever language the person at work reads"


@pytest.mark.parametrize("name", sorted(OURS))
def test_the_verb_opens_no_transaction_of_its_own(name: str) -> None:
    """`@verb` is the transaction: durable, because an entry for something that may yet be undone would be a lie."""
    assert "atomic(" not in inspect.getsource(inspect.unwrap(OURS[name]))
