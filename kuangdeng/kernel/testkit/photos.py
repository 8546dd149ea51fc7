"""Photos as phones send them, made on the spot."""

from io import BytesIO

from PIL import Image

Point = tuple[int, int, int]
RED, GREEN = (200, 30, 30), (20, 160, 60)


def photo(
    *,
    size: tuple[int, int] = (640, 480),
    colour: Point = RED,
    kind: str = "JPEG",
    orientation: int | None = None,
    maker: str = "",
) -> bytes:
    """A picture whose left half is green; with EXIF when a maker or an orientation is given."""
    image = Image.new("RGB", size, colour)
    image.paste(GREEN, (0, 0, size[0] // 2, size[1]))
    exif = Image.Exif()
    if orientation:
        exif[0x0112] = orientation
    if maker:
        exif[0x010F] = maker
        exif.get_ifd(0x8825)[2] = (39.0, 54.0, 20.0)
    out = BytesIO()
    image.save(out, kind, **({"exif": exif} if len(exif) else {}))
    return out.getvalue()
