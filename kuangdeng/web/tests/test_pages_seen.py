"""Every page looked at, on the phone and at the desk, in a mine that has been at work for two weeks.

With KUANGDENG_SCREENSHOTS=1 the main pages are kept as pictures in docs/screenshots.
"""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser
from pytest_django.live_server_helper import LiveServer

from kuangdeng.hazards.rules import Status
from kuangdeng.kernel.testkit.browser import SIZES
from kuangdeng.web.tests.lived_in import LivedIn
from kuangdeng.web.tests.pages import PAGES, Page
from kuangdeng.web.tests.pages_training import NOT_FOR_EYES as TRAINING_FILES
from kuangdeng.web.tests.visitors import Visitor, Visitors, visitors
from kuangdeng.web.tests.world import address

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]

NOT_FOR_EYES = {
    "healthz", "hazards:pick_standard", "hazards:due_proposal", "hazards:hints", "hazards:import_problems",
    "learning:study_record_word", "hazards:bulletin_notice", "hazards:accident_import_template",
    "hazards:import_export", "org:import_template", "org:pick_place", "org:pick_person", "org:pick_unit", "org:place_children",
    "screens:wall_feed", "screens:wall_shell", "screens:wall_text", "screens:wall_picture",
    "org:document_default", "org:document_sample", "org:document_download", "hazards:statutory_xlsx", "hazards:statutory_word",
    "hazards:statutory_scan", "hazards:statutory_double_scan", "hazards:statutory_double_word", "hazards:statutory_file",
    "learning:book_import_problems", "learning:book_export_file", "learning:due_calendar",
    "learning:sit_worker", "learning:attendance_codes", "learning:attendance_live", "learning:talks_assign",
    "learning:topic_file",
    *TRAINING_FILES,
}  # fmt: skip
"""Answers to a script, parts of pages, files."""
PREFERRED = ("safety", "administrator", "unit_head", "mine_leader")


def part_for(page: Page) -> str:
    """Who opens this page: of those who may, the one who mostly does."""
    return next((part for part in PREFERRED if part in page.parts), min(page.parts))


SEEN = [page for page in PAGES if page.name not in NOT_FOR_EYES and page.found == 200 and "export=" not in page.query]
SHARES = 8
"""How many tests share the pages, so that none of them takes minutes and several machines take part."""


@pytest.mark.parametrize("share", range(SHARES))
def test_every_page_by_eye(browser: Browser, live_server: LiveServer, share: int) -> None:
    """No page scrolls sideways on a phone, hides a name from the blind, is pale, speaks English or shows an id."""
    world = LivedIn.make()
    wrong: dict[str, list[str]] = {}
    with visitors(browser, live_server.url) as people:
        by_part: dict[str, Visitor] = {}
        for page in SEEN[share::SHARES]:
            part = part_for(page)
            if part not in by_part:
                by_part[part] = people.at("desk").sign_in(world.cast.persons[part].number)
            visitor = by_part[part]
            path = address(page.name, page.kwargs(world)) + page.query
            if not world.client(part).get(path)["Content-Type"].startswith("text/html"):
                continue  # a file to keep
            visitor.page.goto(live_server.url + path)
            paper = visitor.page.locator("article.paper").count() > 0  # A4, looked at on a desk
            for size in ("desk",) if paper else ("phone", "desk"):
                visitor.page.set_viewport_size(dict(zip(("width", "height"), SIZES[size], strict=True)))  # type: ignore[arg-type]
                if found := visitor.wrong():
                    wrong[f"{page.name} {size}"] = found
        assert not wrong, "\n".join(f"{name}: {found}" for name, found in wrong.items())


def test_the_main_pages(browser: Browser, live_server: LiveServer) -> None:
    """The pages that people open every day, each as its own people see it."""
    world = LivedIn.make()
    with visitors(browser, live_server.url) as people:
        pictures(people, world)


