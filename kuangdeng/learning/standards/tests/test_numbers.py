"""The training rules: every number is read by something, holds from its day on, and is set on its page."""

from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from django.test import Client
from django.urls import reverse

import kuangdeng.learning
from kuangdeng.kernel import clock
from kuangdeng.learning.classes.api import HOURS_OF
from kuangdeng.learning.exams.testkit import a_paper, an_exam
from kuangdeng.learning.standards import queries, services
from kuangdeng.learning.standards.models import TrainingRule
from kuangdeng.learning.standards.rules import NUMBERS, months_later, years_later
from kuangdeng.org.testkit import make_cast

LEARNING = Path(kuangdeng.learning.__file__).parent


def test_every_number_decides_something() -> None:
    sources = [
        path.read_text(encoding="utf-8")
        for path in LEARNING.rglob("*.py")
        if path != LEARNING / "standards/rules.py" and "tests" not in path.parts
    ]
    unread = [
        key for key in NUMBERS if key not in HOURS_OF.values() and not any(f'"{key}"' in text for text in sources)
    ]
    assert unread == []


def test_months_and_years_end_on_a_day_that_there_is() -> None:
    assert years_later(date(2024, 2, 29), 3) == date(2027, 2, 28)
    assert months_later(date(2026, 8, 31), 6) == date(2027, 2, 28)
    assert months_later(date(2026, 1, 15), -2) == date(2025, 11, 15)
    assert months_later(date(2026, 11, 30), 12) == date(2027, 11, 30)


@pytest.mark.django_db
def test_a_number_is_set_on_its_page_from_a_day_on(client: Client) -> None:
    cast = make_cast()
    client.force_login(cast.training_officer)
    url = reverse("learning:training_rule_new")
    data = {"key": "exam.makeups", "valid_from": "2027-01-01", "value": "2", "source": "", "confirmed": "on"}
    refused = client.post(url, data)
    assert refused.status_code == 422 and "确认过的要写明依据" in refused.content.decode()
    too_many = client.post(url, {**data, "confirmed": "", "value": "10"})
    assert too_many.status_code == 422 and "请填 0 到 9" in too_many.content.decode()
    assert not TrainingRule.objects.exists()
    assert client.post(url, {**data, "source": "矿培训办法第 6 条"}).status_code == 302
    assert queries.number_on(cast.mine.id, "exam.makeups", date(2026, 12, 31)) == 1
    assert queries.number_on(cast.mine.id, "exam.makeups", date(2027, 1, 1)) == Decimal(2)
    assert "矿培训办法第 6 条" in client.get(reverse("learning:training_rules")).content.decode()
    client.force_login(cast.miner)
    assert client.post(url, data).status_code == 404


@pytest.mark.django_db
def test_an_exam_goes_by_the_pass_mark_of_its_day(client: Client) -> None:
    cast = make_cast()
    tomorrow = clock.today() + timedelta(days=1)
    services.save_training_rule(
        key="exam.pass_mark", valid_from=tomorrow, value=Decimal(90), source="矿培训办法", confirmed=False,
        by=cast.training_officer,
    )  # fmt: skip
    paper = a_paper(cast)
    assert an_exam(cast, paper).pass_percent == 80
    assert an_exam(cast, paper, opens_at=clock.at(tomorrow, 9)).pass_percent == 90
    client.force_login(cast.training_officer)
    with clock.set_to(clock.at(tomorrow, 9)):
        client.force_login(cast.training_officer)
        form = client.get(reverse("learning:exam_new")).content.decode()
    assert 'name="pass_percent" value="90"' in form
