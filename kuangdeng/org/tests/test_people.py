"""People and units through their verbs: each writes exactly one line, and what must not happen is refused in words."""

from collections.abc import Callable
from datetime import date, timedelta

import pytest

from kuangdeng.kernel import clock
from kuangdeng.kernel.errors import NotVisible, Refused
from kuangdeng.ledger.models import Entry
from kuangdeng.org import services
from kuangdeng.org.jobs import apply_moves
from kuangdeng.org.models import ApiToken, Branch, Membership, Person, RoleGrant, Unit
from kuangdeng.org.queries import may
from kuangdeng.org.queries.people import (
    pickable_persons,
    search_persons,
    unit_name_on,
    unit_on,
    visible_persons,
)
from kuangdeng.org.rules import Role
from kuangdeng.org.testkit import PASSWORD, Cast, make_cast
from kuangdeng.org.tokens import person_of_token

pytestmark = pytest.mark.django_db(transaction=False)


@pytest.fixture
def cast() -> Cast:
    return make_cast()


def one_entry(verb: str, act: Callable[[], object]) -> Entry:
    """What `act` wrote: exactly one line with this verb."""
    before = set(Entry.objects.values_list("id", flat=True))
    act()
    (entry,) = Entry.objects.exclude(id__in=before)
    assert entry.verb == verb
    return entry


def refused(act: Callable[[], object], words: str) -> None:
    """`act` is refused with these words and writes nothing."""
    before = Entry.objects.count()
    with pytest.raises(Refused, match=words):
        act()
    assert Entry.objects.count() == before


def new_person(cast: Cast, number: str = "7001", name: str = "单雄信") -> Person:
    return services.add_person(number=number, name=name, unit_id=cast.units["mining_team"].id, by=cast.administrator)


def test_a_new_person_is_found_by_pinyin_and_cannot_sign_in_yet(cast: Cast) -> None:
    one_entry("person.add", lambda: new_person(cast))
    person = Person.objects.get(number="7001")
    assert (person.pinyin, person.initials, person.unit) == ("shan xiong xin", "sxx", cast.units["mining_team"])
    assert not person.has_usable_password()
    everybody = visible_persons(cast.administrator)
    for words in ("sxx", "shanxiong", "单雄", "7001", "ＳＸＸ", "单 7001"):
        assert person in search_persons(everybody, words), words
    assert person not in search_persons(everybody, "wtz")


def test_numbers_are_taken_for_ever(cast: Cast) -> None:
    services.leave(cast.miner.id, on=clock.today(), by=cast.administrator)
    refused(lambda: new_person(cast, "1001"), "工号 1001 已有人使用")
    refused(lambda: new_person(cast, " "), "请填写工号")
    refused(lambda: new_person(cast, "7002", " "), "请填写姓名")


def test_only_the_administrator_manages_people(cast: Cast) -> None:
    for person in (cast.unit_head, cast.safety, cast.mine_leader, cast.miner):
        refused(
            lambda who=person: services.add_person(number="1", name="甲", unit_id=cast.units["tunnel"].id, by=who),  # type: ignore[misc]
            "没有权限登记职工",
        )
    refused(lambda: services.change_person(cast.miner.id, changes={"name": "王铜柱"}, by=cast.miner), "没有权限")
    one_entry(
        "person.change", lambda: services.change_person(cast.miner.id, changes={"phone": "13800000000"}, by=cast.miner)
    )


def test_another_mine_is_not_there(cast: Cast) -> None:
    other = make_cast("OTHER")
    for act in (
        lambda: services.change_person(other.miner.id, changes={"name": "甲"}, by=cast.administrator),
        lambda: services.reset_password(other.miner.id, by=cast.administrator),
        lambda: services.leave(other.miner.id, on=clock.today(), by=cast.administrator),
        lambda: services.close_unit(other.units["tunnel"].id, on=clock.today(), by=cast.administrator),
    ):
        with pytest.raises(NotVisible):
            act()
    refused(
        lambda: services.move_person(
            cast.miner.id, unit_id=other.units["tunnel"].id, valid_from=clock.today(), by=cast.administrator
        ),
        "没有找到这个单位",
    )


