"""Files by their sha256: received whole or not at all, durable before anybody is told that they are there.

On disk `files/ab/cd/<sha256>` under the data folder; thumbnails lie beside in `thumbs/` and can be made again at any
time. Who may see a file, the contexts above decide; here an owner is a bare id. What is attached somewhere is not known
here either: contexts above say so through `keep_when_referenced` and `keep_when_awaited`.
"""

import contextlib
import hmac
import os
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256 as new_sha256
from pathlib import Path
from typing import BinaryIO
from uuid import UUID

from django.conf import settings
from django.db import connection, transaction
from django.utils.translation import gettext as _

from kuangdeng.kernel.clock import now
from kuangdeng.kernel.errors import Refused
from kuangdeng.kernel.ids import uuid7
from kuangdeng.kernel.models import StoredFile, Upload
from kuangdeng.kernel.pictures import KIND, MAX_BYTES, reencode, reencode_bytes, thumbnail

SHA256 = re.compile(r"[0-9a-f]{64}")
CLAIM_LASTS = timedelta(days=7)
"""How long an upload waits to be attached."""

Check = Callable[[Iterable[str]], Iterable[str]]
_REFERENCED: list[Check] = []
_AWAITED: list[Check] = []


def keep_when_referenced(check: Check) -> None:
    """A context above registers how to find which of some stored files it uses; `sweep` deletes none of those."""
    if check not in _REFERENCED:
        _REFERENCED.append(check)


def keep_when_awaited(check: Check) -> None:
    """A context above registers which of some sent names it may still attach; `sweep` ends none of those claims."""
    if check not in _AWAITED:
        _AWAITED.append(check)


# Receiving ----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Incoming:
    """A file that arrived whole, still outside the store; `discard` when done with it."""

    path: Path
    sha256: str
    size: int

    def discard(self) -> None:
        """Remove it from the waiting room."""
        self.path.unlink(missing_ok=True)


def check_name(sha256: str) -> str:
    """A sha256 in small hexadecimal letters. Refused when it is not one."""
    if not SHA256.fullmatch(sha256):
        raise Refused(_("照片的校验值（sha256）格式不对，应为 64 位小写十六进制。"), field="sha256", code="bad_sha256")
    return sha256


def check_length(length: int | None) -> int:
    """The announced length. Refused when there is none, or when it is more than a photo may have."""
    if length is None:
        raise Refused(
            _("没有说明照片的长度（Content-Length）。请用支持的方式重新上传。"), field="photo", code="length_required"
        )
    if length > MAX_BYTES:
        raise Refused(_("照片超过 20 MB，不能上传。请压缩后再上传。"), field="photo", code="too_large")
    if length <= 0:
        raise Refused(_("照片是空的。请重新选择照片。"), field="photo", code="empty")
    return length


@contextlib.contextmanager
def receive(chunks: Iterator[bytes], *, sha256: str, length: int) -> Iterator[Incoming]:
    """Take in a body that claims to be `sha256` and `length` long, by way of a temporary file.

    Refused when it ends early, goes on too long, or is something else than it claims: then nothing is kept.
    """
    waiting = _root() / ".incoming"
    _folder(waiting)
    path = waiting / f"{uuid7()}.part"
    try:
        size, found = _spool(chunks, path, length)
        if size != length:
            raise Refused(_("照片没有传完，没有保存。请在网络好的地方重新上传。"), field="photo", code="incomplete")
        if not hmac.compare_digest(found, sha256):
            raise Refused(_("收到的照片和校验值不符，没有保存。请重新上传。"), field="photo", code="wrong_content")
        yield Incoming(path, found, size)
    finally:
        path.unlink(missing_ok=True)


def _spool(chunks: Iterator[bytes], path: Path, length: int) -> tuple[int, str]:
    digest, size = new_sha256(), 0
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        for chunk in chunks:
            size += len(chunk)
            if size > length:
                break
            digest.update(chunk)
            file.write(chunk)
    return size, digest.hexdigest()


# Keeping ------------------------------------------------------------------------------------------------------------


