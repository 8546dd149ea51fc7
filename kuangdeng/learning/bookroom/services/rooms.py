"""Rooms, rules, kiosks, cards, and the calendar that a reader gives to his phone."""

import secrets
from dataclasses import asdict
from datetime import date
from uuid import UUID

from django.db.models import Max
from django.utils.translation import gettext as _

from kuangdeng.kernel import clock
from kuangdeng.kernel.errors import NotVisible, Refused
from kuangdeng.kernel.ids import digest_of
from kuangdeng.kernel.language import in_chinese
from kuangdeng.kernel.rows import one_of
from kuangdeng.kernel.tables import compact
from kuangdeng.kernel.verbs import verb
from kuangdeng.kernel.words import need
from kuangdeng.learning.bookroom.models import DueCalendar, Kiosk, LoanRule, Room, WorkCard
from kuangdeng.learning.bookroom.rules import DEFAULT_SOURCE, ROOMS, CopyStatus, Terms
from kuangdeng.learning.bookroom.services._steps import check, enter, locked_room
from kuangdeng.ledger.api import Subject, post
from kuangdeng.org.api import Mine, Person

MOST_ROOMS = 99


@verb
def set_up_rooms(*, mine: Mine, by: Person | None = None) -> dict[str, int]:
    """Give a mine its book rooms and a loan rule to change (初始化书屋). May run again: what is there stays."""
    made = {"rooms": 0, "rules": 0}
    if not Room.objects.filter(mine=mine).exists():
        made["rooms"] = len(Room.objects.bulk_create(Room(mine=mine, code=code, name=name) for code, name in ROOMS))
    if not LoanRule.objects.filter(mine=mine).exists():
        LoanRule.objects.create(mine=mine, valid_from=clock.today(), source=DEFAULT_SOURCE, **asdict(Terms()))
        made["rules"] = 1
    post("book.set_up", Subject("mine", mine.id, mine.name), mine_id=mine.id, by=by, payload=dict(made))
    return made


def _free_name(name: str, by: Person, but: UUID | None = None) -> str:
    words = need(name, _("请填写书屋名称。"), field="name", most=40)
    if Room.objects.filter(mine_id=by.mine_id, name=words).exclude(id__in=[but] if but else []).exists():
        raise Refused(_("已经有一间叫「%s」的书屋。") % words, field="name")
    return words


@verb
def add_room(*, name: str, by: Person, place_text: str = "", hours: str = "") -> Room:
    """Open a book room (新开书屋). Refused for a name that is there."""
    check(by, "book.rules")
    words = _free_name(name, by)
    last = Room.objects.filter(mine_id=by.mine_id).aggregate(code=Max("code"))["code"]
    number = int(last or 0) + 1
    if number > MOST_ROOMS:
        raise Refused(_("最多 %(n)d 间书屋。") % {"n": MOST_ROOMS}, code="too_many")
    room = Room.objects.create(
        mine_id=by.mine_id, code=f"{number:02d}", name=words, place_text=place_text.strip(), hours=hours.strip()
    )
    enter("add_room", Subject("book_room", room.id, room.name), by.mine_id, by, {"place_text": room.place_text})
    return room


@verb
def change_room(
    room_id: UUID, *, name: str, by: Person, place_text: str = "", hours: str = "", close: bool = False
) -> Room:
    """Rename a room, say where and when it is open, or close it. Refused to close one that has copies in use."""
    check(by, "book.rules")
    room = locked_room(room_id, by)
    if close and room.copies.filter(status=CopyStatus.IN_USE).exists():
        raise Refused(_("这间书屋还有在用的书，不能停用。请先调拨到别的书屋或剔旧。"), field="close")
    room.name, room.place_text, room.hours = _free_name(name, by, room.id), place_text.strip(), hours.strip()
    room.closed_on = clock.today() if close else None
    room.save()
    told = {"place_text": room.place_text, "hours": room.hours, "closed": close}
    enter("change_room", Subject("book_room", room.id, room.name), by.mine_id, by, told)
    return room


@verb
def save_rule(*, valid_from: date, terms: Terms, source: str, confirmed: bool, by: Person) -> LoanRule:
    """Say how long and how many from a day on (借阅规则). Loans that run keep their due date.

    Refused for a day that is past, because lent books would get another rule afterwards, and for numbers that are none.
    """
    check(by, "book.rules")
    if valid_from < clock.today():
        raise Refused(_("规则从今天或以后的日期起用，不能改过去的。"), field="valid_from")
    limits = {"days": (1, 365), "most": (1, 50), "renewals": (0, 10), "renew_days": (1, 365), "hold_days": (1, 30),
              "remind_before": (0, 30), "remind_every": (1, 60)}  # fmt: skip
    values = asdict(terms)
    for name, (least, most) in limits.items():
        if not least <= values[name] <= most:
            raise Refused(_("请填 %(least)d 到 %(most)d。") % {"least": least, "most": most}, field=name)
    row, _new = LoanRule.objects.update_or_create(
        mine_id=by.mine_id,
        valid_from=valid_from,
        defaults={**values, "source": source.strip()[:200], "confirmed": confirmed},
    )
    with in_chinese():
        label = _("借阅规则")
    told = {**values, "valid_from": valid_from.isoformat(), "source": row.source, "confirmed": confirmed}
    enter("save_rule", Subject("loan_rule", str(row.pk), label), by.mine_id, by, told)
    return row


