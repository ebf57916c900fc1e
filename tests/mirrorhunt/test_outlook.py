"""What a decision would do, and which of those made still bind."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from sqlalchemy import Engine

from mirrorhunt import judging, outlook
from mirrorhunt.decisions import Decision
from mirrorhunt.model import Availability, Verdict
from mirrorhunt.outlook import Made
from mirrorhunt.sources import Registration
from mirrorhunt.store import findings, registrations
from tests import make, stored

C, R, P, U = Decision.CONFIRM, Decision.REJECT, Decision.PROTECT, Decision.UNDO
LATER = make.NOW + timedelta(days=30)


@pytest.fixture
def host(any_engine: Engine) -> str:
    """A host with a verdict."""
    hunting = stored.begun(any_engine)
    stored.proposed(any_engine, hunting, "films2.example", "en.films2.example")
    stored.looked(any_engine, hunting, stored.look("films2.example"))
    judging.judge_network(any_engine, "films", make.NOW, lambda _: False)
    return "films2.example"


def made(engine: Engine, host: str, now: datetime = LATER) -> list[Made]:
    with engine.begin() as connection:
        return outlook.made(connection, host, now)


def would(
    engine: Engine,
    host: str,
    *,
    is_out: Callable[[str], bool] = lambda _: False,
    needs_two: str | None = None,
) -> dict[Decision, str]:
    with engine.begin() as connection:
        [finding] = findings.findings(connection, None, list(Verdict), host)
        history = outlook.made(connection, host, LATER)
    found = outlook.outlook(finding, history, is_out, lambda _: needs_two)
    return {o.decision: o.effect for o in found}


HISTORIES = {
    "one": ([(C, "ann")], [(True, "")]),
    "overtaken": ([(C, "ann"), (R, "bob")], [(False, "rejected since"), (True, "")]),
    "both hold": ([(C, "ann"), (C, "bob")], [(True, ""), (True, "")]),
    "undone": ([(C, "ann"), (U, "bob")], [(False, "undone by bob"), (False, "")]),
    "undone by one of the two it takes": (
        [(R, "ann"), (U, "bob")],
        [(True, "undone by bob, which takes its author or a second person"), (False, "")],
    ),
}


@pytest.mark.parametrize("case", HISTORIES.values(), ids=HISTORIES)
def test_each_decision_says_whether_it_binds(
    any_engine: Engine,
    host: str,
    case: tuple[list[tuple[Decision, str]], list[tuple[bool, str]]],
) -> None:
    decisions, expected = case
    for decision, author in decisions:
        stored.decided(any_engine, host, decision, author=author)

    assert [(m.binds, m.because) for m in made(any_engine, host)] == expected


def test_a_decision_about_another_owner_binds_nobody(any_engine: Engine, host: str) -> None:
    stored.decided(any_engine, host, C)
    bought_at = make.NOW + timedelta(days=9)
    with any_engine.begin() as connection:
        registrations.record(connection, [Registration(host, bought_at, None, "")], bought_at)
    [one] = made(any_engine, host)

    assert (one.binds, one.because) == (False, "the name is in other hands since 2026-11-10")
    # Nothing is in force, so there is nothing to take back.
    assert U not in would(any_engine, host)


def test_a_confirmation_says_what_it_publishes(any_engine: Engine, host: str) -> None:
    assert would(any_engine, host)[C] == (
        "publishes films2.example with scope domain (it and all below it); what it shows then "
        "vouches for others"
    )
    assert (
        "scope host (exactly it), once it is live again: it is unresolved"
        in (would(any_engine, "en.films2.example")[C])
    )


def test_what_is_protected_is_refused(any_engine: Engine, host: str) -> None:
    assert would(any_engine, host, is_out=lambda _: True)[C] == "is refused: it is protected"


def test_what_takes_two_people_says_why_and_who_is_there(any_engine: Engine, host: str) -> None:
    popular = would(any_engine, host, needs_two="it is popular")[C]
    assert popular.startswith("takes two people: it is popular; then publishes")

    stored.decided(any_engine, host, C, needs_two="it is popular")
    half = would(any_engine, host, needs_two="it is popular")[C]
    assert half.startswith("takes two people, of which ann is one: it is popular")


def test_who_decided_otherwise_is_named(any_engine: Engine, host: str) -> None:
    stored.decided(any_engine, host, C)
    assert would(any_engine, host)[R].endswith("; against ann")
    assert would(any_engine, host)[U] == "takes back that it was confirmed by ann"

    stored.decided(any_engine, host, R, author="bob")
    after = would(any_engine, host)
    assert after[C].startswith(
        "takes two people: bob rejected it (who may confirm it alone); then publishes"
    )
    assert after[U].endswith("rejected by bob; others than bob are two for that")


def test_every_state_but_live_waits_with_publishing(any_engine: Engine, host: str) -> None:
    for state in (Availability.PARKED, Availability.DEAD):
        name = f"{state}.example"
        hunting = stored.begun(any_engine)
        stored.proposed(any_engine, hunting, name)
        stored.looked(any_engine, hunting, stored.look(name, state=state))
        stored.concluded(any_engine, hunting, stored.judgement(name))

        assert f"once it is live again: it is {state}" in would(any_engine, name)[C]