def keep_photo(incoming: Incoming, *, owner_id: UUID) -> Upload:
    """Put a received photo into the store and note the sender's claim to it; the same one again changes nothing.

    The bytes are on disk, synced with their folders, before the row is written: what the row promises is there after a
    power cut. Refused when it is no photo, or one that is too large.
    """
    upload = _claim_known(incoming, owner_id)
    if upload is not None:
        return upload
    picture = reencode(incoming.path)
    name = new_sha256(picture.content).hexdigest()
    small = thumbnail(picture.content)
    with transaction.atomic():
        _lock(name)
        _write(path_of(name), picture.content, durable=True)
        _write(thumb_path(name), small, durable=False)
        file, _made = StoredFile.objects.get_or_create(
            sha256=name,
            defaults={
                "kind": KIND,
                "size": len(picture.content),
                "width": picture.width,
                "height": picture.height,
                "stored_at": now(),
            },
        )
        return _claim(incoming, file, owner_id)


@transaction.atomic
def _claim_known(incoming: Incoming, owner_id: UUID) -> Upload | None:
    """A claim to what somebody has sent before, byte for byte, without encoding it again; None when nobody has."""
    name = Upload.objects.filter(original_sha256=incoming.sha256).values_list("file_id", flat=True).first()
    if name is None:
        return None
    _lock(name)
    file = StoredFile.objects.filter(sha256=name).first()
    if file is None or not path_of(name).exists():
        return None
    return _claim(incoming, file, owner_id)


def _claim(incoming: Incoming, file: StoredFile, owner_id: UUID) -> Upload:
    upload, _made = Upload.objects.update_or_create(
        owner_id=owner_id,
        original_sha256=incoming.sha256,
        defaults={"original_size": incoming.size, "file": file, "sent_at": now()},
    )
    return upload


PDF = "application/pdf"
MOST_SCAN = 20 * 1024 * 1024


@transaction.atomic
def keep_bytes(content: bytes, *, kind: str) -> StoredFile:
    """Put a file that is no photo of anybody's into the store (a template, a signed paper): durable, then promised.

    Nobody has a claim to it: who calls it ties it to something in the same transaction, and says so by
    `keep_when_referenced`.
    """
    name = new_sha256(content).hexdigest()
    _lock(name)
    _write(path_of(name), content, durable=True)
    file, _made = StoredFile.objects.get_or_create(
        sha256=name, defaults={"kind": kind, "size": len(content), "stored_at": now()}
    )
    return file


def keep_scan(content: bytes, *, field: str = "scan") -> StoredFile:
    """Keep the scan of a signed paper: a PDF as it is, a photo made harmless like any other.

    Refused when it is neither, is cut off, or is too large.
    """
    if len(content) > MOST_SCAN:
        raise Refused(_("扫描件超过 20 MB。请降低扫描分辨率后再上传。"), field=field, code="too_large")
    if content.startswith(b"%PDF-"):
        if b"%%EOF" not in content[-2048:]:
            raise Refused(_("这个 PDF 不完整，没有保存。请重新上传。"), field=field, code="incomplete")
        return keep_bytes(content, kind=PDF)
    try:
        return keep_bytes(reencode_bytes(content).content, kind=KIND)
    except Refused as refusal:
        raise Refused(
            _("扫描件要 PDF，或者 JPEG、PNG 照片。%(why)s") % {"why": refusal}, field=field, code="bad_scan"
        ) from None


