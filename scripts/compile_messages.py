"""Compiles the translations that have changed; pure Python, so that no gettext tools are needed."""

from pathlib import Path

PACKAGE = Path(__file__).resolve().parent.parent / "kuangdeng"


def main() -> None:
    """Every .po that is newer than its .mo."""
    for source in PACKAGE.rglob("LC_MESSAGES/*.po"):
        target = source.with_suffix(".mo")
        if not target.exists() or target.stat().st_mtime < source.stat().st_mtime:
            import polib

            polib.pofile(str(source)).save_as_mofile(str(target))


if __name__ == "__main__":
    main()
