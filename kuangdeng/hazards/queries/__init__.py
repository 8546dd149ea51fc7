"""Reading hazards: who sees which, what may be done next, who has it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Prefetch, Q, QuerySet
from django.utils.translation import gettext as _

from kuangdeng.hazards.models import Extension, Hazard, HazardPhoto, Quarantine
from kuangdeng.hazards.rules import BY_PERSON_IN_CHARGE, FLOW, VERB_LABELS, Status
from kuangdeng.kernel import clock
from kuangdeng.kernel.errors import NotVisible
from kuangdeng.kernel.rows import one_of
from kuangdeng.ledger.api import Entry
from kuangdeng.org.api import Person, Role, fold_place, has_power, may, reach, roles_of, same_unit

WORKING = (Status.DISPATCHED, Status.RECTIFYING)


def scope(person: Person) -> list[UUID] | None:
    """The units whose hazards this person sees, with everything below; None means the whole mine. Asked once a request.

    Somebody of a team sees his whole unit: the team works off what the unit was ordered.
    """
    if has_power(person, "hazard.see_all"):
        return None
    kept = getattr(person, "_hazard_scope", None)
    if kept is None:
        kept = reach(person, "hazard.see_unit") or []
        if person.unit and person.unit.parent_id and person.unit.kind == "team":
            kept = [*kept, person.unit.parent_id]
        person._hazard_scope = kept  # type: ignore[attr-defined]
    return kept


def visible(person: Person) -> QuerySet[Hazard]:
    """The hazards that this person may know of: the whole mine's, or his unit's and what he reported or must do."""
    hazards = Hazard.objects.filter(mine_id=person.mine_id)
    units = scope(person)
    if units is None:
        return hazards
    return hazards.filter(
        Q(unit_id__in=units)
        | Q(reporter_unit_id__in=units)
        | Q(reporter=person)
        | Q(person=person)
        | Q(supervisor=person)
        | Q(helper_unit_id__in=units)
    )


def get_plain(hazard_id: UUID, *, by: Person) -> Hazard:
    """One hazard by itself, for a verb on it. NotVisible when there is none that this person may know of."""
    hazard = one_of(visible(by).filter(id=hazard_id))
    if hazard is None:
        raise NotVisible
    return hazard


def get_hazard(hazard_id: UUID, *, by: Person) -> Hazard:
    """One hazard with what its page shows. NotVisible when there is none that this person may know of."""
    hazard = one_of(
        visible(by)
        .select_related("mine__hazard_settings", "unit", "grade", "specialty", "place", "reporter_unit", "plan")
        .prefetch_related(
            Prefetch(
                "extensions",
                Extension.objects.select_related("asked_by", "first_by", "second_by", "refused_by"),
            )
        )
        .filter(id=hazard_id)
    )
    if hazard is None:
        raise NotVisible
    _fill(hazard)
    return hazard


PEOPLE = (
    "reporter", "person", "supervisor", "graded_by", "dispatched_by", "signed_by", "rectified_by", "accepted_by",
    "closed_by", "supervised_by", "escalated_by",
)  # fmt: skip
SELDOM = (
    "standard", "helper_unit", "merged_into", "recurrence_of", "category", "situation", "catalogue", "round",
)  # fmt: skip


def _fill(hazard: Hazard) -> None:
    """Everybody who had a part in it, its finders too, in one statement, and what few hazards have, in one more when this one has it.

    One statement with all of them would join more than twenty tables, and planning it costs 40 ms each time.
    """
    ids = [person_id for name in PEOPLE if (person_id := getattr(hazard, f"{name}_id"))]
    found = Hazard.finders.through.objects.filter(hazard_id=hazard.id).values("person_id")
    people = {
        person.id: person
        for person in Person.objects.select_related("unit")
        .annotate(is_finder=Q(id__in=found))
        .filter(Q(id__in=ids) | Q(id__in=found))
    }
    finders = [person for person in people.values() if person.is_finder]
    hazard._prefetched_objects_cache["finders"] = finders  # type: ignore[attr-defined]
    for name in PEOPLE:
        setattr(hazard, name, people.get(getattr(hazard, f"{name}_id")))
    there = [name for name in SELDOM if getattr(hazard, f"{name}_id")]
    if there:
        whole = Hazard.objects.select_related(*there).get(id=hazard.id)
        for name in there:
            setattr(hazard, name, getattr(whole, name))


def overdue(at: datetime | None = None) -> Q:
    """Overdue: the deadline has passed and the unit still works on it. Waiting for acceptance is not the unit's delay."""
    return Q(status__in=WORKING, due_at__lt=at or clock.now())


