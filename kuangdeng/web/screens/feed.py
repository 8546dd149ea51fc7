"""What a display gets: pages in order, ready to be drawn. The same pages make the text and the picture."""

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import TypeVar
from uuid import UUID

from django.core.cache import cache
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from kuangdeng.kernel import clock
from kuangdeng.kernel.language import in_chinese
from kuangdeng.ledger.api import newest
from kuangdeng.web.models import Screen, ScreenPolicy
from kuangdeng.web.screens import boards, rules
from kuangdeng.web.screens.boards import Face, Figure, Request, Row
from kuangdeng.web.screens.queries import Said, said_in

ALARM = "interrupt"
T = TypeVar("T")


@dataclass(frozen=True)
class Page:
    """One page on the wall. `until` (milliseconds): it goes by itself then, also when the server is not there."""

    board: str
    title: str
    seconds: int
    figures: tuple[Figure, ...] = ()
    rows: tuple[Row, ...] = ()
    lines: tuple[str, ...] = ()
    note: str = ""
    part: str = ""
    until: int = 0


@dataclass(frozen=True)
class Answer:
    """The feed as it goes out. `etag` is made of the content: what is built anew but says the same is not sent again."""

    body: bytes
    etag: str


def feed_of(screen: Screen) -> Answer:
    """What this screen shows now. A constant number of statements while nothing happens in the mine."""
    with in_chinese():
        policy = getattr(screen.mine, "screen_policy", None) or ScreenPolicy()
        return _answer(
            _shown(screen).drawn,
            state="on",
            screen=screen.name,
            mine=screen.mine.name,
            layout=screen.format,
            refresh=rules.POLL_SECONDS,
            amber=policy.amber_minutes,
            red=policy.red_minutes,
        )


def pairing_feed(code: str) -> Answer:
    """What a display shows that belongs to nobody yet."""
    return _answer(state="pairing", code=code, refresh=rules.PAIRING_POLL_SECONDS)


def _answer(pages: str = "", **words: object) -> Answer:
    body = _json({"format": rules.FORMAT, **words})
    whole = f'{body[:-1]},"pages":{pages}}}' if pages else body
    return Answer(whole.encode(), sha256(whole.encode()).hexdigest()[:32])


def _json(words: object) -> str:
    return json.dumps(words, ensure_ascii=False, separators=(",", ":"), default=vars)


@dataclass(frozen=True)
class Shown:
    """The pages of a screen, and the same as they go out."""

    pages: list[Page]
    drawn: str


def pages_of(screen: Screen) -> list[Page]:
    """The pages that are due on this screen at this moment; an interrupt stands alone."""
    return _shown(screen).pages


def _shown(screen: Screen) -> Shown:
    """What stands on this screen now. Screens that play the same share it, so that most polls only look it up.

    The version is the mine's newest ledger entry and the minute; what is said, and which slots have their hour, are part
    of the key, because they change without either.
    """
    at = clock.now()
    version = f"{newest(screen.mine_id)}:{int(at.timestamp() // rules.FRESH.total_seconds())}"
    said = [one for one in _said(screen.mine_id, version, at) if one.on(screen, at)]
    slots = [slot for slot in screen.slots if slot.on_at(clock.local(at))]
    content = repr((screen.format, slots, said, get_language()))
    key = f"shown:{screen.mine_id}:{sha256(content.encode()).hexdigest()[:24]}"

    def make() -> Shown:
        pages = _pages(screen, slots, said, version, at)
        return Shown(pages, _json(pages))

    return _kept(key, version, make)


def _pages(screen: Screen, slots: Sequence[rules.Slot], said: Sequence[Said], version: str, at: datetime) -> list[Page]:
    measure = rules.MEASURES[screen.format]
    alarms = [one for one in said if one.is_alarm]
    if alarms:
        return list(_message_pages(alarms, ALARM, 10, measure))
    pages: list[Page] = []
    for slot in slots:
        if slot.board == boards.NOTICE:
            pages += _message_pages(said, slot.board, slot.seconds, measure)
        elif face := _face(screen, slot, version, at):
            pages += paged(face, slot, measure)
    return pages or [Page("", screen.mine.name, 60, lines=(_("现在没有要公布的内容。"),))]


