"""The names that operators protect, and who changed them when: what is said is kept for good."""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection, func, insert, select

from mirrorhunt.protected import DOMAIN, Protection
from mirrorhunt.store import tables
from mirrorhunt.store._upsert import chunks, table_of, upsert


class Change(StrEnum):
    """What was done to a name."""

    ADDED = "added"
    CHANGED = "changed"
    """It was protected already, for another reason, owner or time."""
    ENDED = "ended"


@dataclass(frozen=True, slots=True)
class Changed:
    """One change of what is protected."""

    name: str
    change: Change
    author: str
    """Who did it."""
    owner: str
    """Who answers for the name."""
    reason: str
    at: datetime
    expires_at: datetime | None


def protect(
    connection: Connection,
    hosts: Iterable[str],
    reason: str,
    now: datetime,
    *,
    owner: str = "operator",
    author: str = "",
    expires_at: datetime | None = None,
) -> dict[str, Protection]:
    """Put *hosts* under protection, for ever or until *expires_at*, by the word of *author*
    (empty: the owner's); returns what protected them at *now* in other words and was replaced.

    What is protected in the same words already is left as it is.
    """
    names = sorted(set(hosts))
    before = _of(connection, names)
    wanted = {host: Protection(host, DOMAIN, owner, reason, expires_at) for host in names}
    new = [host for host in names if before.get(host) != wanted[host]]
    standing = {host: p for host in new if (p := before.get(host)) and p.is_current(now)}
    rows = [
        {
            "name": host,
            "owner": owner,
            "reason": reason,
            "added_at": now,
            "expires_at": expires_at,
        }
        for host in new
    ]
    upsert(
        connection,
        tables.Protected,
        rows,
        key=["name"],
        update=["owner", "reason", "added_at", "expires_at"],
    )
    by = author or owner
    _note(
        connection,
        [
            Changed(
                host,
                Change.CHANGED if host in standing else Change.ADDED,
                by,
                owner,
                reason,
                now,
                expires_at,
            )
            for host in new
        ],
    )
    return standing


def end(
    connection: Connection, hosts: Iterable[str], because: str, now: datetime, *, author: str
) -> None:
    """End at *now* the protection of those of *hosts* that have one."""
    standing = {
        host: p
        for host, p in _of(connection, sorted(set(hosts))).items()
        if p.expires_at is None or p.expires_at > now
    }
    said = f" {because}" if because else ""
    ended = f"; ended:{said} ({author}, {now:%Y-%m-%d})"
    table = table_of(tables.Protected)
    for host, p in standing.items():
        connection.execute(
            table.update()
            .where(table.c.name == host)
            .values(expires_at=now, reason=p.reason + ended)
        )
    _note(
        connection,
        [
            Changed(host, Change.ENDED, author, p.owner, because, now, now)
            for host, p in standing.items()
        ],
    )


def names(connection: Connection, now: datetime) -> dict[str, str]:
    """The names under the operator's protection at *now*, with the reason."""
    return {p.name: p.reason for p in every(connection) if p.is_current(now)}


def every(connection: Connection) -> list[Protection]:
    """All that the operator protects or ever did, by name; what has expired says when."""
    table = tables.Protected
    rows = connection.execute(
        select(table.name, table.owner, table.reason, table.expires_at).order_by(table.name)
    )
    return [Protection(name, DOMAIN, owner, why, until) for name, owner, why, until in rows]


def log(
    connection: Connection, hosts: Collection[str] = (), since: datetime | None = None
) -> Iterator[Changed]:
    """Every change, of *hosts* (none given: of all), made at *since* or later; oldest first."""
    table = tables.ProtectionChange
    query = select(table.__table__).order_by(table.id)
    if hosts:
        query = query.where(table.name.in_(sorted(hosts)))
    if since is not None:
        query = query.where(table.at >= since)
    for row in connection.execute(query):
        yield Changed(
            row.name,
            Change(row.change),
            row.author,
            row.owner,
            row.reason,
            row.at,
            row.expires_at,
        )


def latest_at(connection: Connection) -> datetime | None:
    """When the last change was made; None if there was none."""
    return connection.execute(select(func.max(tables.ProtectionChange.at))).scalar()


def _of(connection: Connection, hosts: Collection[str]) -> dict[str, Protection]:
    table = tables.Protected
    found: dict[str, Protection] = {}
    for chunk in chunks(sorted(hosts)):
        for name, owner, why, until in connection.execute(
            select(table.name, table.owner, table.reason, table.expires_at).where(
                table.name.in_(chunk)
            )
        ):
            found[name] = Protection(name, DOMAIN, owner, why, until)
    return found


def _note(connection: Connection, changes: Iterable[Changed]) -> None:
    rows: list[dict[str, Any]] = [
        {
            "name": c.name,
            "change": c.change.value,
            "author": c.author,
            "owner": c.owner,
            "reason": c.reason,
            "at": c.at,
            "expires_at": c.expires_at,
        }
        for c in changes
    ]
    for chunk in chunks(rows):
        connection.execute(insert(table_of(tables.ProtectionChange)), list(chunk))