def test_a_corrected_name_changes_what_it_sorts_by(cast: Cast) -> None:
    entry = one_entry(
        "person.change",
        lambda: services.change_person(cast.miner.id, changes={"name": "曾铁柱"}, by=cast.administrator),
    )
    assert entry.payload["changed"] == {"name": ["王铁柱", "曾铁柱"]}
    cast.miner.refresh_from_db()
    assert cast.miner.pinyin == "zeng tie zhu"
    refused(
        lambda: services.change_person(
            cast.miner.id, changes={"born_on": clock.today() + timedelta(days=1)}, by=cast.administrator
        ),
        "出生日期不对",
    )


def test_a_move_holds_from_its_day_and_the_past_stays(cast: Cast) -> None:
    day = clock.today() - timedelta(days=10)
    entry = one_entry(
        "person.move",
        lambda: services.move_person(
            cast.team_leader.id, unit_id=cast.units["tunnel"].id, valid_from=day, trade="掘进工", by=cast.administrator
        ),
    )
    assert entry.payload["roles_ended"] == ["班组长（综采一队一班）"]
    person = Person.objects.get(id=cast.team_leader.id)
    assert (person.unit, person.trade) == (cast.units["tunnel"], "掘进工")
    assert unit_on(person, day - timedelta(days=1)) == cast.units["mining_team"]
    assert not may(person, "org.reset_password", cast.units["mining_team"])
    refused(
        lambda: services.move_person(
            person.id, unit_id=cast.units["mining"].id, valid_from=date(2019, 1, 1), by=cast.administrator
        ),
        "才有在矿记录",
    )


def test_a_move_to_come_takes_effect_on_its_day(cast: Cast) -> None:
    day = clock.today() + timedelta(days=3)
    services.move_person(cast.miner.id, unit_id=cast.units["tunnel"].id, valid_from=day, by=cast.administrator)
    assert Person.objects.get(id=cast.miner.id).unit == cast.units["mining_team"]
    assert apply_moves() == 0
    with clock.set_to(clock.now() + timedelta(days=4)):
        before = Entry.objects.count()
        assert apply_moves() == 1
        assert apply_moves() == 0
        assert Entry.objects.count() == before
    assert Person.objects.get(id=cast.miner.id).unit == cast.units["tunnel"]


def test_who_leaves_holds_nothing_any_more(cast: Cast) -> None:
    _, secret = services.create_token(name="导出", expires_on=None, by=cast.unit_head)
    one_entry("person.leave", lambda: services.leave(cast.unit_head.id, on=clock.today(), by=cast.administrator))
    person = Person.objects.get(id=cast.unit_head.id)
    assert (person.unit, person.is_active, person.left_on) == (None, False, clock.today())
    assert not may(person, "hazard.sign", cast.units["mining"])
    assert person_of_token(secret) is None
    assert unit_on(person, clock.today() - timedelta(days=1)) == cast.units["mining"]
    services.move_person(person.id, unit_id=cast.units["tunnel"].id, valid_from=clock.today(), by=cast.administrator)
    back = Person.objects.get(id=person.id)
    assert (back.unit, back.is_active, back.left_on) == (cast.units["tunnel"], True, None)


def test_a_departure_to_come(cast: Cast) -> None:
    day = clock.today() + timedelta(days=2)
    services.leave(cast.miner.id, on=day, by=cast.administrator)
    person = Person.objects.get(id=cast.miner.id)
    assert (person.is_active, person.left_on) == (True, day)
    with clock.set_to(clock.now() + timedelta(days=2)):
        assert apply_moves() == 1
    assert not Person.objects.get(id=cast.miner.id).is_active


def test_the_last_administrator_stays(cast: Cast) -> None:
    grant = RoleGrant.objects.get(person=cast.administrator)
    refused(lambda: services.end_role(grant.id, by=cast.administrator), "至少要保留一名系统管理员")
    refused(
        lambda: services.leave(cast.administrator.id, on=clock.today(), by=cast.administrator), "不能给自己办理离矿"
    )
    services.grant_role(cast.safety.id, role=Role.ADMINISTRATOR, unit_id=None, by=cast.administrator)
    one_entry("role.end", lambda: services.end_role(grant.id, by=cast.safety))
    assert not may(Person.objects.get(id=cast.administrator.id), "org.manage")


