"""What the world hamlet promises, for whatever seed."""

from collections import Counter
from functools import cache

import pytest

from mirrorhunt.lab.world import BACKGROUND, TECHNIQUES, Drip, Reset, World
from mirrorhunt.lab.worlds import worlds


@cache
def world_of(seed: int) -> World:
    return worlds["hamlet"](seed)


@pytest.fixture(params=(1, 2, 7))
def world(request: pytest.FixtureRequest) -> World:
    return world_of(request.param)


def test_it_is_small(world: World) -> None:
    assert 25 <= len(world.members) <= 35
    assert 15 <= len(world.decoys) <= 30
    assert sum(1 for _ in world.of_kind(BACKGROUND)) == 30


def test_every_live_mirror_is_reached_from_the_seed(world: World) -> None:
    mirrors = {h.name for h in world.members if "mirror" in h.truth.relations}
    live = {name for name in mirrors if world.hosts[name].truth.state == "live"}
    assert live - world.reached().keys() == set()
    assert max(world.reached().values()) >= 3


def test_every_technique_is_the_way_to_some_member(world: World) -> None:
    found = {technique for h in world.members for technique in h.truth.techniques}
    # There is nobody here who searches logs.
    assert found == TECHNIQUES - {"certificate_log"}


def test_some_members_are_given_away_by_one_technique_alone(world: World) -> None:
    only = {next(iter(h.truth.techniques)) for h in world.members if len(h.truth.techniques) == 1}
    assert only >= {"dns_name", "certificate", "announcement", "link"}


def test_members_that_are_gone_are_gone_in_every_way(world: World) -> None:
    states = Counter(h.truth.state for h in world.members)
    assert states["live"] > len(world.members) / 2
    # All but an error, which is nobody's fate for long.
    assert states.keys() >= {"dead", "parked", "for_sale", "seized", "restricted", "challenge"}
    assert states["dead"] == 3


def test_decoys_are_of_many_kinds(world: World) -> None:
    kinds = {h.truth.kind for h in world.decoys}
    assert len(kinds) >= 15
    assert kinds >= {"internal_address", "copycat", "other_network", "league", "copied_id"}


def test_nobody_costs_a_time_out(world: World) -> None:
    for host in world.hosts.values():
        assert host.dns.rcode != "SILENT", host.name
        assert not any(isinstance(b, Drip | Reset) for b in host.routes.values()), host.name


def test_protected_names_are_there_and_nobodys_members(world: World) -> None:
    assert world.protect
    assert all(world.hosts[name].truth.network is None for name in world.protect)


def test_the_same_seed_gives_the_same_world_and_another_another() -> None:
    assert worlds["hamlet"](1) == world_of(1)
    names = [{h.name for h in world_of(seed).members} for seed in (1, 2)]
    assert len(names[0] & names[1]) < 3
