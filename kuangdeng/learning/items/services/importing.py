"""导入题目: what a person confirmed is written, all of it in one transaction with one line of the ledger, or nothing."""

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from itertools import islice
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from kuangdeng.kernel.clock import now
from kuangdeng.kernel.errors import NotVisible, Refused
from kuangdeng.kernel.ids import uuid7
from kuangdeng.kernel.rows import one_of
from kuangdeng.kernel.verbs import verb
from kuangdeng.learning.items.formats.drafts import Draft
from kuangdeng.learning.items.importing import KIND, Choice, decided, forget
from kuangdeng.learning.items.models import Item, ItemBank, ItemCategory, ItemVersion, Sorting, VersionPicture
from kuangdeng.learning.items.rules import Status
from kuangdeng.learning.items.rules.content import Content, pictures_of
from kuangdeng.learning.items.services._steps import bank_of, demand, set_stem
from kuangdeng.ledger.api import Subject, post
from kuangdeng.org.api import ImportRun, Person

PIECE = 2000
STANDINGS = (Status.DRAFTED, Status.SUBMITTED, Status.IN_USE)


@verb
def write_import(run_id: UUID, *, choice: Choice, pictures: Mapping[str, str] | None = None, by: Person) -> ImportRun:
    """Write a previewed file of items (确认导入) as a whole; what is unclear and was not decided stays out.

    `pictures` leads from the pictures of the file to the stored ones. Items of a bank that was reviewed elsewhere may
    come in as in use, by who may put items into use, saying who approved them.
    Refused when the run was written or dropped, and when nothing of it would be written.
    """
    rows = ImportRun.objects.select_for_update(of=("self",)).select_related("mine")
    run = one_of(rows.filter(id=run_id, mine_id=by.mine_id, kind=KIND))
    if run is None:
        raise NotVisible
    bank = check_choice(run, choice, by)
    written = _Writer(run, bank, choice, dict(pictures or {}), by).write()
    if not written:
        raise Refused(_("没有可以导入的题。请先看清单，改好文件后重新上传。"), code="nothing")
    total = run.total_rows
    run.state, run.finished_at, run.done_rows = ImportRun.State.DONE, now(), written
    run.report = {**run.report, "written": written, "bank": bank.name, "standing": choice.standing}
    run.save()
    post(
        "item.import", Subject("item_bank", bank.id, bank.name), mine_id=by.mine_id, by=by,
        quantity=written,
        payload={
            "file": run.file_name, "sha256": run.file_sha256, "run": str(run.id), "rows": total, "written": written,
            "left_out": total - written + int(run.report.get("counts", {}).get("left", 0)),
            "standing": str(choice.standing), "why": choice.approved.strip()[:200],
        },
    )  # fmt: skip
    transaction.on_commit(lambda: forget(run))
    return run


def check_choice(run: ImportRun, choice: Choice, by: Person) -> ItemBank:
    """The bank to write into. Refused when the run was written or dropped, and for what this person may not decide."""
    bank = bank_of(choice.bank_id, by, "item.import")
    if run.state not in (ImportRun.State.PREVIEW, ImportRun.State.WRITING):
        raise Refused(_("这次导入已经写入或放弃，不能再写。需要时请重新上传。"), code="wrong_state")
    if choice.standing not in STANDINGS:
        raise Refused(_("请选择导入后的状态。"), field="standing")
    if choice.standing == Status.IN_USE:
        demand(by, "item.put_in_use", bank)
        if not choice.approved.strip():
            raise Refused(_("直接启用的，请写明这些题由谁、什么时候审定过。"), field="approved")
    return bank


class _Writer:
    """Writes drafts in few statements: 50,000 items are a matter of seconds."""

    def __init__(self, run: ImportRun, bank: ItemBank, choice: Choice, pictures: dict[str, str], by: Person) -> None:
        self.run, self.bank, self.choice, self.pictures, self.by = run, bank, choice, pictures, by
        self.at = now()
        self.categories = {(one.kind, one.name): one.id for one in ItemCategory.objects.filter(mine_id=run.mine_id)}

    def write(self) -> int:
        """All pieces; returns how many items."""
        written = 0
        rows = decided(self.run, self.choice)
        while piece := list(islice(rows, PIECE)):
            self._piece(piece)
            written += len(piece)
        return written

    def _piece(self, piece: Sequence[tuple[str, Draft]]) -> None:
        items, versions, shown = [], [], []
        for _key, draft in piece:
            item, version = self._rows(draft)
            items.append(item)
            versions.append(version)
            shown += [VersionPicture(version=version, file_id=sha) for sha in pictures_of(version.content)]
        self._new_categories(draft for _key, draft in piece)
        Item.objects.bulk_create(items, batch_size=PIECE)
        ItemVersion.objects.bulk_create(versions, batch_size=PIECE)
        VersionPicture.objects.bulk_create(shown, batch_size=PIECE)
        Sorting.objects.bulk_create(
            [
                Sorting(item=item, category_id=self.categories[one])
                for item, (_key, draft) in zip(items, piece, strict=True)
                for one in dict.fromkeys(draft.categories)
            ],
            batch_size=PIECE,
        )

    def _new_categories(self, drafts: Iterator[Draft]) -> None:
        wanted = dict.fromkeys(one for draft in drafts for one in draft.categories)
        for kind, name in wanted:
            if (kind, name) not in self.categories:
                row, _new = ItemCategory.objects.get_or_create(mine_id=self.run.mine_id, kind=kind, name=name)
                self.categories[kind, name] = row.id

    def _rows(self, draft: Draft) -> tuple[Item, ItemVersion]:
        content = self._content(draft.content)
        in_use = self.choice.standing == Status.IN_USE
        version_id = uuid7()
        item = Item(
            id=uuid7(), mine_id=self.run.mine_id, bank=self.bank, status=self.choice.standing, latest_id=version_id,
            current_id=version_id if in_use else None, difficulty=draft.difficulty or self.choice.difficulty,
            clause=draft.clause, source=draft.source, author=self.by, created_at=self.at, changed_at=self.at,
            import_run_id=self.run.id, remark=self.choice.approved.strip()[:300] if in_use else "",
        )  # fmt: skip
        set_stem(item, content)
        version = ItemVersion(
            id=version_id, item=item, number=1, type=content["type"], content=content, marks=Decimal(draft.marks or "1"),
            explanation=draft.explanation, by=self.by, at=self.at,
        )  # fmt: skip
        return item, version

    def _content(self, content: Content) -> Content:
        """The content with its pictures by the names under which they are stored; a picture that is none goes."""
        if not pictures_of(content):
            return content
        new: Content = {**content, "pictures": [self.pictures.get(one, one) for one in content["pictures"]]}
        for name in ("options", "left", "right"):
            if name in content:
                new[name] = [
                    {**one, "picture": self.pictures.get(one["picture"], one["picture"])} if one.get("picture") else one
                    for one in content[name]
                ]
        return new
