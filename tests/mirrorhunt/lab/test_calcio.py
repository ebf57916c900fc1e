"""What the world calcio promises, for whatever seed."""

import base64
import re
from collections import Counter, defaultdict
from collections.abc import Iterator
from functools import cache
from html import unescape

import pytest

from mirrorhunt.lab import pages
from mirrorhunt.lab.sources import certificates, issuances
from mirrorhunt.lab.world import (
    BACKGROUND,
    STATES,
    TECHNIQUES,
    Html,
    Redirect,
    World,
)
from mirrorhunt.lab.worlds import worlds
from mirrorhunt.names import host, parts, registrable_domain

SEEDS = (1, 2, 7)


@cache
def world_of(seed: int) -> World:
    return worlds["calcio"](seed)


@pytest.fixture(params=SEEDS)
def world(request: pytest.FixtureRequest) -> World:
    return world_of(request.param)


def html_of(world: World) -> Iterator[tuple[str, str, Html]]:
    for found in world.hosts.values():
        for path, behaviour in found.routes.items():
            if isinstance(behaviour, Html):
                yield found.name, path, behaviour


def written(world: World, name: str, path: str) -> str:
    page = world.hosts[name].routes[path]
    assert isinstance(page, Html)
    return pages.render(world, world.hosts[name], path.replace("*", "17"), page).decode()


def test_it_is_as_large_as_promised(world: World) -> None:
    assert len({registrable_domain(h.name) for h in world.members}) >= 130
    assert len({registrable_domain(h.name) for h in world.decoys}) >= 150
    assert sum(1 for _ in world.of_kind(BACKGROUND)) >= 1000
    assert len(world.seeds) == 1


def test_about_seven_in_ten_members_are_live(world: World) -> None:
    live = sum(h.truth.state == "live" for h in world.members) / len(world.members)
    assert 0.6 < live < 0.8
    states = {h.truth.state for h in world.members}
    assert states == STATES - {"error"}


def test_every_kind_of_decoy_is_there_and_most_more_than_once(world: World) -> None:
    kinds = Counter(h.truth.kind for h in world.decoys)
    assert kinds.keys() >= {
        "news_article",
        "fan_blog",
        "league",
        "broadcaster",
        "rights_holder",
        "betting_affiliate",
        "defensive",
        "same_label",
        "shortener",
        "link_in_bio",
        "platform",
        "library",
        "ad_network",
        "parked_lookalike",
        "friend_pirate",
        "same_hoster",
        "same_cdn_pair",
        "copied_id",
        "framed_victim",
        "reregistered",
        "comment_spam",
        "poisoned_redirect",
        "cyberlocker",
        "other_network",
        "copycat",
        "internal_address",
        "hostile",
    }
    once = {kind for kind, count in kinds.items() if count == 1}
    assert once <= {"copycat", "wildcard_suffix", "rebinding", "internal_redirect"}


def test_every_live_member_is_reached_from_the_seed(world: World) -> None:
    reached = {registrable_domain(name) for name in world.reached()}
    live = {registrable_domain(h.name) for h in world.members if h.truth.state == "live"}
    assert live - reached == set()


def test_discovery_takes_several_rounds(world: World) -> None:
    # Guessing names takes no rounds: a label gives away all its suffixes at once.
    reached = world.reached(TECHNIQUES - {"dns_name"})
    steps = Counter(reached[h.name] for h in world.members if h.name in reached)
    assert max(steps) >= 5
    # The seed itself gives away only a few.
    assert steps[1] < 20


def test_background_is_met_within_two_links_of_members(world: World) -> None:
    near = {h.name for h in world.members}
    for _ in range(2):
        near |= {e.target for e in world.edges if e.source in near and e.technique == "link"}
    met = sum(world.hosts[name].truth.kind == BACKGROUND for name in near)
    assert met >= 200


@pytest.mark.parametrize("technique", sorted(TECHNIQUES))
def test_every_technique_leads_to_some_live_member(world: World, technique: str) -> None:
    found = [h for h in world.members if technique in h.truth.techniques]
    assert any(h.truth.state == "live" for h in found)


@pytest.mark.parametrize("technique", ["dns_name", "certificate", "certificate_log"])
def test_a_few_members_are_given_away_by_one_technique_alone(world: World, technique: str) -> None:
    only = [h for h in world.members if h.truth.techniques == {technique}]
    assert len([h for h in only if h.truth.state == "live"]) >= 2


# ---------------------------------------------------------------- truth and pages agree


