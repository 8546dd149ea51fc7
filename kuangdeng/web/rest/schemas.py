"""What goes over the wire: typed bodies with the limits of the columns behind them, and the shapes of the answers."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Annotated, Any, Literal
from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext as _
from ninja import Schema
from pydantic import AfterValidator, ConfigDict, Field, StringConstraints

from kuangdeng.kernel.files import SHA256

EARLIEST, LATEST = datetime(1990, 1, 1, tzinfo=UTC), datetime(2200, 1, 1, tzinfo=UTC)


def _instant(at: datetime) -> datetime:
    """A time that a mine may mean, in UTC; without a zone it is the mine's wall clock."""
    year = at.year
    if not EARLIEST.year < year < LATEST.year:
        raise ValueError(_("时间超出范围，应在 1991 年到 2199 年之间。"))
    aware = timezone.make_aware(at) if timezone.is_naive(at) else at
    return aware.astimezone(UTC)


def _made_on_a_device(value: UUID) -> UUID:
    if value.version != 7:
        raise ValueError(_("编号（id）应为 UUIDv7：前 48 位是毫秒时间，由设备生成。"))
    return value


Instant = Annotated[
    datetime, AfterValidator(_instant), Field(json_schema_extra={"example": "2026-11-22T08:30:00+08:00"})
]
Uuid7 = Annotated[
    UUID,
    AfterValidator(_made_on_a_device),
    Field(json_schema_extra={"pattern": "^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$"}),
]
Sha256 = Annotated[str, StringConstraints(pattern=f"^{SHA256.pattern}$")]
Photos = Annotated[list[Sha256], Field(default_factory=list, max_length=20, description="已上传照片的 sha256")]
Words = Annotated[str, StringConstraints(min_length=1, max_length=2000)]
Long = Annotated[str, StringConstraints(max_length=2000)]
Money = Annotated[Decimal, Field(ge=0, max_digits=12, decimal_places=2)]


class Body(Schema):
    """A request's body: what it does not know is refused, so that a spelling mistake does not lose a fact."""

    model_config = ConfigDict(extra="forbid")


# Errors --------------------------------------------------------------------------------------------------------------


class Detail(Schema):
    """One fault of a request."""

    field: str | None
    message: str


class Problem(Schema):
    """Every error: a stable code for the program, a sentence for the person, and the field it belongs to."""

    code: str
    message: str
    field: str | None = None
    details: list[Detail] | None = None


class Conflict(Problem):
    """409 of a report: the first capture was kept, the second waits in quarantine for a person."""

    hazard: UUID | None = None
    quarantine: UUID | None = None


# Hazards -------------------------------------------------------------------------------------------------------------


class ReportIn(Body):
    """A hazard as it was found. The id is made on the device, so that a repeated sending is one report."""

    id: Uuid7
    text: Annotated[str, StringConstraints(min_length=1, max_length=5000)]
    occurred_at: Instant | None = None
    captured_at: Instant | None = None
    clock_offset_ms: Annotated[int, Field(ge=-315_360_000_000, le=315_360_000_000)] | None = Field(
        None, description="设备时钟比服务器快多少毫秒，用 GET /time 量出"
    )
    place: UUID | None = None
    place_text: Annotated[str, StringConstraints(max_length=200)] = ""
    tag_scanned: bool = False
    source: Literal["unit", "safety", "mine", "group", "regulator", "public"] = "unit"
    source_text: Annotated[str, StringConstraints(max_length=60)] = ""
    check_type: Literal["daily", "special", "leader", "campaign", "standard", "superior", "tip"] = "daily"
    specialty: UUID | None = None
    standard: UUID | None = None
    cause: Literal["", "person", "thing", "management", "environment"] = ""
    finders: Annotated[list[UUID], Field(default_factory=list, max_length=20)]
    round: UUID | None = None
    photos: Photos
    anonymous: bool = False
    fixed_on_site: Long = Field("", description="当场已整改时，写明怎么处理的")

    @property
    def clock_offset(self) -> timedelta | None:
        """The device's clock ahead of the server's."""
        return None if self.clock_offset_ms is None else timedelta(milliseconds=self.clock_offset_ms)


class Ref(Schema):
    """Another thing: its id and today's name."""

    id: UUID
    name: str


