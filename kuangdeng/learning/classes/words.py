"""How the ledger lines of the classes are read aloud, and who is told of them."""

from collections.abc import Iterator

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from kuangdeng.kernel import clock
from kuangdeng.learning.classes import rules
from kuangdeng.learning.classes.models import (
    ClassExam,
    HoursCorrection,
    Lesson,
    RosterRule,
    TrainingClass,
    TrainingNeed,
)
from kuangdeng.learning.talks import api as talks
from kuangdeng.ledger.api import Entry, Recipient, Topic, declare_topics, declare_words, route
from kuangdeng.org.api import Person, Role, tell, tell_roles

MINE, NEEDS, HOURS, PLAN = "class.mine", "class.needs", "class.hours", "class.plan"
declare_topics(
    Topic(MINE, _("我的培训：编入培训班、调课、考试、取消、结业")),
    Topic(NEEDS, _("培训需求：提出、开班、不安排")),
    Topic(HOURS, _("学时更正：申请、批准、不同意")),
    Topic(PLAN, _("年度培训计划：批准、退回")),
)
YES: dict[str, object] = {"True": _("是"), "False": _("否")}


def declare() -> None:
    """Hand the words to the ledger."""
    skipped = ("id", "mine", "unit")
    limits = {
        f"training.save_limits.{one.name}": one.verbose_name
        for one in RosterRule._meta.fields
        if one.name not in skipped
    }
    declare_words(
        verbs={
            "training.set_up": _("初始化培训规定"),
            "training.save_limits": _("设置编班限额"),
            "training.make_calendar": _("启用课表日历"),
            "training.revoke_calendar": _("停用课表日历"),
            "need.propose": _("提出培训需求"),
            "need.accept": _("按需求开班"),
            "need.decline": _("不安排培训"),
            "plan.add_line": _("编制培训计划"),
            "plan.change_line": _("更正培训计划"),
            "plan.drop_line": _("取消培训计划项"),
            "plan.approve": _("批准培训计划"),
            "plan.reopen": _("退回培训计划"),
            "class.prepare": _("筹备培训班"),
            "class.change": _("更正培训班"),
            "class.add_batch": _("加一批"),
            "class.change_batch": _("调整批次"),
            "class.drop_batch": _("撤销批次"),
            "class.open": _("开班"),
            "class.cancel": _("取消培训班"),
            "class.arrange_exam": _("安排考试"),
            "class.conclude": _("结业"),
            "class.reopen": _("退回重办结业"),
            "class.close": _("培训班归档"),
            "class.rate": _("评教"),
            "lesson.add": _("排课"),
            "lesson.change": _("调课"),
            "lesson.drop": _("删课"),
            "lesson.copy": _("复制课表"),
            "lesson.handout": _("上传讲义"),
            "lesson.drop_handout": _("撤下讲义"),
            "roster.make": _("自动编班"),
            "roster.add": _("逐人加入培训班"),
            "roster.retrain": _("列入重新培训"),
            "roster.move": _("换批"),
            "roster.drop": _("退班"),
            "hours.settle": _("核定学时"),
            "hours.correct": _("申请更正学时"),
            "hours.approve": _("批准更正学时"),
            "hours.refuse": _("不同意更正学时"),
            "teacher.add": _("登记教师"),
            "teacher.change": _("更正教师"),
        },
        subjects={
            "training_need": _("培训需求"),
            "training_plan": _("年度培训计划"),
            "plan_line": _("培训计划项"),
            "training_class": _("培训班"),
            "lesson": _("课次"),
            "lesson_hours": _("学时"),
            "teacher": _("教师"),
            "roster_rule": _("编班限额"),
        },
        fields={
            "units": _("单位"),
            "evidence": _("为什么要培训"),
            "wanted_by": _("希望完成日期"),
            "source_entry": _("来自台账记录"),
            "class": _("培训班"),
            "class_id": _("培训班编号"),
            "later": _("计划外追加"),
            "heads": _("人数"),
            "month": _("月份"),
            "lines": _("项数"),
            "batch": _("批次"),
            "batches": _("批数"),
            "from_batch": _("原批次"),
            "to_batch": _("到第几批"),
            "begin_on": _("开始日期"),
            "end_on": _("结束日期"),
            "seats": _("座位数"),
            "lessons": _("课次"),
            "passed": _("合格"),
            "failed": _("未合格"),
            "cost": _("费用（元）"),
            "keep_until": _("保存到"),
            "gaps": _("缺件说明"),
            "rating": _("评分"),
            "starts_at": _("上课时间"),
            "hours": _("学时"),
            "teacher": _("教师"),
            "room": _("教室"),
            "before": _("更正前"),
            "after": _("更正后"),
            "file": _("文件"),
            "retrained": _("重新培训办结"),
            "retrain_again": _("重新培训没有完成"),
            "placed": _("编入人数"),
            "left": _("没有编进"),
            "leaders": _("单位负责人"),
            "person": _("职工"),
            "forced": _("超出限额的原因"),
            "counted": _("全额计入人数"),
            "valid": _("有效学时"),
            "correction": _("更正编号"),
            "qualification": _("任教资格"),
            "organisation": _("工作单位"),
            "fee": _("课酬（元/学时）"),
            "left_on": _("停聘日期"),
            "class.prepare.kind": _("类别"),
            "class.prepare.mode": _("方式"),
            "training.set_up.rules": _("培训规定"),
            "training.set_up.limits": _("编班限额"),
            **{f"{verb}.reason": _("原因") for verb in ("need.decline", "plan.drop_line", "plan.reopen", "class.cancel",
                                                        "class.reopen", "roster.drop", "hours.correct", "hours.approve",
                                                        "hours.refuse")},
            **limits,
        },
        values={
            "class.prepare.kind": dict(rules.KIND_LABELS),
            "class.prepare.mode": dict(rules.MODE_LABELS),
            "plan.add_line.later": YES,
            "roster.retrain.status": talks.STATUS_LABELS,
        },
        hidden={"class.conclude.again", "class.close.again", "class.arrange_exam.exam_id"},
    )  # fmt: skip


