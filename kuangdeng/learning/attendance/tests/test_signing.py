"""签到: codes that die, phones that sign for one person, cards, paper with a reason, leave and make-up."""

from datetime import datetime, timedelta

import pytest
from django.test import Client
from django.urls import reverse

from kuangdeng.kernel import clock
from kuangdeng.kernel.errors import NotVisible, Refused
from kuangdeng.learning.api import waiting_for
from kuangdeng.learning.attendance import queries, rules, services
from kuangdeng.learning.attendance.models import Attendee, Doubt, Sheet
from kuangdeng.learning.attendance.services._steps import set_expected
from kuangdeng.learning.attendance.testkit import READ, asked, doubted, handed_in, live_code, row_in, sheet_in, signed
from kuangdeng.learning.bookroom import api as bookroom
from kuangdeng.learning.bookroom.testkit import rooms_of
from kuangdeng.org.testkit import Cast, make_cast

NOON = datetime(2026, 11, 23, 14, 0, 2)


@pytest.fixture
def cast(db: None) -> Cast:
    return make_cast()


def scan(sheet: Sheet, phone: Client, code: str = "") -> str:
    """What a phone shows after it has opened the address of a code."""
    path = reverse("learning:sign_scan", args=[sheet.id, code or live_code(sheet)])
    return phone.get(path, follow=True).content.decode()


def type_number(sheet: Sheet, phone: Client, number: str) -> str:
    return phone.post(reverse("learning:sign_phone", args=[sheet.id]), {"number": number}).content.decode()


# The code ---------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("seconds", "lives"), [(0, True), (4, True), (8, True), (9, False), (30, False), (-6, False)])
def test_a_code_lives_a_few_seconds_beyond_its_slot(seconds: int, lives: bool) -> None:
    secret = "0f" * 32
    shown_at = datetime.fromtimestamp(1_763_877_602, tz=clock.now().tzinfo)  # two seconds into its slot
    code = rules.code_of(secret, rules.slot_of(shown_at))
    assert rules.code_lives(secret, code, shown_at + timedelta(seconds=seconds)) is lives


def test_a_code_of_another_sheet_or_of_nobody_is_none() -> None:
    at = clock.now()
    assert not rules.code_lives("0f" * 32, rules.code_of("1f" * 32, rules.slot_of(at)), at)
    assert not rules.code_lives("0f" * 32, "", at)
    assert not rules.code_lives("0f" * 32, "码", at)


def test_the_slow_typist_succeeds_and_the_forwarded_photo_does_not(cast: Cast) -> None:
    with clock.set_to(NOON):
        sheet = sheet_in(cast)
        code = live_code(sheet)
        in_the_room, elsewhere = Client(), Client()
        assert "您的工号" in scan(sheet, in_the_room, code)
    with clock.set_to(NOON + timedelta(seconds=20)):
        assert "已经过期" in scan(sheet, elsewhere, code)
        assert "请扫会场屏幕上的码" in type_number(sheet, elsewhere, "2001"), "no permit, no sign-in"
        assert row_in(sheet, cast, "other_miner").state == "missing"
    with clock.set_to(NOON + timedelta(seconds=100)):
        assert "没有这个工号" in type_number(sheet, in_the_room, "999999")
        assert "王铁柱 已签到" in type_number(sheet, in_the_room, "1001")
    row = row_in(sheet, cast)
    assert (row.state, row.method, row.unit) == ("present", "code", cast.miner.unit)


def test_a_permit_is_worth_nothing_on_another_phone(cast: Cast) -> None:
    sheet = sheet_in(cast)
    first, second = Client(), Client()
    scan(sheet, first)
    second.cookies["kuangdeng_permit"] = first.cookies["kuangdeng_permit"].value
    assert "请扫会场屏幕上的码" in type_number(sheet, second, "1001")
    scan(sheet, second)
    second.cookies["kuangdeng_permit"] = first.cookies["kuangdeng_permit"].value
    assert "请扫会场屏幕上的码" in type_number(sheet, second, "1001"), "bound to the phone that scanned"


def test_a_permit_of_one_sheet_opens_no_other(cast: Cast) -> None:
    one, other = sheet_in(cast), sheet_in(cast)
    phone = Client()
    scan(one, phone)
    assert "请扫会场屏幕上的码" in type_number(other, phone, "1001")


def test_one_phone_signs_for_one_person_and_the_second_is_shown_to_the_leader(cast: Cast) -> None:
    sheet = sheet_in(cast)
    phone = Client()
    scan(sheet, phone)
    type_number(sheet, phone, "1001")
    scan(sheet, phone)
    assert "当面确认" in type_number(sheet, phone, "1002")
    assert row_in(sheet, cast, "team_leader").state == "missing", "not silently accepted"
    leader = Client()
    leader.force_login(cast.branch_secretary)
    assert "李大山" in leader.get(reverse("learning:attendance_sheet", args=[sheet.id])).content.decode()
    services.settle_doubt(Doubt.objects.get().id, accept=True, by=cast.branch_secretary)
    assert row_in(sheet, cast, "team_leader").state == "present"
    with pytest.raises(Refused, match="已经核实过"):
        services.settle_doubt(Doubt.objects.get().id, accept=False, by=cast.branch_secretary)


