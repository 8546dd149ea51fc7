"""单位: founded, renamed, moved in the tree, closed; their Party branches."""

from datetime import date
from uuid import UUID

from django.db.models import ProtectedError
from django.utils.translation import gettext as _

from kuangdeng.kernel import clock
from kuangdeng.kernel.errors import Refused
from kuangdeng.kernel.verbs import verb
from kuangdeng.org import pinyin
from kuangdeng.org.models import Branch, Membership, Mine, Person, RoleGrant, Unit, UnitName
from kuangdeng.org.rules import Role
from kuangdeng.org.services._steps import (
    day_in_range,
    demand,
    end_grants,
    enter,
    hold_unit,
    lock_tree,
    locked_unit,
    need,
    open_unit,
    said,
)
from kuangdeng.org.services.passwords import one_time, set_one_time


@verb
def add_unit(
    *,
    name: str,
    kind: str,
    by: Person,
    parent_id: UUID | None = None,
    valid_from: date | None = None,
    code: str = "",
    short_name: str = "",
    is_front_line: bool = False,
    position: int = 0,
) -> Unit:
    """Found a unit (新建单位), under another or at the top of the mine.

    Refused when a sister has the name, when the code is taken, and for a team without a unit above it.
    """
    lock_tree(by.mine_id)
    parent = open_unit(parent_id, by, field="parent")
    demand(by, "org.manage", parent, _("新建单位"))
    unit = Unit(mine_id=by.mine_id, parent=parent, ancestors=_line(parent), kind=_kind(kind, parent))
    unit.name = need(name, _("请填写单位名称。"), field="name")
    unit.code, unit.short_name = code.strip(), short_name.strip()
    unit.is_front_line, unit.position = is_front_line, position
    _check_names(unit, unit.name)
    day = day_in_range(valid_from or clock.today())
    unit.save(force_insert=True)
    UnitName.objects.create(unit=unit, valid_from=day, name=unit.name)
    enter("unit.add", unit, by, payload={"kind": unit.kind, "parent": said(parent), "from": str(day)})
    return unit


@verb
def rename_unit(unit_id: UUID, *, name: str, valid_from: date, by: Person) -> Unit:
    """Give a unit another name from a day on (更名). Old records keep the name that it had on their day."""
    lock_tree(by.mine_id)
    unit = locked_unit(unit_id, by)
    demand(by, "org.manage", unit, _("给单位更名"))
    before = unit.name
    name = need(name, _("请填写新名称。"), field="name")
    if name == before:
        raise Refused(_("新名称和现在的一样。请填写新的名称。"), field="name")
    _check_names(unit, name)
    day = day_in_range(valid_from)
    if not unit.names.filter(valid_from__lt=day).exists():
        first = unit.names.order_by("valid_from").first()
        if first is not None and first.valid_from > day:
            raise Refused(
                _("这个单位从 %(valid_from)s 才有记录。请把日期改到那天或以后。")
                % {"valid_from": f"{first.valid_from:%Y-%m-%d}"},
                field="valid_from",
            )
        if first is None:
            UnitName.objects.create(unit=unit, valid_from=_first_day(unit, day), name=before)
    UnitName.objects.update_or_create(unit=unit, valid_from=day, defaults={"name": name})
    hold_unit(unit, clock.today())
    enter("unit.rename", unit, by, payload={"before": before, "name": name, "from": str(day)})
    return unit


def _first_day(unit: Unit, before: date) -> date:
    """A day before the change from which the old name is said to have held: the first that anybody worked there."""
    first = Membership.objects.filter(unit=unit, valid_from__lt=before).order_by("valid_from").first()
    return first.valid_from if first else date(1950, 1, 1)


@verb
def change_unit(
    unit_id: UUID,
    *,
    by: Person,
    kind: str,
    code: str = "",
    short_name: str = "",
    is_front_line: bool = False,
    position: int = 0,
) -> Unit:
    """Correct a unit's class, code, short name or order (更正单位资料). Its name and its place in the tree are other verbs."""
    unit = locked_unit(unit_id, by)
    demand(by, "org.manage", unit, _("更正单位资料"))
    fields = ("kind", "code", "short_name", "is_front_line", "position")
    before = {key: getattr(unit, key) for key in fields}
    unit.kind = _kind(kind, unit.parent)
    unit.code, unit.short_name = code.strip(), short_name.strip()
    unit.is_front_line, unit.position = is_front_line, position
    _check_names(unit, unit.name)
    unit.save(update_fields=fields)
    changed = {key: [before[key], getattr(unit, key)] for key in fields if before[key] != getattr(unit, key)}
    enter("unit.change", unit, by, payload={"changed": changed})
    return unit


