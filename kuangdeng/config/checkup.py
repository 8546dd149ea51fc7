"""What `kuangdeng doctor` looks at: each check says what it found and, when it is bad, what to do."""

from __future__ import annotations

import os
import shutil
import stat
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import Enum
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connection
from django.db.utils import Error

from kuangdeng.hazards.api import reconciliation
from kuangdeng.kernel import clock
from kuangdeng.kernel.heartbeat import last_beat
from kuangdeng.ledger.api import given_up, lag

GIGABYTE = 1 << 30
QUIET = timedelta(minutes=2)
"""A pulse beats every few seconds; telling of a large import keeps it busy a little longer."""
KEEPING_UP = 500
"""So many entries the pulse reads at one go: fewer are no backlog."""
FONT_FOLDERS = ("/usr/share/fonts", "/usr/local/share/fonts", "~/.fonts", "~/.local/share/fonts", "/Library/Fonts")
CHINESE_FONTS = (
    "NotoSansCJK", "NotoSerifCJK", "NotoSansSC", "SourceHan", "wqy", "simsun", "simhei", "simfang", "simkai",
    "msyh", "PingFang", "DroidSansFallback", "uming", "ukai", "fangsong", "kaiti", "FandolSong",
)  # fmt: skip


class Level(Enum):
    GOOD = "正常"
    NOTE = "注意"
    BAD = "有问题"


@dataclass(frozen=True)
class Finding:
    """The result of one check, in words for the administrator."""

    title: str
    level: Level
    said: str
    advice: str = ""


def good(title: str, said: str) -> Finding:
    return Finding(title, Level.GOOD, said)


def note(title: str, said: str, advice: str) -> Finding:
    return Finding(title, Level.NOTE, said, advice)


def bad(title: str, said: str, advice: str) -> Finding:
    return Finding(title, Level.BAD, said, advice)


def examine() -> Iterator[Finding]:
    """Every check in order; without a database those that need it are left out."""
    reachable = check_database()
    yield reachable
    checks: list[Callable[[], Finding]] = [check_font, check_disk, check_secret]
    if reachable.level is not Level.BAD or "连不上" not in reachable.said:
        migrations = check_migrations()
        yield migrations
        yield check_clock()
        if migrations.level is Level.GOOD:
            checks = [
                check_search, check_indexes, check_queue, check_jobs, check_pulse, check_sealing, check_notices, check_feed,
                check_account, check_reckoned, check_photos, *checks,
            ]  # fmt: skip
    for check in checks:
        yield check()


# --- database -----------------------------------------------------------------------------------------------------


def check_database() -> Finding:
    """Release and encoding: names of miners are lost in anything but UTF-8."""
    title = "数据库"
    try:
        version = int(_value("show server_version_num"))
        said = f"PostgreSQL {_value('show server_version')}，编码 {_value('show server_encoding')}"
        encoding = str(_value("show server_encoding"))
    except Error as trouble:
        advice = "请检查 DATABASE_URL、数据库服务和网络；没有设置 DATABASE_URL 时请看 data/postgres/postgres.log。"
        return bad(title, f"连不上：{str(trouble).strip()}", advice)
    if version < 150000:
        return bad(title, said, "版本太旧，请升级到 PostgreSQL 15 或更新版本。")
    if encoding != "UTF8":
        return bad(title, said, "编码必须是 UTF8：请用 createdb -E UTF8 -T template0 新建数据库，再用备份恢复。")
    return good(title, said)


def check_migrations() -> Finding:
    title = "数据结构"
    from django.db.migrations.executor import MigrationExecutor

    executor = MigrationExecutor(connection)
    waiting = executor.migration_plan(executor.loader.graph.leaf_nodes())
    known = set(executor.loader.graph.nodes)
    newer = sorted(f"{app}.{name}" for app, name in executor.loader.applied_migrations if (app, name) not in known)
    if waiting:
        return bad(title, f"有 {len(waiting)} 项升级没有执行", "请先备份，再执行 kuangdeng migrate。")
    if newer:
        return bad(title, f"数据库比程序新（{newer[-1]}）", "请把程序升级到最近使用过的版本。")
    return good(title, f"最新（共 {len(known)} 项）")


