"""A backup taken while people work is a whole mine; restored somewhere empty it proves itself."""

from __future__ import annotations

import hashlib
import shutil
import subprocess
import tarfile
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from kuangdeng.config.tests.conftest import Installation, eventually
from kuangdeng.kernel.postgres import Cluster, database

pytestmark = [pytest.mark.breakage, pytest.mark.xdist_group("backup")]

WORK = """
import sys, os, hashlib
from itertools import count
from pathlib import Path
from kuangdeng.config.cli.base import mine
with mine():
    from django.conf import settings
    from django.db import transaction
    from kuangdeng.hazards import services
    from kuangdeng.hazards.rules import Status
    from kuangdeng.hazards.testkit import hazard_in
    from kuangdeng.kernel.models import StoredFile
    from kuangdeng.ledger.chain import seal_all
    from kuangdeng.org.testkit import make_cast
    cast = make_cast()
    hazard_in(Status.CLOSED, cast)
    for number in count():
        if number >= int(sys.argv[1]) and (len(sys.argv) < 3 or Path(sys.argv[2]).exists()):
            break
        content = os.urandom(3000) + str(number).encode()
        name = hashlib.sha256(content).hexdigest()
        folder = Path(settings.FILES_ROOT) / name[:2] / name[2:4]
        folder.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(content)
        StoredFile.objects.create(sha256=name, kind="image/jpeg", size=len(content))
        text = f"第 {number} 次：运输顺槽 3 号皮带机尾护罩缺失，\\\\t制表符和反斜杠 \\\\\\\\ 也要原样"
        services.report(data=services.ReportData(text=text, place_id=cast.places["gate"].id), by=cast.miner)
        if number % 10 == 0:
            seal_all()
        print(number, flush=True)
    seal_all()
"""


@pytest.fixture
def elsewhere(installation: Installation) -> Iterator[Installation]:
    """An empty folder to restore into."""
    other = Installation(installation.data.with_name("elsewhere"))
    yield other
    shutil.rmtree(other.data, ignore_errors=True)


@pytest.fixture(scope="module")
def taken(installation: Installation) -> Iterator[Path]:
    """A backup taken in the middle of a hundred and fifty reports or more, with a photo each."""
    import sys

    target = installation.data.with_name("backup.tar")
    cluster = Cluster(installation.data / "postgres").start()
    cluster.stop()
    with database(installation.data / "postgres"):
        said, enough = installation.data.with_name("said"), installation.data.with_name("enough")
        with said.open("w") as out:
            worker = subprocess.Popen(
                [sys.executable, "-c", WORK, "150", str(enough)],
                env=installation.environment,
                stdout=out,
                stderr=subprocess.PIPE,
            )
        assert eventually(lambda: len(said.read_text().splitlines()) >= 20 or worker.poll() is not None)
        assert worker.poll() is None, worker.stderr.read().decode() if worker.stderr else ""
        done = installation.run("backup", str(target))
        busy = worker.poll() is None
        enough.touch()
        assert worker.wait(120) == 0, worker.stderr.read().decode() if worker.stderr else ""
    assert done.returncode == 0, done.stderr
    assert busy, "the backup was to be taken while people work"
    yield target


def rows(installation: Installation, query: str) -> list[tuple[object, ...]]:
    with database(installation.data / "postgres") as cluster, psycopg.connect(cluster.address()) as connection:
        return connection.execute(query).fetchall()


def test_backup_under_load_restores_whole(installation: Installation, taken: Path, elsewhere: Installation) -> None:
    assert taken.stat().st_mode & 0o077 == 0
    done = elsewhere.run("restore", str(taken))
    assert done.returncode == 0, done.stderr

    proof = elsewhere.run("verify-ledger")
    assert proof.returncode == 0, proof.stdout + proof.stderr
    assert "台账完好" in proof.stdout

    entries = "select id, verb, subject_id, payload, digest, received_at from ledger_entry order by id"
    there, here = set(map(repr, rows(elsewhere, entries))), set(map(repr, rows(installation, entries)))
    assert 30 < len(there) < len(here)
    assert there < here, "what was backed up is what was written, byte for byte"

    hazards = "select id, text, status from hazards_hazard order by id"
    assert set(map(repr, rows(elsewhere, hazards))) <= set(map(repr, rows(installation, hazards)))
    orphans = (
        "select e.id from ledger_entry e left join hazards_hazard h on h.id::text = e.subject_id"
        " where e.subject_kind = 'hazard' and h.id is null"
    )
    assert rows(elsewhere, orphans) == []
    names = [str(row[0]) for row in rows(elsewhere, "select sha256 from kernel_storedfile")]
    assert len(names) > 15
    for name in names:
        content = (elsewhere.data / "files" / name[:2] / name[2:4] / name).read_bytes()
        assert hashlib.sha256(content).hexdigest() == name

    again = elsewhere.run("restore", str(taken))
    assert again.returncode == 1
    assert "已经有" in again.stderr
    assert rows(elsewhere, "select count(*) from org_mine") == [(1,)]


