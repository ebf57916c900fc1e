"""What the world framing promises, for whatever seed."""

from collections import Counter
from functools import cache

import pytest

from mirrorhunt.lab.pages import render
from mirrorhunt.lab.world import BACKGROUND, MEMBER, Content, Drip, Html, Redirect, Reset, World
from mirrorhunt.lab.worlds import worlds
from mirrorhunt.lab.worlds.framing import ATTACKED_ON

SEEDS = (1, 2, 7)
# The victims of a row of the forgery table are of a kind of their own.
ROWS = {
    "framed_by_link": 5,
    "framed_by_redirect": 5,
    "framed_by_banner": 5,
    "framed_by_dns": 5,
    "framed_by_certificate": 5,
    "framed_by_copied_ids": 5,
    "framed_by_copied_page": 5,
    "framed_from_birth": 5,
    "proxied_by_stranger": 5,
    "defensive_registration": 4,
    "same_label": 4,
    "links_to_member": 5,
    "hacked_site": 5,
    "open_redirect": 5,
    "same_nameservers": 5,
    "same_address": 5,
    "same_hoster_certificate": 5,
    "registered_together": 5,
    "copied_token": 5,
    "listed_by_third_party": 5,
    "commented": 5,
}


@cache
def world_of(seed: int) -> World:
    return worlds["framing"](seed)


@pytest.fixture(params=SEEDS)
def before(request: pytest.FixtureRequest) -> World:
    return world_of(request.param)


@pytest.fixture
def after(before: World) -> World:
    return before.on(ATTACKED_ON)


def written(world: World, name: str, path: str = "/") -> str:
    host = world.hosts[name]
    found = host.routes[path]
    if isinstance(found, Html):
        return render(world, host, path, found).decode()
    assert isinstance(found, Content), (name, path)
    return found.body.decode()


def names(world: World, kind: str) -> list[str]:
    return [host.name for host in world.of_kind(kind)]


def shows(world: World, name: str) -> str:
    """The front pages, as far as there are any: who redirects has none."""
    found = world.hosts[name].behaviour("/")
    return "" if isinstance(found, Redirect) else written(world, name)


# ---------------------------------------------------------------- what is there


def test_it_is_small(before: World, after: World) -> None:
    assert len(before.hosts) <= len(after.hosts) <= 300
    assert before.days == (0, ATTACKED_ON)


def test_every_row_of_the_table_has_victims_of_its_own(after: World) -> None:
    kinds = Counter(host.truth.kind for host in after.decoys)
    assert {kind: kinds[kind] for kind in ROWS} == ROWS
    assert kinds.keys() - ROWS.keys() == {"platform", "rights_holder"}


def test_no_victim_is_of_the_network(after: World) -> None:
    for host in after.decoys:
        is_proxy = host.truth.kind == "proxied_by_stranger"
        assert (host.truth.network == after.network) == is_proxy, host.name
        assert host.truth.relations <= {"mirror"}


def test_the_victims_are_of_many_trades_and_some_do_stream(after: World) -> None:
    for kind in ("framed_by_link", "framed_by_copied_ids", "commented", "same_address"):
        pages = [shows(after, name) for name in names(after, kind)]
        assert sum("playlist.m3u8" in page for page in pages) == 2, kind
        assert len({page.partition('class="')[2].partition('"')[0] for page in pages}) == 5


def test_thirty_mirrors_are_found_by_honest_ways(before: World) -> None:
    mirrors = {h.name for h in before.of_kind(MEMBER)} - set(before.seeds)
    assert len(mirrors) == 30
    assert mirrors <= before.reached().keys()
    ways = {way for name in mirrors for way in before.hosts[name].truth.techniques}
    assert ways >= {"announcement", "link", "text", "frame", "canonical", "alternate"}
    assert "certificate" in ways


def test_nobody_costs_a_time_out(after: World) -> None:
    for host in after.hosts.values():
        assert host.truth.state == "live"
        assert not any(isinstance(b, Drip | Reset) for b in host.routes.values()), host.name


# ---------------------------------------------------------------- who forged what


