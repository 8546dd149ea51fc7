"""People at their devices, for the journeys: real windows, real typing, every page looked at on arrival."""

from __future__ import annotations

import io
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from PIL import Image, ImageDraw, ImageFilter
from playwright.sync_api import Browser, FilePayload, Page, expect

from kuangdeng.kernel.testkit.browser import SIZES, complaints, faults
from kuangdeng.org.testkit import PASSWORD

SHOTS = Path(__file__).parents[3] / "docs/screenshots"
UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-")
LEAKS = re.compile(r"\b(None|True|False|undefined|NaN|null|Object)\b|\{\{|\{%|&lt;|&amp;")
LATIN = re.compile(r"(?<![\w-])(?=\w*[a-z])[A-Za-z]{3,}(?![\w-])")
ADDRESS = re.compile(r"https?://\S+|\S+@\S+|\b[A-Z]{2,}\w*|\b[a-z0-9]{10}\b")
"""Addresses, codes that a mine wrote itself, and the tags of places."""
KNOWN_LATIN = frozenset(re.findall(r"\S+", """
    Aiken GIFT Moodle QTI XML xml zip Word mrc iso record pdf pptx
    Excel docx xlsx csv CSV txt PDF Ctrl GBK UTF API https http com www json JSON Enter Esc Tab MPa kWh min Chrome Linux
    Windows Android Chromium Headless HeadlessChrome Webhook SMTP Token Bearer English Edge Safari Firefox
"""))  # fmt: skip
HTTP_ERROR = re.compile(r"status of (4\d\d|503)|ERR_INTERNET_DISCONNECTED")


class Visitor:
    """One person at one device. Every page that he reaches is looked at: `arrive`."""

    def __init__(self, page: Page, base: str, *, size: str) -> None:
        self.page, self.base, self.size = page, base, size
        self.said = complaints(page)

    def open(self, path: str) -> Visitor:
        """Type an address."""
        self.page.goto(path if path.startswith("http") else self.base + path)
        return self.arrive()

    def arrive(self) -> Visitor:
        """Look at the page on which he is."""
        self.page.wait_for_load_state("load")
        assert not (found := self.wrong()), (self.page.url, found)
        return self

    def wrong(self) -> list[str]:
        """What eyes would find wrong on this page."""
        complained, self.said[:] = self.complained(), []
        return [*faults(self.page), *self.odd_words(), *complained]

    def odd_words(self) -> list[str]:
        """What a clerk would not understand: ids, names of the code, English."""
        text = self.page.locator("body").inner_text()
        for code in sorted(self.page.locator("code").all_inner_texts(), key=len, reverse=True):
            text = text.replace(code, " ") if code else text  # to be typed as it stands: tags, names of fields
        found = [f"an id: {hit}" for hit in UUID.findall(text)]
        found += [f"a word of the code: {hit}" for hit in LEAKS.findall(text)]
        strange = set(LATIN.findall(ADDRESS.sub("", text))) - KNOWN_LATIN
        return found + [f"English: {word}" for word in sorted(strange)]

    def complained(self) -> list[str]:
        """What the console said, without the answers that a page expects (a form that was not accepted: 422)."""
        return [line for line in self.said if not HTTP_ERROR.search(line)]

    def go(self, name: str, *, role: str = "button", exact: bool = True) -> Visitor:
        """Press what leads to another page."""
        with self.page.expect_navigation():
            self.page.get_by_role(role, name=name, exact=exact).first.click()  # type: ignore[arg-type]
        return self.arrive()

    def follow(self, name: str, *, exact: bool = True) -> Visitor:
        return self.go(name, role="link", exact=exact)

    def unfold(self, pillar: str) -> Visitor:
        """Open a pillar of the menu."""
        self.page.locator("#rail summary", has_text=pillar).click()
        return self

    def fill(self, **fields: str) -> Visitor:
        """Type into fields by their names."""
        for name, value in fields.items():
            self.page.locator(f"main [name={name}]").fill(value)
        return self

    def pick(self, name: str, text: str) -> Visitor:
        """Type into a picker and take what it offers first."""
        box = self.page.locator(f"[data-picker][data-name={name}]")
        box.locator("[data-input]").fill(text)
        box.get_by_role("option", name=text).first.click()
        expect(box.locator("[data-value]")).not_to_have_value("")
        return self

    def photograph(self, picture: bytes) -> Visitor:
        """Take a photo and wait until the mine has it."""
        file = FilePayload(name="现场.jpg", mimeType="image/jpeg", buffer=picture)
        self.page.locator("[data-file]").first.set_input_files(file)
        expect(self.page.locator(".upload-item.is-stored")).to_have_count(1, timeout=15000)
        return self

    def sees(self, *texts: str) -> Visitor:
        for text in texts:
            expect(self.page.locator("main, article").first).to_contain_text(text)
        return self

    def sign_in(self, number: str, password: str = PASSWORD, *, path: str = "/", shared: bool = False) -> Visitor:
        """Through the real sign-in page, by number and password."""
        self.open(path)
        assert "/org/sign-in/" in self.page.url, self.page.url
        self.fill(number=number, password=password)
        if shared:
            self.page.get_by_label("这是公用设备").check()
        return self.go("登录")

    def shot(self, name: str) -> None:
        """Keep a picture of the page for the documentation, when asked to."""
        if not os.environ.get("KUANGDENG_SCREENSHOTS"):
            return
        SHOTS.mkdir(parents=True, exist_ok=True)
        self.page.wait_for_timeout(150)
        raw = self.page.screenshot(scale="css", animations="disabled")
        Image.open(io.BytesIO(raw)).convert("RGB").quantize(200, kmeans=1, dither=Image.Dither.NONE).save(
            SHOTS / f"{name}.png", optimize=True
        )


