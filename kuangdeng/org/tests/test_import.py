"""Files of units, persons and places: read by meaning, shown, confirmed, written once; dirty and hostile ones too."""

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from openpyxl import Workbook

from kuangdeng.kernel import clock
from kuangdeng.kernel.errors import NotVisible, Refused
from kuangdeng.ledger.models import Entry
from kuangdeng.org import services
from kuangdeng.org.api import import_org, problem_lines
from kuangdeng.org.importing import runs
from kuangdeng.org.models import Branch, ImportRun, Membership, Person, Place, PlaceAlias, RoleGrant, Unit, UnitShift
from kuangdeng.org.queries import may
from kuangdeng.org.queries.people import unit_name_on, unit_on
from kuangdeng.org.testkit import Cast, make_cast

pytestmark = pytest.mark.django_db

Sheet = tuple[str, list[list[object]]]
Save = Callable[..., Path]


@pytest.fixture
def cast() -> Cast:
    return make_cast()


@pytest.fixture
def save(tmp_path: Path) -> Save:
    def make(*sheets: Sheet, name: str = "花名册.xlsx") -> Path:
        book = Workbook()
        book.remove(book.active)  # type: ignore[arg-type]
        for title, rows in sheets:
            sheet = book.create_sheet(title)
            for row in rows:
                sheet.append(row)
        book.save(tmp_path / name)
        return tmp_path / name

    return make


UNITS: Sheet = (
    "机构",
    [
        ["试验矿单位一览表"],
        ["单位名称", "上级单位", "单位类别", "基层党支部", "作业制度"],
        ["试验矿", None, "矿", None, None],
        ["开拓二班", "开拓队", "班组", None, None],
        ["开拓队", "试验矿", "生产", "开拓队党支部", "三八制"],
        ["综采一队", "试验矿", "生产", "综采一队党支部", "三八"],
        ["地测科", "", "", "", ""],
        ["神秘队", "没有的单位", "生产", None, None],
        ["奇怪队", None, "神秘", None, None],
        ["开拓队", "试验矿", "生产", None, None],
    ],
)
PEOPLE_ROWS: list[list[object]] = [
    ["试验矿职工花名册"],
    [],
    ["序号", "职工编号", "职工姓名", "性 别", "出生年月", "部门", "班组", "工种", "职务", "入党时间", "手机号", "角色"],
    [1, "1001", "王 铁 柱", "男", "1980.3", "综采一队", "一班", "采煤机司机", "班员", None, "13800001111", None],
    [2, "７００１", "单雄信", "男", 29650, "开拓队", "二班", "掘进工", "班长", "2008年7月1日", None, "班组长"],
    [3, 7002, "秦叔宝", "男", "1979-02-30", "开拓队", None, None, None, None, None, None],
    [4, "7003", None, "男", None, "综采1队", None, None, None, None, None, None],
    [5, "7001", "重复人", "男", None, "开拓队", None, None, None, None, None, None],
    [6, "7004", "程咬金", "?", None, None, None, None, None, None, None, None],
    [7, "7005", "罗成", "男", "20000101", "地测科", None, "测量员", "科长", "群众", None, "区队长、安监、神仙"],
    ["合计", 7],
]
PEOPLE: Sheet = ("职工", PEOPLE_ROWS)


