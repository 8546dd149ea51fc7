"""Front door of learning: re-exports the front doors of its parts, nothing else."""

from kuangdeng.learning.bookroom import api as bookroom
from kuangdeng.learning.items import api as items
from kuangdeng.learning.practice import api as practice

__all__ = ["bookroom", "items", "practice"]
