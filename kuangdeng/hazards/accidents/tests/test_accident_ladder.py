"""The mine's ladder climbs for accidents: measures, reports that nobody completes, investigations that do not end."""

import re
from datetime import date, timedelta

import pytest
from django.test import Client
from django.urls import reverse

from kuangdeng.hazards.accidents import services
from kuangdeng.hazards.accidents.models import Accident, AccidentDeadline, AccidentFiring
from kuangdeng.hazards.accidents.rules import MeasureStatus, Status
from kuangdeng.hazards.accidents.services.ladder import run_ladder
from kuangdeng.hazards.accidents.testkit import accident_in, measure_in, quick
from kuangdeng.hazards.setup import load_accident_deadlines, load_ladder
from kuangdeng.kernel.clock import now, set_to
from kuangdeng.kernel.errors import Refused
from kuangdeng.ledger.api import Entry, Notice, seal_all, tell_all
from kuangdeng.org.models import ImportRun, Person
from kuangdeng.org.testkit import Cast, make_cast

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast() -> Cast:
    cast = make_cast()
    load_ladder(cast.mine)
    load_accident_deadlines(cast.mine)
    return cast


def told() -> list[tuple[str, str, frozenset[str]]]:
    """Each step on the ledger: which, of what, who was named."""
    names = dict(Person.objects.values_list("id", "name"))
    entries = Entry.objects.filter(verb="accident.ladder").order_by("id")
    by_id = {str(key): name for key, name in names.items()}
    return [
        (entry.payload["step"], entry.payload["stage"], frozenset(by_id[one] for one in entry.payload["tell"]))
        for entry in entries
    ]


def test_an_overdue_measure_climbs_from_the_unit_to_the_mine_leader_each_step_once(cast: Cast) -> None:
    measure = measure_in(MeasureStatus.WORKING, cast)
    AccidentDeadline.objects.all().delete()
    for minutes in range(-300, 4 * 1440, 30):
        with set_to(measure.due_at + timedelta(minutes=minutes)):
            run_ladder()
            run_ladder()
    own, branch, safety = {"张建国"}, {"赵志强"}, {"周安平", "吴慎行"}
    leaders = {"郑矿长", "冯副矿长"}
    assert told() == [
        ("到期前提醒", "measure", own),
        ("到期", "measure", own),
        ("超期1班", "measure", own | branch | safety),
        ("超期1天", "measure", own | branch | safety | leaders),
        ("超期3天", "measure", own | branch | safety | leaders),
    ]
    assert Entry.objects.filter(verb="accident.ladder", unit_name="综采一队").count() == 5
    client = Client()
    client.force_login(cast.safety)
    page = client.get(reverse("hazards:accident", args=[measure.accident_id])).content.decode()
    assert "事故超期阶梯提醒" in page and "超期1班 · 落实整改措施" in page


def test_after_a_standstill_of_days_it_catches_up_in_order_and_once(cast: Cast) -> None:
    measure = measure_in(MeasureStatus.ORDERED, cast)
    AccidentDeadline.objects.all().delete()
    with set_to(measure.due_at + timedelta(days=2)):
        assert run_ladder() == 4
        assert run_ladder() == 0
    assert [step for step, *_rest in told()] == ["到期前提醒", "到期", "超期1班", "超期1天"]
    came = list(Entry.objects.filter(verb="accident.ladder").order_by("id").values_list("occurred_at", flat=True))
    assert came == sorted(came)


def test_what_waits_for_acceptance_or_was_withdrawn_is_not_the_units_delay(cast: Cast) -> None:
    done, gone = measure_in(MeasureStatus.DONE, cast), measure_in(MeasureStatus.WITHDRAWN, cast)
    AccidentDeadline.objects.all().delete()
    with set_to(max(done.due_at, gone.due_at) + timedelta(days=9)):
        assert run_ladder() == 0


def test_a_quick_report_that_nobody_completes_is_the_safety_departments_delay(cast: Cast) -> None:
    accident = quick(cast)
    with set_to(accident.received_at + timedelta(hours=23)):
        assert run_ladder() == 1
    with set_to(accident.received_at + timedelta(hours=50)):
        run_ladder()
    safety, leaders = {"周安平", "吴慎行"}, {"郑矿长", "冯副矿长"}
    assert told() == [
        ("到期前提醒", "complete", safety),
        ("到期", "complete", safety),
        ("超期1班", "complete", safety),
        ("超期1天", "complete", safety | leaders),
    ]
    services.complete(accident.id, data=_completion(cast, accident), by=cast.safety)
    with set_to(accident.received_at + timedelta(days=5)):
        assert run_ladder() == 0, "it is completed; the investigation has sixty days"


