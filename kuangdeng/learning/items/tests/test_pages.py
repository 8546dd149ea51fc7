"""The pages of the bank as people use them: write, review, put into use, import, look at twins, export."""

import base64
import contextlib
import io
import threading
import zipfile
from datetime import timedelta
from typing import Any

import pytest
from _pytest.monkeypatch import MonkeyPatch
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.urls import reverse
from PIL import Image

from kuangdeng.kernel import clock
from kuangdeng.kernel.errors import Refused
from kuangdeng.learning.items import importing, queries, services
from kuangdeng.learning.items.formats import opening
from kuangdeng.learning.items.jobs import find_twins, go_on_importing, pick_up_imports
from kuangdeng.learning.items.models import Item, ItemBank, ItemCategory, ItemTwin, ItemVersion
from kuangdeng.learning.items.rules import ItemType, Policy, Status
from kuangdeng.learning.items.rules.content import pictures_of
from kuangdeng.learning.items.testkit import ONE_OF_EACH, SINGLE, TRUE_FALSE, bank, data_of, item_in, sent_picture
from kuangdeng.learning.items.tests.scenarios import PAPER, alike
from kuangdeng.learning.items.views import settings as settings_views
from kuangdeng.org.api import ImportRun
from kuangdeng.org.testkit import Cast, make_cast

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast() -> Cast:
    return make_cast()


FILLED: dict[str, dict[str, object]] = {
    "single": {"stem": "冒顶预兆出现后先做什么？", "option_0": "撤人", "option_1": "继续干", "option_2": "以上都是", "correct": "0", "rows": "4"},
    "multiple": {"stem": "三违是哪些？", "option_0": "违章指挥", "option_1": "违章作业", "option_2": "早到", "correct": ["0", "1"], "rows": "4"},
    "true_false": {"stem": "整改人可以自己验收。", "correct": "false"},
    "fill_in": {"stem": "气压约____千帕，三违之一是____。", "blank_0": "101.3±0.5", "blank_1": "违章指挥\n瞎指挥", "rows": "2"},
    "matching": {"stem": "配对", "left_0": "锚杆", "right_0": "顶板", "left_1": "风筒", "right_1": "通风", "extra": "运输", "rows": "4"},
    "ordering": {"stem": "排好", "steps": "上报\n定级\n整改"},
    "short_answer": {"stem": "说说交接班。", "reference": "交清。"},
}  # fmt: skip


@pytest.mark.parametrize("kind", list(ItemType))
def test_each_type_is_written_tried_revised_and_read_again(cast: Cast, kind: str) -> None:
    client, home = cast.browser("teacher"), bank(cast)
    url = reverse("learning:item_new", args=[kind])
    assert client.get(url).status_code == 200
    data = {"bank": str(home.id), "marks": "2", "difficulty": "2", "submit": "1", **FILLED[kind]}
    answer = client.post(url, data)
    assert answer.status_code == 302, answer.content.decode()
    item = Item.objects.get()
    assert (item.type, item.status, item.difficulty) == (kind, Status.SUBMITTED, 2)
    page = client.get(reverse("learning:item", args=[item.id])).content.decode()
    assert "学员看到的样子" in page
    assert "自己出的、自己改的题由其他人审定" in page
    tried = client.post(reverse("learning:item_try", args=[item.id]), {"a": "x"}, headers={"HX-Request": "true"})
    assert tried.status_code == 200
    services.send_back(item.id, remark="改一下", by=cast.safety)
    edit = reverse("learning:item_edit", args=[item.id])
    form = client.get(edit).context["form"]
    again = {name: value for name, value in form.initial.items() if value is not False}
    answer = client.post(edit, {**again, "rows": data.get("rows", ""), "stem": f"{item.stem}。", "draft": "1"})
    assert answer.status_code == 302, answer.content.decode()
    first, second = ItemVersion.objects.order_by("number")
    assert {**first.content, "stem": ""} == {**second.content, "stem": ""}, "editing one thing changes only that"
    assert services.submit(item.id, by=cast.teacher)


def again_of(client: Client, item: Item) -> dict[str, object]:
    """The form of an item as a browser sends it back, untouched."""
    form = client.get(reverse("learning:item_edit", args=[item.id])).context["form"]
    rows = str(getattr(form, "count", ""))
    return {"rows": rows, "draft": "1", **{name: value for name, value in form.initial.items() if value is not False}}


