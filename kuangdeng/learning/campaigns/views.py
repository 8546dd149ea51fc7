"""Pages of campaigns: the wall, one's own days, the plan, who is behind, the summary."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from kuangdeng.kernel import clock
from kuangdeng.kernel.edit_views import edit_page
from kuangdeng.kernel.errors import NotVisible
from kuangdeng.kernel.files import content_of
from kuangdeng.kernel.templatetags.kd import chip
from kuangdeng.learning.campaigns import forms, queries, rules, services
from kuangdeng.learning.campaigns.models import Campaign, CampaignDay
from kuangdeng.learning.campaigns.rules import DayPlan
from kuangdeng.learning.forms import NothingForm, ReasonForm
from kuangdeng.learning.study import api as study
from kuangdeng.learning.views import file_answer
from kuangdeng.org.api import Person, has_power, may, me

HERE = "learning/campaigns"


def _url(campaign: Campaign) -> str:
    return reverse("learning:campaign", args=[campaign.id])


def _chip(campaign: Campaign) -> Any:
    return chip(rules.STATUS_LABELS[campaign.status], "state", rules.TONES[campaign.status])


def _run_by(request: HttpRequest, campaign_id: UUID) -> Campaign:
    """A campaign for who runs it. NotVisible for who takes part."""
    campaign = queries.get_campaign(campaign_id, by=me(request))
    if not queries.runs(campaign, me(request)):
        raise NotVisible
    return campaign


@require_GET
def campaigns(request: HttpRequest) -> HttpResponse:
    """百日集中学习: those that run, those that ran."""
    by = me(request)
    rows = [
        {"campaign": one, "chip": _chip(one), "today": queries.day_now(one)}
        for one in queries.visible(by).order_by("-starts_on", "-id")[:100]
    ]
    words = {"rows": rows, "tabs": study.tabs(by, "campaigns"), "plans": has_power(by, "campaign.plan")}
    return render(request, f"{HERE}/campaigns.html", words)


@require_GET
def campaign(request: HttpRequest, campaign_id: UUID) -> HttpResponse:
    """One campaign: my days first, then the wall of days × branches."""
    by = me(request)
    one = queries.get_campaign(campaign_id, by=by)
    part = queries.part_of(one.id, by)
    plan = queries.plan_of(one.id)
    today = queries.day_now(one)
    words: dict[str, Any] = {
        "campaign": one, "chip": _chip(one), "today": today, "runs": queries.runs(one, by), "part": part,
        "last": rules.day_on(one.starts_on, one.days), "wall": queries.wall(one, plan), "verbs": _verbs(one, by),
        "sees_names": has_power(by, "campaign.see_names"), "planned": sum(bool(day.topic) or day.rest for day in plan),
    }  # fmt: skip
    if part is not None and (one.is_running or one.is_summed_up):
        words |= _mine(one, part, plan, today)
    return render(request, f"{HERE}/campaign.html", words)


def _mine(one: Campaign, part: queries.Participant, plan: list[CampaignDay], today: int) -> dict[str, Any]:
    """My own strip of days, today's task, what is to be caught up."""
    done = queries.done_by(part)
    open_days = queries.owed(plan, done, queries.first_day_of(one, part), today)
    over = queries.is_over(one)
    now = next((day for day in plan if day.number == today), None) if not over and today else None
    missed = [day for day in open_days if over or day.number != today]
    marks = queries.person_row(one, part, plan, {number: row.caught_up for number, row in done.items()}, today).marks
    return {
        "marks": marks, "now": now, "now_done": now is not None and now.number in done, "missed": missed[:12],
        "missed_count": len(missed), "done_count": len(done),
    }  # fmt: skip


def _verbs(one: Campaign, by: Person) -> list[dict[str, Any]]:
    if not queries.runs(one, by):
        return []
    came = clock.today() >= rules.day_on(one.starts_on, one.days)
    return [
        {"label": rules.FLOW.verbs[verb], "url": reverse("learning:campaign_verb", args=[one.id, verb]), "primary": verb != "cancel"}
        for verb in rules.offered(one.status, last_day_came=came)
    ]  # fmt: skip


@require_GET
def wall(request: HttpRequest, campaign_id: UUID) -> HttpResponse:
    """百日墙 alone, for a large screen: branches and numbers, no names."""
    one = queries.get_campaign(campaign_id, by=me(request))
    return render(
        request, f"{HERE}/wall.html", {"campaign": one, "wall": queries.wall(one), "today": queries.day_now(one)}
    )