def test_a_refused_doubt_leaves_him_missing(cast: Cast) -> None:
    doubt = doubted(cast)
    services.settle_doubt(doubt.id, accept=False, by=cast.branch_secretary)
    assert Attendee.objects.get(sheet=doubt.sheet, person=doubt.person).state == "missing"
    with pytest.raises(NotVisible):
        services.settle_doubt(doubt.id, accept=True, by=cast.miner)


def test_too_early_is_told_when_and_does_not_stand_in_the_way(cast: Cast) -> None:
    sheet = sheet_in(cast, begins_in=60)
    phone = Client()
    assert "开放" in scan(sheet, phone)
    with pytest.raises(Refused, match="还没有开始签到"):
        signed(sheet, cast)
    with clock.set_to(sheet.opens_at + timedelta(minutes=1)):
        scan(sheet, phone)
        assert "已签到" in type_number(sheet, phone, "1001")


def test_late_after_so_many_minutes_and_over_at_the_end(cast: Cast) -> None:
    sheet = sheet_in(cast)
    with clock.set_to(sheet.starts_at + timedelta(minutes=5)):
        assert getattr(signed(sheet, cast), "state", "") == "present"
    with clock.set_to(sheet.starts_at + timedelta(minutes=5, seconds=1)):
        assert getattr(signed(sheet, cast, "team_leader"), "state", "") == "late"
    with clock.set_to(sheet.closes_at), pytest.raises(Refused, match="已经截止"):
        signed(sheet, cast, "unit_head")


def test_a_phone_that_is_signed_in_needs_no_number(cast: Cast) -> None:
    sheet = sheet_in(cast)
    phone = Client()
    phone.force_login(cast.miner)
    assert "以 王铁柱 签到" in scan(sheet, phone)
    assert "王铁柱 已签到" in type_number(sheet, phone, "1002"), "the number of another changes nothing"
    assert row_in(sheet, cast, "team_leader").state == "missing"


def test_who_is_not_on_the_list_is_a_guest(cast: Cast) -> None:
    sheet = sheet_in(cast)
    row = signed(sheet, cast, "safety")
    assert isinstance(row, Attendee) and not row.expected
    numbers = queries.counts(sheet.id)
    assert (numbers.expected, numbers.there, numbers.missing, numbers.guests) == (4, 0, 4, 1)


# The room ---------------------------------------------------------------------------------------------------------------


def test_names_are_for_the_room_alone(cast: Cast) -> None:
    sheet = sheet_in(cast)
    leader, miner, stranger = Client(), Client(), Client()
    leader.force_login(cast.branch_secretary)
    miner.force_login(cast.miner)
    for name in ("sheet", "screen", "codes", "live", "paper", "paper_sheet"):
        path = reverse(f"learning:attendance_{name}", args=[sheet.id])
        assert leader.get(path).status_code == 200, name
        assert miner.get(path).status_code == 404, name
        assert stranger.get(path).status_code == 302, name
    assert "刘二喜" not in scan(sheet, stranger), "a phone sees no names"


def test_the_screen_asks_again_and_hears_304_until_somebody_signs(cast: Cast) -> None:
    sheet = sheet_in(cast)
    leader = Client()
    leader.force_login(cast.branch_secretary)
    path = reverse("learning:attendance_live", args=[sheet.id])
    first = leader.get(path)
    assert "王铁柱" in first.content.decode()
    assert leader.get(path, headers={"If-None-Match": first["ETag"]}).status_code == 304
    signed(sheet, cast)
    again = leader.get(path, headers={"If-None-Match": first["ETag"]})
    assert again.status_code == 200 and again["ETag"] != first["ETag"]


def test_the_screen_has_a_minute_of_codes_and_never_the_secret(cast: Cast) -> None:
    sheet = sheet_in(cast)
    leader = Client()
    leader.force_login(cast.branch_secretary)
    answer = leader.get(reverse("learning:attendance_codes", args=[sheet.id]))
    body = answer.json()
    assert 60 <= body["codes"][-1]["ends"] - body["now"] <= 70
    assert sheet.secret not in answer.content.decode()
    services.close(sheet.id, by=cast.branch_secretary)
    assert leader.get(reverse("learning:attendance_codes", args=[sheet.id])).json()["codes"] == []


