"""Pages of people, units and roles: what each part of the cast finds there, and what the buttons do."""

import re
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse

from kuangdeng.kernel import clock
from kuangdeng.org import services
from kuangdeng.org.models import ApiToken, Person, RoleGrant, Unit
from kuangdeng.org.testkit import Cast, make_cast

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast() -> Cast:
    return make_cast()


def as_(cast: Cast, part: str) -> Client:
    client = Client()
    client.force_login(cast.persons[part], backend="kuangdeng.org.sign_in.NumberBackend")
    return client


def text(client: Client, name: str, *args: object, **query: str) -> str:
    answer = client.get(reverse(name, args=args), query)
    assert answer.status_code == 200, (name, answer.status_code)
    return answer.content.decode()


def test_the_register_shows_as_far_as_one_reaches(cast: Cast) -> None:
    assert as_(cast, "miner").get(reverse("org:persons")).status_code == 404
    mine = text(as_(cast, "team_leader"), "org:persons")
    assert "王铁柱" in mine
    assert "张建国" not in mine
    everybody = text(as_(cast, "safety"), "org:persons")
    assert "郑矿长" in everybody
    assert "登记职工" not in everybody
    assert "登记职工" in text(as_(cast, "administrator"), "org:persons")


@pytest.mark.parametrize(
    ("query", "found", "missing"),
    [
        ({"q": "wtz"}, "王铁柱", "李大山"),
        ({"q": "李大"}, "李大山", "王铁柱"),
        ({"q": "3001"}, "周安平", "吴慎行"),
        ({"role": "unit_head"}, "张建国", "王铁柱"),
        ({"active": "0"}, "刘二喜", "王铁柱"),
        ({"member": "1"}, "赵志强", "王铁柱"),
        ({"trade": "采煤工"}, "王铁柱", "李大山"),
    ],
)
def test_the_register_is_narrowed(cast: Cast, query: dict[str, str], found: str, missing: str) -> None:
    services.leave(cast.other_miner.id, on=clock.today(), by=cast.administrator)
    Person.objects.filter(id=cast.branch_secretary.id).update(member_since="2001-07-01")
    Person.objects.filter(id=cast.miner.id).update(trade="采煤工")
    page = text(as_(cast, "administrator"), "org:persons", **query)
    assert found in page
    assert missing not in page


def test_the_unit_filter_includes_the_teams(cast: Cast) -> None:
    page = text(as_(cast, "administrator"), "org:persons", unit=str(cast.units["mining"].id))
    assert "王铁柱" in page
    assert "张建国" in page
    assert "陈永福" not in page


@pytest.mark.parametrize(
    ("part", "target", "status"),
    [
        ("miner", "miner", 200),
        ("miner", "team_leader", 404),
        ("team_leader", "miner", 200),
        ("team_leader", "unit_head", 404),
        ("unit_head", "miner", 200),
        ("unit_head", "other_miner", 404),
        ("safety", "other_miner", 200),
        ("administrator", "mine_leader", 200),
    ],
)
def test_whose_page_opens_for_whom(cast: Cast, part: str, target: str, status: int) -> None:
    assert as_(cast, part).get(reverse("org:person", args=[cast.persons[target].id])).status_code == status


def test_an_id_of_another_mine_or_of_nobody_is_not_there(cast: Cast) -> None:
    other = make_cast("OTHER")
    client = as_(cast, "administrator")
    for person_id in (other.miner.id, uuid4()):
        assert client.get(reverse("org:person", args=[person_id])).status_code == 404
        assert client.post(reverse("org:person_reset", args=[person_id])).status_code == 404
    assert client.get(reverse("org:unit", args=[other.units["mining"].id])).status_code == 404


def test_buttons_are_there_for_who_may_press_them(cast: Cast) -> None:
    def verbs(part: str, target: str) -> set[str]:
        page = text(as_(cast, part), "org:person", cast.persons[target].id)
        return {
            word
            for word in ("调动", "更正资料", "重置密码", "离矿", "授予角色")
            if f'data-dialog="{_DIALOGS[word]}"' in page
        }

    assert verbs("administrator", "miner") == {"调动", "更正资料", "重置密码", "离矿", "授予角色"}
    assert verbs("unit_head", "miner") == {"重置密码"}
    assert verbs("unit_head", "branch_secretary") == set()
    assert verbs("safety", "miner") == set()


_DIALOGS = {"调动": "move", "更正资料": "change", "重置密码": "reset", "离矿": "leave", "授予角色": "grant"}


