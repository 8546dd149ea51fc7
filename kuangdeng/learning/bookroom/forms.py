"""Forms of the book rooms. They read and word; the verbs decide."""

import re
from dataclasses import asdict
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from kuangdeng.kernel import clock
from kuangdeng.kernel.widgets import DateInput
from kuangdeng.learning.bookroom import rules
from kuangdeng.learning.bookroom.importing import CHARSETS
from kuangdeng.learning.bookroom.models import LoanRule, Room, Title
from kuangdeng.learning.bookroom.rules import Terms
from kuangdeng.learning.bookroom.services import TitleData
from kuangdeng.learning.forms import Area


def _label(name: str) -> Any:
    return getattr(Title._meta.get_field(name), "verbose_name", name)


def room_field(rooms: list[Room], **own: Any) -> forms.ChoiceField:
    """Which room."""
    choices = [(str(room.id), room.name) for room in rooms]
    return forms.ChoiceField(**{"label": _("书屋"), "choices": choices, **own})


class TitleForm(forms.Form):
    """编目."""

    isbn = forms.CharField(
        label="ISBN", required=False, max_length=30, help_text=_("可以直接扫书后的条码；没有就空着。"),
        widget=forms.TextInput(attrs={"autofocus": True, "inputmode": "numeric"}),
    )  # fmt: skip
    title = forms.CharField(label=_label("title"), max_length=300, error_messages={"required": _("请填写书名。")})
    subtitle = forms.CharField(label=_label("subtitle"), required=False, max_length=300)
    author = forms.CharField(label=_label("author"), required=False, max_length=300)
    class_number = forms.CharField(
        label=_label("class_number"),
        required=False,
        max_length=60,
        help_text=_("中图法分类号，如 TD7 矿山安全与劳动保护。"),
    )
    publisher = forms.CharField(label=_label("publisher"), required=False, max_length=200)
    place = forms.CharField(label=_label("place"), required=False, max_length=100)
    year = forms.CharField(label=_label("year"), required=False, max_length=20)
    edition = forms.CharField(label=_label("edition"), required=False, max_length=100)
    pages = forms.CharField(label=_label("pages"), required=False, max_length=100)
    price = forms.CharField(label=_label("price"), required=False, max_length=60)
    series = forms.CharField(label=_label("series"), required=False, max_length=300)
    subjects = forms.CharField(label=_("主题词"), required=False, max_length=500, help_text=_("几个词用顿号隔开。"))
    summary = forms.CharField(label=_label("summary"), required=False, max_length=4000, widget=Area(4))
    remark = forms.CharField(label=_label("remark"), required=False, max_length=100)

    def data_of(self, language: str = "chi") -> TitleData:
        """What was filled in."""
        values = dict(self.cleaned_data)
        subjects = [one for one in re.split(r"[、,，;；]", values.pop("subjects")) if one.strip()]
        known = {key: value for key, value in values.items() if key in TitleData.__dataclass_fields__}
        return TitleData(**known, subjects=subjects, language=language)

    @staticmethod
    def initial_of(title: Title) -> dict[str, Any]:
        """The values of a title that is there."""
        names = [name for name in TitleForm.base_fields if name != "subjects"]
        return {**{name: getattr(title, name) for name in names}, "subjects": "、".join(title.subjects)}


