"""Every address of the system and who may open it: the page × role table.

A page that is not in here fails the build. Parts are the named cast of `kuangdeng.org.testkit`; who is not named gets
a 404, because a page one may not open must not even be known. Anonymous visitors are sent to the sign-in.
"""

from collections.abc import Callable
from dataclasses import dataclass

from kuangdeng.org.testkit import PEOPLE
from kuangdeng.web.tests.world import World

ALL = frozenset(part for part, *_ in PEOPLE)
MINERS = frozenset({"miner", "other_miner", "teacher"})
"""Who sees nothing of a unit but his own work; the teacher has his item bank."""
UNIT = frozenset({"unit_head", "branch_secretary"})
"""In charge in the mining unit."""
HEADS = UNIT | {"other_head", "electric_head"}
"""In charge in some unit."""
TEAM = frozenset({"team_leader"})
SAFETY = frozenset({"safety", "safety2"})
LEADERS = frozenset({"mine_leader", "mine_leader2"})
OFFICES = frozenset({"training_officer", "political_work", "group_office"})
ADMIN = frozenset({"administrator"})
WIDE = SAFETY | LEADERS | OFFICES | ADMIN
"""Who sees the whole mine."""
STRANGERS = frozenset({"other_miner", "other_head", "electric_head", "teacher", "librarian"})
"""Who may not know of a hazard of the mining unit."""

Kwargs = Callable[[World], dict[str, object]]


def nothing(_: World) -> dict[str, object]:
    return {}


def hazard(world: World) -> dict[str, object]:
    return {"hazard_id": world.hazard.id}


def accident_run(world: World) -> dict[str, object]:
    """An import of an old accident ledger that waits for its confirmation."""
    from kuangdeng.org.api import ImportRun

    counts = {"rows": 2, "good": 1, "problems": 1, "twins": 0}
    shown = {"row": 2, "occurred": "2019-03-05 14:20", "place": "回风顺槽", "unit": "综采一队", "text": "链条断开", "kind": "非伤亡事故",
             "hurt": 0, "status": "待调查"}  # fmt: skip
    problem = {
        "kind": "不能导入",
        "sheet": "事故台账",
        "row": "3",
        "column": "事故经过",
        "cell": "E3",
        "message": "没有写事故经过。请补上。",
    }
    report = {"sheets": ["事故台账"], "counts": counts, "sample": [shown], "problem_count": 1, "written": 0,
              "reasons": [["待调查", "没有写结案，按待调查导入", 1]]}  # fmt: skip
    run, _made = ImportRun.objects.get_or_create(
        mine=world.cast.mine, kind="accidents", defaults={"file_name": "事故台账.xlsx", "file_sha256": "0" * 64,
        "by": world.cast.safety, "state": ImportRun.State.PREVIEW, "report": report, "problems": [problem]},
    )  # fmt: skip
    return {"run_id": run.id}


@dataclass(frozen=True)
class Page:
    """One address that is opened with GET.

    `found` is what those who may get: 200, or 302 for an address that only leads on. `query` is put behind it. `opens`
    is True for what strangers may see too. `list` pages are counted with 3 and with 30 rows.
    """

    name: str
    kwargs: Kwargs
    parts: frozenset[str]
    found: int = 200
    query: str = ""
    opens: bool = False
    refused: int = 404
    shared: bool = False
    """The same for every mine: the law."""


@dataclass(frozen=True)
class Action:
    """One address that only takes POST; what it does is tested where it lives."""

    name: str
    kwargs: Kwargs


IN_UNIT = UNIT | TEAM | frozenset({"miner"})
"""Everybody of the mining unit."""


def verb(name: str) -> Kwargs:
    return lambda world: {"hazard_id": world.hazard.id, "verb": name}


def set_aside(world: World) -> dict[str, object]:
    """A capture that came under the number of another."""
    from kuangdeng.hazards import services
    from kuangdeng.hazards.models import Quarantine

    if not Quarantine.objects.filter(mine=world.cast.mine).exists():
        data = services.ReportData(text="同号不同内容")
        services.report(data=data, by=world.cast.miner, hazard_id=world.hazard.id)
    return {"quarantine_id": Quarantine.objects.get(mine=world.cast.mine).id}


def asked_for(world: World) -> dict[str, object]:
    """A request for more time."""
    from datetime import timedelta

    from kuangdeng.hazards import services
    from kuangdeng.hazards.models import Extension

    if not Extension.objects.exists():
        until = world.hazard.due_at + timedelta(days=2)
        services.request_extension(world.hazard.id, until=until, reason="备件未到", by=world.cast.unit_head)
    return {"extension_id": Extension.objects.get().id, "decision": "approve"}


PAGES: list[Page] = [
    Page("home", nothing, ALL),
    Page("learn", nothing, ALL),
    Page("hazards:list", nothing, ALL),
    Page("hazards:report", nothing, ALL),
    Page("hazards:report_at", lambda world: {"tag": world.cast.places["gate"].tag}, ALL),
    Page("hazards:reported", hazard, IN_UNIT | WIDE),
    Page("hazards:pick_standard", nothing, ALL),
    Page("hazards:triage", nothing, SAFETY),
    Page("hazards:orders", nothing, HEADS | TEAM),
    Page("hazards:accepting", nothing, SAFETY | LEADERS),
    Page("hazards:extensions", nothing, HEADS | SAFETY | LEADERS),
    Page("hazards:supervision", nothing, SAFETY | LEADERS),
    Page("hazards:summary", nothing, HEADS | TEAM | WIDE),
    Page("hazards:quarantine", nothing, SAFETY),
    Page("hazards:quarantined", set_aside, SAFETY),
    Page("hazards:detail", hazard, IN_UNIT | WIDE),
    Page("hazards:due_proposal", hazard, SAFETY),
    Page("hazards:verb", verb("supervise"), SAFETY | LEADERS),
    Page("healthz", nothing, ALL, opens=True),
    # web: ledger and inbox
    Page("ledger", nothing, HEADS | WIDE),
    Page("ledger_entry", lambda world: {"entry_id": world.entry.id}, UNIT | WIDE),
    Page("inbox", nothing, ALL),
    Page(
        "inbox_open",
        lambda world: {"notice_id": world.notice_of(world.cast.unit_head).id},
        frozenset({"unit_head"}),
        302,
    ),
    Page("notice_settings", nothing, ALL),
    Page("notice_roles", nothing, ADMIN),
    Page("dead_letters", nothing, ADMIN),
    Page("feed_problems", nothing, ADMIN),
    # hazards: old ledgers and paper
    Page("hazards:import_start", nothing, SAFETY | ADMIN),
    Page("hazards:accident_import_start", nothing, SAFETY | ADMIN),
    Page("hazards:accident_import_template", nothing, SAFETY | ADMIN),
    Page("hazards:accident_import_run", accident_run, SAFETY | ADMIN),
    Page("hazards:import_run", lambda world: {"run_id": world.run.id}, SAFETY | ADMIN),
    Page("hazards:import_problems", lambda world: {"run_id": world.run.id}, SAFETY | ADMIN),
    Page("hazards:import_export", lambda world: {"run_id": world.run.id}, SAFETY | ADMIN),
    Page(
        "hazards:print_ledger",
        nothing,
        HEADS | TEAM | SAFETY | LEADERS | frozenset({"group_office"}) | ADMIN,
    ),
    Page("hazards:print_notice", hazard, ALL - STRANGERS),
    Page("hazards:print_recheck", hazard, ALL - STRANGERS),
]

ACTIONS: list[Action] = [
    Action("hazards:bulk", lambda world: {"verb": "sign"}),
    Action("hazards:decide_extension", asked_for),
    Action("set_language", nothing),
    Action("inbox_read_all", nothing),
    Action("dead_letter_again", lambda world: {"delivery_id": world.delivery.id}),
    Action("feed_problem_retry", lambda world: {"problem_id": world.problem.id}),
    Action("kernel:save_view", nothing),
    Action("kernel:delete_view", lambda world: {"view_id": world.hazard.id}),
]

ELSEWHERE = {
    "hazards:photo": "photos have their own tests, with files",
    "photo": "photos have their own tests, with files",
    "api": "the API has its own tests against its own description",
    "kernel:styleguide": "only where a developer looks",
}
"""Names, or beginnings of names, that this table leaves out, and why."""


