"""What the world brands promises, for whatever seed."""

from collections import Counter
from functools import cache

import pytest

from mirrorhunt.lab.world import Html, World
from mirrorhunt.lab.worlds import worlds
from mirrorhunt.names import parts, registrable_domain
from tests.mirrorhunt.lab.promised import BOTH, live, page

OPERATED = frozenset({"operator"})


@cache
def world_of(seed: int) -> World:
    return worlds["brands"](seed)


@pytest.fixture(params=(1, 2, 7))
def world(request: pytest.FixtureRequest) -> World:
    return world_of(request.param)


def brands(world: World) -> list[str]:
    """The brands without the hosts that they work with."""
    found = (h for h in world.members if h.truth.relations == OPERATED)
    return [h.name for h in found if registrable_domain(h.name) == h.name]


def shown(world: World, name: str, key: str) -> object:
    behaviour = world.hosts[name].routes["/"]
    assert isinstance(behaviour, Html)
    return behaviour.values.get(key, "")


def test_sixty_brands_are_the_operators_and_no_mirrors(world: World) -> None:
    assert len(brands(world)) == 60
    assert sum(h.truth.relations == BOTH for h in world.members) == 4


def test_brands_share_neither_label_nor_title_nor_icon(world: World) -> None:
    names = brands(world)
    assert max(Counter(parts(name).label for name in names).values()) <= 2
    assert len({shown(world, name, "brand") for name in names}) >= 58
    assert len({repr(world.hosts[name].routes["/favicon.png"]) for name in names}) == 60


def test_brands_are_in_four_or_five_families(world: World) -> None:
    routes = [world.hosts[name].routes["/"] for name in brands(world)]
    assert len({r.template for r in routes if isinstance(r, Html)}) >= 4


def test_brands_share_machinery_each_a_part_of_it(world: World) -> None:
    (seed,) = world.seeds
    ours = {key: shown(world, seed, key) for key in ("player_host", "api_host")}
    counts = []
    for name in brands(world):
        tied = [key for key, value in ours.items() if shown(world, name, key) == value]
        tied += ["contact"] * (world.hosts[name].dns.soa_rname == world.hosts[seed].dns.soa_rname)
        counts.append(len(tied))
    assert 0 in counts
    assert 20 < sum(1 for count in counts if count) < 60


def test_as_many_of_the_trade_are_others_with_none_of_the_values(world: World) -> None:
    trade = list(world.of_kind("same_trade"))
    assert len(trade) >= 60
    (seed,) = world.seeds
    player = str(shown(world, seed, "player_host"))
    contact = world.hosts[seed].dns.soa_rname
    for host in trade:
        assert player not in page(world, host)
        assert host.dns.soa_rname != contact
    # Same hoster, same themes, same ad networks: nothing of it may tie anybody.
    hosters = {world.hosts[name].dns.ns for name in brands(world)}
    assert sum(host.dns.ns in hosters for host in trade) > 30
    assert sum("pushlane.com" in page(world, host) for host in trade) > 30


def test_few_lead_to_another_and_certificates_to_more(world: World) -> None:
    names = brands(world)
    reached, own = world.reached(), live(world)
    linked = {e.target for e in world.edges if e.technique == "link" and e.source in own}
    assert 10 <= len(linked & set(names)) <= 25
    certified = [n for n in names if "certificate" in world.hosts[n].truth.techniques]
    assert len(certified) == 30
    assert len([n for n in names if n in reached]) == 50


def test_a_certificate_is_small(world: World) -> None:
    groups = Counter(h.certificate.group for h in world.members if h.certificate is not None)
    assert max(groups.values()) == 5
    assert all(len(h.certificate.names) <= 10 for h in world.members if h.certificate is not None)


def test_those_nothing_leads_to_are_given_among_strangers(world: World) -> None:
    given = [world.hosts[name].truth.network for name in world.candidates]
    assert given.count(world.network) == 10
    assert len(given) == 22
    assert not set(world.candidates) & world.reached().keys() & live(world)
