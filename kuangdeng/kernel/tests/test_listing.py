"""The register: filters, order, pages, the cap, cursors, export. Saved views serve as the rows."""

import csv
import io
from datetime import datetime, timedelta
from itertools import chain
from typing import Any
from uuid import UUID

import pytest
from django.contrib.messages.storage.fallback import FallbackStorage
from django.db.models import F, QuerySet, Value
from django.db.models.functions import NullIf
from django.http import Http404, QueryDict
from django.test import RequestFactory
from django.utils import timezone
from openpyxl import load_workbook

from kuangdeng.kernel import clock, services, views
from kuangdeng.kernel.errors import Refused
from kuangdeng.kernel.ids import uuid7
from kuangdeng.kernel.listing import (
    Bulk,
    Choice,
    Column,
    Dates,
    Flag,
    Listing,
    Multi,
    Number,
    Picked,
    Register,
    Text,
    View,
    csv_lines,
    page,
    run_each,
    write_xlsx,
)
from kuangdeng.kernel.listing.export import guarded
from kuangdeng.kernel.models import SavedView
from kuangdeng.kernel.views import register_page

pytestmark = pytest.mark.django_db
OWNER = UUID("0193c0de-0000-7000-8000-000000000001")
NOW = timezone.make_aware(datetime(2026, 11, 22, 14, 30))
KINDS = [("roof", "顶板"), ("vent", "一通三防"), ("water", "防治水"), ("power", "机电")]


def register(**changes: Any) -> Register:
    words: dict[str, Any] = {
        "key": "test",
        "title": "隐患台账",
        "noun": "隐患",
        "columns": [
            Column("name", "内容", sort="name", link=True, phone="title"),
            Column("kind", "专业", "register", sort="register"),
            Column("plan", "措施", "querystring", sort=NullIf(F("querystring"), Value(""))),
            Column("at", "上报", "created_at", sort="created_at"),
            Column("bare", "备注", lambda r: "—", export=False),
        ],
        "filters": [
            Text("q", fields=("name",)),
            Choice("kind", "专业", KINDS, lookup="register"),
            Multi("kinds", "专业", KINDS, lookup="register"),
            Dates("at", "上报", lookup="created_at"),
            Flag(
                "plan",
                "措施",
                yes="有措施",
                no="没有措施",
                apply=lambda qs, on: qs.exclude(querystring="") if on else qs.filter(querystring=""),
            ),
            Number("n", "条数", apply=lambda qs, span: qs),
            Picked("owner", "单位", url="/u/", find=lambda k: UUID(k), apply=lambda qs, u: qs.filter(owner_id=u)),
        ],
        "default_sort": "-at",
        "row_url": lambda r: f"/x/{r.pk}/",
        "sizes": (10, 20),
        "empty_title": "还没有隐患",
    }
    return Register(**(words | changes))


@pytest.fixture
def rows(db: None) -> list[SavedView]:
    """45 rows, three of every four with a plan, one an hour back from now."""
    made = [
        SavedView(
            owner_id=OWNER,
            register=KINDS[i % 4][0],
            name=f"第{i:03d}处锚杆外露" if i % 2 else f"第{i:03d}处皮带跑偏",
            querystring="" if i % 4 == 0 else f"{i % 5}",
            created_at=NOW - timedelta(hours=i),
        )
        for i in range(45)
    ]
    SavedView.objects.bulk_create(made)
    return made


def read(query: str = "", reg: Register | None = None, **kwargs: Any) -> Listing:
    with clock.set_to(NOW):
        listing = (reg or register()).read(SavedView.objects.all(), QueryDict(query), path="/list/", **kwargs)
        _ = listing.states
        return listing


def names(listing: Listing) -> list[str]:
    return [r.name for r in listing.objects]


# ---------------------------------------------------------------- order and pages


def test_first_page_runs_by_the_registers_own_order(rows: list[SavedView]) -> None:
    listing = read()
    assert names(listing) == [r.name for r in rows[:10]]
    assert listing.total == "45"
    assert listing.last_page == 5
    assert listing.span == "1–10"
    assert listing.turns == {"next": "/list/?page=2"}


def test_last_page_and_beyond(rows: list[SavedView]) -> None:
    assert names(read("page=5")) == [r.name for r in rows[40:]]
    assert read("page=5").turns == {"previous": "/list/?page=4"}
    assert names(read("page=99")) == names(read("page=5"))
    assert names(read("page=-3&size=7")) == names(read())


