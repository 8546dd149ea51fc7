"""Which exams and sheets asked a version: found by index among thousands of forms, and only those."""

from uuid import UUID

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from kuangdeng.kernel.ids import uuid7
from kuangdeng.learning.exams.api import Exam
from kuangdeng.learning.exams.testkit import handed_in, sitting_of
from kuangdeng.learning.results import queries
from kuangdeng.learning.results.testkit import over, version_at
from kuangdeng.org.testkit import Cast, make_cast

pytestmark = pytest.mark.django_db
FORMS, LINES = 3000, 60


def many_forms(exam: Exam, said: UUID) -> None:
    """As many forms as a mass exam draws, each with its own items; every thousandth asks this version, too."""
    with connection.cursor() as cursor:
        cursor.execute(
            """INSERT INTO learning_examform (id, exam_id, number, lines, marks, expected, seed, digest)
               SELECT gen_random_uuid(), %s, 10 + n, CASE WHEN n %% 1000 = 0 THEN jsonb_build_array(jsonb_build_array(%s::text, '2'))
                      ELSE '[]'::jsonb END || (SELECT jsonb_agg(jsonb_build_array(gen_random_uuid()::text, '2'))
                                               FROM generate_series(1, %s + n * 0)), 100, 80, '', ''
               FROM generate_series(1, %s) AS n""",
            [exam.id, str(said), LINES, FORMS],
        )
        cursor.execute("ANALYZE learning_examform")


def test_the_forms_that_asked_a_version_are_found_by_index() -> None:
    cast: Cast = make_cast()
    exam, other = over(cast), over(cast, title="顶板管理结业考试")
    asked = version_at(exam, 1)
    many_forms(other, asked.id)
    with CaptureQueriesContext(connection) as seen:
        found = queries.exams_that_asked(asked.id, cast.mine.id)
        sheets = list(queries.sheets_that_asked(asked.id, found))
    assert {one.id for one in found} == {exam.id, other.id}
    assert {one.id for one in sheets} == {sitting_of(exam, who).id for who in (cast.miner, cast.unit_head)}
    exams, few_sheets = (plan_of(one["sql"]) for one in seen)
    assert "exam_form_asked" in exams and "Seq Scan on learning_examform" not in exams, exams
    assert "Seq Scan on learning_examform" not in few_sheets, few_sheets


def plan_of(sql: str) -> str:
    """What the database would do."""
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN {sql}")
        return "\n".join(row[0] for row in cursor.fetchall())


def test_a_version_nobody_asked_and_another_mine_find_nothing() -> None:
    cast = make_cast()
    handed_in(cast)
    assert queries.exams_that_asked(uuid7(), cast.mine.id) == []
    exam = over(cast)
    assert queries.exams_that_asked(version_at(exam, 0).id, make_cast("OTHER").mine.id) == []
