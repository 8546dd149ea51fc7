"""Screens from the pairing code to the alarm, as their devices and the office meet them."""

import json
from datetime import datetime, timedelta
from io import BytesIO
from types import SimpleNamespace
from typing import Any

import pytest
from django.apps import apps
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from PIL import Image

from kuangdeng.hazards.api import accidents
from kuangdeng.hazards.models import Hazard
from kuangdeng.hazards.rules import Status
from kuangdeng.hazards.testkit import hazard_in
from kuangdeng.kernel import clock
from kuangdeng.kernel.clock import now
from kuangdeng.kernel.errors import Refused
from kuangdeng.ledger.api import Entry, Notice, seal_all, tell_all
from kuangdeng.org.api import Role
from kuangdeng.org.testkit import Cast, make_cast
from kuangdeng.web.demo import _hang_screens
from kuangdeng.web.models import PairingCode, Screen, ScreenMessage
from kuangdeng.web.screens import boards, drawing, feed, rules, services
from kuangdeng.web.screens.jobs import watch
from kuangdeng.web.screens.pairing import code_for
from kuangdeng.web.screens.tests.scenarios import SECRET, notice_in, screen_in

pytestmark = pytest.mark.django_db


def poll(secret: str = SECRET, etag: str = "", on: str = "") -> Any:
    headers = {"Authorization": f"Bearer {secret}"} | ({"If-None-Match": etag} if etag else {})
    return Client(headers=headers).get("/screen/feed", {"on": on})


def pages(secret: str = SECRET) -> list[dict[str, Any]]:
    return poll(secret).json()["pages"]


def boards_shown(secret: str = SECRET) -> list[str]:
    return list(dict.fromkeys(page["board"] for page in pages(secret)))


# Pairing --------------------------------------------------------------------------------------------------------------


def test_a_display_shows_its_code_and_is_a_screen_once_the_office_typed_it_in(cast: Cast) -> None:
    first = poll().json()
    assert first["state"] == "pairing" and first["code"].isdecimal() and len(first["code"]) == 6
    assert poll().json()["code"] == first["code"], "the code must stand still while somebody walks to his desk"

    office = Client()
    office.force_login(cast.political_work)
    answers = {"code": first["code"], "name": "副井口大屏", "place_text": "副井口", "format": "portrait"}
    assert office.post("/screens/new/", answers).status_code == 302
    shown = poll().json()
    assert (shown["state"], shown["screen"], shown["layout"]) == ("on", "副井口大屏", "portrait")
    screen = Screen.objects.get()
    assert SECRET not in (screen.token_digest or ""), "only the digest is kept"
    assert not PairingCode.objects.exists()


def test_a_code_dies_and_a_wrong_one_pairs_nothing(cast: Cast) -> None:
    code = code_for(SECRET, address="10.0.0.1")
    with clock.set_to(now() + rules.CODE_LIVES + timedelta(seconds=1)):
        with pytest.raises(Refused, match="已过期"):
            services.register_screen(name="大屏", place_text="", format="landscape", code=code, by=cast.political_work)
        assert code_for(SECRET, address="10.0.0.1") != ""
    assert not Screen.objects.exists()


def test_one_address_cannot_use_up_the_codes_and_a_guessable_secret_gets_none(cast: Cast) -> None:
    codes = [code_for(f"{number:048d}", address="10.0.0.9") for number in range(rules.CODES_PER_ADDRESS + 3)]
    assert codes.count("") == 3
    assert code_for(SECRET, address="10.0.0.1")
    assert code_for("123", address="10.0.0.1") == ""
    assert poll("").json() == {"format": 1, "state": "pairing", "code": "", "refresh": 5}


def test_an_unpaired_display_loses_what_it_showed(cast: Cast) -> None:
    screen = screen_in(cast, secret=SECRET)
    assert poll().json()["state"] == "on"
    services.unpair_screen(screen.id, by=cast.political_work)
    assert poll().json()["state"] == "pairing"


