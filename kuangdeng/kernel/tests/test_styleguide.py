"""Every component in a real browser: at the sizes of the design, by keyboard, with and without scripts."""

import hashlib
import io
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.test import override_settings
from PIL import Image
from playwright.sync_api import Browser, FilePayload, Page, Route, expect
from pytest_django.live_server_helper import LiveServer

from kuangdeng.kernel.testkit.browser import SIZES, complaints, faults

BUILT = Path(__file__).parents[2] / "web/static/build/kd.js"
pytestmark = [
    pytest.mark.journey,
    pytest.mark.skipif(not BUILT.exists(), reason="front end not built"),
    pytest.mark.xdist_group("browser"),
]
PAGES = ["", "register/", "thing/", "form/", "print/", "bare/"]


@pytest.fixture(scope="module")
def base() -> Iterator[str]:
    """A server of its own without database: the style guide keeps nothing, and nothing has to be emptied after it."""
    with override_settings(SESSION_ENGINE="django.contrib.sessions.backends.signed_cookies"):
        server = LiveServer("localhost")
        yield f"{server.url}/_/styleguide/"
        server.stop()


@pytest.mark.parametrize("size", SIZES)
def test_no_page_has_faults(browser: Browser, base: str, size: str) -> None:
    width, height = SIZES[size]
    context = browser.new_context(viewport={"width": width, "height": height}, locale="zh-CN")
    page = context.new_page()
    said = complaints(page)
    found = {}
    for name in PAGES:
        page.goto(base + name)
        page.wait_for_timeout(50)
        if bad := faults(page):
            found[name] = bad
    context.close()
    assert found == {}
    assert said == []


def test_every_state_of_a_register_is_in_the_address(page: Page, base: str) -> None:
    page.goto(base + "register/")
    page.click("[data-filter=status] summary")
    page.click("[data-filter=status] label:has-text('待整改')")
    page.wait_for_url("**/register/?status=todo")
    expect(page.locator("[data-filter=status] summary")).to_be_focused()
    page.click("[data-filter=reported] summary")
    page.click("[data-quick=reported][value='7d']")
    page.wait_for_url("**/?status=todo&reported=7d")
    page.click("[data-filter=grade] summary")
    page.check("[data-filter=grade] input[value=a]")
    page.check("[data-filter=grade] input[value=b]")
    page.click("[data-filter=grade] .filter-apply")
    page.wait_for_url("**/?grade=a&grade=b&status=todo&reported=7d")
    page.click("th a:has-text('责任单位')")
    page.wait_for_url("**&sort=unit")
    page.go_back()
    page.wait_for_url("**/?grade=a&grade=b&status=todo&reported=7d")
    expect(page.locator("[data-filter=grade] summary")).to_contain_text("A 级、B 级")
    expect(page.locator("h1")).to_have_count(1)
    page.click("text=清除筛选")
    page.wait_for_url("**/register/")


def test_typing_in_the_search_keeps_focus_and_letters(page: Page, base: str) -> None:
    page.goto(base + "register/")
    page.keyboard.press("/")
    page.keyboard.type("锚杆", delay=250)
    page.wait_for_url(re.compile(r"q=%E9%94%9A%E6%9D%86"))
    box = page.locator("#reg-samples-q")
    expect(box).to_be_focused()
    expect(box).to_have_value("锚杆")
    expect(page.locator(".empty")).to_contain_text("按这些条件没有找到")


def test_a_register_by_keyboard(page: Page, base: str) -> None:
    page.goto(base + "register/")
    for key in "jjx":
        page.keyboard.press(key)
    expect(page.locator("[data-bulk-count]")).to_have_text("选中 1 条")
    page.keyboard.press("j")
    page.keyboard.press("x")
    expect(page.locator("[data-bulk-count]")).to_have_text("选中 2 条")
    page.keyboard.press("?")
    expect(page.locator("#keys-help")).to_be_visible()
    page.keyboard.press("Escape")
    page.keyboard.press("k")
    page.keyboard.press("Enter")
    page.wait_for_url("**/thing/")


def test_bulk_verb_asks_first_and_carries_the_ticked_rows(page: Page, base: str) -> None:
    page.goto(base + "register/")
    ticks = page.locator(".row-tick")
    ticks.nth(1).click()
    ticks.nth(4).click(modifiers=["Shift"])
    page.click("[data-bulk-dialog]")
    dialog = page.locator("dialog[open]")
    expect(dialog).to_contain_text("选中了 4 条。")
    with page.expect_request(lambda r: r.method == "POST") as sent:
        dialog.locator("button.button-danger").click()
    assert (sent.value.post_data or "").count("ids=") == 4
    assert "confirmed=1" in (sent.value.post_data or "")


def test_on_a_phone_the_filters_wait_behind_one_switch(phone: Page, base: str) -> None:
    phone.goto(base + "register/")
    filters, switch = phone.locator("[data-filter=status]"), phone.locator(".filters-label")
    expect(phone.locator("#reg-samples-q")).to_be_visible()
    expect(filters).to_be_hidden()
    switch.tap()
    filters.locator("summary").tap()
    filters.locator("label:has-text('待整改')").tap()
    phone.wait_for_url("**/register/?status=todo")
    expect(filters).to_be_visible()
    switch.tap()
    expect(filters).to_be_hidden()
    expect(switch).to_have_class(re.compile("is-on"))


