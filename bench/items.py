"""How fast 50,000 items come in from one Excel file, and in how much memory.

    python -m bench.items [items]

A fresh PostgreSQL with fsync on, the file written first (not counted), then the preview and the writing as a person
sees them: read, twins looked for, everything written in one transaction. Prints seconds, items/s, peak memory, and how
long the comparison of all stems takes.
"""

from __future__ import annotations

import random
import resource
import sys
import time
from pathlib import Path

import xlsxwriter

from bench import ground

WORDS = (
    "瓦斯", "煤尘", "顶板", "支架", "锚杆", "风筒", "风门", "皮带", "绞车", "探头", "水仓", "钻孔", "采面", "巷道", "断电", "撤人",
    "检查", "停止", "报告", "处理", "加固", "闭锁", "传感", "信号", "照明", "电缆",
)  # fmt: skip

LIMIT = 60
"""Seconds in which 50,000 items are to be in the bank, duplicates looked for."""


def peak() -> float:
    """The most memory that this process has had, in MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def write(path: Path, items: int) -> None:
    """Single, multiple, true/false and fill-in items with stems of their own."""
    chance = random.Random(1)
    with xlsxwriter.Workbook(str(path), {"constant_memory": True}) as book:
        sheet = book.add_worksheet("题库")
        sheet.write_row(
            0, 0, ["题型", "题干", "选项A", "选项B", "选项C", "选项D", "答案", "解析", "难度", "专业", "知识点"]
        )
        for row in range(1, items + 1):
            stem = f"第{row}号地点" + "".join(chance.choices(WORDS, k=9)) + "时应当（ ）。"
            kind = row % 4
            options = [f"{word}{at}" for at, word in enumerate(chance.sample(WORDS, 4))]
            if kind < 2:
                cells = ["单选题" if kind else "多选题", stem, *options, "B" if kind else "ACD"]
            elif kind == 2:
                cells = ["判断题", stem, "", "", "", "", "√" if row % 8 else "×"]
            else:
                cells = ["填空题", stem.replace("（ ）", "____"), "", "", "", "", "停止作业"]
            sheet.write_row(row, 0, [*cells, "见规程。", row % 5 + 1, WORDS[row % 6], WORDS[row % 20]])


def run(items: int) -> None:
    with ground.database() as (pid, folder):
        import django

        django.setup()
        from django.core.management import call_command

        call_command("migrate", verbosity=0)
        from kuangdeng.learning.items import importing, services, transfer
        from kuangdeng.learning.items.models import Item
        from kuangdeng.learning.items.testkit import bank
        from kuangdeng.org.testkit import make_cast

        cast = make_cast()
        home = bank(cast)
        path = Path(folder) / "items.xlsx"
        write(path, items)
        print(f"{items} items, {path.stat().st_size / 1e6:.1f} MB; memory before: {peak():.0f} MB", flush=True)
        begin, own, cpu = time.monotonic(), time.process_time(), ground.cpu(pid)
        found = importing.take_in(path, by=cast.training_officer, name=path.name)
        found = importing.read(found.id, by=cast.training_officer)
        read = time.monotonic() - begin
        assert found.report["counts"]["good"] == items, found.report
        transfer.confirm(found.id, choice=importing.Choice(home.id), by=cast.training_officer)
        whole = time.monotonic() - begin
        assert Item.objects.count() == items
        print(
            f"preview {read:6.1f} s   writing {whole - read:6.1f} s   together {whole:6.1f} s = {items / whole:,.0f} items/s"
        )
        print(
            f"own CPU {time.process_time() - own:.1f} s, database {ground.cpu(pid) - cpu:.1f} s, peak {peak():.0f} MB",
            flush=True,
        )
        assert items > 50_000 or whole < LIMIT, f"the import took {whole:.0f} s, more than {LIMIT} s"
        begin = time.monotonic()
        pairs = services.find_twins(by=cast.training_officer)
        print(f"near-duplicates among {items}: {pairs} pairs in {time.monotonic() - begin:.1f} s")


if __name__ == "__main__":
    run(int(sys.argv[1]) if len(sys.argv) > 1 else 50_000)
