"""`mirrorhunt review`: what waits, what a decision would do, and deciding."""

import getpass
import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine

from mirrorhunt import judging, queueing
from mirrorhunt.decisions import Decision
from mirrorhunt.model import Verdict
from mirrorhunt.store import findings
from tests import make, stored
from tests.mirrorhunt.cli.conftest import Run

OWN = {
    "ad_id": ["propeller:4455667"],
    "handle": ["telegram:filmsofficial"],
    "offers": ["player", "schedule"],
}
SAY = ("--reason", "same player", "--author", "ann")


@pytest.fixture
def judged(engine: Engine) -> None:
    """A seed and two mirrors of it, judged."""
    hunting = stored.begun(engine)
    stored.proposed(engine, hunting, "films2.example", "films3.example")
    stored.looked(engine, hunting, *(stored.look(f"films{n}.example", OWN) for n in (1, 2, 3)))
    judging.judge_network(engine, "films", make.NOW, lambda _: False)


pytestmark = pytest.mark.usefixtures("judged")


def lines(out: str) -> Iterator[dict[str, object]]:
    return (json.loads(line) for line in out.splitlines())


def verdict(engine: Engine, host: str = "films2.example") -> Verdict:
    with engine.begin() as connection:
        return next(findings.findings(connection, "films", list(Verdict), host)).verdict


# ---------------------------------------------------------------- looking


def test_the_list_shows_what_waits(run: Run) -> None:
    ended = run("review", "list", "--network", "films")

    assert ended.code == 0
    for part in ("films2.example", "films3.example", "probable", "live", "random", "new"):
        assert part in ended.out
    # A seed was vouched for.
    assert "films1.example  " not in ended.out
    assert "review show HOST" in ended.err


def test_the_list_for_programs_says_what_was_seen(run: Run, engine: Engine) -> None:
    found = list(lines(run("review", "list", "--json").out))

    assert {entry["host"] for entry in found} == {"films2.example", "films3.example"}
    with engine.begin() as connection:
        [finding] = findings.findings(connection, "films", [Verdict.PROBABLE], "films2.example")
    [entry] = [e for e in found if e["host"] == "films2.example"]
    assert entry["seen"] == finding.digest
    assert entry["slice"] in ("uncertain", "top", "random")
    assert "the same advertising ID propeller:4455667" in str(entry["strongest"])


def test_two_kinds_of_list_at_once_are_refused(run: Run) -> None:
    ended = run("review", "list", "--new", "--gone")

    assert (ended.code, ended.out) == (2, "")
    assert "--new and --gone: one at a time" in ended.line


def test_an_empty_list_says_so(run: Run) -> None:
    ended = run("review", "list", "--gone")

    assert (ended.code, ended.out) == (0, "")
    assert ended.err.splitlines()[0] == "nothing waits"


@pytest.mark.parametrize("arguments", [(), ("--gone",), ("--json",), ("--network", "films")])
def test_each_summary_says_how_often_the_policy_errs(
    arguments: tuple[str, ...], run: Run, engine: Engine
) -> None:
    unknown = "no error bound yet, the share of wrong hosts is unknown: decide 29 random ones"
    assert unknown in run("review", "list", *arguments).err

    with engine.begin() as connection:
        host = queueing.drawn_next(connection)[0].host
    decided = run("review", "confirm", host, *SAY)
    bound = "of 1 host that chance picked none was wrong: at most 95.0 % of what is probable"

    assert bound in decided.err
    assert bound in run("review", "list", *arguments).err
    assert bound in run("export", "csv").err


def test_show_says_what_each_decision_would_do(run: Run) -> None:
    ended = run("review", "show", "films2.example")

    for part in (
        "publishes films2.example with scope domain (it and all below it)",
        "keeps it out of every feed",
        "never scored nor published, in any network",
        "Evidence (policy",
        "Looks, newest first",
    ):
        assert part in " ".join(ended.out.split())


def test_show_for_programs_is_one_object(run: Run, engine: Engine) -> None:
    stored.decided(engine, "films2.example", Decision.CONFIRM, author="bob")
    shown = json.loads(run("review", "show", "films2.example", "--json").out)

    [made] = shown["decisions"]
    assert (made["author"], made["decision"], made["stands"]) == ("bob", "confirm", True)
    assert set(shown["would"]["films"]) == {"confirm", "reject", "protect", "undo"}
    assert "against bob" in shown["would"]["films"]["reject"]
    assert len(shown["seen"]["films"]) == 64


def test_nothing_of_a_strangers_steers_the_terminal(run: Run, engine: Engine) -> None:
    hostile = "\x1b[31mred\x07 [bold]markup[/bold] \u202eesrever"
    reason = ("--reason", hostile, "--author", "ann")
    assert run("review", "confirm", "films2.example", *reason).code == 0

    for arguments in (("list", "--all"), ("show", "films2.example"), ("log",)):
        ended = run("review", *arguments)
        assert not set(ended.out + ended.err) & set("\x1b\x07\u202e")
    assert "[bold]markup[/bold]" in " ".join(run("review", "log").out.split())


# ---------------------------------------------------------------- deciding


