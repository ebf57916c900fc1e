"""Blockings: which nameserver hides which host, from when to when."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, select

from mirrorhunt.store import hosts, tables
from mirrorhunt.store._upsert import upsert

MAX_ANSWER_CHARS = 300


@dataclass(frozen=True, slots=True)
class Hidden:
    """A host that exists, and a nameserver that hides it."""

    host: str
    nameserver: str
    how: str
    """One word: ``nxdomain``, ``address``, ``no_address``, ``refused`` or ``filtered``."""
    answer: str
    """What it said instead, and how that is known to be untrue."""


@dataclass(frozen=True, slots=True)
class Blocking:
    """How long a nameserver has been seen to hide a host."""

    nameserver: str
    how: str
    answer: str
    """The latest one."""
    first_seen_at: datetime
    last_seen_at: datetime


def record(connection: Connection, run: int, found: Iterable[Hidden], now: datetime) -> None:
    """Note what *run* found hidden; seen again, an interval grows.

    Names that are no host of ours (nobody proposed them) are passed over.
    """
    by_key = {(hidden.nameserver, hidden.host, hidden.how): hidden for hidden in found}
    ids = hosts.find_ids(connection, {host for _, host, _ in by_key})
    upsert(
        connection,
        tables.Blocking,
        [
            {
                "nameserver": nameserver,
                "host_id": ids[host],
                "how": how,
                "answer": hidden.answer[:MAX_ANSWER_CHARS],
                "first_seen_at": now,
                "last_seen_at": now,
                "first_run_id": run,
                "last_run_id": run,
            }
            for (nameserver, host, how), hidden in sorted(by_key.items())
            if host in ids
        ],
        key=["nameserver", "host_id", "how"],
        update=["answer", "last_seen_at", "last_run_id"],
    )


def of(connection: Connection, host: str) -> list[Blocking]:
    """Who hides *host*, or did, the longest known first."""
    table = tables.Blocking
    rows = connection.execute(
        select(table.nameserver, table.how, table.answer, table.first_seen_at, table.last_seen_at)
        .join(tables.Host, tables.Host.id == table.host_id)
        .where(tables.Host.name == host)
        .order_by(table.first_seen_at, table.nameserver, table.how)
    )
    return [Blocking(*row) for row in rows]
