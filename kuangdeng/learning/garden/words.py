"""How the ledger lines of the garden are read aloud, and who is told of them."""

from collections.abc import Iterator

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from kuangdeng.learning.garden.models import GardenNotice
from kuangdeng.ledger.api import Entry, Recipient, Topic, declare_topics, declare_words, route

DOWN = "garden.down"
declare_topics(Topic(DOWN, _("学习园地：我发的通知被撤下")))


def declare() -> None:
    """Hand the words to the ledger."""
    declare_words(
        verbs={
            "garden.dress": _("换园地横幅"),
            "garden.post_notice": _("发园地通知"),
            "garden.take_down": _("撤下园地通知"),
            "garden.pick": _("推荐到园地"),
            "garden.unpick": _("撤下园地推荐"),
        },
        subjects={"garden": _("学习园地")},
        fields={
            "garden.dress.motto": _("一句话"),
            "garden.dress.banner": _("横幅图片"),
            "garden.post_notice.title": _("标题"),
            "garden.post_notice.first_day": _("从哪天起"),
            "garden.post_notice.last_day": _("到哪天止"),
            "garden.take_down.title": _("标题"),
            "garden.take_down.why": _("撤下原因"),
            "garden.pick.title": _("标题"),
            "garden.unpick.title": _("标题"),
        },
        hidden={"garden.take_down.notice"},
    )


@route("garden.take_down")
def taken_down(entry: Entry) -> Iterator[Recipient]:
    """撤下: who wrote it hears why, when somebody else did it."""
    notice = GardenNotice.objects.select_related("by").get(id=str(entry.payload["notice"]))
    if notice.by_id != entry.by_id and notice.by.is_active:
        url = reverse("learning:garden", args=[notice.branch_id])
        title = f"您在学习园地发的「{notice.title[:30]}」被撤下：{notice.down_why[:60]}"
        addresses = {"email": notice.by.email} if notice.by.email else {}
        yield Recipient(notice.by_id, "", DOWN, title, url, "", False, addresses)