@require_GET
def people(request: HttpRequest, campaign_id: UUID) -> HttpResponse:
    """Who is behind: each person's days, as far as one may see names."""
    by = me(request)
    one = queries.get_campaign(campaign_id, by=by)
    if not has_power(by, "campaign.see_names"):
        raise NotVisible
    branch = request.GET.get("branch")
    rows = queries.persons(one, by=by, branch=branch)
    words = {
        "campaign": one,
        "rows": rows[:300],
        "more": max(0, len(rows) - 300),
        "branch": branch,
        "today": queries.day_now(one),
    }
    return render(request, f"{HERE}/people.html", words)


# A day ------------------------------------------------------------------------------------------------------------------


@require_http_methods(["GET", "POST"])
def day(request: HttpRequest, campaign_id: UUID, number: int) -> HttpResponse:
    """One day: what is studied, its file, its session; mark it done, or catch it up."""
    by = me(request)
    one = queries.get_campaign(campaign_id, by=by)
    plan_day = queries.get_day(one, number)
    part = queries.part_of(one.id, by)
    done = queries.done_by(part).get(number) if part else None
    today = queries.day_now(one)
    later = number < today or queries.is_over(one)
    may_do = part is not None and done is None and one.is_running and number <= today and not plan_day.rest
    context = {
        "campaign": one, "day": plan_day, "on": rules.day_on(one.starts_on, number), "done": done, "later": later,
        "may_do": may_do and number >= (queries.first_day_of(one, part) if part else 1), "runs": queries.runs(one, by),
        "editable": number >= today, "future": number > today,
    }  # fmt: skip

    def act(data: dict[str, Any]) -> str:
        made = services.do_day(one.id, number=number, note=data["note"], by=by)
        return _("第 %d 天已补学。") % number if made.caught_up else _("第 %d 天已打卡。") % number

    form = forms.DoneForm(request.POST or None)
    label = _("补学打卡") if later else _("打卡")
    title = _("%(title)s 第 %(n)d 天") % {"title": one.title, "n": number}
    return edit_page(
        request, form, act, title=title, label=label, back=_url(one), template=f"{HERE}/day.html", context=context
    )


@require_GET
def day_file(request: HttpRequest, campaign_id: UUID, number: int) -> HttpResponse:
    """The material of a day, to keep."""
    one = queries.get_campaign(campaign_id, by=me(request))
    row = queries.get_day(one, number)
    content = content_of(row.file_id) if row.file_id else None
    return file_answer(content, row.file_kind, row.file_name, to_save=True)


# Running it -------------------------------------------------------------------------------------------------------------


@require_http_methods(["GET", "POST"])
def campaign_new(request: HttpRequest) -> HttpResponse:
    """发起集中学习."""
    by = me(request)
    if not has_power(by, "campaign.plan"):
        raise NotVisible
    unit = None if may(by, "campaign.plan") else by.unit
    form = forms.CampaignForm(request.POST or None, by=by, initial={"unit": unit, "starts_on": clock.today()})
    made: list[Campaign] = []

    def act(_data: dict[str, Any]) -> str:
        made.append(services.set_up(data=form.data_of, by=by))
        return _("已发起。接着排每天的计划，选参加人员，再启动。")

    back = reverse("learning:campaigns")
    answer = edit_page(request, form, act, title=_("发起集中学习"), label=_("发起"), back=back)
    return redirect("learning:campaign_plan", made[0].id) if made else answer


@require_http_methods(["GET", "POST"])
def campaign_edit(request: HttpRequest, campaign_id: UUID) -> HttpResponse:
    """更改名称、日期."""
    by = me(request)
    one = _run_by(request, campaign_id)
    initial = {"title": one.title, "starts_on": one.starts_on, "days": one.days, "goal": one.goal}
    form = forms.CampaignForm(request.POST or None, by=by, fixed=True, initial=initial)

    def act(_data: dict[str, Any]) -> str:
        services.change(one.id, data=form.data_of, by=by)
        return _("已更改。")

    return edit_page(request, form, act, title=_("更改集中学习"), label=_("保存"), back=_url(one))


@require_http_methods(["GET", "POST"])
def campaign_plan(request: HttpRequest, campaign_id: UUID) -> HttpResponse:
    """排计划: all days as lines; single days have their own page with material."""
    by = me(request)
    one = _run_by(request, campaign_id)
    plan = queries.plan_of(one.id)
    form = forms.PlanForm(request.POST or None, initial=forms.PlanForm.initial_of(plan))

    def act(data: dict[str, Any]) -> str:
        return _("已排 %d 天。") % len(services.plan_days(one.id, days=data["lines"], by=by))

    today = queries.day_now(one)
    lines = [
        {"day": each, "on": rules.day_on(one.starts_on, each.number), "open": each.number >= today} for each in plan
    ]
    return edit_page(
        request, form, act, title=_("排计划：%s") % one.title, label=_("保存计划"), back=_url(one),
        template=f"{HERE}/plan.html", context={"campaign": one, "lines": lines},
    )  # fmt: skip


