"""What a new mine starts with: shift schemes and the calendar of the known years."""

import json
from datetime import time
from importlib import resources

from kuangdeng.kernel.verbs import verb
from kuangdeng.ledger.api import Subject, post
from kuangdeng.org.models import Mine, Person, Shift, ShiftScheme
from kuangdeng.org.services.calendar import seed_calendar


def _time(text: str) -> time:
    """A clock time of the file; 24:00 is midnight."""
    hour, minute = (int(part) for part in text.split(":"))
    return time(hour % 24, minute)


def seed_schemes(mine: Mine) -> int:
    """三八制, 四六制 and the offices' day; the first becomes the default. Part of the set-up verb."""
    schemes = json.loads(
        resources.files("kuangdeng.org").joinpath("data", "shift_schemes.json").read_text(encoding="utf-8")
    )["schemes"]
    has_default = ShiftScheme.objects.filter(mine=mine, is_default=True).exists()
    made = 0
    for at, row in enumerate(schemes):
        scheme, created = ShiftScheme.objects.get_or_create(
            mine=mine, name=row["name"], defaults={"is_default": at == 0 and not has_default}
        )
        if created:
            made += 1
            Shift.objects.bulk_create(
                Shift(scheme=scheme, name=one["name"], start=_time(one["starts"]), end=_time(one["ends"]),
                      aliases=[word for word in one.get("aliases", []) if len(word) <= 20])
                for one in row["shifts"]
            )  # fmt: skip
    return made


@verb
def set_up_org(*, mine: Mine, by: Person | None = None) -> dict[str, int]:
    """Give a new mine its shift schemes and the calendar of the known years (初始化班制和日历). May run again: what
    is there stays."""
    made = {"schemes": seed_schemes(mine), "days": seed_calendar(mine)}
    post(
        "org.set_up",
        Subject("mine", mine.id, mine.name),
        mine_id=mine.id,
        by=by,
        payload=dict(made),
    )
    return made
