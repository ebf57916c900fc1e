"""What one more look makes of a state: as properties, for looks of any kind in any order."""

from dataclasses import replace
from datetime import datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mirrorhunt.model import Availability
from mirrorhunt.settling import (
    AWAY,
    HOME_SILENCE,
    SILENT,
    Home,
    Look,
    State,
    is_kin,
    looks_needed,
    settle,
    time_needed,
)
from tests import make

A = Availability
RULES = {
    A.DEAD: "dead:nxdomain",
    A.ERROR: "error:http_500",
    A.UNRESOLVED: "unresolved:servfail",
}
NOT_LIVE = [state for state in A if state is not A.LIVE]


def look(
    state: Availability,
    hours: float = 0.0,
    *,
    run: int = 1,
    rule: str = "",
    vantage: str = "here",
) -> Look:
    """A look so many hours after `make.NOW`."""
    at = make.NOW + timedelta(hours=hours)
    return Look(
        state, rule or RULES.get(state, state.value), f"it is {state.value}", at, run, vantage
    )


def after(*looks: Look, of: State | None = None) -> State:
    state = of or State()
    for one in looks:
        state = settle(state, one)
    return state


LIVE = after(look(A.LIVE, -100))
"""A host that was live a few days ago, and looked at since by nobody."""


# ---------------------------------------------------------------- examples


@pytest.mark.parametrize("state", A, ids=str)
def test_a_host_never_seen_live_is_what_is_seen(state: Availability) -> None:
    found = after(look(A.PARKED), look(state, 0.1, run=2))

    assert found.availability is state
    assert found.pending is None


@pytest.mark.parametrize("state", NOT_LIVE, ids=str)
def test_one_look_takes_no_host_from_live(state: Availability) -> None:
    found = after(look(state), of=LIVE)

    assert found.availability is A.LIVE
    assert (found.pending, found.pending_since, found.pending_looks) == (state, make.NOW, 1)
    # It is not freshly live either: what was published of it runs out.
    assert found.live_at == LIVE.live_at
    assert found.visited_at == make.NOW
    assert found.because == LIVE.because


@pytest.mark.parametrize(
    ("state", "hours", "settled"),
    [
        pytest.param(A.PARKED, [0, 0.9], False, id="parked, too soon"),
        pytest.param(A.PARKED, [0, 1], True, id="parked, an hour apart"),
        pytest.param(A.SEIZED, [0, 0.2, 0.4, 0.6], False, id="seized, many within an hour"),
        pytest.param(A.BLOCKED, [0, 12], True, id="blocked"),
        pytest.param(A.SINKHOLED, [0, 12], True, id="sinkholed"),
        pytest.param(A.CHALLENGE, [0, 12], True, id="challenge"),
        pytest.param(A.RESTRICTED, [0, 12], True, id="restricted"),
        pytest.param(A.DEAD, [0, 72], False, id="dead, two looks however far apart"),
        pytest.param(A.DEAD, [0, 24, 71], False, id="dead, three within three days"),
        pytest.param(A.DEAD, [0, 24, 72], True, id="dead, three over three days"),
        pytest.param(A.ERROR, [0, 24, 48, 72], True, id="error, four over three days"),
        # The second comes too soon to count.
        pytest.param(A.DEAD, [0, 0.5, 72], False, id="dead, two of them as one"),
        pytest.param(A.DEAD, [0, 72, 72.1], False, id="dead, the last two as one"),
        # A clock that went back: the look tells of no time that passed.
        pytest.param(A.PARKED, [0, -48], False, id="parked, clock back"),
        pytest.param(A.DEAD, [0, -200, 1, 2], False, id="dead, clock back and forth"),
    ],
)
def test_a_live_host_is_gone_after_so_many_looks_over_so_long(
    state: Availability, hours: list[float], settled: bool
) -> None:
    found = after(*(look(state, h, run=n) for n, h in enumerate(hours, 2)), of=LIVE)

    assert (found.availability is state) == settled
    if settled:
        # From when it was first seen, not from when that was believed.
        assert found.since == make.NOW
        assert found.pending is None


def test_what_three_looks_got_no_answer_from_is_dead() -> None:
    silent = [look(A.ERROR, h, rule="error:timeout") for h in (0, 30, 80)]
    found = after(*silent, of=LIVE)

    assert (found.availability, found.rule) == (A.DEAD, "dead:no_answer")
    assert "it is error" in found.because
    # More silence is nothing new.
    later = after(look(A.UNRESOLVED, 200), look(A.ERROR, 300, rule="error:refused"), of=found)
    assert (later.availability, later.since, later.pending) == (A.DEAD, make.NOW, None)
    # An answer is.
    assert after(look(A.ERROR, 200), of=found).pending is A.ERROR