# Places, shifts, calendar, the mine's hazard tables, inspections -----------------------------------------------------

KEEPERS = SAFETY | ADMIN
"""Who keeps the places and the hazard tables."""
INSPECTORS = HEADS | TEAM | SAFETY | LEADERS


def place(world: World) -> dict[str, object]:
    return {"place_id": world.cast.places["gate"].id}


def first_of(model: str, name: str) -> Kwargs:
    """The first row of a table of the world's mine, by the name that the address gives it."""

    def kwargs(world: World) -> dict[str, object]:
        from django.apps import apps

        return {name: apps.get_model(model).objects.filter(mine=world.cast.mine).order_by("pk").first().pk}

    return kwargs


def shift_row(world: World) -> dict[str, object]:
    from kuangdeng.org.models import ShiftScheme, UnitShift

    scheme = ShiftScheme.objects.filter(mine=world.cast.mine).first()
    row, _ = UnitShift.objects.get_or_create(
        unit=world.cast.units["mining"], valid_from="2099-01-01", defaults={"scheme": scheme}
    )
    return {"row_id": row.id}


def situation(world: World) -> dict[str, object]:
    from kuangdeng.hazards.models import Situation

    return {"situation_id": Situation.objects.order_by("id").first().id}


def alias(world: World) -> dict[str, object]:
    from kuangdeng.org.models import PlaceAlias

    row, _ = PlaceAlias.objects.get_or_create(
        mine=world.cast.mine, folded="老回风", defaults={"place": world.cast.places["gate"], "spelling": "老回风"}
    )
    return {"alias_id": row.id}


def choose(world: World) -> dict[str, object]:
    return {**first_of("org.PlaceProposal", "proposal_id")(world), **place(world)}


PAGES += [
    Page("org:places", nothing, KEEPERS),
    Page("org:place_tree", nothing, KEEPERS),
    Page("org:place_new", nothing, KEEPERS),
    Page("org:place_proposals", nothing, KEEPERS),
    Page("org:place_proposal", first_of("org.PlaceProposal", "proposal_id"), KEEPERS),
    Page("org:tags", nothing, KEEPERS, query="?site=https%3A%2F%2Fkd.example"),
    Page("org:pick_place", nothing, ALL, query="?q=%E9%A1%BA%E6%A7%BD"),
    Page("org:place", place, KEEPERS),
    Page("org:place_children", place, KEEPERS),
    Page("org:place_edit", place, KEEPERS),
    Page("org:place_verb", lambda world: {**place(world), "verb": "rename"}, KEEPERS),
    Page("org:shifts", nothing, ADMIN),
    Page("org:scheme_new", nothing, ADMIN),
    Page("org:scheme_edit", first_of("org.ShiftScheme", "scheme_id"), ADMIN),
    Page("org:scheme_put_on", first_of("org.ShiftScheme", "scheme_id"), ADMIN),
    Page("org:calendar", nothing, ADMIN),
    Page("org:calendar_day_new", nothing, ADMIN),
    Page("org:calendar_import", nothing, ADMIN),
    Page("org:calendar_day", first_of("org.CalendarDay", "day_id"), ADMIN),
    Page("hazards:hints", nothing, ALL, query="?text=%E9%94%9A%E6%9D%86%E6%89%98%E7%9B%98%E6%9D%BE%E5%8A%A8"),
    Page("hazards:grades", nothing, KEEPERS),
    Page("hazards:grade_new", nothing, KEEPERS),
    Page("hazards:grade_edit", first_of("hazards.Grade", "grade_id"), KEEPERS),
    Page("hazards:specialties", nothing, KEEPERS),
    Page("hazards:specialty_new", nothing, KEEPERS),
    Page("hazards:specialty_edit", first_of("hazards.Specialty", "specialty_id"), KEEPERS),
    Page("hazards:library", nothing, KEEPERS),
    Page("hazards:standard_new", nothing, KEEPERS),
    Page("hazards:standard_edit", first_of("hazards.StandardHazard", "standard_id"), KEEPERS),
    Page("hazards:library_import", nothing, KEEPERS),
    Page("hazards:deadline_rules", nothing, KEEPERS),
    Page("hazards:deadline_rule_new", nothing, KEEPERS),
    Page("hazards:deadline_rule_edit", first_of("hazards.DeadlineRule", "rule_id"), KEEPERS),
    Page("hazards:ladder_rules", nothing, KEEPERS),
    Page("hazards:ladder_rule_new", nothing, KEEPERS),
    Page("hazards:ladder_rule_edit", first_of("hazards.LadderRule", "rule_id"), KEEPERS),
    Page("hazards:wording", nothing, KEEPERS),
    Page("hazards:round_plans", nothing, KEEPERS),
    Page("hazards:round_plan_new", nothing, KEEPERS),
    Page("hazards:round_plan_edit", first_of("hazards.RoundPlan", "plan_id"), KEEPERS),
    Page("hazards:catalogue", nothing, ALL),
    Page("hazards:catalogue_version", lambda world: {"code": "order21-2026"}, ALL, shared=True),
    Page("hazards:catalogue_correct", lambda world: {"code": "order21-2026"}, KEEPERS, shared=True),
    Page("hazards:rounds", nothing, INSPECTORS),
    Page("hazards:round_new", nothing, INSPECTORS),
    Page("hazards:round", first_of("hazards.Round", "round_id"), UNIT | TEAM | SAFETY | LEADERS),
    Page("hazards:round_coverage_all", nothing, INSPECTORS),
    Page("hazards:round_coverage", first_of("hazards.RoundPlan", "plan_id"), INSPECTORS),
]

ACTIONS += [
    Action("org:proposals_bulk", lambda world: {"verb": "drop"}),
    Action("org:proposal_choose", choose),
    Action("org:proposal_new", first_of("org.PlaceProposal", "proposal_id")),
    Action("org:proposal_drop", first_of("org.PlaceProposal", "proposal_id")),
    Action("org:alias_remove", alias),
    Action("org:scheme_take_off", shift_row),
    Action("org:calendar_confirm", lambda world: {"year": 2026}),
    Action("hazards:situation_confirm", situation),
]


# Accidents ------------------------------------------------------------------------------------------------------------


def accident(world: World) -> dict[str, object]:
    return {"accident_id": world.accident.id}


def casualty(world: World) -> dict[str, object]:
    return {**accident(world), "casualty_id": world.accident.casualties.first().id}


PAGES += [
    Page("hazards:accidents", nothing, ALL),
    Page("hazards:accident_deadlines", nothing, KEEPERS),
    Page("hazards:accident_deadline_new", nothing, KEEPERS),
    Page("hazards:accident_deadline_edit", first_of("hazards.AccidentDeadline", "deadline_id"), KEEPERS),
    Page("hazards:accident_levels", nothing, KEEPERS),
    Page("hazards:accident_level_new", nothing, KEEPERS),
    Page("hazards:accident_level_edit", first_of("hazards.AccidentLevel", "level_id"), KEEPERS),
    Page("hazards:accident_report", nothing, ALL),
    Page("hazards:accident_measures", nothing, ALL),
    Page("hazards:accident", accident, IN_UNIT | WIDE),
    Page("hazards:accident_reported", accident, IN_UNIT | WIDE),
    Page("hazards:accident_quick_sheet", accident, IN_UNIT | WIDE),
    Page("hazards:accident_investigation_sheet", accident, IN_UNIT | WIDE),
    Page("hazards:accident_verb", lambda world: {**accident(world), "verb": "complete"}, SAFETY),
    Page("hazards:accident_casualty_new", accident, SAFETY),
    Page("hazards:accident_casualty", casualty, SAFETY),
    Page("hazards:accident_casualty_remove", casualty, SAFETY),
    Page(
        "hazards:accident_measure_verb",
        lambda world: {"measure_id": world.measure.id, "verb": "finish_measure"},
        UNIT,
    ),
]
ELSEWHERE["hazards:accident_photo"] = "photos of accidents have their own tests, with files"


# People, units, roles, the account -----------------------------------------------------------------------------------

IN_CHARGE = ALL - MINERS - {"librarian"}
"""Who sees a register of people, each as far as he reaches."""


def person(world: World) -> dict[str, object]:
    return {"person_id": world.cast.miner.id}


def unit(world: World) -> dict[str, object]:
    return {"unit_id": world.cast.units["mining"].id}


