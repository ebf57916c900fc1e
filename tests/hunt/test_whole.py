"""A hunt that nothing disturbs, on either database: what it finds, and what it costs."""

import json
from pathlib import Path

import pytest

from mirrorhunt.lab.run import Lab
from mirrorhunt.lab.score import Score, score
from mirrorhunt.lab.world import Redirect
from tests.hunt.conftest import Whole, assert_same, hamlet, hunt_whole, place_in
from tests.postgres import Postgres

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("hamlet")]


def scored(whole: Whole, lab: Lab) -> Score:
    rows = whole.place.run("export", "jsonl", "--verdict", "candidate")
    assert rows.code == 0, rows.err
    objects = [json.loads(line) for line in rows.out.splitlines()]
    return score(lab.world, objects, lab.requests[whole.requests_from : whole.requests_to])


@pytest.fixture(scope="module")
def result(whole: Whole, lab: Lab) -> Score:
    return scored(whole, lab)


def test_it_ends_by_itself_and_says_so(whole: Whole) -> None:
    assert whole.ended.code == 0, whole.ended.err
    assert whole.ended.complaints == []
    assert whole.state.open_runs == 0


def test_every_live_mirror_becomes_a_candidate(result: Score) -> None:
    tally = result.tally("candidate")
    assert tally.found == tally.wanted == 17


def test_every_live_mirror_with_a_page_of_its_own_is_probable(whole: Whole) -> None:
    # One that only sends its visitors on has no page to be judged by, and may stay below.
    movers = {"meta_refresh", "script_redirect"}
    for host in hamlet().members:
        front = host.behaviour("/")
        is_mover = isinstance(front, Redirect) or getattr(front, "template", "") in movers
        is_mirror = "mirror" in host.truth.relations and host.truth.state == "live"
        if is_mirror and not is_mover:
            assert whole.state.verdicts[host.name][0] in ("probable", "confirmed"), host.name


def test_nobody_else_is_probable(result: Score) -> None:
    assert result.tally("probable").wrong == {}
    assert result.tally("probable").stale == ()
    assert result.tally("confirmed").reported == 0


def test_every_state_is_seen_for_what_it_is(result: Score) -> None:
    assert result.states_right.found == result.states_right.wanted >= 28


def test_nothing_is_sent_into_our_own_network(result: Score) -> None:
    assert result.guard_violations == ()


def test_no_host_is_asked_too_fast(result: Score) -> None:
    assert dict(result.impolite) == {}


def test_protected_names_are_neither_visited_nor_judged(whole: Whole, lab: Lab) -> None:
    protected = set(lab.world.protect)
    visited = {name for _, name, _ in whole.state.visits}
    assert protected & visited == set()
    assert protected & whole.state.verdicts.keys() == set()


def test_what_a_host_costs_is_bounded(whole: Whole, lab: Lab) -> None:
    requests = lab.requests[whole.requests_from : whole.requests_to]
    fronts = [r for r in requests if r.host == lab.world.seeds[0]]
    # HTTPS, the icon, four inner pages; what redirects to it is fetched once.
    assert len(fronts) <= 10
    assert len(requests) < 4 * len(whole.state.hosts)


@pytest.mark.parametrize("database", ["postgresql"])
def test_postgresql_holds_the_same(
    database: str, postgres: Postgres, whole: Whole, lab: Lab, tmp_path: Path
) -> None:
    again = hunt_whole(place_in(tmp_path, lab, postgres.empty()), lab)

    assert again.ended.code == 0, again.ended.err
    assert_same(again.state, whole.state)
