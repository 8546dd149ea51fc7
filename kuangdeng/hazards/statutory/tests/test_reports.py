"""From the draft to the receipt: what is signed stays, what changed shows beside it, corrections are new versions."""

from datetime import date, datetime, time, timedelta
from io import BytesIO
from zoneinfo import ZoneInfo

import openpyxl
import pytest
from django.db import DatabaseError, connection, transaction
from django.test import Client
from django.urls import reverse
from docx import Document

from kuangdeng.hazards.models import Hazard, MajorPlan
from kuangdeng.hazards.statutory import figures, jobs, letters, queries, rules, seeds, services, sheets
from kuangdeng.hazards.statutory.models import Receipt, StatItem, StatLine, StatutoryReport, WorkerNotice
from kuangdeng.hazards.statutory.rules import Cell, Kind, Status, To
from kuangdeng.hazards.statutory.testkit import (
    PDF,
    drafted,
    hazard_at,
    last_month,
    last_quarter,
    major_in,
    photo,
    receipt,
    signed,
)
from kuangdeng.kernel import clock
from kuangdeng.kernel.errors import NotVisible, Refused
from kuangdeng.kernel.files import path_of, sweep
from kuangdeng.ledger.api import Entry
from kuangdeng.org.testkit import Cast, make_cast

LINE = "data-href="
ZONE = ZoneInfo("Asia/Shanghai")


@pytest.fixture
def cast(db: None) -> Cast:
    return make_cast()


def in_last(period: rules.Period, day: int = 5) -> datetime:
    return datetime.combine(period.first.replace(day=day), time(10), ZONE)


def text_of(content: bytes) -> str:
    document = Document(BytesIO(content))
    return "\n".join(one.text for one in document.paragraphs)


def test_a_running_month_is_seen_but_not_drafted(cast: Cast) -> None:
    hazard_at(cast, clock.now() - timedelta(minutes=1))
    running = rules.period_of(Kind.MONTH, clock.today())
    span, table = queries.live_table(cast.safety, running)
    assert not span.over and table.total and table.total.count(Cell.GENERAL_FOUND) == 1
    with pytest.raises(Refused, match="还没有结束"):
        services.draft(period=running, by=cast.safety)


def test_a_signed_report_is_refused_to_change_by_the_database(cast: Cast) -> None:
    report = signed(cast)
    assert report.digest == queries.fingerprint(StatutoryReport.objects.get(id=report.id))
    for change in (
        lambda: StatutoryReport.objects.filter(id=report.id).update(words={"x": 1}),
        lambda: StatutoryReport.objects.filter(id=report.id).update(status="drafted"),
        lambda: StatutoryReport.objects.filter(id=report.id).update(reason="悄悄改"),
        lambda: StatLine.objects.filter(report=report).update(name="改"),
        lambda: StatItem.objects.filter(report=report).delete(),
        lambda: StatLine.objects.create(report=report, position=99, name="加", figures={}),
    ):
        with pytest.raises(DatabaseError), transaction.atomic():
            change()
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("DELETE FROM hazards_statutoryreport WHERE id = %s", [report.id])
    with pytest.raises(Refused, match="不能重新编制"):
        services.redraft(report.id, by=cast.safety)


def test_only_a_leader_signs_and_only_with_a_readable_scan(cast: Cast) -> None:
    report = drafted(cast)
    for person in (cast.safety, cast.unit_head, cast.administrator):
        with pytest.raises(Refused, match="没有权限"):
            services.sign(report.id, scan=PDF, signed_on=clock.today(), by=person)
    for scan, said in ((b"hello", "扫描件要 PDF"), (PDF[:-9], "不完整"), (b"x" * (21 << 20), "20 MB")):
        with pytest.raises(Refused, match=said):
            services.sign(report.id, scan=scan, signed_on=clock.today(), by=cast.mine_leader)
    for day in (report.period.last, clock.today() + timedelta(days=1)):
        with pytest.raises(Refused, match="签字日期"):
            services.sign(report.id, scan=PDF, signed_on=day, by=cast.mine_leader)
    done = services.sign(report.id, scan=PDF, signed_on=clock.today(), by=cast.mine_leader)
    assert done.status == Status.SIGNED and path_of(done.scan_id).read_bytes() == PDF
    other = make_cast("ANDER")
    with pytest.raises(NotVisible):
        services.correct(report.id, reason="别的矿", by=other.safety)


