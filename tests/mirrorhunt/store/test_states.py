"""What is stored of states: when judging has to look again, whose hands, and the history."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import Engine, select

from mirrorhunt.model import Availability
from mirrorhunt.settling import State
from mirrorhunt.sources import Registration
from mirrorhunt.store import registrations, states
from mirrorhunt.store.states import History
from mirrorhunt.store.tables import Host
from mirrorhunt.targets import Hunting
from tests import make, stored

A = Availability
HOST = "films2.example"


def look(
    engine: Engine, hunting: Hunting, days: float, state: Availability = A.LIVE, **more: str
) -> Hunting:
    """The next run looks at the host so many days after `make.NOW`; *more*: what it shows."""
    hunting = stored.next_run(engine, hunting, make.at(days))
    shows = {kind: [value] for kind, value in more.items()}
    stored.looked(engine, hunting, stored.look(HOST, shows, state=state, at=make.at(days)))
    return hunting


def state_of(engine: Engine) -> State:
    history = history_of(engine)
    return history.state


def history_of(engine: Engine) -> History:
    with engine.begin() as connection:
        found = states.states_of(connection, HOST)
    assert found is not None
    return found


def registered(engine: Engine, days: float, on: float, registrar: str = "Names") -> None:
    with engine.begin() as connection:
        said = Registration(HOST, make.at(days), registrar=registrar)
        registrations.record(connection, [said], make.at(on))


@pytest.fixture
def hunting(any_engine: Engine) -> Hunting:
    """A run that has seen the host live with an account."""
    begun = stored.begun(any_engine)
    stored.looked(any_engine, begun, stored.look(HOST, {"ad_id": ["pub-1"]}))
    return begun


# ---------------------------------------------------------------- hands


def test_a_registration_after_the_first_look_is_an_epoch(
    any_engine: Engine, hunting: Hunting
) -> None:
    later = look(any_engine, hunting, 30)
    registered(any_engine, 20, 31)
    found = state_of(any_engine)

    assert found.epoch_since == make.at(20)
    assert found.epoch_because == (
        "registered anew on 2026-11-21 with Names: in other hands than before"
    )
    assert found.first_live_run == later.run.id


def test_whoever_was_not_seen_since_is_native_from_the_next_look_on(
    any_engine: Engine, hunting: Hunting
) -> None:
    registered(any_engine, 20, 31)
    assert state_of(any_engine).first_live_run is None
    later = look(any_engine, hunting, 40)
    assert state_of(any_engine).first_live_run == later.run.id


def test_a_registration_from_before_is_no_epoch(any_engine: Engine, hunting: Hunting) -> None:
    registered(any_engine, -20, 31)
    assert state_of(any_engine).epoch_since is None
    # Nor does it undo a later one.
    for days, state in ((3, A.PARKED), (4, A.PARKED), (9, A.LIVE)):
        hunting = look(any_engine, hunting, days, state)
    registered(any_engine, 1, 31)
    assert state_of(any_engine).epoch_since == make.at(9)


# ---------------------------------------------------------------- vantages


def abroad(engine: Engine, hunting: Hunting, days: float, state: Availability) -> Hunting:
    hunting = stored.next_run(engine, hunting, make.at(days))
    seen = stored.look(HOST, state=state, at=make.at(days))
    stored.looked(engine, hunting, replace(seen, vantage="abroad"))
    return hunting


def test_a_stop_page_abroad_changes_nothing_here(any_engine: Engine, hunting: Hunting) -> None:
    for days in (1, 2, 3):
        hunting = abroad(any_engine, hunting, days, A.BLOCKED)
    assert (state_of(any_engine).availability, state_of(any_engine).pending) == (A.LIVE, None)


def test_a_vantage_that_moved_is_believed_after_a_week(
    any_engine: Engine, hunting: Hunting
) -> None:
    for days in (1, 7.5, 8):
        hunting = abroad(any_engine, hunting, days, A.BLOCKED)
    assert state_of(any_engine).availability is A.BLOCKED


# ---------------------------------------------------------------- history


def test_the_history_says_what_looks_saw_and_what_stands(
    any_engine: Engine, hunting: Hunting
) -> None:
    for days, state in ((1, A.LIVE), (2, A.DEAD), (3, A.LIVE), (4, A.SEIZED)):
        hunting = look(any_engine, hunting, days, state)
    found = history_of(any_engine)

    assert [(s.availability, s.looks) for s in found.spans] == [
        ("live", 2),
        ("dead", 1),
        ("live", 1),
        ("seized", 1),
    ]
    assert (found.spans[0].first_seen_at, found.spans[0].last_seen_at) == (make.NOW, make.at(1))
    assert found.state.availability is A.LIVE
    assert found.pending == (
        "seized since 2026-11-05 12:00, in 1 of 2 looks; it counts from 2026-11-05 13:00 on"
    )
    look(any_engine, hunting, 5, A.SEIZED)
    assert history_of(any_engine).pending == ""


def test_each_vantage_has_a_history_of_its_own(any_engine: Engine, hunting: Hunting) -> None:
    for days in (1, 2):
        hunting = abroad(any_engine, hunting, days, A.BLOCKED)
        hunting = look(any_engine, hunting, days + 0.5)

    assert [(s.vantage, s.availability, s.looks) for s in history_of(any_engine).spans] == [
        ("default", "live", 3),
        ("abroad", "blocked", 2),
    ]


def test_nobody_has_no_history(any_engine: Engine) -> None:
    with any_engine.begin() as connection:
        assert states.states_of(connection, "nobody.example") is None


def test_a_title_is_of_the_page_that_stands(any_engine: Engine, hunting: Hunting) -> None:
    at = make.NOW + timedelta(days=1)
    hunting = stored.next_run(any_engine, hunting, at)
    offer = stored.look(HOST, state=A.FOR_SALE, at=at, html="<title>Buy me</title>")
    stored.looked(any_engine, hunting, offer)
    with any_engine.begin() as connection:
        title = connection.execute(select(Host.title).where(Host.name == HOST)).scalar_one()
    assert title == "Films"
