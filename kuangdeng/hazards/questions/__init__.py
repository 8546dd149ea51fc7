"""追问: a production unit asks on what was published; the unit that holds it owes an answer by a clock.

The asker settles it or presses again, and each press tells one level higher: unit head, branch secretary, mine leader.
Other units with the same question join (同问). Who answers can neither delete nor edit nor settle it: what was said
stays, turn by turn, on the ledger too.
"""
