"""Every page × every part of the cast, and nobody gets a page that is not in the table."""

from collections.abc import Iterator

import pytest
from django.conf import settings
from django.shortcuts import resolve_url
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from kuangdeng.web.tests.pages import ACTIONS, ALL, ELSEWHERE, PAGES, Action, Page
from kuangdeng.web.tests.world import World, address, shared


@pytest.fixture(scope="module")
def world(django_db_setup: None, django_db_blocker: object) -> Iterator[World]:
    with django_db_blocker.unblock(), shared(5) as (made,):  # type: ignore[attr-defined]
        yield made


def names(resolver: URLResolver, prefix: str = "") -> Iterator[str]:
    for pattern in resolver.url_patterns:
        if isinstance(pattern, URLResolver):
            space = f"{prefix}{pattern.namespace}:" if pattern.namespace else prefix
            yield from names(pattern, space)
        elif isinstance(pattern, URLPattern):
            yield f"{prefix}{pattern.name}" if pattern.name else f"{prefix}<nameless {pattern.pattern}>"


def test_every_address_is_in_the_table() -> None:
    known = {page.name for page in PAGES} | {action.name for action in ACTIONS}
    there = {name for name in names(get_resolver()) if name in known or not name.startswith(tuple(ELSEWHERE))}
    assert there - known == set(), "pages without a line in kuangdeng/web/tests/pages.py"
    assert known - there == set(), "lines without a page"


@pytest.mark.django_db
@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_who_may_open_what(page: Page, world: World) -> None:
    url = address(page.name, page.kwargs(world)) + page.query
    wrong = {}
    for part in sorted(ALL):
        wanted = page.found if part in page.parts else page.refused
        got = world.client(part).get(url).status_code
        if got != wanted:
            wrong[part] = f"{got}, wanted {wanted}"
    assert wrong == {}, url


@pytest.mark.django_db
@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_strangers_are_sent_to_the_sign_in(page: Page, world: World) -> None:
    response = Client().get(address(page.name, page.kwargs(world)) + page.query)
    if page.opens:
        assert response.status_code == 200
    else:
        assert response.status_code == 302
        assert response["Location"].startswith(resolve_url(settings.LOGIN_URL))


@pytest.mark.django_db
@pytest.mark.parametrize("action", ACTIONS, ids=lambda action: action.name)
def test_actions_do_nothing_on_get_and_nothing_for_strangers(action: Action, world: World) -> None:
    url = address(action.name, action.kwargs(world))
    assert world.client("administrator").get(url).status_code in (302, 404, 405)
    stranger = Client().post(url)
    assert stranger.status_code in (302, 401, 403, 405)


@pytest.mark.django_db
def test_another_mine_is_as_good_as_not_there(world: World) -> None:
    """Things of one mine, asked for by the administrator, safety and leader of another: always 404."""
    from kuangdeng.org.testkit import make_cast

    other = World(make_cast("OTHER"))
    wrong = []
    for page in PAGES:
        kwargs = page.kwargs(world)
        if not kwargs or page.opens or page.shared:
            continue
        for part in ("administrator", "safety", "mine_leader", "unit_head"):
            status = other.client(part).get(address(page.name, kwargs) + page.query).status_code
            if status != 404:
                wrong.append((page.name, part, status))
    assert wrong == []
