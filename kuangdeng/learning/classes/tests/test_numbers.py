"""A number of the training rules either decides something or says that it does not."""

from pathlib import Path

import pytest
from django.test import Client
from django.urls import reverse

import kuangdeng.learning
from kuangdeng.learning.classes.rules import HOURS_OF, NUMBERS
from kuangdeng.org.testkit import make_cast

LEARNING = Path(kuangdeng.learning.__file__).parent


def test_what_nothing_is_reckoned_by_says_so() -> None:
    sources = [
        path.read_text(encoding="utf-8")
        for path in LEARNING.rglob("*.py")
        if path != LEARNING / "classes/rules.py" and "tests" not in path.parts
    ]
    for key, number in NUMBERS.items():
        read = key in HOURS_OF.values() or any(f'"{key}"' in text for text in sources)
        assert read == number.applied, key


@pytest.mark.django_db
def test_the_page_marks_what_is_only_to_be_looked_up(client: Client) -> None:
    client.force_login(make_cast().training_officer)
    page = client.get(reverse("learning:training_rules")).content.decode()
    rows = {row.split("</td>")[0] for row in page.split("<tr><td>")[1:]}
    assert any("考试成绩有效期" in row and "仅供查阅" in row for row in rows)
    assert any("考试合格分数" in row and "仅供查阅" not in row for row in rows)
