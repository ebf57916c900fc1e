"""`mirrorhunt lists`."""

import json
from pathlib import Path

from tests.mirrorhunt.cli.conftest import Run


def test_each_list_says_what_it_decides_and_how_old_it_is(run: Run, tmp_path: Path) -> None:
    (tmp_path / "ours.txt").write_text("club.example\nb.example\n")
    (tmp_path / "mirrorhunt.toml").write_text('protect = ["ours.txt"]\n')
    run("protect", "add", "c.example", "--reason", "ours", "--owner", "legal")
    found = {e["name"]: e for e in map(json.loads, run("lists", "--json").out.splitlines())}

    assert found["ours.txt"]["entries"] == 2
    assert found["protected by hand"]["entries"] == 1
    assert found["tranco"]["entries"] == 1_000_000
    assert found["tranco"]["age_days"] > 0
    # This list counts its versions, and says no day.
    assert found["bank-website"]["of"] is None
    assert found["bank-website"]["age_days"] is None
    assert all(e["decides"] for e in found.values())


def test_people_are_told_which_are_old(run: Run) -> None:
    ended = run("lists")

    assert ended.code == 0
    assert "(old)" in ended.out
    assert "pip install -U pymispwarninglists publicsuffixlist" in ended.line
