"""An old accident ledger comes in: read by the meaning of its titles, shown, confirmed, once; names in one place only."""

from io import BytesIO
from pathlib import Path

import pytest
import xlsxwriter
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from openpyxl import load_workbook

from kuangdeng.hazards.accidents import importing
from kuangdeng.hazards.accidents.models import Accident, Casualty
from kuangdeng.hazards.accidents.rules import Kind, Status
from kuangdeng.hazards.accidents.services import report as report_service
from kuangdeng.hazards.accidents.services.report import QuickReport
from kuangdeng.hazards.setup import load_accident_levels, load_specialties
from kuangdeng.kernel.errors import NotVisible, Refused
from kuangdeng.ledger.api import Entry
from kuangdeng.org.models import ImportRun
from kuangdeng.org.testkit import Cast, make_cast

pytestmark = pytest.mark.django_db

TITLES = [
    "序号", "事故时间", "班别", "事故地点", "事故概况", "事故性质", "区队", "死亡", "重伤", "轻伤", "伤者姓名", "直接经济损失（万元）",
    "影响时间(小时)", "事故原因", "处理结果", "是否结案", "结案日期", "等级",
]  # fmt: skip
GOOD = [
    [1, "2019年3月5日14时20分", "四点班", "2305综放面 回风顺槽", "转载机检修时链条转动，王铁柱右手被挤伤", "工伤事故", "综采一队",
     0, 0, 1, "王铁柱", 1.2, 6.5, "王铁柱检修没有停电", "对王铁柱进行再教育", "是", "2019.4.1", ""],
    [2, "2019.5.6", "", "老六采区绞车房", "绞车道矿车掉道，停产两小时", "非伤亡", "运输老区", "", "", "", "", "", 2, "道岔不密贴", "", "", "", ""],
    [3, "2020-01-02", "夜班", "", "切眼冒顶，两人被埋，一人抢救无效死亡", "死亡事故", "综采一队", 1, 1, 0, "赵六（死亡）、钱七（重伤）", 250, 72,
     "空顶作业", "", "已结案", "", "较大事故"],
    [4, "2020-03-04", "", "2305综放面", "回风顺槽掉下一块矸石，离人不到一米", "未遂", "综采一队", "", "", "", "", "", "", "", "", "否", "", ""],
]  # fmt: skip
BAD = [
    [5, "2020-13-04", "", "", "日期不对的一行", "未遂", "", "", "", "", "", "", "", "", "", "", "", ""],
    [6, "2020-05-04", "", "", "", "未遂", "", "", "", "", "", "", "", "", "", "", "", ""],
    [7, "2020-05-05", "", "", "人数和名单对不上", "", "", 0, 0, 1, "张甲、张乙", "", "", "", "", "", "", ""],
    [8, "2020-05-06", "", "", "谁死谁伤没写清", "", "", 1, 0, 1, "张甲、张乙", "", "", "", "", "", "", ""],
    [9, "2020-05-07", "", "", "有人受伤却写未遂", "未遂", "", 0, 0, 1, "", "", "", "", "", "", "", ""],
    [10, "2020-05-08", "", "", "损失不是数字", "非伤亡", "", "", "", "", "", "很多", "", "", "", "", "", ""],
]  # fmt: skip


def book(tmp_path: Path, rows: list[list[object]], name: str = "2020年事故台账.xlsx") -> Path:
    path = tmp_path / name
    with xlsxwriter.Workbook(path, {"strings_to_formulas": False}) as out:
        sheet = out.add_worksheet("事故")
        sheet.merge_range(0, 0, 0, len(TITLES) - 1, "某某煤矿事故台账")
        for at, row in enumerate([TITLES, *rows], 1):
            sheet.write_row(at, 0, row)
        sheet.write_row(len(rows) + 2, 0, ["合计", "", "", "", "", "", "", 1, 1, 1])
    return path


@pytest.fixture
def cast() -> Cast:
    cast = make_cast()
    load_specialties(cast.mine)
    load_accident_levels(cast.mine)
    return cast


