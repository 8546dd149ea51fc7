"""The bulletin as a Word paper: what is in it, whose names are not, by whose template, how long it takes."""

import re
from datetime import timedelta
from io import BytesIO

import pytest
from django.test import Client
from django.urls import reverse
from docx import Document
from docx.oxml.ns import qn

from kuangdeng.hazards.bulletins import paper, queries, services
from kuangdeng.hazards.bulletins.models import Bulletin, BulletinItem
from kuangdeng.hazards.bulletins.rules import Owed
from kuangdeng.hazards.models import Hazard
from kuangdeng.hazards.rules import Status
from kuangdeng.hazards.testkit import hazard_in
from kuangdeng.kernel import clock
from kuangdeng.kernel.documents import Letter, check
from kuangdeng.org.api import documents
from kuangdeng.org.testkit import Cast, make_cast

pytestmark = pytest.mark.django_db
TEXT = "泵站压力 <18 MPa & 低于规程 {{ mine }}"


@pytest.fixture
def cast() -> Cast:
    return make_cast()


def issue(cast: Cast, *, persons: bool = False) -> Bulletin:
    """A published issue with a new hazard and one that is late."""
    policy = queries.policy_of(cast.mine.id)
    data = services.PolicyData(policy.hour, policy.cut_off, False, "", persons)
    services.save_policy(data=data, by=cast.safety)
    hazard_in(Status.REPORTED, cast, text=TEXT)
    late = hazard_in(Status.RECTIFYING, cast, text="切眼架间漏矸")
    at = clock.now()
    Hazard.objects.filter(id=late.id).update(due_at=at - timedelta(hours=30), person=cast.miner)
    made = services.compile_day(mine=cast.mine, owed=Owed(clock.local(at).date(), clock.now()))
    services.check(made.id, note="请各单位班前会学习。", by=cast.safety2)
    return services.publish(made.id, by=cast.safety)


def download(cast: Cast, bulletin: Bulletin) -> "Document":
    client = Client()
    client.force_login(cast.miner)
    answer = client.get(reverse("hazards:bulletin_notice", args=[bulletin.id]))
    assert answer.status_code == 200 and answer["Content-Type"] == documents.DOCX
    assert ".docx" in answer["Content-Disposition"]
    return Document(BytesIO(answer.content))


def cells(document: "Document") -> list[list[str]]:
    return [[cell.text for cell in row.cells] for table in document.tables for row in table.rows]


def test_the_paper_holds_the_issue_and_its_signatures_and_snapshot(cast: Cast) -> None:
    bulletin = issue(cast)
    document = download(cast, bulletin)
    lines = [one.text for one in document.paragraphs]
    assert lines[0] == "试验矿安全隐患每日公布通报" and lines[1] == bulletin.title
    assert "请各单位班前会学习。" in lines
    assert "核对：吴慎行　　签发：周安平" in lines
    assert any(line.startswith("一、超期未整改（1）") for line in lines)
    rows = cells(document)
    assert ["超期未整改（条）", "1", "—", "—"] in rows
    late = next(row for row in rows if row[1].startswith("切眼架间漏矸"))
    assert late[3].strip() == "综采一队" and re.match(r"\d+月\d+日 \d\d:\d\d", late[5])
    foot = "".join(one.text for one in document.sections[0].footer.paragraphs)
    assert f"{bulletin.title}，指纹 {bulletin.digest[:16]}" in foot
    everything = "".join(lines) + str(rows)
    assert "{%" not in everything and "{{ one" not in everything


def test_markup_and_braces_in_a_hazards_words_are_only_words(cast: Cast) -> None:
    rows = cells(download(cast, issue(cast)))
    assert any(row[1].startswith(TEXT) for row in rows), "neither cut at < nor filled in a second time"


def test_persons_are_on_the_paper_only_where_the_policy_lets_them_on_the_page(cast: Cast) -> None:
    assert "王铁柱" not in str(cells(download(cast, issue(cast))))


def test_persons_by_policy(cast: Cast) -> None:
    assert "王铁柱" in str(cells(download(cast, issue(cast, persons=True))))


def test_it_is_set_in_the_types_of_official_papers(cast: Cast) -> None:
    document = download(cast, issue(cast))

    def face(run: object) -> str:
        return str(run._r.rPr.rFonts.get(qn("w:eastAsia")))  # type: ignore[attr-defined]

    assert face(document.paragraphs[0].runs[0]) == "方正小标宋简体"
    assert face(document.paragraphs[2].runs[0]) == "仿宋_GB2312"
    assert document.styles["Normal"].element.rPr.rFonts.get(qn("w:eastAsia")) == "仿宋_GB2312"


def test_what_the_paper_leaves_out_is_said(cast: Cast) -> None:
    shown = queries.page_of(issue(cast))
    section = shown.sections[0]
    one = section.items[0]
    section.items = [
        BulletinItem(part=one.part, text=f"{TEXT}第 {number} 条，" + "顶板破碎" * 30, line=one.line)
        for number in range(300)
    ]
    section.listed, section.total = 300, 320
    document = Document(BytesIO(paper.notice(shown).content))
    assert len(document.tables[1].rows) == 301
    assert "另有 20 条未列出，见系统。" in [line.text for line in document.paragraphs]


def test_the_shipped_template_passes_its_own_check() -> None:
    check(paper.default(), paper.KIND.samples())


def test_a_day_on_which_nothing_happened_says_so(cast: Cast) -> None:
    at = clock.now()
    made = services.compile_day(mine=cast.mine, owed=Owed(clock.local(at).date(), at))
    client = Client()
    client.force_login(cast.safety)
    answer = client.get(reverse("hazards:bulletin_notice", args=[made.id]))
    document = Document(BytesIO(answer.content))
    assert any("没有事故和未遂" in line.text for line in document.paragraphs)
    assert "尚未发布" in "".join(line.text for line in document.sections[0].footer.paragraphs)


def test_the_mines_own_template_is_used_and_its_version_counts(cast: Cast) -> None:
    bulletin = issue(cast)
    letter = Letter()
    letter.title("{{ mine }}矿长令 {{ number }}")
    documents.upload_template(paper.CODE, content=letter.content(), file_name="通报.docx", by=cast.safety)
    made = paper.notice(queries.page_of(bulletin))
    assert made.version == 1
    assert Document(BytesIO(made.content)).paragraphs[0].text == f"试验矿矿长令 {bulletin.title}"