def _face(screen: Screen, slot: rules.Slot, version: str, at: datetime) -> Face | None:
    """The board as it is now, built once for all screens of the mine until something happens there."""
    board = boards.BOARDS.get(slot.board)
    if board is None:
        return None
    options = json.dumps(slot.options, sort_keys=True)
    key = f"board:{screen.mine_id}:{slot.board}:{sha256(options.encode()).hexdigest()[:16]}"
    return _kept(key, version, lambda: board.build(Request(screen.mine_id, at, slot.options)))


def _said(mine_id: UUID, version: str, at: datetime) -> list[Said]:
    return _kept(f"screen-messages:{mine_id}", version, lambda: said_in(mine_id, at))


def _kept(key: str, version: str, make: Callable[[], T]) -> T:
    """What was made for this version, or made now: the next version takes its place."""
    kept: tuple[str, T] | None = cache.get(key)
    if kept is None or kept[0] != version:
        kept = version, make()
        cache.set(key, kept, 2 * rules.FRESH.total_seconds())
    return kept[1]


def _message_pages(messages: Iterable[Said], board: str, seconds: int, measure: rules.Measure) -> Iterator[Page]:
    for message in messages:
        until = int(message.ends_at.timestamp() * 1000)
        slot = rules.Slot(board, seconds)
        for page in paged(Face(message.title, words=message.words), slot, measure):
            yield Page(**{**vars(page), "until": until})


def paged(face: Face, slot: rules.Slot, measure: rules.Measure) -> list[Page]:
    """A face cut into pages that fit the format; each stands for the seconds of its slot."""
    title = slot.options.get("title") or face.title
    blocks: list[tuple[tuple[Figure, ...], tuple[Row, ...], tuple[str, ...]]] = []
    if face.figures:
        first, rest = _fitting(face.rows, measure, measure.figured)
        blocks.append((tuple(face.figures), first, ()))
    else:
        rest = face.rows
    while rest and len(blocks) < rules.MOST_PAGES:
        page, rest = _fitting(rest, measure, measure.rows)
        blocks.append(((), page, ()))
    lines = rules.wrapped(face.words, measure.columns)
    blocks += [((), (), tuple(lines[at : at + measure.lines])) for at in range(0, len(lines), measure.lines)]
    many = len(blocks)
    return [
        Page(slot.board, title, slot.seconds, *block, note=face.note, part=f"{number}/{many}" if many > 1 else "")
        for number, block in enumerate(blocks, 1)
    ]


def _fitting(rows: Sequence[Row], measure: rules.Measure, room: int) -> tuple[tuple[Row, ...], Sequence[Row]]:
    """The rows that fit into so many lines, and those that are left."""
    for count, row in enumerate(rows):
        room -= measure.lines_of(row.text)
        if room < 0:
            return tuple(rows[:count]), rows[count:]
    return tuple(rows), ()


# For old controllers --------------------------------------------------------------------------------------------------


def page_now_of(screen: Screen) -> Page:
    """Which page of the cycle stands at this moment, for a device that fetches a picture now and then."""
    with in_chinese():
        pages = pages_of(screen)
    into = int(clock.now().timestamp()) % sum(page.seconds for page in pages)
    for page in pages:
        into -= page.seconds
        if into < 0:
            return page
    return pages[-1]


def as_text(screen: Screen) -> str:
    """Everything that the screen shows now as plain lines, for a controller that scrolls text."""
    lines: list[str] = []
    with in_chinese():
        for page in pages_of(screen):
            lines.append(f"【{page.title}】")
            lines += [f"{figure.label} {figure.value}" for figure in page.figures]
            lines += ["  ".join(filter(None, (row.lead, row.text, row.end))) for row in page.rows]
            lines += page.lines
        lines.append(_("数据截至 %s") % f"{clock.local():%H:%M}")
    return "\r\n".join(lines) + "\r\n"
