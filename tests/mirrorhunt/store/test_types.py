"""What may enter a column."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Engine, insert, select
from sqlalchemy.exc import StatementError

from mirrorhunt.store.tables import Network
from mirrorhunt.store.types import clean


def test_a_naive_instant_cannot_enter(any_engine: Engine) -> None:
    row = {"name": "films", "created_at": datetime(2026, 11, 1)}  # noqa: DTZ001 - The point.

    with any_engine.connect() as connection, pytest.raises(StatementError, match="naive instant"):
        connection.execute(insert(Network).values(row))


def test_an_instant_comes_back_aware_in_utc_to_the_microsecond(any_engine: Engine) -> None:
    at = datetime(2026, 3, 29, 3, 30, 0, 123456, tzinfo=timezone(timedelta(hours=2)))
    with any_engine.begin() as connection:
        connection.execute(insert(Network).values(name="films", created_at=at))
        found = connection.execute(select(Network.created_at)).scalar_one()

    assert found == at
    assert found.tzinfo is UTC


@given(st.text(st.characters()))
def test_cleaning_keeps_the_length_and_is_done_once(text: str) -> None:
    once = clean(text)

    assert len(once) == len(text)
    assert clean(once) == once
    assert "\x00" not in once
    assert once.encode("utf-8").decode("utf-8") == once