# Units


def test_a_unit_keeps_its_names_and_old_records_theirs(cast: Cast) -> None:
    unit = cast.units["mining"]
    day = clock.today() - timedelta(days=5)
    one_entry(
        "unit.rename", lambda: services.rename_unit(unit.id, name="综放一队", valid_from=day, by=cast.administrator)
    )
    unit.refresh_from_db()
    assert unit.name == "综放一队"
    assert unit_name_on(unit, day - timedelta(days=1)) == "综采一队"
    assert unit_name_on(unit, day) == "综放一队"
    later = clock.today() + timedelta(days=1)
    services.rename_unit(unit.id, name="综放二队", valid_from=later, by=cast.administrator)
    assert Unit.objects.get(id=unit.id).name == "综放一队"
    with clock.set_to(clock.now() + timedelta(days=1)):
        assert apply_moves() == 1
    assert Unit.objects.get(id=unit.id).name == "综放二队"
    refused(
        lambda: services.rename_unit(unit.id, name="掘进一队", valid_from=later, by=cast.administrator), "已有单位叫"
    )


def test_the_tree_moves_with_everything_below(cast: Cast) -> None:
    area = services.add_unit(name="生产一区", kind="production", by=cast.administrator)
    entry = one_entry(
        "unit.move", lambda: services.move_unit(cast.units["mining"].id, parent_id=area.id, by=cast.administrator)
    )
    assert entry.payload == {"from": None, "to": "生产一区"}
    team = Unit.objects.get(id=cast.units["mining_team"].id)
    assert team.ancestors == [area.id, cast.units["mining"].id]
    refused(
        lambda: services.move_unit(area.id, parent_id=cast.units["mining"].id, by=cast.administrator), "不能作它的上级"
    )
    services.move_unit(cast.units["mining"].id, parent_id=None, by=cast.administrator)
    assert Unit.objects.get(id=team.id).ancestors == [cast.units["mining"].id]


def test_units_that_cannot_be(cast: Cast) -> None:
    admin = cast.administrator
    refused(lambda: services.add_unit(name="掘进一队", kind="production", by=admin), "已有单位叫「掘进一队」")
    refused(lambda: services.add_unit(name="一班", kind="team", by=admin), "班组要属于一个区队")
    refused(
        lambda: services.add_unit(name="一班", kind="team", parent_id=cast.units["mining_team"].id, by=admin),
        "下面不能再设单位",
    )
    refused(lambda: services.add_unit(name="一班", kind="", by=admin), "请选择单位类别")
    refused(lambda: services.close_unit(cast.units["mining_team"].id, on=clock.today(), by=admin), "还有 2 名职工")
    for part in ("miner", "team_leader"):
        services.move_person(cast.persons[part].id, unit_id=cast.units["tunnel"].id, valid_from=clock.today(), by=admin)
    one_entry("unit.close", lambda: services.close_unit(cast.units["mining_team"].id, on=clock.today(), by=admin))
    refused(
        lambda: services.add_person(number="1", name="甲", unit_id=cast.units["mining_team"].id, by=admin), "已撤销"
    )


def test_the_branch_of_a_unit(cast: Cast) -> None:
    unit, admin = cast.units["mining"], cast.administrator
    one_entry("unit.branch", lambda: services.set_branch(unit.id, name="综采一队党支部", by=admin))
    refused(lambda: services.set_branch(cast.units["tunnel"].id, name="综采一队党支部", by=admin), "已有支部叫")
    services.set_branch(unit.id, name="", by=admin)
    assert not Branch.objects.exists()
    one_entry("unit.change", lambda: services.change_unit(unit.id, kind="auxiliary", code="Z1", by=admin))
    refused(
        lambda: services.change_unit(cast.units["tunnel"].id, kind="production", code="Z1", by=admin), "编码 Z1 已被"
    )


# Roles


