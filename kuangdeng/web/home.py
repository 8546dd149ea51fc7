"""The home page: a to-do list, not a dashboard. What waits for me, what is late, my unit today, what changed."""

from dataclasses import dataclass, field
from datetime import date, datetime

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext, pgettext_lazy

from kuangdeng.hazards import api as hazards
from kuangdeng.kernel import clock, timetext
from kuangdeng.learning import api as learning
from kuangdeng.learning.api import bookroom, certificates, classes, items, practice, results, talks, topics
from kuangdeng.org.api import Person, has_power
from kuangdeng.web.menu import address

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


@dataclass
class Todo:
    """One line of what waits for me."""

    title: str
    url: str
    verb: str
    verb_url: str
    meta: list[str]
    due: datetime | None = None
    clock_text: str = ""
    tone: str = ""
    late: bool = False
    at: datetime = field(default_factory=clock.now)


@dataclass
class Figure:
    """A number with its word, and where it leads."""

    label: str
    value: int
    url: str = ""
    tone: str = ""
    note: str = ""


@dataclass
class Home:
    """What stands on the page."""

    todos: list[Todo]
    figures: list[Figure]
    waiting: list[Figure]
    reported: list[hazards.Hazard]
    late_units: list[Figure]
    changes: list[hazards.Change]
    place: str
    report_first: bool
    leader: bool
    more_url: str
    begin: bool
    """Nothing has happened in the mine yet: the administrator is told how to begin."""


def build(person: Person) -> Home:
    """The page for one person at this moment; the number of statements does not depend on the number of rows."""
    whole = has_power(person, "hazard.see_all")
    works = has_power(person, "hazard.sign") or has_power(person, "hazard.accept")
    leader = has_power(person, "hazard.supervise")
    day = hazards.day_of(person)
    todos = [_todo(one) for one in hazards.waiting_for(person)]
    if has_power(person, "hazard.approve_extension"):
        todos += [_extension(one) for one in hazards.extensions_to_decide(person)[:20]]
    todos += [_question(one) for one in hazards.questions.waiting_for(person)]
    todos += [_accident(one) for one in hazards.accidents.waiting_for(person)]
    todos += [_case(one) for one in hazards.groups.waiting_for(person)]
    todos += [_owed(one) for one in hazards.groups.owed_by_teams(person)]
    if has_power(person, "group.manage"):
        todos += _gaps(person)
    todos += [_legal(one) for one in hazards.statutory.waiting_for(person)]
    todos += [_book(one) for one in bookroom.waiting_for(person)]
    todos += [_items(one) for one in items.waiting_for(person)]
    todos += [_talk(one) for one in talks.waiting_for(person)]
    todos += [_regrade(one) for one in results.waiting_for(person)]
    todos += [_learning(one) for one in learning.waiting_for(person)]
    todos += [_topic(one) for one in topics.waiting_for(person)]
    todos += _practice(practice.waiting_for(person))
    todos += [_training(one) for one in classes.waiting_for(person)]
    todos += [_certificate(one) for one in certificates.waiting_for(person)]
    todos.sort(key=lambda one: (not one.late, one.at))
    changes = hazards.changes(hazards.changes_for(person))
    return Home(
        todos=todos,
        figures=_figures(day, person, whole),
        waiting=_waiting(day, person),
        reported=[] if whole or works else hazards.reported_by(person),
        late_units=_late_units(person) if leader and whole else [],
        changes=changes,
        place=person.mine.name if whole else (person.unit.name if person.unit else ""),
        report_first=not works and not whole,
        leader=leader,
        more_url=reverse("hazards:orders")
        if has_power(person, "hazard.sign") and not whole
        else reverse("hazards:list"),
        begin=has_power(person, "org.import") and not changes and not day.open and not todos,
    )


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
        title=timetext_cut(hazard.text),
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


def timetext_cut(text: str, length: int = 60) -> str:
    """The words of a line, cut after so many characters."""
    words = " ".join(text.split())
    return words if len(words) <= length else words[: length - 1] + "…"


