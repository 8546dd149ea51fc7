"""每日公布: what the mine's day brought, compiled at its hour, checked, published, and frozen from then on.

A day has one bulletin (一日一期). It covers the time from the end of the one before to its own hour, so that between two
bulletins nothing falls through. A day is never missed: when nobody checks it, it is published by itself at the cut-off;
when the server was off, the days are made up in order. What is published does not change; corrections are numbered
addenda (更正).
"""
