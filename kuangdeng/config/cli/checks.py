from kuangdeng.config.cli.base import Unfit


def verify_ledger() -> None:
    """核验台账。"""
    raise Unfit("本版本尚未接通。")


def doctor() -> None:
    """体检。"""
    raise Unfit("本版本尚未接通。")