def org_run(world: World) -> dict[str, object]:
    """A list of people that waits to be confirmed."""
    from io import BytesIO

    from kuangdeng.org.importing import runs

    waiting = runs.runs(world.cast.administrator).first()
    if waiting is None:
        table = BytesIO("工号,姓名,单位\n7777,单雄信,综采一队\n".encode())
        waiting = runs.begin(table, name="职工.csv", by=world.cast.administrator)
    return {"run_id": waiting.id}


def letter_kind(_world: World) -> dict[str, object]:
    """A kind of document that has its template."""
    from kuangdeng.org.documents.rules import declare_document
    from kuangdeng.org.documents.tests.kind import LETTER

    declare_document(LETTER)
    return {"kind": LETTER.code}


def letter(world: World) -> dict[str, object]:
    """The mine's own version of it."""
    from kuangdeng.org.documents import services
    from kuangdeng.org.documents.models import MineTemplate
    from kuangdeng.org.documents.tests.kind import LETTER, default

    letter_kind(world)
    found = MineTemplate.objects.filter(mine=world.cast.mine).first()
    if found is None:
        by = world.cast.safety
        found = services.upload_template(LETTER.code, content=default(), file_name="通知.docx", by=by)
    return {"template_id": found.id}


PAGES += [
    Page("me", nothing, ALL, 302),
    Page("org:me", nothing, ALL),
    Page("org:sessions", nothing, ALL),
    Page("org:tokens", nothing, ALL),
    Page("org:change_password", nothing, ALL),
    Page("org:switch_user", nothing, ALL),
    Page("org:pick_person", nothing, ALL),
    Page("org:pick_person", nothing, ALL, query="?q=wtz"),
    Page("org:pick_unit", nothing, ALL),
    Page("org:persons", nothing, IN_CHARGE),
    Page("org:person", person, frozenset({"miner"}) | TEAM | UNIT | WIDE),
    Page("org:person_new", nothing, ADMIN),
    Page("org:slips", nothing, ADMIN),
    Page("org:units", nothing, IN_CHARGE),
    Page("org:unit", unit, IN_CHARGE),
    Page("org:unit_new", nothing, ADMIN),
    Page("org:powers", nothing, IN_CHARGE),
    Page("org:grants", nothing, IN_CHARGE),
    Page("org:import_start", nothing, ADMIN),
    Page("org:import_run", org_run, ADMIN),
    Page("org:import_template", nothing, ADMIN),
    Page("org:documents", nothing, SAFETY | ADMIN | {"political_work"}),
    Page("org:document_upload", letter_kind, SAFETY | ADMIN, shared=True),
    Page("org:document_default", letter_kind, SAFETY | ADMIN, shared=True),
    Page("org:document_sample", letter_kind, SAFETY | ADMIN, shared=True),
    Page("org:document_download", letter, SAFETY | ADMIN),
]

ACTIONS += [
    Action("org:sign_out", nothing),
    Action("org:contact", nothing),
    Action("org:token_revoke", lambda world: {"token_id": world.hazard.id}),
    Action("org:person_reset", person),
    Action("org:person_sessions_end", person),
    Action("org:person_verb", lambda world: {**person(world), "verb": "move"}),
    Action("org:grant_end", lambda world: {"grant_id": world.hazard.id}),
    Action("org:unit_verb", lambda world: {**unit(world), "verb": "close"}),
    Action("org:import_confirm", org_run),
    Action("org:import_drop", org_run),
    Action("org:document_withdraw", letter),
]
ELSEWHERE["org:sign_in"] = "the door itself: kuangdeng/org/tests/test_entry.py"


def bulletin(world: World) -> dict[str, object]:
    """The bulletin of a past day, out."""
    from datetime import timedelta

    from kuangdeng.hazards.bulletins import services
    from kuangdeng.hazards.bulletins.models import Bulletin
    from kuangdeng.hazards.bulletins.rules import Owed
    from kuangdeng.kernel import clock

    found = Bulletin.objects.filter(mine=world.cast.mine).first()
    if found is None:
        until = clock.now() - timedelta(seconds=1)
        found = services.compile_day(mine=world.cast.mine, owed=Owed(clock.local(until).date(), until))
        services.publish(found.id, by=world.cast.safety)
    return {"bulletin_id": found.id}


PAGES += [
    Page("hazards:bulletins", nothing, ALL),
    Page("hazards:bulletin_latest", nothing, ALL, 302),
    Page("hazards:bulletin", bulletin, ALL),
    Page("hazards:bulletin_print", bulletin, ALL),
    Page("hazards:bulletin_notice", bulletin, ALL),
    Page("hazards:bulletin_policy", nothing, SAFETY | ADMIN),
    Page("hazards:daily", nothing, ALL),
    Page("hazards:daily_of", lambda world: {"day": _day_of(world)}, ALL),
]
ACTIONS += [
    Action("hazards:bulletin_compile", nothing),
    Action("hazards:bulletin_verb", lambda world: {**bulletin(world), "verb": "check"}),
]


def published_item(world: World) -> dict[str, object]:
    """A line of it on which others may ask."""
    from kuangdeng.hazards.bulletins.models import BulletinItem

    return {"item_id": BulletinItem.objects.filter(bulletin_id=bulletin(world)["bulletin_id"], part="new").first().id}


def question(world: World) -> dict[str, object]:
    """What the tunnel unit asks about a hazard of the mining unit."""
    from kuangdeng.hazards.bulletins.models import BulletinItem
    from kuangdeng.hazards.questions import services
    from kuangdeng.hazards.questions.models import Question

    found = Question.objects.filter(mine=world.cast.mine).first()
    if found is None:
        lines = BulletinItem.objects.filter(bulletin_id=bulletin(world)["bulletin_id"], subject_id=world.hazard.id)
        found = services.ask(lines.first().id, text="什么时候换完？", by=world.cast.other_head)
    return {"question_id": found.id}


PAGES += [
    Page("hazards:questions", nothing, ALL),
    Page("hazards:question_ask", published_item, HEADS | TEAM),
    Page("hazards:question", question, ALL),
    Page("hazards:question_clocks", nothing, SAFETY | ADMIN),
]
ACTIONS += [
    Action("hazards:question_verb", lambda world: {**question(world), "verb": "settle"}),
]


def fed(world: World) -> dict[str, object]:
    """Every published hazard in the hands of one group, fed back, and acknowledged at one meeting."""
    from kuangdeng.hazards.bulletins.models import Bulletin
    from kuangdeng.hazards.groups import services
    from kuangdeng.hazards.groups.models import GroupCase
    from kuangdeng.hazards.groups.testkit import group_in, words
    from kuangdeng.hazards.groups.tests.scenarios import meeting_of

    rows = GroupCase.objects.filter(mine=world.cast.mine, hazard=world.hazard)
    if not rows.exists():
        group_in(world.cast, whole_mine=True)
        issue = Bulletin.objects.get(id=bulletin(world)["bulletin_id"])
        services.assign_bulletin(issue.id)
        heard = []
        for case in GroupCase.objects.filter(mine=world.cast.mine, hazard__status="rectifying"):
            services.feed_back(case.id, data=words(world.cast), by=world.cast.branch_secretary)
            told = services.feed_back(case.id, data=words(world.cast), by=world.cast.branch_secretary)
            heard.append(told.acknowledgements.get(unit=world.cast.units["mining_team"]).id)
        data, team = meeting_of(world.cast), world.cast.units["mining_team"]
        services.hold(team.id, data=data, acknowledgement_ids=heard, by=world.cast.team_leader)
    return {"case_id": rows.get().id}


def with_groups(world: World) -> dict[str, object]:
    """A page of lists: there is something in them."""
    fed(world)
    return {}


def rectification_group(world: World) -> dict[str, object]:
    from kuangdeng.hazards.groups.models import RectificationGroup

    fed(world)
    return {"group_id": RectificationGroup.objects.get(mine=world.cast.mine).id}


def meeting(world: World) -> dict[str, object]:
    from kuangdeng.hazards.groups.models import PreShiftMeeting

    fed(world)
    return {"meeting_id": PreShiftMeeting.objects.get(mine=world.cast.mine).id}


