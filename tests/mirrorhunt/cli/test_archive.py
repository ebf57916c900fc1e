"""`mirrorhunt archive`: what it says, and its exit codes."""

import json
from dataclasses import replace
from hashlib import sha256
from pathlib import Path

import pytest
from sqlalchemy import Engine

from mirrorhunt.archive.captures import capture_of
from mirrorhunt.archive.vault import Vault
from mirrorhunt.model import Verdict
from mirrorhunt.rendering import Capture
from tests import stored
from tests.mirrorhunt.archive.test_foreign import entry, har
from tests.mirrorhunt.cli.conftest import Run

HOST = "films2.example"


@pytest.fixture
def vault(engine: Engine) -> Vault:
    """The vault that belongs to the database."""
    assert engine.url.database
    return Vault(Path(engine.url.database).with_name("mirrorhunt-archive"), 10_000_000)


@pytest.fixture
def kept(engine: Engine, vault: Vault) -> Capture:
    """One capture of a host that stands."""
    hunting = stored.begun(engine)
    stored.proposed(engine, hunting, HOST)
    visit = stored.look(HOST)
    capture = capture_of(visit, vault, reason="probable")
    stored.looked(engine, hunting, replace(visit, capture=capture))
    stored.concluded(engine, hunting, stored.judgement(HOST, Verdict.PROBABLE))
    return capture


def test_what_is_kept_is_listed(run: Run, kept: Capture) -> None:
    ended = run("archive", "list", f"www.{HOST}", "--json")

    [said] = map(json.loads, ended.out.splitlines())
    assert (ended.code, said["host"], said["reason"]) == (0, HOST, "probable")
    assert said["files"][0]["digest"] == kept.files[0].digest
    assert kept.files[0].digest in run("archive", "list", HOST).out


@pytest.mark.parametrize("command", ["list", "extract"])
def test_a_host_of_which_nothing_is_kept_is_one_line(run: Run, command: str) -> None:
    more = ["-o", "x"] if command == "extract" else []
    ended = run("archive", command, "films9.example", *more)

    assert (ended.code, ended.out) == (2, "")
    assert "nothing is kept of 'films9.example'" in ended.line


def test_a_file_is_extracted_by_its_digest(run: Run, kept: Capture, tmp_path: Path) -> None:
    digest = kept.files[0].digest
    ended = run("archive", "extract", digest.upper(), "-o", "one.warc.gz")

    assert ended.code == 0
    assert sha256((tmp_path / "one.warc.gz").read_bytes()).hexdigest() == digest
    # What is there is not written over by accident.
    assert run("archive", "extract", digest, "-o", "one.warc.gz").code == 2
    assert run("archive", "extract", digest, "-o", "one.warc.gz", "--force").code == 0
    assert sorted(p.name for p in tmp_path.glob(".*")) == []


def test_all_files_of_a_host_are_extracted(run: Run, kept: Capture, tmp_path: Path) -> None:
    assert run("archive", "extract", HOST, "-o", "films2").code == 0

    [file] = (tmp_path / "films2").iterdir()
    assert file.name == f"20261101T120000Z-warc-{kept.files[0].digest[:12]}.warc.gz"


def test_a_sound_archive_is_said_to_be(run: Run, kept: Capture) -> None:
    ended = run("archive", "check")

    assert (ended.code, ended.out) == (0, "")
    assert "1 captures" in ended.line
    assert "0 missing, 0 damaged, 0 unnamed" in ended.line


def test_each_fault_is_told_and_is_our_failure(run: Run, kept: Capture, vault: Vault) -> None:
    vault.path_of(kept.files[0].digest).write_bytes(b"changed")
    vault.put(b"nobody's")
    ended = run("archive", "check", "--json")

    assert ended.code == 1
    found = {(f["kind"], *f["hosts"]) for f in map(json.loads, ended.out.splitlines())}
    assert found == {("damaged", HOST), ("unnamed",)}
    vault.path_of(kept.files[0].digest).unlink()
    assert run("archive", "check").code == 1
    assert run("archive", "extract", HOST, "-o", "films2").code == 1


def test_what_nobody_names_is_no_failure(run: Run, kept: Capture, vault: Vault) -> None:
    vault.put(b"a row is on its way")

    assert run("archive", "check").code == 0


def test_pruning_says_what_it_does(
    run: Run, kept: Capture, vault: Vault, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MIRRORHUNT_ARCHIVE_DAYS", "1")
    dry = run("archive", "prune", "--dry-run", "--json")
    said = json.loads(dry.out)

    assert (dry.code, said["captures"], said["files"], said["dry_run"]) == (0, 1, 1, True)
    assert vault.holds(kept.files[0].digest)
    done = run("archive", "prune")
    assert done.code == 0
    assert "1 captures older than 1 days" in done.err
    assert list(vault.digests()) == []
    assert run("archive", "check").code == 0


def test_a_capture_is_brought_in_and_judged(run: Run, kept: Capture, tmp_path: Path) -> None:
    page = f"<title>Films</title>{'<p>Watch the match here. ' * 40}"
    page += "<a href='//films8.example/'>new</a> <a href='//films1.example/'>old</a>"
    (tmp_path / "mine.har").write_bytes(har(entry(f"https://{HOST}/", page)))
    arguments = ("archive", "import", "mine.har", "--host", HOST, "--author", "ann")
    ended = run(*arguments, "--reason", "my browser, Rome", "--at", "2026-10-30 10:00", "--json")

    assert ended.code == 0, ended.err
    said = json.loads(ended.out)
    assert (said["host"], said["network"], said["availability"]) == (HOST, "films", "live")
    assert said["at"] == "2026-10-30T10:00:00+00:00"
    assert said["observations"] > 0
    assert {f["role"] for f in said["files"]} == {"warc", "original"}
    assert (said["pointers"], said["new_candidates"]) == (2, ["films8.example"])
    again = run(*arguments, "--reason", "my browser, Rome")
    assert again.code == 0
    assert "candidates from now on" not in again.err
    assert "its state stays" in again.err
    assert len(run("archive", "list", HOST, "--json").out.splitlines()) == 3


def test_a_bad_file_is_one_line(run: Run, kept: Capture, tmp_path: Path) -> None:
    (tmp_path / "bad.har").write_text("{")
    ended = run("archive", "import", "bad.har", "--host", HOST, "--reason", "x")

    assert (ended.code, ended.out) == (2, "")
    assert "no HAR 1.2" in ended.line


def test_an_empty_archive_is_no_fault(run: Run) -> None:
    assert run("archive", "check").code == 0
    assert run("archive", "prune").code == 0
