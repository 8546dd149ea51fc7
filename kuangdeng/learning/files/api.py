"""Front door of the training files, for the demo mine and the documents."""

from kuangdeng.learning.files.queries import ExamLine, class_file, person_file
from kuangdeng.learning.files.services import RecordData, add_line, save_record

__all__ = ["ExamLine", "RecordData", "add_line", "class_file", "person_file", "save_record"]
