"""A file of items on its way in: kept, read for a preview, decided on by a person, written whole or not at all.

What the file says is read once, into drafts beside the file, one line each; the preview and the writing go by these, so
what was shown is what is written.
"""

import json
import shutil
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from datetime import timedelta
from hashlib import file_digest, sha256
from pathlib import Path
from typing import Any
from uuid import UUID

from django.conf import settings
from django.utils.translation import gettext as _

from kuangdeng.kernel import clock
from kuangdeng.kernel.errors import NotVisible, Refused
from kuangdeng.kernel.files import Incoming, keep_photo
from kuangdeng.kernel.heartbeat import beat, last_beat, stop_beating
from kuangdeng.kernel.language import in_chinese
from kuangdeng.kernel.pictures import reencode_bytes
from kuangdeng.kernel.rows import one_of
from kuangdeng.learning.items.formats.answers import proposal
from kuangdeng.learning.items.formats.drafts import Draft, Left, Read, finish
from kuangdeng.learning.items.formats.opening import glance, open_items, open_words
from kuangdeng.learning.items.models import Item, VersionPicture
from kuangdeng.learning.items.rules import TYPE_LABELS
from kuangdeng.learning.items.rules.content import folded_of
from kuangdeng.learning.items.rules.folding import stem_key
from kuangdeng.learning.items.wording import key_words
from kuangdeng.org.api import ImportRun, Person, has_power

KIND = "items"
SHOWN = 60
"""Drafts of each kind that the preview shows."""
PROBLEMS_SHOWN = 300
MOST_ITEMS = 200_000
SMALL = 400_000
"""Bytes of a file that is read at once, while the person waits."""
FEW = 3000
"""Items that are written at once, while the person waits."""
PIECE = 2000
STALE = timedelta(minutes=3)
State = ImportRun.State


def folder() -> Path:
    """Where the files of the runs wait."""
    return Path(settings.FILES_ROOT) / "imports"


def file_of(run: ImportRun) -> Path:
    """The file of a run, as it came."""
    return folder() / f"{run.id}.items"


def drafts_of(run: ImportRun) -> Path:
    """What was read of it, one draft on a line."""
    return folder() / f"{run.id}.items.jsonl"


def lefts_of(run: ImportRun) -> Path:
    """What could not be taken, one on a line."""
    return folder() / f"{run.id}.left.jsonl"


def pictures_of_run(run: ImportRun) -> Path:
    """Pictures of the file, by their sha256."""
    return folder() / f"{run.id}.pictures"


def may_import(by: Person) -> None:
    """Refused for who may not bring items in."""
    if not has_power(by, "item.import"):
        raise Refused(_("您没有权限导入题目。请联系培训部门。"), code="not_allowed")


def get_run(run_id: UUID, *, by: Person) -> ImportRun:
    """One import of items in the person's mine. NotVisible when there is none, or when he may not import."""
    rows = ImportRun.objects.select_related("by", "mine")
    run = one_of(rows.filter(id=run_id, mine_id=by.mine_id, kind=KIND))
    if run is None or not has_power(by, "item.import"):
        raise NotVisible
    return run


def runs_of(by: Person) -> Sequence[ImportRun]:
    """The latest imports of the mine."""
    rows = ImportRun.objects.select_related("by").filter(mine_id=by.mine_id, kind=KIND)
    return list(rows.defer("problems").order_by("-started_at")[:20])


# Taking in ------------------------------------------------------------------------------------------------------------


def take_in(path: Path, *, by: Person, name: str) -> ImportRun:
    """Keep a file for a new run. Refused at once when it is nothing that we read; then nothing is kept.

    A large file is only looked at from outside: what is wrong inside it, the run says once the worker has read it.
    """
    may_import(by)
    if path.stat().st_size > SMALL:
        glance(path, name=name)
    else:
        with open_items(path, name=name, keep=lambda _data: ""):
            pass
    with path.open("rb") as file:
        digest = file_digest(file, "sha256").hexdigest()
    run = ImportRun(mine_id=by.mine_id, kind=KIND, file_name=name[-200:], file_sha256=digest, by=by)
    folder().mkdir(mode=0o700, parents=True, exist_ok=True)
    shutil.copyfile(path, file_of(run))
    run.save()
    return run


