"""What was looked at from where, and how it was asked for."""

from dataclasses import replace
from datetime import timedelta

from sqlalchemy import Engine

from mirrorhunt import targets
from mirrorhunt.model import Availability
from mirrorhunt.store import looked_from
from mirrorhunt.targets import Target
from tests import make, stored


def _elsewhere(engine: Engine, hunting: targets.Hunting) -> list[Target]:
    return targets.elsewhere(engine, hunting, "abroad", 100)


def test_what_is_shut_and_was_named_by_a_page_is_looked_at_from_elsewhere(
    any_engine: Engine,
) -> None:
    hunting = stored.begun(any_engine)
    stored.proposed(any_engine, hunting, "shut.example", "hidden.example", "live.example")
    # Names that a rule made up are asked for by the thousand, and are mostly nobody's.
    stored.proposed(any_engine, hunting, "made-up.example", channel="numbered", seen_on=None)
    stored.proposed(any_engine, hunting, "spam.example", channel="comment")
    stored.looked(
        any_engine,
        hunting,
        stored.look("films1.example"),
        stored.look("shut.example", state=Availability.RESTRICTED),
        stored.look("hidden.example", state=Availability.DEAD),
        stored.look("live.example"),
        stored.look("made-up.example", state=Availability.RESTRICTED),
        stored.look("spam.example", state=Availability.RESTRICTED),
    )

    found = [t.host for t in _elsewhere(any_engine, hunting)]

    assert found == ["films1.example", "hidden.example", "shut.example", "live.example"]


def test_what_this_run_has_seen_from_there_is_not_looked_at_again(any_engine: Engine) -> None:
    hunting = stored.begun(any_engine)
    stored.looked(any_engine, hunting, stored.look("films1.example"))
    assert _elsewhere(any_engine, hunting) == [Target("films1.example")]

    stored.looked(any_engine, hunting, replace(stored.look("films1.example"), vantage="abroad"))

    assert _elsewhere(any_engine, hunting) == []
    later = stored.next_run(any_engine, hunting, make.at(1))
    assert _elsewhere(any_engine, later) == [Target("films1.example")]


def test_the_ways_that_were_tried_are_remembered_for_a_day(any_engine: Engine) -> None:
    hunting = stored.begun(any_engine)
    stored.looked(
        any_engine,
        hunting,
        replace(stored.look("films1.example"), tried=("referrer", "mobile"), profile="mobile"),
        replace(stored.look("films2.example"), tried=("referrer",)),
        stored.look("films3.example"),
    )

    found = targets.tried_within_a_day(any_engine, make.NOW + timedelta(hours=23))

    assert found == {
        "films1.example": frozenset({"referrer", "mobile"}),
        "films2.example": frozenset({"referrer"}),
    }
    assert targets.tried_within_a_day(any_engine, make.NOW + timedelta(hours=25)) == {}


def test_values_are_those_of_the_last_day(any_engine: Engine) -> None:
    hunting = stored.begun(any_engine)
    shape = {"page_shape": ["ab"]}
    stored.looked(any_engine, hunting, stored.look("films1.example", shape))
    named = ["films1.example", "films2.example"]
    with any_engine.begin() as connection:
        since = make.NOW - timedelta(days=1)
        found = looked_from.values_since(connection, named, "page_shape", since)
        later = make.NOW + timedelta(days=1)
        none = looked_from.values_since(connection, named, "page_shape", later)
    assert found == {"films1.example": ["ab"]}
    assert none == {}
