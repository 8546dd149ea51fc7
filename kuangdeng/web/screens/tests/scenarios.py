"""The moment before each verb of the screens, for the ledger walk."""

from collections.abc import Callable
from datetime import timedelta

from kuangdeng.kernel.clock import now
from kuangdeng.org.testkit import Cast
from kuangdeng.web.models import Screen, ScreenMessage
from kuangdeng.web.screens import rules, services
from kuangdeng.web.screens.pairing import code_for

Run = Callable[[], object]
SECRET = "a1b2c3d4" * 6


def screen_in(cast: Cast, name: str = "副井口大屏", format: str = "landscape", *, secret: str = "") -> Screen:
    """A screen of the mine; with a secret its display is paired."""
    code = code_for(secret, address="10.0.0.1") if secret else ""
    return services.register_screen(
        name=name, place_text="副井口候罐室", format=format, code=code, by=cast.political_work
    )


def notice_in(cast: Cast, words: str = "今天四点班全员参加安全学习", **more: object) -> ScreenMessage:
    """A notice that runs now."""
    usual = {
        "starts_at": now() - timedelta(minutes=5),
        "ends_at": now() + timedelta(hours=4),
        "by": cast.political_work,
    }
    return services.post_notice(words=words, title="学习通知", **{**usual, **more})  # type: ignore[arg-type]


def register_screen(cast: Cast) -> Run:
    code = code_for(SECRET, address="10.0.0.1")
    return lambda: services.register_screen(
        name="副井口大屏", place_text="副井口", format="landscape", code=code, by=cast.political_work
    )


def pair_screen(cast: Cast) -> Run:
    screen, code = screen_in(cast), code_for(SECRET, address="10.0.0.1")
    return lambda: services.pair_screen(screen.id, code=f"{code[:3]} {code[3:]}", by=cast.administrator)


def change_screen(cast: Cast) -> Run:
    screen = screen_in(cast)
    return lambda: services.change_screen(
        screen.id, name="调度室条屏", place_text="调度室", format="strip", by=cast.political_work
    )


def set_playlist(cast: Cast) -> Run:
    screen = screen_in(cast)
    slots = [rules.Slot("overdue", 20), rules.Slot("notice", 10, (1, 5), "07:00", "09:00")]
    return lambda: services.set_playlist(screen.id, slots=slots, by=cast.political_work)


def unpair_screen(cast: Cast) -> Run:
    screen = screen_in(cast, secret=SECRET)
    return lambda: services.unpair_screen(screen.id, by=cast.political_work)


def issue_address(cast: Cast) -> Run:
    screen = screen_in(cast)
    return lambda: services.issue_address(screen.id, by=cast.political_work)


def remove_screen(cast: Cast) -> Run:
    screen = screen_in(cast, secret=SECRET)
    return lambda: services.remove_screen(screen.id, by=cast.political_work)


def post_notice(cast: Cast) -> Run:
    screen = screen_in(cast)
    return lambda: notice_in(cast, screen_ids=[screen.id])


def interrupt(cast: Cast) -> Run:
    return lambda: services.interrupt(
        words="东翼回风瓦斯超限，立即撤人", ends_at=now() + timedelta(hours=1), by=cast.safety
    )


def end_message(cast: Cast) -> Run:
    notice = notice_in(cast)
    return lambda: services.end_message(notice.id, by=cast.political_work)


def set_policy(cast: Cast) -> Run:
    return lambda: services.set_policy(amber_minutes=2, red_minutes=6, lost_minutes=15, by=cast.administrator)


def silent(cast: Cast) -> Screen:
    """A screen that was last heard of an hour ago."""
    screen = screen_in(cast, secret=SECRET)
    Screen.objects.filter(id=screen.id).update(last_seen_at=now() - timedelta(hours=1))
    return screen


def report_lost(cast: Cast) -> Run:
    screen = silent(cast)
    return lambda: services.report_lost(screen.id)


def report_back(cast: Cast) -> Run:
    screen = silent(cast)
    services.report_lost(screen.id)
    return lambda: services.report_back(screen.id)


SCENARIOS: dict[str, Callable[[Cast], Run]] = {
    run.__name__: run
    for run in (
        register_screen, pair_screen, change_screen, set_playlist, unpair_screen, issue_address, remove_screen, post_notice,
        interrupt, end_message, set_policy, report_lost, report_back,
    )
}  # fmt: skip
