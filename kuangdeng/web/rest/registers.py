"""What a program needs beside the hazards: who it is, what time it is, and the tables to choose from."""

from typing import Annotated, Any
from uuid import UUID

from django.http import HttpRequest
from ninja import Query, Router, Schema
from pydantic import Field, StringConstraints

from kuangdeng.hazards.api import grades_of, specialties_of
from kuangdeng.kernel import clock
from kuangdeng.org.api import POWERS, ROLE_LABELS, find_persons, has_power, matching_places, roles_of, units_of
from kuangdeng.web.rest import schemas as s
from kuangdeng.web.rest.auth import caller

router = Router(tags=["基础数据"])
ERRORS = {(400, 401, 403, 422, 503): s.Problem}


@router.get("/time", auth=None, response=s.TimeOut, summary="服务器时间", operation_id="time")
def time(request: HttpRequest) -> Any:
    """给设备量时钟偏差用，不用登录。"""
    at = clock.now()
    return {"now": at, "unix_ms": int(at.timestamp() * 1000)}


@router.get("/me", response={200: s.MeOut} | ERRORS, summary="我是谁", operation_id="me")
def me(request: HttpRequest) -> Any:
    """令牌代表的人、他现在的角色和权限。"""
    by = caller(request)
    return {
        "id": by.id,
        "number": by.number,
        "name": by.name,
        "mine": {"id": by.mine.id, "name": by.mine.name},
        "unit": {"id": by.unit.id, "name": by.unit.name} if by.unit else None,
        "roles": [
            {"role": held.role, "label": str(ROLE_LABELS[held.role]), "unit": held.unit_id} for held in roles_of(by)
        ],
        "powers": [power for power in POWERS if has_power(by, power)],
    }


class Search(Schema):
    """What to look for, and how much of it."""

    q: Annotated[str, StringConstraints(max_length=60)] = Field("", description="名称里的字")
    limit: int = Field(200, ge=1, le=1000)
    offset: int = Field(0, ge=0, le=100_000)


@router.get("/places", response={200: list[s.PlaceOut]} | ERRORS, summary="地点", operation_id="places")
def places(request: HttpRequest, search: Query[Search]) -> Any:
    """在用的地点，按全名排列。"""
    found = matching_places(search.q, by=caller(request))[search.offset : search.offset + search.limit]
    return [s.PlaceOut.model_validate(place, from_attributes=True) for place in found]


@router.get("/units", response={200: list[s.UnitOut]} | ERRORS, summary="单位", operation_id="units")
def units(request: HttpRequest) -> Any:
    """在用的单位，含班组。"""
    return list(units_of(caller(request)))


@router.get("/grades", response={200: list[s.GradeOut]} | ERRORS, summary="等级", operation_id="grades")
def grades(request: HttpRequest) -> Any:
    """本矿的隐患等级。"""
    return list(grades_of(caller(request)))


@router.get("/specialties", response={200: list[s.SpecialtyOut]} | ERRORS, summary="专业", operation_id="specialties")
def specialties(request: HttpRequest) -> Any:
    """本矿的专业，含小类。"""
    return list(specialties_of(caller(request)))


class PersonSearch(Schema):
    """A search, never a dump: at least one character, at most fifty people."""

    q: Annotated[str, StringConstraints(min_length=1, max_length=30)] = Field(
        description="姓名里的字、拼音首字母或工号开头"
    )
    unit: UUID | None = Field(None, description="只要这个单位的人")
    limit: int = Field(20, ge=1, le=50)


@router.get("/persons", response={200: list[s.PersonOut]} | ERRORS, summary="查找职工", operation_id="persons")
def persons(request: HttpRequest, search: Query[PersonSearch]) -> Any:
    """为下达、督办选人。要有「查看职工名册」的权限；不给电话和生日。"""
    found = find_persons(search.q, by=caller(request))
    if search.unit:
        found = found.filter(unit_id=search.unit)
    return list(found[: search.limit])
