"""Photos: whole or not at all, harmless, once, for whoever sent them, and gone when nobody wanted them."""

import struct
import zlib
from collections.abc import Iterator
from datetime import timedelta
from hashlib import sha256
from io import BytesIO
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from PIL import Image

from kuangdeng.kernel import clock, files, paper
from kuangdeng.kernel.errors import Refused
from kuangdeng.kernel.ids import uuid7
from kuangdeng.kernel.models import StoredFile, Upload
from kuangdeng.kernel.testkit.photos import photo

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def store(settings: Any, tmp_path: Path) -> Iterator[Path]:
    settings.FILES_ROOT = tmp_path / "files"
    yield settings.FILES_ROOT
    left = [
        path for path in tmp_path.rglob("*") if (path.name.startswith(".") and path.is_file()) or ".part" in path.name
    ]
    assert left == []


def send(content: bytes, owner: UUID, *, name: str | None = None, length: int | None = None) -> Upload:
    sha = name or sha256(content).hexdigest()
    pieces = iter([content[:1000], content[1000:]])
    with files.receive(pieces, sha256=sha, length=length or len(content)) as incoming:
        return files.keep_photo(incoming, owner_id=owner)


def on_disk(store: Path) -> list[Path]:
    return [path for path in store.rglob("*") if path.is_file()]


def test_a_photo_lies_under_the_sha256_of_what_is_kept(store: Path) -> None:
    upload = send(photo(), uuid7())
    [path] = on_disk(store)
    assert sha256(path.read_bytes()).hexdigest() == upload.file_id == path.name
    assert path == store / path.name[:2] / path.name[2:4] / path.name
    assert (upload.file.width, upload.file.height, upload.file.size) == (640, 480, path.stat().st_size)
    assert path.stat().st_mode & 0o077 == 0


def test_what_the_camera_wrote_beside_the_picture_is_gone_and_it_stands_upright(store: Path) -> None:
    original = photo(maker="SomePhone", orientation=6)
    assert b"SomePhone" in original
    upload = send(original, uuid7())
    kept = files.path_of(upload.file_id).read_bytes()
    assert b"SomePhone" not in kept and b"Exif" not in kept
    with Image.open(BytesIO(kept)) as image:
        assert image.size == (480, 640)
        green, red = image.getpixel((240, 60)), image.getpixel((240, 580))
    assert green[1] > green[0] and red[0] > red[1]


def test_a_large_photo_becomes_smaller_and_has_a_thumbnail() -> None:
    upload = send(photo(size=(4000, 3000)), uuid7())
    assert (upload.file.width, upload.file.height) == (2560, 1920)
    small = files.picture_path(upload.file_id, thumb=True)
    assert small is not None
    small.unlink()
    again = files.picture_path(upload.file_id, thumb=True)
    assert again is not None
    with Image.open(again) as image:
        assert image.size == (320, 240)


@pytest.mark.parametrize("kind", ["PNG", "WEBP"])
def test_other_formats_become_jpeg(kind: str) -> None:
    upload = send(photo(kind=kind), uuid7())
    assert files.path_of(upload.file_id).read_bytes().startswith(b"\xff\xd8\xff")


def test_what_was_see_through_becomes_white() -> None:
    out = BytesIO()
    Image.new("RGBA", (8, 8), (0, 0, 0, 0)).save(out, "PNG")
    upload = send(out.getvalue(), uuid7())
    with Image.open(files.path_of(upload.file_id)) as image:
        assert min(image.getpixel((4, 4))) > 250


def png_that_claims(width: int, height: int) -> bytes:
    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(b"\0" * 1000)) + chunk(b"IEND", b"")
    )


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (png_that_claims(10_000, 5_001), "5000 万像素"),
        (png_that_claims(100_000, 100_000), "5000 万像素"),
        (png_that_claims(2**31 - 1, 2**31 - 1), "像素"),
        (png_that_claims(100, 100), "损坏"),
        (photo()[:3000], "损坏"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>", "不是能识别的照片"),
        (b"GIF89a" + b"\0" * 50, "不是能识别的照片"),
        (b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 10 10\n", "不是能识别的照片"),
        (b"\0\0\0\x18ftypheic\0\0\0\0mif1heic" + b"\0" * 40, "HEIC"),
        (b"MZ" + b"\0" * 100, "不是能识别的照片"),
    ],
)
def test_what_is_no_good_photo_is_refused_in_words(store: Path, content: bytes, words: str) -> None:
    with pytest.raises(Refused, match=words):
        send(content, uuid7())
    assert on_disk(store) == []
    assert (StoredFile.objects.count(), Upload.objects.count()) == (0, 0)


