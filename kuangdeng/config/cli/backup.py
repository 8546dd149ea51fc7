"""Commands backup and restore."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from kuangdeng.config import environment as env
from kuangdeng.config.cli.base import Code, mine, progress, say, warn


def backup(
    target: Annotated[Path, typer.Argument(help="备份文件，或存放备份的目录（自动按时间起名）。", show_default=False)],
    keep: Annotated[int, typer.Option(min=0, help="目录里只保留最近几份；0 表示全部保留。")] = 0,
) -> None:
    """把整个矿的数据和照片备份成一个文件；不用停机。"""
    with mine():
        from django.conf import settings

        from kuangdeng.config import backups
        from kuangdeng.kernel.clock import now

        folder = target if target.is_dir() or not target.suffix else None
        path = target / f"kuangdeng-{now():%Y%m%d-%H%M%S}.tar" if folder else target
        if path.exists():
            say(f"{path} 已经存在，没有覆盖。请换一个名字。")
            raise typer.Exit(Code.NO)
        with progress() as bar:
            task = bar.add_task("备份", total=None)
            report = backups.take(
                path,
                Path(settings.FILES_ROOT),
                progress=lambda what, done, total: bar.update(task, description=what, completed=done, total=total),
            )
        say(f"已备份到 {path}（{_size(report.size)}）：{report.tables} 张表 {report.rows} 行，{report.files} 个文件。")
        if folder and keep:
            for old in sorted(folder.glob("kuangdeng-????????-??????.tar"))[:-keep]:
                old.unlink()
                say(f"删除旧备份 {old.name}。")
        if report.missing:
            warn(f"有 {len(report.missing)} 个文件在库里登记了，但磁盘上没有或已损坏：{'、'.join(report.missing[:5])}")
            warn("备份已完成，其余内容完好；请检查磁盘和 data/files。")
            raise typer.Exit(Code.NO)


def restore(
    source: Annotated[Path, typer.Argument(help="备份文件。", show_default=False)],
    check: Annotated[bool, typer.Option("--check", help="只核对备份是否完好，不恢复。")] = False,
) -> None:
    """把备份恢复到一个空的数据目录或空的数据库；先核对每一部分的校验值，再动手。"""
    if check:
        from kuangdeng.config.cli.base import set_up_django

        set_up_django()
        from kuangdeng.config import backups

        with progress() as bar:
            task = bar.add_task("核对备份", total=None)
            manifest = backups.check(
                source, progress=lambda _w, done, total: bar.update(task, completed=done, total=total)
            )
        rows = sum(table["rows"] for table in manifest["tables"].values())
        say(
            f"备份完好：{manifest['taken_at'][:16]} 由矿灯 {manifest['kuangdeng']} 制作，{rows} 行，{len(manifest['files'])} 个文件。"
        )
        return
    with mine():
        from django.conf import settings

        from kuangdeng.config import backups

        with progress() as bar:
            task = bar.add_task("恢复", total=None)
            report = backups.restore(
                source,
                Path(settings.FILES_ROOT),
                may_clear=env.own_database(),
                progress=lambda what, done, total: bar.update(task, description=what, completed=done, total=total),
            )
        say(
            f"已恢复：{report.tables} 张表 {report.rows} 行，{report.files} 个文件。接着用 kuangdeng verify-ledger 核验台账。"
        )
        if report.missing:
            warn(f"备份时就缺少的文件有 {len(report.missing)} 个：{'、'.join(report.missing[:5])}")


def _size(number: int) -> str:
    size = float(number)
    for unit in ("B", "KB", "MB"):
        if size < 1024:
            return f"{size:.0f} {unit}"
        size /= 1024
    return f"{size:.1f} GB"
