"""事故: from the quick report (快报) to the closed file (结案).

Whoever is there reports within minutes what happened, where, when, who is hurt and what is stopped; near misses (未遂)
too. The safety department completes it (补充完善), the level follows from rule rows, an investigation ticks the four
no-let-pass points (四不放过), each with its evidence. Measures (整改措施) run as tracked orders of their own: ordered,
signed, done, accepted by somebody of another unit. Closed (结案) only when the four are ticked and every measure is
accepted. Names of the hurt are kept in one table of their own, for who has the power to see them, and leave it by no
text, notice or bulletin.
"""
