"""Front door of learning: re-exports the front doors of its parts, nothing else."""

from kuangdeng.learning.bookroom import api as bookroom

__all__ = ["bookroom"]
