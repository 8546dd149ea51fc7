"""追问: on what is published, answered by a clock, pressed one level higher, settled by who asked."""

import hashlib
import io
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import DatabaseError, transaction
from django.test import Client
from PIL import Image

from kuangdeng.hazards import services as hazards
from kuangdeng.hazards.bulletins.models import BulletinItem
from kuangdeng.hazards.bulletins.tests.scenarios import compiled
from kuangdeng.hazards.questions import queries, services
from kuangdeng.hazards.questions.models import Question, Turn
from kuangdeng.hazards.questions.rules import Status
from kuangdeng.hazards.questions.tests.scenarios import answered, asked, published_line
from kuangdeng.hazards.rules import Status as HazardStatus
from kuangdeng.hazards.testkit import hazard_in
from kuangdeng.kernel import clock
from kuangdeng.kernel.errors import NotVisible, Refused
from kuangdeng.ledger.api import Notice, seal_all, tell_all
from kuangdeng.org.testkit import Cast, make_cast

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast() -> Cast:
    return make_cast()


def told(cast: Cast, topic: str) -> set[str]:
    """Who of the cast has an open notice of this topic."""
    seal_all()
    tell_all()
    ids = set(Notice.objects.filter(topic=topic, acted_at=None).values_list("person_id", flat=True))
    return {part for part, person in cast.persons.items() if person.id in ids}


def test_only_what_is_published_is_asked_about(cast: Cast) -> None:
    hazard_in(HazardStatus.RECTIFYING, cast)
    bulletin = compiled(cast)
    line = BulletinItem.objects.filter(bulletin=bulletin).first()
    assert line is not None
    with pytest.raises(NotVisible):
        services.ask(line.id, text="什么时候换完？", by=cast.other_head)


def test_a_question_goes_to_the_unit_that_holds_it(cast: Cast) -> None:
    question = asked(cast)
    assert (question.holder, question.asker_unit) == (cast.units["mining"], cast.units["tunnel"])
    assert question.due_at > question.asked_at
    assert told(cast, "question.owed") == {"unit_head"}
    assert [one.verb for one in queries.waiting_for(cast.unit_head)] == ["answer"]
    assert queries.waiting_for(cast.branch_secretary) == []


def test_nobody_asks_his_own_unit_or_what_has_ended(cast: Cast) -> None:
    line = published_line(cast)
    with pytest.raises(Refused, match="不能追问自己"):
        services.ask(line.id, text="？", by=cast.branch_secretary)
    with pytest.raises(Refused, match="请写明"):
        services.ask(line.id, text="  ", by=cast.other_head)
    with pytest.raises(Refused, match="没有权限"):
        services.ask(line.id, text="？", by=cast.other_miner)
    hazards.rectify(line.subject_id, words="已换", by=cast.unit_head)
    hazards.accept(line.subject_id, words="合格", by=cast.safety)
    hazards.close(line.subject_id, by=cast.safety2)
    with pytest.raises(Refused, match="已经办结"):
        services.ask(line.id, text="？", by=cast.other_head)


def test_each_press_tells_one_level_higher(cast: Cast) -> None:
    question = answered(cast)
    assert told(cast, "question.owed") == set()
    services.press(question.id, text="昨天也这么说。", by=cast.other_head)
    assert told(cast, "question.owed") == {"unit_head", "branch_secretary"}
    services.answer(question.id, text="材料已到，夜班换。", by=cast.branch_secretary)
    services.press(question.id, text="夜班没有换。", by=cast.other_head)
    assert told(cast, "question.owed") == {"unit_head", "branch_secretary", "mine_leader", "mine_leader2"}
    question.refresh_from_db()
    assert (question.level, question.presses, question.status) == (2, 2, Status.ASKED)
    assert [one.verb for one in queries.waiting_for(cast.mine_leader)] == ["answer"]


def test_silence_is_pressed_only_once_its_clock_has_run_out(cast: Cast) -> None:
    question = asked(cast)
    with pytest.raises(Refused, match="还没有到"):
        services.press(question.id, text="怎么还不答复？", by=cast.other_head)
    assert "press" not in queries.offered(queries.get_question(question.id, by=cast.other_head), cast.other_head)
    with clock.set_to(question.due_at + timedelta(minutes=1)):
        again = services.press(question.id, text="怎么还不答复？", by=cast.other_head)
        assert (again.level, again.due_at > clock.now()) == (1, True)


def test_who_answers_can_not_settle_and_who_asks_can_not_answer(cast: Cast) -> None:
    question = answered(cast)
    with pytest.raises(Refused, match="不是本单位追问的"):
        services.settle(question.id, by=cast.unit_head)
    services.press(question.id, text="不够。", by=cast.other_head)
    with pytest.raises(Refused, match="只有被追问单位"):
        services.answer(question.id, text="我替他答。", by=cast.other_head)
    with pytest.raises(Refused, match="只有被追问单位"):
        services.answer(question.id, text="安监替他答。", by=cast.safety)


def test_the_thread_stays_as_it_was_said(cast: Cast) -> None:
    question = answered(cast)
    turn = Turn.objects.get(question=question, verb="answer")
    for change in (lambda: Turn.objects.filter(id=turn.id).update(text="改"), lambda: Turn.objects.all().delete()):
        with pytest.raises(DatabaseError), transaction.atomic():
            change()
    assert [one.text for one in Turn.objects.filter(question=question)] == ["什么时候换完？", "今天夜班换完。"]


