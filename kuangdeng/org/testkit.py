"""A small mine with a named cast, for the tests of every context above."""

from dataclasses import dataclass, field
from datetime import date, time
from functools import cache

from django.test import Client

from kuangdeng.ledger.api import Notice, seal_all, tell_all
from kuangdeng.org import pinyin
from kuangdeng.org.models import ApiToken, Membership, Mine, Person, Place, RoleGrant, Shift, ShiftScheme, Unit
from kuangdeng.org.rules import Role
from kuangdeng.org.tokens import new_secret, token_digest

PASSWORD = "kuangdeng-test"  # noqa: S105
START = date(2020, 1, 1)


@dataclass
class Cast:
    """The mine and everybody who plays a part; persons are attributes by their part."""

    mine: Mine
    units: dict[str, Unit] = field(default_factory=dict)
    persons: dict[str, Person] = field(default_factory=dict)
    places: dict[str, Place] = field(default_factory=dict)

    def __getattr__(self, name: str) -> Person:
        try:
            return self.__dict__["persons"][name]
        except KeyError:
            raise AttributeError(name) from None

    def told(self, part: str) -> list[str]:
        """What stands in somebody's inbox once everything is sealed and told, the oldest first."""
        seal_all()
        tell_all()
        return list(
            Notice.objects.filter(person_id=self.persons[part].id).order_by("id").values_list("title", flat=True)
        )

    def browser(self, part: str) -> Client:
        """A browser in which somebody is signed in."""
        return browser_of(self.persons[part])


def browser_of(person: Person) -> Client:
    """A browser in which this person is signed in."""
    client = Client()
    client.force_login(person)
    return client


UNITS = [
    ("mining", "综采一队", Unit.Kind.PRODUCTION),
    ("tunnel", "掘进一队", Unit.Kind.PRODUCTION),
    ("electric", "机电队", Unit.Kind.AUXILIARY),
    ("safety", "安监科", Unit.Kind.OFFICE),
    ("leaders", "矿领导", Unit.Kind.OFFICE),
    ("training", "培训科", Unit.Kind.OFFICE),
    ("political", "政工部", Unit.Kind.OFFICE),
    ("it", "信息中心", Unit.Kind.OFFICE),
]

PEOPLE = [
    ("miner", "1001", "王铁柱", "mining_team", None),
    ("team_leader", "1002", "李大山", "mining_team", Role.TEAM_LEADER),
    ("unit_head", "1003", "张建国", "mining", Role.UNIT_HEAD),
    ("branch_secretary", "1004", "赵志强", "mining", Role.BRANCH_SECRETARY),
    ("other_miner", "2001", "刘二喜", "tunnel", None),
    ("other_head", "2002", "陈永福", "tunnel", Role.UNIT_HEAD),
    ("electric_head", "2003", "孙保电", "electric", Role.UNIT_HEAD),
    ("safety", "3001", "周安平", "safety", Role.SAFETY),
    ("safety2", "3002", "吴慎行", "safety", Role.SAFETY),
    ("mine_leader", "4001", "郑矿长", "leaders", Role.MINE_LEADER),
    ("mine_leader2", "4002", "冯副矿长", "leaders", Role.MINE_LEADER),
    ("training_officer", "5001", "褚教员", "training", Role.TRAINING_OFFICER),
    ("teacher", "5003", "秦讲师", "training", Role.TEACHER),
    ("political_work", "5002", "卫政工", "political", Role.POLITICAL_WORK),
    ("librarian", "5004", "孔管书", "political", Role.LIBRARIAN),
    ("group_office", "6001", "蒋集团", "leaders", Role.GROUP_OFFICE),
    ("administrator", "9001", "沈信息", "it", Role.ADMINISTRATOR),
]


@cache
def _hashed() -> str:
    """Hashing is slow on purpose; once is enough for all tests of a process."""
    from django.contrib.auth.hashers import make_password

    return make_password(PASSWORD)


def make_cast(code: str = "TEST") -> Cast:
    """Write the mine, its units, places, a 三八制 scheme and the cast; everybody's password is PASSWORD."""
    cast = Cast(Mine.objects.create(code=code, name="试验矿"))
    for position, (key, name, kind) in enumerate(UNITS):
        cast.units[key] = Unit.objects.create(
            mine=cast.mine, name=name, kind=kind, position=position, is_front_line=kind == Unit.Kind.PRODUCTION
        )
    mining = cast.units["mining"]
    cast.units["mining_team"] = Unit.objects.create(
        mine=cast.mine, name="综采一队一班", kind=Unit.Kind.TEAM, parent=mining, ancestors=[mining.id]
    )
    hashed = _hashed()
    for part, number, name, unit, role in PEOPLE:
        person = Person.objects.create(
            mine=cast.mine,
            number=number,
            name=name,
            unit=cast.units[unit],
            password=hashed,
            must_change_password=False,
            pinyin=pinyin.sort_key(name),
            initials=pinyin.initials(name),
        )
        Membership.objects.create(person=person, unit=cast.units[unit], valid_from=START)
        if role is not None:
            reach = None if role == Role.ADMINISTRATOR else cast.units[unit]
            RoleGrant.objects.create(person=person, role=role, unit=reach, valid_from=START)
        cast.persons[part] = person
    parent: Place | None = None
    for key, name in [("level", "一水平"), ("area", "二采区"), ("face", "2305综放面"), ("gate", "回风顺槽")]:
        parent = cast.places[key] = Place.objects.create(
            mine=cast.mine, name=name, parent=parent, full_name=f"{parent.full_name} {name}" if parent else name,
            ancestors=[*parent.ancestors, parent.id] if parent else [], tag=f"{code[:4]}{key}"[:12],
        )  # fmt: skip
    scheme = ShiftScheme.objects.create(mine=cast.mine, name="三八制", is_default=True)
    for name, start, end in [("零点班", 0, 8), ("八点班", 8, 16), ("四点班", 16, 0)]:
        Shift.objects.create(scheme=scheme, name=name, start=time(start), end=time(end))
    return cast


def token_for(person: Person) -> str:
    """A personal token of this person, as he would see it once."""
    secret = new_secret()
    ApiToken.objects.create(person=person, name="测试程序", digest=token_digest(secret))
    return secret
