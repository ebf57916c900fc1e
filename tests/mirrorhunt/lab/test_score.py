"""The score counts what was found, and what should not have been."""

import json
from dataclasses import replace

import pytest

from mirrorhunt.errors import InputError
from mirrorhunt.lab.score import Score, Share, score
from mirrorhunt.lab.web_server import Request
from mirrorhunt.lab.world import Dns, Edge, Host, Truth, World

BOTH = frozenset({"mirror", "operator"})


def member(name: str, *ways: str, state: str = "live", relations: frozenset[str] = BOTH) -> Host:
    return Host(name, Truth(state, "member", "films", relations, frozenset(ways)))


def world() -> World:
    hosts = [
        member("seed.example"),
        member("a.example", "link"),
        member("b.example", "link", "certificate"),
        member("c.example", "certificate"),
        member("parked.example", "link", state="parked"),
        member("gone.example", "link", state="dead"),
        member("lost.example"),
        member("player.example", "link", relations=frozenset({"operator"})),
        Host("copy.example", Truth("live", "copycat", "films", frozenset({"mirror"}))),
        Host("news.example", Truth("live", "news_article")),
        Host("league.example", Truth("live", "league")),
        Host("shop.example", Truth("live")),
        Host("inner.example", Truth("error", "internal_address"), Dns(a=("10.0.0.1",))),
    ]
    edges = [
        Edge("seed.example", name, "link")
        for name in ("a.example", "b.example", "parked.example", "player.example", "news.example")
    ]
    edges.append(Edge("b.example", "c.example", "certificate"))
    return World(
        name="films",
        seed=0,
        network="films",
        seeds=("seed.example",),
        hosts={h.name: h for h in hosts},
        edges=tuple(edges),
        protect=("league.example",),
    )


def row(host: str, verdict: str = "probable", availability: str = "live") -> dict[str, object]:
    return {"host": host, "verdict": verdict, "availability": availability}


def request(host: str, at: float = 0.0) -> Request:
    return Request(at, host, "/", "GET", "https", "probe", host, 200)


def judged(*rows: dict[str, object], requests: tuple[Request, ...] = ()) -> Score:
    return score(world(), rows, requests, questions_count=7)


def test_recall_is_of_live_mirrors_that_can_be_reached() -> None:
    # Wanted: a, b and c; not the seed, not what is parked, lost, or only a player.
    tally = judged(row("a.example"), row("seed.example", "confirmed")).tally("probable")
    assert (tally.found, tally.wanted, tally.reported) == (1, 3, 1)
    assert tally.recall == pytest.approx(1 / 3)
    assert tally.precision == 1


def test_thresholds_include_the_stronger_verdicts() -> None:
    result = judged(
        row("a.example", "confirmed"), row("b.example", "probable"), row("c.example", "candidate")
    )
    found = {t.threshold: t.found for t in result.tallies}
    assert found == {"confirmed": 1, "probable": 2, "candidate": 3}


def test_names_are_counted_by_registrable_domain_at_the_strongest_verdict() -> None:
    rows = (
        row("www.a.example", "candidate"),
        row("cdn.a.example", "confirmed"),
        row("a.example", "candidate"),
    )
    tally = judged(*rows).tally("confirmed")
    assert (tally.found, tally.reported) == (1, 1)


def test_rejected_and_protected_rows_are_not_reported() -> None:
    result = judged(row("news.example", "rejected"), row("league.example", "protected"))
    assert result.tally("candidate").reported == 0
    assert result.protected_reported == ()


def test_what_is_wrong_is_sorted_by_kind() -> None:
    tally = judged(
        row("news.example"), row("shop.example"), row("nowhere.example"), row("a.example")
    ).tally("probable")
    assert tally.wrong == {
        "news_article": ("news.example",),
        "background": ("shop.example",),
        "unknown": ("nowhere.example",),
    }
    assert tally.precision == 0.25


def test_a_copy_and_a_player_are_of_the_network_but_not_wanted() -> None:
    result = judged(row("copy.example"), row("player.example"))
    assert result.tally("probable").wrong == {}
    assert result.tally("probable").found == 0
    assert result.copies == Share(1, 1)
    assert result.operated == Share(1, 1)


def test_a_protected_name_that_is_scored_is_named() -> None:
    assert judged(row("www.league.example", "candidate")).protected_reported == (
        "www.league.example",
    )


def test_recall_is_split_by_technique() -> None:
    result = judged(row("a.example"), row("b.example"))
    assert result.by_technique == {"link": Share(2, 2), "certificate": Share(1, 2)}
    assert result.only_by == {"link": Share(1, 1), "certificate": Share(0, 1)}