def _class(entry: Entry) -> TrainingClass:
    return TrainingClass.objects.select_related("manager").get(id=entry.subject_id)


def _learners(one: TrainingClass) -> Iterator[Person]:
    """Everybody who sits in a class, once."""
    yield from Person.objects.filter(training_seats__batch__training_class=one, is_active=True).distinct()


@route("class.open")
def opened(entry: Entry) -> Iterator[Recipient]:
    """开班: each learner reads when and where he begins, each teacher that he teaches."""
    one = _class(entry)
    mine = reverse("learning:my_training")
    seats = one.batches.values_list("roster__person_id", "begin_on", "number")
    first = {person: (begin, number) for person, begin, number in sorted(seats, key=lambda row: row[1], reverse=True)}
    for person in _learners(one):
        begin, number = first[person.id]
        title = f"您编入第 {one.code} 期{one.title}第 {number} 批，{begin.month}月{begin.day}日在{one.place_text}开课。"
        yield from tell([person], MINE, title, mine)
    teachers = Person.objects.filter(teaching__lessons__batch__training_class=one).distinct()
    yield from tell(
        teachers, MINE, f"请您在第 {one.code} 期{one.title}授课，课表已排好。", reverse("learning:teaching")
    )


@route("class.cancel")
def cancelled(entry: Entry) -> Iterator[Recipient]:
    """取消: the learners read why."""
    one = _class(entry)
    title = f"第 {one.code} 期{one.title}取消了：{entry.payload.get('reason', '')}"
    yield from tell(_learners(one), MINE, title, reverse("learning:my_training"))


@route("roster.retrain", settles=[talks.TODO])
def retrains(entry: Entry) -> Iterator[Recipient]:
    """列入重新培训: he reads which class it became, when and where he begins; the training section has done its task."""
    found = talks.Talk.objects.select_related("person").get(id=entry.subject_id)
    seats = found.person.training_seats.filter(batch__training_class_id=entry.payload["class_id"])
    for seat in seats.select_related("batch__training_class").order_by("batch__number")[:1]:
        begin, one = seat.batch.begin_on, seat.batch.training_class
        title = (
            f"您编入第 {one.code} 期{one.title}第 {seat.batch.number} 批重新培训，{begin.month}月{begin.day}日在"
            f"{one.place_text}开课；学时够、考试合格才算完成。"
        )
        yield from tell([found.person], MINE, title, reverse("learning:my_training"))


@route("lesson.change")
def moved(entry: Entry) -> Iterator[Recipient]:
    """调课: whoever has to come hears the new time, in an open class."""
    rows = Lesson.objects.select_related("batch__training_class", "teacher__person").filter(id=entry.subject_id)
    lesson = rows.first()
    if lesson is None or lesson.batch.training_class.status != rules.Status.RUNNING:
        return
    start = clock.local(lesson.starts_at)
    title = f"调课：《{lesson.topic}》改为 {start.month}月{start.day}日 {start:%H:%M}，{lesson.room}。"
    yield from tell(
        Person.objects.filter(training_seats__batch=lesson.batch), MINE, title, reverse("learning:my_training")
    )
    yield from tell([lesson.teacher.person if lesson.teacher else None], MINE, title, reverse("learning:teaching"))


