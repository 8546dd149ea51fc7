"""Reading places: which place a spelling means, which it may mean, the tree, what is in it."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from uuid import UUID

from django.db import connection
from django.db.models import Case, Count, Exists, F, IntegerField, OuterRef, Q, QuerySet, Value, When
from django.db.models.functions import Length
from django.utils.translation import gettext_lazy as _
from pypinyin import Style, lazy_pinyin
from rapidfuzz import fuzz, process

from kuangdeng.kernel import clock
from kuangdeng.kernel.errors import NotVisible
from kuangdeng.kernel.ids import uuid7
from kuangdeng.kernel.search import fold
from kuangdeng.org.models import Mine, Person, Place, PlaceAlias, PlaceProposal, Unit
from kuangdeng.org.spelling import fold_place

PROPOSAL_SOURCES = {"import": _("导入"), "report": _("上报"), "round": _("检查"), "places": _("地点表")}


# One place ------------------------------------------------------------------------------------------------------------


def get_place(place_id: UUID, *, by: Person) -> Place:
    """One place of the person's mine. NotVisible when there is none."""
    place = Place.objects.select_related("parent", "unit").filter(id=place_id, mine_id=by.mine_id).first()
    if place is None:
        raise NotVisible
    return place


def place_of_tag(tag: str) -> Place | None:
    """The place on which this tag hangs; also a closed one, because the tag still hangs there."""
    return Place.objects.select_related("mine").filter(tag=tag).first()


def path_of(place: Place) -> list[Place]:
    """From the top of the mine down to the place's parent."""
    above = {row.id: row for row in Place.objects.filter(id__in=place.ancestors)}
    return [above[one] for one in place.ancestors if one in above]


def children_of(mine_id: UUID, parent_id: UUID | None, *, closed: bool = False) -> QuerySet[Place]:
    """The places directly below (None: at the top), each with whether it has any below itself."""
    below = Place.objects.filter(parent_id=OuterRef("id"))
    if not closed:
        below = below.filter(closed_on=None)
    rows = Place.objects.filter(mine_id=mine_id, parent_id=parent_id)
    if not closed:
        rows = rows.filter(closed_on=None)
    return rows.select_related("unit").annotate(has_children=Exists(below)).order_by("name")


def places_below(place: Place, *, closed: bool = False) -> QuerySet[Place]:
    """The place and everything below it, in the order of the tree."""
    rows = Place.objects.filter(Q(id=place.id) | Q(ancestors__contains=[place.id]), mine_id=place.mine_id)
    return rows if closed else rows.filter(closed_on=None)


def places(mine_id: UUID) -> QuerySet[Place]:
    """All places of the mine, closed ones too."""
    return Place.objects.filter(mine_id=mine_id)


def with_register_facts(rows: QuerySet[Place]) -> QuerySet[Place]:
    """What the register shows of each place beside itself; asked only for the rows of a page."""
    return rows.select_related("unit").annotate(alias_count=Count("aliases"))


def aliases_of(place: Place) -> list[PlaceAlias]:
    """The other spellings of a place."""
    return list(PlaceAlias.objects.filter(place=place).order_by("spelling"))


def tagged_places(mine_id: UUID, top: Place | None, *, confirmed_only: bool) -> QuerySet[Place]:
    """The places in use whose tags are printed, in the order of the tree."""
    rows = places_below(top) if top else Place.objects.filter(mine_id=mine_id, closed_on=None)
    if confirmed_only:
        rows = rows.filter(confirmed=True)
    return rows.order_by("full_name")


def find_places(mine_id: UUID, words: str, *, limit: int = 20, closed: bool = False) -> list[Place]:
    """Places in use whose path or other spelling has all the words, the closest writing first."""
    wanted = words.split()
    rows = Place.objects.filter(mine_id=mine_id)
    if not closed:
        rows = rows.filter(closed_on=None)
    for word in wanted:
        spelled = PlaceAlias.objects.filter(place_id=OuterRef("id"), folded__contains=fold_place(word) or word)
        rows = rows.filter(Q(full_name__icontains=word) | Q(full_name__icontains=fold(word)) | Exists(spelled))
    if not wanted:
        return []
    if any(char.isascii() and char.isalpha() for char in words) and words.isascii():
        return _by_initials(mine_id, words, limit)
    rows = rows.annotate(
        rank=Case(
            When(name__iexact=words.strip(), then=Value(0)),
            When(name__istartswith=wanted[-1], then=Value(1)),
            When(name__icontains=wanted[-1], then=Value(2)),
            default=Value(3),
            output_field=IntegerField(),
        )
    ).order_by("rank", Length("full_name"), "full_name")
    found: list[Place] = [*rows[:limit]]
    if not found and (place := resolve_place(mine_id, words)) is not None:
        found = [place]
    return found