PAGES += [
    Page("hazards:groups", with_groups, ALL),
    Page("hazards:group", rectification_group, ALL),
    Page("hazards:group_new", nothing, SAFETY),
    Page("hazards:group_edit", rectification_group, SAFETY),
    Page("hazards:group_clocks", nothing, SAFETY | ADMIN),
    Page("hazards:cases", with_groups, ALL),
    Page("hazards:case", fed, ALL),
    Page("hazards:matrix", with_groups, ALL),
    Page("hazards:pre_shift", with_groups, HEADS | TEAM),
    Page("hazards:meetings", with_groups, ALL),
    Page("hazards:meeting", meeting, ALL),
    Page("hazards:meeting_print", meeting, ALL),
]
ACTIONS += [
    Action("hazards:case_verb", lambda world: {**fed(world), "verb": "feed_back"}),
    Action("hazards:group_end", rectification_group),
]
ELSEWHERE["hazards:feedback_photo"] = "a photo of a feedback: kuangdeng/hazards/groups/tests/test_groups.py"
ELSEWHERE["hazards:question_photo"] = "a photo of an answer: kuangdeng/hazards/questions/tests/test_questions.py"


def question_there(world: World) -> dict[str, object]:
    """The list of what is open, with a question where the bulletin has the hazard."""
    bulletin(world)
    return {}


def _day_of(world: World) -> str:
    from kuangdeng.hazards.bulletins.models import Bulletin

    return Bulletin.objects.get(id=bulletin(world)["bulletin_id"]).day.isoformat()


def reconciled(world: World) -> dict[str, object]:
    """Some hazards whose rows say something else than the ledger, found and not explained."""
    from kuangdeng.hazards.reconciliation import services
    from kuangdeng.hazards.reconciliation.models import Finding
    from kuangdeng.hazards.reconciliation.rules import Found, Kind

    bulletin(world)
    if not Finding.objects.filter(mine=world.cast.mine).exists():
        said = {"is": "accepted", "ledger": "rectifying"}
        found = [Found(Kind.STATE, f"{one.number} {one.text}", one.id, None, said) for one in world.hazards]
        services.alarm(mine=world.cast.mine, found=found)
    return {}


def finding(world: World) -> dict[str, object]:
    from kuangdeng.hazards.reconciliation.models import Finding

    reconciled(world)
    return {"finding_id": Finding.objects.filter(mine=world.cast.mine).order_by("id").first().id}


def figure(name: str) -> Kwargs:
    return lambda world: {**bulletin(world), "figure": name}


ACCOUNTABLE = SAFETY | LEADERS | ADMIN | frozenset({"group_office"})
PAGES += [
    Page("hazards:tracking", question_there, ALL),
    Page("hazards:tracking_by", lambda world: {"by": "unit"}, ALL, shared=True),
    Page("hazards:tracking_accidents", nothing, ALL),
    Page("hazards:reconciliation", reconciled, ACCOUNTABLE),
    Page("hazards:finding", finding, SAFETY | ADMIN),
    Page("hazards:reconciliation_figure", figure("still_open"), ACCOUNTABLE),
]
ACTIONS += [Action("hazards:reconciliation_check", nothing)]


# Screens -------------------------------------------------------------------------------------------------------------

SCREEN_KEEPERS = ADMIN | {"political_work"}
SCREEN_WATCHERS = SCREEN_KEEPERS | SAFETY | LEADERS


def screen(world: World) -> dict[str, object]:
    """A screen of the mine; the first of many where there are many."""
    from kuangdeng.web.models import Screen
    from kuangdeng.web.screens.tests.scenarios import notice_in, screen_in

    if not Screen.objects.filter(mine=world.cast.mine).exists():
        for number in range(len(world.hazards)):
            screen_in(world.cast, f"{number}号大屏")
            notice_in(world.cast, f"第{number}条通知")
    return {"screen_id": Screen.objects.filter(mine=world.cast.mine).order_by("id").first().id}


def screen_message(world: World) -> dict[str, object]:
    from kuangdeng.web.models import ScreenMessage

    screen(world)
    return {"message_id": ScreenMessage.objects.filter(mine=world.cast.mine).order_by("id").first().id}


def screens(world: World) -> dict[str, object]:
    screen(world)
    return {}


def fixed_address(world: World) -> dict[str, object]:
    """The secret of a controller that shows text and pictures; what each board costs is counted where it is built."""
    from kuangdeng.web.models import Screen
    from kuangdeng.web.screens.rules import Slot
    from kuangdeng.web.screens.services import issue_address, set_playlist, unpair_screen

    one = Screen.objects.get(id=screen(world)["screen_id"])
    if one.token_digest:
        unpair_screen(one.id, by=world.cast.administrator)
    set_playlist(one.id, slots=[Slot("notice"), Slot("overdue")], by=world.cast.administrator)
    return {"secret": issue_address(one.id, by=world.cast.administrator).secret}


PAGES += [
    Page("screens:wall", nothing, ALL, opens=True),
    Page("screens:wall_shell", nothing, ALL, opens=True),
    Page("screens:wall_feed", nothing, ALL, opens=True),
    Page("screens:wall_text", fixed_address, ALL, opens=True),
    Page("screens:wall_picture", fixed_address, ALL, opens=True, query="?w=256&h=64"),
    Page("screens:list", screens, SCREEN_WATCHERS),
    Page("screens:new", nothing, SCREEN_KEEPERS),
    Page("screens:policy", nothing, SCREEN_KEEPERS),
    Page("screens:messages", screens, SCREEN_WATCHERS),
    Page("screens:notice_new", screens, SCREEN_KEEPERS),
    Page("screens:interrupt_new", screens, SCREEN_WATCHERS),
    Page("screens:message", screen_message, SCREEN_WATCHERS),
    Page("screens:screen", screen, SCREEN_WATCHERS),
    Page("screens:playlist", screen, SCREEN_KEEPERS),
]

ACTIONS += [
    Action("screens:verb", lambda world: {**screen(world), "verb": "unpair"}),
    Action("screens:message_end", screen_message),
]


# Legal reports ------------------------------------------------------------------------------------------------------


def legal(world: World) -> dict[str, object]:
    """A signed report of the last month, and one of the last quarter."""
    from kuangdeng.hazards.statutory import testkit
    from kuangdeng.hazards.statutory.models import StatutoryReport

    found = StatutoryReport.objects.filter(mine=world.cast.mine, kind="month").first()
    if found is None:
        found = testkit.signed(world.cast)
        testkit.drafted(world.cast, testkit.last_quarter())
    return {"report_id": found.id}


def legal_cell(_world: World) -> dict[str, object]:
    """The open general hazards at the end of the running month."""
    from kuangdeng.hazards.statutory.rules import Kind, period_of
    from kuangdeng.kernel import clock

    return {"source": period_of(Kind.MONTH, clock.today()).code, "cell": "general_left", "row": "mine"}


def quarterly(world: World) -> dict[str, object]:
    from kuangdeng.hazards.statutory.models import StatutoryReport

    legal(world)
    return {"report_id": StatutoryReport.objects.get(mine=world.cast.mine, kind="quarter").id}


def legal_scan(world: World) -> dict[str, object]:
    from kuangdeng.hazards.statutory.models import StatutoryReport

    report = StatutoryReport.objects.get(id=legal(world)["report_id"])
    return {"report_id": report.id, "sha256": report.scan_id}


def major_hazard(world: World) -> dict[str, object]:
    """A major hazard, reported to the regulator with a scan, and supervised by the province."""
    from datetime import timedelta

    from kuangdeng.hazards.models import Hazard
    from kuangdeng.hazards.statutory import services, testkit
    from kuangdeng.hazards.statutory.rules import To
    from kuangdeng.kernel import clock

    found = Hazard.objects.filter(mine=world.cast.mine, text__startswith="掘进迎头空顶").first()
    if found is None:
        cast = world.cast
        found = testkit.major_in(cast, clock.now() - timedelta(days=3))
        data = services.TickData(clock.now(), "书面送达", "已报告", "收3", testkit.PDF)
        services.report_major(found.id, to=To.REGULATOR, data=data, by=cast.safety)
        order = services.OrderData(found, "province", "省局", "矿安9号", clock.today())
        services.order_supervision(data=order, by=cast.safety)
    return {"hazard_id": found.id}


def double(world: World) -> dict[str, object]:
    return {**major_hazard(world), "to": "regulator"}


def double_scan(world: World) -> dict[str, object]:
    from kuangdeng.hazards.models import MajorPlan

    found = major_hazard(world)
    return {**found, "sha256": MajorPlan.objects.get(hazard_id=found["hazard_id"]).regulator_scan_id}


