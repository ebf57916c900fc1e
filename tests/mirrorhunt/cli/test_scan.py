"""`mirrorhunt scan`: what is printed, what is stored, and how it ends."""

import gzip
import io
import json
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path

import pytest
from sqlalchemy import Engine

from mirrorhunt.store import runs
from tests import stored
from tests.mirrorhunt.cli.conftest import Run

NAMES = b"unrelated.example\ncalcios2.example\nwww.calcios3.co.uk\nnewcalcios.example\n"


@pytest.fixture
def known(engine: Engine) -> None:
    """A network with one seed."""
    stored.begun(engine, "calcios1.example", network="calcio")


def written(tmp_path: Path, text: bytes, name: str = "new.txt") -> str:
    (tmp_path / name).write_bytes(text)
    return name


@pytest.mark.usefixtures("known")
def test_what_looks_alike_is_printed_and_stored(run: Run, tmp_path: Path, engine: Engine) -> None:
    ended = run("scan", written(tmp_path, NAMES), "--json")

    assert ended.code == 0
    assert [json.loads(line) for line in ended.out.splitlines()] == [
        {
            "host": host,
            "network": "calcio",
            "rule": "feed_label",
            "because": "its label is “calcios” as that of calcios1.example, "
            "digits and hyphens apart",
        }
        for host in ("calcios2.example", "calcios3.co.uk")
    ]
    assert ended.line == ("new.txt: 4 names in 4 lines; 2 look like 1 networks', 2 of them new")
    assert stored.counts(engine)["candidates"] == 2


@pytest.mark.usefixtures("known")
def test_a_scan_again_stores_nothing_twice(run: Run, tmp_path: Path, engine: Engine) -> None:
    file = written(tmp_path, NAMES)
    run("scan", file)
    before = stored.counts(engine)
    ended = run("scan", file)

    assert "0 of them new" in ended.err
    assert stored.counts(engine)["candidates"] == before["candidates"]
    assert stored.counts(engine)["hosts"] == before["hosts"]


@pytest.mark.usefixtures("known")
def test_a_dry_run_stores_nothing_and_waits_for_nobody(
    run: Run, tmp_path: Path, engine: Engine
) -> None:
    before = stored.everything(engine)
    with runs.lock(engine):
        ended = run("scan", written(tmp_path, NAMES), "--dry-run")

    assert ended.code == 0
    assert "calcios3.co.uk" in ended.out
    assert "nothing stored" in ended.line
    assert stored.everything(engine) == before


@pytest.mark.usefixtures("known")
def test_another_run_is_not_disturbed(run: Run, tmp_path: Path, engine: Engine) -> None:
    with runs.lock(engine):
        ended = run("scan", written(tmp_path, NAMES))

    assert ended.code == 4


@pytest.mark.usefixtures("known")
def test_junk_is_counted_by_kind_in_one_line(run: Run, tmp_path: Path) -> None:
    junk = b"\x00\xff\x01\nfilms\nfilms\na..example\n" + "🍿.example\n".encode() + b"x" * 300
    ended = run("scan", written(tmp_path, junk + b"\n" + NAMES))

    assert ended.code == 0
    assert ended.line.endswith(
        "; passed over: 2 one label, 1 binary, 1 empty label, 1 no host name, 1 too long"
    )


@pytest.mark.usefixtures("known")
def test_a_cut_file_counts_as_far_as_it_goes_and_says_so(run: Run, tmp_path: Path) -> None:
    packed = gzip.compress(NAMES + b"".join(b"name%d.example\n" % (n * n) for n in range(50_000)))
    ended = run("scan", written(tmp_path, packed[:-2000], "new.gz"))

    assert ended.code == 5
    assert "calcios2.example" in ended.out
    assert "degraded: new.gz was cut, its end is missing" in ended.err


@pytest.mark.usefixtures("known")
def test_a_feed_much_smaller_than_usual_is_said(run: Run, tmp_path: Path) -> None:
    run("scan", written(tmp_path, NAMES * 10, "new-1.txt"))
    ended = run("scan", written(tmp_path, NAMES, "new-2.txt"))

    assert ended.code == 5
    assert "new-2.txt has 4 names, where it usually has 40" in ended.err


@pytest.mark.usefixtures("known")
def test_a_protected_name_never_becomes_a_candidate(
    run: Run, tmp_path: Path, engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MIRRORHUNT_PROTECT", written(tmp_path, b"calcios2.example\n", "ours.txt"))
    ended = run("scan", written(tmp_path, NAMES), "--json")

    assert "calcios2.example" not in ended.out
    assert "1 protected or infrastructure" in ended.line
    assert stored.counts(engine)["candidates"] == 1


@pytest.mark.usefixtures("known")
def test_a_zone_file_is_seen_as_one(run: Run, tmp_path: Path) -> None:
    zone = b"$ORIGIN example.\nunrelated NS ns1.calcios9\ncalcios7 NS ns1\n calcios8 NS ns1\n"
    ended = run("scan", written(tmp_path, zone), "--json", "--dry-run")

    assert [json.loads(line)["host"] for line in ended.out.splitlines()] == ["calcios7.example"]


@pytest.mark.usefixtures("known")
def test_standard_input_is_read(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(NAMES)))
    ended = run("scan", "-", "--network", "calcio")

    assert ended.code == 0
    assert ended.err.startswith("standard input: 4 names")


@pytest.mark.usefixtures("known")
def test_a_scan_that_was_killed_and_started_again_has_the_same_candidates(
    run: Run, tmp_path: Path, engine: Engine
) -> None:
    rest = b"".join(b"name%d.example\n" % (n * n) for n in range(150_000))
    names = b"calcios2.example\n" + rest + b"calcios3.example\n"
    process = subprocess.Popen(
        [sys.executable, "-m", "mirrorhunt", "scan", "-"], stdin=subprocess.PIPE, cwd=tmp_path
    )
    assert process.stdin is not None
    with process.stdin as feed:
        feed.write(names[: len(names) // 2])
        feed.flush()
        # The feed has not ended: the process waits for more, and is killed in the middle.
        deadline = time.monotonic() + 90
        while stored.counts(engine)["candidates"] == 0 and time.monotonic() < deadline:
            with suppress(subprocess.TimeoutExpired):
                raise AssertionError(process.wait(0.05))
        process.kill()
        process.wait()
    ended = run("scan", written(tmp_path, names), "--json")

    assert "2 look like 1 networks', 1 of them new" in ended.line
    assert stored.counts(engine)["candidates"] == 2


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("gone.txt",), "cannot read 'gone.txt'"),
        ((".",), "cannot read '.'"),
        (("new.txt", "--network", "nobody"), "no network 'nobody'; there are: calcio"),
        (("new.zip",), "unpack it"),
    ],
    ids=["no file", "folder", "no network", "archive"],
)
@pytest.mark.usefixtures("known")
def test_what_cannot_be_scanned_is_one_line(
    arguments: tuple[str, ...], says: str, run: Run, tmp_path: Path
) -> None:
    written(tmp_path, NAMES)
    written(tmp_path, b"PK\x03\x04", "new.zip")
    ended = run("scan", *arguments)

    assert (ended.code, ended.out) == (2, "")
    assert says in ended.line


def test_without_networks_there_is_nothing_to_look_for(run: Run, tmp_path: Path) -> None:
    ended = run("scan", written(tmp_path, NAMES))

    assert ended.code == 2
    assert "`mirrorhunt hunt SEED`" in ended.line
