"""Pages of the channels for the administrator, and the page behind the link of a message."""

from typing import Any
from uuid import UUID

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render, resolve_url
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from kuangdeng.kernel.edit_views import do_and_return, edit_page
from kuangdeng.kernel.errors import NotVisible, Refused
from kuangdeng.kernel.views import register_page
from kuangdeng.ledger import api as ledger
from kuangdeng.org.api import Person, me
from kuangdeng.web.channels import forms, queries, registers, rules, services

# For the administrator ------------------------------------------------------------------------------------------------


def _tabs(here: str) -> list[dict[str, object]]:
    lines = [("list", _("通道")), ("quiet", _("免打扰和汇总")), ("escalations", _("升级"))]
    return [{"label": label, "url": reverse(f"channels:{name}"), "current": name == here} for name, label in lines]


@require_GET
def channels(request: HttpRequest) -> HttpResponse:
    """All channels: where they lead, whether they work."""
    rows = queries.channels(me(request))
    context = {"tabs": _tabs("list")}
    return register_page(
        request, registers.channel_register(), rows, template="web/channels/list.html", context=context
    )


@require_GET
def kinds(request: HttpRequest) -> HttpResponse:
    """Which kind of channel is to be added."""
    queries.need(me(request))
    lines = [
        {"label": label, "text": rules.WHERE[kind], "url": reverse("channels:new_of", args=[kind])}
        for kind, label in ledger.Channel.Kind.choices
    ]
    return render(request, "web/channels/kinds.html", {"kinds": lines, "mail": _mail_words()})


def _mail_words() -> str:
    return _("邮件不在这里设置：发信服务器由安装人员用环境变量 KUANGDENG_EMAIL_URL 给出。")


@require_http_methods(["GET", "POST"])
def new(request: HttpRequest, kind: str) -> HttpResponse:
    """增加通知通道."""
    person = me(request)
    queries.need(person)
    if kind not in ledger.Channel.Kind.values:
        raise Http404
    form = forms.ChannelForm(request.POST or None, kind=kind, by=person)

    def act(data: dict[str, Any]) -> str:
        made = services.add_channel(kind=kind, data=form.data_of, by=person)
        return _("通道“%s”已增加。请发一条测试消息。") % made.name

    title = ledger.Channel.Kind(kind).label
    back = reverse("channels:list")
    return edit_page(request, form, act, title=str(title), label=_("增加通道"), back=back)


@require_GET
def channel(request: HttpRequest, channel_id: UUID) -> HttpResponse:
    """One channel: what it hears, how it fares, and what may be done with it."""
    one = queries.get_channel(channel_id, by=me(request))
    words = {
        "channel": one,
        "state": registers.state(one),
        "topics": registers.topic_words(one),
        "host": rules.shown(one.address),
        "proxy": rules.shown(one.proxy),
        "personal": one.kind not in ledger.GROUPS,
    }
    return render(request, "web/channels/channel.html", words)


@require_http_methods(["GET", "POST"])
def edit(request: HttpRequest, channel_id: UUID) -> HttpResponse:
    """更正通知通道: address and secret are never shown again; an empty field keeps them."""
    person = me(request)
    one = queries.get_channel(channel_id, by=person)
    form = forms.ChannelForm(request.POST or None, kind=one.kind, by=person, channel=one)

    def act(data: dict[str, Any]) -> str:
        services.change_channel(one.id, data=form.data_of, by=person)
        return _("通道“%s”已更正。") % form.data_of.name

    back = reverse("channels:channel", args=[one.id])
    return edit_page(request, form, act, title=_("更正通知通道"), label=_("保存"), back=back)


@require_POST
def do(request: HttpRequest, channel_id: UUID, verb: str) -> HttpResponse:
    """发送测试消息、启用、停用、撤除."""
    person = me(request)
    one = queries.get_channel(channel_id, by=person)
    back = reverse(
        "channels:list" if verb == "remove" else "channels:channel", args=[] if verb == "remove" else [one.id]
    )
    acts = {"test": _test, "on": _switch_on, "off": _switch_off, "remove": _remove}
    if verb not in acts:
        raise NotVisible
    return do_and_return(request, lambda: acts[verb](one, person), back)


def _test(one: ledger.Channel, by: Person) -> str:
    """Send it now, outside any transaction, and say in a sentence what came of it."""
    if one.kind not in ledger.GROUPS and not by.phone:
        raise Refused(_("测试短信会发到您自己的手机，但您的资料里没有手机号。请先补上。"))
    error = ledger.send_test(one, mine=by.mine.name, to=by.phone)
    services.note_test(one.id, error=error, by=by)
    if error:
        raise Refused(_("测试消息没有送出：%s") % error)
    if one.kind not in ledger.GROUPS:
        return _("短信网关已接收，请看看 %s 收到没有。") % by.phone
    return _("测试消息已送出，对方已接收。请到“%s”里看看。") % one.name


