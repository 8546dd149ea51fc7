"""A sheet of three thousand people: counts by unit first, names page by page, the print whole."""

import pytest
from django.test import Client
from django.urls import reverse

from kuangdeng.learning.attendance import rules
from kuangdeng.learning.attendance.models import Attendee, Sheet
from kuangdeng.learning.attendance.testkit import sheet_in, signed
from kuangdeng.org.models import Person
from kuangdeng.org.testkit import Cast, make_cast

PEOPLE = 3000


@pytest.fixture
def cast(db: None) -> Cast:
    return make_cast()


@pytest.fixture
def sheet(cast: Cast) -> Sheet:
    """Half of them of the tunnelling unit; every tenth is there, every hundredth asks for leave."""
    made = sheet_in(cast, begins_in=-10)
    units = [cast.units["mining"], cast.units["tunnel"]]
    people = Person.objects.bulk_create(
        Person(
            mine=cast.mine, number=f"8{n:04d}", name=f"职工{n:04d}", unit=units[n % 2], pinyin=f"zhigong{n:04d}", initials="zg"
        )
        for n in range(PEOPLE)
    )  # fmt: skip
    Attendee.objects.bulk_create(
        Attendee(
            sheet=made, person=one, unit=one.unit, state="present" if n % 10 == 0 else "missing",
            method="code" if n % 10 == 0 else "", at=made.starts_at if n % 10 == 0 else None,
            leave_asked_at=made.opens_at if n % 100 == 1 else None, leave_reason="上夜班" if n % 100 == 1 else "",
        )
        for n, one in enumerate(people)
    )  # fmt: skip
    return made


@pytest.fixture
def secretary(cast: Cast, client: Client) -> Client:
    client.force_login(cast.branch_secretary)
    return client


def shown(client: Client, page: str, sheet: Sheet, query: str = "") -> str:
    return client.get(reverse(f"learning:{page}", args=[sheet.id]) + query).content.decode()


def test_counts_by_unit_stand_before_the_names_of_one_page(sheet: Sheet, secretary: Client, cast: Cast) -> None:
    page = shown(secretary, "attendance_sheet", sheet)
    assert page.count("/correct/") == 50 and "第 1 / 61 页" in page
    assert page.index("各单位") < page.index("名单")
    unit = f"?unit={cast.units['tunnel'].id}"
    assert unit in page
    assert "请假待批" in page and page.count("/leave/") < 200
    tunnel = shown(secretary, "attendance_sheet", sheet, f"{unit}&state=there&page=3")
    assert "第 3 / 3 页" not in tunnel, "every tenth person is of the mining unit"
    assert "按这些条件没有找到" in tunnel
    mining = shown(secretary, "attendance_sheet", sheet, f"?unit={cast.units['mining'].id}&state=there&page=6")
    assert "第 6 / 6 页" in mining and "职工2990" in mining


def test_one_person_is_found_by_number_name_or_initials(sheet: Sheet, secretary: Client) -> None:
    for words in ("81234", "职工1234"):
        page = shown(secretary, "attendance_sheet", sheet, f"?q={words}")
        assert "职工1234" in page and page.count("/correct/") == 1
    assert shown(secretary, "attendance_sheet", sheet, "?q=ZG").count("/correct/") == 50


def test_the_screen_counts_by_unit_when_names_would_be_too_many(sheet: Sheet, secretary: Client, cast: Cast) -> None:
    part = shown(secretary, "attendance_live", sheet)
    assert "<b>3004</b>" in part and "职工0003" not in part.partition("还没有签到")[2]
    Attendee.objects.filter(sheet=sheet, person__number__startswith="8").exclude(person__number="80003").delete()
    signed(sheet, cast)
    part = shown(secretary, "attendance_live", sheet)
    assert "职工0003" in part.partition("还没有签到")[2] and cast.miner.name in part.partition("还没有签到")[0]


def test_paper_is_entered_unit_by_unit_and_printed_whole(sheet: Sheet, secretary: Client, cast: Cast) -> None:
    page = shown(secretary, "attendance_paper", sheet, f"?unit={cast.units['tunnel'].id}")
    names = page.count('name="state-')
    assert (
        names == Attendee.objects.filter(sheet=sheet, unit=cast.units["tunnel"]).exclude(state__in=rules.THERE).count()
    )
    person = Person.objects.get(number="80003")
    address = reverse("learning:attendance_paper", args=[sheet.id]) + f"?unit={cast.units['tunnel'].id}"
    said = {"reason": "会场断电", "approver": str(cast.unit_head.id), f"state-{person.id}": "present"}
    assert secretary.post(address, said).status_code == 302
    assert Attendee.objects.get(sheet=sheet, person=person).method == "paper"
    assert shown(secretary, "attendance_paper_sheet", sheet).count("职工") >= PEOPLE
