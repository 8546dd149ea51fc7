"""The pages of classes, certificates and training files in the page × role table."""

from kuangdeng.web.tests.pages import (
    ADMIN,
    ALL,
    HEADS,
    LEADERS,
    OFFICER,
    SAFETY,
    TEAM,
    UNIT,
    Action,
    Kwargs,
    Page,
    first_of,
    nothing,
)
from kuangdeng.web.tests.world import World

KEEPERS = OFFICER | {"political_work"}
WIDE = KEEPERS | LEADERS | SAFETY | {"group_office"}
SEE = WIDE | HEADS | {"teacher"}
PEOPLE = WIDE | HEADS | TEAM
OF_UNIT = WIDE | UNIT | TEAM
PROPOSERS = KEEPERS | HEADS | SAFETY | LEADERS | {"teacher"}
TEACHERS = KEEPERS | {"teacher"}
RULERS = OFFICER | ADMIN
CERTS = OFFICER | SAFETY | LEADERS | {"group_office"} | HEADS | TEAM
CERTS_UNIT = OFFICER | SAFETY | LEADERS | {"group_office"} | UNIT | TEAM
FILES = OFFICER | LEADERS | HEADS
FILES_UNIT = OFFICER | LEADERS | UNIT | {"miner"}


def the_class(world: World) -> dict[str, object]:
    """The first class: two batches, the second without end."""
    from kuangdeng.learning.classes.models import TrainingClass

    return {"class_id": TrainingClass.objects.filter(mine=world.cast.mine).order_by("number").first().id}


def of_class(model: str, name: str, **more: object) -> Kwargs:
    """The first row of a table that hangs on the first class."""

    def kwargs(world: World) -> dict[str, object]:
        from django.apps import apps

        path = {"Batch": "", "Seat": "batch__", "Lesson": "batch__", "LessonHours": "lesson__batch__",
                "HoursCorrection": "row__lesson__batch__"}[model]  # fmt: skip
        rows = apps.get_model("learning", model).objects.filter(
            **{f"{path}training_class_id": the_class(world)["class_id"]}
        )
        return {name: rows.order_by("pk").first().pk, **more}

    return kwargs


def own_seat(world: World) -> dict[str, object]:
    from kuangdeng.learning.classes.models import Seat

    return {
        "seat_id": Seat.objects.filter(person=world.cast.miner, batch__training_class_id=the_class(world)["class_id"])
        .order_by("id")
        .first()
        .id
    }


def miner(world: World) -> dict[str, object]:
    return {"person_id": world.cast.miner.id}


def the_lesson(world: World) -> dict[str, object]:
    """A lesson that is over and counted."""
    from kuangdeng.learning.classes.models import Lesson

    rows = Lesson.objects.filter(batch__training_class_id=the_class(world)["class_id"], settled_at__isnull=False)
    return {"lesson_id": rows.order_by("starts_at").first().id}


def cert_run(world: World) -> dict[str, object]:
    from io import BytesIO

    from kuangdeng.learning.certificates import importing
    from kuangdeng.learning.certificates.testkit import SHEET
    from kuangdeng.org.api import ImportRun

    found = ImportRun.objects.filter(mine=world.cast.mine, kind="certificates").first()
    made = found or importing.take_in(
        BytesIO(SHEET.encode()), name="特种作业证台账.csv", by=world.cast.training_officer
    )
    return {"run_id": made.id}


def record_line(world: World) -> dict[str, object]:
    from kuangdeng.learning.files.models import RecordLine

    return {"line_id": RecordLine.objects.filter(person=world.cast.miner).order_by("begin_on", "id").first().id}


def feed(world: World) -> dict[str, object]:
    """The timetable of a learner; the last address is the one that holds."""
    from kuangdeng.learning.classes.services import make_lesson_calendar

    return {"secret": make_lesson_calendar(by=world.cast.miner)}


