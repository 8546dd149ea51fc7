"""How the ledger lines of the daily bulletin are read aloud, and who is told that one is out."""

from collections.abc import Iterator

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from kuangdeng.hazards.bulletins.models import Bulletin, BulletinPolicy
from kuangdeng.kernel.language import in_chinese
from kuangdeng.ledger.api import Entry, Recipient, Topic, declare_topics, declare_words, route
from kuangdeng.org.api import Role, tell_roles

TOPIC, GAP = "bulletin", "bulletin.gap"
READERS = (
    Role.TEAM_LEADER, Role.UNIT_HEAD, Role.BRANCH_SECRETARY, Role.SAFETY, Role.MINE_LEADER, Role.POLITICAL_WORK,
    Role.TRAINING_OFFICER,
)  # fmt: skip

declare_topics(
    Topic(TOPIC, _("每日公布和更正"), everybody=True, body_leaves=True),
    Topic(GAP, _("每日公布的账对不上")),
)


def declare() -> None:
    """Hand the words to the ledger."""
    policy = {f"bulletin.policy.{one.name}": one.verbose_name for one in BulletinPolicy._meta.fields}
    declare_words(
        verbs={
            "bulletin.compile": _("编制每日公布"),
            "bulletin.recompile": _("重新编制每日公布"),
            "bulletin.check": _("核对每日公布"),
            "bulletin.publish": _("发布每日公布"),
            "bulletin.correct": _("发布更正"),
            "bulletin.policy": _("设置每日公布"),
        },
        subjects={"bulletin": _("每日公布"), "bulletin_policy": _("每日公布设置")},
        fields={
            "new": _("新上报"),
            "closed": _("已销号"),
            "overdue": _("超期"),
            "major": _("重大隐患"),
            "supervised": _("挂牌督办"),
            "open": _("未办结"),
            "question": _("等答复的追问"),
            "accident": _("事故"),
            "near_miss": _("未遂"),
            "gap": _("对不上的条数"),
            "note": _("编者的话"),
            "digest": _("指纹"),
            "items": _("公布条数"),
            "by_itself": _("到点自动发布"),
            "addendum": _("更正序号"),
            "bulletin.correct.text": _("更正内容"),
            **policy,
        },
    )


@route("bulletin.publish", "bulletin.correct")
def out(entry: Entry) -> Iterator[Recipient]:
    """Published, corrected: everybody who leads people hears it, each once."""
    bulletin = Bulletin.objects.get(id=entry.subject_id)
    with in_chinese():
        counts = bulletin.figures.get("counts", {})
        said = _("%(title)s每日公布：新上报 %(new)d 条，销号 %(closed)d 条，超期 %(overdue)d 条，未办结 %(open)d 条。")
        fixed = _("%(title)s每日公布有更正。")
        words = fixed if entry.verb == "bulletin.correct" else said
        title = str(words) % {"title": bulletin.title, "new": 0, "closed": 0, "overdue": 0, "open": 0, **counts}
    url = reverse("hazards:bulletin", args=[bulletin.id])
    body = str(entry.payload.get("text") or bulletin.note)
    yield from tell_roles(
        entry.mine_id, READERS, TOPIC, title, url, body=body,
        public=public(entry, bulletin), public_url=open_page(bulletin),
    )  # fmt: skip


COUNTED = ("accident", "near_miss", "new", "closed", "overdue", "major", "supervised", "question", "open")


def public(entry: Entry, bulletin: Bulletin) -> str:
    """What a group or another system is told: the issue with its figures, nothing about anybody."""
    counts = bulletin.figures.get("counts", {})
    with in_chinese():
        if entry.verb == "bulletin.correct":
            return str(_("%(title)s每日公布有更正。") % {"title": bulletin.title})
        labels = {
            "accident": _("事故"), "near_miss": _("未遂"), "new": _("新上报"), "closed": _("已销号"),
            "overdue": _("超期未整改"), "major": _("重大隐患"), "supervised": _("挂牌督办"),
            "question": _("等答复的追问"), "open": _("未办结"),
        }  # fmt: skip
        said = "，".join(f"{labels[name]} {counts[name]}" for name in COUNTED if name in counts)
        return f"{bulletin.title}每日公布（{bulletin.day.month}月{bulletin.day.day}日）：{said}。"


def open_page(bulletin: Bulletin) -> str:
    """Where it may be read without signing in, if the mine allows it to whoever asks."""
    return reverse("hazards:daily_of", args=[bulletin.day.isoformat()])


@route("bulletin.compile", "bulletin.recompile")
def does_not_close(entry: Entry) -> Iterator[Recipient]:
    """The account of the day does not close: something disappeared, and must be found before anybody trusts a figure."""
    gap = entry.payload.get("gap")
    if not gap:
        return
    with in_chinese():
        title = _("%(day)s 每日公布的账对不上，差 %(n)s 条，请立即核查。") % {"day": entry.subject_label, "n": gap}
    url = reverse("hazards:bulletin", args=[entry.subject_id])
    yield from tell_roles(entry.mine_id, (Role.ADMINISTRATOR, Role.SAFETY), GAP, title, url, act=True)
