"""台账: what happened in the mine, one line each, never changed.

Every verb of every context writes one `Entry` in its own transaction. Scores, boards, handbooks, notices, audit and
statistics read the ledger; nobody types a number that the system already knows. The ledger knows no domain: mine,
person, unit and place are an id and the name that it had that day.
"""
