"""What goes out comes in again the same: Excel, GIFT, Moodle XML, QTI 3.0, for items of every type."""

import io
import string
from collections.abc import Callable, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kuangdeng.kernel.errors import Refused
from kuangdeng.learning.items.formats.drafts import Draft, Left, finish
from kuangdeng.learning.items.formats.gift import write_gift
from kuangdeng.learning.items.formats.moodle import write_moodle
from kuangdeng.learning.items.formats.opening import open_items
from kuangdeng.learning.items.formats.qti3 import write_qti
from kuangdeng.learning.items.formats.workbook import write_book
from kuangdeng.learning.items.rules.content import options_of
from kuangdeng.learning.items.testkit import NUMERIC, ONE_OF_EACH

SIGNS = "~=#{}:\\<>&\"'%*|/；;、，。（）()[]【】±→-_.?!@$ \n1290Aa甲乙丙煤矿瓦斯一二①"
words = st.text(SIGNS + string.ascii_letters, min_size=1, max_size=30).filter(lambda text: bool(text.strip(" \n_")))


def line() -> st.SearchStrategy[str]:
    return words.map(lambda text: " ".join(text.replace("_", " ").split())).filter(bool)


def texts(least: int, most: int) -> st.SearchStrategy[list[str]]:
    return st.lists(line(), min_size=least, max_size=most, unique=True)


@st.composite
def contents(draw: st.DrawFn) -> dict:
    kind = draw(st.sampled_from(list(ONE_OF_EACH)))
    stem = draw(words).replace("_", "")
    if kind in ("single", "multiple", "ordering"):
        options = options_of(draw(texts(2, 6)))
        ids = [one["id"] for one in options]
        if kind == "ordering":
            return {"type": kind, "stem": stem, "options": options, "correct": draw(st.permutations(ids))}
        correct = draw(st.lists(st.sampled_from(ids), min_size=1, max_size=1 if kind == "single" else 6, unique=True))
        return {"type": kind, "stem": stem, "options": options, "correct": correct}
    if kind == "true_false":
        return {"type": kind, "stem": stem, "correct": draw(st.booleans())}
    if kind == "matching":
        left, right = draw(texts(2, 5)), draw(texts(2, 5))
        rows = [{"id": f"l{at}", "text": one} for at, one in enumerate(left, 1)]
        ends = [{"id": f"r{at}", "text": one} for at, one in enumerate(right, 1)]
        pairs = {one["id"]: draw(st.sampled_from(ends))["id"] for one in rows}
        return {"type": kind, "stem": stem, "left": rows, "right": ends, "pairs": pairs}
    if kind == "fill_in":
        blanks = draw(st.lists(blank(), min_size=1, max_size=4))
        marked = draw(st.booleans())
        return {
            "type": kind,
            "stem": stem + "".join(f"之{at}____" for at in range(len(blanks))) if marked else stem,
            "blanks": blanks,
        }
    return {"type": kind, "stem": stem, "reference": draw(words | st.just(""))}


@st.composite
def blank(draw: st.DrawFn) -> dict:
    kind = draw(st.sampled_from(["text", "number", "choice"]))
    if kind == "number":
        number = draw(st.decimals(-1000, 1000, places=2))
        return {"number": str(number), "tolerance": str(abs(draw(st.decimals(0, 10, places=1))))}
    if kind == "text":
        return {"answers": draw(texts(1, 3))}
    choices = draw(texts(2, 4))
    return {"answers": [choices[0]], "choices": choices}


@st.composite
def drafts(draw: st.DrawFn) -> Draft:
    draft = Draft(
        draw(contents()),
        marks=draw(st.sampled_from(["", "1", "2.5", "10"])),
        explanation=draw(st.just("") | words),
        difficulty=draw(st.integers(0, 5)),
        source=draw(st.just("") | st.just("煤矿安全规程 第一百条")),
        categories=draw(
            st.sampled_from([[], [("specialty", "一通三防")], [("trade", "瓦检员"), ("topic", "瓦斯/爆炸")]])
        ),
    )
    try:
        done = finish(draft)
    except Refused:  # pragma: no cover - a content that the strategy could not make right
        raise
    if isinstance(done, Left):
        from hypothesis import reject

        reject()
    return done


