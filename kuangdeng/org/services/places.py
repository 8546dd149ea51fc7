"""The verbs of the place dictionary: 地点、别名、待确认写法."""

import secrets
from collections.abc import Sequence
from datetime import date
from uuid import UUID

from django.db import connection
from django.utils.translation import gettext as _

from kuangdeng.kernel import clock
from kuangdeng.kernel.errors import NotVisible, Refused
from kuangdeng.kernel.verbs import verb
from kuangdeng.ledger.api import Named, Subject, post
from kuangdeng.org.models import Mine, Person, Place, PlaceAlias, PlaceProposal, Unit
from kuangdeng.org.queries import may
from kuangdeng.org.queries.places import PlaceIndex
from kuangdeng.org.spelling import fold_place

TAG_LETTERS = "23456789abcdefghjkmnpqrstuvwxyz"
TAG_LENGTH = 10
DEEPEST = 12


def new_tag() -> str:
    """The secret of a place's QR tag: short enough to type, long enough not to be guessed (31^10)."""
    return "".join(secrets.choice(TAG_LETTERS) for _sign in range(TAG_LENGTH))


def _check(by: Person) -> None:
    if not may(by, "org.manage_places"):
        raise Refused(_("您没有权限管理地点。请联系安监部门或系统管理员。"), code="not_allowed")


def _name(text: str) -> str:
    name = " ".join(text.split())
    if not name:
        raise Refused(_("请填写地点名称。"), field="name")
    if len(name) > 60:
        raise Refused(_("地点名称太长，最多 60 个字。请缩短，详细位置写在「具体位置」里。"), field="name")
    return name


def _tree(mine_id: UUID) -> None:
    """Hold the mine's tree of places still: moves and renames touch whole branches. Reports do not wait for this."""
    Mine.objects.select_for_update(no_key=True).get(id=mine_id)


def _locked(place_id: UUID, by: Person) -> Place:
    place = Place.objects.select_for_update(of=("self",), no_key=True).filter(id=place_id, mine_id=by.mine_id).first()
    if place is None:
        raise NotVisible
    return place


def _enter(what: str, place: Place, by: Person, payload: dict[str, object] | None = None, quantity: int = 1) -> None:
    post(
        f"org.{what}",
        Subject("place", place.id, place.full_name),
        mine_id=place.mine_id,
        by=by,
        place=Named(place.id, place.full_name),
        quantity=quantity,
        payload=payload or {},
    )


def _check_parent(parent: Place | None, by: Person) -> None:
    if parent is None:
        return
    if parent.mine_id != by.mine_id:
        raise Refused(_("请选择本矿的上级地点。"), field="parent")
    if parent.closed_on is not None:
        raise Refused(
            _("「%(parent)s」已停用，不能再放入新的地点。请选择在用的上级地点。") % {"parent": parent.full_name},
            field="parent",
        )
    if len(parent.ancestors) + 2 > DEEPEST:
        raise Refused(_("地点最多分 %(deepest)s 级。请放在更高一级。") % {"deepest": DEEPEST}, field="parent")


def _check_free(mine_id: UUID, parent: Place | None, name: str, besides: UUID | None = None) -> None:
    """Refused when a sister place is written the same way, full-width and blanks aside."""
    sisters = Place.objects.filter(mine_id=mine_id, parent=parent).exclude(id__in=[besides] if besides else [])
    same = next((one for one in sisters if fold_place(one.name) == fold_place(name)), None)
    if same is not None:
        state = _("（已停用，可以恢复使用）") if same.closed_on else ""
        raise Refused(
            _("这里已经有「%(same)s」%(state)s，写法相同。请换一个名称，或直接使用它。")
            % {"same": same.name, "state": state},
            field="name",
        )


def _make(
    mine_id: UUID, name: str, parent: Place | None, kind: str = "", unit: Unit | None = None, confirmed: bool = True
) -> Place:
    full_name = f"{parent.full_name} {name}" if parent else name
    if len(full_name) > 300:
        raise Refused(_("地点全称太长，最多 300 个字。请缩短名称。"), field="name")
    return Place.objects.create(
        mine_id=mine_id,
        parent=parent,
        ancestors=[*parent.ancestors, parent.id] if parent else [],
        name=name,
        full_name=full_name,
        kind=kind.strip(),
        unit=unit,
        confirmed=confirmed,
        tag=new_tag(),
    )