def _switch_on(one: ledger.Channel, by: Person) -> str:
    services.switch_channel(one.id, on=True, by=by)
    return _("通道“%s”已启用。") % one.name


def _switch_off(one: ledger.Channel, by: Person) -> str:
    services.switch_channel(one.id, on=False, by=by)
    return _("通道“%s”已停用，还没有发的消息不再发。") % one.name


def _remove(one: ledger.Channel, by: Person) -> str:
    services.remove_channel(one.id, by=by)
    return _("通道“%s”已撤除。") % one.name


@require_http_methods(["GET", "POST"])
def quiet(request: HttpRequest) -> HttpResponse:
    """全矿免打扰 and the hour of the digest, for all who have not chosen otherwise."""
    person = me(request)
    queries.need(person)
    habit = ledger.habit_of(person.mine_id)
    initial = {name: getattr(habit, name) for name in ("quiet_from", "quiet_until", "daily_at")}
    form = forms.HabitForm(request.POST or None, initial=initial)

    def act(data: dict[str, Any]) -> str:
        services.set_quiet_hours(**data, by=person)
        return _("已保存，从下一条通知起用。")

    back = reverse("channels:list")
    words = {"note": _("对机器人和没有自己设置的人有效；职工可以在自己的通知设置里另选。")}
    return edit_page(request, form, act, title=_("全矿免打扰"), label=_("保存"), back=back, context=words)


@require_GET
def escalations(request: HttpRequest) -> HttpResponse:
    """升级规则: when unread tasks climb to the next channel."""
    person = me(request)
    queries.need(person)
    rows = [
        {
            "id": rule.id,
            "topic": _topic(rule.topic),
            "after": _("%(n)d 小时没读") % {"n": rule.hours} if rule.kind == "hours" else _("到本班结束还没读"),
        }
        for rule in ledger.escalation_rules(person.mine_id)
    ]
    return render(request, "web/channels/escalations.html", {"rows": rows, "tabs": _tabs("escalations")})


def _topic(code: str) -> object:
    if not code:
        return _("所有待办通知")
    return ledger.TOPICS[code].label if code in ledger.TOPICS else code


@require_http_methods(["GET", "POST"])
def escalation_new(request: HttpRequest) -> HttpResponse:
    """增加升级规则."""
    person = me(request)
    queries.need(person)
    form = forms.EscalationForm(request.POST or None)

    def act(data: dict[str, Any]) -> str:
        services.add_escalation(topic=data["topic"], kind=data["kind"], hours=data["hours"] or 0, by=person)
        return _("升级规则已增加，对以后的通知有效。")

    back = reverse("channels:escalations")
    return edit_page(request, form, act, title=_("增加升级规则"), label=_("增加"), back=back)


@require_POST
def escalation_remove(request: HttpRequest, rule_id: UUID) -> HttpResponse:
    """撤销升级规则."""
    person = me(request)
    queries.need(person)

    def act() -> str:
        services.remove_escalation(rule_id, by=person)
        return _("升级规则已撤销。")

    return do_and_return(request, act, reverse("channels:escalations"))


# Behind the link of a message -----------------------------------------------------------------------------------------


@login_not_required
@never_cache
@require_GET
def link(request: HttpRequest, token: str) -> HttpResponse:
    """What a message was about: title, deadline, whether it is done. Signs nobody in; what needs rights asks for it.

    Its own person who is signed in already goes right on. An expired link says so and leads to the sign-in.
    """
    found, notice = queries.notice_of(token)
    onward = _onward(notice)
    if notice is not None and isinstance(request.user, Person) and request.user.id == notice.person_id:
        return redirect("inbox_open", notice.id)
    if found is None or notice is None or found.expired:
        known = found is not None and notice is not None
        return render(request, "web/channels/link_over.html", {"onward": onward, "known": known}, status=410)
    topic = ledger.TOPICS.get(notice.topic)
    title, _body = ledger.outgoing(notice.mine_id, topic, notice.title, notice.body)
    words = {"notice": notice, "title": title, "topic": topic, "onward": onward, "token": token}
    return render(request, "web/channels/link.html", words)


def _onward(notice: ledger.Notice | None) -> str:
    """Through the sign-in to the notice itself, or home."""
    target = reverse("inbox_open", args=[notice.id]) if notice else reverse("home")
    return f"{resolve_url('org:sign_in')}?{urlencode({'next': target})}"


@login_not_required
@require_POST
def link_read(request: HttpRequest, token: str) -> HttpResponse:
    """The page was really shown: the notice is read. A scanner that only fetches links runs no script and marks nothing."""
    found, notice = queries.notice_of(token)
    if found is None or notice is None or found.expired:
        raise NotVisible
    ledger.mark_read_by_link(notice.id)
    return HttpResponse(status=204)
