"""Pages of the documentation that are printed from the code: `python -m kuangdeng.config.docs`.

A test compares what is committed with what the code says now, so a diagram can never tell a different story.
"""

from collections.abc import Iterator
from pathlib import Path

from kuangdeng.kernel.flow import Flow

STATES = Path(__file__).resolve().parents[2] / "docs" / "states"


PRINTED = "<!-- Printed from the code by `python -m kuangdeng.config.docs`; do not edit. -->"


def pages() -> dict[str, str]:
    """File name → text of every printed page."""
    from kuangdeng.hazards.api import FLOW, accidents, bulletins, groups, questions, statutory
    from kuangdeng.learning.api import (
        attendance,
        bookroom,
        campaigns,
        certificates,
        classes,
        exams,
        items,
        results,
        study,
        talks,
        topics,
    )

    return {
        "hazard.md": "\n".join(_flow("隐患 · Hazard", FLOW, "hazard")) + "\n",
        "bulletin.md": "\n".join(_flow("每日公布 · Bulletin", bulletins.FLOW, "bulletin")) + "\n",
        "question.md": "\n".join(_flow("追问 · Question", questions.FLOW, "question")) + "\n",
        "group_case.md": "\n".join(_flow("整治事项 · Case of a rectification group", groups.FLOW, "group")) + "\n",
        "accident.md": "\n".join(_flow("事故 · Accident", accidents.FLOW, "accident")) + "\n",
        "accident_measure.md": "\n".join(
            _flow("事故整改措施 · Measure of an accident", accidents.MEASURE_FLOW, "accident")
        )
        + "\n",
        "statutory.md": "\n".join(_flow("法定报表 · Legal report", statutory.FLOW, "statutory")) + "\n",
        "regrade.md": "\n".join(_flow("重判 · Regrading", results.FLOW, "regrade")) + "\n",
        "talk.md": "\n".join(_flow("谈心补考 · Talk", talks.FLOW, "talk")) + "\n",
        "item.md": "\n".join(_flow("题目 · Item", items.FLOW, "item")) + "\n",
        "exam_paper.md": "\n".join(_flow("试卷 · Paper", exams.PAPER_FLOW, "exam")) + "\n",
        "exam.md": "\n".join(_flow("考试 · Exam", exams.FLOW, "exam")) + "\n",
        "sitting.md": "\n".join(_flow("答卷 · Sitting", exams.SAT_FLOW, "exam")) + "\n",
        "training_need.md": "\n".join(_flow("培训需求 · Training need", classes.NEED_FLOW, "need")) + "\n",
        "training_plan.md": "\n".join(_flow("年度培训计划 · Training plan", classes.PLAN_FLOW, "plan")) + "\n",
        "training_class.md": "\n".join(_flow("培训班 · Training class", classes.FLOW, "class")) + "\n",
        "hours_correction.md": "\n".join(_flow("学时更正 · Correction of hours", classes.CORRECTION_FLOW, "hours"))
        + "\n",
        "certificate.md": "\n".join(_flow("证照 · Certificate", certificates.FLOW, "cert")) + "\n",
        "book_copy.md": "\n".join(_flow("馆藏册 · Copy of a book", bookroom.COPY_FLOW, "book")) + "\n",
        "book_reservation.md": "\n".join(_flow("图书预约 · Reservation", bookroom.RESERVATION_FLOW, "book")) + "\n",
        "reading_note.md": "\n".join(_flow("读书心得 · Reading note", bookroom.NOTE_FLOW, "book")) + "\n",
        "attendance_sheet.md": "\n".join(_flow("签到表 · Sheet", attendance.SHEET_FLOW, "attendance")) + "\n",
        "attendee.md": "\n".join(_flow("签到 · Attendee", attendance.ATTENDEE_FLOW, "attendance")) + "\n",
        "study.md": "\n".join(_flow("学习活动 · Study session", study.FLOW, "study")) + "\n",
        "campaign.md": "\n".join(_flow("集中学习 · Campaign", campaigns.FLOW, "campaign")) + "\n",
        "topic.md": "\n".join(_flow("课题 · Research topic", topics.FLOW, "topic")) + "\n",
        "powers.md": "\n".join(_powers()) + "\n",
    }


def _flow(title: str, flow: Flow, area: str) -> Iterator[str]:
    """A state table as a diagram, and as a table with who may take each step."""
    from kuangdeng.org.api import POWERS, ROLE_LABELS

    yield from (f"# {title}\n", f"{PRINTED}\n", "```mermaid", flow.mermaid().rstrip(), "```\n")
    yield "| 动作 verb | 之前 from | 之后 to | 谁可以 who may |"
    yield "|---|---|---|---|"
    for step in flow.steps:
        source = flow.states[step.source] if step.source else "—"
        power = POWERS.get(f"{area}.{step.verb}")
        roles = "、".join(str(label) for role, label in ROLE_LABELS.items() if power and role in power.roles) or "系统"
        yield f"| {flow.verbs[step.verb]} `{step.verb}` | {source} | {flow.states[step.target]} | {roles} |"


def _powers() -> Iterator[str]:
    from kuangdeng.org.api import POWERS, ROLE_LABELS

    yield "# 角色权限 · What each role may do\n"
    yield f"{PRINTED}\n"
    yield "| 权限 | " + " | ".join(map(str, ROLE_LABELS.values())) + " |"
    yield "|---|" + "---|" * len(ROLE_LABELS)
    for code, power in sorted(POWERS.items()):
        marks = ["●" if role in power.roles else "" for role in ROLE_LABELS]
        yield f"| {power.label} `{code}` | " + " | ".join(marks) + " |"


def write() -> list[Path]:
    """Print all pages; returns those that changed."""
    STATES.mkdir(parents=True, exist_ok=True)
    changed = []
    for name, text in pages().items():
        path = STATES / name
        if not path.exists() or path.read_text(encoding="utf-8") != text:
            path.write_text(text, encoding="utf-8")
            changed.append(path)
    return changed


if __name__ == "__main__":
    import os
    import sys

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "kuangdeng.config.settings")
    import django

    django.setup()
    for path in write():
        sys.stdout.write(f"{path}\n")
