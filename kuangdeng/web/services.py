"""What the administrator decides about notices, and about what the feed could not do."""

from uuid import UUID

from django.utils.translation import gettext as _

from kuangdeng.kernel.errors import Refused
from kuangdeng.kernel.verbs import verb
from kuangdeng.ledger.api import (
    Choices,
    Delivery,
    FeedProblem,
    Pace,
    Subject,
    choose_topics_for_role,
    post,
    send_again,
    take_again,
)
from kuangdeng.org.api import ROLE_LABELS, Person, has_power


def _said(topic: str, channel: str, wanted: bool | str | None) -> str:
    """A choice as the ledger keeps it: at once is the usual and is not said."""
    return f"{topic}/{channel}" if wanted in (True, Pace.NOW) else f"{topic}/{channel}/{wanted}"


def _check(by: Person) -> None:
    if not has_power(by, "org.manage"):
        raise Refused(_("只有系统管理员可以办理。请联系系统管理员。"), code="not_allowed")


@verb
def set_role_notices(role: str, *, choices: Choices, by: Person) -> None:
    """Say which topics a role gets by which channel and how (角色通知设置); a person's own choice still counts first.

    Refused for everybody but the administrator, and for an unknown role or topic.
    """
    _check(by)
    if role not in ROLE_LABELS:
        raise Refused(_("没有这个角色。请刷新页面后重新选择。"), field="role")
    choose_topics_for_role(mine_id=by.mine_id, role=role, choices=choices)
    post(
        "notice.set_role",
        Subject("role", role, ROLE_LABELS[role]),
        mine_id=by.mine_id,
        by=by,
        payload={"wanted": [_said(*key, wanted) for key, wanted in choices.items() if wanted and wanted != Pace.NONE]},
    )


@verb
def resend_mail(delivery_id: UUID, *, by: Person) -> Delivery:
    """Send a message again that was given up (重发消息); whoever gets it may have it twice, which is why a person decides.

    Refused for everybody but the administrator, when it is not given up, and when its channel is switched off.
    """
    _check(by)
    delivery = send_again(delivery_id, mine_id=by.mine_id)
    post(
        "notice.resend",
        Subject("mail", delivery.id, delivery.headline),
        mine_id=by.mine_id,
        by=by,
        payload={"address": delivery.address or str(delivery.via or ""), "error": delivery.error},
    )
    return delivery


@verb
def retry_feed(problem_id: int, *, by: Person) -> FeedProblem:
    """Let the system try a ledger line again that it gave up (重试未能处理的记录), after its cause was mended.

    Refused for everybody but the administrator, and when it is not given up.
    """
    _check(by)
    problem = take_again(problem_id, mine_id=by.mine_id)
    post(
        "feed.retry",
        Subject("feed_problem", str(problem.id), problem.entry.subject_label or str(problem.entry_id)),
        mine_id=by.mine_id,
        by=by,
        payload={"reader": problem.reader, "error": problem.error},
    )
    return problem
