"""The mine's own Word templates: checked before they are kept, filled with text that stays text."""

from collections.abc import Iterator
from io import BytesIO
from zipfile import ZipFile

import pytest
from docx import Document
from hypothesis import given, settings
from hypothesis import strategies as st

from kuangdeng.kernel.documents import Letter, check, render
from kuangdeng.kernel.errors import NotVisible, Refused
from kuangdeng.kernel.files import path_of, sweep
from kuangdeng.org.documents import services
from kuangdeng.org.documents.api import print_document
from kuangdeng.org.documents.models import MineTemplate
from kuangdeng.org.documents.rules import KINDS, declare_document
from kuangdeng.org.documents.tests.kind import LETTER, WHOLE, default
from kuangdeng.org.testkit import Cast, make_cast


@pytest.fixture
def cast(db: None) -> Iterator[Cast]:
    declare_document(LETTER)
    yield make_cast()
    KINDS.pop(LETTER.code, None)


def of(*lines: str) -> bytes:
    letter = Letter()
    for line in lines:
        letter.text(line)
    return letter.content()


def words_of(content: bytes) -> str:
    document = Document(BytesIO(content))
    cells = [cell.text for table in document.tables for row in table.rows for cell in row.cells]
    return "\n".join([*(one.text for one in document.paragraphs), *cells])


TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=60)


@settings(max_examples=25)
@given(TEXT, TEXT)
def test_whatever_is_filled_in_stays_text(title: str, text: str) -> None:
    made = render(default(), {"title": f"题{title}", "body": text, "items": [{"no": 1, "text": f"甲{text}乙"}]})
    assert Document(BytesIO(made)).tables[0].rows[1].cells[1].text.startswith("甲")


def test_markup_and_braces_in_a_fact_are_printed_as_they_are() -> None:
    made = render(default(), {**WHOLE, "body": "<w:p>&amp; {{ title }} {% raw %}\n第二行"})
    assert "<w:p>&amp; {{ title }} {% raw %}\n第二行" in words_of(made)


def test_both_branches_are_printed() -> None:
    assert "回风顺槽积水" in words_of(render(default(), WHOLE))
    assert "没有内容。" in words_of(render(default(), {**WHOLE, "items": []}))


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("{{ titel }}", "“titel”"),
        ("{% for one in items %}{{ one.txt }}{% endfor %}", "“txt”"),
        ("{% for one in items %}", "缺少 endfor"),
        ("{{ title | 大写 }}", "不认识 大写"),
        ("{{ title }", "括号或写法不对"),
        ("{{ 'x' * 1000000000 }}", "不允许的写法"),
        ("{{ ''.__class__.__mro__ }}", "不允许的写法"),
        ("{{ range(1000000) }}", "“range”"),
        ("{{ 1 / 0 }}", "填不出来"),
    ],
)
def test_a_template_is_refused_in_words(line: str, said: str) -> None:
    with pytest.raises(Refused, match=said):
        check(of(line), LETTER.samples())


def test_a_tag_that_only_the_empty_case_reaches_is_found_as_well() -> None:
    with pytest.raises(Refused, match="“nothing”"):
        check(of("{% if not items %}{{ nothing }}{% endif %}"), LETTER.samples())


def test_what_is_no_word_file_is_refused() -> None:
    out = BytesIO()
    with ZipFile(out, "w") as book:
        book.writestr("xl/workbook.xml", "<a/>")
    for content in (b"", b"\xd0\xcf\x11\xe0 old doc", out.getvalue(), default()[:-200]):
        with pytest.raises(Refused):
            check(content, LETTER.samples())


def test_macros_and_bombs_are_refused() -> None:
    for name, body, said in (
        ("word/vbaProject.bin", b"x", "宏"),
        ("word/media/a.bmp", b"\0" * (61 << 20), "展开后太大"),
    ):
        out = BytesIO(default())
        from zipfile import ZIP_DEFLATED

        with ZipFile(out, "a", ZIP_DEFLATED) as package:
            package.writestr(name, body)
        with pytest.raises(Refused, match=said):
            check(out.getvalue(), LETTER.samples())


def test_the_newest_version_holds_until_it_is_withdrawn(cast: Cast) -> None:
    assert print_document(LETTER.code, WHOLE, mine_id=cast.mine.id).version == 0
    first = services.upload_template(LETTER.code, content=of("一版 {{ title }}"), file_name="甲.docx", by=cast.safety)
    second = services.upload_template(LETTER.code, content=of("二版 {{ title }}"), file_name="乙.docx", by=cast.safety)
    assert (first.version, second.version) == (1, 2)
    printed = print_document(LETTER.code, WHOLE, mine_id=cast.mine.id)
    assert printed.version == 2 and "二版 关于整改的通知" in words_of(printed.content)
    services.withdraw_template(second.id, by=cast.safety)
    assert "一版 关于整改的通知" in words_of(print_document(LETTER.code, WHOLE, mine_id=cast.mine.id).content)
    services.withdraw_template(first.id, by=cast.safety)
    assert print_document(LETTER.code, WHOLE, mine_id=cast.mine.id).version == 0
    with pytest.raises(Refused, match="已经停用"):
        services.withdraw_template(first.id, by=cast.safety)


def test_a_bad_template_changes_nothing(cast: Cast) -> None:
    with pytest.raises(Refused, match="“titel”"):
        services.upload_template(LETTER.code, content=of("{{ titel }}"), file_name="甲.docx", by=cast.safety)
    assert not MineTemplate.objects.exists()


def test_the_same_file_again_is_no_new_version(cast: Cast) -> None:
    content = of("{{ title }}")
    made = services.upload_template(LETTER.code, content=content, file_name="甲.docx", by=cast.safety)
    with pytest.raises(Refused, match="一模一样"):
        services.upload_template(LETTER.code, content=content, file_name="乙.docx", by=cast.safety)
    sweep()
    assert path_of(made.file_id).read_bytes() == content


def test_only_who_looks_after_a_kind_may_touch_it(cast: Cast) -> None:
    other = make_cast("ANDER")
    for person in (cast.miner, cast.mine_leader, cast.unit_head):
        with pytest.raises(NotVisible):
            services.upload_template(LETTER.code, content=default(), file_name="甲.docx", by=person)
    made = services.upload_template(LETTER.code, content=default(), file_name="甲.docx", by=cast.safety)
    with pytest.raises(NotVisible):
        services.withdraw_template(made.id, by=other.safety)
    assert print_document(LETTER.code, WHOLE, mine_id=other.mine.id).version == 0
