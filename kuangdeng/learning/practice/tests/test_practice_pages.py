"""The pages of the daily item: one tap, right or wrong with the reason, the team's page, the figures, what is set."""

from datetime import timedelta
from io import BytesIO

import openpyxl
import pytest
from django.test import Client
from django.urls import reverse

from kuangdeng.kernel import clock
from kuangdeng.kernel.ids import uuid7
from kuangdeng.learning.items.api import masked
from kuangdeng.learning.items.models import ItemCategory
from kuangdeng.learning.items.testkit import MATCHING, items_in_use
from kuangdeng.learning.practice import queries, services
from kuangdeng.learning.practice.models import Away, MustKnow, PracticeAnswer, PracticeMeeting, PracticeRule
from kuangdeng.learning.practice.rules import Reveal, Terms
from kuangdeng.learning.practice.testkit import give, singles, turn_of
from kuangdeng.org.testkit import Cast, browser_of, make_cast

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast() -> Cast:
    return make_cast()


def text(client: Client, url: str) -> str:
    answer = client.get(url)
    assert answer.status_code == 200, answer.status_code
    return answer.content.decode()


def shown(turn: queries.Turn, stored: str) -> str:
    """The letter under which an option stands before this person."""
    return str(masked(turn.version.content, turn.seed, {"choice": stored})["choice"])


def sent(cast: Cast, part: str = "miner", choose: str = "c", **more: str) -> dict[str, str]:
    turn = turn_of(cast.persons[part])
    own = {"a": shown(turn, choose) if choose else "", "seconds": "7", "changed": ""}
    return {"id": str(uuid7()), "ticket": turn.ticket, "way": "phone", **own, **more}


def test_one_tap_says_right_and_why(cast: Cast) -> None:
    must = singles(cast, 3)[2]
    services.add_must_know(item_id=must.id, by=cast.training_officer)
    client = browser_of(cast.miner)
    page = text(client, reverse("learning:practice"))
    assert "第3问" in page and page.count('class="practice-option"') == 4 and "工种必会" in page
    assert "correct" not in page
    answer = client.post(reverse("learning:practice_give"), sent(cast), follow=True).content.decode()
    assert "答对了" in answer and "下次再问" in answer and "下一题" in answer
    made = PracticeAnswer.objects.get()
    assert (made.right, made.rating, made.answer, made.item_id) == (True, 3, {"choice": "c"}, must.id)


def test_a_wrong_tap_shows_the_answer_and_a_second_tap_changes_nothing(cast: Cast) -> None:
    singles(cast, 3)
    client, form = browser_of(cast.miner), sent(cast, choose="a")
    page = client.post(reverse("learning:practice_give"), form, follow=True).content.decode()
    assert "答案是" in page and "您选的" in page and "is-wrong" in page
    again = client.post(reverse("learning:practice_give"), {**form, "a": sent(cast)["a"]}, follow=True).content.decode()
    assert "您选的" in again and PracticeAnswer.objects.get().right is False


def test_nothing_chosen_is_told_and_nothing_is_saved(cast: Cast) -> None:
    singles(cast, 3)
    page = (
        browser_of(cast.miner).post(reverse("learning:practice_give"), sent(cast, a=""), follow=True).content.decode()
    )
    assert "还没有作答" in page and not PracticeAnswer.objects.exists()


def test_other_types_are_answered_by_a_form(cast: Cast) -> None:
    items_in_use(cast, [MATCHING])
    queries.forget_pools()
    client = browser_of(cast.miner)
    assert "配哪一项" in text(client, reverse("learning:practice"))
    turn = turn_of(cast.miner)
    pairs = masked(turn.version.content, turn.seed, {"pairs": {"l1": "r2", "l2": "r1"}})["pairs"]
    form = {**sent(cast, choose=""), **{f"a-{left}": right for left, right in pairs.items()}, "changed": "1"}
    page = client.post(reverse("learning:practice_give"), form, follow=True).content.decode()
    assert "答对了" in page and PracticeAnswer.objects.get().rating == 2


def test_somebody_elses_answer_is_not_there(cast: Cast) -> None:
    singles(cast, 3)
    made = give(cast.miner).answer
    url = reverse("learning:practice_answer", args=[made.id])
    assert browser_of(cast.miner).get(url).status_code == 200
    for part in ("other_miner", "training_officer", "unit_head"):
        assert browser_of(cast.persons[part]).get(url).status_code == 404