def test_pictures_of_matching_items_stay_and_change(cast: Cast) -> None:
    red, blue, grey, new = (sent_picture(cast, colour) for colour in ("red", "blue", "grey", "green"))
    content = {
        "type": "matching", "stem": "把标志和意思对上。",
        "left": [{"id": "l1", "text": "", "picture": red}, {"id": "l2", "text": "风门"}],
        "right": [
            {"id": "r1", "text": "", "picture": blue}, {"id": "r2", "text": "隔断风流"},
            {"id": "r3", "text": "警示", "picture": grey}, {"id": "r4", "text": "避灾路线"},
        ],
        "pairs": {"l1": "r1", "l2": "r2"},
    }  # fmt: skip
    item, client = item_in(Status.DRAFTED, cast, content), cast.browser("teacher")
    data, edit = again_of(client, item), reverse("learning:item_edit", args=[item.id])
    assert client.post(edit, {**data, "stem": "配一配。"}).status_code == 302
    first, second = ItemVersion.objects.order_by("number")
    shown = [{(one["text"], one.get("picture")) for one in v.content["right"]} for v in (first, second)]
    assert shown[0] == shown[1]
    assert (second.content["left"], second.content["pairs"]["l1"]) == (first.content["left"], "r1")
    client.post(edit, {**again_of(client, item), "left_picture_1": [new], "right_keep_0": "", "right_0": "禁止"})
    third = ItemVersion.objects.order_by("number").last()
    assert third is not None
    assert len(set(pictures_of(third.content)) - set(pictures_of(first.content))) == 1
    assert {"text", "picture", "id"} == set(third.content["left"][1])
    assert third.content["right"][0] == {"id": "r1", "text": "禁止"}


def test_pictures_of_steps_stay(cast: Cast) -> None:
    red, blue = sent_picture(cast, "red"), sent_picture(cast, "blue")
    options = [
        {"id": "a", "text": "", "picture": red},
        {"id": "b", "text": "整改", "picture": blue},
        {"id": "c", "text": "验收"},
    ]
    item = item_in(
        Status.DRAFTED, cast, {"type": "ordering", "stem": "排好", "options": options, "correct": ["c", "b", "a"]}
    )
    client = cast.browser("teacher")
    data = again_of(client, item)
    client.post(reverse("learning:item_edit", args=[item.id]), {**data, "steps": "整改\n上报\n（图3）"})
    first, second = ItemVersion.objects.order_by("number")
    kept = {one["text"]: one.get("picture") for one in first.content["options"]}
    shown = [(one["text"], one.get("picture")) for one in second.content["options"]]
    assert shown == [("整改", kept["整改"]), ("上报", None), ("", kept[""])]


def test_the_page_shows_no_name_that_tells_the_order(cast: Cast) -> None:
    item = item_in(Status.DRAFTED, cast, ONE_OF_EACH[ItemType.ORDERING])
    client, url = cast.browser("teacher"), reverse("learning:item_try", args=[item.id])
    shown = client.get(reverse("learning:item", args=[item.id])).context["asked"]["options"]
    right = [one["text"] for one in item.latest.content["options"]]
    assert "全对" not in client.post(url, {f"a-{name}": at for at, name in enumerate("abcde", 1)}).content.decode()
    places = {f"a-{one['id']}": right.index(one["text"]) + 1 for one in shown}
    assert "全对" in client.post(url, places).content.decode()


def test_more_options_keep_what_was_typed(cast: Cast) -> None:
    client = cast.browser("teacher")
    data = {"bank": str(bank(cast).id), "rows": "4", "option_0": "撤人", "more": "1"}
    page = client.post(reverse("learning:item_new", args=["single"]), data)
    assert page.status_code == 200
    assert 'name="option_5"' in page.content.decode()
    assert 'value="撤人"' in page.content.decode()


def test_what_cannot_be_asked_stands_beside_its_field(cast: Cast) -> None:
    client = cast.browser("teacher")
    data = {
        "bank": str(bank(cast).id),
        "marks": "1",
        "difficulty": "3",
        "rows": "4",
        "stem": "题",
        "option_0": "甲",
        "correct": "0",
    }
    page = client.post(reverse("learning:item_new", args=["single"]), data)
    assert page.status_code == 422
    assert "选择题至少要有两个选项" in page.content.decode()
    assert Item.objects.count() == 0


