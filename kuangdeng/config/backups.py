"""One file that holds a whole mine, taken while people work, readable by any later release.

Inside a plain tar: every table as PostgreSQL's own COPY text, gzipped, all from one REPEATABLE READ snapshot; the
sequences; the stored photos that the snapshot names, by their sha256; and last a manifest with a count and a sha256
for each part. No `pg_dump`: its release would have to match the server's, and this way a mine moves between
PostgreSQL releases and machines. The shape of the tables comes from the migrations: restoring builds the shape of that
day, fills it, then migrates on to today's.

Not inside: sign-in sessions (everybody signs in again) and the secret key.
"""

from __future__ import annotations

import contextlib
import gzip
import io
import json
import os
import re
import shutil
import tarfile
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import IO, Any

from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from psycopg import sql

import kuangdeng
from kuangdeng.kernel.clock import now
from kuangdeng.kernel.errors import Refused

FORMAT = 1
MANIFEST = "manifest.json"
LEFT_OUT = {"django_session"}
MEMBER = re.compile(r"tables/[a-z0-9_]+\.copy\.gz|files/[0-9a-f]{64}|manifest\.json")
SHA256 = re.compile(r"[0-9a-f]{64}")
CHUNK = 1 << 20

Progress = Callable[[str, int, int], None]
"""Called with what is being done, how much is done and how much there is."""


def _silent(_what: str, _done: int, _total: int) -> None:
    return None


@dataclass
class Report:
    """What a backup or a restore did, for the screen."""

    path: Path
    rows: int = 0
    tables: int = 0
    files: int = 0
    size: int = 0
    missing: list[str] = field(default_factory=list)
    manifest: dict[str, Any] = field(default_factory=dict)


# --- taking -------------------------------------------------------------------------------------------------------


def take(target: Path, files_root: Path, *, progress: Progress = _silent) -> Report:
    """Write a backup; people go on working meanwhile.

    The file appears under its name only when it is whole and on the disk. Photos are read after the tables: they are
    named by their content and never change, so whatever the snapshot names is there.
    """
    report = Report(target)
    target.parent.mkdir(parents=True, exist_ok=True)
    fresh = target.with_name(f".{target.name}.{os.getpid()}.part")
    manifest: dict[str, Any] = {
        "format": FORMAT,
        "kuangdeng": kuangdeng.__version__,
        "taken_at": now().isoformat(),
        "tables": {},
        "sequences": {},
        "files": {},
    }
    try:
        with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as raw:
            with tarfile.open(fileobj=raw, mode="w", format=tarfile.PAX_FORMAT) as archive:
                with _snapshot() as cursor:
                    _put_tables(cursor, archive, manifest, progress)
                    _put_sequences(cursor, manifest)
                    wanted = _stored_files(cursor)
                _put_files(archive, files_root, wanted, manifest, report, progress)
                text = json.dumps(manifest, ensure_ascii=False, indent=1, sort_keys=True).encode()
                _add(archive, MANIFEST, io.BytesIO(text), len(text))
            raw.flush()
            os.fsync(raw.fileno())
        fresh.replace(target)
    finally:
        fresh.unlink(missing_ok=True)
    report.manifest = manifest
    report.tables = len(manifest["tables"])
    report.rows = sum(table["rows"] for table in manifest["tables"].values())
    report.files, report.size = len(manifest["files"]), target.stat().st_size
    return report


@contextlib.contextmanager
def _snapshot() -> Iterator[Any]:
    """A cursor in which the whole database stands still."""
    connection.ensure_connection()
    raw = connection.connection
    with raw.cursor() as cursor:
        cursor.execute("begin isolation level repeatable read read only")
        try:
            cursor.execute("set local statement_timeout = 0")
            cursor.execute("set local datestyle = 'ISO'; set local timezone = 'UTC'; set local extra_float_digits = 1")
            yield cursor
        finally:
            cursor.execute("rollback")


def _put_tables(cursor: Any, archive: tarfile.TarFile, manifest: dict[str, Any], progress: Progress) -> None:
    cursor.execute("show server_version")
    manifest["postgres"] = cursor.fetchone()[0]
    cursor.execute("select app, name from django_migrations order by id")
    manifest["migrations"] = [list(row) for row in cursor.fetchall()]
    tables = _tables(cursor)
    for number, table in enumerate(tables):
        progress(f"数据表 {table}", number, len(tables))
        columns = _columns(cursor, table)
        with tempfile.TemporaryFile() as spool:
            rows = _copy_out(cursor, table, columns, spool)
            digest, size = _measure(spool)
            _add(archive, f"tables/{table}.copy.gz", spool, size)
        manifest["tables"][table] = {"rows": rows, "columns": columns, "sha256": digest, "size": size}
    progress("数据表", len(tables), len(tables))


