"""What the world proxies promises, for whatever seed."""

from collections import Counter
from functools import cache

import pytest

from mirrorhunt.lab.world import Html, World
from mirrorhunt.lab.worlds import worlds
from tests.mirrorhunt.lab.promised import BOTH, live, page

MIRROR = frozenset({"mirror"})


@cache
def world_of(seed: int) -> World:
    return worlds["proxies"](seed)


@pytest.fixture(params=(1, 2, 7))
def world(request: pytest.FixtureRequest) -> World:
    return world_of(request.param)


def proxies(world: World) -> list[str]:
    return [
        h.name
        for h in world.hosts.values()
        if h.truth.network == world.network and h.truth.relations == MIRROR
    ]


def ids(world: World, name: str) -> set[str]:
    behaviour = world.hosts[name].routes["/"]
    assert isinstance(behaviour, Html)
    found = behaviour.values["ids"]
    assert isinstance(found, tuple)
    return set(found)


def test_the_operator_has_six_and_others_serve_it_from_twenty_five(world: World) -> None:
    own = list(world.members)
    assert len(own) == 6
    assert all(h.truth.relations == BOTH for h in own)
    assert len(proxies(world)) == 25
    announced = [h for h in own if "announcement" in h.truth.techniques]
    assert len(announced) == 2
    assert live(world) <= world.reached().keys()


def test_a_proxy_shows_the_index_with_money_of_its_own(world: World) -> None:
    (seed,) = world.seeds
    brand = page(world, world.hosts[seed]).split("<h1>")[1].split("</h1>")[0]
    ours = ids(world, seed)
    own = [ids(world, name) - ours for name in proxies(world)]
    for name, others in zip(proxies(world), own, strict=True):
        text = page(world, world.hosts[name])
        assert f"<h1>{brand}</h1>" in text
        assert "unblock-bar" in text
        assert any(value.startswith("zone:") for value in others)
        assert world.hosts[name].dns.ns != world.hosts[seed].dns.ns
    # What one of them adds is nobody else's, whatever it leaves of the page.
    assert max(Counter(v for others in own for v in others).values()) == 1
    left = [bool(ids(world, name) & ours) for name in proxies(world)]
    assert 5 < sum(left) < 20


def test_a_farm_serves_six_indexes_with_one_owners_values(world: World) -> None:
    farms = list(world.of_kind("farm"))
    others = list(world.of_kind("farm_of_others"))
    assert len(farms) == 3
    assert len(others) == 15
    for farm in farms:
        zones = {v for v in ids(world, farm.name) if v.startswith(("zone:", "pop:"))}
        same = [h for h in others if len(zones & ids(world, h.name)) >= 2]
        assert len(same) == 5
        assert len({h.truth.network for h in same}) == 5
        assert all(h.truth.network != world.network for h in same)


def test_lists_name_proxies_of_all_indexes_and_own_mirrors(world: World) -> None:
    (seed,) = world.seeds
    hubs = list(world.of_kind("proxy_hub"))
    assert len(hubs) == 4
    for hub in hubs:
        named = [world.hosts[e.target].truth for e in world.edges if e.source == hub.name]
        assert len({t.network for t in named}) >= 4
        assert seed in {e.target for e in world.edges if e.source == hub.name}
    named = {e.target for e in world.edges if e.source in live(world)}
    assert len(named & {hub.name for hub in hubs}) == 1


@pytest.mark.parametrize(
    "kind", ["lawful_torrents", "vpn_review", "news_article", "other_network", "same_label"]
)
def test_those_who_could_be_taken_for_it_are_there(world: World, kind: str) -> None:
    assert any(world.of_kind(kind))
    assert all(h.truth.network != world.network for h in world.of_kind(kind))
