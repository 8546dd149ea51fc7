"""The page components: what they show, and that nothing a person typed becomes markup."""

from datetime import datetime, timedelta
from types import SimpleNamespace

import pytest
from django import forms
from django.template import Context, Template
from django.utils import timezone

from kuangdeng.kernel import clock
from kuangdeng.kernel.frame import Frame, FrameBanner, MenuLink, RailGroup, RailItem, Tab
from kuangdeng.kernel.listing import RowResult
from kuangdeng.kernel.templatetags.kd import cut_text
from kuangdeng.kernel.widgets import FreeText, PhotosField, PickerField

EVIL = "<script>alert('顶板')</script>\"'&"
NOW = timezone.make_aware(datetime(2026, 11, 22, 14, 30))


def draw(source: str, **values: object) -> str:
    with clock.set_to(NOW):
        return Template("{% load kd i18n %}" + source).render(Context(values))


@pytest.mark.parametrize(
    "source",
    [
        "{% chip evil 'state' 'wait' title=evil %}",
        "{% chip evil 'holder' url=evil mark='person' %}",
        "{% icon 'place' evil %}",
        "{% fact evil evil url=evil %}",
        "{% section evil count=1 %}{{ evil }}{% endsection %}",
        "{% facts %}{% factblock evil %}{{ evil }}{% endfactblock %}{% endfacts %}",
        "{% verb evil evil reason=evil %}",
        "{% verb evil evil method='post' fields=fields %}",
        "{% confirm 'x' evil evil evil text=evil fields=fields %}",
        "{% dialog id='x' title=evil %}{{ evil }}{% enddialog %}",
        "{% banner evil 'late' title=evil url=evil label=evil %}",
        "{% empty evil evil evil evil %}",
        "{% timeline events %}",
        "{% photos pictures %}",
        "{% todo items %}",
        "{% figures items %}",
        "{% tabs items %}",
        "{% results rows %}",
        "{% progress evil 1 2 text=evil %}",
        "{% sign_boxes evil %}",
        "{{ evil|cut:5 }}",
        "{{ evil|cell }}",
    ],
)
def test_nothing_typed_becomes_markup(source: str) -> None:
    thing = {
        "title": EVIL,
        "url": EVIL,
        "label": EVIL,
        "value": EVIL,
        "meta": [EVIL],
        "note": EVIL,
        "due": NOW,
        "verb": EVIL,
    }
    html = draw(
        source,
        evil=EVIL,
        fields={"a": EVIL},
        events=[{"what": EVIL, "who": EVIL, "unit": EVIL, "why": EVIL, "at": NOW, "changes": [(EVIL, EVIL)]}],
        pictures=[{"url": EVIL, "caption": EVIL}],
        items=[thing],
        rows=[RowResult(EVIL, False, EVIL, EVIL)],
    )
    assert "<script>" not in html
    assert "alert('" not in html.replace("&#x27;", "")
    assert "&lt;" in html


def test_late_is_never_colour_alone() -> None:
    html = draw("{% clock_chip due %}", due=NOW - timedelta(hours=30))
    assert "tone-late" in html
    assert "#late" in html
    assert "已超 30 小时" in html


def test_a_closed_thing_has_no_clock() -> None:
    assert draw("{% clock_chip due done=True %}", due=NOW - timedelta(days=9)) == ""


def test_a_verb_that_is_not_possible_says_why() -> None:
    html = draw("{% verb '验收' '/x/' primary=True reason='整改人和验收人不能是同一人。' %}")
    assert "disabled" in html
    assert "整改人和验收人不能是同一人。" in html
    assert "/x/" not in html


def test_a_posting_verb_carries_the_token() -> None:
    html = draw("{% verb '签收' '/x/' method='post' %}", csrf_token="tok")
    assert '<form method="post" action="/x/"' in html
    assert 'value="tok"' in html


def test_an_unknown_fact_is_not_invented() -> None:
    assert "<dd></dd>" in draw("{% fact '资金' value %}", value=None)
    assert "<dd>0</dd>" in draw("{% fact '资金' 0 %}")


@pytest.mark.parametrize(
    ("text", "length", "short"),
    [
        ("锚杆外露超过规定", 4, "锚杆外露…"),
        ("锚杆外露", 4, "锚杆外露"),
        ("YH-2026-1342", 6, "YH-2026-1342"),
        ("YH-2026-1342", 4, "YH-2026-…"),
        ("", 4, ""),
        ("e\u0301" * 5, 2, "e\u0301" * 4 + "…"),
    ],
)
def test_cut_counts_chinese_as_two(text: str, length: int, short: str) -> None:
    assert cut_text(text, length) == short