def is_overdue(hazard: Hazard) -> bool:
    """Whether this hazard is overdue now."""
    return hazard.status in WORKING and hazard.due_at is not None and hazard.due_at < clock.now()


def was_late(hazard: Hazard) -> bool:
    """Whether it was rectified after its deadline."""
    return bool(hazard.due_at and hazard.rectified_at and hazard.rectified_at > hazard.due_at)


def holder(hazard: Hazard) -> str:
    """Who has it now, in words."""
    match hazard.status:
        case Status.REPORTED | Status.GRADED | Status.RECHECK | Status.RECTIFIED | Status.ACCEPTED:
            return _("安监部门")
        case Status.RETURNED:
            return hazard.reporter.name if hazard.reporter else _("上报人")
        case Status.DISPATCHED | Status.RECTIFYING:
            return hazard.unit_name
    return ""


@dataclass(frozen=True)
class Next:
    """A verb that this person may do to this hazard; `reason` is why it is not possible yet, if it is not."""

    verb: str
    label: str
    primary: bool
    reason: str = ""


PRIMARY = {
    Status.REPORTED: "grade",
    Status.RETURNED: "resubmit",
    Status.GRADED: "dispatch",
    Status.DISPATCHED: "sign",
    Status.RECTIFYING: "rectify",
    Status.RECTIFIED: "accept",
    Status.RECHECK: "accept",
    Status.ACCEPTED: "close",
    Status.CLOSED: "reopen",
}


def next_verbs(hazard: Hazard, by: Person) -> list[Next]:
    """The verbs that this person may do now, the one next action first; those not possible yet carry their reason."""
    verbs = []
    for verb in FLOW.from_(hazard.status):
        if verb in ("approve_extension", "refuse_extension") or not _allowed(verb, hazard, by):
            continue
        primary = verb == PRIMARY.get(Status(hazard.status)) and verb != "reopen"
        verbs.append(Next(verb, str(VERB_LABELS[verb]), primary, _obstacle(verb, hazard, by)))
    return sorted(verbs, key=lambda item: not item.primary)


def _allowed(verb: str, hazard: Hazard, by: Person) -> bool:
    if verb == "resubmit":
        return hazard.reporter_id == by.id or (by.unit_id is not None and hazard.reporter_unit_id == by.unit_id)
    if verb in BY_PERSON_IN_CHARGE and hazard.person_id == by.id:
        return True
    if verb == "escalate" and hazard.is_major:
        return False
    unit = by.unit if verb == "fix_on_site" else hazard.unit
    return may(by, f"hazard.{verb}", unit)


