"""Commands that bring Excel files in and take them out: import-org, import-hazards, export."""

from __future__ import annotations

from kuangdeng.config.cli.base import Unfit


def import_org() -> None:
    """从 Excel 导入单位、人员、地点。"""
    raise Unfit("本版本尚未接通。")


def import_hazards() -> None:
    """从 Excel 或 CSV 导入旧隐患台账。"""
    raise Unfit("本版本尚未接通。")


def export() -> None:
    """导出隐患台账。"""
    raise Unfit("本版本尚未接通。")
