"""Short ways to study sessions in each state, for the tests of this part and of those above."""

from datetime import timedelta

from kuangdeng.kernel import clock
from kuangdeng.learning.attendance import api as attendance
from kuangdeng.learning.study import services
from kuangdeng.learning.study.models import StudyKind, StudySession
from kuangdeng.learning.study.rules import Chosen, Record, SessionData, Status
from kuangdeng.org.testkit import Cast

RECORD = Record(
    content="学习《煤矿防治水细则》探放水一章，讲清先探后掘、不探不掘。",
    talk="张建国：回去把面上的探放水记录逐孔核对。\n李大山：班前会上讲给每个人听。",
    outcome="各队一周内自查一遍，下周例会逐队汇报。",
)
PDF = b"%PDF-1.4\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n"


def kind_of(cast: Cast, name: str = "专题辅导") -> StudyKind:
    """A kind of study of the mine."""
    if not StudyKind.objects.filter(mine=cast.mine).exists():
        services.set_up_study(mine=cast.mine, by=cast.administrator)
    return StudyKind.objects.get(mine=cast.mine, name=name)


def data_in(cast: Cast, *, begins_in: int = 60, title: str = "防治水专题辅导", kind: str = "专题辅导") -> SessionData:
    """The mining branch meets in so many minutes: its secretary chairs, its head records."""
    starts = clock.now() + timedelta(minutes=begins_in)
    return SessionData(
        kind_id=kind_of(cast, kind).id, title=title, starts_at=starts, ends_at=starts + timedelta(hours=2),
        chair_id=cast.branch_secretary.id, recorder_id=cast.unit_head.id, place_text="三楼会议室", lecturer="省局专家组",
        outline="先探后掘，有疑必探。", unit_id=cast.units["mining"].id,
    )  # fmt: skip


def session_in(status: str, cast: Cast, *, title: str = "防治水专题辅导", kind: str = "专题辅导") -> StudySession:
    """A session of the mining branch in this state; the miner came, the team leader did not."""
    chosen = Chosen(units=(cast.units["mining"].id,))
    session = services.plan(data=data_in(cast, title=title, kind=kind), chosen=chosen, by=cast.branch_secretary)
    if status == Status.PLANNED:
        return session
    services.notify(session.id, by=cast.branch_secretary)
    if status == Status.CANCELLED:
        services.cancel(session.id, reason="主讲专家改期", by=cast.branch_secretary)
    if status in (Status.NOTIFIED, Status.CANCELLED):
        return fresh(session)
    with clock.set_to(session.starts_at + timedelta(minutes=2)):
        for part in ("miner", "unit_head", "branch_secretary"):
            person = cast.persons[part]
            attendance.sign_by_code(session.sheet_id, device=f"{session.id}{part}"[:64], number=person.number)
        services.finish(session.id, by=cast.unit_head)
        if status in (Status.RECORDED, Status.FILED):
            services.write_record(session.id, record=RECORD, by=cast.unit_head)
        if status == Status.FILED:
            services.approve(session.id, by=cast.branch_secretary)
    return fresh(session)


def fresh(session: StudySession) -> StudySession:
    """The session as it stands now."""
    return StudySession.objects.select_related("kind", "sheet", "chair", "recorder", "unit").get(id=session.id)
