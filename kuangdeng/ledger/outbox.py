"""Sending notices by mail: at most once.

A mail server cannot be part of our transaction, so between "the server took it" and "we wrote that down" a crash
leaves it open whether the mail went out. One must choose. We choose **at most once**: a claim is committed before the
first byte is sent (state `sending`, with a lease), and when a lease runs out, or the line broke after the text was
handed over, the delivery is given up and shown to the administrator, who may send it again by hand. The notice itself
stands in the inbox anyway, so a lost mail costs little, while a second 已超期 mail costs trust. Everything that surely
did not go out (no connection, refused sender or recipient, a 4xx) is tried again after 1, 2, 4 … minutes and given up
after `MOST_TRIES`; a 5xx is final at once. The Message-ID is made from the delivery, so even a mail that was sent again
by hand can be recognised as the same.

Several workers may send at once: claiming skips rows that another one holds.
"""

import logging
import smtplib
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta

from django.conf import settings
from django.core.mail import EmailMessage, get_connection
from django.core.mail.backends.base import BaseEmailBackend
from django.db import transaction
from django.db.models import F

from kuangdeng.kernel.clock import now
from kuangdeng.ledger.mail import Uncertain
from kuangdeng.ledger.models import Delivery

log = logging.getLogger(__name__)
BATCH = 20
MOST_TRIES = 10
LEASE = timedelta(minutes=10)
DJANGO_SMTP = "django.core.mail.backends.smtp.EmailBackend"
CAREFUL_SMTP = "kuangdeng.ledger.mail.EmailBackend"
UNCERTAIN = "连接在交付邮件正文时中断，不知道对方是否收到；为避免重复发送，不再自动重发。"
LEASE_RAN_OUT = "发送过程中程序中断，不知道是否已经发出；为避免重复发送，不再自动重发。"


def deliver_all() -> int:
    """Send everything that is due; returns how many were sent. Stops at the first batch that sends nothing."""
    expire_leases()
    total = 0
    while claimed := claim():
        sent = _send(claimed)
        total += sent
        if not sent:
            break
    return total


@transaction.atomic
def claim(most: int = BATCH) -> list[Delivery]:
    """Take deliveries that are due, for this process alone, and commit that before anything is sent."""
    due = Delivery.objects.filter(state=Delivery.State.WAITING, next_try_at__lte=now())
    ids = list(due.order_by("next_try_at").select_for_update(skip_locked=True).values_list("id", flat=True)[:most])
    Delivery.objects.filter(id__in=ids).update(state=Delivery.State.SENDING, claimed_at=now(), tries=F("tries") + 1)
    return list(Delivery.objects.filter(id__in=ids).select_related("notice__entry").order_by("next_try_at"))


@transaction.atomic
def expire_leases() -> int:
    """Give up what a process was sending when it died; see the top of this module for why it is not sent again."""
    stale = Delivery.objects.filter(state=Delivery.State.SENDING, claimed_at__lt=now() - LEASE)
    return stale.update(state=Delivery.State.DEAD, claimed_at=None, dead_at=now(), error=LEASE_RAN_OUT)


@contextmanager
def _line() -> Iterator[BaseEmailBackend]:
    """A connection to the mail server; the SMTP one tells a text that was handed over from one that was not."""
    line = get_connection(CAREFUL_SMTP if settings.EMAIL_BACKEND == DJANGO_SMTP else None)
    line.open()
    try:
        yield line
    finally:
        with suppress(Exception):
            line.close()


def _send(claimed: list[Delivery]) -> int:
    """Send claimed deliveries over one connection; each gets its own result as soon as it is known."""
    sent, left = 0, list(claimed)
    try:
        with _line() as line:
            while left:
                delivery = left[0]
                ok = _send_one(line, delivery)
                left.pop(0)
                sent += ok
                if not ok and getattr(line, "connection", True) is None:
                    line.open()
    except (OSError, smtplib.SMTPException) as error:
        log.warning("mail server cannot be reached: %s", error)
        for delivery in left:
            _failed(delivery, _said(error))
    return sent


def _send_one(line: BaseEmailBackend, delivery: Delivery) -> bool:
    try:
        line.send_messages([message(delivery)])
    except Uncertain as error:
        _give_up(delivery, f"{UNCERTAIN}（{error}）")
        _drop(line)
    except (smtplib.SMTPRecipientsRefused, smtplib.SMTPResponseException) as error:
        code, words = _code(error)
        if 500 <= code < 600:
            _give_up(delivery, words)
        else:
            _failed(delivery, words)
        _drop(line)
    except (OSError, smtplib.SMTPException) as error:
        _failed(delivery, _said(error))
        _drop(line)
    except ValueError as error:  # an address or a header that no mail can carry
        _give_up(delivery, _said(error))
    else:
        _sent(delivery)
        return True
    return False


def _drop(line: BaseEmailBackend) -> None:
    """After a failure the connection's state is unknown: the next mail gets a new one."""
    with suppress(Exception):
        line.close()


def _code(error: smtplib.SMTPException) -> tuple[int, str]:
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        code, words = next(iter(error.recipients.values()))
    else:
        code, words = error.smtp_code, error.smtp_error  # type: ignore[attr-defined]
    text = words.decode(errors="replace") if isinstance(words, bytes) else str(words)
    return int(code), f"{code} {text}"


def _said(error: Exception) -> str:
    return f"{type(error).__name__}: {error}"[:2000]


def _sent(delivery: Delivery) -> None:
    Delivery.objects.filter(id=delivery.id, state=Delivery.State.SENDING).update(
        state=Delivery.State.SENT, sent_at=now(), claimed_at=None, error=""
    )


def _failed(delivery: Delivery, error: str) -> None:
    """Surely not sent: try again after 1, 2, 4 … minutes, or give up."""
    if delivery.tries >= MOST_TRIES:
        _give_up(delivery, error)
        return
    Delivery.objects.filter(id=delivery.id, state=Delivery.State.SENDING).update(
        state=Delivery.State.WAITING,
        claimed_at=None,
        next_try_at=now() + timedelta(minutes=2 ** (delivery.tries - 1)),
        error=error,
    )


def _give_up(delivery: Delivery, error: str) -> None:
    log.error("mail %s given up: %s", delivery.id, error)
    Delivery.objects.filter(id=delivery.id, state=Delivery.State.SENDING).update(
        state=Delivery.State.DEAD, claimed_at=None, dead_at=now(), error=error
    )


def message(delivery: Delivery) -> EmailMessage:
    """The mail of a notice: its sentence, what was said, and the link."""
    notice = delivery.notice
    base = getattr(settings, "PUBLIC_URL", "").rstrip("/")
    lines = [notice.title, "", notice.body, ""] if notice.body else [notice.title, ""]
    lines += [
        f"{base}{notice.url}" if base else "请登录系统，在收件箱里打开这条通知。",
        "",
        "矿灯系统自动发送，请勿回复。",
    ]
    domain = settings.DEFAULT_FROM_EMAIL.rpartition("@")[2].strip("> ") or "kuangdeng"
    return EmailMessage(
        " ".join(notice.title.split()),
        "\n".join(lines),
        settings.DEFAULT_FROM_EMAIL,
        [delivery.address],
        headers={"Message-ID": f"<{delivery.id}@{domain}>", "Auto-Submitted": "auto-generated"},
    )
