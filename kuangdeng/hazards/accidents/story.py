"""An accident's story read from its ledger lines: who did what, when, and why."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.utils.translation import gettext as _

from kuangdeng.hazards.accidents.rules import (
    KIND_LABELS,
    MEASURE_VERB_LABELS,
    OTHER_LABELS,
    POINT_LABELS,
    SEVERITY_LABELS,
    STAGE_LABELS,
    VERB_LABELS,
)
from kuangdeng.hazards.queries.story import Event, moment
from kuangdeng.kernel.timetext import full
from kuangdeng.ledger.api import Entry

TONES = {
    "close": "done",
    "tick": "done",
    "accept_measure": "done",
    "reject_measure": "late",
    "untick": "late",
    "void": "late",
}
UNIT_ACTS = ("order_measure", "sign_measure", "finish_measure")


def _counts(payload: Mapping[str, Any]) -> str:
    counted = [(label, payload.get(key)) for key, label in (
        ("deaths", SEVERITY_LABELS["death"]), ("serious", SEVERITY_LABELS["serious"]),
        ("minor", SEVERITY_LABELS["minor"]), ("unclear", SEVERITY_LABELS["unclear"]),
    )]  # fmt: skip
    return "、".join(_("%(what)s %(n)d 人") % {"what": label, "n": n} for label, n in counted if n)


def _why(verb: str, payload: Mapping[str, Any]) -> str:
    """What the line says beside who and when."""
    said = str(payload.get("words") or payload.get("reason") or payload.get("conclusion") or "")
    lines: list[str] = []
    match verb:
        case "report":
            lines = [str(KIND_LABELS.get(payload.get("kind", ""), "")), str(payload.get("text", "")), _counts(payload)]
        case "complete":
            level = payload.get("level")
            lines = [str(KIND_LABELS.get(payload.get("kind", ""), "")), _("级别：%s") % level if level else ""]
        case "record_casualty" | "remove_casualty":
            now = _counts(payload)
            lines = [
                str(SEVERITY_LABELS.get(payload.get("severity", ""), "")), said,
                _("现在共：%s") % now if now else _("现在没有登记伤亡人员"),
            ]  # fmt: skip
        case "import":
            where = _("「%(sheet)s」第 %(row)s 行") % {"sheet": payload.get("sheet", ""), "row": payload.get("row", "")}
            lines = [str(KIND_LABELS.get(payload.get("kind", ""), "")), _counts(payload), said, where]
        case "ladder":
            stage = STAGE_LABELS.get(payload.get("stage", ""), "")
            due = _("期限：%s") % moment(payload.get("due_at"))
            lines = [f"{payload.get('step', '')} · {stage}", str(payload.get("measure", "")), due]
        case "correct_level":
            lines = [_("改为 %(level)s（原 %(before)s）") % {
                "level": payload.get("level"), "before": payload.get("before") or _("未定")}, said]  # fmt: skip
        case "open_investigation":
            lines = [_("组长：%s") % payload.get("investigator", ""), str(payload.get("team", ""))]
        case "tick" | "untick":
            lines = [str(POINT_LABELS.get(payload.get("point", ""), "")), said]
        case "order_measure":
            lines = [str(payload.get("measure", "")), _("完成期限：%s") % moment(payload.get("due_at"))]
        case _:
            lines = [str(payload.get("measure", "")), said]
    return "\n".join(line for line in lines if line)


def events(entries: Iterable[Entry], photos: Mapping[str, object]) -> list[Event]:
    """The story, newest first; `photos` are those that this reader may see, by the sha256 that the payload names."""
    labels = {**MEASURE_VERB_LABELS, **VERB_LABELS, **OTHER_LABELS}
    found = []
    for entry in entries:
        verb = entry.verb.removeprefix("accident.")
        pictures = [photos[sha] for sha in entry.payload.get("photos") or () if sha in photos]
        event = Event(
            entry.occurred_at, str(labels.get(verb, verb)), entry.by_name or _("系统"), why=_why(verb, entry.payload),
            tone=TONES.get(verb, ""), photos=pictures, unit=entry.unit_name if verb in UNIT_ACTS else "",
        )  # fmt: skip
        if abs((entry.received_at - entry.occurred_at).total_seconds()) > 60:
            event.changes.append((_("登记时间"), full(entry.received_at)))
        found.append(event)
    found.reverse()
    if found:
        found[0].current = True
    return found
