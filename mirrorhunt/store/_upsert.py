"""INSERT … ON CONFLICT, in the words of either database."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import Any, TypeVar

from sqlalchemy import Connection, Table, case
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import DeclarativeBase

T = TypeVar("T")

BATCH_ROWS = 500
"""Measured 2026-11: 80,000 rows/s at 100 a commit on SQLite, no faster above 1,000."""


def table_of(entity: type[DeclarativeBase]) -> Table:
    """The Core table of *entity*."""
    table = entity.__table__
    assert isinstance(table, Table)
    return table


def upsert(
    connection: Connection,
    entity: type[DeclarativeBase],
    rows: Sequence[Mapping[str, Any]],
    *,
    key: Sequence[str],
    update: Sequence[str] = (),
    add: Sequence[str] = (),
    latest: Sequence[str] = (),
) -> None:
    """Insert *rows*; where *key* is taken, set the columns of *update*, count up those of *add*
    and set those of *latest* where that is more; without any, leave what is there.

    Rows of one call must differ in their key: PostgreSQL refuses to meet a row twice.
    """
    if not rows:
        return
    table = table_of(entity)
    insert = sqlite.insert if connection.dialect.name == "sqlite" else postgresql.insert
    statement = insert(table)
    if update or add or latest:
        changed: dict[str, Any] = {name: statement.excluded[name] for name in update}
        for name in latest:
            new, old = statement.excluded[name], table.c[name]
            changed[name] = case((new > old, new), else_=old)
        changed |= {name: table.c[name] + statement.excluded[name] for name in add}
        statement = statement.on_conflict_do_update(index_elements=list(key), set_=changed)
    else:
        statement = statement.on_conflict_do_nothing(index_elements=list(key))
    for start in range(0, len(rows), BATCH_ROWS):
        connection.execute(statement, [dict(r) for r in rows[start : start + BATCH_ROWS]])


def batched(items: Iterable[T], size: int) -> Iterator[list[T]]:
    """*items* in lists of *size*, the last perhaps shorter, as they come."""
    rest = iter(items)
    while batch := list(islice(rest, size)):
        yield batch


def chunks(items: Sequence[T], size: int = 500) -> list[Sequence[T]]:
    """*items* in pieces that fit into one IN (…)."""
    return [items[start : start + size] for start in range(0, len(items), size)]