def test_review_and_use_by_pages_and_the_author_cannot(cast: Cast) -> None:
    item = item_in(Status.SUBMITTED, cast)
    url, seen = reverse("learning:item_verb", args=[item.id, "review"]), {"version_id": str(item.latest_id)}
    cast.browser("teacher").post(url, seen)
    item.refresh_from_db()
    assert item.status == Status.SUBMITTED
    officer = cast.browser("training_officer")
    assert item.stem[:10] in officer.get(reverse("learning:items_review")).content.decode()
    page = officer.get(reverse("learning:item", args=[item.id])).content.decode()
    assert f'name="version_id" value="{item.latest_id}"' in page
    officer.post(url, seen)
    officer.post(reverse("learning:item_verb", args=[item.id, "put_in_use"]))
    item.refresh_from_db()
    assert (item.status, item.current_id) == (Status.IN_USE, item.latest_id)
    assert list(queries.pool(cast.mine.id)) == [item]


def test_many_at_once_with_a_result_for_each(cast: Cast) -> None:
    mine = item_in(Status.SUBMITTED, cast)
    services_own = item_in(Status.DRAFTED, cast, ONE_OF_EACH[ItemType.MULTIPLE])
    page = cast.browser("safety").post(
        reverse("learning:items_bulk", args=["review"]), {"ids": [str(mine.latest_id), str(services_own.latest_id)]}
    )
    mine.refresh_from_db()
    assert mine.status == Status.REVIEWED
    assert "现在的状态是「草稿」" in page.content.decode()


def test_many_are_sorted_anew_without_a_new_review(cast: Cast) -> None:
    """After an import of a bank: categories and difficulty for what was ticked, in use as before."""
    first, second = item_in(Status.IN_USE, cast), item_in(Status.IN_USE, cast, TRUE_FALSE)
    gas = services.save_category(kind="specialty", name="一通三防", by=cast.training_officer)
    client, url = cast.browser("teacher"), reverse("learning:items_bulk", args=["classify"])
    assert "改分类、难度" in client.get(reverse("learning:items")).content.decode()
    ids = [str(first.latest_id), str(second.latest_id)]
    assert "请选分类或难度" in client.post(url, {"ids": ids}).content.decode()
    client.post(url, {"ids": ids, "category_ids": [str(gas.id)]})
    client.post(url, {"ids": ids[:1], "difficulty": "5"})
    for item in (first, second):
        item.refresh_from_db()
        assert item.status == Status.IN_USE and [one.name for one in item.categories.all()] == ["一通三防"]
    assert (first.difficulty, second.difficulty) == (5, 3)
    assert cast.browser("miner").post(url, {"ids": ids}).status_code == 404


def test_what_is_approved_is_what_the_reviewer_saw(cast: Cast) -> None:
    item = item_in(Status.SUBMITTED, cast)
    officer, seen = cast.browser("training_officer"), str(item.latest_id)
    listed = officer.get(reverse("learning:items_review")).content.decode()
    assert f'name="ids" value="{seen}"' in listed
    services.send_back(item.id, remark="改", by=cast.teacher)
    services.revise(item.id, data=data_of(cast, {**SINGLE, "correct": ["a"]}), by=cast.teacher)
    services.submit(item.id, by=cast.teacher)
    page = officer.post(reverse("learning:item_verb", args=[item.id, "review"]), {"version_id": seen}, follow=True)
    assert "这道题又改过了" in page.content.decode()
    page = officer.post(reverse("learning:items_bulk", args=["review"]), {"ids": [seen]})
    assert "又改过了" in page.content.decode()
    item.refresh_from_db()
    assert item.status == Status.SUBMITTED


def test_who_reviews_and_whose_item_came_back_find_it_on_their_home_page(cast: Cast) -> None:
    item = item_in(Status.SUBMITTED, cast)
    assert "1 道题等审定" in cast.browser("safety").get("/").content.decode()
    assert "道题等审定" not in cast.browser("teacher").get("/").content.decode()
    services.send_back(item.id, remark="第三个选项不对", by=cast.safety)
    assert "1 道题退回修改" in cast.browser("teacher").get("/").content.decode()
    assert "道题等审定" not in cast.browser("safety").get("/").content.decode()
    assert "/items/" not in cast.browser("miner").get("/").content.decode()


