"""What a channel must be like before anything is sent over it. Pure."""

import re
from collections.abc import Collection
from dataclasses import dataclass, field
from urllib.parse import SplitResult, urlsplit
from uuid import UUID

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from kuangdeng.kernel.errors import Refused
from kuangdeng.ledger.api import Channel, Failure, check_target
from kuangdeng.org.api import Role

MAY: dict[str, frozenset[Role]] = {"channel.manage": frozenset({Role.ADMINISTRATOR})}
POWER_LABELS: dict[str, object] = {"channel.manage": _("设置通知通道、免打扰和升级")}
VERB_LABELS: dict[str, object] = {
    "channel.add": _("增加通知通道"),
    "channel.change": _("更正通知通道"),
    "channel.switch_on": _("启用通知通道"),
    "channel.switch_off": _("停用通知通道"),
    "channel.remove": _("撤除通知通道"),
    "channel.test": _("发送测试消息"),
    "notice.quiet": _("设置全矿免打扰"),
    "notice.add_escalation": _("增加升级规则"),
    "notice.remove_escalation": _("撤销升级规则"),
    "notice.escalate": _("升级未读的通知"),
}
Kind = Channel.Kind
WHERE: dict[str, object] = {
    Kind.WECOM: _(
        "在企业微信群里添加群机器人，把它的 Webhook 地址填在这里。私有部署的企业微信填自己的域名，地址格式一样。"
    ),
    Kind.DINGTALK: _("在钉钉群里添加自定义机器人，安全设置选“加签”，把 Webhook 地址和 SEC 开头的密钥填在这里。"),
    Kind.FEISHU: _("在飞书群里添加自定义机器人，安全设置选“签名校验”，把 Webhook 地址和密钥填在这里。"),
    Kind.SMS: _("照短信平台的接口说明填写，其中写 {手机号}、{内容}、{密钥}、{编号}、{时间} 的地方，发送时换成真的。"),
    Kind.WEBHOOK: _("事件发生时，把 JSON 用 POST 送到这个地址，并用密钥签名。格式见说明文档。"),
}
LONGEST_ADDRESS = 1000
LEAST_SECRET = 16
SMS_LONGEST = (20, 1000)
PLAIN = re.compile(r"[\x21-\x7e]+")


@dataclass(frozen=True)
class ChannelData:
    """What is said about a channel. An empty address or secret of one that is there stays what it was."""

    name: str
    address: str = ""
    secret: str = ""
    proxy: str = ""
    unit_id: UUID | None = None
    unit_name: str = ""
    topics: tuple[str, ...] = ()
    options: dict[str, str] = field(default_factory=dict)


def check(kind: str, data: ChannelData, topics: Collection[str]) -> None:
    """Refuse a channel that could not work, or that leads where no channel may lead."""
    if kind not in Kind.values:
        raise Refused(gettext("没有这种通道。请重新选择。"))
    if not data.name.strip():
        raise Refused(gettext("请给通道起个名称，例如“安监部群”。"), field="name")
    check_address(without_places(data.address) if kind == Kind.SMS else data.address, "address")
    if data.proxy:
        check_address(data.proxy, "proxy")
        if urlsplit(data.proxy).scheme != "http":
            raise Refused(gettext("代理地址要以 http:// 开头，例如 http://10.0.0.8:3128。"), field="proxy")
    if not data.topics:
        raise Refused(gettext("请至少勾选一类通知，不然这个通道什么也收不到。"), field="topics")
    if not set(data.topics) <= set(topics):
        raise Refused(gettext("没有这个通知类别。请刷新页面后重新选择。"), field="topics")
    if kind == Kind.WEBHOOK and len(data.secret) < LEAST_SECRET:
        raise Refused(gettext("密钥至少 %(n)d 个字符，接收方用它核对签名。") % {"n": LEAST_SECRET}, field="secret")
    if kind == Kind.SMS:
        _check_sms(data)


def check_address(address: str, field: str) -> None:
    """Refuse what is no address of a channel: another scheme, this machine itself, where clouds keep credentials."""
    if not PLAIN.fullmatch(address) or len(address) > LONGEST_ADDRESS:
        raise Refused(gettext("地址里不能有空格和汉字。请从平台上整段复制。"), field=field)
    try:
        target: SplitResult = urlsplit(address)
        check_target(target)
    except ValueError:
        raise Refused(gettext("这个地址不完整，请从平台上整段复制。"), field=field) from None
    except Failure as failure:
        raise Refused(gettext("%(why)s。请改正地址。") % {"why": failure}, field=field) from None
    if target.username or target.password:
        raise Refused(gettext("地址里不要写用户名和密码，请填在密钥里。"), field=field)


def without_places(template: str) -> str:
    """A template with something harmless where a place stood."""
    return re.sub(r"\{(手机号|内容|密钥|编号|时间)\}", "0", template)


def _check_sms(data: ChannelData) -> None:
    options = data.options
    said = data.address + options.get("body", "") + options.get("headers", "")
    for place, word in (("{手机号}", gettext("手机号")), ("{内容}", gettext("短信内容"))):
        if place not in said:
            raise Refused(
                gettext("地址或请求正文里要有 %(place)s，不然%(word)s送不出去。") % {"place": place, "word": word},
                field="body",
            )
    if "{" in urlsplit(data.address).netloc:
        raise Refused(gettext("域名里不能有花括号。请改正地址。"), field="address")
    if not options.get("success", "").strip():
        raise Refused(gettext("请写明网关怎样答复算成功。"), field="success")
    for line in options.get("headers", "").splitlines():
        if line.strip() and not re.fullmatch(r"[A-Za-z0-9-]+:[ -~]*", without_places(line).strip()):
            raise Refused(gettext("请求头每行一个，写成“名称: 值”，不能有汉字。"), field="headers")


def shown(address: str) -> str:
    """What of an address may be shown: where it leads, never its key."""
    parts = urlsplit(address)
    return f"{parts.scheme}://{parts.hostname}" if parts.hostname else ""