def _obstacle(verb: str, hazard: Hazard, by: Person) -> str:
    """Why a verb that the person may do in general is not possible for him on this hazard now."""
    own = by.id == hazard.rectified_by_id
    if verb in ("accept", "reject"):
        if own:
            return _("整改人和验收人不能是同一人")
        rectifier_unit = hazard.rectified_by.unit if hazard.rectified_by else None
        if same_unit(by.unit, hazard.unit) or same_unit(by.unit, rectifier_unit):
            return _("验收人和整改人不能是同一单位")
    if verb == "close" and own:
        return _("整改人不能给自己的整改销号")
    if verb == "void" and hazard.reporter_id == by.id:
        return _("不能作废自己上报的隐患")
    if verb == "send_back" and hazard.anonymous:
        return _("匿名上报无法退回")
    if verb == "fix_on_site" and hazard.is_major:
        return _("重大隐患须按治理方案办理")
    if verb == "dispatch" and hazard.is_major:
        plan = getattr(hazard, "plan", None)
        if plan is None or plan.missing() or not hazard.stop_area:
            return _("还缺治理方案、停产停工或双报告")
    if verb == "request_extension" and any(one.state in ("asked", "first") for one in hazard.extensions.all()):
        return _("已有延期申请等待批准")
    return ""


def timeline(hazard: Hazard) -> QuerySet[Entry]:
    """Every ledger line about this hazard, from the first on."""
    return Entry.objects.filter(subject_kind="hazard", subject_id=str(hazard.id)).order_by("id")


def photos(hazard: Hazard) -> QuerySet[HazardPhoto]:
    """Its photos, before and after."""
    return HazardPhoto.objects.filter(hazard=hazard).select_related("file", "added_by")


def get_photo(hazard_id: UUID, sha256: str, *, by: Person) -> HazardPhoto:
    """One photo of a hazard. NotVisible unless the person may know of the hazard and the photo is tied to it."""
    photo = HazardPhoto.objects.filter(hazard__in=visible(by), hazard_id=hazard_id, file_id=sha256).first()
    if photo is None:
        raise NotVisible
    return photo


def photos_in_use(names: Iterable[str]) -> set[str]:
    """Which of these stored files a hazard shows, or an anonymous report in quarantine; the sweeper keeps them."""
    wanted = set(names)
    shown = set(HazardPhoto.objects.filter(file_id__in=wanted).values_list("file_id", flat=True))
    aside = Quarantine.objects.filter(by=None, content__photos__has_any_keys=sorted(wanted))
    return shown | wanted & {name for content in aside.values_list("content", flat=True) for name in content["photos"]}


def photos_awaited(names: Iterable[str]) -> set[str]:
    """Which of these sent photos a report in quarantine names, until a person has decided about it."""
    contents = Quarantine.objects.filter(decided_at=None).values_list("content", flat=True)
    return set(names) & {name for content in contents for name in content.get("photos") or ()}


def written_as(mine_id: UUID, spelling: str) -> list[UUID]:
    """Hazards without a place that were written with this spelling, whatever its blanks, width and digits.

    Either it is all that stands in 具体位置, or the reporter typed it as the place and something more as the spot.
    """
    folded = fold_place(spelling)
    rows = Hazard.objects.filter(mine_id=mine_id, place=None).exclude(place_text="").order_by()
    texts = [*rows.values_list("place_text", flat=True).distinct()]
    found = list(
        rows.filter(place_text__in=[one for one in texts if fold_place(one) == folded]).values_list("id", flat=True)
    )
    longer = [one for one in texts if fold_place(one).startswith(folded) and fold_place(one) != folded]
    reported = rows.filter(import_run=None, place_text__in=longer).values_list("id", flat=True)
    typed = Entry.objects.filter(
        verb="hazard.report", subject_kind="hazard", subject_id__in=[str(one) for one in reported]
    ).values_list("subject_id", "payload__spelling")
    return found + [UUID(one) for one, words in typed if words and fold_place(words) == folded]


def extensions_to_decide(person: Person) -> QuerySet[Extension]:
    """Requests for more time that wait for this person: as a mine leader, or as the safety department."""
    held = {held.role for held in roles_of(person)}
    states = [state for state, role in (("asked", Role.MINE_LEADER), ("first", Role.SAFETY)) if role in held]
    return (
        Extension.objects.filter(hazard__mine_id=person.mine_id, state__in=states)
        .exclude(asked_by=person)
        .exclude(first_by=person)
        .select_related("hazard__unit", "hazard__grade", "asked_by", "first_by")
    )
