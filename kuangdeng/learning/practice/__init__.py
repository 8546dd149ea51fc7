"""每日一题 and 错题本: a few items a day for each person, repeated when they are about to be forgotten.

Nothing is written when somebody opens the page: the day's queue is read from his cards (what he has met, and when it
is due again), the must-knows of his trade and the bank. A card and an answer are written when he answers. Daily
practice is no exam: the key is shown, and handed to a device that works without a network.
"""
