"""Webhook: the event as JSON, signed, for another system of the mine or of the group.

`X-Kuangdeng-Signature` is `t=<seconds>,v1=<hex>`, where hex is HMAC-SHA256(secret, "<seconds>.<body>"): who receives
it recomputes it over the bytes as they came and refuses what is older than five minutes. `X-Kuangdeng-Event` is the id
of the event: it stays the same when somebody sends it again by hand.
"""

import hashlib
import hmac
import json

from kuangdeng.ledger.channels.base import Answer, Config, HttpSender, Message, Request

WINDOW = 300


def sign(secret: str, timestamp: int, body: bytes) -> str:
    """The signature of these bytes at this moment."""
    digest = hmac.new(secret.encode(), f"{timestamp}.".encode() + body, hashlib.sha256).hexdigest()
    return f"t={timestamp},v1={digest}"


class Webhook(HttpSender):
    """JSON webhook."""

    kind = "webhook"
    per_minute = 120

    def request(self, config: Config, message: Message) -> Request:
        """The event: id, mine, verb, topic, title, link, when."""
        said = {
            **message.event, "title": message.title, "body": message.body, "link": message.link,
            "sent_at": message.at.isoformat(timespec="seconds"),
        }  # fmt: skip
        body = json.dumps(said, ensure_ascii=False).encode()
        headers = {
            "Content-Type": "application/json; charset=utf-8",
            "X-Kuangdeng-Event": message.event.get("id", str(message.id)),
            "User-Agent": "Kuangdeng",
        }
        if config.secret:
            headers["X-Kuangdeng-Signature"] = sign(config.secret, int(message.at.timestamp()), body)
        return Request("POST", config.address, headers, body)

    def read(self, config: Config, answer: Answer) -> None:
        """Any 2xx says that it was taken."""
