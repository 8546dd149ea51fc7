"""Signing in by employee number: who may come in, at what cost, and what is remembered of it.

Guessing is stopped by person and address together (django-axes), never by address alone: a lamp-room terminal serves a
whole shift. Checking a password costs half a second of a core by intent; so that a crowd, or somebody who means harm,
can't take the server from the others, each process checks one at a time, a few wait, and the rest are asked to come
back in some seconds.
"""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

from axes.models import AccessAttempt
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.backends import ModelBackend
from django.contrib.auth.hashers import make_password
from django.utils.translation import gettext as _

from kuangdeng.kernel import clock
from kuangdeng.kernel.errors import Refused
from kuangdeng.kernel.rows import one_of
from kuangdeng.kernel.tables import compact
from kuangdeng.org.models import Mine, Person, SignIn
from kuangdeng.org.rules import ONE_TIME_DAYS, PASSWORD_LONGEST

WAITING = 2
PATIENCE = 4.0
_checking = threading.BoundedSemaphore(1)
_waiting = threading.BoundedSemaphore(1 + WAITING)


@contextmanager
def turn() -> Iterator[None]:
    """One's turn at the password check. Refused when too many want to sign in at this moment."""
    busy = Refused(_("现在登录的人太多。请等几秒钟再点一次「登录」。"), code="busy")
    if not _waiting.acquire(blocking=False):
        raise busy
    try:
        if not _checking.acquire(timeout=PATIENCE):
            raise busy
        try:
            yield
        finally:
            _checking.release()
    finally:
        _waiting.release()


def login_name(mine: Mine, number: str) -> str:
    """The name under which wrong passwords are counted: mine and number, in one spelling."""
    return f"{mine.code}/{compact(number)}"


class NumberBackend(ModelBackend):
    """Knows a person by mine and employee number."""

    def authenticate(  # type: ignore[override]
        self, request: Any, username: str | None = None, password: str | None = None, **_more: object
    ) -> Person | None:
        """The person, when number and password fit. An unknown number costs as much time as a wrong password.

        Refused when the one-time password is too old, or too many sign in at once.
        """
        if not username or not password or len(password) > PASSWORD_LONGEST:
            return None
        code, _sep, number = username.partition("/")
        person = (
            Person.objects.select_related("mine", "unit").filter(mine__code=code, number=number, is_active=True).first()
        )
        with turn():
            if person is None:
                make_password(password)
                return None
            if not person.check_password(password):
                return None
        if _too_old(person):
            raise Refused(
                _("这个一次性密码发出已超过 %(n)d 天，不能再用。请找班组长、区队长或系统管理员重置密码。")
                % {"n": ONE_TIME_DAYS},
                code="too_old",
            )
        return person

    def get_user(self, user_id: Any) -> Person | None:
        """The signed-in person with mine and unit, in one statement; None once he has left."""
        return one_of(Person.objects.select_related("mine", "unit").filter(id=user_id, is_active=True))


def _too_old(person: Person) -> bool:
    """Whether this is a one-time password that was not used in its time."""
    at = person.password_changed_at
    return person.must_change_password and at is not None and clock.now() - at > timedelta(days=ONE_TIME_DAYS)


def minutes_locked(username: str, address: str) -> int:
    """For how many minutes more this person can't try from this address; at least one."""
    last = AccessAttempt.objects.filter(username=username, ip_address=address or None).order_by("-attempt_time").first()
    wait = timedelta(hours=settings.AXES_COOLOFF_TIME)
    left = last.attempt_time + wait - clock.now() if last else wait
    return max(1, -(-int(left.total_seconds()) // 60))


def leave(request: Any) -> None:
    """End the session: no device any more, and nothing that was said to this person is shown to the next one."""
    forget(request.session.session_key)
    list(messages.get_messages(request))
    logout(request)


def remember(person: Person, *, session_key: str, agent: str, address: str, shared: bool) -> None:
    """Note a signed-in session, so that the person can see and end it."""
    SignIn.objects.update_or_create(
        session_key=session_key,
        defaults={
            "person": person,
            "device": device_name(agent),
            "address": address or None,
            "shared_device": shared,
            "signed_in_at": clock.now(),
            "last_seen_at": clock.now(),
        },
    )


def forget(session_key: str | None) -> None:
    """A session that has ended is no device any more."""
    SignIn.objects.filter(session_key=session_key).delete()


def seen(session_key: str | None) -> None:
    """The session is in use."""
    SignIn.objects.filter(session_key=session_key).update(last_seen_at=clock.now())


_SYSTEMS = (("HarmonyOS", "鸿蒙"), ("Android", "安卓"), ("iPhone", "iPhone"), ("iPad", "iPad"), ("Windows", "Windows"),
            ("Macintosh", "Mac"), ("Linux", "Linux"))  # fmt: skip
_BROWSERS = (("wxwork", "企业微信"), ("MicroMessenger", "微信"), ("DingTalk", "钉钉"), ("Edg", "Edge"), ("Firefox", "Firefox"),
             ("Chrome", "Chrome"), ("Safari", "Safari"))  # fmt: skip


def device_name(agent: str) -> str:
    """A browser's long name as a person would say it: 安卓 · 微信."""
    system = next((label for mark, label in _SYSTEMS if mark in agent), "")
    browser = next((label for mark, label in _BROWSERS if mark in agent), "")
    return " · ".join(filter(None, [system, browser])) or "其他设备"


def keep_only(person: Person, session_key: str) -> None:
    """After a new password the other sessions are dead; this one goes on, under its new key."""
    from kuangdeng.org.services._steps import drop_sessions

    keys = SignIn.objects.filter(person=person).exclude(session_key=session_key).values_list("session_key", flat=True)
    drop_sessions(keys)
