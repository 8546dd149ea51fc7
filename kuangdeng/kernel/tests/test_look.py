"""Rules of the look that a failing build keeps: contrast, tokens only, no inline styles, scripts in every language."""

import json
import re
from pathlib import Path

import pytest

from kuangdeng.kernel.jstext import JS_TEXT

ROOT = Path(__file__).parents[3]
CSS = ROOT / "frontend/src/css"
TS = ROOT / "frontend/src/ts"
PACKAGE = ROOT / "kuangdeng"
pytestmark = pytest.mark.skipif(not CSS.exists(), reason="an installed wheel carries no front-end source")


def tokens(selector: str) -> dict[str, str]:
    text = (CSS / "tokens.css").read_text()
    body = re.search(re.escape(selector) + r" \{(.*?)\n\}", text, re.S)
    assert body
    found: dict[str, str] = dict(re.findall(r"--([\w-]+): ([^;]+);", body.group(1)))
    return {name: found.get(value[6:-1], value) if value.startswith("var(") else value for name, value in found.items()}


def luminance(colour: str) -> float:
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.03928 else ((c + 0.055) / 1.055) ** 2.4 for c in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    high, low = sorted((luminance(one), luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


TEXT_ON = [
    *((ink, ground) for ink in ("coal", "slate", "ash-deep", "blue", "late") for ground in ("white", "paper")),
    ("ash", "white"),
    ("lamp", "white"),
    ("on-lamp", "lamp"),
    ("on-lamp", "lamp-deep"),
    ("lamp-deep", "lamp-tint"),
    ("coal", "lamp-tint"),
    ("late", "late-tint"),
    ("late-deep", "late-tint"),
    ("ash-deep", "late-tint"),
    ("coal", "late-tint"),
    ("done", "done-tint"),
    ("coal", "done-tint"),
    ("blue", "blue-tint"),
    ("coal", "blue-tint"),
    ("ash-deep", "blue-tint"),
]
LIGHT = [*TEXT_ON, ("rail-ink", "rail"), ("rail-dim", "rail"), ("lamp-glow", "rail"), ("rail-ink", "rail-high")]


@pytest.mark.parametrize(("ink", "ground"), LIGHT)
def test_text_can_be_read(ink: str, ground: str) -> None:
    light = tokens(":root")
    assert contrast(light[ink], light[ground]) >= 4.5


@pytest.mark.parametrize(("ink", "ground"), TEXT_ON)
def test_text_can_be_read_in_the_dark(ink: str, ground: str) -> None:
    dark = tokens(":root") | tokens('[data-theme="dark"]')
    assert contrast(dark[ink], dark[ground]) >= 4.5


def test_edges_of_controls_can_be_seen() -> None:
    light = tokens(":root")
    assert contrast(light["line-strong"], light["white"]) >= 3
    assert contrast(light["blue"], light["white"]) >= 3  # the focus ring


def test_colours_of_the_design_are_exact() -> None:
    light = tokens(":root")
    wanted = {
        "coal": "#14171a", "slate": "#3b444c", "ash": "#6b7680", "line": "#d9dee2", "paper": "#f6f7f5",
        "lamp": "#b45f06", "lamp-glow": "#ffb454", "blue": "#1f4e79",
        "risk-red": "#c62828", "risk-orange": "#e07b00", "risk-yellow": "#c9a800", "risk-blue": "#1f6fb2",
    }  # fmt: skip
    assert {name: light[name] for name in wanted} == wanted


@pytest.mark.parametrize("sheet", sorted(p.name for p in CSS.glob("*.css") if p.name != "tokens.css"))
def test_only_tokens_hold_colours(sheet: str) -> None:
    """Paper is black on white whatever the theme, so the print sheet may say so."""
    raw = set(re.findall(r"#[0-9a-fA-F]{3,8}\b", re.sub(r"/\*.*?\*/", "", (CSS / sheet).read_text(), flags=re.S)))
    allowed = {"print-page.css": {"#14171a", "#fff"}}.get(sheet, set())
    assert raw <= allowed


def test_templates_have_no_inline_styles_or_scripts() -> None:
    """The content security policy would stop them, and the tokens would not reach them."""
    bad = []
    for path in PACKAGE.rglob("templates/**/*.html"):
        text = path.read_text()
        if re.search(r"<[^>]+\sstyle=", text) or re.search(r"<script(?![^>]*(src=|application/json))", text):
            bad.append(path.name)
        if re.search(r"\son(click|change|submit|load|input)=", text):
            bad.append(path.name)
    assert bad == []


def test_every_icon_in_templates_exists() -> None:
    icons = set(json.loads((ROOT / "frontend/src/icons/icons.json").read_text()))
    used = set()
    for path in PACKAGE.rglob("templates/**/*.html"):
        text = path.read_text()
        used |= set(re.findall(r'{% icon "([\w-]+)"', text)) | set(re.findall(r'mark="([\w-]+)"', text))
    for path in TS.glob("*.ts"):
        used |= set(re.findall(r'icon\("([\w-]+)"\)', path.read_text()))
    assert used <= icons


def test_scripts_speak_only_texts_that_translators_see() -> None:
    spoken = set()
    for path in TS.glob("*.ts"):
        code = re.sub(r"//.*", "", path.read_text())
        spoken |= set(re.findall(r'"([^"\n]*[\u4e00-\u9fff][^"\n]*)"', code))
    assert spoken == set(JS_TEXT)


def test_the_lock_names_no_registry() -> None:
    lock = json.loads((ROOT / "frontend/package-lock.json").read_text())
    packages = [p for name, p in lock["packages"].items() if name]
    assert packages
    assert not [p for p in packages if "resolved" in p]
    assert all(p["integrity"] for p in packages)
