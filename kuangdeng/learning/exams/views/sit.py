"""答题: the door of the hall, the page of a sitting, and the lane on which its answers come in.

Who sits at a hall PC has not signed in: number and code open his own sitting and nothing else. The browser carries a
pass for this one sitting; every answer is written under it without asking who is signed in.
"""

from dataclasses import replace
from functools import cache as cache_for_good
from typing import Any
from uuid import UUID

from django.contrib.auth.decorators import login_not_required
from django.core.cache import cache
from django.http import FileResponse, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from kuangdeng.kernel.clock import now
from kuangdeng.kernel.errors import NotVisible, Refused
from kuangdeng.kernel.ids import uuid7
from kuangdeng.kernel.language import in_chinese
from kuangdeng.kernel.middleware import client_address
from kuangdeng.kernel.offline import worker_script
from kuangdeng.kernel.web import photo_answer, worker_answer
from kuangdeng.learning.exams import queries, recording, services, sheet
from kuangdeng.learning.exams.models import Sitting
from kuangdeng.learning.exams.rules import ENDED, SAT_LABELS, Sat
from kuangdeng.learning.exams.views.common import HERE
from kuangdeng.learning.exams.views.passes import PASS, PASS_LASTS, device_of, pass_for
from kuangdeng.org.api import me

MACHINE = "kuangdeng_pc"
OPEN = "X-Sitting"
"""By this header the browser's worker knows an open paper from everything else; only that it keeps."""
TRIES, TRIES_IN = 40, 600
"""Wrong codes that one address may type within so many seconds; a hall of PCs may share one address."""


# The pass -------------------------------------------------------------------------------------------------------------


def let_sit(request: HttpRequest, response: HttpResponse, sitting: Sitting) -> HttpResponse:
    """Give this browser the pass for one sitting."""
    device = machine(request)
    path = reverse("learning:sit", args=[sitting.id])
    response.set_cookie(
        PASS, pass_for(str(sitting.id), device), max_age=PASS_LASTS, path=path, httponly=True, samesite="Strict",
        secure=request.is_secure(),
    )  # fmt: skip
    response.set_cookie(
        MACHINE, device, max_age=60 * 60 * 24 * 400, httponly=True, samesite="Lax", secure=request.is_secure()
    )
    return response


def machine(request: HttpRequest) -> str:
    """The name under which this browser is known in the log: made once, it tells nothing of its owner."""
    known = request.COOKIES.get(MACHINE, "")
    return known if known.isalnum() and len(known) == 16 else uuid7().hex[-16:]


def _pass(request: HttpRequest, sitting_id: UUID) -> str | None:
    return device_of(request.COOKIES.get(PASS, ""), str(sitting_id))


# The door -------------------------------------------------------------------------------------------------------------


@login_not_required
@never_cache
@require_http_methods(["GET", "POST"])
def door(request: HttpRequest) -> HttpResponse:
    """考场入口: employee number and the hall's code, then "are you he?", then begin or go on."""
    number, code = request.POST.get("number", "").strip(), request.POST.get("code", "").strip().replace(" ", "")
    words: dict[str, Any] = {"number": number, "code": code}
    if request.method == "POST":
        try:
            words["sitting"] = sitting = _at_door(request, number, code)
            words["said"] = _door_words(sitting)
            if request.POST.get("do") == "begin":
                return _enter(request, sitting)
        except Refused as refusal:
            words |= {"wrong": str(refusal), "sitting": None if refusal.code == "unknown" else words.get("sitting")}
    return render(request, f"{HERE}/door.html", words)


def _at_door(request: HttpRequest, number: str, code: str) -> Sitting:
    key = f"exam-door:{client_address(request)}"
    if cache.get(key, 0) >= TRIES:
        raise Refused(_("这里输错的次数太多。请过十分钟再试，或请监考换考场码。"), code="unknown")
    sitting = queries.at_door(None, code, number)
    if sitting is None:
        cache.add(key, 0, TRIES_IN)
        cache.incr(key)
        raise Refused(_("工号或考场码不对，或者名单里没有您。请看清楚再输一次，还不行就问监考。"), code="unknown")
    return sitting


