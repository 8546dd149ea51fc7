"""The files tell what is missing first, keep what nothing else knows, and show themselves to whom they concern."""

from datetime import timedelta
from decimal import Decimal
from io import BytesIO

import openpyxl
import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from kuangdeng.kernel import clock
from kuangdeng.kernel.clock import today
from kuangdeng.kernel.errors import NotVisible, Refused
from kuangdeng.kernel.testkit.photos import photo
from kuangdeng.learning.classes import services as classes
from kuangdeng.learning.classes.models import Lesson, Seat
from kuangdeng.learning.classes.testkit import (
    PDF,
    all_passed,
    concluded,
    data_for,
    examined,
    finished,
    made_up,
    need_in,
    opened,
)
from kuangdeng.learning.exams.testkit import a_paper, data_of
from kuangdeng.learning.files import queries, services
from kuangdeng.learning.files.services import RecordData
from kuangdeng.learning.standards import api as standards
from kuangdeng.org.testkit import Cast, make_cast

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast() -> Cast:
    return make_cast()


def gaps_of(cast: Cast) -> list[str]:
    return [gap.text for gap in queries.person_file(cast.miner).gaps]


def test_a_person_file_lacks_less_with_each_piece(cast: Cast) -> None:
    before = gaps_of(cast)
    assert {"登记表没有填文化程度", "没有照片", "没有学历证书复印件", "没有工作经历", "没有任何培训记录"} <= set(before)
    data = RecordData("012x", "high", "示例技校")
    assert services.save_record(cast.miner.id, data=data, by=cast.training_officer).identity_end == "012X"
    services.add_paper(cast.miner.id, kind="diploma", name="学历.pdf", content=PDF, by=cast.training_officer)
    row = services.add_line(cast.miner.id, kind="work", begin_on=today(), text="综采一队", by=cast.training_officer)
    after = gaps_of(cast)
    assert set(before) - set(after) == {
        "登记表没有填文化程度",
        "登记表没有填身份证号后四位",
        "没有学历证书复印件",
        "没有工作经历",
    }
    services.strike_line(row.id, reason="写错人", by=cast.training_officer)
    assert "没有工作经历" in gaps_of(cast)


def test_a_whole_identity_number_is_refused(cast: Cast) -> None:
    for wrong in ("140212199001011234", "12", "X123"):
        with pytest.raises(Refused, match="后四位"):
            services.save_record(cast.miner.id, data=RecordData(wrong), by=cast.training_officer)


def test_who_may_open_a_file(cast: Cast) -> None:
    for part in ("miner", "unit_head", "branch_secretary", "training_officer", "mine_leader"):
        assert queries.get_person(cast.miner.id, by=cast.persons[part]) == cast.miner
    for part in ("other_miner", "other_head", "safety", "teacher", "team_leader"):
        with pytest.raises(NotVisible):
            queries.get_person(cast.miner.id, by=cast.persons[part])
    paper = services.add_paper(cast.miner.id, kind="identity", name="身份证.pdf", content=PDF, by=cast.training_officer)
    client = Client()
    client.force_login(cast.other_miner)
    assert client.get(f"/learning/files/papers/{paper.id}/").status_code == 404
    client.force_login(cast.miner)
    assert client.get(f"/learning/files/papers/{paper.id}/").content == PDF


def test_a_class_file_lists_what_an_inspector_asks_for_and_the_exam_when_one_is_demanded(cast: Cast) -> None:
    one = concluded(cast)
    with clock.set_to(clock.now() + timedelta(days=10)):
        said = [gap.text for gap in queries.class_file(one).gaps]
    assert any("没有讲义" in text for text in said)
    assert any("没有人签到" in text for text in said)
    assert "这个班要求考试，没有考试记录（试卷、成绩）" in said
    assert "没有年度计划项、培训需求或培训通知" in said
    for lesson in Lesson.objects.filter(batch__training_class=one):
        classes.add_handout(lesson.id, name="讲义.pdf", content=PDF, by=cast.training_officer)
    classes.accept_need(need_in(cast).id, data=data_for(cast), by=cast.training_officer)
    services.add_class_paper(one.id, kind="exam", name="成绩单.pdf", content=PDF, by=cast.training_officer)
    now = [gap.text for gap in queries.class_file(one).gaps]
    assert not any("没有讲义" in text or "考试" in text for text in now)
    assert queries.class_file(one).fees == 200, "two lessons of two hours at fifty yuan"
    seat = Seat.objects.filter(batch__training_class=one).select_related("person").first()
    assert seat is not None
    texts = [gap.text for gap in queries.person_file(seat.person).gaps]
    assert f"第 {one.code} 期要求考试，没有考试成绩" in texts


