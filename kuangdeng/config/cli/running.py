"""Commands that run the system: demo, serve, worker, database, migrate."""

from __future__ import annotations

import hashlib
import logging
import os
import signal
import socket
import sys
import threading
import time
import urllib.error
import urllib.request
from pathlib import Path
from random import Random
from typing import Annotated

import typer

from kuangdeng.config import environment as env
from kuangdeng.config.cli.base import Code, Unfit, choose_port, console, mine, progress, say, set_up_django
from kuangdeng.config.supervisor import Service, Stopped, Supervisor, tail, web_service, worker_service
from kuangdeng.kernel import postgres

Host = Annotated[str, typer.Option(help="监听地址；0.0.0.0 表示允许其他机器访问。")]
Port = Annotated[int | None, typer.Option(help="端口；不指定时从 8000 起找一个空闲的。")]
Workers = Annotated[int, typer.Option(min=1, help="网页进程数。")]
Threads = Annotated[int, typer.Option(min=1, help="每个网页进程的线程数。")]


def demo(
    host: Host = "127.0.0.1",
    port: Port = None,
    load_only: Annotated[bool, typer.Option("--load-only", help="只装入演示数据，不启动服务。")] = False,
) -> None:
    """启动演示矿：数据库、演示数据、网页和后台任务，一次到位；按 Ctrl-C 全部停止。"""
    if load_only:
        with mine():
            migrate_now()
            _load_demo()
        return
    _run(host=host, port=port, workers=2, threads=4, with_worker=True, with_demo=True, may_migrate=True)


def serve(
    host: Host = "127.0.0.1",
    port: Port = None,
    workers: Workers = 2,
    threads: Threads = 4,
    with_worker: Annotated[bool, typer.Option("--with-worker", help="同时运行后台任务。")] = False,
    migrate: Annotated[bool, typer.Option("--migrate", help="先升级数据库结构（内置数据库总是自动升级）。")] = False,
) -> None:
    """启动网页服务；没有设置 DATABASE_URL 时，内置数据库随之启动和停止。"""
    may_migrate = migrate or env.own_database()
    _run(
        host=host,
        port=port,
        workers=workers,
        threads=threads,
        with_worker=with_worker,
        with_demo=False,
        may_migrate=may_migrate,
    )


def worker(concurrency: Annotated[int, typer.Option(min=1, help="同时进行的任务数。")] = 4) -> None:
    """运行后台任务：通知、期限、台账封存、导入。"""
    if supervisor := os.environ.get("KUANGDENG_SUPERVISED"):
        threading.Thread(target=_leave_with, args=(int(supervisor),), daemon=True).start()
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    with mine():
        from kuangdeng.config.worker import run_worker

        run_worker(stop, concurrency=concurrency)
    logging.shutdown()
    sys.stdout.flush()
    os._exit(Code.DONE)  # a job that is still running in a thread would hold the process; the next worker repeats it


def _leave_with(parent: int, patience: float = 3.0) -> None:
    """When the supervisor was killed the database is going down too; a queue that waits for it would never end."""
    while os.getppid() == parent:
        time.sleep(0.5)
    time.sleep(patience)
    os._exit(Code.SURROUNDINGS)


def database() -> None:
    """在前台单独运行内置数据库，供网页、后台任务和命令行共用；按 Ctrl-C 停止。"""
    if not env.own_database():
        raise Unfit("已设置 DATABASE_URL，数据库由该服务器提供，不需要启动内置数据库。")
    cluster = postgres.Cluster(env.cluster_home(), say=say)
    with Supervisor([], cluster) as supervisor:
        cluster.start()
        say(f"数据库已启动：{cluster.address()}")
        _tell_systemd("READY=1")
        supervisor.run()


def _tell_systemd(message: str) -> None:
    """Let the units that wait for the database start; without systemd nothing happens."""
    address = os.environ.get("NOTIFY_SOCKET", "")
    if address:
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as line:
            line.connect(f"\0{address[1:]}" if address.startswith("@") else address)
            line.sendall(message.encode())


def migrate(
    check: Annotated[bool, typer.Option("--check", help="只检查是否需要升级；需要时退出代码为 1。")] = False,
) -> None:
    """把数据库结构升级到当前版本。"""
    with mine():
        waiting = _waiting_migrations()
        if check:
            say("、".join(waiting) if waiting else "数据库结构是最新的。")
            raise typer.Exit(Code.NO if waiting else Code.DONE)
        migrate_now()
        say("数据库结构已是最新。")


def manage(context: typer.Context) -> None:
    """执行 Django 管理命令（维护和开发用）。"""
    with mine():
        from django.core.management import execute_from_command_line

        execute_from_command_line(["kuangdeng manage", *context.args])


