"""What can be seen where in the demo mine (示例矿), who answers for it, and what people write about it."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

# row number in sample_descriptions.csv -> place, unit, cause
SAMPLES: dict[int, tuple[str, str, str]] = {
    1: ("2305-zj", "zf", "物"), 2: ("2305-cq", "zf", "物"), 3: ("3113-jw", "zc2", "物"), 4: ("3113-zj", "zc2", "物"),
    5: ("3115-zj", "zc1", "环境"), 6: ("3113-zj", "zc2", "物"), 7: ("2305-sy", "tf", "人"), 8: ("1602-yt", "jj1", "人"),
    9: ("l2", "tf", "物"), 10: ("m1", "tf", "管理"), 11: ("3115-hf", "tf", "人"), 12: ("1604-hl", "jj2", "物"),
    13: ("1602-yt", "jj1", "人"), 14: ("tc3", "dc", "管理"), 15: ("zsc", "jd", "环境"), 16: ("g1-jc", "ys", "物"),
    17: ("g2-jc", "ys", "管理"), 18: ("g1-px", "ys", "物"), 19: ("yb-zb", "pd", "物"), 20: ("eb-jt", "pd", "人"),
    21: ("3113-zz", "zc2", "物"), 22: ("1602-pd", "jd", "物"), 23: ("3113-bz", "jd", "人"), 24: ("zbs", "jd", "管理"),
    25: ("3115-hf", "tf", "物"), 26: ("gjz", "tf", "物"), 27: ("yb-jw", "tf", "物"), 28: ("1604-hl", "jj2", "人"),
    29: ("fjk", "jd", "环境"), 30: ("ddt", "dd", "物"),
}  # fmt: skip
ORDER21 = "order21-2026"
MAJOR = {11: (17, "21-17-03"), 13: (17, "21-17-16"), 14: (7, "21-07-04"), 22: (10, "21-10-04"), 27: (17, "21-17-11")}
CAUSES = {"人": "person", "物": "thing", "管理": "management", "环境": "environment"}

WORD_PARTS = (
    ("机头", ("jt",)), ("机尾", ("jw",)), ("打眼", ("jj", "yt")), ("采煤机", ("zj",)), ("移架", ("zj",)), ("放煤", ("zj",)),
    ("转载点", ("zz",)), ("掘进机", ("jj",)), ("迎头", ("yt",)), ("托辊", ("zb",)),
)  # fmt: skip
FACE = ("2305", "3113", "3113", "3115")
HEAD = ("1602", "1604", "3117", "dx3")


def _at(parents: Iterable[str], *parts: str) -> tuple[str, ...]:
    return tuple(f"{parent}-{part}" for parent in parents for part in parts)


BELTS = _at(("yb", "eb", "sb", "p1", "p2", "p3"), "jt", "zb", "jw")
SLOPES = _at(("g1", "g2", "g3"), "sc", "px", "xc", "jc")
ROADS = ("g2", "h2", "w2", "gd4", "xh2", *_at(HEAD, "hl"))
PLACES_OF: dict[str, tuple[str, ...]] = {
    "工作面顶板": _at(FACE, "zj"), "端头与超前支护": _at(FACE, "cq", "dt"), "巷道支护": ROADS, "片帮漏矸": _at(FACE, "zj"),
    "锚杆锚索": _at(HEAD, "hl", "yt"), "冲击地压": _at(("2305",), "cq"), "通风系统": ("l2", "h2", "h1", "h3", "zhf"),
    "局部通风": _at(HEAD, "jf", "yt"), "通风设施": ("m1", "m2", "l2", "hf4"), "瓦斯检查": _at((*FACE, *HEAD), "pd"),
    "瓦斯抽采": ("cfb", "cq1"), "安全监控": (*_at(FACE, "sy", "hf"), *_at(HEAD, "yt")), "避险系统": (*_at(FACE, "hf"), "bn3"),
    "探放水": ("tc3",), "排水系统": ("zsc", "zbf", "sc3", "bf3", "x2", "bf4"), "水文观测": ("tc3",), "防水设施": ("x2", "sc3"),
    "地面防洪": ("gm", "fjk"), "供电": (*_at(FACE, "pd"), "b1", "b2", "zbs", "bd4"), "防爆": _at((*FACE, *HEAD), "pd"),
    "电缆": (*_at(FACE, "bz", "pd"), *_at(HEAD, "hl")), "设备防护": (*_at(FACE, "zz", "bz"), "zbf"),
    "保护装置": BELTS, "提升": ("flj", "fjk", "zlj"), "压风": ("yfj",), "乳化液泵": _at(FACE, "bz"), "大型设备": ("zsf", "zbf"),
    "带式输送机": BELTS, "刮板输送机": _at(FACE, "jt", "jw"), "轨道运输": ("jdc", "gdd", "g2", "gd4"), "斜巷运输": SLOPES,
    "无极绳绞车": ("w2",), "架空乘人": ("k1", "k3"), "辅助运输": ("w2", "gdd", "jdc"), "支架": _at(FACE, "zj"), "割煤": _at(FACE, "zj"),
    "工作面管理": _at(FACE, "zj", "jw"), "两巷": _at(FACE, "jf", "hf"), "临时支护": _at(HEAD, "yt"), "永久支护": _at(HEAD, "yt", "hl"),
    "掘进机": _at(("1602", "1604", "3117"), "jj"), "巷道成形": _at(HEAD, "hl"), "喷浆": _at(HEAD, "hl"), "地质预报": _at(HEAD, "yt"),
    "测量": _at(HEAD, "hl"), "图纸": ("bgl",), "煤柱管理": _at(FACE, "hf"), "储存": ("zyk", "dzy"), "运送": ("gdd",), "领退": ("zyk",),
    "爆破作业": _at(("1604", "dx3"), "yt"), "自然发火": _at(("2305",), "sy"), "消防器材": ("gjz", "eb-jt", "b2", "xfk"),
    "消防管路": ("yb-zb", "eb-zb", "p2-zb"), "外因火灾": ("b1", "eb-jt", "jxc"), "灌浆注氮": ("gjz",),
    "喷雾降尘": (*_at(FACE, "zj", "zz"), *_at(HEAD, "jj")),
    "积尘": ("h2", "p1-zb", "b1"), "隔爆设施": (*_at(FACE, "hf"), "h3"), "测尘": _at(FACE, "zj"), "通信": ("ddt", *_at(HEAD, "pd")),
    "应急广播": _at(FACE, "jf"), "视频监视": ("eb-jt", "zbs"), "调度值班": ("ddt",), "应急管理": ("ddt",), "噪声": ("yfj", "zsf"),
    "高温": ("b3",), "警示标识": ("sfl", "cfb"), "体检档案": ("bgl",), "地面运输": ("cmc", "gm"), "储煤": ("cmc", "ylc", "sfl"),
    "建筑": ("gyt", "bgl", "zgss"), "锅炉": ("glf",), "变电所": ("dmb",), "人员集中场所": ("st", "gyt", "kdf"), "工业广场": ("gm", "jxc"),
    "防冻": ("fjk", "gm"), "规程措施": _at(HEAD, "hl"), "班前会": ("bgl",), "现场交接班": _at((*FACE, *HEAD), "pd"), "培训持证": ("bgl",),
    "劳动纪律": ("eb-jt", "g1-jc", "zbf"), "台账资料": ("bgl",), "作业标志": ("g2", "h2", "gd4"),
}  # fmt: skip
UNIT_OF = {
    "通风系统": "tf", "通风设施": "tf", "瓦斯检查": "tf", "安全监控": "tf", "避险系统": "tf", "自然发火": "tf", "消防器材": "tf", "灌浆注氮": "tf",
    "测尘": "tf", "瓦斯抽采": "cc", "探放水": "zj", "水文观测": "dc", "地质预报": "dc", "测量": "dc", "图纸": "dc", "煤柱管理": "dc",
    "应急广播": "dd", "视频监视": "dd", "体检档案": "zh", "储存": "zh", "领退": "zh", "培训持证": "px", "防水设施": "jd",
}  # fmt: skip
SPOKEN = (
    ("胶带机", "皮带机"),
    ("胶带", "皮带"),
    ("未及时", "没及时"),
    ("缺失", "缺了"),
    ("局部通风机", "局扇"),
    ("架空乘人装置", "猴车"),
    ("刮板机", "溜子"),
    ("未", "没"),
)
VOID_REASONS = ("现场核实情况不属实", "属于已批准措施内的正常作业状态", "误报，现场已有警戒和措施")
SEND_BACK = ("没写清具体部位，请补充架号或里程", "缺少现场照片，请补拍", "一条里有两处问题，请分开上报")
EXTENSION_REASONS = ("配件未到货，计划三天内到矿", "需停产检修时处理，安排在检修班", "受顶板淋水影响，需先引水后施工")
REJECT_REASONS = ("只处理了一处，另一处未整改", "试验不动作，未达到要求", "整改后现场未清理，重新验收")
FUNDS = (None, None, None, Decimal(200), Decimal(800), Decimal(1500), Decimal(3600))
CONTINGENCY = (
    "整改前现场设警戒并挂牌",
    "整改期间专人监护，异常立即撤人",
    "失效前采取临时措施，跟班队干现场盯守",
    "停电闭锁后处理",
)
