"""Word documents by the mine's own template: an office writes the words, the system fills in the facts.

A template is a .docx with tags: `{{ 矿名 }}`-like names, `{% for … %}`, and docxtpl's `{%p … %}` and `{%tr … %}` for
whole paragraphs and table rows. A template comes from a person, so it is checked before it is kept: it must open, must
not be a bomb, must hold no tag that nobody fills, and must be able to print the sample. What is filled in is text and
never becomes markup.
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from io import BytesIO
from typing import Any

from django.utils.translation import gettext as _
from jinja2 import StrictUndefined, TemplateError, TemplateSyntaxError, UndefinedError
from jinja2.exceptions import SecurityError
from jinja2.sandbox import SandboxedEnvironment

from kuangdeng.kernel.errors import Refused

DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
MAX_BYTES = 5 * 1024 * 1024
MAX_UNPACKED = 60 * 1024 * 1024
MAX_PARTS = 2000
_NOT_XML = re.compile("[\x00-\x08\x0b-\x1f\ufffe\uffff\ud800-\udfff]")
"""What XML can't hold, and what docxtpl would take for a page break."""
_NAMED = re.compile(r"'([^']+)' is undefined|has no attribute '([^']+)'")


class _Room(SandboxedEnvironment):
    """Where tags are worked out: no way out of it, and no sum that never ends."""

    intercepted_binops = frozenset({"*", "**", "%"})

    def is_safe_attribute(self, obj: Any, attr: str, value: Any) -> bool:
        """No method of a text: some of them make a text of any length."""
        return not isinstance(obj, str) and super().is_safe_attribute(obj, attr, value)

    def call_binop(self, context: Any, operator: str, left: Any, right: Any) -> Any:
        """Templates place words; multiplying them is how one makes a server run out of memory."""
        raise SecurityError(operator)


FILTERS = ("default", "d", "join", "length", "count", "first", "last", "upper", "lower", "trim", "e", "escape")


def _room() -> _Room:
    room = _Room(undefined=StrictUndefined, autoescape=True)
    room.globals.clear()
    room.filters = {name: room.filters[name] for name in FILTERS}
    return room


def render(template: bytes, words: Mapping[str, Any]) -> bytes:
    """The document that a template makes of these words.

    Refused, naming the tag, when the template asks for something that is not among them or cannot be understood.
    """
    from docxtpl import DocxTemplate

    document = DocxTemplate(BytesIO(template))
    try:
        document.render(_clean(words), _room(), autoescape=True)
        out = BytesIO()
        document.save(out)
    except SecurityError:
        raise Refused(
            _("模板里的标签用了不允许的写法。标签只能取字段、循环和判断，请照字段表改。"), field="file", code="bad_tag"
        ) from None
    except UndefinedError as error:
        raise Refused(
            _("模板里的标签“%(tag)s”系统不认识。请对照字段表改正后再上传。") % {"tag": _name_in(str(error))},
            field="file",
            code="unknown_tag",
        ) from None
    except TemplateSyntaxError as error:
        raise Refused(
            _("模板里的标签写得不完整，认不出来（%(why)s）。请检查每个 {{ }} 和 {%% %%} 是否成对。")
            % {"why": _syntax(str(error.message))},
            field="file",
            code="bad_tag",
        ) from None
    except (TemplateError, SyntaxError, TypeError, ValueError, ArithmeticError, AttributeError) as error:
        raise Refused(
            _("模板填不出来（%(why)s）。请对照字段表检查标签。") % {"why": str(error)[:120]},
            field="file",
            code="bad_tag",
        ) from None
    return out.getvalue()


def check(template: bytes, samples: Iterable[Mapping[str, Any]]) -> None:
    """Whether a template can be used: it opens, and prints every sample to a document that opens again.

    Refused, in words, with what is wrong with it.
    """
    _check_package(template)
    for words in samples:
        _open(render(template, words))


