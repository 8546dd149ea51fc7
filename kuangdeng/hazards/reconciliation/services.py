"""The verbs of the reconciliation: 报警、消除、说明."""

from collections.abc import Sequence
from uuid import UUID

from django.utils.translation import gettext as _

from kuangdeng.hazards.reconciliation.models import Finding
from kuangdeng.hazards.reconciliation.queries import differences, get_finding, importing_now, pulse, unexplained
from kuangdeng.hazards.reconciliation.rules import Found
from kuangdeng.kernel.clock import now
from kuangdeng.kernel.errors import Refused
from kuangdeng.kernel.heartbeat import beat
from kuangdeng.kernel.language import in_chinese
from kuangdeng.kernel.verbs import verb
from kuangdeng.ledger.api import Entry, Subject, post
from kuangdeng.org.api import Mine, Person, may

TOLD = 20
"""So many findings stand in a line of the ledger by name; all of them are on the page."""


def reconcile(mine: Mine) -> int:
    """Hold ledger, hazards and bulletins against each other; alarm what is new, note what is gone. Returns how much is
    wrong. While an old ledger is being written the account waits for it."""
    if importing_now(mine):
        return 0
    found = differences(mine)
    alarm(mine=mine, found=found)
    clear(mine=mine, found=found)
    beat(pulse(mine.id), f"{len(found)}")
    return len(found)


@verb
def alarm(*, mine: Mine, found: Sequence[Found]) -> list[Finding]:
    """Raise the alarm that ledger, hazards and bulletins disagree (对账报警); each finding once, as long as it stands.

    The system does this by itself. Nothing happens when all of it is known already.
    """
    locked = _lock(mine)
    known = set(Finding.objects.filter(mine=locked, gone_at=None).values_list("key", flat=True))
    fresh = {one.key: one for one in found if one.key not in known}
    if not fresh:
        return []
    made = Finding.objects.bulk_create(
        Finding(
            mine=locked, key=key, kind=one.kind, bulletin_id=one.bulletin_id, subject_id=one.subject_id,
            label=one.label[:200], said=dict(one.said), found_at=now(),
        )
        for key, one in fresh.items()
    )  # fmt: skip
    _enter("alarm", locked, None, made)
    return made


@verb
def clear(*, mine: Mine, found: Sequence[Found]) -> list[Finding]:
    """Note that findings are gone (对账差异消除): the figures agree again. `found` is what is still wrong.

    The system does this by itself. Nothing happens when everything that stood still stands.
    """
    locked = _lock(mine)
    still = {one.key for one in found}
    gone = [one for one in Finding.objects.filter(mine=locked, gone_at=None) if one.key not in still]
    if not gone:
        return []
    Finding.objects.filter(id__in=[one.id for one in gone]).update(gone_at=now())
    left = unexplained(locked.id).count()
    _enter("clear" if left else "clear_all", locked, None, gone, left=left)
    return gone


@verb
def explain(finding_id: UUID, *, words: str, by: Person) -> Finding:
    """Write down what a finding was and what was done about it (说明对账差异); from then on it alarms no more.

    Refused without words, and when it is gone or explained already.
    """
    finding = get_finding(finding_id, by=by)
    if not may(by, "reconciliation.explain"):
        raise Refused(_("您没有权限说明对账差异。请联系安监部门或系统管理员。"), code="not_allowed")
    _lock(by.mine)
    finding.refresh_from_db()
    if finding.gone_at or finding.explained_at:
        raise Refused(_("这条差异已经消除或说明过了。请刷新页面。"), code="wrong_state")
    if not words.strip():
        raise Refused(_("请写明查明的情况和怎么处理的。"), field="words")
    finding.words, finding.explained_at, finding.explained_by = words.strip()[:500], now(), by
    finding.save(update_fields=["words", "explained_at", "explained_by"])
    left = unexplained(by.mine_id).count()
    _enter("explain" if left else "explain_all", by.mine, by, [finding], left=left, words=finding.words)
    return finding


def _lock(mine: Mine) -> Mine:
    """Two passes over the account of one mine take turns."""
    return Mine.objects.select_for_update(of=("self",), no_key=True).get(id=mine.id)


def _enter(what: str, mine: Mine, by: Person | None, findings: Sequence[Finding], **more: object) -> Entry:
    with in_chinese():
        label = _("每日对账")
        said = [one.sentence for one in findings[:TOLD]]
    return post(
        f"reconciliation.{what}",
        Subject("reconciliation", mine.id, label),
        mine_id=mine.id,
        by=by,
        quantity=len(findings),
        payload={"findings": len(findings), "said": said, **more},
    )