@verb
def add_place(
    *,
    name: str,
    by: Person,
    parent: Place | None = None,
    kind: str = "",
    unit: Unit | None = None,
    confirmed: bool = True,
) -> Place:
    """Put a new place into the mine's tree (新增地点), with the tag that will hang there.

    Refused when a sister is written the same way, or the parent is closed.
    """
    _check(by)
    name = _name(name)
    _tree(by.mine_id)
    _check_parent(parent, by)
    _check_free(by.mine_id, parent, name)
    place = _make(by.mine_id, name, parent, kind, unit, confirmed)
    _enter("add_place", place, by, {"kind": place.kind, "confirmed": confirmed})
    return place


@verb
def change_place(place_id: UUID, *, kind: str, unit: Unit | None, by: Person) -> Place:
    """Say what kind of place it is and which unit answers for it (修改地点)."""
    _check(by)
    place = _locked(place_id, by)
    if unit is not None and (unit.mine_id != by.mine_id or unit.closed_on is not None):
        raise Refused(_("请选择本矿在用的责任单位。"), field="unit")
    place.kind, place.unit = kind.strip(), unit
    place.save(update_fields=["kind", "unit"])
    _enter("change_place", place, by, {"kind": place.kind, "unit": unit.name if unit else None})
    return place


@verb
def rename_place(place_id: UUID, *, name: str, by: Person) -> Place:
    """Give a place another name (改名): its old name stays as an alias, so old ledgers are still understood.

    Everything below carries the new path. What was written down before keeps the name that it had.
    Refused when a sister is written the same way.
    """
    _check(by)
    name = _name(name)
    _tree(by.mine_id)
    place = _locked(place_id, by)
    if name == place.name:
        raise Refused(_("新名称和现在的名称一样。"), field="name")
    _check_free(place.mine_id, place.parent, name, besides=place.id)
    before, old_name = place.full_name, place.name
    place.name = name
    place.full_name = f"{place.parent.full_name} {name}" if place.parent else name
    _carry_path(place, before)
    place.save(update_fields=["name", "full_name"])
    _keep_spelling(place, old_name)
    _enter("rename_place", place, by, {"before": before, "name": name})
    return place


def _carry_path(place: Place, before: str) -> None:
    """Rewrite the beginning of every path below the place."""
    if len(place.full_name) > 300:
        raise Refused(_("地点全称太长，最多 300 个字。请缩短名称。"), field="name")
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE org_place SET full_name = left(%s || substr(full_name, %s), 300)"
            " WHERE mine_id = %s AND ancestors @> ARRAY[%s]::uuid[]",
            [place.full_name, len(before) + 1, place.mine_id, place.id],
        )


def _keep_spelling(place: Place, spelling: str) -> None:
    """An old name stays understood, unless another place is written so."""
    folded = fold_place(spelling)
    if folded and folded != fold_place(place.name) and PlaceIndex(place.mine_id).resolve(spelling) is None:
        PlaceAlias.objects.bulk_create(
            [PlaceAlias(mine_id=place.mine_id, place=place, spelling=spelling, folded=folded)], ignore_conflicts=True
        )


@verb
def move_place(place_id: UUID, *, parent: Place | None, by: Person) -> Place:
    """Hang a place, with everything below it, elsewhere in the tree (调整上级).

    Refused below itself, into a closed place, or beside a sister written the same way.
    """
    _check(by)
    _tree(by.mine_id)
    place = _locked(place_id, by)
    if parent is not None:
        parent = Place.objects.filter(id=parent.id).first()
    _check_parent(parent, by)
    if parent is not None and (parent.id == place.id or place.id in parent.ancestors):
        raise Refused(_("不能把地点移到它自己下面。请选择别的上级地点。"), field="parent")
    _check_free(place.mine_id, parent, place.name, besides=place.id)
    before = place.full_name
    place.parent, place.ancestors = parent, [*parent.ancestors, parent.id] if parent else []
    place.full_name = f"{parent.full_name} {place.name}" if parent else place.name
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE org_place SET ancestors = %s::uuid[] || ancestors[array_position(ancestors, %s):]"
            " WHERE mine_id = %s AND ancestors @> ARRAY[%s]::uuid[]",
            [place.ancestors, place.id, place.mine_id, place.id],
        )
    _carry_path(place, before)
    place.save(update_fields=["parent", "ancestors", "full_name"])
    _enter("move_place", place, by, {"before": before})
    return place


