"""A page as a picture, for LED controllers that know no browser."""

import shutil
import subprocess
from dataclasses import dataclass
from functools import cache, lru_cache
from hashlib import sha256
from io import BytesIO
from pathlib import Path

from django.utils.translation import gettext as _
from PIL import Image, ImageDraw, ImageFont

from kuangdeng.kernel import clock
from kuangdeng.kernel.errors import Refused
from kuangdeng.web.screens import rules
from kuangdeng.web.screens.boards import Figure
from kuangdeng.web.screens.feed import ALARM, Page

LEAST, MOST = 64, 3840
"""Pixels of a side."""
STAMPED_EVERY = 5
"""Minutes."""
KEPT = 64
"""Pictures in memory: the pages of some controllers."""
COLOURS = {"": "#eef1ee", "late": "#ff7b76", "done": "#7cc492", "ground": "#0e1113", "dim": "#aab4bc", "line": "#2c3338",
           "alarm": "#a01f1f", "white": "#ffffff"}  # fmt: skip
"""The dark theme of tokens.css."""
FOLDERS = ("/usr/share/fonts", "/usr/local/share/fonts", "~/.fonts", "~/.local/share/fonts", "/Library/Fonts")
NAMES = (
    "notosanscjk",
    "notosanssc",
    "sourcehansans",
    "wqy",
    "msyh",
    "simhei",
    "droidsansfallback",
    "simsun",
    "pingfang",
)
Font = ImageFont.FreeTypeFont
Size = tuple[int, int]


@cache
def font_file() -> tuple[str, int]:
    """The Chinese font of this system: file and face. Refused when there is none: the picture would be empty boxes."""
    if program := shutil.which("fc-match"):
        asked = [program, "--format=%{file}\t%{index}\t%{lang}", "sans-serif:lang=zh-cn:bold"]
        said = subprocess.run(asked, capture_output=True, text=True, check=False).stdout.split("\t")
        if len(said) == 3 and "zh-cn" in said[2].split("|"):
            return said[0], int(said[1] or 0) & 0xFFFF
    for folder in FOLDERS:
        for path in sorted(Path(folder).expanduser().rglob("*")):
            if path.suffix.lower() in {".ttf", ".ttc", ".otf"} and path.name.lower().startswith(NAMES):
                return str(path), 0
    raise Refused(_("服务器上没有中文字体，画不出图片。请系统管理员安装一种中文字体。"))


def size_of(width: str, height: str, measure: rules.Measure) -> Size:
    """The size that was asked for, within limits; the format's own without one."""

    def side(said: str, own: int) -> int:
        return min(max(int(said), LEAST), MOST) if said.isdecimal() and len(said) < 6 else own

    return side(width, measure.width), side(height, measure.height)


@dataclass(frozen=True)
class Picture:
    """What a controller fetches: the same page in the same size under the same stamp is the same picture."""

    page: Page
    format: str
    size: Size
    stamp: str

    @property
    def etag(self) -> str:
        """Its name, made of its content."""
        return sha256(repr(self).encode()).hexdigest()[:32]


def picture_of(page: Page, format: str, size: Size) -> Picture:
    """The picture of a page now. Its stamp goes on every five minutes, so that in between nothing is drawn again."""
    here = clock.local()
    return Picture(page, format, size, f"{here:%H}:{here.minute // STAMPED_EVERY * STAMPED_EVERY:02}")


@lru_cache(maxsize=KEPT)
def drawn(picture: Picture) -> bytes:
    """The picture as PNG, drawn once for all controllers that fetch it."""
    out = BytesIO()
    _Sheet(picture).image.save(out, "PNG")
    return out.getvalue()


