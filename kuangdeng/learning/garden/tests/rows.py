"""Something on a branch's page for each number, for the tests that go through all pages."""

from collections.abc import Iterable
from datetime import timedelta

from kuangdeng.kernel import clock
from kuangdeng.learning.bookroom.models import Loan, ReadingNote, Title
from kuangdeng.learning.bookroom.testkit import NOTE
from kuangdeng.learning.garden import services
from kuangdeng.learning.garden.models import GardenNotice, GardenPick
from kuangdeng.learning.garden.testkit import branch_of, noticed
from kuangdeng.learning.topics.models import Topic
from kuangdeng.org.testkit import Cast


def garden_for_lists(cast: Cast, numbers: Iterable[int]) -> None:
    """Notices, picks, notes and topics of the mining unit's branch; another branch for each number."""
    branch, today = branch_of(cast), clock.today()
    Topic.objects.filter(mine=cast.mine, status="reviewing").update(branch=branch)
    for number in numbers:
        GardenNotice.objects.create(
            mine=cast.mine, branch=branch, title=f"第{number}次集中学习", text="带笔记本。", first_day=today, last_day=today,
            by=cast.branch_secretary,
        )  # fmt: skip
        title = Title.objects.filter(mine=cast.mine).order_by("id")[0]
        note = ReadingNote.objects.create(mine=cast.mine, title=title, person=cast.miner, text=f"{NOTE}第{number}篇")
        GardenPick.objects.create(
            branch=branch, kind="note", thing_id=note.id, words="写得实在", by=cast.branch_secretary
        )
        Loan.objects.filter(person=cast.miner, unit=cast.units["mining_team"]).update(lent_at=clock.now())
    for topic in Topic.objects.filter(branch=branch).order_by("id")[:1]:
        GardenPick.objects.get_or_create(
            branch=branch, kind="topic", thing_id=topic.id,
            defaults={"by": cast.branch_secretary, "at": clock.now() + timedelta(hours=1)},
        )  # fmt: skip


def lived_in_garden(cast: Cast) -> None:
    """What the pictures show: a page that is kept."""
    branch = branch_of(cast)
    branch_of(cast, "tunnel")
    branch_of(cast, "electric")
    Topic.objects.filter(mine=cast.mine, leader=cast.team_leader).update(branch=branch)
    services.dress(branch.id, motto="带着问题学，对着现场干", by=cast.branch_secretary)
    noticed(cast)
    note = ReadingNote.objects.filter(mine=cast.mine, person=cast.miner, status="shown").order_by("id").first()
    if note is not None:
        services.pick(
            branch.id, kind="note", thing_id=note.id, words="把书上的话用到了巷道里", by=cast.branch_secretary
        )