def test_one_book_with_units_and_persons(cast: Cast, save: Save) -> None:
    before = set(Entry.objects.values_list("id", flat=True))
    run = import_org(save(UNITS, PEOPLE), by=cast.administrator)
    (entry,) = Entry.objects.exclude(id__in=before)
    assert entry.verb == "org.import"
    assert (entry.payload["sha256"], entry.payload["units_new"], entry.payload["persons_new"]) == (
        run.file_sha256,
        3,
        2,
    )

    digging = Unit.objects.get(name="开拓队")
    team = Unit.objects.get(name="开拓二班")
    assert (team.kind, team.ancestors) == ("team", [digging.id])
    assert Unit.objects.get(name="地测科").kind == "office"
    assert Branch.objects.get(unit=digging).name == "开拓队党支部"
    assert UnitShift.objects.filter(unit=digging).count() == 1
    assert unit_name_on(digging, clock.today()) == "开拓队"

    new = Person.objects.get(number="7001")
    assert (new.name, new.unit, new.trade, new.member_since) == ("单雄信", team, "掘进工", date(2008, 7, 1))
    assert (new.born_on, new.initials) == (date(1981, 3, 5), "sxx")
    assert not new.has_usable_password()
    assert unit_on(new, clock.today()) == team
    assert RoleGrant.objects.get(person=new).unit == team
    chief = Person.objects.get(number="7005")
    assert may(chief, "hazard.grade")
    assert {grant.role for grant in chief.grants.all()} == {"unit_head", "safety"}

    old = Person.objects.get(number="1001")
    assert (old.name, old.trade, old.phone, old.born_on) == ("王铁柱", "采煤机司机", "13800001111", date(1980, 3, 1))
    assert old.unit == cast.units["mining_team"]
    assert old.has_usable_password()


def test_the_preview_shows_the_first_rows_as_they_will_be_written(cast: Cast, save: Save) -> None:
    path = save(UNITS, PEOPLE)
    with path.open("rb") as file:
        run = runs.begin(file, name=path.name, by=cast.administrator)
    persons = run.report["sample"]["persons"]
    assert persons["columns"] == [
        "工号", "姓名", "单位", "工种", "岗位", "性别", "出生日期", "入党日期", "电话", "授予角色"
    ]  # fmt: skip
    assert persons["rows"][1] == [
        True, ["7001", "单雄信", "开拓二班", "掘进工", "班长", "男", "1981-03-05", "2008-07-01", "", "班组长"]
    ]  # fmt: skip
    assert [new for new, _cells in persons["rows"]] == [False, True, True]
    assert ["开拓二班", "开拓队", "班组"] in [cells[:3] for _new, cells in run.report["sample"]["units"]["rows"]]
    many = save(("职工", [["工号", "姓名", "单位"], *([f"8{n:03d}", "程咬金", "综采一队"] for n in range(30))]))
    with many.open("rb") as file:
        run = runs.begin(file, name=many.name, by=cast.administrator)
    assert len(run.report["sample"]["persons"]["rows"]) == 10
    assert run.report["sample"]["persons"]["columns"] == ["工号", "姓名", "单位"]
    assert run.report["sample"]["places"] == {"columns": [], "rows": []}
    services.write_import(run.id, by=cast.administrator)
    run.refresh_from_db()
    assert "sample" not in run.report, "phones and birthdays stay in the register of persons only"


def test_what_is_wrong_is_said_by_sheet_row_and_column(cast: Cast, save: Save) -> None:
    run = import_org(save(UNITS, PEOPLE), by=cast.administrator, dry_run=True)
    lines = list(problem_lines(run))
    for words in (
        "「机构」第 8 行「上级单位」列（B8）：没有叫「没有的单位」的单位。",
        "「机构」第 9 行「单位类别」列（C9）：「神秘」不是单位类别。",
        "「机构」第 10 行「单位名称」列（A10）：「开拓队」和第 5 行重复。",
        "「职工」第 6 行「出生年月」列（E6）：「1979-02-30」这一天不存在。",
        "「职工」第 7 行「职工姓名」列（C7）：没有填姓名。",
        "「职工」第 7 行「部门」列（F7）：没有叫「综采1队」的单位。是不是「综采一队」？",
        "「职工」第 8 行「职工编号」列（B8）：工号 7001 和第 5 行重复。",
        "「职工」第 9 行「性别」列（D9）：「?」不是性别。",
        "「职工」第 9 行「部门」列（F9）：新职工要填单位。",
    ):
        assert any(line.startswith(words) for line in lines), (words, lines)
    assert any("神仙" in note["message"] for note in run.report["notes"])
    assert not Unit.objects.filter(name="开拓队").exists()
    assert not runs.file_of(run).exists()


