"""职工书屋: the staff book rooms. Titles and copies, loans with due dates, reservations, reading notes (心得), stock-taking.

A copy (馆藏册) is lent by the librarian at the desk or by the reader himself at a kiosk (自助机). Whether a copy is on
loan, held for somebody or overdue is never stored as a state: it is read from the open loan, the reservation and the
calendar. The catalogue comes in and goes out as MARC (ISO 2709, MARCXML, MARC 21 and CNMARC/UNIMARC) and Excel.
"""