def test_where_answers_come_out_the_next_day_nothing_is_shown_today(cast: Cast) -> None:
    singles(cast, 6)
    services.save_rule(valid_from=clock.today(), terms=Terms(reveal=Reveal.NEXT_DAY), by=cast.training_officer)
    client = browser_of(cast.miner)
    page = client.post(reverse("learning:practice_give"), sent(cast, choose="a"), follow=True).content.decode()
    assert "答案明天公布" in page and "答错" not in page and "答案是" not in page
    give(cast.miner)
    assert "明天公布" in text(client, reverse("learning:practice"))
    assert "答案明天公布" in text(client, reverse("learning:practice_book"))
    with clock.set_to(clock.now() + timedelta(days=1)):
        queries.forget_pools()
        give(cast.miner)
        give(cast.miner)
        shown = text(client, reverse("learning:practice"))
    assert "上次答的，答案公布" in shown and "答错" in shown


def test_a_missed_day_is_offered_and_made_up(cast: Cast) -> None:
    singles(cast, 12)
    with clock.set_to(clock.now() - timedelta(days=2)):
        give(cast.miner)
    give(cast.miner)
    give(cast.miner)
    day = clock.today() - timedelta(days=1)
    client = browser_of(cast.miner)
    assert f"?for={day}" in text(client, reverse("learning:practice"))
    page = text(client, f"{reverse('learning:practice')}?for={day}")
    assert "补做" in page and "practice-option" in page
    assert client.get(f"{reverse('learning:practice')}?for=2020-01-01").status_code == 302
    assert client.get(f"{reverse('learning:practice')}?for=x").status_code == 200


def test_the_mistake_book_lists_and_asks_again(cast: Cast) -> None:
    singles(cast, 3)
    with clock.set_to(clock.now() - timedelta(days=1)):
        turn = turn_of(cast.miner)
        give(cast.miner, turn, right=False)
    client = browser_of(cast.miner)
    page = text(client, reverse("learning:practice_book"))
    assert "错过 1 次" in page and "看答案和错在哪里" in page and turn.item.stem[:4] in page
    assert "practice-option" in text(client, reverse("learning:practice_book_next"))
    again = queries.book_turns(cast.miner, 1)[0]
    form = {"id": str(uuid7()), "ticket": again.ticket, "way": "book", "a": shown(again, "c")}
    page = client.post(reverse("learning:practice_give"), form, follow=True).content.decode()
    assert "下一道错题" in page
    assert client.get(reverse("learning:practice_book_next")).status_code == 302
    assert len(queries.today_of(cast.miner).turns) == 2, "the book costs nothing of today"


def test_the_team_page_asks_reveals_and_counts(cast: Cast) -> None:
    singles(cast, 3)
    client, unit = browser_of(cast.team_leader), cast.units["mining_team"]
    page = text(client, reverse("learning:practice_meeting"))
    assert "practice-big" in page and "公布答案" in page and "王铁柱" in page
    found = queries.item_for(unit, by=cast.team_leader)
    assert found is not None
    form = {
        "unit": str(unit.id), "id": str(uuid7()), "ticket": found.ticket, "present": "", "right": "",
        "there": [str(cast.miner.id), str(cast.team_leader.id)], "knew": [str(cast.miner.id)],
    }  # fmt: skip
    numbers = {**form, "there": [], "knew": [], "present": "2", "right": "3"}
    wrong = client.post(reverse("learning:practice_meeting"), numbers).content.decode()
    assert "答对的人数不能比到会的多" in wrong
    assert found.version.content["stem"] in wrong
    assert 'name="right" value="3"' in wrong, "what was typed stays"
    named = client.post(reverse("learning:practice_meeting"), {**form, "ticket": "x"}).content.decode()
    assert f'name="knew" value="{cast.miner.id}" checked' in named
    done = client.post(reverse("learning:practice_meeting"), form, follow=True).content.decode()
    assert "已记下：到会 2 人，答对 1 人" in done and "今天已经问过" in done
    assert PracticeAnswer.objects.count() == 2 and PracticeMeeting.objects.get().led_by == cast.team_leader
    again = client.post(reverse("learning:practice_meeting"), form, follow=True).content.decode()
    assert "已经记过" in again and PracticeMeeting.objects.count() == 1
    other = browser_of(cast.other_head).get(f"{reverse('learning:practice_meeting')}?unit={unit.id}")
    assert other.status_code == 404


