"""Which format a file has, by what is in it and not by its name; then its items one after the other."""

import re
import zipfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from urllib.parse import unquote
from xml.etree import ElementTree

from django.utils.translation import gettext as _

from kuangdeng.kernel.errors import Refused
from kuangdeng.kernel.tables import detect_encoding, open_book
from kuangdeng.learning.items.formats import qti
from kuangdeng.learning.items.formats.aiken import ANSWER, read_aiken
from kuangdeng.learning.items.formats.archive import Archive
from kuangdeng.learning.items.formats.drafts import Draft, KeepPicture, Left, Read, take_tags
from kuangdeng.learning.items.formats.gift import read_gift
from kuangdeng.learning.items.formats.moodle import read_moodle
from kuangdeng.learning.items.formats.papers import read_paper
from kuangdeng.learning.items.formats.qti12 import read_qti12
from kuangdeng.learning.items.formats.sheets import read_book
from kuangdeng.learning.items.formats.xmlsafe import all_of, attribute, local, parse, words

MAX_BYTES = 60 * 1024 * 1024
"""Of a file as it arrives."""
TABLE, PAPER, GIFT, AIKEN, MOODLE, QTI1, QTI2, PACKAGE = (
    "Excel、CSV", "文字", "GIFT", "Aiken", "Moodle XML", "QTI 1.2", "QTI 2.x/3.0", "QTI 包",
)  # fmt: skip


@dataclass(frozen=True)
class Opened:
    """A file of items: its format, and what stands in it, read once."""

    format: str
    reads: Iterator[Read]


def _no_picture(_sha: str) -> str:
    return ""


@contextmanager
def open_items(
    path: Path, *, name: str, keep: KeepPicture, picture: Callable[[str], str] = _no_picture
) -> Iterator[Opened]:
    """Open a file of items. `keep` keeps the bytes of a picture, `picture` finds one that the mine has already.

    Refused, in a sentence, for what is no such file, is too large, or could do harm.
    """
    _check_size(path)
    with ExitStack() as held:
        yield _open(path, name, keep, picture, held)


def glance(path: Path, *, name: str) -> None:
    """Look at the size and the beginning of a file, in no time whatever it holds. Refused when it is nothing of ours.

    XML and text are read whole to be opened; who hands a large one in does not wait for that.
    """
    _check_size(path)
    with path.open("rb") as file:
        head = file.read(4096)
    if _is_xml(head):
        return
    with ExitStack() as held:
        if head.startswith(b"PK\x03\x04"):
            _open(path, name, lambda _data: "", _no_picture, held)
        else:
            _refuse_foreign(path, head, name, held)


def _check_size(path: Path) -> None:
    size = path.stat().st_size
    if size == 0:
        raise Refused(_("文件是空的。请检查后重新上传。"), code="empty")
    if size > MAX_BYTES:
        raise Refused(
            _("文件有 %(size)d MB，超过 %(most)d MB，不接收。请拆成几个文件后分别上传。")
            % {"size": size // 1048576, "most": MAX_BYTES // 1048576},
            code="too_large",
        )


def _is_xml(head: bytes) -> bool:
    start = head.lstrip(b"\xef\xbb\xbf \t\r\n")[:9].lower()
    if start.startswith((b"<html", b"<!doctype h")) or b"mime-version" in head[:200].lower():
        raise Refused(_("这个文件其实是网页，不是题库。请从原系统导出 Excel、GIFT 或 XML。"), code="html")
    return start.startswith(b"<") or head.startswith((b"\xff\xfe<\x00", b"\xfe\xff\x00<"))


def _refuse_foreign(path: Path, head: bytes, name: str, held: ExitStack) -> None:
    """Refused for what is neither text nor one of the packages that we open."""
    if (b"\x00" in head and not head.startswith((b"\xff\xfe", b"\xfe\xff"))) or head.startswith(
        (b"\xd0\xcf\x11\xe0", b"%PDF", b"{\\rtf")
    ):
        if name.lower().endswith((".doc", ".wps")):
            raise Refused(_("这是 Word 文件。请在 Word 里全选、复制，粘贴到下面的「粘贴文字」里。"), code="word")
        held.enter_context(open_book(path, name=name))  # says what it is, and what to do
        raise Refused(
            _("「%(name)s」不是题库文件。请上传 Excel、文本、XML 或 QTI 压缩包。") % {"name": name[:60]},
            code="wrong_type",
        )


def _open(path: Path, name: str, keep: KeepPicture, picture: Callable[[str], str], held: ExitStack) -> Opened:
    with path.open("rb") as file:
        head = file.read(4096)
    if head.startswith(b"PK\x03\x04"):
        if _is_package(path):
            archive = Archive(held.enter_context(path.open("rb")))
            return Opened(PACKAGE, _read_package(archive, name, keep))
        book = held.enter_context(open_book(path, name=name))
        return Opened(TABLE, read_book(book, picture=picture))
    if _is_xml(head):
        return _open_xml(path.read_bytes(), name, keep)
    _refuse_foreign(path, head, name, held)
    return _open_text(path, name, picture, held)


def _is_package(path: Path) -> bool:
    try:
        with zipfile.ZipFile(path) as archive:
            names = archive.namelist()
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError):
        return True
    if "word/document.xml" in names:
        raise Refused(_("这是 Word 文件。请在 Word 里全选、复制，粘贴到下面的「粘贴文字」里。"), code="word")
    return "xl/workbook.xml" not in names


