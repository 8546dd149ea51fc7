"""Certificates one by one: registered, reviewed, renewed, corrected, taken back; and their kinds."""

from dataclasses import asdict, dataclass, field
from datetime import date
from uuid import UUID

from django.utils.translation import gettext as _

from kuangdeng.kernel import clock
from kuangdeng.kernel.errors import NotVisible, Refused
from kuangdeng.kernel.rows import one_of
from kuangdeng.kernel.tables import compact
from kuangdeng.kernel.verbs import verb
from kuangdeng.kernel.words import need, source_of
from kuangdeng.learning.certificates.models import Certificate, CertificateReminder, CertificateType
from kuangdeng.learning.certificates.rules import FLOW, TYPES, Event, Group, Status
from kuangdeng.learning.certificates.services._steps import check, locked, note, of_certificate
from kuangdeng.ledger.api import Subject, enter, post
from kuangdeng.org.api import Mine, Person


@verb
def set_up_certificates(*, mine: Mine, by: Person | None = None) -> int:
    """Give a mine the usual kinds of certificates, none of them confirmed (初始化证照种类). May run again."""
    there = set(CertificateType.objects.filter(mine=mine).values_list("name", flat=True))
    made = [
        CertificateType(mine=mine, name=one.name, group=one.group, trades=list(one.trades), valid_years=one.valid_years,
                        review_years=one.review_years, source=one.source)
        for one in TYPES if one.name not in there
    ]  # fmt: skip
    CertificateType.objects.bulk_create(made)
    post("cert.set_up", Subject("mine", mine.id, mine.name), mine_id=mine.id, by=by, payload={"types": len(made)})
    return len(made)


@dataclass(frozen=True)
class TypeData:
    """What a kind of certificate says."""

    name: str
    group: str = Group.TRADE
    trades: list[str] = field(default_factory=list)
    posts: list[str] = field(default_factory=list)
    valid_years: int = 6
    review_years: int = 0
    source: str = ""
    confirmed: bool = False
    in_use: bool = True


@verb
def save_type(*, data: TypeData, by: Person, type_id: UUID | None = None) -> CertificateType:
    """Add a kind of certificate or change one (设置证照种类): whose trade needs it, how long it holds.

    Refused for a name that is there, years that are none, and when it is called confirmed without a source.
    """
    check(by, "cert.types")
    name = need(data.name, _("请填写证照种类的名称。"), field="name", most=60)
    if (
        CertificateType.objects.filter(mine_id=by.mine_id, name=name)
        .exclude(id__in=[type_id] if type_id else [])
        .exists()
    ):
        raise Refused(_("已经有「%s」这种证照。") % name, field="name", code="again")
    if not 1 <= data.valid_years <= 50:
        raise Refused(_("请填 %(least)d 到 %(most)d。") % {"least": 1, "most": 50}, field="valid_years")
    values = {**asdict(data), "name": name, "source": source_of(data.source, confirmed=data.confirmed)}
    if type_id is None:
        one = CertificateType.objects.create(mine_id=by.mine_id, **values)
    else:
        found = one_of(CertificateType.objects.select_for_update(of=("self",)).filter(id=type_id, mine_id=by.mine_id))
        if found is None:
            raise NotVisible
        one = found
        for key, value in values.items():
            setattr(one, key, value)
        one.save()
    told = {"valid_years": one.valid_years, "review_years": one.review_years, "trades": one.trades, "posts": one.posts,
            "source": one.source, "confirmed": one.confirmed, "in_use": one.in_use}  # fmt: skip
    enter("cert.save_type", Subject("certificate_type", one.id, one.name), by.mine_id, by, told)
    return one


@dataclass(frozen=True)
class CertificateData:
    """What stands on a certificate."""

    type_id: UUID
    number: str
    first_on: date
    valid_from: date
    valid_until: date
    issuer: str = ""
    review_by: date | None = None


def _days(first_on: date, valid_from: date, valid_until: date) -> None:
    if valid_until < valid_from:
        raise Refused(_("有效期止不能早于有效期起。"), field="valid_until")
    if first_on > valid_from:
        raise Refused(_("初领日期不能晚于有效期起。"), field="first_on")


def _number(number: str, type_id: UUID, by: Person, but: UUID | None = None) -> str:
    words = need(compact(number), _("请填写证号。"), field="number", most=40)
    rows = Certificate.objects.filter(mine_id=by.mine_id, type_id=type_id, number=words)
    taken = one_of(rows.exclude(id__in=[but] if but else []).select_related("person"))
    if taken is not None:
        raise Refused(_("这个证号已登记在%s名下。") % taken.person.name, field="number", code="taken")
    return words