def test_the_door_reads_cards_and_marks_typed_numbers(cast: Cast) -> None:
    rooms_of(cast)
    from kuangdeng.learning.bookroom.services import bind_card

    bind_card(cast.miner.id, number="0004123456", by=cast.librarian)
    sheet = sheet_in(cast)
    door = Client()
    door.force_login(cast.branch_secretary)
    door.post(reverse("learning:attendance_door", args=[sheet.id]))
    assert door.get(reverse("learning:attendance_sheet", args=[sheet.id])).status_code == 302, "signed out"
    path = reverse("learning:door")
    assert "王铁柱" in door.post(path, {"typed": "0004123456"}).content.decode()
    door.post(path, {"typed": cast.team_leader.number})
    assert row_in(sheet, cast).method == "card"
    assert row_in(sheet, cast, "team_leader").method == "number"
    assert "没有这张卡" in door.post(path, {"typed": "77777"}).content.decode()
    services.close(sheet.id, by=cast.branch_secretary)
    assert "不是签到机" in door.post(path, {"typed": cast.unit_head.number}).content.decode()
    assert bookroom.reader_of(cast.mine.id, "0004123456") is not None


# Afterwards -------------------------------------------------------------------------------------------------------------


def test_paper_needs_a_reason_and_an_approver_who_is_somebody_else(cast: Cast) -> None:
    sheet = sheet_in(cast, begins_in=-10)
    signed(sheet, cast, "unit_head")
    names = {cast.miner.id: "present", cast.unit_head.id: "present"}

    def enter(reason: str = "会场断电", approver: object = cast.unit_head.id, states: object = names) -> list[Attendee]:
        return services.enter_paper(
            sheet.id, states=states, reason=reason, approver_id=approver, by=cast.branch_secretary
        )

    with pytest.raises(Refused, match="为什么用纸质"):
        enter(reason=" ")
    with pytest.raises(Refused, match="请选批准人"):
        enter(approver=None)
    with pytest.raises(Refused, match="不能自己批准"):
        enter(approver=cast.branch_secretary.id)
    with pytest.raises(Refused, match="没有批准补录"):
        enter(approver=cast.other_miner.id)
    made = enter()
    assert [one.person_id for one in made] == [cast.miner.id], "who signed by himself keeps his row"
    assert row_in(sheet, cast, "unit_head").method == "code"
    assert any("补录了 1 人的签到" in one for one in cast.told("unit_head"))
    with pytest.raises(Refused, match="已经签到的不用再录"):
        enter()


def test_a_correction_is_told_to_both_and_never_made_for_oneself(cast: Cast) -> None:
    sheet = sheet_in(cast, expected=("miner", "branch_secretary"), begins_in=-10)
    row = signed(sheet, cast)
    services.correct(
        row.id, state="missing", reason="签了就走", approver_id=cast.unit_head.id, by=cast.branch_secretary
    )
    fresh = row_in(sheet, cast)
    assert (fresh.state, fresh.at, fresh.approver) == ("missing", None, cast.unit_head)
    assert any("更正为「未到」" in one for one in cast.told("miner"))
    assert any("经您批准" in one for one in cast.told("unit_head"))
    own = row_in(sheet, cast, "branch_secretary")
    with pytest.raises(Refused, match="不能更正自己"):
        services.correct(
            own.id, state="present", reason="我在", approver_id=cast.unit_head.id, by=cast.branch_secretary
        )


def test_leave_is_asked_for_and_answered(cast: Cast) -> None:
    row = asked(cast)
    assert any("王铁柱向您请假" in one for one in cast.told("branch_secretary"))
    assert [one.kind for one in waiting_for(cast.branch_secretary)] == ["leave"]
    services.grant_leave(row.id, by=cast.branch_secretary)
    assert waiting_for(cast.branch_secretary) == []
    assert any("已准假" in one for one in cast.told("miner"))
    assert queries.counts(row.sheet_id).leave == 1
    with clock.set_to(row.sheet.starts_at):
        assert getattr(signed(row.sheet, cast), "state", "") == "present", "who comes after all has come"


def test_a_make_up_counts_when_the_leader_has_taken_it(cast: Cast) -> None:
    made = handed_in(cast)
    services.return_makeup(made.id, reason="请结合本面写", by=cast.branch_secretary)
    assert any("请结合本面写" in one for one in cast.told("miner"))
    again = services.hand_in(made.attendee_id, on=clock.today(), text=READ + "再补一段。", by=cast.miner)
    with pytest.raises(Refused, match="还在等"):
        services.hand_in(made.attendee_id, on=clock.today(), text=READ, by=cast.miner)
    services.accept_makeup(again.id, by=cast.branch_secretary)
    numbers = queries.counts(made.attendee.sheet_id)
    assert (numbers.made_up, numbers.missing, numbers.rate, numbers.covered) == (1, 3, 0, 25)


def test_a_new_list_keeps_what_has_happened(cast: Cast) -> None:
    sheet = sheet_in(cast)
    signed(sheet, cast)
    added, gone = set_expected(sheet, [cast.team_leader, cast.safety])
    assert (added, gone) == (1, 3)
    assert not row_in(sheet, cast).expected, "he signed; he is only no longer expected"
    assert not Attendee.objects.filter(sheet=sheet, person=cast.unit_head).exists()
    assert set_expected(sheet, [cast.team_leader, cast.safety, cast.miner]) == (1, 0)
    assert row_in(sheet, cast).expected
