"""What is computed without a database: numbers, dates, barcodes."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kuangdeng.learning.bookroom import barcode, rules
from kuangdeng.learning.bookroom.rules import Terms

DUE = date(2026, 11, 20)


@pytest.mark.parametrize(
    ("written", "clean"),
    [
        ("978-7-5020-4124-3", "9787502041243"),
        ("ISBN 9787502041243", "9787502041243"),
        ("７５０２０４１２４Ｘ", "raises"),
        ("7-02-000220-X", "9787020002207"),
        ("9787502041244", "raises"),
        ("不详", "raises"),
        ("", ""),
    ],
)
def test_isbn(written: str, clean: str) -> None:
    if clean == "raises":
        with pytest.raises(ValueError):
            rules.clean_isbn(written)
    else:
        assert rules.clean_isbn(written) == clean


def test_the_main_classes_are_all_there_and_say_which_edition() -> None:
    assert "".join(rules.clc()) == "ABCDEFGHIJKNOPQRSTUVXZ"
    assert rules.main_class("TD74") == "T"
    assert rules.main_class("ｘ936") == "X"
    assert rules.main_class("M12") == rules.main_class("") == ""


@pytest.mark.parametrize(
    ("today", "step"),
    [
        (date(2026, 11, 16), None),
        (date(2026, 11, 17), ("before", 0)),
        (date(2026, 11, 19), ("before", 0)),
        (date(2026, 11, 20), ("at", 0)),
        (date(2026, 11, 21), ("late", 1)),
        (date(2026, 11, 27), ("late", 1)),
        (date(2026, 11, 28), ("late", 2)),
        (date(2027, 3, 1), None),
    ],
)
def test_which_reminder_holds(today: date, step: tuple[str, int] | None) -> None:
    assert rules.reminder_due(DUE, today, Terms()) == step


def test_the_same_work_in_other_words() -> None:
    assert rules.work_key("《矿井通风》", "张国枢 主编") == rules.work_key("矿井通风", "张国枢；谭允祯")
    assert rules.work_key("矿井通风", "张国枢") != rules.work_key("矿井通风与安全", "张国枢")


def test_ranks_share_and_nobody_is_no_rank() -> None:
    assert rules.ranked([0.5, None, 0.5, 0.1]) == [1, None, 1, 3]
    assert rules.per_head(3, 0) is None


CODE128 = {
    "01000123": "1101001110011001101100110110011001100110110011101101110111101000101100011101011",
    "KD-7": "1101001000010110001110101100010001001101110011101101110110001000101100011101011",
}
"""As another generator draws them."""


@pytest.mark.parametrize("text", CODE128)
def test_code_128_as_others_draw_it(text: str) -> None:
    assert barcode.code128_modules(text) == CODE128[text]


def test_ean_13_as_the_standard_shows_it() -> None:
    left, right = "0001011 0100111 0110011 0010011 0111101 0011101", "1100110 1101100 1000010 1011100 1001110 1000100"
    drawn = f"101{left}01010{right}101".replace(" ", "")
    assert barcode.ean13_modules("5901234123457") == drawn
    assert not barcode.is_ean13("5901234123458")


@given(st.text(st.characters(min_codepoint=32, max_codepoint=126), min_size=1, max_size=30))
def test_every_text_that_can_be_printed_is_read_again(text: str) -> None:
    """Each sign is eleven modules of three bars; read back by its widths it is the text."""
    modules = barcode.code128_modules(text)
    assert len(modules) % 11 == 2 and modules.endswith("1100011101011")
    signs = {"".join(("1" if place % 2 == 0 else "0") * int(width) for place, width in enumerate(sign)): value
             for value, sign in enumerate(barcode._WIDTHS)}  # fmt: skip
    values = [signs[modules[at : at + 11]] for at in range(0, len(modules) - 13, 11)]
    said, mode = "", {104: "B", 105: "C"}[values[0]]
    for value in values[1:-1]:
        if value == 99 and mode == "B":
            mode = "C"
        elif value == 100 and mode == "C":
            mode = "B"
        else:
            said += f"{value:02d}" if mode == "C" else chr(value + 32)
    assert said == text


def test_no_barcode_for_chinese() -> None:
    with pytest.raises(ValueError):
        barcode.code128_modules("登记号1")
