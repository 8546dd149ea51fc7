"""The verbs of what a mine words and decides its own way: 等级、专业、标准隐患、期限规则、超期阶梯、五定的叫法、判定标准的核对."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import TypeVar
from uuid import UUID

from django.db.models import Model
from django.utils.translation import gettext as _

from kuangdeng.hazards.accidents.models import AccidentDeadline, AccidentLevel
from kuangdeng.hazards.accidents.rules import Kind
from kuangdeng.hazards.models import (
    CatalogueVersion,
    Cause,
    DeadlineRule,
    Grade,
    LadderRule,
    MineSettings,
    Situation,
    Specialty,
    StandardHazard,
)
from kuangdeng.hazards.queries.ladder import RECTIFIER
from kuangdeng.hazards.queries.similar import forget_catalogue
from kuangdeng.hazards.rules import FIVE_POINT_LABELS, DeadlineKind
from kuangdeng.hazards.setup import library_text
from kuangdeng.kernel.errors import NotVisible, Refused
from kuangdeng.kernel.language import in_chinese
from kuangdeng.kernel.verbs import verb
from kuangdeng.ledger.api import Subject, post
from kuangdeng.org.api import Mine, Person, Role, may

M = TypeVar("M", bound=Model)


def _check(by: Person) -> None:
    if not may(by, "hazard.settings"):
        raise Refused(_("您没有权限修改隐患设置。请联系安监部门或系统管理员。"), code="not_allowed")


def _enter(what: str, row: Model, label: str, by: Person, payload: Mapping[str, object], quantity: int = 1) -> None:
    post(
        f"hazard.{what}",
        Subject(row._meta.model_name or "", str(row.pk), label),
        mine_id=by.mine_id,
        by=by,
        quantity=quantity,
        payload=payload,
    )


def _row(model: type[M], row_id: UUID | None, by: Person) -> M:
    """The row to change, locked; a new one of this mine when there is no id. NotVisible for another mine's."""
    if row_id is None:
        return model(mine_id=by.mine_id)
    row = model._default_manager.select_for_update().filter(pk=row_id, mine_id=by.mine_id).first()
    if row is None:
        raise NotVisible
    return row


def _changes(row: Model, facts: Mapping[str, object]) -> dict[str, object]:
    """Put the facts onto the row; what changed, as words for the ledger."""
    changed: dict[str, object] = {}
    for name, value in facts.items():
        before = getattr(row, name, None)  # a new row has no specialty yet, and asking for it is an error
        if before != value:
            changed[name] = [_word(before), _word(value)]
        setattr(row, name, value)
    return changed


def _word(value: object) -> object:
    return value if isinstance(value, str | int | bool | list | type(None)) else str(value)


def _need(text: str, message: str, name: str) -> str:
    text = " ".join(text.split())
    if not text:
        raise Refused(message, field=name)
    return text


def _free_code(model: type[Model], code: str, by: Person, besides: UUID | None) -> str:
    code = _need(code, _("请填写代码。"), "code")
    taken = model._default_manager.filter(mine_id=by.mine_id, code=code).exclude(pk__in=[besides] if besides else [])
    if taken.exists():
        raise Refused(_("代码「%(code)s」已经用了。请换一个。") % {"code": code}, field="code")
    return code


def _code_of(name: str, by: Person) -> str:
    """A free code for a specialty that only has a name: the name, numbered when another has it."""
    taken = set(Specialty.objects.filter(mine_id=by.mine_id).values_list("code", flat=True))
    name = name.strip()[:16]
    return next((one for one in (name, *(f"{name}-{n}" for n in range(2, 1000))) if one not in taken), name)


