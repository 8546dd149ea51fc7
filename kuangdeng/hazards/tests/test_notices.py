"""Who is told of which step of the loop, in which words, and when a task is done."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from kuangdeng.hazards import notices, services
from kuangdeng.hazards.rules import VERB_LABELS, FivePoints, Status
from kuangdeng.hazards.services._steps import enter
from kuangdeng.hazards.testkit import TEXT, hazard_in
from kuangdeng.hazards.tests.scenarios import extension, situation_of_law
from kuangdeng.kernel import clock
from kuangdeng.ledger.api import ROUTES, seal_all, tell_all
from kuangdeng.ledger.models import Delivery, FeedProblem, Notice
from kuangdeng.org.models import Person
from kuangdeng.org.testkit import Cast, make_cast

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 11, 22, 12, tzinfo=ZoneInfo("Asia/Shanghai"))


@pytest.fixture
def cast() -> Cast:
    return make_cast()


def told(cast: Cast, verb: str) -> dict[str, Notice]:
    """Part of the cast → the notice of the latest entry of this verb."""
    seal_all()
    tell_all()
    assert not FeedProblem.objects.exists(), FeedProblem.objects.get().error
    parts = {person.id: part for part, person in cast.persons.items()}
    latest = (
        Notice.objects.filter(entry__verb=f"hazard.{verb}")
        .order_by("entry_id")
        .values_list("entry_id", flat=True)
        .last()
    )
    return {parts[notice.person_id]: notice for notice in Notice.objects.filter(entry_id=latest)}


def test_every_verb_of_the_loop_is_routed_or_named_as_silent() -> None:
    verbs = {f"hazard.{verb}" for verb in VERB_LABELS}
    assert verbs - set(ROUTES) == notices.NOT_TOLD


def test_an_order_reaches_head_secretary_and_the_person_in_charge(cast: Cast) -> None:
    with clock.set_to(NOON):
        hazard = hazard_in(Status.GRADED, cast)
        order = FivePoints(cast.team_leader.id, "更换失效单体柱", None, NOON + timedelta(hours=28), "先加强支护")
        services.dispatch(hazard.id, unit=cast.units["mining"], order=order, by=cast.safety)
        got = told(cast, "dispatch")
    assert set(got) == {"unit_head", "branch_secretary", "team_leader"}
    title = got["unit_head"].title
    assert title.startswith(f"下达给综采一队：{hazard.number}「2305综放面")
    assert "须在11月23日 16:00前整改完成，请签收。" in title
    assert got["unit_head"].must_act and not got["team_leader"].must_act
    assert got["unit_head"].url == f"/hazards/{hazard.id}/"
    services.sign(hazard.id, by=cast.unit_head)
    seal_all()
    tell_all()
    assert not Notice.objects.filter(entry__verb="hazard.dispatch", must_act=True, acted_at=None).exists()


def test_what_was_rectified_waits_for_safety_until_somebody_accepts(cast: Cast) -> None:
    hazard = hazard_in(Status.RECTIFIED, cast)
    got = told(cast, "rectify")
    assert set(got) == {"safety", "safety2"}
    assert all(notice.must_act and notice.acted_at is None for notice in got.values())
    services.accept(hazard.id, words="合格", by=cast.safety)
    assert set(told(cast, "accept")) == {"unit_head", "branch_secretary"}
    assert not Notice.objects.filter(entry__verb="hazard.rectify", acted_at=None).exists()
    services.close(hazard.id, by=cast.safety2)
    got = told(cast, "close")
    assert set(got) == {"miner"}
    assert "已经销号，谢谢您" in got["miner"].title


def test_a_rejected_hazard_is_the_units_task_again(cast: Cast) -> None:
    hazard = hazard_in(Status.RECTIFIED, cast)
    services.reject(hazard.id, reason="仍漏液", by=cast.safety)
    got = told(cast, "reject")
    assert got["unit_head"].must_act and "重新整改" in got["unit_head"].title
    assert got["unit_head"].body == "仍漏液"


def test_an_extension_goes_to_the_leaders_then_to_safety_then_back(cast: Cast) -> None:
    _, asked = extension(cast)
    assert set(told(cast, "request_extension")) == {"mine_leader", "mine_leader2"}
    services.approve_extension(asked.id, by=cast.mine_leader)
    got = told(cast, "approve_extension")
    assert set(got) == {"safety", "safety2", "unit_head"}
    assert got["safety"].must_act and not got["unit_head"].must_act
    leaders = Notice.objects.filter(entry__verb="hazard.request_extension")
    assert all(notice.acted_at for notice in leaders), "the other leader need not decide any more"
    services.approve_extension(asked.id, by=cast.safety)
    got = told(cast, "approve_extension")
    assert "延期申请已批准，新期限" in got["unit_head"].title
    assert not Notice.objects.filter(topic=notices.EXTENSION, must_act=True, acted_at=None).exists()


def test_a_refused_extension_is_told_to_who_asked(cast: Cast) -> None:
    _, asked = extension(cast)
    services.refuse_extension(asked.id, reason="今天必须改完", by=cast.mine_leader)
    got = told(cast, "refuse_extension")
    assert set(got) == {"unit_head"}
    assert "未获批准" in got["unit_head"].title and got["unit_head"].body == "今天必须改完"


def test_a_report_that_lacks_something_goes_back_to_its_reporter(cast: Cast) -> None:
    hazard_in(Status.RETURNED, cast)
    got = told(cast, "send_back")
    assert set(got) == {"miner"} and got["miner"].must_act


def test_merging_is_told_to_both_reporters(cast: Cast) -> None:
    hazard_in(Status.MERGED, cast)
    assert set(told(cast, "merge")) >= {"miner"}


def test_a_transfer_is_told_to_the_new_unit_and_the_old(cast: Cast) -> None:
    hazard = hazard_in(Status.DISPATCHED, cast)
    services.transfer(hazard.id, unit=cast.units["electric"], reason="归机电队管", by=cast.safety)
    got = told(cast, "transfer")
    assert got["electric_head"].must_act
    assert "综采一队不再承担" in got["unit_head"].title
    old = Notice.objects.filter(entry__verb="hazard.dispatch", person_id=cast.unit_head.id)
    assert old.count() == 1


def test_supervision_and_escalation(cast: Cast) -> None:
    hazard = hazard_in(Status.DISPATCHED, cast)
    services.supervise(hazard.id, supervisor=cast.mine_leader, by=cast.safety)
    got = told(cast, "supervise")
    assert set(got) == {"mine_leader", "unit_head", "branch_secretary"}
    assert "由您挂牌督办" in got["mine_leader"].title
    services.escalate(hazard.id, situation=situation_of_law(), reason="瓦斯超限", by=cast.safety)
    got = told(cast, "escalate")
    assert set(got) == {"mine_leader", "mine_leader2", "safety2", "unit_head", "branch_secretary"}
    assert "停产停工" in got["safety2"].title


def test_the_ladder_tells_the_persons_that_it_names(cast: Cast) -> None:
    hazard = hazard_in(Status.RECTIFYING, cast)
    tell = [str(cast.unit_head.id), str(cast.mine_leader.id)]
    with clock.set_to(hazard.due_at + timedelta(hours=1)):
        enter("ladder", hazard, None, payload={"step": "超期 1 班", "tell": tell})
        got = told(cast, "ladder")
    assert set(got) == {"unit_head", "mine_leader"}
    assert "已经超期" in got["unit_head"].title
    assert got["unit_head"].must_act and not got["mine_leader"].must_act
    assert (got["unit_head"].role, got["mine_leader"].role) == ("unit_head", "mine_leader")


def test_an_anonymous_report_tells_nobody_who_it_was(cast: Cast) -> None:
    hazard = services.report(data=services.ReportData(text=TEXT, anonymous=True), by=cast.miner).hazard
    services.void(hazard.id, reason="不属实", by=cast.safety)
    assert told(cast, "void") == {}


def test_mail_goes_to_who_has_an_address(cast: Cast, settings: object) -> None:
    settings.EMAIL_CONFIGURED = True  # type: ignore[attr-defined]
    Person.objects.filter(id=cast.unit_head.id).update(email="zhang@example.cn")
    hazard_in(Status.DISPATCHED, cast)
    told(cast, "dispatch")
    assert [delivery.address for delivery in Delivery.objects.all()] == ["zhang@example.cn"]


def test_a_hazard_that_moved_on_before_the_feed_came_is_told_as_it_was(cast: Cast) -> None:
    """The worker was off: order, transfer and rectification come in one batch."""
    hazard = hazard_in(Status.DISPATCHED, cast)
    services.transfer(hazard.id, unit=cast.units["electric"], reason="归机电队管", by=cast.safety)
    services.sign(hazard.id, by=cast.electric_head)
    first = told(cast, "dispatch")
    assert set(first) == {"unit_head", "branch_secretary"}
    assert first["unit_head"].title.startswith("下达给综采一队")
    assert all(notice.acted_at for notice in Notice.objects.filter(must_act=True, topic=notices.ORDER))
