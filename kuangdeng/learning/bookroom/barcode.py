"""Barcodes as SVG: Code 128 for our own numbers, EAN-13 for the numbers that publishers print. Pure.

Both are fixed tables and a check digit; a library would bring fonts and pictures that a label sheet has no use for.
"""

from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

_WIDTHS = tuple(
    """
    212222 222122 222221 121223 121322 131222 122213 122312 132212 221213 221312 231212 112232 122132 122231 113222
    123122 123221 223211 221132 221231 213212 223112 312131 311222 321122 321221 312212 322112 322211 212123 212321
    232121 111323 131123 131321 112313 132113 132311 211313 231113 231311 112133 112331 132131 113123 113321 133121
    313121 211331 231131 213113 213311 213131 311123 311321 331121 312113 312311 332111 314111 221411 431111 111224
    111422 121124 121421 141122 141221 112214 112412 122114 122411 142112 142211 241211 221114 413111 241112 134111
    111242 121142 121241 114212 124112 124211 411212 421112 421211 212141 214121 412121 111143 111341 131141 114113
    114311 411113 411311 113141 114131 311141 411131 211412 211214 211232
    """.split()  # noqa: SIM905 - a table is read in lines
)
"""Bars and gaps of the 106 signs of Code 128, in modules."""
_STOP = "2331112"
_START_B, _START_C, _TO_B, _TO_C = 104, 105, 100, 99


def code128_values(text: str) -> list[int]:
    """The signs of a text, check sign included: pairs of digits share one sign where at least four stand together.

    ValueError for letters that are no printable ASCII.
    """
    if not text or any(not 32 <= ord(one) <= 126 for one in text):
        raise ValueError(text)
    values: list[int] = []
    at, mode = 0, ""
    while at < len(text):
        run = 0
        while at + run < len(text) and text[at + run].isdigit():
            run += 1
        pairs = run - run % 2
        if pairs >= 4 or (pairs == len(text) == 2):
            values.append(_START_C if not mode else _TO_C)
            mode = "C"
            values += [int(text[i : i + 2]) for i in range(at, at + pairs, 2)]
            at += pairs
        else:
            if mode != "B":
                values.append(_START_B if not mode else _TO_B)
                mode = "B"
            values.append(ord(text[at]) - 32)
            at += 1
    check = (values[0] + sum(place * value for place, value in enumerate(values[1:], 1))) % 103
    return [*values, check]


def code128_modules(text: str) -> str:
    """The bars of Code 128 as ones and gaps as zeros."""
    widths = "".join(_WIDTHS[value] for value in code128_values(text)) + _STOP
    return "".join(("1" if place % 2 == 0 else "0") * int(width) for place, width in enumerate(widths))


_LEFT = ("0001101", "0011001", "0010011", "0111101", "0100011", "0110001", "0101111", "0111011", "0110111", "0001011")
_PARITY = ("LLLLLL", "LLGLGG", "LLGGLG", "LLGGGL", "LGLLGG", "LGGLLG", "LGGGLL", "LGLGLG", "LGLGGL", "LGGLGL")


def ean13_check(digits: str) -> str:
    """The thirteenth digit of twelve."""
    total = sum(int(one) * (3 if place % 2 else 1) for place, one in enumerate(digits[:12]))
    return str(-total % 10)


def is_ean13(text: str) -> bool:
    """Whether these are thirteen digits of which the last one checks the others."""
    return len(text) == 13 and text.isascii() and text.isdigit() and ean13_check(text) == text[12]


def ean13_modules(text: str) -> str:
    """The bars of EAN-13 as ones and gaps as zeros. ValueError when its check digit is wrong."""
    if not is_ean13(text):
        raise ValueError(text)
    right = [code.translate(str.maketrans("01", "10")) for code in _LEFT]
    mirrored = [code[::-1] for code in right]
    left = "".join(
        (_LEFT if kind == "L" else mirrored)[int(one)]
        for one, kind in zip(text[1:7], _PARITY[int(text[0])], strict=True)
    )
    return "101" + left + "01010" + "".join(right[int(one)] for one in text[7:]) + "101"


def svg(text: str) -> SafeString:
    """The barcode of a copy's number: EAN-13 when it is one, else Code 128, with the quiet zone that scanners need."""
    modules = ean13_modules(text) if is_ean13(text) else code128_modules(text)
    quiet, height = 11, 40
    bars, at = [], 0
    while at < len(modules):
        end = at
        while end < len(modules) and modules[end] == modules[at]:
            end += 1
        if modules[at] == "1":
            bars.append(f"M{quiet + at} 0h{end - at}v{height}h-{end - at}z")
        at = end
    width = len(modules) + 2 * quiet
    return format_html(
        '<svg class="barcode" viewBox="0 0 {} {}" preserveAspectRatio="none" role="img" aria-label="{}"><path d="{}"/></svg>',
        width, height, text, mark_safe("".join(bars)),  # noqa: S308 - numbers only
    )  # fmt: skip