@verb
def save_grade(
    *, by: Person, code: str, name: str, meaning: str = "", colour: str = "blue", position: int = 0, active: bool = True,
    grade_id: UUID | None = None,
) -> Grade:  # fmt: skip
    """Word one grade of general hazards (等级). Major stays apart: it is a judgement by law, not a grade.

    Refused when the code is taken.
    """
    _check(by)
    row = _row(Grade, grade_id, by)
    facts = {
        "code": _free_code(Grade, code, by, grade_id),
        "name": _need(name, _("请填写等级名称。"), "name"),
        "meaning": meaning.strip(),
        "colour": colour,
        "position": position,
        "active": active,
    }
    changed = _changes(row, facts)
    row.save()
    _enter("save_grade", row, row.name, by, changed)
    return row


@verb
def save_specialty(
    *, by: Person, name: str, code: str = "", parent: Specialty | None = None, position: int = 0, active: bool = True,
    specialty_id: UUID | None = None,
) -> Specialty:  # fmt: skip
    """Word one specialty (专业), of the first or of the second level.

    The code is for programs and files: without one the row keeps its own, and a new one gets it from its name.
    Refused below a second-level one, below itself, and for one that has others below it.
    """
    _check(by)
    row = _row(Specialty, specialty_id, by)
    name = _need(name, _("请填写专业名称。"), "name")
    if parent is not None:
        if parent.mine_id != by.mine_id or parent.parent_id is not None:
            raise Refused(_("专业只分大类和小类两级。请选择一个大类作上级。"), field="parent")
        if parent.id == row.id or (specialty_id and Specialty.objects.filter(parent_id=specialty_id).exists()):
            raise Refused(_("这个大类下面还有小类，不能再放到别的大类下面。"), field="parent")
    facts = {
        "code": _free_code(Specialty, code or row.code or _code_of(name, by), by, specialty_id),
        "name": name,
        "parent": parent,
        "position": position,
        "active": active,
    }
    changed = _changes(row, facts)
    row.save()
    _enter("save_specialty", row, row.name, by, changed)
    return row


# Library --------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class StandardData:
    """One wording of the library as it is typed or imported."""

    code: str
    text: str
    specialty: Specialty
    sub: str = ""
    grade: Grade | None = None
    cause: str = ""
    measure: str = ""
    keywords: str = ""
    is_sample: bool = False
    active: bool = True


def _facts(data: StandardData) -> dict[str, object]:
    return {
        "code": data.code,
        "text": data.text,
        "specialty": data.specialty,
        "sub": data.sub,
        "grade": data.grade,
        "cause": data.cause,
        "measure": data.measure,
        "is_sample": data.is_sample,
        "active": data.active,
        "search_text": library_text(data.text, data.sub, data.keywords),
    }


def _check_standard(data: StandardData, by: Person) -> None:
    if data.specialty.mine_id != by.mine_id or (data.grade is not None and data.grade.mine_id != by.mine_id):
        raise Refused(_("请从本矿的专业和等级里选择。"), field="specialty")
    if data.cause and data.cause not in Cause.values:
        raise Refused(
            _("成因「%(cause)s」认不出来。请填 人、物、管理 或 环境。") % {"cause": data.cause}, field="cause"
        )
    _need(data.text, _("请填写规范描述。"), "text")


@verb
def save_standard(*, data: StandardData, by: Person, standard_id: UUID | None = None) -> StandardHazard:
    """Write down one standard wording to pick from (标准隐患). Refused when the code is taken or the text is missing."""
    _check(by)
    _check_standard(data, by)
    row = _row(StandardHazard, standard_id, by)
    facts = _facts(data) | {"code": _free_code(StandardHazard, data.code, by, standard_id)}
    changed = _changes(row, facts)
    changed.pop("search_text", None)
    row.save()
    _enter("save_standard", row, row.text, by, changed)
    return row