def pictures(people: Visitors, world: LivedIn) -> None:
    """The main pages as their people see them."""
    of = {Status(one.status): one for one in reversed(world.hazards)}
    miner = people.at("phone").sign_in("1001")
    miner.shot("home-miner-phone")
    miner.open(f"/hazards/{of[Status.CLOSED].id}/").shot("hazard-phone")
    head = people.at("phone").sign_in("1003")
    head.shot("home-unit-head-phone")
    head.open("/hazards/orders/").shot("orders-phone")
    safety = people.at("desk").sign_in("3001")
    safety.shot("home-safety")
    safety.open("/hazards/triage/").shot("triage")
    safety.open("/hazards/").shot("list")
    safety.open(f"/hazards/{of[Status.GRADED].id}/dispatch/").shot("dispatch")
    safety.open(f"/hazards/{of[Status.RECTIFYING].id}/").shot("hazard")
    safety.open(f"/hazards/{of[Status.DISPATCHED].id}/notice-sheet/").shot("print-notice")
    safety.open("/hazards/ledger-sheet/").shot("print-ledger")
    safety.open("/hazards/rounds/").shot("rounds")
    safety.open("/accidents/").shot("accidents")
    safety.open(f"/accidents/{world.accident.id}/").shot("accident")
    safety.open(f"/accidents/{world.accident.id}/quick-sheet/").shot("print-accident")
    head.open("/accidents/report/").shot("accident-report-phone")
    head.open(f"/accidents/{world.accident.id}/").shot("accident-phone")
    safety.open("/org/places/spellings/").shot("place-spellings")
    clerk = people.at("desk").sign_in("1003")
    clerk.open("/hazards/orders/").shot("orders")
    issue = next(page for page in PAGES if page.name == "hazards:bulletin")
    shown = address(issue.name, issue.kwargs(world))
    safety.open(shown).shot("bulletin")
    head.open(shown).shot("bulletin-phone")
    safety.open(f"{shown}sheet/").shot("print-bulletin")
    asked = next(page for page in PAGES if page.name == "hazards:tracking")
    asked.kwargs(world)
    safety.open("/hazards/tracking/").shot("tracking")
    head.open("/hazards/tracking/").shot("tracking-phone")
    safety.open("/hazards/tracking/by/unit/").shot("tracking-by-unit")
    safety.open("/hazards/reconciliation/").shot("reconciliation")
    legal = next(page for page in PAGES if page.name == "hazards:statutory_report")
    shown = address(legal.name, legal.kwargs(world))
    safety.open("/hazards/statutory/").shot("legal")
    safety.open("/hazards/statutory/month/").shot("legal-month")
    safety.open(shown).shot("legal-report")
    safety.open(f"{shown}sheet/").shot("print-legal-month")
    major = next(page for page in PAGES if page.name == "hazards:statutory_major")
    safety.open(address(major.name, major.kwargs(world))).shot("legal-major")
    safety.open("/hazards/statutory/majors/").shot("legal-majors")
    board = next(page for page in PAGES if page.name == "hazards:worker_notice")
    safety.open(address(board.name, board.kwargs(world))).shot("print-worker-notice")
    mapping = next(page for page in PAGES if page.name == "hazards:statutory_mapping")
    safety.open(address(mapping.name, mapping.kwargs(world))).shot("export-mapping")
    safety.open("/hazards/statutory/exports/new/").shot("export-new")
    safety.open("/org/documents/").shot("documents")
    head.open("/hazards/statutory/month/").shot("legal-month-phone")
    leader = people.at("wall").sign_in("4001")
    leader.shot("home-leader-wall")
    leader.open("/hazards/supervision/").shot("supervision-wall")
    leader.open(address("hazards:summary", {})).shot("units-today-wall")
    book_rooms(people)
    administrator = people.at("desk").sign_in("9001")
    administrator.open("/org/powers/").shot("powers")
    administrator.open("/org/persons/").shot("persons")
    administrator.open("/hazards/catalogue/").shot("catalogue")


def book_rooms(people: Visitors) -> None:
    """The book rooms as reader and librarian see them."""
    reader = people.at("phone").sign_in("1001")
    reader.open("/learning/books/").shot("books-phone")
    reader.open("/learning/books/mine/").shot("my-books-phone")
    librarian = people.at("desk").sign_in("5004")
    librarian.open("/learning/books/").shot("books")
    librarian.page.get_by_role("link", name="平凡的世界").first.click()
    librarian.arrive().shot("book")
    for path, name in (
        ("popular/", "books-popular"), ("desk/?q=1001", "book-desk"), ("loans/", "book-loans"), ("notes/", "reading-notes"),
        ("labels/sheet/", "print-book-labels"), ("loans/late-sheet/", "print-late-books"),
    ):  # fmt: skip
        librarian.open(f"/learning/books/{path}").shot(name)
