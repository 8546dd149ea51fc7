"""Bringing records in: a person confirms the preview, then all of it is written at once, or nothing."""

from collections.abc import Sequence
from uuid import UUID

from django.utils.translation import gettext as _

from kuangdeng.kernel import clock
from kuangdeng.kernel.errors import NotVisible, Refused
from kuangdeng.kernel.rows import one_of
from kuangdeng.kernel.verbs import verb
from kuangdeng.learning.bookroom.drafts import PLAIN, Draft
from kuangdeng.learning.bookroom.models import BookImport, Copy, Room, Title
from kuangdeng.learning.bookroom.queries import known_barcodes, known_works, twin_of
from kuangdeng.learning.bookroom.services._steps import check, enter, locked_room, serve
from kuangdeng.learning.bookroom.services._titles import TitleData, next_barcodes, values_of
from kuangdeng.ledger.api import Subject
from kuangdeng.org.api import Person


def _locked(run_id: UUID, by: Person) -> BookImport:
    check(by, "book.catalogue")
    run = one_of(BookImport.objects.select_for_update(of=("self",)).filter(id=run_id, mine_id=by.mine_id))
    if run is None:
        raise NotVisible
    if run.state != BookImport.State.PREVIEW:
        raise Refused(_("这次导入已经写入或放弃了。"), code="wrong_state")
    return run


@verb
def confirm_import(run_id: UUID, *, room_id: UUID, by: Person, known: str = "copies") -> BookImport:
    """Write the records of a preview (确认导入): new titles with their copies; for titles that are there, copies (`copies`) or
    nothing (`skip`).

    A record without a number of copies brings one. Copies stand in the room that the record names, else in `room_id`.
    Barcodes that belong to other books are left out. Refused when nothing good was read, or it was written before.
    """
    run = _locked(run_id, by)
    drafts = [Draft.of_json(one) for one in run.drafts]
    if not drafts:
        raise Refused(_("没有可以导入的记录。请先按问题清单改好文件，再重新上传。"), code="nothing")
    by_isbn, by_work = known_works(run.mine_id, [one.isbn for one in drafts], [one.work_key for one in drafts])
    there = [twin_of(one.isbn, one.work_key, by_isbn, by_work) for one in drafts]
    ids = sorted(str(one.id) for one in there if one is not None)
    list(Title.objects.select_for_update(no_key=True).filter(id__in=ids).order_by("id").values_list("id"))
    wanted = [(draft, title) for draft, title in zip(drafts, there, strict=True) if title is None or known == "copies"]
    fresh = Title.objects.bulk_create([_title(run, draft) for draft, title in wanted if title is None])
    made = iter(fresh)
    pairs = [(draft, title or next(made)) for draft, title in wanted]
    copies = _copies(run, pairs, locked_room(room_id, by), by)
    known_titles = {title.id for _draft, title in wanted if title is not None}
    ready = [one for copy in copies if copy.title_id in known_titles for one in serve(copy)]
    run.state = BookImport.State.DONE
    run.written = {"titles": len(fresh), "copies": len(copies), "skipped": len(drafts) - len(wanted)}
    run.save(update_fields=["state", "written"])
    told = {
        **run.written,
        "file_sha256": run.file_sha256,
        "form": run.form,
        "damaged": len(run.problems),
        "ready_for": ready,
    }
    enter("import", Subject("book_import", run.id, run.file_name), run.mine_id, by, told, quantity=max(len(copies), 1))
    return run


def _title(run: BookImport, draft: Draft) -> Title:
    values = {name: getattr(draft, name) for name in PLAIN}
    data = TitleData(**{**values, "isbn": draft.isbn, "subjects": draft.subjects, "language": draft.language or "chi"})
    return Title(
        mine_id=run.mine_id,
        added_at=clock.now(),
        marc_form=draft.marc_form,
        marc_rest=draft.marc_rest,
        **values_of(data),
    )


def _copies(run: BookImport, pairs: Sequence[tuple[Draft, Title]], room: Room, by: Person) -> list[Copy]:
    """Copies with the barcodes of the file, and fresh ones for the others; room by room, so that numbers go on."""
    rooms = {one.name: one for one in Room.objects.filter(mine_id=run.mine_id, closed_on=None)}
    known = known_barcodes(run.mine_id, [barcode for draft, _title in pairs for barcode in draft.barcodes])
    made: list[Copy] = []
    need: dict[UUID, list[Title]] = {}
    for draft, title in pairs:
        where = rooms.get(draft.room, room)
        made += [_copy(run, title, where, one) for one in draft.barcodes if one not in known]
        without = draft.copies or (0 if draft.barcodes else 1)
        need.setdefault(where.id, []).extend([title] * without)
    used = {copy.barcode for copy in made}
    for room_id in sorted(need, key=str):
        where = locked_room(room_id, by)
        numbers: list[str] = []
        while len(numbers) < len(need[room_id]):
            numbers += [one for one in next_barcodes(where, len(need[room_id]) - len(numbers)) if one not in used]
        made += [_copy(run, title, where, one) for title, one in zip(need[room_id], numbers, strict=True)]
    return Copy.objects.bulk_create(made)


def _copy(run: BookImport, title: Title, room: Room, barcode: str) -> Copy:
    return Copy(mine_id=run.mine_id, title=title, room=room, barcode=barcode, added_at=clock.now())


@verb
def drop_import(run_id: UUID, *, by: Person) -> BookImport:
    """Throw a preview away (放弃导入); nothing was written. Refused once it was confirmed."""
    run = _locked(run_id, by)
    run.state, run.drafts = BookImport.State.DROPPED, []
    run.save(update_fields=["state", "drafts"])
    enter("drop_import", Subject("book_import", run.id, run.file_name), run.mine_id, by, {"form": run.form})
    return run
