"""The command line `kuangdeng`: everything an administrator does without a browser.

Exit codes, the same for every command: 0 done; 1 the answer is no (something is wrong with what was checked or given,
nothing was changed); 2 the command was called wrongly; 3 the surroundings do not allow it (database, port, disk);
130 interrupted.
"""

from __future__ import annotations

import sys

import typer

from kuangdeng.config.cli import backup, checks, founding, running, transfer
from kuangdeng.config.cli.base import Code, complain

EPILOG = "退出代码：0 完成；1 检查或数据有问题；2 用法不对；3 环境不具备（数据库、端口、磁盘）；130 被中断。"

app = typer.Typer(
    name="kuangdeng",
    help="矿灯：煤矿隐患排查与学习、执行、考评系统的命令行。",
    epilog=EPILOG,
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)

app.command("demo", epilog=EPILOG)(running.demo)
app.command("serve", epilog=EPILOG)(running.serve)
app.command("worker", epilog=EPILOG)(running.worker)
app.command("database", epilog=EPILOG)(running.database)
app.command("migrate", epilog=EPILOG)(running.migrate)
app.command("new-mine", epilog=EPILOG)(founding.new_mine)
app.command("import-org", epilog=EPILOG)(transfer.import_org)
app.command("import-hazards", epilog=EPILOG)(transfer.import_hazards)
app.command("export", epilog=EPILOG)(transfer.export)
app.command("backup", epilog=EPILOG)(backup.backup)
app.command("restore", epilog=EPILOG)(backup.restore)
app.command("verify-ledger", epilog=EPILOG)(checks.verify_ledger)
app.command("doctor", epilog=EPILOG)(checks.doctor)
app.command(
    "manage",
    epilog=EPILOG,
    context_settings={"allow_extra_args": True, "ignore_unknown_options": True, "help_option_names": []},
)(running.manage)


def main() -> None:
    """Run one command; whatever goes wrong that a person can mend is one sentence, not a traceback."""
    try:
        app(standalone_mode=True)
    except KeyboardInterrupt:
        sys.exit(Code.INTERRUPTED)
    except Exception as trouble:
        sys.exit(complain(trouble))