def test_looks_of_one_cause_count_together() -> None:
    # A parking page offers the name today and shows advertising tomorrow.
    found = after(look(A.PARKED), look(A.FOR_SALE, 24), of=LIVE)
    assert (found.availability, found.since) == (A.FOR_SALE, make.NOW)
    found = after(look(A.ERROR), look(A.DEAD, 30), look(A.UNRESOLVED, 90), of=LIVE)
    assert found.availability is A.DEAD


def test_looks_of_other_causes_do_not() -> None:
    found = after(look(A.PARKED), look(A.SEIZED, 24), look(A.DEAD, 48), of=LIVE)

    assert found.availability is A.LIVE
    assert (found.pending, found.pending_looks) == (A.DEAD, 1)


def test_back_to_live_is_at_once_and_unsays_what_was_pending() -> None:
    found = after(look(A.DEAD), look(A.DEAD, 40), look(A.LIVE, 50), of=LIVE)
    assert (found.availability, found.since, found.pending) == (A.LIVE, LIVE.since, None)
    assert found.live_at == make.NOW + timedelta(hours=50)

    again = after(look(A.DEAD, 60), look(A.DEAD, 80), of=found)
    assert (again.availability, again.pending_looks) == (A.LIVE, 2)

    gone = after(look(A.DEAD, 140), of=again)
    assert gone.availability is A.DEAD
    assert after(look(A.LIVE, 141), of=gone).availability is A.LIVE


def test_our_own_failure_is_no_look() -> None:
    parked = after(look(A.PARKED), look(A.PARKED, 2), of=LIVE)
    for state in (LIVE, parked):
        found = after(
            *(look(A.UNRESOLVED, h, rule="unresolved:own") for h in (9, 50, 99)), of=state
        )
        assert found == state


def test_a_clock_that_went_back_keeps_nothing_published_for_longer() -> None:
    ahead = after(look(A.LIVE, 40_000), look(A.LIVE, 1), of=LIVE)
    assert ahead.live_at == ahead.visited_at == make.NOW + timedelta(hours=1)


# ---------------------------------------------------------------- other hands


@pytest.mark.parametrize("state", sorted(AWAY), ids=str)
def test_live_after_somebody_else_held_the_name_is_somebody_else(state: Availability) -> None:
    away = after(look(state, run=2), look(state, 24, run=3), of=LIVE)
    back = after(look(A.LIVE, 400, run=9), of=away)

    assert back.epoch_since == make.NOW + timedelta(hours=400)
    assert "held to be in other hands" in back.epoch_because
    assert "2026-11-01" in back.epoch_because
    # What it shows now can be native to it.
    assert back.first_live_run == 9


@pytest.mark.parametrize("state", sorted(set(NOT_LIVE) - AWAY), ids=str)
def test_live_after_silence_or_a_wall_is_the_same(state: Availability) -> None:
    gone = after(look(state), look(state, 30), look(state, 90), of=LIVE)
    back = after(look(A.LIVE, 400, run=9), of=gone)

    assert gone.availability is not A.LIVE
    assert (back.epoch_since, back.first_live_run) == (None, 1)


def test_one_look_at_a_parking_page_changes_no_hands() -> None:
    assert after(look(A.PARKED), look(A.LIVE, 24), of=LIVE).epoch_since is None
    # Nor where it was the first look of all.
    assert after(look(A.PARKED), look(A.LIVE, 24)).epoch_since is None
    # Two looks were: who gave it as a seed meant somebody else.
    assert after(look(A.PARKED), look(A.PARKED, 24), look(A.LIVE, 48)).epoch_since is not None


def test_a_clock_that_went_back_gives_the_new_owner_nothing_of_the_old() -> None:
    away = after(look(A.PARKED), look(A.PARKED, 24), of=LIVE)
    back = after(look(A.LIVE, -5000), of=away)

    assert away.live_at is not None
    assert back.epoch_since is not None
    assert back.epoch_since > away.live_at


# ---------------------------------------------------------------- from elsewhere


def home(hours: float) -> Home:
    return Home("home", make.NOW + timedelta(hours=hours))


def test_looks_from_elsewhere_take_no_host_from_its_state() -> None:
    state = LIVE
    for n in range(10):
        state = settle(state, look(A.BLOCKED, 12.0 * n, vantage="abroad"), home(12.0 * n - 1))
    assert (state.availability, state.pending) == (A.LIVE, None)


def test_a_home_that_looks_no_more_has_no_say() -> None:
    days = HOME_SILENCE / timedelta(days=1)
    state = LIVE
    for hours in (24 * days, 24 * days + 2):
        state = settle(state, look(A.BLOCKED, hours, vantage="abroad"), home(0))
    assert state.availability is A.BLOCKED


def test_live_elsewhere_is_live_and_no_change_of_hands() -> None:
    # A stop page of one country says nothing about the owner.
    seized = after(look(A.SEIZED), look(A.SEIZED, 24), of=LIVE)
    found = settle(seized, look(A.LIVE, 30, vantage="abroad"), home(24))

    assert found.availability is A.LIVE
    assert found.epoch_since is None