def test_a_page_leads_where_the_truth_says(world: World) -> None:
    """Each edge can be read off the page, redirect or certificate it is said to be on."""
    texts: dict[tuple[str, str], str] = {}
    missing = []
    for edge in world.edges:
        source = world.hosts[edge.source]
        if edge.technique == "dns_name":
            continue
        if edge.technique == "certificate":
            assert source.certificate is not None
            assert edge.target in source.certificate.names
            continue
        if edge.technique == "certificate_log":
            label = parts(edge.source).label.rstrip("0123456789")
            shown = issuances(world, edge.source)[1] + certificates(world, f"%{label}%")[1]
            assert f'"{edge.target}"' in shown or f"{edge.target}\\n" in shown
            continue
        if edge.technique == "redirect":
            targets = [b.to for b in source.routes.values() if isinstance(b, Redirect)]
            assert any(f"//{edge.target}/" in to for to in targets)
            continue
        key = (edge.source, edge.path)
        if key not in texts:
            texts[key] = _decoded(unescape(written(world, *key)))
        if edge.target not in texts[key]:
            missing.append(edge)
    assert missing == []


def _decoded(text: str) -> str:
    encoded = re.findall(r'atob\("([^"]+)"\)', text)
    joined = text.replace('" + "', "")
    return joined + "".join(base64.b64decode(e).decode() for e in encoded)


def test_a_lead_that_is_no_link_is_none(world: World) -> None:
    """A host that only the text names is not linked from the same page."""
    for edge in world.edges:
        if edge.technique == "text":
            others = {
                e.technique
                for e in world.edges
                if (e.source, e.path, e.target) == (edge.source, edge.path, edge.target)
            }
            if others == {"text"}:
                assert f"://{edge.target}/" not in written(world, edge.source, edge.path)
                break


def test_pages_say_nothing_of_the_truth(world: World) -> None:
    words = re.compile(r"decoy|copycat|victim|poison|rebind|member\b|honeypot", re.I)
    for name, path, page in html_of(world):
        if page.template != "many_links":
            found = words.search(written(world, name, path))
            assert found is None, (name, path, found)


def test_front_pages_of_live_mirrors_have_the_size_of_real_ones(world: World) -> None:
    sizes = [
        len(written(world, name, path))
        for name, path, page in html_of(world)
        if page.template in ("stadium", "sportspress") and path == "/"
    ]
    assert min(sizes) > 8_000
    assert max(sizes) < 60_000
    assert sorted(sizes)[len(sizes) // 2] > 15_000


def test_no_mirror_shares_everything(world: World) -> None:
    """What live mirrors carry varies: some lack each kind of value."""
    carried: defaultdict[str, int] = defaultdict(int)
    mirrors = [
        page
        for name, path, page in html_of(world)
        if path == "/"
        and page.template in ("stadium", "sportspress")
        and world.hosts[name].truth.kind == "member"
    ]
    for page in mirrors:
        for key in ("ids", "handle", "wallet", "class_salt"):
            carried[key] += bool(page.values.get(key))
    for count in carried.values():
        assert 0 < count < len(mirrors)


# ---------------------------------------------------------------- names and protection


def test_names_are_written_as_names_are(world: World) -> None:
    for name in (*world.hosts, *world.protect, *world.candidates):
        assert host(name) == name


def test_no_member_is_protected_and_every_protected_name_exists(world: World) -> None:
    assert all(world.hosts[name].truth.network is None for name in world.protect)


def test_the_candidates_are_a_mixture(world: World) -> None:
    kinds = Counter(
        found.truth.kind if (found := world.find(name)) else "nobody" for name in world.candidates
    )
    assert kinds["member"] >= 30
    assert kinds[BACKGROUND] >= 30
    assert kinds["nobody"] >= 10
    assert len(kinds) > 10


def test_only_guard_tests_answer_with_internal_addresses(world: World) -> None:
    internal = re.compile(r"(127|10|192\.168|169\.254|100\.64)\.|::ffff:")
    for found in world.hosts.values():
        addresses = (*found.dns.a, *found.dns.aaaa, *sum(found.dns.turns, ()))
        is_internal = any(internal.match(address) for address in addresses)
        assert is_internal == (found.truth.kind in ("internal_address", "rebinding"))


def test_hosts_of_one_hoster_share_addresses_and_the_network_its_cdn_pair(world: World) -> None:
    pairs = Counter(h.dns.ns for h in world.members if "cloudflare" in "".join(h.dns.ns))
    assert len(pairs) == 2
    neighbours = [h for h in world.decoys if h.dns.ns in pairs]
    assert len(neighbours) >= 8
    member_addresses = {a for h in world.members for a in h.dns.a}
    shared = [h for h in world.of_kind("same_hoster") if member_addresses & set(h.dns.a)]
    assert shared


# ---------------------------------------------------------------- determinism


def test_the_same_seed_gives_the_same_world() -> None:
    first, again = world_of(1), worlds["calcio"](1)
    assert first == again
    some = [first.seeds[0], "t.me", *list(first.hosts)[:40]]
    for name in some:
        for path, page in first.hosts[name].routes.items():
            if isinstance(page, Html):
                assert written(first, name, path) == written(again, name, path)


def test_another_seed_gives_other_names_and_values() -> None:
    first, second = ({h.name for h in world_of(s).members} for s in (1, 2))
    assert len(first & second) < len(first) / 10
    backgrounds = ({h.name for h in world_of(s).of_kind(BACKGROUND)} for s in (1, 2))
    one, other = backgrounds
    assert len(one & other) < len(one) / 10
