"""Records as other libraries hand them over, the damaged ones among them."""

import pymarc
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pymarc import Field, Indicators, Subfield

from kuangdeng.kernel.errors import Refused
from kuangdeng.learning.bookroom import marc
from kuangdeng.learning.bookroom.drafts import PLAIN, Draft, Fault, checked

RS, FS, US = b"\x1d", b"\x1e", "\x1f"


def iso(fields: list[tuple[str, str]], charset: str = "utf-8", *, in_characters: bool = False) -> bytes:
    """A record as a library's program writes it; the lengths of some are counted in characters, which is wrong."""
    directory, data, at = b"", b"", 0
    for tag, text in fields:
        raw = text.encode(charset) + FS
        length = len(text) + 1 if in_characters else len(raw)
        directory += f"{tag}{length:04d}{at:05d}".encode()
        data, at = data + raw, at + length
    base = 25 + len(directory)
    size = base + at + 1
    return f"{size:05d}nam0 22{base:05d}   45  ".encode() + directory + FS + data + RS


RULES = [
    ("001", "CAL 012026000001"),
    ("010", f"  {US}a978-7-5020-4124-3{US}d35.00元"),
    ("101", f"0 {US}achi"),
    ("200", f"1 {US}a煤矿安全规程{US}9mei kuang an quan gui cheng{US}e读本{US}f示例编写组编"),
    ("210", f"  {US}a北京{US}c示例出版社{US}d2022"),
    ("215", f"  {US}a312页{US}d21cm"),
    ("606", f"0 {US}a煤矿{US}x安全规程"),
    ("690", f"  {US}aTD7-65{US}v5"),
    ("905", f"  {US}a250010{US}b00012345{US}b00012346{US}dTD7-65{US}f3"),
]


def titles(data: bytes, charset: str = "") -> list[str]:
    return [
        one.title if isinstance(one, Draft) else f"!{one.number}@{one.offset}"
        for one in marc.read_iso2709(data, charset)
    ]


@pytest.mark.parametrize("charset", ["utf-8", "gb18030", "gbk"])
@pytest.mark.parametrize("in_characters", [False, True])
def test_a_chinese_record_in_either_charset_even_with_wrong_lengths(charset: str, in_characters: bool) -> None:
    (draft,) = marc.read_iso2709(iso(RULES, charset, in_characters=in_characters))
    assert isinstance(draft, Draft)
    (draft,) = checked([draft])
    assert (draft.title, draft.subtitle, draft.author) == ("煤矿安全规程", "读本", "示例编写组编")
    assert (draft.isbn, draft.price, draft.year, draft.class_number) == ("9787502041243", "35.00元", "2022", "TD7-65")
    assert (draft.barcodes, draft.copies, draft.subjects) == (["00012345", "00012346"], 1, ["煤矿"])
    assert draft.marc_form == marc.UNIMARC
    assert ["001", "CAL 012026000001"] in draft.marc_rest


