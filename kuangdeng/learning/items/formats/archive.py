"""A zip that a stranger packed: looked at before it is unpacked, read in memory, nothing ever written by its names."""

import lzma
import stat
import zipfile
import zlib
from pathlib import PurePosixPath
from typing import IO

from django.utils.translation import gettext as _

from kuangdeng.kernel.errors import Refused

MOST_PARTS = 20_000
MOST_UNPACKED = 300 * 1024 * 1024
MOST_PART = 60 * 1024 * 1024
MOST_RATIO = 200
"""Unpacked to packed, above 1 MB: XML and pictures stay under 30."""
_NESTED = (".zip", ".rar", ".7z", ".gz", ".tar", ".tgz", ".bz2", ".xz", ".jar")


class Archive:
    """The parts of a package by name."""

    def __init__(self, file: IO[bytes]) -> None:
        """Refused for zip bombs, names that lead out of the package, links, packages in packages, damaged ones."""
        try:
            self._zip = zipfile.ZipFile(file)
            parts = self._zip.infolist()
        except (zipfile.BadZipFile, zlib.error, lzma.LZMAError, OSError, ValueError, NotImplementedError) as broken:
            raise Refused(_("压缩包已损坏，打不开。请重新导出后再上传。"), code="broken") from broken
        self._parts = {part.filename: part for part in parts if not part.is_dir()}
        self._check(parts)

    def _check(self, parts: list[zipfile.ZipInfo]) -> None:
        unpacked, packed = sum(part.file_size for part in parts), sum(part.compress_size for part in parts)
        bomb = unpacked > 1024 * 1024 and unpacked > MOST_RATIO * max(packed, 1)
        if len(parts) > MOST_PARTS or unpacked > MOST_UNPACKED or bomb:
            raise Refused(_("压缩包展开后太大，不像题库，不接收。请拆成几个包后分别上传。"), code="bomb")
        for part in parts:
            _check_name(part)

    def __contains__(self, name: str) -> bool:
        return name in self._parts

    @property
    def names(self) -> list[str]:
        """The files in it, in order."""
        return list(self._parts)

    def read(self, name: str) -> bytes:
        """One part. Refused when it is larger than it said, damaged, or encrypted."""
        part = self._parts[name]
        try:
            with self._zip.open(part) as file:
                data = file.read(MOST_PART + 1)
        except (zipfile.BadZipFile, OSError, ValueError, EOFError, RuntimeError, NotImplementedError) as broken:
            raise Refused(
                _("压缩包里的「%(name)s」读不出来（损坏或加了密码）。") % {"name": name[-60:]}, code="broken"
            ) from broken
        if len(data) > MOST_PART:
            raise Refused(_("压缩包里的「%(name)s」太大，不接收。") % {"name": name[-60:]}, code="too_large")
        return data


def _check_name(part: zipfile.ZipInfo) -> None:
    name = part.filename
    path = PurePosixPath(name)
    if (
        name.startswith(("/", "\\"))
        or "\\" in part.orig_filename
        or ".." in path.parts
        or ":" in name[:3]
        or "\x00" in name
    ):
        raise Refused(_("压缩包里有指向包外的文件名，可能有害，不接收。"), code="hostile")
    if stat.S_ISLNK(part.external_attr >> 16):
        raise Refused(_("压缩包里有链接文件，可能有害，不接收。"), code="hostile")
    if name.lower().endswith(_NESTED):
        raise Refused(_("压缩包里还套着压缩包，不接收。请解开后分别上传。"), code="nested")
