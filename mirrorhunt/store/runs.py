"""Runs and the lock: one at a time per database, resumed where one was killed."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from filelock import FileLock, Timeout
from sqlalchemy import Connection, Engine, insert, select, text, update

from mirrorhunt import __version__
from mirrorhunt.errors import LockedError
from mirrorhunt.store.session import storing
from mirrorhunt.store.tables import Crawl, Run

# Any fixed number; it is ours among the advisory locks of a PostgreSQL database.
_ADVISORY_KEY = 0x6D697272


@dataclass(frozen=True, slots=True)
class RunRecord:
    """One invocation."""

    id: int
    started_at: datetime
    round: int
    is_resumed: bool


@contextmanager
def lock(engine: Engine) -> Iterator[None]:
    """Hold the database for one run; released by the system if we are killed.

    Raises LockedError at once if another run holds it.
    """
    taken = LockedError(
        "another run holds the lock on this database; wait for it to end, or name another database"
    )
    if engine.dialect.name == "sqlite":
        database = engine.url.database
        if not database or database == ":memory:":
            yield
            return
        try:
            held = FileLock(str(Path(database)) + ".lock").acquire(blocking=False)
        except Timeout:
            raise taken from None
        with held:
            yield
        return
    with storing(), engine.connect() as connection:
        key = {"key": _ADVISORY_KEY}
        if not connection.execute(text("select pg_try_advisory_lock(:key)"), key).scalar():
            raise taken
        connection.commit()
        try:
            yield
        finally:
            connection.execute(text("select pg_advisory_unlock(:key)"), key)
            connection.commit()


def find_open(connection: Connection, kind: str, network: int | None) -> RunRecord | None:
    """The run of this kind and network that was not finished, or None."""
    same = Run.network_id.is_(None) if network is None else Run.network_id == network
    row = connection.execute(
        select(Run.id, Run.started_at, Run.round)
        .where(Run.kind == kind, same, Run.finished_at.is_(None))
        .order_by(Run.id.desc())
        .limit(1)
    ).first()
    return RunRecord(row.id, row.started_at, row.round, is_resumed=True) if row else None


def open_run(connection: Connection, kind: str, network: int | None, now: datetime) -> RunRecord:
    """The unfinished run of this kind and network, or a new one."""
    found = find_open(connection, kind, network)
    if found is not None:
        return found
    new = connection.execute(
        insert(Run)
        .values(kind=kind, network_id=network, started_at=now, round=1, version=__version__)
        .returning(Run.id)
    ).scalar_one()
    return RunRecord(new, now, 1, is_resumed=False)


def set_round(connection: Connection, run: int, number: int) -> None:
    """Note that *run* is in round *number*."""
    connection.execute(update(Run).where(Run.id == run).values(round=number))


def finish_run(connection: Connection, run: int, now: datetime, failure: str | None) -> None:
    """Close *run*; *failure* names what went wrong, None for nothing."""
    connection.execute(update(Run).where(Run.id == run).values(finished_at=now, failure=failure))


def open_crawl(connection: Connection, run: int, spider: str, now: datetime) -> int:
    """Note that *spider* starts within *run*."""
    return connection.execute(
        insert(Crawl)
        .values(run_id=run, spider=spider, started_at=now, stats={})
        .returning(Crawl.id)
    ).scalar_one()


def finish_crawl(
    connection: Connection, crawl: int, now: datetime, reason: str, stats: dict[str, Any]
) -> None:
    """Note how a spider ended, and its numbers."""
    connection.execute(
        update(Crawl).where(Crawl.id == crawl).values(finished_at=now, reason=reason, stats=stats)
    )


def crawl_stats(connection: Connection, spider: str, limit: int = 200) -> list[dict[str, Any]]:
    """The numbers of the last crawls of *spider* that ended, latest first."""
    return list(
        connection.execute(
            select(Crawl.stats)
            .where(Crawl.spider == spider, Crawl.finished_at.is_not(None))
            .order_by(Crawl.id.desc())
            .limit(limit)
        ).scalars()
    )