def _copy_out(cursor: Any, table: str, columns: list[str], spool: IO[bytes]) -> int:
    """The table's rows into `spool`; in COPY text a row is a line, so lines count rows."""
    rows = 0
    command = sql.SQL("copy {} ({}) to stdout").format(_name(table), sql.SQL(", ").join(map(sql.Identifier, columns)))
    with gzip.GzipFile(fileobj=spool, mode="wb", compresslevel=4, mtime=0) as packed, cursor.copy(command) as copy:
        for block in copy:
            rows += bytes(block).count(b"\n")
            packed.write(block)
    return rows


def _put_sequences(cursor: Any, manifest: dict[str, Any]) -> None:
    """After the tables: a sequence does not stand still in the snapshot, and further ahead is safe."""
    cursor.execute("select sequencename, last_value from pg_sequences where schemaname = current_schema()")
    manifest["sequences"] = dict(cursor.fetchall())


def _stored_files(cursor: Any) -> list[str]:
    cursor.execute("select sha256 from kernel_storedfile order by sha256")
    return [row[0] for row in cursor.fetchall()]


def _put_files(
    archive: tarfile.TarFile,
    root: Path,
    wanted: list[str],
    manifest: dict[str, Any],
    report: Report,
    progress: Progress,
) -> None:
    for number, name in enumerate(wanted):
        progress("照片和附件", number, len(wanted))
        try:
            file = (root / name[:2] / name[2:4] / name).open("rb")
        except FileNotFoundError:
            report.missing.append(name)
            continue
        with file:
            digest, size = _measure(file)
            if digest != name:
                report.missing.append(name)
                continue
            _add(archive, f"files/{name}", file, size)
        manifest["files"][name] = size
    manifest["missing_files"] = report.missing
    progress("照片和附件", len(wanted), len(wanted))


def _add(archive: tarfile.TarFile, name: str, content: IO[bytes], size: int) -> None:
    member = tarfile.TarInfo(name)
    member.size, member.mode, member.mtime = size, 0o600, int(now().timestamp())
    archive.addfile(member, content)


# --- checking -----------------------------------------------------------------------------------------------------


def check(source: Path, *, progress: Progress = _silent) -> dict[str, Any]:
    """Read a backup from end to end against its manifest and return that.

    Refused with the name of the first part that is missing, superfluous or changed.
    """
    try:
        manifest, found = _read(source, progress)
    except (tarfile.TarError, EOFError, ValueError) as trouble:
        raise Refused(f"{source} 不是完好的矿灯备份，可能没有复制完整（{trouble}）。请换一份备份。") from trouble
    if manifest is None:
        raise Refused(f"{source} 不完整：没有清单，备份可能中断过。请换一份备份。")
    if manifest.get("format") != FORMAT:
        raise Refused(f"备份格式是 {manifest.get('format')}，本版本只认识 {FORMAT}。请用更新的矿灯版本恢复。")
    _compare(manifest, found)
    return manifest


def _read(source: Path, progress: Progress) -> tuple[dict[str, Any] | None, dict[str, tuple[str, int]]]:
    """The manifest, and the sha256 and length of every other part."""
    found: dict[str, tuple[str, int]] = {}
    manifest: dict[str, Any] | None = None
    total = source.stat().st_size if source.is_file() else 0
    for archive, member in _members(source):
        progress("核对备份", archive.fileobj.tell() if archive.fileobj else 0, total)
        content = archive.extractfile(member)
        if content is None or not MEMBER.fullmatch(member.name) or member.name in found:
            raise Refused(f"备份文件里有不该有的内容：{member.name}。这不是完好的矿灯备份。")
        if member.name == MANIFEST:
            manifest = json.loads(content.read())
        else:
            found[member.name] = _measure(content)
    return manifest, found


def _compare(manifest: dict[str, Any], found: dict[str, tuple[str, int]]) -> None:
    expected = {
        f"tables/{name}.copy.gz": (table["sha256"], table["size"]) for name, table in manifest["tables"].items()
    }
    expected |= {f"files/{name}": (name, size) for name, size in manifest["files"].items()}
    for name in sorted(expected.keys() | found.keys()):
        if name not in found:
            raise Refused(f"备份里缺少 {name}，不能恢复。请换一份备份。")
        if name not in expected:
            raise Refused(f"备份里多出 {name}，清单上没有，不能恢复。请换一份备份。")
        if expected[name] != found[name]:
            raise Refused(f"备份里的 {name} 与清单的校验值不符，内容已损坏，不能恢复。请换一份备份。")


