"""The main menu: one line per page, by pillar. Every package of pages adds its lines here.

An entry is shown to who has its power, and only when its page is there: nothing ever links to a half page.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from kuangdeng.kernel.frame import RailGroup, RailItem
from kuangdeng.org.api import Person, has_power


@dataclass(frozen=True)
class Entry:
    """One page of the menu. An empty power: everybody who is signed in; `a|b`: whoever has one of them.

    `section`: where a pillar has many pages, those that belong together stand under one word.
    """

    pillar: str
    label: object
    url_name: str
    icon: str = ""
    power: str = ""
    section: object = ""


PILLARS: tuple[tuple[str, object, str], ...] = (
    ("hazards", _("隐患"), "hazard"),
    ("learning", _("学习"), "study"),
    ("execution", _("执行"), "execute"),
    ("appraisal", _("考评"), "appraise"),
    ("insight", _("决策"), "decide"),
    ("ledger", _("台账"), "ledger"),
    ("settings", _("设置"), "settings"),
)

OWN, EXAMS, TRAINING = _("我自己的"), _("考试和题库"), _("培训")
STUDY, BOOKS = _("学习活动"), _("职工书屋")

MENU: list[Entry] = [
    Entry("hazards", _("上报隐患"), "hazards:report", "report", "hazard.report"),
    Entry("hazards", _("每日公布"), "hazards:bulletins", "report", "bulletin.see"),
    Entry("hazards", _("追问"), "hazards:questions", "question", "question.see"),
    Entry("hazards", _("班前会"), "hazards:pre_shift", "people", "group.acknowledge"),
    Entry("hazards", _("整治落实"), "hazards:cases", "check", "group.see"),
    Entry("hazards", _("签认情况"), "hazards:matrix", "table", "group.see"),
    Entry("hazards", _("跟踪"), "hazards:tracking", "eye", "hazard.see_unit"),
    Entry("hazards", _("待定级"), "hazards:triage", "shield", "hazard.grade"),
    Entry("hazards", _("待验收销号"), "hazards:accepting", "check", "hazard.accept"),
    Entry("hazards", _("本单位整改"), "hazards:orders", "wrench", "hazard.sign"),
    Entry("hazards", _("延期"), "hazards:extensions", "clock", "hazard.approve_extension|hazard.request_extension"),
    Entry("hazards", _("督办"), "hazards:supervision", "eye", "hazard.supervise"),
    Entry("hazards", _("各单位情况"), "hazards:summary", "unit", "hazard.see_all|hazard.sign"),
    Entry("hazards", _("全部隐患"), "hazards:list", "table", "hazard.see_unit"),
    Entry("hazards", _("法定报表"), "hazards:statutory", "table", "statutory.see_unit"),
    Entry("hazards", _("重大隐患双报告"), "hazards:statutory_majors", "shield", "statutory.see"),
    Entry("hazards", _("隐患告知书"), "hazards:worker_notices", "print", "statutory.notice|statutory.see"),
    Entry("hazards", _("上报数据"), "hazards:statutory_exports", "download", "statutory.export"),
    Entry("hazards", _("事故"), "hazards:accidents", "late", "accident.report"),
    Entry("hazards", pgettext_lazy("菜单", "检查"), "hazards:rounds", "search", "hazard.rounds"),
    Entry("hazards", _("重号待核"), "hazards:quarantine", "question", "hazard.grade"),
    Entry("learning", _("每日一题"), "learning:practice", "study", "practice.answer", OWN),
    Entry("learning", _("我的考试"), "learning:my_exams", "check", "exam.sit", OWN),
    Entry("learning", _("我的培训"), "learning:my_training", "study", "class.mine", OWN),
    Entry("learning", _("我的学习"), "learning:my_study", "study", "study.see", OWN),
    Entry("learning", _("错题本"), "learning:practice_book", "refresh", "practice.answer", OWN),
    Entry("learning", _("我的借阅"), "learning:my_books", "bookmark", "book.read", OWN),
    Entry("learning", _("考试"), "learning:exams", "check", "exam.see", EXAMS),
    Entry("learning", _("考试成绩"), "learning:result_exams", "table", "exam.see", EXAMS),
    Entry("learning", _("阅卷"), "learning:marking", "edit", "exam.mark", EXAMS),
    Entry("learning", _("谈心补考"), "learning:talks", "people", "talk.see", EXAMS),
    Entry("learning", _("题库"), "learning:items", "table", "item.see", EXAMS),
    Entry("learning", _("审题"), "learning:items_review", "check", "item.review", EXAMS),
    Entry("learning", _("我的授课"), "learning:teaching", "study", "class.teach", TRAINING),
    Entry("learning", _("培训班"), "learning:classes", "study", "class.see", TRAINING),
    Entry("learning", _("培训需求"), "learning:training_needs", "report", "need.propose", TRAINING),
    Entry("learning", _("年度培训计划"), "learning:training_plan", "calendar", "class.see", TRAINING),
    Entry("learning", _("职工学时"), "learning:training_people", "people", "class.people", TRAINING),
    Entry(
        "learning",
        _("学时更正"),
        "learning:hour_corrections",
        "edit",
        "hours.correct|hours.approve",
        TRAINING,
    ),
    Entry("learning", _("证照"), "learning:certificates", "shield", "cert.see", TRAINING),
    Entry("learning", _("不能入井名单"), "learning:barred", "stop", "cert.see", TRAINING),
    Entry("learning", _("一人一档"), "learning:training_files", "person", "file.see", TRAINING),
    Entry("learning", _("全矿培训情况"), "learning:training_summary", "table", "class.summary", TRAINING),
    Entry("learning", _("学习活动"), "learning:studies", "calendar", "study.see", STUDY),
    Entry("learning", _("百日集中学习"), "learning:campaigns", "calendar", "campaign.take_part", STUDY),
    Entry("learning", _("学习出勤统计"), "learning:study_statistics", "table", "study.statistics", STUDY),
    Entry("learning", _("班前会每日一题"), "learning:practice_meeting", "people", "practice.lead", STUDY),
    Entry("learning", _("参与和巩固"), "learning:practice_figures", "table", "practice.see", STUDY),
    Entry("learning", _("学习园地"), "learning:gardens", "bookmark", "garden.see", STUDY),
    Entry("learning", _("课题调研"), "learning:topics", "study", "topic.see", STUDY),
    Entry("learning", _("职工书屋"), "learning:books", "bookmark", "book.read", BOOKS),
    Entry("learning", _("书屋服务台"), "learning:desk", "check", "book.lend", BOOKS),
    Entry(
        "learning",
        _("书屋管理"),
        "learning:book_work",
        "settings",
        "book.catalogue|book.rules|book.kiosk",
        BOOKS,
    ),
    Entry("ledger", _("台账流水"), "ledger", "ledger", "org.see_ledger"),
    Entry("ledger", _("未能处理的记录"), "feed_problems", "", "org.manage"),
    Entry("settings", pgettext_lazy("菜单", "单位"), "org:units", "unit", "org.see_people"),
    Entry("settings", _("职工"), "org:persons", "people", "org.see_people"),
    Entry("settings", pgettext_lazy("菜单", "地点"), "org:places", "place", "org.manage_places"),
    Entry("settings", _("地点写法"), "org:place_proposals", "merge", "org.manage_places"),
    Entry("settings", _("地点二维码"), "org:tags", "qr", "org.print_tags"),
    Entry("settings", _("电子屏"), "screens:list", "eye", "screen.interrupt"),
    Entry("settings", _("文书模板"), "org:documents", "table", "document.templates|study.settings"),
    Entry("settings", _("通知通道"), "channels:list", "send", "channel.manage"),
    Entry("settings", _("班制"), "org:shifts", "clock", "org.manage"),
    Entry("settings", _("日历"), "org:calendar", "calendar", "org.manage"),
    Entry("settings", _("角色和权限"), "org:powers", "key", "org.see_people"),
    Entry("settings", _("导入单位、职工、地点"), "org:import_start", "upload", "org.import"),
    Entry("settings", pgettext_lazy("菜单", "等级"), "hazards:grades", "", "hazard.settings"),
    Entry("settings", pgettext_lazy("菜单", "专业"), "hazards:specialties", "", "hazard.settings"),
    Entry("settings", _("标准隐患"), "hazards:library", "", "hazard.settings"),
    Entry("settings", _("重大隐患判定标准"), "hazards:catalogue", "", "hazard.settings"),
    Entry("settings", _("期限规则"), "hazards:deadline_rules", "", "hazard.settings"),
    Entry("settings", _("超期阶梯"), "hazards:ladder_rules", "", "hazard.settings"),
    Entry("settings", _("事故等级"), "hazards:accident_levels", "", "hazard.settings"),
    Entry("settings", _("事故办理期限"), "hazards:accident_deadlines", "", "hazard.settings"),
    Entry("settings", _("五定的叫法"), "hazards:wording", "", "hazard.settings"),
    Entry("settings", _("检查计划"), "hazards:round_plans", "", "hazard.settings"),
    Entry("settings", _("整治落实小组"), "hazards:groups", "people", "group.manage"),
    Entry("settings", _("反馈和签认时限"), "hazards:group_clocks", "", "group.clocks"),
    Entry("settings", _("追问时限"), "hazards:question_clocks", "", "question.rules"),
    Entry("settings", _("报送规则"), "hazards:report_rules", "", "statutory.rules"),
    Entry("settings", _("每日公布设置"), "hazards:bulletin_policy", "", "bulletin.policy"),
    Entry("settings", _("学习类别"), "learning:study_kinds", "", "study.settings"),
    Entry("settings", _("教师"), "learning:teachers", "", "class.teachers"),
    Entry("settings", _("培训规定"), "learning:training_rules", "", "standard.set"),
    Entry("settings", _("编班限额"), "learning:roster_limits", "", "class.limits"),
    Entry("settings", _("证照种类"), "learning:certificate_types", "", "cert.types"),
    Entry("settings", _("地面工种"), "learning:surface_trades", "", "cert.surface"),
    Entry("settings", _("题库设置"), "learning:item_banks", "", "item.settings"),
    Entry("settings", _("谈心办法"), "learning:talk_rules", "", "talk.rules"),
    Entry("settings", _("每日一题规则"), "learning:practice_rules", "", "practice.settings"),
    Entry("settings", _("工种必会题"), "learning:practice_musts", "", "practice.settings"),
    Entry("settings", _("题目分类"), "learning:item_categories", "", "item.settings"),
    Entry("settings", _("导入旧隐患台账"), "hazards:import_start", "upload", "hazard.import"),
    Entry("settings", _("导入旧事故台账"), "hazards:accident_import_start", "upload", "accident.import"),
]


def address(url_name: str, *args: object) -> str:
    """Where a page is; empty when it is not part of this installation."""
    try:
        return reverse(url_name, args=args)
    except NoReverseMatch:
        return ""


def entries_for(person: Person) -> Iterator[tuple[Entry, str]]:
    """The lines that this person may use, with their addresses."""
    for entry in MENU:
        if entry.power and not any(has_power(person, power) for power in entry.power.split("|")):
            continue
        url = address(entry.url_name)
        if url:
            yield entry, url


SHORT = 20
"""So many lines are seen at once; of a longer menu only the pillar of the page is open."""
SECTIONED = 8
"""A pillar with more lines than these has its words above the sections."""


def rail(person: Person, here: str) -> list[RailGroup]:
    """The menu of this person by pillar; the line nearest to the page that he is on is marked."""
    shown = list(entries_for(person))
    nearest = max((url for _entry, url in shown if here.startswith(url)), key=len, default="")
    found = []
    for key, label, icon in PILLARS:
        entries = [(entry, url) for entry, url in shown if entry.pillar == key]
        if entries:
            lines, current = _lines(entries, nearest, here), any(url == nearest for _entry, url in entries)
            found.append(RailGroup(str(label), icon, lines, open=current or len(shown) <= SHORT))
    if found and not any(group.open for group in found):
        found[0] = replace(found[0], open=True)
    return found


def _lines(entries: list[tuple[Entry, str]], nearest: str, here: str) -> list[RailItem]:
    lines, section = [], ""
    for entry, url in entries:
        word = str(entry.section) if len(entries) > SECTIONED else ""
        line = RailItem(str(entry.label), url, current=url == here, within=url == nearest)
        lines.append(replace(line, section=word if word != section else ""))
        section = word
    return lines
