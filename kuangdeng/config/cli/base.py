"""What every command shares: the database, Django, words on the screen, exit codes."""

from __future__ import annotations

import contextlib
import os
import socket
import traceback
from collections.abc import Iterator
from enum import IntEnum

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from kuangdeng.config import environment as env
from kuangdeng.kernel import postgres

console = Console(highlight=False, soft_wrap=True)
errors = Console(highlight=False, soft_wrap=True, stderr=True)


class Code(IntEnum):
    DONE = 0
    NO = 1
    USAGE = 2
    SURROUNDINGS = 3
    INTERRUPTED = 130


class Unfit(Exception):
    """The surroundings do not allow it; a Chinese sentence."""


def say(message: str) -> None:
    console.print(message, markup=False)


def warn(message: str) -> None:
    errors.print(message, style="yellow", markup=False)


def set_up_django() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "kuangdeng.config.settings")
    import django

    django.setup()


@contextlib.contextmanager
def mine() -> Iterator[None]:
    """The installation, ready for one command: its database runs (ours if need be) and Django is up."""
    with contextlib.ExitStack() as stack:
        if env.own_database():
            stack.enter_context(postgres.database(env.cluster_home(), say=say))
        set_up_django()
        try:
            yield
        finally:
            from django.db import connections

            connections.close_all()


def complain(trouble: Exception) -> Code:
    """Say what went wrong in one sentence where we know one; otherwise show where the fault is."""
    from django.core.exceptions import ImproperlyConfigured
    from django.db import utils
    from psycopg import OperationalError

    from kuangdeng.kernel.errors import Refused

    if isinstance(trouble, Refused):
        errors.print(str(trouble), style="red", markup=False)
        return Code.NO
    if isinstance(trouble, (postgres.DatabaseTrouble, Unfit)):
        errors.print(str(trouble), style="red", markup=False)
        return Code.SURROUNDINGS
    if isinstance(trouble, (utils.OperationalError, OperationalError)):
        errors.print(f"连不上数据库：{str(trouble).strip()}", style="red", markup=False)
        errors.print("请检查 DATABASE_URL 和数据库服务器；kuangdeng doctor 会逐项检查。", markup=False)
        return Code.SURROUNDINGS
    if isinstance(trouble, ImproperlyConfigured):
        errors.print(f"设置有误：{trouble}", style="red", markup=False)
        return Code.SURROUNDINGS
    errors.print("".join(traceback.format_exception(trouble)), markup=False)
    errors.print("程序内部错误，请把以上内容发给开发者。", style="red", markup=False)
    return Code.SURROUNDINGS


def progress() -> Progress:
    """The bar of long work; on something that is not a terminal it stays silent."""
    return Progress(
        SpinnerColumn(),
        TextColumn("{task.description}", markup=False),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        console=errors,
        transient=True,
        disable=not errors.is_terminal,
    )


def port_is_free(host: str, port: int) -> bool:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return False
    return True


def choose_port(host: str, wanted: int | None, default: int = 8000) -> int:
    """The asked port or a refusal; without a wish the first free one from the default on."""
    if wanted is not None:
        if not port_is_free(host, wanted):
            raise Unfit(f"端口 {wanted} 已被占用或不允许使用。请停掉占用它的程序，或用 --port 换一个端口。")
        return wanted
    for port in range(default, default + 50):
        if port_is_free(host, port):
            if port != default:
                say(f"端口 {default} 已被占用，改用 {port}。")
            return port
    raise Unfit(f"端口 {default}–{default + 49} 都被占用，请用 --port 指定一个空闲端口。")