class Visitors:
    """Everybody who is at the mine's pages at once, each at a device of his own."""

    def __init__(self, browser: Browser, base: str) -> None:
        self.browser, self.base = browser, base
        self.contexts: list[object] = []
        self.all: list[Visitor] = []

    def at(self, size: str = "desk", *, shared: Visitor | None = None) -> Visitor:
        width, height = SIZES[size]
        touch = size == "phone"
        context = self.browser.new_context(
            viewport={"width": width, "height": height}, locale="zh-CN", timezone_id="Asia/Shanghai", reduced_motion="reduce",
            is_mobile=touch, has_touch=touch, device_scale_factor=2 if touch else 1,
        )  # fmt: skip
        context.set_default_timeout(20000)
        self.contexts.append(context)
        visitor = Visitor(context.new_page(), self.base, size=size)
        self.all.append(visitor)
        return visitor

    def close(self) -> None:
        for context in self.contexts:
            context.close()  # type: ignore[attr-defined]


@contextmanager
def visitors(browser: Browser, base: str) -> Iterator[Visitors]:
    everybody = Visitors(browser, base)
    try:
        yield everybody
        for one in everybody.all:
            assert one.complained() == [], one.complained()
    finally:
        everybody.close()


def roadway(seed: int = 0, *, mended: bool = False) -> bytes:
    """A drawn picture of a roadway with its props, in the light of a lamp; no two seeds are equal."""
    width, height = 960, 720
    image = Image.new("RGB", (width, height), (26, 26, 28))
    draw = ImageDraw.Draw(image)
    for depth in range(9):  # arched supports, one behind the other
        inset = 40 + depth * 44
        shade = 120 - depth * 11
        draw.arc(
            (inset, inset, width - inset, height + 260 - inset),
            180,
            360,
            fill=(shade, shade - 6, shade - 16),
            width=14 - depth,
        )
        draw.line(
            (inset + 4, height - inset // 3, inset + 4, 430), fill=(shade, shade - 8, shade - 20), width=12 - depth
        )
        draw.line(
            (width - inset - 4, height - inset // 3, width - inset - 4, 430),
            fill=(shade, shade - 8, shade - 20),
            width=12 - depth,
        )
    x = 300 + seed * 53 % 330
    lean = 0 if mended else 46
    draw.line((x, 690, x + lean, 250), fill=(196, 166, 84) if mended else (170, 92, 60), width=26)
    draw.ellipse((x + lean - 34, 232, x + lean + 34, 258), fill=(150, 150, 150))
    if not mended:
        draw.ellipse((x - 90, 660, x + 70, 704), fill=(14, 14, 16))
    glow = Image.new("L", (width, height), 70)
    ImageDraw.Draw(glow).ellipse((x - 330, 120, x + 360, 800), fill=255)
    image = Image.composite(image, Image.eval(image, lambda v: v // 3), glow.filter(ImageFilter.GaussianBlur(90)))
    out = io.BytesIO()
    image.save(out, "JPEG", quality=80)
    return out.getvalue()