def take_words(words: str, *, by: Person) -> ImportRun:
    """Keep pasted text for a new run. Refused when it is empty."""
    may_import(by)
    if not words.strip():
        raise Refused(_("没有粘贴文字。请从 Word 里复制题目，粘贴到框里。"), field="words")
    data = words.encode()
    with in_chinese():
        name = _("粘贴的文字")
    run = ImportRun(mine_id=by.mine_id, kind=KIND, file_name=name, file_sha256=sha256(data).hexdigest(), by=by)
    run.report = {"pasted": True}
    folder().mkdir(mode=0o700, parents=True, exist_ok=True)
    file_of(run).write_bytes(data)
    run.save()
    return run


def drop(run_id: UUID, *, by: Person) -> ImportRun:
    """Throw a preview away; nothing of it was written. Refused once it was written."""
    run = get_run(run_id, by=by)
    moved = ImportRun.objects.filter(id=run.id, state__in=[State.READING, State.PREVIEW, State.FAILED]).update(
        state=State.DROPPED, finished_at=clock.now()
    )
    if not moved:
        raise Refused(_("已经写入的导入不能放弃。请到题目列表里停用不要的题。"), code="wrong_state")
    forget(run)
    run.refresh_from_db()
    return run


def forget(run: ImportRun) -> None:
    """Remove what lies beside a run that has ended; the list of what was left out stays."""
    file_of(run).unlink(missing_ok=True)
    drafts_of(run).unlink(missing_ok=True)
    shutil.rmtree(pictures_of_run(run), ignore_errors=True)


# Reading --------------------------------------------------------------------------------------------------------------


def read(run_id: UUID, *, by: Person) -> ImportRun:
    """Read a file for its preview. One that cannot be read ends as failed, with the sentence why."""
    run = get_run(run_id, by=by)
    if run.state != State.READING:
        return run
    try:
        with in_chinese():
            tally = _read(run)
    except _DroppedMeanwhile:
        run.refresh_from_db()
    except Refused as refusal:
        report = {**run.report, "message": str(refusal)}
        _ended(run, state=State.FAILED, report=report, finished_at=clock.now())
        forget(run)
    else:
        report = {**run.report, **tally.report()}
        _ended(run, state=State.PREVIEW, report=report, problems=tally.problems, total_rows=tally.counts["rows"])
    stop_beating(pulse(run))
    return run


class _DroppedMeanwhile(Exception):
    """The person gave the import up while it was read."""


def _ended(run: ImportRun, **facts: Any) -> None:
    """What came of the reading; one that the person dropped meanwhile stays dropped."""
    ImportRun.objects.filter(id=run.id, state=State.READING).update(done_rows=0, **facts)
    run.refresh_from_db()


def pulse(run: ImportRun) -> str:
    """The name under which the worker says that it is at this run."""
    return f"import:{run.id.hex}"


def _sign_of_life(run: ImportRun, read: int) -> None:
    """Say how far the reading is, for who looks at the page and for who looks after runs that were cut off."""
    beat(pulse(run))
    if not ImportRun.objects.filter(id=run.id, state=State.READING).update(done_rows=read):
        raise _DroppedMeanwhile


def cut_off() -> list[ImportRun]:
    """Imports that were cut off, of every mine: the worker was killed, or never heard of them."""
    late = clock.now() - STALE
    moving = [State.READING, State.WRITING]
    runs = ImportRun.objects.select_related("by").filter(kind=KIND, state__in=moving, started_at__lt=late)
    return [run for run in runs if (last_beat(pulse(run)) or run.started_at) < late]


@contextmanager
def _opened(run: ImportRun, keep: Callable[[bytes], str]) -> Iterator[tuple[str, Iterator[Read]]]:
    path = file_of(run)
    if not path.exists():
        raise Refused(_("上传的文件已经不在了。请重新上传。"), code="gone")
    if run.report.get("pasted"):
        found = open_words(path.read_text(encoding="utf-8"), name=run.file_name)
        yield found.format, found.reads
        return
    with open_items(path, name=run.file_name, keep=keep, picture=_picture_of(run.mine_id)) as opened:
        yield opened.format, opened.reads