def test_a_register_works_without_scripts(browser: Browser, base: str) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(base + "register/")
    page.click("[data-filter=status] summary")
    page.check("[data-filter=status] input[value=todo]")
    page.click("[data-filter=status] button")
    assert "status=todo" in page.url
    assert page.locator("[data-filter=status] summary").text_content() == "待整改"
    context.close()


def photo(width: int = 3000, height: int = 2000) -> bytes:
    file = io.BytesIO()
    Image.new("RGB", (width, height), (180, 95, 6)).save(file, "JPEG")
    return file.getvalue()


def test_nothing_typed_is_lost(page: Page, base: str) -> None:
    """A photo is scaled, sent alone, retried until acknowledged; words, place and photo are back after leaving."""
    answers = [503, 201]
    sizes: list[tuple[int, int]] = []

    def server(route: Route) -> None:
        name = route.request.url.rsplit("/", 1)[1].partition("?")[0]
        if route.request.method != "PUT":
            route.fulfill(body=photo(40, 30), content_type="image/jpeg")
            return
        body = route.request.post_data_buffer or b""
        assert hashlib.sha256(body).hexdigest() == name
        assert route.request.headers["x-csrftoken"]
        sizes.append(Image.open(io.BytesIO(body)).size)
        route.fulfill(status=answers.pop(0), json={"sha256": name})

    page.route("**/photos/**", server)
    failed = 0

    def count(message: Any) -> None:
        nonlocal failed
        failed += "503" in message.text

    page.on("console", count)
    page.goto(base + "form/")
    page.fill("textarea", "顶板有掉渣")
    page.fill("#id_place", "主运")
    page.keyboard.press("ArrowDown")
    expect(page.locator("#id_place")).to_have_attribute("aria-activedescendant", "id_place-list-0")
    page.keyboard.press("Enter")
    expect(page.locator("#id_place")).to_have_value("主运皮带巷")
    page.set_input_files("[data-file]", FilePayload(name="a.jpg", mimeType="image/jpeg", buffer=photo()))
    expect(page.locator(".upload-item")).to_contain_text("等网络")
    expect(page.locator("input[name=photos]")).to_have_count(0)
    expect(page.locator("input[name=photos]")).to_have_count(1, timeout=5000)
    assert sizes == [(1600, 1067), (1600, 1067)]
    page.wait_for_timeout(500)
    page.goto(base)
    page.goto(base + "form/")
    expect(page.locator("textarea")).to_have_value("顶板有掉渣")
    expect(page.locator("#id_place")).to_have_value("主运皮带巷")
    expect(page.locator("input[name=place]")).to_have_value("p3")
    expect(page.locator("input[name=photos]")).to_have_count(1)
    page.click("button:has-text('上报')")
    expect(page.locator(".form-errors")).to_contain_text("请选“看着有多严重”。")
    expect(page.locator("textarea")).to_have_value("顶板有掉渣")
    page.check("input[value=b]")
    page.select_option("select[name=specialty]", "roof")
    page.click("button:has-text('上报')")
    expect(page.locator(".banner.tone-done")).to_have_text("报上去了。")
    page.goto(base + "form/")
    expect(page.locator("textarea")).to_have_value("")
    expect(page.locator("input[name=photos]")).to_have_count(0)


def test_a_chosen_name_is_seen_whole_and_a_date_is_said_as_people_say_it(phone: Page, base: str) -> None:
    phone.goto(base + "form/")
    place = phone.locator("[data-picker][data-name=place]")
    place.locator("[data-input]").fill("主运")
    place.get_by_role("option").first.click()
    expect(place.locator(".picker-shown")).to_have_text("主运皮带巷")
    place.locator("[data-input]").press("Backspace")
    expect(place.locator(".picker-shown")).to_be_hidden()
    at = phone.locator("[name=at]")
    expect(at.locator("+ .date-said")).to_be_hidden()
    at.fill("2026-11-22T14:20")
    expect(at.locator("+ .date-said")).to_have_text("2026年11月22日 周日 14:20")


def test_sha256_without_the_browsers_own(page: Page, base: str) -> None:
    """On plain http there is no crypto.subtle; the script's own must give the same numbers."""
    page.add_init_script("Object.defineProperty(globalThis.crypto, 'subtle', {value: undefined})")
    seen: list[bool] = []

    def server(route: Route) -> None:
        body = route.request.post_data_buffer or b""
        name = route.request.url.rsplit("/", 1)[1]
        seen.append(hashlib.sha256(body).hexdigest() == name)
        route.fulfill(status=201, json={"sha256": name})

    page.route("**/photos/**", server)
    page.goto(base + "form/")
    for number, size in enumerate([(1, 1), (700, 500)]):
        page.set_input_files("[data-file]", FilePayload(name="a.jpg", mimeType="image/jpeg", buffer=photo(*size)))
        expect(page.locator("input[name=photos]")).to_have_count(number + 1)
    assert seen == [True, True]


def test_paper_counts_its_pages(page: Page, base: str, tmp_path: Path) -> None:
    page.goto(base + "print/")
    page.wait_for_timeout(100)
    pdf = page.pdf(prefer_css_page_size=True)
    assert len(re.findall(rb"/Type\s*/Page\b", pdf)) == 3
    width, height = re.search(rb"/MediaBox\s*\[\s*0 0 ([\d.]+) ([\d.]+)", pdf).groups()  # type: ignore[union-attr]
    assert (round(float(width)), round(float(height))) == (595, 842)