def _door_words(sitting: Sitting) -> dict[str, Any]:
    left = int((sitting.ends_at - now()).total_seconds() // 60) if sitting.ends_at else 0
    return {
        "state": SAT_LABELS[sitting.status],
        "waits": sitting.status == Sat.WAITING,
        "goes_on": sitting.status == Sat.SITTING,
        "ended": sitting.status in ENDED,
        "minutes_left": max(0, left),
        "early": sitting.status == Sat.WAITING and now() < sitting.exam.opens_at,
    }


def _enter(request: HttpRequest, sitting: Sitting) -> HttpResponse:
    """Begin, or go on where he was; either way this browser gets the pass."""
    if sitting.status == Sat.WAITING:
        services.start(sitting.id, by=sitting.person, device=machine(request), address=client_address(request))
    elif sitting.status == Sat.SITTING:
        services.resume(sitting.id, by=sitting.person, device=machine(request), address=client_address(request))
    return let_sit(request, redirect("learning:sit", sitting.id), sitting)


@require_POST
def begin(request: HttpRequest, sitting_id: UUID) -> HttpResponse:
    """开始答题 with one's own account, on the phone or anywhere."""
    sitting = queries.own_sitting(sitting_id, by=me(request))
    if not sitting.exam.by_sign_in:
        raise Refused(_("这场考试只能在考场的电脑上答。请到考场用工号和考场码进入。"), code="hall_only")
    return _enter(request, sitting)


@require_POST
def practise(request: HttpRequest, exam_id: UUID) -> HttpResponse:
    """开始练习."""
    by = me(request)
    sitting = services.practise(exam_id, by=by, device=machine(request), address=client_address(request))
    return let_sit(request, redirect("learning:sit", sitting.id), sitting)


# The page -------------------------------------------------------------------------------------------------------------


@login_not_required
@never_cache
@require_GET
def sit(request: HttpRequest, sitting_id: UUID) -> HttpResponse:
    """答题页: the whole paper at once, so that a cut line stops nobody; ended, it says so."""
    sitting = queries.sitting_at(sitting_id)
    if sitting is None:
        raise NotVisible
    if _pass(request, sitting_id) is None:
        mine = request.user.is_authenticated and sitting.person_id == me(request).id
        return redirect("learning:my_exam", sitting.id) if mine else redirect("learning:exam_door")
    if sitting.status != Sat.SITTING:
        return _over(request, sitting)
    words = {"sitting": sitting, "exam": sitting.exam, "data": sheet.page_of(sitting)}
    response = render(request, f"{HERE}/sit.html", words)
    response[OPEN] = "open"
    return response


def _over(request: HttpRequest, sitting: Sitting) -> HttpResponse:
    """交卷后: what was kept, and the score if the exam shows it at once."""
    result = sitting.result
    answered = sum(line["a"] is not None for line in result.lines) if result else 0
    shows = sitting.exam.shows_score and sitting.score is not None and sitting.passed is not None
    words = {"sitting": sitting, "exam": sitting.exam, "answered": answered, "shows": shows,
             "items": len(result.lines) if result else 0, "void": sitting.status == Sat.VOID}  # fmt: skip
    return render(request, f"{HERE}/over.html", words)


@login_not_required
@require_GET
def away(request: HttpRequest) -> HttpResponse:
    """没有网络: what stands in place of a sitting that the device has not kept. The worker keeps this page beforehand."""
    return render(request, f"{HERE}/away.html")


@login_not_required
@require_GET
def worker(request: HttpRequest) -> HttpResponse:
    """The script that keeps the page of a sitting on the device while it lasts; its address bounds it to sittings."""
    return worker_answer(_worker())


@cache_for_good
def _worker() -> bytes:
    with in_chinese():
        said = render_to_string(f"{HERE}/away.html")
    files = ("build/favicon.svg", "build/kd.css")
    return worker_script(
        "build/exam-sw.js", prefix="kd-away-", page=reverse("learning:sit_away"), said=said, files=files
    )


@login_not_required
@never_cache
@require_GET
def state(request: HttpRequest, sitting_id: UUID) -> HttpResponse:
    """What another page of the same person has written meanwhile."""
    sitting = queries.sitting_at(sitting_id) if _pass(request, sitting_id) else None
    if sitting is None or sitting.started_at is None:
        return _no_pass()
    return JsonResponse(sheet.state_of(sitting))


@login_not_required
@require_GET
def picture(request: HttpRequest, sitting_id: UUID, sha256: str) -> HttpResponse | FileResponse:
    """A picture of an item on this person's paper."""
    sitting = queries.sitting_at(sitting_id) if _pass(request, sitting_id) else None
    if sitting is None or sitting.form is None or not sheet.shows_picture(sitting, sha256):
        raise NotVisible
    return photo_answer(sha256, thumb=False)


# The lane -------------------------------------------------------------------------------------------------------------


def _no_pass() -> JsonResponse:
    return JsonResponse({"said": _("请重新用工号进入考试。答案都在这台设备里，不会丢。"), "pass": False}, status=403)


def _take(request: HttpRequest, sitting_id: UUID) -> recording.Kept | JsonResponse:
    """Write what the page sends; a response when it cannot be written."""
    device = _pass(request, sitting_id)
    if device is None:
        return _no_pass()
    sent = recording.read(request.body) if recording.is_ours(request.META) else None
    if sent is None:
        return JsonResponse({"said": _("发来的内容不对，没有保存。请刷新页面。")}, status=400)
    answers, happened = sent
    kept = request.META.get(recording.WRITTEN) or recording.keep(
        sitting_id, answers=answers, device=device, address=client_address(request), happened=happened
    )
    if kept is None:
        return _no_pass()
    if kept.status in ENDED and answers:
        _take_late(sitting_id)
    return kept


def _take_late(sitting_id: UUID) -> None:
    """Answers of a cut line came in after the hand-in: mark again. It may have been done already."""
    sitting = queries.sitting_at(sitting_id)
    if sitting is not None:
        try:
            services.take_late(sitting_id, mine_id=sitting.exam.mine_id)
        except Refused:
            return


@csrf_exempt
@login_not_required
@require_POST
def save(request: HttpRequest, sitting_id: UUID) -> HttpResponse:
    """保存: one statement. A forged form cannot send this: the pass travels to our own pages only, and as JSON.

    What is as it should be does not come here but goes by `lane.AnswersFirst`.
    """
    kept = _take(request, sitting_id)
    return kept if isinstance(kept, JsonResponse) else JsonResponse(kept.said())


@csrf_exempt
@login_not_required
@require_POST
def hand_in(request: HttpRequest, sitting_id: UUID) -> HttpResponse:
    """交卷, with whatever was not sent yet. Twice is once."""
    kept = _take(request, sitting_id)
    if isinstance(kept, JsonResponse):
        return kept
    if kept.status == Sat.SITTING:
        person = queries.sitter(sitting_id)
        assert person is not None
        try:
            sitting = services.hand_in(sitting_id, by=person)
            kept = replace(kept, status=str(sitting.status))
        except Refused as refusal:
            if refusal.code not in ("handed_in", "wrong_state"):
                raise
    return JsonResponse(kept.said())
