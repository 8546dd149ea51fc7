"""Forms of the screens."""

from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from kuangdeng.kernel import clock
from kuangdeng.kernel.widgets import DateTimeInput
from kuangdeng.org.api import Person
from kuangdeng.web.models import Screen
from kuangdeng.web.screens import boards, queries, rules

LARGE = forms.Textarea(attrs={"rows": 3})


class ScreenForm(forms.Form):
    """What a screen is called and how it hangs."""

    name = forms.CharField(label=_("名称"), max_length=40, help_text=_("例如：副井口大屏。"))
    place_text = forms.CharField(label=_("安装位置"), max_length=80, required=False)
    format = forms.ChoiceField(label=_("版式"), choices=list(rules.FORMAT_LABELS.items()), widget=forms.RadioSelect)


class CodeForm(forms.Form):
    """The code that the display shows."""

    code = forms.CharField(
        label=_("配对码"),
        max_length=9,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
        help_text=_("屏上显示的六位数，10 分钟内有效，过期后屏上会换一个。"),
    )


class NewScreenForm(ScreenForm):
    """A new screen, paired at once when its display is on already."""

    code = forms.CharField(
        label=_("配对码"),
        max_length=9,
        required=False,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
    )
    field_order = ("code", "name", "place_text", "format")

    def __init__(self, *args: Any, address: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        help_text = gettext("在显示设备的浏览器里打开 %(address)s ，屏上会显示六位数。现在不配对，以后也可以。")
        self.fields["code"].help_text = help_text % {"address": address}


class SlotForm(forms.Form):
    """One place of a playlist; without a board the place is left out."""

    order = forms.IntegerField(label=_("顺序"), min_value=1, max_value=99, required=False)
    board = forms.ChoiceField(label=_("画面"), required=False)
    title = forms.CharField(label=_("自拟标题"), max_length=24, required=False)
    seconds = forms.IntegerField(
        label=_("每页秒数"), min_value=rules.SHORTEST, max_value=rules.LONGEST, initial=15, required=False
    )
    since = forms.TimeField(label=_("从几点"), required=False, widget=forms.TimeInput({"type": "time"}, format="%H:%M"))
    until = forms.TimeField(label=_("到几点"), required=False, widget=forms.TimeInput({"type": "time"}, format="%H:%M"))
    days = forms.MultipleChoiceField(
        label=_("星期"), required=False, choices=list(enumerate(rules.DAYS, 1)), widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [("", _("（不放）")), *((board.key, board.label) for board in boards.BOARDS.values())]
        self.fields["board"].choices = choices  # type: ignore[attr-defined]

    def slot(self) -> rules.Slot | None:
        """The answers as the playlist wants them."""
        data = self.cleaned_data
        if not data.get("board"):
            return None
        since, until = data.get("since"), data.get("until")
        return rules.Slot(
            data["board"],
            data.get("seconds") or 15,
            tuple(int(day) for day in data.get("days") or ()),
            f"{since:%H:%M}" if since else "",
            f"{until:%H:%M}" if until else "",
            {"title": data["title"]} if data.get("title") else {},
        )


PlaylistForm = forms.formset_factory(SlotForm, extra=2, max_num=rules.MOST_SLOTS + 2)


def slots_from(answers: Iterable[SlotForm]) -> list[rules.Slot]:
    """The places with a board, by their numbers, then as they stand."""
    ordered = sorted(answers, key=lambda form: form.cleaned_data.get("order") or 99)
    return [slot for form in ordered if (slot := form.slot())]


def slots_initial(slots: list[rules.Slot]) -> list[dict[str, object]]:
    """A playlist as its form begins."""
    return [
        {
            "order": number,
            "board": slot.board,
            "title": slot.options.get("title", ""),
            "seconds": slot.seconds,
            "since": slot.since,
            "until": slot.until,
            "days": [str(day) for day in slot.days],
        }
        for number, slot in enumerate(slots, 1)
    ]


class MessageForm(forms.Form):
    """Words for the screens: all of them, or those that are ticked."""

    words = forms.CharField(label=_("内容"), max_length=800, widget=LARGE, help_text=_("越短越好，八米外一眼看完。"))
    ends_at = forms.DateTimeField(label=_("播到什么时候"), widget=DateTimeInput)
    screens = forms.ModelMultipleChoiceField(
        label=_("只在这些屏上"),
        queryset=Screen.objects.none(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("都不勾，就是所有电子屏。"),
    )

    def __init__(self, *args: Any, by: Person, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        chooser = self.fields["screens"]
        assert isinstance(chooser, forms.ModelMultipleChoiceField)
        chooser.queryset = queries.screens(by).order_by("name")


class NoticeForm(MessageForm):
    """通知, with a title and a beginning."""

    title = forms.CharField(label=_("标题"), max_length=24, required=False)
    starts_at = forms.DateTimeField(label=_("从什么时候"), widget=DateTimeInput)
    field_order = ("title", "words", "starts_at", "ends_at", "screens")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        begin = clock.local().replace(second=0, microsecond=0, tzinfo=None)
        self.fields["starts_at"].initial, self.fields["ends_at"].initial = begin, begin + timedelta(days=1)


class InterruptForm(MessageForm):
    """紧急插播: from now on."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        end = clock.local().replace(second=0, microsecond=0, tzinfo=None) + timedelta(hours=1)
        self.fields["ends_at"].initial = end


class PolicyForm(forms.Form):
    """电子屏时限."""

    amber_minutes = forms.IntegerField(label=_("几分钟没有更新变黄"), min_value=1, max_value=120)
    red_minutes = forms.IntegerField(label=_("几分钟没有更新变红"), min_value=1, max_value=120)
    lost_minutes = forms.IntegerField(label=_("几分钟没有联系就报警"), min_value=2, max_value=1440)