def supervision_order(world: World) -> dict[str, object]:
    from kuangdeng.hazards.statutory.models import SupervisionOrder

    return {"order_id": SupervisionOrder.objects.get(hazard_id=major_hazard(world)["hazard_id"]).id}


def worker_notice(world: World) -> dict[str, object]:
    """One that the mining unit's head printed."""
    from kuangdeng.hazards.statutory import services
    from kuangdeng.hazards.statutory.models import WorkerNotice

    found = WorkerNotice.objects.filter(mine=world.cast.mine).first()
    if found is None:
        unit, head = world.cast.units["mining"], world.cast.unit_head
        found = services.print_notice(unit=unit, paper="A4", posted_where="会议室", by=head)
    return {"notice_id": found.id}


def export_mapping(world: World) -> dict[str, object]:
    from kuangdeng.hazards.statutory import seeds
    from kuangdeng.hazards.statutory.models import ExportMapping

    seeds.load_mapping(world.cast.mine)
    return {"mapping_id": ExportMapping.objects.filter(mine=world.cast.mine).first().id}


def export_run(world: World) -> dict[str, object]:
    from datetime import timedelta

    from kuangdeng.hazards.statutory import services
    from kuangdeng.hazards.statutory.models import ExportMapping, ExportRun
    from kuangdeng.kernel import clock

    found = ExportRun.objects.filter(mine=world.cast.mine).first()
    if found is None:
        mapping = ExportMapping.objects.get(id=export_mapping(world)["mapping_id"])
        day = clock.today()
        wanted = services.Wanted(mapping, "json", day - timedelta(days=30), day, allow_gaps=True)
        found = services.export(wanted=wanted, by=world.cast.safety)
    return {"run_id": found.id}


def report_rule(world: World) -> dict[str, object]:
    legal(world)
    return first_of("hazards.ReportRule", "rule_id")(world)


SEES_LEGAL = SAFETY | LEADERS | frozenset({"political_work"})
PAGES += [
    Page("hazards:statutory", nothing, SEES_LEGAL | HEADS),
    Page("hazards:statutory_month", nothing, SEES_LEGAL | HEADS),
    Page("hazards:statutory_quarter", nothing, SEES_LEGAL),
    Page("hazards:statutory_cell", legal_cell, SEES_LEGAL, shared=True),
    Page(
        "hazards:statutory_cell", lambda world: {**legal_cell(world), "source": legal(world)["report_id"]}, SEES_LEGAL
    ),
    Page("hazards:statutory_report", legal, SEES_LEGAL | HEADS),
    Page("hazards:statutory_report", quarterly, SEES_LEGAL),
    Page("hazards:statutory_print", legal, SEES_LEGAL | HEADS),
    Page("hazards:statutory_xlsx", legal, SEES_LEGAL | HEADS),
    Page("hazards:statutory_word", quarterly, SEES_LEGAL),
    Page("hazards:statutory_scan", legal_scan, SEES_LEGAL),
    Page("hazards:statutory_verb", lambda world: {**legal(world), "verb": "send"}, SAFETY),
    Page("hazards:statutory_verb", lambda world: {**legal(world), "verb": "correct"}, SAFETY),
    Page("hazards:statutory_verb", lambda world: {**quarterly(world), "verb": "sign"}, LEADERS),
    Page("hazards:statutory_majors", nothing, SEES_LEGAL),
    Page("hazards:statutory_major", major_hazard, SEES_LEGAL),
    Page("hazards:statutory_double_scan", double_scan, SEES_LEGAL),
    Page("hazards:statutory_tick", double, SAFETY),
    Page("hazards:statutory_double_word", double, SEES_LEGAL),
    Page("hazards:statutory_double_print", double, SEES_LEGAL),
    Page("hazards:statutory_orders", nothing, SEES_LEGAL),
    Page("hazards:statutory_order_new", nothing, SAFETY),
    Page("hazards:statutory_lift", supervision_order, SAFETY),
    Page("hazards:worker_notices", nothing, SEES_LEGAL | HEADS),
    Page("hazards:worker_notice_new", nothing, SAFETY | HEADS | frozenset({"political_work"})),
    Page("hazards:worker_notice", worker_notice, SEES_LEGAL | UNIT),
    Page("hazards:statutory_exports", nothing, SAFETY),
    Page("hazards:statutory_export_new", nothing, SAFETY),
    Page("hazards:statutory_file", export_run, SAFETY),
    Page("hazards:statutory_mappings", nothing, SAFETY),
    Page("hazards:statutory_mapping_new", nothing, SAFETY),
    Page("hazards:statutory_mapping", export_mapping, SAFETY),
    Page("hazards:report_rules", nothing, SAFETY),
    Page("hazards:report_rule_new", nothing, SAFETY),
    Page("hazards:report_rule", report_rule, SAFETY),
]
ACTIONS += [Action("hazards:statutory_draft", nothing)]
# Channels ------------------------------------------------------------------------------------------------------------


def channel(world: World) -> dict[str, object]:
    """A robot of the mine; the first of many where there are many."""
    from kuangdeng.ledger.api import Channel
    from kuangdeng.web.channels.tests.scenarios import channel_in

    if not Channel.objects.filter(mine_id=world.cast.mine.id).exists():
        for number in range(len(world.hazards)):
            channel_in(world.cast, name=f"{number}号群")
    return {"channel_id": Channel.objects.filter(mine_id=world.cast.mine.id).order_by("id").first().id}


def channels(world: World) -> dict[str, object]:
    channel(world)
    return {}


def escalation_rule(world: World) -> dict[str, object]:
    from kuangdeng.ledger.api import TOPICS, EscalationRule
    from kuangdeng.web.channels.tests.scenarios import rule_in

    if not EscalationRule.objects.filter(mine_id=world.cast.mine.id).exists():
        for topic in list(TOPICS)[: len(world.hazards)]:
            rule_in(world.cast, topic)
    return {"rule_id": EscalationRule.objects.filter(mine_id=world.cast.mine.id).order_by("id").first().id}


def escalation_rules(world: World) -> dict[str, object]:
    escalation_rule(world)
    return {}


PAGES += [
    Page("channels:list", channels, ADMIN),
    Page("channels:new", nothing, ADMIN, shared=True),
    Page("channels:new_of", lambda world: {"kind": "sms"}, ADMIN, shared=True),
    Page("channels:channel", channel, ADMIN),
    Page("channels:edit", channel, ADMIN),
    Page("channels:quiet", nothing, ADMIN),
    Page("channels:escalations", escalation_rules, ADMIN),
    Page("channels:escalation_new", nothing, ADMIN),
]
ACTIONS += [
    Action("channels:verb", lambda world: {**channel(world), "verb": "off"}),
    Action("channels:escalation_remove", escalation_rule),
]
ELSEWHERE["channels:link"] = "opened without signing in, read by script: kuangdeng/web/channels/tests/test_links.py"
# Item bank ------------------------------------------------------------------------------------------------------------

OFFICER = frozenset({"training_officer"})
TRAINERS = OFFICER | {"teacher"}
BANKERS = TRAINERS | SAFETY
"""Who sees the items: they are secret from those who sit them."""


def item(world: World) -> dict[str, object]:
    return {"item_id": world.item.id}


def item_version(world: World) -> dict[str, object]:
    return {**item(world), "version_id": world.item.latest_id}


def bank_run(world: World) -> dict[str, object]:
    return {"run_id": world.items_run.id}


