"""What is printed after a hunt: data on stdout and nothing else there, talk on stderr."""

import csv
import io
import json
from pathlib import Path
from typing import Any

import pytest

from mirrorhunt.lab.run import Lab
from tests.hunt.conftest import Place, Whole, hamlet, place_in

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("hamlet")]


@pytest.fixture
def place(whole: Whole) -> Place:
    """The place of the hunt that nothing disturbed: it is only read here."""
    return whole.place


def a_host(whole: Whole, kind: str, verdict: str) -> str:
    """The first host of *kind*, in the lab's truth, with that verdict."""
    return next(
        host.name
        for host in hamlet().of_kind(kind)
        if whole.state.verdicts.get(host.name, ("",))[0] == verdict
    )


def explained(place: Place, host: str) -> dict[str, Any]:
    ended = place.run("explain", host, "--json")
    assert ended.code == 0, ended.err
    assert ended.err == ""
    found: dict[str, Any] = json.loads(ended.out)
    return found


def test_a_mirror_is_explained_by_evidence_that_adds_up(whole: Whole, place: Place) -> None:
    host = a_host(whole, "member", "probable")
    [verdict] = explained(place, host)["verdicts"]

    assert verdict["verdict"] == "probable"
    counted = [e for e in verdict["evidence"] if not e["ignored"]]
    assert {e["side"] for e in counted} & {"candidate", "joint"}
    assert verdict["score_bits"] >= 3.3
    shown = place.run("explain", host)
    assert shown.code == 0
    assert host in shown.out
    assert "Evidence (policy" in shown.out
    assert "Looks, newest first" in shown.out


def test_a_decoy_is_explained_by_what_it_lacks(whole: Whole, place: Place) -> None:
    host = a_host(whole, "betting_affiliate", "candidate")
    [verdict] = explained(place, host)["verdicts"]

    assert verdict["verdict"] == "candidate"
    assert verdict["score_bits"] < 3.3


def test_the_seed_is_explained_by_who_gave_it(lab: Lab, place: Place) -> None:
    shown = place.run("explain", lab.world.seeds[0])

    assert shown.code == 0
    assert "given as a seed by the operator" in shown.out


def test_an_unknown_host_is_one_line(place: Place) -> None:
    ended = place.run("explain", "nobody.example")

    assert (ended.code, ended.out) == (2, "")
    [line] = ended.err.splitlines()
    assert "nothing is stored about 'nobody.example'" in line


def test_by_default_nothing_is_exported_that_nobody_confirmed(lab: Lab, place: Place) -> None:
    for format_name in ("csv", "jsonl"):
        ended = place.run("export", format_name)
        assert ended.code == 0, ended.err
        others = {h.name for h in lab.world.hosts.values()} - set(lab.world.seeds)
        assert not [name for name in others if name in ended.out.split()]
        assert len(ended.out.splitlines()) <= 1 + (format_name == "csv")


@pytest.mark.parametrize("verdict", ["probable", "candidate"])
def test_csv_and_jsonl_hold_the_same_hosts(verdict: str, whole: Whole, place: Place) -> None:
    as_csv = place.run("export", "csv", "--verdict", verdict)
    as_lines = place.run("export", "jsonl", "--verdict", verdict)

    assert (as_csv.code, as_lines.code) == (0, 0)
    rows = list(csv.DictReader(io.StringIO(as_csv.out)))
    objects = [json.loads(line) for line in as_lines.out.splitlines()]
    hosts = {o["host"] for o in objects}
    assert {row["host"] for row in rows} == hosts
    assert hosts == {
        host
        for host, judged in whole.state.verdicts.items()
        if judged[0] in {"confirmed", "probable", verdict}
    }


def test_no_protected_name_is_in_any_export(lab: Lab, place: Place) -> None:
    ended = place.run("export", "jsonl", "--verdict", "candidate")
    hosts = [json.loads(line)["host"] for line in ended.out.splitlines()]
    assert not [h for h in hosts for p in lab.world.protect if h == p or h.endswith(f".{p}")]


def test_a_hunt_prints_its_table_on_stdout_and_its_progress_on_stderr(whole: Whole) -> None:
    assert "strongest evidence" in whole.ended.out
    assert "round 1" not in whole.ended.out
    assert "round 1: looking" in whole.ended.err


def test_a_hunt_that_is_asked_for_json_prints_nothing_else(lab: Lab, tmp_path: Path) -> None:
    hunt = ("hunt", *lab.world.seeds, "--yes", "--json", "--budget", "2")
    ended = place_in(tmp_path, lab).run(*hunt)

    assert ended.code == 0, ended.err
    objects = [json.loads(line) for line in ended.out.splitlines()]
    assert {"host", "verdict", "score_bits"} <= objects[0].keys()