def _picture_of(mine_id: UUID) -> Callable[[str], str]:
    """Finds a picture that an item of this mine shows already."""

    def find(sha: str) -> str:
        rows = VersionPicture.objects.filter(version__item__mine_id=mine_id, file_id=sha)
        return sha if len(sha) == 64 and rows.exists() else ""

    return find


def _keeper(run: ImportRun) -> Callable[[bytes], str]:
    home = pictures_of_run(run)

    def keep(data: bytes) -> str:
        home.mkdir(mode=0o700, parents=True, exist_ok=True)
        name = sha256(data).hexdigest()
        if not (home / name).exists():
            _check_picture(data)
            (home / name).write_bytes(data)
        return name

    return keep


def _check_picture(data: bytes) -> None:
    """Refused, with its item, when the store would not take it: told in the preview, not when all is to be written."""
    try:
        reencode_bytes(data)
    except Refused as refusal:
        raise Refused(_("题里的图片用不了。%(why)s") % {"why": refusal}, field="pictures") from refusal


@dataclass
class _Tally:
    """What the preview counts."""

    format: str = ""
    counts: Counter[str] = field(default_factory=Counter)
    types: Counter[str] = field(default_factory=Counter)
    asks: dict[str, list[Any]] = field(default_factory=dict)
    sample: list[dict[str, Any]] = field(default_factory=list)
    twins: list[dict[str, Any]] = field(default_factory=list)
    problems: list[dict[str, Any]] = field(default_factory=list)
    notes: Counter[str] = field(default_factory=Counter)
    seen: dict[str, int] = field(default_factory=dict)
    sheets: Counter[str] = field(default_factory=Counter)

    def report(self) -> dict[str, Any]:
        """For the run."""
        names = ("rows", "good", "left", "asked", "twins_here", "twins_there", "notes")
        asks = [
            {"mark": mark, "count": rows[0], "looks": proposal(mark), "examples": rows[1:]}
            for mark, rows in self.asks.items()
        ]
        return {
            "format": self.format,
            "counts": {name: self.counts[name] for name in names},
            "types": dict(self.types),
            "asks": sorted(asks, key=lambda one: -one["count"]),
            "sample": self.sample,
            "twins": self.twins,
            "notes": self.notes.most_common(30),
            "sheets": dict(self.sheets),
        }

    def left(self, one: Left) -> None:
        """Something that stays out, or is only told (row 0: a whole sheet)."""
        self.counts["left" if one.row else "told"] += 1
        if len(self.problems) < PROBLEMS_SHOWN:
            self.problems.append(asdict(one))

    def draft(self, one: Draft, twin: str) -> None:
        """A draft, and where its twin stands, if it has one."""
        self.counts["rows"] += 1
        self.types[one.content["type"]] += 1
        self.sheets[one.sheet] += 1
        for note in one.notes:
            self.notes[note] += 1
            self.counts["notes"] += 1
        if one.ask:
            rows = self.asks.setdefault(one.ask, [0])
            rows[0] += 1
            if len(rows) <= 3:
                rows.append(f"第 {one.row} 行 {one.content['stem'][:60]}")
            self.counts["asked"] += 1
        if twin:
            self.counts["twins_here" if twin.startswith("第") else "twins_there"] += 1
            if len(self.twins) < SHOWN:
                self.twins.append({**shown(one), "twin": twin})
        else:
            self.counts["good"] += 1
            if len(self.sample) < SHOWN:
                self.sample.append(shown(one))


def shown(draft: Draft) -> dict[str, Any]:
    """A draft as the preview shows it."""
    content = draft.content
    return {
        "sheet": draft.sheet,
        "row": draft.row,
        "type": content["type"],
        "stem": content["stem"][:160],
        "options": [one["text"][:60] for one in content.get("options") or content.get("left") or ()][:8],
        "key": f"「{draft.ask}」？" if draft.ask else key_words(content)[:120],
        "notes": draft.notes,
        "difficulty": draft.difficulty,
        "marks": draft.marks,
    }


