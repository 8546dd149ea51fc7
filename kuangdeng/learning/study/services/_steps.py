"""Steps that the verbs of study share."""

from collections.abc import Mapping
from uuid import UUID

from django.utils.translation import gettext as _

from kuangdeng.kernel.errors import NotVisible, Refused
from kuangdeng.kernel.rows import one_of
from kuangdeng.learning.study.models import StudySession
from kuangdeng.learning.study.queries import runs, visible
from kuangdeng.learning.study.rules import FLOW
from kuangdeng.ledger.api import Entry, Subject, only_told, post
from kuangdeng.org.api import Person


def locked(session_id: UUID, by: Person) -> StudySession:
    """The session, locked, for who runs it. NotVisible for who may not know of it, Refused for who only attends."""
    session = one_of(
        visible(by)
        .filter(id=session_id)
        .select_for_update(of=("self",))
        .select_related("kind", "unit", "sheet", "chair", "recorder")
    )
    if session is None:
        raise NotVisible
    if not runs(session, by):
        raise Refused(_("只有主持人、记录人、安排的人和政工部能办理。"), code="not_allowed")
    return session


def step(session: StudySession, verb: str) -> None:
    """The state after the verb. Refused when it may not happen now."""
    session.status = FLOW.target(verb, session.status)


def of(session: StudySession) -> Subject:
    """A session as the ledger names it."""
    return Subject("study_session", session.id, f"{session.kind.name}：{session.title}")


def enter(
    verb: str, session: StudySession, by: Person, payload: Mapping[str, object] | None = None, *, quantity: int = 1
) -> Entry:
    """The ledger line of a verb of study; the unit is the one that holds the session."""
    unit = session.unit
    return post(
        f"study.{verb}", of(session), mine_id=session.mine_id, by=by, unit=unit, payload=only_told(payload),
        quantity=quantity,
    )  # fmt: skip
