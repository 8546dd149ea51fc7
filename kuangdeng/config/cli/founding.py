"""The command that begins a mine: nobody can sign in before it."""

from __future__ import annotations

from typing import Annotated

import typer

from kuangdeng.config.cli.base import mine, say


def new_mine(
    name: Annotated[str, typer.Argument(help="矿的名称，如 某某煤矿。", show_default=False)],
    number: Annotated[
        str, typer.Option("--number", help="第一位系统管理员的工号。", prompt="管理员工号", show_default=False)
    ],
    administrator: Annotated[
        str, typer.Option("--administrator", help="第一位系统管理员的姓名。", prompt="管理员姓名", show_default=False)
    ],
    code: Annotated[str, typer.Option("--code", help="矿的代码，字母数字，一个系统里不能重复。")] = "mine",
) -> None:
    """建矿：建立第一位系统管理员，装入班制、日历、隐患等级、专业、期限规则和重大隐患判定标准。"""
    with mine():
        from kuangdeng.config.cli.running import migrate_now
        from kuangdeng.hazards.api import set_up
        from kuangdeng.learning.api import bookroom, certificates, classes, study
        from kuangdeng.org.api import found_mine, resume_founding, set_up_org

        migrate_now()
        code = code.strip()
        if _broken_off(code):
            founded, person, password = resume_founding(code=code, name=name, number=number)
            say("上次建矿没有完成，现在继续。")
        else:
            founded, person, password = found_mine(code=code, name=name, number=number, administrator=administrator)
        set_up_org(mine=founded, by=person)
        bookroom.set_up_rooms(mine=founded, by=person)
        study.set_up_study(mine=founded, by=person)
        classes.set_up_classes(mine=founded, by=person)
        certificates.set_up_certificates(mine=founded, by=person)
        set_up(mine=founded, by=person)
    if password:
        say(f"「{founded.name}」已建好。请用下面的工号登录，首次登录要改密码：")
        say(f"  工号 {person.number}    一次性密码 {password}")
    else:
        say(f"「{founded.name}」已建好。管理员（工号 {person.number}）登录过，继续用自己的密码。")
    say("接着在「设置 → 导入单位、职工、地点」里依次导入三张 Excel 表。")


def _broken_off(code: str) -> bool:
    """Whether this mine was founded but never got all its tables; the last set-up says on the ledger that it did."""
    from kuangdeng.ledger.api import Entry
    from kuangdeng.org.api import Mine

    mine_id = Mine.objects.filter(code=code).values_list("id", flat=True).first()
    return mine_id is not None and not Entry.objects.filter(mine_id=mine_id, verb="hazard.set_up").exists()
