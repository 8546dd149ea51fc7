"""学习园地: composed by reading, kept by the branch's secretary, moderated, and on the wall without a name."""

from datetime import timedelta

import pytest
from django.urls import reverse

from kuangdeng.kernel import clock
from kuangdeng.kernel.errors import NotVisible, Refused
from kuangdeng.learning.bookroom.services import hide_note
from kuangdeng.learning.bookroom.testkit import NOTE, lent, noted
from kuangdeng.learning.garden import providers, queries, rules, sections, services
from kuangdeng.learning.garden.models import GardenPick
from kuangdeng.learning.garden.providers import Asked, Line, Section, declare_provider
from kuangdeng.learning.garden.testkit import branch_of, noticed
from kuangdeng.learning.practice.testkit import give, singles
from kuangdeng.learning.topics.rules import Status
from kuangdeng.learning.topics.testkit import topic_in
from kuangdeng.ledger.api import Notice, seal_all, tell_all
from kuangdeng.org.testkit import Cast, browser_of, make_cast

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast() -> Cast:
    return make_cast()


def keys(cast: Cast, unit: str = "mining") -> list[str]:
    return [one.key for one in queries.garden_of(branch_of(cast, unit)).sections]


def daily_figures(cast: Cast) -> list[str]:
    found = {one.key: one.section for one in queries.garden_of(branch_of(cast)).sections}
    return [value for _label, value in found["daily"].figures]


