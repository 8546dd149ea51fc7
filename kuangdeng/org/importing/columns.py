"""Which titles mean what, and which words mean which class, role and sex. Pure."""

import re

from kuangdeng.kernel.tables import Column, compact
from kuangdeng.org.rules import Role

UNIT_COLUMNS = (
    Column(
        "name",
        "单位名称",
        ("单位", "部门名称", "部门", "区队名称", "区队", "名称", "科室名称", "机构名称", "班组名称"),
        required=True,
    ),
    Column(
        "parent", "上级单位", ("上级", "上级部门", "隶属单位", "所属单位", "所属区队", "上级机构", "归属单位", "隶属")
    ),
    Column("kind", "单位类别", ("类别", "单位性质", "性质", "类型", "单位类型", "部门类别")),
    Column("code", "单位编码", ("编码", "单位代码", "代码", "部门编码", "部门代码", "单位编号")),
    Column("short_name", "简称", ("单位简称",)),
    Column("branch", "基层党支部", ("党支部", "支部", "支部名称", "党支部名称", "所属支部")),
    Column("scheme", "作业制度", ("班制", "作业形式", "工作制")),
    Column("front_line", "一线单位", ("是否一线", "一线", "采掘一线")),
)
PERSON_COLUMNS = (
    Column(
        "number",
        "工号",
        ("职工编号", "员工号", "员工编号", "人员编号", "职工号", "编号", "胸牌号", "工牌号", "人员工号"),
        required=True,
    ),
    Column("name", "姓名", ("职工姓名", "名字", "员工姓名", "人员姓名"), required=True),
    Column(
        "unit",
        "单位",
        ("部门", "区队", "所在单位", "所属单位", "工作单位", "所在部门", "单位名称", "队别", "科室", "部门名称"),
    ),
    Column("team", "班组", ("班别", "所在班组", "班组名称", "小组")),
    Column("trade", "工种", ("从事工种", "现工种", "职业工种", "工种名称")),
    Column("post", "岗位", ("职务岗位", "职务", "岗位名称", "岗位职务", "现任职务", "行政职务")),
    Column("sex", "性别"),
    Column("born_on", "出生日期", ("出生年月", "出生年月日", "生日", "出生时间")),
    Column("member_since", "入党时间", ("入党日期", "入党年月", "参加党组织时间", "党员入党时间")),
    Column("joined_on", "入矿时间", ("入矿日期", "入职日期", "入职时间", "进矿时间", "到矿时间", "来矿时间")),
    Column("phone", "电话", ("手机号", "联系电话", "手机", "手机号码", "电话号码", "联系方式")),
    Column("email", "邮箱", ("电子邮箱", "电子邮件", "email")),
    Column("roles", "角色", ("系统角色", "权限角色")),
)
PLACE_COLUMNS = (
    Column(
        "name",
        "地点名称",
        ("地点", "地点全称", "工作地点", "作业地点", "巷道名称", "工作面名称", "场所", "位置"),
        required=True,
    ),
    Column("parent", "上级地点", ("上级", "所属地点", "所属采区", "所属区域", "上级区域")),
    Column("kind", "类别", ("地点类别", "类型", "地点类型", "级别")),
    Column("unit", "管理单位", ("责任单位", "管辖单位", "负责单位", "所属单位", "使用单位")),
    Column("aliases", "别名", ("曾用名", "俗称", "其他写法", "又名")),
)

KINDS = {
    "mine": ("矿", "煤矿", "全矿", "本矿", "集团"),
    "production": ("生产", "生产单位", "采掘", "采煤", "掘进", "一线", "生产区队", "采掘单位"),
    "auxiliary": ("辅助", "辅助单位", "辅助区队", "井下辅助", "地面辅助", "二线"),
    "office": ("科室", "机关", "职能", "办公室", "管理", "职能科室", "机关科室", "部门", "后勤"),
    "team": ("班组", "班", "组"),
}
ROLES = {
    Role.TEAM_LEADER: ("班组长", "班长", "组长"),
    Role.UNIT_HEAD: ("区队长", "队长", "区长", "科长", "单位负责人"),
    Role.BRANCH_SECRETARY: ("支部书记", "书记", "党支部书记"),
    Role.SAFETY: ("安监员", "安监", "安检", "安监科", "安全员"),
    Role.TRAINING_OFFICER: ("培训专员", "培训", "培训科"),
    Role.TEACHER: ("教师", "教员", "讲师", "兼职教师"),
    Role.POLITICAL_WORK: ("政工干事", "政工", "政工部"),
    Role.LIBRARIAN: ("书屋管理员", "图书管理员", "图书员"),
    Role.MINE_LEADER: ("矿领导", "领导"),
    Role.GROUP_OFFICE: ("集团人员", "集团"),
    Role.ADMINISTRATOR: ("系统管理员", "管理员"),
}
SEXES = {"男": "m", "女": "f", "m": "m", "f": "f"}

_KIND_OF = {word: kind for kind, words in KINDS.items() for word in words}
_ROLE_OF = {word: role for role, words in ROLES.items() for word in words}


def kind_of(word: str) -> str | None:
    """The class of a unit by the mine's word; None when the word is not known."""
    return _KIND_OF.get(word) or _KIND_OF.get(word.removesuffix("类").removesuffix("单位"))


def guessed_kind(name: str) -> str:
    """The class of a unit by its name, when the file does not say it."""
    if re.search(r"(班|组)$", name):
        return "team"
    if re.search(r"(科|部|室|中心|办|处|会|领导|站)$", name):
        return "office"
    return "production" if re.search(r"采|掘|综放|开拓", name) else "auxiliary"


def role_words(text: object) -> list[str]:
    """The single words of a cell with several roles."""
    return [word for word in re.split(r"[、,，;；/\s]+", str(text or "")) if word]


def role_of(word: str) -> Role | None:
    """The role that a word means."""
    return _ROLE_OF.get(compact(word))
