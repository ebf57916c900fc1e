"""`mirrorhunt export`: the whole file or none."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine

from mirrorhunt.model import Availability, Verdict
from tests import stored
from tests.mirrorhunt.cli.conftest import Run


@pytest.fixture
def found(engine: Engine) -> None:
    """A confirmed host, a probable one, one that is dead, and one not seen for long."""
    hunting = stored.begun(engine)
    now = datetime.now(UTC)
    stored.looked(
        engine,
        hunting,
        stored.look("a.example", at=now),
        stored.look("b.example", at=now),
        stored.look("c.example", state=Availability.DEAD, at=now),
        stored.look("d.example", at=now - timedelta(days=8)),
    )
    stored.concluded(
        engine,
        hunting,
        stored.judgement("a.example"),
        stored.judgement("b.example", Verdict.PROBABLE),
        stored.judgement("c.example"),
        stored.judgement("d.example"),
    )


def hosts(text: str) -> list[str]:
    return [json.loads(line)["host"] for line in text.splitlines()]


def test_an_unknown_format_or_network_lists_what_there_is(run: Run) -> None:
    ended = run("export", "parchment")
    assert (ended.code, ended.out) == (2, "")
    assert "there are: adblock_browser, " in ended.line

    ended = run("export", "jsonl", "--network", "films")
    assert (ended.code, ended.out) == (2, "")
    assert "none yet" in ended.line


@pytest.mark.usefixtures("found")
@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ([], ["a.example"]),
        (["--availability", "any"], ["a.example", "c.example", "d.example"]),
        (["--verdict", "probable"], ["a.example", "b.example", "c.example", "d.example"]),
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
def test_what_is_not_published_any_more_is_counted_by_reason(run: Run, tmp_path: Path) -> None:
    ended = run("export", "jsonl")
    assert "withheld: 1 dead, 1 expired: `--withheld FILE`" in ended.err

    ended = run("export", "jsonl", "--withheld", "gone.jsonl")
    assert "withheld: 1 dead, 1 expired in gone.jsonl" in ended.err
    assert hosts(ended.out) == ["a.example"]
    lines = [json.loads(line) for line in (tmp_path / "gone.jsonl").read_text().splitlines()]
    assert [(w["host"], w["reason"], w["verdict"]) for w in lines] == [
        ("c.example", "dead", "confirmed"),
        ("d.example", "expired", "confirmed"),
    ]
    assert "not seen live since" in lines[1]["because"]


@pytest.mark.usefixtures("found")
def test_where_every_state_is_written_nothing_is_withheld(run: Run) -> None:
    assert "withheld" not in run("export", "jsonl", "--availability", "any").err
    ended = run("export", "jsonl", "--availability", "any", "--withheld", "gone.jsonl")
    assert (ended.code, ended.out) == (2, "")


@pytest.mark.usefixtures("found")
def test_a_file_that_cannot_be_written_is_one_line(run: Run) -> None:
    ended = run("export", "jsonl", "-o", "absent/feed.jsonl")

    assert ended.code == 2
    assert "nothing was changed" in ended.line