def _run(
    *, host: str, port: int | None, workers: int, threads: int, with_worker: bool, with_demo: bool, may_migrate: bool
) -> None:
    """Database, migrations, perhaps the demo mine, then web and worker until told to stop."""
    begun = time.monotonic()
    port = choose_port(host, port)
    logs = env.data_folder() / "log"
    cluster = postgres.Cluster(env.cluster_home(), say=say) if env.own_database() else None
    services = [web_service(host=host, port=port, workers=workers, threads=threads, log=logs / "web.log")]
    if with_worker:
        services.append(worker_service(log=logs / "worker.log"))
    with Supervisor([], cluster, say=say) as supervisor:
        try:
            if cluster and not cluster.start_or_join():
                say("使用已经在运行的内置数据库。")
            supervisor.check()
            set_up_django()
            _prepare(supervisor, with_demo=with_demo, may_migrate=may_migrate)
            _bring_up(supervisor, services, host, port)
            _announce(host, port, services, with_demo, time.monotonic() - begun)
            supervisor.run()
            say("正在停止……")
        except Stopped:
            pass
    say("已全部停止。")


def _prepare(supervisor: Supervisor, *, with_demo: bool, may_migrate: bool) -> None:
    from django.db import connections

    waiting = _waiting_migrations()
    if waiting and not may_migrate:
        raise Unfit(f"数据库结构不是最新（{len(waiting)} 项待升级）。请先备份，再执行 kuangdeng migrate。")
    if waiting:
        say("升级数据库结构……")
        migrate_now()
    supervisor.check()
    _collect_static()
    supervisor.check()
    if with_demo:
        _load_demo()
    supervisor.check()
    connections.close_all()


def _bring_up(supervisor: Supervisor, services: list[Service], host: str, port: int) -> None:
    supervisor.services = services
    supervisor.launch()
    address = _local_address(host, port)
    if not supervisor.wait(lambda: _answers(f"{address}/healthz"), 60):
        said = tail(service.log for service in services if service.log)
        raise Unfit(f"网页服务 60 秒内没有就绪。最后的日志：\n{said}")


def _announce(host: str, port: int, services: list[Service], with_demo: bool, seconds: float) -> None:
    console.print(f"\n矿灯已启动（{seconds:.1f} 秒）：[bold]{_local_address(host, port)}/[/bold]")
    if with_demo:
        _print_sign_ins()
    folders = "、".join(str(service.log) for service in services if service.log)
    say(f"日志：{folders}")
    if sys.stdin.isatty() or console.is_terminal:
        say("按 Ctrl-C 停止。")


def _print_sign_ins() -> None:
    """One person per role; the demo mine's people are the same every time."""
    from kuangdeng.kernel import clock
    from kuangdeng.org.api import ROLE_LABELS
    from kuangdeng.web import demo as demo_mine
    from kuangdeng.web.demo_data import SEED
    from kuangdeng.web.demo_data.people import make_cast, make_grants, make_persons

    persons = make_persons(Random(SEED), clock.today())  # noqa: S311 -- an invented mine
    names = {person.number: person.name for person in persons}
    cast = make_cast(persons, make_grants(persons, clock.today()))
    labels = {"miner": "矿工"} | {str(role): str(label) for role, label in ROLE_LABELS.items()}
    say(f"用下面的工号登录，密码都是 {demo_mine.PASSWORD}：")
    for role, label in labels.items():
        if role in cast:
            say(f"  {label}{'　' * (8 - len(label))}{cast[role]}  {names[cast[role]]}")


def _load_demo() -> None:
    from kuangdeng.web import demo as demo_mine

    if demo_mine.loaded():
        return
    say("装入示例矿……")
    with progress() as bar:
        task = bar.add_task("示例数据", total=None)
        demo_mine.load(lambda done, total: bar.update(task, completed=done, total=total))


def _waiting_migrations() -> list[str]:
    from django.db import connection
    from django.db.migrations.executor import MigrationExecutor

    executor = MigrationExecutor(connection)
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    return [f"{migration.app_label}.{migration.name}" for migration, _backwards in plan]


def migrate_now() -> None:
    """One at a time: two machines that start together must not both change the tables."""
    from django.core.management import call_command
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("select pg_advisory_lock(hashtext('kuangdeng.migrate'))")
    try:
        if _waiting_migrations():
            call_command("migrate", interactive=False, verbosity=0)
    finally:
        with connection.cursor() as cursor:
            cursor.execute("select pg_advisory_unlock(hashtext('kuangdeng.migrate'))")


def _collect_static() -> None:
    """Copy, fingerprint and compress styles and scripts when they have changed."""
    from django.conf import settings
    from django.contrib.staticfiles.finders import get_finders
    from django.core.management import call_command

    if settings.DEBUG or settings.TESTING:
        return
    seen = hashlib.sha256()
    for finder in get_finders():
        for name, storage in sorted(finder.list([]), key=lambda pair: str(pair[0])):
            found = Path(storage.path(name)).stat()
            seen.update(f"{name} {found.st_size} {found.st_mtime_ns}\n".encode())
    stamp = Path(settings.STATIC_ROOT) / ".kuangdeng"
    if stamp.exists() and stamp.read_text() == seen.hexdigest():
        return
    say("整理界面文件……")
    # ReDoc is the second of two API pages that come along; nobody links to it.
    call_command("collectstatic", interactive=False, clear=True, verbosity=0, ignore_patterns=["redoc*"])
    stamp.write_text(seen.hexdigest())


def _local_address(host: str, port: int) -> str:
    shown = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(host, f"[{host}]" if ":" in host else host)
    return f"http://{shown}:{port}"


def _answers(url: str) -> bool:
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with opener.open(url, timeout=2) as answer:
            return bool(answer.status == 200)
    except (urllib.error.URLError, OSError):
        return False
