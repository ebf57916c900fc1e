"""A hunt that looks from elsewhere and asks otherwise sees what is shut to a plain look."""

from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from mirrorhunt.lab.run import Lab, lab_running
from mirrorhunt.lab.world import World
from mirrorhunt.lab.worlds import worlds
from tests.hunt.conftest import Place, place_in, state_of

pytestmark = pytest.mark.slow


@cache
def fenced() -> World:
    return worlds["fenced"](1)


@pytest.fixture(scope="module")
def lab() -> Iterator[Lab]:
    with lab_running(fenced()) as running:
        yield running


def _place(tmp_path: Path, lab: Lab, proxy: str) -> Place:
    place = place_in(tmp_path, lab)
    place.environment["MIRRORHUNT_NAMESERVERS"] = lab.nameserver
    text = f'[vantages.abroad]\nproxy = "{proxy}"\ncountry = "XX"\n'
    (tmp_path / "mirrorhunt.toml").write_text(text, encoding="utf-8")
    return place


def _stands(place: Place) -> set[str]:
    verdicts = state_of(place.engine()).verdicts
    return {host for host, found in verdicts.items() if found[0] in ("probable", "confirmed")}


def test_what_is_shut_here_is_seen_from_abroad(lab: Lab, tmp_path: Path) -> None:
    place = _place(tmp_path, lab, lab.proxy)
    world = lab.world
    by_gate = {
        gate: {h.name for h in world.members if h.gate == gate and "mirror" in h.truth.relations}
        for gate in ("abroad", "referrer", "mobile")
    }

    ended = place.run("hunt", world.seeds[0], "--yes", "--no-browser", "--vantage", "abroad")

    assert ended.code in (0, 5), ended.err
    stand = _stands(place)
    assert by_gate["referrer"] | by_gate["mobile"] <= stand
    assert by_gate["abroad"] <= stand
    assert stand <= {h.name for h in world.members}
    name = min(by_gate["abroad"])
    told = place.run("explain", name).out
    assert "abroad" in told
    assert "restricted" in told or "live" in told


def test_a_proxy_that_is_down_is_named_and_costs_only_what_it_would_show(
    lab: Lab, tmp_path: Path
) -> None:
    place = _place(tmp_path, lab, "http://127.0.0.1:9")
    world = lab.world

    ended = place.run("hunt", world.seeds[0], "--yes", "--no-browser", "--vantage", "abroad")

    assert "abroad" in ended.err
    assert ended.code == 5, ended.err
    stand = _stands(place)
    assert {h.name for h in world.members if h.gate in ("referrer", "mobile")} <= stand
    state = state_of(place.engine())
    assert not [h for h in state.hosts if "own" in h[2]]


def test_a_vantage_that_is_not_configured_is_refused(lab: Lab, tmp_path: Path) -> None:
    place = _place(tmp_path, lab, lab.proxy)
    ended = place.run("hunt", lab.world.seeds[0], "--yes", "--vantage", "atlantis")
    assert ended.code == 2
    assert "there are: abroad" in ended.last_line
