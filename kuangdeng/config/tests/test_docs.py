"""What is printed from the code is what the code says, and the tables fit the models."""

from io import StringIO

import pytest
from django.core.management import call_command

from kuangdeng.config import docs


@pytest.mark.parametrize(
    "name",
    [
        "hazard.md",
        "bulletin.md",
        "question.md",
        "accident.md",
        "accident_measure.md",
        "powers.md",
        "book_copy.md",
        "topic.md",
        "certificate.md",
        "hours_correction.md",
        "training_class.md",
        "training_need.md",
        "training_plan.md",
        "book_reservation.md",
        "reading_note.md",
    ],
)
def test_printed_pages_are_up_to_date(name: str) -> None:
    path = docs.STATES / name
    assert path.exists(), "python -m kuangdeng.config.docs"
    assert path.read_text(encoding="utf-8") == docs.pages()[name], "python -m kuangdeng.config.docs"


def test_no_printed_page_is_left_over() -> None:
    assert {path.name for path in docs.STATES.glob("*.md")} == set(docs.pages())


@pytest.mark.django_db
def test_migrations_are_complete() -> None:
    out = StringIO()
    try:
        call_command("makemigrations", "--check", "--dry-run", stdout=out)
    except SystemExit:
        pytest.fail(f"models without a migration:\n{out.getvalue()}")
