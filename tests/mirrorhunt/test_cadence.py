"""Whose turn it is to be looked at again."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mirrorhunt.cadence import Pace, Role, Subject, pace, turn
from mirrorhunt.model import Availability
from mirrorhunt.settling import State
from tests import make

A = Availability
HOPPER, SLOW = Pace(True, "the network moves every 6 days"), Pace(False, "not known")
A_WEEK = timedelta(days=7)


def state(
    availability: Availability = A.LIVE,
    since: float = -10,
    visited: float = 0,
    live: float | None = 0,
) -> State:
    """A state since so many days from `make.NOW`."""
    return State(
        availability,
        since=make.at(since),
        visited_at=make.at(visited),
        live_at=None if live is None else make.at(live),
    )


def days_until(of: State, role: Role = Role.MEMBER, pace: Pace = SLOW, valid: float = 14) -> float:
    """Days from its last look to its next turn."""
    found = turn(Subject("films1.example", role, of), pace, make.NOW, timedelta(days=valid))
    assert found.at is not None
    assert of.visited_at is not None
    return (found.at - of.visited_at) / timedelta(days=1)


# ---------------------------------------------------------------- the pace of a network


def dated(*days: float) -> list[tuple[str, datetime]]:
    return [(f"films{n}.example", make.at(d)) for n, d in enumerate(days)]


@pytest.mark.parametrize(
    ("starts", "is_hopper"),
    [
        pytest.param(dated(), False, id="nothing known"),
        pytest.param(dated(0, 7, 14), True, id="weekly"),
        pytest.param(dated(14, 0, 7), True, id="weekly, in any order"),
        pytest.param(dated(0, 60, 130), False, id="slow, though numbered"),
        # All found in the same night: that says nothing of when they began.
        pytest.param([(f"x{c}.example", make.NOW) for c in "abcdef"], False, id="one night"),
        pytest.param([(f"film{n}.example", make.NOW) for n in (1, 2, 7)], True, id="numbered"),
        pytest.param([(f"film{n}.example", make.NOW) for n in (1, 2)], False, id="two numbers"),
        # How it moved years ago is not how it moves now.
        pytest.param(
            dated(*range(-5000, -1000, 400), *range(0, 70, 7)), True, id="lately a hopper"
        ),
    ],
)
def test_a_network_has_a_pace(starts: list[tuple[str, datetime]], is_hopper: bool) -> None:
    found = pace(starts)
    assert found.is_hopper == is_hopper
    assert found.because


# ---------------------------------------------------------------- turns


@pytest.mark.parametrize(
    ("of", "role", "network", "days"),
    [
        pytest.param(state(), Role.MEMBER, HOPPER, 0.5, id="member of a hopper"),
        pytest.param(state(), Role.MEMBER, SLOW, 1, id="member"),
        pytest.param(state(since=-61), Role.MEMBER, SLOW, 7, id="stable member"),
        pytest.param(state(since=-59), Role.MEMBER, SLOW, 1, id="not yet stable"),
        pytest.param(state(A.CHALLENGE), Role.MEMBER, HOPPER, 0.5, id="behind a wall"),
        pytest.param(state(A.SEIZED), Role.MEMBER, HOPPER, 7, id="seized"),
        pytest.param(state(A.LIVE), Role.STOOD, HOPPER, 7, id="stood once"),
        pytest.param(state(A.PARKED), Role.STOOD, SLOW, 7, id="stood once, parked"),
        pytest.param(state(), Role.NEAR, HOPPER, 7, id="candidate near a verdict"),
        pytest.param(state(), Role.FAR, HOPPER, 30, id="candidate far from any"),
        pytest.param(state(live=None), Role.NEAR, SLOW, 60, id="never live"),
        pytest.param(state(A.DEAD, live=None), Role.FAR, SLOW, 60, id="never live, dead"),
    ],
)
def test_a_host_is_looked_at_as_often_as_it_may_change(
    of: State, role: Role, network: Pace, days: float
) -> None:
    # A tenth earlier, or a nightly job would come a minute too soon each time.
    assert days_until(of, role, network) == pytest.approx(0.9 * days)


@pytest.mark.parametrize(
    ("silent_for", "next_after"),
    [(0.0, 1), (0.5, 1), (1.0, 3), (2.9, 3), (3.0, 7), (7.5, 30), (30.0, 57), (100.0, 127)],
)
def test_what_fell_silent_is_looked_at_less_and_less(silent_for: float, next_after: float) -> None:
    of = state(A.DEAD, since=-silent_for, live=-silent_for)
    assert silent_for + days_until(of, Role.STOOD, HOPPER) == pytest.approx(next_after)
    assert days_until(of, Role.MEMBER, HOPPER) == days_until(of, Role.STOOD, SLOW)


@pytest.mark.parametrize(
    ("pending", "looks", "days"),
    [
        # What a signature says counts after an hour.
        pytest.param(A.SEIZED, 1, 1 / 24, id="seized"),
        pytest.param(A.DEAD, 2, 0.9, id="dead: its own turn comes first"),
    ],
)
def test_what_is_pending_is_looked_at_when_the_next_look_counts(
    pending: Availability, looks: int, days: float
) -> None:
    of = replace(state(), pending=pending, pending_since=make.NOW, pending_looks=looks)
    assert days_until(of) == pytest.approx(days)


def test_a_stable_member_that_may_be_dying_is_looked_at_within_three_days() -> None:
    stable = state(since=-300)
    one = replace(stable, pending=A.DEAD, pending_since=make.NOW, pending_looks=1)
    two = replace(one, pending_looks=2)
    assert (days_until(one), days_until(two)) == (1, 3)


def test_a_published_entry_is_verified_twice_in_its_life() -> None:
    assert days_until(state(since=-300), valid=7) == pytest.approx(0.9 * 3.5)
    assert days_until(state(), valid=1) == pytest.approx(0.45)


def test_a_member_never_looked_at_is_due_and_a_candidate_is_a_hunts() -> None:
    member, candidate = (
        turn(Subject("films1.example", role, State()), SLOW, make.NOW, A_WEEK)
        for role in (Role.MEMBER, Role.NEAR)
    )
    assert (member.at, candidate.at) == (make.NOW, None)


def test_a_look_from_the_future_is_made_again() -> None:
    of = state(visited=400)
    found = turn(Subject("films1.example", Role.MEMBER, of), SLOW, make.NOW, A_WEEK)
    assert found.at == make.NOW
    assert "the clock was wrong" in found.because


@given(
    st.sampled_from(list(A)),
    st.sampled_from(list(Role)),
    st.booleans(),
    st.floats(-400, 0),
    st.floats(0, 400),
    st.booleans(),
)
def test_everybody_has_a_turn_with_a_reason_and_within_two_months(
    availability: Availability,
    role: Role,
    is_hopper: bool,
    since: float,
    visited_after: float,
    was_live: bool,
) -> None:
    visited = min(0.0, since + visited_after)
    of = state(availability, since, visited, visited if was_live else None)
    subject = Subject("films1.example", role, of)
    found = turn(subject, Pace(is_hopper, "so it is"), make.NOW, A_WEEK)
    assert found.at is not None
    assert found.because
    assert of.visited_at is not None
    assert of.visited_at < found.at <= of.visited_at + timedelta(days=60)
    assert found == turn(subject, Pace(is_hopper, "so it is"), make.NOW, A_WEEK)