@verb
def import_standards(*, rows: Sequence[StandardData], by: Person) -> tuple[int, int]:
    """Take in many standard wordings (导入标准隐患): by code, new ones are added and known ones replaced.

    Returns how many were new and how many replaced. Refused, with nothing written, when a row is wrong or a code
    comes twice.
    """
    _check(by)
    if not rows:
        raise Refused(_("文件里没有标准隐患。请检查表头是否有「规范描述」和「专业」两列。"), field="file")
    seen: set[str] = set()
    for data in rows:
        _check_standard(data, by)
        if data.code in seen:
            raise Refused(_("编号「%(code)s」在文件里出现了两次。请只留一行。") % {"code": data.code}, field="file")
        seen.add(data.code)
    known = set(StandardHazard.objects.filter(mine_id=by.mine_id, code__in=seen).values_list("code", flat=True))
    names = [name for name in _facts(rows[0]) if name != "code"]
    StandardHazard.objects.bulk_create(
        [StandardHazard(mine_id=by.mine_id, **_facts(data)) for data in rows],
        update_conflicts=True, unique_fields=["mine", "code"], update_fields=names, batch_size=1000,
    )  # fmt: skip
    mine = Mine.objects.get(id=by.mine_id)
    counts = {"new": len(seen - known), "replaced": len(known)}
    _enter("import_standards", mine, "标准隐患", by, counts, quantity=len(rows))
    return counts["new"], counts["replaced"]


# Rules ----------------------------------------------------------------------------------------------------------------


@verb
def save_deadline_rule(
    *, by: Person, grade: Grade | None, kind: str, amount: int, valid_from: date, source: str = "", confirmed: bool = False,
    rule_id: UUID | None = None,
) -> DeadlineRule:  # fmt: skip
    """Say which deadline a grade gets by itself from a day on (期限规则); no grade means every grade without its own.

    Orders that were given keep their deadline. Refused for a second rule of a grade from the same day, and for hours
    or days without a number.
    """
    _check(by)
    row = _row(DeadlineRule, rule_id, by)
    if grade is not None and grade.mine_id != by.mine_id:
        raise Refused(_("请选择本矿的等级。"), field="grade")
    if kind not in set(DeadlineKind):
        raise Refused(_("请选择期限的算法。"), field="kind")
    if kind in (DeadlineKind.HOURS, DeadlineKind.DAYS) and not 0 < amount <= 10_000:
        raise Refused(_("请填写多少小时或多少天，至少是 1。"), field="amount")
    same = DeadlineRule.objects.filter(mine_id=by.mine_id, grade=grade, valid_from=valid_from)
    if same.exclude(pk__in=[rule_id] if rule_id else []).exists():
        raise Refused(_("这个等级从这一天起已经有一条规则。请修改那一条，或换一个生效日期。"), field="valid_from")
    facts = {
        "grade": grade,
        "kind": kind,
        "amount": amount if kind in (DeadlineKind.HOURS, DeadlineKind.DAYS) else 0,
        "valid_from": valid_from,
        "source": source.strip(),
        "confirmed": confirmed,
    }
    changed = _changes(row, facts)
    row.save()
    _enter("save_deadline_rule", row, grade.name if grade else "其他等级", by, changed)
    return row


@verb
def save_ladder_rule(
    *, by: Person, name: str, step: str, amount: int, roles: Sequence[str], propose_supervision: bool = False,
    source: str = "", confirmed: bool = False, active: bool = True, position: int = 0, rule_id: UUID | None = None,
) -> LadderRule:  # fmt: skip
    """Say who is told how long before or after a deadline (超期阶梯).

    A changed step is told anew only for deadlines for which it was not told yet. Refused when nobody would be told.
    """
    _check(by)
    row = _row(LadderRule, rule_id, by)
    if step not in LadderRule.Step.values:
        raise Refused(_("请选择小时、班或天。"), field="step")
    if not roles or any(role != RECTIFIER and role not in set(Role) for role in roles):
        raise Refused(_("请选择告知谁，至少一个。"), field="roles")
    if abs(amount) > (60 if step == LadderRule.Step.SHIFTS else 2000):
        raise Refused(_("偏移太大。请检查数字和单位。"), field="amount")
    facts = {
        "name": _need(name, _("请填写这一级的名称。"), "name"),
        "step": step,
        "amount": amount,
        "roles": list(roles),
        "propose_supervision": propose_supervision,
        "source": source.strip(),
        "confirmed": confirmed,
        "active": active,
        "position": position,
    }
    changed = _changes(row, facts)
    row.save()
    _enter("save_ladder_rule", row, row.name, by, changed)
    return row


