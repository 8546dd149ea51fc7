"""What can be no text, and what was cut on the way, is refused in words before any view sees it."""

from io import BytesIO
from typing import Any

import pytest
from django.test import Client

pytestmark = pytest.mark.django_db
BOUNDARY = "----x"


def form(value: bytes, *, name: bytes = b"text", file: bytes = b"", charset: str = "") -> tuple[bytes, str]:
    part = b'------x\r\nContent-Disposition: form-data; name="' + name + b'"\r\n\r\n' + value + b"\r\n"
    part += b'------x\r\nContent-Disposition: form-data; name="f"; filename="' + (file or b"a.txt") + b'"\r\n\r\nx\r\n'
    return part + b"------x--\r\n", f"multipart/form-data; boundary={BOUNDARY}{charset}"


@pytest.mark.parametrize(
    "path",
    ["/nowhere?q=%00", "/nowhere?%00=1", "/nowhere/%00", "/healthz?x=a%00b", "/api/v1/time?q=%00", "/photos/%00"],
)
def test_an_address_with_nul(path: str) -> None:
    answer = Client().get(path)
    assert answer.status_code == 400
    assert "不能识别" in answer.content.decode()


@pytest.mark.parametrize(
    "cookie", ['kuangdeng_session="\\000abc"', 'kuangdeng_language="\\000"', 'kuangdeng_csrf="a\\000"']
)
def test_a_cookie_with_nul(cookie: str) -> None:
    assert Client(headers={"cookie": cookie}).get("/healthz").status_code == 400


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (b"language=%00&next=/", "application/x-www-form-urlencoded"),
        (b"%00=1", "application/x-www-form-urlencoded"),
        form(b"a\0b"),
        form(b"a", name=b"a\0b"),
        form(b"\\ud800", charset="; charset=unicode_escape"),
    ],
)
def test_a_form_with_what_is_no_text(content: bytes, kind: str) -> None:
    answer = Client(raise_request_exception=False).generic("POST", "/language/", content, content_type=kind)
    assert answer.status_code == 400


@pytest.mark.parametrize(
    ("content", "kind"), [(b"language=en&next=/x", "application/x-www-form-urlencoded"), form(b"whole")]
)
def test_a_form_that_was_cut_is_not_taken_for_a_shorter_one(content: bytes, kind: str) -> None:
    class Cut(BytesIO):
        """A connection that ends early without an error, as some servers show it."""

    def post(sent: bytes) -> Any:
        return Client(raise_request_exception=False).generic(
            "POST", "/language/", b"", **{"wsgi.input": Cut(sent), "CONTENT_LENGTH": len(content), "CONTENT_TYPE": kind}
        )

    assert post(content).status_code == 302
    for end in (len(content) - 1, len(content) // 2, 1):
        answer = post(content[:end])
        assert (end, answer.status_code) == (end, 400)
        assert "没有传完" in answer.content.decode()


def test_a_connection_that_breaks_is_no_server_error() -> None:
    class Broken(BytesIO):
        def read(self, *args: Any) -> bytes:
            raise OSError("connection reset")

    answer = Client(raise_request_exception=False).generic(
        "POST", "/language/", b"",
        **{"wsgi.input": Broken(), "CONTENT_LENGTH": 20, "CONTENT_TYPE": "application/x-www-form-urlencoded"},
    )  # fmt: skip
    assert answer.status_code == 400
