"""Short ways to hazards, reports and scans of the legal reports, for tests."""

from datetime import date, datetime, timedelta
from decimal import Decimal
from io import BytesIO
from typing import Any

from PIL import Image

from kuangdeng.hazards import services as hazards
from kuangdeng.hazards.models import CatalogueVersion, Category, Hazard, MajorPlan, Situation
from kuangdeng.hazards.statutory import seeds, services
from kuangdeng.hazards.statutory.models import StatutoryReport
from kuangdeng.hazards.statutory.rules import Kind, Period, period_of
from kuangdeng.hazards.testkit import tables
from kuangdeng.kernel import clock
from kuangdeng.kernel.ids import uuid7
from kuangdeng.org.testkit import Cast

PDF = b"%PDF-1.4\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n"


def photo(colour: str = "white") -> bytes:
    """A scan as a phone makes it."""
    out = BytesIO()
    Image.new("RGB", (60, 80), colour).save(out, "JPEG")
    return out.getvalue()


def last_month() -> Period:
    """The month that ended last."""
    return period_of(Kind.MONTH, clock.today()).previous


def last_quarter() -> Period:
    """The quarter that ended last."""
    return period_of(Kind.QUARTER, clock.today()).previous


def situation() -> Situation:
    """One situation of a catalogue that is in force."""
    version, _ = CatalogueVersion.objects.get_or_create(
        code="test-catalogue",
        defaults={"title": "煤矿重大事故隐患判定标准", "document_no": "令第21号", "effective_from": date(2020, 1, 1),
                  "source": "示例"},
    )  # fmt: skip
    category, _ = Category.objects.get_or_create(version=version, no=17, defaults={"name": "其他重大事故隐患"})
    found, _ = Situation.objects.get_or_create(category=category, no="1", defaults={"text": "空顶作业"})
    return found


def hazard_at(
    cast: Cast, at: datetime, *, text: str = "回风顺槽超前支护少打两根", major: bool = False, **own: object
) -> Hazard:
    """A hazard that was found at an instant, by row: what the verbs would leave, without a thousand steps."""
    grade, specialty = tables(cast)
    unit: Any = own.pop("unit", cast.units["mining"])
    made = situation() if major else None
    if made:
        own |= {"category": made.category, "situation": made, "catalogue": made.category.version}
    return Hazard.objects.create(
        id=uuid7(), mine=cast.mine, number=f"Y{uuid7().hex[-14:]}", text=text, occurred_at=at, received_at=at, grade=grade,
        specialty=specialty, is_major=major, unit=unit, unit_name=unit.name if unit else "", reporter=cast.miner,
        due_at=at + timedelta(days=3) if unit else None, due_original=at + timedelta(days=3) if unit else None, **own,
    )  # fmt: skip


def major_in(cast: Cast, at: datetime) -> Hazard:
    """A major hazard with its whole plan."""
    hazard = hazard_at(cast, at, text="掘进迎头空顶约一米二", major=True, funds=Decimal("35000"), dispatched_at=at,
                       dispatched_by=cast.safety, status="dispatched")  # fmt: skip
    words = {name: f"示例{label}" for name, label in (
        ("goals", "目标"), ("methods", "措施"), ("resources", "经费"), ("organisation", "机构"), ("schedule", "时限"),
        ("safety", "预案"), ("condition", "现状"), ("analysis", "分析"))}  # fmt: skip
    MajorPlan.objects.create(hazard=hazard, stopped_area="1602掘进头", updated_by=cast.safety, **words)
    return hazard


def drafted(cast: Cast, period: Period | None = None) -> StatutoryReport:
    """A report of the last month (or another period), with a hazard in it."""
    period = period or last_month()
    seeds.load_report_rules(cast.mine, date(2020, 1, 1))
    at = clock.local().replace(year=period.first.year, month=period.first.month, day=3, hour=9)
    hazard_at(cast, at)
    return services.draft(period=period, by=cast.safety)


def signed(cast: Cast, period: Period | None = None) -> StatutoryReport:
    """The same, signed by the mine leader."""
    report = drafted(cast, period)
    return services.sign(report.id, scan=photo(), signed_on=clock.today(), by=cast.mine_leader)


def receipt(receiver: str = "上级主管部门") -> services.ReceiptData:
    """A receipt of today."""
    return services.ReceiptData(receiver, "收字第8号", clock.today(), PDF)


__all__ = [
    "PDF",
    "drafted",
    "hazard_at",
    "hazards",
    "last_month",
    "last_quarter",
    "major_in",
    "photo",
    "receipt",
    "signed",
]