@verb
def close_place(place_id: UUID, *, by: Person, on: date | None = None) -> Place:
    """Take a place out of use (停用): the face is worked out, the road sealed. Everything below goes with it.

    Old records keep it; nobody can choose it any more. Refused when it is closed already.
    """
    _check(by)
    _tree(by.mine_id)
    place = _locked(place_id, by)
    if place.closed_on is not None:
        raise Refused(_("这个地点已经停用。"))
    place.closed_on = on or clock.today()
    place.save(update_fields=["closed_on"])
    below = Place.objects.filter(mine_id=place.mine_id, ancestors__contains=[place.id], closed_on=None)
    count = below.update(closed_on=place.closed_on)
    _enter("close_place", place, by, {"on": place.closed_on.isoformat(), "below": count}, quantity=count + 1)
    return place


@verb
def reopen_place(place_id: UUID, *, by: Person) -> Place:
    """Take a closed place back into use (恢复使用), without what is below it.

    Refused when it is in use, or when its parent is closed.
    """
    _check(by)
    _tree(by.mine_id)
    place = _locked(place_id, by)
    if place.closed_on is None:
        raise Refused(_("这个地点正在使用，不用恢复。"))
    if place.parent is not None and place.parent.closed_on is not None:
        raise Refused(_("上级「%(parent)s」已停用。请先恢复上级地点。") % {"parent": place.parent.full_name})
    place.closed_on = None
    place.save(update_fields=["closed_on"])
    _enter("reopen_place", place, by)
    return place


@verb
def confirm_place(place_id: UUID, *, by: Person) -> Place:
    """Stand for it that this place exists under this name (确认地点). Refused when it is confirmed already."""
    _check(by)
    place = _locked(place_id, by)
    if place.confirmed:
        raise Refused(_("这个地点已经确认过了。"))
    place.confirmed = True
    place.save(update_fields=["confirmed"])
    _enter("confirm_place", place, by)
    return place


def _spell(place: Place, spelling: str) -> PlaceAlias:
    """Make a spelling mean this place. Refused when it means another."""
    spelling = " ".join(spelling.split())
    folded = fold_place(spelling)
    if not folded:
        raise Refused(_("请填写别名。"), field="spelling")
    taken = PlaceAlias.objects.select_related("place").filter(mine_id=place.mine_id, folded=folded).first()
    if taken is not None and taken.place_id == place.id:
        raise Refused(_("「%(taken)s」已经是这个地点的别名。") % {"taken": taken.spelling}, field="spelling")
    meant = taken.place if taken else PlaceIndex(place.mine_id).resolve(spelling)
    if meant is not None and meant.id == place.id:
        raise Refused(_("这个写法不用登记，系统已经认得是这个地点。"), field="spelling")
    if meant is not None:
        raise Refused(
            _("「%(spelling)s」指的是「%(meant)s」，一个写法只能指一个地点。请先处理那个地点。")
            % {"spelling": spelling, "meant": meant.full_name},
            field="spelling",
        )
    return PlaceAlias.objects.create(mine_id=place.mine_id, place=place, spelling=spelling[:200], folded=folded)


@verb
def add_alias(place_id: UUID, *, spelling: str, by: Person) -> PlaceAlias:
    """Note another spelling of a place (登记别名); a waiting proposal of that spelling is settled with it.

    Refused when the spelling means another place, or is understood already.
    """
    _check(by)
    place = _locked(place_id, by)
    alias = _spell(place, spelling)
    PlaceProposal.objects.filter(mine_id=place.mine_id, folded=alias.folded, decided_at=None).update(
        place=place, decided_at=clock.now(), decided_by=by
    )
    _enter("add_alias", place, by, {"spelling": alias.spelling})
    return alias


