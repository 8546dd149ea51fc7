"""The short way of an answer: it writes what is just so, and leaves everything else whole for the long way."""

import json
from collections.abc import Callable, Iterable, Iterator
from io import BytesIO
from typing import Any
from uuid import UUID

import pytest
from django.core.signals import request_finished, request_started
from django.core.wsgi import get_wsgi_application
from django.db import OperationalError, close_old_connections
from django.test import RequestFactory, override_settings

from kuangdeng.kernel import clock
from kuangdeng.kernel.ids import uuid7
from kuangdeng.learning.exams import recording, services
from kuangdeng.learning.exams.models import AnswerGiven, Pulse, Result, Sitting
from kuangdeng.learning.exams.testkit import begun, right, sitting_of
from kuangdeng.learning.exams.views.lane import AnswersFirst
from kuangdeng.learning.exams.views.passes import PASS, pass_for
from kuangdeng.org.testkit import Cast, make_cast

pytestmark = pytest.mark.django_db
Said = tuple[str, dict[str, Any]]


@pytest.fixture
def cast() -> Cast:
    return make_cast()


@pytest.fixture
def long_way() -> list[bytes]:
    """The bodies that came to the application behind the lane."""
    return []


@pytest.fixture
def lane(long_way: list[bytes]) -> Iterator[AnswersFirst]:
    def behind(environ: dict[str, Any], start_response: Callable[..., object]) -> Iterable[bytes]:
        body = environ["wsgi.input"].read()
        long_way.append(body)
        return get_wsgi_application()({**environ, "wsgi.input": BytesIO(body)}, start_response)

    # Between two requests the server lets its connection go; a test's transaction lives on it.
    for moment in (request_started, request_finished):
        moment.disconnect(close_old_connections)
    yield AnswersFirst(behind)
    for moment in (request_started, request_finished):
        moment.connect(close_old_connections)


def body_of(sitting: Sitting, line: int = 0, answer: Any = None) -> bytes:
    given = answer if answer is not None else right(sitting, line)
    row = {"key": str(uuid7()), "line": line, "answer": given, "at": int(clock.now().timestamp() * 1000)}
    return json.dumps({"answers": [row], "log": []}).encode()


def post(
    lane: AnswersFirst, sitting: Sitting, body: bytes, *, holds: str | None = None, kind: str = "application/json", **meta: Any
) -> Said:  # fmt: skip
    """A page sends a body with the pass that it holds (its own, unless said otherwise)."""
    held = pass_for(str(sitting.id), "pc-1") if holds is None else holds
    request = RequestFactory().post(
        f"/learning/exams/sit/{sitting.id}/save/", body, content_type=kind, HTTP_COOKIE=f"{PASS}={held}", **meta
    )
    said: list[str] = []
    answer = b"".join(lane(request.environ, lambda status, _headers, *_more: said.append(status)))
    return said[0], json.loads(answer)


def test_an_answer_is_written_on_the_short_way(lane: AnswersFirst, cast: Cast, long_way: list[bytes]) -> None:
    sitting = begun(cast)
    status, said = post(lane, sitting, body_of(sitting), REMOTE_ADDR="10.3.4.5")
    assert (status, said["status"], said["changes"], said["written"]) == ("200 OK", "sitting", 1, 1)
    assert sitting.ends_at is not None
    assert said["ends"] == int(sitting.ends_at.timestamp() * 1000)
    assert AnswerGiven.objects.get(sitting=sitting).answer == right(sitting, 0)
    assert Pulse.objects.get(sitting=sitting).address == "10.3.4.5"
    assert long_way == []


@pytest.mark.parametrize("forged", ["", "nonsense", "other", "bent"])
def test_without_the_pass_of_this_sitting_nothing_is_written(lane: AnswersFirst, cast: Cast, forged: str) -> None:
    sitting = begun(cast)
    own = pass_for(str(sitting.id), "pc-1")
    held = {"other": pass_for(str(UUID(int=7)), "pc-1"), "bent": own[:-1] + ("A" if own[-1] != "A" else "B")}
    status, said = post(lane, sitting, body_of(sitting), holds=held.get(forged, forged))
    assert status.startswith("403")
    assert "请重新用工号进入考试" in said["said"]
    assert not AnswerGiven.objects.filter(sitting=sitting).exists()


@pytest.mark.parametrize(
    ("body", "kind"), [(b"{", "application/json"), (b"x" * 700_000, "application/json"), (b"{}", "text/plain")]
)
def test_what_our_page_never_sends_gets_a_sentence_and_comes_whole(
    lane: AnswersFirst, cast: Cast, long_way: list[bytes], body: bytes, kind: str
) -> None:
    status, said = post(lane, begun(cast), body, kind=kind)
    assert status.startswith("400")
    assert "没有保存" in said["said"]
    assert long_way == [body]


@pytest.mark.parametrize("died_before_marking", [False, True])
def test_an_answer_from_before_the_cut_off_is_marked_after_it(
    lane: AnswersFirst, cast: Cast, died_before_marking: bool
) -> None:
    """The line was cut while he handed in elsewhere; the server may even have died after it wrote the answer."""
    sitting = begun(cast)
    body = body_of(sitting)
    assert services.hand_in(sitting.id, by=cast.miner).score == 0
    if died_before_marking:
        sent = recording.read(body)
        assert sent and recording.keep(sitting.id, answers=sent[0], device="pc-1")
    _status, said = post(lane, sitting, body)
    assert (said["status"], said["written"]) == ("handed_in", 0 if died_before_marking else 1)
    assert sitting_of(sitting.exam, cast.miner).score
    assert Result.objects.filter(sitting=sitting).count() == 2
    assert post(lane, sitting, body)[0] == "200 OK"
    assert Result.objects.filter(sitting=sitting).count() == 2, "sent once more is marked once"


def test_a_database_that_fails_once_is_asked_again(
    lane: AnswersFirst, cast: Cast, long_way: list[bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    sitting = begun(cast)
    whole, asked = recording.keep, []

    def fails_once(*args: Any, **facts: Any) -> Any:
        asked.append(1)
        if len(asked) == 1:
            raise OperationalError("the line is gone")
        return whole(*args, **facts)

    monkeypatch.setattr(recording, "keep", fails_once)
    status, said = post(lane, sitting, body := body_of(sitting))
    assert (status, said["written"], long_way) == ("200 OK", 1, [body])


@override_settings(TRUSTED_PROXIES=["10.0.0.1"])
def test_the_address_behind_our_proxy_is_noted(cast: Cast) -> None:
    sitting = begun(cast)
    lane = AnswersFirst(get_wsgi_application())
    post(lane, sitting, body_of(sitting), REMOTE_ADDR="10.0.0.1", HTTP_X_FORWARDED_FOR="1.1.1.1, 172.16.5.9")
    assert Pulse.objects.get(sitting=sitting).address == "172.16.5.9"
    post(lane, sitting, body_of(sitting), REMOTE_ADDR="10.9.9.9", HTTP_X_FORWARDED_FOR="172.16.5.9")
    assert Pulse.objects.get(sitting=sitting).address == "10.9.9.9"
