"""Steps that the verbs of the organisation share: who may, lock the row, what holds today, the ledger line."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta
from uuid import UUID

from django.db.models import Q
from django.utils.translation import gettext as _

from kuangdeng.kernel import clock
from kuangdeng.kernel.errors import NotVisible, Refused
from kuangdeng.kernel.language import in_chinese
from kuangdeng.ledger.api import Subject, post
from kuangdeng.org.models import ApiToken, Membership, Mine, Person, RoleGrant, SignIn, Unit, UnitName
from kuangdeng.org.queries import may
from kuangdeng.org.rules import Role

EARLIEST = date(1950, 1, 1)


def locked_person(person_id: UUID, by: Person) -> Person:
    """The person, locked until the verb ends. NotVisible in another mine."""
    person = (
        Person.objects.select_for_update(of=("self",))
        .select_related("unit", "mine")
        .filter(id=person_id, mine_id=by.mine_id)
        .first()
    )
    if person is None:
        raise NotVisible
    return person


def locked_unit(unit_id: UUID, by: Person) -> Unit:
    """The unit, locked until the verb ends. NotVisible in another mine."""
    unit = Unit.objects.select_for_update(of=("self",)).filter(id=unit_id, mine_id=by.mine_id).first()
    if unit is None:
        raise NotVisible
    return unit


def lock_tree(mine_id: UUID) -> None:
    """Changes of the unit tree wait for each other, so that two moves never make a ring."""
    Mine.objects.select_for_update().get(id=mine_id)


def open_unit(unit_id: UUID | None, by: Person, *, field: str = "unit") -> Unit | None:
    """A unit of this mine that is not closed. Refused otherwise."""
    if unit_id is None:
        return None
    unit = Unit.objects.filter(id=unit_id, mine_id=by.mine_id).first()
    if unit is None:
        raise Refused(_("没有找到这个单位。请重新选择。"), field=field)
    if unit.closed_on is not None and unit.closed_on <= clock.today():
        raise Refused(_("「%(unit)s」已撤销。请选择现有的单位。") % {"unit": unit.name}, field=field)
    return unit


def demand(by: Person, power: str, unit: Unit | None, doing: str) -> None:
    """Refused, in words, when `by` has not the power for this unit."""
    if not may(by, power, unit):
        where = f"「{unit.name}」" if unit else _("全矿")
        raise Refused(
            _("您没有权限%(doing)s（范围：%(where)s）。请联系系统管理员。") % {"doing": doing, "where": where},
            code="not_allowed",
        )


def need(text: str, message: str, *, field: str, longest: int = 60) -> str:
    """The text without outer blanks. Refused when nothing is left or it is too long."""
    text = text.strip()
    if not text:
        raise Refused(message, field=field)
    if len(text) > longest:
        raise Refused(_("太长了，最多 %(longest)s 个字。") % {"longest": longest}, field=field)
    return text


def day_in_range(day: date, *, field: str = "valid_from") -> date:
    """A day on which something may begin. Refused when it is far off: that is a typing mistake."""
    if not EARLIEST <= day <= clock.today() + timedelta(days=366):
        raise Refused(_("日期不对：最早 1950 年，最晚一年以后。请检查。"), field=field)
    return day


def enter(
    verb: str,
    subject: Person | Unit | Mine,
    by: Person | None,
    *,
    unit: Unit | None = None,
    payload: Mapping[str, object] | None = None,
    quantity: int = 1,
    occurred_at: datetime | None = None,
) -> None:
    """The ledger line of a verb on a person, a unit or the mine."""
    kind = {Person: "person", Unit: "unit", Mine: "mine"}[type(subject)]
    label = f"{subject.name}（{subject.number}）" if isinstance(subject, Person) else subject.name
    at = unit or (subject.unit if isinstance(subject, Person) else subject if isinstance(subject, Unit) else None)
    post(
        verb,
        Subject(kind, subject.id, label),
        mine_id=subject.id if isinstance(subject, Mine) else subject.mine_id,
        by=by,
        unit=at,
        payload=payload,
        quantity=quantity,
        occurred_at=occurred_at,
    )


def said(value: object) -> object:
    """A value as the ledger's payload keeps it."""
    if isinstance(value, date | UUID):
        return str(value)
    return value.name if isinstance(value, Unit) else value