def test_the_same_file_again_changes_nothing(cast: Cast, save: Save) -> None:
    path = save(UNITS, PEOPLE)
    import_org(path, by=cast.administrator)
    counts = (Unit.objects.count(), Person.objects.count(), Membership.objects.count(), RoleGrant.objects.count())
    again = import_org(path, by=cast.administrator)
    for kind in ("units", "persons"):
        assert again.report[kind]["new_count"] == again.report[kind]["changed_count"] == 0, again.report[kind]
    assert (
        Unit.objects.count(),
        Person.objects.count(),
        Membership.objects.count(),
        RoleGrant.objects.count(),
    ) == counts


def test_a_new_list_updates_by_number_and_says_what_changed(cast: Cast, save: Save) -> None:
    rows: list[list[object]] = [
        ["工号", "姓名", "单位", "工种", "电话"],
        ["1001", "王铁住", "掘进一队", "", ""],
        ["1002", "李大山", "综采一队一班", "班长", ""],
        ["9001", "沈信息", "信息中心", "", ""],
    ]
    Person.objects.filter(number="1001").update(phone="138", trade="采煤工")
    run = import_org(save(("名单", rows)), by=cast.administrator)
    changed = {name: [tuple(one) for one in changes] for name, changes in run.report["persons"]["changed"]}
    assert changed["王铁住（1001）"] == [("姓名", "王铁柱", "王铁住"), ("单位", "综采一队一班", "掘进一队")]
    assert run.report["persons"]["same_count"] == 1
    assert run.report["missing_count"] == len(cast.persons) - 3
    moved = Person.objects.get(number="1001")
    assert (moved.unit, moved.phone, moved.trade, moved.pinyin) == (
        cast.units["tunnel"],
        "138",
        "采煤工",
        "wang tie zhu",
    )
    assert unit_on(moved, date(2020, 6, 1)) == cast.units["mining_team"]
    assert Person.objects.filter(is_active=True).count() == len(cast.persons)


def test_who_left_and_is_on_the_list_is_back(cast: Cast, save: Save) -> None:
    services.leave(cast.miner.id, on=clock.today(), by=cast.administrator)
    import_org(save(("名单", [["工号", "姓名", "单位"], ["1001", "王铁柱", "掘进一队"]])), by=cast.administrator)
    person = Person.objects.get(number="1001")
    assert (person.is_active, person.left_on, person.unit) == (True, None, cast.units["tunnel"])


def test_a_renamed_unit_is_still_understood(cast: Cast, save: Save) -> None:
    services.rename_unit(cast.units["tunnel"].id, name="掘进三队", valid_from=clock.today(), by=cast.administrator)
    run = import_org(save(("名单", [["工号", "姓名", "单位"], ["7009", "罗艺", "掘进一队"]])), by=cast.administrator)
    assert not run.problems
    assert Person.objects.get(number="7009").unit == cast.units["tunnel"]


def test_a_unit_moves_and_is_renamed_by_its_code(cast: Cast, save: Save) -> None:
    services.change_unit(cast.units["mining"].id, kind="production", code="Z1", by=cast.administrator)
    rows: list[list[object]] = [
        ["单位名称", "编码", "上级", "类别"],
        ["综放一队", "Z1", "生产一区", "生产"],
        ["生产一区", "", "", "生产"],
    ]
    import_org(save(("单位", rows)), by=cast.administrator)
    unit = Unit.objects.get(id=cast.units["mining"].id)
    above = Unit.objects.get(name="生产一区")
    assert (unit.name, unit.parent, unit.ancestors) == ("综放一队", above, [above.id])
    assert Unit.objects.get(id=cast.units["mining_team"].id).ancestors == [above.id, unit.id]
    assert unit_name_on(unit, date(2020, 6, 1)) == "综采一队"


