"""Front door of research topics, for the home page, the garden, files, the documents and the demo mine."""

from kuangdeng.learning.topics.models import Topic
from kuangdeng.learning.topics.queries import of_branch, shown_topics, waiting_rows
from kuangdeng.learning.topics.rules import FLOW, STATUS_LABELS, VERB_LABELS, Status
from kuangdeng.learning.topics.services import (
    TopicData,
    adopt,
    apply,
    approve,
    archive,
    assign,
    call_for,
    finish_milestone,
    give_opinion,
    hand_in,
    pass_review,
    write,
)

__all__ = [
    "FLOW",
    "STATUS_LABELS",
    "VERB_LABELS",
    "Status",
    "Topic",
    "TopicData",
    "adopt",
    "apply",
    "approve",
    "archive",
    "assign",
    "call_for",
    "finish_milestone",
    "give_opinion",
    "hand_in",
    "of_branch",
    "pass_review",
    "shown_topics",
    "waiting_rows",
    "write",
]