PAGES += [
    Page("learning:items", nothing, BANKERS),
    Page("learning:item_new", lambda world: {"kind": "multiple"}, BANKERS, shared=True),
    Page("learning:items_review", nothing, BANKERS),
    Page("learning:item_twins", nothing, OFFICER),
    Page("learning:item_banks", nothing, OFFICER),
    Page("learning:item_bank_new", nothing, OFFICER),
    Page("learning:item_bank", first_of("learning.ItemBank", "bank_id"), OFFICER),
    Page("learning:item_categories", nothing, OFFICER),
    Page("learning:item_category_new", nothing, OFFICER),
    Page("learning:item_category", first_of("learning.ItemCategory", "category_id"), OFFICER),
    Page("learning:item_policy", nothing, OFFICER),
    Page("learning:items_export", nothing, TRAINERS),
    Page("learning:items_import", nothing, TRAINERS),
    Page("learning:items_import_template", nothing, TRAINERS),
    Page("learning:items_import_run", bank_run, TRAINERS),
    Page("learning:items_import_left", bank_run, TRAINERS),
    Page("learning:item", item, BANKERS),
    Page("learning:item_edit", item, BANKERS),
    Page("learning:item_version", item_version, BANKERS),
]
ACTIONS += [
    Action("learning:items_bulk", lambda world: {"verb": "submit"}),
    Action("learning:item_twins_find", nothing),
    Action("learning:item_twins_apart", lambda world: {"twin_id": 1}),
    Action("learning:item_merge", item),
    Action("learning:item_try", item),
    Action("learning:item_verb", lambda world: {**item(world), "verb": "submit"}),
]
ELSEWHERE["learning:item_picture"] = "pictures of items have their own tests, with files"


# Exams ----------------------------------------------------------------------------------------------------------------

EXAM_WATCHERS = TRAINERS | SAFETY | LEADERS


def exam_called(title: str, **more: object) -> Kwargs:
    """An exam of `kuangdeng.learning.exams.tests.rows` by its title."""
    from kuangdeng.learning.exams.models import Exam

    return lambda world: {"exam_id": Exam.objects.get(mine=world.cast.mine, title=title).id, **more}


def paper_called(title: str, **more: object) -> Kwargs:
    from kuangdeng.learning.exams.models import Paper

    return lambda world: {"paper_id": Paper.objects.get(mine=world.cast.mine, title=title).id, **more}


def sitting_in(title: str, **more: object) -> Kwargs:
    """The miner's sitting in the exam of this title."""
    from kuangdeng.learning.exams.models import Sitting

    return lambda world: {"sitting_id": Sitting.objects.get(exam__title=title, person=world.cast.miner).id, **more}


RUNNING, PLANNED, WRITTEN, PAST = "防治水轮训结业考试", "领导同考（筹备）", "纸笔考试", "通风知识考试"
PAGES += [
    Page("learning:exams", nothing, EXAM_WATCHERS),
    Page("learning:exam_new", nothing, OFFICER),
    Page("learning:exam_papers", nothing, TRAINERS),
    Page("learning:exam_paper_new", nothing, TRAINERS, shared=True),
    Page("learning:exam_paper", paper_called("防治水结业卷（草稿）"), TRAINERS),
    Page("learning:exam_paper", paper_called("通风抽题卷（草稿）"), TRAINERS),
    Page("learning:exam_paper_edit", paper_called("防治水结业卷（草稿）"), TRAINERS),
    Page("learning:exam_paper_edit", paper_called("通风抽题卷（草稿）"), TRAINERS),
    Page("learning:exam_paper_choose", paper_called("防治水结业卷（草稿）"), TRAINERS),
    Page("learning:exam_paper_print", paper_called("防治水结业卷（草稿）"), TRAINERS),
    Page("learning:exam", exam_called(RUNNING), EXAM_WATCHERS),
    Page("learning:exam_edit", exam_called(PLANNED), OFFICER),
    Page("learning:exam_cancel", exam_called(PLANNED), OFFICER, shared=True),
    Page("learning:exam_enrol", exam_called(PLANNED), OFFICER),
    Page("learning:exam_lot", exam_called(PLANNED), EXAM_WATCHERS),
    Page("learning:exam_draw_people", exam_called(PLANNED), OFFICER),
    Page("learning:exam_hall", exam_called(RUNNING), TRAINERS),
    Page("learning:exam_extend", exam_called(RUNNING), TRAINERS, shared=True),
    Page("learning:exam_sheets", exam_called(WRITTEN), TRAINERS),
    Page("learning:exam_sitting", sitting_in(RUNNING), EXAM_WATCHERS),
    Page("learning:exam_sitting_verb", sitting_in(RUNNING, verb="void"), OFFICER, shared=True),
    Page("learning:exam_entry", sitting_in(WRITTEN), TRAINERS),
    Page("learning:my_exams", nothing, ALL),
    Page("learning:my_exam", sitting_in(PAST), frozenset({"miner"})),
    Page("learning:exam_door", nothing, ALL, opens=True),
    Page("learning:sit_away", nothing, ALL, opens=True),
    Page("learning:sit_worker", nothing, ALL, opens=True),
]
ACTIONS += [
    Action("learning:exam_paper_verb", paper_called("防治水结业卷（草稿）", verb="settle")),
    Action("learning:exam_verb", exam_called(RUNNING, verb="close")),
    Action("learning:exam_strike", exam_called(PLANNED)),
    Action("learning:exam_begin", sitting_in(RUNNING)),
    Action("learning:exam_practise", exam_called(RUNNING)),
]
ELSEWHERE |= dict.fromkeys(
    ("learning:sit", "learning:sit_save", "learning:sit_state", "learning:sit_hand_in", "learning:sit_picture"),
    "opened with the pass of a sitting: kuangdeng/web/tests/test_exam_journey.py, kuangdeng/learning/exams/tests",
)
ELSEWHERE["learning:exam_sitting_picture"] = "pictures on printed papers: kuangdeng/learning/exams/tests"
ELSEWHERE["learning:my_exam_picture"] = "pictures on one's own paper: kuangdeng/learning/exams/tests"
ELSEWHERE["learning:exam_extend_one"] = "the same view as learning:exam_extend, for one person"


# Results and talks ----------------------------------------------------------------------------------------------------

UNREAD = "班组长安全知识考试"
TALK_RULERS = OFFICER | {"political_work"}


def own_talk(world: World, **more: object) -> dict[str, object]:
    """The miner's talk that waits for his signature."""
    from kuangdeng.learning.talks.models import Talk

    return {"talk_id": Talk.objects.get(mine=world.cast.mine, person=world.cast.miner, status="talked").id, **more}


def owed_talk(world: World, **more: object) -> dict[str, object]:
    """A talk of the miner's that nobody was asked to hold."""
    from kuangdeng.learning.talks.models import Talk

    rows = Talk.objects.filter(mine=world.cast.mine, person=world.cast.miner, status="owed")
    return {"talk_id": rows.order_by("exam__title").first().id, **more}


def asked_version(world: World) -> dict[str, object]:
    from kuangdeng.learning.results.models import Regrade

    return {"version_id": Regrade.objects.filter(mine=world.cast.mine).order_by("id").first().asked_id}


PAGES += [
    Page("learning:result_exams", nothing, EXAM_WATCHERS),
    Page("learning:results", exam_called(PAST), EXAM_WATCHERS),
    Page("learning:results_print", exam_called(PAST), EXAM_WATCHERS),
    Page("learning:result_units", exam_called(PAST), EXAM_WATCHERS),
    Page("learning:result_items", exam_called(PAST), EXAM_WATCHERS),
    Page("learning:result_sheet", sitting_in(PAST), EXAM_WATCHERS),
    Page("learning:marking", nothing, TRAINERS),
    Page("learning:marking_exam", exam_called(UNREAD), TRAINERS),
    Page("learning:marking_read", exam_called(UNREAD), TRAINERS),
    Page("learning:regrades", nothing, EXAM_WATCHERS),
    Page("learning:regrade", first_of("learning.Regrade", "regrade_id"), EXAM_WATCHERS),
    Page("learning:regrade_new", asked_version, TRAINERS, shared=True),
    Page("learning:talks", nothing, ALL),
    Page("learning:talks_assign", nothing, HEADS | TALK_RULERS),
    Page("learning:talk", own_talk, UNIT | LEADERS | TALK_RULERS | {"miner"}),
    Page("learning:talk_sheet", own_talk, UNIT | LEADERS | TALK_RULERS | {"miner"}),
    Page("learning:talk_verb", lambda world: owed_talk(world, verb="assign"), UNIT | TALK_RULERS),
    Page("learning:talk_rules", nothing, TALK_RULERS),
    Page("learning:talk_rule_new", nothing, TALK_RULERS),
    Page("learning:talk_ladder", nothing, TALK_RULERS),
    Page("learning:retrainings", nothing, OFFICER),
    Page("learning:retraining_take", first_of("learning.Retraining", "retraining_id"), OFFICER),
]


# Book rooms -----------------------------------------------------------------------------------------------------------

LIBRARIANS = frozenset({"librarian"})
BOOK_RULERS = LIBRARIANS | ADMIN
NOTE_JUDGES = LIBRARIANS | {"political_work"}


