"""The units, persons and roles of the demo mine (示例矿): invented, and the same every time."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from random import Random

from kuangdeng.web.demo_data.kinds import DemoGrant, DemoPerson, DemoUnit

LEADERS_UNIT = "ld"

# key, name, kind, shift scheme, front line, head count, teams
LONGWALL = ("生产一班", "生产二班", "生产三班", "检修班")
HEADING = ("掘进一班", "掘进二班", "掘进三班", "检修班")
UNITS: tuple[tuple[str, str, str, str, bool, int, tuple[str, ...]], ...] = (
    ("zc1", "综采一队", "production", "four_six", True, 196, LONGWALL),
    ("zc2", "综采二队", "production", "three_eight", True, 188, LONGWALL),
    ("zf", "综放队", "production", "three_eight", True, 202, LONGWALL),
    ("jj1", "掘进一队", "production", "three_eight", True, 158, HEADING),
    ("jj2", "掘进二队", "production", "three_eight", True, 156, HEADING),
    ("jjj", "机掘队", "production", "three_eight", True, 162, HEADING),
    ("kt", "开拓队", "production", "three_eight", True, 148, HEADING),
    ("zb", "准备队", "production", "three_eight", False, 130, ("准备一班", "准备二班", "准备三班")),
    ("jd", "机电队", "auxiliary", "three_eight", False, 206, ("供变电班", "排水班", "提升班", "压风班", "检修班")),
    ("ys", "运输队", "auxiliary", "three_eight", False, 188, ("绞车一班", "绞车二班", "电机车班", "轨道维护班")),
    ("pd", "皮带队", "auxiliary", "three_eight", False, 156, ("皮带一班", "皮带二班", "皮带三班", "检修班")),
    ("tf", "通风队", "auxiliary", "three_eight", True, 172, ("瓦检班", "通风设施班", "监控室", "防尘班", "防灭火班")),
    ("zj", "钻机队", "auxiliary", "three_eight", True, 96, ("钻机一班", "钻机二班", "钻机三班")),
    ("cc", "抽采队", "auxiliary", "three_eight", False, 84, ("抽采泵班", "钻孔班", "管路班")),
    ("xh", "修护队", "auxiliary", "three_eight", False, 118, ("修护一班", "修护二班", "修护三班")),
    ("az", "安装队", "auxiliary", "three_eight", False, 104, ("安装一班", "安装二班", "回撤班")),
    ("dm", "地面机运队", "auxiliary", "three_eight", False, 126, ("储装班", "锅炉班", "装载机班", "矿灯班")),
    ("aj", "安监科", "office", "three_eight", False, 64, ("安监一班", "安监二班", "安监三班")),
    ("dd", "调度室", "office", "three_eight", False, 32, ()),
    ("dc", "地测科", "office", "day_only", True, 38, ()),
    ("js", "生产技术科", "office", "day_only", False, 34, ()),
    ("jk", "机电科", "office", "day_only", False, 30, ()),
    ("tk", "通风科", "office", "day_only", False, 28, ()),
    ("px", "培训科", "office", "day_only", False, 26, ()),
    ("zg", "政工部", "office", "day_only", False, 30, ()),
    ("zh", "综合办公室", "office", "day_only", False, 118, ("信息中心", "物资供应站", "后勤服务班")),
)
TOTAL = 3000

TRADES = {
    "zc": (
        "采煤机司机",
        "液压支架工",
        "刮板输送机司机",
        "转载机司机",
        "乳化泵工",
        "采煤电钳工",
        "端头支护工",
        "采煤工",
    ),
    "jj": ("掘进机司机", "锚杆支护工", "掘进工", "喷浆工", "爆破工", "掘进电钳工", "胶带输送机司机", "耙岩机司机"),
    "zb": ("掘进工", "锚杆支护工", "巷道维修工", "搬运工"),
    "jd": ("井下电钳工", "变配电工", "水泵工", "主提升机司机", "压风机司机", "信号把钩工", "主扇司机"),
    "ys": ("绞车司机", "信号把钩工", "电机车司机", "轨道工", "架空乘人装置司机", "搬运工"),
    "pd": ("胶带输送机司机", "胶带维修工", "给煤机司机", "电钳工"),
    "tf": ("瓦斯检查工", "通风工", "测风工", "测尘工", "安全监测监控工", "防灭火工", "密闭工"),
    "zj": ("探放水工", "钻机工", "电钳工"),
    "cc": ("瓦斯抽采工", "抽采泵司机", "钻机工"),
    "xh": ("巷道维修工", "支护工", "喷浆工"),
    "az": ("安装工", "起重工", "电钳工"),
    "dm": ("装载机司机", "司炉工", "矿灯充电工", "储装工", "地面电工"),
    "aj": ("安全检查工", "安监员"),
    "dd": ("调度员", "通信工"),
    "dc": ("地质工", "测量工", "防治水技术员"),
    "js": ("采煤技术员", "掘进技术员"),
    "jk": ("机电技术员", "防爆检查员"),
    "tk": ("通风技术员", "防突技术员"),
    "px": ("教员", "培训干事"),
    "zg": ("组织干事", "宣传干事"),
    "zh": ("文员", "信息技术员", "仓库保管员", "炊事员", "保洁员"),
}
SAME_TRADES = {"zc1": "zc", "zc2": "zc", "zf": "zc", "jj1": "jj", "jj2": "jj", "jjj": "jj", "kt": "jj"}
WOMEN_SHARE = {"dm": 0.3, "dd": 0.35, "dc": 0.15, "js": 0.15, "jk": 0.15, "tk": 0.15, "px": 0.5, "zg": 0.5, "zh": 0.55}
OFFICE_ROLES = {"px": "training_officer", "zg": "political_work"}
LIBRARIAN_POST = "技术主管"
"""Of the political-work department, who keeps the book rooms beside other work."""
OFFICE_HEADS = {"aj": "科长", "dd": "主任", "zh": "主任", "zg": "部长"}

LEADERS = (
    "矿长", "党委书记", "总工程师", "安全副矿长", "生产副矿长", "机电副矿长", "通风副总工程师", "地测副总工程师", "采掘副总工程师",
    "集团安监部驻矿代表",
)  # fmt: skip

BEFORE_THE_LIST = timedelta(days=500)
"""The list of persons is read in on the day of the founding: what lies after it is refused as impossible."""

SURNAMES = (
    "王李张刘陈杨赵黄周吴" * 6 + "徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕" * 2
    + "苏卢蒋蔡贾丁魏薛叶阎余潘杜戴夏钟汪田任姜范方石姚谭廖邹熊金陆郝孔白崔康毛邱秦江史顾侯邵孟龙万段雷钱汤尹黎易常武乔贺赖龚文"
)  # fmt: skip
MEN_ONE = "军勇强伟磊涛超明刚平辉鹏杰峰斌波浩健飞亮华建龙凯宁旭东林"
MEN_FIRST = "建国志文永海玉振春长德金宝学庆保新俊世忠晓小红光立占成福贵"
MEN_SECOND = "军国强平明华林峰民生伟东海涛红兵祥龙龄胜才山江良清义成利全根"
WOMEN_ONE = "丽敏静娟艳霞燕玲芳洁婷慧琴云倩"
WOMEN_FIRST = "秀玉春晓丽红淑爱雅海月小桂文金"
WOMEN_SECOND = "英梅兰芳霞玲华珍萍琴荣红娟云燕"


def make_units() -> tuple[DemoUnit, ...]:
    """The mine leaders' office, then 26 units with a branch each, and their teams."""
    rows = [DemoUnit(LEADERS_UNIT, "矿领导", "office", None, scheme="day_only")]
    for key, name, kind, scheme, front, _count, teams in UNITS:
        rows.append(DemoUnit(key, name, kind, None, f"{name}党支部", scheme, front))
        rows += [
            DemoUnit(f"{key}-{i}", team, "team", key, None, scheme, front) for i, team in enumerate(teams, 1)
        ]  # fmt: skip
    return tuple(rows)


