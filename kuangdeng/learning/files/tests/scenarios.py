"""The moment before each verb of the training files, for the ledger walk."""

from collections.abc import Callable
from datetime import date

from kuangdeng.learning.classes.testkit import PDF, class_in
from kuangdeng.learning.files import services
from kuangdeng.learning.files.services import RecordData
from kuangdeng.org.testkit import Cast

Run = Callable[[], object]


def save_record(cast: Cast) -> Run:
    data = RecordData("012X", "high", "示例技工学校", "", "", "中级工")
    return lambda: services.save_record(cast.miner.id, data=data, by=cast.training_officer)


def add_line(cast: Cast) -> Run:
    return lambda: services.add_line(
        cast.miner.id, kind="work", begin_on=date(2018, 7, 1), text="综采一队 采煤工", by=cast.training_officer
    )


def strike_line(cast: Cast) -> Run:
    row = services.add_line(
        cast.miner.id, kind="skill", begin_on=date(2020, 7, 1), text="高级工", by=cast.training_officer
    )
    return lambda: services.strike_line(row.id, reason="证书还没有发", by=cast.training_officer)


def add_paper(cast: Cast) -> Run:
    return lambda: services.add_paper(
        cast.miner.id, kind="diploma", name="学历证书.pdf", content=PDF, by=cast.training_officer
    )


def drop_paper(cast: Cast) -> Run:
    row = services.add_paper(cast.miner.id, kind="diploma", name="学历证书.pdf", content=PDF, by=cast.training_officer)
    return lambda: services.drop_paper(row.id, by=cast.training_officer)


def add_class_paper(cast: Cast) -> Run:
    one = class_in(cast)
    return lambda: services.add_class_paper(one.id, kind="plan", name="通知.pdf", content=PDF, by=cast.training_officer)


def drop_class_paper(cast: Cast) -> Run:
    row = services.add_class_paper(
        class_in(cast).id, kind="plan", name="通知.pdf", content=PDF, by=cast.training_officer
    )
    return lambda: services.drop_class_paper(row.id, by=cast.training_officer)


SCENARIOS: dict[str, Callable[[Cast], Run]] = {
    "add_class_paper": add_class_paper,
    "add_line": add_line,
    "add_paper": add_paper,
    "drop_class_paper": drop_class_paper,
    "drop_paper": drop_paper,
    "save_record": save_record,
    "strike_line": strike_line,
}