def test_sorting_by_a_head_turns_round(rows: list[SavedView]) -> None:
    up = read("sort=name")
    assert names(up) == sorted(r.name for r in rows)[:10]
    head = next(h for h in up.heads if h.column.key == "name")
    assert (head.aria, head.url) == ("ascending", "/list/?sort=-name")
    assert names(read("sort=-name")) == sorted((r.name for r in rows), reverse=True)[:10]
    assert [h.url for h in up.heads if h.column.key == "bare"] == [""]


@pytest.mark.parametrize("sort", ["name", "-name", "plan", "-plan", "kind", "-at", "at"])
def test_pages_together_are_every_row_once(rows: list[SavedView], sort: str) -> None:
    seen = [n for p in range(1, 6) for n in names(read(f"sort={sort}&page={p}"))]
    assert sorted(seen) == sorted(r.name for r in rows)


# ---------------------------------------------------------------- beyond the cap: cursors


@pytest.fixture
def small_cap(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(page, "COUNT_CAP", 20)


@pytest.mark.parametrize("sort", ["name", "-name", "plan", "-plan", "kind", "-kind", "-at", "at"])
def test_walking_on_beyond_the_cap_misses_nothing(rows: list[SavedView], small_cap: None, sort: str) -> None:
    """Ties and blank values included, forwards and back again."""
    listing, there, steps = read(f"sort={sort}"), [], 0
    while True:
        there.append(names(listing))
        following = listing.turns.get("next")
        if not following:
            break
        listing = read(following.partition("?")[2])
        steps += 1
        assert steps < 10
    assert sorted(chain.from_iterable(there)) == sorted(r.name for r in rows)
    back = [names(listing)]
    while (previous := listing.turns.get("previous")) and listing.cursor:
        listing = read(previous.partition("?")[2])
        back.insert(0, names(listing))
    joined = list(chain.from_iterable(back))
    assert joined == list(chain.from_iterable(there))[-len(joined) :]


def test_beyond_the_cap_the_total_is_honest(rows: list[SavedView], small_cap: None) -> None:
    listing = read("page=9")
    assert listing.total == "20+"
    assert listing.page == 2
    assert "after=" in listing.turns["next"]


@pytest.mark.parametrize("token", ["x", "W10", "eyJhIjoxfQ", "WyJhIiwgImIiXQ", "%00", "W251bGwsICJ4Il0", "WzEsIDJd"])
def test_a_broken_cursor_is_no_error(rows: list[SavedView], token: str) -> None:
    assert isinstance(read(f"after={token}").objects, list)
    assert isinstance(read(f"sort=at&before={token}").objects, list)


# ---------------------------------------------------------------- filters


def test_text_search_takes_every_word(rows: list[SavedView]) -> None:
    assert read("q=锚杆").counted == 22
    assert names(read("q=锚杆 第003")) == ["第003处锚杆外露"]
    assert read("q=瓦斯").objects == []


def test_choices(rows: list[SavedView]) -> None:
    assert read("kind=roof").counted == 12
    listing = read("kinds=roof&kinds=water")
    assert listing.counted == 23
    assert next(s for s in listing.states if s.key == "kinds").words == "顶板、防治水"


def test_dates_by_name_and_by_days(rows: list[SavedView]) -> None:
    assert read("at=today").counted == 15  # 14:30 back to 00:30 on the mine's own day
    assert read("at_from=2026-11-21&at_to=2026-11-21").counted == 24
    assert read("at_from=2026-11-22&at_to=2026-11-21").counted == 39
    listing = read("at_from=2026-11-21")
    assert listing.states[3].words == "上报昨天起"


def test_flag_and_picked(rows: list[SavedView]) -> None:
    assert read("plan=1").counted + read("plan=0").counted == 45
    assert read(f"owner={OWNER}").counted == 45
    assert read(f"owner={uuid7()}").counted == 0


def test_a_default_can_be_switched_off(rows: list[SavedView]) -> None:
    reg = register(filters=[Choice("kind", "专业", KINDS, lookup="register", default="roof")])
    assert read("", reg).counted == 12
    assert read("kind=all", reg).counted == 45
    assert read("", reg).clear_url == "/list/?kind=all"


@pytest.mark.parametrize(
    "query",
    [
        "kind=nothing",
        "kinds=roof&kinds=%00",
        "q=%00",
        "q=" + "一" * 900,
        "q=%25_%5C",
        "at=never",
        "at_from=2026-13-45&at_to=x",
        "at_from=0001-01-01&at_to=9999-12-31",
        "n_from=-1&n_to=99999999999999999999",
        "n_from=%C2%B2",
        "plan=maybe",
        "owner=not-a-uuid",
        "sort=secret",
        "sort=owner_id__password",
        "sort=bare",
        "page=%E4%B8%80",
        "page=99999999999999999999",
        "size=0",
        "size=1000000",
        "size=%C2%B2",
        "after=&before=",
    ],
)
def test_whatever_stands_in_the_address_is_no_error(rows: list[SavedView], query: str) -> None:
    listing = read(query)
    assert isinstance(listing.objects, list)
    assert len(listing.objects) <= 20
    assert listing.heads
    assert isinstance(listing.turns, dict)


def test_a_filter_that_means_nothing_says_so(rows: list[SavedView]) -> None:
    assert read("kind=nothing").bad_filters == ["专业"]
    assert read("kind=nothing").counted == 45


def test_addresses_keep_the_state_and_drop_the_rest(rows: list[SavedView]) -> None:
    listing = read("kind=roof&q=皮带&sort=name&page=2&utm=1&size=20")
    assert listing.query == "q=%E7%9A%AE%E5%B8%A6&kind=roof&sort=name&size=20"
    assert listing.url(page=3).endswith("&page=3")
    assert listing.without(listing.states[1]) == "/list/?q=%E7%9A%AE%E5%B8%A6&sort=name&size=20"
    assert listing.clear_url == "/list/?sort=name&size=20"


# ---------------------------------------------------------------- cost


@pytest.mark.parametrize("query", ["", "page=3", "sort=plan&kind=roof", "q=锚杆&at=7d"])
def test_a_page_costs_three_statements(rows: list[SavedView], query: str, django_assert_num_queries: Any) -> None:
    """The capped count, the ids, the rows; the same for ten rows and for twenty."""
    listing = read(query)
    with django_assert_num_queries(3):
        _ = (listing.total, listing.body, listing.turns, listing.heads)
    wide = read(query + "&size=20")
    with django_assert_num_queries(3):
        _ = (wide.total, wide.body, wide.turns, wide.heads)


def test_counting_stops_at_the_cap(rows: list[SavedView], small_cap: None, django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(1) as seen:
        assert read().counted == 21
    assert "LIMIT 21" in seen.captured_queries[0]["sql"]


def test_the_query_for_rows_may_join_while_the_one_for_ids_stays_lean(
    rows: list[SavedView], django_assert_num_queries: Any
) -> None:
    def heavy(qs: QuerySet[Any]) -> QuerySet[Any]:
        doubled: QuerySet[Any] = qs.annotate(twice=F("name"))
        return doubled

    listing = read("", register(rows=heavy))
    with django_assert_num_queries(3) as seen:
        assert listing.objects[0].twice == listing.objects[0].name
    ids = [q["sql"] for q in seen.captured_queries if "LIMIT 11" in q["sql"]]
    assert ids
    assert '"querystring"' not in ids[0]


# ---------------------------------------------------------------- drawing


def test_rows_are_escaped(rows: list[SavedView]) -> None:
    SavedView.objects.filter(pk=rows[0].pk).update(name="<b onclick=x>危险</b>")
    body = read("", bulk=[Bulk("sign", "签收", "/sign/")]).body
    assert "<b onclick" not in body
    assert "&lt;b onclick=x&gt;危险" in body
    assert f'data-href="/x/{rows[0].pk}/"' in body
    assert f'value="{rows[0].pk}"' in body


def test_a_missing_link_in_a_path_is_empty(rows: list[SavedView]) -> None:
    reg = register(columns=[Column("deep", "深", "nothing.at.all"), Column("name", "内容")])
    assert "None" not in read("", reg).body


@pytest.fixture
def get(rf: RequestFactory, settings: Any) -> Any:
    def ask(query: str = "", reg: Register | None = None, qs: QuerySet[Any] | None = None, **headers: str) -> Any:
        request = rf.get(f"/list/?{query}", headers=headers)
        request.user = type("P", (), {"pk": OWNER, "is_authenticated": True})()
        with clock.set_to(NOW):
            return register_page(request, reg or register(), SavedView.objects.all() if qs is None else qs)

    return ask


def test_the_whole_page_and_the_part(rows: list[SavedView], get: Any) -> None:
    whole, part = get("kind=roof"), get("kind=roof", **{"HX-Target": "reg-test", "HX-Request": "true"})
    assert b"<!doctype html>" in whole.content
    assert part.content.lstrip().startswith(b'<div class="register-whole" id="reg-test"')
    assert part["Cache-Control"] == "no-store"
    assert "HX-Target" in part["Vary"]
    again = get("kind=roof", **{"HX-Target": "reg-test", "HX-History-Restore-Request": "true"})
    assert b"<!doctype html>" in again.content


def test_the_filter_line_reads_like_a_sentence(rows: list[SavedView], get: Any) -> None:
    text = get("kind=roof&at=7d").content.decode()
    assert "显示" in text
    assert "的隐患" in text
    assert "<span>顶板</span>" in text
    assert "<span>上报近 7 天</span>" in text
    assert "清除筛选" in text


def test_empty_says_what_would_fill_it(get: Any) -> None:
    assert "还没有隐患" in get("", qs=SavedView.objects.none()).content.decode()
    assert "按这些条件没有找到" in get("q=瓦斯", qs=SavedView.objects.none()).content.decode()


# ---------------------------------------------------------------- saved views


def test_views_mark_the_one_that_is_shown(rows: list[SavedView]) -> None:
    reg = register(views=[View("全部"), View("顶板", "kind=roof")])
    services.save_view(owner=OWNER, register="test", name="皮带", querystring="q=皮带&page=4")
    shown = {v["label"]: v["current"] for v in read("q=皮带&page=2", reg, owner=OWNER).views}
    assert shown == {"全部": False, "顶板": False, "皮带": True}
    assert [v["label"] for v in read("kind=roof", reg, owner=OWNER).views if v["current"]] == ["顶板"]
    assert read("q=锚杆", reg, owner=OWNER).savable
    assert not read("q=皮带", reg, owner=OWNER).savable
    assert not read("q=锚杆", reg).savable


def test_a_view_is_a_question_not_a_place_and_its_name_is_one(db: None) -> None:
    first = services.save_view(owner=OWNER, register="r", name="  我的  单位 ", querystring="kind=roof&page=9&after=x")
    assert (first.name, first.querystring) == ("我的 单位", "kind=roof")
    second = services.save_view(owner=OWNER, register="r", name="我的 单位", querystring="kind=vent")
    assert second.pk == first.pk
    assert services.saved_views(OWNER, "r") == [second]
    with pytest.raises(Refused, match="起个名字"):
        services.save_view(owner=OWNER, register="r", name=" ", querystring="")


@pytest.fixture
def press(rf: RequestFactory) -> Any:
    """POST as the signed-in owner."""

    def send(view: Any, data: dict[str, str], **kwargs: Any) -> Any:
        request = rf.post("/_/views/", data)
        request.user = type("P", (), {"pk": OWNER, "is_authenticated": True})()
        request.__dict__["session"] = {}
        request.__dict__["_messages"] = FallbackStorage(request)
        return view(request, **kwargs)

    return send


def test_saving_leads_back_to_the_list(db: None, press: Any) -> None:
    data = {"register": "test", "name": "顶板", "query": "kind=roof", "next": "/list/"}
    assert press(views.save_view, data).url == "/list/?kind=roof"
    assert services.saved_views(OWNER, "test")[0].name == "顶板"
    assert press(views.save_view, data | {"name": " "}).url == "/list/?kind=roof"
    for elsewhere in ("https://evil.example/x", "//evil.example", "javascript:alert(1)"):
        assert press(views.save_view, data | {"next": elsewhere}).url == "/?kind=roof"


def test_deleting_over_the_web(db: None, press: Any) -> None:
    view = services.save_view(owner=OWNER, register="r", name="我的", querystring="")
    other = services.save_view(owner=uuid7(), register="r", name="别人的", querystring="")
    assert press(views.delete_view, {"next": "/list/"}, view_id=view.pk).url == "/list/"
    assert services.saved_views(OWNER, "r") == []
    with pytest.raises(Http404):
        press(views.delete_view, {"next": "/list/"}, view_id=other.pk)


def test_nobody_deletes_another_ones_view(db: None) -> None:
    view = services.save_view(owner=OWNER, register="r", name="我的", querystring="kind=roof")
    assert services.delete_view(owner=uuid7(), view_id=view.pk) is None
    assert services.saved_views(OWNER, "r")
    assert services.delete_view(owner=OWNER, view_id=view.pk)
    assert not services.saved_views(OWNER, "r")


def test_twenty_views_are_enough(db: None) -> None:
    for n in range(20):
        services.save_view(owner=OWNER, register="r", name=f"筛选{n}", querystring="")
    with pytest.raises(Refused, match="最多存 20 个"):
        services.save_view(owner=OWNER, register="r", name="再来一个", querystring="")
    services.save_view(owner=OWNER, register="r", name="筛选3", querystring="kind=roof")


# ---------------------------------------------------------------- export


def test_csv_is_the_whole_list_as_filtered_and_sorted(rows: list[SavedView]) -> None:
    text = "".join(csv_lines(read("kind=roof&sort=name")))
    assert text.startswith("\ufeff内容,专业,措施,上报\r\n")
    lines = list(csv.reader(io.StringIO(text[1:])))
    assert len(lines) == 13
    assert lines[1] == ["第000处皮带跑偏", "roof", "", "2026-11-22 14:30"]


def test_xlsx_is_the_same_with_real_moments(rows: list[SavedView]) -> None:
    file = io.BytesIO()
    write_xlsx(read("sort=-at"), file)
    sheet = load_workbook(file).active
    assert sheet is not None
    assert sheet.title == "隐患台账"
    assert sheet.max_row == 46
    assert [c.value for c in sheet[1]] == ["内容", "专业", "措施", "上报"]
    assert sheet["D2"].value == datetime(2026, 11, 22, 14, 30)


@pytest.mark.parametrize("text", ['=HYPERLINK("http://x")', "+1+cmd|'/c calc'!A0", "-2+3", "@SUM(A1)", "\t=1", "\r=1"])
def test_no_formula_leaves_the_house(rows: list[SavedView], text: str) -> None:
    assert guarded(text) == f"'{text}"
    SavedView.objects.filter(pk=rows[0].pk).update(name=text[:40], querystring="-5")
    first = next(csv.reader(io.StringIO("".join(csv_lines(read()))[1:].split("\r\n", 1)[1])))
    assert first[0].startswith("'") or first[0][0] not in "=+-@"
    assert first[2] == "-5"
    file = io.BytesIO()
    write_xlsx(read(), file)
    sheet = load_workbook(file).active
    assert sheet is not None
    assert sheet["A2"].data_type != "f"


@pytest.mark.parametrize(
    ("text", "safe"), [("-5", "-5"), ("+8613900000000", "+8613900000000"), ("-1.5%", "-1.5%"), ("正常", "正常")]
)
def test_plain_numbers_and_words_stay(text: str, safe: str) -> None:
    assert guarded(text) == safe


def test_export_answers_as_a_file(rows: list[SavedView], get: Any) -> None:
    response = get("export=csv&kind=roof")
    assert response["Content-Type"].startswith("text/csv")
    assert "%E9%9A%90%E6%82%A3%E5%8F%B0%E8%B4%A6-20261122-1430.csv" in response["Content-Disposition"]
    assert b"".join(response.streaming_content).decode().count("\r\n") == 13
    sheet = get("export=xlsx")
    assert b"".join(sheet.streaming_content)[:2] == b"PK"
    assert b"<!doctype" in get("export=exe").content


def test_export_reads_in_pieces(rows: list[SavedView], monkeypatch: pytest.MonkeyPatch) -> None:
    from kuangdeng.kernel.listing import export

    monkeypatch.setattr(export, "CHUNK", 7)
    sizes: list[int] = []
    reg = register(enrich=lambda part: sizes.append(len(part)))
    assert len(list(csv_lines(read("", reg)))) == 46
    assert max(sizes) == 7
    assert sum(sizes) == 45


# ---------------------------------------------------------------- bulk


def test_one_refusal_never_stops_the_others() -> None:
    ids = [uuid7() for _ in range(3)]

    def act(pk: UUID) -> str | None:
        if pk == ids[1]:
            raise Refused("不能验收：整改人和验收人不能是同一人。")
        return "已验收。" if pk == ids[0] else None

    results = run_each([str(ids[0]), "junk", *map(str, ids)], act, label_of=lambda pk: str(pk)[:8])
    assert [r.ok for r in results] == [True, False, True]
    assert results[0].message == "已验收。"
    assert "同一人" in results[1].message
