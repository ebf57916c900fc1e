"""`mirrorhunt feed`: from a table in the settings to what servers load, and back."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import Engine

from mirrorhunt.model import Verdict
from tests import stored
from tests.mirrorhunt.cli.conftest import Run


def stands(engine: Engine, *hosts: str, verdict: Verdict = Verdict.CONFIRMED) -> None:
    """Hosts that were seen live just now, and their verdict."""
    hunting = stored.begun(engine)
    now = datetime.now(UTC)
    stored.looked(engine, hunting, *(stored.look(host, at=now) for host in hosts))
    stored.concluded(engine, hunting, *(stored.judgement(host, verdict) for host in hosts))


@pytest.fixture
def feed(engine: Engine, tmp_path: Path) -> Path:
    """A feed of two hosts, and the folder that it is delivered to."""
    (tmp_path / "mirrorhunt.toml").write_text(
        "[feeds.isp]\n"
        'destination = "out"\n'
        'formats = ["plain_domains", "plain_hosts"]\n'
        "max_added = 2\n"
    )
    stands(engine, "films2.example", "films3.example")
    return tmp_path / "out"


def names(feed: Path) -> list[str]:
    return (feed / "current" / "domains.txt").read_text().split()


def test_a_check_writes_nothing_and_a_delivery_everything(feed: Path, run: Run) -> None:
    checked = run("feed", "check", "isp")
    assert checked.code == 0
    assert "2 to add" in checked.line
    assert not feed.exists()

    delivered = run("feed", "deliver", "isp")
    assert delivered.code == 0
    assert "2 entries, 2 added" in delivered.line
    assert names(feed) == ["films2.example", "films3.example"]

    again = run("feed", "deliver", "--all")
    assert again.code == 0
    assert "nothing has changed" in again.line


def test_a_refused_delivery_ends_with_3_and_says_what_to_do(
    feed: Path, engine: Engine, run: Run
) -> None:
    run("feed", "deliver", "isp")
    stands(engine, "a.example", "b.example", "c.example")

    assert run("feed", "check", "isp", "--json").code == 3
    ended = run("feed", "deliver", "isp")
    assert ended.code == 3
    assert "3 added are more than the 2 of max_added" in ended.line
    assert "--force" in ended.line
    assert len(names(feed)) == 2

    forced = run("feed", "deliver", "isp", "--force", "--reason", "the final", "--author", "ann")
    assert forced.code == 0
    assert "forced past max_added" in forced.err
    assert len(names(feed)) == 5
    [latest, _] = map(json.loads, run("feed", "log", "isp", "--json").out.splitlines())
    assert (latest["because"], latest["author"], latest["stands"]) == ("the final", "ann", True)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["deliver"], "name feeds, or say --all"),
        (["deliver", "isp", "--all"], "name feeds, or say --all"),
        (["deliver", "isp", "--force"], "--force takes --reason"),
        (["deliver", "isp", "--reason", "x"], "--force takes --reason"),
        (["deliver", "ips"], "there are: isp"),
        (["diff", "isp"], "has no 2 deliveries"),
        (["diff", "isp", "7"], "has no delivery 7"),
        (["rollback", "isp", "7", "--reason", "x"], "has no delivery 7"),
        (["rollback", "isp", "7", "--reason", " "], "takes a reason"),
        (["hold", "isp", "--reason", " "], "takes a reason"),
        (["resume", "isp", "--reason", "x"], "is not held"),
        (["verify", "nowhere"], "cannot read"),
    ],
    ids=" ".join,
)
@pytest.mark.usefixtures("feed")
def test_what_cannot_be_done_is_one_line_and_2(arguments: list[str], said: str, run: Run) -> None:
    ended = run("feed", *arguments)

    assert ended.code == 2
    assert said in ended.line


def test_one_refused_feed_keeps_no_other_from_its_readers(
    feed: Path, tmp_path: Path, run: Run
) -> None:
    with (tmp_path / "mirrorhunt.toml").open("a") as out:
        out.write('[feeds.empty]\ndestination = "none"\nmin_entries = 9\n')

    ended = run("feed", "deliver", "empty", "isp")

    assert ended.code == 3
    assert "min_entries" in ended.err
    assert names(feed) == ["films2.example", "films3.example"]
    assert not (tmp_path / "none" / "current").exists()


def test_back_and_on_again(feed: Path, engine: Engine, run: Run) -> None:
    run("feed", "deliver", "isp")
    first = (feed / "current").readlink().name
    stands(engine, "news.example")
    run("feed", "deliver", "isp")

    back = run("feed", "rollback", "isp", first, "--reason", "a newspaper", "--author", "bob")
    assert back.code == 0
    assert names(feed) == ["films2.example", "films3.example"]
    held = run("feed", "deliver", "isp")
    assert held.code == 3
    assert "held since" in held.line
    assert "held: a newspaper" in run("feed", "list").out
    changes = run("feed", "diff", "isp", "--json").out.splitlines()
    assert [(c["op"], c["host"], c["reason"]) for c in map(json.loads, changes)] == [
        ("withdraw", "news.example", "rolled_back")
    ]

    on = run("feed", "resume", "isp", "--reason", "rejected it")
    assert "held by bob" in on.line
    assert run("feed", "deliver", "isp").code == 0
    assert "news.example" in names(feed)


def test_a_reader_checks_what_it_loaded(feed: Path, tmp_path: Path, run: Run) -> None:
    made = run("feed", "key", "isp.pem")
    (tmp_path / "isp.pub.pem").write_text(made.out)
    with (tmp_path / "mirrorhunt.toml").open("a") as out:
        out.write('sign_key = "isp.pem"\n')
    run("feed", "deliver", "isp")
    current = str(feed / "current")

    good = run("feed", "verify", current, "--key", "isp.pub.pem")
    assert good.code == 0
    assert "the signature is good" in good.err
    (feed / "current" / "domains.txt").write_text("google.com\n")
    bad = run("feed", "verify", current, "--key", "isp.pub.pem")
    assert bad.code == 2
    assert "'domains.txt' was changed" in bad.err


def test_an_export_since_a_delivery_has_what_is_new(feed: Path, engine: Engine, run: Run) -> None:
    run("feed", "deliver", "isp")
    serial = (feed / "current").readlink().name
    stands(engine, "films4.example")

    ended = run("export", "plain_domains", "--since", f"isp@{serial}")
    assert ended.out.split() == ["films4.example"]
    for wrong in ("isp", "isp@7", f"ips@{serial}", "@"):
        refused = run("export", "plain_domains", "--since", wrong)
        assert refused.code == 2
        assert "write FEED@SERIAL" in refused.line


def test_a_format_of_several_files_is_a_folder(feed: Path, tmp_path: Path, run: Run) -> None:
    assert "say where, with --output FOLDER" in run("export", "misp").line

    assert run("export", "misp", "-o", "made").code == 0
    assert (tmp_path / "made" / "manifest.json").is_file()
    again = run("export", "misp", "-o", "made")
    assert again.code == 2
    assert "is there already" in again.line
