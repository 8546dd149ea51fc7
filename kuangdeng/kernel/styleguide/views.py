"""Pages of the style guide."""

from __future__ import annotations

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render

from kuangdeng.kernel import clock
from kuangdeng.kernel.listing import RowResult
from kuangdeng.kernel.styleguide import samples
from kuangdeng.kernel.views import register_page_of
from kuangdeng.kernel.widgets import DateTimeInput, PhotosField, PickerField

PLACES = [
    ("p1", "31208 综放工作面", "三采区", True),
    ("p2", "31208 综放工作面 / 回风顺槽 / 320 m 处", "三采区 · 又名 12208 回顺", False),
    ("p3", "主运皮带巷", "大巷", True),
    ("p4", "东翼采区 / 三阶段下山 / 机电硐室 / 联络巷 / 掘进工作面", "五级", False),
]


def find_place(key: str) -> str | None:
    """The name of a sample place."""
    return next((label for pk, label, _hint, _into in PLACES if pk == key), None)


class SampleForm(forms.Form):
    """A report form with every kind of field."""

    place = PickerField(
        label="地点",
        url="/_/styleguide/options/",
        find=find_place,
        kind="place",
        icon="place",
        placeholder="地名、拼音首字母或编号",
        free=True,
        help_text="扫巷道里的二维码，地点会自动填好。",
    )
    words = forms.CharField(
        label="看到了什么", widget=forms.Textarea, help_text="一条只写一处隐患；写清楚在哪里、什么样、有多大。"
    )
    photos = PhotosField(label="照片", required=False, limit=3)
    grade = forms.ChoiceField(
        label="看着有多严重",
        widget=forms.RadioSelect,
        choices=[("a", "马上要停人"), ("b", "本班要处理"), ("c", "可以排队")],
    )
    specialty = forms.ChoiceField(
        label="专业", choices=[("", "请选择"), ("roof", "顶板"), ("vent", "一通三防"), ("water", "防治水")]
    )
    at = forms.DateTimeField(label="什么时候看到的", widget=DateTimeInput, required=False)
    people = PickerField(
        label="在场的人",
        url="/_/styleguide/options/",
        find=find_place,
        kind="person",
        icon="person",
        multiple=True,
        required=False,
    )
    fixed = forms.BooleanField(label="已经当场处理好了", required=False)


def page(request: HttpRequest) -> HttpResponse:
    """Every component on one page."""
    words = {
        "frame": samples.frame("home"),
        "todo_items": samples.todo(),
        "figure_items": samples.figures(),
        "events": samples.events(),
        "tabs": [
            {"label": "经过", "url": "#", "current": True, "count": 6},
            {"label": "追问", "url": "#", "count": 0},
            {"label": "打印", "url": "#"},
        ],
        "results": [
            RowResult("YH-2026-1342 锚杆外露超过 100 mm", True, "", "/_/styleguide/thing/"),
            RowResult(
                "YH-2026-1339 皮带机尾护栏缺失", False, "不能验收：整改人和验收人不能是同一人。请由安监科其他人员验收。"
            ),
        ],
        "long": "一" * 400 + "abcdefghij" * 40,
        "now": clock.now(),
        "icons": _icons(),
        "confirm_form": ReasonForm(),
    }
    return render(request, "kernel/styleguide/page.html", words)


class ReasonForm(forms.Form):
    """Why something is sent back."""

    reason = forms.CharField(label="退回原因", widget=forms.Textarea(attrs={"rows": 3}))


def _icons() -> list[str]:
    import re
    from pathlib import Path

    sprite = Path(__file__).parents[2] / "web/static/build/icons.svg"
    return re.findall(r'symbol id="([\w-]+)"', sprite.read_text()) if sprite.exists() else []


def register(request: HttpRequest) -> HttpResponse:
    """A register with every kind of filter."""
    listing = samples.SampleListing(samples.REGISTER, None, request.GET, path=request.path, bulk=samples.REGISTER.bulk)  # type: ignore[arg-type]
    return register_page_of(request, listing, context={"frame": samples.frame("register")})


def thing(request: HttpRequest) -> HttpResponse:
    """One thing's page."""
    words = {
        "frame": samples.frame("thing"),
        "row": samples.rows()[0],
        "events": samples.events(),
        "form": ReasonForm(),
    }
    return render(request, "kernel/styleguide/thing.html", words)


def form(request: HttpRequest) -> HttpResponse:
    """A form, empty or with its errors."""
    bound = SampleForm(request.POST) if request.method == "POST" else SampleForm()
    if bound.is_bound and bound.is_valid():
        messages.success(request, "报上去了。")
    return render(request, "kernel/styleguide/form.html", {"frame": samples.frame("form"), "form": bound})


def paper(request: HttpRequest) -> HttpResponse:
    """A paper form."""
    words = {"frame": samples.frame(), "rows": samples.rows()[:6] * 4, "printed_at": clock.now()}
    return render(request, "kernel/styleguide/paper.html", words)


def bare(request: HttpRequest) -> HttpResponse:
    """The page without frame."""
    return render(request, "kernel/styleguide/bare.html", {"frame": samples.frame()})


def options(request: HttpRequest) -> JsonResponse:
    """Sample answers for the pickers."""
    q = request.GET.get("q", "").strip()
    found = [
        {"id": pk, "label": label, "hint": hint, "into": into, "group": "全部地点" if not q else ""}
        for pk, label, hint, into in PLACES
        if q in label
    ]
    return JsonResponse({"options": found, "up": None})
