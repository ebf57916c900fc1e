"""Confirmed without a person: only where asked for, audited and sure; and it falls by itself."""

from datetime import timedelta

import pytest
from sqlalchemy import Engine

from mirrorhunt import auditing, confirming, judging, queueing
from mirrorhunt.decisions import Decision
from mirrorhunt.model import Availability, Verdict
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
def hunting(any_engine: Engine) -> Hunting:
    """A seed and five mirrors of it, each seen live twice, an hour apart."""
    hunting = stored.begun(any_engine)
    names = [f"films{n}.example" for n in range(1, 7)]
    stored.proposed(any_engine, hunting, *names[1:])
    stored.looked(any_engine, hunting, *(stored.look(name, OWN) for name in names))
    later = stored.next_run(any_engine, hunting, make.NOW + timedelta(hours=1))
    at = make.NOW + timedelta(hours=1)
    stored.looked(any_engine, later, *(stored.look(name, OWN, at=at) for name in names))
    judging.judge_network(any_engine, "films", at, lambda _: False)
    return later


def audit(any_engine: Engine, decision: Decision = Decision.CONFIRM) -> list[str]:
    """Decide the two hosts that chance drew; returns the others."""
    for _ in range(2):
        with any_engine.begin() as connection:
            row = queueing.drawn_next(connection)[0]
        stored.decided(any_engine, row.host, decision, now=make.NOW + timedelta(hours=1))
    with any_engine.begin() as connection:
        return [row.host for row in queueing.drawn_next(connection)]


@pytest.mark.usefixtures("hunting")
def test_nothing_is_confirmed_unless_asked_for(any_engine: Engine) -> None:
    rest = audit(any_engine)

    judge(any_engine, 0.0)

    assert {found(any_engine, host).verdict for host in rest} == {Verdict.PROBABLE}


@pytest.mark.usefixtures("hunting")
def test_nothing_is_confirmed_without_an_audit(any_engine: Engine) -> None:
    judge(any_engine)

    assert found(any_engine, "films3.example").verdict is Verdict.PROBABLE
    unknown, nothing = confirming.said(any_engine, LAX)
    assert "no error bound yet" in unknown
    assert "nothing is confirmed without a person in 'films', although asked for" in nothing
    assert "decide 2 more random ones" in nothing


@pytest.mark.usefixtures("hunting")
def test_what_the_policy_is_sure_of_is_confirmed_and_vouches_for_nobody(
    any_engine: Engine,
) -> None:
    rest = audit(any_engine)

    judge(any_engine)

    assert len(rest) == 3
    for host in rest:
        assert found(any_engine, host).verdict is Verdict.CONFIRMED
        assert found(any_engine, host).gate.startswith(auditing.AUTOMATIC)
        assert found(any_engine, host).reviewed_by == ()
    with any_engine.begin() as connection:
        network = hosts.find_network_id(connection, "films")
        members = facts.network_facts(connection, network, "films", set()).members
        drawable = [label.judgement.host for label in labels.all_of(connection)]
    assert not {m.host for m in members} & set(rest)
    # Nobody learns from what nobody decided.
    assert not set(drawable) & set(rest)


@pytest.mark.usefixtures("hunting")
def test_what_was_confirmed_so_can_still_be_drawn(any_engine: Engine) -> None:
    rest = audit(any_engine)
    judge(any_engine)

    with any_engine.begin() as connection:
        assert [row.host for row in queueing.drawn_next(connection)] == rest


@pytest.mark.usefixtures("hunting")
def test_it_falls_when_it_is_not_asked_for_any_more(any_engine: Engine) -> None:
    [host, *_] = audit(any_engine)
    judge(any_engine)

    judge(any_engine, 0.0, later=3)

    assert found(any_engine, host).verdict is Verdict.PROBABLE


@pytest.mark.usefixtures("hunting")
def test_it_falls_when_one_of_them_is_found_to_be_wrong(any_engine: Engine) -> None:
    [drawn_next, host, *_] = audit(any_engine)
    judge(any_engine)
    assert found(any_engine, host).verdict is Verdict.CONFIRMED

    stored.decided(any_engine, drawn_next, Decision.REJECT, now=make.NOW + timedelta(hours=2))
    judge(any_engine, later=3)

    assert found(any_engine, host).verdict is Verdict.PROBABLE


@pytest.mark.usefixtures("hunting")
def test_a_sample_with_wrong_ones_confirms_nothing(any_engine: Engine) -> None:
    [host, *_] = audit(any_engine, Decision.REJECT)

    judge(any_engine)

    assert found(any_engine, host).verdict is Verdict.PROBABLE


@pytest.mark.usefixtures("hunting")
def test_a_popular_name_needs_people(any_engine: Engine) -> None:
    [host, *_] = audit(any_engine)

    judge(any_engine, famous=True)

    assert found(any_engine, host).verdict is Verdict.PROBABLE


