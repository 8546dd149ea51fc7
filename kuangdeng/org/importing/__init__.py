"""Bringing units, persons and places in from the mine's own Excel files.

`columns` says which titles mean what, `plan` compares a file with what is there and writes nothing, `runs` keeps the
file between preview and confirmation. Only the verb `services.write_import` writes.
"""