def test_the_figures_say_no_more_than_they_know_and_come_as_excel(cast: Cast) -> None:
    singles(cast, 3)
    give(cast.miner)
    client = browser_of(cast.unit_head)
    page = text(client, reverse("learning:practice_figures"))
    assert "综采一队" in page and "掘进一队" not in page and "满 30 题次才算" in page
    answer = client.get(
        f"{reverse('learning:practice_figures')}?export=xlsx&first={clock.today()}&last={clock.today()}"
    )
    sheet = openpyxl.load_workbook(BytesIO(answer.getvalue())).active
    rows = [list(row) for row in sheet.iter_rows(values_only=True)]
    assert rows[2][:6] == ["综采一队", 4, 4, 1, 25, 1] and rows[2][9:12] == [0, 0, None]
    assert rows[3][0] == "合计"
    people = text(client, reverse("learning:practice_unit", args=[cast.units["mining"].id]))
    assert people.index("赵志强") < people.index("王铁柱"), "who answered least stands first"


def test_who_is_away_is_entered_and_taken_back(cast: Cast) -> None:
    client = browser_of(cast.team_leader)
    day = str(clock.today())
    form = {"who": "1001", "first_day": day, "last_day": day, "reason": "年休假"}
    assert "王铁柱" in client.post(reverse("learning:practice_away_new"), form, follow=True).content.decode()
    assert client.post(reverse("learning:practice_away_new"), {**form, "who": "查无此人"}).status_code == 422
    assert client.post(reverse("learning:practice_away_new"), {**form, "who": "2001"}).status_code == 422
    made = Away.objects.get()
    page = client.post(reverse("learning:practice_away_cancel", args=[made.id]), follow=True).content.decode()
    assert "已撤销" in page
    made.refresh_from_db()
    assert made.cancelled_at is not None


def test_the_training_section_sets_rule_and_must_knows(cast: Cast) -> None:
    item = singles(cast, 1)[0]
    client = browser_of(cast.training_officer)
    assert "还没有设置" in text(client, reverse("learning:practice_rules"))
    form = {
        "valid_from": str(clock.today()), "per_day": "3", "opens_at": "06:00", "reveal": "at_once", "slow_after": "40",
        "retention": "0.85", "clear_after": "2", "catch_up_days": "5", "catch_up_most": "2", "source": "制度",
    }  # fmt: skip
    assert client.post(reverse("learning:practice_rule_new"), {**form, "retention": "0.5"}).status_code == 422
    page = client.post(reverse("learning:practice_rule_new"), form, follow=True).content.decode()
    assert "现行" in page and "未确认" in page
    assert PracticeRule.objects.get().terms.per_day == 3
    category = ItemCategory.objects.create(mine=cast.mine, kind="topic", name="瓦斯")
    new = reverse("learning:practice_must_new")
    assert client.post(new, {"trade": "瓦检员"}).status_code == 422
    assert "瓦斯" in client.post(new, {"trade": "瓦检员", "category": str(category.id)}, follow=True).content.decode()
    one = reverse("learning:practice_must_item", args=[item.id])
    assert one in text(client, reverse("learning:item", args=[item.id]))
    client.post(one, {"trade": ""})
    assert MustKnow.objects.filter(item=item, trade="").exists()
    client.post(reverse("learning:practice_must_end", args=[MustKnow.objects.get(item=item).id]))
    assert not MustKnow.objects.filter(item=item, ended_at=None).exists()
    assert browser_of(cast.unit_head).get(reverse("learning:practice_rules")).status_code == 404


def test_what_waits_stands_on_the_home_page_until_it_is_done(cast: Cast) -> None:
    client = browser_of(cast.miner)
    assert "每日一题还有" not in text(client, "/")
    singles(cast, 3)
    assert "每日一题还有 2 道" in text(client, "/")
    give(cast.miner)
    give(cast.miner)
    assert "每日一题还有" not in text(client, "/")
