"""The moment before each verb of the item bank, for the ledger walk."""

from collections.abc import Callable

from kuangdeng.learning.items import importing, services
from kuangdeng.learning.items.models import ItemTwin
from kuangdeng.learning.items.rules import Policy, Status
from kuangdeng.learning.items.testkit import SINGLE, bank, data_of, item_in
from kuangdeng.org.testkit import Cast

Run = Callable[[], object]


def write(cast: Cast) -> Run:
    data = data_of(cast)
    return lambda: services.write(data=data, by=cast.teacher)


def revise(cast: Cast) -> Run:
    item, data = item_in(Status.IN_USE, cast), data_of(cast, {**SINGLE, "correct": ["b"]})
    return lambda: services.revise(item.id, data=data, why="规程修订", by=cast.safety)


def classify(cast: Cast) -> Run:
    item = item_in(Status.IN_USE, cast)
    category = services.save_category(kind="specialty", name="一通三防", by=cast.training_officer)
    return lambda: services.classify(item.id, difficulty=4, category_ids=[category.id], by=cast.teacher)


def submit(cast: Cast) -> Run:
    item = item_in(Status.DRAFTED, cast)
    return lambda: services.submit(item.id, by=cast.teacher)


def review(cast: Cast) -> Run:
    item = item_in(Status.SUBMITTED, cast)
    return lambda: services.review(item.id, version_id=item.latest_id, by=cast.safety)


def send_back(cast: Cast) -> Run:
    item = item_in(Status.SUBMITTED, cast)
    return lambda: services.send_back(item.id, remark="第三个选项和第四个意思一样。", by=cast.safety)


def put_in_use(cast: Cast) -> Run:
    item = item_in(Status.REVIEWED, cast)
    return lambda: services.put_in_use(item.id, by=cast.training_officer)


def retire(cast: Cast) -> Run:
    item = item_in(Status.IN_USE, cast)
    return lambda: services.retire(item.id, why="规程已修订", by=cast.training_officer)


def bring_back(cast: Cast) -> Run:
    item = item_in(Status.RETIRED, cast)
    return lambda: services.bring_back(item.id, by=cast.training_officer)


def merge(cast: Cast) -> Run:
    item, other = item_in(Status.IN_USE, cast), item_in(Status.IN_USE, cast, {**SINGLE, "stem": "甲烷到多少要撤人？"})
    return lambda: services.merge(item.id, into=other.id, by=cast.training_officer)


def alike(cast: Cast) -> ItemTwin:
    """Two items that differ in one word, found by the comparison."""
    item_in(Status.IN_USE, cast)
    item_in(Status.DRAFTED, cast, {**SINGLE, "stem": f"按规定，{SINGLE['stem']}"})
    services.find_twins(by=cast.training_officer)
    return ItemTwin.objects.get()


def tell_apart(cast: Cast) -> Run:
    twin = alike(cast)
    return lambda: services.tell_apart(twin.id, by=cast.training_officer)


def find_twins(cast: Cast) -> Run:
    item_in(Status.IN_USE, cast)
    return lambda: services.find_twins(by=cast.training_officer)


def save_bank(cast: Cast) -> Run:
    row = bank(cast)
    return lambda: services.save_bank(row.id, name="采掘题库", note="采掘专业用", by=cast.training_officer)


def save_category(cast: Cast) -> Run:
    return lambda: services.save_category(kind="trade", name="瓦检员", by=cast.training_officer)


def save_policy(cast: Cast) -> Run:
    return lambda: services.save_policy(policy=Policy(multiple="half"), by=cast.training_officer)


PAPER = """一、单选题
1. 发现冒顶预兆时，首先应当（B）。
A. 继续作业 B. 立即撤到安全地点并汇报 C. 等班长来 D. 加快推进
二、判断题
2. 整改人可以自己验收自己的整改。（×）
3. 带班领导应与工人同时下井、同时升井。（J）
"""


def write_import(cast: Cast) -> Run:
    run = importing.take_words(PAPER, by=cast.teacher)
    importing.read(run.id, by=cast.teacher)
    choice = importing.Choice(bank(cast).id, marks={"J": True})
    return lambda: services.write_import(run.id, choice=choice, by=cast.teacher)


SCENARIOS: dict[str, Callable[[Cast], Run]] = {
    "bring_back": bring_back,
    "classify": classify,
    "find_twins": find_twins,
    "merge": merge,
    "put_in_use": put_in_use,
    "retire": retire,
    "review": review,
    "revise": revise,
    "save_bank": save_bank,
    "save_category": save_category,
    "save_policy": save_policy,
    "send_back": send_back,
    "submit": submit,
    "tell_apart": tell_apart,
    "write": write,
    "write_import": write_import,
}
