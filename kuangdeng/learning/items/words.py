"""How the ledger lines of the item bank are read aloud, and who is told that an item waits for him."""

from collections.abc import Iterator

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from kuangdeng.learning.items.models import Item
from kuangdeng.learning.items.rules import KIND_LABELS, STATUS_LABELS, TYPE_LABELS
from kuangdeng.learning.items.rules.marking import FILL_IN_WAYS, MATCHING_WAYS, MULTIPLE_WAYS, ORDERING_WAYS
from kuangdeng.ledger.api import Entry, Recipient, Topic, declare_topics, declare_words, route

RETURNED = "item.returned"
declare_topics(Topic(RETURNED, _("退回修改的题目")))

_ITEM_VERBS = (
    "write", "revise", "classify", "submit", "send_back", "review", "put_in_use", "retire", "bring_back", "merge",
    "tell_apart", "import",
)  # fmt: skip


def declare() -> None:
    """Hand the words to the ledger."""
    fields = {
        "status": _("状态"),
        "bank": _("题库"),
        "type": _("题型"),
        "version": _("版本"),
        "difficulty": _("难度"),
        "categories": _("分类"),
        "clause": _("条款"),
        "why": _("原因"),
        "remark": _("审题意见"),
        "into": _("另一题"),
    }
    declare_words(
        verbs={
            "item.write": _("出题"),
            "item.revise": _("修改题目"),
            "item.classify": _("改题目分类"),
            "item.submit": _("题目送审"),
            "item.send_back": _("题目退回修改"),
            "item.review": _("审定题目"),
            "item.put_in_use": _("启用题目"),
            "item.retire": _("停用题目"),
            "item.bring_back": _("恢复题目"),
            "item.merge": _("合并题目"),
            "item.tell_apart": _("认定不是重复题"),
            "item.find_twins": _("查找近似题"),
            "item.import": _("导入题目"),
            "item.save_bank": _("设置题库"),
            "item.save_category": _("设置题目分类"),
            "item.save_policy": _("设置判分办法"),
        },
        subjects={
            "item": _("题目"),
            "item_bank": _("题库"),
            "item_category": _("题目分类"),
            "item_twins": _("近似题"),
            "marking_policy": _("判分办法"),
        },
        fields={
            **{f"item.{verb}.{key}": label for verb in _ITEM_VERBS for key, label in fields.items()},
            "item.find_twins.pairs": _("近似的题对"),
            "item.import.file": _("文件"),
            "item.import.rows": _("题数"),
            "item.import.written": _("写入"),
            "item.import.left_out": _("没有导入"),
            "item.import.standing": _("导入后的状态"),
            "item.save_bank.name": _("名称"),
            "item.save_bank.note": _("说明"),
            "item.save_bank.is_active": _("在用"),
            "item.save_category.kind": _("类别"),
            "item.save_category.name": _("名称"),
            "item.save_category.is_active": _("在用"),
            "item.save_policy.multiple": _("多选题"),
            "item.save_policy.matching": _("匹配题"),
            "item.save_policy.ordering": _("排序题"),
            "item.save_policy.fill_in": _("填空题"),
        },
        values={
            **{f"item.{verb}.status": STATUS_LABELS for verb in _ITEM_VERBS},
            **{f"item.{verb}.type": TYPE_LABELS for verb in _ITEM_VERBS},
            "item.import.standing": STATUS_LABELS,
            "item.save_category.kind": KIND_LABELS,
            "item.save_policy.multiple": MULTIPLE_WAYS,
            "item.save_policy.matching": MATCHING_WAYS,
            "item.save_policy.ordering": ORDERING_WAYS,
            "item.save_policy.fill_in": FILL_IN_WAYS,
        },
        hidden={"item.import.sha256", "item.import.run"},
    )


@route("item.send_back")
def sent_back(entry: Entry) -> Iterator[Recipient]:
    """退回修改: the author hears what is to be changed."""
    item = Item.objects.select_related("author").get(id=entry.subject_id)
    if item.author.is_active and entry.by_id != item.author_id:
        url = reverse("learning:item", args=[item.id])
        title = f"您出的{TYPE_LABELS[item.type]}退回修改：{str(entry.payload.get('remark') or '')[:60]}"
        addresses = {"email": item.author.email} if item.author.email else {}
        yield Recipient(item.author_id, "", RETURNED, title, url, "", True, addresses)


@route("item.submit", settles=[RETURNED])
def submitted(entry: Entry) -> Iterator[Recipient]:
    """送审: the returned item is off the author's list; reviewers find it in their queue, no notice each."""
    yield from ()
