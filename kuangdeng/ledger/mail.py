"""An SMTP connection that says whether a text had been handed over when the line broke."""

import smtplib
from typing import Any

from django.core.mail.backends.smtp import EmailBackend as DjangoBackend


class Uncertain(Exception):
    """The line broke after the text was on its way: the server may have taken it or not."""


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
