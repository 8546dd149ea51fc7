"""The moment before each verb of the shell, for the ledger walk."""

from collections.abc import Callable

from kuangdeng.hazards.rules import Status
from kuangdeng.hazards.testkit import hazard_in
from kuangdeng.ledger.api import Delivery, Notice, seal_all, tell_all
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
        notice=notice, channel="email", address="x@example.cn", state="dead", dead_at=notice.delivered_at, error="550"
    )


def resend_mail(cast: Cast) -> Run:
    delivery = dead_letter(cast)
    return lambda: services.resend_mail(delivery.id, by=cast.administrator)


SCENARIOS: dict[str, Callable[[Cast], Run]] = {"resend_mail": resend_mail, "set_role_notices": set_role_notices}
