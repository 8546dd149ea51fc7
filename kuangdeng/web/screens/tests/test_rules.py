"""When a slot is on, what is refused, how words are cut for a wall."""

from datetime import datetime

import pytest

from kuangdeng.kernel.errors import Refused
from kuangdeng.web.screens.boards import Face, Figure, Row
from kuangdeng.web.screens.feed import paged
from kuangdeng.web.screens.rules import (
    MEASURES,
    MOST_PAGES,
    Slot,
    breadth,
    check_playlist,
    check_policy,
    slots_of,
    wrapped,
)

FRIDAY = datetime(2026, 11, 20)


@pytest.mark.parametrize(
    ("slot", "hour", "on"),
    [
        (Slot("today"), 3, True),
        (Slot("today", days=(5,)), 3, True),
        (Slot("today", days=(1, 2)), 3, False),
        (Slot("today", since="07:00", until="09:00"), 7, True),
        (Slot("today", since="07:00", until="09:00"), 9, False),
        (Slot("today", since="22:00", until="06:00"), 23, True),
        (Slot("today", since="22:00", until="06:00"), 5, True),
        (Slot("today", since="22:00", until="06:00"), 6, False),
        (Slot("today", days=(4,), since="22:00", until="06:00"), 5, True),  # Thursday's night shift
        (Slot("today", days=(5,), since="22:00", until="06:00"), 5, False),
    ],
)
def test_a_slot_is_shown_on_its_days_and_in_its_hours_over_midnight_too(slot: Slot, hour: int, on: bool) -> None:
    assert slot.on_at(FRIDAY.replace(hour=hour)) is on


def test_a_playlist_is_kept_as_it_was_made() -> None:
    slots = [Slot("notice", 12, (1, 7), "06:00", "18:00", {"title": "班前提醒"}), Slot("overdue")]
    assert slots_of([slot.stored() for slot in slots]) == slots


@pytest.mark.parametrize(
    "slot",
    [
        Slot("video"),
        Slot("today", 1),
        Slot("today", 9999999999999),
        Slot("today", days=(8,)),
        Slot("today", since="07:00"),
    ],
)
def test_what_could_not_be_shown_is_refused(slot: Slot) -> None:
    with pytest.raises(Refused, match="第 2 项"):
        check_playlist([Slot("today"), slot], ["today"])


@pytest.mark.parametrize("limits", [(5, 5, 10), (0, 8, 10), (3, 8, 1), (3, 999, 10)])
def test_limits_that_contradict_each_other_are_refused(limits: tuple[int, int, int]) -> None:
    with pytest.raises(Refused):
        check_policy(*limits)


def test_words_are_cut_into_lines_that_fit_and_lose_nothing() -> None:
    words = "今天 16:00 起东翼 -350 水平停电检修，各队 PM2.5 监测照常。" * 5 + "\n" + "W" * 100
    lines = wrapped(words, 11)
    assert "".join(lines).replace(" ", "") == words.replace("\n", "").replace(" ", "")
    assert all(sum(map(breadth, line)) <= 12 for line in lines)
    assert not any(line.startswith(("，", "。")) for line in lines)


@pytest.mark.parametrize("format", list(MEASURES))
def test_a_long_board_pages_itself_and_each_page_stands_for_its_seconds(format: str) -> None:
    measure = MEASURES[format]
    face = Face("超期", [Figure("超期", "40")], [Row(f"{n}队", "煤" * n) for n in range(20)], words="安全" * 200)
    pages = paged(face, Slot("overdue", 20), measure)
    told = [row.lead for page in pages for row in page.rows]
    assert told == [f"{n}队" for n in range(len(told))]
    assert len(told) == 20 or sum(bool(page.rows) for page in pages) >= MOST_PAGES - 1
    assert "".join(line for page in pages for line in page.lines) == "安全" * 200
    assert all(sum(measure.lines_of(row.text) for row in page.rows) <= measure.rows for page in pages)
    assert all(len(page.lines) <= measure.lines for page in pages)
    assert {page.seconds for page in pages} == {20}
    assert pages[-1].part == f"{len(pages)}/{len(pages)}"
