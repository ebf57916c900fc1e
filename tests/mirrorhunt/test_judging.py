"""Judging a network: who is independent, and what is stored of it."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from random import Random

import pytest
from sqlalchemy import Engine

from mirrorhunt import judging
from mirrorhunt.decisions import Decision
from mirrorhunt.model import Availability, HostFacts, Judgement, NetworkFacts, Verdict
from mirrorhunt.store import candidates, findings, runs
from mirrorhunt.store.facts import Sharing
from mirrorhunt.store.findings import Finding
from mirrorhunt.targets import Hunting
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
    with any_engine.begin() as connection:
        runs.finish_run(connection, hunting.run.id, now, None)
    later = now + timedelta(days=1)
    again = stored.begun(any_engine, now=later)
    gone = stored.look("mirror0.example", state=Availability.DEAD, at=later)
    taken = stored.look("mirror1.example", state=Availability.PARKED, at=later)
    stored.looked(any_engine, again, gone, taken)
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
