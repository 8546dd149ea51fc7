"""The moment before each verb of the sign-in, for the ledger walk."""

from collections.abc import Callable
from datetime import timedelta

from kuangdeng.kernel import clock
from kuangdeng.learning.attendance import services
from kuangdeng.learning.attendance.testkit import READ, asked, doubted, handed_in, row_in, sheet_in, signed
from kuangdeng.org.testkit import Cast

Run = Callable[[], object]


def sign_by_code(cast: Cast) -> Run:
    sheet = sheet_in(cast)
    return lambda: signed(sheet, cast)


def sign_by_card(cast: Cast) -> Run:
    sheet = sheet_in(cast)
    kiosk, _secret = services.open_kiosk(sheet.id, by=cast.branch_secretary)
    return lambda: services.sign_by_card(sheet.id, typed=cast.miner.number, kiosk=kiosk)


def settle_doubt(cast: Cast) -> Run:
    doubt = doubted(cast)
    return lambda: services.settle_doubt(doubt.id, accept=True, by=cast.branch_secretary)


def set_window(cast: Cast) -> Run:
    sheet, now = sheet_in(cast), clock.now()
    return lambda: services.set_window(
        sheet.id, opens_at=now, closes_at=now + timedelta(hours=1), late_after=10, by=cast.branch_secretary
    )


def open_now(cast: Cast) -> Run:
    sheet = sheet_in(cast, begins_in=90)
    return lambda: services.open_now(sheet.id, by=cast.branch_secretary)


def close(cast: Cast) -> Run:
    sheet = sheet_in(cast)
    return lambda: services.close(sheet.id, by=cast.branch_secretary)


def reopen(cast: Cast) -> Run:
    sheet = sheet_in(cast)
    services.close(sheet.id, by=cast.branch_secretary)
    until = clock.now() + timedelta(minutes=20)
    return lambda: services.reopen(sheet.id, reason="区队的车晚到", closes_at=until, by=cast.branch_secretary)


def open_kiosk(cast: Cast) -> Run:
    sheet = sheet_in(cast)
    return lambda: services.open_kiosk(sheet.id, by=cast.branch_secretary)


def close_kiosk(cast: Cast) -> Run:
    kiosk, _secret = services.open_kiosk(sheet_in(cast).id, by=cast.branch_secretary)
    return lambda: services.close_kiosk(kiosk.id, by=cast.branch_secretary)


def enter_paper(cast: Cast) -> Run:
    sheet = sheet_in(cast, begins_in=-10)
    return lambda: services.enter_paper(
        sheet.id, states={cast.miner.id: "present", cast.team_leader.id: "late"}, reason="会场断电，用纸质签到表",
        approver_id=cast.unit_head.id, by=cast.branch_secretary,
    )  # fmt: skip


def correct(cast: Cast) -> Run:
    row = row_in(sheet_in(cast, begins_in=-10), cast)
    return lambda: services.correct(
        row.id, state="present", reason="人在会场，手机没电", approver_id=cast.unit_head.id, by=cast.branch_secretary
    )


def ask_leave(cast: Cast) -> Run:
    row = row_in(sheet_in(cast, begins_in=60), cast)
    return lambda: services.ask_leave(row.id, reason="当天上四点班", by=cast.miner)


def grant_leave(cast: Cast) -> Run:
    row = asked(cast)
    return lambda: services.grant_leave(row.id, by=cast.branch_secretary)


def refuse_leave(cast: Cast) -> Run:
    row = asked(cast)
    return lambda: services.refuse_leave(row.id, reason="这次全员参加", by=cast.branch_secretary)


def hand_in(cast: Cast) -> Run:
    row = row_in(sheet_in(cast, begins_in=-10), cast)
    return lambda: services.hand_in(row.id, on=clock.today(), text=READ, by=cast.miner)


def accept_makeup(cast: Cast) -> Run:
    made = handed_in(cast)
    return lambda: services.accept_makeup(made.id, by=cast.branch_secretary)


def return_makeup(cast: Cast) -> Run:
    made = handed_in(cast)
    return lambda: services.return_makeup(made.id, reason="请结合本面的探放水写", by=cast.branch_secretary)


SCENARIOS: dict[str, Callable[[Cast], Run]] = {
    "accept_makeup": accept_makeup,
    "ask_leave": ask_leave,
    "close": close,
    "close_kiosk": close_kiosk,
    "correct": correct,
    "enter_paper": enter_paper,
    "grant_leave": grant_leave,
    "hand_in": hand_in,
    "open_kiosk": open_kiosk,
    "open_now": open_now,
    "refuse_leave": refuse_leave,
    "reopen": reopen,
    "return_makeup": return_makeup,
    "set_window": set_window,
    "settle_doubt": settle_doubt,
    "sign_by_card": sign_by_card,
    "sign_by_code": sign_by_code,
}
