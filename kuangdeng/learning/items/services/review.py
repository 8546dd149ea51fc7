"""审题: somebody else than the author judges an item; then it is put into use, and one day retired."""

from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kuangdeng.kernel.clock import now
from kuangdeng.kernel.errors import Refused
from kuangdeng.kernel.verbs import verb
from kuangdeng.learning.items.models import Item
from kuangdeng.learning.items.queries import offered, wrote
from kuangdeng.learning.items.rules import FLOW
from kuangdeng.learning.items.services._steps import begin, demand, enter
from kuangdeng.org.api import Person

CHANGED = gettext_lazy("您看的时候，这道题又改过了。请按新的一版重新看过，再办。")


def _not_his_own(item: Item, by: Person) -> None:
    if wrote(item, by):
        raise Refused(_("自己出的、自己改的题不能自己审定。请由其他人审题。"), code="own_item")


@verb
def review(item_id: UUID, *, version_id: UUID, by: Person) -> Item:
    """Find an item right (审定): four eyes saw stem, key and explanation of exactly this version.

    Refused for its author, and when it was changed since the reviewer looked at it.
    """
    item = begin("review", item_id, by)
    demand(by, "item.review", item.bank)
    _not_his_own(item, by)
    if item.latest_id != version_id:
        raise Refused(CHANGED, code="changed")
    item.status, item.remark = FLOW.target("review", item.status), ""
    item.reviewed_by, item.reviewed_at, item.changed_at = by, now(), now()
    item.save()
    enter("review", item, by, {"version": item.latest.number})
    return item


@verb
def send_back(item_id: UUID, *, remark: str, by: Person) -> Item:
    """Give an item back (退回修改) with what is wrong; its author may take it back himself. Refused without words."""
    item = begin("send_back", item_id, by)
    demand(by, "item.send_back", item.bank)
    if not remark.strip():
        raise Refused(_("请写明哪里要改。"), field="remark")
    item.status, item.remark, item.changed_at = FLOW.target("send_back", item.status), remark.strip()[:300], now()
    item.save()
    enter("send_back", item, by, {"version": item.latest.number, "remark": item.remark})
    return item


@verb
def put_in_use(item_id: UUID, *, by: Person) -> Item:
    """Put a reviewed item into use (启用): from now on exams may draw this version."""
    item = begin("put_in_use", item_id, by)
    demand(by, "item.put_in_use", item.bank)
    item.status, item.changed_at = FLOW.target("put_in_use", item.status), now()
    item.current = item.latest
    item.save()
    enter("put_in_use", item, by, {"version": item.latest.number})
    return item


@verb
def retire(item_id: UUID, *, why: str, by: Person) -> Item:
    """Take an item out of use (停用); what was asked stays. Authors may throw their own drafts away.

    Refused without a reason, and while the item waits for its reviewer.
    """
    item = begin("retire", item_id, by)
    if "retire" not in offered(item, by):
        demand(by, "item.retire", item.bank)
    if not why.strip():
        raise Refused(_("请写明为什么停用。"), field="why")
    item.status, item.changed_at, item.current = FLOW.target("retire", item.status), now(), None
    item.save()
    enter("retire", item, by, {"version": item.latest.number, "why": why.strip()})
    return item