@verb
def move_unit(unit_id: UUID, *, parent_id: UUID | None, by: Person) -> Unit:
    """Put a unit, with everything below it, under another one (改隶).

    Refused when the new parent lies below the unit itself.
    """
    lock_tree(by.mine_id)
    unit = locked_unit(unit_id, by)
    parent = open_unit(parent_id, by, field="parent")
    demand(by, "org.manage", unit, _("调整单位"))
    demand(by, "org.manage", parent, _("调整单位"))
    if parent is not None and (parent.id == unit.id or unit.id in parent.ancestors):
        raise Refused(
            _("「%(parent)s」在「%(unit)s」下面，不能作它的上级。请选择别的上级。")
            % {"parent": parent.name, "unit": unit.name},
            field="parent",
        )
    before = unit.parent
    unit.parent, unit.kind = parent, _kind(unit.kind, parent)
    _check_names(unit, unit.name)
    replant(unit, _line(parent))
    enter("unit.move", unit, by, payload={"from": said(before), "to": said(parent)})
    return unit


def replant(unit: Unit, line: list[UUID]) -> None:
    """Write the ancestors of a unit and of all below it; the caller has locked the tree."""
    depth = len(unit.ancestors)
    below = list(Unit.objects.filter(ancestors__contains=[unit.id]))
    for one in below:
        one.ancestors = [*line, *one.ancestors[depth:]]
    unit.ancestors = line
    unit.save(update_fields=["parent", "ancestors", "kind"])
    Unit.objects.bulk_update(below, ["ancestors"], batch_size=500)


@verb
def close_unit(unit_id: UUID, *, on: date, by: Person) -> Unit:
    """Close a unit (撤销单位); its records stay. Refused while somebody works there or a unit below it is open."""
    lock_tree(by.mine_id)
    unit = locked_unit(unit_id, by)
    demand(by, "org.manage", unit, _("撤销单位"))
    if unit.closed_on is not None:
        raise Refused(
            _("「%(unit)s」已于 %(closed_on)s 撤销。") % {"unit": unit.name, "closed_on": f"{unit.closed_on:%Y-%m-%d}"},
            code="closed",
        )
    day = day_in_range(on, field="on")
    people = Person.objects.filter(unit=unit, is_active=True).count()
    coming = Membership.objects.filter(unit=unit, valid_from__gt=clock.today()).count()
    if people or coming:
        raise Refused(
            _("「%(unit)s」还有 %(people)s 名职工。请先把他们调到别的单位。")
            % {"unit": unit.name, "people": people + coming},
            code="has_people",
        )
    children = unit.children.filter(closed_on=None).count()
    if children:
        raise Refused(
            _("「%(unit)s」下面还有 %(children)s 个单位。请先撤销或改隶它们。")
            % {"unit": unit.name, "children": children},
            code="has_units",
        )
    unit.closed_on = day
    unit.save(update_fields=["closed_on"])
    ended = end_grants(RoleGrant.objects.filter(unit=unit).select_related("unit"), day)
    enter("unit.close", unit, by, payload={"on": str(day), "roles_ended": ended})
    return unit


@verb
def set_branch(unit_id: UUID, *, name: str, by: Person) -> Branch | None:
    """Name the Party branch of a unit (设置党支部); an empty name takes it away. Refused when another has the name."""
    unit = locked_unit(unit_id, by)
    demand(by, "org.manage", unit, _("设置党支部"))
    branch = Branch.objects.filter(unit=unit).first()
    before, name = branch.name if branch else "", name.strip()
    if name and Branch.objects.filter(mine_id=unit.mine_id, name=name).exclude(unit=unit).exists():
        raise Refused(_("已有支部叫「%(name)s」。请换一个名称。") % {"name": name}, field="name")
    if not name and branch is not None:
        try:
            branch.delete()
        except ProtectedError:
            raise Refused(
                _("「%(name)s」牵头过整治落实小组，不能取消，可以改名。") % {"name": branch.name}, field="name"
            ) from None
        branch = None
    elif name:
        branch, _made = Branch.objects.update_or_create(
            unit=unit, defaults={"mine_id": unit.mine_id, "name": name[:60]}
        )
    enter("unit.branch", unit, by, payload={"before": before, "name": name})
    return branch


