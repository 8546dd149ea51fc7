"""Photos on the wire: PUT by sha256, seen only through the hazard."""

from datetime import timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from kuangdeng.hazards.api import HazardPhoto, ReportData, decide_quarantine, report
from kuangdeng.hazards.models import Quarantine
from kuangdeng.hazards.testkit import TEXT
from kuangdeng.kernel import files
from kuangdeng.kernel.ids import uuid7
from kuangdeng.kernel.models import Upload
from kuangdeng.kernel.testkit.photos import photo
from kuangdeng.ledger.api import Entry
from kuangdeng.org.api import Person
from kuangdeng.org.testkit import Cast, browser_of, make_cast
from kuangdeng.web.testkit import Program

pytestmark = pytest.mark.django_db
PHOTO = photo(maker="SomePhone")
NAME = sha256(PHOTO).hexdigest()


@pytest.fixture(autouse=True)
def store(settings: Any, tmp_path: Path) -> None:
    settings.FILES_ROOT = tmp_path / "files"


@pytest.fixture
def cast() -> Cast:
    return make_cast()


def put(person: Person, content: bytes = PHOTO, name: str = NAME, path: str = "/photos/") -> Any:
    return Program(person).send("PUT", f"{path}{name}", content, "image/jpeg")


def test_put_says_what_is_held_and_may_be_repeated(cast: Cast) -> None:
    program = Program(cast.miner)
    assert program.send("HEAD", f"/photos/{NAME}").status_code == 404
    answers = [put(cast.miner) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [201, 200]
    assert answers[0].json() == answers[1].json()
    assert (answers[0].json()["sha256"], answers[0].json()["size"], answers[0].json()["held"]) == (
        NAME,
        len(PHOTO),
        True,
    )
    assert program.send("HEAD", f"/photos/{NAME}").status_code == 200
    assert Program(cast.team_leader).send("HEAD", f"/photos/{NAME}").status_code == 404


def test_put_is_refused_in_words(cast: Cast) -> None:
    for content, name, status, words in [
        (PHOTO, "xyz", 422, "sha256"),
        (PHOTO, "0" * 64, 422, "不符"),
        (b"", sha256(b"").hexdigest(), 411, "长度"),
        (b"text", sha256(b"text").hexdigest(), 422, "不是能识别的照片"),
    ]:
        answer = put(cast.miner, content, name)
        assert (answer.status_code, words in answer.json()["message"]) == (status, True)
    assert Upload.objects.count() == 0


def test_a_page_puts_with_its_csrf_token(cast: Cast) -> None:
    browser = Client(enforce_csrf_checks=True)
    assert browser.put(f"/photos/{NAME}", PHOTO).status_code == 401
    browser.force_login(cast.miner)
    assert browser.put(f"/photos/{NAME}", PHOTO).status_code == 403
    browser.cookies["kuangdeng_csrf"] = "x" * 32
    assert browser.put(f"/photos/{NAME}", PHOTO, HTTP_X_CSRFTOKEN="x" * 32).status_code == 201
    assert browser.head(f"/photos/{NAME}").status_code == 200
    assert browser.get(f"/photos/{NAME}?size=thumb").headers["Content-Type"] == "image/jpeg"
    assert browser.post(f"/photos/{NAME}").status_code == 405
    assert browser_of(cast.team_leader).get(f"/photos/{NAME}").status_code == 404


def test_a_photo_is_seen_through_its_hazard_by_those_who_see_that(cast: Cast) -> None:
    put(cast.miner)
    hazard = report(data=ReportData(text=TEXT, photos=[NAME]), by=cast.miner).hazard
    kept = HazardPhoto.objects.get().file_id
    assert kept != NAME
    url = Program(cast.miner).get(f"/hazards/{hazard.id}").json()["photos"][0]["url"]
    for part, status in [
        ("miner", 200),
        ("safety", 200),
        ("unit_head", 200),
        ("other_miner", 404),
        ("other_head", 404),
    ]:
        answer = browser_of(cast.persons[part]).get(url)
        assert (part, answer.status_code) == (part, status)
    answer = browser_of(cast.safety).get(url + "?size=thumb")
    assert "private" in answer.headers["Cache-Control"] and "immutable" in answer.headers["Cache-Control"]
    assert b"SomePhone" not in b"".join(answer.streaming_content)
    assert browser_of(cast.safety).get(f"/photos/{kept}").status_code == 404
    other = report(data=ReportData(text=TEXT), by=cast.other_miner).hazard
    assert browser_of(cast.other_miner).get(f"/hazards/{other.id}/photos/{kept}").status_code == 404


def test_a_program_sees_photos_too(cast: Cast) -> None:
    put(cast.miner)
    report(data=ReportData(text=TEXT, photos=[NAME]), by=cast.miner)
    program = Program(cast.safety)
    url = program.get("/hazards").json()["items"][0]["photos"][0]["url"]
    answer = Client().get(url, HTTP_AUTHORIZATION=f"Bearer {program.secret}")
    assert answer.status_code == 200
    assert Client().get(url, HTTP_AUTHORIZATION=f"Bearer {Program(cast.other_miner).secret}").status_code == 404


def test_nobody_attaches_anothers_photo_by_its_name(cast: Cast) -> None:
    put(cast.miner)
    answer = Program(cast.other_miner).post("/hazards", {"id": str(uuid7()), "text": TEXT, "photos": [NAME]})
    assert (answer.status_code, answer.json()["code"]) == (422, "photo_missing")
    put(cast.other_miner)
    answer = Program(cast.other_miner).post("/hazards", {"id": str(uuid7()), "text": TEXT, "photos": [NAME]})
    assert answer.status_code == 201


def test_the_photo_of_an_anonymous_report_leads_to_nobody(cast: Cast) -> None:
    put(cast.miner)
    body = {"id": str(uuid7()), "text": TEXT, "photos": [NAME], "anonymous": True}
    program = Program(cast.miner)
    assert program.post("/hazards", body).status_code == 201
    assert HazardPhoto.objects.get().added_by is None
    assert Upload.objects.count() == 0
    assert program.post("/hazards", body).status_code == 202
    assert {(entry.by_id, entry.by_name) for entry in Entry.objects.all()} == {(None, "")}


def test_the_photos_of_an_anonymous_report_come_through_quarantine(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    """They lose their sender when they are put aside, and are still there when a person makes a report of them."""
    program, other = Program(cast.miner), photo(colour=(10, 10, 90))
    name = sha256(other).hexdigest()
    first = {"id": str(uuid7()), "text": TEXT, "anonymous": True}
    second = {**first, "text": "同一编号，另一处锚索断丝", "photos": [name]}
    assert program.post("/hazards", first).status_code == 201
    assert program.post("/hazards", second).json()["code"] == "photo_missing"
    kept = put(cast.miner, other, name).json()
    assert [program.post("/hazards", second).status_code for _ in range(2)] == [409, 409]
    assert Upload.objects.count() == 0
    aside = Quarantine.objects.get()
    assert (aside.by, name in str(aside.content)) == (None, False)
    put(cast.safety, other, name)
    monkeypatch.setattr(files, "CLAIM_LASTS", timedelta(0))
    assert files.sweep() == 0
    hazard = decide_quarantine(aside.id, as_new=True, by=cast.safety)
    tied = HazardPhoto.objects.get(hazard=hazard)
    assert (hazard.anonymous, hazard.reporter, tied.added_by) == (True, None, None)
    assert files.path_of(tied.file_id).exists() and kept["held"]