def test_rings_of_units_are_refused(cast: Cast, save: Save) -> None:
    rows: list[list[object]] = [["单位名称", "上级", "类别"], ["甲队", "乙队", "生产"], ["乙队", "甲队", "生产"]]
    run = import_org(save(("单位", rows)), by=cast.administrator)
    assert [problem["row"] for problem in run.problems] == [2, 3]
    assert not Unit.objects.filter(name__in=["甲队", "乙队"]).exists()


def test_places_with_parents_units_and_other_spellings(cast: Cast, save: Save) -> None:
    rows: list[list[object]] = [
        ["地点名称", "上级地点", "类别", "管理单位", "别名（用、隔开）"],
        ["皮带机头", "2306综放面", "部位", "机电队", ""],
        ["2306综放面", "一水平 二采区", "采煤工作面", "综采一队", "2306面、六面，2305综放面"],
        ["2305综放面", "二采区", "采煤工作面", "综采一队", ""],
        ["三采区", "一水平", "采区", "", ""],
        ["某处", "八采区", "部位", "", ""],
        ["某巷", "二采区", "巷道", "没有队", ""],
    ]
    run = import_org(save(("地点", rows)), by=cast.administrator)
    face = Place.objects.get(name="2306综放面")
    assert (face.parent, face.full_name, face.unit) == (
        cast.places["area"],
        "一水平 二采区 2306综放面",
        cast.units["mining"],
    )
    head = Place.objects.get(name="皮带机头")
    assert (head.full_name, head.ancestors) == (f"{face.full_name} 皮带机头", [*face.ancestors, face.id])
    assert len({place.tag for place in Place.objects.all()}) == Place.objects.count()
    assert {alias.spelling for alias in PlaceAlias.objects.filter(place=face)} <= {"2306面", "六面"}
    assert PlaceAlias.objects.filter(place=face, spelling="六面").exists()
    assert any("2305综放面" in note["message"] for note in run.report["notes"])
    assert [(problem["row"], problem["cell"]) for problem in run.problems] == [(6, "B6"), (7, "D7")]
    again = import_org(save(("地点", rows)), by=cast.administrator)
    assert (again.report["places"]["new_count"], again.report["places"]["changed_count"]) == (0, 0)


def test_csv_in_gbk_from_another_program(cast: Cast, tmp_path: Path) -> None:
    path = tmp_path / "人员.csv"
    path.write_bytes("员工编号,名字,所在单位,入矿时间\r\n008001,尉迟恭,综采一队,2015/9/1\r\n".encode("gbk"))
    import_org(path, by=cast.administrator)
    person = Person.objects.get(number="008001")
    assert (person.pinyin, person.initials) == ("yu chi gong", "ycg")
    assert Membership.objects.get(person=person).valid_from == date(2015, 9, 1)


def test_only_the_administrator_imports_and_only_once(cast: Cast, save: Save) -> None:
    path = save(PEOPLE)
    with pytest.raises(Refused, match="没有权限导入"):
        import_org(path, by=cast.unit_head)
    with path.open("rb") as source:
        run = runs.begin(source, name="a.xlsx", by=cast.administrator)
    with pytest.raises(NotVisible):
        services.write_import(run.id, by=make_cast("OTHER").administrator)
    services.write_import(run.id, by=cast.administrator)
    assert ImportRun.objects.get(id=run.id).problems
    with pytest.raises(Refused, match="已写入"):
        services.write_import(run.id, by=cast.administrator)


@pytest.mark.parametrize("rows", [[["一", "二"], [1, 2]], [["姓名", "单位"], ["张三", "综采一队"]], [[]]])
def test_a_sheet_that_is_none_of_ours_is_refused(cast: Cast, save: Save, rows: list[list[object]]) -> None:
    with pytest.raises(Refused, match="没有认出要导入的表"):
        import_org(save(("表", rows)), by=cast.administrator)
    assert not ImportRun.objects.exists()


