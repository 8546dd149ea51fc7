"""Steps that the verbs of the certificates share."""

from datetime import date
from uuid import UUID

from django.utils.translation import gettext as _

from kuangdeng.kernel import clock
from kuangdeng.kernel.errors import NotVisible, Refused
from kuangdeng.kernel.rows import one_of
from kuangdeng.learning.certificates.models import Certificate, CertificateStep
from kuangdeng.ledger.api import Subject
from kuangdeng.org.api import Person, has_power


def check(by: Person, power: str) -> None:
    """Refused for who has not this power."""
    if not has_power(by, power):
        raise Refused(_("您没有权限办理证照。请联系培训科。"), code="not_allowed")


def locked(certificate_id: UUID, mine_id: UUID) -> Certificate:
    """A certificate, locked. NotVisible when the mine has none like it."""
    rows = Certificate.objects.select_for_update(of=("self",)).select_related("type", "person__unit")
    found = one_of(rows.filter(id=certificate_id, mine_id=mine_id))
    if found is None:
        raise NotVisible
    return found


def note(one: Certificate, step: str, on: date, by: Person | None, remark: str = "") -> None:
    """A line in the history of a certificate."""
    CertificateStep.objects.create(
        certificate=one, step=step, on=on, valid_until=one.valid_until, review_by=one.review_by, remark=remark[:200],
        by=by, at=clock.now(),
    )  # fmt: skip


def of_certificate(one: Certificate) -> Subject:
    """A certificate as the ledger names it."""
    return Subject("certificate", one.id, f"{one.person.name} {one.type.name}")
