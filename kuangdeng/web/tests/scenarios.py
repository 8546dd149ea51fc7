"""The moment before each verb of the shell, for the ledger walk."""

from collections.abc import Callable

from kuangdeng.hazards.rules import Status
from kuangdeng.hazards.testkit import hazard_in
from kuangdeng.kernel.clock import now
from kuangdeng.ledger.api import Delivery, Entry, FeedProblem, Notice, seal_all, tell_all
from kuangdeng.org.testkit import Cast
from kuangdeng.web import services

Run = Callable[[], object]


def set_role_notices(cast: Cast) -> Run:
    choices = {("hazard.report", "inbox"): True, ("hazard.late", "email"): False}
    return lambda: services.set_role_notices("safety", choices=choices, by=cast.administrator)


def dead_letter(cast: Cast) -> Delivery:
    """A mail that was given up."""
    hazard_in(Status.DISPATCHED, cast)
    seal_all()
    tell_all()
    notice = Notice.objects.first()
    return Delivery.objects.create(
        mine_id=notice.mine_id,
        notice=notice,
        channel="email",
        address="x@example.cn",
        state="dead",
        dead_at=notice.delivered_at,
        error="550",
    )


def resend_mail(cast: Cast) -> Run:
    delivery = dead_letter(cast)
    return lambda: services.resend_mail(delivery.id, by=cast.administrator)


def feed_problem(cast: Cast) -> FeedProblem:
    """A ledger line whose notices were given up."""
    hazard = hazard_in(Status.DISPATCHED, cast)
    entry = Entry.objects.filter(subject_id=str(hazard.id)).order_by("-id").first()
    return FeedProblem.objects.create(
        reader="notices", entry=entry, mine_id=cast.mine.id, tries=6, error="DoesNotExist: 单位查不到", next_try_at=now(),
        given_up_at=now(),
    )  # fmt: skip


def retry_feed(cast: Cast) -> Run:
    problem = feed_problem(cast)
    return lambda: services.retry_feed(problem.id, by=cast.administrator)


SCENARIOS: dict[str, Callable[[Cast], Run]] = {
    "resend_mail": resend_mail,
    "retry_feed": retry_feed,
    "set_role_notices": set_role_notices,
}
