"""What every request passes: proxies, language, headers; and what the environment says."""

from __future__ import annotations

import os
import stat
from collections.abc import Callable
from pathlib import Path

import pytest
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory, override_settings

from kuangdeng.config import environment as env
from kuangdeng.kernel.middleware import ChosenLanguage, ContentSecurityPolicy, TrustedProxies


def ask(
    middleware: Callable[..., Callable[[HttpRequest], HttpResponse]], **meta: str
) -> tuple[HttpRequest, HttpResponse]:
    seen: list[HttpRequest] = []

    def view(request: HttpRequest) -> HttpResponse:
        seen.append(request)
        return HttpResponse("ok")

    response = middleware(view)(RequestFactory().get("/", **meta))
    return seen[0], response


@override_settings(TRUSTED_PROXIES=["10.0.0.0/8"])
def test_only_our_proxies_are_believed() -> None:
    said = {"HTTP_X_FORWARDED_FOR": "1.1.1.1, 172.16.5.9, 10.0.0.3", "HTTP_X_FORWARDED_PROTO": "https"}
    request, _ = ask(TrustedProxies, REMOTE_ADDR="10.0.0.2", **said)
    assert request.META["REMOTE_ADDR"] == "172.16.5.9", (
        "the last address that is not ours; what came before may be a lie"
    )
    assert request.META["HTTP_X_FORWARDED_PROTO"] == "https"

    request, _ = ask(TrustedProxies, REMOTE_ADDR="172.16.5.9", **said)
    assert request.META["REMOTE_ADDR"] == "172.16.5.9"
    assert "HTTP_X_FORWARDED_PROTO" not in request.META
    assert "HTTP_X_FORWARDED_FOR" not in request.META


@override_settings(TRUSTED_PROXIES=["10.0.0.1"])
def test_nonsense_in_the_forwarded_header_is_harmless() -> None:
    request, _ = ask(TrustedProxies, REMOTE_ADDR="10.0.0.1", HTTP_X_FORWARDED_FOR="' or 1=1, <script>")
    assert request.META["REMOTE_ADDR"] == "10.0.0.1"


def test_an_english_browser_still_gets_chinese() -> None:
    request, response = ask(ChosenLanguage, HTTP_ACCEPT_LANGUAGE="en-US,en;q=0.9")
    assert request.LANGUAGE_CODE == "zh-hans"
    assert response["Content-Language"] == "zh-hans"
    request, _ = ask(ChosenLanguage, HTTP_COOKIE="kuangdeng_language=en")
    assert request.LANGUAGE_CODE == "en"
    request, _ = ask(ChosenLanguage, HTTP_COOKIE="kuangdeng_language=xx")
    assert request.LANGUAGE_CODE == "zh-hans"


def test_pages_load_nothing_from_outside() -> None:
    _, response = ask(ContentSecurityPolicy)
    policy = response["Content-Security-Policy"]
    assert "default-src 'self'" in policy
    assert "unsafe-inline" not in policy
    assert "unsafe-eval" not in policy
    assert "http" not in policy


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("postgresql://miner:p%40ss@db:5433/mine", ("mine", "miner", "p@ss", "db", "5433")),
        ("postgresql:///mine?host=/run/postgresql", ("mine", "", "", "/run/postgresql", "")),
        ("host=db dbname=mine user=miner", ("mine", "miner", "", "db", "")),
    ],
)
def test_any_address_that_libpq_knows(url: str, expected: tuple[str, ...]) -> None:
    found = env.django_database(url)
    assert tuple(found[name] for name in ("NAME", "USER", "PASSWORD", "HOST", "PORT")) == expected


def test_timeouts_and_pool_come_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KUANGDENG_DB_POOL", "5")
    monkeypatch.setenv("KUANGDENG_STATEMENT_TIMEOUT", "30s")
    found = env.django_database("postgresql://u@db/mine?sslmode=require")
    assert found["OPTIONS"]["pool"]["max_size"] == 5
    assert found["OPTIONS"]["options"] == "-c statement_timeout=30s"
    assert found["OPTIONS"]["sslmode"] == "require"
    assert found["CONN_HEALTH_CHECKS"] is True


def test_mail_address() -> None:
    found = env.email("smtp://post:p%40ss@mail:587/?tls=1&from=kuangdeng@mine")
    assert (found["EMAIL_HOST"], found["EMAIL_PORT"], found["EMAIL_HOST_PASSWORD"]) == ("mail", 587, "p@ss")
    assert found["EMAIL_USE_TLS"]
    assert not found["EMAIL_USE_SSL"]
    assert found["DEFAULT_FROM_EMAIL"] == "kuangdeng@mine"
    assert env.email("")["EMAIL_CONFIGURED"] is False


def test_secret_key_is_made_once_for_us_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("KUANGDENG_SECRET_KEY", raising=False)
    monkeypatch.setenv("KUANGDENG_DATA", str(tmp_path / "data"))
    first = env.secret_key()
    assert len(first) >= 64
    assert env.secret_key() == first
    assert stat.S_IMODE((tmp_path / "data" / "secret_key").stat().st_mode) == 0o600
    assert os.listdir(tmp_path / "data") == ["secret_key"]