# What holds on a day ------------------------------------------------------------------------------------------------


def hold_person(person: Person, day: date) -> bool:
    """Make `person` what his memberships say of `day`; whether anything changed. A null unit: he has left.

    Who left holds no role, no token and no session from that day on.
    """
    rows = person.memberships.select_related("unit")
    row = rows.filter(valid_from__lte=day).order_by("-valid_from").first()
    if row is None:
        return False
    leaving = row.unit is None
    before = (person.unit_id, person.trade, person.post, person.left_on, person.is_active)
    person.unit = row.unit
    if leaving:
        person.left_on, person.is_active = row.valid_from, False
    else:
        person.trade, person.post, person.is_active, person.left_on = row.trade, row.post, True, _leaves_on(person, day)
    if (person.unit_id, person.trade, person.post, person.left_on, person.is_active) == before:
        return False
    person.save(update_fields=["unit", "trade", "post", "left_on", "is_active"])
    if leaving:
        end_grants(RoleGrant.objects.filter(person=person), row.valid_from)
        ApiToken.objects.filter(person=person, revoked_at=None).update(revoked_at=clock.now())
        drop_sessions(SignIn.objects.filter(person=person).values_list("session_key", flat=True))
    return True


def _leaves_on(person: Person, day: date) -> date | None:
    """The day that is already known on which he will leave."""
    row = person.memberships.filter(valid_from__gt=day).order_by("valid_from").first()
    return row.valid_from if row and row.unit_id is None else None


def hold_unit(unit: Unit, day: date) -> bool:
    """Give `unit` the name that holds on `day`; whether it changed."""
    row = UnitName.objects.filter(unit=unit, valid_from__lte=day).order_by("-valid_from").first()
    if row is None or row.name == unit.name:
        return False
    unit.name = row.name
    unit.save(update_fields=["name"])
    return True


def end_grants(grants: "Iterable[RoleGrant]", first_day_without: date) -> list[str]:
    """Let roles end before a day; what had not begun by then is removed. Returns them in words."""
    ended = []
    last = first_day_without - timedelta(days=1)
    for grant in grants:
        if grant.valid_to is not None and grant.valid_to <= last:
            continue
        with in_chinese():
            ended.append(f"{grant.get_role_display()}（{grant.unit.name if grant.unit else '全矿'}）")
        if grant.valid_from > last:
            grant.delete()
        else:
            grant.valid_to = last
            grant.save(update_fields=["valid_to"])
    return ended


def keep_an_administrator(mine_id: UUID, day: date) -> None:
    """Refused when nobody would be left who may give roles: the mine would have locked itself out."""
    held = RoleGrant.objects.filter(
        Q(valid_to=None) | Q(valid_to__gte=day),
        role=Role.ADMINISTRATOR,
        unit=None,
        valid_from__lte=day,
        person__mine_id=mine_id,
        person__is_active=True,
    )
    if not held.exists():
        raise Refused(_("全矿至少要保留一名系统管理员。请先给别人授予系统管理员，再办理。"), code="last_administrator")


def drop_sessions(keys: "Iterable[str]") -> int:
    """End sessions: their cookies open nothing from now on."""
    from django.contrib.sessions.models import Session

    keys = list(keys)
    Session.objects.filter(session_key__in=keys).delete()
    SignIn.objects.filter(session_key__in=keys).delete()
    return len(keys)


def add_membership(person: Person, valid_from: date, unit: Unit | None, trade: str, post: str) -> Membership:
    """The row that holds from a day on; said again for the same day, the last word counts."""
    row, _made = Membership.objects.update_or_create(
        person=person, valid_from=valid_from, defaults={"unit": unit, "trade": trade, "post": post}
    )
    return row
