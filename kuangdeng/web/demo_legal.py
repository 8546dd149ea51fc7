"""The legal reports of the demo mine (示例): last month's statistics sent, the last quarter's report waits for its leader."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from io import BytesIO
from zoneinfo import ZoneInfo

from PIL import Image, ImageDraw

from kuangdeng.hazards.api import statutory
from kuangdeng.org import api as org
from kuangdeng.web.demo_cast import who
from kuangdeng.web.demo_data import DemoMine

Step = tuple[datetime, Callable[[], object]]


def sample_scan() -> bytes:
    """A page that says in two letters that it is a sample, in place of a signed paper."""
    picture = Image.new("RGB", (620, 877), "white")
    ImageDraw.Draw(picture).rectangle((40, 40, 580, 837), outline="black", width=3)
    ImageDraw.Draw(picture).text((250, 420), "SAMPLE", fill="black")
    out = BytesIO()
    picture.save(out, "JPEG")
    return out.getvalue()


@dataclass
class DemoLegal:
    """Drawn up, signed and sent in the first days after the month; the quarter's report only drawn up."""

    mine: org.Mine
    demo: DemoMine
    people: Mapping[str, org.Person]

    def steps(self, now: datetime) -> list[Step]:
        """Every step with its instant; none of them lies after `now`."""
        zone = ZoneInfo(self.mine.timezone)
        month = statutory.period_of(statutory.Kind.MONTH, now.astimezone(zone).date()).previous
        quarter = statutory.period_of(statutory.Kind.QUARTER, now.astimezone(zone).date()).previous
        begin = datetime.combine(month.next.first, time(9), zone)
        found: list[Step] = [
            (begin, lambda: statutory.draft(period=month, by=who(self.demo, self.people, "safety"))),
            (begin + timedelta(hours=2), lambda: self._sign(month)),
            (begin + timedelta(hours=6), lambda: self._send(month)),
            (
                begin + timedelta(hours=7),
                lambda: statutory.draft(period=quarter, by=who(self.demo, self.people, "safety")),
            ),
        ]
        return [(at, step) for at, step in found if at < now]

    def _report(self, period: statutory.Period) -> statutory.StatutoryReport:
        return statutory.StatutoryReport.objects.get(mine=self.mine, kind=period.kind, first=period.first)

    def _sign(self, period: statutory.Period) -> None:
        report = self._report(period)
        statutory.sign(
            report.id, scan=sample_scan(), signed_on=period.next.first, by=who(self.demo, self.people, "mine_leader")
        )

    def _send(self, period: statutory.Period) -> None:
        report = self._report(period)
        for receiver in report.receivers:
            data = statutory.ReceiptData(receiver, "示例回执 1 号", period.next.first, sample_scan())
            statutory.send(report.id, data=data, by=who(self.demo, self.people, "safety"))
