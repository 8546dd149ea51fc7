"""What every context stands on and no mine is in: clock, ids, refusals, state tables, files, registers, jobs.

Nothing here knows a hazard, a unit or a person; an owner is a bare id.
"""
