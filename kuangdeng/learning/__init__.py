"""学习: book rooms (职工书屋), study (学习), classes (培训班), the question bank (题库), exams (考试), the daily item (每日一题).

Each is a part of its own with the file names of a domain. The package knows nothing of hazards: what it is to learn
from them comes as a training need through its front door, with the ledger line that speaks for it.
"""
