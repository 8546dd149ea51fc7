"""课题调研 from the call to the archive, with everything that is sent back, withdrawn, late or refused."""

import zipfile
from datetime import timedelta
from io import BytesIO
from uuid import UUID

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from kuangdeng.kernel import clock
from kuangdeng.kernel.errors import NotVisible, Refused
from kuangdeng.learning.topics import jobs, queries, services
from kuangdeng.learning.topics.models import Topic, TopicFile
from kuangdeng.learning.topics.papers import content_and_kind, keep_paper
from kuangdeng.learning.topics.rules import Status
from kuangdeng.learning.topics.testkit import PAPER, PDF, called, data_of, topic_in, work
from kuangdeng.learning.waiting import waiting_for
from kuangdeng.ledger.api import Entry
from kuangdeng.org.api import Person
from kuangdeng.org.testkit import Cast, browser_of, make_cast

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast() -> Cast:
    return make_cast()


def verbs_of(person: Person) -> set[str]:
    return {one.kind.removeprefix("topic.") for one in waiting_for(person)}


def test_a_topic_goes_all_the_way_and_ends_in_what_changed(cast: Cast) -> None:
    topic = topic_in(Status.ARCHIVED, cast)
    topic.refresh_from_db()
    assert topic.number == f"KT{clock.today().year}-001" and float(topic.score or 0) == 87.5
    assert topic.changed.startswith("作业规程改为") and topic.archived_at
    kinds = set(TopicFile.objects.filter(topic=topic).values_list("kind", flat=True))
    assert kinds == {"report", "evidence"}
    walked = list(Entry.objects.filter(subject_id=str(topic.id)).order_by("id").values_list("verb", flat=True))
    assert walked == [
        "topic.write", "topic.apply", "topic.approve", "topic.finish_milestone", "topic.finish_milestone", "topic.hand_in",
        "topic.assign", "topic.give_opinion", "topic.give_opinion", "topic.pass", "topic.adopt", "topic.archive",
    ]  # fmt: skip
    assert any("被采纳了" in one for one in cast.told("miner")), "who took part hears it"


@pytest.mark.parametrize(
    ("facts", "field"),
    [
        ({"title": " "}, "title"), ({"question": ""}, "question"), ({"plan": ""}, "plan"),
        ({"due_on": "today"}, "due_on"), ({"milestones": []}, "milestones"), ({"milestones": "late"}, "milestones"),
        ({"member_ids": [UUID(int=1)]}, "members"), ({"call_id": UUID(int=1)}, "call"),
    ],
)  # fmt: skip
def test_an_application_says_what_is_missing(cast: Cast, facts: dict[str, object], field: str) -> None:
    if facts.get("due_on") == "today":
        facts = {"due_on": clock.today()}
    if facts.get("milestones") == "late":
        facts = {"milestones": [("总结", clock.today() + timedelta(days=200))]}
    with pytest.raises(Refused) as refused:
        services.write(data=data_of(cast, **facts), by=cast.team_leader)
    assert refused.value.field == field and not Topic.objects.exists()


def test_a_draft_is_between_those_who_wrote_it_and_a_running_topic_is_everybodys(cast: Cast) -> None:
    draft = topic_in(Status.DRAFTED, cast)
    assert queries.get_topic(draft.id, by=cast.miner) == draft, "he takes part"
    for stranger in (cast.other_miner, cast.political_work, cast.mine_leader):
        with pytest.raises(NotVisible):
            queries.get_topic(draft.id, by=stranger)
    services.apply(draft.id, by=cast.team_leader)
    assert queries.get_topic(draft.id, by=cast.political_work)
    with pytest.raises(NotVisible):
        queries.get_topic(draft.id, by=cast.other_miner)
    services.approve(draft.id, by=cast.mine_leader)
    assert queries.get_topic(draft.id, by=cast.other_miner)


def test_only_the_leader_works_on_it_and_only_the_office_decides(cast: Cast) -> None:
    topic = topic_in(Status.APPLIED, cast)
    for by in (cast.team_leader, cast.unit_head, cast.safety):
        with pytest.raises(Refused, match="没有权限"):
            services.approve(topic.id, by=by)
    services.approve(topic.id, by=cast.political_work)
    step = topic.milestones.all()[0]
    with pytest.raises(Refused, match="负责人"):
        services.finish_milestone(topic.id, milestone_id=step.id, words="做完了", by=cast.miner)
    own = services.apply(
        services.write(data=data_of(cast, member_ids=[]), by=cast.political_work).id, by=cast.political_work
    )
    with pytest.raises(Refused, match="自己的课题"):
        services.approve(own.id, by=cast.political_work)