def test_nobody_is_framed_on_the_first_day(before: World) -> None:
    framed = {name for kind in ROWS if kind.startswith("framed") for name in names(before, kind)}
    assert not any(edge.target in framed for edge in before.edges)
    for seed in before.seeds:
        assert not any(name in shows(before, seed) for name in framed)


def test_every_victim_is_brought_up_on_the_second(after: World) -> None:
    # A forgery on a host that nobody looks at tries nothing.
    brought_up = after.reached()
    lonely = {"same_label", "defensive_registration", "platform", "rights_holder"}
    for kind in ROWS.keys() - lonely:
        assert set(names(after, kind)) <= brought_up.keys(), kind


def test_members_redirect_and_announce(after: World) -> None:
    ways = Counter(
        e.technique
        for e in after.edges
        if e.source in after.seeds and e.target in names(after, "framed_by_redirect")
    )
    assert ways["redirect"] + ways["meta_refresh"] + ways["script_redirect"] == 5
    page = written(after, after.seeds[0])
    assert all(name in page for name in names(after, "framed_by_banner"))


def test_records_of_members_are_the_victims(before: World, after: World) -> None:
    theirs = {after.hosts[name].dns for name in names(after, "framed_by_dns")}
    ours = {after.hosts[name].dns for name in after.seeds}
    assert theirs <= ours
    assert not theirs & {before.hosts[name].dns for name in before.seeds}


def test_what_is_copied_stands_on_two_known_members_and_only_since_the_second_day(
    before: World, after: World
) -> None:
    for kind in ("framed_by_copied_ids", "copied_token"):
        for name in names(after, kind):
            token = written(after, name).partition('verification" content="')[2].partition('"')[0]
            wearing = [s for s in after.seeds if token in shows(after, s)]
            assert len(wearing) == 2, name
            assert not any(token in shows(before, s) for s in before.seeds)


def test_two_new_mirrors_are_dressed_from_birth_for_each_victim(
    before: World, after: World
) -> None:
    new = after.hosts.keys() - before.hosts.keys()
    for name in names(after, "framed_from_birth"):
        brand = written(after, name).partition("<title>")[2].partition(" - ")[0]
        dressed = [n for n in new if f"<title>{brand} - " in shows(after, n)]
        assert len(dressed) == 2
        assert all(name in shows(after, n) for n in dressed)


def test_what_visitors_wrote_stands_in_comments(after: World) -> None:
    for name in names(after, "commented"):
        before_comments, _, comments = written(after, name).partition('id="comments"')
        assert after.seeds[0] in comments
        assert after.seeds[0] not in before_comments


def test_neighbours_share_what_they_were_given(after: World) -> None:
    members = [after.hosts[name] for name in (*after.seeds, *names(after, MEMBER))]
    pairs, addresses = {m.dns.ns for m in members}, {a for m in members for a in m.dns.a}
    for name in names(after, "same_nameservers"):
        assert after.hosts[name].dns.ns in pairs
    for name in names(after, "same_address"):
        assert set(after.hosts[name].dns.a) <= addresses
    hosted = {after.hosts[name].certificate for name in names(after, "same_hoster_certificate")}
    assert len(hosted) == 1
    assert hosted & {m.certificate for m in members}


def test_a_list_of_others_names_victims_alone(after: World) -> None:
    assert set(after.candidates) == set(names(after, "listed_by_third_party"))


# ---------------------------------------------------------------- determinism


def test_the_same_seed_gives_the_same_world_and_another_another() -> None:
    again = worlds["framing"](1)
    assert again == world_of(1)
    assert again.on(ATTACKED_ON) == world_of(1).on(ATTACKED_ON)
    found = [{h.name for h in world_of(seed).decoys} for seed in (1, 2)]
    assert len(found[0] & found[1]) < 5


def test_what_the_second_day_does_not_change_stays(before: World, after: World) -> None:
    background = names(before, BACKGROUND)
    assert background == names(after, BACKGROUND)
    assert all(before.hosts[name].dns == after.hosts[name].dns for name in background)
