"""What a new mine's legal reports start with: when they are due, as far as anybody knows, and one sample mapping."""

from datetime import date

from kuangdeng.hazards.statutory.fields import MapRow
from kuangdeng.hazards.statutory.models import ExportMapping, ReportRule
from kuangdeng.hazards.statutory.rules import Kind
from kuangdeng.org.api import Mine

RULES = (
    {
        "kind": Kind.QUARTER,
        "due_day": 15,
        "receivers": ["县级以上煤矿安全监管部门", "所在地矿山安全监察机构"],
        "source": "每季度书面报告：煤矿安全生产条例第三十五条；次月 15 日前：2008 年总局令第 16 号，该令文本未核对，启用前请核定",
    },
    {
        "kind": Kind.MONTH,
        "due_day": None,
        "receivers": ["上级主管部门"],
        "source": "月报的报送日期由接收部门规定，没有公开的统一规定，请填写本矿的",
    },
)
SAMPLE = "示例平台"
SAMPLE_SOURCE = "示例。没有公开的省级字段规范，请按接收平台给的文件改"
SAMPLE_ROWS = (
    MapRow("矿井编码", "mine_code", required=True),
    MapRow("隐患编号", "number", required=True),
    MapRow("隐患描述", "text", required=True),
    MapRow("隐患等级", "grade", codes={"major": "2", "A": "1", "B": "1", "C": "1"}, required=True),
    MapRow("隐患地点", "place"),
    MapRow("专业", "specialty_name"),
    MapRow("排查时间", "found_at", format="%Y-%m-%d %H:%M:%S", required=True),
    MapRow("责任单位", "unit", required=True),
    MapRow("责任人", "person"),
    MapRow("整改措施", "measure"),
    MapRow("整改资金元", "funds"),
    MapRow("整改期限", "due_at", format="%Y-%m-%d", required=True),
    MapRow("销号时间", "closed_at", format="%Y-%m-%d"),
    MapRow("隐患状态", "status_name"),
    MapRow("数据来源", constant="矿灯"),
)


def load_report_rules(mine: Mine, since: date) -> int:
    """The rules that are known, unconfirmed: the mine checks them."""
    if ReportRule.objects.filter(mine=mine).exists():
        return 0
    made = [ReportRule(mine=mine, valid_from=since.replace(month=1, day=1), **row) for row in RULES]
    ReportRule.objects.bulk_create(made)
    return len(made)


def load_mapping(mine: Mine) -> int:
    """One mapping to start from, labelled 示例."""
    if ExportMapping.objects.filter(mine=mine).exists():
        return 0
    rows = [row.kept() for row in SAMPLE_ROWS]
    ExportMapping.objects.create(mine=mine, name=SAMPLE, source=SAMPLE_SOURCE, is_sample=True, rows=rows)
    return 1