def test_nothing_is_written_before_it_is_confirmed_and_every_fault_has_its_cell(cast: Cast, tmp_path: Path) -> None:
    run = importing.take_in(book(tmp_path, [*GOOD, *BAD, GOOD[3]]), by=cast.safety)
    assert not Accident.objects.exists() and not Entry.objects.filter(verb__startswith="accident").exists()
    assert run.report["counts"] == {"rows": 11, "good": 4, "problems": 6, "twins": 1}
    bad = {
        one["cell"]: (one["sheet"], one["column"], one["message"]) for one in run.problems if one["kind"] == "不能导入"
    }
    assert set(bad) == {"B7", "E8", "K9", "K10", "F11", "L12"}
    assert bad["B7"] == ("事故", "事故时间", "「2020-13-04」这一天不存在。请检查月份和日期。")
    assert "对不上" in bad["K9"][2] and "没有写清谁是哪一种" in bad["K10"][2]
    (twice,) = [one for one in run.problems if one["kind"] == "重复"]
    assert (twice["row"], twice["cell"]) == ("13", "E13")
    places = [one for one in run.problems if one["kind"] == "提示" and one["column"] == "事故地点"]
    assert [one["row"] for one in places] == ["4"], "a place that nobody knows is kept in words and told"
    everything = str(run.report) + str(run.problems)
    assert "王铁柱" not in everything and "赵六" not in everything


def test_confirmed_it_is_there_with_levels_states_and_figures(cast: Cast, tmp_path: Path) -> None:
    run = importing.import_ledger(book(tmp_path, GOOD), by=cast.safety)
    assert (run.state, run.report["written"]) == (ImportRun.State.DONE, 4)
    hand, track, fall, near = Accident.objects.order_by("occurred_at")
    assert (hand.kind, hand.status, hand.minor, hand.unit) == (Kind.INJURY, Status.CLOSED, 1, cast.units["mining"])
    assert (hand.loss, hand.stop_hours, hand.level.name) == (12000, 6.5, "轻伤事故")  # type: ignore[union-attr]
    assert hand.place == cast.places["gate"] and f"{hand.closed_at:%Y-%m-%d}" == "2019-03-31"
    assert (track.kind, track.status, track.unit, track.unit_name) == (
        Kind.NON_CASUALTY,
        Status.COMPLETED,
        None,
        "运输老区",
    )
    assert track.place_text == "老六采区绞车房"
    assert (fall.deaths, fall.serious, fall.status) == (1, 1, Status.CLOSED)
    assert fall.level and fall.level.name == "较大事故" and fall.level_reason and fall.level_by_rule != fall.level
    assert (near.kind, near.status) == (Kind.NEAR_MISS, Status.COMPLETED)
    assert all(row.number.startswith(f"SG{row.occurred_at:%Y}-") for row in (track, near))
    assert Entry.objects.filter(verb="accident.import").count() == 4
    assert Entry.objects.filter(verb="accident.confirm_import").count() == 1
    assert not importing.file_of(run).exists(), "a file with names does not stay"


def test_names_of_the_hurt_are_in_the_list_of_the_hurt_and_nowhere_else(cast: Cast, tmp_path: Path) -> None:
    importing.import_ledger(book(tmp_path, GOOD), by=cast.safety)
    assert set(Casualty.objects.values_list("name", "severity")) == {
        ("王铁柱", "minor"), ("赵六", "death"), ("钱七", "serious"),
    }  # fmt: skip
    assert Casualty.objects.get(name="王铁柱").person == cast.miner
    hand = Accident.objects.get(minor=1)
    assert (hand.text, hand.direct_cause) == ("转载机检修时链条转动，王某某右手被挤伤", "王某某检修没有停电")
    kept = [str(row) for row in Accident.objects.values_list("text", "direct_cause", "conclusion", "imported")]
    lines = [str(row) for row in Entry.objects.values_list("subject_label", "payload")]
    runs = [str(row) for row in ImportRun.objects.values_list("report", "problems")]
    for name in ("王铁柱", "赵六", "钱七"):
        assert not [one for one in kept + lines + runs if name in one]


def test_the_same_file_again_changes_nothing_and_a_longer_one_brings_the_rest(cast: Cast, tmp_path: Path) -> None:
    importing.import_ledger(book(tmp_path, GOOD[:2]), by=cast.safety)
    again = importing.import_ledger(book(tmp_path, GOOD[:2]), by=cast.safety)
    assert again.report["counts"]["good"] == 0 and again.report["counts"]["twins"] == 2
    importing.import_ledger(book(tmp_path, GOOD), by=cast.safety)
    assert Accident.objects.count() == 4


