"""`mirrorhunt export`: the whole file or none."""

import json
from pathlib import Path

import pytest
from sqlalchemy import Engine

from mirrorhunt.cli.export import write_whole
from mirrorhunt.model import Availability, Verdict
from tests import stored
from tests.mirrorhunt.cli.conftest import Run


@pytest.fixture
def found(engine: Engine) -> None:
    """A confirmed host, a probable one, and one that is dead."""
    hunting = stored.begun(engine)
    dead = stored.look("c.example", state=Availability.DEAD)
    stored.looked(engine, hunting, stored.look("a.example"), stored.look("b.example"), dead)
    stored.concluded(
        engine,
        hunting,
        stored.judgement("a.example"),
        stored.judgement("b.example", Verdict.PROBABLE),
        stored.judgement("c.example"),
    )


def hosts(text: str) -> list[str]:
    return [json.loads(line)["host"] for line in text.splitlines()]


def test_an_unknown_format_or_network_lists_what_there_is(run: Run) -> None:
    ended = run("export", "parchment")
    assert (ended.code, ended.out) == (2, "")
    assert "there are: csv, jsonl" in ended.line

    ended = run("export", "jsonl", "--network", "films")
    assert (ended.code, ended.out) == (2, "")
    assert "none yet" in ended.line


@pytest.mark.usefixtures("found")
@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ([], ["a.example"]),
        (["--availability", "any"], ["a.example", "c.example"]),
        (["--verdict", "probable"], ["a.example", "b.example", "c.example"]),
        (["--verdict", "probable", "--availability", "live"], ["a.example", "b.example"]),
        (["--network", "films"], ["a.example"]),
    ],
    ids=lambda v: " ".join(v) or "by default",
)
def test_by_default_only_what_may_be_blocked(
    options: list[str], expected: list[str], run: Run
) -> None:
    ended = run("export", "jsonl", *options)

    assert ended.code == 0
    assert hosts(ended.out) == expected


@pytest.mark.usefixtures("found")
def test_a_name_under_protection_is_not_written(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "ours.txt").write_text("a.example\n")
    monkeypatch.setenv("MIRRORHUNT_PROTECT", "ours.txt")

    assert hosts(run("export", "jsonl").out) == []


def test_nothing_confirmed_is_said_and_no_fault(run: Run) -> None:
    ended = run("export", "jsonl")

    assert (ended.code, ended.out) == (0, "")
    assert "--verdict probable" in ended.err


@pytest.mark.usefixtures("found")
def test_a_file_is_replaced_and_talk_stays_off_stdout(run: Run, tmp_path: Path) -> None:
    (tmp_path / "feed.jsonl").write_text("yesterday's\n")
    ended = run("export", "jsonl", "-o", "feed.jsonl")

    assert (ended.code, ended.out) == (0, "")
    assert hosts((tmp_path / "feed.jsonl").read_text()) == ["a.example"]


@pytest.mark.usefixtures("found")
def test_a_file_that_cannot_be_written_is_one_line(run: Run) -> None:
    ended = run("export", "jsonl", "-o", "absent/feed.jsonl")

    assert ended.code == 2
    assert "nothing was changed" in ended.line


def test_what_fails_halfway_leaves_the_old_file(tmp_path: Path) -> None:
    file = tmp_path / "feed.csv"
    file.write_text("yesterday's")

    def fail(_: object) -> int:
        raise RuntimeError("halfway")

    with pytest.raises(RuntimeError, match="halfway"):
        write_whole(file, fail)

    assert file.read_text() == "yesterday's"
    assert list(tmp_path.iterdir()) == [file]
