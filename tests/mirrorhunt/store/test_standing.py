"""Who stands, in all networks at once."""

import pytest
from sqlalchemy import Engine

from mirrorhunt.errors import UnknownNameError
from mirrorhunt.model import Verdict
from mirrorhunt.store import standing
from tests import stored


def test_seeds_and_what_was_judged_stand_by_registrable_domain(any_engine: Engine) -> None:
    films = stored.begun(any_engine, "www.films1.example", network="films")
    goal = stored.begun(any_engine, "goal1.example", network="goal")
    stored.concluded(
        any_engine,
        films,
        stored.judgement("a.films2.co.uk", Verdict.CONFIRMED),
        stored.judgement("films3.example", Verdict.PROBABLE),
        stored.judgement("films4.example", Verdict.CANDIDATE),
        stored.judgement("films5.example", Verdict.REJECTED),
    )
    # What was probable once and is no longer.
    stored.concluded(any_engine, films, stored.judgement("films3.example", Verdict.CANDIDATE))
    with any_engine.begin() as connection:
        found = standing.everywhere(connection)
        only = standing.everywhere(connection, "goal")

    assert found == {
        "films": (films.network_id, {"films1.example", "films2.co.uk"}),
        "goal": (goal.network_id, {"goal1.example"}),
    }
    assert only == {"goal": found["goal"]}


def test_a_network_that_does_not_exist_is_said(engine: Engine) -> None:
    with pytest.raises(UnknownNameError), engine.begin() as connection:
        standing.everywhere(connection, "films")