def test_restored_mine_goes_on(taken: Path, elsewhere: Installation) -> None:
    """Sequences stand where they stood, triggers are awake: the next report is numbered and sealed."""
    import sys

    assert elsewhere.run("restore", str(taken)).returncode == 0
    more = WORK.replace(
        "cast = make_cast()\n    hazard_in(Status.CLOSED, cast)",
        (
            "from kuangdeng.org.models import Mine, Person, Place\n"
            "    from types import SimpleNamespace\n"
            "    cast = SimpleNamespace(miner=Person.objects.get(number='1001'),"
            " places={'gate': Place.objects.filter(parent__isnull=False).first()})"
        ),
    )
    done = subprocess.run(
        [sys.executable, "-c", more, "3"], env=elsewhere.environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    proof = elsewhere.run("verify-ledger")
    assert proof.returncode == 0, proof.stderr
    with database(elsewhere.data / "postgres") as cluster, psycopg.connect(cluster.address()) as connection:
        with pytest.raises(psycopg.errors.IntegrityError, match="台账只能追加"):
            connection.execute("update ledger_entry set by_name = '别人'")


def test_changed_backup_is_refused_before_anything_is_written(taken: Path, elsewhere: Installation) -> None:
    broken = taken.with_name("broken.tar")
    with tarfile.open(taken) as archive:
        member = next(one for one in archive if one.name.startswith("files/"))
        place = member.offset_data + 100
    content = bytearray(taken.read_bytes())
    content[place] ^= 1
    broken.write_bytes(content)
    for words in (("restore", "--check", str(broken)), ("restore", str(broken))):
        done = elsewhere.run(*words)
        assert done.returncode == 1
        assert member.name in done.stderr
        assert "Traceback" not in done.stderr
    assert not (elsewhere.data / "files").exists()
    assert elsewhere.run("restore", "--check", str(taken)).returncode == 0


def test_half_a_backup_is_refused(taken: Path, elsewhere: Installation) -> None:
    half = taken.with_name("half.tar")
    half.write_bytes(taken.read_bytes()[: taken.stat().st_size // 2])
    done = elsewhere.run("restore", str(half))
    assert done.returncode == 1
    assert "备份" in done.stderr
    assert "Traceback" not in done.stderr


def test_backup_overwrites_nothing_and_keeps_the_last_ones(installation: Installation, taken: Path) -> None:
    assert installation.run("backup", str(taken)).returncode == 1
    folder = taken.with_name("nightly")
    folder.mkdir()
    for stamp in ("20260101-010101", "20260102-010101", "20260103-010101"):
        (folder / f"kuangdeng-{stamp}.tar").write_text("old")
    (folder / "somebody-elses.tar").write_text("not ours")
    assert installation.run("backup", str(folder), "--keep", "2").returncode == 0
    left = sorted(path.name for path in folder.iterdir())
    assert len(left) == 3
    assert "kuangdeng-20260103-010101.tar" in left
    assert "somebody-elses.tar" in left
    shutil.rmtree(folder)


def test_missing_photo_is_named_and_the_rest_is_saved(installation: Installation, taken: Path) -> None:
    name = str(rows(installation, "select sha256 from kernel_storedfile limit 1")[0][0])
    path = installation.data / "files" / name[:2] / name[2:4] / name
    content = path.read_bytes()
    path.unlink()
    try:
        target = taken.with_name("one-missing.tar")
        done = installation.run("backup", str(target))
        assert done.returncode == 1
        assert name in done.stderr
        assert target.exists()
    finally:
        path.write_bytes(content)