class CopiesForm(forms.Form):
    """入藏."""

    count = forms.IntegerField(label=_("几册"), required=False, min_value=1, max_value=200, initial=1)
    barcodes = forms.CharField(
        label=_("已有的条码"), required=False, max_length=8000, widget=Area(2),
        help_text=_("书上已经贴了条码的，一册一个扫进来；没有就不填，系统按书屋编新号，再去打印标签。"),
    )  # fmt: skip

    def __init__(self, *args: Any, rooms: list[Room], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["room"] = room_field(rooms)
        self.order_fields(["room", "count", "barcodes"])

    def clean_barcodes(self) -> list[str]:
        """One barcode each."""
        return [one for one in re.split(r"[\s、,，;；]+", self.cleaned_data["barcodes"]) if one]


class LoseForm(forms.Form):
    """登记丢失."""

    note = forms.CharField(label=_("怎么丢的、由谁负责"), max_length=200, widget=Area(2))
    amends = forms.ChoiceField(label=_("赔付"), choices=list(rules.AMENDS_LABELS.items()))


class AmendsForm(forms.Form):
    """登记赔付."""

    amends = forms.ChoiceField(label=_("赔付"), choices=list(rules.AMENDS_LABELS.items()))


class WithdrawForm(forms.Form):
    """剔旧."""

    note = forms.CharField(label=_("为什么剔旧"), max_length=200, widget=Area(2))


class MoveForm(forms.Form):
    """调拨."""

    def __init__(self, *args: Any, rooms: list[Room], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["room"] = room_field(rooms, label=_("调到哪间书屋"))


class NoteForm(forms.Form):
    """写心得."""

    text = forms.CharField(
        label=_("读后心得"), max_length=5000, widget=Area(8), help_text=_("全矿都能看到。写自己的话，至少 10 个字。"),
        error_messages={"required": _("请写下您的心得。")},
    )  # fmt: skip


class ImportForm(forms.Form):
    """导入书目: the file, and its characters when they are guessed wrong."""

    file = forms.FileField(
        label=_("文件"), help_text=_("MARC（.mrc、.iso、.xml）或 Excel（.xlsx、.csv），30 MB 以内。")
    )
    charset = forms.ChoiceField(
        label=_("编码"), required=False, choices=CHARSETS, help_text=_("预览里是乱码时再选；Excel 和 XML 不用选。")
    )


class ConfirmImportForm(forms.Form):
    """确认导入."""

    known = forms.ChoiceField(
        label=_("已经有的书"), initial="copies",
        choices=[("copies", _("加复本")), ("skip", _("跳过，不导入"))],
        widget=forms.RadioSelect,
    )  # fmt: skip

    def __init__(self, *args: Any, rooms: list[Room], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["room"] = room_field(
            rooms, label=_("放进哪间书屋"), help_text=_("记录里写明书屋的按记录；没写册数的按一册。")
        )
        self.order_fields(["room", "known"])


class LabelsForm(forms.Form):
    """打印标签: which copies."""

    added_from = forms.DateField(label=_("入藏日期从"), required=False, widget=DateInput)
    barcodes = forms.CharField(
        label=_("只打这些条码"),
        required=False,
        max_length=8000,
        widget=Area(2),
        help_text=_("补打几张时填；填了就不看上面的条件。"),
    )
    skip = forms.IntegerField(
        label=_("第一页跳过几格"),
        required=False,
        min_value=0,
        max_value=23,
        initial=0,
        help_text=_("用剩下的半张标签纸时填。"),
    )

    def __init__(self, *args: Any, rooms: list[Room], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        everywhere = [("", _("全部书屋")), *((str(room.id), room.name) for room in rooms)]
        self.fields["room"] = room_field(rooms, required=False, choices=everywhere)
        self.order_fields(["room", "added_from", "barcodes", "skip"])


class RoomForm(forms.Form):
    """书屋."""

    name = forms.CharField(label=_("名称"), max_length=40)
    place_text = forms.CharField(label=_("在哪里"), required=False, max_length=100)
    hours = forms.CharField(label=_("开放时间"), required=False, max_length=100)


class ChangeRoomForm(RoomForm):
    """更改书屋."""

    close = forms.BooleanField(label=_("停用这间书屋"), required=False)


class RuleForm(forms.Form):
    """借阅规则 from a day on."""

    valid_from = forms.DateField(label=_("从哪天起"), widget=DateInput)
    days = forms.IntegerField(min_value=1, max_value=365)
    most = forms.IntegerField(min_value=1, max_value=50)
    renewals = forms.IntegerField(min_value=0, max_value=10)
    renew_days = forms.IntegerField(min_value=1, max_value=365)
    hold_days = forms.IntegerField(min_value=1, max_value=30)
    remind_before = forms.IntegerField(min_value=0, max_value=30)
    remind_every = forms.IntegerField(min_value=1, max_value=60)
    block_late = forms.BooleanField(required=False)
    number_at_kiosk = forms.BooleanField(
        required=False, help_text=_("不勾的话，自助机上只能刷绑定过的工作证，防止有人报别人的工号。")
    )
    source = forms.CharField(required=False, max_length=200, help_text=_("本矿哪份制度这样规定。"))
    confirmed = forms.BooleanField(required=False)

    def __init__(self, *args: Any, terms: Terms, **kwargs: Any) -> None:
        kwargs["initial"] = {**asdict(terms), "valid_from": clock.today(), **kwargs.get("initial", {})}
        super().__init__(*args, **kwargs)
        for name, field in self.fields.items():
            field.label = getattr(LoanRule._meta.get_field(name), "verbose_name", name)

    def terms(self) -> Terms:
        """The numbers that were filled in."""
        return Terms(**{name: self.cleaned_data[name] for name in Terms.__dataclass_fields__})


class KioskForm(forms.Form):
    """启用自助机."""

    name = forms.CharField(label=_("这台设备叫什么"), max_length=40, help_text=_("如：门口自助机。"))

    def __init__(self, *args: Any, rooms: list[Room], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["room"] = room_field(rooms, label=_("放在哪间书屋"))


class CardForm(forms.Form):
    """绑定工作证."""

    number = forms.CharField(label=_("刷一下工作证"), max_length=40)
