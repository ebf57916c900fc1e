"""The same page on many unrelated hosts."""

import pytest
from sqlalchemy import Engine

from mirrorhunt import boilerplate, judging, verdicts
from mirrorhunt.boilerplate import Front
from mirrorhunt.evidence import Case
from mirrorhunt.facts import HostFacts, Rarity
from mirrorhunt.model import Availability, Judgement, Verdict
from mirrorhunt.store import facts, findings, hosts
from mirrorhunt.store.sharing import Sharing
from tests import make, stored

NAMES = ("bakery", "garage", "harbour", "library", "orchard", "pharmacy", "quarry")
STOP = {"page_tags": "0" * 16, "brand": "stop", "analytics_id": "ga:G-STOP"}


def crowd(count: int, shows: dict[str, str] = STOP, stem: str = "") -> dict[int, HostFacts]:
    names = [f"{stem}{n}" for n in range(count)] if stem else NAMES[:count]
    return {id_: make.host(f"{name}.example", shows) for id_, name in enumerate(names)}


def fronts(of: dict[int, HostFacts], title: str = "Stop", digest: str = "") -> dict[int, Front]:
    return {id_: Front(digest, title) for id_ in of}


@pytest.mark.parametrize(
    ("found", "title"),
    [
        pytest.param(crowd(4), "Stop", id="four are few"),
        # films2, films3 …: the network's numbers, on the first night.
        pytest.param(crowd(30, stem="films"), "Films", id="one label with numbers"),
        pytest.param(crowd(7, STOP | {"offers": "player"}), "Films", id="it offers something"),
    ],
)
def test_a_page_that_may_be_the_network_s_is_its_own(
    found: dict[int, HostFacts], title: str
) -> None:
    assert boilerplate.crowds(found, fronts(found, title), ()) == {}


def test_the_same_page_on_five_unrelated_domains_is_nobody_s() -> None:
    found = crowd(5)

    assert boilerplate.crowds(found, fronts(found), ()) == dict.fromkeys(range(5), 5)


def test_other_titles_are_other_pages() -> None:
    found = crowd(6)
    titled = {id_: Front("", f"page {id_}") for id_ in found}

    assert boilerplate.crowds(found, titled, ()) == {}


def test_the_same_bytes_are_the_same_page_without_a_shape() -> None:
    found = crowd(6, {"brand": "stop"})

    assert set(boilerplate.crowds(found, fronts(found, "", "ab" * 32), ())) == set(found)


def test_a_page_with_another_visitor_s_number_in_it_is_the_same() -> None:
    found = {
        id_: make.host(f"{name}.example", STOP | {"page_tags": f"{1 << id_:016x}"})
        for id_, name in enumerate(NAMES)
    }

    assert set(boilerplate.crowds(found, fronts(found), ())) == set(found)


def test_what_is_tied_to_the_network_is_left_out() -> None:
    found = crowd(6)

    assert boilerplate.crowds(found, fronts(found), {0, 1}) == {}
    assert set(boilerplate.crowds(crowd(7), fronts(crowd(7)), {0, 1})) == {2, 3, 4, 5, 6}


# ---------------------------------------------------------------- what it does to a verdict


SEED = make.network(make.host("films1.test", STOP))
"""A seed behind a stop page that no rule knows: to us it is live, and that is its page."""


def judged(found: dict[int, HostFacts]) -> dict[int, Judgement]:
    keys = {(kind, value): frozenset(found) for kind, value in STOP.items()}
    clusters = {id_: h.registrable_domain for id_, h in found.items()}
    shared = Sharing(keys, clusters, dict.fromkeys(STOP, 50))
    return judging.judge_candidates(SEED, found, shared, make.NOW, fronts=fronts(found))


def test_whoever_stands_behind_the_seed_s_stop_page_is_not_the_network() -> None:
    found = crowd(5)
    alone = {id_: verdicts.judge(Case(h, SEED, Rarity(), make.NOW)) for id_, h in found.items()}
    together = judged(found)

    # What the rule is for: each of them alone looks like the network.
    assert {j.verdict for j in alone.values()} == {Verdict.PROBABLE}
    assert {j.verdict for j in together.values()} == {Verdict.CANDIDATE}
    assert {j.flags for j in together.values()} == {("boilerplate",)}
    why = {e.ignored for j in together.values() for e in j.evidence if e.kind == "page_tags"}
    assert why == {"the same page stands on 5 unrelated domains: a stop, parking or default page"}


def test_a_channel_of_the_network_s_own_ties() -> None:
    own = STOP | {"handle": "telegram:films"}
    seed = make.network(make.host("films1.test", own))
    found = crowd(6, own)
    keys = {(kind, value): frozenset(found) for kind, value in own.items()}
    clusters = {id_: h.registrable_domain for id_, h in found.items()}
    shared = Sharing(keys, clusters, {})
    result = judging.judge_candidates(seed, found, shared, make.NOW, fronts=fronts(found))

    assert {j.flags for j in result.values()} == {()}


# ---------------------------------------------------------------- what is stored


def test_the_front_page_is_the_one_last_seen_live(any_engine: Engine) -> None:
    hunting = stored.begun(any_engine)
    stored.looked(
        any_engine,
        hunting,
        stored.look("a.example", html="<title>A</title>"),
        stored.look("b.example", state=Availability.PARKED),
        stored.look("c.example", path="/inner"),
    )
    with any_engine.begin() as connection:
        ids = hosts.find_ids(connection, ["a.example", "b.example", "c.example"])
        found = facts.fronts(connection, ids.values())

    assert {id_: f.title for id_, f in found.items()} == {ids["a.example"]: "A"}
    assert len(found[ids["a.example"]].digest) == 64


def test_unknown_stop_pages_are_found_in_what_is_stored(any_engine: Engine) -> None:
    hunting = stored.begun(any_engine)
    names = [f"{name}.example" for name in NAMES]
    stored.proposed(any_engine, hunting, *names)
    shows = {kind: [value] for kind, value in STOP.items()}
    looks = [stored.look(name, shows, html="<title>Stop</title>") for name in names]
    stored.looked(any_engine, hunting, stored.look("films1.example", shows), *looks)
    judging.judge_network(any_engine, "films", make.NOW, lambda _: False)

    with any_engine.begin() as connection:
        wanted = [Verdict.CANDIDATE, Verdict.PROBABLE]
        found = list(findings.findings(connection, "films", wanted))
    assert {(f.host, f.verdict, f.flags) for f in found} == {
        (name, Verdict.CANDIDATE, ("boilerplate",)) for name in names
    }
