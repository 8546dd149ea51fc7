"""A mine is founded once, and goes on where its founding broke off."""

from contextlib import nullcontext

import pytest

import kuangdeng.hazards.api
from kuangdeng.config.cli import founding, running
from kuangdeng.hazards.models import Grade
from kuangdeng.kernel.errors import Refused
from kuangdeng.ledger.api import Entry
from kuangdeng.org.api import Mine, Person

pytestmark = pytest.mark.django_db


BEFORE_HAZARDS = ("org.set_up", "book.set_up", "study.set_up", "training.set_up", "cert.set_up")
"""What a founding sets up, in order, before the tables of the hazards."""


@pytest.fixture(autouse=True)
def here(monkeypatch: pytest.MonkeyPatch) -> None:
    """The command works in the test's own database."""
    monkeypatch.setattr(founding, "mine", nullcontext)
    monkeypatch.setattr(running, "migrate_now", lambda: None)


def new_mine(name: str = "红旗煤矿", number: str = "0001", code: str = "HQ") -> None:
    founding.new_mine(name, number=number, administrator="沈信息", code=code)


def break_off(monkeypatch: pytest.MonkeyPatch) -> None:
    """The founding stops between the organisation's tables and those of the hazards."""

    def full(**_: object) -> None:
        raise OSError("no space left")

    with monkeypatch.context() as broken:
        broken.setattr(kuangdeng.hazards.api, "set_up", full)
        with pytest.raises(OSError, match="no space"):
            new_mine()


def last_password(capsys: pytest.CaptureFixture[str]) -> str:
    return capsys.readouterr().out.rpartition("一次性密码 ")[2].split()[0]


def test_a_founding_that_broke_off_is_finished_by_the_same_command(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    break_off(monkeypatch)
    assert not Grade.objects.exists()
    with pytest.raises(Refused, match="「红旗煤矿」，管理员工号 0001"):
        new_mine(number="9")
    new_mine(code=" HQ")
    password = last_password(capsys)
    assert Mine.objects.get().code == "HQ"
    assert Person.objects.get().check_password(password)
    assert Grade.objects.count() == 3
    verbs = [
        "org.found",
        *BEFORE_HAZARDS,
        "org.resume_founding",
        *BEFORE_HAZARDS,
        "hazard.set_up",
    ]
    assert list(Entry.objects.order_by("id").values_list("verb", flat=True)) == verbs


def test_a_mine_that_is_complete_is_not_founded_again(capsys: pytest.CaptureFixture[str]) -> None:
    new_mine()
    password = last_password(capsys)
    with pytest.raises(Refused, match="「红旗煤矿」已经建好，请直接登录；要另建一个矿，请换代码"):
        new_mine()
    assert Person.objects.get().check_password(password)
    assert Entry.objects.count() == len(BEFORE_HAZARDS) + 2


def test_who_has_signed_in_meanwhile_keeps_his_password(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    break_off(monkeypatch)
    person = Person.objects.get()
    person.set_password("矿灯长明 2026")
    person.must_change_password = False
    person.save()
    new_mine()
    assert "继续用自己的密码" in capsys.readouterr().out
    assert Person.objects.get().check_password("矿灯长明 2026")
