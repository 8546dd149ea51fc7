"""培训档案: the one-person file (一人一档) and the one-class file (一期一档), in the order of the paper, what is missing first.

Most of a file is read from where it arose: classes, hours, certificates. Stored here is only what nothing else knows:
education, work, skill, apprenticeship (师带徒), violations entered by hand, and scanned papers.
"""
