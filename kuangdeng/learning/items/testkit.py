"""Items for the tests of this part and of those above: short ways to one of each type, in any state."""

import tempfile
from collections.abc import Sequence
from decimal import Decimal
from hashlib import sha256
from pathlib import Path
from typing import Any

from PIL import Image

from kuangdeng.kernel.files import Incoming, keep_photo
from kuangdeng.learning.items import services
from kuangdeng.learning.items.models import Item, ItemBank
from kuangdeng.learning.items.rules import ItemType, Status
from kuangdeng.learning.items.rules.content import Content, options_of
from kuangdeng.org.testkit import Cast

SINGLE: Content = {
    "type": "single",
    "stem": "采掘工作面风流中甲烷浓度达到（ ）时，必须停止作业、撤出人员。",
    "options": options_of(["0.5%", "1.0%", "1.5%", "2.0%"]),
    "correct": ["c"],
}
MULTIPLE: Content = {
    "type": "multiple",
    "stem": "下达隐患整改指令时要落实的“五定”包括（ ）。",
    "options": options_of(["定责任人", "定措施", "定资金", "定时限", "定奖金"]),
    "correct": ["a", "b", "c", "d"],
}
TRUE_FALSE: Content = {"type": "true_false", "stem": "整改人可以自己验收自己的整改。", "correct": False}
FILL_IN: Content = {
    "type": "fill_in",
    "stem": "三违是指违章指挥、____和违反____。",
    "blanks": [{"answers": ["违章作业", "违章操作"]}, {"answers": ["劳动纪律"]}],
}
NUMERIC: Content = {
    "type": "fill_in",
    "stem": "一个标准大气压约为____千帕。",
    "blanks": [{"number": "101.3", "tolerance": "0.5"}],
}
MATCHING: Content = {
    "type": "matching",
    "stem": "把隐患和它的专业对上。",
    "left": [{"id": "l1", "text": "锚杆失效"}, {"id": "l2", "text": "风筒破口"}],
    "right": [{"id": "r1", "text": "一通三防"}, {"id": "r2", "text": "顶板"}, {"id": "r3", "text": "运输"}],
    "pairs": {"l1": "r2", "l2": "r1"},
}
ORDERING: Content = {
    "type": "ordering",
    "stem": "把隐患闭环的环节按先后排好。",
    "options": options_of(["上报", "定级", "下达", "整改", "验收"]),
    "correct": ["a", "b", "c", "d", "e"],
}
SHORT: Content = {"type": "short_answer", "stem": "说说交接班时要交清哪些事。", "reference": "现场、设备、隐患、措施。"}
ONE_OF_EACH: dict[ItemType, Content] = {
    ItemType.SINGLE: SINGLE,
    ItemType.MULTIPLE: MULTIPLE,
    ItemType.TRUE_FALSE: TRUE_FALSE,
    ItemType.FILL_IN: FILL_IN,
    ItemType.MATCHING: MATCHING,
    ItemType.ORDERING: ORDERING,
    ItemType.SHORT_ANSWER: SHORT,
}


def sent_picture(cast: Cast, colour: str) -> str:
    """A picture that the teacher has sent, by the name under which he sent it."""
    path = Path(tempfile.mkdtemp()) / "picture.png"
    Image.new("RGB", (60, 40), colour).save(path)
    name = sha256(path.read_bytes()).hexdigest()
    keep_photo(Incoming(path, name, path.stat().st_size), owner_id=cast.teacher.id)
    return name


def bank(cast: Cast, name: str = "安全题库") -> ItemBank:
    """The mine's bank of that name."""
    row, _new = ItemBank.objects.get_or_create(mine=cast.mine, name=name)
    return row


def data_of(cast: Cast, content: Content = SINGLE, **facts: Any) -> services.ItemData:
    """What an author says of an item of this content."""
    return services.ItemData(bank_id=facts.pop("bank_id", None) or bank(cast).id, content=content, **facts)


def item_in(status: Status, cast: Cast, content: Content = SINGLE, **facts: Any) -> Item:
    """An item of the teacher's in this state, brought there by the verbs."""
    item = services.write(data=data_of(cast, content, **facts), by=cast.teacher)
    if status in (Status.SUBMITTED, Status.REVIEWED, Status.IN_USE):
        item = services.submit(item.id, by=cast.teacher)
    if status in (Status.REVIEWED, Status.IN_USE):
        item = services.review(item.id, version_id=item.latest_id, by=cast.training_officer)
    if status == Status.IN_USE:
        item = services.put_in_use(item.id, by=cast.training_officer)
    if status == Status.RETIRED:
        item = services.retire(item.id, why="重复", by=cast.training_officer)
    return item


def items_in_use(cast: Cast, contents: Sequence[Content] = tuple(ONE_OF_EACH.values())) -> list[Item]:
    """One item in use for each content; the marks are 2."""
    return [item_in(Status.IN_USE, cast, one, marks=Decimal(2)) for one in contents]
