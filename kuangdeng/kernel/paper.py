"""Paper from the server: a page of HTML as a PDF, with the same style sheet that the browser prints with."""

import os
import shutil
import subprocess
from base64 import b64decode
from functools import lru_cache
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from django.conf import settings
from django.contrib.staticfiles import finders
from django.contrib.staticfiles.storage import staticfiles_storage
from django.utils.translation import gettext as _

from kuangdeng.kernel.errors import Refused

FONT_FOLDERS = ("/usr/share/fonts", "/usr/local/share/fonts", "~/.fonts", "~/.local/share/fonts", "/Library/Fonts")
FONT_WORDS = (
    "cjk",
    "fangsong",
    "simfang",
    "simsun",
    "simkai",
    "kaiti",
    "wqy",
    "sourcehan",
    "songti",
    "uming",
    "ukai",
    "msyh",
)
BASE = "http://paper.invalid/"
PHOTO = "data:image/jpeg;base64,"


@lru_cache(maxsize=1)
def chinese_font() -> str:
    """A Chinese font of this machine; empty when there is none. A PDF without one is full of blanks, and says nothing."""
    if program := shutil.which("fc-list"):
        found = subprocess.run([program, ":lang=zh", "family"], capture_output=True, text=True, timeout=20, check=False)
        names = sorted(line.strip() for line in found.stdout.splitlines() if line.strip())
        return names[0] if names else ""
    for folder in FONT_FOLDERS:
        for where, _folders, files in os.walk(Path(folder).expanduser()):
            for file in files:
                if any(word in file.lower() for word in FONT_WORDS):
                    return str(Path(where) / file)
    return ""


def pdf(html: str) -> bytes:
    """The page as a PDF. Refused when the machine has no Chinese font, because the paper would be blank."""
    if not chinese_font():
        raise Refused(
            _(
                "服务器上没有中文字体，做出来的 PDF 会是空白的。请管理员安装中文字体（Debian：apt install fonts-noto-cjk），或者用浏览器直接打印。"
            ),
            code="no_font",
        )
    from PIL import ImageFile
    from weasyprint import HTML
    from weasyprint.urls import URLFetcher, URLFetcherResponse

    # WeasyPrint tells Pillow, for the whole process, to take pictures that end too early. A cut photo must be refused.
    ImageFile.LOAD_TRUNCATED_IMAGES = False

    class Ours(URLFetcher):
        """Only our own style sheets and pictures; a page never makes the server ask anybody else."""

        def fetch(self, url: str, headers: Any = None) -> Any:
            body, kind = _our_file(url)
            return URLFetcherResponse(url, body, headers={"Content-Type": kind})

    made: bytes = HTML(string=html, base_url=BASE, url_fetcher=Ours()).write_pdf()
    return made


def _our_file(url: str) -> tuple[bytes, str]:
    """A static file, or a photo that stands in the page itself, and what kind it is; ValueError for any other address."""
    if url.startswith(PHOTO):
        return b64decode(unquote(url.removeprefix(PHOTO))), "image/jpeg"
    prefix = urlsplit(settings.STATIC_URL).path
    path = unquote(urlsplit(url).path)
    if not url.startswith(BASE) or not path.startswith(prefix):
        raise ValueError(f"not ours: {url}")
    name = path.removeprefix(prefix)
    file = finders.find(name)
    if file is None and staticfiles_storage.exists(name):
        file = staticfiles_storage.path(name)
    if not isinstance(file, str):
        raise ValueError(f"no such file: {name}")
    return Path(file).read_bytes(), "text/css" if name.endswith(".css") else "image/svg+xml"
