"""What `doctor` says about the worker's pulse, the notices and what the feed gave up; and the health page."""

from datetime import timedelta

import pytest
from django.test import Client

from kuangdeng.config import checkup
from kuangdeng.config.checkup import Level
from kuangdeng.hazards.reconciliation.jobs import reconcile_all
from kuangdeng.hazards.reconciliation.services import explain
from kuangdeng.hazards.reconciliation.tests.scenarios import finding
from kuangdeng.hazards.rules import Status
from kuangdeng.hazards.testkit import hazard_in
from kuangdeng.kernel import clock
from kuangdeng.kernel.heartbeat import beat
from kuangdeng.ledger.api import seal_all, tell_all
from kuangdeng.org.testkit import make_cast
from kuangdeng.web.services import retry_feed
from kuangdeng.web.tests.scenarios import feed_problem

pytestmark = pytest.mark.django_db


def test_a_pulse_that_stopped_is_said_with_what_to_do() -> None:
    never = checkup.check_pulse()
    assert (never.level, "kuangdeng worker" in never.advice) == (Level.BAD, True)
    beat("pulse")
    assert checkup.check_pulse().level is Level.GOOD
    with clock.set_to(clock.now() + timedelta(minutes=9)):
        stopped = checkup.check_pulse()
    assert (stopped.level, stopped.said) == (Level.BAD, "已停 9 分钟")
    assert "restart kuangdeng-worker" in stopped.advice


def test_notices_that_pile_up_are_said(monkeypatch: pytest.MonkeyPatch) -> None:
    hazard_in(Status.DISPATCHED, make_cast())
    seal_all()
    assert (checkup.check_notices().level, checkup.check_notices().said) == (Level.GOOD, "还有 3 条台账没有通知")
    monkeypatch.setattr(checkup, "KEEPING_UP", 2)
    assert checkup.check_notices().level is Level.BAD
    beat("pulse")
    assert checkup.check_notices().level is Level.NOTE, "the pulse works on it"
    tell_all()
    assert checkup.check_notices().said == "没有积压"


def test_what_the_feed_gave_up_is_said_until_somebody_tries_again() -> None:
    assert checkup.check_feed().level is Level.GOOD
    assert Client().get("/healthz").content == b"ok\n"
    cast = make_cast()
    problem = feed_problem(cast)
    found = checkup.check_feed()
    assert (found.level, "1 条" in found.said, "未能处理的记录" in found.advice) == (Level.BAD, True, True)
    healthy = Client().get("/healthz")
    assert (healthy.status_code, healthy.content) == (200, b"ok\ngiven-up 1\n")
    retry_feed(problem.id, by=cast.administrator)
    assert checkup.check_feed().level is Level.GOOD


def test_an_account_that_does_not_agree_is_said_until_somebody_explains_it() -> None:
    assert checkup.check_account().level is Level.GOOD
    cast = make_cast()
    one = finding(cast)
    found = checkup.check_account()
    assert (found.level, "1 处" in found.said, "每日对账" in found.advice) == (Level.BAD, True, True)
    explain(one.id, words="维护时误改，已恢复", by=cast.safety)
    assert checkup.check_account().level is Level.GOOD


def test_an_account_that_nobody_reckons_is_said() -> None:
    assert checkup.check_reckoned().level is Level.GOOD, "there is no mine"
    cast = make_cast()
    never = checkup.check_reckoned()
    assert (never.level, never.said) == (Level.NOTE, f"{cast.mine.name}还没有对过账")
    reconcile_all.func(0)
    with clock.set_to(clock.now() + timedelta(minutes=119)):
        assert checkup.check_reckoned().level is Level.GOOD
    with clock.set_to(clock.now() + timedelta(hours=3, minutes=5)):
        stopped = checkup.check_reckoned()
    assert (stopped.level, stopped.said) == (Level.BAD, f"{cast.mine.name}已停 3 小时 5 分，共 1 个矿没有按时对账")
    assert "kuangdeng worker" in stopped.advice and f"account of {cast.mine.code}" in stopped.advice
