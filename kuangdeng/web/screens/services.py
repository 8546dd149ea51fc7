"""Verbs of the screens."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kuangdeng.kernel import clock
from kuangdeng.kernel.errors import NotVisible, Refused
from kuangdeng.kernel.ids import digest_of
from kuangdeng.kernel.language import in_chinese
from kuangdeng.kernel.verbs import verb
from kuangdeng.ledger.api import Subject, post
from kuangdeng.org.api import Person, has_power
from kuangdeng.web.models import PairingCode, Screen, ScreenMessage, ScreenPolicy
from kuangdeng.web.screens import boards, rules
from kuangdeng.web.screens.pairing import new_secret
from kuangdeng.web.screens.queries import policy_of

# Screens --------------------------------------------------------------------------------------------------------------


@verb
def register_screen(*, name: str, place_text: str, format: str, code: str = "", by: Person) -> Screen:
    """Enter a display that hangs in the mine (登记电子屏); with the code that it shows it is paired at once.

    It begins with every board there is, so that a new screen is never blank. Refused for who does not manage screens,
    for a name that hangs already, and for a code that is wrong or has run out.
    """
    _check(by, "screen.manage")
    playlist = [rules.Slot(board).stored() for board in boards.DEFAULT_PLAYLIST]
    screen = Screen(mine_id=by.mine_id, playlist=playlist)
    _describe(screen, name, place_text, format)
    if code:
        _take_display(screen, code)
    screen.save(force_insert=True)
    _enter("screen.register", screen, by, _about(screen))
    return screen


@verb
def pair_screen(screen_id: UUID, *, code: str, by: Person) -> Screen:
    """Say that the display which shows this code is this screen (配对).

    Refused while another display is this screen, and for a code that is wrong or has run out.
    """
    screen = _locked(screen_id, by)
    if screen.token_digest:
        raise Refused(_("这块电子屏已经配对。换显示设备时，请先解除配对。"), field="code")
    _take_display(screen, code)
    _save(screen, *SEEN)
    _enter("screen.pair", screen, by)
    return screen


@verb
def change_screen(screen_id: UUID, *, name: str, place_text: str, format: str, by: Person) -> Screen:
    """Rename a screen, say where it hangs and how (更正电子屏资料). Refused for a name that hangs already."""
    screen = _locked(screen_id, by)
    _describe(screen, name, place_text, format)
    _save(screen, "name", "place_text", "format")
    _enter("screen.change", screen, by, _about(screen))
    return screen


@verb
def set_playlist(screen_id: UUID, *, slots: Sequence[rules.Slot], by: Person) -> Screen:
    """Say what a screen shows, in which order, how long and when (播放单). Refused for what could not be shown."""
    screen = _locked(screen_id, by)
    rules.check_playlist(slots, boards.BOARDS)
    screen.playlist = [slot.stored() for slot in slots]
    _save(screen, "playlist")
    with in_chinese():
        said = [f"{boards.board_label(slot.board)} {slot.seconds}″" for slot in slots]
    _enter("screen.playlist", screen, by, {"slots": said})
    return screen


@verb
def unpair_screen(screen_id: UUID, *, by: Person) -> Screen:
    """Part a display from its screen (解除配对): it shows a pairing code again; a fixed address is dead.

    Refused when there is no display.
    """
    screen = _locked(screen_id, by)
    if not screen.token_digest:
        raise Refused(_("这块电子屏没有配对，不用解除。"))
    _part(screen)
    _save(screen, *SEEN)
    _enter("screen.unpair", screen, by)
    return screen


@dataclass(frozen=True)
class Issued:
    """A fixed address, to be shown once: only the digest is kept."""

    screen: Screen
    secret: str


@verb
def issue_address(screen_id: UUID, *, by: Person) -> Issued:
    """Give a screen an address of its own (固定地址), for a controller that can't show a code.

    The address is known only now; who loses it gets another one, and the old one is dead. Refused while a display is
    paired by code.
    """
    screen = _locked(screen_id, by)
    if screen.token_digest:
        raise Refused(_("这块电子屏已经配对。发放新地址前，请先解除配对。"))
    secret = new_secret()
    _join(screen, digest_of(secret))
    _save(screen, *SEEN)
    _enter("screen.address", screen, by)
    return Issued(screen, secret)


@verb
def remove_screen(screen_id: UUID, *, by: Person) -> Screen:
    """Take a screen off the list (撤除电子屏); its name is free again, what it showed stays on the ledger."""
    screen = _locked(screen_id, by)
    _part(screen)
    screen.removed_at = clock.now()
    _save(screen, "removed_at", *SEEN)
    _enter("screen.remove", screen, by)
    return screen


# Messages -------------------------------------------------------------------------------------------------------------


@verb
def post_notice(
    *, words: str, title: str = "", starts_at: datetime, ends_at: datetime, screen_ids: Iterable[UUID] = (), by: Person
) -> ScreenMessage:
    """Put a notice among the boards, from one moment until another (屏上通知); no screens named: on all of them.

    Refused for who does not manage screens, without words, and for times that are over or the wrong way round.
    """
    _check(by, "screen.manage")
    if starts_at >= ends_at:
        raise Refused(_("结束时间要晚于开始时间。请改正。"), field="ends_at")
    return _say(ScreenMessage.Kind.NOTICE, words, title, starts_at, ends_at, screen_ids, by)


@verb
def interrupt(*, words: str, ends_at: datetime, screen_ids: Iterable[UUID] = (), by: Person) -> ScreenMessage:
    """Put emergency words alone on the screens, from now until a moment (紧急插播); none named: on all of them.

    It needs its end: an emergency that nobody switches off would make every screen useless. Refused for who may not,
    without words, and for an end that is over.
    """
    _check(by, "screen.interrupt")
    return _say(ScreenMessage.Kind.INTERRUPT, words, "", clock.now(), ends_at, screen_ids, by)


@verb
def end_message(message_id: UUID, *, by: Person) -> ScreenMessage:
    """Take a notice or an interrupt off the screens before its time (撤下). Refused when it is over already."""
    message = ScreenMessage.objects.select_for_update().filter(id=message_id, mine_id=by.mine_id).first()
    if message is None:
        raise NotVisible
    _check(by, "screen.interrupt" if message.kind == ScreenMessage.Kind.INTERRUPT else "screen.manage")
    if message.ended_at or message.ends_at <= clock.now():
        raise Refused(_("这条内容已经不在屏上，不用再撤。"))
    message.ended_at = clock.now()
    message.save(update_fields=["ended_at"])
    _enter_message("screen.end", message, by)
    return message


# Limits and the watch -------------------------------------------------------------------------------------------------


@verb
def set_policy(*, amber_minutes: int, red_minutes: int, lost_minutes: int, by: Person) -> ScreenPolicy:
    """Say after how many minutes a screen looks stale and counts as lost (电子屏时限). Refused when they contradict."""
    _check(by, "screen.manage")
    rules.check_policy(amber_minutes, red_minutes, lost_minutes)
    policy = policy_of(by.mine_id)
    policy.amber_minutes, policy.red_minutes, policy.lost_minutes = amber_minutes, red_minutes, lost_minutes
    policy.save()
    said = {"amber_minutes": amber_minutes, "red_minutes": red_minutes, "lost_minutes": lost_minutes}
    subject = Subject("screen_policy", str(policy.pk), gettext_lazy("电子屏时限"))
    post("screen.policy", subject, mine_id=by.mine_id, by=by, payload=said)
    return policy


@verb
def report_lost(screen_id: UUID) -> Screen | None:
    """Alarm that a screen was not heard of for too long (失联报警), once for each outage. The system does it by itself.

    Nothing happens when, since it was found, it was heard of, parted, or another worker has told it.
    """
    screen = Screen.objects.select_for_update().get(id=screen_id)
    if screen.lost_at or not screen.token_digest or screen.last_seen_at is None:
        return None
    screen.lost_at = clock.now()
    _save(screen, "lost_at")
    _enter("screen.lost", screen, None, {"seen_at": screen.last_seen_at.isoformat(), "place_text": screen.place_text})
    return screen


@verb
def report_back(screen_id: UUID) -> Screen | None:
    """Say that a lost screen was heard of again (恢复联系). The system does it by itself; nothing happens twice."""
    screen = Screen.objects.select_for_update().get(id=screen_id)
    if not screen.lost_at:
        return None
    since, screen.lost_at = screen.lost_at, None
    _save(screen, "lost_at")
    _enter("screen.back", screen, None, {"lost_at": since.isoformat(), "place_text": screen.place_text})
    return screen


# Steps ----------------------------------------------------------------------------------------------------------------

SEEN = ("token_digest", "paired_at", "last_seen_at", "showing", "lost_at")


def _check(by: Person, power: str) -> None:
    if not has_power(by, power):
        raise Refused(_("您没有权限办理电子屏的事。如需办理，请联系政工部或系统管理员。"), code="not_allowed")


def _locked(screen_id: UUID, by: Person) -> Screen:
    _check(by, "screen.manage")
    rows = Screen.objects.select_for_update().filter(id=screen_id, mine_id=by.mine_id, removed_at=None)
    screen = rows.first()
    if screen is None:
        raise NotVisible
    return screen


def _save(screen: Screen, *names: str) -> None:
    screen.save(update_fields=names)


def _describe(screen: Screen, name: str, place_text: str, format: str) -> None:
    name = " ".join(name.split())
    if not name:
        raise Refused(_("请给电子屏起个名称，例如“副井口大屏”。"), field="name")
    if format not in rules.MEASURES:
        raise Refused(_("没有这种版式。请重新选择。"), field="format")
    twins = Screen.objects.filter(mine_id=screen.mine_id, name=name, removed_at=None).exclude(id=screen.id)
    if twins.exists():
        raise Refused(_("已经有叫“%(name)s”的电子屏。请换一个名称。") % {"name": name}, field="name")
    screen.name, screen.place_text, screen.format = name, place_text.strip(), format


def _take_display(screen: Screen, code: str) -> None:
    rows = PairingCode.objects.select_for_update().filter(code=rules.digits(code), expires_at__gt=clock.now())
    shown = rows.first()
    if shown is None:
        raise Refused(_("没有屏正在显示这个配对码，或者它已过期。请照屏上现在的六位数再输一遍。"), field="code")
    _join(screen, shown.digest)
    shown.delete()


def _join(screen: Screen, digest: str) -> None:
    screen.token_digest = digest
    screen.paired_at = screen.last_seen_at = clock.now()
    screen.showing, screen.lost_at = "", None


def _part(screen: Screen) -> None:
    screen.token_digest = screen.paired_at = screen.last_seen_at = screen.lost_at = None
    screen.showing = ""


def _say(
    kind: str, words: str, title: str, starts_at: datetime, ends_at: datetime, screen_ids: Iterable[UUID], by: Person
) -> ScreenMessage:
    if not words.strip():
        raise Refused(_("请写明要上屏的内容。"), field="words")
    if ends_at <= clock.now():
        raise Refused(_("结束时间已经过了。请改到现在之后。"), field="ends_at")
    wanted = set(screen_ids)
    there = list(Screen.objects.filter(mine_id=by.mine_id, removed_at=None, id__in=wanted))
    if len(there) != len(wanted):
        raise Refused(_("选中的电子屏有的已经撤除。请重新选择。"), field="screens")
    message = ScreenMessage.objects.create(
        mine_id=by.mine_id, kind=kind, title=title.strip(), words=words.strip(), starts_at=starts_at, ends_at=ends_at,
        everywhere=not wanted, by_name=by.name,
    )  # fmt: skip
    message.screens.set(there)
    said = {
        "message": message.words,
        "message_from": starts_at.isoformat(),
        "message_until": ends_at.isoformat(),
        "screens": [screen.name for screen in there],
    }
    _enter_message(f"screen.{kind}", message, by, said)
    return message


def _about(screen: Screen) -> dict[str, object]:
    return {"screen_name": screen.name, "place_text": screen.place_text, "format": screen.format}


def _enter(verb: str, screen: Screen, by: Person | None, payload: Mapping[str, object] | None = None) -> None:
    subject = Subject("screen", screen.id, screen.name)
    post(verb, subject, mine_id=screen.mine_id, by=by, payload=payload)


def _enter_message(verb: str, message: ScreenMessage, by: Person, payload: Mapping[str, object] | None = None) -> None:
    subject = Subject("screen_message", message.id, message.title or " ".join(message.words.split())[:60])
    post(verb, subject, mine_id=message.mine_id, by=by, payload=payload)
