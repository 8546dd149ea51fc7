"""What every sender shares: the message, the three ways in which a sending can fail, and one careful HTTP call.

A sender builds a request (pure) and reads an answer (pure); the call between them knows where it broke. Before the
first byte of the request was written, nothing can have gone out: `NotSent`, it is tried again. From then on the other
side may have taken it: `Uncertain`, it is never tried again by itself. An answer that says no is `NotSent` when time
mends it, `Final` when only a person does.
"""

import http.client
import ipaddress
import socket
import ssl
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, closing, contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from json import loads
from time import monotonic
from typing import Any, Protocol
from urllib.parse import SplitResult, urlsplit
from uuid import UUID

from django.conf import settings

from kuangdeng.kernel.clock import now

TIMEOUT = 8.0
LONGEST_ANSWER = 64 * 1024
METADATA = tuple(ipaddress.ip_address(one) for one in ("169.254.169.254", "100.100.100.200", "fd00:ec2::254"))
"""Where clouds hand out credentials to whoever asks from inside."""


class Failure(Exception):
    """It did not go out as it should; says why, in Chinese where we know."""


class NotSent(Failure):
    """Surely not sent: try again. `stop`: the others in the queue would fare the same; `wait`: at least so long."""

    def __init__(self, words: str, *, stop: bool = False, wait: timedelta | None = None) -> None:
        super().__init__(words)
        self.stop, self.wait = stop, wait


class Final(Failure):
    """Surely not sent, and no try will change that."""


class Uncertain(Failure):
    """It was on its way when the line broke: the other side may have it or not."""


@dataclass(frozen=True)
class Message:
    """What is to be said: a title, more lines, a link. `event` is what it is about, for programs.

    `link` opens without signing in for a person, `page` is where he acts after it; only a mail has room for both.
    """

    id: UUID
    title: str
    body: str = ""
    link: str = ""
    page: str = ""
    lines: tuple[str, ...] = ()
    to: str = ""
    at: datetime = field(default_factory=now)
    event: Mapping[str, str] = field(default_factory=dict)

    @property
    def words(self) -> str:
        """Everything but the link, one thing a line."""
        return "\n".join(filter(None, [self.title, self.body, *self.lines]))


@dataclass(frozen=True)
class Config:
    """Where a channel leads: its address, its secret, a proxy on the way, and what its kind needs besides."""

    address: str = ""
    secret: str = ""
    proxy: str = ""
    options: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Request:
    """One HTTP request, ready to be sent."""

    method: str
    url: str
    headers: Mapping[str, str]
    body: bytes = b""


@dataclass(frozen=True)
class Answer:
    """What came back."""

    status: int
    body: bytes

    @property
    def json(self) -> dict[str, Any]:
        """The answer as an object; empty when it is none."""
        try:
            found = loads(self.body)
        except ValueError:
            return {}
        return found if isinstance(found, dict) else {}

    @property
    def text(self) -> str:
        """The beginning of the answer, for the record."""
        return " ".join(self.body.decode(errors="replace").split())[:300]


Post = Callable[[Message], None]


class Sender(Protocol):
    """One kind of channel. `line` opens what it needs and gives a function that sends one message or raises a Failure."""

    kind: str
    per_minute: int
    per_second: int

    def line(self, config: Config) -> AbstractContextManager[Post]:
        """A line to the other side; NotSent when it cannot be had."""
        ...


class HttpSender:
    """A sender whose message is one HTTP request."""

    kind = ""
    per_minute = 0
    per_second = 0

    def request(self, config: Config, message: Message) -> Request:
        """The request that says the message."""
        raise NotImplementedError

    def read(self, config: Config, answer: Answer) -> None:
        """Raise what the answer means; return when it was taken."""
        raise NotImplementedError

    @contextmanager
    def line(self, config: Config) -> Iterator[Post]:
        """Each message has its own connection: a robot hears a few a minute."""

        def post(message: Message) -> None:
            answer = call(self.request(config, message), proxy=config.proxy)
            check_status(answer)
            self.read(config, answer)

        yield post


def check_status(answer: Answer) -> None:
    """What the HTTP status alone says."""
    status = answer.status
    if 200 <= status < 300:
        return
    words = f"HTTP {status} {answer.text}".strip()
    if status in (429, 503):
        raise NotSent(f"对方忙或限流（{words}）", stop=True, wait=timedelta(minutes=1))
    if status >= 500:
        raise Uncertain(words)
    if 300 <= status < 400:
        raise Final(f"地址已经转移（{words}），请改成新地址")
    raise Final(f"对方不接受（{words}）")


def answer_code(answer: Answer, *names: str) -> int:
    """The error code that stands in an answer of status 200. Uncertain when there is none: nobody knows what it was."""
    for name in names:
        if name in answer.json:
            try:
                return int(answer.json[name])
            except (TypeError, ValueError):
                break
    raise Uncertain(f"对方的答复看不懂：{answer.text}")


