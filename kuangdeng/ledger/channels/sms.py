"""短信 over whatever gateway the mine has: a template of its request, and how its answer says that it took it.

In address, headers and body `{手机号}`, `{内容}`, `{密钥}`, `{编号}` and `{时间}` stand for what they say. They are
written as the place wants them: percent-encoded in the address and in a form, escaped in JSON and XML. `success` is
either words that stand in the answer, or `path=value` in an answer of JSON: `code=0`, `data.status=OK`.
"""

import json
import re
from collections.abc import Callable
from urllib.parse import quote, quote_plus
from xml.sax.saxutils import escape

from kuangdeng.ledger.channels.base import Answer, Config, Final, HttpSender, Message, NotSent, Request, Uncertain
from kuangdeng.ledger.rules import fit

LONGEST = 200
"""Signs, until the mine sets its own: what a gateway takes as one long message."""
PLACES = re.compile(r"\{(手机号|内容|密钥|编号|时间)\}")
PHONE = re.compile(r"\+?[0-9]{6,20}")


def filled(template: str, values: dict[str, str], write: Callable[[str], str]) -> str:
    """The template with its places filled; other braces (of JSON) stay."""
    return PLACES.sub(lambda hit: write(values[hit[1]]), template)


def writer_for(content_type: str) -> Callable[[str], str]:
    """How a value is written in a body of this type."""
    if "json" in content_type:
        return lambda value: json.dumps(value, ensure_ascii=False)[1:-1]
    if "form-urlencoded" in content_type:
        return quote_plus
    if "xml" in content_type:
        return escape
    return str


def said_so(success: str, answer: Answer) -> bool | None:
    """Whether the answer says that the gateway took it; None when it says neither yes nor no."""
    path, equals, value = success.partition("=")
    if equals and answer.json:
        found: object = answer.json
        for name in path.strip().split("."):
            found = found.get(name) if isinstance(found, dict) else None
        if found is None or isinstance(found, dict | list):
            return None
        said = json.dumps(found) if isinstance(found, bool) else str(found)
        return said.casefold() == value.strip().casefold()
    words = answer.body.decode(errors="replace").strip()
    if not words or not success.strip():
        return None
    return None if equals else success.strip() in words


class Sms(HttpSender):
    """短信网关."""

    kind = "sms"
    per_minute = 60

    def request(self, config: Config, message: Message) -> Request:
        """The gateway's own request. Final for a phone that is none."""
        phone = re.sub(r"[\s-]", "", message.to)
        if not PHONE.fullmatch(phone):
            raise Final(f"手机号 {message.to} 不对")
        options = config.options
        most = int(options.get("longest") or LONGEST)
        text = fit(
            message.words.replace("\n", " "), f" {message.link}" if message.link else "", most, count_bytes=False
        )
        values = {
            "手机号": phone, "内容": text, "密钥": config.secret, "编号": str(message.id),
            "时间": str(int(message.at.timestamp())),
        }  # fmt: skip
        kind = options.get("content_type") or "application/json"
        headers = {"Content-Type": f"{kind}; charset=utf-8"}
        for line in options.get("headers", "").splitlines():
            name, colon, value = line.partition(":")
            if colon:
                headers[name.strip()] = filled(value.strip(), values, one_line).encode().decode("latin-1")
        method = options.get("method") or "POST"
        body = "" if method == "GET" else filled(options.get("body", ""), values, writer_for(kind))
        url = filled(config.address, values, lambda value: quote(value, safe=""))
        return Request(method, url, headers, body.encode())

    def read(self, config: Config, answer: Answer) -> None:
        """Taken when the answer says so. What clearly says otherwise was not sent and is tried again; an answer that says
        neither may hide a message that went out, and a second one would be worse than none."""
        taken = said_so(config.options.get("success", ""), answer)
        if taken is None:
            raise Uncertain(f"短信网关的答复看不出成没成功：{answer.text}")
        if not taken:
            raise NotSent(f"短信网关没有说成功：{answer.text}")


def one_line(value: str) -> str:
    """A value for a header."""
    return " ".join(value.split())
