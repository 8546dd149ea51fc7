"""A hazard's story read from its ledger lines: who did what, when, and why, as sentences."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from kuangdeng.hazards.models import Source
from kuangdeng.hazards.rules import VERB_LABELS
from kuangdeng.kernel.timetext import full
from kuangdeng.ledger.api import Entry

Payload = Mapping[str, Any]


@dataclass
class Event:
    """One step of the story."""

    at: datetime
    what: str
    who: str
    unit: str = ""
    why: str = ""
    tone: str = ""
    current: bool = False
    photos: Sequence[object] = ()
    changes: list[tuple[str, object]] = field(default_factory=list)
    shift: str = ""


def moment(value: object) -> str:
    """An instant of a payload as people read it."""
    try:
        return full(datetime.fromisoformat(str(value)))
    except ValueError:
        return str(value)


def _report(payload: Payload) -> tuple[str, str]:
    fixed = payload.get("fixed_on_site")
    source = dict(Source.choices).get(payload.get("source", ""), "")
    why = str(payload.get("text", ""))
    if fixed:
        return _("上报，已现场整改"), f"{why}\n" + _("现场处理：%s") % fixed
    return _("上报（%s）") % source if source else _("上报"), why


def _grade(payload: Payload) -> tuple[str, str]:
    words = _("定为 %(grade)s，%(specialty)s") % {"grade": payload.get("grade"), "specialty": payload.get("specialty")}
    if payload.get("is_major"):
        words += "\n" + _("判定为重大隐患：%s") % (payload.get("situation") or "")
    return _("定级"), words


def _dispatch(payload: Payload) -> tuple[str, str]:
    words = _("整改措施：%s") % payload.get("measure", "")
    if payload.get("due_at"):
        words += "\n" + _("整改期限：%s") % moment(payload["due_at"])
    return _("下达五定"), words


def _extension(payload: Payload) -> tuple[str, str]:
    return _("申请延期"), _("申请延至 %(until)s。%(reason)s") % {
        "until": moment(payload.get("until")),
        "reason": payload.get("reason", ""),
    }


def _approve(payload: Payload) -> tuple[str, str]:
    if payload.get("state") == "first":
        return _("同意延期"), _("分管矿领导已同意，等安监部门批准。")
    return _("批准延期"), _("期限改为 %s，原定期限保留。") % moment(payload.get("due_at"))


def _transfer(payload: Payload) -> tuple[str, str]:
    return _("转派"), _("由 %(from)s 转出。%(reason)s") % {
        "from": payload.get("from"),
        "reason": payload.get("reason", ""),
    }


def _merge(payload: Payload) -> tuple[str, str]:
    return _("合并"), _("与 %s 是同一条，并入那一条。") % payload.get("into_number", "")


def _reopen(payload: Payload) -> tuple[str, str]:
    return _("按复发上报"), _("%s 销号后又出现。") % payload.get("of_number", "")


def _resubmit(payload: Payload) -> tuple[str, str]:
    return _("补充后重报"), _("改为：%(text)s\n原来：%(before)s") % {
        "text": payload.get("text", ""),
        "before": payload.get("before", ""),
    }


def _escalate(payload: Payload) -> tuple[str, str]:
    return _("升级为重大隐患"), f"{payload.get('reason', '')}\n{payload.get('situation', '')}"


def _penalty(payload: Payload) -> tuple[str, str]:
    parts = [str(payload.get("whom", ""))]
    if float(payload.get("points") or 0):
        parts.append(_("扣 %s 分") % payload["points"])
    if float(payload.get("fine") or 0):
        parts.append(_("罚款 %s 元") % payload["fine"])
    return _("考核"), "，".join(parts) + "\n" + str(payload.get("reason", ""))


def _plan(payload: Payload) -> tuple[str, str]:
    done = sum(1 for key, value in payload.items() if key != "status" and value)
    return _("填写治理方案"), _("已填 %d 项") % done


def _quarantine(payload: Payload) -> tuple[str, str]:
    return _("同一编号又来了一条内容不同的上报"), _("先来的保留，后来的等人核对。")


def _quarantine_decided(payload: Payload) -> tuple[str, str]:
    return _("核对重号上报"), str(payload.get("decision", ""))


SAID: dict[str, Callable[[Payload], tuple[str, str]]] = {
    "report": _report,
    "grade": _grade,
    "dispatch": _dispatch,
    "request_extension": _extension,
    "approve_extension": _approve,
    "transfer": _transfer,
    "merge": _merge,
    "reopen": _reopen,
    "resubmit": _resubmit,
    "escalate": _escalate,
    "record_penalty": _penalty,
    "plan": _plan,
    "quarantine": _quarantine,
    "decide_quarantine": _quarantine_decided,
}
"""How a verb's line is read aloud. A verb without a line here says its name and its words or reason."""

TONES = {
    "close": "done",
    "accept": "done",
    "reject": "late",
    "escalate": "late",
    "refuse_extension": "late",
    "overdue": "late",
}


def said(entry: Entry) -> tuple[str, str]:
    """What happened and why, of one ledger line."""
    verb = entry.verb.removeprefix("hazard.")
    if verb in SAID:
        return SAID[verb](entry.payload)
    label = VERB_LABELS.get(verb) or entry.payload.get("label") or entry.payload.get("name") or _("系统提醒")
    words = entry.payload.get("words") or entry.payload.get("reason") or entry.payload.get("supervisor") or ""
    return str(label), str(words)


def events(entries: Iterable[Entry], photos: Mapping[str, object]) -> list[Event]:
    """The story, newest first; `photos` are the hazard's by the sha256 that the payload names."""
    found = []
    for entry in entries:
        what, why = said(entry)
        verb = entry.verb.removeprefix("hazard.")
        pictures = [photos[sha] for sha in entry.payload.get("photos") or () if sha in photos]
        who = entry.by_name or (_("匿名") if verb == "report" else _("系统"))
        event = Event(entry.occurred_at, what, who, why=why.strip(), tone=TONES.get(verb, ""), photos=pictures)
        if verb in ("dispatch", "transfer", "sign", "rectify", "request_extension"):
            event.unit = entry.unit_name
        if abs((entry.received_at - entry.occurred_at).total_seconds()) > 1800:
            event.changes.append((_("登记时间"), full(entry.received_at)))
        found.append(event)
    found.reverse()
    if found:
        found[0].current = True
    return found


@dataclass(frozen=True)
class Change:
    """One line of 最近变化: what became of which hazard."""

    at: datetime
    what: str
    who: str
    label: str
    hazard_id: str


def changes(entries: Iterable[Entry]) -> list[Change]:
    """Ledger lines as the news of a unit."""
    return [
        Change(entry.received_at, said(entry)[0], entry.by_name or _("匿名"), entry.subject_label, entry.subject_id)
        for entry in entries
    ]