def test_damaged_records_are_named_by_number_and_byte_and_the_rest_comes_in() -> None:
    good = iso(RULES, "gb18030")
    other = iso([("200", f"1 {US}a矿井通风{US}f示例作者")], "gb18030")
    no_leader = b"abcde" + good[5:]
    no_field = good.replace(b"TD7-65" + US.encode(), b"TD7\x1e65" + US.encode(), 1)
    not_gbk = iso([("200", f"1 {US}a@@@@")], "gb18030").replace(b"@@@@", b"\xff\xff\xff\xff")
    no_title = iso([("010", f"  {US}a9787502041243")])
    parts = [good, no_leader, other, no_field, not_gbk, no_title, good[: len(good) // 2]]
    starts = [sum(map(len, parts[:place])) for place in range(len(parts))]
    found = list(marc.read_iso2709(b"".join(parts)))
    assert [one.title for one in found if isinstance(one, Draft)] == ["煤矿安全规程", "矿井通风"]
    faults = [(one.number, one.offset) for one in found if isinstance(one, Fault)]
    assert faults == [(2, starts[1]), (4, starts[3]), (5, starts[4]), (6, starts[5]), (7, starts[6])]
    words = [one.what for one in found if isinstance(one, Fault)]
    assert [
        part in word for part, word in zip(["头标", "对不上", "GB18030", "没有题名", "截断"], words, strict=True)
    ] == [True] * 5


def test_line_breaks_between_records_do_no_harm() -> None:
    assert titles(b"\r\n".join([iso(RULES), iso(RULES), b""])) == ["煤矿安全规程", "煤矿安全规程"]


def marc8(text: str) -> bytes:
    """Chinese in MARC-8: three bytes a character, called by an escape sequence."""
    from pymarc.marc8_mapping import CODESETS

    codes = {value[0]: key for key, value in CODESETS[0x31].items()}
    body = b"".join(codes[ord(one)].to_bytes(3, "big") for one in text)
    return b"\x1b$1" + body + b"\x1b(B"


def test_marc_8_with_accents_and_chinese() -> None:
    title = b"00\x1fa" + marc8("山川") + b" : \x1fbM\xe8unchen"
    raw = iso([("245", "@" * len(title))]).replace(b"@" * len(title), title)
    assert marc.charset_of(raw) == marc.MARC8
    (draft,) = marc.read_iso2709(raw)
    assert isinstance(draft, Draft)
    assert (draft.title, draft.subtitle) == ("山川", "München")
    assert draft.marc_form == marc.MARC21


def test_marc_21_of_the_library_s_own_writer() -> None:
    record = pymarc.Record(force_utf8=True)
    record.add_field(Field("020", Indicators(" ", " "), [Subfield("a", "702000220X (pbk.)")]))
    record.add_field(Field("245", Indicators("1", "0"), [Subfield("a", "红楼梦 /"), Subfield("c", "曹雪芹.")]))
    record.add_field(
        Field(
            "264",
            Indicators(" ", "1"),
            [Subfield("a", "北京 :"), Subfield("b", "人民文学出版社,"), Subfield("c", "1982.")],
        )
    )
    record.add_field(Field("084", Indicators(" ", " "), [Subfield("a", "I242.4"), Subfield("2", "clc")]))
    (draft,) = checked(marc.read_iso2709(record.as_marc()))
    assert isinstance(draft, Draft)
    assert (draft.title, draft.publisher, draft.year, draft.class_number) == (
        "红楼梦",
        "人民文学出版社",
        "1982",
        "I242.4",
    )
    assert draft.isbn == "9787020002207"


# MARCXML ----------------------------------------------------------------------------------------------------------------

GOOD = '<record><leader>00000nam0 2200000   45  </leader><datafield tag="200" ind1="1" ind2=" "><subfield code="a">%s</subfield></datafield></record>'


def test_marcxml_one_bad_record_does_not_cost_the_others() -> None:
    bad = '<record><datafield tag="200"><subfield code="a">没关上</datafield></record>'
    text = f'<?xml version="1.0"?><collection xmlns="{marc.NAMESPACE}">{GOOD % "甲"}{bad}{GOOD % "乙 &amp; 丙"}<record>'
    found = list(marc.read_marcxml(text.encode()))
    assert [one.title for one in found if isinstance(one, Draft)] == ["甲", "乙 & 丙"]
    faults = [one for one in found if isinstance(one, Fault)]
    assert [one.number for one in faults] == [2, 4]
    assert text.encode()[faults[0].offset :].startswith(bad.encode())


def test_marcxml_with_prefix_and_in_gbk() -> None:
    text = f'<?xml version="1.0" encoding="GBK"?><marc:collection xmlns:marc="{marc.NAMESPACE}">{GOOD % "矿山压力"}</marc:collection>'
    for name in ("record", "leader", "datafield", "subfield"):
        text = text.replace(f"<{name}", f"<marc:{name}").replace(f"</{name}", f"</marc:{name}")
    (draft,) = marc.read_marcxml(text.encode("gbk"))
    assert isinstance(draft, Draft)
    assert draft.title == "矿山压力"


@pytest.mark.parametrize(
    "bomb",
    [
        '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]>',
        '<!doctype x [<!entity f SYSTEM "file:///etc/passwd">]>',
    ],
)
def test_bombs_and_strange_entities_are_refused(bomb: str) -> None:
    with pytest.raises(Refused, match="DOCTYPE"):
        list(marc.read_marcxml(f"<?xml version='1.0'?>{bomb}<collection>{GOOD % '&b;'}</collection>".encode()))


# Round trips ------------------------------------------------------------------------------------------------------------

WORDS = st.text(st.sampled_from("矿井通风安全规程读本第二版ABCabc012 －—《》é"), min_size=1, max_size=40).map(str.strip)
OUTS = st.builds(
    lambda title, author, summary, number: marc.Out(
        {**dict.fromkeys(PLAIN, ""), "title": f"书{title}", "author": f"人{author}", "summary": summary, "language": "chi",
         "isbn": "9787502041243", "class_number": number, "year": "2020", "publisher": "示例出版社"},
        ["煤矿", "安全"], ["01000001", "01000002"], [["830", "  ", [["a", "馆内自用"]]]], marc.UNIMARC,
    ),
    WORDS, WORDS, WORDS, st.sampled_from(["TD7", "TD74-43", "I247.5"]),
)  # fmt: skip


def same(draft: object, out: marc.Out) -> bool:
    assert isinstance(draft, Draft), draft
    values = {
        name: getattr(draft, name)
        for name in ("title", "author", "summary", "class_number", "year", "isbn", "publisher")
    }
    wanted = {name: marc._words(marc._plain(out.values[name])) for name in values}
    return values == wanted and draft.subjects == ["煤矿", "安全"] and draft.barcodes == list(out.barcodes)


@settings(max_examples=40)
@given(
    st.lists(OUTS, min_size=1, max_size=4),
    st.sampled_from([marc.MARC21, marc.UNIMARC]),
    st.sampled_from(["utf-8", "gb18030"]),
)
def test_iso_2709_comes_in_as_it_went_out(outs: list[marc.Out], form: str, charset: str) -> None:
    data = marc.whole(marc.write_iso2709(outs, form, charset))
    found = list(marc.read_iso2709(data, charset))
    assert len(found) == len(outs)
    assert all(same(draft, out) for draft, out in zip(found, outs, strict=True))


@settings(max_examples=30)
@given(st.lists(OUTS, min_size=1, max_size=4), st.sampled_from([marc.MARC21, marc.UNIMARC]))
def test_marcxml_comes_in_as_it_went_out(outs: list[marc.Out], form: str) -> None:
    found = list(marc.read_marcxml(marc.whole(marc.write_marcxml(outs, form))))
    assert all(same(draft, out) for draft, out in zip(found, outs, strict=True))


def test_another_program_reads_what_we_write() -> None:
    """The library counts lengths itself and takes the record apart by them."""
    out = marc.Out({**dict.fromkeys(PLAIN, ""), "title": "矿井通风", "isbn": ""}, [], ["01000001"], [], "")
    (record,) = pymarc.MARCReader(marc.whole(marc.write_iso2709([out], marc.MARC21)))
    assert record is not None
    assert record.title == "矿井通风"
    gbk = marc.whole(marc.write_iso2709([out], marc.UNIMARC, marc.GB18030))
    (record,) = pymarc.MARCReader(gbk, file_encoding="gb18030")
    assert record is not None
    assert record["200"]["a"] == "矿井通风"


def test_fields_without_a_column_here_are_kept_and_go_out_again() -> None:
    (draft,) = marc.read_iso2709(iso([*RULES, ("320", f"  {US}a有书目")]))
    assert isinstance(draft, Draft)
    values = {**{name: getattr(draft, name) for name in PLAIN}, "isbn": draft.isbn}
    out = marc.Out(values, draft.subjects, draft.barcodes, draft.marc_rest, draft.marc_form)
    again = marc.record_of(out, marc.UNIMARC)
    assert again["320"]["a"] == "有书目"
    assert again["001"].data == "CAL 012026000001"


@settings(max_examples=60)
@given(st.binary(max_size=400))
def test_garbage_is_a_fault_and_never_an_error(data: bytes) -> None:
    for one in checked(marc.read_iso2709(data)):
        assert isinstance(one, Draft | Fault)


@settings(max_examples=60)
@given(st.integers(0, 400), st.binary(min_size=1, max_size=6))
def test_a_record_that_was_overwritten_somewhere_costs_only_itself(place: int, noise: bytes) -> None:
    noise = noise.replace(RS, b"?")
    first, last = iso(RULES), iso([("200", f"1 {US}a最后一条")])
    broken = (
        first[:place] + noise + first[place + len(noise) : -1].replace(RS, b"?") + RS
        if place < len(first) - 8
        else first
    )
    found = list(marc.read_iso2709(broken + last, "utf-8"))
    assert isinstance(found[-1], Draft)
    assert found[-1].title == "最后一条"
