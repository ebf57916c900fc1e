"""INSERT … ON CONFLICT, on both databases."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Engine, select

from mirrorhunt.store._upsert import BATCH_ROWS, chunks, upsert
from mirrorhunt.store.tables import Host
from tests import make


def row(name: str, title: str = "") -> dict[str, object]:
    return {"name": name, "registrable_domain": name, "first_seen_at": make.NOW, "title": title}


def titles(engine: Engine) -> dict[str, str]:
    with engine.begin() as connection:
        rows = connection.execute(select(Host.name, Host.title)).all()
    return {row.name: row.title for row in rows}


def test_nothing_is_written_for_nothing(any_engine: Engine) -> None:
    with any_engine.begin() as connection:
        upsert(connection, Host, [], key=["name"])

    assert titles(any_engine) == {}


@pytest.mark.parametrize(
    ("update", "expected"), [((), "old"), (("title",), "new")], ids=["left alone", "updated"]
)
def test_a_taken_key_is_left_or_updated(
    update: tuple[str, ...], expected: str, any_engine: Engine
) -> None:
    with any_engine.begin() as connection:
        upsert(connection, Host, [row("a.example", "old")], key=["name"], update=update)
        fresh = [row("a.example", "new"), row("b.example", "b")]
        upsert(connection, Host, fresh, key=["name"], update=update)

    assert titles(any_engine) == {"a.example": expected, "b.example": "b"}


@pytest.mark.parametrize(("second", "expected"), [("a", "m"), ("m", "m"), ("z", "z")])
def test_a_latest_value_only_grows(second: str, expected: str, any_engine: Engine) -> None:
    with any_engine.begin() as connection:
        for title in ("m", second):
            upsert(connection, Host, [row("a.example", title)], key=["name"], latest=["title"])

    assert titles(any_engine) == {"a.example": expected}


def test_more_rows_than_a_batch_are_all_written(any_engine: Engine) -> None:
    names = [f"films{n}.example" for n in range(2 * BATCH_ROWS + 1)]
    with any_engine.begin() as connection:
        upsert(connection, Host, [row(name) for name in names], key=["name"])

    assert set(titles(any_engine)) == set(names)


@given(st.lists(st.integers(), max_size=50), st.integers(1, 10))
def test_pieces_are_whole_and_in_order(items: list[int], size: int) -> None:
    pieces = chunks(items, size)

    assert [item for piece in pieces for item in piece] == items
    assert all(0 < len(piece) <= size for piece in pieces)
