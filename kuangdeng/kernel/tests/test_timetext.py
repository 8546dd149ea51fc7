"""Time as people at the mine say it; the table is shared with the browser's own version."""

import json
import shutil
import subprocess
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from django.utils import timezone

from kuangdeng.kernel import clock, timetext
from kuangdeng.kernel.templatetags import kd

NOW = timezone.make_aware(datetime(2026, 11, 22, 14, 30))
FRONTEND = Path(__file__).parents[3] / "frontend"


def at(text: str) -> datetime:
    return timezone.make_aware(datetime.fromisoformat(text))


SAID = [
    ("2026-11-22 14:20", "今天 14:20"),
    ("2026-11-22 00:00", "今天 00:00"),
    ("2026-11-21 23:59", "昨天 23:59"),
    ("2026-11-20 08:00", "前天 08:00"),
    ("2026-11-23 08:00", "明天 08:00"),
    ("2026-11-19 08:00", "11月19日 08:00"),
    ("2025-11-22 08:05", "2025年11月22日 08:05"),
]


@pytest.mark.parametrize(("moment", "words"), SAID)
def test_said(moment: str, words: str) -> None:
    assert timetext.said(at(moment), NOW) == words


def test_said_with_a_shift_names_the_shift() -> None:
    assert timetext.said(at("2026-11-21 23:00"), NOW, "夜班") == "昨天 夜班"


def test_today_is_the_mines_day_not_the_servers() -> None:
    late_utc = datetime(2026, 11, 21, 16, 30, tzinfo=UTC)  # 00:30 on the 22nd at the mine
    assert timetext.said(late_utc, NOW) == "今天 00:30"


def test_a_plain_date_has_no_time_of_day() -> None:
    assert timetext.said(date(2026, 11, 22), NOW) == "今天"
    assert timetext.full(date(2026, 1, 2)) == "2026年1月2日"


CLOCKS = [
    (timedelta(hours=5, minutes=30), "还剩 5 小时", "soon"),
    (timedelta(minutes=20), "还剩 20 分钟", "soon"),
    (timedelta(hours=30), "还剩 30 小时", "plain"),
    (timedelta(days=3), "还剩 3 天", "plain"),
    (timedelta(0), "已超 1 分钟", "late"),
    (timedelta(hours=-47), "已超 47 小时", "late"),
    (timedelta(days=-2), "已超 2 天", "late"),
    (timedelta(days=-100), "已超 3 个月", "late"),
    (timedelta(days=-800), "已超 2 年", "late"),
]


@pytest.mark.parametrize(("left", "words", "tone"), CLOCKS)
def test_clock(left: timedelta, words: str, tone: str) -> None:
    assert timetext.clock(NOW + left, NOW) == words
    assert timetext.clock_tone(NOW + left, NOW) == tone


def test_age() -> None:
    assert timetext.age(NOW - timedelta(seconds=20), NOW) == "刚刚"
    assert timetext.age(NOW - timedelta(minutes=40), NOW) == "40 分钟"


def test_filters_carry_the_full_stamp_for_hovering() -> None:
    with clock.set_to(NOW):
        html = kd.said(at("2026-11-21 23:00"), "夜班")
        live = kd.clock(NOW - timedelta(days=2))
    assert 'title="2026年11月21日 23:00"' in html
    assert 'datetime="2026-11-21T23:00+08:00"' in html
    assert ">昨天 夜班<" in html
    assert "late-text" in live
    assert 'data-rel="clock"' in live
    assert kd.said(None) == ""


@pytest.mark.skipif(
    not shutil.which("node") or not (FRONTEND / "node_modules/esbuild").exists(), reason="front end not installed"
)
def test_the_browser_says_the_same(tmp_path: Path) -> None:
    """One table for both languages, so that a page that stays open does not change its words."""
    script = tmp_path / "check.mjs"
    cases = [(at(m).isoformat(timespec="minutes"), w) for m, w in SAID]
    spans = [((NOW + left).timestamp(), w) for left, w, _tone in CLOCKS]
    stub = (
        "globalThis.document={addEventListener(){},querySelector(){return null},getElementById(){return null},"
        "querySelectorAll(){return []}};globalThis.window={setInterval(){},setTimeout(){}};"
    )
    subprocess.run(
        ["npx", "esbuild", "src/ts/time.ts", "--bundle", "--format=esm", f"--outfile={tmp_path / 'time.mjs'}"],
        cwd=FRONTEND,
        check=True,
        capture_output=True,
    )
    script.write_text(
        stub + "const t=await import('./time.mjs');const now=" + str(NOW.timestamp()) + ";"
        "console.log(JSON.stringify([" + json.dumps(cases) + ".map(c=>t.said(c[0],now)),"
        + json.dumps(spans) + ".map(c=>t.clock(c[0],now))]))"
    )  # fmt: skip
    out = subprocess.run(["node", str(script)], check=True, capture_output=True, text=True).stdout
    assert json.loads(out) == [[w for _m, w in SAID], [w for _l, w, _t in CLOCKS]]
