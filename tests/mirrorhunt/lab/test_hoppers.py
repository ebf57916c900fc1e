"""What the world hoppers promises, for whatever seed."""

import os
import re
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from functools import cache

import pytest

from mirrorhunt.lab.world import BACKGROUND, MANNERS, TECHNIQUES, Certificate, Host, World
from mirrorhunt.lab.worlds import worlds
from mirrorhunt.names import host, parts, registrable_domain


@cache
def world_of(seed: int) -> World:
    return worlds["hoppers"](seed)


@pytest.fixture(params=(1, 2, 7))
def world(request: pytest.FixtureRequest) -> World:
    return world_of(request.param)


def live_mirrors(world: World) -> Iterator[Host]:
    return (h for h in world.members if h.truth.state == "live" and "mirror" in h.truth.relations)


def by_name_alone(world: World) -> list[Host]:
    return [h for h in live_mirrors(world) if h.truth.techniques == {"dns_name"}]


def test_most_mirrors_are_given_away_by_their_names_alone(world: World) -> None:
    count = len(list(live_mirrors(world)))
    assert count >= 30
    assert len(by_name_alone(world)) > 0.6 * count


def test_every_live_mirror_is_reached_from_the_one_seed(world: World) -> None:
    assert len(world.seeds) == 1
    assert {h.name for h in live_mirrors(world)} <= world.reached().keys()
    # Following what pages say leads to less than half of them.
    without = world.reached(TECHNIQUES - {"dns_name"})
    assert sum(h.name in without for h in live_mirrors(world)) < 0.4 * len(world.members)


def test_no_page_and_no_certificate_names_a_hidden_mirror(world: World) -> None:
    hidden = {h.name for h in by_name_alone(world)}
    assert not [e for e in world.edges if e.target in hidden and e.technique != "dns_name"]
    for found in world.hosts.values():
        certificate = found.certificate or Certificate("none", ())
        named = {registrable_domain(name) for name in certificate.names}
        assert named <= {registrable_domain(found.name)}


def test_the_series_has_gaps_and_goes_on_under_another_suffix(world: World) -> None:
    label = re.sub(r"[0-9]+\Z", "", parts(world.seeds[0]).label)
    numbers: dict[str, list[int]] = {}
    for found in live_mirrors(world):
        number = parts(found.name).label.removeprefix(label)
        if number.isdigit():
            numbers.setdefault(parts(found.name).suffix, []).append(int(number))
    longest, other = sorted(numbers.values(), key=len, reverse=True)
    steps = [b - a for a, b in zip(sorted(longest), sorted(longest)[1:], strict=False)]
    assert {1, 2, 3} <= set(steps)
    assert min(other) == max(longest) + 1


def test_one_label_is_under_many_suffixes(world: World) -> None:
    labels = Counter(parts(h.name).label for h in world.members)
    assert max(labels.values()) >= 12


def test_a_number_left_out_is_gone_in_different_ways(world: World) -> None:
    """Given up, parked, for sale, without an address, broken, and somebody else's."""
    label = re.sub(r"[0-9]+\Z", "", parts(world.seeds[0]).label)
    series = [h for h in world.hosts.values() if re.match(rf"{label}[0-9]+\.", h.name)]
    fates = {
        (h.truth.kind, h.truth.state, h.dns.rcode, bool(h.dns.a))
        for h in series
        if not (h.truth.kind == "member" and h.truth.state == "live")
    }
    assert len(fates) >= 5


@pytest.mark.parametrize(
    "kind",
    [
        "defensive",
        "same_label",
        "parked_lookalike",
        "for_sale_lookalike",
        "idle_lookalike",
        "other_network",
        "news_article",
        "league",
        BACKGROUND,
    ],
)
def test_those_who_could_be_taken_for_members_are_there(world: World, kind: str) -> None:
    assert any(world.of_kind(kind))
    assert all(h.truth.network != world.network for h in world.of_kind(kind))