def test_what_is_sent_back_is_changed_and_applied_for_again(cast: Cast) -> None:
    topic = topic_in(Status.APPLIED, cast)
    with pytest.raises(Refused, match="哪里要改"):
        services.send_back(topic.id, remark=" ", by=cast.political_work)
    services.send_back(topic.id, remark="节点写细一点", by=cast.political_work)
    assert verbs_of(cast.team_leader) == {"revise"}
    assert any("退回修改" in one for one in cast.told("team_leader"))
    services.revise(topic.id, data=data_of(cast, title="锚杆托盘松动"), by=cast.team_leader)
    topic.refresh_from_db()
    assert topic.remark == "节点写细一点", "it stays until it is applied for again"
    again = services.apply(topic.id, by=cast.team_leader)
    assert again.remark == "" and verbs_of(cast.political_work) == {"approve"}


def test_declined_and_withdrawn_keep_what_was_written_and_go_no_further(cast: Cast) -> None:
    declined, withdrawn = topic_in(Status.DECLINED, cast), topic_in(Status.WITHDRAWN, cast)
    for topic in (declined, withdrawn):
        assert topic.remark and topic.question
        with pytest.raises(Refused, match="现在的状态"):
            services.apply(topic.id, by=cast.team_leader)
    with pytest.raises(Refused, match="为什么撤回"):
        services.withdraw(topic_in(Status.RUNNING, cast).id, remark="", by=cast.team_leader)


def test_a_closed_call_takes_nothing_more(cast: Cast) -> None:
    call = called(cast, days=3)
    topic = services.write(data=data_of(cast, call_id=call.id), by=cast.team_leader)
    with clock.set_to(clock.now() + timedelta(days=5)):
        with pytest.raises(Refused, match="已经截止"):
            services.apply(topic.id, by=cast.team_leader)
        with pytest.raises(Refused, match="已经截止"):
            services.write(data=data_of(cast, call_id=call.id), by=cast.team_leader)
    with pytest.raises(Refused, match="没有权限"):
        services.call_for(title="征集", text="顶板", until=clock.today(), by=cast.unit_head)


def test_a_report_comes_after_the_last_milestone_and_with_its_file(cast: Cast) -> None:
    topic = topic_in(Status.RUNNING, cast)
    with pytest.raises(Refused, match="还有节点"):
        services.hand_in(topic.id, summary="建议", paper=PAPER, by=cast.team_leader)
    work(topic, cast)
    with pytest.raises(Refused, match="文件"):
        services.hand_in(topic.id, summary="建议", paper=None, by=cast.team_leader)
    with pytest.raises(Refused, match="已经报过"):
        services.finish_milestone(
            topic.id, milestone_id=topic.milestones.all()[0].id, words="再报", by=cast.team_leader
        )


def test_who_worked_on_it_does_not_review_it(cast: Cast) -> None:
    topic, due = topic_in(Status.REPORTED, cast), clock.today() + timedelta(days=5)
    for one in (cast.team_leader, cast.miner):
        with pytest.raises(Refused, match="不能评审"):
            services.assign(topic.id, reviewer_ids=[one.id], due_on=due, by=cast.political_work)
    with pytest.raises(Refused, match="评审人"):
        services.assign(topic.id, reviewer_ids=[], due_on=due, by=cast.political_work)


def test_every_opinion_counts_once_and_none_may_be_missing(cast: Cast) -> None:
    topic = topic_in(Status.REVIEWING, cast)
    services.give_opinion(topic.id, score=60, opinion="还差数据。", by=cast.safety)
    with pytest.raises(Refused, match="已经评过"):
        services.give_opinion(topic.id, score=100, opinion="再评", by=cast.safety)
    with pytest.raises(Refused, match="没有请您评审"):
        services.give_opinion(topic.id, score=100, opinion="我也评", by=cast.electric_head)
    with pytest.raises(Refused, match="陈永福还没有写"):
        services.pass_review(topic.id, verdict="同意", by=cast.political_work)
    services.give_opinion(topic.id, score=71, opinion="补一个断面。", by=cast.other_head)
    assert any("评审意见齐了" in one for one in cast.told("political_work"))
    topic = services.rework(topic.id, remark="补一个断面", by=cast.political_work)
    assert (topic.status, float(topic.score or 0)) == (Status.RUNNING, 65.5)
    topic = services.hand_in(topic.id, summary="补测后结论不变。", paper=PAPER, by=cast.team_leader)
    services.assign(topic.id, reviewer_ids=[cast.safety.id], due_on=clock.today(), by=cast.political_work)
    services.give_opinion(topic.id, score=90, opinion="可以了。", by=cast.safety)
    topic = services.pass_review(topic.id, verdict="同意结题", by=cast.political_work)
    assert (topic.round, float(topic.score or 0)) == (2, 90.0), "the new round alone"


def test_adoption_needs_what_changed_and_the_paper_that_shows_it(cast: Cast) -> None:
    topic = topic_in(Status.REVIEWED, cast)
    with pytest.raises(Refused, match="采纳证明"):
        services.adopt(topic.id, changed="改规程", adopted_on=clock.today(), paper=None, by=cast.political_work)
    with pytest.raises(Refused, match="改变了什么"):
        services.adopt(topic.id, changed=" ", adopted_on=clock.today(), paper=PAPER, by=cast.political_work)
    with pytest.raises(Refused, match="为什么没有采纳"):
        services.archive(topic.id, by=cast.political_work)
    assert services.archive(topic.id, remark="设备已换型", by=cast.political_work).changed == ""