def test_roles_are_given_for_a_unit_and_a_time(cast: Cast) -> None:
    admin, miner = cast.administrator, cast.miner
    refused(lambda: services.grant_role(miner.id, role=Role.UNIT_HEAD, unit_id=None, by=admin), "要指定单位")
    refused(lambda: services.grant_role(miner.id, role=Role.MINER, unit_id=None, by=admin), "人人都有")
    refused(
        lambda: services.grant_role(miner.id, role=Role.UNIT_HEAD, unit_id=cast.units["mining"].id, by=cast.unit_head),
        "没有权限授予",
    )
    tomorrow = clock.today() + timedelta(days=1)
    one_entry(
        "role.grant",
        lambda: services.grant_role(
            miner.id, role=Role.UNIT_HEAD, unit_id=cast.units["mining"].id, valid_to=tomorrow, by=admin
        ),
    )
    refused(
        lambda: services.grant_role(miner.id, role=Role.UNIT_HEAD, unit_id=cast.units["mining"].id, by=admin),
        "已有「区队长」",
    )
    assert may(Person.objects.get(id=miner.id), "org.reset_password", cast.units["mining_team"])
    with clock.set_to(clock.now() + timedelta(days=2)):
        assert not may(Person.objects.get(id=miner.id), "org.reset_password", cast.units["mining_team"])


def test_an_administrator_of_one_unit_stays_in_it(cast: Cast) -> None:
    services.grant_role(
        cast.branch_secretary.id, role=Role.ADMINISTRATOR, unit_id=cast.units["mining"].id, by=cast.administrator
    )
    local = Person.objects.get(id=cast.branch_secretary.id)
    services.add_person(number="7100", name="赵六", unit_id=cast.units["mining_team"].id, by=local)
    refused(
        lambda: services.add_person(number="7101", name="赵七", unit_id=cast.units["tunnel"].id, by=local), "没有权限"
    )
    refused(
        lambda: services.grant_role(cast.miner.id, role=Role.SAFETY, unit_id=cast.units["mining"].id, by=local),
        "没有权限",
    )
    refused(lambda: services.grant_role(cast.miner.id, role=Role.ADMINISTRATOR, unit_id=None, by=local), "没有权限")
    refused(
        lambda: services.move_person(
            cast.miner.id, unit_id=cast.units["tunnel"].id, valid_from=clock.today(), by=local
        ),
        "没有权限",
    )
    refused(lambda: services.issue_passwords(unit_id=None, by=local), "没有权限")


# Passwords


@pytest.mark.parametrize(
    ("doer", "target", "goes"),
    [
        ("administrator", "mine_leader", True),
        ("administrator", "unit_head", True),
        ("unit_head", "miner", True),
        ("unit_head", "team_leader", True),
        ("unit_head", "branch_secretary", False),
        ("unit_head", "other_miner", False),
        ("team_leader", "miner", True),
        ("team_leader", "unit_head", False),
        ("miner", "team_leader", False),
        ("safety", "miner", False),
        ("mine_leader", "miner", False),
    ],
)
def test_who_may_reset_whose_password(cast: Cast, doer: str, target: str, goes: bool) -> None:
    def act() -> str:
        return services.reset_password(cast.persons[target].id, by=cast.persons[doer])

    if not goes:
        refused(act, "权限|系统管理员")
        return
    entry = one_entry("password.reset", act)
    person = Person.objects.get(id=cast.persons[target].id)
    assert person.must_change_password
    assert not person.check_password(PASSWORD)
    assert "password" not in str(entry.payload)


def test_one_who_holds_another_role_elsewhere_is_not_taken_over(cast: Cast) -> None:
    services.grant_role(cast.miner.id, role=Role.UNIT_HEAD, unit_id=cast.units["electric"].id, by=cast.administrator)
    refused(lambda: services.reset_password(cast.miner.id, by=cast.unit_head), "由系统管理员重置")


@pytest.mark.parametrize(
    ("password", "words"),
    [
        ("abc123", "密码太短"),
        ("a" * 129, "密码太长"),
        ("x10011001", "自己的工号"),
        ("wangtiezhu1", "自己的姓名"),
        ("13812345678", "自己的手机号"),
        ("ab19800501", "自己的生日"),
        ("83619274", "只用数字"),
        ("12345678ab", "太简单"),
        ("qwertyui", "太简单"),
        ("aaaabbbb", "太简单"),
        (PASSWORD, "和原密码一样"),
    ],
)
def test_passwords_that_others_would_guess(cast: Cast, password: str, words: str) -> None:
    miner = cast.miner
    miner.phone, miner.born_on = "13812345678", date(1980, 5, 1)
    miner.save()
    refused(lambda: services.change_password(old=PASSWORD, new=password, by=miner), words)