def test_a_namesake_is_within_reach_of_the_same_rules(world: World) -> None:
    labels = {parts(h.name).label for h in world.members}
    for kind in ("same_label", "defensive", "parked_lookalike", "idle_lookalike"):
        assert any(parts(h.name).label in labels for h in world.of_kind(kind)), kind


def test_wildcards_answer_by_address_by_alias_and_in_turns(world: World) -> None:
    answering = [world.hosts[name].dns for name in world.wildcard_suffixes.values()]
    assert any(dns.a and not dns.cname for dns in answering)
    assert any(dns.cname and "*" in dns.cname for dns in answering)
    assert any(len(dns.turns) >= 3 for dns in answering)
    # A mirror stands among the names that are made up there.
    suffixes = {parts(h.name).suffix for h in by_name_alone(world)}
    assert suffixes & world.wildcard_suffixes.keys()


def test_some_zones_are_broken_each_in_its_way(world: World) -> None:
    rcodes = {h.dns.rcode for h in world.hosts.values()}
    assert rcodes >= {"NOERROR", "NXDOMAIN", "SERVFAIL"}
    assert any(h.dns.cname == h.name for h in world.hosts.values())
    assert any(h.dns.ns and not h.dns.a and not h.dns.cname for h in world.hosts.values())


def test_there_is_a_nameserver_of_each_manner(world: World) -> None:
    assert world.nameservers[0].manner == "honest"
    assert {serving.manner for serving in world.nameservers} == MANNERS
    hidden = {name for serving in world.nameservers for name in serving.hidden}
    live = {h.name for h in live_mirrors(world)}
    assert hidden <= live - set(world.seeds)
    answers = {a for serving in world.nameservers for a in serving.hidden.values()}
    assert len(answers) == 2
    assert None in answers


def test_registries_date_every_name_in_the_order_of_its_series(world: World) -> None:
    label = re.sub(r"[0-9]+\Z", "", parts(world.seeds[0]).label)
    dated = sorted(
        (h.registered_at, int(parts(h.name).label.removeprefix(label)))
        for h in world.members
        if h.registered_at and parts(h.name).label.removeprefix(label).isdigit()
    )
    assert [number for _, number in dated] == sorted(number for _, number in dated)
    assert all(h.registered_at is not None for h in world.members)


def test_names_are_written_as_names_are(world: World) -> None:
    for name in (*world.hosts, *world.protect):
        assert host(name) == name


def test_protected_names_are_nobodys_members(world: World) -> None:
    assert world.protect
    assert all(world.hosts[name].truth.network is None for name in world.protect)


DIGEST = """
import hashlib
from mirrorhunt.lab import pages
from mirrorhunt.lab.world import Html
from mirrorhunt.lab.worlds import worlds

world, digest = worlds["hoppers"](1), hashlib.sha256()
for found in world.hosts.values():
    digest.update(repr((found.name, found.dns, found.certificate, found.registered_at)).encode())
    for path, behaviour in found.routes.items():
        page = isinstance(behaviour, Html) and pages.render(world, found, path, behaviour)
        digest.update(page or repr(behaviour).encode())
print(digest.hexdigest(), world.seeds, world.edges, world.nameservers)
"""


def test_another_process_gives_the_same_world() -> None:
    """Sets of text are in another order in each: a world must not be drawn from one."""
    said = [
        subprocess.run(
            [sys.executable, "-c", DIGEST],
            env={**os.environ, "PYTHONHASHSEED": hash_seed},
            capture_output=True,
            check=True,
        ).stdout
        for hash_seed in ("1", "2")
    ]
    assert said[0] == said[1]


def test_the_same_seed_gives_the_same_world_and_another_another() -> None:
    assert worlds["hoppers"](1) == world_of(1)
    names = [{h.name for h in world_of(seed).members} for seed in (1, 2)]
    assert len(names[0] & names[1]) < 3