@require_http_methods(["GET", "POST"])
def campaign_day_edit(request: HttpRequest, campaign_id: UUID, number: int) -> HttpResponse:
    """安排一天: topic, task, material, a study session."""
    by = me(request)
    one = _run_by(request, campaign_id)
    row = queries.get_day(one, number)
    on = rules.day_on(one.starts_on, number)
    sessions = list(study.visible(by).filter(starts_at__date=on).order_by("starts_at")[:50])
    initial = {"topic": row.topic, "task": row.task, "rest": row.rest, "session": str(row.session_id or "")}
    form = forms.DayForm(
        request.POST or None, request.FILES or None, sessions=sessions, has_file=bool(row.file_id), initial=initial
    )

    def act(data: dict[str, Any]) -> str:
        file = data["file"]
        services.set_day(
            one.id, day=DayPlan(number, data["topic"], data["task"], data["rest"]), by=by,
            session_id=UUID(data["session"]) if data["session"] else None, file_name=file.name if file else "",
            content=file.read() if file else None, keep_file=not data.get("drop"),
        )  # fmt: skip
        return _("第 %d 天已安排。") % number

    title = _("第 %(n)d 天（%(m)d月%(d)d日）") % {"n": number, "m": on.month, "d": on.day}
    back = reverse("learning:campaign_plan", args=[one.id])
    note = _("现有材料：%s") % row.file_name if row.file_id else ""
    return edit_page(request, form, act, title=title, label=_("保存"), back=back, context={"note": note})


@require_http_methods(["GET", "POST"])
def campaign_people(request: HttpRequest, campaign_id: UUID) -> HttpResponse:
    """选参加人员."""
    by = me(request)
    one = _run_by(request, campaign_id)
    form = study.ChooseForm(request.POST or None, by=by, initial=study.ChooseForm.initial_of(one.chosen, one.unit_id))

    def act(_data: dict[str, Any]) -> str:
        services.choose(one.id, chosen=form.chosen, by=by)
        return _("参加人员已保存。")

    return edit_page(request, form, act, title=_("选参加人员：%s") % one.title, label=_("保存名单"), back=_url(one))


@require_http_methods(["GET", "POST"])
def campaign_verb(request: HttpRequest, campaign_id: UUID, verb: str) -> HttpResponse:
    """启动、取消、总结."""
    by = me(request)
    one = _run_by(request, campaign_id)
    bound = request.POST if request.method == "POST" else None
    steps: dict[str, tuple[Callable[[], Form], Callable[[Any], Any]]] = {
        "start": (lambda: NothingForm(bound), lambda data: services.start(one.id, by=by)),
        "cancel": (lambda: ReasonForm(bound), lambda data: services.cancel(one.id, reason=data["reason"], by=by)),
        "sum_up": (
            lambda: forms.SummaryForm(bound, initial=forms.SummaryForm.initial_of(one, _numbers(one))),
            lambda data: services.sum_up(one.id, by=by, **data),
        ),
    }
    if verb not in steps:
        raise NotVisible
    form, run = steps[verb][0](), steps[verb][1]
    label = str(rules.FLOW.verbs[verb])

    def act(data: dict[str, Any]) -> str:
        run(data)
        return _("已办理：%s。") % label

    note = {
        "start": _("启动后通知全部参加人员，名称和日期不能再改，计划可以改以后的天。"),
        "sum_up": _("总结后不能再补学。没补完的人先催一催。"),
    }.get(verb, "")
    return edit_page(
        request, form, act, title=f"{label}：{one.title}", label=label, back=_url(one), context={"note": note}
    )


def _numbers(one: Campaign) -> str:
    """The first lines of a summary: what the system has counted."""
    found = queries.wall(one)
    whole = found.whole
    if whole is None or not whole.owed:
        return ""
    first = _("活动共 %(days)d 天，%(people)d 人参加，应打卡 %(owed)d 人次，完成 %(done)d 人次，完成率 %(rate)s%%，其中补学 %(later)d 人次。") % {
        "days": one.days, "people": whole.people, "owed": whole.owed, "done": whole.done, "rate": whole.rate, "later": whole.later,
    }  # fmt: skip
    full = "、".join(row.name for row in found.rows if row.name and row.rate == 100)
    return first + (_("全员全程完成的支部：%s。") % full if full else "")


@require_GET
def summary_sheet(request: HttpRequest, campaign_id: UUID) -> HttpResponse:
    """集中学习总结 on paper: the numbers by branch, the words, signatures."""
    one = queries.get_campaign(campaign_id, by=me(request))
    if not one.is_summed_up:
        raise NotVisible
    words = {
        "campaign": one,
        "wall": queries.wall(one),
        "last": rules.day_on(one.starts_on, one.days),
        "printed_at": clock.now(),
    }
    return render(request, f"{HERE}/summary_sheet.html", words)
