"""A mine with hazards in every state, and a display."""

from collections.abc import Iterator

import pytest
from django.core.cache import cache

from kuangdeng.hazards.rules import Status
from kuangdeng.hazards.setup import set_up
from kuangdeng.hazards.testkit import hazard_in
from kuangdeng.org.services.seed import set_up_org
from kuangdeng.org.testkit import Cast, make_cast


@pytest.fixture(autouse=True)
def _fresh_cache() -> Iterator[None]:
    """Boards are kept for a minute: not from one test to the next."""
    cache.clear()
    yield
    cache.clear()


@pytest.fixture
def cast(db: None) -> Cast:
    cast = make_cast()
    set_up_org(mine=cast.mine)
    set_up(mine=cast.mine)
    return cast


@pytest.fixture
def busy(cast: Cast) -> Cast:
    """Some hazards, one of them late, some closed."""
    for status in (Status.REPORTED, Status.DISPATCHED, Status.RECTIFYING, Status.RECTIFIED, Status.CLOSED):
        hazard_in(status, cast, text="超前支护第 3 排两根单体柱漏液，泵站压力不够")
    return cast
