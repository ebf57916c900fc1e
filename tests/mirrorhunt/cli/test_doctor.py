"""`mirrorhunt doctor`, with a nameserver on loopback."""

import json
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
        ("warning lists", "pymispwarninglists"),
    ]:
        assert found[subject]["state"] == "note"
        assert "days old" in found[subject]["found"]
        assert f"pip install -U {package}" in found[subject]["remedy"]
