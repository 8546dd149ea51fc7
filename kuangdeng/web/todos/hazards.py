"""What waits for a person in the hazards: orders, questions, accidents, groups, legal reports."""

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext, pgettext_lazy

from kuangdeng.hazards import api as hazards
from kuangdeng.kernel import clock, timetext
from kuangdeng.org.api import Person, has_power
from kuangdeng.web.todos.line import Todo, cut

VERBS = {
    "grade": gettext_lazy("定级"),
    "dispatch": gettext_lazy("下达"),
    "sign": gettext_lazy("签收"),
    "rectify": gettext_lazy("报整改完成"),
    "accept": pgettext_lazy("动作", "验收"),
    "close": gettext_lazy("销号"),
    "resubmit": gettext_lazy("补充"),
    "look": gettext_lazy("看进展"),
    "extension": gettext_lazy("审批"),
    "accident.complete": gettext_lazy("补充"),
    "accident.sign_measure": gettext_lazy("签收"),
    "accident.finish_measure": gettext_lazy("报落实完成"),
    "accident.accept_measure": gettext_lazy("验收"),
    "accident.close": gettext_lazy("结案"),
}
WHY = {
    "grade": gettext_lazy("待定级"),
    "dispatch": gettext_lazy("待下达"),
    "sign": gettext_lazy("待签收"),
    "rectify": gettext_lazy("整改中"),
    "accept": gettext_lazy("待验收"),
    "close": gettext_lazy("待销号"),
    "resubmit": pgettext_lazy("状态", "退回补充"),
    "look": gettext_lazy("由您督办"),
    "extension": gettext_lazy("申请延期"),
    "accident.complete": gettext_lazy("事故快报，待补充"),
    "accident.sign_measure": gettext_lazy("事故整改措施，待签收"),
    "accident.finish_measure": gettext_lazy("事故整改措施，落实中"),
    "accident.accept_measure": gettext_lazy("事故整改措施，待验收"),
    "accident.close": gettext_lazy("四不放过已齐，待结案"),
}


def todos(person: Person) -> list[Todo]:
    """Every line of the hazards."""
    found = [_todo(one) for one in hazards.waiting_for(person)]
    if has_power(person, "hazard.approve_extension"):
        found += [_extension(one) for one in hazards.extensions_to_decide(person)[:20]]
    found += [_question(one) for one in hazards.questions.waiting_for(person)]
    found += [_accident(one) for one in hazards.accidents.waiting_for(person)]
    found += [_case(one) for one in hazards.groups.waiting_for(person)]
    found += [_owed(one) for one in hazards.groups.owed_by_teams(person)]
    if has_power(person, "group.manage"):
        found += _gaps(person)
    return found + [_legal(one) for one in hazards.statutory.waiting_for(person)]


def _todo(one: hazards.Waiting) -> Todo:
    hazard = one.hazard
    place = hazard.place.full_name if hazard.place else hazard.place_text
    marks = [_("重大")] if hazard.is_major else []
    if one.verb == "rectify" and hazard.reject_count:
        marks.append(_("验收退回"))
    url = reverse("hazards:detail", args=[hazard.id])
    target = url if one.verb in ("look", "sign", "close") else reverse("hazards:verb", args=[hazard.id, one.verb])
    waited = timetext.age(one.since, clock.now())
    return Todo(
        title=cut(hazard.text),
        url=url,
        verb=str(VERBS[one.verb]),
        verb_url=target,
        meta=[*marks, str(WHY[one.verb]), hazard.grade.name if hazard.grade and not hazard.is_major else "", place,
              hazard.unit_name or (hazard.reporter_unit.name if hazard.reporter_unit else ""), hazard.number],
        due=one.due,
        clock_text="" if one.due else _("已等 %s") % waited,
        tone="" if one.due else "plain",
        late=one.late,
        at=one.due or one.since,
    )  # fmt: skip


def _extension(one: hazards.Extension) -> Todo:
    hazard = one.hazard
    return Todo(
        title=cut(hazard.text),
        url=reverse("hazards:detail", args=[hazard.id]),
        verb=str(VERBS["extension"]),
        verb_url=reverse("hazards:extensions"),
        meta=[
            str(WHY["extension"]),
            hazard.unit_name,
            _("申请延至 %s") % timetext.said(one.asked_until, clock.now()),
            hazard.number,
        ],
        due=one.due_before,
        late=one.due_before < clock.now(),
        at=one.due_before,
    )