def test_results_say_how_many() -> None:
    html = draw("{% results rows %}", rows=[RowResult("YH-1", True), RowResult("YH-2", False, "已经销号了。")])
    assert "办成 1 条，没有办成 1 条。" in html
    assert "已经销号了。" in html


# ---------------------------------------------------------------- forms

UNITS = {"u1": "机掘二队", "u2": "运输队"}


class Report(forms.Form):
    unit = PickerField(
        label="责任单位",
        url="/units/",
        find=UNITS.get,
        search=lambda q: [n for n in UNITS.values() if q in n],
        help_text="按名称",
    )
    place = PickerField(label="地点", url="/places/", find=lambda k: None, free=True, required=False)
    people = PickerField(label="在场", url="/p/", find=UNITS.get, multiple=True, required=False)
    photos = PhotosField(label="照片", required=False, limit=2)
    words = forms.CharField(label="内容")


def filled(**changes: str | list[str]) -> Report:
    from django.http import QueryDict

    data = QueryDict(mutable=True)
    for key, value in ({"unit": "u1", "words": "皮带跑偏"} | changes).items():
        data.setlist(key, value if isinstance(value, list) else [value])
    return Report(data)


def test_picker_gives_the_chosen_thing() -> None:
    form = filled(people=["u1", "u2"], place_text="新开硐室")
    assert form.is_valid(), form.errors
    assert form.cleaned_data["unit"] == "机掘二队"
    assert form.cleaned_data["people"] == ["机掘二队", "运输队"]
    assert form.cleaned_data["place"] == FreeText("新开硐室")


def test_picker_without_scripts_finds_the_only_match() -> None:
    form = filled(unit="", unit_text="运输")
    assert form.is_valid(), form.errors
    assert form.cleaned_data["unit"] == "运输队"


@pytest.mark.parametrize(
    "given", [{"unit": "gone"}, {"unit": "", "unit_text": "队"}, {"unit": "", "unit_text": "通风队"}, {"unit": ""}]
)
def test_picker_refuses_in_words_and_keeps_what_was_typed(given: dict[str, str]) -> None:
    form = filled(**given)
    assert not form.is_valid()
    html = draw("{% form_errors form %}{% form_body form %}", form=form)
    assert 'aria-invalid="true"' in html
    assert 'href="#id_unit"' in html
    assert "按名称" in html
    if given.get("unit_text"):
        assert f'value="{given["unit_text"]}"' in html


def test_a_chosen_unit_shows_its_name_again() -> None:
    html = str(filled()["unit"])
    assert 'value="u1"' in html
    assert 'value="机掘二队"' in html
    assert 'role="combobox"' in html


def test_photos_are_numbers_that_the_server_holds() -> None:
    one, two = "a" * 64, "b" * 64
    assert filled(photos=[one, one, two]).is_valid()
    form = filled(photos=[one, one.upper(), two])
    assert form.is_valid()
    assert form.cleaned_data["photos"] == [one, two]
    assert "编号不对" in str(filled(photos=["../etc/passwd"]).errors)
    assert "最多 2 张" in str(filled(photos=[one, two, "c" * 64]).errors)


# ---------------------------------------------------------------- the frame


def test_the_frame_shows_only_what_it_is_given(rf: object) -> None:
    frame = Frame(
        mine="大梁湾煤矿",
        shift="中班",
        person="欧阳建国",
        rail=[RailGroup("隐患", "hazard", [RailItem("上报", "/report/", True)]), RailGroup("学习", "study", [])],
        tabs=[Tab("待办", "todo", "/", unread=120)],
        menu=[MenuLink("退出", "/out/", "out", "post")],
        banners=[FrameBanner("明年的日历还没有导入。")],
        inbox_url="/inbox/",
        unread=3,
    )
    html = Template("{% extends 'kernel/base.html' %}{% block heading %}台账{% endblock %}").render(
        Context({"frame": frame, "csrf_token": "tok"})
    )
    assert 'href="/report/" aria-current="page"' in html
    assert "学习" not in html
    assert "99+" in html
    assert "收件箱，3 条未读" in html
    assert "明年的日历还没有导入。" in html
    bare = Template("{% extends 'kernel/base.html' %}").render(Context({"frame": SimpleNamespace()}))
    assert "收件箱" not in bare
