"""培训班: training needs (培训需求), the annual plan (年度计划), classes (期) with batches, timetable, roster and hours.

A need says what people must learn and why; it becomes a class. A class has batches (批次), so that its units go on
working: the roster takes at most so many of each unit and team. Each lesson (课次) hangs on a sign-in sheet of
`attendance`; what of its hours (学时) counts, and why not, is settled afterwards and corrected only with a reason and
somebody's approval.
"""