@route("class.arrange_exam")
def examines(entry: Entry) -> Iterator[Recipient]:
    """安排考试: whoever is on its list reads when and where; the call itself comes when the papers are drawn."""
    rows = ClassExam.objects.select_related("exam", "training_class").filter(exam_id=entry.payload["exam_id"])
    for link in rows:
        exam, one = link.exam, link.training_class
        opens = clock.local(exam.opens_at)
        where = f"，地点{exam.place}" if exam.place else ""
        title = (
            f"第 {one.code} 期{one.title}要考试：{exam.title}，{opens.month}月{opens.day}日 {opens:%H:%M} 开考{where}。"
        )
        people = Person.objects.filter(sittings__exam=exam, is_active=True).distinct()
        yield from tell(people, MINE, title, reverse("learning:my_training"))


@route("class.conclude")
def concluded(entry: Entry) -> Iterator[Recipient]:
    """结业: each learner reads how he came out, and is asked what he thought of it."""
    one = _class(entry)
    seats = one.batches.values_list("roster__person_id", "roster__conclusion")
    said = {person: str(rules.CONCLUSION_LABELS[conclusion]) for person, conclusion in seats if person}
    done = {row.person_id for row in talks.retrained_in(one.id) if row.done_at}
    again = entry.payload.get("again") or []
    for person in _learners(one):
        more = (
            "重新培训办结了。"
            if person.id in done
            else "重新培训没有完成，还要再参加一期。"
            if str(person.id) in again
            else ""
        )
        title = f"第 {one.code} 期{one.title}已结业，您的结论：{said[person.id]}。{more}请给教学打个分。"
        yield from tell([person], MINE, title, reverse("learning:my_training"))


def _need(entry: Entry) -> TrainingNeed:
    return TrainingNeed.objects.select_related("proposed_by", "training_class").get(id=entry.subject_id)


@route("need.propose")
def proposed(entry: Entry) -> Iterator[Recipient]:
    """提出: who makes classes hears it."""
    need = _need(entry)
    who = need.proposed_by.name if need.proposed_by else "系统"
    title = f"{who}提出培训需求：{need.topic}"
    yield from tell_roles(
        entry.mine_id,
        [Role.TRAINING_OFFICER],
        NEEDS,
        title,
        reverse("learning:training_need", args=[need.id]),
        act=True,
    )


@route("need.accept", "need.decline", settles=[NEEDS])
def decided(entry: Entry) -> Iterator[Recipient]:
    """开班、不安排: who proposed it hears what became of it."""
    need = _need(entry)
    if entry.verb == "need.accept" and need.training_class is not None:
        title = f"您提出的培训需求「{need.topic}」已开班：第 {need.training_class.code} 期。"
    else:
        title = f"您提出的培训需求「{need.topic}」没有安排：{need.decline_reason}"
    yield from tell([need.proposed_by], NEEDS, title, reverse("learning:training_need", args=[need.id]))


@route("plan.approve", "plan.reopen")
def judged(entry: Entry) -> Iterator[Recipient]:
    """批准、退回: the training department hears it."""
    said = "已批准" if entry.verb == "plan.approve" else f"退回修改：{entry.payload.get('reason', '')}"
    title = f"{entry.subject_label} 年度培训计划{said}"
    url = f"{reverse('learning:training_plan')}?year={entry.subject_label}"
    yield from tell_roles(entry.mine_id, [Role.TRAINING_OFFICER], PLAN, title, url)


@route("hours.correct")
def asked(entry: Entry) -> Iterator[Recipient]:
    """申请更正: who may approve hears it; who asked does not."""
    title = f"{entry.by_name}申请更正学时：{entry.subject_label}"
    url = reverse("learning:hour_corrections")
    roles = [Role.TRAINING_OFFICER, Role.MINE_LEADER]
    for one in tell_roles(entry.mine_id, roles, HOURS, title, url, act=True):
        if one.person_id != entry.by_id:
            yield one


@route("hours.approve", "hours.refuse", settles=[HOURS])
def answered(entry: Entry) -> Iterator[Recipient]:
    """批准、不同意: who asked and whom it is about hear it."""
    found = HoursCorrection.objects.select_related("asked_by", "row__person").get(id=entry.payload["correction"])
    said = "已批准" if entry.verb == "hours.approve" else f"没有批准：{found.refusal}"
    title = f"学时更正（{entry.subject_label}）{said}"
    yield from tell([found.asked_by], HOURS, title, reverse("learning:hour_corrections"))
    if entry.verb == "hours.approve" and found.row.person_id != found.asked_by_id:
        yield from tell([found.row.person], HOURS, title, reverse("learning:my_training"))
