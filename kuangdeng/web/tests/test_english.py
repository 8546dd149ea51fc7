"""Who chose English sees Chinese only where the mine itself wrote it; who chose nothing sees Chinese."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import polib
import pytest
from django.apps import apps
from django.conf import settings
from django.test import Client
from django.utils.translation import override, trans_real

import kuangdeng
from kuangdeng.hazards import services
from kuangdeng.hazards.ledgers.columns import LABELS
from kuangdeng.kernel.errors import Refused
from kuangdeng.web.tests.pages import PAGES, Page
from kuangdeng.web.tests.world import World, address, shared

pytestmark = pytest.mark.django_db

CATALOGUE = Path(kuangdeng.__file__).parent / "locale/en/LC_MESSAGES/django.po"
HAN = re.compile(r"[\u4e00-\u9fff]+")
SCRIPT = re.compile(r"<(script|style|svg|template)\b.*?</\1>", re.S)
READ_OUT = re.compile(r"""\b(?:alt|title|placeholder|aria-label)="([^"]*)\"""")
TAG = re.compile(r"<[^>]*>", re.S)


def leaves(value: object) -> Iterator[str]:
    """The texts of a row, also those inside JSON."""
    if isinstance(value, dict):
        value = [*value.keys(), *value.values()]
    if isinstance(value, list | tuple):
        for one in value:
            yield from leaves(one)
    else:
        yield str(value)


@dataclass(frozen=True)
class Known:
    """Chinese that may stand on an English page."""

    cells: frozenset[str]
    words: str
    ours: frozenset[str]

    @classmethod
    def now(cls) -> Known:
        """What the mine wrote into its tables; what a Chinese file is called by; names that are not translated."""
        models = [model for model in apps.get_models() if model.__module__.startswith("kuangdeng")]
        cells = {one for model in models for row in model._base_manager.values_list() for one in leaves(row)}
        entries = polib.pofile(str(CATALOGUE))
        meant = " ".join([*(entry.msgstr for entry in entries), *LABELS.values(), "五定", "简体中文"])
        return cls(frozenset(cells), "\n".join(cells) + meant, frozenset(entry.msgid for entry in entries))

    def strange(self, page: str) -> set[str]:
        """Chinese words that nobody at the mine wrote, and texts of ours that were left as they are."""
        page = SCRIPT.sub(" ", page)
        lines = [html.unescape(one).strip() for one in (*TAG.split(page), *READ_OUT.findall(page))]
        left = {one for one in lines if one in self.ours and one not in self.cells}
        return left | {words for one in lines for words in HAN.findall(one) if words not in self.words}


@pytest.fixture(scope="module", autouse=True)
def compiled() -> None:
    """Set-up has made the catalogue ready; a checkout that was never set up does it here."""
    if not CATALOGUE.with_suffix(".mo").exists():
        polib.pofile(str(CATALOGUE)).save_as_mofile(str(CATALOGUE.with_suffix(".mo")))
        trans_real._translations.pop("en", None)  # type: ignore[attr-defined]


@pytest.fixture(scope="module")
def world(django_db_setup: None, django_db_blocker: object) -> Iterator[World]:
    with django_db_blocker.unblock(), shared(5) as (made,):  # type: ignore[attr-defined]
        yield made


def english(client: Client) -> Client:
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = "en"
    return client


@pytest.mark.parametrize("page", [one for one in PAGES if one.found == 200 and not one.opens], ids=lambda one: one.name)
def test_pages_speak_english(page: Page, world: World) -> None:
    client = english(world.client(min(page.parts & {"safety", "administrator", "unit_head"} or page.parts)))
    response = client.get(address(page.name, page.kwargs(world)) + page.query)
    if response.headers["Content-Type"].startswith("text/html"):
        assert Known.now().strange(response.content.decode()) == set()


def test_a_refusal_is_said_in_the_language_of_the_person(world: World) -> None:
    with override("en"), pytest.raises(Refused) as refusal:
        services.sign(world.hazard.id, by=world.cast.unit_head)
    assert str(refusal.value).startswith('The state is "In rectification" now, so "Sign" is not possible.')


def test_an_english_phone_still_sees_chinese(world: World) -> None:
    """Only the choice on the page counts, not the language of the phone."""
    page = world.client("miner").get("/", headers={"accept-language": "en-US,en;q=0.9"})
    assert page.headers["Content-Language"] == "zh-hans"
    assert "待办" in page.content.decode()


def test_the_choice_is_made_on_the_page_of_oneself(world: World) -> None:
    client = world.client("miner")
    me = address("org:me", {})
    assert "English" in client.get(me).content.decode()
    client.post(address("set_language", {}), {"language": "en", "next": me})
    assert "My tasks" in client.get(me).content.decode()
    client.post(address("set_language", {}), {"language": "zh-hans", "next": me})
    assert "待办" in client.get(me).content.decode()