def test_a_late_milestone_is_told_once_and_stands_on_the_home_page(cast: Cast) -> None:
    topic = topic_in(Status.RUNNING, cast)
    assert verbs_of(cast.team_leader) == set()
    with clock.set_to(clock.now().replace(hour=4) + timedelta(days=25)):  # noon in the mine
        assert jobs.run_clock() == 1
        assert jobs.run_clock() == 0
        waits = waiting_for(cast.team_leader)
        assert [(one.kind, one.note) for one in waits] == [("topic.finish_milestone", "现场调查完成")]
        assert waits[0].on == topic.milestones.all()[0].due_on
    assert any("超期" in one for one in cast.told("team_leader"))


def test_what_waits_goes_to_who_is_to_do_it(cast: Cast) -> None:
    topic_in(Status.REVIEWING, cast)
    assert verbs_of(cast.safety) == {"give_opinion"} and verbs_of(cast.other_miner) == set()
    topic_in(Status.REPORTED, cast)
    assert verbs_of(cast.political_work) == {"assign"}


def docx(*, macros: bool = False) -> bytes:
    file = BytesIO()
    with zipfile.ZipFile(file, "w") as package:
        package.writestr("word/document.xml", "<w:document/>")
        if macros:
            package.writestr("word/vbaProject.bin", "x")
    return file.getvalue()


def test_files_are_pdf_photo_or_word_without_macros() -> None:
    assert keep_paper(PDF).kind == "application/pdf"
    paper = docx()
    content, kind = content_and_kind(keep_paper(paper))
    assert content == paper and kind.endswith("wordprocessingml.document")
    for content in (docx(macros=True), b"PK\x03\x04rubbish", b"<html>", b"MZ program"):
        with pytest.raises(Refused):
            keep_paper(content)


def test_numbers_of_a_year_follow_one_another(cast: Cast) -> None:
    year = clock.today().year
    numbers = [topic_in(Status.RUNNING, cast, title=f"课题{n}").number for n in range(3)]
    assert numbers == [f"KT{year}-001", f"KT{year}-002", f"KT{year}-003"]


def test_through_the_pages_from_the_application_to_the_printed_cover(cast: Cast) -> None:
    leader, office = browser_of(cast.team_leader), browser_of(cast.political_work)
    due = str(clock.today() + timedelta(days=60))
    form = {
        "title": "风筒吊挂间距调查",
        "question": "风筒磨破",
        "plan": "逐段量",
        "due_on": due,
        "step_1": "量完",
        "due_1": due,
    }
    assert leader.post(reverse("learning:topic_new"), {**form, "due_1": ""}).status_code == 422
    page = leader.post(reverse("learning:topic_new"), form, follow=True).content.decode()
    assert "申报课题" in page and "草稿" in page
    topic = Topic.objects.get()

    def do(client: Client, verb: str, **data: object) -> str:
        url = reverse("learning:topic_verb", args=[topic.id, verb])
        assert client.get(url).status_code == 200
        return client.post(url, data, follow=True).content.decode()

    assert "待立项" in do(leader, "apply")
    assert "研究中" in do(office, "approve")
    step = topic.milestones.get()
    url = reverse("learning:topic_milestone", args=[topic.id, step.id])
    assert "已完成" in leader.post(url, {"words": "量了 40 段"}, follow=True).content.decode()
    paper = SimpleUploadedFile("报告.pdf", PDF)
    assert "待安排评审" in do(leader, "hand_in", summary="间距改为 5 米", file=paper)
    do(office, "assign", reviewers=str(cast.safety.id), due_on=str(clock.today()))
    assert browser_of(cast.safety).get("/").content.decode().count("风筒吊挂间距调查")
    do(browser_of(cast.safety), "give_opinion", score="88", opinion="可行")
    assert "88" in do(office, "pass", verdict="同意")
    evidence = SimpleUploadedFile("规程.pdf", PDF)
    assert "已采纳" in do(office, "adopt", changed="间距改为 5 米", adopted_on=str(clock.today()), file=evidence)
    sheet = browser_of(cast.other_miner).get(reverse("learning:topic_report", args=[topic.id])).content.decode()
    assert "间距改为 5 米" in sheet and "结题报告" in sheet
    first = TopicFile.objects.filter(topic=topic).first()
    assert first is not None
    answer = browser_of(cast.other_miner).get(reverse("learning:topic_file", args=[topic.id, first.id]))
    assert answer.content == PDF and answer["Content-Disposition"].startswith("attachment")
    assert browser_of(cast.safety).get(reverse("learning:topic_verb", args=[topic.id, "archive"])).status_code == 404
