"""课题调研: called for, applied for, approved, worked on by milestones, reported, reviewed, adopted, archived.

A topic ends in what changed because of it, with evidence; a report that changed nothing is archived as such, with the
reason. Returned and withdrawn topics keep what was written.
"""