def test_the_one_time_password_is_shown_once(cast: Cast) -> None:
    client = as_(cast, "unit_head")
    client.post(reverse("org:person_reset", args=[cast.miner.id]))
    page = text(client, "org:person", cast.miner.id)
    password = re.search(r'class="secret" data-copy>([^<]+)<', page)
    assert password is not None
    assert Person.objects.get(id=cast.miner.id).check_password(password[1])
    assert password[1] not in text(client, "org:person", cast.miner.id)


def test_a_move_through_the_page_and_a_refusal_in_its_form(cast: Cast) -> None:
    client = as_(cast, "administrator")
    address = reverse("org:person_verb", args=[cast.miner.id, "move"])
    wrong = client.post(address, {"move-unit": str(cast.units["tunnel"].id), "move-valid_from": "2015-01-01"})
    assert wrong.status_code == 422
    assert "才有在矿记录" in wrong.content.decode()
    right = client.post(
        address,
        {"move-unit": str(cast.units["tunnel"].id), "move-valid_from": str(clock.today()), "move-trade": "掘进工"},
    )
    assert right.status_code == 302
    assert "掘进一队" in text(client, "org:person", cast.miner.id)
    assert as_(cast, "unit_head").post(address, {}).status_code == 404
    assert client.post(reverse("org:person_verb", args=[cast.miner.id, "promote"]), {}).status_code == 404


def test_a_new_person_a_role_and_back(cast: Cast) -> None:
    client = as_(cast, "administrator")
    answer = client.post(
        reverse("org:person_new"),
        {"number": "7001", "name": "单雄信", "unit": str(cast.units["tunnel"].id), "valid_from": str(clock.today())},
    )
    person = Person.objects.get(number="7001")
    assert answer["Location"] == reverse("org:person", args=[person.id])
    client.post(
        reverse("org:person_verb", args=[person.id, "grant"]),
        {"grant-role": "unit_head", "grant-unit": str(cast.units["tunnel"].id), "grant-valid_from": str(clock.today())},
    )
    assert "区队长" in text(client, "org:person", person.id)
    grant = RoleGrant.objects.get(person=person)
    client.post(reverse("org:grant_end", args=[grant.id]), {"person": str(person.id)})
    assert not RoleGrant.objects.filter(person=person).exists()
    again = client.post(
        reverse("org:person_new"),
        {"number": "7001", "name": "甲", "unit": str(cast.units["tunnel"].id), "valid_from": str(clock.today())},
    )
    assert again.status_code == 422
    assert "已有人使用" in again.content.decode()


def test_slips_are_printed_once_for_who_never_signed_in(cast: Cast) -> None:
    client = as_(cast, "administrator")
    services.add_person(number="7001", name="单雄信", unit_id=cast.units["tunnel"].id, by=cast.administrator)
    assert "单雄信" in text(client, "org:persons", waiting="1")
    sheet = client.post(reverse("org:slips"), {"unit": str(cast.units["tunnel"].id)}).content.decode()
    password = re.search(r"<code>([a-z0-9-]{14})</code>", sheet)
    assert password is not None
    assert Person.objects.get(number="7001").check_password(password[1])
    empty = client.post(reverse("org:slips"), {"unit": str(cast.units["mining"].id)})
    assert empty.status_code == 422
    assert as_(cast, "unit_head").get(reverse("org:slips")).status_code == 404


def test_units_and_their_page(cast: Cast) -> None:
    assert as_(cast, "miner").get(reverse("org:units")).status_code == 404
    tree = text(as_(cast, "team_leader"), "org:units")
    assert "综采一队一班" in tree
    assert "新建单位" not in tree
    services.set_branch(cast.units["mining"].id, name="综采一队党支部", by=cast.administrator)
    page = text(as_(cast, "administrator"), "org:unit", cast.units["mining"].id)
    for words in ("综采一队党支部", "三八制（全矿默认）", "张建国", "综采一队一班", "更名"):
        assert words in page, words


def test_a_unit_is_founded_renamed_and_closed_through_pages(cast: Cast) -> None:
    client = as_(cast, "administrator")
    made = client.post(
        reverse("org:unit_new"),
        {"name": "掘进二队", "kind": "production", "position": "9", "valid_from": str(clock.today())},
    )
    unit = Unit.objects.get(name="掘进二队")
    assert made["Location"] == reverse("org:unit", args=[unit.id])
    client.post(
        reverse("org:unit_verb", args=[unit.id, "rename"]),
        {"rename-name": "掘进三队", "rename-valid_from": str(clock.today())},
    )
    assert "掘进三队" in text(client, "org:units")
    wrong = client.post(
        reverse("org:unit_verb", args=[unit.id, "rename"]),
        {"rename-name": "掘进一队", "rename-valid_from": str(clock.today())},
    )
    assert "已有单位叫" in wrong.content.decode()
    client.get(reverse("org:units"))
    client.post(reverse("org:unit_verb", args=[unit.id, "close"]), {"close-on": str(clock.today())})
    text(client, "org:unit", unit.id)
    assert "掘进三队" not in text(client, "org:units")
    assert "掘进三队" in text(client, "org:units", closed="1")
    assert as_(cast, "unit_head").post(reverse("org:unit_verb", args=[unit.id, "close"]), {}).status_code == 404


