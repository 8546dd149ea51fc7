"""Front door of learning: re-exports the front doors of its parts, nothing else."""

from kuangdeng.learning.bookroom import api as bookroom
from kuangdeng.learning.garden import api as garden
from kuangdeng.learning.items import api as items
from kuangdeng.learning.practice import api as practice
from kuangdeng.learning.topics import api as topics

__all__ = ["bookroom", "garden", "items", "practice", "topics"]
