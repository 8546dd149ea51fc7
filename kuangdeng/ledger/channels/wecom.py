"""企业微信 group robot: one POST of a text, at most 2048 bytes, 20 a minute. The key in the address is its secret.

Documentation: https://developer.work.weixin.qq.com/document/path/91770
"""

import json
from datetime import timedelta

from kuangdeng.ledger.channels.base import Answer, Config, Final, HttpSender, Message, NotSent, Request, answer_code
from kuangdeng.ledger.rules import fit

LONGEST = 2048
TOO_OFTEN = frozenset({45009, 45033})
BUSY = frozenset({-1})
WORDS = {93000: "机器人地址不对，或者机器人已被移出群", 40058: "消息格式不对", 44004: "消息内容是空的"}


class WeCom(HttpSender):
    """企业微信群机器人."""

    kind = "wecom"
    per_minute = 20

    def request(self, config: Config, message: Message) -> Request:
        """A text message with the link as its last line."""
        text = fit(message.words, f"\n{message.link}" if message.link else "", LONGEST)
        body = json.dumps({"msgtype": "text", "text": {"content": text}}, ensure_ascii=False).encode()
        return Request("POST", config.address, {"Content-Type": "application/json; charset=utf-8"}, body)

    def read(self, config: Config, answer: Answer) -> None:
        """`errcode` 0 is taken; too often and busy pass by themselves."""
        code = answer_code(answer, "errcode")
        if code == 0:
            return
        if code in TOO_OFTEN:
            raise NotSent(f"企业微信限流（{code}）", stop=True, wait=timedelta(minutes=1))
        if code in BUSY:
            raise NotSent(f"企业微信系统忙（{code}）")
        raise Final(f"企业微信不接受：{WORDS.get(code, answer.json.get('errmsg', ''))}（{code}）")
