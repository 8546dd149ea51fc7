"""The moment before each verb of the organisation, for the ledger walk: `scenario(cast)` returns what runs the verb."""

from collections.abc import Callable
from datetime import date, time, timedelta
from io import BytesIO

from kuangdeng.kernel import clock
from kuangdeng.org.importing import runs
from kuangdeng.org.models import CalendarDay, Mine, PlaceAlias, PlaceProposal, RoleGrant, ShiftScheme, SignIn, UnitShift
from kuangdeng.org.services import (
    calendar,
    imports,
    passwords,
    persons,
    places,
    roles,
    sample,
    seed,
    sessions,
    shifts,
    tokens,
    units,
)
from kuangdeng.org.testkit import PASSWORD, Cast

Run = Callable[[], object]

# Calendar and shifts ------------------------------------------------------------------------------------------------

DAY = calendar.DayData(date(2027, 1, 1), "放假", "元旦")


def set_day(cast: Cast) -> Run:
    return lambda: calendar.set_day(data=DAY, by=cast.administrator)


def drop_day(cast: Cast) -> Run:
    row = CalendarDay.objects.create(mine=cast.mine, day=DAY.day, kind="holiday", name="元旦")
    return lambda: calendar.drop_day(row.id, by=cast.administrator)


def import_days(cast: Cast) -> Run:
    return lambda: calendar.import_days(days=[DAY], by=cast.administrator)


def confirm_year(cast: Cast) -> Run:
    CalendarDay.objects.create(mine=cast.mine, day=DAY.day, kind="holiday", name="元旦", confirmed=False)
    return lambda: calendar.confirm_year(2027, by=cast.administrator)


def set_up_org(cast: Cast) -> Run:
    return lambda: seed.set_up_org(mine=cast.mine, by=cast.administrator)


FOUR = [shifts.ShiftData(f"{n}点班", time(n), time((n + 6) % 24)) for n in (0, 6, 12, 18)]


def add_scheme(cast: Cast) -> Run:
    return lambda: shifts.add_scheme(name="四六制", shifts=FOUR, by=cast.administrator)


def _scheme(cast: Cast) -> ShiftScheme:
    return shifts.add_scheme(name="四六制", shifts=FOUR, by=cast.administrator)


def change_scheme(cast: Cast) -> Run:
    scheme = _scheme(cast)
    return lambda: shifts.change_scheme(scheme.id, name="四六制甲", shifts=FOUR, by=cast.administrator)


def put_on_scheme(cast: Cast) -> Run:
    scheme, day = _scheme(cast), clock.today() + timedelta(days=1)
    mining = cast.units["mining"]
    return lambda: shifts.put_on_scheme(scheme=scheme, valid_from=day, unit=mining, by=cast.administrator)


def take_off_scheme(cast: Cast) -> Run:
    put_on_scheme(cast)()
    row = UnitShift.objects.get(unit=cast.units["mining"])
    return lambda: shifts.take_off_scheme(row.id, by=cast.administrator)


# Places -------------------------------------------------------------------------------------------------------------


def add_place(cast: Cast) -> Run:
    return lambda: places.add_place(name="2306综放面", parent=cast.places["area"], by=cast.safety)


def change_place(cast: Cast) -> Run:
    face = cast.places["face"]
    return lambda: places.change_place(face.id, kind="工作面", unit=cast.units["mining"], by=cast.safety)


def rename_place(cast: Cast) -> Run:
    return lambda: places.rename_place(cast.places["face"].id, name="2305综采面", by=cast.safety)


def move_place(cast: Cast) -> Run:
    return lambda: places.move_place(cast.places["face"].id, parent=cast.places["level"], by=cast.safety)


def close_place(cast: Cast) -> Run:
    return lambda: places.close_place(cast.places["face"].id, by=cast.safety)


def reopen_place(cast: Cast) -> Run:
    close_place(cast)()
    return lambda: places.reopen_place(cast.places["face"].id, by=cast.safety)


def confirm_place(cast: Cast) -> Run:
    place = places.add_place(name="2307综放面", confirmed=False, by=cast.safety)
    return lambda: places.confirm_place(place.id, by=cast.safety)


def add_alias(cast: Cast) -> Run:
    return lambda: places.add_alias(cast.places["face"].id, spelling="老五面", by=cast.safety)


def remove_alias(cast: Cast) -> Run:
    add_alias(cast)()
    alias = PlaceAlias.objects.get(spelling="老五面")
    return lambda: places.remove_alias(alias.id, by=cast.safety)


def _proposal(cast: Cast) -> PlaceProposal:
    return PlaceProposal.objects.create(mine=cast.mine, spelling="西翼老五面", folded="西翼老五面", source="导入")


def merge_proposal(cast: Cast) -> Run:
    asked = _proposal(cast)
    return lambda: places.merge_proposal(asked.id, place=cast.places["face"], by=cast.safety)


def place_from_proposal(cast: Cast) -> Run:
    asked = _proposal(cast)
    return lambda: places.place_from_proposal(asked.id, name="西翼五面", parent=None, by=cast.safety)


def drop_proposal(cast: Cast) -> Run:
    asked = _proposal(cast)
    return lambda: places.drop_proposal(asked.id, by=cast.safety)


# People, units, roles, sign-in --------------------------------------------------------------------------------------


