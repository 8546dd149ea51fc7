"""Front door of learning: re-exports the front doors of its parts, nothing else."""

from kuangdeng.learning.attendance import api as attendance
from kuangdeng.learning.bookroom import api as bookroom
from kuangdeng.learning.campaigns import api as campaigns
from kuangdeng.learning.certificates import api as certificates
from kuangdeng.learning.classes import api as classes
from kuangdeng.learning.exams import api as exams
from kuangdeng.learning.files import api as files
from kuangdeng.learning.garden import api as garden
from kuangdeng.learning.items import api as items
from kuangdeng.learning.practice import api as practice
from kuangdeng.learning.results import api as results
from kuangdeng.learning.standards import api as standards
from kuangdeng.learning.study import api as study
from kuangdeng.learning.talks import api as talks
from kuangdeng.learning.topics import api as topics
from kuangdeng.learning.waiting import waiting_for

__all__ = [
    "attendance",
    "bookroom",
    "campaigns",
    "certificates",
    "classes",
    "exams",
    "files",
    "garden",
    "items",
    "practice",
    "results",
    "standards",
    "study",
    "talks",
    "topics",
    "waiting_for",
]