def place_by_id(mine_id: UUID, value: str) -> Place | None:
    """The place in use behind a chosen id."""
    return Place.objects.filter(mine_id=mine_id, id=value, closed_on=None).first()


def unit_by_id(mine_id: UUID, value: str) -> Unit | None:
    """The unit in use behind a chosen id."""
    return Unit.objects.filter(mine_id=mine_id, id=value, closed_on=None).first()


def units_named(mine_id: UUID, text: str) -> list[Unit]:
    """The units that a typed name may mean."""
    rows = Unit.objects.filter(Q(name=text) | Q(short_name=text), mine_id=mine_id, closed_on=None)
    return list(rows[:2])


def place_kinds(mine_id: UUID) -> list[str]:
    """The kinds that the mine's places have, for the form to offer."""
    rows = Place.objects.filter(mine_id=mine_id).exclude(kind="").order_by("kind").values_list("kind", flat=True)
    return list(rows.distinct()[:40])


@lru_cache(maxsize=20_000)
def initials_of(name: str) -> str:
    """The pinyin initials of a place's name, digits kept: 2305zfm."""
    return "".join(lazy_pinyin(name, style=Style.FIRST_LETTER)).lower()


def _by_initials(mine_id: UUID, letters: str, limit: int) -> list[Place]:
    """Places in use whose own name has these initials; the closest beginning first."""
    wanted = "".join(letters.lower().split())
    rows = Place.objects.filter(mine_id=mine_id, closed_on=None).values_list("id", "name", "full_name")
    found = [(initials_of(name).find(wanted), len(full_name), place_id) for place_id, name, full_name in rows]
    ids = [place_id for at, _length, place_id in sorted(found) if at >= 0][:limit]
    by_id = Place.objects.in_bulk(ids)
    return [by_id[one] for one in ids]


# What a spelling means ------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Candidate:
    """A place that an unknown spelling may mean, and how alike the writing is, 0 to 100."""

    place: Place
    score: int


class PlaceIndex:
    """Every spelling of a mine's places, read once, for imports of many rows.

    A place is meant by an alias; by its name or the end of its path, as long as only one place in use is written
    so; and by an alias of its parent followed by its own name.
    """

    def __init__(self, mine_id: UUID) -> None:
        self.mine_id = mine_id
        self._places = {place.id: place for place in Place.objects.filter(mine_id=mine_id)}
        self._aliases: dict[str, UUID] = {}
        spelled: dict[UUID, list[str]] = defaultdict(list)
        for folded, place_id in PlaceAlias.objects.filter(mine_id=mine_id).values_list("folded", "place_id"):
            self._aliases[folded] = place_id
            spelled[place_id].append(folded)
        self._open: dict[str, set[UUID]] = defaultdict(set)
        self._closed: dict[str, set[UUID]] = defaultdict(set)
        for place in self._places.values():
            target = self._open if place.closed_on is None else self._closed
            for key in self._keys(place, spelled):
                target[key].add(place.id)

    def _keys(self, place: Place, spelled: dict[UUID, list[str]]) -> set[str]:
        """The ends of its path, without blanks, and its parent's aliases with its name."""
        names = [self._places[one].name for one in place.ancestors if one in self._places]
        key = fold_place(place.name)
        keys = {key}
        if place.parent_id is not None:
            keys |= {f"{alias}{key}" for alias in spelled[place.parent_id]}
        for name in reversed(names):
            key = fold_place(name) + key
            keys.add(key)
        return keys

    def resolve(self, spelling: str) -> Place | None:
        """The place that this spelling means; None when nobody knows, or when several are written so."""
        key = fold_place(spelling)
        if not key:
            return None
        if key in self._aliases:
            return self._places[self._aliases[key]]
        for known in (self._open, self._closed):
            if len(known.get(key, ())) == 1:
                return self._places[next(iter(known[key]))]
            if known.get(key):
                return None
        return None

    def likely(self, spelling: str, *, limit: int = 5) -> list[Candidate]:
        """Places in use that the spelling may mean, most alike first. A hint: a person decides."""
        key = fold_place(spelling)
        if not key:
            return []
        keys = [(one, ids) for one, ids in self._open.items()]
        keys += [
            (one, {place_id}) for one, place_id in self._aliases.items() if self._places[place_id].closed_on is None
        ]
        found = process.extract(key, [one for one, _ids in keys], scorer=_alike, limit=limit * 6, score_cutoff=40)
        best: dict[UUID, float] = {}
        for _text, score, at in found:
            for place_id in keys[at][1]:
                best[place_id] = max(best.get(place_id, 0), score)
        ranked = sorted(best.items(), key=lambda item: (-item[1], len(self._places[item[0]].full_name)))
        return [Candidate(self._places[place_id], round(score)) for place_id, score in ranked[:limit]]


