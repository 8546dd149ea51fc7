"""Lists: certificates that come in from a spreadsheet, and the list of who may not go underground as it goes out."""

from datetime import date
from uuid import UUID

from django.utils.translation import gettext as _

from kuangdeng.kernel import clock
from kuangdeng.kernel.errors import NotVisible, Refused
from kuangdeng.kernel.language import in_chinese
from kuangdeng.kernel.rows import one_of
from kuangdeng.kernel.verbs import verb
from kuangdeng.learning.certificates import queries
from kuangdeng.learning.certificates.models import BarredList, Certificate, CertificateStep
from kuangdeng.learning.certificates.queries import KIND
from kuangdeng.learning.certificates.rules import FLOW, Event
from kuangdeng.learning.certificates.services._steps import check
from kuangdeng.ledger.api import Subject, enter
from kuangdeng.org.api import ImportRun, Person


def _locked(run_id: UUID, by: Person) -> ImportRun:
    check(by, "cert.issue")
    run = one_of(ImportRun.objects.select_for_update(of=("self",)).filter(id=run_id, mine_id=by.mine_id, kind=KIND))
    if run is None:
        raise NotVisible
    if run.state != ImportRun.State.PREVIEW:
        raise Refused(_("这次导入已经写入或放弃了。"), code="wrong_state")
    return run


@verb
def confirm_import(run_id: UUID, *, by: Person) -> ImportRun:
    """Write the certificates of a preview (确认导入证照): new ones, and the dates of those that are there.

    Rows with problems are left out; everything else is written at once, or nothing. Refused when nothing good was read,
    or a row has meanwhile become impossible.
    """
    run = _locked(run_id, by)
    drafts = run.report.get("drafts", [])
    if not drafts:
        raise Refused(_("没有可以导入的证照。请先按问题清单改好文件，再重新上传。"), code="nothing")
    known, held = queries.known_numbers(by.mine_id), queries.held_types(by.mine_id)
    made: list[Certificate] = []
    changed: list[Certificate] = []
    for line in drafts:
        one = _fresh(line, known.get((UUID(line["type"]), line["certificate"])), by)
        other = held.get((one.person_id, one.type_id))
        if other is not None and other.number != one.number:
            raise Refused(_("第 %(n)d 行的人已有同种证照，请重新上传预览。") % {"n": line["row"]}, code="changed")
        (changed if line["certificate"] and (one.type_id, one.number) in known else made).append(one)
    Certificate.objects.bulk_create(made)
    Certificate.objects.bulk_update(changed, ["issuer", "first_on", "valid_from", "valid_until", "review_by"])
    today, at = clock.today(), clock.now()
    CertificateStep.objects.bulk_create(
        CertificateStep(certificate=one, step=Event.IMPORT, on=today, valid_until=one.valid_until, review_by=one.review_by,
                        remark=run.file_name[:200], by=by, at=at)
        for one in [*made, *changed]
    )  # fmt: skip
    run.state, run.finished_at = ImportRun.State.DONE, at
    run.report = {**run.report, "made": len(made), "changed": len(changed)}
    run.save(update_fields=["state", "finished_at", "report"])
    told = {"made": len(made), "changed": len(changed), "problems": len(run.problems), "file_sha256": run.file_sha256}
    enter(
        "cert.import", Subject("certificate_import", run.id, run.file_name), by.mine_id, by, told, quantity=len(drafts)
    )
    return run


def _fresh(line: dict[str, str], there: Certificate | None, by: Person) -> Certificate:
    one = there or Certificate(
        mine_id=by.mine_id, person_id=UUID(line["person"]), type_id=UUID(line["type"]), number=line["certificate"],
        status=FLOW.target("issue", None), added_at=clock.now(),
    )  # fmt: skip
    one.issuer = line["issuer"] or one.issuer
    one.first_on, one.valid_from = date.fromisoformat(line["first_on"]), date.fromisoformat(line["valid_from"])
    one.valid_until = date.fromisoformat(line["valid_until"])
    one.review_by = date.fromisoformat(line["review_by"]) if line["review_by"] else one.review_by
    return one


@verb
def drop_import(run_id: UUID, *, by: Person) -> ImportRun:
    """Throw a preview away (放弃导入证照); nothing was written. Refused once it was confirmed."""
    run = _locked(run_id, by)
    run.state, run.finished_at = ImportRun.State.DROPPED, clock.now()
    run.save(update_fields=["state", "finished_at"])
    enter("cert.drop_import", Subject("certificate_import", run.id, run.file_name), by.mine_id, by, {})
    return run


@verb
def publish_barred(*, month: date, by: Person) -> BarredList:
    """Send out who may not go underground in a month (发布不能入井名单), as it is at this moment; units are told of theirs.

    Who works only on the surface is not on it, but counted. A list that went out is never changed; a later one stands
    beside it. Refused for a month that is past.
    """
    check(by, "cert.publish")
    first = month.replace(day=1)
    if first < clock.today().replace(day=1):
        raise Refused(_("不能发布过去月份的名单。"), field="month")
    with in_chinese():
        found = queries.barred(by, first)
        lines = [
            {
                "person": str(one.person.id), "name": one.person.name, "number": one.person.number,
                "unit": one.person.unit.full_name if one.person.unit else "", "unit_id": str(one.person.unit_id or ""),
                "trade": one.person.trade, "reasons": [why.text for why in one.reasons],
                "codes": [why.code for why in one.reasons],
            }
            for one in found.rows
        ]  # fmt: skip
        label = f"{first.year}年{first.month}月"
    made = BarredList.objects.create(
        mine_id=by.mine_id, month=first, lines=lines, surface=len(found.surface), made_by=by, made_at=clock.now()
    )
    told = {"month": first.isoformat(), "heads": len(lines), "surface": made.surface or ""}
    enter("cert.publish", Subject("barred_list", made.id, label), by.mine_id, by, told, quantity=max(1, len(lines)))
    return made
