"""A mail server for tests: real sockets, told beforehand how to answer."""

import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage


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