@verb
def issue_certificate(*, person_id: UUID, data: CertificateData, by: Person, is_sample: bool = False) -> Certificate:
    """Register a certificate (登记证照). Refused for a number that is taken, and when he holds one of this kind."""
    check(by, "cert.issue")
    person = one_of(Person.objects.select_related("unit").filter(id=person_id, mine_id=by.mine_id))
    kind = one_of(CertificateType.objects.filter(id=data.type_id, mine_id=by.mine_id, in_use=True))
    if person is None or kind is None:
        raise NotVisible
    number = _number(data.number, kind.id, by)
    _days(data.first_on, data.valid_from, data.valid_until)
    if Certificate.objects.filter(person=person, type=kind, status=Status.HELD).exists():
        said = _("%(name)s已经有一本%(kind)s。请办复审延期，或先注销旧证。")
        raise Refused(said % {"name": person.name, "kind": kind.name}, field="type", code="again")
    one = Certificate.objects.create(
        mine_id=by.mine_id, person=person, type=kind, number=number, issuer=data.issuer.strip()[:100],
        first_on=data.first_on, valid_from=data.valid_from, valid_until=data.valid_until, review_by=data.review_by,
        status=FLOW.target("issue", None), is_sample=is_sample, added_at=clock.now(),
    )  # fmt: skip
    note(one, Event.ISSUE, data.valid_from, by)
    told = {"number": number, "valid_until": one.valid_until.isoformat(), "issuer": one.issuer}
    enter("cert.issue", of_certificate(one), by.mine_id, by, told, unit=person.unit)
    return one


@verb
def renew_certificate(
    certificate_id: UUID,
    *,
    on: date,
    by: Person,
    valid_until: date | None = None,
    review_by: date | None = None,
    remark: str = "",
) -> Certificate:
    """Enter a review (复审) or a renewal (延期换证) of a certificate: its new end, or its next review.

    Refused without either, for an end that is not later, and for a day to come.
    """
    check(by, "cert.renew")
    one = locked(certificate_id, by.mine_id)
    one.status = FLOW.target("renew", one.status)
    if on > clock.today():
        raise Refused(_("办理日期不能晚于今天。"), field="on")
    if valid_until is None and review_by is None:
        raise Refused(_("请填新的有效期止（延期换证），或下次应复审日期（复审）。"), field="valid_until")
    if valid_until is not None and valid_until <= one.valid_until:
        raise Refused(_("新的有效期止要晚于现在的 %s。") % one.valid_until, field="valid_until")
    if valid_until is not None:
        one.valid_from, one.valid_until = max(one.first_on, min(on, valid_until)), valid_until
    one.review_by = review_by
    one.save()
    step = Event.RENEW if valid_until is not None else Event.REVIEW
    note(one, step, on, by, remark)
    told = {"step": step, "valid_until": one.valid_until.isoformat(), "review_by": review_by and review_by.isoformat(),
            "remark": remark.strip()}  # fmt: skip
    enter("cert.renew", of_certificate(one), by.mine_id, by, told, unit=one.person.unit)
    return one


@verb
def correct_certificate(certificate_id: UUID, *, data: CertificateData, reason: str, by: Person) -> Certificate:
    """Put right what was entered wrongly (更正证照). Refused without a reason, and once it was taken back."""
    check(by, "cert.correct")
    one = locked(certificate_id, by.mine_id)
    one.status = FLOW.target("correct", one.status)
    why = need(reason, _("请写明更正的原因。"), field="reason")
    _days(data.first_on, data.valid_from, data.valid_until)
    before = f"{one.number} {one.valid_from}—{one.valid_until}"
    one.number, one.issuer = _number(data.number, one.type_id, by, one.id), data.issuer.strip()[:100]
    one.first_on, one.valid_from, one.valid_until = data.first_on, data.valid_from, data.valid_until
    one.review_by = data.review_by
    one.save()
    note(one, Event.CORRECT, clock.today(), by, why)
    told = {"before": before, "number": one.number, "valid_until": one.valid_until.isoformat(), "reason": why}
    enter("cert.correct", of_certificate(one), by.mine_id, by, told, unit=one.person.unit)
    return one


@verb
def revoke_certificate(certificate_id: UUID, *, reason: str, by: Person) -> Certificate:
    """Enter that a certificate was taken back, or given up (注销证照). Refused without a reason, and twice."""
    check(by, "cert.revoke")
    one = locked(certificate_id, by.mine_id)
    one.status = FLOW.target("revoke", one.status)
    why = need(reason, _("请写明注销的原因。"), field="reason")
    one.save(update_fields=["status"])
    note(one, Event.REVOKE, clock.today(), by, why)
    enter(
        "cert.revoke", of_certificate(one), by.mine_id, by, {"number": one.number, "reason": why}, unit=one.person.unit
    )
    return one


@verb
def remind(certificate_id: UUID, *, due_on: date, step: int) -> CertificateReminder | None:
    """Tell holder, unit and training department that a certificate runs out or is to be reviewed (到期提醒), each step once.

    The system does this by itself. Nothing happens when it was renewed meanwhile, or another worker has told it.
    """
    rows = Certificate.objects.select_for_update(of=("self",)).select_related("type", "person__unit")
    one = one_of(rows.filter(id=certificate_id, status=Status.HELD))
    if one is None or due_on not in (one.valid_until, one.review_by):
        return None
    made, new = CertificateReminder.objects.get_or_create(
        certificate=one, due_on=due_on, step=step, defaults={"at": clock.now()}
    )
    if not new:
        return None
    told = {"due_on": due_on.isoformat(), "days": step, "review": due_on != one.valid_until, "number": one.number}
    enter("cert.remind", of_certificate(one), one.mine_id, None, told, unit=one.person.unit)
    return made