@verb
def save_accident_level(
    *, by: Person, kind: str, name: str, position: int, effective_from: date, effective_to: date | None = None,
    deaths: int | None = None, serious: int | None = None, loss: Decimal | None = None, stop_hours: Decimal | None = None,
    leader_closes: bool = False, source: str = "", confirmed: bool = False, level_id: UUID | None = None,
) -> AccidentLevel:  # fmt: skip
    """Say from which figures on an accident has which level (事故等级), from a day on; the gravest stands first.

    Accidents that were judged before keep their level. Refused without any figure, for a near miss, and for a row
    that ends before it begins.
    """
    _check(by)
    row = _row(AccidentLevel, level_id, by)
    if kind not in (Kind.INJURY, Kind.NON_CASUALTY):
        raise Refused(_("请选择伤亡事故或非伤亡事故；未遂不分级。"), field="kind")
    if deaths is None and serious is None and loss is None and stop_hours is None:
        raise Refused(_("请至少填一个数：死亡、重伤、损失或停产时间达到多少。"), field="deaths")
    if effective_to is not None and effective_to < effective_from:
        raise Refused(_("失效日期早于施行日期。请检查日期。"), field="effective_to")
    name = _need(name, _("请填写等级名称。"), "name")
    same = AccidentLevel.objects.filter(mine_id=by.mine_id, kind=kind, name=name, effective_from=effective_from)
    if same.exclude(pk__in=[level_id] if level_id else []).exists():
        raise Refused(_("从这一天起已经有同名的等级。请修改那一行，或换一个施行日期。"), field="name")
    facts = {
        "kind": kind,
        "name": name,
        "position": position,
        "deaths": deaths,
        "serious": serious,
        "loss": loss,
        "stop_hours": stop_hours,
        "leader_closes": leader_closes,
        "effective_from": effective_from,
        "effective_to": effective_to,
        "source": source.strip(),
        "confirmed": confirmed,
    }
    changed = _changes(row, facts)
    row.save()
    _enter("save_accident_level", row, row.name, by, changed)
    return row


@verb
def save_accident_deadline(
    *, by: Person, stage: str, hours: int, effective_from: date, effective_to: date | None = None, source: str = "",
    confirmed: bool = False, deadline_id: UUID | None = None,
) -> AccidentDeadline:  # fmt: skip
    """Say how long after the report an accident must be completed, and after it happened investigated (事故办理期限).

    Holds for accidents that happen while the row is in force. Refused without hours, for a row that ends before it
    begins, and for a second row of the same day.
    """
    _check(by)
    row = _row(AccidentDeadline, deadline_id, by)
    if stage not in dict(AccidentDeadline.STAGES):
        raise Refused(_("请选择补充完善或调查结案。"), field="stage")
    if not 1 <= hours <= 24 * 366:
        raise Refused(_("小时数要在 1 到 8784 之间（60 天是 1440 小时）。"), field="hours")
    if effective_to is not None and effective_to < effective_from:
        raise Refused(_("失效日期早于施行日期。请检查日期。"), field="effective_to")
    same = AccidentDeadline.objects.filter(mine_id=by.mine_id, stage=stage, effective_from=effective_from)
    if same.exclude(pk__in=[deadline_id] if deadline_id else []).exists():
        raise Refused(_("从这一天起已经有这一项期限。请修改那一行，或换一个施行日期。"), field="effective_from")
    facts = {
        "stage": stage, "hours": hours, "effective_from": effective_from, "effective_to": effective_to,
        "source": source.strip(), "confirmed": confirmed,
    }  # fmt: skip
    changed = _changes(row, facts)
    row.save()
    with in_chinese():
        name = str(row)
    _enter("save_accident_deadline", row, name, by, changed)
    return row


