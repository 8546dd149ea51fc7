"""考试: papers (试卷), exams (考试) and sittings (答卷), from the blueprint to the result.

A sitting never loses an answer: each is kept in the browser and written into an append-only log as it is given, by the
server's clock; what a cut line held back comes in afterwards and is marked when it was given before the cut-off (收卷).
"""
