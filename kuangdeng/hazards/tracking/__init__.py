"""跟踪: every open item with its stage, who holds it, since when, how old it is, what is asked about it, and how far the
feedback on it was heard.

It tells nothing of its own: hazards, accidents, questions and feedback are read where they stand, by unit, by place, by
branch, by rectification group. That nothing disappears is proved by the daily reconciliation (对账), a part of its own.
"""
