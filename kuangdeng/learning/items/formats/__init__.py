"""Formats in which items come in and go out. Each reader gives `Draft`s and `Left`s, one for every item of the file.

What a format says and we cannot keep is a `Left` (the whole item) or a note on its draft: nothing is dropped silently.
"""
