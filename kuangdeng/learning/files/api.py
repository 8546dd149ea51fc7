"""Front door of the training files, for the demo mine."""

from kuangdeng.learning.files.services import add_line

__all__ = ["add_line"]
