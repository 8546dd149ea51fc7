"""Reading the mine's own hazard tables and the legal catalogue, for their registers and forms."""

from typing import TypeVar
from uuid import UUID

from django.db.models import Count, Model, Q, QuerySet

from kuangdeng.hazards.accidents.models import AccidentDeadline
from kuangdeng.hazards.models import (
    CatalogueVersion,
    Category,
    DeadlineRule,
    Grade,
    LadderRule,
    MineSettings,
    RoundPlan,
    Situation,
    Specialty,
    StandardHazard,
)
from kuangdeng.kernel.errors import NotVisible
from kuangdeng.kernel.search import containing
from kuangdeng.org.api import Person

M = TypeVar("M", bound=Model)


def get_row(model: type[M], row_id: UUID, *, by: Person) -> M:
    """One row of a table of the person's mine. NotVisible when there is none."""
    row = model._default_manager.filter(pk=row_id, mine_id=by.mine_id).first()
    if row is None:
        raise NotVisible
    return row


def grades(mine_id: UUID) -> QuerySet[Grade]:
    """The mine's grades, retired ones too."""
    return Grade.objects.filter(mine_id=mine_id)


def specialties(mine_id: UUID) -> QuerySet[Specialty]:
    """The mine's specialties of both levels, retired ones too."""
    return Specialty.objects.filter(mine_id=mine_id).select_related("parent")


def top_specialties(mine_id: UUID) -> list[Specialty]:
    """The specialties of the first level in use."""
    return list(Specialty.objects.filter(mine_id=mine_id, parent=None, active=True))


def library(mine_id: UUID) -> QuerySet[StandardHazard]:
    """The standard wordings."""
    return StandardHazard.objects.filter(mine_id=mine_id).select_related("specialty", "grade")


def in_library(rows: QuerySet[StandardHazard], words: str) -> QuerySet[StandardHazard]:
    """Wordings that contain the words, or have that code."""
    return rows.filter(containing("search_text", words) | Q(code__icontains=words.strip()))


def deadline_rules(mine_id: UUID) -> QuerySet[DeadlineRule]:
    """The deadline rules."""
    return DeadlineRule.objects.filter(mine_id=mine_id).select_related("grade")


def accident_deadlines(mine_id: UUID) -> QuerySet[AccidentDeadline]:
    """Until when accidents must be completed and investigated."""
    return AccidentDeadline.objects.filter(mine_id=mine_id)


def ladder_rules(mine_id: UUID) -> QuerySet[LadderRule]:
    """The steps of the overdue ladder."""
    return LadderRule.objects.filter(mine_id=mine_id)


def round_plans(mine_id: UUID) -> QuerySet[RoundPlan]:
    """The inspection plans."""
    return RoundPlan.objects.filter(mine_id=mine_id).select_related("unit").order_by("name")


def wording(mine_id: UUID) -> MineSettings:
    """What the mine words its own way."""
    return MineSettings.objects.filter(mine_id=mine_id).first() or MineSettings(mine_id=mine_id)


# Catalogue ------------------------------------------------------------------------------------------------------------


def versions() -> QuerySet[CatalogueVersion]:
    """Every version of the legal catalogue, the latest first, with how much of it is there and checked."""
    return CatalogueVersion.objects.annotate(
        category_count=Count("categories", distinct=True),
        situation_count=Count("categories__situations", distinct=True),
        checked_count=Count("categories__situations", filter=Q(categories__situations__confirmed=True), distinct=True),
    )


def get_version(code: str) -> CatalogueVersion:
    """One version. NotVisible when there is none."""
    version = versions().filter(code=code).first()
    if version is None:
        raise NotVisible
    return version


def categories(version: CatalogueVersion) -> QuerySet[Category]:
    """The categories of a version with their situations."""
    return Category.objects.filter(version=version).prefetch_related("situations")


def get_situation(situation_id: int) -> Situation:
    """One situation. NotVisible when there is none."""
    row = Situation.objects.select_related("category__version").filter(id=situation_id).first()
    if row is None:
        raise NotVisible
    return row
