"""Confirmed without a person: only where asked for, audited and sure; and it falls by itself."""

from datetime import timedelta

import pytest
from sqlalchemy import Engine

from mirrorhunt import auditing, confirming, judging, queueing
from mirrorhunt.decisions import Decision
from mirrorhunt.model import Verdict
from mirrorhunt.policy import Policy
from mirrorhunt.store import calibrations, facts, findings, hosts, labels
from mirrorhunt.store.findings import Finding
from mirrorhunt.targets import Hunting
from tests import make, stored

OWN = {
    "ad_id": ["propeller:4455667"],
    "handle": ["telegram:filmsofficial"],
    "wallet": ["btc:1Films"],
    "offers": ["player", "schedule"],
}
LAX = 0.9
"""A bound that the audit of two hosts holds: the arithmetic has tests of its own."""


def judge(engine: Engine, bound: float = LAX, *, later: int = 2, famous: bool = False) -> None:
    judging.judge_network(
        engine,
        "films",
        make.NOW + timedelta(hours=later),
        lambda _: False,
        lambda _: "it is popular" if famous else None,
        bound,
    )


def found(engine: Engine, host: str) -> Finding:
    with engine.begin() as connection:
        return next(findings.findings(connection, "films", list(Verdict), host))


@pytest.fixture
def hunting(engine: Engine) -> Hunting:
    """A seed and five mirrors of it, each seen live twice, an hour apart."""
    hunting = stored.begun(engine)
    names = [f"films{n}.example" for n in range(1, 7)]
    stored.proposed(engine, hunting, *names[1:])
    stored.looked(engine, hunting, *(stored.look(name, OWN) for name in names))
    later = stored.next_run(engine, hunting, make.NOW + timedelta(hours=1))
    at = make.NOW + timedelta(hours=1)
    stored.looked(engine, later, *(stored.look(name, OWN, at=at) for name in names))
    judging.judge_network(engine, "films", at, lambda _: False)
    return later


def audit(engine: Engine, decision: Decision = Decision.CONFIRM) -> list[str]:
    """Decide the two hosts that chance drew; returns the others."""
    for _ in range(2):
        with engine.begin() as connection:
            row = queueing.drawn_next(connection)[0]
        stored.decided(engine, row.host, decision, now=make.NOW + timedelta(hours=1))
    with engine.begin() as connection:
        return [row.host for row in queueing.drawn_next(connection)]


@pytest.mark.usefixtures("hunting")
def test_nothing_is_confirmed_unless_asked_for(engine: Engine) -> None:
    rest = audit(engine)

    judge(engine, 0.0)

    assert {found(engine, host).verdict for host in rest} == {Verdict.PROBABLE}


@pytest.mark.usefixtures("hunting")
def test_nothing_is_confirmed_without_an_audit(engine: Engine) -> None:
    judge(engine)

    assert found(engine, "films3.example").verdict is Verdict.PROBABLE
    assert "unknown" in confirming.said(engine, LAX)[0]
    assert "nothing is confirmed without a person" in confirming.said(engine, LAX)[1]


@pytest.mark.usefixtures("hunting")
def test_what_the_policy_is_sure_of_is_confirmed_and_vouches_for_nobody(engine: Engine) -> None:
    rest = audit(engine)

    judge(engine)

    assert len(rest) == 3
    for host in rest:
        assert found(engine, host).verdict is Verdict.CONFIRMED
        assert found(engine, host).gate.startswith(auditing.AUTOMATIC)
        assert found(engine, host).reviewed_by == ()
    with engine.begin() as connection:
        network = hosts.find_network_id(connection, "films")
        members = facts.network_facts(connection, network, "films", set()).members
        drawable = [label.judgement.host for label in labels.all_of(connection)]
    assert not {m.host for m in members} & set(rest)
    # Nobody learns from what nobody decided.
    assert not set(drawable) & set(rest)


@pytest.mark.usefixtures("hunting")
def test_what_was_confirmed_so_can_still_be_drawn(engine: Engine) -> None:
    rest = audit(engine)
    judge(engine)

    with engine.begin() as connection:
        assert [row.host for row in queueing.drawn_next(connection)] == rest


@pytest.mark.usefixtures("hunting")
def test_it_falls_when_it_is_not_asked_for_any_more(engine: Engine) -> None:
    [host, *_] = audit(engine)
    judge(engine)

    judge(engine, 0.0, later=3)

    assert found(engine, host).verdict is Verdict.PROBABLE


@pytest.mark.usefixtures("hunting")
def test_it_falls_when_one_of_them_is_found_to_be_wrong(engine: Engine) -> None:
    [host, other, *_] = audit(engine)
    judge(engine)

    stored.decided(engine, other, Decision.REJECT, now=make.NOW + timedelta(hours=2))
    judge(engine, 0.75, later=3)

    assert found(engine, host).verdict is Verdict.PROBABLE


@pytest.mark.usefixtures("hunting")
def test_a_sample_with_wrong_ones_confirms_nothing(engine: Engine) -> None:
    [host, *_] = audit(engine, Decision.REJECT)

    judge(engine)

    assert found(engine, host).verdict is Verdict.PROBABLE


@pytest.mark.usefixtures("hunting")
def test_a_popular_name_needs_people(engine: Engine) -> None:
    [host, *_] = audit(engine)

    judge(engine, famous=True)

    assert found(engine, host).verdict is Verdict.PROBABLE


def test_one_look_is_not_enough(engine: Engine, hunting: Hunting) -> None:
    rest = audit(engine)
    stored.proposed(engine, hunting, "films9.example")
    at = make.NOW + timedelta(hours=2)
    stored.looked(engine, hunting, stored.look("films9.example", OWN, at=at))

    judge(engine)

    assert found(engine, rest[0]).verdict is Verdict.CONFIRMED
    assert found(engine, "films9.example").verdict is Verdict.PROBABLE


@pytest.mark.usefixtures("hunting")
def test_an_audit_of_other_numbers_says_nothing_of_these(engine: Engine) -> None:
    [host, *_] = audit(engine)
    with engine.begin() as connection:
        calibrations.add(connection, Policy("2026.2+14", {}, {"icon": 0.1}), 14, make.NOW)

    judge(engine)

    assert found(engine, host).verdict is Verdict.PROBABLE


@pytest.mark.usefixtures("hunting")
def test_who_was_drawn_counts_whoever_decides_later(engine: Engine) -> None:
    audit(engine)
    with engine.begin() as connection:
        first = labels.all_of(connection, only_drawn=True)[0].judgement.host

    stored.decided(engine, first, Decision.REJECT, author="bob", now=make.NOW + timedelta(hours=2))

    assert "of 2 hosts that chance picked 1 was wrong" in confirming.said(engine, 0.0)[0]
