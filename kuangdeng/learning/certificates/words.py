"""How the ledger lines of the certificates are read aloud, and who is told of them."""

from collections.abc import Iterator
from datetime import date

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from kuangdeng.learning.certificates import rules
from kuangdeng.learning.certificates.models import BarredList, Certificate
from kuangdeng.ledger.api import Entry, Recipient, Topic, declare_topics, declare_words, route
from kuangdeng.org.api import Person, Role, Unit, tell, tell_roles

DUE, MANAGERS, BARRED = "cert.due", "cert.managers", "cert.barred"
declare_topics(
    Topic(DUE, _("证照到期提醒（90、60、30 天）")),
    Topic(MANAGERS, _("管理人员任职后考核提醒")),
    Topic(BARRED, _("不能入井名单发布")),
)
YES: dict[str, object] = {"True": _("是"), "False": _("否")}


def declare() -> None:
    """Hand the words to the ledger."""
    declare_words(
        verbs={
            "cert.set_up": _("初始化证照种类"),
            "cert.save_type": _("设置证照种类"),
            "cert.save_surface": _("设置地面工种"),
            "cert.issue": _("登记证照"),
            "cert.renew": _("证照复审、延期"),
            "cert.correct": _("更正证照"),
            "cert.revoke": _("注销证照"),
            "cert.remind": _("证照到期提醒"),
            "cert.remind_manager": _("管理人员考核提醒"),
            "cert.import": _("导入证照"),
            "cert.drop_import": _("放弃导入证照"),
            "cert.publish": _("发布不能入井名单"),
        },
        subjects={
            "certificate": _("证照"),
            "manager": _("管理人员"),
            "certificate_type": _("证照种类"),
            "certificate_import": _("证照文件"),
            "barred_list": _("不能入井名单"),
            "surface_trade": _("地面工种"),
        },
        fields={
            "cert.set_up.types": _("证照种类"),
            "valid_years": _("有效期（年）"),
            "review_years": _("复审（年）"),
            "trades": _("工种"),
            "posts": _("岗位"),
            "in_use": _("在用"),
            "cert.save_type.source": _("依据"),
            "cert.save_type.confirmed": _("已确认"),
            "cert.issue.number": _("证号"),
            "cert.correct.number": _("证号"),
            "cert.revoke.number": _("证号"),
            "cert.remind.number": _("证号"),
            "valid_until": _("有效期止"),
            "review_by": _("应复审日期"),
            "issuer": _("发证机关"),
            "cert.renew.step": _("办理"),
            "cert.renew.remark": _("说明"),
            "cert.correct.before": _("更正前"),
            "cert.correct.reason": _("原因"),
            "cert.revoke.reason": _("原因"),
            "cert.remind.due_on": _("到期日期"),
            "cert.remind_manager.due_on": _("应在哪天前合格"),
            "office": _("职务"),
            "days": _("提前天数"),
            "review": _("复审"),
            "made": _("新登记"),
            "changed": _("更新"),
            "problems": _("问题条数"),
            "file_sha256": _("文件校验值"),
            "cert.publish.month": _("月份"),
            "cert.publish.heads": _("人数"),
            "cert.publish.surface": _("只在地面工作、没有列入的人数"),
            "cert.save_surface.surface": _("只在地面工作"),
            "cert.save_surface.valid_from": _("从哪天起"),
            "cert.save_surface.source": _("依据"),
            "cert.save_surface.confirmed": _("已确认"),
        },
        values={
            "cert.renew.step": dict(rules.STEP_LABELS),
            "review": YES,
            "cert.save_surface.surface": YES,
            "cert.save_surface.confirmed": YES,
        },
    )


@route("cert.remind")
def reminded(entry: Entry) -> Iterator[Recipient]:
    """到期提醒: the holder, his unit, and the training department."""
    one = Certificate.objects.select_related("person__unit__parent", "type").get(id=entry.subject_id)
    due, days = date.fromisoformat(str(entry.payload["due_on"])), int(str(entry.payload.get("days", 0)))
    what = "应复审" if entry.payload.get("review") in (True, "True") else "到期"
    said = f"{one.type.name}{due.year}年{due.month}月{due.day}日{what}"
    tail = "，已不能上岗，请马上办理。" if days == 0 else f"，还有不到 {days} 天，请办理。"
    url = reverse("learning:certificate", args=[one.id])
    yield from tell([one.person], DUE, f"您的{said}{tail}", url, act=True)
    roles = [Role.UNIT_HEAD, Role.TRAINING_OFFICER]
    for line in tell_roles(entry.mine_id, roles, DUE, f"{one.person.name}的{said}{tail}", url, unit=one.person.unit):
        if line.person_id != one.person_id:
            yield line


@route("cert.remind_manager")
def manager_reminded(entry: Entry) -> Iterator[Recipient]:
    """管理人员考核提醒: he himself and the training department."""
    person = Person.objects.get(id=entry.subject_id)
    due, days = date.fromisoformat(str(entry.payload["due_on"])), int(str(entry.payload.get("days", 0)))
    said = f"任职后应在{due.year}年{due.month}月{due.day}日前考核合格"
    tail = "，已超期，请马上办理。" if days == 0 else f"，还有不到 {days} 天，请办理。"
    mine = reverse("learning:person_file", args=[person.id])
    yield from tell([person], MANAGERS, f"您{said}{tail}", mine)
    url = reverse("learning:managers")
    title = f"{person.name}（{entry.payload.get('office', '')}）{said}{tail}"
    for line in tell_roles(entry.mine_id, [Role.TRAINING_OFFICER], MANAGERS, title, url):
        if line.person_id != person.id:
            yield line


@route("cert.renew", "cert.revoke", settles=[DUE])
def renewed(entry: Entry) -> Iterator[Recipient]:
    """复审、延期、注销: the reminder is done."""
    yield from ()


@route("cert.publish")
def published(entry: Entry) -> Iterator[Recipient]:
    """发布: each unit on the list hears of its own people, the safety department of all."""
    made = BarredList.objects.get(id=entry.subject_id)
    url = reverse("learning:barred_list", args=[made.id])
    counts: dict[str, int] = {}
    for line in made.lines:
        counts[line["unit_id"]] = counts.get(line["unit_id"], 0) + 1
    told = set()
    for unit in Unit.objects.filter(id__in=[key for key in counts if key]):
        title = (
            f"{entry.subject_label}不能入井名单：{unit.name} {counts[str(unit.id)]} 人，请安排培训或换证，不得派下井。"
        )
        for one in tell_roles(entry.mine_id, [Role.UNIT_HEAD, Role.BRANCH_SECRETARY], BARRED, title, url, unit=unit):
            if one.person_id not in told:
                told.add(one.person_id)
                yield one
    title = f"{entry.subject_label}不能入井名单已发布，共 {len(made.lines)} 人。"
    yield from tell_roles(entry.mine_id, [Role.SAFETY, Role.MINE_LEADER], BARRED, title, url)
