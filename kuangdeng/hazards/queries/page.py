"""Everything that a hazard's page shows, in a constant number of statements."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.db.models import Q
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _

from kuangdeng.hazards.models import Extension, Hazard, HazardPhoto, MajorPlan, Quarantine
from kuangdeng.hazards.queries import (
    NotVisible,
    choices,
    extensions_to_decide,
    holder,
    is_overdue,
    next_verbs,
    photos,
    timeline,
    visible,
    was_late,
)
from kuangdeng.hazards.queries.story import Event, events
from kuangdeng.hazards.rules import OPEN, Status
from kuangdeng.org.api import Person, Role, may, roles_of


@dataclass(frozen=True)
class Picture:
    """A photo as the page draws it."""

    url: str
    thumb: str
    caption: str
    at: object


def picture(hazard_id: UUID, photo: HazardPhoto) -> Picture:
    """A photo's addresses; served only to who may see the hazard."""
    try:
        url = reverse("hazards:photo", args=[hazard_id, photo.file_id])
    except NoReverseMatch:
        url = ""
    return Picture(url, f"{url}?size=thumb" if url else "", photo.get_when_display(), photo.added_at)


@dataclass
class ExtensionRow:
    """A request for more time, and what this person may decide about it."""

    extension: Extension
    decidable: bool = False
    reason: str = ""


@dataclass
class Shown:
    """What stands on the page."""

    holder: str
    late: bool
    was_late: bool
    before: list[Picture] = field(default_factory=list)
    after: list[Picture] = field(default_factory=list)
    extensions: list[ExtensionRow] = field(default_factory=list)
    merged: list[Hazard] = field(default_factory=list)
    recurrences: list[Hazard] = field(default_factory=list)
    plan: MajorPlan | None = None
    plan_missing: Sequence[str] = ()
    events: list[Event] = field(default_factory=list)
    penalties: list[Event] = field(default_factory=list)
    labels: dict[str, str] = field(default_factory=dict)
    title: str = ""
    finders: str = ""


def about(hazard: Hazard, by: Person) -> Shown:
    """Everything around one hazard."""
    taken = list(photos(hazard))
    pictures = {photo.file_id: picture(hazard.id, photo) for photo in taken}
    plan = getattr(hazard, "plan", None)
    entries = list(timeline(hazard))
    linked = list(Hazard.objects.filter(Q(merged_into=hazard) | Q(recurrence_of=hazard)).order_by("received_at")[:50])
    story = events(entries, pictures)
    settings = getattr(hazard.mine, "hazard_settings", None) or choices.default_settings(hazard.mine_id)
    return Shown(
        holder=holder(hazard),
        late=is_overdue(hazard),
        was_late=was_late(hazard),
        before=[pictures[one.file_id] for one in taken if one.when == HazardPhoto.When.BEFORE],
        after=[pictures[one.file_id] for one in taken if one.when == HazardPhoto.When.AFTER],
        extensions=_extensions(hazard, by),
        merged=[one for one in linked if one.merged_into_id == hazard.id],
        recurrences=[one for one in linked if one.recurrence_of_id == hazard.id],
        plan=plan,
        plan_missing=_plan_missing(hazard, plan),
        events=story,
        penalties=[one for one in story if one.what == _("考核")],
        labels=choices.five_point_labels(settings),
        title=settings.five_points_title,
        finders="" if hazard.anonymous else "、".join(one.name for one in hazard.finders.all()),
    )


def _plan_missing(hazard: Hazard, plan: MajorPlan | None) -> list[str]:
    if not hazard.is_major:
        return []
    missing = plan.missing() if plan else [_("六部分治理方案"), _("停产停工区域和时间"), _("双报告")]
    return missing if hazard.stop_area else [_("停产停工标记"), *missing]


def _extensions(hazard: Hazard, by: Person) -> list[ExtensionRow]:
    """All requests, the newest first; for the open one, whether this person decides it now."""
    rows = []
    for one in sorted(hazard.extensions.all(), key=lambda row: row.asked_at, reverse=True):
        row = ExtensionRow(one)
        if one.state in (Extension.State.ASKED, Extension.State.FIRST):
            row.decidable, row.reason = _may_decide(one, by)
        rows.append(row)
    return rows


