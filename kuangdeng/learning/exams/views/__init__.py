"""Pages of the exams."""