def test_items_of_two_types_are_not_merged(cast: Cast) -> None:
    one, other = item_in(Status.IN_USE, cast), item_in(Status.IN_USE, cast, {**TRUE_FALSE, "stem": SINGLE["stem"]})
    officer = cast.browser("training_officer")
    page = officer.post(reverse("learning:item_merge", args=[one.id]), {"into": str(other.id)}, follow=True)
    assert "单选题和判断题不能合并" in page.content.decode()
    assert queries.merge_targets(one) == []
    one.refresh_from_db()
    assert one.merged_into_id is None


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    ("model", "save"),
    [
        (ItemBank, lambda by: services.save_bank(name="机电题库", by=by)),
        (ItemCategory, lambda by: services.save_category(kind="trade", name="瓦检员", by=by)),
    ],
)
def test_saved_twice_at_once_the_second_is_told(model: Any, save: Any, monkeypatch: MonkeyPatch) -> None:
    cast, ordinary, came = make_cast(), model.save, []
    both = threading.Barrier(2)

    def slow(self: Any, *args: Any, **kwargs: Any) -> None:
        with contextlib.suppress(threading.BrokenBarrierError):
            both.wait(timeout=1)
        ordinary(self, *args, **kwargs)

    def press() -> None:
        try:
            came.append(str(save(cast.training_officer)))
        except Refused as refusal:
            came.append(str(refusal))
        finally:
            connection.close()

    monkeypatch.setattr(model, "save", slow)
    threads = [threading.Thread(target=press) for _at in range(2)]
    for one in threads:
        one.start()
    for one in threads:
        one.join(timeout=60)
    assert len([one for one in came if "已经有" in one]) == 1, came
    assert len(came) == 2


def test_pasted_words_are_previewed_decided_and_written(cast: Cast) -> None:
    client, home = cast.browser("teacher"), bank(cast)
    answer = client.post(reverse("learning:items_import"), {"words": PAPER})
    assert answer.status_code == 302, answer.content.decode()
    run = ImportRun.objects.get()
    page = client.get(answer["Location"]).content.decode()
    assert "答案写成「J」的 1 道判断题" in page
    assert "看着像「对」" in page
    assert Item.objects.count() == 0, "nothing is written before it is confirmed"
    data = {
        "bank": str(home.id),
        "ask_0": "true",
        "standing": "drafted",
        "twins": "leave",
        "difficulty": "3",
        "do": "confirm",
    }
    client.post(answer["Location"], data)
    assert Item.objects.count() == 3
    assert Item.objects.get(stem__startswith="带班领导").latest.content["correct"] is True
    run.refresh_from_db()
    assert (run.state, run.report["written"]) == (ImportRun.State.DONE, 3)
    again = client.post(reverse("learning:items_import"), {"words": PAPER})
    assert "安全题库" in client.get(again["Location"]).content.decode(), "twins are shown with the bank they are in"
    data = {"bank": str(home.id), "standing": "drafted", "twins": "leave", "difficulty": "3", "do": "confirm"}
    assert "没有可以导入的题" in client.post(again["Location"], data).content.decode()
    assert Item.objects.count() == 3


def moodle(*pictures: bytes) -> bytes:
    """One true/false question for each picture, which stands in its stem."""
    rows = [
        f'<question type="truefalse"><questiontext format="html"><text><![CDATA[井下的第{at}种标志表示禁止。'
        '<img src="@@PLUGINFILE@@/p.png">]]></text><file name="p.png" path="/" encoding="base64">'
        f"{base64.b64encode(data).decode()}</file></questiontext>"
        '<answer fraction="100"><text>true</text></answer><answer fraction="0"><text>false</text></answer></question>'
        for at, data in enumerate(pictures, 1)
    ]
    return f"<quiz>{''.join(rows)}</quiz>".encode()


def png(colour: str) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (60, 40), colour).save(out, "PNG")
    return out.getvalue()


def test_a_picture_that_cannot_be_read_is_told_with_its_row_and_the_rest_comes_in(cast: Cast) -> None:
    client, home = cast.browser("teacher"), bank(cast)
    file = moodle(png("red"), b"\x89PNG\r\n\x1a\n cut off", png("blue"))
    where = client.post(reverse("learning:items_import"), {"file": SimpleUploadedFile("图.xml", file)})["Location"]
    run = ImportRun.objects.get()
    assert [one["row"] for one in run.problems] == [2]
    assert "题里的图片用不了" in client.get(where).content.decode()
    data = {"bank": str(home.id), "standing": "drafted", "twins": "leave", "difficulty": "3", "do": "confirm"}
    assert client.post(where, data).status_code == 302
    assert sorted(len(pictures_of(one.content)) for one in ItemVersion.objects.all()) == [1, 1]


def large(end: str = "</quiz>") -> SimpleUploadedFile:
    """A Moodle file of more than half a megabyte."""
    body = moodle(*[png("red")] * 1200).decode().removesuffix("</quiz>")
    assert len(body) > importing.SMALL
    return SimpleUploadedFile("大.xml", (body + end).encode())