def test_a_later_change_shows_beside_the_frozen_figures(cast: Cast) -> None:
    report = signed(cast)
    late = hazard_at(cast, in_last(report.period, 8), text="补报的一条")
    page = queries.page_of(report, by=cast.safety)
    assert page.table.total and page.table.total.count(Cell.GENERAL_FOUND) == 1
    changed = {(one.unit, one.label): (one.then, one.now) for one in page.changes}
    assert changed["综采一队", "一般隐患：排查"] == ("1", "2") and changed["全矿合计", "一般隐患：排查"] == ("1", "2")
    fixed = services.correct(report.id, reason="补报一条隐患", by=cast.safety)
    assert (fixed.version, fixed.status, fixed.reason) == (2, Status.DRAFTED, "补报一条隐患")
    assert StatutoryReport.objects.get(id=report.id).status == Status.SIGNED
    again = queries.page_of(fixed, by=cast.safety)
    assert not again.changes and again.table.total and again.table.total.count(Cell.GENERAL_FOUND) == 2
    assert late in queries.frozen_hazards(fixed, Cell.GENERAL_FOUND, "", cast.safety)
    assert late not in queries.frozen_hazards(report, Cell.GENERAL_FOUND, "", cast.safety)
    with pytest.raises(Refused, match="更新的一版"):
        services.correct(report.id, reason="再来", by=cast.safety)


def test_frozen_cells_lead_to_as_many_hazards_as_they_say(cast: Cast) -> None:
    period = last_month()
    for day, unit in ((2, "mining"), (3, "mining_team"), (4, "tunnel")):
        hazard_at(cast, in_last(period, day), unit=cast.units[unit])
    major_in(cast, in_last(period, 6))
    hazard_at(cast, in_last(period, 7), unit=None)
    report = drafted(cast)
    table = queries.page_of(report, by=cast.safety).table
    client = Client()
    client.force_login(cast.safety)
    for line, row in [*((one, one.unit_id or "none") for one in table.lines), (table.total, "mine")]:
        assert line is not None
        for cell in Cell:
            count = queries.frozen_hazards(report, cell, "" if row == "mine" else row, cast.safety).count()
            assert count == line.count(cell)
            if count:
                for source in (str(report.id), period.code):
                    page = client.get(reverse("hazards:statutory_cell", args=[source, cell, row])).content.decode()
                    assert page.count(LINE) == count, (source, cell, row)


def test_a_unit_head_sees_his_row_only(cast: Cast) -> None:
    period = last_month()
    hazard_at(cast, in_last(period), unit=cast.units["tunnel"])
    report = signed(cast)
    table = queries.page_of(queries.get_report(report.id, by=cast.unit_head), by=cast.unit_head).table
    assert [one.name for one in table.lines] == ["综采一队"] and table.total is None
    row = str(cast.units["tunnel"].id)
    for refused in ("", "none", row):
        with pytest.raises(NotVisible):
            queries.cell_hazards(cast.unit_head, period, Cell.GENERAL_FOUND, refused)
        with pytest.raises(NotVisible):
            queries.frozen_hazards(report, Cell.GENERAL_FOUND, refused, cast.unit_head)
    assert queries.cell_hazards(cast.unit_head, period, Cell.GENERAL_FOUND, str(cast.units["mining"].id)).count() == 1
    with pytest.raises(NotVisible):
        queries.live_table(cast.miner, period)


def test_a_quarter_is_sent_when_both_receivers_have_given_their_receipt(cast: Cast) -> None:
    major_in(cast, in_last(last_quarter()))
    report = signed(cast, last_quarter())
    first, second = report.receivers
    with pytest.raises(Refused, match="不在这份报表的接收部门"):
        services.send(report.id, data=receipt("县教育局"), by=cast.safety)
    half = services.send(report.id, data=receipt(first), by=cast.safety)
    assert (half.status, half.sent_at) == (Status.PARTLY, None)
    with pytest.raises(Refused, match="已经登记过"):
        services.send(report.id, data=receipt(first), by=cast.safety)
    whole = services.send(report.id, data=receipt(second), by=cast.safety)
    assert whole.status == Status.SENT and whole.sent_at
    with pytest.raises(DatabaseError), transaction.atomic():
        Receipt.objects.filter(report=report).update(number="改")
    said = text_of(queries.document_of(StatutoryReport.objects.get(id=report.id)) or b"")
    assert "空顶约一米二" in said and "示例现状" in said and "企业主要负责人（签字）" in said
    assert path_of(report.document_id or "").exists()
    sweep()
    assert path_of(report.document_id or "").exists() and path_of(report.scan_id or "").exists()


def test_a_quarter_without_a_major_hazard_is_a_report_too(cast: Cast) -> None:
    report = services.draft(period=last_quarter(), by=cast.safety)
    assert "本季度未排查出重大事故隐患" in text_of(letters.print_quarter(report.words, report.mine).content)