def test_a_page_is_composed_of_what_the_branchs_people_did(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    assert keys(cast) == []
    noted(cast)
    lent(cast)
    singles(cast, 2)
    give(cast.miner)
    branch_of(cast)
    topic_in(Status.RUNNING, cast)
    assert keys(cast) == ["note", "topic", "loans", "daily"]
    assert keys(cast, "tunnel") == [], "another branch has its own"
    found = {one.key: one.section for one in queries.garden_of(branch_of(cast)).sections}
    assert daily_figures(cast) == ["1", "1"], "of one person alone no share is told"
    monkeypatch.setattr(sections, "FEW", 1)
    assert daily_figures(cast) == ["1", "1", "100%"]
    assert found["loans"].figures[0][1] == "1"
    page = browser_of(cast.other_miner).get(reverse("learning:garden", args=[branch_of(cast).id])).content.decode()
    assert "王铁柱" in page and NOTE[:20] in page and "矿井防治水" in page


def test_what_happened_last_month_is_not_this_months(cast: Cast) -> None:
    first, _last = rules.month_of(clock.today())
    with clock.set_to(clock.now() - timedelta(days=(clock.today() - first).days + 3)):
        noted(cast)
    assert keys(cast) == []


@pytest.mark.parametrize(("day", "last"), [("2026-12-05", "2026-12-31"), ("2028-02-10", "2028-02-29")])
def test_a_month_ends_on_its_last_day(day: str, last: str) -> None:
    from datetime import date

    first, end = rules.month_of(date.fromisoformat(day))
    assert (str(first), str(end)) == (f"{day[:8]}01", last)


def test_only_the_branchs_own_secretary_keeps_its_page(cast: Cast) -> None:
    branch, day = branch_of(cast), clock.today()
    for by in (cast.miner, cast.unit_head, cast.other_head, cast.mine_leader):
        with pytest.raises(Refused, match="本支部书记"):
            services.post_notice(branch.id, title="学习", text="周五", first_day=day, last_day=day, by=by)
        with pytest.raises(Refused, match="本支部书记"):
            services.dress(branch.id, motto="学", by=by)
    other = branch_of(cast, "tunnel")
    with pytest.raises(Refused, match="本支部书记"):
        services.dress(other.id, motto="学", by=cast.branch_secretary)
    url = reverse("learning:garden_dress", args=[branch.id])
    assert browser_of(cast.branch_secretary).get(url).status_code == 200
    assert browser_of(cast.unit_head).get(url).status_code == 404


def test_a_notice_stands_from_its_first_to_its_last_day(cast: Cast) -> None:
    notice = noticed(cast, days=2)
    stands = [
        [one.title for one in queries.notices_now(notice.branch_id, clock.today() + timedelta(days=days))]
        for days in (-1, 0, 2, 3)
    ]
    assert [bool(one) for one in stands] == [False, True, True, False]
    day = clock.today()
    for first, last in (
        (day, day - timedelta(days=1)),
        (day - timedelta(9), day - timedelta(3)),
        (day, day + timedelta(200)),
    ):
        with pytest.raises(Refused, match="检查日期"):
            services.post_notice(
                notice.branch_id, title="学习", text="周五", first_day=first, last_day=last, by=cast.branch_secretary
            )


def test_a_moderator_takes_a_notice_down_and_its_writer_hears_why(cast: Cast) -> None:
    notice = noticed(cast)
    with pytest.raises(Refused, match="为什么撤下"):
        services.take_down(notice.id, why=" ", by=cast.political_work)
    with pytest.raises(Refused, match="没有权限"):
        services.take_down(notice.id, why="看不惯", by=cast.unit_head)
    services.take_down(notice.id, why="写了人的错误", by=cast.political_work)
    with pytest.raises(Refused, match="已经撤下"):
        services.take_down(notice.id, why="再撤", by=cast.political_work)
    assert queries.notices_now(notice.branch_id, clock.today()) == []
    seal_all()
    tell_all()
    titles = Notice.objects.filter(person_id=cast.branch_secretary.id).values_list("title", flat=True)
    assert any("写了人的错误" in one for one in titles)


def test_a_pick_is_there_once_and_goes_with_what_was_hidden(cast: Cast) -> None:
    branch, note = branch_of(cast), noted(cast)
    services.pick(branch.id, kind="note", thing_id=note.id, words="写得实在", by=cast.branch_secretary)
    with pytest.raises(Refused, match="已经推荐"):
        services.pick(branch.id, kind="note", thing_id=note.id, by=cast.branch_secretary)
    assert [one.line.text for one in queries.picks_of(branch)] == [note.text]
    hide_note(note.id, reason="与书无关", by=cast.librarian)
    assert queries.picks_of(branch) == []
    for kind, thing in (("note", note.id), ("nothing", note.id)):
        GardenPick.objects.all().delete()
        with pytest.raises(Refused, match="已经不在了"):
            services.pick(branch.id, kind=kind, thing_id=thing, by=cast.branch_secretary)


def test_the_wall_of_a_branch_names_nobody(cast: Cast) -> None:
    branch, note = branch_of(cast), noted(cast)
    services.pick(branch.id, kind="note", thing_id=note.id, words="写得实在", by=cast.branch_secretary)
    services.post_notice(
        branch.id,
        title="周五学习",
        text="带笔记本。",
        first_day=clock.today(),
        last_day=clock.today(),
        by=cast.branch_secretary,
    )
    wall = browser_of(cast.other_miner).get(reverse("learning:garden_wall", args=[branch.id])).content.decode()
    for there in ("周五学习", "写得实在", note.text[:20], "综采一队党支部"):
        assert there in wall
    assert note.person.name not in wall
    assert sections.sat_words(1, 0) == "1 人参加", "one who failed is not told by his number"
    assert sections.sat_words(6, 5) == "6 人参加，5 人合格"


def test_no_more_than_six_picks(cast: Cast) -> None:
    branch = branch_of(cast)
    for number in range(rules.MOST_PICKS):
        title = noted(cast).title
        note = services_note(cast, title.id, number)
        services.pick(branch.id, kind="note", thing_id=note, by=cast.branch_secretary)
    with pytest.raises(Refused, match="最多推荐"):
        services.pick(branch.id, kind="note", thing_id=noted(cast, "team_leader").id, by=cast.branch_secretary)


def services_note(cast: Cast, title_id: object, number: int) -> object:
    from kuangdeng.learning.bookroom.services import write_note

    return write_note(title_id, text=f"{NOTE}又想到第{number}点", by=cast.miner).id  # type: ignore[arg-type]


def test_another_part_adds_its_section_by_one_call(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(providers, "PROVIDERS", dict(providers.PROVIDERS))
    seen: list[Asked] = []

    def study(asked: Asked) -> Section | None:
        seen.append(asked)
        return Section([("学习次数", "3")], [Line("周五集中学习", "周五集中学习")])

    declare_provider("study", "集中学习", study)
    assert keys(cast) == ["study"]
    assert set(seen[0].unit_ids) == {cast.units["mining"].id, cast.units["mining_team"].id}
    assert seen[0].first.day == 1


def test_a_picture_that_did_not_arrive_is_no_banner(cast: Cast) -> None:
    with pytest.raises(Refused, match="还没有传完"):
        services.dress(branch_of(cast).id, banner="0" * 64, by=cast.branch_secretary)
    with pytest.raises(NotVisible):
        queries.get_banner(branch_of(cast).id, "0" * 64, by=cast.miner)