class PhotoOut(Schema):
    """A photo of a hazard; `url` needs the same token."""

    sha256: str
    when: Literal["before", "after"]
    url: str


class HazardOut(Schema):
    """A hazard as it stands."""

    id: UUID
    number: str
    status: str
    status_label: str
    status_since: datetime
    text: str
    place: Ref | None
    place_text: str
    occurred_at: datetime
    received_at: datetime
    source: str
    check_type: str
    anonymous: bool
    reporter: Ref | None
    specialty: Ref | None
    grade: Ref | None
    cause: str
    is_major: bool
    unit: Ref | None
    person: Ref | None
    measure: str
    due_at: datetime | None
    due_original: datetime | None
    overdue: bool
    rectified_at: datetime | None
    accepted_at: datetime | None
    closed_at: datetime | None
    supervised_at: datetime | None
    merged_into: UUID | None
    recurrence_of: UUID | None
    photos: list[PhotoOut]


class LineOut(Schema):
    """One line of the ledger about a hazard."""

    id: UUID
    verb: str
    by: str
    occurred_at: datetime
    received_at: datetime
    payload: dict[str, Any]


class HazardDetailOut(HazardOut):
    """A hazard with its story and what the caller may do next."""

    rectification: str
    acceptance: str
    next_verbs: list[str]
    timeline: list[LineOut]


class ReceiptOut(Schema):
    """What became of a report: `new`, or `same` when it was there already."""

    id: UUID
    number: str
    status: str
    outcome: Literal["new", "same"]


class HazardPageOut(Schema):
    """One page, newest first; `next_cursor` is null on the last."""

    items: list[HazardOut]
    next_cursor: str | None


# Verbs ---------------------------------------------------------------------------------------------------------------


class GradeIn(Body):
    """定级."""

    grade: UUID
    specialty: UUID
    cause: Literal["", "person", "thing", "management", "environment"] = ""
    clause: Annotated[str, StringConstraints(max_length=300)] = ""
    standard: UUID | None = None
    situation: Annotated[int, Field(ge=1, le=2**62)] | None = Field(None, description="判定为重大隐患时，目录中的情形")


class ReasonIn(Body):
    """A verb that needs its reason."""

    reason: Words


class ResubmitIn(Body):
    """补充后重报."""

    text: Annotated[str, StringConstraints(min_length=1, max_length=5000)]
    place: UUID | None = None
    place_text: Annotated[str, StringConstraints(max_length=200)] = ""
    photos: Photos


class MergeIn(Body):
    """合并."""

    into: UUID


class WordsIn(Body):
    """A verb that is described in words, with photos."""

    words: Words
    photos: Photos


class RectifyIn(WordsIn):
    """整改完成."""

    at: Instant | None = None


class DispatchIn(Body):
    """下达五定: unit, person, measure, funds, deadline, contingency."""

    unit: UUID
    person: UUID | None = None
    measure: Words
    funds: Money | None = None
    due_at: Instant
    contingency: Long = ""
    goal: Annotated[str, StringConstraints(max_length=300)] = ""
    helper_unit: UUID | None = None
    supervisor: UUID | None = None


class EmptyIn(Body):
    """A verb that needs nothing more."""


class TransferIn(ReasonIn):
    """转派."""

    unit: UUID
    person: UUID | None = None


class ExtensionIn(ReasonIn):
    """申请延期."""

    until: Instant


class RejectIn(ReasonIn):
    """验收不合格."""

    photos: Photos


class ReopenIn(Body):
    """按复发重开."""

    text: Annotated[str, StringConstraints(min_length=1, max_length=5000)]
    photos: Photos


class SuperviseIn(Body):
    """挂牌督办."""

    supervisor: UUID


class EscalateIn(ReasonIn):
    """升级为重大隐患."""

    situation: Annotated[int, Field(ge=1, le=2**62)]


class VerbOut(Schema):
    """How the hazard stands after the verb."""

    id: UUID
    number: str
    status: str
    status_label: str
    due_at: datetime | None


# Accidents -----------------------------------------------------------------------------------------------------------


