"""The lists of the bank: items, banks, categories."""

from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from kuangdeng.kernel.listing import Bulk, Choice, Column, Dates, Flag, Multi, Register, Text, View
from kuangdeng.kernel.search import containing
from kuangdeng.kernel.templatetags.kd import chip, cut
from kuangdeng.learning.items import queries
from kuangdeng.learning.items.models import Item
from kuangdeng.learning.items.rules import DIFFICULTY_LABELS, KIND_LABELS, STATUS_LABELS, TYPE_LABELS, Status
from kuangdeng.learning.items.rules.folding import fold_stem
from kuangdeng.org.api import Person, has_power

TONES = {
    Status.DRAFTED: "wait", Status.SUBMITTED: "wait", Status.REVIEWED: "work", Status.IN_USE: "done", Status.RETIRED: "void",
}  # fmt: skip


def state_chip(item: Item) -> SafeString:
    """The state as a chip."""
    return chip(STATUS_LABELS[item.status], "state", TONES[Status(item.status)])


def _search(rows: QuerySet[Item], words: str) -> QuerySet[Item]:
    folded = " ".join(filter(None, map(fold_stem, words.split())))
    return rows.filter(containing("folded", folded)) if folded else rows.filter(stem__icontains=words)


def _categories(item: Item) -> str:
    return "、".join(one.name for one in item.categories.all())


def bulk_power(verb: str) -> str:
    """The power that a verb over many items asks for."""
    return "item.revise" if verb == "classify" else f"item.{verb}"


def _bulk(verb: str, label: str, icon: str, confirm: str, **more: bool) -> Bulk:
    return Bulk(verb, label, reverse("learning:items_bulk", args=[verb]), icon=icon, confirm=confirm, **more)


def items(person: Person) -> Register:
    """题目: everything in the bank, or what waits for a review."""
    banks, categories = queries.banks_of(person.mine_id), queries.categories_of(person.mine_id)
    bulk = [
        _bulk("submit", _("送审"), "send", _("把选中的草稿送审。")),
        _bulk("review", _("审定"), "check", _("审定选中的题。自己出的题不会被审定。")),
        _bulk("put_in_use", _("启用"), "done", _("启用选中的题，考试从此可以抽到。"), primary=True),
        _bulk("classify", _("改分类、难度"), "edit", _("改选中题目的分类和难度，不用重新审定。"), asks=True),
        _bulk("retire", _("停用"), "close", _("停用选中的题，考试不再抽到。"), danger=True, asks=True),
    ]
    return Register(
        key="items",
        title=_("题库"),
        noun=_("题目"),
        columns=[
            Column("stem", _("题干"), lambda row: cut(row.stem, 46), link=True, width="wide", phone="title", export=lambda row: row.stem),
            Column("state", _("状态"), state_chip, sort="status", phone="chip", export=lambda row: str(STATUS_LABELS[row.status])),
            Column("type", _("题型"), lambda row: str(TYPE_LABELS[row.type]), sort="type", phone="meta"),
            Column("difficulty", _("难度"), "difficulty", sort="difficulty", align="right", phone="meta"),
            Column("categories", _("分类"), lambda row: cut(_categories(row), 16), phone="meta", export=_categories),
            Column("bank", _("题库"), "bank.name", sort="bank__name", phone="meta"),
            Column("author", _("出题人"), "author.name", phone="meta"),
            Column("used", _("使用次数"), "times_used", sort="times_used", align="right", phone="meta"),
            Column("changed", _("修改时间"), "changed_at", sort="changed_at", phone="meta"),
        ],
        filters=[
            Text("q", placeholder=_("题干里的字"), apply=_search),
            Multi("type", _("题型"), list(TYPE_LABELS.items()), lookup="type"),
            Choice("state", _("状态"), list(STATUS_LABELS.items()), any=_("任何状态"), lookup="status"),
            Choice("bank", _("题库"), [(str(one.id), one.name) for one in banks], any=_("所有题库"), lookup="bank_id"),
            Multi("category", _("分类"), [(str(one.id), f"{KIND_LABELS[one.kind]}：{one.name}") for one in categories],
                  apply=lambda rows, ids: rows.filter(sorted_under__category_id__in=ids).distinct()),
            Multi("difficulty", _("难度"), [(str(key), label) for key, label in DIFFICULTY_LABELS.items()], lookup="difficulty"),
            Flag("own", _("我出的"), yes=_("我出的题"), any=_("不论谁出的"), apply=lambda rows, _yes: rows.filter(author=person)),
            Flag("twin", _("重复"), yes=_("题干相同的"), any=_("不论重复"), apply=lambda rows, _yes: rows.filter(queries.has_same_stem())),
            Dates("changed", _("修改时间"), lookup="changed_at"),
        ],
        views=[
            View(_("全部")),
            View(_("待审"), "state=submitted"),
            View(_("我出的草稿"), "state=drafted&own=1"),
            View(_("在用"), "state=in_use"),
            View(_("题干相同的"), "twin=1&sort=stem"),
        ],
        bulk=[one for one in bulk if has_power(person, bulk_power(one.key))],
        default_sort="-changed",
        rows=lambda rows: rows.select_related("bank", "author").prefetch_related("categories"),
        row_url=lambda row: reverse("learning:item", args=[row.id]),
        row_id=lambda row: row.latest_id,
        empty_title=_("没有题目"),
        empty_text=_("从 Excel、Word 或别的系统导入，或者一题一题地出。"),
        empty_url=reverse("learning:items_import") if has_power(person, "item.import") else "",
        empty_label=_("导入题目"),
        export=False,
    )  # fmt: skip


