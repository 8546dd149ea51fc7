"""管理人员考核提醒."""

from datetime import date
from uuid import UUID

from kuangdeng.kernel import clock
from kuangdeng.kernel.errors import NotVisible
from kuangdeng.kernel.language import in_chinese
from kuangdeng.kernel.rows import one_of
from kuangdeng.kernel.verbs import verb
from kuangdeng.learning.certificates.managers import managers
from kuangdeng.learning.certificates.models import ManagerReminder
from kuangdeng.learning.certificates.rules import Assessed
from kuangdeng.ledger.api import Subject, enter
from kuangdeng.org.api import Person


@verb
def remind_manager(person_id: UUID, *, due_on: date, step: int) -> ManagerReminder | None:
    """Tell a manager and the training department until when he has to pass his assessment (管理人员考核提醒), each step once.

    The system does this by itself. Nothing happens when he has passed or left his office meanwhile, or another worker
    has told it.
    """
    person = one_of(Person.objects.select_for_update(of=("self",), no_key=True).filter(id=person_id))
    if person is None:
        raise NotVisible
    owes = [one for one in managers(person.mine_id, person.id) if one.state in (Assessed.LATE, Assessed.OWED)]
    if not owes or owes[0].due_on != due_on:
        return None
    made, new = ManagerReminder.objects.get_or_create(
        person=person, due_on=due_on, step=step, defaults={"at": clock.now()}
    )
    if not new:
        return None
    with in_chinese():
        told = {"due_on": due_on.isoformat(), "days": step, "office": owes[0].office}
    enter(
        "cert.remind_manager", Subject("manager", person.id, person.name), person.mine_id, None, told, unit=person.unit
    )
    return made