def check_clock() -> Finding:
    """Deadlines are written by the application and read by the database: both must mean the same instant."""
    title = "时钟"
    before = datetime.now(UTC)  # noqa: TID251 -- the machine's clock itself is what is examined
    there = _value("select clock_timestamp()")
    after = datetime.now(UTC)  # noqa: TID251
    apart = abs((there - (before + (after - before) / 2)).total_seconds())
    local = clock.local(after).strftime("%Y-%m-%d %H:%M:%S")
    if apart > 2:
        advice = "请在应用服务器和数据库服务器上都开启时间同步（例如 chrony），否则整改期限会算错。"
        return bad(title, f"应用和数据库相差 {apart:.1f} 秒", advice)
    if after.year < 2025:
        return bad(title, f"本机时间是 {local}", "时间明显不对，请校准本机时钟。")
    return good(title, f"应用与数据库一致（相差 {apart * 1000:.0f} 毫秒），矿上时间 {local}")


def check_search() -> Finding:
    """The two-character pieces that make Chinese words findable, tried on a real word."""
    title = "中文检索"
    word = "上隅角瓦斯"
    expected = sorted(word[i : i + 2] for i in range(len(word) - 1))
    try:
        found = sorted(_value("select kd_pieces(%s)", [word]))
    except Error as trouble:
        return bad(title, f"检索函数不能用：{str(trouble).strip().splitlines()[0]}", "请执行 kuangdeng migrate。")
    if found != expected:
        return bad(title, f"“{word}”被切成 {'、'.join(found)}", "请检查数据库编码是否为 UTF8，并重建数据库后恢复备份。")
    return good(title, f"“{word}”切成 {'、'.join(found)}")


def check_indexes() -> Finding:
    title = "索引"
    broken = _column(
        "select c.relname from pg_index i join pg_class c on c.oid = i.indexrelid"
        " join pg_namespace n on n.oid = c.relnamespace where not i.indisvalid and n.nspname = current_schema()"
    )
    if broken:
        return bad(title, f"失效：{'、'.join(broken)}", f"请在数据库中执行 REINDEX INDEX CONCURRENTLY {broken[0]}。")
    return good(title, "全部有效")


# --- jobs and ledger ----------------------------------------------------------------------------------------------


def check_queue() -> Finding:
    """Without a worker no deadline is watched and no notice leaves."""
    title = "后台任务进程"
    count, last = _row(
        "select count(*) filter (where last_heartbeat > now() - interval '60 seconds'), max(last_heartbeat)"
        " from procrastinate_workers"
    )
    if count:
        return good(title, f"{count} 个在运行")
    since = f"，最后一次是 {clock.local(last):%m-%d %H:%M}" if last else ""
    advice = "请启动：kuangdeng worker，或 systemctl start kuangdeng-worker；演示时用 make demo。"
    return bad(title, f"没有在运行{since}", advice)


def check_jobs() -> Finding:
    """Jobs whose worker died, jobs that nobody takes, jobs that failed."""
    title = "任务队列"
    stalled, late, failed, todo = _row(
        "select count(*) filter (where j.status = 'doing' and (w.id is null or w.last_heartbeat < now() - interval '90 seconds')),"
        " count(*) filter (where j.status = 'todo' and coalesce(j.scheduled_at, e.at, now()) < now() - interval '10 minutes'),"
        " count(*) filter (where j.status = 'failed' and e.at > now() - interval '1 day'),"
        " count(*) filter (where j.status = 'todo')"
        " from procrastinate_jobs j left join procrastinate_workers w on w.id = j.worker_id"
        " left join lateral (select max(at) as at from procrastinate_events v where v.job_id = j.id) e on true"
        " where j.status in ('todo', 'doing', 'failed')"
    )
    said = f"等待 {todo}，卡住 {stalled}，积压超过 10 分钟 {late}，一天内失败 {failed}"
    if stalled or late:
        return bad(title, said, "请重启后台任务；卡住的任务会自动重新执行。仍不见好转请看后台任务日志。")
    if failed:
        return note(title, said, "失败原因见后台任务日志（data/log/worker.log 或 journalctl -u kuangdeng-worker）。")
    return good(title, said)


