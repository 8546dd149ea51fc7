"""The moment before each verb of the talks, for the ledger walk."""

from collections.abc import Callable
from datetime import timedelta

from kuangdeng.kernel import clock
from kuangdeng.learning.exams.api import Sitting
from kuangdeng.learning.results.testkit import over
from kuangdeng.learning.talks import services
from kuangdeng.learning.talks.rules import Status, Tell
from kuangdeng.learning.talks.testkit import makeup, makeup_exam, owed, record_of, retraining, talk_in
from kuangdeng.org.testkit import Cast

Run = Callable[[], object]


def open_talks(cast: Cast) -> Run:
    exam = over(cast)
    return lambda: services.open_talks(exam.id)


def assign(cast: Cast) -> Run:
    talk = owed(cast)
    return lambda: services.assign(talk.id, talker_id=cast.branch_secretary.id, by=cast.unit_head)


def record(cast: Cast) -> Run:
    talk = talk_in(Status.ASSIGNED, cast)
    return lambda: services.record(talk.id, data=record_of(talk.exam), by=cast.branch_secretary)


def rewrite(cast: Cast) -> Run:
    talk = talk_in(Status.TALKED, cast)
    return lambda: services.rewrite(talk.id, why="原因写得不对", by=cast.miner)


def sign(cast: Cast) -> Run:
    talk = talk_in(Status.TALKED, cast)
    return lambda: services.sign(talk.id, by=cast.miner)


def sign_for(cast: Cast) -> Run:
    talk = talk_in(Status.TALKED, cast)
    return lambda: services.sign_for(talk.id, note="培训科 2026 年第 3 盒", by=cast.training_officer)


def drop(cast: Cast) -> Run:
    talk = owed(cast)
    return lambda: services.drop(talk.id, why="调出本矿", by=cast.political_work)


def reopen(cast: Cast) -> Run:
    talk = talk_in(Status.DROPPED, cast)
    return lambda: services.reopen(talk.id, why="又调回来了", by=cast.training_officer)


def let_sit(cast: Cast) -> Run:
    talk = talk_in(Status.MAKEUP, cast)
    sitting = Sitting.objects.get(exam=makeup_exam(cast, talk.exam), person=cast.miner)
    return lambda: services.let_sit(talk.id, sitting_id=sitting.id)


def settle(cast: Cast) -> Run:
    talk = talk_in(Status.MAKEUP, cast)
    sitting = makeup(cast, talk.exam, right=False)
    return lambda: services.settle(talk.id, sitting_id=sitting.id)


def accept_retraining(cast: Cast) -> Run:
    row = retraining(cast)
    return lambda: services.accept_retraining(row.id, where="第七期防治水培训班", by=cast.training_officer)


def finish_retraining(cast: Cast) -> Run:
    row = retraining(cast)
    services.accept_retraining(row.id, where="第七期防治水培训班", by=cast.training_officer)
    return lambda: services.finish_retraining(row.id, note="24 学时，考核 86 分", by=cast.training_officer)


def remind(cast: Cast) -> Run:
    talk = owed(cast)
    told = {"status": talk.status, "since": talk.since, "after_days": 2, "tells": [Tell.OWNER, Tell.UNIT]}
    return lambda: services.remind(talk.id, **told)


def save_rule(cast: Cast) -> Run:
    data = services.RuleData(clock.today() + timedelta(days=1), None, 2, 3, 2, 10, 30, "矿培训例会纪要")
    return lambda: services.save_rule(data=data, by=cast.training_officer)


def save_ladder(cast: Cast) -> Run:
    return lambda: services.save_ladder(steps=[(0, "owner"), (3, "unit")], by=cast.training_officer)


SCENARIOS: dict[str, Callable[[Cast], Run]] = {
    "accept_retraining": accept_retraining,
    "assign": assign,
    "drop": drop,
    "finish_retraining": finish_retraining,
    "let_sit": let_sit,
    "open_talks": open_talks,
    "record": record,
    "remind": remind,
    "reopen": reopen,
    "rewrite": rewrite,
    "save_ladder": save_ladder,
    "save_rule": save_rule,
    "settle": settle,
    "sign": sign,
    "sign_for": sign_for,
}