def review(person: Person) -> Register:
    """待审题: what others wrote and sent to review."""
    whole = items(person)
    return Register(
        **{
            **whole.__dict__,
            "key": "items_review",
            "title": _("审题"),
            "views": [],
            "bulk": [one for one in whole.bulk if one.key == "review"],
            "filters": [one for one in whole.filters if one.key in ("q", "type", "bank", "category")],
            "default_sort": "changed",
            "row_url": lambda row: f"{reverse('learning:item', args=[row.id])}?next={reverse('learning:items_review')}",
            "empty_title": _("没有要审的题"),
            "empty_text": _("别人送审的题会列在这里；自己出的题由其他人审。"),
            "empty_url": "",
        }
    )


def _one(row: Any) -> str:
    return str(_("在用") if row.is_active else _("停用"))


def banks() -> Register:
    """题库 of the mine."""
    return Register(
        key="item_banks",
        title=_("题库设置"),
        noun=_("题库"),
        columns=[
            Column("name", _("题库名称"), "name", sort="name", link=True, width="wide", phone="title"),
            Column("state", _("状态"), _one, phone="chip"),
            Column("items", _("题数"), "items_count", align="right", phone="meta"),
            Column("unit", _("管理单位"), lambda row: row.unit.name if row.unit else _("全矿"), phone="meta"),
            Column(
                "sample",
                _("示例"),
                lambda row: chip(_("示例"), "sample") if row.is_sample else "",
                phone="chip",
                export=False,
            ),
            Column("note", _("说明"), lambda row: cut(row.note, 30), phone="line"),
        ],
        default_sort="name",
        rows=lambda rows: rows.select_related("unit"),
        row_url=lambda row: reverse("learning:item_bank", args=[row.id]),
        empty_title=_("还没有题库"),
        empty_text=_("先建一个题库，再导入题目或出题。"),
        empty_url=reverse("learning:item_bank_new"),
        empty_label=_("建题库"),
        saved_views=False,
    )


def categories() -> Register:
    """分类 of the mine."""
    return Register(
        key="item_categories",
        title=_("题目分类"),
        noun=_("分类"),
        columns=[
            Column("name", _("名称"), "name", sort="name", link=True, width="wide", phone="title"),
            Column("kind", _("类别"), lambda row: str(KIND_LABELS[row.kind]), sort="kind", phone="meta"),
            Column("items", _("题数"), "items_count", align="right", phone="meta"),
            Column("state", _("状态"), _one, phone="chip"),
        ],
        filters=[
            Text("q", placeholder=_("分类名称"), fields=["name"]),
            Choice("kind", _("类别"), list(KIND_LABELS.items()), any=_("各种类别"), lookup="kind"),
        ],
        default_sort="name",
        row_url=lambda row: reverse("learning:item_category", args=[row.id]),
        empty_title=_("还没有分类"),
        empty_text=_("导入题目时，文件里的专业、工种、知识点会自动成为分类；也可以自己建。"),
        empty_url=reverse("learning:item_category_new"),
        empty_label=_("建分类"),
        saved_views=False,
    )
