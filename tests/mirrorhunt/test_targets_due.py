"""What is due comes first in a hunt, and is all that a recheck looks at."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import Engine

from mirrorhunt import targets
from mirrorhunt.config import Config
from mirrorhunt.errors import InputError, UnknownNameError
from mirrorhunt.model import Verdict
from mirrorhunt.protected import ProtectedNames
from mirrorhunt.protecting import Keep
from mirrorhunt.targets import Hunting, Target
from tests import stored

KEEP = Keep(ProtectedNames(), datetime.now(UTC))
LATER = Config(clock_ahead_s=2 * 24 * 3600)
"""As seen two days from now."""


@pytest.fixture
def hunting(any_engine: Engine) -> Hunting:
    """The run after one that saw a seed, a probable host and a stranger."""
    now = datetime.now(UTC)
    first = stored.begun(any_engine, now=now)
    stored.proposed(any_engine, first, "a.example", channel="redirect")
    stored.proposed(any_engine, first, "z.example", channel="comment")
    stored.looked(
        any_engine,
        first,
        stored.look("films1.example", at=now, pointers=[stored.pointer("new.example")]),
        stored.look("a.example", at=now),
        stored.look("z.example", at=now),
    )
    stored.concluded(
        any_engine,
        first,
        stored.judgement("z.example", Verdict.PROBABLE),
        stored.judgement("a.example", Verdict.CANDIDATE, bits=-4),
    )
    return stored.next_run(any_engine, first, now + timedelta(days=2))


def hosts(found: list[Target]) -> list[str]:
    return [target.host for target in found]


def test_a_hunt_begins_with_the_members_that_are_due(any_engine: Engine, hunting: Hunting) -> None:
    everyone = ["films1.example", "z.example", "a.example"]
    assert hosts(targets.next_targets(any_engine, hunting, LATER)) == everyone
    # The budget goes to them.
    small = replace(LATER, hosts_per_hunt=2)
    assert hosts(targets.next_targets(any_engine, hunting, small)) == everyone[:2]
    # Who is not due has no precedence.
    early = hosts(targets.next_targets(any_engine, hunting, Config()))
    assert early == ["films1.example", "a.example", "z.example"]


def test_a_recheck_looks_at_what_is_due_alone(any_engine: Engine, hunting: Hunting) -> None:
    again = replace(hunting, only_due=True)

    assert targets.next_targets(any_engine, again, Config()) == []
    due = ["films1.example", "z.example"]
    assert hosts(targets.next_targets(any_engine, again, LATER)) == due
    assert [turn.host for turn in targets.due(any_engine, again, LATER)] == due
    small = replace(LATER, hosts_per_hunt=1)
    assert hosts(targets.next_targets(any_engine, again, small)) == due[:1]


def test_a_recheck_takes_up_nothing_new(any_engine: Engine, hunting: Hunting) -> None:
    before = stored.counts(any_engine)["candidates"]
    now = datetime.now(UTC)
    later = targets.next_round(any_engine, replace(hunting, only_due=True), LATER, KEEP, now)
    assert stored.counts(any_engine)["candidates"] == before
    assert (later.run.round, later.only_due) == (2, True)

    targets.next_round(any_engine, hunting, LATER, KEEP, now)
    assert stored.counts(any_engine)["candidates"] == before + 1


@pytest.mark.usefixtures("hunting")
def test_a_network_is_known_by_name_or_seed(any_engine: Engine) -> None:
    expected = ("films", ("films1.example",))
    assert targets.known_network(any_engine, (), "films") == expected
    assert targets.known_network(any_engine, ("films1.example",), None) == expected


@pytest.mark.usefixtures("hunting")
@pytest.mark.parametrize(
    ("seeds", "network", "says"),
    [
        ((), None, "nothing given"),
        (("goal1.example",), None, "'goal1.example' is no seed of a network: hunt from it first"),
        ((), "goals", "no network 'goals'; there are: films"),
    ],
)
def test_a_network_that_is_not_known_is_one_line(
    seeds: tuple[str, ...], network: str | None, says: str, any_engine: Engine
) -> None:
    with pytest.raises((InputError, UnknownNameError), match=says):
        targets.known_network(any_engine, seeds, network)
