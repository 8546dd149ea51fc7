"""One line of what waits for somebody, whatever it is about."""

from dataclasses import dataclass, field
from datetime import datetime

from kuangdeng.kernel import clock


@dataclass
class Todo:
    """One line of what waits for me."""

    title: str
    url: str
    verb: str
    verb_url: str
    meta: list[str]
    due: datetime | None = None
    clock_text: str = ""
    tone: str = ""
    late: bool = False
    at: datetime = field(default_factory=clock.now)


def cut(text: str, length: int = 60) -> str:
    """The words of a line, cut after so many characters."""
    words = " ".join(text.split())
    return words if len(words) <= length else words[: length - 1] + "…"