def _alike(a: str, b: str, *, score_cutoff: float | None = None, processor: object = None) -> float:
    """How alike two folded spellings are; other digits are another face, however alike the words."""
    score = max(fuzz.ratio(a, b), 0.92 * fuzz.partial_ratio(a, b)) if min(len(a), len(b)) >= 3 else fuzz.ratio(a, b)
    if _numbers(a) and _numbers(b) and not _numbers(a) & _numbers(b):
        score *= 0.6
    return float(score)


def _numbers(text: str) -> set[str]:
    number, found = "", set()
    for char in f"{text} ":
        if char.isdigit():
            number += char
        elif number:
            found.add(number)
            number = ""
    return {one for one in found if len(one) >= 3} or found


def resolve_place(mine_id: UUID, spelling: str) -> Place | None:
    """The place that one spelling means; for many rows make one `PlaceIndex` and ask it."""
    key = fold_place(spelling)
    if not key:
        return None
    alias = PlaceAlias.objects.select_related("place").filter(mine_id=mine_id, folded=key).first()
    return alias.place if alias else PlaceIndex(mine_id).resolve(spelling)


# Proposals ------------------------------------------------------------------------------------------------------------


def proposals(mine_id: UUID) -> QuerySet[PlaceProposal]:
    """Spellings that wait for a person, and those decided."""
    return PlaceProposal.objects.filter(mine_id=mine_id).select_related("place", "decided_by")


def get_proposal(proposal_id: UUID, *, by: Person) -> PlaceProposal:
    """One proposal of the person's mine. NotVisible when there is none."""
    proposal = proposals(by.mine_id).filter(id=proposal_id).first()
    if proposal is None:
        raise NotVisible
    return proposal


def open_proposals(mine_id: UUID) -> int:
    """How many spellings wait."""
    return PlaceProposal.objects.filter(mine_id=mine_id, decided_at=None).count()


def with_likely(rows: Sequence[PlaceProposal]) -> Sequence[PlaceProposal]:
    """Give each waiting proposal its likely places; one index for the whole page."""
    waiting = [row for row in rows if row.decided_at is None]
    if waiting:
        index = PlaceIndex(waiting[0].mine_id)
        for row in waiting:
            row.likely = index.likely(row.spelling)  # type: ignore[attr-defined]
    return rows


def propose_place(mine: Mine | UUID, spelling: str, source: str, *, times: int = 1) -> None:
    """Keep an unknown spelling for a person to decide, and count how often it was met. Part of the caller's verb.

    A spelling that was decided before is counted too; its decision stands.
    """
    mine_id = mine.id if isinstance(mine, Mine) else mine
    folded = fold_place(spelling)
    if not folded:
        return
    rows = PlaceProposal.objects.filter(mine_id=mine_id, folded=folded)
    if rows.update(seen=F("seen") + times):
        return
    made = PlaceProposal(mine_id=mine_id, spelling=spelling.strip()[:200], folded=folded, source=source, seen=times)
    PlaceProposal.objects.bulk_create([made], ignore_conflicts=True)
    if not PlaceProposal.objects.filter(id=made.id).exists():
        rows.update(seen=F("seen") + times)


def propose_places(mine_id: UUID, spellings: Mapping[str, int], source: str) -> None:
    """The same as `propose_place` for the many spellings of an import, each with how often it was met, in one statement."""
    met: dict[str, tuple[str, int]] = {}
    for spelling, times in spellings.items():
        folded = fold_place(spelling)
        if folded:
            first, before = met.get(folded, (spelling.strip()[:200], 0))
            met[folded] = (first, before + times)
    if not met:
        return
    rows = sorted((folded, spelling, times) for folded, (spelling, times) in met.items())
    with connection.cursor() as cursor:
        cursor.executemany(
            "INSERT INTO org_placeproposal (id, mine_id, spelling, folded, source, seen, first_seen_at)"
            " VALUES (%s, %s, %s, %s, %s, %s, %s)"
            " ON CONFLICT (mine_id, folded) DO UPDATE SET seen = org_placeproposal.seen + excluded.seen",
            [(uuid7(), mine_id, spelling, folded, source, times, clock.now()) for folded, spelling, times in rows],
        )


def resolve_or_propose(mine_id: UUID, spelling: str, source: str) -> Place | None:
    """What entry by hand does with a spelling: the place that it means, or a proposal for a person."""
    place = resolve_place(mine_id, spelling)
    if place is None:
        propose_place(mine_id, spelling, source)
    return place


def recent_places(place_ids: Iterable[UUID]) -> list[Place]:
    """These places, in this order, as far as they are in use; the caller knows why they are recent."""
    ids = list(dict.fromkeys(place_ids))
    found = Place.objects.in_bulk(ids)
    return [found[one] for one in ids if one in found and found[one].closed_on is None]