def test_exam_results_stand_in_both_files_and_the_make_up_counts_for_the_class(cast: Cast) -> None:
    one = finished(cast)
    learners = [seat.person for seat in Seat.objects.filter(batch__training_class=one).select_related("person")]
    exam = examined(cast, one, passing=learners[1:])
    assert [line.passed for line in queries.exam_lines(person=learners[0])] == [False]
    gaps = [gap.text for gap in queries.class_file(one).gaps]
    assert "1 人考试不合格，没有补考合格" in gaps
    assert "这个班要求考试，没有考试记录（试卷、成绩）" not in gaps
    with clock.set_to(exam.closes_at + timedelta(hours=2)):
        made_up(cast, exam, learners[0], right=True)
    lines = queries.exam_lines(person=learners[0])
    assert [(line.class_id, line.attempt, line.passed) for line in lines] == [(one.id, 0, False), (one.id, 1, True)]
    file = queries.class_file(one)
    assert not any("考试" in gap.text for gap in file.gaps)
    assert [(held.first.attempt, held.listed, held.passed) for held in file.held] == [
        (0, len(learners), len(learners) - 1), (1, 1, 1),
    ]  # fmt: skip
    classes.conclude_class(one.id, conclusions=all_passed(one), report="合格", by=cast.training_officer)
    assert not any("没有考试成绩" in gap.text for gap in queries.person_file(learners[0]).gaps)
    client = Client()
    client.force_login(cast.training_officer)
    shown = client.get(f"/learning/files/persons/{learners[0].id}/").content.decode()
    assert shown.index(exam.title) < shown.index(f"{exam.title}补考1")
    assert f"{exam.title}补考1" in client.get(f"/learning/files/classes/{one.id}/").content.decode()
    book = openpyxl.load_workbook(BytesIO(client.get(f"/learning/files/classes/{one.id}/file.xlsx").content))
    cells = {row[2].value: row[7].value for row in book["名册考勤考核"].iter_rows(min_row=2)}
    assert cells[learners[0].name].endswith("2/2 合格")


def test_what_is_not_published_or_practice_is_no_record_and_rows_cost_no_statements(cast: Cast) -> None:
    one = opened(cast)
    link = classes.arrange_exam(one.id, data=data_of(a_paper(cast)), by=cast.training_officer)
    assert queries.exam_lines(class_id=one.id) == []
    assert link.exam.sittings.count() > 3
    examined(cast, one, title="第二场")
    with CaptureQueriesContext(connection) as asked:
        assert len(queries.exam_lines(class_id=one.id)) > 3
    assert len(asked) == 1


def test_an_archived_class_takes_no_more_papers(cast: Cast) -> None:
    one = classes.close_class(concluded(cast).id, by=cast.training_officer)
    with pytest.raises(Refused, match="已经归档"):
        services.add_class_paper(one.id, kind="plan", name="通知.pdf", content=PDF, by=cast.training_officer)


def test_both_files_as_spreadsheets_and_pdf(cast: Cast) -> None:
    one = concluded(cast)
    client = Client()
    client.force_login(cast.training_officer)
    book = openpyxl.load_workbook(BytesIO(client.get(f"/learning/files/classes/{one.id}/file.xlsx").content))
    assert book.sheetnames == ["一期一档", "课程表", "名册考勤考核", "更正和报告"]
    names = [row[2].value for row in book["名册考勤考核"].iter_rows(min_row=2)]
    assert len(names) == Seat.objects.filter(batch__training_class=one).count()
    person = openpyxl.load_workbook(BytesIO(client.get(f"/learning/files/persons/{cast.miner.id}/file.xlsx").content))
    assert person["一人一档"]["A2"].value == "缺件"
    made = client.get(f"/learning/files/classes/{one.id}/?format=pdf")
    assert made.content.startswith(b"%PDF-")


def test_the_photo_stands_on_the_page_and_in_the_pdf(cast: Cast) -> None:
    client = Client()
    client.force_login(cast.training_officer)
    url = reverse("learning:person_file", args=[cast.miner.id])
    assert "data:image/jpeg" not in client.get(url).content.decode()
    assert b"/DCTDecode" not in client.get(f"{url}?format=pdf").content
    services.add_paper(cast.miner.id, kind="photo", name="一寸照.jpg", content=photo(), by=cast.training_officer)
    services.add_paper(cast.miner.id, kind="photo", name="照片页.pdf", content=PDF, by=cast.training_officer)
    assert 'src="data:image/jpeg;base64,' in client.get(url).content.decode()
    assert b"/DCTDecode" in client.get(f"{url}?format=pdf").content


def test_hours_and_apprenticeship_are_held_against_the_rules_of_the_mine(cast: Cast) -> None:
    classes.set_up_classes(mine=cast.mine, by=cast.administrator)
    one = opened(cast, kind="trade_first")
    assert "特种作业初训规定 90 学时，课表只有 2" in [gap.text for gap in queries.class_file(one).gaps]
    standards.save_training_rule(
        key="hours.trade_first", valid_from=today(), value=Decimal(2), source="示例", confirmed=False,
        by=cast.training_officer,
    )  # fmt: skip
    assert not any("初训规定" in gap.text for gap in queries.class_file(one).gaps)
    cast.miner.memberships.update(valid_from=today())
    missing = "新工人没有满 4 个月的师带徒、实习合格记录"
    assert missing in gaps_of(cast)
    told = {"kind": "apprentice", "text": "师傅李大山", "passed": True, "by": cast.training_officer}
    short = services.add_line(cast.miner.id, begin_on=today() - timedelta(days=100), end_on=today(), **told)
    assert missing in gaps_of(cast), "a hundred days are no four months"
    services.strike_line(short.id, reason="日期录错", by=cast.training_officer)
    services.add_line(cast.miner.id, begin_on=today() - timedelta(days=125), end_on=today(), **told)
    assert missing not in gaps_of(cast)
