"""The ledger of feeds: what was delivered when, with what in it, and what was taken back."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Select,
    and_,
    bindparam,
    insert,
    select,
    update,
)

from mirrorhunt.store import tables
from mirrorhunt.store._upsert import batched, table_of
from mirrorhunt.store.published import READ_ROWS, by_domain

WRITE_ROWS = 1_000


@dataclass(frozen=True, slots=True)
class Held:
    """A feed that delivers nothing until somebody lets it."""

    at: datetime
    by: str
    because: str


@dataclass(frozen=True, slots=True)
class Delivery:
    """One publication of a feed."""

    id: int
    feed: str
    serial: int
    at: datetime
    author: str
    restores: int | None
    because: str
    entries: int
    added: int
    changed: int
    withdrawn: int
    renewed: int
    digest: str
    manifest_digest: str
    files: tuple[Mapping[str, Any], ...]
    placed_at: datetime | None


@dataclass(frozen=True, slots=True)
class Entry:
    """A host as a delivery has it."""

    id: int
    host: str
    registrable_domain: str
    scope: str
    network: str
    relation: str
    verdict: str
    availability: str
    score_bits: float
    reviewed_by: tuple[str, ...]
    first_seen: datetime
    last_verified: datetime
    valid_until: datetime
    since_id: int
    until_id: int | None
    reason: str
    because: str


def feed_id(connection: Connection, name: str, now: datetime) -> int:
    """The row of the feed *name*, made at *now* if there was none."""
    table = tables.Feed
    found = connection.execute(select(table.id).where(table.name == name)).scalar()
    if found is not None:
        return int(found)
    made = connection.execute(
        insert(table).values(name=name, created_at=now, held_by="", held_because="")
    )
    [key] = made.inserted_primary_key or (0,)
    return int(key)


def find_feed_id(connection: Connection, name: str) -> int | None:
    """The row of the feed *name*, or None where it was never delivered."""
    found = connection.execute(select(tables.Feed.id).where(tables.Feed.name == name)).scalar()
    return None if found is None else int(found)


def held(connection: Connection, name: str) -> Held | None:
    """Who holds the feed *name*, and why; None if nobody does."""
    table = tables.Feed
    row = connection.execute(
        select(table.held_at, table.held_by, table.held_because).where(
            table.name == name, table.held_at.is_not(None)
        )
    ).first()
    return None if row is None else Held(row.held_at, row.held_by, row.held_because)


def set_held(connection: Connection, feed: int, hold: Held | None) -> None:
    """Hold the feed, or let it go."""
    table = tables.Feed
    connection.execute(
        update(table)
        .where(table.id == feed)
        .values(
            held_at=hold.at if hold else None,
            held_by=hold.by if hold else "",
            held_because=hold.because if hold else "",
        )
    )


def log(connection: Connection, feed: str, limit: int | None = None) -> list[Delivery]:
    """The deliveries of *feed*, the newest first."""
    query = _deliveries().where(tables.Feed.name == feed).order_by(tables.Delivery.serial.desc())
    return [_delivery(row) for row in connection.execute(query.limit(limit))]


def latest(connection: Connection, feed: str) -> Delivery | None:
    """The delivery of *feed* that stands, or None."""
    return next(iter(log(connection, feed, 1)), None)


def find(connection: Connection, feed: str, serial: int) -> Delivery | None:
    """The delivery *serial* of *feed*, or None."""
    row = connection.execute(
        _deliveries().where(tables.Feed.name == feed, tables.Delivery.serial == serial)
    ).first()
    return None if row is None else _delivery(row)


def _deliveries() -> Select[Any]:
    table = tables.Delivery
    return select(table.__table__, tables.Feed.name.label("feed")).join(
        tables.Feed, tables.Feed.id == table.feed_id
    )


def _delivery(row: Any) -> Delivery:
    values = dict(row._mapping)
    del values["feed_id"]
    return Delivery(**values | {"files": tuple(values["files"])})


def add(connection: Connection, feed: int, **values: Any) -> int:
    """Note a delivery; returns its row."""
    made = connection.execute(insert(tables.Delivery).values(feed_id=feed, **values))
    [key] = made.inserted_primary_key or (0,)
    return int(key)


def set_placed(connection: Connection, delivery: int, at: datetime) -> None:
    """Note that ``current`` was seen to name *delivery*."""
    table = tables.Delivery
    connection.execute(update(table).where(table.id == delivery).values(placed_at=at))


# ---------------------------------------------------------------- entries


def entries(connection: Connection, feed: int, delivery: int | None = None) -> Iterator[Entry]:
    """What stands in *feed*, or stood in its *delivery*, by registrable domain and host."""
    table = tables.DeliveryEntry
    if delivery is None:
        stands: ColumnElement[bool] = table.until_id.is_(None)
    else:
        stands = and_(
            table.since_id <= delivery,
            table.until_id.is_(None) | (table.until_id > delivery),
        )
    yield from _entries(
        connection,
        select(table.__table__)
        .where(table.feed_id == feed, stands)
        .order_by(*by_domain(connection, table.registrable_domain, table.host)),
    )


def withdrawn_since(
    connection: Connection, feed: int, since: datetime
) -> Iterator[tuple[Entry, datetime]]:
    """What was taken back from *feed* after *since*, with when, by host: those that stand again
    among them; the last time of each host comes last."""
    entry, delivery = tables.DeliveryEntry, tables.Delivery
    query = (
        select(entry.__table__, delivery.at.label("taken_at"))
        .join(delivery, delivery.id == entry.until_id)
        .where(entry.feed_id == feed, delivery.at > since, entry.reason != CHANGED)
        .order_by(*by_domain(connection, entry.registrable_domain, entry.host), delivery.id)
    )
    for row in connection.execution_options(yield_per=READ_ROWS).execute(query):
        values = dict(row._mapping)
        at = values.pop("taken_at")
        yield _entry(values), at


def reasons_until(connection: Connection, feed: int, delivery: int) -> dict[str, tuple[str, str]]:
    """Why each host was last taken back from *feed*, up to *delivery*."""
    table = tables.DeliveryEntry
    rows = connection.execute(
        select(table.host, table.reason, table.because)
        .where(
            table.feed_id == feed,
            table.until_id.is_not(None),
            table.until_id <= delivery,
            table.reason != CHANGED,
        )
        .order_by(table.until_id)
    )
    return {host: (reason, because) for host, reason, because in rows}


CHANGED = "changed"
"""The reason of an entry that stands on in other words."""


def _entries(connection: Connection, query: Select[Any]) -> Iterator[Entry]:
    for row in connection.execution_options(yield_per=READ_ROWS).execute(query):
        yield _entry(dict(row._mapping))


def _entry(values: dict[str, Any]) -> Entry:
    del values["feed_id"]
    people = values["reviewed_by"]
    return Entry(**values | {"reviewed_by": tuple(people.split(",")) if people else ()})


def open_entries(
    connection: Connection, feed: int, delivery: int, rows: Iterable[Mapping[str, Any]]
) -> None:
    """Note that *delivery* has *rows* anew: the columns of the ledger but those of its ids."""
    for batch in batched(rows, WRITE_ROWS):
        connection.execute(
            insert(tables.DeliveryEntry),
            [
                {"feed_id": feed, "since_id": delivery, "reason": "", "because": "", **row}
                for row in batch
            ],
        )


def close_entries(
    connection: Connection, delivery: int, closed: Iterable[tuple[int, str, str]]
) -> None:
    """Note that *delivery* has no more the entries of *closed*: (id, reason, because)."""
    table = table_of(tables.DeliveryEntry)
    statement = (
        update(table)
        .where(table.c.id == bindparam("entry"))
        .values(until_id=delivery, reason=bindparam("why"), because=bindparam("said"))
    )
    for batch in batched(closed, WRITE_ROWS):
        connection.execute(
            statement, [{"entry": id_, "why": why, "said": said} for id_, why, said in batch]
        )


def renew_entries(connection: Connection, renewed: Iterable[Mapping[str, Any]]) -> None:
    """Set what changes while an entry stands: ``entry`` (its id), ``last_verified``,
    ``valid_until``, ``availability``, ``score_bits`` and ``reviewed_by``."""
    table = table_of(tables.DeliveryEntry)
    columns = ("last_verified", "valid_until", "availability", "score_bits", "reviewed_by")
    statement = (
        update(table)
        .where(table.c.id == bindparam("entry"))
        .values({name: bindparam(f"new_{name}") for name in columns})
    )
    for batch in batched(renewed, WRITE_ROWS):
        connection.execute(
            statement,
            [
                {"entry": row["entry"], **{f"new_{name}": row[name] for name in columns}}
                for row in batch
            ],
        )


def current_verdicts(
    connection: Connection, hosts_and_networks: Iterable[tuple[str, str]]
) -> dict[tuple[str, str], int]:
    """The current verdict of each host in its network, where there is one."""
    verdict, host, network = tables.Verdict, tables.Host, tables.Network
    wanted = set(hosts_and_networks)
    found: dict[tuple[str, str], int] = {}
    for batch in batched(sorted({name for name, _ in wanted}), 500):
        rows = connection.execute(
            select(host.name, network.name.label("network"), verdict.id)
            .join(verdict, verdict.host_id == host.id)
            .join(network, network.id == verdict.network_id)
            .where(host.name.in_(batch), verdict.is_current)
        )
        found.update({(name, of): id_ for name, of, id_ in rows if (name, of) in wanted})
    return found