def book(world: World) -> dict[str, object]:
    """A book with two copies, both lent, and notes."""
    from kuangdeng.learning.bookroom.models import Title

    return {"title_id": Title.objects.filter(mine=world.cast.mine).order_by("added_at", "id").first().id}


def book_row(model: str, name: str, **more: object) -> Kwargs:
    return lambda world: {**first_of(f"learning.{model}", name)(world), **more}


def book_copy(world: World) -> dict[str, object]:
    return book_row("Copy", "copy_id")(world)


def book_reader(world: World) -> dict[str, object]:
    return {"person_id": world.cast.safety.id}


def due_calendar(world: World) -> dict[str, object]:
    from kuangdeng.learning.bookroom.services import make_calendar

    return {"secret": make_calendar(by=world.cast.safety)}


def book_import(world: World) -> dict[str, object]:
    from kuangdeng.learning.bookroom.models import BookImport

    return {"run_id": BookImport.objects.filter(mine=world.cast.mine).order_by("at").last().id}


def stock_take(world: World) -> dict[str, object]:
    from kuangdeng.learning.bookroom.models import StockTake

    return {"stock_id": StockTake.objects.filter(mine=world.cast.mine).order_by("id").first().id}


PAGES += [
    Page("learning:books", nothing, ALL),
    Page("learning:book", book, ALL),
    Page("learning:my_books", nothing, ALL),
    Page("learning:my_calendar", nothing, ALL),
    Page("learning:reading_notes", nothing, ALL),
    Page("learning:reported_notes", nothing, NOTE_JUDGES),
    Page("learning:note_verb", book_row("ReadingNote", "note_id", verb="hide"), NOTE_JUDGES),
    Page("learning:popular_books", nothing, ALL),
    Page("learning:popular_sheet", nothing, ALL),
    Page("learning:write_note", book, ALL),
    Page("learning:book_loans", nothing, LIBRARIANS),
    Page("learning:late_sheet", nothing, LIBRARIANS),
    Page("learning:desk", nothing, LIBRARIANS),
    Page("learning:reader", book_reader, LIBRARIANS),
    Page("learning:stock_takes", nothing, LIBRARIANS),
    Page("learning:stock_take", stock_take, LIBRARIANS),
    Page("learning:stock_sheet", stock_take, LIBRARIANS),
    Page("learning:book_copy", book_copy, LIBRARIANS),
    Page("learning:copy_verb", lambda world: {**book_copy(world), "verb": "move"}, LIBRARIANS),
    Page("learning:book_work", nothing, BOOK_RULERS),
    Page("learning:book_new", nothing, LIBRARIANS),
    Page("learning:book_edit", book, LIBRARIANS),
    Page("learning:copies_new", book, LIBRARIANS),
    Page("learning:book_labels", nothing, LIBRARIANS),
    Page("learning:book_label_sheet", nothing, LIBRARIANS),
    Page("learning:book_import_start", nothing, LIBRARIANS),
    Page("learning:book_import", book_import, LIBRARIANS),
    Page("learning:book_import_problems", book_import, LIBRARIANS),
    Page("learning:book_export", nothing, LIBRARIANS),
    Page("learning:book_export_file", nothing, LIBRARIANS, query="?format=cnmarc"),
    Page("learning:book_rooms", nothing, BOOK_RULERS),
    Page("learning:book_room_new", nothing, BOOK_RULERS),
    Page("learning:book_room_edit", book_row("Room", "room_id"), BOOK_RULERS),
    Page("learning:loan_rules", nothing, BOOK_RULERS),
    Page("learning:loan_rule_new", nothing, BOOK_RULERS),
    Page("learning:book_kiosks", nothing, BOOK_RULERS),
    Page("learning:kiosk", nothing, ALL, opens=True),
    Page("learning:due_calendar", due_calendar, ALL, opens=True),
]
ACTIONS += [
    Action("learning:reserve_book", book),
    Action("learning:cancel_reservation", book_row("Reservation", "reservation_id")),
    Action("learning:renew_loan", book_row("Loan", "loan_id")),
    Action("learning:bind_card", book_reader),
    Action("learning:unbind_card", book_row("WorkCard", "card_id")),
    Action("learning:book_kiosk_close", book_row("Kiosk", "kiosk_id")),
]


# Study, sign-in, campaigns -----------------------------------------------------------------------------------------------

ROOM_LEADERS = frozenset({"branch_secretary", "unit_head", "political_work", "training_officer"})
"""Chair and recorder of the session, and who looks after all sheets: names of the missing are theirs alone."""
STUDY_RUNNERS = frozenset({"branch_secretary", "unit_head", "political_work"})
STUDY_PLANNERS = frozenset({"branch_secretary", "political_work"})
STUDY_WIDE = LEADERS | OFFICES
STUDY_SEERS = STUDY_WIDE | UNIT | TEAM | {"miner"}
"""Who was expected, who runs it, who sees all study."""
NAME_SEERS = STUDY_WIDE | HEADS
KINDS_KEEPERS = frozenset({"political_work"}) | ADMIN


def study_session(world: World) -> dict[str, object]:
    from kuangdeng.learning.campaigns.tests.rows import main_session

    return {"session_id": main_session(world.cast).id}


def sheet(world: World) -> dict[str, object]:
    from kuangdeng.learning.campaigns.tests.rows import main_session

    return {"sheet_id": main_session(world.cast).sheet_id}


def attendee(world: World) -> dict[str, object]:
    from kuangdeng.learning.attendance.models import Attendee

    return {"attendee_id": Attendee.objects.get(**sheet(world), person=world.cast.miner).id}


def of_sheet(model: str, name: str, path: str, **more: object) -> Kwargs:
    """A row that hangs on the sheet of the session."""

    def find(world: World) -> dict[str, object]:
        from django.apps import apps

        rows = apps.get_model(f"learning.{model}").objects.filter(**{path: sheet(world)["sheet_id"]})
        return {name: rows.order_by("id").first().id, **more}

    return find


def campaign(world: World) -> dict[str, object]:
    from kuangdeng.learning.campaigns.tests.rows import main_campaign

    return {"campaign_id": main_campaign(world.cast).id}


def campaign_summed(world: World) -> dict[str, object]:
    from kuangdeng.learning.campaigns.tests.rows import SUMMED, main_campaign

    return {"campaign_id": main_campaign(world.cast, SUMMED).id}


def campaign_day(world: World) -> dict[str, object]:
    return {**campaign(world), "number": 1}


