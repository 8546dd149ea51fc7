"""Front door of learning: re-exports the front doors of its parts, nothing else."""

from kuangdeng.learning.bookroom import api as bookroom
from kuangdeng.learning.exams import api as exams
from kuangdeng.learning.items import api as items
from kuangdeng.learning.results import api as results
from kuangdeng.learning.talks import api as talks

__all__ = ["bookroom", "exams", "items", "results", "talks"]