def test_a_state_that_is_wrong_is_counted_and_a_live_claim_is_stale() -> None:
    result = judged(row("parked.example"), row("a.example"), row("b.example", "candidate", "dead"))
    assert result.states == {("parked", "live"): 1, ("live", "live"): 1, ("live", "dead"): 1}
    assert result.states_right == Share(1, 3)
    assert result.tally("probable").stale == ("parked.example",)


def test_a_dead_name_may_go_as_unresolved() -> None:
    result = judged(row("gone.example", "candidate", "unresolved"))
    assert result.states_right == Share(1, 1)


def test_cost_is_by_mirror_found() -> None:
    requests = tuple(request("a.example", at) for at in range(6))
    assert judged(requests=requests).requests_per_mirror is None
    found = judged(row("a.example"), row("b.example"), requests=requests)
    assert found.requests_per_mirror == 3
    assert found.questions_count == 7


@pytest.mark.parametrize(
    ("instants", "expected"),
    [
        pytest.param([n * 0.21 for n in range(20)], {}, id="five in any second"),
        pytest.param([n * 0.1 for n in range(20)], {"a.example": 10}, id="ten in a second"),
        # Ten in one second, whatever the hours around it.
        pytest.param([0, 7200, *([3600.5] * 8), 9000], {"a.example": 8}, id="a burst"),
    ],
)
def test_a_host_asked_too_fast_is_impolite(
    instants: list[float], expected: dict[str, int]
) -> None:
    requests = tuple(request("a.example", at) for at in instants)
    assert judged(requests=requests).impolite == expected


@pytest.mark.parametrize(
    ("host", "count"),
    [
        ("inner.example", 1),
        ("www.inner.example", 1),
        ("169.254.169.254", 1),
        ("a.example", 0),
        ("nobody.example", 0),
    ],
)
def test_a_request_to_an_internal_address_violates_the_guard(host: str, count: int) -> None:
    assert len(judged(requests=(request(host),)).guard_violations) == count


def test_the_score_can_be_read_by_people_and_programs() -> None:
    result = judged(row("a.example"), row("news.example"), requests=(request("inner.example"),))
    table = dict(result.as_table())
    assert table["recall at probable"] == "1 of 3 (33.3%)"
    assert table["wrong at probable: news_article"] == "1 (news.example)"
    assert table["guard violations"] == "1"
    figures = json.loads(result.to_json())
    assert figures["thresholds"]["probable"]["found"] == 1
    assert figures["guard_violations"] == ["https://inner.example/"]
    assert figures["states"] == [{"truth": "live", "reported": "live", "count": 1}]


def test_an_empty_hunt_scores_zero_and_not_an_error() -> None:
    result = judged()
    assert result.tally("probable").recall == 0
    assert result.tally("probable").precision == 1
    assert dict(result.as_table())["requests per mirror"] == "-"


def test_what_is_away_for_a_day_has_to_stand() -> None:
    place = world()
    hosts = dict(place.hosts)
    for name, is_outage in (("gone.example", True), ("parked.example", False)):
        truth = replace(hosts[name].truth, is_outage=is_outage)
        hosts[name] = replace(hosts[name], truth=truth)
    place = replace(place, hosts=hosts)
    assert score(place, [row("gone.example")], ()).outlasted == Share(1, 1)
    # Short of probable it has fallen.
    assert score(place, [row("gone.example", "candidate")], ()).outlasted == Share(0, 1)
    assert "stands while away for a day" in dict(score(place, [], ()).as_table())


def test_a_copy_taken_for_the_operators_own_is_shown() -> None:
    rows = [
        row("copy.example") | {"relation": "operator"},
        row("a.example") | {"relation": "mirror"},
        row("player.example") | {"relation": "operator"},
        # No relation stands below probable, and a row may lack the column.
        row("b.example", "candidate") | {"relation": "mirror"},
        row("c.example"),
    ]
    found = judged(*rows)
    assert found.relations == {
        ("mirror", "operator"): 1,
        ("both", "mirror"): 1,
        ("operator", "operator"): 1,
    }
    shown = [label for label, _ in found.as_table() if label.startswith("relation: ")]
    assert shown == ["relation: mirror taken for operator"]


def test_a_world_with_one_day_has_no_other() -> None:
    place = world()
    assert place.days == (0,)
    assert place.on(0) is place
    with pytest.raises(InputError, match="no day 7"):
        place.on(7)


def test_what_is_known_from_days_before_is_where_a_search_starts() -> None:
    later = replace(world(), known=("lost.example",))
    assert "lost.example" not in world().reached()
    assert later.reached()["lost.example"] == 0
