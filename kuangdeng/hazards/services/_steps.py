"""Steps that the verbs share: lock the row, check who and when, move the state, write the ledger."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from uuid import UUID

from django.db import connection
from django.utils.translation import gettext as _

from kuangdeng.hazards.models import CatalogueVersion, Hazard, HazardPhoto, Situation
from kuangdeng.hazards.rules import BY_PERSON_IN_CHARGE, FLOW, VERB_LABELS
from kuangdeng.kernel.clock import local, now
from kuangdeng.kernel.errors import NotVisible, Refused
from kuangdeng.kernel.files import claimed, forget_sender
from kuangdeng.kernel.rows import one_of
from kuangdeng.kernel.search import fold
from kuangdeng.ledger.api import Entry, Named, Subject, post
from kuangdeng.org.api import Person, Unit, may


def locked(hazard_id: UUID) -> Hazard:
    """The hazard, locked until the verb's transaction ends. NotVisible when there is none.

    Only with unit and place, which every ledger line names: planning more joins costs more than the verb itself.
    """
    rows = Hazard.objects.select_for_update(of=("self",)).select_related("unit", "place")
    hazard = one_of(rows.filter(id=hazard_id))
    if hazard is None:
        raise NotVisible
    hazard.as_locked = _values(hazard)
    return hazard


def keep(hazard: Hazard) -> None:
    """Write what the verb changed since it locked the row, and nothing else of its seventy columns."""
    before, after = hazard.as_locked, _values(hazard)
    changed = [name for name, value in after.items() if value != before[name]]
    if changed:
        hazard.save(update_fields=changed)


def _values(hazard: Hazard) -> dict[str, object]:
    """The columns as they are now."""
    return {field.attname: getattr(hazard, field.attname) for field in Hazard._meta.concrete_fields}


def begin(verb: str, hazard_id: UUID, by: Person, *, unit: Unit | None = None) -> Hazard:
    """Lock the hazard and check that `by` may do `verb` to it now.

    The unit that counts is the hazard's own, unless the caller names another (the one that is to get the order).
    """
    hazard = locked(hazard_id)
    if hazard.mine_id != by.mine_id:
        raise NotVisible
    FLOW.target(verb, hazard.status)
    in_charge = verb in BY_PERSON_IN_CHARGE and hazard.person_id == by.id
    if not in_charge and not may(by, f"hazard.{verb}", unit or hazard.unit):
        sentence = (
            _("您没有权限对「%(unit)s」的隐患办理「%(verb)s」。如需办理，请联系有此职责的人员。")
            if hazard.unit
            else _("您没有权限对这条隐患办理「%(verb)s」。如需办理，请联系有此职责的人员。")
        )
        raise Refused(
            sentence % {"unit": hazard.unit and hazard.unit.name, "verb": VERB_LABELS[verb]}, code="not_allowed"
        )
    return hazard


def move(verb: str, hazard: Hazard, *, at: datetime | None = None) -> None:
    """Set the state that `rules.FLOW` gives; the caller saves."""
    target = FLOW.target(verb, hazard.status)
    if target != hazard.status:
        hazard.status, hazard.status_since = target, at or now()


def enter(
    verb: str,
    hazard: Hazard,
    by: Person | None,
    *,
    occurred_at: datetime | None = None,
    payload: Mapping[str, object] | None = None,
    source_key: str | None = None,
) -> Entry:
    """The ledger line of a verb on a hazard."""
    return post(
        f"hazard.{verb}",
        Subject("hazard", hazard.id, f"{hazard.number} {hazard.text}"),
        mine_id=hazard.mine_id,
        by=by,
        unit=hazard.unit,
        place=Named(hazard.place.id, hazard.place.full_name) if hazard.place else None,
        occurred_at=occurred_at,
        payload={"status": str(hazard.status), **(payload or {})},
        source_key=source_key,
    )


def need(text: str, message: str, *, field: str) -> str:
    """The text without outer blanks. Refused with `message` when nothing is left."""
    text = text.strip()
    if not text:
        raise Refused(message, field=field)
    return text


def attach(
    hazard: Hazard, sha256s: Iterable[str], when: str, by: Person | None, *, anonymous: bool = False
) -> list[str]:
    """Tie photos that arrived before to the hazard; returns the sha256 under which each is kept.

    An anonymous report also ends the sender's claim: the photo must not say whose it was. Refused when a photo is not
    there: its upload was cut.
    """
    files = arrived(sha256s, by, anonymous=anonymous)
    tie(hazard, files, when, None if anonymous else by)
    return files


def arrived(sha256s: Iterable[str], by: Person | None, *, anonymous: bool = False) -> list[str]:
    """The stored files of photos that this person sent: only he may tie them, so that nobody reaches another's photo
    by its name. With `anonymous` his claim to them ends. Refused when one is not there."""
    wanted = list(dict.fromkeys(sha256s))
    uploads = claimed(wanted, owner_id=by.id) if by else {}
    missing = [sha for sha in wanted if sha not in uploads]
    if missing:
        raise Refused(
            _("有 %(n)s 张照片没有传完，还没有提交。请等照片上传完成后再点一次。") % {"n": len(missing)},
            field="photos",
            code="photo_missing",
        )
    if anonymous:
        forget_sender(uploads.values())
    return list(dict.fromkeys(uploads[sha].file_id for sha in wanted))


def tie(hazard: Hazard, files: Iterable[str], when: str, by: Person | None) -> None:
    """Show stored files with the hazard; `by` is None for those of an anonymous report."""
    HazardPhoto.objects.bulk_create(
        [HazardPhoto(hazard=hazard, file_id=file, when=when, added_by=by) for file in files], ignore_conflicts=True
    )


def next_number(letters: str = "YH", sequence: str = "hazard_numbers", digits: int = 6) -> str:
    """The next number, like YH2026-000123. From a sequence, so that reporters never wait for each other."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval(%s)", [sequence])
        return f"{letters}{local():%Y}-{cursor.fetchone()[0]:0{digits}d}"


def lock_id(thing_id: UUID | None) -> None:
    """Two deliveries of one client-made id wait for each other, and only for each other."""
    if thing_id is not None:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [thing_id.int & 0x7FFF_FFFF_FFFF_FFFF])


def search_text(hazard: Hazard) -> str:
    """What the full-text search looks through."""
    place = hazard.place.full_name if hazard.place else ""
    return fold(" ".join(filter(None, [hazard.number, hazard.text, hazard.standard_text, place, hazard.place_text])))


def stamp(at: datetime | None) -> str | None:
    """An instant in a ledger payload."""
    return at.isoformat() if at else None


def judge_major(hazard: Hazard, situation: Situation) -> None:
    """Mark as major by a situation of the catalogue that was in force when the hazard was found."""
    version = situation.category.version
    day = local(hazard.occurred_at).date()
    if not (version.effective_from <= day and (version.effective_to is None or day <= version.effective_to)):
        force = CatalogueVersion.objects.filter(effective_from__lte=day).order_by("-effective_from").first()
        name = force.document_no if force else _("（目录缺失）")
        raise Refused(
            _("发现日期 %(day)s 适用的是%(name)s，请按该目录选择情形。") % {"day": f"{day:%Y-%m-%d}", "name": name},
            field="situation",
        )
    hazard.is_major, hazard.situation, hazard.category, hazard.catalogue = True, situation, situation.category, version
