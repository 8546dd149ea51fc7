"""成绩: what came of an exam, by person and by unit, how its items measured, and marking anew by a corrected key (重判)."""
