"""A mail server and a web server for tests: real sockets, told beforehand how to answer, checking like the real ones."""

import base64
import hmac
import http.server
import json
import socketserver
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any
from urllib.parse import parse_qsl, urlsplit


@dataclass
class MailServer:
    """What the server took, and how it answers: `rcpt` and `data` are reply lines, `cut` a phase at which it hangs up.

    `cut="after_data"` takes the text and hangs up without a word; `cut="mail"` hangs up before the text.
    """

    port: int = 0
    rcpt: str = "250 ok"
    data: str = "250 ok"
    cut: str = ""
    refuse: dict[str, str] = field(default_factory=dict)
    taken: list[bytes] = field(default_factory=list)
    connections: int = 0

    @property
    def mails(self) -> list[EmailMessage]:
        return [message_from_bytes(raw, policy=policy.default) for raw in self.taken]


class _Handler(socketserver.StreamRequestHandler):
    def say(self, line: str) -> None:
        self.wfile.write(line.encode() + b"\r\n")

    def handle(self) -> None:
        box: MailServer = self.server.box  # type: ignore[attr-defined]
        box.connections += 1
        self.say("220 test")
        while line := self.rfile.readline():
            word = line.strip().upper().split(b" ")[0].decode()
            if word == "QUIT":
                self.say("221 bye")
                return
            if word == "MAIL" and box.cut == "mail":
                return
            if word == "DATA":
                if not self.take(box):
                    return
            elif word == "RCPT":
                address = line.decode().partition("<")[2].partition(">")[0]
                self.say(box.refuse.get(address, box.rcpt))
            else:
                self.say("250 ok")

    def take(self, box: MailServer) -> bool:
        self.say("354 go on")
        text = b""
        while (line := self.rfile.readline()) != b".\r\n":
            if not line:
                return False
            text += line
        if box.data.startswith("250"):
            box.taken.append(text)
        if box.cut == "after_data":
            return False
        self.say(box.data)
        return True


class _Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True


@contextmanager
def mail_server(port: int = 0) -> Iterator[MailServer]:
    """A mail server on this machine as long as the block lasts."""
    with _Server(("127.0.0.1", port), _Handler) as server:
        box = MailServer(server.server_address[1])
        server.box = box  # type: ignore[attr-defined]
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        thread.start()
        try:
            yield box
        finally:
            server.shutdown()
            thread.join()


# Robots, gateways, webhooks -------------------------------------------------------------------------------------------


@dataclass
class Heard:
    """One request as it came."""

    method: str
    path: str
    query: dict[str, str]
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> dict[str, Any]:
        found = json.loads(self.body)
        assert isinstance(found, dict)
        return found


Judge = Callable[[Heard], dict[str, Any]]
"""What the real service would answer to this request."""


@dataclass
class HttpServer:
    """What the other side heard, and how it behaves: `judge` answers like the real one, `status` and `raw` override it.

    `breaks`: "cut" reads the request and hangs up, "half" hangs up within its answer, "hang" says nothing for `slow`
    seconds. `taken` are the requests that it accepted.
    """

    judge: Judge
    port: int = 0
    status: int = 200
    raw: bytes | None = None
    breaks: str = ""
    slow: float = 1.0
    heard: list[Heard] = field(default_factory=list)
    taken: list[Heard] = field(default_factory=list)

    @property
    def base(self) -> str:
        return f"http://127.0.0.1:{self.port}"


