"""Judging a network: who is independent, and what is stored of it."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from random import Random

import pytest
from sqlalchemy import Engine, update

from mirrorhunt import judging
from mirrorhunt.decisions import Decision
from mirrorhunt.evidence import Case
from mirrorhunt.facts import HostFacts, NetworkFacts, Rarity
from mirrorhunt.model import Availability, Judgement, Verdict
from mirrorhunt.policy import DEFAULT
from mirrorhunt.store import calibrations, candidates, findings
from mirrorhunt.store.findings import Finding
from mirrorhunt.store.sharing import Sharing
from mirrorhunt.store.tables import Memory
from mirrorhunt.targets import Hunting
from mirrorhunt.verdicts import judge as judge_case
from mirrorhunt.verdicts import lines
from tests import make, stored

Values = Mapping[str, Iterable[str]]

OWN_PATHS = tuple(f"/films/own-{n}.js" for n in range(6))
THEME = tuple(f"/theme/part-{n}.js" for n in range(6))
OFFERS = {"offers": ("player", "schedule")}
OWN: Values = {"analytics_id": ("ga:UA-1",), "asset_path": (*OWN_PATHS, *THEME), **OFFERS}
THEME_ONLY: Values = {"asset_path": THEME, **OFFERS}


def nobody(_: str) -> bool:
    return False


# ---------------------------------------------------------------- who is independent (pure)


def sharing(
    known: NetworkFacts, others: Mapping[int, HostFacts], clusters: Mapping[int, str] | None = None
) -> Sharing:
    """What the store would say of *others*."""
    shown: dict[tuple[str, str], set[int]] = {}
    for id_, host in others.items():
        for o in host.observations:
            if (o.kind, o.value) in known.shown:
                shown.setdefault((o.kind, o.value), set()).add(id_)
    own = {id_: host.registrable_domain for id_, host in others.items()}
    return Sharing(
        {key: frozenset(ids) for key, ids in shown.items()},
        own | dict(clusters or {}),
        {"asset_path": 80, "analytics_id": 80, "offers": 80},
    )


def crowd(count: int, stem: str, shows: Values, first_id: int = 0) -> dict[int, HostFacts]:
    return {first_id + n: make.host(f"{stem}{n}.example", shows) for n in range(count)}


def bits(judgement: Judgement, kind: str) -> float:
    return sum(e.bits for e in judgement.evidence if e.kind == kind and not e.ignored)


SEED = make.network(make.host("films1.example", OWN))


def test_strangers_on_one_theme_make_the_theme_generic() -> None:
    strangers = crowd(30, "stranger", THEME_ONLY)
    judged = judging.judge_candidates(SEED, strangers, sharing(SEED, strangers), make.NOW)

    assert {bits(j, "asset_path") for j in judged.values()} == {0.0}
    assert {j.verdict for j in judged.values()} == {Verdict.CANDIDATE}


def test_mirrors_do_not_make_their_own_values_generic() -> None:
    mirrors = crowd(30, "mirror", OWN)
    judged = judging.judge_candidates(SEED, mirrors, sharing(SEED, mirrors), make.NOW)

    assert all(bits(j, "analytics_id") >= 5 for j in judged.values())
    assert all(bits(j, "asset_path") >= 5 for j in judged.values())
    assert {j.verdict for j in judged.values()} == {Verdict.PROBABLE}


def test_mirrors_and_strangers_are_told_apart_in_one_crowd() -> None:
    everyone = crowd(30, "mirror", OWN) | crowd(30, "stranger", THEME_ONLY, 100)
    judged = judging.judge_candidates(SEED, everyone, sharing(SEED, everyone), make.NOW)

    verdicts = {j.host: j.verdict for j in judged.values()}
    assert {v for host, v in verdicts.items() if "mirror" in host} == {Verdict.PROBABLE}
    assert {v for host, v in verdicts.items() if "stranger" in host} == {Verdict.CANDIDATE}


def test_a_copied_account_alone_does_not_tie_its_copiers() -> None:
    # Thirty who copied the account line and nothing else: the account becomes common.
    copiers = crowd(30, "copier", {"analytics_id": ("ga:UA-1",), **OFFERS})
    judged = judging.judge_candidates(SEED, copiers, sharing(SEED, copiers), make.NOW)

    assert {j.verdict for j in judged.values()} == {Verdict.CANDIDATE}
    assert {bits(j, "analytics_id") for j in judged.values()} == {0.0}


def test_a_thousand_hosts_of_one_network_count_once() -> None:
    # I5: no candidates of ours, but members of another network that shows the value, too.
    mirrors = crowd(2, "mirror", OWN)
    others = crowd(1000, "goal", {"analytics_id": ("ga:UA-1",)}, 1000)
    one_network = dict.fromkeys(others, "network 2")
    alone = judging.judge_candidates(SEED, mirrors, sharing(SEED, mirrors), make.NOW)

    shared = sharing(SEED, mirrors | others, one_network)
    judged = judging.judge_candidates(SEED, mirrors, shared, make.NOW)
    assert all(
        bits(judged[id_], "analytics_id") > bits(alone[id_], "analytics_id") - 2 for id_ in mirrors
    )
    assert {j.verdict for j in judged.values()} == {Verdict.PROBABLE}

    # The same thousand, each for itself, make it common.
    shared = sharing(SEED, mirrors | others)
    apart = judging.judge_candidates(SEED, mirrors, shared, make.NOW)
    assert {bits(j, "analytics_id") for j in apart.values()} == {0.0}


def test_a_candidate_does_not_count_against_itself() -> None:
    # Ten hosts below its own registrable domain show what it shows.
    mirror = {0: make.host("mirror.example", OWN)}
    below = {n: make.host(f"a{n}.mirror.example", OWN) for n in range(1, 11)}
    alone = judging.judge_candidates(SEED, mirror, sharing(SEED, mirror), make.NOW)
    judged = judging.judge_candidates(SEED, mirror, sharing(SEED, mirror | below), make.NOW)

    assert bits(judged[0], "analytics_id") == bits(alone[0], "analytics_id")


def test_the_order_of_candidates_changes_nothing() -> None:
    everyone = crowd(12, "mirror", OWN) | crowd(12, "stranger", THEME_ONLY, 100)
    shuffled = list(everyone.items())
    Random(3).shuffle(shuffled)
    shared = sharing(SEED, everyone)

    assert judging.judge_candidates(SEED, everyone, shared, make.NOW) == judging.judge_candidates(
        SEED, dict(shuffled), shared, make.NOW
    )


@pytest.mark.parametrize("state", [s for s in Availability if s is not Availability.LIVE], ids=str)
def test_what_is_not_live_is_never_probable(state: Availability) -> None:
    # I4.
    mirrors = {id_: replace(h, availability=state) for id_, h in crowd(3, "mirror", OWN).items()}
    judged = judging.judge_candidates(SEED, mirrors, sharing(SEED, mirrors), make.NOW)

    assert {j.verdict for j in judged.values()} == {Verdict.CANDIDATE}
    assert {bits(j, "asset_path") for j in judged.values()} == {0.0}


# ---------------------------------------------------------------- what is stored


def judge(
    engine: Engine, now: datetime = make.NOW, is_out: Callable[[str], bool] = nobody
) -> judging.Outcome:
    return judging.judge_network(engine, "films", now, is_out)


def verdicts(engine: Engine) -> dict[str, Finding]:
    with engine.begin() as connection:
        return {f.host: f for f in findings.findings(connection, "films", list(Verdict))}


@pytest.fixture
def hunting(any_engine: Engine) -> Hunting:
    """A seed, thirty mirrors and thirty strangers on the same theme, looked at."""
    hunting = stored.begun(any_engine)
    mirrors = [f"mirror{n}.example" for n in range(30)]
    strangers = [f"stranger{n}.example" for n in range(30)]
    stored.proposed(any_engine, hunting, *mirrors, *strangers)
    stored.looked(
        any_engine,
        hunting,
        stored.look("films1.example", OWN),
        *(stored.look(host, OWN) for host in mirrors),
        *(stored.look(host, THEME_ONLY) for host in strangers),
    )
    return hunting


@pytest.mark.usefixtures("hunting")
def test_mirrors_are_found_and_strangers_are_not(any_engine: Engine) -> None:
    outcome = judge(any_engine)
    found = verdicts(any_engine)

    assert outcome.judged == 60
    assert outcome.verdicts == {
        Verdict.CONFIRMED: 1,
        Verdict.PROBABLE: 30,
        Verdict.CANDIDATE: 30,
    }
    assert {f.verdict for h, f in found.items() if h.startswith("mirror")} == {Verdict.PROBABLE}
    assert found["films1.example"].verdict is Verdict.CONFIRMED
    assert found["films1.example"].gate == "given as a seed by the operator"


@pytest.mark.usefixtures("hunting")
def test_judging_again_changes_nothing(any_engine: Engine) -> None:
    # I6: a pure function of what is stored. What now stands does not lift or sink itself.
    judge(any_engine)
    before, counts = verdicts(any_engine), stored.counts(any_engine)
    outcome = judge(any_engine)

    assert outcome.changed == 0
    assert stored.counts(any_engine) == counts
    assert verdicts(any_engine) == before


@pytest.mark.usefixtures("hunting")
def test_what_is_out_of_bounds_is_never_scored(any_engine: Engine) -> None:
    # I2.
    outcome = judge(any_engine, is_out=lambda host: host.startswith("mirror1"))

    assert outcome.judged == 49
    assert not [host for host in verdicts(any_engine) if host.startswith("mirror1")]


def test_a_verdict_outlives_a_host_that_is_gone(
    any_engine: Engine, hunting: Hunting, now: datetime
) -> None:
    judge(any_engine)
    for days in (1, 2, 4):
        later = now + timedelta(days=days)
        hunting = stored.next_run(any_engine, hunting, later)
        gone = stored.look("mirror0.example", state=Availability.DEAD, at=later)
        taken = stored.look("mirror1.example", state=Availability.PARKED, at=later)
        stored.looked(any_engine, hunting, gone, taken)
    judge(any_engine, later)
    found = verdicts(any_engine)

    assert found["mirror0.example"].verdict is Verdict.PROBABLE
    assert found["mirror0.example"].availability == "dead"
    # A parking page is somebody's answer: nothing is left to stand on.
    assert found["mirror1.example"].verdict is Verdict.CANDIDATE


@pytest.mark.usefixtures("hunting")
def test_the_waterfall_that_is_stored_sums_to_the_score(any_engine: Engine) -> None:
    judge(any_engine)
    for found in verdicts(any_engine).values():
        if found.policy == "test" or not found.proposals:
            continue
        total = sum(line.bits for line in lines(found.prior_bits, found.evidence, found.relation))
        assert total == pytest.approx(found.score_bits, abs=0.02)


def test_a_host_that_came_under_protection_no_longer_stands(
    any_engine: Engine, hunting: Hunting
) -> None:
    judge(any_engine)
    judge(any_engine, is_out=lambda host: host == "mirror1.example")

    with any_engine.begin() as connection:
        assert "mirror1.example" not in candidates.standing(connection, hunting.network_id)


def test_what_a_person_rejected_stays_rejected(any_engine: Engine, hunting: Hunting) -> None:
    judge(any_engine)
    stored.decided(any_engine, "mirror1.example", Decision.REJECT)
    judge(any_engine)

    assert verdicts(any_engine)["mirror1.example"].verdict is Verdict.REJECTED


# ---------------------------------------------------------------- clocks


def test_what_was_seen_in_the_future_weighs_nothing_and_is_named(any_engine: Engine) -> None:
    hunting = stored.begun(any_engine)
    stored.proposed(any_engine, hunting, "films2.example")
    ahead = make.NOW + timedelta(hours=1)
    stored.looked(
        any_engine,
        hunting,
        stored.look("films1.example", OWN),
        stored.look("films2.example", {"analytics_id": ["ga:UA-1"]}, at=ahead),
    )
    judging.judge_network(any_engine, "films", make.NOW, nobody)
    early = verdicts(any_engine)["films2.example"]
    judging.judge_network(any_engine, "films", ahead, nobody)
    later = verdicts(any_engine)["films2.example"]

    assert "1 observation is from the future and left out: is a clock wrong?" in early.gate
    assert not [e for e in early.evidence if e.kind == "analytics_id"]
    assert "future" not in later.gate
    assert [e for e in later.evidence if e.kind == "analytics_id"]


def test_clocks_may_differ_by_minutes() -> None:
    host = make.host("films2.example", {"ad_id": "a:1"}, since=0, until=0)

    assert judging.seen_until(make.NOW - judging.SKEW, host) == host
    assert judging.seen_until(make.NOW - judging.SKEW * 2, host).observations == ()


def test_what_was_there_before_does_not_fade_the_slower_for_a_clock_that_is_ahead() -> None:
    host = make.host("films2.example", {"ad_id": "a:1"}, since=-10, until=400)
    [kept] = judging.seen_until(make.NOW, host).observations

    assert (kept.first_seen_at, kept.last_seen_at) == (make.at(-10), make.NOW)


@pytest.mark.usefixtures("hunting")
def test_a_seed_may_be_confirmed_and_stays_one(any_engine: Engine) -> None:
    judge(any_engine)
    stored.decided(any_engine, "films1.example", Decision.CONFIRM)

    found = verdicts(any_engine)["films1.example"]
    assert (found.verdict, found.gate) == (Verdict.CONFIRMED, "given as a seed by the operator")


# ---------------------------------------------------------------- only what has changed


def again(engine: Engine, minutes: int, **kept: Callable[[str], bool]) -> judging.Outcome:
    """Judge what has changed, so many minutes later."""
    is_out = kept.get("is_out", nobody)
    later = make.NOW + timedelta(minutes=minutes)
    return judging.judge_network(engine, "films", later, is_out)


def test_a_network_where_nothing_changed_is_not_weighed_again(
    any_engine: Engine, hunting: Hunting
) -> None:
    first = judge(any_engine)
    before = verdicts(any_engine)
    left = again(any_engine, 3)

    assert (left.weighed, left.changed) == (0, 0)
    assert (left.judged, left.verdicts) == (first.judged, first.verdicts)
    assert {h: replace(f, judged_at=make.NOW) for h, f in verdicts(any_engine).items()} == {
        h: replace(f, judged_at=make.NOW) for h, f in before.items()
    }


def test_a_host_is_weighed_again_alone_if_nothing_of_it_concerns_another(
    any_engine: Engine, hunting: Hunting
) -> None:
    judge(any_engine)
    # It is seen again, with what it showed.
    later = stored.next_run(any_engine, hunting, make.NOW + timedelta(minutes=1))
    seen = stored.look("stranger1.example", THEME_ONLY, at=make.NOW + timedelta(minutes=1))
    stored.looked(any_engine, later, seen)

    assert again(any_engine, 2).weighed == 1


def test_all_are_weighed_again_after_a_member_was_seen_again(
    any_engine: Engine, hunting: Hunting
) -> None:
    judge(any_engine)
    later = stored.next_run(any_engine, hunting, make.NOW + timedelta(minutes=1))
    seen = stored.look("films1.example", OWN, at=make.NOW + timedelta(minutes=1))
    stored.looked(any_engine, later, seen)

    assert again(any_engine, 2).weighed == 60


@pytest.mark.usefixtures("hunting")
def test_whoever_asks_for_it_gets_all_weighed_anew(any_engine: Engine) -> None:
    judge(any_engine)
    outcome = judging.judge_network(any_engine, "films", make.NOW, nobody, only_changed=False)

    assert outcome.weighed == 60


@pytest.mark.usefixtures("hunting")
def test_what_is_remembered_and_cannot_be_read_is_weighed_again(any_engine: Engine) -> None:
    judge(any_engine)
    found = verdicts(any_engine)
    with any_engine.begin() as connection:
        connection.execute(update(Memory).values(packed=b"no zip at all"))

    assert again(any_engine, 1).weighed == 60
    assert verdicts(any_engine) == found


def a_look_at_a_candidate(engine: Engine, hunting: Hunting) -> None:
    hunting = stored.next_run(engine, hunting, make.NOW + timedelta(minutes=1))
    shows = {**THEME_ONLY, "analytics_id": ["ga:UA-1"]}
    stored.looked(engine, hunting, stored.look("stranger1.example", shows))


def a_stranger_who_shows_what_a_member_shows(engine: Engine, hunting: Hunting) -> None:
    stored.looked(engine, hunting, stored.look("other.example", {"analytics_id": ["ga:UA-1"]}))


def a_host_that_died(engine: Engine, hunting: Hunting) -> None:
    hunting = stored.next_run(engine, hunting, make.NOW + timedelta(minutes=1))
    at = make.NOW + timedelta(minutes=1)
    parked = stored.look("unseen.example", state=Availability.PARKED, at=at)
    stored.looked(engine, hunting, parked)


def a_proposal(engine: Engine, hunting: Hunting) -> None:
    stored.proposed(engine, hunting, "mirror1.example", channel="redirect")


def a_learned_policy(engine: Engine, hunting: Hunting) -> None:
    with engine.begin() as connection:
        calibrations.add(connection, replace(DEFAULT, version="learned"), 9, make.NOW)


@pytest.mark.parametrize(
    "change",
    [
        a_look_at_a_candidate,
        a_stranger_who_shows_what_a_member_shows,
        a_host_that_died,
        a_proposal,
        a_learned_policy,
    ],
    ids=lambda change: str(change.__name__),
)
def test_a_network_is_judged_again_after(
    change: Callable[[Engine, Hunting], None], any_engine: Engine, hunting: Hunting
) -> None:
    stored.proposed(any_engine, hunting, "unseen.example")
    judge(any_engine)
    assert again(any_engine, 1).weighed == 0
    change(any_engine, hunting)

    outcome = again(any_engine, 2)
    assert outcome.weighed or outcome.changed
    assert again(any_engine, 3).weighed == 0


@pytest.mark.usefixtures("hunting")
def test_a_network_is_judged_again_when_evidence_has_faded(any_engine: Engine) -> None:
    judge(any_engine)

    # From day to day (UTC), and it was noon.
    assert again(any_engine, 12 * 60 - 1).weighed == 0
    assert again(any_engine, 12 * 60).weighed == 60


@pytest.mark.usefixtures("hunting")
def test_a_clock_that_went_back_does_not_keep_verdicts(any_engine: Engine) -> None:
    judge(any_engine, now=make.NOW + timedelta(days=300))

    assert again(any_engine, 0).weighed == 60


@pytest.mark.usefixtures("hunting")
def test_a_network_is_judged_again_when_a_host_of_it_is_protected(any_engine: Engine) -> None:
    judge(any_engine)
    again(any_engine, 1, is_out=lambda host: host == "mirror1.example")

    assert verdicts(any_engine)["mirror1.example"].verdict is Verdict.PROTECTED


@pytest.mark.usefixtures("hunting")
def test_who_comes_to_stand_in_another_network_is_another_cluster_here(any_engine: Engine) -> None:
    goals = stored.begun(any_engine, "goal1.example", network="goals")
    names = [f"goal{n}.example" for n in range(2, 6)]
    stored.looked(any_engine, goals, *(stored.look(host, THEME_ONLY) for host in names))
    judge(any_engine)
    assert again(any_engine, 1).weighed == 0
    stored.concluded(
        any_engine, goals, *(stored.judgement(host, network="goals") for host in names)
    )

    assert again(any_engine, 2).weighed == 60


# ---------------------------------------------------------------- members before their own network


def print_of(rng: Random, length: int, stem: int) -> str:
    raw = bytearray(Random(stem).randbytes(length))
    raw[rng.randrange(length)] ^= 1
    return raw.hex()


@pytest.mark.parametrize("seed", range(6))
def test_a_member_is_weighed_against_the_others_as_if_it_had_never_been_one(seed: int) -> None:
    rng = Random(seed)
    members = tuple(
        make.host(
            f"films{n}.example",
            {
                "page_tags": [print_of(rng, 8, rng.randrange(3)) for _ in range(rng.randrange(3))],
                "page_shape": [print_of(rng, 64, rng.randrange(3))],
                "ad_id": [(f"a:{rng.randrange(4)}", rng.choice(["body", "comments"]))],
                "asset_path": [f"/{rng.randrange(9)}.js" for _ in range(5)],
                "brand": [f"brand{rng.randrange(2)}"],
            },
            native=rng.random() < 0.7,
        )
        for n in range(12)
    )
    known = NetworkFacts(
        "films",
        members,
        frozenset({"films0.example", "films1.example"}),
        decoys={"films3.example": "it looks like another"},
    )
    for member in members:
        others = tuple(m for m in members if m != member)
        alone = NetworkFacts("films", others, known.seeds - {member.host}, decoys=known.decoys)
        judged = judge_case(Case(member, known, Rarity(), make.NOW))

        assert judged == judge_case(Case(member, alone, Rarity(), make.NOW))