def make_persons(random: Random, today: date) -> tuple[DemoPerson, ...]:
    """Three thousand people: leaders first, then every unit with its head, secretary, team leaders and workers."""
    maker = _Maker(random, today)
    rows = [maker.person(LEADERS_UNIT, "管理", post, member=True, youngest=42) for post in LEADERS]
    spare = TOTAL - len(LEADERS) - sum(unit[5] for unit in UNITS)
    for key, _name, kind, _scheme, _front, count, teams in UNITS:
        extra = spare if key == "zh" else 0
        rows += maker.unit_staff(key, kind, count + extra, len(teams))
    return tuple(rows)


class _Maker:
    def __init__(self, random: Random, today: date) -> None:
        self.random, self.today, self.next = random, today, 1

    def person(
        self, unit: str, trade: str, post: str, *, women: float = 0.0, member: bool = False, youngest: int = 20
    ) -> DemoPerson:
        sex = "女" if self.random.random() < women else "男"
        age = self.random.triangular(youngest, 59 if sex == "男" else 54, max(youngest + 4, 38))
        birth = self.today - timedelta(days=int(age * 365.25) + self.random.randrange(300))
        joined = birth + timedelta(days=int(365.25 * self.random.uniform(19, min(27, max(19.5, age)))))
        since = self._member_since(birth, age) if member or self.random.random() < 0.2 else None
        number = f"{100000 + self.next}"
        phone = f"1900000{self.next:04d}"
        self.next += 1
        return DemoPerson(
            number, self.name(sex), sex, birth, unit, trade, post, since, phone, min(joined, self.today)
        )  # fmt: skip

    def _member_since(self, birth: date, age: float) -> date | None:
        if age < 23:
            return None
        since = birth + timedelta(days=int(365.25 * self.random.uniform(22, min(age - 0.5, 40))))
        return min(since, self.today - BEFORE_THE_LIST)

    def name(self, sex: str) -> str:
        pick = self.random.choice
        one, first, second = (
            (MEN_ONE, MEN_FIRST, MEN_SECOND) if sex == "男" else (WOMEN_ONE, WOMEN_FIRST, WOMEN_SECOND)
        )  # fmt: skip
        given = pick(one) if self.random.random() < 0.3 else pick(first) + pick(second)
        return pick(SURNAMES) + given

    def unit_staff(self, key: str, kind: str, count: int, teams: int) -> list[DemoPerson]:
        trades = TRADES[SAME_TRADES.get(key, key)]
        women = WOMEN_SHARE.get(key, 0.0)
        rows = list(self._unit_leaders(key, kind))
        for i in range(1, teams + 1):
            rows.append(self.person(f"{key}-{i}", trades[0], "班长", youngest=29))
            rows.append(self.person(f"{key}-{i}", trades[-1], "副班长", youngest=27))
        while len(rows) < count:
            place = f"{key}-{1 + len(rows) % teams}" if teams else key
            rows.append(self.person(place, self.random.choice(trades), "职工", women=women))
        return rows

    def _unit_leaders(self, key: str, kind: str) -> Iterator[DemoPerson]:
        office = kind == "office"
        head = OFFICE_HEADS.get(key, "科长" if office else "队长")
        yield self.person(key, "管理", head, member=True, youngest=36)
        yield self.person(key, "管理", "党支部书记", member=True, youngest=36)
        yield self.person(key, "管理", f"副{head}", youngest=33)
        yield self.person(key, "管理", "技术主管" if office else "技术员", youngest=25)