# Devices ----------------------------------------------------------------------------------------------------------------


@verb
def open_kiosk(*, room_id: UUID, name: str, by: Person) -> tuple[Kiosk, str]:
    """Make the device in hand a kiosk of a room (启用自助机); its secret is returned once and stays on the device."""
    check(by, "book.kiosk")
    room = locked_room(room_id, by)
    words = need(name, _("请给这台自助机起个名字，如：门口自助机。"), field="name", most=40)
    secret = secrets.token_urlsafe(32)
    kiosk = Kiosk.objects.create(
        mine_id=by.mine_id, room=room, name=words, digest=digest_of(secret), opened_by=by, opened_at=clock.now()
    )
    enter("open_kiosk", Subject("book_kiosk", kiosk.id, words), by.mine_id, by, {"room": room.name})
    return kiosk, secret


@verb
def close_kiosk(kiosk_id: UUID, *, by: Person) -> Kiosk:
    """Take a device out of service (停用自助机): from this moment it lends nothing. Refused when it is closed."""
    check(by, "book.kiosk")
    rows = Kiosk.objects.select_for_update(of=("self",)).select_related("room")
    kiosk = one_of(rows.filter(id=kiosk_id, mine_id=by.mine_id))
    if kiosk is None:
        raise NotVisible
    if kiosk.closed_at is not None:
        raise Refused(_("这台自助机已经停用。"), code="gone")
    kiosk.closed_at = clock.now()
    kiosk.save(update_fields=["closed_at"])
    enter("close_kiosk", Subject("book_kiosk", kiosk.id, kiosk.name), by.mine_id, by, {"room": kiosk.room.name})
    return kiosk


@verb
def bind_card(person_id: UUID, *, number: str, by: Person) -> WorkCard:
    """Say whose work card this is (绑定工作证), read once at the desk. Refused when it is somebody else's."""
    check(by, "book.lend")
    person = one_of(Person.objects.select_related("unit").filter(id=person_id, mine_id=by.mine_id))
    if person is None:
        raise NotVisible
    card = need(compact(number), _("请在读卡器上刷一下工作证。"), field="number", most=40)
    taken = one_of(WorkCard.objects.select_related("person").filter(mine_id=by.mine_id, number=card))
    if taken is not None:
        raise Refused(_("这张卡已经绑定给%s。请先在他那里解除。") % taken.person.name, field="number", code="taken")
    if Person.objects.filter(mine_id=by.mine_id, number=card).exclude(id=person.id).exists():
        raise Refused(_("这个号码是别人的工号，不能当作卡号。"), field="number", code="number")
    made = WorkCard.objects.create(mine_id=by.mine_id, person=person, number=card, bound_at=clock.now())
    enter(
        "bind_card", Subject("person", person.id, person.name), by.mine_id, by, {"card": f"…{card[-4:]}"}, reader=person
    )
    return made


@verb
def unbind_card(card_id: int, *, by: Person) -> None:
    """A card means nobody any more (解除绑定): it was lost, or given to another."""
    check(by, "book.lend")
    card = one_of(WorkCard.objects.select_related("person__unit").filter(id=card_id, mine_id=by.mine_id))
    if card is None:
        raise NotVisible
    person = card.person
    told = {"card": f"…{card.number[-4:]}"}
    card.delete()
    enter("unbind_card", Subject("person", person.id, person.name), by.mine_id, by, told, reader=person)


# The calendar of due dates ----------------------------------------------------------------------------------------------


@verb
def make_calendar(*, by: Person) -> str:
    """Give one's due dates a secret address for the phone's calendar (还书日历); it is told once.

    A new address ends the old one, because that is how a leaked one is revoked.
    """
    secret = secrets.token_urlsafe(24)
    DueCalendar.objects.update_or_create(person=by, defaults={"digest": digest_of(secret), "made_at": clock.now()})
    enter("make_calendar", Subject("person", by.id, by.name), by.mine_id, by, {}, reader=by)
    return secret


@verb
def revoke_calendar(*, by: Person) -> None:
    """End the address of one's due dates (停用还书日历). Refused when there is none."""
    gone, _rows = DueCalendar.objects.filter(person=by).delete()
    if not gone:
        raise Refused(_("您没有启用还书日历。"), code="gone")
    enter("revoke_calendar", Subject("person", by.id, by.name), by.mine_id, by, {}, reader=by)