def _members(source: Path) -> Iterator[tuple[tarfile.TarFile, tarfile.TarInfo]]:
    if not source.is_file():
        raise Refused(f"没有这个文件：{source}。")
    with tarfile.open(source, mode="r:") as archive:
        for member in archive:
            yield archive, member


# --- restoring ----------------------------------------------------------------------------------------------------


def restore(source: Path, files_root: Path, *, may_clear: bool, progress: Progress = _silent) -> Report:
    """Fill an empty installation from a backup; every sha256 is checked before the first change.

    `may_clear`: tables without a mine in them, such as a first start leaves behind, may be dropped (our own database).
    Refused when a mine or any photo is there already, or when the backup comes from a newer release.
    """
    manifest = check(source, progress=progress)
    _must_be_empty(files_root, may_clear)
    targets = _targets(manifest)
    report = Report(source, manifest=manifest, missing=list(manifest.get("missing_files", [])))
    try:
        _build(targets)
        _fill(source, manifest, progress)
        _unpack(source, files_root, len(manifest["files"]), progress)
        _finish()
    except BaseException:
        # What was empty is empty again, so that the same command can be repeated.
        _clear_database()
        shutil.rmtree(files_root, ignore_errors=True)
        raise
    report.tables, report.files = len(manifest["tables"]), len(manifest["files"])
    report.rows = sum(table["rows"] for table in manifest["tables"].values())
    return report


def _must_be_empty(files_root: Path, may_clear: bool) -> None:
    if files_root.exists() and any(path.is_file() for path in files_root.rglob("*")):
        raise Refused(f"{files_root} 里已经有照片，不能恢复到这里。请把 KUANGDENG_DATA 设为一个新的空目录。")
    with connection.cursor() as cursor:
        tables = set(_tables(cursor))
        if not tables:
            return
        for table in sorted({"org_mine", "org_person", "ledger_entry"} & tables):
            cursor.execute(f'select exists (select 1 from "{table}")')  # noqa: S608 -- one of three fixed names
            if cursor.fetchone()[0]:
                raise Refused(
                    "目标数据库里已经有矿的数据，不能恢复到这里。请用一个新的空目录（KUANGDENG_DATA）或空数据库。"
                )
    if not may_clear:
        raise Refused("目标数据库里已经有数据表。请新建一个空数据库，把 DATABASE_URL 指向它，再执行恢复。")
    _clear_database()


def _clear_database() -> None:
    with connection.cursor() as cursor:
        cursor.execute("select current_schema()")
        schema = cursor.fetchone()[0]
        quoted = connection.ops.quote_name(schema)
        cursor.execute(f"drop schema {quoted} cascade")
        cursor.execute(f"create schema {quoted}")


def _targets(manifest: dict[str, Any]) -> list[tuple[str, str]]:
    """The last migration of each app on the day of the backup."""
    known = MigrationExecutor(connection).loader.graph
    applied = {(app, name) for app, name in manifest["migrations"]}
    unknown = sorted(f"{app}.{name}" for app, name in applied - set(known.nodes))
    if unknown:
        raise Refused(
            f"备份来自更新的矿灯版本（{manifest['kuangdeng']}），本版本不认识它的数据结构（{unknown[0]} 等 "
            f"{len(unknown)} 项）。请先升级矿灯，再恢复。"
        )
    return sorted(node for node in applied if not any(child in applied for child in _children(known, node)))


def _children(graph: Any, node: tuple[str, str]) -> list[tuple[str, str]]:
    return [child.key for child in graph.node_map[node].children if child.key[0] == node[0]]


def _build(targets: list[tuple[str, str]]) -> None:
    executor = MigrationExecutor(connection)
    executor.migrate(targets)


def _fill(source: Path, manifest: dict[str, Any], progress: Progress) -> None:
    """Load every table in one transaction, with our own triggers asleep: the past is put back, not lived again."""
    connection.ensure_connection()
    raw = connection.connection
    with raw.cursor() as cursor:
        cursor.execute("begin")
        try:
            cursor.execute("set local statement_timeout = 0")
            cursor.execute("set local timezone = 'UTC'; set local datestyle = 'ISO'; set constraints all deferred")
            tables = [table for table in _tables(cursor) if table not in LEFT_OUT]
            if set(tables) - LEFT_OUT != set(manifest["tables"]):
                odd = sorted(set(tables) ^ set(manifest["tables"]))
                raise Refused(f"备份与它的数据结构对不上（{odd[0]}），不能恢复。")
            for table in tables:
                cursor.execute(sql.SQL("alter table {} disable trigger user").format(_name(table)))
            cursor.execute(sql.SQL("truncate {}").format(sql.SQL(", ").join(map(_name, tables))))
            _load_all(cursor, source, manifest, tables, progress)
            for name, value in manifest["sequences"].items():
                if value is not None:
                    cursor.execute("select setval(quote_ident(%s)::regclass, %s)", [name, value])
            cursor.execute("set constraints all immediate")
            for table in tables:
                cursor.execute(sql.SQL("alter table {} enable trigger user").format(_name(table)))
            cursor.execute("commit")
        except BaseException:
            cursor.execute("rollback")
            raise
        cursor.execute("analyze")