PAGES += [
    Page("learning:attendance_sheet", sheet, ROOM_LEADERS),
    Page("learning:attendance_screen", sheet, ROOM_LEADERS),
    Page("learning:attendance_codes", sheet, ROOM_LEADERS),
    Page("learning:attendance_live", sheet, ROOM_LEADERS),
    Page("learning:attendance_window", sheet, ROOM_LEADERS),
    Page("learning:attendance_reopen", sheet, ROOM_LEADERS),
    Page("learning:attendance_paper", sheet, ROOM_LEADERS),
    Page("learning:attendance_paper_sheet", sheet, ROOM_LEADERS),
    Page("learning:attendance_correct", attendee, ROOM_LEADERS),
    Page("learning:attendance_leave", lambda world: {**attendee(world), "verb": "refuse"}, ROOM_LEADERS),
    Page(
        "learning:attendance_makeup", of_sheet("MakeUp", "makeup_id", "attendee__sheet_id", verb="return"), ROOM_LEADERS
    ),
    Page("learning:ask_leave", attendee, frozenset({"miner"})),
    Page("learning:hand_in_makeup", attendee, frozenset({"miner"})),
    Page("learning:sign_phone", sheet, ALL, opens=True),
    Page("learning:sign_scan", lambda world: {**sheet(world), "code": "abcdefghijkl"}, ALL, opens=True),
    Page("learning:door", nothing, ALL, opens=True),
    Page("learning:my_study", nothing, ALL),
    Page("learning:studies", nothing, ALL),
    Page("learning:study_new", nothing, STUDY_PLANNERS),
    Page("learning:study_statistics", nothing, NAME_SEERS),
    Page("learning:study_statistics", nothing, NAME_SEERS, query="?print=1"),
    Page("learning:study_kinds", nothing, KINDS_KEEPERS),
    Page("learning:study_kind_new", nothing, KINDS_KEEPERS),
    Page("learning:study_kind", first_of("learning.StudyKind", "kind_id"), KINDS_KEEPERS),
    Page("learning:study", study_session, STUDY_SEERS),
    Page("learning:study_edit", study_session, STUDY_RUNNERS),
    Page("learning:study_people", study_session, STUDY_RUNNERS),
    Page("learning:study_material_new", study_session, STUDY_RUNNERS),
    Page("learning:study_photos_new", study_session, STUDY_RUNNERS),
    Page("learning:study_record_sheet", study_session, STUDY_SEERS),
    Page("learning:study_record_word", study_session, STUDY_SEERS),
    Page("learning:study_verb", lambda world: {**study_session(world), "verb": "write_record"}, STUDY_RUNNERS),
    Page("learning:campaigns", nothing, ALL),
    Page("learning:campaign", campaign, ALL),
    Page("learning:campaign_wall", campaign, ALL),
    Page("learning:campaign_persons", campaign, NAME_SEERS),
    Page("learning:campaign_day", campaign_day, ALL),
    Page("learning:campaign_new", nothing, STUDY_PLANNERS),
    Page("learning:campaign_edit", campaign, frozenset({"political_work"})),
    Page("learning:campaign_plan", campaign, frozenset({"political_work"})),
    Page("learning:campaign_people", campaign, frozenset({"political_work"})),
    Page("learning:campaign_day_edit", campaign_day, frozenset({"political_work"})),
    Page("learning:campaign_verb", lambda world: {**campaign(world), "verb": "sum_up"}, frozenset({"political_work"})),
    Page("learning:campaign_sheet", campaign_summed, ALL),
]
ACTIONS += [
    Action("learning:attendance_card", sheet),
    Action("learning:attendance_door", sheet),
    Action("learning:attendance_verb", lambda world: {**sheet(world), "verb": "close"}),
    Action("learning:attendance_door_close", of_sheet("SheetKiosk", "kiosk_id", "sheet_id")),
    Action("learning:attendance_doubt", of_sheet("Doubt", "doubt_id", "sheet_id", verb="accept")),
    Action("learning:study_kinds_usual", nothing),
    Action("learning:study_material_remove", lambda world: {"material_id": study_session(world)["session_id"]}),
    Action("learning:study_photo_remove", lambda world: {"photo_id": study_session(world)["session_id"]}),
]
ELSEWHERE["learning:material_of_study"] = "files of a session: kuangdeng/learning/study/tests/test_study.py"
ELSEWHERE["learning:photo_of_study"] = "photos of a session: kuangdeng/learning/study/tests/test_study.py"
ELSEWHERE["learning:campaign_day_file"] = "files of a day: kuangdeng/learning/campaigns/tests/test_campaigns.py"
# Daily item -----------------------------------------------------------------------------------------------------------

PRACTICE_LEADERS = UNIT | TEAM | frozenset({"other_head", "electric_head"})
PRACTICE_SEERS = PRACTICE_LEADERS | OFFICER | LEADERS


def own_answer(world: World) -> dict[str, object]:
    """An answer of the miner's: nobody else may open it."""
    from kuangdeng.learning.practice.models import PracticeAnswer

    rows = PracticeAnswer.objects.filter(person=world.cast.miner)
    return {"answer_id": rows.order_by("occurred_at").first().id}


def practice_row(model: str, name: str) -> Kwargs:
    return first_of(f"learning.{model}", name)


PAGES += [
    Page("learning:practice", nothing, ALL),
    Page("learning:practice_answer", own_answer, frozenset({"miner"})),
    Page("learning:practice_book", nothing, ALL),
    Page("learning:practice_book_next", nothing, frozenset({"miner", "training_officer", "unit_head"}), refused=302),
    Page("learning:practice_meeting", nothing, PRACTICE_LEADERS),
    Page("learning:practice_meetings", nothing, PRACTICE_SEERS),
    Page("learning:practice_figures", nothing, PRACTICE_SEERS),
    Page("learning:practice_unit", lambda world: {"unit_id": world.cast.units["mining"].id},
         UNIT | OFFICER | LEADERS),
    Page("learning:practice_away", nothing, PRACTICE_LEADERS | OFFICER),
    Page("learning:practice_away_new", nothing, PRACTICE_LEADERS | OFFICER),
    Page("learning:practice_rules", nothing, OFFICER),
    Page("learning:practice_rule_new", nothing, OFFICER),
    Page("learning:practice_musts", nothing, OFFICER),
    Page("learning:practice_must_new", nothing, OFFICER),
    Page("learning:practice_must_item", item, OFFICER),
]  # fmt: skip
ACTIONS += [
    Action("learning:practice_give", nothing),
    Action("learning:practice_away_cancel", practice_row("Away", "away_id")),
    Action("learning:practice_must_end", practice_row("MustKnow", "must_id")),
]
ELSEWHERE["learning:practice_picture"] = "pictures of items have their own tests, with files"


# Research topics ------------------------------------------------------------------------------------------------------

TOPIC_OFFICE = frozenset({"political_work", "training_officer"})


def topic_of(status: str, **more: object) -> Kwargs:
    """The first topic of the mine in this state."""

    def found(world: World) -> dict[str, object]:
        from kuangdeng.learning.topics.models import Topic

        rows = Topic.objects.filter(mine=world.cast.mine, status=status)
        return {"topic_id": rows.order_by("written_at", "id").first().id, **more}

    return found


def topic_step(world: World) -> dict[str, object]:
    from kuangdeng.learning.topics.models import Milestone

    kwargs = topic_of("running")(world)
    step = Milestone.objects.filter(topic_id=kwargs["topic_id"], done_at=None).order_by("-position").first()
    return {**kwargs, "milestone_id": step.id}


def topic_file(world: World) -> dict[str, object]:
    from kuangdeng.learning.topics.models import TopicFile

    kwargs = topic_of("running")(world)
    return {**kwargs, "file_id": TopicFile.objects.filter(topic_id=kwargs["topic_id"]).first().id}


PAGES += [
    Page("learning:topics", nothing, ALL),
    Page("learning:topic_calls", nothing, ALL),
    Page("learning:topic_call_new", nothing, TOPIC_OFFICE),
    Page("learning:topic_new", nothing, ALL),
    Page("learning:topic", topic_of("running"), ALL),
    Page("learning:topic_edit", topic_of("drafted"), frozenset({"administrator"})),
    Page("learning:topic_milestone", topic_step, frozenset({"safety"})),
    Page("learning:topic_file", topic_file, ALL),
    Page("learning:topic_application", topic_of("running"), ALL),
    Page("learning:topic_report", topic_of("reviewing"), ALL),
    Page("learning:topic_verb", topic_of("running", verb="withdraw"), frozenset({"safety"})),
]


# Study garden ---------------------------------------------------------------------------------------------------------

SECRETARY = frozenset({"branch_secretary", "political_work"})


def garden(world: World) -> dict[str, object]:
    from kuangdeng.learning.garden.testkit import branch_of

    return {"branch_id": branch_of(world.cast).id}


def garden_note(world: World) -> dict[str, object]:
    from kuangdeng.learning.bookroom.models import ReadingNote

    rows = ReadingNote.objects.filter(mine=world.cast.mine, person=world.cast.miner)
    return {**garden(world), "kind": "note", "thing_id": rows.order_by("id").first().id}


PAGES += [
    Page("learning:gardens", nothing, ALL),
    Page("learning:garden", garden, ALL),
    Page("learning:garden_wall", garden, ALL),
    Page("learning:garden_dress", garden, SECRETARY),
    Page("learning:garden_notices", garden, SECRETARY),
    Page("learning:garden_notice_new", garden, SECRETARY),
    Page("learning:garden_notice_down", first_of("learning.GardenNotice", "notice_id"), SECRETARY),
    Page("learning:garden_pick", garden_note, SECRETARY),
]
ACTIONS += [Action("learning:garden_unpick", lambda world: {**garden(world), "pick_id": 1})]
ELSEWHERE["learning:garden_banner"] = "banners have their own tests, with files"
# Classes, certificates, training files ----------------------------------------------------------------------------------

from kuangdeng.web.tests import pages_training as training  # noqa: E402 - it takes its words from above

PAGES += training.PAGES
ACTIONS += training.ACTIONS
ELSEWHERE.update(training.ELSEWHERE)