# ---------------------------------------------------------------- properties

states_ = st.sampled_from(list(A))
hours_ = st.floats(-2000, 2000, allow_nan=False)


@st.composite
def looks_(draw: st.DrawFn, least: int = 0, most: int = 30) -> list[Look]:
    """Looks in any order of states and instants, each in a run of its own."""
    found = draw(st.lists(st.tuples(states_, hours_), min_size=least, max_size=most))
    return [look(state, hours, run=n) for n, (state, hours) in enumerate(found, 2)]


def stretch(looks: list[Look], state: Availability) -> list[Look]:
    """The looks at the end that saw *state* or its kin."""
    tail: list[Look] = []
    for one in reversed(looks):
        if not is_kin(one.availability, state):
            break
        tail.append(one)
    return tail


@given(looks_(least=1))
def test_no_fewer_looks_than_it_takes_change_a_live_host(looks: list[Look]) -> None:
    state = LIVE
    for n, one in enumerate(looks):
        found = settle(state, one)
        if found.availability is not state.availability and found.availability is not A.LIVE:
            tail = stretch(looks[: n + 1], one.availability)
            assert len(tail) >= looks_needed(one.availability)
            # Over so much time, by the clock of whoever looked.
            first = min(t.at for t in tail)
            assert one.at - first >= time_needed(one.availability)
        state = found


@given(st.sampled_from(NOT_LIVE), st.lists(hours_, min_size=1, max_size=2))
def test_one_look_never_and_two_silent_ones_never(state: Availability, hours: list[float]) -> None:
    looks = [look(state, h, run=n) for n, h in enumerate(hours[: looks_needed(state) - 1], 2)]
    assert after(*looks, of=LIVE).availability is A.LIVE


@given(looks_(), st.integers(1, 5))
def test_the_same_look_many_times_is_one_look(looks: list[Look], times: int) -> None:
    once = after(*looks, of=LIVE)
    many = after(*(one for one in looks for _ in range(times)), of=LIVE)
    assert many == once


@given(looks_(most=12), st.data())
def test_looks_that_fail_by_ourselves_change_nothing(
    looks: list[Look], data: st.DataObject
) -> None:
    mixed: list[Look] = []
    for one in looks:
        mixed.append(one)
        if data.draw(st.booleans()):
            hours = data.draw(hours_)
            mixed.append(look(A.UNRESOLVED, hours, rule="unresolved:own"))
    assert after(*mixed, of=LIVE) == after(*looks, of=LIVE)


@given(looks_(least=1), st.integers(0, 29), st.floats(0, 5000))
def test_a_clock_that_goes_back_never_shortens_a_wait(
    looks: list[Look], index: int, back_hours: float
) -> None:
    """One look dated earlier than it was made brings no host from live any sooner."""
    ordered = sorted(looks, key=lambda one: one.at)
    state, index = A.PARKED, index % len(ordered)
    same = [replace(one, availability=state, rule="parked") for one in ordered]
    wrong = list(same)
    # The first look of all cannot be told from one that is right.
    if index:
        wrong[index] = replace(same[index], at=same[index].at - timedelta(hours=back_hours))
    assert _settled_at(wrong) >= _settled_at(same)


def _settled_at(looks: list[Look]) -> int:
    """The number of the look that took a live host from its state."""
    found = LIVE
    for n, one in enumerate(looks):
        found = settle(found, one)
        if found.availability is not A.LIVE:
            return n
    return len(looks)


@given(looks_())
def test_live_is_seen_live_and_never_by_anything_else(looks: list[Look]) -> None:
    state = LIVE
    for one in looks:
        found = settle(state, one)
        if one.availability is A.LIVE:
            assert (found.availability, found.pending) == (A.LIVE, None)
            assert found.live_at == one.at
        else:
            assert found.live_at == state.live_at
            assert found.epoch_since == state.epoch_since
        state = found


@given(looks_(least=1))
def test_what_is_pending_is_never_what_stands(looks: list[Look]) -> None:
    state = LIVE
    for one in looks:
        state = settle(state, one)
        assert (state.pending is None) == (state.pending_since is None)
        assert (state.pending is None) == (state.pending_looks == 0)
        assert state.pending is not state.availability


@given(looks_(least=2))
def test_hands_change_once_a_stay_elsewhere(looks: list[Look]) -> None:
    states = [LIVE]
    for one in looks:
        states.append(settle(states[-1], one))
    epochs: list[datetime | None] = [state.epoch_since for state in states]
    for (before, after_), (old, new) in zip(pairwise(states), pairwise(epochs), strict=True):
        if old != new:
            assert before.availability in AWAY
            assert after_.availability is A.LIVE
            assert old is None or (new is not None and new >= old)


def test_the_states_are_all_thought_of() -> None:
    assert {A.LIVE, *SILENT, *AWAY, A.BLOCKED, A.CHALLENGE, A.RESTRICTED} == set(A)