def test_what_the_mine_reported_itself_is_not_brought_in_a_second_time(cast: Cast, tmp_path: Path) -> None:
    near = report_service(
        data=QuickReport(text=str(GOOD[3][4]), kind=Kind.NEAR_MISS, unit=cast.units["mining"]), by=cast.team_leader
    )
    Accident.objects.filter(id=near.id).update(occurred_at="2020-03-04T09:00+08:00")
    run = importing.take_in(book(tmp_path, GOOD), by=cast.safety)
    assert (run.report["counts"]["good"], run.report["counts"]["twins"]) == (3, 1)


def test_a_writing_that_was_cut_off_goes_on_without_doubling(
    cast: Cast, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = importing.take_in(book(tmp_path, GOOD), by=cast.safety)
    from kuangdeng.hazards.accidents.services import confirm_accident_import

    confirm_accident_import(run.id, by=cast.safety)
    real, done = importing.import_accident, []

    def dies(run_id: object, **more: object) -> object:
        if len(done) == 2:
            raise OSError("power cut")
        done.append(1)
        return real(run_id, **more)  # type: ignore[arg-type]

    monkeypatch.setattr(importing, "import_accident", dies)
    with pytest.raises(OSError, match="power"):
        importing.write(run.id, by=cast.safety)
    monkeypatch.setattr(importing, "import_accident", real)
    assert importing.write(run.id, by=cast.safety).report["written"] == 4
    assert Accident.objects.count() == 4


def test_who_may_not_import_and_what_is_no_ledger(cast: Cast, tmp_path: Path) -> None:
    path = book(tmp_path, GOOD)
    with pytest.raises(Refused, match="没有权限"):
        importing.take_in(path, by=cast.unit_head)
    other = tmp_path / "别的.csv"
    other.write_text("姓名,工号\n张三,1\n", encoding="utf-8")
    with pytest.raises(Refused, match="发生时间"):
        importing.take_in(other, by=cast.safety)
    run = importing.take_in(path, by=cast.safety)
    with pytest.raises(NotVisible):
        importing.get_run(run.id, by=make_cast("OTHER").safety)
    assert ImportRun.objects.count() == 1


def test_the_pages_lead_from_the_empty_ledger_to_the_accidents(cast: Cast, tmp_path: Path) -> None:
    client = Client()
    client.force_login(cast.safety)
    template = client.get(reverse("hazards:accident_import_template"))
    sheets = load_workbook(BytesIO(template.content))
    heads = [cell.value for cell in sheets["事故台账"][1]]
    assert heads[:5] == ["编号", "发生时间", "班次", "地点", "事故经过"] and len(heads) == 23
    assert "伤亡名单" in str([row[0].value for row in sheets["填写说明"]])
    filled = tmp_path / "填好.xlsx"
    row = {"发生时间": "2019-03-05", "事故经过": "链条断开，停产两小时", "停产时间（小时）": "2", "是否结案": "是"}
    sheets["事故台账"].append([row.get(str(head), "") for head in heads])
    sheets.save(filled)
    upload = SimpleUploadedFile("填好.xlsx", filled.read_bytes())
    answer = client.post(reverse("hazards:accident_import_start"), {"file": upload})
    assert answer.status_code == 302
    page = client.get(answer["Location"]).content.decode()
    assert "确认导入 1 起" in page and "链条断开" in page and "按发生日期" in page
    client.post(answer["Location"], {"do": "confirm"})
    accident = Accident.objects.get()
    assert (accident.status, accident.kind) == (Status.CLOSED, Kind.NON_CASUALTY)
    assert "写入了 1 起事故" in client.get(answer["Location"]).content.decode()
    seen = client.get(reverse("hazards:accident", args=[accident.id])).content.decode()
    assert "从旧台账导入事故" in seen and accident.number in seen
    for name in ("accident_quick_sheet", "accident_investigation_sheet"):
        assert client.get(reverse(f"hazards:{name}", args=[accident.id])).status_code == 200