def test_another_mines_office_cannot_touch_a_screen(cast: Cast) -> None:
    from kuangdeng.org.testkit import make_cast

    other, screen = make_cast("OTHER"), screen_in(cast, secret=SECRET)
    client = Client()
    client.force_login(other.administrator)
    assert client.get(f"/screens/{screen.id}/").status_code == 404
    assert client.post(f"/screens/{screen.id}/unpair/").status_code == 404
    with pytest.raises(Refused, match="已经撤除"):
        services.interrupt(
            words="撤人", ends_at=now() + timedelta(hours=1), screen_ids=[screen.id], by=other.administrator
        )


# What is shown --------------------------------------------------------------------------------------------------------


def test_the_boards_say_what_the_mine_knows_and_name_nobody(busy: Cast) -> None:
    Hazard.objects.filter(status=Status.RECTIFYING).update(due_at=now() - timedelta(days=2))
    screen_in(busy, secret=SECRET)
    shown = {page["board"]: page for page in reversed(pages())}
    assert set(shown) == {"today", "overdue", "timely"}, "empty boards are passed over"
    assert shown["overdue"]["title"] == "超期 1 条，综采一队最多"
    assert [row["end"] for row in shown["overdue"]["rows"]] == ["1 条", "已超 2 天"]
    assert {one["label"]: one["value"] for one in shown["today"]["figures"]}["其中超期"] == "1"
    assert "不排" in shown["timely"]["rows"][0]["text"], "a share of one hazard is no rank"
    everything = json.dumps(list(shown.values()), ensure_ascii=False)
    assert not [person.name for person in busy.persons.values() if person.name in everything]