@verb
def save_wording(*, title: str, labels: Mapping[str, str], anonymous_reports: bool, by: Person) -> MineSettings:
    """Word the five points the mine's way (五定、五落实、五到位), and say whether anonymous reports are taken."""
    _check(by)
    Mine.objects.select_for_update(no_key=True).get(id=by.mine_id)
    row = MineSettings.objects.filter(mine_id=by.mine_id).first() or MineSettings(mine_id=by.mine_id)
    kept = {key: labels.get(key, "").strip() for key in FIVE_POINT_LABELS}
    facts = {
        "five_points_title": _need(title, _("请填写叫法，例如五定。"), "title"),
        "five_point_labels": {key: word for key, word in kept.items() if word and word != FIVE_POINT_LABELS[key]},
        "anonymous_reports": anonymous_reports,
    }
    changed = _changes(row, facts)
    row.save()
    _enter("save_wording", row, row.five_points_title, by, {key: str(value) for key, value in changed.items()})
    return row


# Catalogue ------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Correction:
    """The official wording of one situation, as somebody read it in the source."""

    category: int
    no: str
    text: str


def _version(code: str) -> CatalogueVersion:
    version = CatalogueVersion.objects.select_for_update().filter(code=code).first()
    if version is None:
        raise NotVisible
    return version


@verb
def correct_catalogue(code: str, *, corrections: Sequence[Correction], by: Person) -> int:
    """Replace condensed situations by their official text (校正判定标准), checked by whoever hands it in.

    What a hazard was judged by stays the same situation. Returns how many were corrected. Refused, with nothing
    written, when a situation is not in this version.
    """
    _check(by)
    version = _version(code)
    rows = {
        (row.category.no, row.no): row
        for row in Situation.objects.filter(category__version=version).select_related("category")
    }
    changed = []
    for one in corrections:
        row = rows.get((one.category, one.no))
        if row is None:
            raise Refused(
                _("%(document_no)s里没有第 %(category)s 类第 %(no)s 项。请检查文件。")
                % {"document_no": version.document_no, "category": one.category, "no": one.no},
                field="file",
            )
        row.text, row.confirmed = (
            _need(
                one.text,
                _("第 %(category)s 类第 %(no)s 项没有正文。") % {"category": one.category, "no": one.no},
                "file",
            ),
            True,
        )
        changed.append(row)
    if not changed:
        raise Refused(_("文件里没有条文。请检查表头是否有「类别序号」「情形序号」「正文」三列。"), field="file")
    Situation.objects.bulk_update(changed, ["text", "confirmed"])
    told = [f"{row.category.no}-{row.no}" for row in changed]
    forget_catalogue()
    _enter("correct_catalogue", version, version.document_no, by, {"situations": told}, quantity=len(changed))
    return len(changed)


@verb
def confirm_situation(situation_id: int, *, by: Person) -> Situation:
    """Stand for it that a situation was compared with the official text (核对条文). Refused when it was already."""
    _check(by)
    row = (
        Situation.objects.select_for_update(of=("self",))
        .select_related("category__version")
        .filter(id=situation_id)
        .first()
    )
    if row is None:
        raise NotVisible
    if row.confirmed:
        raise Refused(_("这一项已经核对过了。"))
    row.confirmed = True
    row.save(update_fields=["confirmed"])
    forget_catalogue()
    label = f"{row.category.version.document_no} 第{row.category.no}类（{row.no}）"
    _enter("confirm_situation", row, label, by, {"text": row.text[:200]})
    return row