def _extension(one: hazards.Extension) -> Todo:
    hazard = one.hazard
    return Todo(
        title=timetext_cut(hazard.text),
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
        title=timetext_cut(question.text),
        url=url,
        verb=_("认可或再追问") if answered else _("答复"),
        verb_url=url,
        meta=[_("%s已答复") % holder if answered else asked, timetext_cut(question.item.text, 30)],
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
        title=timetext_cut(one.text),
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
        title=timetext_cut(case.item.text),
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


STUDY = {
    "sit": (gettext_lazy("去考试"), gettext_lazy("要您参加的考试"), "learning:my_exam"),
    "leave": (gettext_lazy("答复"), gettext_lazy("有人请假"), "learning:attendance_sheet"),
    "makeup": (gettext_lazy("认定补学"), gettext_lazy("交来补学"), "learning:attendance_sheet"),
    "attend": (gettext_lazy("看通知"), gettext_lazy("您应到的学习"), "learning:study"),
    "make_up": (gettext_lazy("补学"), gettext_lazy("没有参加的学习"), "learning:study"),
    "finish": (gettext_lazy("结束学习"), gettext_lazy("学习时间已过"), "learning:study"),
    "record": (gettext_lazy("写记录"), gettext_lazy("学习待记录"), "learning:study"),
    "approve": (gettext_lazy("审签"), gettext_lazy("学习记录待审签"), "learning:study"),
    "campaign": (gettext_lazy("打卡"), gettext_lazy("集中学习"), "learning:campaign"),
}


def _learning(one: learning.Waiting) -> Todo:
    """A session to attend, to record, to make up; open days of a campaign; what a leader of a room decides."""
    verb, why, name = STUDY[one.kind]
    url = reverse(name, args=[one.id])
    meta = [one.who, str(why)]
    if one.kind == "campaign":
        meta.append(_("还有 %d 天没有打卡") % one.number)
    dated = one.kind == "attend" and one.at is not None
    waited = _("已等 %s") % timetext.age(one.at, clock.now()) if one.at and one.at < clock.now() else _("待处理")
    return Todo(
        title=timetext_cut(one.title),
        url=url,
        verb=str(verb),
        verb_url=url,
        meta=meta,
        due=None,
        clock_text=timetext.said(one.at, clock.now()) if dated and one.at else waited,
        tone="plain",
        at=one.at or clock.now(),
    )


def _book(one: bookroom.Waiting) -> Todo:
    """A book to give back, one that waits in the room, a note that somebody reported."""
    late = one.on is not None and one.kind == "loan" and one.on < clock.today()
    verb, why, url = {
        "loan": (_("续借或归还"), _("借的书已超期") if late else _("借的书快到期"), reverse("learning:my_books")),
        "ready": (_("去取书"), _("预约的书到了"), reverse("learning:my_books")),
        "report": (_("处理"), _("有人举报心得"), reverse("learning:reported_notes")),
    }[one.kind]
    day = timetext.day_name(one.on, clock.today()) if one.on else ""
    until = {"loan": _("应还 %s") % day, "ready": _("留到 %s") % day}.get(one.kind, "")
    return Todo(
        title=timetext_cut(f"《{one.text}》"),
        url=url,
        verb=verb,
        verb_url=url,
        meta=[why],
        clock_text=until or _("待处理"),
        tone="late" if late else "plain",
        late=late,
        at=clock.local().replace(year=one.on.year, month=one.on.month, day=one.on.day) if one.on else clock.now(),
    )


def _items(one: items.Waiting) -> Todo:
    """Items of the bank that wait for a reviewer, or for their author."""
    review = one.kind == "review"
    url = reverse("learning:items_review") if review else f"{reverse('learning:items')}?state=drafted&own=1"
    return Todo(
        title=_("%(n)d 道题等审定") % {"n": one.count} if review else _("%(n)d 道题退回修改") % {"n": one.count},
        url=url,
        verb=_("审题") if review else _("修改题目"),
        verb_url=url,
        meta=[_("题库")],
        clock_text=_("已等 %s") % timetext.age(one.since, clock.now()),
        tone="plain",
        at=one.since,
    )


def _talk(one: talks.Waiting) -> Todo:
    """A talk to hold, a record to sign; for who arranges, how many wait for it."""
    words = {
        "talk": (_("找%s谈心"), _("记录谈心")),
        "sign": (_("谈心记录等您签字"), _("看过签字")),
        "retrained": (_("请参加重新培训：%s"), _("看办到哪一步")),
        "assign": (_("%d 人等安排谈话人"), _("安排谈话人")),
        "arrange": (_("%d 人等安排补考"), _("安排补考")),
        "retrain": (_("%d 人等重新培训"), _("列入重新培训")),
    }
    title, verb = words[one.kind]
    pages = {"assign": "learning:talks", "arrange": "learning:talks", "retrain": "learning:training_needs"}
    asked = {"assign": "?state=owed", "arrange": "?state=makeup", "retrain": "#retraining"}
    if one.talk is not None:
        url = reverse("learning:talk", args=[one.talk.id])
        names = {"talk": one.talk.person.name, "retrained": one.where}
        title = title % names[one.kind] if one.kind in names else title
        target = reverse("learning:talk_verb", args=[one.talk.id, "record"]) if one.kind == "talk" else url
    else:
        url = target = f"{reverse(pages[one.kind])}{asked[one.kind]}"
        title = title % one.count
    due = one.due or clock.now()
    meta = [_("谈心补考"), timetext_cut(one.talk.exam.title, 24) if one.talk else ""]
    return Todo(
        title=title, url=url, verb=verb, verb_url=target, meta=meta, due=one.due, late=due < clock.now(), at=due
    )


def _regrade(one: results.Regrade) -> Todo:
    """A regrading that waits for approval."""
    url = reverse("learning:regrade", args=[one.id])
    return Todo(
        title=timetext_cut(one.asked.content["stem"]),
        url=url,
        verb=_("批准重判"),
        verb_url=url,
        meta=[_("申请重判"), one.proposed_by.name, timetext_cut(one.why, 30)],
        clock_text=_("已等 %s") % timetext.age(one.proposed_at, clock.now()),
        tone="plain",
        at=one.proposed_at,
    )


def _topic(one: topics.Waiting) -> Todo:
    """A step of a research topic."""
    url = reverse("learning:topic", args=[one.topic.id])
    late = one.due_on is not None and one.due_on < clock.today()
    until = timetext.day_name(one.due_on, clock.today()) if one.due_on else ""
    return Todo(
        title=timetext_cut(one.topic.title),
        url=url,
        verb=str(topics.VERB_LABELS[one.verb]),
        verb_url=url,
        meta=[_("课题调研"), str(topics.STATUS_LABELS[one.topic.status]), one.what],
        clock_text=_("期限 %s") % until if until else _("待处理"),
        tone="late" if late else "plain",
        late=late,
        at=_midnight(one.due_on) if one.due_on else one.topic.status_since,
    )


def _midnight(day: date) -> datetime:
    return clock.local().replace(year=day.year, month=day.month, day=day.day, hour=0, minute=0)


def _practice(one: practice.Waiting | None) -> list[Todo]:
    """Today's items that are not answered yet; after the day nobody is reminded of them."""
    if one is None:
        return []
    url = reverse("learning:practice")
    return [
        Todo(
            title=_("每日一题还有 %(n)d 道") % {"n": one.left}, url=url, verb=_("答题"), verb_url=url,
            meta=[_("今天")], due=one.closes_at, at=one.closes_at,
        )
    ]  # fmt: skip


def _training(one: classes.Waiting) -> Todo:
    """A lesson to go to, to teach or to settle, a need, a correction of hours."""
    page, verb, why = {
        "attend": ("learning:lesson", _("看课"), _("要上的课")),
        "teach": ("learning:lesson", _("看签到"), _("要讲的课")),
        "settle": ("learning:lesson", _("核定学时"), _("课上完了，等核定学时")),
        "need": ("learning:training_need", _("安排"), _("培训需求")),
        "correction": ("learning:hour_corrections", _("审批"), _("学时更正")),
    }[one.kind]
    url = reverse(page) if one.kind == "correction" else reverse(page, args=[one.subject_id])
    ahead = one.kind in ("attend", "teach")
    words = timetext.said(one.at, clock.now()) if ahead else _("已等 %s") % timetext.age(one.at, clock.now())
    return Todo(
        title=timetext_cut(one.text),
        url=url,
        verb=verb,
        verb_url=url,
        meta=[why],
        clock_text=words,
        tone="plain",
        at=one.at,
    )


def _certificate(one: certificates.Waiting) -> Todo:
    """One's own certificate that runs out."""
    url = reverse("learning:certificate", args=[one.certificate_id])
    late = one.on < clock.today()
    at = clock.local().replace(year=one.on.year, month=one.on.month, day=one.on.day)
    return Todo(
        title=one.text, url=url, verb=_("看证照"), verb_url=url, meta=[_("证照已过期") if late else _("证照快到期")],
        clock_text=_("有效期止 %s") % one.on, tone="late" if late else "plain", late=late, at=at,
    )  # fmt: skip


def _figures(day: hazards.Day, person: Person, whole: bool) -> list[Figure]:
    """My unit today: what came in by shift, what was closed, what is open and late."""
    listing = reverse("hazards:list")
    shifts = "　".join(f"{name or _('未定班')}\u00a0{n}" for name, n in day.by_shift.items())
    return [
        Figure(_("今天上报"), day.reported, f"{listing}?received=today", note=shifts),
        Figure(_("今天销号"), day.closed),
        Figure(_("未办结"), day.open, f"{listing}?open=1"),
        Figure(_("已超期"), day.late, f"{listing}?late=1&sort=due", tone="late" if day.late else ""),
    ]


def _waiting(day: hazards.Day, person: Person) -> list[Figure]:
    """How many wait for each daily verb of this person, with the way to the whole queue."""
    queues = [
        ("hazard.grade", _("待定级"), ("reported",), "hazards:triage", ""),
        ("hazard.dispatch", _("待下达"), ("graded",), "hazards:list", "?status=graded"),
        ("hazard.sign", _("待签收"), ("dispatched",), "hazards:orders", "?status=dispatched"),
        ("hazard.rectify", _("整改中"), ("rectifying",), "hazards:orders", "?status=rectifying"),
        (
            "hazard.close",
            _("待验收"),
            ("rectified", "recheck"),
            "hazards:accepting",
            "?status=rectified&status=recheck",
        ),
        ("hazard.close", _("待销号"), ("accepted",), "hazards:accepting", "?status=accepted"),
    ]
    found = []
    for power, label, statuses, name, query in queues:
        url = address(name)
        if url and has_power(person, power):
            found.append(Figure(label, day.count(*statuses), url + query))
    return found


def _late_units(person: Person) -> list[Figure]:
    """Which units are late, the most first."""
    listing = reverse("hazards:list")
    return [
        Figure(name or _("未定单位"), n, f"{listing}?late=1&sort=due&unit={unit_id}", "late",
               _("最早%s") % timetext.clock(since, clock.now()))
        for unit_id, name, n, since in hazards.late_by_unit(person)
    ]  # fmt: skip