def _may_decide(extension: Extension, by: Person) -> tuple[bool, str]:
    """Whether the decision is this person's, and why not yet if it is not possible for him."""
    wanted = Role.MINE_LEADER if extension.state == Extension.State.ASKED else Role.SAFETY
    if not any(held.role == wanted for held in roles_of(by)):
        return False, ""
    if by.id in (extension.asked_by_id, extension.first_by_id):
        return True, _("不能审批自己提出或自己已审过的延期申请")
    return True, ""


@dataclass(frozen=True)
class Offer:
    """A verb on the page."""

    hazard_id: UUID
    verb: str
    primary: bool
    reason: str = ""


def offered(hazard: Hazard, by: Person) -> list[Offer]:
    """The verbs of the flow that this person may use, and the two that change no state: the plan, and a penalty."""
    verbs = [Offer(hazard.id, one.verb, one.primary, one.reason) for one in next_verbs(hazard, by)]
    if hazard.is_major and hazard.status in OPEN and may(by, "hazard.escalate", hazard.unit):
        # What is missing in the plan comes first: without it nothing can be ordered.
        lacking = bool(_plan_missing(hazard, getattr(hazard, "plan", None))) and hazard.status == Status.GRADED
        if lacking:
            verbs = [Offer(one.hazard_id, one.verb, False, one.reason) for one in verbs]
        verbs.insert(0 if lacking else len(verbs), Offer(hazard.id, "plan", lacking))
    if hazard.unit_id and may(by, "hazard.record_penalty", hazard.unit):
        verbs.append(Offer(hazard.id, "record_penalty", False))
    return verbs


def offer(verb: str, hazard: Hazard, by: Person) -> Offer | None:
    """One verb, if the page offers it to this person now."""
    return next((one for one in offered(hazard, by) if one.verb == verb), None)


def permitted(verb: str, hazard: Hazard, by: Person) -> bool:
    """Whether this verb is this person's at all, whatever the state; others do not know of its page."""
    power = "hazard.escalate" if verb == "plan" else f"hazard.{verb}"
    if verb == "resubmit":
        return hazard.reporter_id == by.id or (by.unit_id is not None and hazard.reporter_unit_id == by.unit_id)
    return may(by, power, by.unit if verb == "fix_on_site" else hazard.unit)


def beside(hazard: Hazard) -> dict[str, Any]:
    """What helps with a verb, beside its form: the photos."""
    taken = list(photos(hazard))
    return {"pictures": [picture(hazard.id, one) for one in taken]}


def get_extension(extension_id: UUID, *, by: Person) -> Extension:
    """A request for more time of a hazard that this person may know of. NotVisible when there is none."""
    extension = Extension.objects.filter(id=extension_id, hazard__in=visible(by)).first()
    if extension is None:
        raise NotVisible
    return extension


def extension_words(state: str) -> str:
    """What the decision means, in words."""
    return {
        "first": _("已同意，接着等安监部门批准。"),
        "approved": _("已批准延期，期限已改，原定期限保留。"),
        "refused": _("已不批准，期限不变。"),
    }[state]


def extensions_of(by: Person) -> list[ExtensionRow]:
    """Requests that wait for this person, the nearest deadline first."""
    rows = extensions_to_decide(by).select_related("hazard__place").order_by("due_before")[:100]
    return [ExtensionRow(one, True) for one in rows]


def get_aside(quarantine_id: UUID, *, by: Person) -> Quarantine:
    """A capture that was put aside. NotVisible when there is none in this mine, or for who may not judge."""
    if not may(by, "hazard.grade"):
        raise NotVisible
    aside = Quarantine.objects.select_related("hazard__place", "hazard__reporter", "by", "decided_by")
    found = aside.filter(id=quarantine_id, mine_id=by.mine_id).first()
    if found is None:
        raise NotVisible
    return found
