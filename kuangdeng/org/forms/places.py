"""Forms of places, shifts and the calendar."""

from datetime import time
from typing import Any

from django import forms
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext_lazy as _

from kuangdeng.kernel import clock
from kuangdeng.kernel.widgets import DateInput, PickerField
from kuangdeng.org.models import CalendarDay, Person, ShiftScheme
from kuangdeng.org.queries.places import find_places, place_by_id, place_kinds, unit_by_id, units_named
from kuangdeng.org.services.shifts import ShiftData


def _url(name: str) -> str:
    try:
        return reverse(name)
    except NoReverseMatch:
        return ""


def place_picker(by: Person, **own: Any) -> PickerField:
    """A place of the person's mine."""
    words = {"label": _("地点"), "placeholder": _("地名或拼音首字母")}
    return PickerField(
        url=lambda: _url("org:pick_place"),
        find=lambda value: place_by_id(by.mine_id, value),
        search=lambda text: find_places(by.mine_id, text, limit=2),
        kind="place",
        icon="place",
        **{**words, **own},
    )


def unit_picker(by: Person, **own: Any) -> PickerField:
    """A unit of the person's mine."""
    words = {"label": _("责任单位"), "placeholder": _("单位名称")}
    return PickerField(
        url=lambda: _url("org:pick_unit"),
        find=lambda value: unit_by_id(by.mine_id, value),
        search=lambda text: units_named(by.mine_id, text),
        kind="unit",
        icon="unit",
        **{**words, **own},
    )


