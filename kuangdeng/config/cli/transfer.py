"""Commands that bring Excel files in and take them out: import-org, import-hazards, export."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any
from uuid import UUID

import typer

from kuangdeng.config.cli.base import Code, Unfit, mine, progress, say, warn

if TYPE_CHECKING:
    from kuangdeng.org.api import ImportRun, Person

MineCode = Annotated[str, typer.Option("--mine", help="矿的代码；系统里只有一个矿时可以不写。", show_default=False)]
By = Annotated[str, typer.Option("--by", help="经办人的工号，要有导入或导出的权限。", show_default=False)]


def _person(mine_code: str, number: str) -> Person:
    """Who stands for it. Unfit, with the codes that there are, when mine or number is wrong."""
    from kuangdeng.org.api import Mine, Person

    mines = list(Mine.objects.order_by("code"))
    chosen = [one for one in mines if one.code == mine_code] if mine_code else mines
    if not chosen:
        raise Unfit(f"没有代码为「{mine_code}」的矿。现有：{'、'.join(one.code for one in mines) or '（还没有矿）'}")
    if len(chosen) > 1:
        raise Unfit(f"系统里有几个矿，请用 --mine 指明：{'、'.join(one.code for one in mines)}")
    person = Person.objects.select_related("mine", "unit").filter(mine=chosen[0], number=number, is_active=True).first()
    if person is None:
        raise Unfit(f"「{chosen[0].name}」没有工号为「{number}」的在册职工。请用 --by 写经办人的工号。")
    return person


def import_org(
    files: Annotated[
        list[Path],
        typer.Argument(help="单位、职工、地点表（.xlsx 或 .csv），按单位、职工、地点的次序写。", show_default=False),
    ],
    by: By,
    mine_code: MineCode = "",
    since: Annotated[
        str, typer.Option(help="职工归属从哪一天起算，如 2026-01-01；默认今天。", show_default=False)
    ] = "",
    dry_run: Annotated[bool, typer.Option("--dry-run", help="只检查，不写入。")] = False,
) -> None:
    """从 Excel 导入单位、职工、地点；按工号更新已有的职工。"""
    for file in files:
        if not file.is_file():
            raise Unfit(f"没有这个文件：{file}")
    with mine():
        from kuangdeng.org import api as org

        person = _person(mine_code, by)
        wrong = False
        for file in files:
            with progress() as bar:
                task = bar.add_task(file.name, total=None)

                def show(done: int, total: int, task: Any = task, bar: Any = bar) -> None:
                    bar.update(task, completed=done, total=total or None)

                run = org.import_org(file, by=person, valid_from=_day(since), dry_run=dry_run, progress=show)
            say(f"「{file.name}」：{_org_report(run)}")
            for line in org.problem_lines(run):
                warn(f"  {line}")
                wrong = True
        if dry_run:
            say("只是检查，没有写入。")
        if wrong:
            raise typer.Exit(Code.NO)


def _org_report(run: ImportRun) -> str:
    """What changed, or would change, in a line."""
    told = []
    for key, label in (("units", "单位"), ("persons", "职工"), ("places", "地点")):
        counts = run.report[key]
        if counts["new_count"] or counts["changed_count"] or counts["same_count"]:
            told.append(
                f"{label}新增 {counts['new_count']}、更新 {counts['changed_count']}、没有变化 {counts['same_count']}"
            )
    return "；".join(told) or "没有可用的行"


def import_hazards(
    file: Annotated[Path, typer.Argument(help="旧隐患台账：.xlsx 或 .csv（UTF-8、GBK 都行）。", show_default=False)],
    by: By,
    mine_code: MineCode = "",
    yes: Annotated[bool, typer.Option("--yes", help="不再询问，预览后直接写入。")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="只读出预览和问题清单，不写入。")] = False,
    problems: Annotated[
        Path | None, typer.Option("--problems", help="问题清单写到哪里；默认在台账文件旁边。", show_default=False)
    ] = None,
) -> None:
    """从 Excel 或 CSV 导入旧隐患台账：先预览，确认后写入；断开了再运行一次就接着写。"""
    if not file.is_file():
        raise Unfit(f"没有这个文件：{file}")
    with mine():
        from kuangdeng.hazards.api import confirm_import, importing
        from kuangdeng.org.api import ImportRun

        person = _person(mine_code, by)
        with progress() as bar:
            task = bar.add_task("读取", total=None)

            def show(what: str, done: int, total: int | None) -> None:
                bar.update(task, description=what, completed=done, total=total)

            run = importing.take_in(file, by=person)
            going_on = run.state == ImportRun.State.WRITING
            if not going_on:
                run = importing.read(run.id, by=person, progress=show)
        if run.state == ImportRun.State.FAILED:
            warn(str(run.report["message"]))
            raise typer.Exit(Code.NO)
        counts = run.report["counts"]
        listing = problems or file.with_name(f"{file.stem}-问题清单.csv")
        _tell(run)
        if _copy_problems(importing.errors_of(run), listing):
            say(f"问题清单：{listing}")
        if dry_run:
            if not going_on:
                importing.drop(run.id, by=person)
            say("只是预览，没有写入。")
            raise typer.Exit(Code.NO if counts["problems"] else Code.DONE)
        if not going_on:
            if not counts["good"]:
                warn("没有可以导入的行。")
                importing.drop(run.id, by=person)
                raise typer.Exit(Code.DONE if counts["known"] == counts["rows"] else Code.NO)
            if not yes and not typer.confirm(f"写入 {counts['good']} 条？写入后会留在台账上"):
                importing.drop(run.id, by=person)
                say("没有写入。")
                raise typer.Exit(Code.NO)
            confirm_import(run.id, by=person)
        else:
            say("上次没有写完，接着写。")
        with progress() as bar:
            task = bar.add_task("写入", total=counts["rows"])
            run = importing.write(
                run.id, by=person, progress=lambda _w, done, total: bar.update(task, completed=done, total=total)
            )
        say(f"写入了 {run.report['written']} 条隐患。")
        if counts["problems"]:
            warn(f"有 {counts['problems']} 行没有导入，见问题清单。")


def _copy_problems(source: Path, target: Path) -> bool:
    """The list of problems beside the ledger, when there are any."""
    if not source.exists():
        return False
    content = source.read_bytes()
    if content.count(b"\n") <= 1:
        return False
    target.write_bytes(content)
    return True


def _tell(run: ImportRun) -> None:
    """The preview in some lines."""
    from kuangdeng.hazards.api import STATUS_LABELS

    report: dict[str, Any] = run.report
    counts = report["counts"]
    say(f"「{run.file_name}」：数据 {counts['rows']} 行，发现日期 {report['first'] or '—'} 到 {report['last'] or '—'}")
    twins = counts["twins_here"] + counts["twins_there"]
    say(f"  可以导入 {counts['good']} 条；有错 {counts['problems']} 行；重复 {twins} 行")
    if report["states"]:
        say("  状态：" + "，".join(f"{STATUS_LABELS[state]} {count}" for state, count in report["states"].items()))
    for what, key in (("地点", "places"), ("单位", "units")):
        if report[key]:
            shown = "、".join(f"{words}（{count}）" for words, count in report[key][:10])
            say(f"  不认得的{what} {report[f'{key}_unknown']} 种：{shown}")


def export(
    target: Annotated[Path, typer.Argument(help="导出到哪个文件：.xlsx 或 .csv。", show_default=False)],
    by: By,
    mine_code: MineCode = "",
    run_id: Annotated[
        str,
        typer.Option("--run", help="只导出某次导入的，并按那张旧台账原来的栏目；写导入的编号。", show_default=False),
    ] = "",
    since: Annotated[str, typer.Option(help="从哪一天发现的起，如 2026-01-01。", show_default=False)] = "",
    until: Annotated[str, typer.Option(help="到哪一天发现的止。", show_default=False)] = "",
    unit: Annotated[str, typer.Option(help="只要某个责任单位（含下属班组）。", show_default=False)] = "",
    only_open: Annotated[bool, typer.Option("--open", help="只要没有办结的。")] = False,
    overwrite: Annotated[bool, typer.Option("--overwrite", help="文件已存在时覆盖。")] = False,
) -> None:
    """把隐患台账导出成 .xlsx 或 .csv；导出的文件可以再导入。"""
    kind = target.suffix.lower()
    if kind not in (".xlsx", ".csv"):
        raise Unfit("只能导出成 .xlsx 或 .csv，请改文件名的后缀。")
    if target.exists() and not overwrite:
        say(f"{target} 已经存在，没有覆盖。请换一个名字，或者加上 --overwrite。")
        raise typer.Exit(Code.NO)
    with mine():
        from kuangdeng.hazards.api import exporting, importing

        person = _person(mine_code, by)
        with progress() as bar:
            task = bar.add_task("导出", total=None)

            def show(done: int) -> None:
                bar.update(task, completed=done)

            if run_id:
                run = importing.get_run(_id(run_id), by=person)
                lines = exporting.original_lines(run, exporting.hazards_of_run(run, by=person), show)
            else:
                rows = exporting.hazards_of(
                    person, since=_day(since), until=_day(until), unit_ids=_units(unit, person), only_open=only_open
                )
                lines = exporting.own_lines(rows, show)
            part = target.with_name(f".{target.name}.part")
            try:
                if kind == ".xlsx":
                    count = exporting.write_xlsx(lines, str(part))
                else:
                    with part.open("w", encoding="utf-8-sig", newline="") as file:
                        count = exporting.write_csv(lines, file)
                part.replace(target)
            finally:
                part.unlink(missing_ok=True)
        say(f"导出了 {count} 条隐患到 {target}")


def _id(words: str) -> UUID:
    try:
        return UUID(words)
    except ValueError:
        raise Unfit(f"「{words}」不是导入的编号。编号在导入页面的网址里。") from None


def _day(words: str) -> date | None:
    from kuangdeng.kernel.tables import Unreadable, to_date

    try:
        return to_date(words)
    except Unreadable as trouble:
        raise Unfit(str(trouble)) from None


def _units(name: str, person: Person) -> list[UUID]:
    """The unit of this name and everything below it. Unfit when there is none."""
    from kuangdeng.org.api import UnitIndex, below

    if not name:
        return []
    found = UnitIndex(person.mine_id).resolve(name)
    if found is None:
        raise Unfit(f"没有叫「{name}」的单位，或者有几个同名的。")
    return list(below([found.id]))