@pytest.mark.parametrize("password", ["mao3 chi1 yu2", "8361927450", "kd-Blue7"])
def test_passwords_that_will_do(cast: Cast, password: str) -> None:
    one_entry("password.change", lambda: services.change_password(old=PASSWORD, new=password, by=cast.miner))
    assert Person.objects.get(id=cast.miner.id).check_password(password)


def test_first_passwords_go_to_those_who_never_signed_in(cast: Cast) -> None:
    person = new_person(cast)
    Person.objects.filter(id=cast.other_miner.id).update(must_change_password=True, last_login=clock.now())
    slips: list[services.Slip] = []
    entry = one_entry(
        "password.issue", lambda: slips.extend(services.issue_passwords(unit_id=None, by=cast.administrator))
    )
    assert (entry.quantity, [slip.number for slip in slips]) == (1, ["7001"])
    person.refresh_from_db()
    assert person.check_password(slips[0].password)
    assert person.must_change_password
    assert slips[0].password not in str(entry.payload)
    Person.objects.filter(id=person.id).update(last_login=clock.now())
    refused(lambda: services.issue_passwords(unit_id=None, by=cast.administrator), "没有等待首次密码的职工")


# Tokens


def test_a_token_acts_as_its_person_until_it_is_stopped(cast: Cast) -> None:
    token, secret = services.create_token(
        name="矿压监测", expires_on=clock.today() + timedelta(days=30), by=cast.safety
    )
    assert person_of_token(secret) == cast.safety
    assert person_of_token(secret + "x") is None
    assert secret not in ApiToken.objects.get(id=token.id).digest
    with clock.set_to(clock.now() + timedelta(days=31)):
        assert person_of_token(secret) is None
    with pytest.raises(NotVisible):
        services.revoke_token(token.id, by=cast.miner)
    one_entry("token.revoke", lambda: services.revoke_token(token.id, by=cast.administrator))
    assert person_of_token(secret) is None
    refused(lambda: services.revoke_token(token.id, by=cast.safety), "已经停用")
    refused(lambda: services.create_token(name="x", expires_on=clock.today(), by=cast.safety), "有效期")


# Who sees whom


def test_who_is_listed_for_whom(cast: Cast) -> None:
    def names(persons: object) -> set[str]:
        return set(persons.values_list("number", flat=True))  # type: ignore[attr-defined]

    assert names(visible_persons(cast.miner)) == set()
    assert names(pickable_persons(cast.miner)) == {"1001", "1002", "1003", "1004"}
    assert names(visible_persons(cast.team_leader)) == {"1001", "1002"}
    assert names(visible_persons(cast.unit_head)) == {"1001", "1002", "1003", "1004"}
    assert len(names(visible_persons(cast.safety))) == len(cast.persons)
    services.leave(cast.miner.id, on=clock.today(), by=cast.administrator)
    assert "1001" not in names(pickable_persons(cast.safety))


def test_a_mine_begins_with_one_administrator() -> None:
    mine, person, password = services.found_mine(code="HQ", name="红旗煤矿", number="9001", administrator="沈信息")
    assert person.check_password(password)
    assert may(person, "org.manage")
    assert Entry.objects.get(mine_id=mine.id).verb == "org.found"
    assert Membership.objects.count() == 0
    refused(
        lambda: services.found_mine(code="HQ", name="红旗煤矿", number="1", administrator="甲"), "代码 HQ 已有矿使用"
    )


def test_a_team_is_said_with_its_unit_once() -> None:
    second = Unit(name="综采二队", kind=Unit.Kind.PRODUCTION)
    assert Unit(name="生产一班", kind=Unit.Kind.TEAM, parent=second).in_full == "综采二队生产一班"
    assert Unit(name="综采二队一班", kind=Unit.Kind.TEAM, parent=second).in_full == "综采二队一班"
    assert second.in_full == "综采二队"
