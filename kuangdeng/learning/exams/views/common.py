"""Where the templates of the exams lie."""

HERE = "learning/exams"