class _Web(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def handle_one(self) -> None:
        box: HttpServer = self.server.box  # type: ignore[attr-defined]
        parts = urlsplit(self.path)
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        heard = Heard(self.command, parts.path, dict(parse_qsl(parts.query)), dict(self.headers), body)
        box.heard.append(heard)
        self.close_connection = True
        if box.breaks == "hang":
            time.sleep(box.slow)
        if box.breaks in ("cut", "hang"):
            return
        answer = box.raw if box.raw is not None else json.dumps(box.judge(heard)).encode()
        if box.status == 200 and box.raw is None and not any(json.loads(answer).get(k) for k in ("errcode", "code")):
            box.taken.append(heard)
        self.send_response(box.status)
        self.send_header("Content-Length", str(len(answer) + (100 if box.breaks == "half" else 0)))
        self.end_headers()
        self.wfile.write(answer)

    do_POST = do_GET = do_PUT = handle_one

    def log_message(self, format: str, *args: Any) -> None:
        """Quiet."""


@contextmanager
def http_server(judge: Judge = lambda heard: {}, port: int = 0) -> Iterator[HttpServer]:
    """A web server on this machine as long as the block lasts."""
    with http.server.ThreadingHTTPServer(("127.0.0.1", port), _Web) as server:
        server.daemon_threads = True
        box = HttpServer(judge, server.server_address[1])
        server.box = box  # type: ignore[attr-defined]
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        thread.start()
        try:
            yield box
        finally:
            server.shutdown()
            thread.join()


class WeComRobot:
    """Checks a request as 企业微信 does: key, message type, size, 20 a minute."""

    def __init__(self, key: str = "k-1", clock: Callable[[], float] = time.time) -> None:
        self.key, self.clock, self.times = key, clock, list[float]()

    def __call__(self, heard: Heard) -> dict[str, Any]:
        if heard.path != "/cgi-bin/webhook/send" or heard.query.get("key") != self.key:
            return {"errcode": 93000, "errmsg": "invalid webhook url"}
        said = heard.json
        if said.get("msgtype") != "text" or not said["text"].get("content"):
            return {"errcode": 40008, "errmsg": "invalid message type"}
        if len(said["text"]["content"].encode()) > 2048:
            return {"errcode": 40058, "errmsg": "content exceed max length"}
        self.times = [at for at in self.times if self.clock() - at < 60]
        if len(self.times) >= 20:
            return {"errcode": 45009, "errmsg": "api freq out of limit"}
        self.times.append(self.clock())
        return {"errcode": 0, "errmsg": "ok"}


class DingTalkRobot:
    """Checks a request as 钉钉 does: token, signature, within an hour, message type, size."""

    def __init__(self, token: str = "t-1", secret: str = "SECabc", clock: Callable[[], float] = time.time) -> None:  # noqa: S107
        self.token, self.secret, self.clock = token, secret, clock

    def __call__(self, heard: Heard) -> dict[str, Any]:
        if heard.query.get("access_token") != self.token:
            return {"errcode": 300001, "errmsg": "token is not exist"}
        stamp = heard.query.get("timestamp", "0")
        text = f"{stamp}\n{self.secret}".encode()
        wanted = base64.b64encode(hmac.new(self.secret.encode(), text, "sha256").digest()).decode()
        if abs(self.clock() * 1000 - int(stamp)) > 3_600_000 or heard.query.get("sign") != wanted:
            return {"errcode": 310000, "errmsg": "sign not match"}
        if len(heard.body) > 20_000 or heard.json.get("msgtype") != "text":
            return {"errcode": 400105, "errmsg": "unsupported msgtype or too long"}
        return {"errcode": 0, "errmsg": "ok"}


class FeishuRobot:
    """Checks a request as 飞书 does: the signature in the body, within an hour, type, size."""

    def __init__(self, secret: str = "fs-secret", clock: Callable[[], float] = time.time) -> None:  # noqa: S107
        self.secret, self.clock = secret, clock

    def __call__(self, heard: Heard) -> dict[str, Any]:
        said = heard.json
        key = f"{said.get('timestamp')}\n{self.secret}".encode()
        wanted = base64.b64encode(hmac.new(key, b"", "sha256").digest()).decode()
        late = abs(self.clock() - int(said.get("timestamp") or 0)) > 3600
        if late or said.get("sign") != wanted:
            return {"code": 19021, "msg": "sign match fail or timestamp is not within one hour from current time"}
        if len(heard.body) > 20_480 or said.get("msg_type") != "text":
            return {"code": 9499, "msg": "Bad Request"}
        return {"code": 0, "msg": "success", "StatusCode": 0}


class WebhookReader:
    """Checks a request as a careful receiver does: signature over the bytes, not older than five minutes, no repeats."""

    def __init__(self, secret: str, clock: Callable[[], float] = time.time) -> None:
        self.secret, self.clock, self.seen = secret, clock, set[str]()

    def __call__(self, heard: Heard) -> dict[str, Any]:
        said = dict(part.split("=", 1) for part in heard.headers["X-Kuangdeng-Signature"].split(","))
        wanted = hmac.new(self.secret.encode(), f"{said['t']}.".encode() + heard.body, "sha256").hexdigest()
        if said["v1"] != wanted or abs(self.clock() - int(said["t"])) > 300:
            return {"code": 1, "msg": "bad signature"}
        self.seen.add(heard.headers["X-Kuangdeng-Event"])
        return {}
