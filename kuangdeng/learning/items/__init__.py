"""题库: the mine's items (题目) in banks, each with versions that stay as they were once asked.

An author drafts an item, somebody else reviews it (审题), the training officer puts it into use; exams and the daily
item ask what is in use, in the version of that moment. Items come in from whatever the mine has (Excel, Word text,
GIFT, Moodle XML, Aiken, QTI) and go out again. Code says `item`: a `question` is 追问.
"""
