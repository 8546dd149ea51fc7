"""Accidents from the quick report to the closed file: levels, evidence, measures, and names that never get out."""

from collections.abc import Callable
from dataclasses import asdict
from datetime import datetime, timedelta
from decimal import Decimal
from hashlib import sha256
from zoneinfo import ZoneInfo

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from kuangdeng.hazards.accidents import queries, services
from kuangdeng.hazards.accidents.models import Accident, AccidentMeasure, AccidentPhoto, Casualty, NoLetPass
from kuangdeng.hazards.accidents.rules import (
    MEASURE_VERB_LABELS,
    VERB_LABELS,
    Kind,
    MeasureStatus,
    Severity,
    Status,
    level_of,
    without_names,
)
from kuangdeng.hazards.accidents.testkit import (
    NEAR_MISS,
    accident_in,
    all_points,
    completion,
    level,
    measure_in,
    order,
    quick,
)
from kuangdeng.hazards.setup import load_accident_levels
from kuangdeng.kernel import clock
from kuangdeng.kernel.errors import NotVisible, Refused
from kuangdeng.kernel.files import keep_photo, receive
from kuangdeng.kernel.ids import uuid7
from kuangdeng.kernel.testkit.photos import photo as taken
from kuangdeng.ledger.api import ROUTES, seal_all, tell_all
from kuangdeng.ledger.models import Entry, FeedProblem, Notice
from kuangdeng.org.models import Person
from kuangdeng.org.testkit import Cast, make_cast

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 11, 22, 12, tzinfo=ZoneInfo("Asia/Shanghai"))
SignedIn = Callable[[Person], Client]


@pytest.fixture
def cast() -> Cast:
    return make_cast()


@pytest.fixture
def as_(cast: Cast) -> SignedIn:
    def sign_in(person: Person) -> Client:
        client = Client()
        client.force_login(person)
        return client

    return sign_in


def page(client: Client, name: str, *args: object, **query: str) -> str:
    answer = client.get(reverse(f"hazards:{name}", args=args), query)
    assert answer.status_code == 200, (name, answer.status_code)
    return answer.content.decode()


# Levels ---------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "deaths", "serious", "loss", "hours", "wanted"),
    [
        ("injury", 30, 0, 0, 0, "特别重大事故"),
        ("injury", 29, 0, 0, 0, "重大事故"),
        ("injury", 3, 0, 0, 0, "较大事故"),
        ("injury", 2, 9, 0, 0, "一般事故"),
        ("injury", 0, 10, 0, 0, "较大事故"),
        ("injury", 0, 0, 50_000_000, 0, "重大事故"),
        ("injury", 0, 0, None, None, "轻伤事故"),
        ("non_casualty", 0, 0, 0, 30, "一级非伤亡事故"),
        ("non_casualty", 0, 0, 200_000, None, "二级非伤亡事故"),
        ("non_casualty", 0, 0, None, None, "三级非伤亡事故"),
        ("near_miss", 0, 0, None, None, None),
    ],
)
def test_one_figure_reached_is_enough_for_a_level(
    cast: Cast, kind: str, deaths: int, serious: int, loss: int | None, hours: int | None, wanted: str | None
) -> None:
    load_accident_levels(cast.mine)
    found = level_of(
        queries.levels(cast.mine.id), kind=kind, deaths=deaths, serious=serious,
        loss=None if loss is None else Decimal(loss), stop_hours=None if hours is None else Decimal(hours),
    )  # fmt: skip
    assert (found.name if found else None) == wanted


def test_no_shipped_level_claims_to_be_confirmed(cast: Cast) -> None:
    load_accident_levels(cast.mine)
    assert all(not row.confirmed and row.source for row in queries.levels(cast.mine.id))


def test_the_level_is_that_of_the_table_on_the_day_of_the_accident(cast: Cast) -> None:
    row = level(cast, "轻伤事故")
    row.effective_from = clock.today() + timedelta(days=1)
    row.save()
    assert quick(cast).level is None