def make_grants(persons: tuple[DemoPerson, ...], since: date) -> tuple[DemoGrant, ...]:
    """Roles follow from posts; who holds none is a miner."""
    return tuple(
        DemoGrant(person.number, role, unit, max(since, person.joined))
        for person in persons
        for role, unit in _roles_of(person)
    )


def _roles_of(person: DemoPerson) -> Iterator[tuple[str, str | None]]:
    unit = person.unit.split("-")[0]
    if person.post.startswith("集团"):
        yield "group_office", unit
    elif person.unit == LEADERS_UNIT:
        yield "mine_leader", unit
    elif person.post == "党支部书记":
        yield "branch_secretary", unit
    elif person.post in ("队长", "科长", "主任", "部长"):
        yield "unit_head", unit
    elif person.post == "班长":
        yield "team_leader", person.unit
    if unit == "aj":
        yield "safety", unit
    if person.unit == "zg" and person.post == LIBRARIAN_POST:
        yield "librarian", unit
    if person.post not in ("职工", "党支部书记") and unit in OFFICE_ROLES:
        yield OFFICE_ROLES[unit], unit
    if person.unit == "zh-1" and person.post in ("班长", "副班长"):
        yield "administrator", None


def make_cast(persons: tuple[DemoPerson, ...], grants: tuple[DemoGrant, ...]) -> dict[str, str]:
    """One sign-in per role, in a unit that has work to show."""
    wanted = {"team_leader": "zc2-1", "unit_head": "zc2", "branch_secretary": "zc2"}
    cast: dict[str, str] = {}
    for grant in grants:
        if wanted.get(grant.role, grant.unit) == grant.unit:
            cast.setdefault(grant.role, grant.number)
    cast["miner"] = next(p.number for p in persons if p.unit == "zc2-1" and p.post == "职工")
    return dict(sorted(cast.items()))
