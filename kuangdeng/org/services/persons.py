"""职工: come, are corrected, change their unit, leave."""

from collections.abc import Mapping
from datetime import date
from uuid import UUID

from django.utils.translation import gettext as _

from kuangdeng.kernel import clock
from kuangdeng.kernel.errors import Refused
from kuangdeng.kernel.verbs import verb
from kuangdeng.org import pinyin
from kuangdeng.org.models import Mine, Person, RoleGrant, Unit
from kuangdeng.org.services._steps import (
    add_membership,
    day_in_range,
    demand,
    end_grants,
    enter,
    hold_person,
    keep_an_administrator,
    locked_person,
    need,
    open_unit,
    said,
)

FACTS = ("name", "number", "sex", "born_on", "member_since", "phone", "email")
"""What `change_person` corrects; unit, trade and post change from a day on, by `move_person`."""


@verb
def add_person(
    *,
    number: str,
    name: str,
    unit_id: UUID,
    by: Person,
    trade: str = "",
    post: str = "",
    valid_from: date | None = None,
    **facts: object,
) -> Person:
    """Enter somebody who begins to work at the mine (登记职工). He cannot sign in before a password is issued.

    Refused when the number is taken, also by somebody who left: an old record must not change its person.
    """
    unit = open_unit(unit_id, by)
    demand(by, "org.manage", unit, _("登记职工"))
    person = Person(mine_id=by.mine_id, number=_number(number, by.mine), is_active=True)
    person.set_unusable_password()
    _set_facts(person, {"name": name, **facts})
    day = day_in_range(valid_from or clock.today())
    person.save(force_insert=True)
    add_membership(person, day, unit, trade.strip(), post.strip())
    hold_person(person, clock.today())
    enter(
        "person.add",
        person,
        by,
        unit=unit,
        payload={"number": person.number, "from": str(day), "trade": trade, "post": post},
    )
    return person


@verb
def change_person(person_id: UUID, *, changes: Mapping[str, object], by: Person) -> Person:
    """Correct a person's facts (更正职工资料): name, number, sex, birth, party member since, phone, mail.

    Everybody may correct his own phone and mail; the rest belongs to the administrator, because the name of a person
    stands on the ledger.
    """
    person = locked_person(person_id, by)
    if not (person.id == by.id and set(changes) <= {"phone", "email"}):
        demand(by, "org.manage", person.unit, _("更正职工资料"))
    before = {key: getattr(person, key) for key in FACTS}
    if "number" in changes and str(changes["number"]).strip() != person.number:
        person.number = _number(str(changes["number"]), by.mine)
    _set_facts(person, {key: value for key, value in changes.items() if key != "number"})
    changed = {
        key: [said(before[key]), said(getattr(person, key))] for key in FACTS if before[key] != getattr(person, key)
    }
    person.save(update_fields=[*FACTS, "pinyin", "initials"])
    enter("person.change", person, by, payload={"changed": changed})
    return person


@verb
def move_person(
    person_id: UUID,
    *,
    unit_id: UUID,
    valid_from: date,
    by: Person,
    trade: str = "",
    post: str = "",
    end_roles: bool = True,
) -> Person:
    """Let a person work in another unit, trade or post from a day on (调动). A day to come takes effect on that day.

    With `end_roles` the roles that he held for the unit he leaves end with it. Somebody who had left comes back
    this way. Refused for a day before he began at the mine.
    """
    person = locked_person(person_id, by)
    unit = open_unit(unit_id, by)
    assert unit is not None
    demand(by, "org.manage", unit, _("办理调动"))
    if person.unit is not None:
        demand(by, "org.manage", person.unit, _("办理调动"))
    day = day_in_range(valid_from)
    first = person.memberships.order_by("valid_from").first()
    if first is not None and day < first.valid_from:
        raise Refused(
            _("%(person)s从 %(valid_from)s 起才有在矿记录。请把日期改到那天或以后。")
            % {"person": person.name, "valid_from": f"{first.valid_from:%Y-%m-%d}"},
            field="valid_from",
        )
    before = person.unit
    add_membership(person, day, unit, trade.strip(), post.strip())
    ended = _end_roles_of(person, before, unit, day) if end_roles else []
    hold_person(person, clock.today())
    if ended:
        keep_an_administrator(person.mine_id, clock.today())
    enter(
        "person.move",
        person,
        by,
        unit=unit,
        payload={
            "from_unit": said(before),
            "to_unit": unit.name,
            "from": str(day),
            "trade": trade,
            "post": post,
            "roles_ended": ended,
        },
    )
    return person


def _end_roles_of(person: Person, before: Unit | None, after: Unit, day: date) -> list[str]:
    """Roles for the unit that is left, or below it, unless the new unit lies within them."""
    if before is None or before.id == after.id:
        return []
    grants = RoleGrant.objects.filter(person=person, unit__isnull=False).select_related("unit")
    keep = {after.id, *after.ancestors}
    return end_grants([grant for grant in grants if grant.unit_id not in keep], day)


@verb
def leave(person_id: UUID, *, on: date, by: Person) -> Person:
    """Record that a person leaves the mine (离矿): from that day he is of no unit and cannot sign in.

    His record stays, with everything that he did. Refused for oneself, and for the last administrator.
    """
    person = locked_person(person_id, by)
    demand(by, "org.manage", person.unit, _("办理离矿"))
    if person.id == by.id:
        raise Refused(_("不能给自己办理离矿。请由另一名系统管理员办理。"), code="own")
    day = day_in_range(on, field="on")
    last = person.memberships.filter(unit__isnull=False).order_by("-valid_from").first()
    if last is not None and day <= last.valid_from:
        raise Refused(
            _("%(person)s从 %(valid_from)s 起在现单位。离矿日期要晚于这一天。")
            % {"person": person.name, "valid_from": f"{last.valid_from:%Y-%m-%d}"},
            field="on",
        )
    unit = person.unit
    add_membership(person, day, None, person.trade, person.post)
    hold_person(person, clock.today())
    if day > clock.today():
        person.left_on = day
        person.save(update_fields=["left_on"])
    keep_an_administrator(person.mine_id, max(day, clock.today()))
    enter("person.leave", person, by, unit=unit, payload={"on": str(day)})
    return person


def _number(number: str, mine: Mine) -> str:
    number = need("".join(number.split()), _("请填写工号。"), field="number", longest=30)
    if Person.objects.filter(mine=mine, number=number).exists():
        raise Refused(
            _("工号 %(number)s 已有人使用。请核对工号；重新入矿的人请在原来的档案上办理调动。") % {"number": number},
            field="number",
        )
    return number


def _set_facts(person: Person, facts: Mapping[str, object]) -> None:
    unknown = set(facts) - set(FACTS)
    if unknown:
        raise TypeError(f"no such facts of a person: {sorted(unknown)}")
    for key, value in facts.items():
        setattr(person, key, value.strip() if isinstance(value, str) else value)
    if "name" in facts:
        person.name = need(str(facts["name"]), _("请填写姓名。"), field="name")
        person.pinyin, person.initials = pinyin.sort_key(person.name), pinyin.initials(person.name)
    for key, label in (("born_on", _("出生日期")), ("member_since", _("入党日期"))):
        day = getattr(person, key)
        if day is not None and not date(1900, 1, 1) <= day <= clock.today():
            raise Refused(_("%(label)s不对。请检查。") % {"label": label}, field=key)
    if person.born_on and person.member_since and person.member_since < person.born_on:
        raise Refused(_("入党日期早于出生日期。请检查。"), field="member_since")
