"""What learning does by itself."""

from kuangdeng.learning.items.jobs import read_items  # noqa: F401 - the worker looks for jobs here
