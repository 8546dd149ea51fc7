from kuangdeng.config.cli.base import Unfit


def backup() -> None:
    """备份。"""
    raise Unfit("本版本尚未接通。")


def restore() -> None:
    """恢复。"""
    raise Unfit("本版本尚未接通。")