PAGES = [
    Page("learning:classes", nothing, SEE),
    Page("learning:class_new", nothing, KEEPERS),
    Page("learning:class_week", nothing, SEE),
    Page("learning:my_training", nothing, ALL),
    Page("learning:training_calendar", nothing, ALL),
    Page("learning:timetable_feed", feed, ALL, opens=True),
    Page("learning:teaching", nothing, TEACHERS),
    Page("learning:training_people", nothing, PEOPLE),
    Page("learning:person_training", miner, OF_UNIT | {"miner"}),
    Page("learning:training_summary", nothing, WIDE),
    Page("learning:training_needs", nothing, PROPOSERS),
    Page("learning:need_new", nothing, PROPOSERS),
    Page("learning:training_need", first_of("learning.TrainingNeed", "need_id"), KEEPERS | UNIT | SAFETY | LEADERS),
    Page("learning:need_decline", first_of("learning.TrainingNeed", "need_id"), KEEPERS),
    Page("learning:need_join", first_of("learning.TrainingNeed", "need_id"), KEEPERS),
    Page("learning:training_plan", nothing, SEE),
    Page("learning:plan_sheet", nothing, SEE),
    Page("learning:plan_line_new", nothing, KEEPERS),
    Page("learning:plan_line", lambda world: {"line_id": _line(world)}, KEEPERS),
    Page("learning:plan_line_drop", lambda world: {"line_id": _line(world)}, KEEPERS),
    Page("learning:plan_reopen", nothing, LEADERS),
    Page("learning:teachers", nothing, KEEPERS),
    Page("learning:teacher_new", nothing, KEEPERS),
    Page("learning:teacher", first_of("learning.Teacher", "teacher_id"), KEEPERS),
    Page("learning:teacher_edit", first_of("learning.Teacher", "teacher_id"), KEEPERS),
    Page("learning:training_rules", nothing, RULERS),
    Page("learning:training_rule_new", nothing, RULERS),
    Page("learning:roster_limits", nothing, RULERS),
    Page("learning:roster_limits_new", nothing, RULERS),
    Page("learning:hour_corrections", nothing, TEACHERS | LEADERS),
    Page("learning:correction_verb", of_class("HoursCorrection", "correction_id", verb="refuse"), OFFICER | LEADERS),
    Page("learning:hours_correct", of_class("LessonHours", "row_id"), TEACHERS),
    Page("learning:batch_edit", of_class("Batch", "batch_id"), KEEPERS),
    Page("learning:lesson_new", of_class("Batch", "batch_id"), KEEPERS),
    Page("learning:timetable_copy", of_class("Batch", "batch_id"), KEEPERS),
    Page("learning:seat_add", of_class("Batch", "batch_id"), KEEPERS),
    Page("learning:rate_class", own_seat, frozenset({"miner"})),
    Page("learning:seat_verb", of_class("Seat", "seat_id", verb="move"), KEEPERS),
    Page("learning:lesson", the_lesson, SEE | {"miner", "team_leader"}),
    Page("learning:lesson_edit", the_lesson, KEEPERS),
    Page("learning:training_class", the_class, SEE),
    Page("learning:class_edit", the_class, KEEPERS),
    Page("learning:class_conclude", the_class, KEEPERS),
    Page("learning:class_exam_new", the_class, OFFICER),
    Page("learning:roster", the_class, SEE),
    Page("learning:roster_sheet", the_class, SEE),
    Page("learning:class_hours", the_class, SEE),
    Page("learning:timetable_sheet", the_class, SEE),
    Page("learning:batch_new", the_class, KEEPERS),
    Page("learning:class_verb", lambda world: {**the_class(world), "verb": "cancel"}, KEEPERS),
    Page("learning:certificates", nothing, CERTS),
    Page("learning:certificate_new", nothing, OFFICER),
    Page("learning:certificate_types", nothing, RULERS),
    Page("learning:certificate_type_new", nothing, RULERS),
    Page("learning:certificate_type", first_of("learning.CertificateType", "type_id"), RULERS),
    Page("learning:surface_trades", nothing, OFFICER),
    Page("learning:surface_trades_new", nothing, OFFICER),
    Page("learning:certificate_import", nothing, OFFICER),
    Page("learning:certificate_import_run", cert_run, OFFICER),
    Page("learning:certificate_import_problems", cert_run, OFFICER),
    Page("learning:barred", nothing, CERTS),
    Page("learning:managers", nothing, CERTS),
    Page("learning:barred_sheet", nothing, CERTS),
    Page("learning:barred_xlsx", nothing, CERTS),
    Page("learning:barred_list", first_of("learning.BarredList", "list_id"), CERTS),
    Page("learning:certificate", first_of("learning.Certificate", "certificate_id"), CERTS_UNIT - TEAM),
    Page(
        "learning:certificate_verb",
        lambda world: {**first_of("learning.Certificate", "certificate_id")(world), "verb": "renew"},
        OFFICER,
    ),
    Page("learning:training_files", nothing, FILES),
    Page("learning:person_file", miner, FILES_UNIT),
    Page("learning:person_xlsx", miner, FILES_UNIT),
    Page("learning:person_record", miner, OFFICER),
    Page("learning:record_line_new", miner, OFFICER),
    Page("learning:person_papers", miner, OFFICER),
    Page("learning:record_line_strike", record_line, OFFICER),
    Page("learning:class_file", the_class, FILES),
    Page("learning:class_xlsx", the_class, FILES),
    Page("learning:class_papers", the_class, OFFICER),
]


def _line(world: World) -> object:
    from kuangdeng.learning.classes.models import PlanLine

    return PlanLine.objects.filter(plan__mine=world.cast.mine).order_by("number").first().id


def some(name: str, **more: object) -> Kwargs:
    """An address that nothing is behind: it takes POST only, and is tried where it lives."""
    from uuid import UUID

    return lambda world: {name: UUID(int=0), **more}


ACTIONS = [
    Action("learning:plan_approve", nothing),
    Action("learning:batch_drop", of_class("Batch", "batch_id")),
    Action("learning:lesson_drop", the_lesson),
    Action("learning:lesson_settle", the_lesson),
    Action("learning:handout_add", the_lesson),
    Action("learning:handout_drop", some("handout_id")),
    Action("learning:roster_make", the_class),
    Action("learning:barred_publish", nothing),
    Action("learning:record_paper_drop", some("paper_id")),
    Action("learning:class_paper_drop", some("paper_id")),
]
ELSEWHERE = {
    "learning:handout": "handouts have their own tests, with files",
    "learning:record_paper": "scanned papers have their own tests, with files",
    "learning:class_paper": "scanned papers have their own tests, with files",
}
NOT_FOR_EYES = {
    "learning:timetable_feed", "learning:certificate_import_problems", "learning:barred_xlsx", "learning:person_xlsx",
    "learning:class_xlsx",
}  # fmt: skip
