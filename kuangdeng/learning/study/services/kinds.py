"""学习类别."""

from uuid import UUID

from django.db.models import Max
from django.utils.translation import gettext as _

from kuangdeng.kernel.errors import NotVisible, Refused
from kuangdeng.kernel.rows import one_of
from kuangdeng.kernel.verbs import verb
from kuangdeng.kernel.words import need
from kuangdeng.learning.study.models import StudyKind
from kuangdeng.learning.study.rules import KINDS
from kuangdeng.ledger.api import Subject, post
from kuangdeng.org.api import Mine, Person, has_power


@verb
def set_up_study(*, mine: Mine, by: Person | None = None) -> int:
    """Give a mine the five usual kinds of study (初始化学习类别). May run again: what is there stays."""
    there = set(StudyKind.objects.filter(mine=mine).values_list("name", flat=True))
    made = StudyKind.objects.bulk_create(
        StudyKind(mine=mine, name=name, position=place) for place, name in enumerate(KINDS) if name not in there
    )
    post("study.set_up", Subject("mine", mine.id, mine.name), mine_id=mine.id, by=by, quantity=len(made))
    return len(made)


@verb
def save_kind(*, name: str, by: Person, kind_id: UUID | None = None, is_active: bool = True) -> StudyKind:
    """Add a kind of study, rename it, or take it out of use (学习类别). Refused for a name that is there."""
    if not has_power(by, "study.settings"):
        raise Refused(_("您没有权限设置学习类别。请联系政工部。"), code="not_allowed")
    words = need(name, _("请填写类别名称。"), field="name", most=40)
    rows = StudyKind.objects.filter(mine_id=by.mine_id)
    if rows.filter(name=words).exclude(id__in=[kind_id] if kind_id else []).exists():
        raise Refused(_("已经有「%s」这一类。") % words, field="name")
    kind = StudyKind(mine_id=by.mine_id, position=(rows.aggregate(last=Max("position"))["last"] or 0) + 1)
    if kind_id is not None:
        found = one_of(rows.select_for_update(of=("self",)).filter(id=kind_id))
        if found is None:
            raise NotVisible
        kind = found
    kind.name, kind.is_active = words, is_active
    kind.save()
    post(
        "study.save_kind", Subject("study_kind", kind.id, kind.name), mine_id=by.mine_id, by=by,
        payload={"is_active": is_active},
    )  # fmt: skip
    return kind
