"""Photos as they come from phones, made harmless: checked by content, turned upright, made smaller, without EXIF.

EXIF says where and with whose phone a photo was taken; a report must not carry that. Whatever was hidden in the file
beside the picture is gone too, because only the picture's points are written again.
"""

from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import BinaryIO

from django.utils.translation import gettext as _
from PIL import Image, ImageOps
from PIL.Image import Resampling

from kuangdeng.kernel.errors import Refused

MAX_BYTES = 20 * 1024 * 1024
MAX_POINTS = 50_000_000
LONG_SIDE = 2560
THUMB_SIDE = 320
QUALITY = 85
FORMATS = ("JPEG", "PNG", "WEBP")
KIND = "image/jpeg"


@dataclass(frozen=True)
class Picture:
    """A re-encoded photo: JPEG, upright, at most LONG_SIDE long."""

    content: bytes
    width: int
    height: int


def reencode(path: Path) -> Picture:
    """The photo in a file, as it will be kept.

    Refused when it is no photo that can be read, when it has too many points (looked up in its header before anything
    is unpacked), or when it ends in the middle.
    """
    with path.open("rb") as file:
        return _reencode(file)


def reencode_bytes(content: bytes) -> Picture:
    """The same for a photo that is in memory."""
    return _reencode(BytesIO(content))


def _reencode(file: BinaryIO) -> Picture:
    head = file.read(32)
    file.seek(0)
    try:
        with Image.open(file, formats=FORMATS) as image:
            _check_points(image.width, image.height)
            image.draft("RGB", (LONG_SIDE, LONG_SIDE))
            picture = _flat(ImageOps.exif_transpose(image))
    except Refused:
        raise
    except Image.DecompressionBombError:
        raise _too_many_points() from None
    except Exception as trouble:
        raise _unreadable(head) from trouble
    picture.thumbnail((LONG_SIDE, LONG_SIDE), Resampling.LANCZOS)
    return Picture(_jpeg(picture, QUALITY), picture.width, picture.height)


def thumbnail(content: bytes) -> bytes:
    """The small picture for lists."""
    with Image.open(BytesIO(content), formats=("JPEG",)) as image:
        image.draft("RGB", (THUMB_SIDE, THUMB_SIDE))
        small = image.convert("RGB")
    small.thumbnail((THUMB_SIDE, THUMB_SIDE), Resampling.LANCZOS)
    return _jpeg(small, 80)


def _check_points(width: int, height: int) -> None:
    if width * height > MAX_POINTS:
        raise _too_many_points()
    if width < 1 or height < 1:
        raise Refused(_("这张照片是空的。请重新拍摄后上传。"), field="photo", code="bad_photo")


def _too_many_points() -> Refused:
    return Refused(
        _("照片超过 5000 万像素，不能上传。请在相机设置里选较低的分辨率，或压缩后再上传。"),
        field="photo",
        code="too_many_pixels",
    )


def _unreadable(head: bytes) -> Refused:
    if head[4:8] == b"ftyp" and head[8:12] in (b"heic", b"heix", b"heim", b"heis", b"hevc", b"mif1", b"msf1"):
        message = _(
            "这是 HEIC 格式的照片，不能识别。请在手机「设置—相机—格式」里选「兼容性最佳」，或转成 JPEG 后上传。"
        )
    elif head.startswith((b"\xff\xd8\xff", b"\x89PNG", b"RIFF")):
        message = _("照片已损坏或不完整，打不开。请重新拍摄或重新选择后上传。")
    else:
        message = _("这个文件不是能识别的照片。请上传 JPEG、PNG 或 WebP 格式的照片。")
    return Refused(message, field="photo", code="bad_photo")


def _flat(image: Image.Image) -> Image.Image:
    """Three colours and no transparency: what was see-through becomes white."""
    if image.mode in ("RGBA", "LA", "PA") or "transparency" in image.info:
        with_alpha = image.convert("RGBA")
        ground = Image.new("RGB", with_alpha.size, "white")
        ground.paste(with_alpha, mask=with_alpha.getchannel("A"))
        return ground
    return image.convert("RGB")


def _jpeg(image: Image.Image, quality: int) -> bytes:
    out = BytesIO()
    # A fresh image carries no metadata that `save` could pass on.
    bare = Image.new("RGB", image.size)
    bare.paste(image)
    bare.save(out, "JPEG", quality=quality, optimize=True, progressive=True)
    return out.getvalue()
