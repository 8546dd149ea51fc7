"""Hints at entry and in triage: the same thing reported already, the same thing come back, how well it is written.

Only a person decides. Candidates are blocked by place and time first, so that the comparison of words looks at a few
hundred rows however many hazards the mine has.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from time import monotonic
from uuid import UUID

from django.db.models import Q, QuerySet

from kuangdeng.hazards import hints
from kuangdeng.hazards.models import CatalogueVersion, Category, Hazard, Situation
from kuangdeng.hazards.queries import visible
from kuangdeng.hazards.rules import ENDED, Status
from kuangdeng.kernel import clock
from kuangdeng.org.api import Person, Place

WINDOWS = (30, 60, 90)
"""Days in which something alike counts as come back, the shortest first."""
ALIKE = 0.42
ALIKE_ELSEWHERE = 0.6
"""Words must be more alike when the place is only a neighbour, or unknown."""
LOOKED_AT = 400
SHOWN = 5


@dataclass(frozen=True)
class Alike:
    """An earlier hazard that this one resembles."""

    hazard: Hazard
    score: float
    same_place: bool
    days: int

    @property
    def is_open(self) -> bool:
        """Still open: then this may be the same report twice."""
        return self.hazard.status not in ENDED

    @property
    def window(self) -> int:
        """The shortest window in which it lies."""
        return next((one for one in WINDOWS if self.days <= one), WINDOWS[-1])

    @property
    def percent(self) -> int:
        """How alike the words are."""
        return round(self.score * 100)


@dataclass(frozen=True)
class MajorHint:
    """A situation of the law that the words remind of; never more than a hint."""

    category: Category
    situation: Situation | None
    why: str
    strong: bool


@dataclass(frozen=True)
class Hints:
    """Everything that is worth a second look before sending or grading."""

    quality: Sequence[hints.QualityHint] = ()
    duplicates: Sequence[Alike] = ()
    recurrences: Sequence[Alike] = ()
    majors: Sequence[MajorHint] = ()
    catalogue: CatalogueVersion | None = None

    def __bool__(self) -> bool:
        return bool(self.quality or self.duplicates or self.recurrences or self.majors)


def hints_for(
    text: str,
    *,
    by: Person,
    place: Place | None = None,
    place_text: str = "",
    at: datetime | None = None,
    exclude: UUID | None = None,
) -> Hints:
    """All hints for a text at a place, as far as this person may see the hazards that they name."""
    at = at or clock.now()
    alike = similar(text, by=by, place=place, at=at, exclude=exclude)
    words = f"{place.full_name if place else ''} {place_text}"
    version, majors = major_hints(text, words, clock.local(at).date())
    return Hints(
        quality=hints.quality(text, earlier=_own_texts(by, at, exclude)) if text.strip() else [],
        duplicates=[one for one in alike if one.is_open][:SHOWN],
        recurrences=[one for one in alike if not one.is_open][:SHOWN],
        majors=majors,
        catalogue=version,
    )


def hints_of(hazard: Hazard, *, by: Person) -> Hints:
    """The hints for a hazard that is there already: in triage and on its page."""
    return hints_for(
        hazard.text, by=by, place=hazard.place, place_text=hazard.place_text, at=hazard.occurred_at, exclude=hazard.id
    )


def similar(
    text: str, *, by: Person, place: Place | None, at: datetime, exclude: UUID | None = None, days: int = WINDOWS[-1]
) -> list[Alike]:
    """Hazards of the last `days` days, open and ended, at the same or a neighbouring place, with similar words.

    Without a place the words alone decide, among the latest of the mine, and must be more alike.
    """
    mine = hints.pieces(text)
    if len(mine) < 2:
        return []
    found: list[Alike] = []
    for hazard in _candidates(by, place, at, days, exclude):
        same = place is not None and hazard.place_id == place.id
        score = hints.similarity(mine, hints.pieces(hazard.text))
        if score >= (ALIKE if same else ALIKE_ELSEWHERE):
            found.append(Alike(hazard, score, same, max(0, (at - hazard.occurred_at).days)))
    return sorted(found, key=lambda one: (-one.same_place, -one.score, one.days))


def _candidates(by: Person, place: Place | None, at: datetime, days: int, exclude: UUID | None) -> Iterable[Hazard]:
    since = at - timedelta(days=days)
    rows = visible(by).filter(occurred_at__gte=since, occurred_at__lte=at + timedelta(days=1))
    rows = rows.exclude(status__in=[Status.VOID, Status.MERGED]).select_related("unit", "place")
    rows = rows.only(
        "id", "number", "text", "status", "place__full_name", "occurred_at", "unit__name", "unit_name", "due_at"
    )
    if exclude is not None:
        rows = rows.exclude(id=exclude)
    if place is not None:
        return rows.filter(place_id__in=_neighbours(place)).order_by("-occurred_at")[:LOOKED_AT]
    return rows.order_by("-received_at", "-id")[:LOOKED_AT]


def _neighbours(place: Place) -> QuerySet[Place, UUID]:
    """The place itself, what it is part of, its parts, and its sisters: the other parts of the same face."""
    near = Q(id=place.id) | Q(parent_id=place.id)
    if place.parent_id is not None:
        near |= Q(id=place.parent_id) | Q(parent_id=place.parent_id)
    return Place.objects.filter(near, mine_id=place.mine_id).values_list("id", flat=True)


def _own_texts(by: Person, at: datetime, exclude: UUID | None) -> list[str]:
    """What this person reported in the last days, to notice copying."""
    rows = Hazard.objects.filter(reporter=by, received_at__gte=at - timedelta(days=7))
    if exclude is not None:
        rows = rows.exclude(id=exclude)
    return list(rows.order_by("-received_at").values_list("text", flat=True)[:20])


# The catalogue in force -----------------------------------------------------------------------------------------------


@dataclass
class _Kept:
    at: float
    version: CatalogueVersion | None
    catalogue: hints.Catalogue | None
    categories: dict[int, Category] = field(default_factory=dict)
    situations: dict[str, Situation] = field(default_factory=dict)


_kept: dict[date, _Kept] = {}
KEPT_FOR = 60.0


def forget_catalogue() -> None:
    """Read the catalogue anew at the next question: after it was corrected, and between tests."""
    _kept.clear()


def major_hints(text: str, place: str, day: date) -> tuple[CatalogueVersion | None, list[MajorHint]]:
    """Situations of the catalogue in force on `day` that the words remind of, strongest first."""
    kept = _catalogue_on(day)
    if kept.catalogue is None or kept.version is None or not text.strip():
        return kept.version, []
    found = []
    for hint in hints.candidates(text, place, kept.catalogue):
        situation = kept.situations.get(hint.situation or "")
        found.append(MajorHint(kept.categories[hint.category], situation, hint.why, hint.strength == "strong"))
    return kept.version, found


def _catalogue_on(day: date) -> _Kept:
    kept = _kept.get(day)
    if kept is None or monotonic() - kept.at > KEPT_FOR:
        if len(_kept) > 20:
            _kept.clear()
        kept = _kept[day] = _read(day)
    return kept


def _read(day: date) -> _Kept:
    """The version in force with its words, from the tables, so that a corrected text is the one that is shown."""
    version = (
        CatalogueVersion.objects.filter(effective_from__lte=day)
        .filter(Q(effective_to=None) | Q(effective_to__gte=day))
        .order_by("-effective_from")
        .first()
    )
    if version is None:
        return _Kept(monotonic(), None, None)
    categories = {row.no: row for row in Category.objects.filter(version=version).prefetch_related("situations")}
    situations: dict[str, Situation] = {}
    document: dict[str, object] = {
        "code": version.code,
        "document_no": version.document_no,
        "effective_from": version.effective_from.isoformat(),
        "effective_to": version.effective_to.isoformat() if version.effective_to else None,
        "categories": [],
    }
    rows: list[dict[str, object]] = []
    for no, category in categories.items():
        lines = []
        for situation in category.situations.all():
            key = f"{no}-{situation.no}"
            situations[key] = situation
            lines.append(
                {
                    "code": key,
                    "no": situation.no,
                    "text": situation.text,
                    "confirmed": situation.confirmed,
                    **_words(situation.keywords),
                }
            )
        rows.append({"no": no, "name": category.name, "situations": lines, "word_groups": category.words})
    document["categories"] = rows
    return _Kept(monotonic(), version, hints.catalogue_from(document), categories, situations)


def _words(keywords: object) -> dict[str, list[str]]:
    """The hint words of a row without its code."""
    return {name: words for name, words in keywords.items() if name != "code"} if isinstance(keywords, dict) else {}
