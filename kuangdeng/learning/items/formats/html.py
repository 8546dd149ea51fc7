"""HTML of other systems made plain text: paragraphs are lines, small figures are small figures, pictures are kept.

Words are all that is stored, so nothing that a stranger wrote is ever run or styled on our pages. What runs (scripts,
frames, event handlers) is refused with its item, because whoever put it there did not write an exam item.
"""

import base64
import binascii
import re
from collections.abc import Callable
from html import escape
from html.parser import HTMLParser
from xml.etree import ElementTree

from django.utils.translation import gettext as _

from kuangdeng.kernel.errors import Refused
from kuangdeng.learning.items.formats.xmlsafe import local
from kuangdeng.learning.items.rules.content import tidy

FindPicture = Callable[[str], str]
"""From the address in `src` to the kept picture's sha256; empty when it is not in the file."""

_BLOCKS = frozenset({"p", "div", "br", "li", "ul", "ol", "tr", "table", "h1", "h2", "h3", "h4", "h5", "h6", "pre", "section", "blockquote", "prompt", "itembody", "hr"})  # fmt: skip
_RUNS = frozenset({"script", "iframe", "frame", "object", "embed", "applet", "form", "base", "link", "meta", "portablecustominteraction", "custominteraction"})  # fmt: skip
_SILENT = frozenset({"style", "head", "title"})
_SUB = str.maketrans("0123456789+-=()", "₀₁₂₃₄₅₆₇₈₉₊₋₌₍₎")
_SUP = str.maketrans("0123456789+-=()", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁼⁽⁾")


def hostile() -> Refused:
    """What is said of an item with something in it that runs."""
    return Refused(_("题目里夹带了脚本或会运行的内容，不接收。"), code="script")


class _Plain(HTMLParser):
    def __init__(self, picture: FindPicture | None) -> None:
        super().__init__(convert_charrefs=True)
        self.picture = picture
        self.parts: list[str] = []
        self.pictures: list[str] = []
        self.lost = False
        self.silent = 0
        self.raised: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        name = local(tag)
        _judge(name, dict(attrs))
        if name in _SILENT:
            self.silent += 1
        elif name == "img":
            self._picture(dict(attrs))
        elif name in ("td", "th") and self.parts and not self.parts[-1].endswith("\n"):
            self.parts.append(" | ")
        elif name in _BLOCKS:
            self.parts.append("\n")
        elif name in ("sub", "sup"):
            self.raised.append(name)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if local(tag) not in ("img", "br", "hr"):
            self.handle_endtag(tag)

    def handle_endtag(self, tag: str) -> None:
        name = local(tag)
        if name in _SILENT:
            self.silent = max(0, self.silent - 1)
        elif name in _BLOCKS and name != "br":
            self.parts.append("\n")
        elif name in ("sub", "sup") and self.raised:
            self.raised.pop()

    def handle_data(self, data: str) -> None:
        if self.silent:
            return
        text = re.sub(r"[ \t\r\n\f]+", " ", data)
        if self.raised and re.fullmatch(r"[0-9+\-=()]{1,6}", text.strip()):
            text = text.strip().translate(_SUB if self.raised[-1] == "sub" else _SUP)
        self.parts.append(text)

    def _picture(self, attrs: dict[str, str | None]) -> None:
        source = attrs.get("src") or ""
        found = self.picture(source) if self.picture and source else ""
        if found:
            self.pictures.append(found)
        else:
            self.lost = True
            self.parts.append(f"〔图：{attrs['alt']}〕" if attrs.get("alt") else "")


def _judge(name: str, attrs: dict[str, str | None]) -> None:
    if name in _RUNS:
        raise hostile()
    for key, value in attrs.items():
        said = re.sub(r"[\s\x00-\x1f]+", "", value or "").lower()
        if key.lower().startswith("on") or said.startswith(("javascript:", "vbscript:", "data:text/html")):
            raise hostile()


class Plain:
    """What came of a piece of HTML: its words, its pictures, and whether a picture was not there."""

    def __init__(self, text: str, pictures: list[str], lost: bool) -> None:
        self.text, self.pictures, self.lost = text, pictures, lost


def to_plain(html: str, picture: FindPicture | None = None) -> Plain:
    """HTML as words. Refused when something in it would run."""
    if "<" not in html and "&" not in html:
        return Plain(tidy(html), [], False)
    parser = _Plain(picture)
    parser.feed(html)
    parser.close()
    return Plain(tidy("".join(parser.parts)), parser.pictures, parser.lost)


def of_element(element: ElementTree.Element, skip: Callable[[ElementTree.Element], str | None]) -> str:
    """The HTML inside an XML element. `skip` may give other words for a child, or None to take it as it is."""
    parts = [escape(element.text or "", quote=False)]
    for child in element:
        said = skip(child)
        if said is not None:
            parts.append(said)
        else:
            name = local(child.tag)
            attrs = "".join(f' {key.rpartition("}")[2]}="{escape(value)}"' for key, value in child.attrib.items())
            parts.append(f"<{name}{attrs}>{of_element(child, skip)}</{name}>")
        parts.append(escape(child.tail or "", quote=False))
    return "".join(parts)


def from_plain(text: str) -> str:
    """Words as HTML for other systems."""
    return "".join(f"<p>{escape(line, quote=False)}</p>" for line in text.split("\n"))


def inline_picture(source: str) -> bytes | None:
    """The bytes of a picture that stands in the address itself (data:image/png;base64,…)."""
    match = re.match(r"data:image/(?:png|jpe?g|webp|gif);base64,", source)
    if match is None:
        return None
    try:
        return base64.b64decode(source[match.end() :], validate=True)
    except (binascii.Error, ValueError):
        return None