def check_pulse() -> Finding:
    """The worker's pulse seals and tells; its process may live on while the pulse has stopped."""
    title = "封存和通知的脉搏"
    last = last_beat("pulse")
    if last is None:
        return bad(title, "从来没有跳动过", "请启动：kuangdeng worker，或 systemctl start kuangdeng-worker。")
    age = clock.now() - last
    if age > QUIET:
        advice = "请重启后台任务（systemctl restart kuangdeng-worker）；再停时请看后台任务日志里的 pulse failed。"
        return bad(title, f"已停 {_duration(age)}", advice)
    return good(title, f"{max(0, int(age.total_seconds()))} 秒前跳动过")


def check_notices() -> Finding:
    """What is sealed reaches people through the reader of notices."""
    title = "通知"
    waiting = lag("notices")
    if waiting <= KEEPING_UP:
        return good(title, f"还有 {waiting} 条台账没有通知" if waiting else "没有积压")
    said = f"积压 {waiting} 条台账没有通知"
    beat = last_beat("pulse")
    if beat is None or clock.now() - beat > QUIET:
        return bad(title, said, "通知由后台任务发出，现在没有在发：请启动或重启 kuangdeng worker。")
    return note(title, said, "大量导入之后属正常，正在补发；过几分钟请再检查一次，数字应当变小。")


def check_feed() -> Finding:
    """Entries that a reader of the feed gave up: somebody was not told of something."""
    title = "未能处理的台账记录"
    lost = given_up()
    if lost:
        advice = "请系统管理员打开「台账 → 未能处理的记录」看原因，排除后点「重试」。"
        return bad(title, f"{lost} 条试过多次没有成功，已放弃", advice)
    return good(title, "没有")


def check_account() -> Finding:
    """Ledger, hazards and bulletins agree: nothing has disappeared."""
    title = "每日对账"
    if wrong := reconciliation.unexplained().count():
        advice = "请安监部门或系统管理员打开「隐患 → 跟踪 → 每日对账」，逐条核查后写明情况。"
        return bad(title, f"台账、隐患表和公布有 {wrong} 处对不上", advice)
    return good(title, "没有对不上的")


def check_reckoned() -> Finding:
    """The account is reckoned every hour: an account that nobody reckons agrees for ever."""
    title = "每小时对账"
    behind = reconciliation.overdue(clock.now())
    stopped = [(mine, last) for mine, last in behind if last is not None]
    advice = (
        "对账由后台任务进行：请确认 kuangdeng worker 在运行；在运行还不对账，请看后台任务日志里的 account of {code}。"
    )
    if stopped:
        mine, last = min(stopped, key=lambda one: one[1])
        said = f"{mine.name}已停 {_duration(clock.now() - last)}，共 {len(stopped)} 个矿没有按时对账"
        return bad(title, said, advice.format(code=mine.code))
    if behind:
        return note(title, f"{behind[0][0].name}还没有对过账", advice.format(code=behind[0][0].code))
    return good(title, "都按时对过")


def check_sealing() -> Finding:
    """Every entry gets its place in the chain shortly after it was written."""
    title = "台账封存"
    waiting, oldest = _row(
        "select count(*), min(e.received_at) from ledger_pendingentry p join ledger_entry e on e.id = p.entry_id"
    )
    if not waiting:
        return good(title, "全部已封存")
    age = clock.now() - oldest
    said = f"{waiting} 条未封存，最早的已等 {_duration(age)}"
    if age > timedelta(minutes=10):
        return bad(title, said, "封存由后台任务进行：请确认 kuangdeng worker 在运行。")
    return good(title, said)


