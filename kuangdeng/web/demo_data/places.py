"""The places of the demo mine (示例矿): level, district, face or roadway, part; with the spellings people use."""

from __future__ import annotations

import unicodedata
from dataclasses import replace

from kuangdeng.web.demo_data.kinds import DemoPlace

# face key, number, name, district, unit
FACES = (
    ("2305", "2305综放工作面", "综放", "d1", "zf"),
    ("3113", "3113综采工作面", "综采", "d2", "zc2"),
    ("3115", "3115综采工作面", "综采", "d2", "zc1"),
)
HEADINGS = (
    ("1602", "1602掘进工作面", "d3", "jj1"),
    ("1604", "1604掘进工作面", "d3", "jj2"),
    ("3117", "3117掘进工作面", "d2", "jjj"),
    ("dx3", "三采区轨道下山掘进工作面", "d3", "kt"),
)
FACE_PARTS = (
    ("jt", "机头", ("刮板机机头",)),
    ("jw", "机尾", ("刮板机机尾",)),
    ("sy", "上隅角", ("隅角", "回风隅角")),
    ("jf", "进风顺槽", ("运输顺槽", "进风巷", "皮带顺槽")),
    ("hf", "回风顺槽", ("回风巷", "材料顺槽", "回风")),
    ("cq", "超前段", ("超前支护段",)),
    ("zz", "转载机", ("转载机处", "桥式转载机")),
    ("pd", "配电点", ("设备列车", "移变处")),
    ("bz", "泵站", ("乳化泵站",)),
    ("zj", "工作面支架", ("架间", "架内", "支架")),
    ("dt", "端头", ("下端头", "端头支架")),
    ("sh", "安全出口", ("上安全出口", "下安全出口")),
)
HEADING_PARTS = (
    ("yt", "迎头", ("掘进头", "头面", "窝头")),
    ("jj", "掘进机", ("综掘机",)),
    ("hl", "后路巷道", ("后巷", "后路")),
    ("jf", "局部通风机处", ("局扇处", "风机处")),
    ("pd", "配电点", ("开关处",)),
    ("pt", "皮带机头", ("二运机头", "机头")),
    ("pw", "皮带机尾", ("机尾",)),
    ("lc", "临时水仓", ("水窝",)),
)
# key, name, level, parent, unit, aliases
OTHERS: tuple[tuple[str, str, str, str | None, str, tuple[str, ...]], ...] = (
    ("gm", "地面", "surface", None, "dm", ("地面生产系统", "井上")),
    ("sp", "井筒", "level", None, "jd", ()),
    ("l3", "-300水平", "level", None, "ys", ("-300", "负300水平", "一水平", "-300m水平")),
    ("l4", "-450水平", "level", None, "ys", ("-450", "负450水平", "二水平", "-450m水平")),
    ("zjk", "主井口", "surface", "gm", "jd", ("主井井口", "主井上井口")),
    ("fjk", "副井口", "surface", "gm", "jd", ("副井井口", "副井上井口", "井口")),
    ("fengj", "风井广场", "surface", "gm", "tf", ("风井",)),
    ("zsf", "主扇房", "chamber", "gm", "jd", ("主通风机房", "风机房", "主要通风机房")),
    ("dmb", "地面变电所", "chamber", "gm", "jd", ("35kV变电所", "地面变电站")),
    ("yfj", "压风机房", "chamber", "gm", "jd", ("空压机房", "压风房")),
    ("cfb", "地面抽采泵站", "chamber", "gm", "cc", ("抽放泵站", "瓦斯泵站")),
    ("gjz", "灌浆站", "chamber", "gm", "tf", ("地面灌浆站", "注浆站")),
    ("dzy", "地面炸药库", "chamber", "gm", "zh", ("炸药库", "火工品库")),
    ("ddt", "调度台", "chamber", "gm", "dd", ("调度室", "调度中心", "矿调度")),
    ("jks", "监控机房", "chamber", "gm", "tf", ("监控室", "监控中心")),
    ("kdf", "矿灯房", "chamber", "gm", "dm", ("灯房",)),
    ("cmc", "储煤场", "surface", "gm", "dm", ("煤场", "露天煤场")),
    ("sfl", "筛分楼", "surface", "gm", "dm", ("选煤楼", "筛分车间")),
    ("ylc", "原煤仓", "surface", "gm", "dm", ("地面煤仓",)),
    ("glf", "锅炉房", "chamber", "gm", "dm", ("锅炉车间",)),
    ("jxc", "机修车间", "surface", "gm", "jd", ("机修厂", "修理车间")),
    ("wzk", "物资库", "surface", "gm", "zh", ("材料库", "料场")),
    ("bgl", "办公楼", "surface", "gm", "zh", ("机关楼",)),
    ("gyt", "更衣楼", "surface", "gm", "zh", ("浴室", "澡堂", "更衣室")),
    ("zgss", "职工宿舍", "surface", "gm", "zh", ("单身楼", "公寓")),
    ("st", "职工食堂", "surface", "gm", "zh", ("食堂",)),
    ("zlj", "主立井", "shaft", "sp", "jd", ("主井", "主井井筒")),
    ("flj", "副立井", "shaft", "sp", "jd", ("副井", "副井井筒")),
    ("flj2", "回风立井", "shaft", "sp", "tf", ("风井井筒", "回风井")),
    ("jdc", "井底车场", "roadway", "l3", "ys", ("副井底", "车场", "井底")),
    ("zbs", "中央变电所", "chamber", "l3", "jd", ("井下中央变电所", "中央变")),
    ("zbf", "中央水泵房", "chamber", "l3", "jd", ("中央泵房", "主排水泵房")),
    ("zsc", "中央水仓", "chamber", "l3", "jd", ("主水仓", "内外水仓", "水仓")),
    ("zyk", "井下爆炸物品库", "chamber", "l3", "zh", ("井下炸药库", "火药库")),
    ("dhs", "等候室", "chamber", "l3", "ys", ("候车硐室",)),
    ("xfk", "消防材料库", "chamber", "l3", "tf", ("井下消防材料库",)),
    ("dcf", "电机车充电硐室", "chamber", "l3", "ys", ("充电硐室", "充电房")),
    ("gdd", "-300轨道大巷", "roadway", "l3", "ys", ("轨道大巷", "轨道巷", "300轨道大巷")),
    ("pdd", "-300皮带大巷", "roadway", "l3", "pd", ("皮带大巷", "胶带大巷", "运输大巷")),
    ("zhf", "-300总回风巷", "roadway", "l3", "tf", ("总回风巷", "总回")),
    ("yb", "一部皮带巷", "roadway", "l3", "pd", ("一部皮带", "1部皮带", "一部胶带", "1#皮带")),
    ("eb", "二部皮带巷", "roadway", "l3", "pd", ("二部皮带", "2部皮带", "二部胶带", "2#皮带")),
    ("sb", "三部皮带巷", "roadway", "l4", "pd", ("三部皮带", "3部皮带", "三部胶带")),
    ("jxmc", "井下煤仓", "chamber", "l3", "pd", ("煤仓", "采区煤仓")),
    ("gd4", "-450轨道石门", "roadway", "l4", "kt", ("轨道石门", "450轨道石门")),
    ("hf4", "-450回风石门", "roadway", "l4", "tf", ("回风石门", "450回风石门")),
    ("bd4", "-450变电所", "chamber", "l4", "jd", ("二水平变电所", "450变电所")),
    ("bf4", "-450水泵房", "chamber", "l4", "jd", ("二水平泵房", "450泵房")),
    ("sc4", "-450水仓", "chamber", "l4", "jd", ("二水平水仓",)),
    ("hck", "-450候车硐室", "chamber", "l4", "ys", ("猴车下车点",)),
    ("d1", "一采区", "district", "l3", "zf", ("一采", "1采区", "23采区")),
    ("d2", "二采区", "district", "l3", "zc2", ("二采", "2采区", "31采区")),
    ("d3", "三采区", "district", "l4", "jj1", ("三采", "3采区", "16采区")),
    ("g1", "一采区轨道上山", "roadway", "d1", "ys", ("一采轨道上山", "一采轨道")),
    ("p1", "一采区皮带上山", "roadway", "d1", "pd", ("一采皮带上山", "一采皮带")),
    ("h1", "一采区回风上山", "roadway", "d1", "tf", ("一采回风上山", "一采回风", "一采区总回风巷")),
    ("b1", "一采区变电所", "chamber", "d1", "jd", ("一采变电所",)),
    ("c1", "一采区上部车场", "roadway", "d1", "ys", ("一采上车场",)),
    ("k1", "一采区架空乘人巷", "roadway", "d1", "ys", ("一采猴车巷", "猴车巷", "架空乘人装置")),
    ("m1", "2303采空区密闭", "roadway", "d1", "tf", ("2303密闭", "2303闭墙")),
    ("g2", "二采区轨道巷", "roadway", "d2", "ys", ("二采轨道巷", "轨道巷二采")),
    ("p2", "二采区皮带巷", "roadway", "d2", "pd", ("二采皮带巷", "二采胶带巷")),
    ("h2", "二采区回风巷", "roadway", "d2", "tf", ("二采回风巷", "二采回风")),
    ("b2", "二采区变电所", "chamber", "d2", "jd", ("二采变电所",)),
    ("l2", "二采区联络巷", "roadway", "d2", "tf", ("二采联络巷", "联络巷", "绕道")),
    ("m2", "3111采空区密闭", "roadway", "d2", "tf", ("3111密闭", "3111闭墙")),
    ("w2", "二采区无极绳绞车巷", "roadway", "d2", "ys", ("无极绳巷", "无极绳绞车处")),
    ("x2", "二采区水仓", "chamber", "d2", "jd", ("二采水仓",)),
    ("g3", "三采区轨道下山", "roadway", "d3", "ys", ("三采轨道下山", "三采轨道")),
    ("p3", "三采区皮带下山", "roadway", "d3", "pd", ("三采皮带下山", "三采皮带")),
    ("h3", "三采区回风下山", "roadway", "d3", "tf", ("三采回风下山", "三采回风")),
    ("b3", "三采区变电所", "chamber", "d3", "jd", ("三采变电所",)),
    ("bf3", "三采区泵房", "chamber", "d3", "jd", ("三采泵房", "三采水泵房")),
    ("sc3", "三采区水仓", "chamber", "d3", "jd", ("三采水仓",)),
    ("tc3", "三采区探放水钻场", "chamber", "d3", "zj", ("1602钻场", "三采钻场", "探放水钻场")),
    ("bn3", "三采区永久避难硐室", "chamber", "d3", "tf", ("避难硐室",)),
    ("k3", "三采区架空乘人巷", "roadway", "d3", "ys", ("三采猴车巷",)),
    ("xh2", "二采区回风巷修护点", "roadway", "d2", "xh", ("二采修护点", "修护点")),
    ("az7", "3117切眼", "roadway", "d2", "az", ("3117开切眼", "3117安装面")),
    ("cq1", "一采区抽采钻场", "chamber", "d1", "cc", ("2305抽采钻场", "抽采钻场")),
)  # fmt: skip