def test_a_large_file_is_read_by_the_worker_not_while_the_person_waits(cast: Cast, monkeypatch: MonkeyPatch) -> None:
    client, url = cast.browser("teacher"), reverse("learning:items_import")
    with monkeypatch.context() as patch:
        patch.setattr(opening, "parse", lambda _data: pytest.fail("parsed in the request"))
        where = client.post(url, {"file": large()})["Location"]
        broken = client.post(url, {"file": large(end="<question>")})["Location"]
        page = client.post(url, {"file": SimpleUploadedFile("大.xml", b"%PDF-1.7" + b" " * importing.SMALL)})
    assert "不是" in page.content.decode()
    assert "读取文件" in client.get(where).content.decode()
    told: list[int] = []
    monkeypatch.setattr(importing, "PIECE", 500)
    monkeypatch.setattr(importing, "beat", lambda _name: told.append(ImportRun.objects.get(file_sha256=sha).done_rows))
    sha, other = [ImportRun.objects.get(id=one.split("/")[-2]).file_sha256 for one in (where, broken)]
    run = ImportRun.objects.get(file_sha256=sha)
    go_on_importing.func(str(run.id))
    assert (told[0], told[-1]) == (0, 500), "how far it is stands on the page"
    assert "1,200" in client.get(where).content.decode()
    sha = other
    run = ImportRun.objects.get(file_sha256=sha)
    go_on_importing.func(str(run.id))
    assert "不是完整的 XML" in client.get(broken).content.decode()


def test_a_reading_that_was_cut_off_is_taken_up_and_a_dropped_one_stays_dropped(cast: Cast) -> None:
    client, url = cast.browser("teacher"), reverse("learning:items_import")
    first, second = client.post(url, {"file": large()})["Location"], client.post(url, {"file": large()})["Location"]
    client.post(second, {"do": "drop"})
    pick_up_imports.func(0)
    assert ImportRun.objects.filter(state=ImportRun.State.READING).count() == 1, "it may still be on its way"
    with clock.set_to(clock.now() + timedelta(minutes=5)):
        pick_up_imports.func(0)
    states = [ImportRun.objects.get(id=one.split("/")[-2]).state for one in (first, second)]
    assert states == [ImportRun.State.PREVIEW, ImportRun.State.DROPPED]


def test_many_items_are_written_by_the_worker(cast: Cast, monkeypatch: MonkeyPatch) -> None:
    monkeypatch.setattr(importing, "FEW", 2)
    client, home = cast.browser("teacher"), bank(cast)
    where = client.post(reverse("learning:items_import"), {"words": PAPER})["Location"]
    data = {"bank": str(home.id), "standing": "drafted", "twins": "leave", "difficulty": "3", "do": "confirm"}
    assert client.post(where, {**data, "bank": "1" * 32}).status_code == 422, "what is wrong is said at once"
    client.post(where, data)
    assert Item.objects.count() == 0
    assert "写入题库" in client.get(where).content.decode()
    services.save_bank(home.id, name=home.name, is_active=False, by=cast.training_officer)
    go_on_importing.func(str(ImportRun.objects.get().id))
    page = client.get(where).content.decode()
    assert "已经停用" in page, "what was refused while it was written stands over the preview"
    services.save_bank(home.id, name=home.name, is_active=True, by=cast.training_officer)
    client.post(where, data)
    with clock.set_to(clock.now() + timedelta(minutes=5)):
        pick_up_imports.func(0)
    assert Item.objects.count() == 2
    assert ImportRun.objects.get().state == ImportRun.State.DONE


def test_in_use_at_once_needs_the_power_and_a_word_of_who_approved(cast: Cast) -> None:
    home = bank(cast)
    teacher, officer = cast.browser("teacher"), cast.browser("training_officer")
    data = {"bank": str(home.id), "standing": "in_use", "twins": "leave", "difficulty": "3", "do": "confirm"}
    where = teacher.post(reverse("learning:items_import"), {"words": PAPER})["Location"]
    assert teacher.post(where, data).status_code == 422
    page = officer.post(where, data)
    assert "请写明这些题由谁、什么时候审定过" in page.content.decode()
    officer.post(where, {**data, "approved": "2026 年 9 月由总工程师组织审定"})
    assert set(Item.objects.values_list("status", flat=True)) == {Status.IN_USE}