def _question(one: hazards.questions.Waiting) -> Todo:
    question = one.question
    url = reverse("hazards:question", args=[question.id])
    asked = _("%s追问") % question.asker_unit.name
    holder = question.holder.name if question.holder else _("安监部门")
    answered = one.verb == "settle"
    return Todo(
        title=cut(question.text),
        url=url,
        verb=_("认可或再追问") if answered else _("答复"),
        verb_url=url,
        meta=[_("%s已答复") % holder if answered else asked, cut(question.item.text, 30)],
        due=None if answered else question.due_at,
        clock_text=_("已等 %s") % timetext.age(question.answered_at, clock.now()) if question.answered_at else "",
        tone="plain" if answered else "",
        late=one.late,
        at=question.answered_at or question.due_at,
    )


def _accident(one: hazards.accidents.Waiting) -> Todo:
    page = reverse("hazards:accident", args=[one.accident_id])
    url, verb_url = page, reverse("hazards:accident_verb", args=[one.accident_id, one.verb])
    if one.measure_id:
        url = verb_url = f"{page}#measure-{one.measure_id}"
    return Todo(
        title=cut(one.text),
        url=url,
        verb=str(VERBS[f"accident.{one.verb}"]),
        verb_url=verb_url,
        meta=[str(WHY[f"accident.{one.verb}"]), one.unit_name, one.number],
        due=one.due,
        clock_text="" if one.due else _("已等 %s") % timetext.age(one.since, clock.now()),
        tone="" if one.due else "plain",
        late=one.late,
        at=one.due or one.since,
    )


def _case(one: hazards.groups.Waiting) -> Todo:
    """What a group owes the front line."""
    case = one.case
    url = reverse("hazards:case", args=[case.id])
    return Todo(
        title=cut(case.item.text),
        url=url,
        verb=_("反馈结果") if one.outcome else pgettext("动作", "反馈"),
        verb_url=url,
        meta=[case.group.name if case.group else "", str(case.item.line.get("unit", ""))],
        due=one.owed_at,
        late=one.late,
        at=one.owed_at,
    )


def _owed(one: hazards.groups.Owed) -> Todo:
    """What a team has to hear at its next meeting."""
    url = f"{reverse('hazards:pre_shift')}?unit={one.unit_id}"
    return Todo(
        title=_("%(n)d 条反馈等班前会签认") % {"n": one.count}, url=url, verb=_("开班前会"), verb_url=url,
        meta=[one.unit_name], due=one.due_at, late=one.late, at=one.due_at,
    )  # fmt: skip


def _gaps(person: Person) -> list[Todo]:
    """What was published and nobody covers: to be given to a group the same day."""
    count, since = hazards.groups.count_gaps(person.mine_id)
    if since is None:
        return []
    url = f"{reverse('hazards:cases')}?gap=1"
    waited = timetext.age(since, clock.now())
    return [
        Todo(
            title=_("%(n)d 条公布事项没有小组负责") % {"n": count}, url=url, verb=_("指定小组"), verb_url=url,
            meta=[_("整治落实")], clock_text=_("已等 %s") % waited, tone="plain", at=since,
        )
    ]  # fmt: skip


def _legal(one: hazards.statutory.Owed) -> Todo:
    """A report that the law asks for and that is not out yet."""
    words = {"draft": _("编制"), "sign": _("签字"), "send": _("登记回执")}
    url = reverse("hazards:statutory_report", args=[one.report.id]) if one.report else reverse("hazards:statutory")
    return Todo(
        title=f"{one.period.label} {hazards.statutory.KIND_LABELS[one.kind]}",
        url=url,
        verb=words[one.step],
        verb_url=url,
        meta=[_("法定报表"), "" if one.rule.confirmed else _("期限未核定")],
        due=one.due,
        tone="" if one.due else "plain",
        late=one.due is not None and one.due < clock.now(),
        at=one.due or clock.now(),
    )