def _load_all(cursor: Any, source: Path, manifest: dict[str, Any], tables: list[str], progress: Progress) -> None:
    """Referenced tables before those that refer to them: not every constraint waits for the end."""
    with tarfile.open(source, mode="r:") as archive:
        members = {member.name: member for member in archive}
        for number, table in enumerate(_in_order(cursor, tables)):
            progress(f"恢复 {table}", number, len(tables))
            content = archive.extractfile(members[f"tables/{table}.copy.gz"])
            assert content is not None
            known = manifest["tables"][table]
            names = sql.SQL(", ").join(map(sql.Identifier, known["columns"]))
            with (
                gzip.open(content) as rows,
                cursor.copy(sql.SQL("copy {} ({}) from stdin").format(_name(table), names)) as copy,
            ):
                while block := rows.read(CHUNK):
                    copy.write(block)
            cursor.execute(sql.SQL("select count(*) from {}").format(_name(table)))
            if (count := cursor.fetchone()[0]) != known["rows"]:
                raise Refused(f"恢复 {table} 时行数不符：应有 {known['rows']} 行，写入 {count} 行。")
    progress("恢复数据表", len(tables), len(tables))


def _in_order(cursor: Any, tables: list[str]) -> list[str]:
    cursor.execute(
        "select conrelid::regclass::text, confrelid::regclass::text from pg_constraint"
        " where contype = 'f' and not condeferrable and conrelid <> confrelid"
    )
    waits: dict[str, set[str]] = {table: set() for table in tables}
    for child, parent in cursor.fetchall():
        waits.setdefault(child.strip('"'), set()).add(parent.strip('"'))
    ordered: list[str] = []
    while len(ordered) < len(tables):
        ready = [table for table in tables if table not in ordered and waits[table] <= set(ordered)]
        if not ready:
            raise Refused("数据表之间的引用成环，不能恢复。")
        ordered += ready
    return ordered


def _unpack(source: Path, root: Path, total: int, progress: Progress) -> None:
    done = 0
    with tarfile.open(source, mode="r:") as archive:
        for member in archive:
            name = member.name.removeprefix("files/")
            content = archive.extractfile(member)
            if content is None or not member.name.startswith("files/") or not SHA256.fullmatch(name):
                continue
            progress("恢复照片和附件", done, total)
            folder = root / name[:2] / name[2:4]
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            with os.fdopen(os.open(folder / name, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
                shutil.copyfileobj(content, file, CHUNK)
                file.flush()
                os.fsync(file.fileno())
            done += 1
    progress("恢复照片和附件", total, total)


def _finish() -> None:
    """On from the shape of that day to today's."""
    from django.core.management import call_command

    call_command("migrate", interactive=False, verbosity=0)


# --- small helpers ------------------------------------------------------------------------------------------------


def _tables(cursor: Any) -> list[str]:
    cursor.execute(
        "select c.relname from pg_class c join pg_namespace n on n.oid = c.relnamespace"
        " where n.nspname = current_schema() and c.relkind = 'r' order by c.relname"
    )
    return [row[0] for row in cursor.fetchall() if row[0] not in LEFT_OUT]


def _columns(cursor: Any, table: str) -> list[str]:
    """Without the computed ones: they follow from the others."""
    cursor.execute(
        "select a.attname from pg_attribute a where a.attrelid = quote_ident(%s)::regclass"
        " and a.attnum > 0 and not a.attisdropped and a.attgenerated = '' order by a.attnum",
        [table],
    )
    return [row[0] for row in cursor.fetchall()]


def _name(table: str) -> sql.Identifier:
    return sql.Identifier(table)


def _measure(content: IO[bytes]) -> tuple[str, int]:
    """The sha256 and the length, and back to the beginning."""
    digest, size = sha256(), 0
    content.seek(0)
    while block := content.read(CHUNK):
        digest.update(block)
        size += len(block)
    content.seek(0)
    return digest.hexdigest(), size