Write = Callable[[list[Draft], list[Left], io.BytesIO], None]


def gift(rows: list[Draft], left: list[Left], file: io.BytesIO) -> None:
    file.write("".join(write_gift(rows, left)).encode())


def moodle(rows: list[Draft], left: list[Left], file: io.BytesIO) -> None:
    file.write("".join(write_moodle(rows, left)).encode())


FORMATS: dict[str, Write] = {"xlsx": write_book, "gift": gift, "moodle": moodle, "qti": write_qti}


def there_and_back(write: Write, rows: list[Draft]) -> tuple[list[Draft], list[Left], list[Left]]:
    left: list[Left] = []
    file = io.BytesIO()
    write(rows, left, file)
    with TemporaryDirectory() as folder:
        path = Path(folder) / "题库"
        path.write_bytes(file.getvalue())
        with open_items(path, name="题库", keep=lambda data: "") as opened:
            reads = list(opened.reads)
    return [one for one in reads if isinstance(one, Draft)], [one for one in reads if isinstance(one, Left)], left


def named(content: dict) -> Iterator[object]:
    """A content without our own ids: what a learner would see, and what is right."""
    names = {one["id"]: one["text"] for part in ("options", "left", "right") for one in content.get(part, ())}
    for key, value in content.items():
        if key == "correct" and isinstance(value, list):
            yield key, [names[one] for one in value]
        elif key == "pairs":
            yield key, {names[a]: names[b] for a, b in value.items()}
        elif key in ("left", "right", "options"):
            yield key, sorted(one["text"] for one in value) if key == "right" else [one["text"] for one in value]
        else:
            yield key, value


def comparable(draft: Draft) -> dict:
    facts = {"explanation": draft.explanation, "difficulty": draft.difficulty, "source": draft.source}
    return {**dict(named(draft.content)), **facts, "categories": sorted(draft.categories)}


def test_a_cloze_keeps_the_signs_that_mark_its_blanks() -> None:
    blanks = [{"answers": ["\\", "a~b", "1#2"]}, {"answers": ["}"]}]
    row = Draft(
        {"type": "fill_in", "stem": "路径 C:\\____ 和 {x}____", "pictures": [], "blanks": blanks, "any_order": False}
    )
    [back], lost, left = there_and_back(FORMATS["moodle"], [row])
    assert not lost and not left
    assert (back.content["stem"], back.content["blanks"]) == (row.content["stem"], blanks)


@pytest.mark.parametrize("name", list(FORMATS))
@settings(max_examples=25, suppress_health_check=list(HealthCheck))
@given(rows=st.lists(drafts(), min_size=1, max_size=5))
def test_everything_that_a_format_can_say_comes_back(name: str, rows: list[Draft]) -> None:
    back, lost, left = there_and_back(FORMATS[name], rows)
    away = {one.row for one in left}
    sent = [row for at, row in enumerate(rows, 1) if at not in away]
    assert [one.message for one in lost] == []
    assert len(back) == len(sent), "nothing is dropped without a word"
    for before, after in zip(sent, back, strict=True):
        one, other = comparable(before), comparable(after)
        for row in (one, other):
            row["stem"] = (
                row["stem"].removesuffix("____").strip()
            )  # a blank without a mark stands behind the stem anyway
        if name == "gift" and before.content["type"] == "short_answer":
            one["explanation"] = other["explanation"] = ""
            one["reference"] = one["reference"] or other["reference"]
        assert other == one


@pytest.mark.parametrize("name", list(FORMATS))
def test_each_of_our_types_goes_there_and_back_or_is_told(name: str) -> None:
    rows = [finish(Draft(dict(one))) for one in [*ONE_OF_EACH.values(), NUMERIC]]
    back, lost, left = there_and_back(FORMATS[name], rows)  # type: ignore[arg-type]
    assert lost == []
    told = {"gift": ["two blanks", "ordering", "a number in the middle"]}.get(name, [])
    assert len(left) == len(told), [one.message for one in left]
    assert len(back) == len(rows) - len(told)
