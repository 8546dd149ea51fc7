"""Old hazard ledgers (旧隐患台账): which column means what, what a row says, in which state a hazard was left.

Nothing here writes. `columns` knows the titles, `states` the words for done and not done, `meaning` reads a row.
"""
