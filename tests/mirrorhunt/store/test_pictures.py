"""Whose picture is wanted."""

import pytest
from sqlalchemy import Engine

from mirrorhunt.model import Availability, Verdict
from mirrorhunt.store import pictures
from mirrorhunt.targets import Hunting
from tests import make, stored
from tests.stored import judgement

WEEK = -7.0


@pytest.fixture
def hunting(any_engine: Engine) -> Hunting:
    """A seed, two probable hosts, a candidate, one that is gone, one protected."""
    begun = stored.begun(any_engine)
    others = ("strong.example", "weak.example", "near.example", "gone.example", "ours.example")
    stored.proposed(any_engine, begun, *others)
    stored.looked(
        any_engine,
        begun,
        *(stored.look(host) for host in ("films1.example", *others) if host != "gone.example"),
        stored.look("gone.example", state=Availability.DEAD),
    )
    stored.concluded(
        any_engine,
        begun,
        judgement("films1.example"),
        judgement("strong.example", Verdict.PROBABLE, bits=30),
        judgement("weak.example", Verdict.PROBABLE, bits=14),
        judgement("near.example", Verdict.CANDIDATE, bits=1),
        judgement("gone.example", Verdict.PROBABLE, bits=14),
        judgement("ours.example", Verdict.PROTECTED, bits=0),
    )
    return begun


def wanted(engine: Engine, hunting: Hunting, vantage: str = "default") -> list[str]:
    with engine.begin() as connection:
        return pictures.wanted(connection, hunting.network_id, vantage, make.at(WEEK))


def pictured(engine: Engine, hunting: Hunting, host: str, days: float) -> None:
    stored.looked(engine, hunting, stored.look(host, at=make.at(days), path=pictures.PATH))


def test_seeds_come_first_then_what_stands_by_how_surely(
    any_engine: Engine, hunting: Hunting
) -> None:
    assert wanted(any_engine, hunting) == ["films1.example", "strong.example", "weak.example"]


def test_a_picture_of_this_week_is_not_taken_again(any_engine: Engine, hunting: Hunting) -> None:
    pictured(any_engine, hunting, "strong.example", 1)
    pictured(any_engine, hunting, "weak.example", WEEK - 1)
    assert wanted(any_engine, hunting) == ["films1.example", "weak.example"]


def test_a_picture_from_elsewhere_does_not_count_here(
    any_engine: Engine, hunting: Hunting
) -> None:
    pictured(any_engine, hunting, "strong.example", 1)
    assert "strong.example" in wanted(any_engine, hunting, "abroad")


def test_a_host_whose_state_changed_is_wanted_again(any_engine: Engine, hunting: Hunting) -> None:
    pictured(any_engine, hunting, "strong.example", 0.5)
    assert "strong.example" not in wanted(any_engine, hunting)
    later = hunting
    for days in (1.0, 2.0, 3.0, 4.0):
        later = stored.next_run(any_engine, later, make.at(days))
        seized = stored.look("strong.example", state=Availability.SEIZED, at=make.at(days))
        stored.looked(any_engine, later, seized)
    assert "strong.example" in wanted(any_engine, later)


def test_a_picture_says_nothing_of_the_state(any_engine: Engine, hunting: Hunting) -> None:
    """The path is nobody else's: a picture neither moves the state nor counts as a front page."""
    later = stored.next_run(any_engine, hunting, make.at(1))
    look = stored.look(
        "strong.example", state=Availability.SEIZED, at=make.at(1), path=pictures.PATH
    )
    stored.looked(any_engine, later, look)
    assert "strong.example" not in wanted(any_engine, later)