def _check_package(content: bytes) -> None:
    """A .docx, of a reasonable size also when unpacked, without macros."""
    if not content:
        raise Refused(_("文件是空的。请重新选择。"), field="file", code="empty")
    if len(content) > MAX_BYTES:
        raise Refused(
            _("模板超过 %(n)d MB。请去掉里面的大图后再上传。") % {"n": MAX_BYTES // 1048576},
            field="file",
            code="too_large",
        )
    try:
        with zipfile.ZipFile(BytesIO(content)) as package:
            parts = package.infolist()
            names = {part.filename for part in parts}
    except zipfile.BadZipFile:
        raise _no_word() from None
    if "word/document.xml" not in names:
        raise _no_word()
    if len(parts) > MAX_PARTS or sum(part.file_size for part in parts) > MAX_UNPACKED:
        raise Refused(_("这个文件展开后太大，不能用作模板。"), field="file", code="too_large")
    if any(name.lower().endswith("vbaproject.bin") for name in names):
        raise Refused(_("模板里带有宏，不能用。请另存为不带宏的 .docx。"), field="file", code="macro")
    _open(content)


def _no_word() -> Refused:
    return Refused(
        _("这不是 Word 文档（.docx）。旧的 .doc 请在 Word 里另存为 .docx 后再上传。"), field="file", code="not_docx"
    )


def _open(content: bytes) -> None:
    from docx import Document

    try:
        Document(BytesIO(content))
    except Exception as trouble:  # a broken file breaks in many ways
        raise Refused(
            _("这个 Word 文档打不开，可能已损坏。请在 Word 里重新保存后再上传。"), field="file", code="broken"
        ) from trouble


def _name_in(message: str) -> str:
    found = _NAMED.search(message)
    return next((name for name in found.groups() if name), message) if found else message


def _syntax(message: str) -> str:
    """What is wrong with a tag, in words that an office can use."""
    if ended := re.search(r"'(end\w+)'", message):
        return _("缺少 %(tag)s") % {"tag": ended.group(1)}
    if named := re.search(r"No (?:filter|test) named '([^']+)'|unknown tag '([^']+)'", message):
        return _("不认识 %(tag)s") % {"tag": next(name for name in named.groups() if name)}
    return _("括号或写法不对")


def _clean(value: Any) -> Any:
    """Texts without what XML can't hold; everything else as it is."""
    if isinstance(value, str):
        return _NOT_XML.sub("", value.replace("\r\n", "\n").replace("\r", "\n"))
    if isinstance(value, Mapping):
        return {key: _clean(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [_clean(one) for one in value]
    return "" if value is None else value


# A letter of our own -------------------------------------------------------------------------------------------------

SONG, FANG, HEI, KAI = "方正小标宋简体", "仿宋_GB2312", "黑体", "楷体_GB2312"
"""The types of official papers. They are named, not shipped: the user's Word has them, or puts its own in their place."""


class Letter:
    """A paper in the style of official documents (公文), built line by line: what the shipped templates are made of.

    A4 with margins of 37, 35, 28 and 26 mm, the title in 22 pt, the body in 16 pt on lines of 28 pt, two characters
    indented.
    """

    def __init__(self, *, landscape: bool = False) -> None:
        from docx import Document
        from docx.enum.section import WD_ORIENT
        from docx.shared import Mm, Pt

        self.document = Document()
        page = self.document.sections[0]
        page.page_width, page.page_height = (Mm(297), Mm(210)) if landscape else (Mm(210), Mm(297))
        page.orientation = WD_ORIENT.LANDSCAPE if landscape else WD_ORIENT.PORTRAIT
        page.top_margin, page.bottom_margin, page.left_margin, page.right_margin = Mm(37), Mm(35), Mm(28), Mm(26)
        normal = self.document.styles["Normal"]
        normal.font.size = Pt(16)
        _typeface(normal, FANG)
        self._page_number(page)

    def title(self, text: str) -> None:
        """The heading of the paper."""
        self._line(text, SONG, 22, centre=True, after=20)

    def centre(self, text: str) -> None:
        """A line in the middle: the number of the paper, the addressee's heading."""
        self._line(text, FANG, 16, centre=True)

    def heading(self, text: str) -> None:
        """一、…"""
        self._line(text, HEI, 16, indent=True)

    def subheading(self, text: str) -> None:
        """（一）…"""
        self._line(text, KAI, 16, indent=True)

    def text(self, text: str) -> None:
        """A paragraph of the body."""
        self._line(text, FANG, 16, indent=True)

    def plain(self, text: str) -> None:
        """A line without indent: the addressee, or a tag that stands alone."""
        self._line(text, FANG, 16)

    def right(self, text: str) -> None:
        """A line on the right: who signs, the day."""
        from docx.enum.text import WD_ALIGN_PARAGRAPH

        self._line(text, FANG, 16).alignment = WD_ALIGN_PARAGRAPH.RIGHT

    def table(self, rows: Sequence[Sequence[str]], *, widths: Sequence[int] = ()) -> None:
        """A table with thin lines; the first row is its head. A row of one cell that holds a tag spans all columns."""
        from docx.shared import Mm, Pt

        columns = max(len(row) for row in rows)
        table = self.document.add_table(rows=0, cols=columns)
        table.style = "Table Grid"
        for at, row in enumerate(rows):
            cells = table.add_row().cells
            cells = [cells[0].merge(cells[-1])] if len(row) == 1 and columns > 1 else cells
            for index, (cell, words) in enumerate(zip(cells, row, strict=False)):
                run = cell.paragraphs[0].add_run(words)
                run.font.size = Pt(12)
                _typeface(run, HEI if at == 0 else FANG)
                if index < len(widths) and len(row) > 1:
                    cell.width = Mm(widths[index])

    def foot(self, text: str) -> None:
        """A small line below the page number, on every page: what the paper is a snapshot of."""
        from docx.enum.text import WD_ALIGN_PARAGRAPH
        from docx.shared import Pt

        paragraph = self.document.sections[0].footer.add_paragraph()
        paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
        run = paragraph.add_run(text)
        run.font.size = Pt(9)
        _typeface(run, FANG)

    def content(self) -> bytes:
        """The document as a file."""
        out = BytesIO()
        self.document.save(out)
        return out.getvalue()

    def _line(
        self, text: str, face: str, size: int, *, centre: bool = False, indent: bool = False, after: int = 0
    ) -> Any:
        from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_LINE_SPACING
        from docx.shared import Pt

        paragraph = self.document.add_paragraph()
        run = paragraph.add_run(text)
        run.font.size = Pt(size)
        _typeface(run, face)
        form = paragraph.paragraph_format
        form.space_before, form.space_after = Pt(0), Pt(after)
        form.line_spacing_rule, form.line_spacing = WD_LINE_SPACING.EXACTLY, Pt(28 if size <= 16 else 36)
        if indent:
            form.first_line_indent = Pt(size * 2)
        if centre:
            paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
        return paragraph

    @staticmethod
    def _page_number(page: Any) -> None:
        """— 1 — at the foot, as on official papers."""
        from docx.enum.text import WD_ALIGN_PARAGRAPH
        from docx.oxml import OxmlElement
        from docx.oxml.ns import qn

        foot = page.footer.paragraphs[0]
        foot.alignment = WD_ALIGN_PARAGRAPH.CENTER
        foot.add_run("— ")
        run = foot.add_run()
        for kind, words in (("begin", ""), ("", "PAGE"), ("end", "")):
            element = OxmlElement("w:fldChar" if kind else "w:instrText")
            if kind:
                element.set(qn("w:fldCharType"), kind)
            element.text = words or None
            run._r.append(element)
        foot.add_run(" —")


def _typeface(holder: Any, face: str) -> None:
    """Latin and Chinese letters of a run or a style in one face."""
    from docx.oxml.ns import qn

    holder.font.name = face
    holder.element.get_or_add_rPr().get_or_add_rFonts().set(qn("w:eastAsia"), face)


def chinese_day(day: date | datetime | None) -> str:
    """2026年11月22日, as official papers write it; empty when there is none."""
    return f"{day.year}年{day.month}月{day.day}日" if day else ""