def add_person(cast: Cast) -> Run:
    mining = cast.units["mining"]
    return lambda: persons.add_person(number="1099", name="钱新来", unit_id=mining.id, by=cast.administrator)


def change_person(cast: Cast) -> Run:
    return lambda: persons.change_person(cast.miner.id, changes={"phone": "13800000000"}, by=cast.miner)


def move_person(cast: Cast) -> Run:
    tunnel = cast.units["tunnel"]
    return lambda: persons.move_person(
        cast.miner.id, unit_id=tunnel.id, valid_from=clock.today(), by=cast.administrator
    )


def leave(cast: Cast) -> Run:
    return lambda: persons.leave(cast.other_miner.id, on=clock.today(), by=cast.administrator)


def grant_role(cast: Cast) -> Run:
    tunnel = cast.units["tunnel"]
    return lambda: roles.grant_role(cast.other_miner.id, role="team_leader", unit_id=tunnel.id, by=cast.administrator)


def end_role(cast: Cast) -> Run:
    grant = RoleGrant.objects.get(person=cast.other_head)
    return lambda: roles.end_role(grant.id, by=cast.administrator)


def change_password(cast: Cast) -> Run:
    return lambda: passwords.change_password(old=PASSWORD, new="Lampe-2305-Huifeng", by=cast.miner)


def reset_password(cast: Cast) -> Run:
    return lambda: passwords.reset_password(cast.miner.id, by=cast.administrator)


def issue_passwords(cast: Cast) -> Run:
    persons.add_person(number="1098", name="孙新来", unit_id=cast.units["mining"].id, by=cast.administrator)
    return lambda: passwords.issue_passwords(unit_id=None, by=cast.administrator)


def end_sessions(cast: Cast) -> Run:
    SignIn.objects.create(session_key="k" * 32, person=cast.miner, device="手机")
    return lambda: sessions.end_sessions(cast.miner.id, by=cast.miner)


def create_token(cast: Cast) -> Run:
    return lambda: tokens.create_token(name="安全监控系统对接", expires_on=None, by=cast.safety)


def revoke_token(cast: Cast) -> Run:
    token, _ = tokens.create_token(name="安全监控系统对接", expires_on=None, by=cast.safety)
    return lambda: tokens.revoke_token(token.id, by=cast.safety)


def add_unit(cast: Cast) -> Run:
    return lambda: units.add_unit(name="综采二队", kind="production", by=cast.administrator)


def rename_unit(cast: Cast) -> Run:
    tunnel = cast.units["tunnel"]
    return lambda: units.rename_unit(tunnel.id, name="掘进二队", valid_from=clock.today(), by=cast.administrator)


def change_unit(cast: Cast) -> Run:
    tunnel = cast.units["tunnel"]
    return lambda: units.change_unit(tunnel.id, kind="production", code="JJ1", by=cast.administrator)


def move_unit(cast: Cast) -> Run:
    tunnel, electric = cast.units["tunnel"], cast.units["electric"]
    return lambda: units.move_unit(tunnel.id, parent_id=electric.id, by=cast.administrator)


def close_unit(cast: Cast) -> Run:
    unit = units.add_unit(name="综采三队", kind="production", by=cast.administrator)
    return lambda: units.close_unit(unit.id, on=clock.today(), by=cast.administrator)


def set_branch(cast: Cast) -> Run:
    return lambda: units.set_branch(cast.units["mining"].id, name="综采一队党支部", by=cast.administrator)


def found_mine(cast: Cast) -> Run:
    return lambda: units.found_mine(code="NEW", name="新矿", number="0001", administrator="建矿人")


def resume_founding(cast: Cast) -> Run:
    first = min(cast.persons.values(), key=lambda person: person.id)
    return lambda: units.resume_founding(code=cast.mine.code, name=cast.mine.name, number=first.number)


def open_sample(cast: Cast) -> Run:
    Mine.objects.filter(id=cast.mine.id).update(is_sample=True)
    cast.mine.refresh_from_db()
    return lambda: sample.open_sample(cast.mine, password=PASSWORD)


def write_import(cast: Cast) -> Run:
    table = BytesIO("工号,姓名,单位\n7777,单雄信,综采一队\n".encode())
    run = runs.begin(table, name="职工.csv", by=cast.administrator)
    return lambda: imports.write_import(run.id, by=cast.administrator)


SCENARIOS: dict[str, Callable[[Cast], Run]] = {
    scenario.__name__: scenario
    for scenario in (
        add_alias,
        add_place,
        add_scheme,
        change_place,
        change_scheme,
        close_place,
        confirm_place,
        confirm_year,
        drop_day,
        drop_proposal,
        import_days,
        merge_proposal,
        move_place,
        place_from_proposal,
        put_on_scheme,
        remove_alias,
        rename_place,
        reopen_place,
        set_day,
        set_up_org,
        take_off_scheme,
        add_person,
        change_person,
        move_person,
        leave,
        grant_role,
        end_role,
        change_password,
        reset_password,
        issue_passwords,
        end_sessions,
        create_token,
        revoke_token,
        add_unit,
        rename_unit,
        change_unit,
        move_unit,
        close_unit,
        set_branch,
        found_mine,
        resume_founding,
        open_sample,
        write_import,
    )
}
