"""Front door of the training rules, for exams, talks, classes, certificates and files."""

from kuangdeng.learning.standards.queries import Rulebook, number_on, numbers_on
from kuangdeng.learning.standards.rules import HOUSE, NUMBERS, months_later, years_later
from kuangdeng.learning.standards.services import save_training_rule
from kuangdeng.learning.standards.shipping import ship_rules

__all__ = [
    "HOUSE",
    "NUMBERS",
    "Rulebook",
    "months_later",
    "number_on",
    "numbers_on",
    "save_training_rule",
    "ship_rules",
    "years_later",
]