class HurtIn(Body):
    """Somebody who is dead or hurt: of the mine, or by name, or nobody knows who yet."""

    person: UUID | None = None
    name: Annotated[str, StringConstraints(max_length=40)] = ""
    unit_name: Annotated[str, StringConstraints(max_length=60)] = ""
    severity: Literal["death", "serious", "minor", "unclear"] = "unclear"
    sex: Literal["", "male", "female"] = ""
    age: Annotated[int, Field(ge=14, le=100)] | None = None
    note: Annotated[str, StringConstraints(max_length=200)] = ""


class QuickReportIn(Body):
    """An accident or a near miss within minutes. The id is made on the device."""

    id: Uuid7
    kind: Literal["injury", "non_casualty", "near_miss"]
    text: Words = Field(description="发生了什么；伤亡人员姓名写在 hurt 里，不写在这里")
    occurred_at: Instant | None = None
    place: UUID | None = None
    place_text: Annotated[str, StringConstraints(max_length=200)] = ""
    unit: UUID | None = None
    hurt: Annotated[list[HurtIn], Field(default_factory=list, max_length=200)]
    stopped_area: Annotated[str, StringConstraints(max_length=200)] = ""
    photos: Photos


class AccidentOut(Schema):
    """An accident as it stands; how many are hurt, never who."""

    id: UUID
    number: str
    kind: str
    kind_label: str
    status: str
    status_label: str
    status_since: datetime
    level: str | None
    level_confirmed: bool
    text: str
    place: Ref | None
    place_text: str
    unit: Ref | None
    specialty: Ref | None
    occurred_at: datetime
    received_at: datetime
    reporter: Ref | None
    investigator: Ref | None
    deaths: int
    serious: int
    minor: int
    unclear: int
    stopped_area: str
    stopped_at: datetime | None
    resumed_at: datetime | None
    loss: Decimal | None
    closed_at: datetime | None


class CasualtyOut(Schema):
    """One of the hurt, for who may see persons."""

    name: str
    unit_name: str
    severity: str
    sex: str
    age: int | None
    note: str


class MeasureOut(Schema):
    """A measure that was ordered after the accident."""

    id: UUID
    text: str
    unit: Ref
    status: str
    status_label: str
    due_at: datetime
    overdue: bool


class AccidentPhotoOut(Schema):
    """A photo of the place; `url` needs the same token."""

    sha256: str
    url: str


class AccidentDetailOut(AccidentOut):
    """An accident with causes, the four points, measures; `casualties` is null for who may not see persons."""

    direct_cause: str
    indirect_cause: str
    management_cause: str
    conclusion: str
    points_met: list[str]
    casualties: list[CasualtyOut] | None
    measures: list[MeasureOut]
    photos: list[AccidentPhotoOut]
    next_verbs: list[str]
    timeline: list[LineOut]


class AccidentPageOut(Schema):
    """One page, newest first; `next_cursor` is null on the last."""

    items: list[AccidentOut]
    next_cursor: str | None


# Registers -----------------------------------------------------------------------------------------------------------


class PlaceOut(Schema):
    """A place; `full_name` says where in the tree."""

    id: UUID
    name: str
    full_name: str
    parent_id: UUID | None
    confirmed: bool


class UnitOut(Schema):
    """A unit."""

    id: UUID
    name: str
    code: str
    kind: str
    parent_id: UUID | None


class GradeOut(Schema):
    """A grade."""

    id: UUID
    code: str
    name: str
    meaning: str


class SpecialtyOut(Schema):
    """A specialty."""

    id: UUID
    code: str
    name: str
    parent_id: UUID | None


class PersonOut(Schema):
    """Somebody who may be named in an order; no phone, no birthday."""

    id: UUID
    number: str
    name: str
    unit: Ref | None


class RoleOut(Schema):
    """A role that the caller holds; a null unit is the whole mine."""

    role: str
    label: str
    unit: UUID | None


class MeOut(Schema):
    """Who the token stands for."""

    id: UUID
    number: str
    name: str
    mine: Ref
    unit: Ref | None
    roles: list[RoleOut]
    powers: list[str]


class TimeOut(Schema):
    """The server's clock; subtract half of the round trip."""

    now: datetime
    unix_ms: int


class HeldOut(Schema):
    """What the server really holds of an upload."""

    sha256: str
    size: int
    held: bool
    stored_sha256: str = Field(description="转码后保存的照片，隐患里用它显示")
