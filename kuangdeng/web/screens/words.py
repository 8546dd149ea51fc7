"""How the ledger lines of the screens are read aloud."""

from django.utils.translation import gettext_lazy as _

from kuangdeng.ledger.api import declare_words
from kuangdeng.web.screens import rules


def declare() -> None:
    """Hand the words to the ledger."""
    declare_words(
        verbs=rules.VERB_LABELS,
        subjects={"screen": _("电子屏"), "screen_message": _("屏上内容"), "screen_policy": _("电子屏时限")},
        fields={
            "screen_name": _("名称"),
            "place_text": _("安装位置"),
            "format": _("版式"),
            "slots": _("播放单"),
            "message": _("内容"),
            "message_from": _("开始"),
            "message_until": _("结束"),
            "screens": _("电子屏"),
            "amber_minutes": _("变黄（分钟）"),
            "red_minutes": _("变红（分钟）"),
            "lost_minutes": _("失联报警（分钟）"),
            "seen_at": _("最近联系"),
            "lost_at": _("失联报警"),
        },
        values={"format": rules.FORMAT_LABELS},
    )
