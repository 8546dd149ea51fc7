"""Front door of learning: re-exports the front doors of its parts, nothing else."""

from kuangdeng.learning.attendance import api as attendance
from kuangdeng.learning.bookroom import api as bookroom
from kuangdeng.learning.items import api as items
from kuangdeng.learning.study import api as study

__all__ = ["attendance", "bookroom", "items", "study"]
