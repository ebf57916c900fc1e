"""Consumers: who may load which feeds, and who loaded what when."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, insert, select, update

from mirrorhunt.errors import InputError, UnknownNameError
from mirrorhunt.store import tables

MAX_NAME_CHARS = 60
MAX_FILE_CHARS = 200
_MAX_FEED_CHARS = 40
_MAX_ADDRESS_CHARS = 45


@dataclass(frozen=True, slots=True)
class Consumer:
    """Somebody who loads feeds."""

    id: int
    name: str
    token_digest: str
    feeds: tuple[str, ...]
    """Those that it may load; empty: all."""
    created_at: datetime
    created_by: str
    ended_at: datetime | None

    def may_load(self, feed: str) -> bool:
        """Whether *feed* is one of its feeds."""
        return not self.feeds or feed in self.feeds


@dataclass(frozen=True, slots=True)
class Download:
    """One request for a file of a feed."""

    consumer_id: int | None
    """None where nobody has to say who they are, or nobody knows them."""
    feed: str
    serial: int | None
    """None where there was no such feed or file."""
    file: str
    at: datetime
    status: int
    sent_bytes: int
    address: str


def digest_of(token: str) -> str:
    """What is kept of a *token*. It has 256 random bits, so that a plain digest is enough."""
    return hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()


def add(
    connection: Connection,
    name: str,
    token_digest: str,
    feeds: Sequence[str],
    by: str,
    now: datetime,
) -> None:
    """Let *name* load *feeds* (empty: all). Raises InputError for a name that cannot be taken."""
    if not 0 < len(name) <= MAX_NAME_CHARS or not name.isprintable() or name != name.strip():
        raise InputError(
            f"consumer {name[:MAX_NAME_CHARS]!r}: a name has 1 to {MAX_NAME_CHARS} characters "
            "on one line"
        )
    table = tables.Consumer
    if connection.execute(select(table.id).where(table.name == name)).first() is not None:
        raise InputError(
            f"consumer {name!r} is there already, or was: take another name for another token"
        )
    connection.execute(
        insert(table).values(
            name=name,
            token_digest=token_digest,
            feeds=",".join(feeds),
            created_at=now,
            created_by=by,
            ended_at=None,
            ended_by="",
            ended_because="",
        )
    )


def end(connection: Connection, name: str, by: str, because: str, now: datetime) -> None:
    """Let *name* load nothing any more. Raises UnknownNameError, and InputError if that is so."""
    table = tables.Consumer
    row = connection.execute(select(table.id, table.ended_at).where(table.name == name)).first()
    if row is None:
        raise UnknownNameError(f"no consumer {name!r}: `mirrorhunt consumer list` shows them")
    if row.ended_at is not None:
        raise InputError(f"consumer {name!r} was ended at {row.ended_at:%Y-%m-%d %H:%M}")
    connection.execute(
        update(table)
        .where(table.id == row.id)
        .values(ended_at=now, ended_by=by, ended_because=because)
    )


def everyone(connection: Connection) -> list[Consumer]:
    """Whoever may load feeds, or might once, by name."""
    table = tables.Consumer
    rows = connection.execute(
        select(
            table.id,
            table.name,
            table.token_digest,
            table.feeds,
            table.created_at,
            table.created_by,
            table.ended_at,
        ).order_by(table.name)
    )
    return [
        Consumer(**dict(row._mapping) | {"feeds": tuple(filter(None, row.feeds.split(",")))})
        for row in rows
    ]


def note(connection: Connection, downloads: Sequence[Download]) -> None:
    """Write down *downloads*; texts that strangers chose are cut to what a column holds."""
    if downloads:
        connection.execute(insert(tables.Download), [_values(d) for d in downloads])


def _values(d: Download) -> dict[str, Any]:
    return {
        "consumer_id": d.consumer_id,
        "feed": d.feed[:_MAX_FEED_CHARS],
        "serial": d.serial,
        "file": d.file[:MAX_FILE_CHARS],
        "at": d.at,
        "status": d.status,
        "sent_bytes": d.sent_bytes,
        "address": d.address[:_MAX_ADDRESS_CHARS],
    }


def log(
    connection: Connection, feed: str | None = None, limit: int | None = None
) -> list[tuple[str, Download]]:
    """Who loaded what, the latest first: the consumer's name (empty: nobody we know), and what."""
    table, consumer = tables.Download, tables.Consumer
    query = (
        select(
            consumer.name,
            table.consumer_id,
            table.feed,
            table.serial,
            table.file,
            table.at,
            table.status,
            table.sent_bytes,
            table.address,
        )
        .join(consumer, consumer.id == table.consumer_id, isouter=True)
        .order_by(table.at.desc(), table.id.desc())
        .limit(limit)
    )
    if feed is not None:
        query = query.where(table.feed == feed)
    return [(row[0] or "", Download(*row[1:])) for row in connection.execute(query)]
