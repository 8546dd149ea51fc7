"""The moment before each verb of the organisation, for the ledger walk: `scenario(cast)` returns what runs the verb."""

from collections.abc import Callable
from datetime import date, time, timedelta

from kuangdeng.kernel import clock
from kuangdeng.org.models import CalendarDay, PlaceAlias, PlaceProposal, ShiftScheme, UnitShift
from kuangdeng.org.services import calendar, places, seed, shifts
from kuangdeng.org.testkit import Cast

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
    )
}
