"""Queues: what somebody works through one after the other, and the boards of those who watch."""

from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET

from kuangdeng.hazards import services
from kuangdeng.hazards.forms import GradeForm, QuarantineForm, ReasonForm
from kuangdeng.hazards.queries import page, work
from kuangdeng.hazards.queries.similar import hints_of
from kuangdeng.hazards.queries.summary import DAYS, FIGURES, unit_summary
from kuangdeng.hazards.registers import due_of, grade_chip, state_chip
from kuangdeng.kernel.errors import Refused
from kuangdeng.kernel.web import put_refusal
from kuangdeng.org.api import me, need_power


@require_GET
def triage(request: HttpRequest) -> HttpResponse:
    """待定级: one after the other, with photos, hints and what may be the same."""
    by = me(request)
    need_power(by, "hazard.grade")
    queue = work.to_grade(by)
    asked = request.GET.get("at", "")
    at = next((i for i, one in enumerate(queue) if str(one.id) == asked), 0)
    words: dict[str, object] = {"queue": queue, "total": len(queue)}
    if queue:
        hazard = queue[at]
        hints = hints_of(hazard, by=by)
        words |= {
            "hazard": hazard,
            "position": at + 1,
            "previous": queue[at - 1] if at else None,
            "following": queue[at + 1] if at + 1 < len(queue) else None,
            "form": GradeForm(by=by, hazard=hazard, hints=hints),
            "side": page.beside(hazard),
            "hints": hints,
        }
    return render(request, "hazards/triage.html", words)


@require_GET
def extensions(request: HttpRequest) -> HttpResponse:
    """延期审批: what waits for this person's word, and what his own unit asked for."""
    by = me(request)
    need_power(by, "hazard.approve_extension", "hazard.request_extension")
    waiting = page.extensions_of(by)
    for row in waiting:
        row.typed = request.session.pop(f"refuse:{row.extension.id}", "")  # type: ignore[attr-defined]
    words = {"waiting": waiting, "asked": work.extensions_asked(by), "form": ReasonForm(by=by)}
    return render(request, "hazards/extensions.html", words)


@require_GET
def supervision(request: HttpRequest) -> HttpResponse:
    """督办: major, under supervision, proposed for it; the late ones first."""
    by = me(request)
    need_power(by, "hazard.supervise")
    groups: dict[str, list[dict[str, object]]] = {"major": [], "supervised": [], "proposed": []}
    rows = work.watched(by)
    for row in rows:
        one = row.hazard
        chips = {"grade": grade_chip(one), "state": state_chip(one), "due": due_of(one)}
        groups[row.kind].append({"hazard": one, "late": row.late, **chips})
    late = sum(row.late for row in rows)
    return render(request, "hazards/supervision.html", {"groups": groups, "total": len(rows), "late": late})


@require_GET
def quarantine(request: HttpRequest) -> HttpResponse:
    """重号待核: captures that came under a number that was taken."""
    by = me(request)
    need_power(by, "hazard.grade")
    return render(request, "hazards/quarantine.html", {"rows": list(work.aside(by)[:100])})


def quarantined(request: HttpRequest, quarantine_id: UUID) -> HttpResponse:
    """One such capture beside the report that was first; a person decides."""
    by = me(request)
    aside = page.get_aside(quarantine_id, by=by)
    form = QuarantineForm(request.POST or None, by=by)
    if request.method == "POST" and form.is_valid():
        as_new = form.cleaned_data["decision"] == "report"
        try:
            hazard = services.decide_quarantine(aside.id, as_new=as_new, note=form.cleaned_data["note"], by=by)
        except Refused as refusal:
            put_refusal(form, refusal)
        else:
            messages.success(request, aside_done(as_new, hazard.number))
            return redirect("hazards:quarantine")
    status = 422 if form.is_bound else 200
    return render(request, "hazards/quarantined.html", {"aside": aside, "form": form}, status=status)


def aside_done(as_new: bool, number: str) -> str:
    """What the decision led to."""
    from django.utils.translation import gettext as _

    return (_("已另立为 %s，等定级。") if as_new else _("已保留先来的 %s。")) % number


@require_GET
def summary(request: HttpRequest) -> HttpResponse:
    """各单位情况: unit by unit, each figure leading to the hazards that it counts."""
    by = me(request)
    need_power(by, "hazard.see_all", "hazard.sign")
    list_url = reverse("hazards:list")
    lines = [
        {
            "unit": line.unit,
            "rate": line.timely_rate,
            "finished": line.finished,
            "cells": [
                {
                    "count": getattr(line, figure.name),
                    "late": figure.name == "overdue",
                    "url": f"{list_url}?{urlencode({'unit': line.unit.id})}&{figure.query}",
                }
                for figure in FIGURES
            ],
        }
        for line in unit_summary(by)
    ]
    return render(request, "hazards/summary.html", {"lines": lines, "figures": FIGURES, "days": DAYS})