def _completion(cast: Cast, accident: Accident) -> services.Completion:
    from kuangdeng.hazards.accidents.testkit import completion

    return completion(cast, accident)


def test_an_investigation_that_does_not_end_is_told_to_who_leads_it(cast: Cast) -> None:
    accident = accident_in(Status.INVESTIGATING, cast)
    with set_to(accident.occurred_at + timedelta(days=60, minutes=1)):
        assert run_ladder() == 2
    assert told()[-1] == ("到期", "investigate", {"冯副矿长", "周安平", "吴慎行"})


def test_each_told_person_finds_it_in_his_inbox_with_the_way_there(cast: Cast) -> None:
    measure = measure_in(MeasureStatus.WORKING, cast)
    AccidentDeadline.objects.all().delete()
    with set_to(measure.due_at + timedelta(minutes=1)):
        run_ladder()
        seal_all()
        tell_all()
    notices = Notice.objects.filter(topic="accident.late", person_id=cast.unit_head.id).order_by("id")
    assert [("快到期限" in one.title, "已经超期" in one.title) for one in notices] == [(False, True)] * 2
    assert all(f"事故 {measure.accident.number} 综采一队落实整改措施" in one.title for one in notices)
    assert notices[0].url == f"/accidents/{measure.accident_id}/" or str(measure.accident_id) in notices[0].url
    assert not Notice.objects.filter(topic="accident.late", person_id=cast.miner.id).exists()
    assert "王铁柱" not in "".join(one.title + one.body for one in notices)


def test_an_old_ledgers_paper_past_is_told_once_not_step_by_step(cast: Cast) -> None:
    accident = accident_in(Status.COMPLETED, cast)
    run = ImportRun.objects.create(
        mine=cast.mine, kind="accidents", file_name="事故台账.xlsx", file_sha256="0" * 64, by=cast.safety,
        state=ImportRun.State.DONE, finished_at=now(),
    )  # fmt: skip
    Accident.objects.filter(id=accident.id).update(import_run=run, occurred_at=now() - timedelta(days=400))
    assert run_ladder() == 1
    assert [step for step, *_rest in told()] == ["超期3天"]
    assert AccidentFiring.objects.count() == 5
    assert run_ladder() == 0


def test_the_deadline_is_that_of_the_day_of_the_accident(cast: Cast) -> None:
    accident = quick(cast)
    AccidentDeadline.objects.filter(stage="complete").update(effective_from=date(2099, 1, 1))
    with set_to(accident.received_at + timedelta(days=30)):
        assert run_ladder() == 0


def test_the_office_sets_the_deadlines_on_a_page(cast: Cast) -> None:
    client = Client()
    client.force_login(cast.safety)
    page = client.get(reverse("hazards:accident_deadlines")).content.decode()
    assert "第二十九条" in page and "未核定" in page
    row = AccidentDeadline.objects.get(stage="complete")
    data = {"stage": "complete", "hours": "12", "effective_from": "2007-06-01", "source": "本矿制度", "confirmed": "on"}
    assert client.post(reverse("hazards:accident_deadline_edit", args=[row.id]), data).status_code == 302
    row.refresh_from_db()
    assert (row.hours, row.confirmed) == (12, True)
    twice = client.post(reverse("hazards:accident_deadline_new"), data)
    assert twice.status_code == 422 and "已经有这一项期限" in twice.content.decode()
    with pytest.raises(Refused, match="早于"):
        from kuangdeng.hazards.services import settings

        settings.save_accident_deadline(
            stage="investigate", hours=5, effective_from=date(2026, 2, 1), effective_to=date(2026, 1, 1), by=cast.safety
        )


def test_a_place_leads_on_to_its_accidents(cast: Cast) -> None:
    quick(cast)
    client = Client()
    client.force_login(cast.safety)
    for place in (cast.places["gate"], cast.places["level"]):
        page = client.get(reverse("org:place", args=[place.id])).content.decode()
        assert re.search(rf'/accidents/\?place={place.id}"[^/]*事故和未遂\D*1\D', page), "its own and those below it"