def test_a_corrected_level_stays_and_shows_what_the_table_gives(cast: Cast) -> None:
    accident = accident_in(Status.COMPLETED, cast)
    assert accident.level == level(cast, "轻伤事故")
    with pytest.raises(Refused, match="理由"):
        services.correct_level(accident.id, level=level(cast, "一般事故"), reason=" ", by=cast.safety)
    with pytest.raises(Refused, match="这类事故"):
        services.correct_level(accident.id, level=level(cast, "三级非伤亡事故"), reason="看错", by=cast.safety)
    services.correct_level(accident.id, level=level(cast, "一般事故"), reason="鉴定为重伤", by=cast.safety)
    done = services.complete(accident.id, data=completion(cast, accident, loss=Decimal(5)), by=cast.safety)
    assert (done.level.name, done.level_by_rule.name) == ("一般事故", "轻伤事故")


# The quick report -------------------------------------------------------------------------------------------------------


def test_a_report_sent_twice_is_one_accident(cast: Cast, as_: SignedIn) -> None:
    load_accident_levels(cast.mine)
    form = {
        "id": str(uuid7()), "kind": "injury", "text": "链条突然转动，王铁柱右手被挤伤", "occurred_at": "2026-01-05T08:30",
        "hurt": str(cast.miner.id), "hurt_count": "2", "severity": "serious", "stopped_area": "工作面停产",
        "place": str(cast.places["gate"].id),
    }  # fmt: skip
    client = as_(cast.team_leader)
    places = {client.post(reverse("hazards:accident_report"), form).url for _ in range(2)}
    accident = Accident.objects.get()
    assert places == {reverse("hazards:accident_reported", args=[accident.id])}
    assert (accident.serious, accident.unclear, accident.level.name) == (1, 1, "一般事故")
    assert accident.number.startswith("SG20") and accident.stopped_at == accident.occurred_at
    assert accident.text == "链条突然转动，王某某右手被挤伤"
    assert "王铁柱" not in client.get(places.pop()).content.decode()


def test_what_a_quick_report_needs(cast: Cast, as_: SignedIn) -> None:
    client = as_(cast.miner)
    form = {"id": str(uuid7()), "kind": "injury", "text": "有人被砸", "occurred_at": "2026-01-05T08:30"}
    answer = client.post(reverse("hazards:accident_report"), form)
    assert answer.status_code == 422 and "请填几人伤亡" in answer.content.decode()
    answer = client.post(reverse("hazards:accident_report"), {**form, "kind": "near_miss", "hurt_count": "1"})
    assert answer.status_code == 422 and "有人受伤" in answer.content.decode()
    answer = client.post(
        reverse("hazards:accident_report"), {**form, "kind": "near_miss", "occurred_at": "2999-01-05T08:30"}
    )
    assert answer.status_code == 422 and "比现在还晚" in answer.content.decode()
    assert not Accident.objects.exists()
    assert client.post(reverse("hazards:accident_report"), {**form, "kind": "near_miss"}).status_code == 302


# Names -------------------------------------------------------------------------------------------------------------------


def test_names_are_cut_down_longest_first() -> None:
    assert without_names("李小明和李小都伤了", ["李小", "李小明"]) == "李某某和李某都伤了"
    assert without_names("张某", [""]) == "张某"