def _open_text(path: Path, name: str, picture: Callable[[str], str], held: ExitStack) -> Opened:
    with path.open("rb") as file:
        encoding = detect_encoding(file)
    text = path.read_text(encoding=encoding)
    kind = kind_of_text(text, name)
    if kind == TABLE:
        return Opened(TABLE, read_book(held.enter_context(open_book(path, name=name)), picture=picture))
    return open_words(text, name=name, kind=kind)


_GIFT_KEY = re.compile(r"(?<!\\)[=~#]|\b(?:T|F|TRUE|FALSE)\b")


def kind_of_text(text: str, name: str = "") -> str:
    """GIFT, Aiken, a table or a paper."""
    if any(ANSWER.match(line) for line in text.splitlines()):
        return AIKEN
    inside = re.findall(r"(?<!\\)\{([^{}]{0,4000})\}", text)
    if any(_GIFT_KEY.search(one) for one in inside) or re.search(r"^::.*::|^// .*GIFT", text, re.M):
        return GIFT
    lines = [line for line in text.splitlines()[:20] if line.strip()]
    if name.lower().endswith((".csv", ".tsv")) or (lines and min(line.count("\t") for line in lines) >= 2):
        return TABLE
    return PAPER


def open_words(text: str, *, name: str = "粘贴的文字", kind: str = "") -> Opened:
    """Items from pasted words."""
    kind = kind or kind_of_text(text)
    if kind == GIFT:
        return Opened(GIFT, read_gift(text, name=name))
    if kind == AIKEN:
        return Opened(AIKEN, read_aiken(text, name=name))
    return Opened(PAPER, read_paper(text, name=name))


# XML ------------------------------------------------------------------------------------------------------------------


def _open_xml(data: bytes, name: str, keep: KeepPicture) -> Opened:
    root = parse(data)
    kind = local(root.tag)
    if kind == "quiz":
        return Opened(MOODLE, read_moodle(root, name=name, keep=keep))
    if kind == "questestinterop":
        return Opened(QTI1, read_qti12(root, name=name, keep=keep, file=qti._nothing))
    if kind == "assessmentitem":
        return Opened(QTI2, iter([qti.read_item(root, name=name, row=1, keep=keep)]))
    if kind == "manifest":
        raise Refused(_("这是 QTI 包里的清单，题目不在里面。请上传整个压缩包（.zip）。"), code="manifest")
    raise Refused(_("不认得这种 XML（%(kind)s）。能读 Moodle XML 和 QTI。") % {"kind": kind[:40]}, code="wrong_type")


def _read_package(archive: Archive, name: str, keep: KeepPicture) -> Iterator[Read]:
    """Every item of a QTI package, in the order of its manifest; everything else in it is told once."""
    manifest = next((one for one in archive.names if PurePosixPath(one).name == "imsmanifest.xml"), None)
    if manifest is None and not any(one.lower().endswith(".xml") for one in archive.names):
        raise Refused(
            _("压缩包里没有 QTI 题目（imsmanifest.xml）。请上传 QTI 包，或者解开后上传里面的文件。"), code="wrong_type"
        )
    tags = _tags(archive, manifest) if manifest else {}
    files = list(tags) or [one for one in archive.names if one.lower().endswith(".xml")]
    row = 0
    for part in files:
        if part not in archive:
            yield Left(name, row, _("清单里的「%(part)s」不在压缩包里。") % {"part": part[-60:]})
            continue
        try:
            root = parse(archive.read(part))
        except Refused as refusal:
            yield Left(name, row, f"{part[-60:]}：{refusal}")
            continue
        for read in _of_part(root, part, archive, name, row, keep):
            row += 1
            read.row = row
            if isinstance(read, Draft):
                take_tags(read, tags.get(part, ()))
            yield read


def _of_part(
    root: ElementTree.Element, part: str, archive: Archive, name: str, row: int, keep: KeepPicture
) -> Iterator[Read]:
    def file(source: str) -> bytes | None:
        path = str(PurePosixPath(part).parent / unquote(source.partition("?")[0]))
        clean = "/".join(_resolved(path.split("/")))
        found = next(
            (one for one in (clean, unquote(source).replace("$IMS-CC-FILEBASE$/", "")) if one in archive), None
        )
        return archive.read(found) if found else None

    kind = local(root.tag)
    if kind == "assessmentitem":
        yield qti.read_item(root, name=name, row=row, keep=keep, file=file)
    elif kind == "questestinterop":
        yield from read_qti12(root, name=name, keep=keep, file=file)
    elif kind in ("assessmenttest", "quiz", "assessmentstimulus"):
        message = {
            "assessmenttest": _("试卷的结构没有带进来，题目照常读。"),
            "quiz": _("考试的设置没有带进来，题目照常读。"),
        }
        yield Left(name, row, f"{part[-60:]}：{message.get(kind, _('共用的材料没有带进来。'))}")


def _resolved(parts: list[str]) -> list[str]:
    kept: list[str] = []
    for one in parts:
        if one == ".." and kept:
            kept.pop()
        elif one not in ("", ".", ".."):
            kept.append(one)
    return kept


def _tags(archive: Archive, manifest: str) -> dict[str, list[str]]:
    """Every XML resource of the manifest with its keywords."""
    root = parse(archive.read(manifest))
    folder = str(PurePosixPath(manifest).parent)
    found: dict[str, list[str]] = {}
    for resource in all_of(root, "resource"):
        href = unquote(attribute(resource, "href"))
        if not href:
            href = next((unquote(attribute(one, "href")) for one in all_of(resource, "file")), "")
        if href.lower().endswith((".xml", ".qti")):
            path = "/".join(_resolved(f"{folder}/{href}".split("/")))
            found[path] = [words(one) for one in all_of(resource, "keyword")]
    return found
