"""整治落实小组: a group led by a branch answers for what was published, and tells every front-line unit, one by one.

Each published hazard or accident becomes a case (整治事项) of the group that covers its place, unit or specialty; what
nobody covers is a gap, and the safety department sees it the same day. The group feeds back (反馈) what was found, what
was done, what to watch, and in the end the outcome (结果). Each front-line team acknowledges (签认) every feedback at its
pre-shift meeting (班前会); who is late climbs a ladder. Nothing of this changes the hazard itself.
"""
