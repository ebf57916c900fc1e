"""What the world epochs promises, for whatever seed."""

from functools import cache

import pytest

from mirrorhunt.errors import InputError
from mirrorhunt.lab.world import Host, Redirect, World
from mirrorhunt.lab.worlds import worlds
from mirrorhunt.lab.worlds.epochs import build
from tests.mirrorhunt.lab.promised import live, page


@cache
def world_of(seed: int) -> World:
    return worlds["epochs"](seed)


@pytest.fixture(params=(1, 2, 7))
def world(request: pytest.FixtureRequest) -> World:
    return world_of(request.param)


PHASES = (0, 7, 30)


def days(world: World, name: str) -> list[Host | None]:
    return [world.on(day).hosts.get(name) for day in PHASES]


def fates(world: World) -> dict[str, tuple[str, ...]]:
    """Each member of any day to its states, with the kind where it is no member."""
    names = {h.name for day in world.days for h in world.on(day).members}
    return {
        name: tuple(
            "" if h is None else h.truth.state if h.truth.kind == "member" else h.truth.kind
            for h in days(world, name)
        )
        for name in names
    }


def test_a_day_that_it_does_not_have_is_refused(world: World) -> None:
    assert set(PHASES) < set(world.days)
    assert world.on(0) is world
    with pytest.raises(InputError, match="no day 9"):
        world.on(9)


def test_one_day_can_be_built_alone(world: World) -> None:
    assert build(world.seed, 7) == world.on(7)


@pytest.mark.parametrize(
    "told",
    [
        ("live", "dead", "dead"),
        ("live", "parked", "parked"),
        ("live", "seized", "seized"),
        ("live", "parked", "for_sale"),
        ("live", "dead", "reregistered"),
        # Caught within the week: nobody has seen it dead.
        ("live", "reregistered", "reregistered"),
        # Of the trade, but another network's now.
        ("live", "dead", "rival_took"),
        ("live", "dead", "live"),
        ("", "live", "seized"),
        ("", "", "live"),
    ],
    ids=" ".join,
)
def test_a_name_goes_through(world: World, told: tuple[str, ...]) -> None:
    assert told in fates(world).values()


def test_some_are_away_for_a_day_and_stay_members(world: World) -> None:
    away = [(d, h) for d in world.days for h in world.on(d).members if h.truth.is_outage]
    assert {day for day, _ in away} == {7, 30}
    for day, host in away:
        assert host.name in live(world)
        assert host.truth.state != "live"
        # The next day it is back.
        assert host.name in live(world.on(day + 1))


def test_a_new_owner_has_a_new_date_and_another_page(world: World) -> None:
    taken = [n for n, told in fates(world).items() if {*told} & {"reregistered", "rival_took"}]
    assert len(taken) >= 4
    for name in taken:
        first, *_, last = days(world, name)
        assert first is not None
        assert last is not None
        assert first.registered_at is not None
        assert last.registered_at is not None
        assert last.registered_at > first.registered_at
        assert last.truth.network != world.network
        assert page(world.on(30), last) not in ("", page(world, first))


def test_whoever_keeps_a_name_keeps_its_date(world: World) -> None:
    for name in fates(world):
        kept = [h for h in days(world, name) if h is not None and h.truth.kind == "member"]
        assert len({h.registered_at for h in kept}) == 1


def test_old_mirrors_still_list_what_is_lost(world: World) -> None:
    last = world.on(30)
    for kind in ("reregistered", "rival_took"):
        for lost in last.of_kind(kind):
            assert [e for e in last.edges if e.target == lost.name]


def test_an_old_address_leads_to_the_new_one(world: World) -> None:
    (seed,) = world.seeds
    then = world.on(7).hosts[seed].routes["/*"]
    assert isinstance(then, Redirect)
    assert then.to.removeprefix("https://").strip("/") in live(world.on(7)) - live(world)
    assert world.on(30).hosts[seed].truth.state == "dead"


def test_every_live_mirror_can_be_known_on_its_day(world: World) -> None:
    for day in world.days:
        assert live(world.on(day)) <= world.on(day).reached().keys()


def test_what_no_day_changes_is_the_same_on_each(world: World) -> None:
    first = {n: h for n, h in world.hosts.items() if h.truth.kind not in ("member",)}
    for day in world.days:
        for name, host in first.items():
            assert world.on(day).hosts[name].routes == host.routes, name
            assert world.on(day).hosts[name].dns == host.dns, name
