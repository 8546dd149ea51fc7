"""钉钉 group robot: one POST of a text, signed over the time in milliseconds, 20 a minute, then 10 minutes of silence.

The signature is base64(HMAC-SHA256(key=secret, "timestamp\\nsecret")), urlencoded, and holds for an hour.
Documentation: https://open.dingtalk.com/document/robots/customize-robot-security-settings
"""

import base64
import hashlib
import hmac
import json
from datetime import timedelta
from urllib.parse import urlencode

from kuangdeng.ledger.channels.base import Answer, Config, Final, HttpSender, Message, NotSent, Request, answer_code
from kuangdeng.ledger.rules import fit

LONGEST = 18_000
"""Of the text; the whole request may have 20 kB."""
TOO_OFTEN = frozenset({130101, 410100})
BUSY = frozenset({-1})
WORDS = {
    310000: "安全设置没有通过：加签密钥、关键词或 IP 地址段不对",
    300001: "机器人地址里的 access_token 不对",
    400101: "机器人地址里的 access_token 不对",
    400013: "群已解散",
    400102: "机器人已停用",
    400105: "不支持的消息类型",
    430101: "消息里的链接被钉钉认为不安全",
}


def sign(secret: str, timestamp: int) -> str:
    """The signature of this moment."""
    digest = hmac.new(secret.encode(), f"{timestamp}\n{secret}".encode(), hashlib.sha256).digest()
    return base64.b64encode(digest).decode()


class DingTalk(HttpSender):
    """钉钉群机器人."""

    kind = "dingtalk"
    per_minute = 20

    def request(self, config: Config, message: Message) -> Request:
        """A text message; signed when the robot has a secret."""
        url = config.address
        if config.secret:
            timestamp = int(message.at.timestamp() * 1000)
            asked = urlencode({"timestamp": timestamp, "sign": sign(config.secret, timestamp)})
            url += ("&" if "?" in url else "?") + asked
        text = fit(message.words, f"\n{message.link}" if message.link else "", LONGEST)
        body = json.dumps({"msgtype": "text", "text": {"content": text}}, ensure_ascii=False).encode()
        return Request("POST", url, {"Content-Type": "application/json; charset=utf-8"}, body)

    def read(self, config: Config, answer: Answer) -> None:
        """`errcode` 0 is taken; after too many the robot is deaf for ten minutes."""
        code = answer_code(answer, "errcode")
        if code == 0:
            return
        if code in TOO_OFTEN:
            raise NotSent(f"钉钉限流（{code}）", stop=True, wait=timedelta(minutes=10))
        if code in BUSY:
            raise NotSent(f"钉钉系统忙（{code}）")
        said = " ".join(str(answer.json.get("errmsg", "")).split())[:200]
        raise Final(f"钉钉不接受：{WORDS.get(code, said)}（{code}）")
