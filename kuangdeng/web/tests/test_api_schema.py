"""Every operation of the API against its own schema, with what a generator thinks up: never a server error.

Random ids meet nothing, so real ones of the cast are put in: hazards in every state, real units, grades and people.
"""

import itertools
import os
from collections.abc import Iterator
from typing import Any

import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections
from django.test import TestCase
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from kuangdeng.hazards.accidents import rules as accidents
from kuangdeng.hazards.accidents.testkit import accident_in
from kuangdeng.hazards.api import Status
from kuangdeng.hazards.testkit import hazard_in, tables
from kuangdeng.org.testkit import Cast, make_cast, token_for
from kuangdeng.web.rest.urls import api

pytestmark = pytest.mark.django_db

schema = schemathesis.openapi.from_dict(api.get_openapi_schema())
schema.app = get_wsgi_application()
EXAMPLES = int(os.environ.get("KUANGDENG_FUZZ", "20"))
CHECKS = [not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance]


class World:
    """The cast with a hazard in every state, and real ids to put where the generator made up some."""

    def __init__(self) -> None:
        self.cast: Cast = make_cast()
        grade, specialty = tables(self.cast)
        self.hazards = [str(hazard_in(status, self.cast).id) for status in Status]
        self.accidents = [str(accident_in(status, self.cast).id) for status in accidents.Status]
        self.tokens = [token_for(self.cast.persons[part]) for part in ("safety", "unit_head", "mine_leader", "miner")]
        people = str(self.cast.unit_head.id)
        unit = str(self.cast.units["mining"].id)
        place = str(self.cast.places["gate"].id)
        self.real = {
            "grade": str(grade.id), "specialty": str(specialty.id), "unit": unit, "helper_unit": unit, "person": people,
            "supervisor": people, "place": place, "into": self.hazards[0], "finders": [people],
            "due_at": "2190-01-01T08:00:00Z", "until": "2190-01-02T08:00:00Z", "at": None,
        }  # fmt: skip
        self.turns = itertools.count()

    def put_in(self, case: Any) -> str:
        """Make every other example a plausible one; returns the token to call with."""
        turn = next(self.turns)
        if case.path_parameters and "hazard_id" in case.path_parameters and turn % 4:
            case.path_parameters["hazard_id"] = self.hazards[turn % len(self.hazards)]
        if case.path_parameters and "accident_id" in case.path_parameters and turn % 4:
            case.path_parameters["accident_id"] = self.accidents[turn % len(self.accidents)]
        if isinstance(case.body, dict) and turn % 2:
            for name, value in self.real.items():
                if name in case.body:
                    case.body[name] = value
            case.body.pop("photos", None)
            for one in case.body.get("hurt") or ():
                if isinstance(one, dict):
                    one.pop("person", None)
        return self.tokens[turn % len(self.tokens)]


class _Held(TestCase):
    """A transaction around all tests of this module, in which verbs may run as the outermost."""


@pytest.fixture(scope="module")
def world(django_db_setup: None, django_db_blocker: Any) -> Iterator[World]:
    """The application as a server would call it, on the test's own connection, which must stay open."""
    for one in (request_started, request_finished):
        one.disconnect(close_old_connections)
    with django_db_blocker.unblock():
        held = _Held._enter_atomics()  # type: ignore[attr-defined]
        try:
            yield World()
        finally:
            _Held._rollback_atomics(held)  # type: ignore[attr-defined]
    for one in (request_started, request_finished):
        one.connect(close_old_connections)


OPERATIONS = [found.ok() for found in schema.get_all_operations()]


def test_every_operation_is_there() -> None:
    assert len(OPERATIONS) >= 36


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda one: one.label)
def test_no_operation_fails(world: World, operation: Any) -> None:
    @settings(
        max_examples=EXAMPLES,
        deadline=None,
        derandomize=EXAMPLES == 20,
        phases=[Phase.explicit, Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=operation.as_strategy())
    def never(case: Any) -> None:
        token = world.put_in(case)
        headers = {"Authorization": f"Bearer {token}", "Accept-Encoding": "identity"}
        case.call_and_validate(headers=headers, checks=CHECKS)

    never()