def test_one_look_is_not_enough(any_engine: Engine, hunting: Hunting) -> None:
    rest = audit(any_engine)
    stored.proposed(any_engine, hunting, "films9.example")
    at = make.NOW + timedelta(hours=2)
    stored.looked(any_engine, hunting, stored.look("films9.example", OWN, at=at))

    judge(any_engine)

    assert found(any_engine, rest[0]).verdict is Verdict.CONFIRMED
    assert found(any_engine, "films9.example").verdict is Verdict.PROBABLE


@pytest.mark.usefixtures("hunting")
def test_an_audit_of_other_numbers_says_nothing_of_these(any_engine: Engine) -> None:
    [host, *_] = audit(any_engine)
    with any_engine.begin() as connection:
        calibrations.add(connection, Policy("2026.2+14", {}, {"icon": 0.1}), 14, make.NOW)

    judge(any_engine)

    assert found(any_engine, host).verdict is Verdict.PROBABLE


@pytest.mark.usefixtures("hunting")
def test_who_was_drawn_counts_whoever_decides_later(any_engine: Engine) -> None:
    audit(any_engine)
    with any_engine.begin() as connection:
        first = labels.all_of(connection, only_drawn=True)[0].judgement.host

    stored.decided(
        any_engine, first, Decision.REJECT, author="bob", now=make.NOW + timedelta(hours=2)
    )

    assert "of 2 hosts that chance picked 1 was wrong" in confirming.said(any_engine, 0.0)[0]


# ---------------------------------------------------------------- for one network


def say(engine: Engine, bound: float | None, network: str = "films") -> None:
    with engine.begin() as connection:
        hosts.set_auto_confirm(connection, hosts.find_network_id(connection, network), bound)


@pytest.mark.usefixtures("hunting")
def test_what_was_said_for_a_network_holds_whoever_judges_it_again(any_engine: Engine) -> None:
    [host, *_] = audit(any_engine)
    say(any_engine, LAX)

    # A review judges the network again, under settings that do not ask for it.
    judge(any_engine, 0.0)

    assert found(any_engine, host).verdict is Verdict.CONFIRMED
    [_, said] = confirming.said(any_engine, 0.0)
    assert said == (
        "confirmed without a person in 'films', from 10 bits on: 3 hosts "
        "(`hunt --no-auto-confirm` ends it)"
    )
    say(any_engine, None)
    judge(any_engine, 0.0, later=3)
    assert found(any_engine, host).verdict is Verdict.PROBABLE
    assert len(confirming.said(any_engine, 0.0)) == 1


@pytest.mark.usefixtures("hunting")
def test_never_in_a_network_goes_before_the_setting(any_engine: Engine) -> None:
    [host, *_] = audit(any_engine)
    say(any_engine, 0.0)

    judge(any_engine, LAX)

    assert found(any_engine, host).verdict is Verdict.PROBABLE
    assert len(confirming.said(any_engine, LAX)) == 1


@pytest.mark.usefixtures("hunting")
def test_the_bound_has_to_hold_each_time(any_engine: Engine) -> None:
    [drawn_next, host, *_] = audit(any_engine)
    say(any_engine, LAX)
    judge(any_engine, 0.0)
    assert found(any_engine, host).verdict is Verdict.CONFIRMED

    # The next of the sample is wrong: what was confirmed so falls with the review itself.
    stored.decided(any_engine, drawn_next, Decision.REJECT, now=make.NOW + timedelta(hours=2))

    assert found(any_engine, host).verdict is Verdict.PROBABLE
    assert (
        "of the 3 hosts that chance drew and the policy was sure of 1 was wrong"
        in (confirming.said(any_engine, 0.0)[1])
    )


@pytest.mark.usefixtures("hunting")
def test_it_is_said_of_the_network_that_was_asked_about_alone(any_engine: Engine) -> None:
    with any_engine.begin() as connection:
        hosts.network_id(connection, "sports", make.NOW)
    say(any_engine, LAX)

    assert len(confirming.said(any_engine, 0.0, "films")) == 2
    assert len(confirming.said(any_engine, 0.0, "sports")) == 1


# ---------------------------------------------------------------- names that take two people


def test_a_name_that_has_come_to_take_two_people_falls_although_it_is_down(
    any_engine: Engine, hunting: Hunting
) -> None:
    [host, *_] = audit(any_engine)
    judge(any_engine)
    assert found(any_engine, host).verdict is Verdict.CONFIRMED
    for day in range(1, 6):
        at = make.NOW + timedelta(days=day)
        hunting = stored.next_run(any_engine, hunting, at)
        stored.looked(any_engine, hunting, stored.look(host, state=Availability.DEAD, at=at))

    judge(any_engine, later=24 * 6)
    assert found(any_engine, host).availability == "dead"
    assert found(any_engine, host).verdict is Verdict.CONFIRMED

    judge(any_engine, later=24 * 6 + 1, famous=True)
    assert found(any_engine, host).verdict is not Verdict.CONFIRMED