def test_three_thousand_persons_cost_few_statements(cast: Cast, save: Save, django_assert_max_num_queries) -> None:  # type: ignore[no-untyped-def]
    rows: list[list[object]] = [["工号", "姓名", "单位", "班组", "工种", "出生日期"]]
    rows += [
        [
            f"A{i:05}",
            f"赵{'一二三四五六七八九'[i % 9]}{'山水田园'[i % 4]}",
            "综采一队",
            f"{i % 6}班",
            "采煤工",
            "1985.3.5",
        ]
        for i in range(3000)
    ]
    path = save(("职工", rows))
    with django_assert_max_num_queries(90):
        run = import_org(path, by=cast.administrator)
    assert run.report["persons"]["new_count"] == 3000
    assert Unit.objects.filter(parent=cast.units["mining"]).count() == 7
    with django_assert_max_num_queries(60):
        again = import_org(path, by=cast.administrator)
    assert again.report["persons"]["same_count"] == 3000


def test_upload_preview_confirm_through_the_pages(cast: Cast, save: Save) -> None:
    client = Client()
    client.force_login(cast.administrator, backend="kuangdeng.org.sign_in.NumberBackend")
    start = reverse("org:import_start")
    upload = SimpleUploadedFile("花名册.xlsx", save(UNITS, PEOPLE).read_bytes())
    answer = client.post(start, {"file": upload, "valid_from": str(clock.today())})
    address = answer["Location"]
    preview = client.get(address).content.decode()
    for words in ("预览", "没有填姓名", "E6", "单雄信", "在册但文件里没有的职工", "职工：将写入的前"):
        assert words in preview, words
    assert not Person.objects.filter(number="7001").exists()
    report = b"".join(client.get(f"{address}?export=xlsx").streaming_content)  # type: ignore[attr-defined]
    assert report.startswith(b"PK")
    client.post(f"{address}confirm/")
    assert Person.objects.filter(number="7001").exists()
    assert "导入报告" in client.get(address).content.decode()
    assert "已写入" in client.get(start).content.decode()
    template = b"".join(client.get(reverse("org:import_template")).streaming_content)  # type: ignore[attr-defined]
    assert template.startswith(b"PK")

    second = client.post(
        start, {"file": SimpleUploadedFile("b.xlsx", save(PEOPLE).read_bytes()), "valid_from": str(clock.today())}
    )
    client.post(f"{second['Location']}drop/")
    assert ImportRun.objects.filter(state="dropped").count() == 1
    stranger = Client()
    stranger.force_login(cast.unit_head, backend="kuangdeng.org.sign_in.NumberBackend")
    assert stranger.get(address).status_code == 404
    assert stranger.get(start).status_code == 404
    assert stranger.post(f"{address}confirm/").status_code == 404


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"\xd0\xcf\x11\xe0" + b"\x00" * 99, "旧版 .xls"),
        (b"%PDF-1.4", "不是表格文件"),
        (b"<html></html>", "其实是网页"),
    ],
)
def test_hostile_uploads_are_refused_in_the_form(cast: Cast, content: bytes, words: str) -> None:
    client = Client()
    client.force_login(cast.administrator, backend="kuangdeng.org.sign_in.NumberBackend")
    upload = SimpleUploadedFile("花名册.xlsx", content)
    answer = client.post(reverse("org:import_start"), {"file": upload, "valid_from": str(clock.today())})
    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert not ImportRun.objects.exists()


def test_the_empty_template_is_understood_by_the_import(cast: Cast, tmp_path: Path) -> None:
    from openpyxl import load_workbook

    from kuangdeng.org.importing.book import write_template

    path = tmp_path / "模板.xlsx"
    with path.open("wb") as file:
        write_template(file)
    book = load_workbook(path)
    book["单位"].append(["开拓队", "", "生产"])
    book["职工"].append(["7001", "单雄信", "开拓队", "一班"])
    book["地点"].append(["三采区", "一水平"])
    book.save(path)
    run = import_org(path, by=cast.administrator)
    assert run.problems == []
    assert run.report["sheets"] == {"单位": "units", "职工": "persons", "地点": "places"}
    assert Person.objects.get(number="7001").unit.name == "一班"  # type: ignore[union-attr]
