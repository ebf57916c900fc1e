"""What the world scripted promises, for whatever seed."""

import json
from functools import cache

import pytest

from mirrorhunt.availability import ruling
from mirrorhunt.escalating import why_draw
from mirrorhunt.hops import find_hop
from mirrorhunt.indicators import kinds
from mirrorhunt.lab import pages
from mirrorhunt.lab.world import BACKGROUND, Content, Host, Html, World
from mirrorhunt.lab.worlds import worlds
from mirrorhunt.model import Availability, DnsFacts, Rcode, Visit
from mirrorhunt.page import Page
from tests import make
from tests.mirrorhunt.lab.promised import live, page

HIDING = {"app", "written", "gate", "nested", "sent_on"}


@cache
def world_of(seed: int) -> World:
    return worlds["scripted"](seed)


@pytest.fixture(params=(1, 2, 3))
def world(request: pytest.FixtureRequest) -> World:
    return world_of(request.param)


def template(host: Host) -> str:
    front = host.routes.get("/")
    return front.template if isinstance(front, Html) else ""


def plain(world: World, host: Host) -> Visit:
    """The host's front page as it is sent."""
    front = host.routes["/"]
    assert isinstance(front, Html)
    body = pages.render(world, host, "/", front)
    return Visit(
        host.name,
        "scripted",
        "hunt",
        "here",
        make.NOW,
        dns=DnsFacts(Rcode.NOERROR, ("192.0.2.7",)),
        page=Page.of(f"https://{host.name}/", body, 200, {"content-type": "text/html"}),
    )


def test_half_of_the_mirrors_hide_from_whoever_runs_no_scripts(world: World) -> None:
    assert len(world.members) == 24
    assert live(world) <= world.reached().keys()
    hiding = [h for h in world.members if template(h) in HIDING]
    assert len(hiding) == 12
    for host in hiding:
        seen = plain(world, host)
        assert seen.page is not None
        assert find_hop(seen.page) is None
        assert not list(kinds["offers"].read(seen))
        assert why_draw(seen)
    for host in world.members:
        if host not in hiding:
            seen = plain(world, host)
            assert ruling(seen).availability is Availability.LIVE
            assert not why_draw(seen)


def test_two_mirrors_are_led_to_by_a_script_alone(world: World) -> None:
    led_to = [h for h in world.members if h.truth.techniques == {"script_redirect"}]
    assert len(led_to) == 2
    assert {template(h) in HIDING for h in led_to} == {True, False}


@pytest.mark.parametrize(
    "kind",
    ["lawful_app", "lawful_gate", "asks_network", "broadcaster", "hostile", "library", BACKGROUND],
)
def test_around_it_are_others_of_the_same_make(world: World, kind: str) -> None:
    assert any(world.of_kind(kind))
    assert all(h.truth.network is None for h in world.of_kind(kind))


def test_lawful_pages_are_drawn_as_mirrors_are_and_ordinary_ones_not(world: World) -> None:
    for kind in ("lawful_app", "lawful_gate", "asks_network", "hostile"):
        assert all(why_draw(plain(world, h)) for h in world.of_kind(kind))
    ordinary = [h for h in world.of_kind(BACKGROUND) if "/" in h.routes]
    assert not [h.name for h in ordinary if why_draw(plain(world, h))]


def test_one_mirror_asks_for_what_is_not_its_own(world: World) -> None:
    scripts = {
        h.name: script.body
        for h in world.members
        if isinstance(script := h.routes.get("/assets/app.js"), Content)
    }
    flooding = [name for name, body in scripts.items() if b"-market.com" in body]
    assert len(flooding) == 1
    (delivery,) = world.of_kind("delivery")
    assert delivery.name.encode() in scripts[flooding[0]]
    # Nobody leads to what it asks for.
    assert not delivery.truth.techniques


def test_an_interface_answers_with_what_a_script_draws(world: World) -> None:
    host = next(h for h in world.members if template(h) == "app")
    said = json.loads(page(world, host, "/api/*"))
    assert host.name in said["html"] or "schedule" in said["html"]


def test_the_same_seed_gives_the_same_world_and_another_another() -> None:
    assert worlds["scripted"](1) == world_of(1)
    members = [{h.name for h in world_of(seed).members} for seed in (1, 2)]
    assert len(members[0] & members[1]) < 3
