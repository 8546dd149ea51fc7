"""How the ledger lines of the reconciliation are read aloud, and who hears the alarm."""

from collections.abc import Iterator

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from kuangdeng.kernel.language import in_chinese
from kuangdeng.ledger.api import Entry, Recipient, Topic, declare_topics, declare_words, route
from kuangdeng.org.api import Role, holders

TOPIC = "reconciliation"
HEARERS = (Role.ADMINISTRATOR, Role.SAFETY)

declare_topics(Topic(TOPIC, _("对账报警"), mail=True))


def declare() -> None:
    """Hand the words to the ledger."""
    declare_words(
        verbs={
            "reconciliation.alarm": _("对账报警"),
            "reconciliation.clear": _("部分对账差异消除"),
            "reconciliation.clear_all": _("对账差异全部消除"),
            "reconciliation.explain": _("说明对账差异"),
            "reconciliation.explain_all": _("说明最后一条对账差异"),
        },
        subjects={"reconciliation": _("每日对账")},
        fields={
            "findings": _("差异条数"),
            "reconciliation.alarm.said": _("差异"),
            "reconciliation.clear.said": _("差异"),
            "reconciliation.clear_all.said": _("差异"),
            "reconciliation.explain.said": _("差异"),
            "reconciliation.explain_all.said": _("差异"),
            "reconciliation.explain.words": _("查明的情况"),
            "reconciliation.explain_all.words": _("查明的情况"),
            "left": _("还没有说明的"),
        },
    )


@route("reconciliation.alarm")
def wrong(entry: Entry) -> Iterator[Recipient]:
    """Ledger, hazards and bulletins disagree: the administrator and the safety department look at once."""
    said = list(entry.payload.get("said") or [])
    with in_chinese():
        title = str(_("对账报警：%(n)s 条对不上，请立即核查。") % {"n": entry.payload.get("findings")})
    told = set()
    for role in HEARERS:
        for person in holders(entry.mine_id, [role], None):
            if person.id not in told:
                told.add(person.id)
                yield Recipient(
                    person.id, role, TOPIC, title, reverse("hazards:reconciliation"), "\n".join(said[:5]), True
                )


@route("reconciliation.clear_all", "reconciliation.explain_all", settles=[TOPIC])
def settled(entry: Entry) -> Iterator[Recipient]:
    """Nothing is left that nobody has explained: the task is done."""
    yield from ()