def test_names_of_the_hurt_leave_by_no_page_ledger_line_notice_or_bulletin(cast: Cast, as_: SignedIn) -> None:
    """Whoever lacks the power never meets the name, wherever it was typed; who has it sees it in the list of the hurt."""
    accident = accident_in(Status.INVESTIGATING, cast, text="王铁柱右手被挤伤")
    services.record_casualty(accident.id, hurt=services.Hurt(name="贾外工", severity=Severity.MINOR), by=cast.safety)
    services.complete(
        accident.id, data=completion(cast, accident, text="贾外工先启动，王铁柱在检修", direct_cause="贾外工误操作"),
        by=cast.safety,
    )  # fmt: skip
    services.tick(accident.id, point="responsible", evidence="对贾外工停班学习三天", by=cast.safety)
    measure = services.order_measure(
        accident.id, unit=cast.units["mining"], text="王铁柱所在班组重新培训", due_at=clock.now() + timedelta(days=1),
        by=cast.safety,
    )  # fmt: skip
    services.sign_measure(measure.id, by=cast.unit_head)
    services.finish_measure(measure.id, words="王铁柱班组已培训", by=cast.unit_head)
    services.reject_measure(measure.id, reason="贾外工没有参加", by=cast.safety)
    names = ("王铁柱", "贾外工")
    seal_all()
    tell_all()
    assert not FeedProblem.objects.exists(), FeedProblem.objects.get().error
    lines = [(one.subject_label, str(one.payload)) for one in Entry.objects.filter(subject_kind="accident")]
    told = [(one.title, one.body) for one in Notice.objects.all()]
    assert told
    told_all = [asdict(one) for one in queries.between(cast.mine.id, NOON - timedelta(days=9999), clock.now())]
    assert len(told_all) == 1
    owed = [asdict(one) for one in queries.open_measures(cast.mine.id)]
    assert len(owed) == 1
    for name in names:
        assert name not in str(lines) + str(told) + str(told_all) + str(owed)
    for part in ("miner", "group_office", "administrator", "political_work"):
        client = as_(cast.persons[part])
        for sheet in ("accident", "accident_quick_sheet", "accident_investigation_sheet"):
            shown = page(client, sheet, accident.id).split("<main", 1)[-1]  # the frame names who is signed in
            assert "贾外工" not in shown and "王铁柱" not in shown, (part, sheet)
            assert "停班学习" not in shown, "evidence about persons"
    for part in ("unit_head", "safety", "mine_leader"):
        shown = page(as_(cast.persons[part]), "accident", accident.id)
        assert "王铁柱" in shown and "贾外工" in shown and "停班学习" in shown


def test_evidence_photos_are_for_who_may_see_persons(cast: Cast, as_: SignedIn) -> None:
    accident = accident_in(Status.INVESTIGATING, cast)
    picture = taken()
    scan = sha256(picture).hexdigest()
    with receive(iter([picture]), sha256=scan, length=len(picture)) as incoming:
        keep_photo(incoming, owner_id=cast.safety.id)
    services.tick(accident.id, point="responsible", evidence="", photos=[scan], by=cast.safety)
    photo = AccidentPhoto.objects.get()
    url = reverse("hazards:accident_photo", args=[accident.id, photo.file_id])
    assert as_(cast.safety).get(url).status_code == 200
    assert as_(cast.miner).get(url).status_code == 404
    assert queries.photos_in_use([photo.file_id, "0" * 64]) == {photo.file_id}


def test_who_is_hurt_may_be_listed_once_and_counts_follow(cast: Cast) -> None:
    accident = quick(cast)
    with pytest.raises(Refused, match="已经登记过"):
        services.record_casualty(accident.id, hurt=services.Hurt(person=cast.miner), by=cast.safety)
    row = Casualty.objects.get()
    services.record_casualty(
        accident.id, casualty_id=row.id, hurt=services.Hurt(person=cast.miner, severity=Severity.DEATH), by=cast.safety
    )
    found = Accident.objects.get()
    assert (found.deaths, found.minor, found.level.name) == (1, 0, "一般事故")
    with pytest.raises(Refused, match="伤亡事故"):
        services.complete(accident.id, data=completion(cast, found, kind=Kind.NEAR_MISS), by=cast.safety)
    services.remove_casualty(accident.id, casualty_id=row.id, reason="人员登记错", by=cast.safety)
    assert Accident.objects.get().hurt == 0


# The four points ---------------------------------------------------------------------------------------------------------


