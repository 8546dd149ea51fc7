"""组卷: a paper is put together from chosen items or as a blueprint, and settled before an exam uses it."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from kuangdeng.kernel.clock import now
from kuangdeng.kernel.errors import Refused
from kuangdeng.kernel.verbs import verb
from kuangdeng.learning.exams import pools
from kuangdeng.learning.exams.drawing import short_of
from kuangdeng.learning.exams.models import Paper, PaperLine
from kuangdeng.learning.exams.preparing import need
from kuangdeng.learning.exams.rules import MODE_LABELS, MOST_ITEMS, PAPER_FLOW, Mode
from kuangdeng.learning.exams.services._steps import demand, enter_paper_line, locked_paper
from kuangdeng.learning.items.api import ItemBank, ItemCategory, ItemVersion
from kuangdeng.org.api import Person


@dataclass(frozen=True)
class LineData:
    """One line: an item's version, or what to draw."""

    marks: Decimal
    version_id: UUID | None = None
    count: int = 1
    bank_id: UUID | None = None
    category_id: UUID | None = None
    type: str = ""
    easiest: int = 1
    hardest: int = 5


@dataclass(frozen=True)
class PaperData:
    """What an author says of a paper."""

    title: str
    mode: str
    lines: Sequence[LineData]
    note: str = ""


@verb
def write_paper(*, data: PaperData, by: Person) -> Paper:
    """Begin a paper (组卷). Refused for lines that name no item of this mine, and when the title is taken."""
    demand(by, "exam.write_paper")
    paper = Paper(mine_id=by.mine_id, author=by, status=PAPER_FLOW.target("write_paper", None))
    _put(paper, data)
    enter_paper_line("write_paper", paper, by)
    return paper


@verb
def change_paper(paper_id: UUID, *, data: PaperData, by: Person) -> Paper:
    """Change a draft (修改试卷). Refused once it is settled; exams keep the papers that were drawn from it."""
    paper = locked_paper("change_paper", paper_id, by)
    demand(by, "exam.write_paper")
    _put(paper, data)
    enter_paper_line("change_paper", paper, by)
    return paper


@verb
def settle_paper(paper_id: UUID, *, by: Person) -> Paper:
    """Settle a paper (定稿), so that exams can use it.

    Refused without lines, with an item that is asked no more, and when the bank is too small for the blueprint.
    """
    paper = locked_paper("settle_paper", paper_id, by)
    demand(by, "exam.write_paper")
    missing = short_of(pools.parts_of(paper))
    if not missing:
        raise Refused(_("这张卷子还没有题。请先加题。"), field="lines")
    for number, short in enumerate(missing, 1):
        if short:
            said = _("第 %(n)d 行还差 %(short)d 题：题库里在用的题不够，或者题已停用。请放宽条件、减少题数或换题。")
            raise Refused(said % {"n": number, "short": short}, field="lines")
    return _step("settle_paper", paper, by)


@verb
def reopen_paper(paper_id: UUID, *, by: Person) -> Paper:
    """Take a settled paper back to a draft (退回修改). What was drawn from it stays as it was."""
    paper = locked_paper("reopen_paper", paper_id, by)
    demand(by, "exam.write_paper")
    return _step("reopen_paper", paper, by)


@verb
def retire_paper(paper_id: UUID, *, by: Person) -> Paper:
    """Put a paper out of use (停用试卷)."""
    paper = locked_paper("retire_paper", paper_id, by)
    demand(by, "exam.write_paper")
    return _step("retire_paper", paper, by)


def _step(what: str, paper: Paper, by: Person) -> Paper:
    paper.status, paper.changed_at = PAPER_FLOW.target(what, paper.status), now()
    paper.save()
    enter_paper_line(what, paper, by)
    return paper


def _put(paper: Paper, data: PaperData) -> None:
    paper.title = need(data.title, _("请写试卷名称。"), field="title", most=80)
    if data.mode not in MODE_LABELS:
        raise Refused(_("请选组卷方式。"), field="mode")
    paper.mode, paper.note = data.mode, data.note.strip()[:200]
    lines = [_line(paper, number, one) for number, one in enumerate(data.lines, 1)]
    paper.items_count = sum(one.count for one in lines)
    paper.marks = sum((one.count * one.marks for one in lines), Decimal(0))
    if paper.items_count > MOST_ITEMS:
        raise Refused(_("一张卷子最多 %(n)d 题。") % {"n": MOST_ITEMS}, field="lines")
    versions = [one.version_id for one in lines if one.version_id]
    known = ItemVersion.objects.filter(id__in=versions, item__mine_id=paper.mine_id).values_list("id", "item_id")
    if len(known) != len(versions) or len({item for _version, item in known}) != len(versions):
        raise Refused(_("有的题已经不在题库里，或者同一题选了两次。请重新选题。"), field="lines")
    _check_known(paper, lines)
    paper.changed_at = now()
    try:
        with transaction.atomic():
            paper.save()
    except IntegrityError:
        raise Refused(_("已有同名的试卷。请换一个名称。"), field="title") from None
    paper.lines.all().delete()
    PaperLine.objects.bulk_create(lines)


def _check_known(paper: Paper, lines: Sequence[PaperLine]) -> None:
    banks = {one.bank_id for one in lines if one.bank_id}
    categories = {one.category_id for one in lines if one.category_id}
    if ItemBank.objects.filter(mine_id=paper.mine_id, id__in=banks).count() != len(banks):
        raise Refused(_("没有这个题库。请重新选择。"), field="lines")
    if ItemCategory.objects.filter(mine_id=paper.mine_id, id__in=categories).count() != len(categories):
        raise Refused(_("选的分类已经不在了。请重新选。"), field="lines")


def _line(paper: Paper, number: int, data: LineData) -> PaperLine:
    if not data.marks.is_finite() or not Decimal("0.1") <= data.marks <= 100 or data.marks != round(data.marks, 2):
        raise Refused(_("第 %(n)d 行的分值要在 0.1 到 100 之间，最多两位小数。") % {"n": number}, field="lines")
    line = PaperLine(paper=paper, position=number, marks=data.marks)
    if paper.mode == Mode.FIXED:
        if data.version_id is None:
            raise Refused(_("第 %(n)d 行没有题目。请选题。") % {"n": number}, field="lines")
        line.version_id = data.version_id
        return line
    if not 1 <= data.count <= MOST_ITEMS:
        raise Refused(
            _("第 %(n)d 行的题数要在 1 到 %(most)d 之间。") % {"n": number, "most": MOST_ITEMS}, field="lines"
        )
    if not 1 <= data.easiest <= data.hardest <= 5:
        raise Refused(_("第 %(n)d 行的难度要从小到大，在 1 到 5 之间。") % {"n": number}, field="lines")
    line.count, line.bank_id, line.category_id = data.count, data.bank_id, data.category_id
    line.type, line.easiest, line.hardest = data.type, data.easiest, data.hardest
    return line
