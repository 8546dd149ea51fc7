"""百日集中学习: a campaign of days, each with a task, done by persons, counted by branch.

The plan says for each day what is studied, with a file or a study session; who takes part marks the day done with a
note; a missed day is caught up with a longer note and stays visible as caught up. The wall shows days × branches.
"""