def test_what_each_role_may_do_is_a_page(cast: Cast) -> None:
    page = text(as_(cast, "safety"), "org:powers")
    for words in ("查看职工名册", "定级", "区队长", "系统管理员"):
        assert words in page, words
    assert "张建国" in text(as_(cast, "administrator"), "org:grants")
    assert "张建国" not in text(as_(cast, "other_head"), "org:grants")


def test_my_page_and_my_tokens(cast: Cast) -> None:
    client = as_(cast, "miner")
    assert "王铁柱" in text(client, "org:me")
    client.post(reverse("org:contact"), {"c-phone": "13800001111", "c-email": ""})
    assert "13800001111" in text(client, "org:me")
    shown = client.post(reverse("org:tokens"), {"name": "矿压监测", "expires_on": ""}).content.decode()
    secret = re.search(r"kd_[\w-]{40,}", shown)
    assert secret is not None
    assert secret[0] not in text(client, "org:tokens")
    token = ApiToken.objects.get()
    assert as_(cast, "safety").post(reverse("org:token_revoke", args=[token.id])).status_code == 404
    client.post(reverse("org:token_revoke", args=[token.id]))
    assert ApiToken.objects.get().revoked_at is not None


def test_pickers_tell_only_what_one_may_know(cast: Cast) -> None:
    def labels(part: str, name: str, **query: str) -> list[str]:
        answer = as_(cast, part).get(reverse(name), query)
        return [option["label"] for option in answer.json()["options"]]

    assert labels("miner", "org:pick_person", q="ldsh") == []
    assert labels("miner", "org:pick_person", q="lds") == ["李大山"]
    assert labels("miner", "org:pick_person", q="陈永福") == []
    assert labels("safety", "org:pick_person", q="chenyongfu") == ["陈永福"]
    assert labels("safety", "org:pick_person", q="2002") == ["陈永福"]
    assert set(labels("miner", "org:pick_person")) == {"王铁柱", "李大山", "张建国", "赵志强"}
    assert labels("miner", "org:pick_unit", q="jjyd") == ["掘进一队"]
    assert labels("miner", "org:pick_unit", parent=str(cast.units["mining"].id)) == ["综采一队一班"]
    top = as_(cast, "miner").get(reverse("org:pick_unit")).json()["options"]
    assert {option["label"]: option["into"] for option in top}["综采一队"] is True
    assert labels("miner", "org:pick_unit", q="'; drop table") == []


def test_teams_of_the_same_name_are_told_apart(cast: Cast) -> None:
    """Each unit has its 生产一班: without the unit nobody knows which is meant."""
    for key in ("mining", "tunnel"):
        above = cast.units[key]
        Unit.objects.create(mine=cast.mine, name="生产一班", kind=Unit.Kind.TEAM, parent=above, ancestors=[above.id])
    both = {"综采一队·生产一班", "掘进一队·生产一班"}
    options = as_(cast, "miner").get(reverse("org:pick_unit"), {"q": "生产一班"}).json()["options"]
    assert {option["label"] for option in options} == both
    assert {option["hint"] for option in options} == {""}, "the unit is in the name already"
    options = as_(cast, "miner").get(reverse("org:pick_unit"), {"q": "掘进一队生产一班"}).json()["options"]
    assert [option["label"] for option in options] == ["掘进一队·生产一班"]
    assert cast.units["mining_team"].full_name == "综采一队一班", "a team that bears its unit's name is not named twice"
    assert cast.units["mining"].full_name == "综采一队"


def test_pages_cost_the_same_whatever_the_rows(cast: Cast, django_assert_max_num_queries) -> None:  # type: ignore[no-untyped-def]
    people = [
        Person(mine=cast.mine, number=f"8{i:03}", name=f"职工{i}", unit=cast.units["tunnel"], trade=f"工种{i % 7}")
        for i in range(120)
    ]
    Person.objects.bulk_create(people)
    client = as_(cast, "administrator")
    client.get(reverse("org:me"))
    for name, args in [
        ("org:persons", []),
        ("org:person", [cast.team_leader.id]),
        ("org:units", []),
        ("org:unit", [cast.units["mining"].id]),
        ("org:powers", []),
        ("org:grants", []),
        ("org:me", []),
        ("org:pick_person", []),
        ("org:pick_unit", []),
    ]:
        with django_assert_max_num_queries(11, info=name):
            client.get(reverse(name, args=args))