# The call -----------------------------------------------------------------------------------------------------------


def call(request: Request, *, proxy: str = "", timeout: float = TIMEOUT) -> Answer:
    """Make one request, follow nothing, and say where it broke when it did."""
    target, via = urlsplit(request.url), urlsplit(proxy) if proxy else None
    connection = _connection(target, via, timeout)
    with closing(connection):
        try:
            connection.connect()
        except UnicodeError as error:  # a name with an empty label
            raise Final(f"地址里的域名不对：{(via or target).hostname}") from error
        except (OSError, http.client.HTTPException) as error:
            raise NotSent(f"连接不上 {(via or target).hostname}：{error}", stop=True) from error
        return _exchange(connection, request, target, via, timeout)


def _exchange(
    connection: http.client.HTTPConnection,
    request: Request,
    target: SplitResult,
    via: SplitResult | None,
    timeout: float,
) -> Answer:
    path = target._replace(scheme="", netloc="", fragment="").geturl() or "/"
    if via is not None and target.scheme == "http":
        path = target._replace(fragment="").geturl()
    begun = monotonic()
    try:
        try:
            connection.request(request.method, path, request.body or None, {**request.headers, "Connection": "close"})
        except (http.client.InvalidURL, ValueError) as error:  # found before a byte was written
            raise Final(f"地址或请求头不合规范：{error}") from error
        response = connection.getresponse()
        return Answer(response.status, _body(response, begun + 2 * timeout))
    except (OSError, http.client.HTTPException) as error:
        raise Uncertain(f"{type(error).__name__}: {error}") from error


def _body(response: http.client.HTTPResponse, until: float) -> bytes:
    """The answer, as far as anybody needs it and not for ever: some servers drip."""
    parts, size = [], 0
    while size < LONGEST_ANSWER and (part := response.read1(8192)):
        parts.append(part)
        size += len(part)
        if monotonic() > until:
            raise TimeoutError("答复太慢")
    if size < LONGEST_ANSWER and response.length:
        raise http.client.IncompleteRead(b"".join(parts), response.length)
    return b"".join(parts)


def _connection(target: SplitResult, via: SplitResult | None, timeout: float) -> http.client.HTTPConnection:
    """A connection that is not open yet, to the target or to the proxy before it."""
    check_target(target)
    assert target.hostname
    first = via or target
    secure = target.scheme == "https"
    connection: http.client.HTTPConnection
    if secure:
        port = first.port or (443 if via is None else 8080)
        connection = http.client.HTTPSConnection(
            first.hostname or "", port, timeout=timeout, context=ssl.create_default_context()
        )
        if via is not None:
            connection.set_tunnel(target.hostname, target.port or 443)
    else:
        connection = http.client.HTTPConnection(
            first.hostname or "", first.port or (80 if via is None else 8080), timeout=timeout
        )
    connection._create_connection = dial  # type: ignore[attr-defined]
    return connection


def dial(address: tuple[str, int], timeout: float, source: Any = None) -> socket.socket:
    """Connect to a name's address after looking at the address itself: a name may point anywhere, and change."""
    problem: OSError | None = None
    for family, kind, protocol, _name, found in socket.getaddrinfo(*address, type=socket.SOCK_STREAM):
        if not allowed(str(found[0])):
            raise OSError(f"地址 {found[0]} 不允许作为通知通道")
        line = socket.socket(family, kind, protocol)
        line.settimeout(timeout)
        try:
            line.connect(found)
        except OSError as error:
            line.close()
            problem = error
        else:
            return line
    raise problem or OSError("域名没有解析到地址")


def check_target(target: SplitResult) -> None:
    """Final when the address is none that a channel may lead to."""
    if target.scheme not in ("http", "https") or not target.hostname:
        raise Final("地址要以 http:// 或 https:// 开头")
    if target.hostname == "localhost" and not allowed("127.0.0.1"):
        raise Final("地址是本机，不允许作为通知通道")
    try:
        int(target.port or 0)
    except ValueError as error:
        raise Final("地址里的端口不对") from error
    try:
        literal = ipaddress.ip_address(target.hostname)
    except ValueError:
        return
    if not allowed(str(literal)):
        raise Final(f"地址 {literal} 不允许作为通知通道")


def allowed(address: str) -> bool:
    """Whether a channel may lead there: not back into this machine, not where a cloud hands out its credentials.

    The mine's own network is allowed: a private 企业微信 and the SMS gateway stand there.
    """
    found = ipaddress.ip_address(address.partition("%")[0])
    plain = getattr(found, "ipv4_mapped", None) or found
    if plain in METADATA or plain.is_link_local or plain.is_multicast or plain.is_unspecified or plain.is_reserved:
        return False
    return not plain.is_loopback or bool(getattr(settings, "CHANNELS_MAY_LOOP_BACK", False))
