"""How the ledger lines of the regrading are read aloud, and who is told of it."""

from collections.abc import Iterator

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from kuangdeng.kernel.words import plain
from kuangdeng.learning.exams.api import Status as ExamStatus
from kuangdeng.learning.results.models import Regrade
from kuangdeng.learning.results.rules import STATUS_LABELS, VERB_LABELS
from kuangdeng.ledger.api import Entry, Recipient, Topic, declare_topics, declare_words, route
from kuangdeng.org.api import Role, tell, tell_roles

WAITS, TURNED = "regrade.waits", "regrade.turned"
declare_topics(
    Topic(WAITS, _("等我批准的重判")),
    Topic(TURNED, _("我的考试结论因重判改变"), mail=True),
)


def declare() -> None:
    """Hand the words to the ledger."""
    declare_words(
        verbs={f"regrade.{name}": label for name, label in VERB_LABELS.items()},
        subjects={"regrade": _("重判")},
        fields={
            **{f"regrade.{name}.why": _("原因") for name in VERB_LABELS},
            "regrade.approve.exams": _("考试"),
            "regrade.approve.sheets": _("重判的答卷"),
            "now_passed": _("改为合格"),
            "now_failed": _("改为不合格"),
            "asked_by": _("申请人"),
        },
        values={f"regrade.{name}.status": STATUS_LABELS for name in VERB_LABELS},
    )


def _page(regrade: Regrade) -> str:
    return reverse("learning:regrade", args=[regrade.id])


@route("regrade.propose")
def proposed(entry: Entry) -> Iterator[Recipient]:
    """申请重判: who may approve it has a task; never the one who asked."""
    regrade = Regrade.objects.select_related("proposed_by").get(id=entry.subject_id)
    title = f"{regrade.proposed_by.name}申请重判一道题，请批准：{regrade.why[:40]}"
    roles = [Role.TRAINING_OFFICER, Role.MINE_LEADER]
    for one in tell_roles(regrade.mine_id, roles, WAITS, title, _page(regrade), act=True):
        if one.person_id != regrade.proposed_by_id:
            yield one


@route("regrade.approve", "regrade.decline", settles=[WAITS])
def decided(entry: Entry) -> Iterator[Recipient]:
    """重判: whose conclusion turned hears it, with what it was and what it is; and who asked for it."""
    regrade = Regrade.objects.select_related("proposed_by", "decided_by").get(id=entry.subject_id)
    what = "已批准" if entry.verb == "regrade.approve" else f"没有批准：{regrade.opinion[:40]}"
    yield from tell([regrade.proposed_by], WAITS, f"您申请的重判{what}", _page(regrade))
    changes = regrade.changes.filter(turned=True, sitting__exam__status=ExamStatus.PUBLISHED)
    for one in changes.select_related("sitting__person", "sitting__exam", "before", "after"):
        was, now = ("合格" if row.passed else "不合格" for row in (one.before, one.after))
        title = f"{one.sitting.exam.title}有一道题的答案更正，重判后您由{was}改为{now}。"
        body = f"{plain(one.before.score)} 分改为 {plain(one.after.score)} 分。{regrade.why}"
        yield from tell(
            [one.sitting.person], TURNED, title, reverse("learning:my_exam", args=[one.sitting_id]), body=body
        )