def test_confirm_publishes_and_undo_takes_back(run: Run, engine: Engine) -> None:
    ended = run("review", "confirm", "films2.example", *SAY)
    assert ended.code == 0
    assert "confirmed by ann" in " ".join(ended.out.split())
    assert "1 probable → confirmed" in ended.err

    published = list(lines(run("export", "jsonl", "--availability", "any").out))
    assert [(p["host"], p["reviewed_by"]) for p in published if p["reviewed_by"]] == [
        ("films2.example", ["ann"])
    ]

    assert run("review", "undo", "films2.example", "--author", "ann").code == 0
    assert verdict(engine) is Verdict.PROBABLE


def test_several_hosts_are_decided_at_once_or_none(run: Run, engine: Engine) -> None:
    ended = run("review", "reject", "films2.example", "unseen.example", *SAY)
    assert (ended.code, ended.out) == (2, "")
    assert "1 of 2 decisions cannot be kept, so none was: unseen.example has no" in ended.line

    assert run("review", "reject", "films2.example", "films3.example", *SAY).code == 0
    assert verdict(engine) is verdict(engine, "films3.example") is Verdict.REJECTED


def test_what_is_decided_for_programs(run: Run) -> None:
    [said] = lines(run("review", "confirm", "films2.example", *SAY, "--json").out)

    assert (said["before"], said["after"]) == ("probable", "confirmed")


def test_protect_is_for_good_or_until(run: Run, engine: Engine) -> None:
    ended = run("review", "protect", "films2.example", *SAY, "--until", "2999-01-01")

    assert ended.code == 0
    assert verdict(engine) is Verdict.PROTECTED
    assert "is protected" in run("review", "confirm", "films2.example", *SAY).line
    over = run("review", "protect", "films3.example", *SAY, "--until", "2020-01-01")
    assert "until 2020-01-01 is over already" in over.line


def test_a_role_is_shown_and_published(run: Run) -> None:
    run("review", "confirm", "films2.example", *SAY)
    assert run("review", "relate", "films2.example", "proxy", *SAY).code == 0

    assert "confirmed proxy of 'films'" in run("explain", "films2.example").out
    [row] = [
        p
        for p in lines(run("export", "jsonl", "--availability", "any").out)
        if p["host"] == "films2.example"
    ]
    assert row["relation"] == "proxy"
    assert (
        "there are: mirror, operator"
        in run("review", "relate", "films2.example", "boss", *SAY).line
    )


def test_a_stale_screen_is_refused(run: Run) -> None:
    ended = run("review", "confirm", "films2.example", *SAY, "--seen", "0" * 16)
    assert "evidence has changed since you looked" in ended.line

    seen = json.loads(run("review", "show", "films2.example", "--json").out)["seen"]["films"]
    assert run("review", "confirm", "films2.example", *SAY, "--seen", seen[:16]).code == 0


def test_what_was_seen_is_of_one_host(run: Run) -> None:
    both = ("films2.example", "films3.example")

    assert "one at a time" in run("review", "confirm", *both, *SAY, "--seen", "0" * 64).line


def test_a_reason_is_needed(run: Run) -> None:
    assert run("review", "confirm", "films2.example").code == 2
    ended = run("review", "confirm", "films2.example", "--reason", " ", "--author", "ann")
    assert "needs a reason" in ended.line


def test_who_decides_is_said_set_or_the_user(
    run: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    def by() -> object:
        return list(lines(run("review", "log", "--json").out))[-1]["author"]

    monkeypatch.setenv("LOGNAME", "the-user")
    run("review", "confirm", "films2.example", "--reason", "seen")
    assert by() == getpass.getuser() == "the-user"

    (tmp_path / "mirrorhunt.toml").write_text('author = "the desk"\n')
    run("review", "confirm", "films2.example", "--reason", "seen")
    assert by() == "the desk"

    run("review", "confirm", "films2.example", *SAY)
    assert by() == "ann"


# ---------------------------------------------------------------- looking back


def test_the_log_has_every_decision_oldest_first(run: Run, engine: Engine) -> None:
    stored.decided(engine, "films2.example", Decision.REJECT)
    stored.decided(engine, "films2.example", Decision.UNDO, now=make.NOW + timedelta(days=1))

    found = list(lines(run("review", "log", "--json").out))
    assert [(e["decision"], e["author"]) for e in found] == [("reject", "ann"), ("undo", "ann")]
    assert found[1]["undoes"] == found[0]["id"]
    assert "2026-11-01 12:00:00" in run("review", "log", "--network", "films").out
    since = list(lines(run("review", "log", "--since", "2026-11-02", "--json").out))
    assert [e["decision"] for e in since] == ["undo"]
    assert "no network 'sports'" in run("review", "log", "--network", "sports").line


def test_explain_shows_what_was_decided_and_whether_it_stands(run: Run, engine: Engine) -> None:
    stored.decided(engine, "films2.example", Decision.REJECT)
    stored.decided(engine, "films2.example", Decision.UNDO, author="bob")
    shown = " ".join(run("explain", "films2.example").out.split())

    assert "Decisions, oldest first" in shown
    assert "yes: undone by bob, which takes its author or a second person" in shown
    assert "rejected by ann on 2026-11-01: as the test says" in shown