def test_a_draft_is_not_sent(cast: Cast) -> None:
    report = drafted(cast)
    with pytest.raises(Refused, match="待签字"):
        services.send(report.id, data=receipt(), by=cast.safety)


def test_the_excel_form_has_merged_heads_print_titles_and_numbers(cast: Cast) -> None:
    report = signed(cast)
    table = queries.page_of(report, by=cast.safety).table
    made = sheets.month_xlsx(table, mine="试验矿", title="月报", foot=sheets.foot_of(report.snapshot))
    page = openpyxl.load_workbook(BytesIO(made)).worksheets[0]
    merged = {str(one) for one in page.merged_cells.ranges}
    assert {"A3:A4", "B3:B4", "C3:E3", "F3:H3", "I3:J3", "K3:L3", "M3:M4"} <= merged
    assert page.print_title_rows == "$3:$4" and page.page_setup.orientation == "landscape"
    assert [page.cell(4, column).value for column in (3, 4, 5)] == ["排查", "已整改", "整改率"]
    total = next(row for row in page.iter_rows(min_row=5, values_only=True) if row[0] == "全矿合计")
    assert total[1:5] == (1, 1, 0, "0.0%") and total[7] == "—" and total[12] == 0
    assert report.snapshot in str(page.cell(page.max_row, 1).value)


def test_both_halves_of_the_double_report_are_the_ticks_that_dispatch_asks_for(cast: Cast) -> None:
    hazard = major_in(cast, clock.now() - timedelta(days=3))
    assert queries.lacking(queries.get_major(hazard.id, by=cast.safety)) == ["监管监察部门", "职工代表大会"]
    data = services.TickData(clock.now(), "书面送达", "已报", "收3", PDF)
    services.report_major(hazard.id, to=To.REGULATOR, data=data, by=cast.safety)
    assert queries.lacking(queries.get_major(hazard.id, by=cast.safety)) == ["职工代表大会"]
    plan = MajorPlan.objects.get(hazard=hazard)
    assert "向监管监察部门报告时间" not in plan.missing() and plan.regulator_scan_id
    services.report_major(
        hazard.id, to=To.REGULATOR, data=services.TickData(data.at, "传真", "改了", "收4"), by=cast.safety
    )
    assert MajorPlan.objects.get(hazard=hazard).regulator_scan_id == plan.regulator_scan_id
    with pytest.raises(Refused, match="报告时间"):
        early = services.TickData(hazard.occurred_at - timedelta(hours=1), "传真", "", "")
        services.report_major(hazard.id, to=To.CONGRESS, data=early, by=cast.safety)
    ordinary = hazard_at(cast, clock.now())
    with pytest.raises(Refused, match="重大隐患"):
        services.report_major(ordinary.id, to=To.CONGRESS, data=data, by=cast.safety)
    for to in To:
        said = letters.print_double(queries.get_major(hazard.id, by=cast.safety), to)
        assert "空顶约一米二" in text_of(said.content)


def test_supervision_from_the_province_is_counted_while_it_is_in_force(cast: Cast) -> None:
    period = last_month()
    hazard = major_in(cast, in_last(period))
    day = period.first + timedelta(days=9)
    data = services.OrderData(hazard, "province", "省局", "矿安9号", day)
    row = services.order_supervision(data=data, by=cast.safety)
    with pytest.raises(Refused, match="还没有摘牌"):
        services.order_supervision(data=data, by=cast.safety)

    def counted() -> tuple[int, int]:
        total = rules.total(figures.live_lines(figures.span_of(cast.mine, period)))
        return total.count(Cell.SUPERVISED), total.count(Cell.PROVINCE)

    assert counted() == (1, 1)
    services.lift_supervision(row.id, lifted_on=clock.today(), by=cast.safety)
    assert counted() == (1, 1)
    before = figures.span_of(cast.mine, period, datetime.combine(day - timedelta(days=1), time(), ZONE))
    assert rules.total(figures._asked_lines(before)).count(Cell.PROVINCE) == 0


