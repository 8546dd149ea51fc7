"""Mail: one connection for many letters, and a careful eye on whether a text had been handed over when it broke.

A 4xx is tried again, a 5xx is final. The Message-ID is made from the delivery, so even a mail that was sent again by
hand can be recognised as the same.
"""

import smtplib
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

from django.conf import settings
from django.core.mail import EmailMessage, get_connection
from django.core.mail.backends.base import BaseEmailBackend
from django.core.mail.backends.smtp import EmailBackend as DjangoBackend

from kuangdeng.ledger.channels.base import Config, Final, Message, NotSent, Post, Uncertain

DJANGO_SMTP = "django.core.mail.backends.smtp.EmailBackend"
CAREFUL_SMTP = "kuangdeng.ledger.channels.smtp.EmailBackend"


class _Careful:
    def data(self, msg: Any) -> Any:
        """Send the text. Uncertain when no answer came to it."""
        try:
            return super().data(msg)  # type: ignore[misc]
        except smtplib.SMTPResponseException:
            raise
        except (smtplib.SMTPServerDisconnected, OSError) as error:
            raise Uncertain(f"{type(error).__name__}: {error}") from error


class _Plain(_Careful, smtplib.SMTP):
    pass


class _Ssl(_Careful, smtplib.SMTP_SSL):
    pass


class EmailBackend(DjangoBackend):
    """Django's SMTP backend over the careful connection."""

    @property
    def connection_class(self) -> type[smtplib.SMTP]:
        return _Ssl if self.use_ssl else _Plain


class Mail:
    """邮件: the server of KUANGDENG_EMAIL_URL."""

    kind = "email"
    per_minute = 0
    per_second = 0

    @contextmanager
    def line(self, config: Config) -> Iterator[Post]:
        """A connection to the mail server; after a failure the next letter gets a new one."""
        backend: BaseEmailBackend = get_connection(CAREFUL_SMTP if settings.EMAIL_BACKEND == DJANGO_SMTP else None)
        _open(backend)

        def post(message: Message) -> None:
            if getattr(backend, "connection", True) is None:
                _open(backend)
            try:
                _hand_over(backend, message)
            except (NotSent, Final, Uncertain):
                with suppress(Exception):
                    backend.close()
                raise

        try:
            yield post
        finally:
            with suppress(Exception):
                backend.close()


def _open(backend: BaseEmailBackend) -> None:
    try:
        backend.open()
    except (OSError, smtplib.SMTPException) as error:
        raise NotSent(_said(error), stop=True) from error


def _hand_over(backend: BaseEmailBackend, message: Message) -> None:
    """Send one letter; what went wrong is one of the three failures."""
    try:
        backend.send_messages([letter(message)])
    except (smtplib.SMTPRecipientsRefused, smtplib.SMTPResponseException) as error:
        code, words = _code(error)
        raise (Final if 500 <= code < 600 else NotSent)(words) from error
    except (OSError, smtplib.SMTPException) as error:
        raise NotSent(_said(error)) from error
    except ValueError as error:  # an address or a header that no mail can carry
        raise Final(_said(error)) from error


def _code(error: smtplib.SMTPException) -> tuple[int, str]:
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        code, words = next(iter(error.recipients.values()))
    else:
        code, words = error.smtp_code, error.smtp_error  # type: ignore[attr-defined]
    text = words.decode(errors="replace") if isinstance(words, bytes) else str(words)
    return int(code), f"{code} {text}"


def _said(error: Exception) -> str:
    return f"{type(error).__name__}: {error}"[:2000]


def letter(message: Message) -> EmailMessage:
    """The mail of a message: its sentence, what was said, and the link."""
    parts = [message.title, "", *([message.body, ""] if message.body else [])]
    parts += [*message.lines, ""] if message.lines else []
    parts += [f"先看一眼（24 小时内，不用登录）：{message.link}"] if message.link else []
    parts += [f"办理：{message.page}" if message.page else "请登录系统，在收件箱里打开这条通知。"]
    parts += ["", "矿灯系统自动发送，请勿回复。"]
    domain = settings.DEFAULT_FROM_EMAIL.rpartition("@")[2].strip("> ") or "kuangdeng"
    return EmailMessage(
        " ".join(message.title.split()),
        "\n".join(parts),
        settings.DEFAULT_FROM_EMAIL,
        [message.to],
        headers={"Message-ID": f"<{message.id}@{domain}>", "Auto-Submitted": "auto-generated"},
    )
