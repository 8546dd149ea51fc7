"""Who is late climbs: teams that have not acknowledged, groups that have not fed back. Told per unit, not per line."""

from kuangdeng.hazards.groups.models import Acknowledgement, GroupCase
from kuangdeng.hazards.groups.queries import LateGroup, LateTeams, late_cases
from kuangdeng.kernel.clock import now
from kuangdeng.kernel.errors import Refused
from kuangdeng.kernel.verbs import verb
from kuangdeng.ledger.api import Entry, Subject, post


@verb
def tell_teams(*, late: LateTeams) -> Entry:
    """Tell who answers for a unit that its teams have not acknowledged in time (签认超时); each step once.

    What was acknowledged meanwhile is left out. Refused when nothing is left.
    """
    rows = Acknowledgement.objects.select_for_update(of=("self",)).filter(
        id__in=late.ids, acknowledged_at=None, told__lt=late.level
    )
    found = list(rows.select_related("feedback__case__item").order_by("id"))
    if not found:
        raise Refused("nothing is late any more", code="nothing")
    before = min(one.told for one in found)
    Acknowledgement.objects.filter(id__in=[one.id for one in found]).update(told=late.level)
    payload = {
        "level": late.level, "from": before, "count": len(found), "teams": sorted({one.unit_name for one in found}),
        "items": [one.feedback.case.item.text for one in found][:20],
        "tell": sorted({str(one.unit_id) for one in found}),
    }  # fmt: skip
    subject = Subject("unit", late.unit.id, late.unit.name)
    return post(
        "group.late_teams",
        subject,
        mine_id=late.unit.mine_id,
        by=None,
        unit=late.unit,
        quantity=len(found),
        payload=payload,
    )


@verb
def tell_group(*, late: LateGroup) -> Entry:
    """Tell a group that it owes the front line a word (反馈超时); each step once. Refused when nothing is left."""
    rows = GroupCase.objects.select_for_update(of=("self",)).filter(
        id__in=late.ids, told__lt=late.level, group=late.group
    )
    owing = late_cases(late.group.mine_id, now()).values("id")
    found = list(rows.filter(id__in=owing).select_related("item").order_by("id"))
    if not found:
        raise Refused("nothing is late any more", code="nothing")
    before = min(one.told for one in found)
    GroupCase.objects.filter(id__in=[one.id for one in found]).update(told=late.level)
    payload = {"level": late.level, "from": before, "count": len(found), "items": [one.item.text for one in found][:20]}
    return post(
        "group.late_group", Subject("rectification_group", late.group.id, late.group.name), mine_id=late.group.mine_id,
        by=None, unit=late.group.branch.unit, quantity=len(found), payload=payload,
    )  # fmt: skip