def make_places() -> tuple[DemoPlace, ...]:
    """About 180 places; a parent always stands before its children."""
    rows = [DemoPlace(k, n, lv, parent, aliases, unit) for k, n, lv, parent, unit, aliases in OTHERS]
    for number, name, kind, district, unit in FACES:
        rows.append(DemoPlace(number, name, "face", district, _face_aliases(number, kind), unit))
        rows += _parts(number, FACE_PARTS, unit)
    for key, name, district, unit in HEADINGS:
        rows.append(DemoPlace(key, name, "heading", district, _heading_aliases(key), unit))
        rows += _parts(key, HEADING_PARTS, unit)
    rows += _roadway_parts()
    return tuple(_one_place_per_spelling(rows))


def _one_place_per_spelling(rows: list[DemoPlace]) -> list[DemoPlace]:
    """A spelling means one place in the mine, width and blanks forgiven; a second claim to it is dropped."""
    taken = {_folded(row.name) for row in rows}
    kept = []
    for row in rows:
        fresh = {_folded(alias): alias for alias in row.aliases if _folded(alias) not in taken}
        taken |= fresh.keys()
        kept.append(replace(row, aliases=tuple(fresh.values())))
    return kept


def _folded(name: str) -> str:
    return "".join(unicodedata.normalize("NFKC", name).lower().split())


