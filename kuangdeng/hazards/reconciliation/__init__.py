"""每日对账: in and carried over = closed, merged, voided and still open. Nothing disappears, and it is proved.

The account of each bulletin is counted anew from the ledger, not from the hazards, and the three are held against each
other: what the ledger tells, what the table of hazards says, what was published. Where they disagree, the hazards
concerned are named to the administrator and to the safety department, once for each finding (对账差异). A finding ends
when it is gone, or when somebody has written down what it was.
"""