@pytest.mark.parametrize(
    ("name", "content", "sentence"),
    [
        ("题.xlsx", b"%PDF-1.7 something", "不是"),
        ("题.zip", b"PK\x03\x04garbage", "压缩包已损坏"),
        ("题.xml", b'<?xml version="1.0"?><!DOCTYPE q [<!ENTITY a "b">]><quiz>&a;</quiz>', "定义了 XML 实体"),
        ("题.txt", b"", "文件是空的"),
    ],
)
def test_hostile_files_are_refused_in_a_sentence(cast: Cast, name: str, content: bytes, sentence: str) -> None:
    bank(cast)
    page = cast.browser("teacher").post(reverse("learning:items_import"), {"file": SimpleUploadedFile(name, content)})
    run = ImportRun.objects.first()
    said = page.content.decode() if page.status_code == 422 else str(run.report)  # type: ignore[union-attr]
    assert sentence in said
    assert Item.objects.count() == 0


def test_twins_are_found_told_apart_and_merged(cast: Cast) -> None:
    twin = alike(cast)
    client = cast.browser("training_officer")
    page = client.get(reverse("learning:item_twins")).content.decode()
    assert "不是重复" in page
    client.post(reverse("learning:item_merge", args=[twin.second_id]), {"into": str(twin.first_id)})
    merged = Item.objects.get(id=twin.second_id)
    assert (merged.status, merged.merged_into_id) == (Status.RETIRED, twin.first_id)
    assert not queries.twins(cast.training_officer).exists()


def test_a_large_bank_is_compared_by_the_worker(cast: Cast, monkeypatch: MonkeyPatch) -> None:
    alike(cast)
    ItemTwin.objects.all().delete()
    monkeypatch.setattr(settings_views, "AT_ONCE", 1)
    client, url = cast.browser("training_officer"), reverse("learning:item_twins")
    page = client.post(reverse("learning:item_twins_find"), follow=True).content.decode()
    assert "一共比对 2 题" in page and "没有近似的题" not in page and not ItemTwin.objects.exists()
    assert "请不要再点" in client.post(reverse("learning:item_twins_find"), follow=True).content.decode()
    assert "一共比对 2 题" in client.get(url, headers={"HX-Request": "true"}).content.decode()
    assert find_twins.func(str(cast.mine.id))
    assert client.get(url, headers={"HX-Request": "true"})["HX-Refresh"] == "true"
    assert "不是重复" in client.get(url).content.decode()
    client.post(reverse("learning:item_twins_find"))
    with clock.set_to(clock.now() + timedelta(minutes=20)):
        assert "请不要再点" not in client.post(reverse("learning:item_twins_find"), follow=True).content.decode(), (
            "lost"
        )


@pytest.mark.parametrize("kind", ["xlsx", "moodle", "qti", "gift"])
def test_the_list_goes_out_in_every_format(cast: Cast, kind: str) -> None:
    for content in ONE_OF_EACH.values():
        item_in(Status.DRAFTED, cast, content)
    client = cast.browser("teacher")
    url = reverse("learning:items_export")
    assert client.get(url).status_code == 200
    answer = client.get(url, {"format": kind})
    if kind == "gift":
        assert "GIFT 没有排序题" in answer.content.decode(), "what does not fit is told before"
        answer = client.get(url, {"format": kind, "anyway": "1"})
    body = b"".join(answer.streaming_content)  # type: ignore[attr-defined]
    if kind == "qti":
        assert len([one for one in zipfile.ZipFile(io.BytesIO(body)).namelist() if one.startswith("items/")]) == 7
    assert len(body) > 500
    only = client.get(url, {"format": "moodle", "type": "ordering"})
    assert b"".join(only.streaming_content).count(b"<question ") == 1, "what the list shows is what goes out"  # type: ignore[attr-defined]


def test_banks_categories_and_the_policy_are_set(cast: Cast) -> None:
    client = cast.browser("training_officer")
    client.post(reverse("learning:item_bank_new"), {"name": "机电题库", "is_active": "on"})
    client.post(reverse("learning:item_category_new"), {"kind": "trade", "name": "瓦检员", "is_active": "on"})
    client.post(
        reverse("learning:item_policy"), {"multiple": "half", "fill_in": "all", "matching": "all", "ordering": "place"}
    )
    assert queries.policy_of(cast.mine.id) == Policy("half", "all", "place", "all")
    assert [one.name for one in queries.banks_of(cast.mine.id)] == ["机电题库"]
    for name in ("item_banks", "item_categories", "item_policy", "items_import_template"):
        assert client.get(reverse(f"learning:{name}")).status_code == 200