def _face_aliases(number: str, kind: str) -> tuple[str, ...]:
    wide = number.translate(str.maketrans("0123456789", "０１２３４５６７８９"))
    return (
        f"{number}{kind}面",
        f"{number} {kind}工作面",
        f"{number}面",
        f"{number}采面",
        f"{wide}{kind}面",
        f"{number}工作面",
    )


def _heading_aliases(key: str) -> tuple[str, ...]:
    if not key.isdigit():
        return ("三采轨道下山掘进头", "轨道下山迎头")
    return (f"{key}掘进头", f"{key}掘进", f"{key} 掘进工作面", f"{key}头", f"{key}掘进面")


def _parts(parent: str, parts: tuple[tuple[str, str, tuple[str, ...]], ...], unit: str) -> list[DemoPlace]:
    """A part's other names carry its parent's number, because 机头 alone may be anywhere."""
    short = SHORT_NAMES.get(parent, parent)
    return [
        DemoPlace(f"{parent}-{key}", name, "part", parent, tuple(short + said for said in (name, *aliases)), unit)
        for key, name, aliases in parts
    ]


SHORT_NAMES = {
    "dx3": "三采轨道下山", "yb": "一部", "eb": "二部", "sb": "三部", "p1": "一采皮带上山", "p2": "二采皮带巷", "p3": "三采皮带下山",
    "g1": "一采轨道上山", "g2": "二采轨道巷", "g3": "三采轨道下山",
}  # fmt: skip
BELT_PARTS = (
    ("jt", "机头", ("皮带机头", "皮带头")),
    ("zb", "中部", ("中间段",)),
    ("jw", "机尾", ("皮带机尾", "皮带尾")),
)
SLOPE_PARTS = (
    ("sc", "上车场", ("上部车场",)),
    ("px", "坡中", ("变坡点",)),
    ("xc", "下车场", ("下部车场",)),
    ("jc", "绞车房", ("绞车硐室",)),
)


def _roadway_parts() -> list[DemoPlace]:
    unit = {row[0]: row[4] for row in OTHERS}
    rows = [place for key in ("yb", "eb", "sb", "p1", "p2", "p3") for place in _parts(key, BELT_PARTS, unit[key])]
    rows += [place for key in ("g1", "g2", "g3") for place in _parts(key, SLOPE_PARTS, unit[key])]
    return rows