class ByForm(forms.Form):
    """A form that knows who fills it in."""

    def __init__(self, *args: Any, by: Person, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.by = by
        self.arrange()

    def arrange(self) -> None:
        """Add the fields that depend on the person."""


class PlaceForm(ByForm):
    """A new place."""

    name = forms.CharField(
        label=_("名称"), max_length=60, help_text=_("只写这一级的名称，例如 2305综放面、回风顺槽、机头。")
    )
    kind = forms.CharField(
        label=_("类别"),
        max_length=20,
        required=False,
        help_text=_("例如 水平、采区、采煤工作面、掘进工作面、巷道、硐室、部位。"),
    )

    def arrange(self) -> None:
        self.fields["parent"] = place_picker(
            self.by, label=_("上级地点"), required=False, help_text=_("不选就是最上一级。")
        )
        self.fields["unit"] = unit_picker(self.by, required=False)
        self.fields["kind"].widget.attrs["list"] = "place-kinds"
        self.order_fields(["parent", "name", "kind", "unit"])
        self.kinds = place_kinds(self.by.mine_id)


class PlaceFactsForm(ByForm):
    """Kind and unit of a place."""

    kind = forms.CharField(label=_("类别"), max_length=20, required=False)

    def arrange(self) -> None:
        self.fields["unit"] = unit_picker(self.by, required=False)


class RenameForm(ByForm):
    """A new name."""

    name = forms.CharField(label=_("新名称"), max_length=60, help_text=_("原来的名称自动留作别名，旧台账照样认得。"))


class MoveForm(ByForm):
    """Another parent."""

    def arrange(self) -> None:
        self.fields["parent"] = place_picker(
            self.by, label=_("新的上级地点"), required=False, help_text=_("不选就移到最上一级。")
        )


class AliasForm(ByForm):
    """Another spelling."""

    spelling = forms.CharField(
        label=_("别名"),
        max_length=200,
        help_text=_("全角半角、空格、「工作面」和「面」这类差别不用登记，系统自己认得。"),
    )


class MergeForm(ByForm):
    """Which place an unknown spelling means."""

    def arrange(self) -> None:
        self.fields["place"] = place_picker(self.by, label=_("指的是哪个地点"))


class TagsForm(ByForm):
    """Which tags to print."""

    site = forms.URLField(
        label=_("系统网址"), max_length=200, assume_scheme="https",
        help_text=_("二维码里印的就是这个网址，贴出去以后不能再变。请填手机在井下、井口都能打开的网址。"),
    )  # fmt: skip
    confirmed_only = forms.BooleanField(label=_("只打印已确认的地点"), required=False, initial=True)

    def arrange(self) -> None:
        self.fields["top"] = place_picker(
            self.by, label=_("打印哪个地点和它下面的"), required=False, help_text=_("不选就是全矿。")
        )
        self.order_fields(["top", "site", "confirmed_only"])


# Shifts ---------------------------------------------------------------------------------------------------------------

SHIFT_ROWS = 6


def _clock(value: str) -> time:
    """8:00, 08:00, 24:00 and 8 as a time of the day."""
    text = value.strip().replace("：", ":").replace("点", ":").rstrip(":") or "x"
    hour, _sep, minute = text.partition(":")
    number = int(hour)
    if not 0 <= number <= 24 or (number == 24 and int(minute or 0)):
        raise ValueError(value)
    return time(number % 24, int(minute or 0))


class SchemeForm(ByForm):
    """A shift scheme with up to six shifts."""

    name = forms.CharField(label=_("班制名称"), max_length=30)
    gaps = forms.BooleanField(label=_("允许空档（科室等不是全天有人的班制）"), required=False)

    def arrange(self) -> None:
        for row in range(SHIFT_ROWS):
            self.fields[f"name_{row}"] = forms.CharField(label=_("班次 %d") % (row + 1), max_length=20, required=False)
            self.fields[f"start_{row}"] = forms.CharField(label=_("开始"), max_length=5, required=False)
            self.fields[f"end_{row}"] = forms.CharField(label=_("结束"), max_length=5, required=False)
            self.fields[f"aliases_{row}"] = forms.CharField(label=_("别的写法"), max_length=200, required=False)
        self.fields["start_0"].widget.attrs["placeholder"] = "00:00"
        self.fields["end_0"].widget.attrs["placeholder"] = "08:00"

    @property
    def rows(self) -> list[tuple[forms.BoundField, ...]]:
        """The lines of the form, for the page."""
        names = ("name", "start", "end", "aliases")
        return [tuple(self[f"{name}_{row}"] for name in names) for row in range(SHIFT_ROWS)]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        data["shifts"] = [one for row in range(SHIFT_ROWS) if (one := self._shift(row, data)) is not None]
        return data

    def _shift(self, row: int, data: dict[str, Any]) -> ShiftData | None:
        name, texts = data.get(f"name_{row}", "").strip(), [data.get(f"{key}_{row}", "") for key in ("start", "end")]
        if not name and not any(texts):
            return None
        times = []
        for key, text in zip(("start", "end"), texts, strict=True):
            try:
                times.append(_clock(text))
            except ValueError:
                self.add_error(f"{key}_{row}", _("请写成 08:00 这样的时间。"))
        if not name:
            self.add_error(f"name_{row}", _("请填写班次名称。"))
        words = data.get(f"aliases_{row}", "").replace("，", "、").replace(",", "、").replace(" ", "、").split("、")
        aliases = [word for word in dict.fromkeys(words) if word]
        if any(len(word) > 20 for word in aliases):
            self.add_error(f"aliases_{row}", _("每个写法最多 20 个字，用顿号隔开。"))
        return ShiftData(name, times[0], times[1], tuple(aliases)) if name and len(times) == 2 else None


def scheme_initial(scheme: ShiftScheme) -> dict[str, Any]:
    """A scheme as its form shows it."""
    shifts = list(scheme.shifts.all())
    found: dict[str, Any] = {"name": scheme.name}
    for row, shift in enumerate(shifts[:SHIFT_ROWS]):
        found |= {
            f"name_{row}": shift.name,
            f"start_{row}": f"{shift.start:%H:%M}",
            f"end_{row}": "24:00" if shift.end == time(0) else f"{shift.end:%H:%M}",
            f"aliases_{row}": "、".join(shift.aliases),
        }
    return found


class PutOnForm(ByForm):
    """Which unit works by a scheme from when on."""

    valid_from = forms.DateField(label=_("从哪天起"), widget=DateInput)

    def arrange(self) -> None:
        self.fields["unit"] = unit_picker(
            self.by, label=_("单位"), required=False, help_text=_("不选就是全矿；选了单位，它下面的班组一起。")
        )
        self.fields["valid_from"].initial = clock.today()
        self.order_fields(["unit", "valid_from"])


# Calendar -------------------------------------------------------------------------------------------------------------


class DayForm(ByForm):
    """One day of the calendar."""

    day = forms.DateField(label=_("日期"), widget=DateInput)
    kind = forms.ChoiceField(label=_("类别"), choices=CalendarDay.Kind.choices, widget=forms.RadioSelect)
    name = forms.CharField(label=_("名称"), max_length=30, required=False, help_text=_("例如 春节、国庆节调休。"))
    source = forms.CharField(label=_("依据"), max_length=200, required=False, help_text=_("通知名称和文号。"))
    confirmed = forms.BooleanField(label=_("已对照通知核对"), required=False)


class CalendarFileForm(ByForm):
    """A year's days as a file."""

    file = forms.FileField(
        label=_("日历文件"),
        help_text=_(
            "Excel（.xlsx）或 CSV，要有「日期」「类别」两列，可有「名称」「依据」；或本系统的 .json。类别写 放假 或 调休上班。"
        ),
    )
    source = forms.CharField(
        label=_("依据"),
        max_length=200,
        required=False,
        help_text=_("文件里没有写依据时用这一条，例如国务院办公厅通知的文号。"),
    )