def check_photos() -> Finding:
    """A sample of the newest photos is really on the disk."""
    title = "照片和附件"
    root = Path(settings.FILES_ROOT)
    names = _column("select sha256 from kernel_storedfile order by stored_at desc limit 200")
    missing = [name for name in names if not (root / name[:2] / name[2:4] / name).is_file()]
    if missing:
        advice = f"请检查磁盘和 {root}；需要时从备份中取回（kuangdeng restore 到新目录后复制）。"
        return bad(title, f"最近 {len(names)} 个里有 {len(missing)} 个不在磁盘上（{missing[0]} 等）", advice)
    return good(title, f"抽查最近 {len(names)} 个，都在" if names else "还没有")


# --- the machine --------------------------------------------------------------------------------------------------


def check_font() -> Finding:
    """A server-made PDF without a Chinese font is blank, and nothing says so."""
    title = "中文字体"
    if found := _chinese_font():
        return good(title, found)
    return bad(title, "没有找到", "请安装任一中文字体（Debian：apt install fonts-noto-cjk），否则打印的 PDF 是空白的。")


def _chinese_font() -> str | None:
    program = shutil.which("fc-list")
    if program:
        said = subprocess.run([program, ":lang=zh", "family"], capture_output=True, text=True, check=False).stdout
        return sorted(line.split(",")[0] for line in said.splitlines())[0] if said.strip() else None
    wanted = tuple(name.lower() for name in CHINESE_FONTS)
    for folder in FONT_FOLDERS:
        for path in Path(folder).expanduser().rglob("*"):
            if path.suffix.lower() in {".ttf", ".ttc", ".otf"} and path.name.lower().startswith(wanted):
                return path.stem
    return None


def check_disk() -> Finding:
    title = "磁盘"
    folder = next(path for path in (settings.DATA, *settings.DATA.parents) if path.exists())
    usage = shutil.disk_usage(folder)
    said = f"{folder} 剩余 {usage.free / GIGABYTE:.1f} GB（{usage.free * 100 // usage.total}%）"
    if not os.access(folder, os.W_OK):
        return bad(title, f"{folder} 不能写入", "请检查目录属主和挂载方式。")
    if usage.free < GIGABYTE:
        return bad(title, said, "空间不足 1 GB，写满后数据库会停止：请立即清理或扩容。")
    if usage.free < 5 * GIGABYTE:
        return note(title, said, "空间不足 5 GB，请尽快清理或扩容。")
    return good(title, said)


def check_secret() -> Finding:
    """Whoever can read the key can forge a sign-in."""
    title = "密钥"
    path = settings.DATA / "secret_key"
    if os.environ.get("KUANGDENG_SECRET_KEY"):
        return good(title, "由环境变量 KUANGDENG_SECRET_KEY 给出")
    if stat.S_IMODE(path.stat().st_mode) & 0o077:
        return bad(title, f"{path} 其他用户可以读", f"请执行 chmod 600 {path}。")
    return good(title, f"{path}，仅本用户可读")


# --- small helpers ------------------------------------------------------------------------------------------------


def _row(query: str, values: list[str] | None = None) -> tuple[Any, ...]:
    with connection.cursor() as cursor:
        cursor.execute(query, values)
        return tuple(cursor.fetchone() or ())


def _value(query: str, values: list[str] | None = None) -> Any:
    return _row(query, values)[0]


def _column(query: str) -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute(query)
        return [row[0] for row in cursor.fetchall()]


def _duration(span: timedelta) -> str:
    minutes = int(span.total_seconds() // 60)
    return f"{minutes // 60} 小时 {minutes % 60} 分" if minutes >= 60 else f"{minutes} 分钟"
