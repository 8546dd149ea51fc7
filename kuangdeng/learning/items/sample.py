"""The sample bank that ships with the product (示例), and the examples of the template: written by us, checked by us."""

from importlib import resources
from pathlib import Path

from kuangdeng.learning.items.formats.drafts import Draft, finish
from kuangdeng.learning.items.rules.content import Content, options_of

BANK = "煤矿安全示例题库"


def sample_file() -> Path:
    """The sample bank as a table that the importer reads."""
    return Path(str(resources.files("kuangdeng.learning.items") / "data" / "sample_bank.csv"))


def examples() -> list[Draft]:
    """One item of each type, as the template shows them."""
    found = [finish(Draft(one, marks="1", difficulty=2, categories=[("specialty", "综合")])) for one in _EXAMPLES]
    return [one for one in found if isinstance(one, Draft)]


_EXAMPLES: list[Content] = [
    {
        "type": "single",
        "stem": "隐患整改完以后，由谁验收？",
        "options": options_of(["整改人自己", "整改人以外的验收人", "不用验收", "谁有空谁验收"]),
        "correct": ["b"],
    },
    {
        "type": "multiple",
        "stem": "三违是指（ ）。",
        "options": options_of(["违章指挥", "违章作业", "违反劳动纪律", "违反合同"]),
        "correct": ["a", "b", "c"],
    },
    {"type": "true_false", "stem": "重大隐患由安监员一个人就可以销号。", "correct": False},
    {
        "type": "fill_in",
        "stem": "五定是定责任人、定措施、定____、定时限、定____。",
        "blanks": [{"answers": ["资金"]}, {"answers": ["预案", "应急预案"]}],
    },
    {
        "type": "matching",
        "stem": "把隐患和专业对上。",
        "left": [{"id": "l1", "text": "锚杆失效"}, {"id": "l2", "text": "风筒破口"}],
        "right": [{"id": "r1", "text": "一通三防"}, {"id": "r2", "text": "顶板"}],
        "pairs": {"l1": "r2", "l2": "r1"},
    },
    {
        "type": "ordering",
        "stem": "把隐患闭环的环节按先后排好。",
        "options": options_of(["整改", "上报", "验收", "定级"]),
        "correct": ["b", "d", "a", "c"],
    },
    {"type": "short_answer", "stem": "交接班时要交清哪些事？", "reference": "工作面情况、设备、隐患和没干完的活。"},
]
