"""What learning does by itself: the worker looks for jobs here."""

from kuangdeng.learning.bookroom.jobs import tend_books  # noqa: F401
from kuangdeng.learning.certificates.jobs import tend_certificates  # noqa: F401
from kuangdeng.learning.items.jobs import read_items  # noqa: F401
