"""The verbs of the regrading (重判): asked for by one, approved by another, then everybody is marked anew."""

from collections import Counter
from collections.abc import Sequence
from decimal import Decimal
from uuid import UUID

from django.utils.translation import gettext as _

from kuangdeng.kernel.clock import now
from kuangdeng.kernel.errors import NotVisible, Refused
from kuangdeng.kernel.language import in_chinese
from kuangdeng.kernel.rows import one_of
from kuangdeng.kernel.verbs import verb
from kuangdeng.learning.asking import refuse_without
from kuangdeng.learning.exams.api import Correction, Exam, Result, Sitting, has_passed
from kuangdeng.learning.items.api import TYPE_LABELS, Policy
from kuangdeng.learning.results.models import Regrade, RegradeChange
from kuangdeng.learning.results.queries import asked_version, exams_that_asked, keys_for, sheets_that_asked
from kuangdeng.learning.results.rules import FLOW, POWER_LABELS, Status, marked_anew
from kuangdeng.ledger.api import Entry, Subject, post
from kuangdeng.org.api import Person, has_power

PIECE = 500


def _demand(by: Person, power: str) -> None:
    refuse_without(has_power(by, power), POWER_LABELS[power])


def _said(words: str, message: str, field: str) -> str:
    text = " ".join(words.split())
    if not text:
        raise Refused(message, field=field)
    return text[:200]


@verb
def propose(*, asked_id: UUID, key_id: UUID | None, why: str, by: Person) -> Regrade:
    """Ask that answers be marked by a corrected key (申请重判), or that everybody gets the mark (送分).

    The corrected key is a later version of the item that a reviewer has found right. Refused without a reason, for a
    version whose choices are others, for an item that was in no exam, and while one is waiting already.
    """
    asked = asked_version(asked_id, by=by)
    words = _said(why, _("请写明哪里判错了。"), "why")
    if key_id is not None and key_id not in {one.id for one in keys_for(asked)}:
        raise Refused(_("这一版不能用来重判：要审定过的、选项没有改动的新版。请先修改题目并审定。"), field="key")
    if not exams_that_asked(asked.id, by.mine_id):
        raise Refused(_("没有考试用过这道题，不用重判。"), code="not_asked")
    if Regrade.objects.filter(asked=asked, status=Status.PROPOSED).exists():
        raise Refused(_("这道题已经有一份重判在等批准。"), code="waiting")
    regrade = Regrade.objects.create(
        mine_id=by.mine_id, asked=asked, key_id=key_id, why=words, proposed_by=by, status=FLOW.target("propose", None)
    )
    _enter("propose", regrade, by, {"why": words})
    return regrade


def _begin(what: str, regrade_id: UUID, by: Person) -> Regrade:
    rows = Regrade.objects.select_for_update(of=("self",)).select_related("asked__item__bank", "key", "proposed_by")
    regrade = one_of(rows.filter(id=regrade_id, mine_id=by.mine_id))
    if regrade is None:
        raise NotVisible
    FLOW.target(what, regrade.status)
    _demand(by, f"regrade.{what}")
    if regrade.proposed_by_id == by.id:
        raise Refused(_("自己申请的重判不能自己批准。请由别人批准。"), code="own")
    return regrade


def _decide(what: str, regrade: Regrade, by: Person, opinion: str) -> None:
    regrade.status, regrade.decided_by, regrade.decided_at = FLOW.target(what, regrade.status), by, now()
    regrade.opinion = opinion.strip()[:200]
    regrade.save()


@verb
def decline(regrade_id: UUID, *, opinion: str, by: Person) -> Regrade:
    """Let the marks stand (不批准重判), with the reason. Refused for who asked for it."""
    regrade = _begin("decline", regrade_id, by)
    _decide("decline", regrade, by, _said(opinion, _("请写明为什么不批准。"), "opinion"))
    _enter("decline", regrade, by, {"why": regrade.opinion})
    return regrade


@verb
def approve(regrade_id: UUID, *, opinion: str = "", by: Person) -> Regrade:
    """Mark everybody anew who was asked it (批准重判), in every exam; who hands in later is marked by the new key too.

    Each sheet gets a new result; the old one stays, and whose conclusion turned is told. Refused for who asked for it.
    """
    regrade = _begin("approve", regrade_id, by)
    exams = exams_that_asked(regrade.asked_id, regrade.mine_id)
    list(Exam.objects.select_for_update(of=("self",)).filter(id__in=[one.id for one in exams]).order_by("id"))
    Correction.objects.bulk_create(
        Correction(exam=one, asked_id=regrade.asked_id, key_id=regrade.key_id, why=regrade.why, by=by) for one in exams
    )
    sheets = sheets_that_asked(regrade.asked_id, exams).select_for_update(of=("self",)).order_by("id")
    rows, turned = list(sheets), Counter[str]()
    for at in range(0, len(rows), PIECE):
        turned.update(_mark_anew(regrade, rows[at : at + PIECE], by))
    regrade.sheets = len(rows)
    _decide("approve", regrade, by, opinion)
    facts = {"exams": len(exams), "sheets": len(rows), "now_passed": turned["up"], "now_failed": turned["down"]}
    _enter("approve", regrade, by, {**facts, "why": regrade.why, "asked_by": regrade.proposed_by.name})
    return regrade


def _mark_anew(regrade: Regrade, sheets: Sequence[Sitting], by: Person) -> Counter[str]:
    results, changes, turned = [], [], Counter[str]()
    for sheet in sheets:
        before = sheet.result
        assert before is not None
        after = regraded(regrade, sheet, before)
        after.by = by
        results.append(after)
        changes.append(
            RegradeChange(
                regrade=regrade, sitting=sheet, before=before, after=after, turned=before.passed is not after.passed
            )
        )
        turned["up" if after.passed else "down"] += before.passed is not after.passed
        sheet.result, sheet.score, sheet.passed = after, after.score, after.passed
    Result.objects.bulk_create(results)
    RegradeChange.objects.bulk_create(changes)
    Sitting.objects.bulk_update(sheets, ["result", "score", "passed"])
    return turned


def regraded(regrade: Regrade, sheet: Sitting, before: Result) -> Result:
    """The result that this sheet would get; nothing is written. From what was answered, as it was kept."""
    policy = Policy.from_json(sheet.exam.policy)
    key = regrade.key.content if regrade.key else None
    lines = marked_anew(before.lines, str(regrade.asked_id), str(regrade.key_id), key, policy)
    score = sum((Decimal(one["s"]) for one in lines if one["s"] is not None), Decimal(0))
    final = all(one["s"] is not None for one in lines)
    return Result(
        sitting=sheet, number=before.number + 1, score=score, out_of=before.out_of, final=final, lines=lines,
        passed=has_passed(score, before.out_of, sheet.exam.pass_percent) if final else None,
        answers_digest=before.answers_digest, why=regrade.why,
    )  # fmt: skip


def _enter(what: str, regrade: Regrade, by: Person, payload: dict[str, object]) -> Entry:
    item = regrade.asked.item
    with in_chinese():
        label = f"{item.bank.name} {TYPE_LABELS[regrade.asked.type]}"
    return post(
        f"regrade.{what}", Subject("regrade", regrade.id, label), mine_id=regrade.mine_id, by=by,
        payload={"status": str(regrade.status), **payload},
    )  # fmt: skip