def test_no_point_is_ticked_without_evidence(cast: Cast) -> None:
    accident = accident_in(Status.INVESTIGATING, cast)
    with pytest.raises(Refused, match="没有证据不能确认"):
        services.tick(accident.id, point="cause", evidence="  ", by=cast.safety)
    with pytest.raises(Refused, match="还没有下达整改措施"):
        services.tick(accident.id, point="measures", evidence="都做了", by=cast.safety)
    order(cast, accident)
    with pytest.raises(Refused, match="没有验收"):
        services.tick(accident.id, point="measures", evidence="都做了", by=cast.safety)
    services.tick(accident.id, point="cause", evidence="分析会纪要", by=cast.safety)
    with pytest.raises(Refused, match="已经确认过"):
        services.tick(accident.id, point="cause", evidence="又一份", by=cast.safety)
    with pytest.raises(IntegrityError), transaction.atomic():
        NoLetPass.objects.create(accident=accident, point="educated", ticked_by=cast.safety)
    services.untick(accident.id, point="cause", reason="纪要没有签字", by=cast.safety)
    assert not NoLetPass.objects.exists()


def test_closing_needs_all_four_points_and_every_measure_accepted(cast: Cast) -> None:
    accident = accident_in(Status.INVESTIGATING, cast)
    with pytest.raises(Refused, match="事故原因未查清不放过"):
        services.close(accident.id, conclusion="查清了", by=cast.safety)
    measure_in(MeasureStatus.ACCEPTED, cast, accident)
    all_points(cast, accident, but="educated")
    with pytest.raises(Refused, match="有关人员未受到教育不放过"):
        services.close(accident.id, conclusion="查清了", by=cast.safety)
    services.tick(accident.id, point="educated", evidence="三个班组学习签到", by=cast.safety)
    late = order(cast, accident)
    with pytest.raises(Refused, match="1 条整改措施没有验收"):
        services.close(accident.id, conclusion="查清了", by=cast.safety)
    services.withdraw_measure(late.id, reason="与前一条重复", by=cast.safety)
    assert services.close(accident.id, conclusion="违章检修", by=cast.safety).status == Status.CLOSED


def test_what_badly_hurt_somebody_only_a_mine_leader_closes(cast: Cast) -> None:
    accident = accident_in(
        Status.INVESTIGATING, cast, hurt=(services.Hurt(person=cast.miner, severity=Severity.SERIOUS),)
    )
    measure_in(MeasureStatus.ACCEPTED, cast, accident)
    all_points(cast, accident)
    with pytest.raises(Refused, match="由矿领导结案"):
        services.close(accident.id, conclusion="违章检修", by=cast.safety)
    assert services.close(accident.id, conclusion="违章检修", by=cast.mine_leader).closed_by == cast.mine_leader


def test_an_accident_does_not_disappear(cast: Cast) -> None:
    accident = quick(cast)
    with pytest.raises(Refused, match="伤亡人员的事故不能作废"):
        services.void(accident.id, reason="误报", by=cast.safety)
    miss = quick(cast, text=NEAR_MISS, kind=Kind.NEAR_MISS)
    with pytest.raises(Refused, match="没有权限"):
        services.void(miss.id, reason="误报", by=cast.unit_head)
    data = services.QuickReport(text=NEAR_MISS, kind=Kind.NEAR_MISS)
    own = services.report(data=data, by=cast.safety)
    with pytest.raises(Refused, match="自己上报"):
        services.void(own.id, reason="误报", by=cast.safety)
    services.void(miss.id, reason="与上一起重复", by=cast.safety)
    assert [one.number for one in queries.between(cast.mine.id, NOON - timedelta(days=9999), clock.now())] == [
        accident.number, own.number,
    ]  # fmt: skip


# Measures -----------------------------------------------------------------------------------------------------------------


def test_a_measure_is_accepted_by_another_unit(cast: Cast) -> None:
    accident = accident_in(Status.INVESTIGATING, cast)
    measure = services.order_measure(
        accident.id, unit=cast.units["safety"], person=cast.safety, text="修订检修制度",
        due_at=clock.now() + timedelta(days=3), by=cast.mine_leader,
    )  # fmt: skip
    services.sign_measure(measure.id, by=cast.safety)
    services.finish_measure(measure.id, words="已修订下发", by=cast.safety)
    with pytest.raises(Refused, match="不能是同一人"):
        services.accept_measure(measure.id, words="好", by=cast.safety)
    with pytest.raises(Refused, match="不能是同一单位"):
        services.reject_measure(measure.id, reason="不好", by=cast.safety2)
    rejected = services.reject_measure(measure.id, reason="没有签发", by=cast.mine_leader)
    assert (rejected.status, rejected.reject_count, rejected.finished_by) == (MeasureStatus.WORKING, 1, None)