def read_upload(file: BinaryIO, most: int) -> bytes:
    """The bytes of a list that was handed in to be read. Refused when it is empty or has more than `most` of them."""
    data = file.read(most + 1)
    if not data:
        raise Refused(_("文件是空的。请检查后重新上传。"), field="file", code="empty")
    if len(data) > most:
        said = _("文件超过 %(n)d MB。请拆成几个文件分别导入。")
        raise Refused(said % {"n": most // 1048576}, field="file", code="too_large")
    return data


def content_of(sha256: str) -> bytes | None:
    """A kept file; None when it is not there."""
    path = path_of(sha256)
    return path.read_bytes() if path.exists() else None


def held(sha256: str, *, owner_id: UUID) -> Upload | None:
    """What this sender has sent under this name and is really on disk, or None."""
    upload = Upload.objects.filter(owner_id=owner_id, original_sha256=sha256).select_related("file").first()
    if upload is None or not path_of(upload.file_id).exists():
        return None
    return upload


def claimed(sha256s: Iterable[str], *, owner_id: UUID) -> dict[str, Upload]:
    """This sender's uploads under these names, locked, so that none is swept away while it is being attached."""
    wanted = list(sha256s)
    if not wanted:
        return {}
    uploads = Upload.objects.filter(owner_id=owner_id, original_sha256__in=wanted).order_by("id").select_for_update()
    return {upload.original_sha256: upload for upload in uploads}


def forget_sender(uploads: Iterable[Upload]) -> None:
    """End these claims at once: nothing may say any more who sent the photos of an anonymous report."""
    Upload.objects.filter(id__in=[upload.id for upload in uploads]).delete()


# Reading ------------------------------------------------------------------------------------------------------------


def path_of(sha256: str) -> Path:
    """Where a stored file lies."""
    return _root() / sha256[:2] / sha256[2:4] / sha256


def thumb_path(sha256: str) -> Path:
    """Where its small picture lies; outside the store, because it can be made again."""
    return _root().parent / "thumbs" / sha256[:2] / sha256[2:4] / f"{sha256}.jpg"


def picture_path(sha256: str, *, thumb: bool) -> Path | None:
    """The file to show, or None when it is not there; a small picture that got lost is made again."""
    whole = path_of(sha256)
    if not whole.exists():
        return None
    if not thumb:
        return whole
    small = thumb_path(sha256)
    if not small.exists():
        _write(small, thumbnail(whole.read_bytes()), durable=False)
    return small


# Sweeping -----------------------------------------------------------------------------------------------------------


def sweep(*, most: int = 500) -> int:
    """End the claims that are older than a week, and delete the files that nobody attached; returns how many went.

    Attached files stay; only the claim to them ends. A claim stays as long as a context above awaits it.
    """
    until = now() - CLAIM_LASTS
    _sweep_incoming(until.timestamp())
    gone, after = 0, 0
    while batch := list(Upload.objects.filter(sent_at__lt=until, id__gt=after).order_by("id")[:most]):
        after = batch[-1].id
        awaited = _kept(_AWAITED, [upload.original_sha256 for upload in batch])
        gone += sum(_end_claim(upload, until) for upload in batch if upload.original_sha256 not in awaited)
    return gone


def _kept(checks: list[Check], names: list[str]) -> set[str]:
    return {name for check in checks for name in check(names)}


@transaction.atomic
def _end_claim(upload: Upload, until: datetime) -> int:
    """Delete one claim, and its file unless somebody else claims it or a context uses it."""
    name = upload.file_id
    _lock(name)
    # Sent again meanwhile: the claim has begun anew.
    if not Upload.objects.filter(id=upload.id, sent_at__lt=until).delete()[0]:
        return 0
    if Upload.objects.filter(file_id=name).exists() or _kept(_REFERENCED, [name]):
        return 0
    StoredFile.objects.filter(sha256=name).delete()
    # Last, under the lock: if the commit fails, the claim is still there and the next sweep goes on.
    thumb_path(name).unlink(missing_ok=True)
    path_of(name).unlink(missing_ok=True)
    return 1


def _sweep_incoming(before: float) -> None:
    """What a killed worker left in the waiting room."""
    for part in (_root() / ".incoming").glob("*.part"):
        with contextlib.suppress(OSError):
            if part.stat().st_mtime < before:
                part.unlink()


# Disk ---------------------------------------------------------------------------------------------------------------


def _root() -> Path:
    return Path(settings.FILES_ROOT)


def _lock(sha256: str) -> None:
    """Storing, claiming and sweeping one file wait for each other, and only for the same file."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [int(sha256[:15], 16)])


def _folder(folder: Path) -> None:
    """Make a folder with those above it, each entry synced into its parent."""
    if folder.is_dir():
        return
    _folder(folder.parent)
    with contextlib.suppress(FileExistsError):
        folder.mkdir(mode=0o700)
    _sync(folder.parent)


def _write(path: Path, content: bytes, *, durable: bool) -> None:
    """Write a file under its name in one step: it is there whole, or it is not there."""
    if path.exists() and path.stat().st_size == len(content):
        return
    _folder(path.parent)
    fresh = path.with_name(f".{path.name}.{uuid7()}")
    try:
        with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(content)
            file.flush()
            if durable:
                os.fsync(file.fileno())
        fresh.replace(path)
    finally:
        fresh.unlink(missing_ok=True)
    if durable:
        _sync(path.parent)


def _sync(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
