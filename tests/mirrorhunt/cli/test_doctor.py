"""`mirrorhunt doctor`, with a nameserver on loopback."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.mirrorhunt.cli.conftest import Ended, Run
from tests.nameserver import Behaviour, Nameserver


def checks(ended: Ended) -> dict[str, dict[str, Any]]:
    return {check["subject"]: check for check in map(json.loads, ended.out.splitlines())}


def test_a_set_up_that_works_is_exit_code_zero(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    with Nameserver({}) as server:
        monkeypatch.setenv("MIRRORHUNT_NAMESERVERS", str(server))
        ended = run("doctor", "--json")

    assert ended.code == 0, ended.out
    assert not [check for check in checks(ended).values() if check["state"] == "fault"]


def test_a_fault_is_exit_code_one_and_says_what_to_do(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Nameserver({"": Behaviour.SERVFAIL}) as server:
        monkeypatch.setenv("MIRRORHUNT_NAMESERVERS", str(server))
        ended = run("--database", "sqlite:////dev/null/films.db", "doctor", "--json")
    found = checks(ended)

    assert ended.code == 1
    for subject, remedy in [
        ("database", "MIRRORHUNT_DATABASE_URL"),
        ("nameservers", "MIRRORHUNT_NAMESERVERS"),
    ]:
        assert found[subject]["state"] == "fault"
        assert remedy in found[subject]["remedy"]


def test_a_nameserver_that_is_none_is_a_fault(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MIRRORHUNT_NAMESERVERS", "not-an-address")
    ended = run("doctor", "--json")

    assert ended.code == 1
    assert checks(ended)["nameservers"]["state"] == "fault"


def test_old_lists_are_noted_with_their_age(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    with Nameserver({}) as server:
        monkeypatch.setenv("MIRRORHUNT_NAMESERVERS", str(server))
        # A hundred years from now every list is old, whichever is installed.
        monkeypatch.setenv("MIRRORHUNT_CLOCK_AHEAD_S", str(100 * 365 * 86_400))
        found = checks(run("doctor", "--json"))

    for subject, package in [
        ("public suffixes", "publicsuffixlist"),
        ("popularity lists", "pymispwarninglists"),
        ("warning lists", "pymispwarninglists"),
    ]:
        assert found[subject]["state"] == "note"
        assert "days old" in found[subject]["found"]
        assert f"pip install -U {package}" in found[subject]["remedy"]
    assert found["protected names"]["state"] == "note"
    assert "days old" in found["protected names"]["found"]
    assert "a newer mirrorhunt" in found["protected names"]["remedy"]


def test_the_size_and_age_of_every_list_is_shown(
    run: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "ours.txt").write_text("club.example\nb.example\n")
    (tmp_path / "mirrorhunt.toml").write_text('protect = ["ours.txt"]\n')
    run("protect", "add", "c.example", "--reason", "ours")
    with Nameserver({}) as server:
        monkeypatch.setenv("MIRRORHUNT_NAMESERVERS", str(server))
        ended = run("doctor", "--json")
    found = checks(ended)

    assert ended.code == 0
    for subject in ("public suffixes", "popularity lists", "warning lists", "protected names"):
        size = int(found[subject]["found"].partition(" entries")[0].split()[-1].replace(",", ""))
        assert size > 1000, subject
        assert "days old" in found[subject]["found"]
    ours = found["protected names in ours.txt"]
    assert ours["state"] == "ok"
    assert ours["found"].startswith("2 entries, of 20")
    by_hand = found["protected by hand"]
    assert by_hand["state"] == "ok"
    assert by_hand["found"].startswith("1 entries, last changed on 20")
    assert by_hand["found"].endswith(", 0 days ago")


def test_lists_that_people_keep_are_noted_when_nobody_looked_for_long(
    run: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "ours.txt").write_text("club.example\n")
    (tmp_path / "mirrorhunt.toml").write_text('protect = ["ours.txt"]\n')
    run("protect", "add", "c.example", "--reason", "ours")
    with Nameserver({}) as server:
        monkeypatch.setenv("MIRRORHUNT_NAMESERVERS", str(server))
        monkeypatch.setenv("MIRRORHUNT_CLOCK_AHEAD_S", str(400 * 86_400))
        found = checks(run("doctor", "--json"))

    assert found["protected names in ours.txt"]["state"] == "note"
    assert "look through it" in found["protected names in ours.txt"]["remedy"]
    assert found["protected by hand"]["state"] == "note"
    assert "mirrorhunt protect list" in found["protected by hand"]["remedy"]


def test_a_protection_that_ends_soon_is_noted(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    soon = f"{datetime.now(UTC) + timedelta(days=20):%Y-%m-%d}"
    run("protect", "add", "c.example", "--reason", "ours", "--until", soon)
    with Nameserver({}) as server:
        monkeypatch.setenv("MIRRORHUNT_NAMESERVERS", str(server))
        found = checks(run("doctor", "--json"))["protected by hand"]

    assert found["state"] == "note"
    assert f"1 end within 30 days, first on {soon}" in found["found"]
    assert "protect add NAME --until DATE" in found["remedy"]


def test_a_file_of_protected_names_that_cannot_be_used_is_a_fault(
    run: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "ours.txt").write_text("club.example\n192.0.2.7\n")
    (tmp_path / "mirrorhunt.toml").write_text('protect = ["ours.txt"]\n')
    with Nameserver({}) as server:
        monkeypatch.setenv("MIRRORHUNT_NAMESERVERS", str(server))
        ended = run("doctor", "--json")

    assert ended.code == 1
    found = checks(ended)["protected names in ours.txt"]
    assert found["state"] == "fault"
    assert "line 2" in found["found"]


@pytest.fixture
def nameserver(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """One that answers, on loopback."""
    with Nameserver({}) as server:
        monkeypatch.setenv("MIRRORHUNT_NAMESERVERS", str(server))
        yield


@pytest.mark.usefixtures("nameserver")
def test_a_browser_is_started_and_its_sandbox_said(run: Run, chromium: str) -> None:
    found = checks(run("doctor", "--json"))["browser"]

    assert chromium in found["found"]
    is_sandboxed = found["found"].endswith(", in its sandbox")
    assert found["state"] == ("ok" if is_sandboxed else "note")
    if not is_sandboxed:
        assert found["found"].endswith(", NOT in a sandbox")
        assert "account" in found["remedy"]


@pytest.mark.usefixtures("nameserver")
@pytest.mark.parametrize(
    ("key", "value", "says"),
    [
        ("MIRRORHUNT_BROWSER_PATH", "/no/such/program", "/no/such/program"),
        ("MIRRORHUNT_BROWSER_URL", "http://127.0.0.1:1", "no browser answers"),
        ("MIRRORHUNT_BROWSER_URL", "ftp://x", "neither"),
    ],
    ids=["program", "nobody there", "no address"],
)
def test_a_browser_that_was_named_and_cannot_be_used_is_a_fault(
    run: Run, monkeypatch: pytest.MonkeyPatch, key: str, value: str, says: str
) -> None:
    monkeypatch.setenv(key, value)
    ended = run("doctor", "--json")
    found = checks(ended)["browser"]

    assert ended.code == 1
    assert found["state"] == "fault"
    assert says in found["found"]
    assert found["remedy"]


@pytest.mark.usefixtures("nameserver")
def test_a_browser_that_is_not_wanted_is_not_started(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MIRRORHUNT_BROWSER", "false")
    monkeypatch.setenv("MIRRORHUNT_BROWSER_PATH", "/no/such/program")
    found = checks(run("doctor", "--json"))["browser"]

    assert found["state"] == "note"
    assert "browser = false" in found["found"]
