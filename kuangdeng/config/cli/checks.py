"""Commands that prove and examine: verify-ledger, doctor."""

from __future__ import annotations

import json
import re
from typing import Annotated

import typer

from kuangdeng.config import environment as env
from kuangdeng.config.cli.base import Code, Unfit, console, errors, mine, progress, say
from kuangdeng.kernel import postgres


def verify_ledger(
    expect: Annotated[
        list[str] | None,
        typer.Option("--expect", help="抄录在别处的封存号和链值，如 1200:9f3c…（至少 16 位）；可写多个。"),
    ] = None,
    code: Annotated[str, typer.Option("--mine", help="只核验这个代码的矿。")] = "",
) -> None:
    """核验台账：从第一条起逐条重算，证明没有被改动、删除或插入；有问题时指出第一条坏的。"""
    broken = False
    anchors = _anchors(expect or [])
    with mine():
        from kuangdeng.ledger.api import verify
        from kuangdeng.org.api import Mine

        mines = [one for one in Mine.objects.order_by("name") if code in ("", one.code)]
        if not mines:
            raise Unfit("没有这个矿。请检查代码。" if code else "系统里还没有矿。")
        if anchors and len(mines) > 1:
            raise Unfit("系统里有几个矿，核对抄录值时请用 --mine 指定是哪一个。")
        for one in mines:
            with progress() as bar:
                task = bar.add_task(f"核验 {one.name}", total=None)
                proof = None
                for proof in verify(one.pk, expect=anchors):
                    bar.update(task, completed=proof.sealed, total=proof.sealed + proof.unsealed)
            if proof is None:
                continue
            if proof.broken:
                broken = True
                errors.print(f"{one.name}：台账有问题。{proof.broken}", style="red", markup=False)
                continue
            waiting = f"，另有 {proof.unsealed} 条刚写入、等待封存" if proof.unsealed else ""
            head = f"，链尾 {proof.head}" if proof.head else ""
            say(f"{one.name}：台账完好，{proof.sealed} 条{waiting}{head}")
    if broken:
        raise typer.Exit(Code.NO)


def _anchors(texts: list[str]) -> dict[int, str]:
    """What somebody wrote down elsewhere: seal number → chain value."""
    found = {}
    for text in texts:
        number, _, value = text.partition(":")
        if not number.isdecimal() or not re.fullmatch(r"[0-9a-fA-F]{16,64}", value):
            raise typer.BadParameter(f"「{text}」不是「封存号:链值」。链值至少 16 位十六进制，例如 1200:9f3c0a…")
        found[int(number)] = value
    return found


def doctor(
    as_json: Annotated[bool, typer.Option("--json", help="输出 JSON，供监控使用。")] = False,
) -> None:
    """体检：数据库、数据结构、中文检索、字体、磁盘、时钟、后台任务、台账封存；逐项说明怎么办。"""
    from contextlib import ExitStack

    with ExitStack() as stack:
        try:
            if env.own_database():
                stack.enter_context(postgres.database(env.cluster_home(), say=lambda _: None))
        except postgres.DatabaseTrouble as trouble:
            errors.print(f"✗ 数据库  {trouble}", style="red", markup=False)
        from kuangdeng.config.cli.base import set_up_django

        set_up_django()
        from kuangdeng.config import checkup

        marks = {checkup.Level.GOOD: "[green]✓[/]", checkup.Level.NOTE: "[yellow]![/]", checkup.Level.BAD: "[red]✗[/]"}
        found = []
        for one in checkup.examine():
            found.append(one)
            if not as_json:
                console.print(marks[one.level], end=" ")
                console.print(f"{one.title}  {one.said}", markup=False)
                if one.advice:
                    console.print(f"   → {one.advice}", markup=False)
        from django.db import connections

        connections.close_all()
    wrong = sum(one.level is checkup.Level.BAD for one in found)
    if as_json:
        words = [
            {"check": one.title, "level": one.level.name.lower(), "said": one.said, "advice": one.advice}
            for one in found
        ]
        console.print(json.dumps({"ok": not wrong, "checks": words}, ensure_ascii=False, indent=1), markup=False)
    else:
        say(f"\n共 {len(found)} 项，{wrong} 项有问题。" if wrong else f"\n共 {len(found)} 项，没有发现问题。")
    if wrong:
        raise typer.Exit(Code.NO)