@pytest.mark.parametrize("change", ["early end", "other content", "longer than said"])
def test_what_is_not_what_it_claims_is_not_kept(store: Path, change: str) -> None:
    whole = photo()
    sha = sha256(whole).hexdigest()
    sent = {"early end": whole[:-1], "other content": whole[:-1] + b"x", "longer than said": whole + b"x"}[change]
    with pytest.raises(Refused):
        send(sent, uuid7(), name=sha, length=len(whole))
    assert on_disk(store) == []
    assert Upload.objects.count() == 0


@pytest.mark.parametrize(("length", "words"), [(None, "Content-Length"), (0, "空"), (20 * 1024 * 1024 + 1, "20 MB")])
def test_lengths(length: int | None, words: str) -> None:
    with pytest.raises(Refused, match=words):
        files.check_length(length)


@pytest.mark.parametrize("name", ["", "A" * 64, "0" * 63, "0" * 65, "../" * 21 + "x", "0" * 63 + "\n"])
def test_names(name: str) -> None:
    with pytest.raises(Refused):
        files.check_name(name)


def test_two_persons_send_the_same_photo(store: Path) -> None:
    first, second = uuid7(), uuid7()
    name = sha256(photo()).hexdigest()
    assert send(photo(), first).file_id == send(photo(), second).file_id == send(photo(), first).file_id
    assert len(on_disk(store)) == StoredFile.objects.count() == 1
    assert Upload.objects.count() == 2
    assert files.held(name, owner_id=second) is not None
    assert files.held(name, owner_id=uuid7()) is None
    assert set(files.claimed([name, "0" * 64], owner_id=first)) == {name}


def test_a_file_that_got_lost_is_asked_for_and_taken_again(store: Path) -> None:
    owner = uuid7()
    upload = send(photo(), owner)
    files.path_of(upload.file_id).unlink()
    assert files.held(upload.original_sha256, owner_id=owner) is None
    send(photo(), owner)
    assert files.held(upload.original_sha256, owner_id=owner) is not None


def test_sweeping_takes_only_what_nobody_attached(store: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    owner = uuid7()
    with clock.set_to(clock.now() - timedelta(days=8)):
        old = {name: send(photo(size=size), owner) for name, size in
               [("attached", (100, 100)), ("forgotten", (101, 100)), ("awaited", (102, 100)), ("sent again", (103, 100)),
                ("of another too", (104, 100))]}  # fmt: skip
    send(photo(size=(103, 100)), owner)
    send(photo(size=(104, 100)), uuid7())
    fresh = send(photo(size=(105, 100)), owner)
    monkeypatch.setattr(files, "_REFERENCED", [lambda names: {old["attached"].file_id} & set(names)])
    monkeypatch.setattr(files, "_AWAITED", [lambda names: {old["awaited"].original_sha256} & set(names)])
    assert files.sweep() == 1
    kept = {path.name for path in on_disk(store)}
    assert kept == set(StoredFile.objects.values_list("sha256", flat=True))
    assert kept == {fresh.file_id, *(upload.file_id for name, upload in old.items() if name != "forgotten")}
    assert not Upload.objects.filter(id=old["attached"].id).exists()
    assert Upload.objects.filter(id=old["awaited"].id).exists()
    assert not files.thumb_path(old["forgotten"].file_id).exists()
    assert files.sweep() == 0


def test_a_cut_photo_is_refused_also_after_a_pdf_was_made(store: Path) -> None:
    """The PDF library makes Pillow accept pictures that end too early, in the whole process."""
    paper.pdf("<p>隐患整改通知单</p>")
    with pytest.raises(Refused, match="损坏"):
        send(photo()[:3000], uuid7())
