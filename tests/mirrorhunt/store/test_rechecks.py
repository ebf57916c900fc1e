"""Whose turn it is in a network, by what is stored."""

from datetime import timedelta

import pytest
from sqlalchemy import Engine

from mirrorhunt.cadence import Role, Turn
from mirrorhunt.model import Availability, Verdict
from mirrorhunt.sources import Registration
from mirrorhunt.store import rechecks, registrations
from mirrorhunt.targets import Hunting
from tests import make, stored
from tests.stored import judgement

VALID = timedelta(days=14)
MEMBERS = ("films1.example", "films2.example")


@pytest.fixture
def hunting(any_engine: Engine) -> Hunting:
    """A seed, a probable host, a weak candidate, a far one, one that never was live, one
    protected."""
    begun = stored.begun(any_engine)
    others = ("films2.example", "near.example", "far.example", "never.example", "ours.example")
    stored.proposed(any_engine, begun, *others, "unseen.example")
    stored.looked(
        any_engine,
        begun,
        *(stored.look(host) for host in ("films1.example", *others) if host != "never.example"),
        stored.look("never.example", state=Availability.DEAD),
    )
    stored.concluded(
        any_engine,
        begun,
        judgement("films1.example"),
        judgement("films2.example", Verdict.PROBABLE),
        judgement("near.example", Verdict.CANDIDATE, bits=1),
        judgement("far.example", Verdict.CANDIDATE, bits=-5),
        judgement("never.example", Verdict.CANDIDATE, bits=-5),
        judgement("ours.example", Verdict.PROTECTED, bits=0),
    )
    return begun


def due(engine: Engine, hunting: Hunting, days: float) -> list[Turn]:
    with engine.begin() as connection:
        return rechecks.due(
            connection,
            hunting.network_id,
            hunting.run.id,
            "default",
            make.at(days),
            VALID,
        )


def names(turns: list[Turn]) -> list[str]:
    return [turn.host for turn in turns]


@pytest.mark.parametrize(
    ("days", "expected"),
    [
        (0.5, []),
        (1, [*MEMBERS]),
        (8, [*MEMBERS, "near.example"]),
        (31, [*MEMBERS, "near.example", "far.example"]),
        # What is protected never is, and what was never looked at is the hunt's.
        (400, [*MEMBERS, "near.example", "far.example", "never.example"]),
    ],
)
def test_members_are_due_first_and_most_often(
    days: float, expected: list[str], any_engine: Engine, hunting: Hunting
) -> None:
    later = stored.next_run(any_engine, hunting, make.at(days))
    assert names(due(any_engine, later, days)) == expected


def test_what_a_run_has_seen_is_not_due_in_it(any_engine: Engine, hunting: Hunting) -> None:
    # Whatever its turn: else a run would look at it for ever.
    assert due(any_engine, hunting, 400) == []


def test_what_stood_once_is_due_weekly_with_a_reason(any_engine: Engine, hunting: Hunting) -> None:
    stored.concluded(any_engine, hunting, judgement("films2.example", Verdict.CANDIDATE, bits=-9))
    later = stored.next_run(any_engine, hunting, make.at(7))
    found = {turn.host: turn for turn in due(any_engine, later, 7)}

    assert found["films2.example"].role is Role.STOOD
    assert found["films2.example"].because == "it stood once: weekly"
    assert found["films1.example"].because == "a member: daily"


def test_the_dates_of_registries_tell_how_fast_a_network_moves(
    any_engine: Engine, hunting: Hunting
) -> None:
    stored.concluded(any_engine, hunting, judgement("near.example"))
    days_of = {"films1.example": -30, "films2.example": -23, "near.example": -16}
    with any_engine.begin() as connection:
        for domain, days in days_of.items():
            said = Registration(domain, make.at(days), registrar="Names")
            registrations.record(connection, [said], make.NOW)
        found = rechecks.pace_of(connection, hunting.network_id)

    assert found.is_hopper
    assert found.because == "the network moves every 7 days"
    later = stored.next_run(any_engine, hunting, make.at(0.5))
    assert names(due(any_engine, later, 0.5)) == [*MEMBERS, "near.example"]


def test_a_plan_is_the_same_each_time(any_engine: Engine, hunting: Hunting) -> None:
    with any_engine.begin() as connection:
        plans = [
            rechecks.plan(connection, hunting.network_id, make.at(3), VALID) for _ in range(2)
        ]
    assert plans[0] == plans[1]
    assert all(turn.because for turn in plans[0])
