"""What the kernel itself writes: personal preferences. They are no facts of the mine and leave no ledger entry."""

from __future__ import annotations

from urllib.parse import parse_qsl, urlencode
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from kuangdeng.kernel.errors import Refused
from kuangdeng.kernel.models import SavedView

MOST_VIEWS = 20


def saved_views(owner: UUID, register: str) -> list[SavedView]:
    """The views that this person keeps for one register."""
    return list(SavedView.objects.filter(owner_id=owner, register=register)[:MOST_VIEWS])


@transaction.atomic
def save_view(*, owner: UUID, register: str, name: str, querystring: str) -> SavedView:
    """Keep the present filters under a name (存为常用筛选); the same name is written over.

    The page number is dropped: a view is a question, not a place in its answer.

    Refused without a name, or when this person already keeps twenty for this register.
    """
    name = " ".join(name.split())[:40]
    if not name:
        raise Refused(_("请给这个筛选起个名字。"), field="name")
    pairs = [(k, v) for k, v in parse_qsl(querystring) if k not in ("page", "after", "before", "export")]
    query = urlencode(pairs)
    if len(query) > 2000:
        raise Refused(_("筛选条件太长，存不下。请少选几项再存。"), field="name")
    mine = SavedView.objects.filter(owner_id=owner, register=register[:60])
    if mine.exclude(name=name).count() >= MOST_VIEWS:
        raise Refused(_("最多存 %(n)d 个，请先删掉不用的。") % {"n": MOST_VIEWS}, field="name")
    values = {"querystring": query}
    view, _new = SavedView.objects.update_or_create(owner_id=owner, register=register[:60], name=name, defaults=values)
    return view


@transaction.atomic
def delete_view(*, owner: UUID, view_id: UUID) -> SavedView | None:
    """Forget one of my own views; somebody else's is as good as not there."""
    view = SavedView.objects.select_for_update().filter(pk=view_id, owner_id=owner).first()
    if view:
        SavedView.objects.filter(pk=view.pk).delete()
    return view


PREFERENCES = (save_view, delete_view, saved_views)
"""Verbs that the ledger walk leaves out, and why: see the top of this module."""
