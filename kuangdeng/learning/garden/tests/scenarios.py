"""The moment before each verb of the study garden, for the ledger walk."""

from collections.abc import Callable

from kuangdeng.kernel import clock
from kuangdeng.learning.bookroom.testkit import noted
from kuangdeng.learning.garden import services
from kuangdeng.learning.garden.testkit import branch_of, noticed
from kuangdeng.org.testkit import Cast

Run = Callable[[], object]


def dress(cast: Cast) -> Run:
    branch = branch_of(cast)
    return lambda: services.dress(branch.id, motto="带着问题学", by=cast.branch_secretary)


def post_notice(cast: Cast) -> Run:
    branch, day = branch_of(cast), clock.today()
    return lambda: services.post_notice(
        branch.id, title="集中学习", text="周五下午。", first_day=day, last_day=day, by=cast.branch_secretary
    )


def take_down(cast: Cast) -> Run:
    notice = noticed(cast)
    return lambda: services.take_down(notice.id, why="写了人的错误", by=cast.political_work)


def pick(cast: Cast) -> Run:
    branch, note = branch_of(cast), noted(cast)
    return lambda: services.pick(branch.id, kind="note", thing_id=note.id, words="写得实在", by=cast.branch_secretary)


def unpick(cast: Cast) -> Run:
    branch, note = branch_of(cast), noted(cast)
    made = services.pick(branch.id, kind="note", thing_id=note.id, by=cast.branch_secretary)
    return lambda: services.unpick(branch.id, pick_id=made.id, by=cast.branch_secretary)


SCENARIOS: dict[str, Callable[[Cast], Run]] = {
    one.__name__: one for one in (dress, pick, post_notice, take_down, unpick)
}