def test_what_an_order_of_a_measure_needs(cast: Cast) -> None:
    accident = accident_in(Status.COMPLETED, cast)
    words = {
        "unit": cast.units["mining"],
        "text": "停电闭锁",
        "due_at": clock.now() + timedelta(days=1),
        "by": cast.safety,
    }
    with pytest.raises(Refused, match="期限已经过去"):
        services.order_measure(accident.id, **(words | {"due_at": clock.now() - timedelta(hours=1)}))
    with pytest.raises(Refused, match="不是「综采一队」"):
        services.order_measure(accident.id, **words, person=cast.electric_head)
    with pytest.raises(Refused, match="没有权限"):
        services.order_measure(accident.id, **(words | {"by": cast.unit_head}))


def test_overdue_is_computed_and_stands_on_the_list_of_the_unit(cast: Cast, as_: SignedIn) -> None:
    with clock.set_to(NOON):
        measure = measure_in(MeasureStatus.WORKING, cast)
        assert not queries.is_late(measure)
    with clock.set_to(NOON + timedelta(days=3)):
        assert [one.late for one in queries.open_measures(cast.mine.id)] == [True]
        mine = queries.waiting_for(cast.unit_head)
        assert [(one.verb, one.late, one.measure_id) for one in mine] == [("finish_measure", True, measure.id)]
        assert "检修前停电闭锁挂牌" in page(as_(cast.unit_head), "accident_measures", late="1")
        assert "检修前停电闭锁挂牌" not in page(as_(cast.other_head), "accident_measures")
        home = as_(cast.unit_head).get("/").content.decode()
        assert "事故整改措施，落实中" in home and f"#measure-{measure.id}" in home


def test_the_to_do_list_of_safety_names_quick_reports_and_what_waits_for_acceptance(cast: Cast) -> None:
    measure_in(MeasureStatus.DONE, cast)
    quick(cast)
    assert sorted(one.verb for one in queries.waiting_for(cast.safety)) == ["accept_measure", "complete"]
    assert queries.waiting_for(cast.other_miner) == []


def test_what_is_ready_to_close_waits_for_who_may_close_it(cast: Cast) -> None:
    grave = (services.Hurt(person=cast.miner, severity=Severity.SERIOUS),)
    for hurt in (grave, None):
        accident = accident_in(Status.INVESTIGATING, cast, hurt=hurt)
        measure_in(MeasureStatus.ACCEPTED, cast, accident)
        all_points(cast, accident, but="educated")
        assert [one.verb for one in queries.waiting_for(cast.mine_leader)] == ["close"] * (hurt is None)
        services.tick(accident.id, point="educated", evidence="三个班组学习签到", by=cast.safety)
    assert [one.accident_id for one in queries.waiting_for(cast.mine_leader)] == [Accident.objects.get(serious=1).id]
    assert [one.accident_id for one in queries.waiting_for(cast.safety)] == [accident.id]


def test_a_unit_that_has_nothing_to_do_with_it_does_not_know_of_it(cast: Cast, as_: SignedIn) -> None:
    accident = accident_in(Status.INVESTIGATING, cast)
    with pytest.raises(NotVisible):
        queries.get_accident(accident.id, by=cast.electric_head)
    services.order_measure(
        accident.id,
        unit=cast.units["electric"],
        text="检查全矿闭锁",
        due_at=clock.now() + timedelta(days=1),
        by=cast.safety,
    )
    shown = page(as_(cast.electric_head), "accident", accident.id)
    assert "检查全矿闭锁" in shown and "王铁柱" not in shown


# Pages and notices ---------------------------------------------------------------------------------------------------------


