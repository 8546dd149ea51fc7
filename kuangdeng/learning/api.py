"""Front door of learning: re-exports the front doors of its parts, nothing else."""

from kuangdeng.learning.items import api as items

__all__ = ["items"]
