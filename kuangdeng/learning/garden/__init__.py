"""学习园地: each branch's page, composed by reading what it did, with its own banner, picks and notices.

What stands there nobody types: reading notes, loans, practice and topics are read when the page is opened, by a list of
providers that other parts add theirs to. Only the banner, the notices and what is picked out belong to the page.
"""
