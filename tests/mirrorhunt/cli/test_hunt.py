"""`mirrorhunt hunt`, as far as it comes without a network."""

from pathlib import Path

import pytest
from sqlalchemy import Engine

from mirrorhunt.store import runs
from tests import stored
from tests.mirrorhunt.cli.conftest import Run


@pytest.mark.parametrize(
    ("seed", "says"),
    [
        pytest.param("192.0.2.7", "is an address", id="address"),
        pytest.param("2001:db8::1", "is an address", id="IPv6"),
        pytest.param("https://films.example/a", "did you mean 'films.example'?", id="URL"),
        pytest.param("films", "is a suffix missing?", id="single label"),
        pytest.param("co.uk", "is a public suffix", id="public suffix"),
        pytest.param("films.cmo", "a typing error?", id="typing error"),
        pytest.param("wikipedia.org", "protected", id="protected"),
        pytest.param("f\u202eilms.example", "no host name", id="direction override"),
        pytest.param("x" * 5000 + ".example", "no host name", id="5,000 characters"),
    ],
)
def test_a_bad_seed_is_one_line_and_leaves_nothing(
    seed: str, says: str, run: Run, engine: Engine
) -> None:
    ended = run("hunt", seed, "--yes")

    assert ended.code == 2
    assert ended.out == ""
    assert ended.line.startswith("mirrorhunt: seed")
    assert says in ended.line
    assert stored.counts(engine)["hosts"] == 0


def test_a_seed_in_another_alphabet_is_no_fault(run: Run, engine: Engine) -> None:
    # The lock is the first thing after the seeds were checked.
    with runs.lock(engine):
        ended = run("hunt", "bücher.example", "--yes")

    assert ended.code == 4


def test_a_lock_that_is_held_is_exit_code_four(run: Run, engine: Engine) -> None:
    with runs.lock(engine):
        ended = run("hunt", "films1.example", "--yes")

    assert (ended.code, ended.out) == (4, "")
    assert "another run holds the lock" in ended.line


def test_files_that_cannot_be_read_are_one_line(run: Run, tmp_path: Path) -> None:
    for option in ("--candidates", "--protect"):
        ended = run("hunt", "films1.example", "--yes", option, str(tmp_path / "absent.txt"))
        assert ended.code == 2
        assert "absent.txt" in ended.line


def test_a_seed_that_the_operator_protects_is_refused(run: Run, tmp_path: Path) -> None:
    (tmp_path / "ours.txt").write_text("films1.example # our own\n")
    ended = run("hunt", "films1.example", "--yes", "--protect", "ours.txt")

    assert ended.code == 2
    assert "protected: our own" in ended.line


@pytest.mark.parametrize("option", ["--rounds", "--budget"])
def test_a_number_must_be_one(option: str, run: Run) -> None:
    for value in ("0", "-1", "many"):
        assert run("hunt", "films1.example", option, value).code == 2


def test_no_seed_is_a_usage_error(run: Run) -> None:
    assert run("hunt").code == 2


def test_a_source_that_there_is_not_is_one_line(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MIRRORHUNT_SOURCES", "crt_sh crtsh")
    ended = run("hunt", "films1.example", "--yes")

    assert ended.code == 2
    assert "no source 'crtsh'; there are: cert_spotter, crt_sh, rdap_org" in ended.line


def test_a_feed_that_cannot_be_read_is_one_line(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MIRRORHUNT_NAME_FEEDS", "gone.txt")
    ended = run("hunt", "films1.example", "--yes")

    assert (ended.code, ended.out) == (2, "")
    assert "cannot read 'gone.txt'" in ended.line
