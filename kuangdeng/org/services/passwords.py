"""密码: issued once on a slip, changed at the first sign-in, reset by those who answer for the person."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from django.contrib.auth.hashers import PBKDF2PasswordHasher, get_hasher
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from kuangdeng.kernel import clock
from kuangdeng.kernel.errors import Refused
from kuangdeng.kernel.verbs import verb
from kuangdeng.org import pinyin
from kuangdeng.org.models import Person, SignIn, Unit
from kuangdeng.org.queries import reach, roles_for
from kuangdeng.org.rules import ONE_TIME_SIGNS, may_reset, password_fault
from kuangdeng.org.services._steps import demand, drop_sessions, enter, locked_person, open_unit

ONE_TIME_GROUPS, ONE_TIME_GROUP = 3, 4
ONE_TIME_ITERATIONS = 1000
"""A one-time password is drawn by us: 12 of 31 signs are 59 bits, which no amount of guessing reaches in its 30 days,
so it needs no slow hash. 3,000 slips take seconds instead of 20 minutes, and the first sign-in replaces it."""


def one_time() -> str:
    """A new one-time password, like k7mn-x2qd-9fhp: readable in bad light, too many to guess."""
    groups = (
        "".join(secrets.choice(ONE_TIME_SIGNS) for _sign in range(ONE_TIME_GROUP)) for _group in range(ONE_TIME_GROUPS)
    )
    return "-".join(groups)


def set_one_time(person: Person, password: str) -> None:
    """Let `password` open this account once; the caller saves."""
    person.password = _quick_hash(password)
    person.must_change_password = True
    person.password_changed_at = clock.now()


def _quick_hash(password: str) -> str:
    hasher = get_hasher()
    if isinstance(hasher, PBKDF2PasswordHasher):
        return hasher.encode(password, hasher.salt(), iterations=ONE_TIME_ITERATIONS)
    return hasher.encode(password, hasher.salt())


@verb
def change_password(*, old: str, new: str, by: Person) -> Person:
    """Choose one's own password (修改密码). Every other session of this person ends.

    Refused when the old one is wrong, when the new one is the old one, or is what others would guess.
    """
    person = locked_person(by.id, by)
    if not person.check_password(old):
        raise Refused(_("原密码不对。请重新输入。"), field="old")
    if new == old:
        raise Refused(_("新密码和原密码一样。请换一个。"), field="new")
    fault = fault_of(person, new)
    if fault:
        raise Refused(fault, field="new")
    person.set_password(new)
    person.must_change_password = False
    person.password_changed_at = clock.now()
    person.save(update_fields=["password", "must_change_password", "password_changed_at"])
    enter("password.change", person, by)
    return person


def fault_of(person: Person, password: str) -> str | None:
    """What is wrong with this password for this person, as a sentence."""
    parts = pinyin.syllables(person.name)
    return password_fault(
        password,
        number=person.number,
        name_spellings=["".join(parts), "".join([*parts[1:], *parts[:1]]), person.initials],
        born_on=person.born_on,
        phone=person.phone,
    )


@verb
def reset_password(person_id: UUID, *, by: Person) -> str:
    """Give somebody who forgot his password a one-time one (重置密码); it is returned once and kept nowhere.

    All his sessions end. Refused for oneself, and for somebody who may do more than `by`: who resets a password
    can sign in with it.
    """
    person = locked_person(person_id, by)
    demand(by, "org.reset_password", person.unit, _("重置密码"))
    if person.id == by.id:
        raise Refused(_("自己的密码请在「我的」里修改。"), code="own")
    if not person.is_active:
        raise Refused(_("%(person)s已离矿，不能重置密码。") % {"person": person.name}, code="left")
    if not may_reset_for(by, person):
        raise Refused(
            _("%(person)s的职责比您的范围大，请由系统管理员重置密码。") % {"person": person.name}, code="not_allowed"
        )
    password = one_time()
    set_one_time(person, password)
    person.save(update_fields=["password", "must_change_password", "password_changed_at"])
    drop_sessions(SignIn.objects.filter(person=person).values_list("session_key", flat=True))
    enter("password.reset", person, by)
    return password


def may_reset_for(by: Person, person: Person) -> bool:
    """Whether `by` stands above `person` for a reset; an administrator of one unit does so for that unit only."""
    doer = frozenset(held.role for held in roles_for(by, person.unit))
    target = roles_for(person, None, everywhere=True)
    limits = reach(by, "org.reset_password")
    if limits is not None and any(held.unit_id is None or held.unit_id not in limits for held in target):
        return False
    return may_reset(doer, frozenset(held.role for held in target))


@dataclass(frozen=True)
class Slip:
    """One line of the slips that are cut and handed out: whose, of which unit, and the password."""

    number: str
    name: str
    unit: str
    password: str


@verb
def issue_passwords(*, unit_id: UUID | None, by: Person) -> Sequence[Slip]:
    """Draw first passwords for everybody of a unit (and below) who has never signed in (发放首次密码).

    They are returned once, for the printed slips, and kept nowhere. Made when they are handed out and unit by unit,
    not by the import, so that no file with the passwords of 3,000 people lies about. Who has a password of his own
    keeps it. Refused when nobody is waiting for one.
    """
    unit = open_unit(unit_id, by)
    demand(by, "org.manage", unit, _("发放首次密码"))
    persons = list(
        _waiting(by, unit)
        .select_for_update(of=("self",))
        .select_related("unit")
        .order_by("unit__position", "unit__name", "pinyin")
    )
    if not persons:
        raise Refused(
            _("这个范围里没有等待首次密码的职工：都已经登录过了。忘记密码的请在个人页面重置。"), code="nobody"
        )
    slips = []
    for person in persons:
        password = one_time()
        set_one_time(person, password)
        slips.append(Slip(person.number, person.name, person.unit.name if person.unit else "", password))
    Person.objects.bulk_update(persons, ["password", "must_change_password", "password_changed_at"], batch_size=500)
    enter("password.issue", unit or by.mine, by, payload={"persons": len(slips)}, quantity=len(slips))
    return slips


def _waiting(by: Person, unit: Unit | None) -> QuerySet[Person]:
    """Active persons who never signed in, of a unit and below, or of the whole mine."""
    persons = Person.objects.filter(
        mine_id=by.mine_id, is_active=True, last_login=None, must_change_password=True
    ).exclude(id=by.id)
    if unit is not None:
        persons = persons.filter(Q(unit=unit) | Q(unit__ancestors__contains=[unit.id]))
    return persons
