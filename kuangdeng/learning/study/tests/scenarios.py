"""The moment before each verb of study, for the ledger walk."""

from collections.abc import Callable
from datetime import timedelta
from hashlib import sha256
from io import BytesIO

from PIL import Image

from kuangdeng.kernel import clock
from kuangdeng.kernel.files import keep_photo, receive
from kuangdeng.learning.study import services
from kuangdeng.learning.study.models import StudyPhoto
from kuangdeng.learning.study.rules import Chosen, Status
from kuangdeng.learning.study.testkit import PDF, RECORD, data_in, kind_of, session_in
from kuangdeng.org.models import Person
from kuangdeng.org.testkit import Cast

Run = Callable[[], object]


def a_photo(by: Person) -> str:
    """A photo that somebody has sent up; its number."""
    out = BytesIO()
    Image.new("RGB", (40, 30), "#446688").save(out, "JPEG")
    content = out.getvalue()
    name = sha256(content).hexdigest()
    with receive(iter([content]), sha256=name, length=len(content)) as incoming:
        return keep_photo(incoming, owner_id=by.id).original_sha256


def set_up_study(cast: Cast) -> Run:
    return lambda: services.set_up_study(mine=cast.mine, by=cast.administrator)


def save_kind(cast: Cast) -> Run:
    kind_of(cast)
    return lambda: services.save_kind(name="读书班", by=cast.political_work)


def plan(cast: Cast) -> Run:
    data = data_in(cast)
    return lambda: services.plan(data=data, by=cast.branch_secretary)


def change(cast: Cast) -> Run:
    session = session_in(Status.NOTIFIED, cast)
    data = data_in(cast, begins_in=120)
    return lambda: services.change(session.id, data=data, by=cast.branch_secretary)


def choose(cast: Cast) -> Run:
    session = session_in(Status.NOTIFIED, cast)
    chosen = Chosen(units=(cast.units["mining"].id,), persons=(cast.safety.id,))
    return lambda: services.choose(session.id, chosen=chosen, by=cast.branch_secretary)


def notify(cast: Cast) -> Run:
    session = session_in(Status.PLANNED, cast)
    return lambda: services.notify(session.id, by=cast.branch_secretary)


def cancel(cast: Cast) -> Run:
    session = session_in(Status.NOTIFIED, cast)
    return lambda: services.cancel(session.id, reason="主讲专家改期", by=cast.branch_secretary)


def finish(cast: Cast) -> Run:
    session = session_in(Status.NOTIFIED, cast)

    def run() -> object:
        with clock.set_to(session.starts_at + timedelta(hours=1)):
            return services.finish(session.id, by=cast.unit_head)

    return run


def write_record(cast: Cast) -> Run:
    session = session_in(Status.FINISHED, cast)
    return lambda: services.write_record(session.id, record=RECORD, by=cast.unit_head)


def send_back(cast: Cast) -> Run:
    session = session_in(Status.RECORDED, cast)
    return lambda: services.send_back(session.id, reason="发言写得太简单", by=cast.branch_secretary)


def approve(cast: Cast) -> Run:
    session = session_in(Status.RECORDED, cast)
    return lambda: services.approve(session.id, by=cast.branch_secretary)


def add_material(cast: Cast) -> Run:
    session = session_in(Status.PLANNED, cast)
    return lambda: services.add_material(session.id, name="探放水讲稿.pdf", content=PDF, by=cast.unit_head)


def remove_material(cast: Cast) -> Run:
    session = session_in(Status.PLANNED, cast)
    made = services.add_material(session.id, name="探放水讲稿.pdf", content=PDF, by=cast.unit_head)
    return lambda: services.remove_material(made.id, by=cast.unit_head)


def add_photos(cast: Cast) -> Run:
    session = session_in(Status.FINISHED, cast)
    name = a_photo(cast.unit_head)
    return lambda: services.add_photos(session.id, photos=[name], by=cast.unit_head)


def remove_photo(cast: Cast) -> Run:
    add_photos(cast)()
    photo = StudyPhoto.objects.get()
    return lambda: services.remove_photo(photo.id, by=cast.unit_head)


SCENARIOS: dict[str, Callable[[Cast], Run]] = {
    "add_material": add_material,
    "add_photos": add_photos,
    "approve": approve,
    "cancel": cancel,
    "change": change,
    "choose": choose,
    "finish": finish,
    "notify": notify,
    "plan": plan,
    "remove_material": remove_material,
    "remove_photo": remove_photo,
    "save_kind": save_kind,
    "send_back": send_back,
    "set_up_study": set_up_study,
    "write_record": write_record,
}
