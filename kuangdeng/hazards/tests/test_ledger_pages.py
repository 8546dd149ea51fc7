"""The pages that bring an old ledger in, and the mine's paper."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from django.test import Client
from django.urls import reverse

from kuangdeng.hazards import importing
from kuangdeng.hazards.models import Hazard
from kuangdeng.hazards.rules import Status
from kuangdeng.hazards.testkit import hazard_in
from kuangdeng.hazards.tests import ledgers
from kuangdeng.hazards.tests.test_importing import cast  # noqa: F401 - a fixture, used by its name
from kuangdeng.kernel import paper
from kuangdeng.org.models import ImportRun
from kuangdeng.org.testkit import Cast

pytestmark = pytest.mark.django_db


@pytest.fixture
def signed_in(cast: Cast) -> Callable[[str], Client]:
    def client(part: str) -> Client:
        browser = Client()
        browser.force_login(cast.persons[part])
        return browser

    return client


def test_from_the_file_to_the_hazards_by_the_pages(
    cast: Cast, signed_in: Callable[[str], Client], tmp_path: Path
) -> None:
    browser = signed_in("safety")
    ledger = ledgers.everything_xlsx(tmp_path)
    with ledger.path.open("rb") as file:
        sent = browser.post(reverse("hazards:import_start"), {"file": file})
    assert sent.status_code == 302
    page = browser.get(sent["Location"])
    text = page.content.decode()
    assert f"确认导入 {len(ledger.truth)} 条" in text
    assert "第 15 行" in text
    assert not Hazard.objects.exists()
    assert browser.post(sent["Location"], {"do": "confirm"}).status_code == 302
    assert Hazard.objects.count() == len(ledger.truth)
    text = browser.get(sent["Location"]).content.decode()
    assert "按原表的栏目导出" in text
    run = ImportRun.objects.get()
    assert not importing.file_of(run).exists(), "the file itself is not kept for ever"
    back = browser.get(reverse("hazards:import_export", args=[run.id]))
    assert b"".join(back.streaming_content)[:2] == b"PK"  # type: ignore[attr-defined]
    listed = browser.get(reverse("hazards:import_problems", args=[run.id]))
    assert "不能导入" in b"".join(listed.streaming_content).decode("utf-8-sig")  # type: ignore[attr-defined]
    for hazard in Hazard.objects.order_by("id")[:8]:
        assert browser.get(reverse("hazards:detail", args=[hazard.id])).status_code == 200


def test_a_large_file_is_left_to_the_worker_and_found_again(
    cast: Cast,
    signed_in: Callable[[str], Client],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(importing, "SMALL", 10)
    browser = signed_in("safety")
    with ledgers.clean_csv(tmp_path).path.open("rb") as file:
        where = browser.post(reverse("hazards:import_start"), {"file": file})["Location"]
    assert "读取文件" in browser.get(where).content.decode()
    assert where in browser.get(reverse("hazards:import_start")).content.decode()
    part = browser.get(where, headers={"HX-Request": "true"})
    assert "<html" not in part.content.decode()
    importing.go_on(ImportRun.objects.get().id)  # what the worker does
    assert browser.get(where, headers={"HX-Request": "true"})["HX-Refresh"] == "true"
    assert "确认导入" in browser.get(where).content.decode()
    browser.post(where, {"do": "drop"})
    assert ImportRun.objects.get().state == ImportRun.State.DROPPED


def test_a_wrong_file_is_told_beside_the_field(signed_in: Callable[[str], Client], tmp_path: Path) -> None:
    path = tmp_path / "x.csv"
    path.write_bytes(b"%PDF-1.7 \x00\x01")
    with path.open("rb") as file:
        answer = signed_in("safety").post(reverse("hazards:import_start"), {"file": file})
    assert answer.status_code == 422
    assert "不是表格文件" in answer.content.decode()


def test_paper_of_a_hazard_in_every_state(cast: Cast, signed_in: Callable[[str], Client]) -> None:
    browser = signed_in("unit_head")
    found = {status: hazard_in(status, cast, text=f"{status}锚杆松动") for status in
             (Status.REPORTED, Status.DISPATCHED, Status.RECTIFYING, Status.CLOSED, Status.RECHECK)}  # fmt: skip
    for status, hazard in found.items():
        order = browser.get(reverse("hazards:print_notice", args=[hazard.id]))
        check = browser.get(reverse("hazards:print_recheck", args=[hazard.id]))
        assert (order.status_code == 200) == (status in (Status.DISPATCHED, Status.RECTIFYING, Status.CLOSED)), status
        assert (check.status_code == 200) == (status != Status.REPORTED), status
    text = browser.get(reverse("hazards:print_notice", args=[found[Status.RECTIFYING].id])).content.decode()
    for words in ("隐患整改通知单", "综采一队", "整改措施", "应急预案", "快照号", "责任单位负责人"):
        assert words in text
    text = browser.get(reverse("hazards:print_recheck", args=[found[Status.CLOSED].id])).content.decode()
    assert "☑ 合格，同意销号" in text
    stranger = signed_in("other_head").get(reverse("hazards:print_notice", args=[found[Status.CLOSED].id]))
    assert stranger.status_code == 404


def test_the_printed_ledger_asks_what_the_list_asks(cast: Cast, signed_in: Callable[[str], Client]) -> None:
    hazard_in(Status.CLOSED, cast, text="已销号的一条")
    hazard_in(Status.RECTIFYING, cast, text="整改中的一条")
    text = signed_in("safety").get(reverse("hazards:print_ledger"), {"open": "1"}).content.decode()
    assert "整改中的一条" in text
    assert "已销号的一条" not in text
    assert "范围：办理：未办结" in text
    assert "共 1 条" in text


def test_the_server_makes_a_pdf_or_says_what_is_missing(
    cast: Cast,
    signed_in: Callable[[str], Client],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    hazard = hazard_in(Status.DISPATCHED, cast)
    url = reverse("hazards:print_notice", args=[hazard.id]) + "?format=pdf"
    monkeypatch.setattr(paper, "chinese_font", lambda: "")
    refused = signed_in("safety").get(url)
    assert refused.status_code == 409
    assert "没有中文字体" in refused.content.decode()
    monkeypatch.undo()
    if paper.chinese_font():
        made = signed_in("safety").get(url)
        assert made["Content-Type"] == "application/pdf"
        assert made.content[:5] == b"%PDF-"


def test_paper_asks_nobody_else_for_anything() -> None:
    if paper.chinese_font():
        made = paper.pdf('<p>字<img src="http://example.com/x.png"><img src="file:///etc/passwd"></p>')
        assert made[:5] == b"%PDF-"
    with pytest.raises(ValueError, match="not ours"):
        paper._our_file("file:///etc/passwd")