def _read(run: ImportRun) -> _Tally:
    tally = _Tally()
    _sign_of_life(run, 0)
    folder().mkdir(mode=0o700, parents=True, exist_ok=True)
    with (
        drafts_of(run).open("w", encoding="utf-8") as kept,
        lefts_of(run).open("w", encoding="utf-8") as away,
        _opened(run, _keeper(run)) as (format_, reads),
    ):
        tally.format = format_
        piece: list[Draft] = []
        for one in reads:
            if isinstance(one, Left):
                tally.left(one)
                away.write(json.dumps(asdict(one), ensure_ascii=False) + "\n")
                continue
            piece.append(one)
            if len(piece) >= PIECE:
                _look(run, piece, tally, kept)
                _sign_of_life(run, tally.counts["rows"])
                piece = []
            if tally.counts["rows"] > MOST_ITEMS:
                raise Refused(_("一次最多导入 %(n)d 题。请拆成几个文件。") % {"n": MOST_ITEMS}, code="too_many")
        _look(run, piece, tally, kept)
    if not tally.counts["rows"] and not tally.counts["left"]:
        raise Refused(_("文件里没有找到题目。"), code="nothing")
    return tally


def _look(run: ImportRun, piece: list[Draft], tally: _Tally, kept: Any) -> None:
    """Find the twins of a piece, in the file and in the bank, and write it down."""
    keys = [stem_key(folded_of(one.content)) for one in piece]
    there = dict(
        Item.objects.filter(mine_id=run.mine_id, stem_key__in=set(keys), merged_into=None).values_list(
            "stem_key", "bank__name"
        )
    )
    for draft, key in zip(piece, keys, strict=True):
        twin = ""
        if key in tally.seen:
            twin = f"第 {tally.seen[key]} 行"
        elif key in there:
            twin = there[key]
        tally.seen.setdefault(key, draft.row)
        tally.draft(draft, twin)
        kept.write(json.dumps({"key": key, "twin": bool(twin), "draft": asdict(draft)}, ensure_ascii=False) + "\n")


# For writing ----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Choice:
    """What the person decided over the preview."""

    bank_id: UUID
    standing: str = "drafted"
    twins: str = "leave"
    marks: Mapping[str, bool | None] = field(default_factory=dict)
    approved: str = ""
    difficulty: int = 3

    def as_json(self) -> dict[str, Any]:
        """To be kept with the run until the worker writes it."""
        return {**asdict(self), "bank_id": str(self.bank_id)}

    @classmethod
    def from_json(cls, row: Mapping[str, Any]) -> "Choice":
        """What `as_json` kept."""
        return cls(**{**row, "bank_id": UUID(row["bank_id"])})


def decided(run: ImportRun, choice: Choice) -> Iterator[tuple[str, Draft]]:
    """The drafts that are to be written, with the keys of their stems: unclear marks read as the person said."""
    path = drafts_of(run)
    if not path.exists():
        raise Refused(_("预览已经不在了。请重新上传。"), code="gone")
    with path.open(encoding="utf-8") as lines:
        for line in lines:
            row = json.loads(line)
            draft = Draft.from_row(row["draft"])
            if row["twin"] and choice.twins != "both":
                continue
            if draft.ask:
                value = choice.marks.get(draft.ask)
                if value is None:
                    continue
                draft.content, draft.ask = {**draft.content, "correct": value}, ""
                if isinstance(finish(draft), Left):
                    continue
            yield row["key"], draft


def store_pictures(run: ImportRun, names: Sequence[str], by: Person) -> dict[str, str]:
    """Put the pictures of a run into the store; from the sha256 as it came to the one that is kept.

    Before the transaction of the writing: what was stored and is not used is swept away a week later.
    """
    stored: dict[str, str] = {}
    for name in names:
        path = pictures_of_run(run) / name
        if path.exists():
            incoming = Incoming(path, name, path.stat().st_size)
            stored[name] = keep_photo(incoming, owner_id=by.id).file_id
    return stored


def label_of(type_: str) -> str:
    """The type in Chinese."""
    return str(TYPE_LABELS[type_])


def pictures_wanted(run: ImportRun) -> list[str]:
    """The pictures that came with the file."""
    home = pictures_of_run(run)
    return sorted(one.name for one in home.iterdir()) if home.exists() else []