class _Sheet:
    """One page being drawn, top down; all measures are those of the design, scaled."""

    def __init__(self, picture: Picture) -> None:
        page, measure, size = picture.page, rules.MEASURES[picture.format], picture.size
        self.page, self.measure, self.stamp = page, measure, picture.stamp
        self.scale = min(size[0] / measure.width, size[1] / measure.height)
        self.alarm = page.board == ALARM
        self.image = Image.new("RGB", size, COLOURS["alarm" if self.alarm else "ground"])
        self.pen = ImageDraw.Draw(self.image)
        self.left, self.right = self.px(64), size[0] - self.px(64)
        self.top = self.px(40)
        self.draw()

    def px(self, length: float) -> int:
        return max(1, round(length * self.scale))

    def font(self, size: float) -> Font:
        file, index = font_file()
        return ImageFont.truetype(file, self.px(size), index=index)

    def ink(self, tone: str = "") -> str:
        return COLOURS["white"] if self.alarm else COLOURS.get(tone, COLOURS[""])

    def draw(self) -> None:
        page, measure = self.page, self.measure
        self.line(page.title, measure.title, end=page.part)
        self.pen.line((self.left, self.top, self.right, self.top), fill=self.ink("line"), width=self.px(3))
        self.top += self.px(24)
        if len(page.figures) == 1 and not page.rows:
            self.alone(page.figures[0])
        elif page.figures:
            self.figures()
        for row in page.rows:
            self.row(row.lead, row.text, row.end, row.tone)
        for line in page.lines:
            self.line(line, measure.words)
        stamp = _("数据截至 %s") % self.stamp
        foot = self.image.height - self.px(measure.foot * 1.5)
        self.pen.text((self.left, foot), stamp, font=self.font(measure.foot), fill=self.ink("dim"))

    def line(self, words: str, size: float, end: str = "", tone: str = "") -> None:
        font = self.font(size)
        room = self.right - self.left
        if end:
            width = font.getlength(end)
            self.pen.text((self.right - width, self.top), end, font=font, fill=self.ink(tone or "dim"))
            room -= int(width) + self.px(32)
        self.pen.text((self.left, self.top), _fitted(words, font, room), font=font, fill=self.ink())
        self.top += self.px(size * 1.35)

    def alone(self, figure: Figure) -> None:
        """The one figure that the board is about, in the middle, its word behind it."""
        font, small = self.font(self.measure.alone), self.font(self.measure.figure)
        wide = font.getlength(figure.value) + self.px(32) + small.getlength(figure.label)
        foot = self.image.height - self.px(self.measure.foot * 1.5)
        x, base = (
            self.left + max(0.0, self.right - self.left - wide) / 2,
            (self.top + foot) / 2 + self.px(self.measure.alone * 0.36),
        )
        self.pen.text((x, base), figure.value, font=font, fill=self.ink(figure.tone), anchor="ls")
        x += font.getlength(figure.value) + self.px(32)
        self.pen.text((x, base), figure.label, font=small, fill=self.ink(), anchor="ls")

    def figures(self) -> None:
        font, small = self.font(self.measure.figure), self.font(self.measure.foot)
        count = len(self.page.figures)
        across = (3 if count > 4 else 2) if self.measure.stacked else count
        wide = (self.right - self.left) // max(1, across)
        tall = self.px(self.measure.figure * 1.2 + self.measure.foot * 1.6)
        for at, figure in enumerate(self.page.figures):
            x, y = self.left + at % across * wide, self.top + at // across * tall
            self.pen.text((x, y), figure.value, font=font, fill=self.ink(figure.tone))
            under = y + self.px(self.measure.figure * 1.2)
            self.pen.text((x, under), _fitted(figure.label, small, wide), font=small, fill=self.ink("dim"))
        self.top += tall * -(-len(self.page.figures) // across) + self.px(16)

    def row(self, lead: str, text: str, end: str, tone: str) -> None:
        size, measure = self.measure.row, self.measure
        lines = rules.wrapped(text, measure.across)[:2]
        if measure.stacked or not text:
            self.line(lead, size, end, tone)
            for line in lines:
                self.line(line, size)
            return
        begin, column = self.left, (self.right - self.left) // 4
        font = self.font(size)
        self.pen.text((begin, self.top), _fitted(lead, font, column - self.px(24)), font=font, fill=self.ink())
        self.left += column
        for number, line in enumerate(lines):
            self.line(line, size, "" if number else end, "" if number else tone)
        self.left = begin


def _fitted(words: str, font: Font, room: float) -> str:
    """As much of the words as there is room for."""
    if font.getlength(words) <= room:
        return words
    while words and font.getlength(words + "…") > room:
        words = words[:-1]
    return words + "…"
