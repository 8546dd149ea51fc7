"""读书心得: written by readers, picked or hidden by who answers for them, reported by anybody."""

from uuid import UUID

from django.db.models import Q
from django.utils.translation import gettext as _

from kuangdeng.kernel import clock
from kuangdeng.kernel.errors import NotVisible, Refused
from kuangdeng.kernel.rows import one_of
from kuangdeng.kernel.verbs import verb
from kuangdeng.kernel.words import need
from kuangdeng.learning.bookroom.models import Loan, NoteReport, ReadingNote
from kuangdeng.learning.bookroom.rules import NOTE_FLOW, NoteStatus
from kuangdeng.learning.bookroom.services._steps import check, enter, locked_title
from kuangdeng.ledger.api import Subject
from kuangdeng.org.api import Person

SHORTEST = 10
LONGEST = 5000


def _locked(note_id: UUID, by: Person) -> ReadingNote:
    rows = ReadingNote.objects.select_for_update(of=("self",)).select_related("title", "person__unit")
    note = one_of(rows.filter(id=note_id, mine_id=by.mine_id))
    if note is None:
        raise NotVisible
    return note


def _subject(note: ReadingNote) -> Subject:
    return Subject("reading_note", note.id, f"{note.person.name}《{note.title.title}》")


@verb
def write_note(title_id: UUID, *, text: str, by: Person) -> ReadingNote:
    """Write a reading note (写心得) on a book of the rooms; the whole mine reads it.

    Refused for fewer than ten characters, and for the same words twice.
    """
    check(by, "book.write_note")
    title = locked_title(title_id, by)
    words = need(text, _("请写下您的心得。"), field="text", most=LONGEST)
    if len(words) < SHORTEST:
        raise Refused(_("太短了，至少写 %(n)d 个字。") % {"n": SHORTEST}, field="text")
    if ReadingNote.objects.filter(person=by, title=title, text=words).exists():
        raise Refused(_("这篇心得已经发过了。"), field="text", code="again")
    note = ReadingNote.objects.create(
        mine_id=by.mine_id, title=title, person=by, unit_name=by.unit.full_name if by.unit else "", text=words,
        written_at=clock.now(), status=NOTE_FLOW.target("write_note", None),
    )  # fmt: skip
    borrowed = Loan.objects.filter(person=by, title=title).exists()
    told = {"length": len(words), "borrowed": borrowed}
    enter("write_note", _subject(note), by.mine_id, by, told, reader=by)
    return note


@verb
def hide_note(note_id: UUID, *, reason: str, by: Person) -> ReadingNote:
    """Take a note off the page (隐藏心得); its writer is told why. Refused without a reason, and when it is hidden."""
    check(by, "book.hide")
    note = _locked(note_id, by)
    words = need(reason, _("请写明为什么隐藏，作者会看到。"), field="reason", most=200)
    note.status = NOTE_FLOW.target("hide", note.status)
    note.hidden_reason, note.picked_at = words, None
    note.save(update_fields=["status", "hidden_reason", "picked_at"])
    _settle(note)
    enter("hide", _subject(note), by.mine_id, by, {"reason": words})
    return note


@verb
def show_note(note_id: UUID, *, by: Person) -> ReadingNote:
    """Put a hidden note back (恢复公开). Refused when it is not hidden."""
    check(by, "book.show")
    note = _locked(note_id, by)
    note.status, note.hidden_reason = NOTE_FLOW.target("show", note.status), ""
    note.save(update_fields=["status", "hidden_reason"])
    enter("show", _subject(note), by.mine_id, by, {})
    return note


@verb
def keep_note(note_id: UUID, *, by: Person) -> ReadingNote:
    """Find nothing wrong with a note that was reported (不予处理). Refused when nobody reported it."""
    check(by, "book.hide")
    note = _locked(note_id, by)
    settled = _settle(note)
    if not settled:
        raise Refused(_("这篇心得没有待处理的举报。"), code="gone")
    enter("keep_note", _subject(note), by.mine_id, by, {"reports": settled})
    return note


def _settle(note: ReadingNote) -> int:
    return NoteReport.objects.filter(Q(settled_at=None), note=note).update(settled_at=clock.now())


@verb
def pick_note(note_id: UUID, *, by: Person, off: bool = False) -> ReadingNote:
    """Recommend a note (推荐): it stands first; `off` takes that back. Refused for a hidden one."""
    check(by, "book.pick")
    note = _locked(note_id, by)
    if note.status != NoteStatus.SHOWN:
        raise Refused(_("已隐藏的心得不能推荐。"), code="wrong_state")
    note.picked_at = None if off else clock.now()
    note.save(update_fields=["picked_at"])
    enter("pick", _subject(note), by.mine_id, by, {"off": off})
    return note


@verb
def report_note(note_id: UUID, *, reason: str, by: Person) -> NoteReport:
    """Report a note that should not stand there (举报); who reported is on no page and not on the ledger.

    Refused without a reason, for one's own, for a hidden one, and a second time.
    """
    note = _locked(note_id, by)
    if note.status != NoteStatus.SHOWN:
        raise NotVisible
    if note.person_id == by.id:
        raise Refused(_("这是您自己写的心得。要撤下请找书屋管理员。"), code="own")
    words = need(reason, _("请写明哪里不妥。"), field="reason", most=200)
    if NoteReport.objects.filter(note=note, person=by).exists():
        raise Refused(_("您已经举报过这一篇，书屋管理员会处理。"), code="again")
    made = NoteReport.objects.create(note=note, person=by, reason=words, at=clock.now())
    enter("report", _subject(note), by.mine_id, None, {"reason": words})
    return made