def _line(parent: Unit | None) -> list[UUID]:
    return [*parent.ancestors, parent.id] if parent else []


def _kind(kind: str, parent: Unit | None) -> str:
    if kind not in Unit.Kind.values:
        raise Refused(_("请选择单位类别：生产、辅助、科室或班组。"), field="kind")
    if kind == Unit.Kind.TEAM and parent is None:
        raise Refused(_("班组要属于一个区队或科室。请选择上级单位。"), field="parent")
    if parent is not None and parent.kind == Unit.Kind.TEAM:
        raise Refused(
            _("「%(parent)s」是班组，下面不能再设单位。请选择别的上级。") % {"parent": parent.name}, field="parent"
        )
    return kind


def _check_names(unit: Unit, name: str) -> None:
    sisters = Unit.objects.filter(mine_id=unit.mine_id, closed_on=None).exclude(id=unit.id)
    if sisters.filter(parent_id=unit.parent_id, name=name).exists():
        raise Refused(_("这里已有单位叫「%(name)s」。请换一个名称。") % {"name": name}, field="name")
    if unit.code and Unit.objects.filter(mine_id=unit.mine_id, code=unit.code).exclude(id=unit.id).exists():
        raise Refused(_("编码 %(code)s 已被别的单位使用。请换一个。") % {"code": unit.code}, field="code")


@verb
def found_mine(
    *, code: str, name: str, number: str, administrator: str, is_sample: bool = False
) -> tuple[Mine, Person, str]:
    """Begin a mine (建矿) with its first administrator; returns his one-time password, which is kept nowhere.

    Only the command line does this: nobody can sign in yet. Refused when the code is taken.
    """
    code = need(code, _("请给出矿的代码。"), field="code", longest=20)
    if taken := Mine.objects.filter(code=code).first():
        raise Refused(
            _("代码 %(code)s 已有矿使用：「%(mine)s」已经建好，请直接登录；要另建一个矿，请换代码。")
            % {"code": code, "mine": taken.name},
            field="code",
        )
    mine = Mine.objects.create(code=code, name=need(name, _("请给出矿名。"), field="name"), is_sample=is_sample)
    person = Person(mine=mine, number=need(number, _("请给出管理员的工号。"), field="number", longest=30))
    person.name = need(administrator, _("请给出管理员的姓名。"), field="administrator")
    person.pinyin, person.initials = pinyin.sort_key(person.name), pinyin.initials(person.name)
    password = one_time()
    set_one_time(person, password)
    person.save(force_insert=True)
    RoleGrant.objects.create(person=person, role=Role.ADMINISTRATOR, unit=None, valid_from=clock.today())
    enter("org.found", mine, None, payload={"code": code, "administrator": person.name, "number": person.number})
    return mine, person, password


@verb
def resume_founding(*, code: str, name: str, number: str) -> tuple[Mine, Person, str]:
    """Go on with a mine whose founding broke off (继续建矿): its administrator gets a new one-time password.

    The first one was shown to nobody. Who has signed in meanwhile keeps his own; then the password is empty. Only the
    command line does this. Refused when name or number are not those of the founding: that is another mine, and its
    code is taken.
    """
    mine = Mine.objects.select_for_update().get(code=code)
    person = Person.objects.select_for_update().filter(mine=mine).order_by("id").first()
    if person is None or (name.strip(), number.strip()) != (mine.name, person.number):
        raise Refused(
            _(
                "代码 %(code)s 的矿上次没有建完：「%(mine)s」，管理员工号 %(number)s。"
                "要继续，请用同样的矿名和工号再运行一次；要另建一个矿，请换代码。"
            )
            % {"code": code, "mine": mine.name, "number": person.number if person else ""},
            field="code",
        )
    password = one_time() if person.must_change_password else ""
    if password:
        set_one_time(person, password)
        person.save(update_fields=["password", "must_change_password", "password_changed_at"])
    enter("org.resume_founding", mine, None, payload={"code": code, "administrator": person.name, "number": number})
    return mine, person, password
