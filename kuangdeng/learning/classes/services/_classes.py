"""How a class is written down: by itself, or out of a need."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from uuid import UUID

from django.utils.translation import gettext as _

from kuangdeng.kernel import clock
from kuangdeng.kernel.errors import NotVisible, Refused
from kuangdeng.kernel.rows import one_of
from kuangdeng.kernel.words import need
from kuangdeng.learning.classes.models import Batch, PlanLine, TrainingClass
from kuangdeng.learning.classes.queries import next_number
from kuangdeng.learning.classes.rules import FLOW, Audience, Kind, Mode
from kuangdeng.learning.classes.services._steps import lock_mine
from kuangdeng.org.api import Person, Unit

MOST_BATCHES = 40
MOST_SEATS = 500


@dataclass(frozen=True)
class ClassData:
    """What a class is to be: for whom, when, in how many batches of how many days, one after the other."""

    title: str
    begin_on: date
    place_text: str
    units: Sequence[Unit] = ()
    kind: str = Kind.SPECIAL
    mode: str = Mode.OFF_THE_JOB
    purpose: str = ""
    audience: str = Audience.ALL
    trades: Sequence[str] = field(default_factory=tuple)
    leaders_attend: bool = False
    needs_exam: bool = True
    manager: Person | None = None
    plan_line_id: UUID | None = None
    batches: int = 1
    batch_days: int = 2
    seats: int = 60
    is_sample: bool = False


def checked(data: ClassData, by: Person) -> dict[str, object]:
    """The fields of a class. Refused for what is missing or makes no sense."""
    title = need(data.title, _("请填写班名。"), field="title", most=100)
    place = need(data.place_text, _("请填写在哪里上课。"), field="place_text", most=100)
    if any(unit.mine_id != by.mine_id for unit in data.units):
        raise NotVisible
    if not data.units and data.audience != Audience.NOBODY:
        raise Refused(_("请选培训单位；逐人加人的班，请在「编哪些人」里选「不自动编」。"), field="units")
    if data.audience == Audience.TRADES and not data.trades:
        raise Refused(_("请填写指定的工种。"), field="trades")
    line = _line(data.plan_line_id, by)
    return {
        "title": title, "place_text": place, "kind": data.kind, "mode": data.mode, "purpose": data.purpose.strip(),
        "audience": data.audience, "trades": list(data.trades), "leaders_attend": data.leaders_attend,
        "needs_exam": data.needs_exam, "manager": data.manager, "plan_line": line,
    }  # fmt: skip


def _line(line_id: UUID | None, by: Person) -> PlanLine | None:
    if line_id is None:
        return None
    line = one_of(PlanLine.objects.filter(id=line_id, plan__mine_id=by.mine_id, dropped_reason=""))
    if line is None:
        raise Refused(_("这一项计划已经取消，请重新选。"), field="plan_line")
    return line


def found_class(data: ClassData, by: Person) -> TrainingClass:
    """Write a class with its batches, one after the other from the first day on."""
    values = checked(data, by)
    if not 1 <= data.batches <= MOST_BATCHES:
        raise Refused(_("请填 %(least)d 到 %(most)d。") % {"least": 1, "most": MOST_BATCHES}, field="batches")
    if not 1 <= data.seats <= MOST_SEATS:
        raise Refused(_("请填 %(least)d 到 %(most)d。") % {"least": 1, "most": MOST_SEATS}, field="seats")
    if not 1 <= data.batch_days <= 366:
        raise Refused(_("请填 %(least)d 到 %(most)d。") % {"least": 1, "most": 366}, field="batch_days")
    if data.begin_on < clock.today():
        raise Refused(_("开始日期不能早于今天。"), field="begin_on")
    lock_mine(by.mine_id)
    step = timedelta(days=data.batch_days)
    year = data.begin_on.year
    one = TrainingClass.objects.create(
        mine_id=by.mine_id, year=year, number=next_number(by.mine_id, year), begin_on=data.begin_on,
        end_on=data.begin_on + step * data.batches - timedelta(days=1), status=FLOW.target("prepare", None),
        is_sample=data.is_sample, **values,
    )  # fmt: skip
    one.units.set(data.units)
    Batch.objects.bulk_create(
        Batch(training_class=one, number=number + 1, begin_on=data.begin_on + step * number,
              end_on=data.begin_on + step * (number + 1) - timedelta(days=1), seats=data.seats)
        for number in range(data.batches)
    )  # fmt: skip
    return one
