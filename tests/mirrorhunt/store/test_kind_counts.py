"""How many clusters show any value of a kind."""

from datetime import timedelta

import pytest
from sqlalchemy import Engine

from mirrorhunt.store import kind_counts
from tests import make, stored
from tests.stored import look


def counts(engine: Engine, days: float = 0) -> dict[str, int]:
    with engine.begin() as connection:
        kind_counts.refresh(connection, make.at(days))
        return kind_counts.current(connection)


def test_clusters_are_counted_and_pointers_left_out(any_engine: Engine) -> None:
    hunting = stored.begun(any_engine)
    assert counts(any_engine) == {}
    stored.looked(
        any_engine,
        hunting,
        look("films1.example", {"icon": ["a", "b"], "brand": ["films"]}),
        look("a.shop.example", {"icon": ["a"]}, pointers=[stored.pointer("x.example")]),
        look("b.shop.example", {"icon": ["c"]}),
    )

    assert counts(any_engine) == {"icon": 2, "brand": 1}


def test_many_are_counted_when_they_grew_by_a_tenth_or_a_day_has_passed(
    any_engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(kind_counts, "FEW_OBSERVATIONS", 10)
    hunting = stored.begun(any_engine)
    stored.looked(
        any_engine, hunting, *(look(f"s{n}.example", {"icon": ["a"]}) for n in range(20))
    )
    assert counts(any_engine) == {"icon": 20}
    stored.looked(any_engine, hunting, look("s20.example", {"icon": ["a"]}))
    assert counts(any_engine, days=0.9) == {"icon": 20}
    assert counts(any_engine, days=1) == {"icon": 21}
    # A clock that goes back counts again.
    stored.looked(any_engine, hunting, look("s21.example", {"icon": ["a"]}))
    assert counts(any_engine, days=-1) == {"icon": 22}
    stored.looked(
        any_engine, hunting, *(look(f"s{n}.example", {"icon": ["a"]}) for n in range(22, 26))
    )
    assert counts(any_engine, days=-1) == {"icon": 26}


def test_few_are_counted_each_time(any_engine: Engine) -> None:
    # Then a score is a function of the observations alone.
    hunting = stored.begun(any_engine)
    for n in range(3):
        stored.looked(any_engine, hunting, look(f"s{n}.example", {"icon": ["a"]}))
        assert counts(any_engine) == {"icon": n + 1}
    assert timedelta(days=1) == kind_counts.MAX_AGE
