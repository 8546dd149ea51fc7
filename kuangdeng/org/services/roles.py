"""角色: given for a unit from a day on, and taken back."""

from datetime import date
from uuid import UUID

from django.db.models import Q
from django.utils.translation import gettext as _

from kuangdeng.kernel import clock
from kuangdeng.kernel.errors import NotVisible, Refused
from kuangdeng.kernel.verbs import verb
from kuangdeng.org.models import Person, RoleGrant, Unit
from kuangdeng.org.rules import MINE_WIDE, ROLE_LABELS, Role
from kuangdeng.org.services._steps import (
    day_in_range,
    demand,
    end_grants,
    enter,
    keep_an_administrator,
    locked_person,
    open_unit,
    said,
)


@verb
def grant_role(
    person_id: UUID,
    *,
    role: str,
    unit_id: UUID | None,
    by: Person,
    valid_from: date | None = None,
    valid_to: date | None = None,
) -> RoleGrant:
    """Give somebody a role for a unit and what is below it (授予角色). Without a unit it reaches the whole mine.

    Refused for the miner's role, which everybody has; for a unit's role without a unit; when he holds it already;
    and for a role over the whole mine unless `by` himself may give roles there.
    """
    person = locked_person(person_id, by)
    unit = open_unit(unit_id, by)
    chosen = _grantable(role, unit)
    demand(by, "org.grant_roles", _scope(chosen, unit), _("授予角色"))
    if not person.is_active:
        raise Refused(_("%(person)s已离矿，不能授予角色。请先办理调动。") % {"person": person.name}, code="left")
    day = day_in_range(valid_from or clock.today())
    if valid_to is not None and valid_to < day:
        raise Refused(_("截止日期早于开始日期。请检查。"), field="valid_to")
    held = RoleGrant.objects.filter(Q(valid_to=None) | Q(valid_to__gte=day), person=person, role=chosen, unit=unit)
    if valid_to is not None:
        held = held.filter(valid_from__lte=valid_to)
    if held.exists():
        where = unit.name if unit else _("全矿")
        raise Refused(
            _("%(person)s在这段时间已有「%(role)s」（%(where)s）。请先收回原来的，或改日期。")
            % {"person": person.name, "role": ROLE_LABELS[chosen], "where": where},
            field="role",
        )
    grant = RoleGrant.objects.create(person=person, role=chosen, unit=unit, valid_from=day, valid_to=valid_to)
    enter(
        "role.grant",
        person,
        by,
        unit=unit,
        payload={"grant": str(grant.id), "role": chosen, "unit": said(unit), "from": str(day), "to": said(valid_to)},
    )
    return grant


def _grantable(role: str, unit: Unit | None) -> Role:
    if role not in ROLE_LABELS or role == Role.MINER:
        raise Refused(_("请选择要授予的角色。矿工的角色人人都有，不用授予。"), field="role")
    chosen = Role(role)
    if unit is None and chosen not in MINE_WIDE and chosen is not Role.ADMINISTRATOR:
        raise Refused(_("「%(role)s」要指定单位。请选择单位。") % {"role": ROLE_LABELS[chosen]}, field="unit")
    return chosen


def _scope(role: Role, unit: Unit | None) -> Unit | None:
    """For which unit one must be allowed to give roles: a mine-wide role reaches everything, wherever it is given."""
    return None if role in MINE_WIDE else unit


@verb
def end_role(grant_id: UUID, *, by: Person, on: date | None = None) -> None:
    """Take a role back (收回角色): `on` is the first day without it, today when not said.

    Refused for the last administrator of the mine.
    """
    grant = RoleGrant.objects.select_related("unit").filter(id=grant_id, person__mine_id=by.mine_id).first()
    if grant is None:
        raise NotVisible
    person = locked_person(grant.person_id, by)
    grant = RoleGrant.objects.select_for_update(of=("self",)).select_related("unit").filter(id=grant_id).first()
    if grant is None:
        raise Refused(_("这个角色已经收回了。请刷新页面。"), code="gone")
    demand(by, "org.grant_roles", _scope(Role(grant.role), grant.unit), _("收回角色"))
    day = day_in_range(on or clock.today(), field="on")
    if grant.valid_to is not None and grant.valid_to < day:
        raise Refused(
            _("这个角色到 %(valid_to)s 已经截止。") % {"valid_to": f"{grant.valid_to:%Y-%m-%d}"}, code="ended"
        )
    end_grants([grant], day)
    keep_an_administrator(person.mine_id, day)
    enter(
        "role.end", person, by, unit=grant.unit, payload={"role": grant.role, "unit": said(grant.unit), "on": str(day)}
    )
