"""Forms of the channels."""

from typing import Any
from uuid import UUID

from django import forms
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from kuangdeng.kernel.widgets import PickerField
from kuangdeng.ledger.api import AFTER, DAILY_AT, TOPICS, Channel
from kuangdeng.org.api import Person, open_unit, search_units
from kuangdeng.web.channels import rules
from kuangdeng.web.channels.rules import ChannelData

Kind = Channel.Kind
CLOCK = forms.TimeInput({"type": "time"}, format="%H:%M")
NOT_SHOWN = _("已保存，不再显示。要换才填。")


class ChannelForm(forms.Form):
    """A channel of one kind; of one that is there address and secret stay empty and are kept."""

    name = forms.CharField(label=_("名称"), max_length=40, help_text=_("例如：安监部企业微信群。"))
    address = forms.CharField(
        label=_("地址"), max_length=rules.LONGEST_ADDRESS, widget=forms.TextInput({"autocomplete": "off"})
    )
    secret = forms.CharField(
        label=_("密钥"), max_length=200, required=False, widget=forms.PasswordInput({"autocomplete": "new-password"})
    )
    method = forms.ChoiceField(label=_("请求方式"), choices=[("POST", "POST"), ("GET", "GET")])
    content_type = forms.ChoiceField(
        label=_("正文格式"),
        choices=[
            ("application/json", "JSON"),
            ("application/x-www-form-urlencoded", _("表单")),
            ("text/xml", "XML"),
            ("text/plain", _("纯文本")),
        ],
    )
    headers = forms.CharField(
        label=_("请求头"), required=False, widget=forms.Textarea({"rows": 2}), help_text=_("每行一个，写成“名称: 值”。")
    )
    body = forms.CharField(
        label=_("请求正文"),
        required=False,
        widget=forms.Textarea({"rows": 4}),
        help_text=_("照平台的例子写，把手机号和内容换成 {手机号} 和 {内容}。"),
    )
    success = forms.CharField(
        label=_("怎样算成功"),
        required=False,
        max_length=100,
        help_text=_("JSON 答复写成“字段=值”，下一级用点隔开；其他答复写出成功时必有的字。"),
    )
    longest = forms.IntegerField(
        label=_("最多字数"), min_value=rules.SMS_LONGEST[0], max_value=rules.SMS_LONGEST[1], initial=200, required=False
    )
    topics = forms.MultipleChoiceField(
        label=_("发哪些通知"),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("请至少勾选一类通知。")},
    )
    proxy = forms.CharField(
        label=_("代理"), required=False, max_length=200, help_text=_("内网经代理上网时填，例如 http://10.0.0.8:3128。")
    )
    field_order = (
        "name", "address", "secret", "method", "content_type", "headers", "body", "success", "longest", "unit", "topics",
        "proxy",
    )  # fmt: skip
    SMS_ONLY = ("method", "content_type", "headers", "body", "success", "longest")

    def __init__(self, *args: Any, kind: str, by: Person, channel: Channel | None = None, **kwargs: Any) -> None:
        kwargs["initial"] = _initial(channel) if channel else {}
        super().__init__(*args, **kwargs)
        self.fields["topics"].choices = [(topic.code, topic.label) for topic in TOPICS.values()]  # type: ignore[attr-defined]
        self.fields["address"].help_text = str(rules.WHERE[kind])
        if kind == Kind.SMS:
            self.fields["topics"].label = _("哪些通知可以发短信")
        else:
            for name in self.SMS_ONLY:
                del self.fields[name]
            self.fields["unit"] = PickerField(
                url=lambda: reverse("org:pick_unit"), find=lambda key: open_unit(UUID(str(key)), by), kind="unit", icon="unit",
                search=lambda words: search_units(by, words), label=_("只收这个单位的"), required=False,
                placeholder=gettext("单位名称或拼音首字母"), help_text=_("不填就收全矿的；填了只收这个单位和下属单位的。"),
            )  # fmt: skip
        if kind == Kind.WECOM:
            del self.fields["secret"]
        if channel is not None:
            self.fields["address"].required = False
            for name in ("address", "secret"):
                if name in self.fields:
                    self.fields[name].help_text = NOT_SHOWN
        self.order_fields(self.field_order)

    @property
    def data_of(self) -> ChannelData:
        """The answers, for the verb."""
        said = self.cleaned_data
        unit = said.get("unit")
        return ChannelData(
            name=said["name"], address=said["address"].strip(), secret=said.get("secret", ""), proxy=said["proxy"].strip(),
            unit_id=unit.id if unit else None, unit_name=unit.name if unit else "", topics=tuple(said["topics"]),
            options={name: str(said[name]) for name in self.SMS_ONLY if said.get(name)},
        )  # fmt: skip


def _initial(channel: Channel) -> dict[str, Any]:
    return {
        "name": channel.name, "proxy": channel.proxy, "topics": channel.topics,
        "unit": str(channel.unit_id or ""), **channel.options,
    }  # fmt: skip


class HabitForm(forms.Form):
    """免打扰 and the hour of the day's digest."""

    quiet_from = forms.TimeField(label=_("免打扰从"), required=False, widget=CLOCK)
    quiet_until = forms.TimeField(
        label=_("免打扰到"),
        required=False,
        widget=CLOCK,
        help_text=_("这段时间的消息到结束时再发；重大隐患、事故快报、紧急插播照发。可以跨零点。"),
    )
    daily_at = forms.TimeField(label=_("每天汇总时间"), initial=DAILY_AT, widget=CLOCK)


class EscalationForm(forms.Form):
    """A rule of climbing."""

    topic = forms.ChoiceField(label=_("通知类别"), required=False)
    kind = forms.ChoiceField(label=_("多久没读"), choices=AFTER, widget=forms.RadioSelect, initial="hours")
    hours = forms.IntegerField(label=_("小时数"), min_value=1, max_value=240, required=False, initial=2)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        topics = [(topic.code, topic.label) for topic in TOPICS.values()]
        self.fields["topic"].choices = [("", _("所有待办通知")), *topics]  # type: ignore[attr-defined]
