"""飞书 group robot: one POST of a text of at most 20 kB, signed over the time in seconds, 100 a minute and 5 a second.

The signature is base64(HMAC-SHA256(key="timestamp\\nsecret", nothing)): the string is the key, unlike 钉钉.
Documentation: https://open.feishu.cn/document/client-docs/bot-v3/add-custom-bot
"""

import base64
import hashlib
import hmac
import json
from datetime import timedelta

from kuangdeng.ledger.channels.base import Answer, Config, Final, HttpSender, Message, NotSent, Request, answer_code
from kuangdeng.ledger.rules import fit

LONGEST = 18_000
"""Of the text; the whole request may have 20 kB."""
TOO_OFTEN = frozenset({11232, 11233, 99991400})
BUSY = frozenset({10500, 11000})
WORDS = {
    19001: "机器人地址不对，或者机器人已被移出群",
    19021: "签名校验没有通过：密钥不对，或者本机时间不准",
    19022: "本机的 IP 地址不在机器人的白名单里",
    19024: "消息里没有机器人要求的关键词",
}


def sign(secret: str, timestamp: int) -> str:
    """The signature of this moment."""
    digest = hmac.new(f"{timestamp}\n{secret}".encode(), b"", hashlib.sha256).digest()
    return base64.b64encode(digest).decode()


class Feishu(HttpSender):
    """飞书群机器人."""

    kind = "feishu"
    per_minute = 100
    per_second = 5

    def request(self, config: Config, message: Message) -> Request:
        """A text message; signed in its body when the robot has a secret."""
        text = fit(message.words, f"\n{message.link}" if message.link else "", LONGEST)
        said: dict[str, object] = {"msg_type": "text", "content": {"text": text}}
        if config.secret:
            timestamp = int(message.at.timestamp())
            said = {"timestamp": str(timestamp), "sign": sign(config.secret, timestamp), **said}
        body = json.dumps(said, ensure_ascii=False).encode()
        return Request("POST", config.address, {"Content-Type": "application/json; charset=utf-8"}, body)

    def read(self, config: Config, answer: Answer) -> None:
        """`code` 0 (`StatusCode` on old gateways) is taken."""
        code = answer_code(answer, "code", "StatusCode")
        if code == 0:
            return
        said = " ".join(str(answer.json.get("msg", "")).split())[:200]
        if code in TOO_OFTEN or "too many request" in said.lower():
            raise NotSent(f"飞书限流（{code}）", stop=True, wait=timedelta(minutes=1))
        if code in BUSY:
            raise NotSent(f"飞书系统忙（{code}）")
        raise Final(f"飞书不接受：{WORDS.get(code, said)}（{code}）")
