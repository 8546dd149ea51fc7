"""A mine whose channels lead to servers of the test."""

from collections.abc import Iterator
from typing import Any

import pytest

from kuangdeng.hazards.setup import set_up
from kuangdeng.ledger.testkit import HttpServer, MailServer, http_server, mail_server
from kuangdeng.org.services.seed import set_up_org
from kuangdeng.org.testkit import Cast, make_cast


@pytest.fixture(autouse=True)
def _surroundings(settings: Any) -> None:
    settings.CHANNELS_MAY_LOOP_BACK = True
    settings.PUBLIC_URL = "https://kd.example.cn"


@pytest.fixture
def cast(db: None) -> Cast:
    cast = make_cast()
    set_up_org(mine=cast.mine)
    set_up(mine=cast.mine)
    return cast


@pytest.fixture
def robot() -> Iterator[HttpServer]:
    """A robot that takes everything."""
    with http_server(lambda heard: {"errcode": 0, "code": 0}) as box:
        yield box


@pytest.fixture
def mail(settings: Any) -> Iterator[MailServer]:
    with mail_server() as box:
        settings.EMAIL_CONFIGURED = True
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT, settings.EMAIL_TIMEOUT = "127.0.0.1", box.port, 5
        settings.EMAIL_USE_TLS = settings.EMAIL_USE_SSL = False
        settings.EMAIL_HOST_USER = settings.EMAIL_HOST_PASSWORD = ""
        settings.DEFAULT_FROM_EMAIL = "矿灯 <kuangdeng@mine.example.cn>"
        yield box
