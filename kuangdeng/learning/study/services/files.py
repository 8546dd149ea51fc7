"""Material and photos of a session."""

import zipfile
from collections.abc import Sequence
from io import BytesIO
from uuid import UUID

from django.utils.translation import gettext as _

from kuangdeng.kernel.errors import NotVisible, Refused
from kuangdeng.kernel.files import PDF, claimed, keep_bytes
from kuangdeng.kernel.pictures import KIND, reencode_bytes
from kuangdeng.kernel.rows import one_of
from kuangdeng.kernel.verbs import verb
from kuangdeng.learning.study.models import StudyMaterial, StudyPhoto, StudySession
from kuangdeng.learning.study.rules import MOST_MATERIAL, MOST_MATERIALS, MOST_PHOTOS, OFFICE, Status
from kuangdeng.learning.study.services._steps import enter, locked
from kuangdeng.org.api import Person


def _still_open(session: StudySession) -> None:
    if session.status in (Status.FILED, Status.CANCELLED):
        raise Refused(_("这次学习已归档或取消，不能再改材料和照片。"), code="filed")


def _checked(name: str, content: bytes) -> tuple[bytes, str]:
    """What is kept of a file, and what kind it is, by its content and not by its name. Refused for anything else."""
    if len(content) > MOST_MATERIAL:
        raise Refused(_("文件超过 20 MB。请压缩图片或拆开后再上传。"), field="file", code="too_large")
    ending = name.rpartition(".")[2].lower()
    if content.startswith(b"%PDF-"):
        return content, PDF
    if content.startswith((b"\xff\xd8\xff", b"\x89PNG")):
        return reencode_bytes(content).content, KIND
    if ending in OFFICE and content.startswith(b"PK\x03\x04") and _is_office(content):
        return content, OFFICE[ending]
    raise Refused(
        _("只收 PDF、Word（docx）、PPT（pptx）、Excel（xlsx）和照片。旧格式请先另存为新格式或 PDF。"),
        field="file",
        code="kind",
    )


def _is_office(content: bytes) -> bool:
    try:
        with zipfile.ZipFile(BytesIO(content)) as package:
            names = package.namelist()
    except (zipfile.BadZipFile, ValueError, OSError):
        return False
    return "[Content_Types].xml" in names and not any("vbaProject" in one for one in names)


@verb
def add_material(session_id: UUID, *, name: str, content: bytes, by: Person) -> StudyMaterial:
    """Put a file to the session (上传学习材料): who attends reads it before, who was not there makes it up with it.

    Refused for what is no document or photo, for macros, for too large ones, and after the record was filed.
    """
    session = locked(session_id, by)
    _still_open(session)
    if session.materials.count() >= MOST_MATERIALS:
        raise Refused(_("一次学习最多 %d 份材料。") % MOST_MATERIALS, field="file")
    kept, kind = _checked(name, content)
    file = keep_bytes(kept, kind=kind)
    if session.materials.filter(file=file).exists():
        raise Refused(_("这份材料已经在了。"), field="file", code="again")
    words = (name.strip() or _("材料"))[-120:]
    made = StudyMaterial.objects.create(session=session, file=file, name=words, kind=kind, size=len(kept), added_by=by)
    enter("add_material", session, by, {"name": words, "file_sha256": file.sha256})
    return made


@verb
def remove_material(material_id: UUID, *, by: Person) -> None:
    """Take a file away from the session (删除学习材料). Refused after the record was filed."""
    made = one_of(StudyMaterial.objects.filter(id=material_id))
    if made is None:
        raise NotVisible
    session = locked(made.session_id, by)
    _still_open(session)
    made.delete()
    enter("remove_material", session, by, {"name": made.name, "file_sha256": made.file_id})


@verb
def add_photos(session_id: UUID, *, photos: Sequence[str], by: Person) -> list[StudyPhoto]:
    """Show photos with the session (上传现场照片). Refused while one has not arrived, and after the record was filed."""
    session = locked(session_id, by)
    _still_open(session)
    wanted = list(dict.fromkeys(photos))
    uploads = claimed(wanted, owner_id=by.id)
    if not wanted or any(one not in uploads for one in wanted):
        raise Refused(_("有照片没有传上，请再传或者删掉。"), field="photos", code="photo_missing")
    there = set(session.photos.values_list("file_id", flat=True))
    files = [one for one in dict.fromkeys(uploads[key].file_id for key in wanted) if one not in there]
    if len(there) + len(files) > MOST_PHOTOS:
        raise Refused(_("一次学习最多 %d 张照片。") % MOST_PHOTOS, field="photos")
    made = StudyPhoto.objects.bulk_create(StudyPhoto(session=session, file_id=one, added_by=by) for one in files)
    enter("add_photos", session, by, {"photos": files}, quantity=len(made))
    return made


@verb
def remove_photo(photo_id: UUID, *, by: Person) -> None:
    """Take a photo away (删除现场照片). Refused after the record was filed."""
    photo = one_of(StudyPhoto.objects.filter(id=photo_id))
    if photo is None:
        raise NotVisible
    session = locked(photo.session_id, by)
    _still_open(session)
    photo.delete()
    enter("remove_photo", session, by, {"file_sha256": photo.file_id})
