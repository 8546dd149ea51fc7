"""The verbs of the daily bulletin: 编制、重新编制、核对、发布、更正, and its policy."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import time, timedelta
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from kuangdeng.hazards.bulletins import rules
from kuangdeng.hazards.bulletins.compiling import Draft, draft
from kuangdeng.hazards.bulletins.models import Addendum, Bulletin, BulletinItem, BulletinPolicy
from kuangdeng.hazards.bulletins.queries import fingerprint
from kuangdeng.hazards.bulletins.rules import FLOW, Owed, Status
from kuangdeng.kernel.clock import now
from kuangdeng.kernel.errors import NotVisible, Refused
from kuangdeng.kernel.language import in_chinese
from kuangdeng.kernel.verbs import verb
from kuangdeng.ledger.api import Entry, Subject, post
from kuangdeng.org.api import Mine, Person, may

FIRST = timedelta(hours=24)
"""The first bulletin of a mine looks back over one day."""


@verb
def compile_day(*, mine: Mine, owed: Owed, by: Person | None = None) -> Bulletin:
    """Compile the bulletin of a day (编制), at the mine's hour by itself or on demand by the safety department.

    It begins where the one before ended, so nothing falls between two of them. One bulletin a day: whoever comes
    second gets the first one's. Refused for who may not, and for a day that lies before the last bulletin.
    """
    if by is not None:
        _may("compile", by, mine.id)
    policy = _policy(mine.id)
    there = Bulletin.objects.filter(mine=mine, day=owed.day).first()
    if there is not None:
        return there
    before = Bulletin.objects.filter(mine=mine).order_by("-day").first()
    if before is not None and (owed.day <= before.day or owed.until <= before.until):
        raise Refused(_("%(day)s 之后已经有更新的公布，不能再补编。") % {"day": owed.day.isoformat()}, code="late")
    since = before.until if before else owed.until - FIRST
    last = Bulletin.objects.filter(mine=mine, year=owed.day.year).order_by("-number").first()
    bulletin = Bulletin(
        mine=mine, day=owed.day, year=owed.day.year, number=last.number + 1 if last else 1, since=since,
        until=owed.until, compiled_at=now(), compiled_by=by,
    )  # fmt: skip
    made = draft(policy, since, owed.until, before)
    bulletin.figures = made.figures
    bulletin.save(force_insert=True)
    BulletinItem.objects.bulk_create(made.items(bulletin), batch_size=1000)
    _enter("compile", bulletin, by, _counted(made), source_key=f"bulletin.compile:{mine.id}:{owed.day}")
    return bulletin


@verb
def recompile(bulletin_id: UUID, *, by: Person) -> Bulletin:
    """Compile an unpublished bulletin again (重新编制): a grade or a place was put right in the meantime.

    It still covers the same time. Refused once it is published.
    """
    bulletin = _begin("recompile", bulletin_id, by)
    before = Bulletin.objects.filter(mine_id=bulletin.mine_id, day__lt=bulletin.day).order_by("-day").first()
    BulletinItem.objects.filter(bulletin=bulletin).delete()
    made = draft(_policy(bulletin.mine_id), bulletin.since, bulletin.until, before)
    bulletin.figures, bulletin.status = made.figures, FLOW.target("recompile", bulletin.status)
    bulletin.compiled_at, bulletin.compiled_by = now(), by
    bulletin.checked_at = bulletin.checked_by = None
    bulletin.save()
    BulletinItem.objects.bulk_create(made.items(bulletin), batch_size=1000)
    _enter("recompile", bulletin, by, _counted(made))
    return bulletin


@verb
def check(bulletin_id: UUID, *, note: str = "", by: Person) -> Bulletin:
    """Say that the bulletin was read and is right (核对), with a word to the readers. Refused once it is published."""
    bulletin = _begin("check", bulletin_id, by)
    bulletin.status, bulletin.note = FLOW.target("check", bulletin.status), note.strip()
    bulletin.checked_at, bulletin.checked_by = now(), by
    bulletin.save()
    _enter("check", bulletin, by, {"note": bulletin.note})
    return bulletin


@verb
def publish(bulletin_id: UUID, *, by: Person | None) -> Bulletin:
    """Publish the bulletin (发布); from now on nobody can change it, the database refuses.

    `by` is None when the cut-off has come and nobody had checked it: it goes out by itself and says so. Refused when
    it is out already, and while an earlier day is not: readers get the days in order.
    """
    bulletin = _begin("publish", bulletin_id, by)
    earlier = Bulletin.objects.filter(mine_id=bulletin.mine_id, day__lt=bulletin.day).exclude(status=Status.PUBLISHED)
    if waiting := earlier.order_by("day").first():
        raise Refused(_("%(title)s还没有发布，请先发布它。") % {"title": waiting.title}, code="order")
    bulletin.status = FLOW.target("publish", bulletin.status)
    bulletin.published_at, bulletin.published_by = now(), by
    bulletin.digest = fingerprint(bulletin)
    bulletin.save()
    payload = {"digest": bulletin.digest, "items": bulletin.items.count(), "by_itself": by is None}
    _enter("publish", bulletin, by, payload, source_key=f"bulletin.publish:{bulletin.id}")
    return bulletin


@verb
def correct(bulletin_id: UUID, *, text: str, by: Person) -> Addendum:
    """Publish a correction of a published bulletin (更正): a numbered addendum. Refused without words, and before
    publication, when the bulletin itself can still be compiled again."""
    bulletin = _begin("correct", bulletin_id, by)
    if not text.strip():
        raise Refused(_("请写明更正的内容。"), field="text")
    number = Addendum.objects.filter(bulletin=bulletin).count() + 1
    made = Addendum.objects.create(bulletin=bulletin, number=number, text=text.strip(), by=by, at=now())
    _enter("correct", bulletin, by, {"addendum": number, "text": made.text})
    return made


@dataclass(frozen=True)
class PolicyData:
    """How the mine publishes."""

    hour: time
    cut_off: time
    open_reading: bool
    ranges: str
    show_persons: bool


@verb
def save_policy(*, data: PolicyData, by: Person) -> BulletinPolicy:
    """Say when the bulletin is compiled and when it goes out by itself, and who may read it (每日公布设置).

    Refused when the cut-off lies before the hour, and for an address range that is none.
    """
    _may("policy", by, by.mine_id)
    policy = _policy(by.mine_id)
    if data.cut_off < data.hour:
        raise Refused(_("自动发布时刻不能早于编制时刻。"), field="cut_off")
    try:
        list(rules.networks(data.ranges))
    except ValueError as error:
        raise Refused(
            _("“%(line)s”不是地址范围。请一行写一个，如 10.0.0.0/8。") % {"line": str(error)}, field="ranges"
        ) from None
    before = {name: getattr(policy, name) for name in vars(data)}
    for name, value in vars(data).items():
        setattr(policy, name, value)
    policy.save()
    changed = {
        name: value if isinstance(value, bool | str) else f"{value:%H:%M}"
        for name, value in vars(data).items()
        if value != before[name]
    }
    with in_chinese():
        label = _("每日公布设置")
    post(
        "bulletin.policy",
        Subject("bulletin_policy", by.mine_id, str(label)),
        mine_id=by.mine_id,
        by=by,
        payload=changed,
    )
    return policy


def _begin(what: str, bulletin_id: UUID, by: Person | None) -> Bulletin:
    """Lock the bulletin and check that `by` may do this to it now; None is the system itself."""
    bulletin = Bulletin.objects.select_for_update(of=("self",)).select_related("mine").filter(id=bulletin_id).first()
    if bulletin is None:
        raise NotVisible
    if by is not None:
        _may(what, by, bulletin.mine_id)
    FLOW.target(what, bulletin.status)
    return bulletin


def _may(what: str, by: Person, mine_id: UUID) -> None:
    if by.mine_id != mine_id:
        raise NotVisible
    if not may(by, f"bulletin.{what}"):
        label = rules.VERB_LABELS.get(what, _("设置"))
        raise Refused(_("您没有权限对每日公布办理「%(verb)s」。请联系安监部门。") % {"verb": label}, code="not_allowed")


def _policy(mine_id: UUID) -> BulletinPolicy:
    """The mine's policy, locked: two compilers of one day take turns."""
    BulletinPolicy.objects.get_or_create(mine_id=mine_id)
    return BulletinPolicy.objects.select_for_update(of=("self",)).select_related("mine").get(mine_id=mine_id)


def _counted(made: Draft) -> dict[str, Any]:
    return {**made.figures["counts"], "gap": _gap(made)}


def _gap(made: Draft) -> int:
    return rules.Balance(**made.figures["balance"]).gap


def _enter(
    what: str, bulletin: Bulletin, by: Person | None, payload: Mapping[str, object], *, source_key: str | None = None
) -> Entry:
    with in_chinese():
        label = f"{bulletin.day.isoformat()} {bulletin.title}"
    return post(
        f"bulletin.{what}",
        Subject("bulletin", bulletin.id, label),
        mine_id=bulletin.mine_id,
        by=by,
        payload=payload,
        source_key=source_key,
    )
