"""MARC records in and out: ISO 2709 and MARCXML, MARC 21 and UNIMARC/CNMARC.

Real files are dirty: lengths counted in characters instead of bytes, GBK without a word about it, one record cut in
the middle of ten thousand. So a file is taken apart at its record terminators, a record at its field terminators, and
what cannot be read is named by number and byte while the rest comes in.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from io import BytesIO
from typing import Any
from xml.etree.ElementTree import Element, ParseError

import pymarc
from defusedxml import DefusedXmlException
from defusedxml.ElementTree import fromstring
from django.utils.translation import gettext as _
from pymarc import Field, Indicators, Subfield

from kuangdeng.kernel import clock
from kuangdeng.kernel.errors import Refused
from kuangdeng.learning.bookroom.drafts import Draft, Fault, Found

RECORD_END, FIELD_END, SUBFIELD = b"\x1d", b"\x1e", "\x1f"
MARC21, UNIMARC = "marc21", "unimarc"
MARC8, GB18030, UTF8 = "marc8", "gb18030", "utf-8"
MOST_FIELDS = 2000
NAMESPACE = "http://www.loc.gov/MARC21/slim"
CJK = re.compile("[\u3400-\u9fff]")


class _Broken(ValueError):
    """What is wrong with a record, in words."""


# ISO 2709 ---------------------------------------------------------------------------------------------------------------


def looks_like_iso2709(data: bytes) -> bool:
    """Whether a file begins like ISO 2709: five digits of length, and a terminator somewhere."""
    head = data.lstrip(b"\r\n \xef\xbb\xbf")[:24]
    return head[:5].isdigit() and len(head) == 24 and (RECORD_END in data or FIELD_END in data)


def charset_of(data: bytes) -> str:
    """In which characters a file is written, judged by all of it: what is no UTF-8 is GB18030 or MARC-8.

    MARC-8 calls its Chinese by escape sequences, or has lone accents before plain letters; GB18030 has neither.
    """
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        pass
    else:
        return MARC8 if b"\x1b$" in data or b"\x1b(" in data else UTF8
    if b"\x1b" in data:
        return MARC8
    try:
        text = data.decode("gb18030")
    except UnicodeDecodeError:
        return GB18030 if _mostly_gb(data) else MARC8
    high = sum(byte >= 0x80 for byte in data)
    return GB18030 if 2 * len(CJK.findall(text)) * 2 >= high else MARC8


def _mostly_gb(data: bytes) -> bool:
    """A file of GBK with some broken bytes is still GBK."""
    text = data.decode("gb18030", "replace")
    return len(CJK.findall(text)) > 20 * text.count("\ufffd")


def read_iso2709(data: bytes, charset: str = "") -> Iterator[Found]:
    """Every record of a file, in order; the damaged ones as faults."""
    charset = charset or charset_of(data)
    at, number = 0, 0
    while at < len(data):
        end = data.find(RECORD_END, at)
        chunk = data[at : end if end >= 0 else len(data)]
        start = at + len(chunk) - len(chunk.lstrip(b"\r\n\t \x00\xef\xbb\xbf\x1a"))
        chunk = chunk.strip(b"\r\n\t \x00\xef\xbb\xbf\x1a")
        at = end + 1 if end >= 0 else len(data)
        if not chunk:
            continue
        number += 1
        if end < 0:
            yield Fault(number, start, _("记录没有结束符，文件可能在这里被截断"))
            continue
        try:
            yield as_draft(_record(chunk, charset), number, start)
        except _Broken as broken:
            yield Fault(number, start, str(broken))


def _record(chunk: bytes, charset: str) -> pymarc.Record:
    """One record from its bytes, by its terminators and not by its lengths, which are often wrong."""
    if len(chunk) < 25 or not chunk[:5].isdigit():
        raise _Broken(_("头标不对：开头不是 5 位长度"))
    directory, *parts = chunk[24:].split(FIELD_END)
    if parts and not parts[-1]:
        parts.pop()
    if not directory or len(directory) % 12:
        raise _Broken(_("目次区长度不对（%(n)d 字节，应为 12 的倍数）") % {"n": len(directory)})
    tags = [directory[place : place + 3].decode("latin-1") for place in range(0, len(directory), 12)]
    if len(tags) != len(parts):
        raise _Broken(
            _("目次区有 %(tags)d 个字段，数据区有 %(parts)d 个，对不上") % {"tags": len(tags), "parts": len(parts)}
        )
    if len(tags) > MOST_FIELDS or any(not re.fullmatch(r"[0-9A-Z]{3}", tag) for tag in tags):
        raise _Broken(_("目次区里有不是字段号的内容"))
    record = pymarc.Record()
    record.leader = pymarc.Leader(_leader(chunk[:24]))
    for tag, raw in zip(tags, parts, strict=True):
        record.add_field(_field(tag, _decoded(raw, charset, tag)))
    return record


def _leader(raw: bytes) -> str:
    text = "".join(chr(one) if 32 <= one < 127 else " " for one in raw)
    return f"{text[:9]}a{text[10:]}"


def _decoded(raw: bytes, charset: str, tag: str) -> str:
    try:
        if charset == MARC8:
            # Each subfield begins in plain letters again, whatever set the one before it called.
            pieces = raw.split(SUBFIELD.encode())
            return SUBFIELD.join(str(pymarc.marc8_to_unicode(one, hide_utf8_warnings=True)) for one in pieces)
        return raw.decode(charset)
    except (UnicodeDecodeError, IndexError, KeyError, ValueError):
        raise _Broken(
            _("字段 %(tag)s 里有不是 %(charset)s 编码的字节") % {"tag": tag, "charset": charset.upper()}
        ) from None


def _field(tag: str, text: str) -> Field:
    text = text.replace("\x00", "")
    if tag < "010" and tag.isdigit():
        return Field(tag=tag, data=text)
    head, *subfields = text.split(SUBFIELD)
    if not subfields:
        raise _Broken(_("字段 %(tag)s 没有子字段") % {"tag": tag})
    marks = (head + "  ")[:2]
    return Field(
        tag=tag,
        indicators=Indicators(marks[0], marks[1]),
        subfields=[Subfield(code=one[0], value=one[1:]) for one in subfields if one],
    )


# MARCXML ----------------------------------------------------------------------------------------------------------------

_OPEN = re.compile(rb"<(?:[A-Za-z_][\w.\-]*:)?record(?=[\s>/])")
_CLOSE = re.compile(rb"</(?:[A-Za-z_][\w.\-]*:)?record\s*>")
_DECLARED = re.compile(rb"""<\?xml[^>]*encoding\s*=\s*["']([\w.\-]+)["']""")
_PREFIX = re.compile(rb"<([A-Za-z_][\w.\-]*):record")
_KNOWN = {
    "utf-8": "utf-8",
    "utf8": "utf-8",
    "gbk": "gb18030",
    "gb2312": "gb18030",
    "gb18030": "gb18030",
    "us-ascii": "utf-8",
}


def looks_like_xml(data: bytes) -> bool:
    """Whether this is XML."""
    return data.lstrip(b"\xef\xbb\xbf \r\n\t")[:1] == b"<"


def read_marcxml(data: bytes) -> Iterator[Found]:
    """Every record of a MARCXML file; one that is no good XML is a fault, and the next one is read all the same.

    Refused whole when the file declares entities or a document type: records need none, bombs do.
    """
    if re.search(rb"<!(DOCTYPE|ENTITY)", data, re.IGNORECASE):
        raise Refused(_("文件里有 DOCTYPE 或实体声明，不是正常的书目数据，不接收。"), code="hostile")
    declared = _DECLARED.search(data[:200])
    name = declared.group(1).decode().lower() if declared else "utf-8"
    if name not in _KNOWN:
        raise Refused(_("文件用的是 %s 编码，读不了。请另存为 UTF-8 再上传。") % name[:20], code="charset")
    starts = [one.start() for one in _OPEN.finditer(data)]
    if not starts:
        raise Refused(_("这个 XML 里没有书目记录（record）。请上传 MARCXML 文件。"), code="wrong_type")
    for number, start in enumerate(starts, 1):
        after = starts[number] if number < len(starts) else len(data)
        close = _CLOSE.search(data, start, after)
        if close is None:
            yield Fault(number, start, _("记录没有结束标记 </record>"))
            continue
        try:
            yield as_draft(_xml_record(data[start : close.end()], _KNOWN[name]), number, start)
        except _Broken as broken:
            yield Fault(number, start, str(broken))


def _xml_record(raw: bytes, charset: str) -> pymarc.Record:
    try:
        text = raw.decode(charset)
    except UnicodeDecodeError:
        raise _Broken(_("有不是 %s 编码的字节") % charset.upper()) from None
    prefix = _PREFIX.match(raw)
    named = f' xmlns:{prefix.group(1).decode("latin-1")}="{NAMESPACE}"' if prefix else ""
    schema = "http://www.w3.org/2001/XMLSchema-instance"
    try:
        root = fromstring(f'<collection{named} xmlns:xsi="{schema}">{text}</collection>', forbid_dtd=True)
    except (ParseError, DefusedXmlException, ValueError) as broken:
        raise _Broken(_("XML 写得不对：%s") % str(broken)[:80]) from None
    return _of_element(root[0])


def _local(element: Element) -> str:
    return str(element.tag).rpartition("}")[2]


def _of_element(element: Element) -> pymarc.Record:
    record = pymarc.Record()
    children = list(element)
    if len(children) > MOST_FIELDS:
        raise _Broken(_("字段太多"))
    for child in children:
        kind, tag = _local(child), child.get("tag", "")
        if kind == "leader":
            record.leader = pymarc.Leader(_leader((child.text or "").ljust(24)[:24].encode("latin-1", "replace")))
        elif kind == "controlfield":
            record.add_field(Field(tag=tag, data=child.text or ""))
        elif kind == "datafield":
            if not re.fullmatch(r"[0-9A-Z]{3}", tag):
                raise _Broken(_("有不是字段号的字段：%s") % tag[:10])
            subfields = [
                Subfield(code=(one.get("code") or " ")[0], value=one.text or "")
                for one in child
                if _local(one) == "subfield"
            ]
            marks = Indicators((child.get("ind1") or " ")[0], (child.get("ind2") or " ")[0])
            record.add_field(Field(tag=tag, indicators=marks, subfields=subfields))
    return record


# What the fields mean ---------------------------------------------------------------------------------------------------


def form_of(record: pymarc.Record) -> str:
    """MARC 21 has its title in 245, UNIMARC and CNMARC in 200; by that they are told apart, not by a promise."""
    if record.get("245") is not None:
        return MARC21
    if record.get("200") is not None:
        return UNIMARC
    raise _Broken(_("没有题名字段（CNMARC 200 或 MARC21 245）"))


@dataclass(frozen=True)
class Place:
    """Where a column of ours stands in a record: the first field that has one of the subfields."""

    tags: tuple[str, ...]
    codes: str


_UNIMARC = {
    "title": Place(("200",), "a"), "subtitle": Place(("200",), "e"), "isbn": Place(("010",), "a"), "price": Place(("010",), "d"),
    "edition": Place(("205",), "a"), "place": Place(("210", "214"), "a"), "publisher": Place(("210", "214"), "c"),
    "year": Place(("210", "214"), "d"), "pages": Place(("215",), "a"), "series": Place(("225",), "a"),
    "summary": Place(("330",), "a"), "class_number": Place(("690",), "a"), "language": Place(("101",), "a"),
}  # fmt: skip
_MARC21 = {
    "title": Place(("245",), "a"), "subtitle": Place(("245",), "b"), "isbn": Place(("020",), "a"), "price": Place(("020",), "c"),
    "edition": Place(("250",), "a"), "place": Place(("264", "260"), "a"), "publisher": Place(("264", "260"), "b"),
    "year": Place(("264", "260"), "c"), "pages": Place(("300",), "a"), "series": Place(("490",), "a"),
    "summary": Place(("520",), "a"), "class_number": Place(("084", "093"), "a"), "language": Place(("041",), "a"),
}  # fmt: skip
_PLACES = {UNIMARC: _UNIMARC, MARC21: _MARC21}
_AUTHOR = {UNIMARC: ("200", "fg"), MARC21: ("245", "c")}
_PARTS = {UNIMARC: ("200", "hi"), MARC21: ("245", "np")}
_SUBJECTS = {UNIMARC: ("606", "610"), MARC21: ("650", "653")}
_HOLDINGS = {UNIMARC: ("905", "b", "f"), MARC21: ("852", "p", "")}
_OURS = {
    form: {tag for one in places.values() for tag in one.tags} | {*_SUBJECTS[form], _HOLDINGS[form][0]}
    for form, places in _PLACES.items()
}
_TAIL = re.compile(r"[\s/:;,=]+$")
NSB = re.compile("[\x88\x89\x98\x9c]")
"""Marks of words that are left out when sorting."""


def _first(record: pymarc.Record, place: Place) -> str:
    for tag in place.tags:
        for one in record.get_fields(tag):
            for subfield in one.subfields:
                if subfield.code in place.codes and subfield.value.strip():
                    return _words(subfield.value)
    return ""


def _words(text: str) -> str:
    return _TAIL.sub("", NSB.sub("", text)).strip()


def _all(record: pymarc.Record, tag: str, codes: str) -> list[str]:
    found = [sub.value for one in record.get_fields(tag) for sub in one.subfields if sub.code in codes]
    return [words for value in found if (words := _words(value))]


def as_draft(record: pymarc.Record, number: int, offset: int) -> Draft:
    """A record in our words; its other fields are kept as they are."""
    form = form_of(record)
    draft = Draft(number, offset, marc_form=form)
    for name, place in _PLACES[form].items():
        setattr(draft, name, _first(record, place))
    draft.isbn = re.split(r"[\s(（]", draft.isbn.strip())[0] if draft.isbn else ""
    draft.author = "；".join(_all(record, *_AUTHOR[form]))
    parts = _all(record, *_PARTS[form])
    draft.title = " ".join([draft.title, *parts]) if draft.title else ""
    draft.year = re.sub(r"^[\[c©]+|[\].]+$", "", draft.year).strip()
    draft.subjects = list(dict.fromkeys(word for tag in _SUBJECTS[form] for word in _all(record, tag, "a")))[:20]
    if not draft.language and form == MARC21 and (fixed := record.get("008")) is not None:
        draft.language = (fixed.data or "")[35:38].strip()
    draft.language = draft.language[:3]
    tag, barcode, copies = _HOLDINGS[form]
    draft.barcodes = [re.sub(r"\s", "", one) for one in _all(record, tag, barcode)]
    counts = [int(one) for one in _all(record, tag, copies) if re.fullmatch(r"[0-9]{1,4}", one)] if copies else []
    draft.copies = min(max(sum(counts) - len(draft.barcodes), 0), 200)
    draft.marc_rest = [_kept(one) for one in record.fields if one.tag not in _OURS[form] and one.tag not in _FIXED]
    return draft


_FIXED = frozenset({"005"})


def _kept(one: Field) -> list[Any]:
    if one.control_field:
        return [one.tag, one.data or ""]
    return [one.tag, "".join(one.indicators or "  "), [[sub.code, sub.value] for sub in one.subfields]]


# Writing ----------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Out:
    """A title as it goes out."""

    values: dict[str, str]
    subjects: Sequence[str]
    barcodes: Sequence[str]
    rest: Sequence[Any]
    rest_form: str


def _data(tag: str, marks: str, *pairs: tuple[str, str]) -> Field | None:
    kept = [Subfield(code=code, value=_plain(value)) for code, value in pairs if value]
    return Field(tag=tag, indicators=Indicators(marks[0], marks[1]), subfields=kept) if kept else None


def _plain(text: str) -> str:
    return re.sub(r"[\x00-\x1f]+", " ", text).strip()


def record_of(out: Out, form: str) -> pymarc.Record:
    """A title as a record of this form; the fields that an import kept stand in it again when they are of the same form."""
    record = pymarc.Record(force_utf8=True)
    record.leader = pymarc.Leader("00000nam0a2200000   450 " if form == UNIMARC else "00000nam a2200000   4500")
    fields = [_restored(one) for one in out.rest] if out.rest_form == form else []
    fields += [one for one in (_unimarc(out) if form == UNIMARC else _marc21(out)) if one is not None]
    tags = {one.tag for one in fields}
    if form == UNIMARC and "100" not in tags:
        day = f"{clock.local():%Y%m%d}d{out.values['year'][:4]:<4}"
        general = Field("100", Indicators(" ", " "), [Subfield("a", f"{day}    em y0chiy50      ea")])
        fields.append(general)
    if form == MARC21 and "008" not in tags:
        year = re.sub(r"\D", "", out.values["year"])[:4]
        fields.append(
            Field("008", data=f"{clock.local():%y%m%d}s{year:<4}    cc {'':17} {out.values['language'] or 'chi'} d")
        )
    for one in sorted(fields, key=lambda found: found.tag):
        record.add_field(one)
    return record


def _restored(kept: Sequence[Any]) -> Field:
    if len(kept) == 2:
        return Field(tag=kept[0], data=kept[1])
    marks = (kept[1] + "  ")[:2]
    subfields = [Subfield(code=code, value=value) for code, value in kept[2]]
    return Field(tag=kept[0], indicators=Indicators(marks[0], marks[1]), subfields=subfields)


def _unimarc(out: Out) -> Iterator[Field | None]:
    v = out.values
    yield _data("010", "  ", ("a", v["isbn"]), ("d", v["price"]))
    yield _data("101", "0 ", ("a", v["language"]))
    yield _data("200", "1 ", ("a", v["title"]), ("e", v["subtitle"]), ("f", v["author"]))
    yield _data("205", "  ", ("a", v["edition"]))
    yield _data("210", "  ", ("a", v["place"]), ("c", v["publisher"]), ("d", v["year"]))
    yield _data("215", "  ", ("a", v["pages"]))
    yield _data("225", "2 ", ("a", v["series"]))
    yield _data("330", "  ", ("a", v["summary"]))
    for word in out.subjects:
        yield _data("610", "0 ", ("a", word))
    yield _data("690", "  ", ("a", v["class_number"]), ("v", "5" if v["class_number"] else ""))
    for barcode in out.barcodes:
        yield _data("905", "  ", ("b", barcode), ("d", v["class_number"]))


def _marc21(out: Out) -> Iterator[Field | None]:
    v = out.values
    yield _data("020", "  ", ("a", v["isbn"]), ("c", v["price"]))
    yield _data("041", "0 ", ("a", v["language"]))
    yield _data("084", "  ", ("a", v["class_number"]), ("2", "clc" if v["class_number"] else ""))
    yield _data("245", "00", ("a", v["title"]), ("b", v["subtitle"]), ("c", v["author"]))
    yield _data("250", "  ", ("a", v["edition"]))
    yield _data("264", " 1", ("a", v["place"]), ("b", v["publisher"]), ("c", v["year"]))
    yield _data("300", "  ", ("a", v["pages"]))
    yield _data("490", "0 ", ("a", v["series"]))
    yield _data("520", "  ", ("a", v["summary"]))
    for word in out.subjects:
        yield _data("653", "  ", ("a", word))
    for barcode in out.barcodes:
        yield _data("852", "  ", ("p", barcode))


def write_iso2709(outs: Iterable[Out], form: str, charset: str = UTF8) -> Iterator[bytes]:
    """Records one after the other; lengths are counted in bytes. Too long a record, which the format cannot hold, loses
    its summary."""
    for out in outs:
        raw = _raw(record_of(out, form), charset)
        if len(raw) > 99_999:
            short = Out({**out.values, "summary": ""}, out.subjects, out.barcodes[:500], [], "")
            raw = _raw(record_of(short, form), charset)
        yield raw


def _raw(record: pymarc.Record, charset: str) -> bytes:
    """A record in bytes. Our own few lines, because the library writes no GB18030."""
    directory, data = b"", b""
    for one in record.fields:
        if one.control_field:
            body = one.data or ""
        else:
            body = "".join(one.indicators or "  ") + "".join(
                f"{SUBFIELD}{sub.code}{sub.value}" for sub in one.subfields
            )
        raw = body.encode(charset, "replace") + FIELD_END
        directory += f"{one.tag}{len(raw) % 10_000:04d}{len(data) % 100_000:05d}".encode()
        data += raw
    base = 24 + len(directory) + 1
    length = base + len(data) + 1
    leader = str(record.leader)
    coding = "a" if charset == UTF8 and leader[17:20] != "450" else " "
    fixed = f"{min(length, 99_999):05d}{leader[5:9]}{coding}22{base:05d}{leader[17:24]}".ljust(24)[:24]
    return fixed.encode() + directory + FIELD_END + data + RECORD_END


def write_marcxml(outs: Iterable[Out], form: str) -> Iterator[bytes]:
    """A collection of records in XML."""
    yield f'<?xml version="1.0" encoding="UTF-8"?>\n<collection xmlns="{NAMESPACE}">\n'.encode()
    for out in outs:
        yield pymarc.record_to_xml(record_of(out, form)) + b"\n"
    yield b"</collection>\n"


def whole(pieces: Iterable[bytes]) -> bytes:
    """The pieces as one file."""
    buffer = BytesIO()
    for piece in pieces:
        buffer.write(piece)
    return buffer.getvalue()
