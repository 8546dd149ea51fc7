"""The short way for answers: past sessions, sign-in and pages, straight to the one statement that writes them.

In a mass exam nearly every request is an answer. It carries the pass of its sitting, which says all that is needed; who
is signed in, which language, which page is no matter. Whatever is not just so (no pass, a sitting that has ended, a
database that is away) takes the long way from its beginning, where there are sentences for it. The benchmark is
bench/exams.py.
"""

from __future__ import annotations

import json
import re
from io import BytesIO
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.db import Error
from django.http import parse_cookie

from kuangdeng.kernel.middleware import Caller
from kuangdeng.learning.exams import recording
from kuangdeng.learning.exams.rules import Sat
from kuangdeng.learning.exams.views.passes import PASS, device_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    Environment = dict[str, Any]
    Application = Callable[[Environment, Any], Iterable[bytes]]

_ANSWER = re.compile(r"/learning/exams/sit/([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})/save/")


class AnswersFirst:
    """The application, before which an answer is written."""

    def __init__(self, application: Application) -> None:
        self.application = application
        self.caller = Caller()

    def __call__(self, environ: Environment, start_response: Any) -> Iterable[bytes]:
        found = _ANSWER.fullmatch(environ["PATH_INFO"]) if environ["REQUEST_METHOD"] == "POST" else None
        said = self._write(environ, found[1]) if found else None
        if said is None:
            return self.application(environ, start_response)
        headers = [("Content-Type", "application/json"), ("Content-Length", str(len(said)))]
        start_response("200 OK", headers)
        return [said]

    def _write(self, environ: Environment, sitting_id: str) -> bytes | None:
        """The answer to a page whose sitting goes on; None when it is for the long way to say."""
        device = device_of(parse_cookie(environ.get("HTTP_COOKIE", "")).get(PASS, ""), sitting_id)
        if device is None or not recording.is_ours(environ):
            return None
        body = environ["wsgi.input"].read(int(environ["CONTENT_LENGTH"]))
        environ["wsgi.input"] = BytesIO(body)
        sent = recording.read(body)
        if sent is None:
            return None
        try:
            kept = recording.keep(
                UUID(sitting_id), answers=sent[0], device=device, address=self.caller.address(environ), happened=sent[1]
            )
        except Error:
            return None
        environ[recording.WRITTEN] = kept
        return json.dumps(kept.said()).encode() if kept and kept.status == Sat.SITTING else None
