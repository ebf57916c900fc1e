"""`mirrorhunt protect`."""

import json
from pathlib import Path

from tests.mirrorhunt.cli.conftest import Run


def test_a_name_is_protected_listed_checked_and_let_go(run: Run) -> None:
    added = run(
        *("protect", "add", "Club.example", "b.example", "--reason", "our licensee"),
        *("--owner", "legal", "--until", "2099-06-30"),
    )
    assert (added.code, added.out) == (0, "")
    assert "2 names are protected" in added.line

    listed = [json.loads(line) for line in run("protect", "list", "--json").out.splitlines()]
    assert [(p["name"], p["owner"], p["is_current"]) for p in listed] == [
        ("b.example", "legal", True),
        ("club.example", "legal", True),
    ]

    ended = run("protect", "remove", "club.example", "--reason", "it ended", "--author", "ann")
    assert ended.code == 0
    assert "by other lists: nothing" in ended.line
    assert "club.example" not in run("protect", "list").out
    kept = [
        json.loads(line) for line in run("protect", "list", "--all", "--json").out.splitlines()
    ]
    assert [p["name"] for p in kept if not p["is_current"]] == ["club.example"]
    assert "it ended (ann" in kept[1]["reason"]


def test_the_log_says_who_changed_what(run: Run) -> None:
    first = ("--reason", "our licensee", "--owner", "legal", "--author", "cyd")
    run("protect", "add", "club.example", *first)
    again = run(
        *("protect", "add", "club.example", "--reason", "for a while", "--owner", "sales"),
        *("--author", "bob", "--until", "2099-06-30"),
    )
    assert "club.example was protected already, for legal: our licensee" in again.err
    assert "1 replaced; `mirrorhunt protect log` keeps what was" in again.err
    run("protect", "remove", "club.example", "--reason", "it ended", "--author", "ann")
    run("protect", "add", "shop.example", "--reason", "ours", "--author", "ann")

    found = [json.loads(line) for line in run("protect", "log", "--json").out.splitlines()]
    assert [(c["name"], c["change"], c["author"], c["owner"], c["reason"]) for c in found] == [
        ("club.example", "added", "cyd", "legal", "our licensee"),
        ("club.example", "changed", "bob", "sales", "for a while"),
        ("club.example", "ended", "ann", "sales", "it ended"),
        ("shop.example", "added", "ann", "ann", "ours"),
    ]
    assert found[1]["expires_at"] == "2099-06-30T00:00:00+00:00"
    shown = run("protect", "log", "club.example")
    assert "our licensee" in shown.out
    assert "shop.example" not in shown.out
    assert shown.line == "3 changes"
    assert run("protect", "log", "--since", "2099-01-01", "--json").out == ""


def test_check_says_what_a_name_is_under(run: Run, tmp_path: Path) -> None:
    (tmp_path / "soft.txt").write_text("~films.example # careful\n")
    (tmp_path / "mirrorhunt.toml").write_text('protect = ["soft.txt"]\n')
    # A real name: that it is protected is the very point.
    ended = run("protect", "check", "drive.google.com", "films.example", "x.example", "--json")
    found = {said["host"]: said for said in map(json.loads, ended.out.splitlines())}

    assert found["drive.google.com"]["standing"] == "protected"
    assert found["films.example"]["standing"] == "two people"
    assert "careful" in found["films.example"]["because"]
    assert found["x.example"]["standing"] == "nothing"


def test_bad_input_is_one_line_and_exit_code_two(run: Run) -> None:
    for arguments in (
        ("add", "192.0.2.7", "--reason", "ours"),
        ("add", "co.uk", "--reason", "ours"),
        ("add", "a.example", "--reason", ""),
        ("remove", "a.example", "--reason", "x"),
        ("check", "https://a.example/"),
        ("log", "https://a.example/"),
    ):
        ended = run("protect", *arguments)
        assert ended.code == 2, arguments
        assert ended.out == ""
        assert ended.line.startswith("mirrorhunt: "), arguments