def test_a_notice_keeps_what_was_printed(cast: Cast) -> None:
    hazard_at(
        cast, clock.now() - timedelta(days=9), status="dispatched", dispatched_at=clock.now(), dispatched_by=cast.safety
    )
    hazard_at(cast, clock.now(), unit=cast.units["tunnel"])
    major = major_in(cast, clock.now())
    row = services.print_notice(unit=cast.units["mining"], paper="A3", posted_where="会议室", by=cast.unit_head)
    assert (len(row.content["major"]), len(row.content["late"]), row.content["total"]) == (1, 1, 2)
    Hazard.objects.filter(id=major.id).update(text="后来改了")
    assert WorkerNotice.objects.get(id=row.id).content["major"][0]["text"] == "掘进迎头空顶约一米二"
    second = services.print_notice(unit=None, paper="A4", posted_where="副井口", by=cast.safety)
    assert second.number == row.number + 1 and second.content["total"] == 3
    with pytest.raises(Refused, match="自己管的单位"):
        services.print_notice(unit=cast.units["tunnel"], paper="A4", posted_where="墙", by=cast.unit_head)
    with pytest.raises(Refused, match="自己管的单位"):
        services.print_notice(unit=None, paper="A4", posted_where="墙", by=cast.unit_head)
    with pytest.raises(DatabaseError), transaction.atomic():
        WorkerNotice.objects.filter(id=row.id).update(posted_where="别处")
    with pytest.raises(NotVisible):
        queries.get_notice(second.id, by=cast.unit_head)


def test_what_is_due_stands_before_those_who_have_to_act(cast: Cast) -> None:
    seeds.load_report_rules(cast.mine, date(2020, 1, 1))

    def steps(person: object) -> dict[str, str]:
        person.__dict__.pop("_held_roles", None)
        return {str(one.kind): one.step for one in queries.waiting_for(person)}  # type: ignore[arg-type]

    assert steps(cast.safety) == {"month": "draft", "quarter": "draft"} and steps(cast.mine_leader) == {}
    report = services.draft(period=last_quarter(), by=cast.safety)
    assert steps(cast.mine_leader) == {"quarter": "sign"} and steps(cast.safety) == {"month": "draft"}
    services.sign(report.id, scan=photo(), signed_on=clock.today(), by=cast.mine_leader)
    assert steps(cast.safety)["quarter"] == "send" and steps(cast.unit_head) == {}
    for one in report.receivers:
        services.send(report.id, data=receipt(one), by=cast.safety)
    assert steps(cast.safety) == {"month": "draft"}


def test_reminders_come_once_before_and_once_after(cast: Cast) -> None:
    seeds.load_report_rules(cast.mine, date(2020, 1, 1))
    period = last_quarter()
    due = datetime.combine(rules.due_on(period, months_after=1, day=15) or clock.today(), time(9), ZONE)
    told = []
    for shift in (-6, -5, -5, -1, 0, 1, 2):
        with clock.set_to(due + timedelta(days=shift)):
            told.append(jobs.run_reminders())
    assert told == [0, 1, 0, 0, 0, 1, 0]
    late = Entry.objects.filter(mine_id=cast.mine.id, verb="statutory.remind").values_list("payload__late", flat=True)
    assert sorted(late) == [False, True]


def test_the_whole_way_through_the_pages(cast: Cast) -> None:
    seeds.load_report_rules(cast.mine, date(2020, 1, 1))
    period = last_month()
    hazard_at(cast, in_last(period))
    safety, leader = Client(), Client()
    safety.force_login(cast.safety)
    leader.force_login(cast.mine_leader)
    page = safety.get(reverse("hazards:statutory_month"), {"period": period.code}).content.decode()
    assert "编制这一期的报表" in page and "/general_found/mine/" in page
    answered = safety.post(reverse("hazards:statutory_draft"), {"period": period.code})
    report = StatutoryReport.objects.get()
    assert answered["Location"] == reverse("hazards:statutory_report", args=[report.id])
    sign = reverse("hazards:statutory_verb", args=[report.id, "sign"])
    assert safety.get(sign).status_code == 404
    from django.core.files.uploadedfile import SimpleUploadedFile

    day = f"{clock.today():%Y-%m-%d}"
    assert leader.post(sign, {"signed_on": day}).status_code == 422
    leader.post(sign, {"signed_on": day, "scan": SimpleUploadedFile("签字.pdf", PDF)})
    report.refresh_from_db()
    assert report.status == Status.SIGNED
    send = reverse("hazards:statutory_verb", args=[report.id, "send"])
    words = {"receiver": report.receivers[0], "number": "收8", "received_on": day}
    safety.post(send, {**words, "scan": SimpleUploadedFile("回执.jpg", photo())})
    report.refresh_from_db()
    assert report.status == Status.SENT
    shown = safety.get(reverse("hazards:statutory_report", args=[report.id])).content.decode()
    assert report.snapshot in shown and "收8" in shown
    scan = leader.get(reverse("hazards:statutory_scan", args=[report.id, report.scan_id]))
    assert (
        scan.content == PDF
        and scan["Content-Type"] == "application/pdf"
        and scan["X-Content-Type-Options"] == "nosniff"
    )
    assert leader.get(reverse("hazards:statutory_scan", args=[report.id, "0" * 64])).status_code == 404