def test_the_loop_through_the_pages(cast: Cast, as_: SignedIn) -> None:
    """From the quick report to the end by the forms alone."""
    accident = quick(cast)
    safety, head, leader = as_(cast.safety), as_(cast.unit_head), as_(cast.mine_leader)

    def post(client: Client, to: str, *args: object, **fields: str) -> None:
        answer = client.post(reverse(f"hazards:{to}", args=args), fields)
        assert answer.status_code == 302, answer.content.decode()

    common = {"text": accident.text, "occurred_at": "2026-01-05T08:30", "unit": str(cast.units["mining"].id)}
    post(
        safety, "accident_verb", accident.id, "complete", kind="injury", direct_cause="没有停电", loss="1200", **common
    )
    post(safety, "accident_casualty_new", accident.id, name="外来工", severity="minor")
    level_id = str(level(cast, "一般事故").id)
    post(leader, "accident_verb", accident.id, "correct_level", level=level_id, reason="影响大，提级")
    post(safety, "accident_verb", accident.id, "open_investigation", investigator=str(cast.mine_leader2.id))
    due = f"{clock.local(clock.now() + timedelta(days=2)):%Y-%m-%dT%H:%M}"
    post(safety, "accident_verb", accident.id, "order_measure", text="停电闭锁", unit=common["unit"], due_at=due)
    measure = AccidentMeasure.objects.get()
    post(head, "accident_measure_verb", measure.id, "sign_measure")
    post(head, "accident_measure_verb", measure.id, "finish_measure", words="已落实")
    post(safety, "accident_measure_verb", measure.id, "accept_measure", words="合格")
    for point in ("cause", "responsible", "measures", "educated"):
        post(safety, "accident_verb", accident.id, "tick", point=point, evidence="文件一份")
    post(safety, "accident_verb", accident.id, "close", conclusion="违章检修造成")
    shown = page(safety, "accident", accident.id)
    assert "已结案" in shown and "四不放过 4/4" in shown and "按规则是 轻伤事故" in shown
    assert "违章检修造成" in page(leader, "accident_investigation_sheet", accident.id)
    assert accident.number in page(safety, "accidents", kind="injury", open="0")
    assert accident.number not in page(safety, "accidents", open="1").split("<tbody", 1)[-1]


def test_a_refusal_stands_beside_its_field_and_keeps_the_words(cast: Cast, as_: SignedIn) -> None:
    accident = accident_in(Status.INVESTIGATING, cast)
    url = reverse("hazards:accident_verb", args=[accident.id, "tick"])
    answer = as_(cast.safety).post(url, {"point": "measures", "evidence": "都落实了，见记录"})
    assert answer.status_code == 422
    assert "还没有下达整改措施" in answer.content.decode() and "都落实了，见记录" in answer.content.decode()
    assert as_(cast.unit_head).get(url).status_code == 404
    assert as_(cast.mine_leader).get(url, {"point": "cause"}).status_code == 200
    again = as_(cast.safety).get(reverse("hazards:accident_verb", args=[accident.id, "open_investigation"]))
    assert again.status_code == 302


def test_leaders_safety_and_the_unit_are_told_at_once(cast: Cast) -> None:
    with clock.set_to(NOON):
        accident = quick(cast)
    seal_all()
    tell_all()
    parts = {person.id: part for part, person in cast.persons.items()}
    got = {parts[one.person_id]: one for one in Notice.objects.filter(entry__verb="accident.report")}
    assert set(got) == {"mine_leader", "mine_leader2", "safety", "safety2", "unit_head", "branch_secretary"}
    assert got["mine_leader"].title == (
        f"事故快报 {accident.number}（伤亡事故）：11月22日 12:00，综采一队，一水平 二采区 2305综放面 回风顺槽，轻伤 1 人。"
    )
    assert got["safety"].must_act and got["safety"].body == ""


def test_every_verb_is_routed_or_named_as_silent() -> None:
    silent = {"record_casualty", "remove_casualty", "correct_level", "tick", "untick", "sign_measure"}
    verbs = {*VERB_LABELS, *MEASURE_VERB_LABELS}
    assert {verb for verb in verbs if f"accident.{verb}" not in ROUTES} == silent
