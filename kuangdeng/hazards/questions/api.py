"""Front door of the questions, for the screens, the home page, the documents and the demo mine."""

from kuangdeng.hazards.questions.models import Question
from kuangdeng.hazards.questions.queries import Waiting, is_late, unanswered, waiting_for
from kuangdeng.hazards.questions.rules import FLOW
from kuangdeng.hazards.questions.services import answer, ask, join, press, settle

__all__ = [
    "FLOW",
    "Question",
    "Waiting",
    "answer",
    "ask",
    "is_late",
    "join",
    "press",
    "settle",
    "unanswered",
    "waiting_for",
]