def test_another_unit_joins_hears_and_may_settle(cast: Cast) -> None:
    question = asked(cast)
    services.join(question.id, by=cast.electric_head)
    with pytest.raises(Refused, match="已经在追问"):
        services.join(question.id, by=cast.electric_head)
    with pytest.raises(Refused, match="要由本单位答复"):
        services.join(question.id, by=cast.unit_head)
    services.answer(question.id, text="今天夜班换完。", by=cast.unit_head)
    assert told(cast, "question.heard") >= {"other_head", "electric_head"}
    settled = services.settle(question.id, by=cast.electric_head)
    assert settled.status == Status.SETTLED
    assert told(cast, "question.owed") == set()


def test_a_promise_stands_beside_the_deadline_and_is_not_in_the_past(cast: Cast) -> None:
    question = asked(cast)
    day = clock.local().date()
    with pytest.raises(Refused, match="已经过去"):
        services.answer(question.id, text="快了", promised_on=day - timedelta(days=1), by=cast.unit_head)
    due = question.due_at
    said = services.answer(question.id, text="快了", promised_on=day + timedelta(days=1), by=cast.unit_head)
    assert (said.promised_on, said.due_at) == (day + timedelta(days=1), due)


def test_what_nobody_holds_is_answered_by_the_safety_department(cast: Cast) -> None:
    hazard = hazard_in(HazardStatus.REPORTED, cast)
    from kuangdeng.hazards.bulletins.services import publish

    publish(compiled(cast).id, by=cast.safety)
    line = BulletinItem.objects.get(subject_id=hazard.id, part="new")
    question = services.ask(line.id, text="谁来管？", by=cast.other_head)
    assert question.holder is None
    assert told(cast, "question.owed") >= {"safety", "safety2"}
    assert services.answer(question.id, text="今天定级下达。", by=cast.safety).status == Status.ANSWERED


def test_the_clock_is_the_mines(cast: Cast) -> None:
    services.save_rules(major=services.Clock("hours", 2), other=services.Clock("hours", 12), by=cast.safety)
    question = asked(cast)
    assert question.due_at - question.asked_at == timedelta(hours=12)
    with pytest.raises(Refused, match="1 到 240"):
        services.save_rules(major=services.Clock("hours", 0), other=services.Clock("hours", 12), by=cast.safety)


def test_what_is_unanswered_stands_on_the_next_bulletin_with_its_units(cast: Cast) -> None:
    question = asked(cast)
    from kuangdeng.hazards.bulletins.rules import Owed
    from kuangdeng.hazards.bulletins.services import compile_day

    tomorrow = clock.now() + timedelta(days=1)
    with clock.set_to(tomorrow + timedelta(minutes=1)):
        bulletin = compile_day(mine=cast.mine, owed=Owed(clock.local(tomorrow).date(), tomorrow))
    line = BulletinItem.objects.get(bulletin=bulletin, part="question")
    assert (line.subject_id, line.line["asker"], line.line["unit"]) == (question.id, "掘进一队", "综采一队")
    assert bulletin.figures["counts"]["question"] == 1


# ---------------------------------------------------------------- pages


def photo(client: Client) -> str:
    """Send a picture as the answer's form does; its sha256."""
    made = io.BytesIO()
    Image.new("RGB", (40, 30), "#884400").save(made, "JPEG")
    body = made.getvalue()
    sha = hashlib.sha256(body).hexdigest()
    sent = SimpleUploadedFile("整改.jpg", body, "image/jpeg")
    assert client.put(f"/photos/{sha}", sent.read(), content_type="image/jpeg").status_code in (200, 201)
    return sha


def test_asked_answered_with_a_photo_and_settled_through_the_pages(cast: Cast) -> None:
    line = published_line(cast)
    asker, head, stranger = Client(), Client(), Client()
    asker.force_login(cast.other_head)
    head.force_login(cast.unit_head)
    page = asker.get(f"/hazards/bulletins/{line.bulletin_id}/").content.decode()
    assert f"/hazards/questions/on/{line.id}/" in page
    sent = asker.post(f"/hazards/questions/on/{line.id}/", {"text": "什么时候换完？"})
    question = Question.objects.get()
    assert sent["Location"] == f"/hazards/questions/{question.id}/"
    empty = head.post(f"/hazards/questions/{question.id}/answer/", {"text": ""})
    assert empty.status_code == 422
    assert "请写明答复" in empty.content.decode()
    sha = photo(head)
    fields = {"text": "已经换完，见照片。", "photos": [sha]}
    assert head.post(f"/hazards/questions/{question.id}/answer/", fields).status_code == 302
    shown = asker.get(f"/hazards/questions/{question.id}/").content.decode()
    assert "已经换完，见照片。" in shown
    url = next(part for part in shown.split('"') if "/photos/" in part and "thumb" not in part)
    assert asker.get(url).status_code == 200
    assert stranger.get(url).status_code == 302
    assert asker.post(f"/hazards/questions/{question.id}/settle/").status_code == 302
    question.refresh_from_db()
    assert question.status == Status.SETTLED
    assert head.post(f"/hazards/questions/{question.id}/answer/", {"text": "再答"}).status_code == 302
    assert Turn.objects.filter(question=question, verb="answer").count() == 1


def test_what_others_ask_is_offered_to_be_joined(cast: Cast) -> None:
    question = asked(cast)
    electric = Client()
    electric.force_login(cast.electric_head)
    page = electric.get(f"/hazards/questions/on/{question.item_id}/").content.decode()
    assert f"/hazards/questions/{question.id}/join/" in page
    assert electric.post(f"/hazards/questions/{question.id}/join/").status_code == 302
    assert question.units.count() == 2


def test_home_shows_what_is_owed(cast: Cast) -> None:
    asked(cast)
    head = Client()
    head.force_login(cast.unit_head)
    assert "什么时候换完？" in head.get("/").content.decode()