@verb
def remove_alias(alias_id: int, *, by: Person) -> Place:
    """Take a wrong spelling away from a place (删除别名)."""
    _check(by)
    alias = PlaceAlias.objects.select_related("place").filter(id=alias_id, mine_id=by.mine_id).first()
    if alias is None:
        raise NotVisible
    place = _locked(alias.place_id, by)
    alias.delete()
    _enter("remove_alias", place, by, {"spelling": alias.spelling})
    return place


def _waiting(proposal_id: UUID, by: Person) -> PlaceProposal:
    _check(by)
    proposal = PlaceProposal.objects.select_for_update(of=("self",)).filter(id=proposal_id, mine_id=by.mine_id).first()
    if proposal is None:
        raise NotVisible
    if proposal.decided_at is not None:
        raise Refused(
            _("「%(proposal)s」已经处理过了。请刷新页面。") % {"proposal": proposal.spelling}, code="wrong_state"
        )
    return proposal


def _settle(proposal: PlaceProposal, place: Place | None, by: Person) -> None:
    proposal.place, proposal.decided_at, proposal.decided_by = place, clock.now(), by
    proposal.save(update_fields=["place", "decided_at", "decided_by"])


@verb
def merge_proposal(proposal_id: UUID, *, place: Place, by: Person) -> Place:
    """Say which place an unknown spelling means (合并写法): from now on it is understood.

    Refused when it was decided before, or when the place is not in this mine.
    """
    proposal = _waiting(proposal_id, by)
    if place.mine_id != proposal.mine_id:
        raise Refused(_("请选择本矿的地点。"), field="place")
    meant = PlaceIndex(proposal.mine_id).resolve(proposal.spelling)
    if meant is None:
        _spell(place, proposal.spelling)
    elif meant.id != place.id:
        raise Refused(
            _("「%(proposal)s」现在指的是「%(meant)s」。请合并到那个地点，或先改掉那里的别名。")
            % {"proposal": proposal.spelling, "meant": meant.full_name},
            field="place",
        )
    _settle(proposal, place, by)
    _enter("merge_proposal", place, by, {"spelling": proposal.spelling, "seen": proposal.seen})
    return place


@verb
def place_from_proposal(
    proposal_id: UUID, *, name: str, parent: Place | None, by: Person, kind: str = "", unit: Unit | None = None
) -> Place:
    """Make an unknown spelling a new place of the mine (立为新地点), and keep the spelling as its alias.

    Refused like `add_place`, and when it was decided before.
    """
    proposal = _waiting(proposal_id, by)
    name = _name(name)
    _tree(by.mine_id)
    _check_parent(parent, by)
    _check_free(by.mine_id, parent, name)
    place = _make(by.mine_id, name, parent, kind, unit)
    if PlaceIndex(place.mine_id).resolve(proposal.spelling) is None:
        _spell(place, proposal.spelling)
    _settle(proposal, place, by)
    _enter("place_from_proposal", place, by, {"spelling": proposal.spelling, "seen": proposal.seen})
    return place


@verb
def drop_proposal(proposal_id: UUID, *, by: Person) -> PlaceProposal:
    """Say that an unknown spelling names no place (不是地点), such as 各地点 or 全矿."""
    proposal = _waiting(proposal_id, by)
    _settle(proposal, None, by)
    post(
        "org.drop_proposal",
        Subject("place_proposal", proposal.id, proposal.spelling),
        mine_id=proposal.mine_id,
        by=by,
        payload={"spelling": proposal.spelling, "seen": proposal.seen},
    )
    return proposal


def make_places(mine: Mine, paths: Sequence[Sequence[str]], *, kinds: Sequence[str] = ()) -> list[Place]:
    """Places by their paths from the top, made where they are missing; part of an import's own verb."""
    known = {(place.parent_id, fold_place(place.name)): place for place in Place.objects.filter(mine=mine)}
    made: list[Place] = []
    for at, path in enumerate(paths):
        parent: Place | None = None
        for name in path:
            key = (parent.id if parent else None, fold_place(name))
            if key not in known:
                known[key] = _make(mine.id, _name(name), parent)
                made.append(known[key])
            parent = known[key]
        if parent is not None and at < len(kinds) and kinds[at] and parent in made:
            Place.objects.filter(id=parent.id).update(kind=kinds[at])
    return made
