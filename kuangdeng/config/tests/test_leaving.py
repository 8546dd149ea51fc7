"""Names never leave: every route that exists is walked, and so is every topic."""

import pytest
from django.db import transaction

from kuangdeng.config.tests.test_ledger_walk import TABLE
from kuangdeng.ledger.api import GROUPS, ROUTES, TOPICS, Channel, Delivery, Notice, outgoing, seal_all, tell_all
from kuangdeng.ledger.outbox import message
from kuangdeng.org.models import Person
from kuangdeng.org.testkit import make_cast

pytestmark = pytest.mark.django_db

BY_ITSELF = {
    "bulletin.compile": "only when an account does not close; its words are figures",
    "reconciliation.clear_all": "settles a task",
    "reconciliation.explain_all": "settles a task",
    "book.renew": "settles a reminder",
    "statutory.send": "settles a task",
    "statutory.redraft": "settles a task",
    "item.submit": "settles a task",
    "topic.withdraw": "settles a task",
    "cert.renew": "settles a reminder",
    "exam.close": "settles a task",
    "lesson.change": "tells only when the day of an open class moves; its words are the topic and the day",
    "topic.finish_milestone": "settles a task",
}
"""Verbs with a route whose scenarios tell nobody, and why."""
CALLED = {
    "hazard.ladder": "hazards.climb",
    "accident.ladder": "hazards.accidents.climb",
    "statutory.send": "hazards.statutory.send",
    "group.end": "hazards.groups.end_group",
    "group.late_teams": "hazards.groups.tell_teams",
    "group.late_group": "hazards.groups.tell_group",
}
"""Scenarios that are called otherwise than the verb that they write."""


def scenarios_of(verb: str) -> list[str]:
    """The scenarios of the ledger walk that could write this verb."""
    name = verb.partition(".")[2]
    if verb in CALLED:
        return [CALLED[verb]]
    return sorted(key for key in TABLE if key.rpartition(".")[2].startswith(name) or name in key)


def words_of(delivery: Delivery) -> str:
    said = message(delivery)
    return "\n".join([said.title, said.body, *said.lines, said.link, *said.event.values()])


def walk(scenario: str) -> tuple[set[str], list[str]]:
    """Run a scenario with every channel open; returns the verbs that told somebody, and what left that may not."""
    cast = make_cast()
    Person.objects.filter(mine=cast.mine).update(email="x@example.cn")
    for kind in GROUPS:
        Channel.objects.create(
            mine_id=cast.mine.id, kind=kind, name=kind, address="http://10.0.0.1/", topics=list(TOPICS)
        )
    TABLE[scenario](cast)()
    names = list(Person.objects.values_list("name", flat=True))
    seal_all()
    tell_all()
    told, wrong = set(), []
    for delivery in Delivery.objects.select_related("notice__entry", "entry", "via"):
        entry = delivery.entry or delivery.notice.entry
        told.add(entry.verb)
        said = words_of(delivery)
        wrong += [f"{entry.verb} {delivery.channel}: {name} in {said}" for name in names if name in said]
        body = delivery.notice.body if delivery.notice else ""
        topic = TOPICS[delivery.notice.topic if delivery.notice else delivery.topic]
        if body and len(body) > 3 and not topic.body_leaves and body in said:
            wrong.append(f"{entry.verb} {delivery.channel}: its body left: {body}")
    return told, wrong


def test_no_route_lets_a_name_or_a_body_out(settings: object) -> None:
    settings.EMAIL_CONFIGURED = True  # type: ignore[attr-defined]
    settings.PUBLIC_URL = "https://kd.example.cn"  # type: ignore[attr-defined]
    walked, wrong = set(), []
    for verb in sorted(ROUTES):
        for scenario in scenarios_of(verb):
            if verb in walked:
                break
            point = transaction.savepoint()
            told, found = walk(scenario)
            transaction.savepoint_rollback(point)
            walked |= told
            wrong += found
    assert wrong == []
    proved = {ROUTES[verb] for verb in walked | set(BY_ITSELF)}
    assert [verb for verb in ROUTES if ROUTES[verb] not in proved] == [], "routes that no scenario walks"


@pytest.mark.parametrize("code", sorted(TOPICS))
def test_no_topic_lets_a_name_out(code: str) -> None:
    cast = make_cast()
    title, body = f"{cast.miner.name}在 2305 面违章", f"罚{cast.other_miner.name}、{cast.miner.name}各 200 元"
    said = "\n".join(outgoing(cast.mine.id, TOPICS[code], title, body))
    assert "王某某在 2305 面违章" in said
    assert not any(name in said for name in Person.objects.values_list("name", flat=True))
    assert ("200 元" in said) == TOPICS[code].body_leaves


def test_who_left_the_mine_is_not_named_either() -> None:
    cast = make_cast()
    Person.objects.filter(id=cast.miner.id).update(is_active=False)
    assert outgoing(cast.mine.id, None, "王铁柱考试不及格", "王铁柱 42 分") == ("王某某考试不及格", "")
    assert Notice.objects.count() == 0
