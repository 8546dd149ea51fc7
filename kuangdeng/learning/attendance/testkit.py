"""Short ways to sheets and sign-ins, for the tests of this part and of those above."""

from collections.abc import Iterable
from datetime import timedelta

from django.db import transaction

from kuangdeng.kernel import clock
from kuangdeng.learning.attendance import rules, services
from kuangdeng.learning.attendance.models import Attendee, Doubt, MakeUp, Sheet
from kuangdeng.learning.attendance.services._steps import make_sheet
from kuangdeng.org.testkit import Cast

EXPECTED = ("miner", "team_leader", "unit_head", "other_miner")
READ = "补看了防治水专题的讲稿，把我们面上的探放水要求对照抄了一遍。"


def sheet_in(
    cast: Cast,
    *,
    expected: Iterable[str] = EXPECTED,
    begins_in: int = 0,
    leaders: Iterable[str] = ("branch_secretary",),
) -> Sheet:
    """The sheet of a study session that begins in so many minutes and lasts two hours; open half an hour before."""
    starts = clock.now() + timedelta(minutes=begins_in)
    with transaction.atomic():
        return make_sheet(
            mine_id=cast.mine.id, kind="专题辅导", title="防治水专题辅导", place_text="三楼会议室", starts_at=starts,
            ends_at=starts + timedelta(hours=2), by=cast.branch_secretary, back="/learning/study/",
            leaders=[cast.persons[part] for part in leaders], expected=[cast.persons[part] for part in expected],
        )  # fmt: skip


def row_in(sheet: Sheet, cast: Cast, part: str = "miner") -> Attendee:
    """Somebody's row of a sheet."""
    return Attendee.objects.select_related("sheet", "person").get(sheet=sheet, person=cast.persons[part])


def signed(sheet: Sheet, cast: Cast, part: str = "miner", device: str = "") -> Attendee | Doubt:
    """Somebody has scanned and signed on his own phone."""
    person = cast.persons[part]
    return services.sign_by_code(sheet.id, device=device or f"phone-{part}", number=person.number)


def doubted(cast: Cast) -> Doubt:
    """A second person on one phone."""
    sheet = sheet_in(cast)
    signed(sheet, cast, device="one")
    found = signed(sheet, cast, "team_leader", device="one")
    assert isinstance(found, Doubt)
    return found


def asked(cast: Cast) -> Attendee:
    """Somebody asks for leave."""
    sheet = sheet_in(cast, begins_in=60)
    return services.ask_leave(row_in(sheet, cast).id, reason="当天上四点班", by=cast.miner)


def handed_in(cast: Cast) -> MakeUp:
    """Somebody who was not there has handed in what he read."""
    sheet = sheet_in(cast, begins_in=-10)
    return services.hand_in(row_in(sheet, cast).id, on=clock.today(), text=READ, by=cast.miner)


def live_code(sheet: Sheet) -> str:
    """What the room's screen shows at this moment."""
    return rules.code_of(sheet.secret, rules.slot_of(clock.now()))