def test_units_stand_by_their_share_and_the_base_is_told(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    from kuangdeng.hazards.api import UnitLine

    units = cast.units
    lines = [
        UnitLine(units["mining"], finished=10, timely=6),
        UnitLine(units["tunnel"], finished=20, timely=19),
        UnitLine(units["electric"], finished=1, timely=1),
    ]
    monkeypatch.setattr(boards.hazards, "mine_summary", lambda mine_id: lines)
    face = boards.timely(boards.Request(cast.mine.id, now(), {}))
    assert face and [(row.lead, row.text, row.end) for row in face.rows] == [
        ("掘进一队", "第 1", "95%（19/20）"),
        ("综采一队", "第 2", "60%（6/10）"),
        ("机电队", "不足 5 条，不排", "100%（1/1）"),
    ]


def test_a_notice_runs_from_its_beginning_to_its_end_on_its_screens(cast: Cast) -> None:
    here, there = screen_in(cast, "一号屏", secret=SECRET), screen_in(cast, "二号屏", secret="z" * 40)
    begin = now() + timedelta(hours=1)
    notice_in(cast, starts_at=begin, ends_at=begin + timedelta(hours=1), screen_ids=[here.id])
    assert boards_shown() == ["today", "overdue"], "not yet"
    with clock.set_to(begin + timedelta(minutes=1)):
        assert "notice" in boards_shown()
        assert "notice" not in boards_shown("z" * 40)
        assert there.name == "二号屏"
    with clock.set_to(begin + timedelta(hours=1)):
        assert "notice" not in boards_shown()


def test_a_notice_taken_off_is_gone_with_the_next_poll(cast: Cast) -> None:
    screen_in(cast, secret=SECRET)
    notice = notice_in(cast)
    etag = poll()["ETag"]
    services.end_message(notice.id, by=cast.political_work)
    answer = poll(etag=etag)
    assert answer.status_code == 200
    assert "notice" not in [page["board"] for page in answer.json()["pages"]]


def test_an_interrupt_stands_alone_until_it_ends(busy: Cast) -> None:
    screen_in(busy, secret=SECRET)
    services.interrupt(words="东翼回风瓦斯超限，立即撤人", ends_at=now() + timedelta(hours=1), by=busy.safety)
    shown = pages()
    assert [page["board"] for page in shown] == ["interrupt"]
    assert shown[0]["lines"] == ["东翼回风瓦斯超限，立即撤人"]
    assert shown[0]["until"] > now().timestamp() * 1000, "the display takes it off itself, also without a server"
    with clock.set_to(now() + timedelta(hours=2)):
        assert "interrupt" not in boards_shown()


def test_who_manages_no_screens_is_refused(cast: Cast) -> None:
    screen = screen_in(cast)
    for person in (cast.miner, cast.safety, cast.mine_leader):
        with pytest.raises(Refused, match="没有权限"):
            services.remove_screen(screen.id, by=person)
        with pytest.raises(Refused, match="没有权限"):
            notice_in(cast, by=person)
    with pytest.raises(Refused, match="没有权限"):
        services.interrupt(words="撤人", ends_at=now() + timedelta(hours=1), by=cast.miner)


@pytest.mark.parametrize(
    ("words", "hours", "said"), [(" ", 1, "请写明"), ("撤人", -1, "已经过了")], ids=["no words", "over already"]
)
def test_an_interrupt_needs_words_and_an_end_ahead(cast: Cast, words: str, hours: int, said: str) -> None:
    with pytest.raises(Refused, match=said):
        services.interrupt(words=words, ends_at=now() + timedelta(hours=hours), by=cast.safety)


def test_a_board_of_another_part_joins_the_registry_and_is_shown(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(boards, "BOARDS", dict(boards.BOARDS))
    screen_in(cast, secret=SECRET)
    assert "safe_days" not in boards_shown()
    boards.declare_board("safe_days", "安全生产天数", lambda asked: boards.Face("安全生产 321 天"
        , figures=[boards.Figure("天", "321", "done")]))  # fmt: skip
    cache.clear()
    assert "safe_days" in boards_shown()


def test_markup_in_a_notice_stays_words(cast: Cast) -> None:
    screen_in(cast, secret=SECRET)
    notice_in(cast, words="<img src=x onerror=alert(1)>")
    assert "".join(pages()[0]["lines"]) == "<img src=x onerror=alert(1)>"


# What it costs --------------------------------------------------------------------------------------------------------


def test_nothing_new_costs_two_statements_however_much_there_is(busy: Cast) -> None:
    """Who it is and whether anything happened in the mine: the boards are not built."""
    screen = screen_in(busy, secret=SECRET)
    notice_in(busy)
    with clock.set_to(now().replace(second=10)):
        Screen.objects.filter(id=screen.id).update(last_seen_at=now())
        etag = poll()["ETag"]
        for _again in range(2):
            with CaptureQueriesContext(connection) as caught:
                assert poll(etag=etag).status_code == 304
            assert len(caught) == 2, [query["sql"][:120] for query in caught]
            for _more in range(5):
                notice_in(busy, starts_at=now() + timedelta(hours=1))
            etag = poll(etag=etag)["ETag"] if poll(etag=etag).status_code == 200 else etag


@pytest.mark.parametrize("key", list(boards.BOARDS))
def test_a_board_is_built_with_a_handful_of_statements_whatever_the_rows(key: str, busy: Cast) -> None:
    def cost() -> int:
        cache.clear()
        with CaptureQueriesContext(connection) as caught:
            boards.BOARDS[key].build(boards.Request(busy.mine.id, now(), {}))
        return len(caught)

    few = cost()
    Hazard.objects.filter(status=Status.RECTIFYING).update(due_at=now() - timedelta(days=2))
    for _more in range(3):
        hazard_in(Status.RECTIFYING, busy, text="护帮板没有伸出")
    assert cost() == few <= 5


def test_what_happened_elsewhere_but_looks_the_same_is_not_sent_again(busy: Cast) -> None:
    screen_in(busy, secret=SECRET)
    etag = poll()["ETag"]
    services.change_screen(
        screen_in(busy, "别的屏").id, name="别处", place_text="", format="strip", by=busy.political_work
    )
    answer = poll(etag=etag)
    assert (answer.status_code, answer.content) == (304, b"")
    assert answer["X-Screen-Time"].endswith(" 480")
    assert poll(etag=f"W/{etag}").status_code == 304, "a compressed answer has a weak name"


def test_a_hazard_reported_is_on_the_wall_with_the_next_poll(busy: Cast) -> None:
    screen_in(busy, secret=SECRET)
    etag = poll()["ETag"]
    hazard_in(Status.REPORTED, busy, text="迎头风筒破口漏风")
    answer = poll(etag=etag)
    assert answer.status_code == 200
    assert "迎头风筒破口漏风" in answer.content.decode()


def test_polling_leaves_no_history_behind(cast: Cast) -> None:
    """A poll is no change of a screen: the forensic history must not grow by 300 rows a minute."""
    screen = screen_in(cast, secret=SECRET)
    for minutes in range(1, 5):
        with clock.set_to(now() + timedelta(minutes=minutes)):
            poll(on="overdue")
    screen.refresh_from_db()
    assert screen.showing == "overdue"
    history = apps.get_model("web.ScreenEvent").objects
    assert not history.exists()
    services.unpair_screen(screen.id, by=cast.political_work)
    assert history.count() == 1, "what a person changes is kept"


# The watch ------------------------------------------------------------------------------------------------------------


def test_a_lost_screen_alarms_once_and_once_more_after_it_was_back(cast: Cast) -> None:
    screen = screen_in(cast, secret=SECRET)
    start, long_ago = now(), now() - timedelta(days=1)

    def at(minutes: int) -> int:
        with clock.set_to(start + timedelta(minutes=minutes)):
            return watch(long_ago)

    assert at(9) == 0
    assert at(11) == 1
    assert at(12) == 0, "once per outage"
    with clock.set_to(start + timedelta(minutes=30)):
        poll()
    assert at(30) == 1, "back"
    assert at(35) == 0
    assert at(41) == 1, "the next outage"
    assert [entry.verb for entry in Entry.objects.filter(subject_id=str(screen.id)).order_by("id")] == [
        "screen.register", "screen.lost", "screen.back", "screen.lost",
    ]  # fmt: skip
    seal_all()
    tell_all()
    tasks = Notice.objects.filter(person_id=cast.political_work.id).order_by("id")
    assert [(bool(task.must_act), bool(task.acted_at)) for task in tasks] == [
        (True, True), (False, False), (True, False),
    ]  # fmt: skip
    assert "失去联系" in tasks[0].title and "副井口候罐室" in tasks[0].title


def test_after_a_standstill_of_the_server_no_screen_is_blamed(cast: Cast) -> None:
    screen_in(cast, secret=SECRET)
    with clock.set_to(now() + timedelta(hours=8)):
        assert watch(now() - timedelta(minutes=1)) == 0
        assert watch(now() - timedelta(minutes=11)) == 1


def test_the_health_page_shows_what_is_lost(cast: Cast) -> None:
    screen_in(cast, "一号屏", secret=SECRET)
    poll(on="today")
    office = Client()
    office.force_login(cast.safety)
    with clock.set_to(now() + timedelta(minutes=2)):
        poll(on="overdue")
        assert "超期隐患" in office.get("/screens/").content.decode()
    with clock.set_to(now() + timedelta(hours=3)):
        page = office.get("/screens/?lost=1").content.decode()
    assert "一号屏" in page and "失去联系" in page


# The office -----------------------------------------------------------------------------------------------------------


def playlist_answers(*slots: dict[str, object]) -> dict[str, object]:
    answers: dict[str, object] = {"slot-TOTAL_FORMS": len(slots), "slot-INITIAL_FORMS": 0}
    for number, slot in enumerate(slots):
        answers |= {f"slot-{number}-{key}": value for key, value in slot.items()}
    return answers


def test_the_office_sets_a_playlist_in_its_order(cast: Cast) -> None:
    screen = screen_in(cast)
    office = Client()
    office.force_login(cast.political_work)
    answers = playlist_answers(
        {"order": 2, "board": "overdue", "seconds": 20, "days": ["1", "5"], "since": "06:00", "until": "08:30"},
        {"order": 1, "board": "notice", "seconds": 10, "title": "班前提醒"},
        {"order": 3, "board": ""},
    )
    assert office.post(f"/screens/{screen.id}/playlist/", answers).status_code == 302
    assert Screen.objects.get().slots == [
        rules.Slot("notice", 10, options={"title": "班前提醒"}),
        rules.Slot("overdue", 20, (1, 5), "06:00", "08:30"),
    ]
    wrong = playlist_answers({"order": 1, "board": "notice", "seconds": 10, "since": "06:00"})
    answer = office.post(f"/screens/{screen.id}/playlist/", wrong)
    assert answer.status_code == 422
    assert "时段要么都填，要么都不填" in answer.content.decode()


def test_the_verbs_of_the_page_do_what_they_say(cast: Cast) -> None:
    screen = screen_in(cast)
    office = Client()
    office.force_login(cast.political_work)
    here = f"/screens/{screen.id}/"
    assert "没有屏正在显示" in office.post(f"{here}pair/", {"pair-code": "000000"}).content.decode()
    code = code_for(SECRET, address="10.0.0.1")
    assert office.post(f"{here}pair/", {"pair-code": code}).status_code == 302
    assert poll().json()["state"] == "on"
    office.post(f"{here}change/", {"change-name": "调度条屏", "change-place_text": "", "change-format": "strip"})
    office.post(f"{here}unpair/")
    page = office.post(f"{here}address/")
    assert "固定地址，只显示这一次" in page.content.decode()
    assert page["Cache-Control"] == "no-store"
    assert "固定地址" not in office.get(here).content.decode().replace("发放固定地址", "").replace(
        "发放过的固定地址", ""
    )
    office.post(f"{here}remove/")
    screen.refresh_from_db()
    assert screen.name == "调度条屏" and screen.removed_at and screen.token_digest is None
    assert office.get(here).status_code == 404
    assert office.post(f"{here}explode/").status_code == 404


def test_a_notice_and_an_interrupt_from_the_forms(cast: Cast) -> None:
    screen = screen_in(cast, secret=SECRET)
    office = Client()
    office.force_login(cast.political_work)
    begin, end = clock.local(), clock.local() + timedelta(hours=2)
    times = {"starts_at": f"{begin - timedelta(hours=1):%Y-%m-%dT%H:%M}", "ends_at": f"{end:%Y-%m-%dT%H:%M}"}
    answer = office.post(
        "/screens/messages/notice/", {"title": "通知", "words": "四点班学习", "screens": [str(screen.id)], **times}
    )
    assert answer.status_code == 302
    assert "notice" in boards_shown()
    answer = office.post("/screens/messages/interrupt/", {"words": "撤人", "ends_at": times["ends_at"]})
    assert boards_shown() == ["interrupt"]
    alarm = ScreenMessage.objects.get(kind="interrupt")
    assert "所有电子屏" in office.get(f"/screens/messages/{alarm.id}/").content.decode()
    office.post(f"/screens/messages/{alarm.id}/end/")
    assert "notice" in boards_shown()


# Old controllers ------------------------------------------------------------------------------------------------------


@pytest.fixture
def address(busy: Cast) -> str:
    screen = screen_in(busy, format="strip")
    notice_in(busy)
    return f"/screen/{services.issue_address(screen.id, by=busy.political_work).secret}"


def test_an_old_controller_gets_plain_text_in_its_own_encoding(address: str) -> None:
    text = Client().get(f"{address}/text")
    assert text["Content-Type"] == "text/plain; charset=utf-8"
    assert "今天四点班全员参加安全学习" in text.content.decode()
    gbk = Client().get(f"{address}/text?charset=gbk")
    assert gbk["Content-Type"] == "text/plain; charset=gbk"
    assert "今天四点班全员参加安全学习" in gbk.content.decode("gbk")
    assert Client().get(f"/screen/{'x' * 43}/text").status_code == 404


@pytest.mark.parametrize(
    ("query", "size"),
    [("", (1920, 540)), ("?w=256&h=64", (256, 64)), ("?w=99999&h=1", (3840, 64)), ("?w=a", (1920, 540))],
)
def test_an_old_controller_gets_a_picture_with_words_on_it(address: str, query: str, size: tuple[int, int]) -> None:
    answer = Client().get(f"{address}/board.png{query}")
    picture = Image.open(BytesIO(answer.content))
    assert picture.format == "PNG" and picture.size == size
    colours = picture.getcolors(1 << 24)
    assert colours and len(colours) > 20, "words have soft edges; an empty picture has two colours"


def test_the_same_board_is_drawn_once_and_sent_once(busy: Cast, address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Controllers ask every few seconds: 304 while nothing changed, one drawing for all, a new one when it did."""
    made: list[str] = []
    sheet = drawing._Sheet

    def counted(picture: drawing.Picture) -> Any:
        made.append(picture.page.title)
        return sheet(picture)

    monkeypatch.setattr(drawing, "_Sheet", counted)
    drawing.drawn.cache_clear()
    screen = Screen.objects.get()
    services.set_playlist(screen.id, slots=[rules.Slot("today", 10)], by=busy.political_work)
    Screen.objects.filter(id=screen.id).update(format="landscape")
    begin = datetime(2026, 11, 20, 4, 0, tzinfo=now().tzinfo)
    page = f"{address}/board.png?w=320&h=180"

    def get(minutes: int, etag: str = "") -> Any:
        with clock.set_to(begin + timedelta(minutes=minutes)):
            return Client(headers={"If-None-Match": etag} if etag else {}).get(page)

    first = get(0)
    assert [get(minutes).content for minutes in (1, 3, 4)] == [first.content] * 3
    assert len(made) == 1, "drawn again for the same content"
    same = get(4, first["ETag"])
    assert (same.status_code, same.content, len(made)) == (304, b"", 1)
    later = get(5, first["ETag"])
    assert (later.status_code, len(made)) == (200, 2), "the stamp goes on"
    hazard_in(Status.REPORTED, make_cast("OTHER"))
    assert get(6, later["ETag"]).status_code == 304, "what happens in another mine is not this board's"
    hazard_in(Status.REPORTED, busy)
    assert (get(6, later["ETag"]).status_code, len(made)) == (200, 3), "another content is another picture"


def test_the_picture_walks_through_the_playlist_by_the_clock(address: str) -> None:
    screen = Screen.objects.select_related("mine").get()
    everything = [page.title for page in feed.pages_of(screen)]
    begin = datetime(2026, 11, 20, 4, tzinfo=now().tzinfo)
    seen = set()
    for second in range(0, sum(page.seconds for page in feed.pages_of(screen)), 5):
        with clock.set_to(begin + timedelta(seconds=second)):
            seen.add(feed.page_now_of(screen).board)
    assert len(everything) > 2 and len(seen) >= 2


def test_the_demo_mine_hangs_its_screens_labelled_as_samples(cast: Cast) -> None:
    _hang_screens(cast.mine, SimpleNamespace(cast={Role.ADMINISTRATOR: cast.administrator.number}))
    assert sorted(Screen.objects.values_list("format", flat=True)) == sorted(rules.MEASURES)
    assert all("示例" in name for name in Screen.objects.values_list("name", flat=True))
    assert "示例" in ScreenMessage.objects.get().words


def test_the_bulletin_its_questions_and_the_days_without_accident_are_shown(cast: Cast) -> None:
    from kuangdeng.hazards.questions.tests.scenarios import asked

    request = boards.Request(cast.mine.id, now(), {})
    assert [boards.BOARDS[key].build(request) for key in ("bulletin", "questions", "safe_days")] == [None, None, None]
    question = asked(cast)
    accidents.report(data=accidents.QuickReport(text="转载机挤伤右手", kind=accidents.Kind.INJURY), by=cast.unit_head)
    request = boards.Request(cast.mine.id, question.due_at + timedelta(days=3, hours=1), {})
    issue, waiting, days = (boards.BOARDS[key].build(request) for key in ("bulletin", "questions", "safe_days"))
    assert issue is not None
    assert issue.title == "没有事故、没有超期，未办结 2 条"
    assert issue.note.startswith("每日公布 20") and issue.note.endswith("期")
    assert waiting is not None
    assert waiting.title == "1 条追问超时未答"
    assert (waiting.rows[0].lead, waiting.rows[0].tone) == ("综采一队", "late")
    assert cast.unit_head.name not in str(waiting)
    assert days is not None
    assert int(days.figures[0].value) in (3, 4)
