"""Steps that the verbs of the certificates share."""

from collections.abc import Mapping
from datetime import date
from uuid import UUID

from django.utils.translation import gettext as _

from kuangdeng.kernel import clock
from kuangdeng.kernel.errors import NotVisible, Refused
from kuangdeng.kernel.rows import one_of
from kuangdeng.learning.certificates.models import Certificate, CertificateStep
from kuangdeng.ledger.api import Entry, Subject, post
from kuangdeng.org.api import Person, Unit, has_power


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


def enter(
    verb: str,
    subject: Subject,
    mine_id: UUID,
    by: Person | None,
    payload: Mapping[str, object],
    *,
    unit: Unit | None = None,
    quantity: int = 1,
) -> Entry:
    """The ledger line of a verb of the certificates; the unit is the holder's."""
    told = {key: value for key, value in payload.items() if value not in (None, "", [], {})}
    return post(
        f"cert.{verb}", subject, mine_id=mine_id, by=by,
        unit=unit, payload=told, quantity=quantity,
    )  # fmt: skip
