"""How many clusters show any value of a kind: what the rarity of a value is a share of.

Counting reads every observation, and judging needs the counts for every network. So they are
counted now and then and kept, and a score is a function of what is stored: the kept counts are
stored, too.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta

from sqlalchemy import Connection, delete, func, select

from mirrorhunt.store._upsert import upsert
from mirrorhunt.store.tables import Host, KindClusters, Observation

FEW_OBSERVATIONS = 20_000
"""Up to here they are counted each time: it takes some hundredths of a second."""
GROWTH = 1.1
"""Counted anew when there is so much more to count: at most .14 bits of any score."""
MAX_AGE = timedelta(days=1)


def current(connection: Connection) -> dict[str, int]:
    """The kept counts by kind; empty before the first."""
    rows = connection.execute(select(KindClusters.kind, KindClusters.clusters))
    return {row.kind: row.clusters for row in rows}


def refresh(connection: Connection, now: datetime) -> None:
    """Count anew where what is kept is a day old, or less than nine tenths of what is there.

    Pointers are no values that two hosts share, and are left out.
    """
    newest = connection.execute(select(func.max(Observation.id))).scalar() or 0
    kept = connection.execute(
        select(func.min(KindClusters.counted_at), func.min(KindClusters.last_observation_id))
    ).one()
    if not _is_stale(newest, now, *kept):
        return
    rows = [
        {
            "kind": kind,
            "clusters": _count(connection, kind),
            "counted_at": now,
            "last_observation_id": newest,
        }
        for kind in _kinds(connection)
    ]
    connection.execute(
        delete(KindClusters).where(KindClusters.kind.not_in([row["kind"] for row in rows]))
    )
    upsert(
        connection,
        KindClusters,
        rows,
        key=["kind"],
        update=["clusters", "counted_at", "last_observation_id"],
    )


def _is_stale(
    newest: int, now: datetime, counted_at: datetime | None, counted_to: int | None
) -> bool:
    if counted_at is None or counted_to is None or newest <= FEW_OBSERVATIONS:
        return True
    # A clock that went back must not keep them for ever.
    return newest > counted_to * GROWTH or abs(now - counted_at) >= MAX_AGE


def _kinds(connection: Connection) -> Iterator[str]:
    """The kinds that were observed: one step in an index for each."""
    kind = ""
    while True:
        found = connection.execute(
            select(func.min(Observation.kind)).where(Observation.kind > kind)
        ).scalar()
        if found is None:
            return
        kind = found
        if not kind.startswith("to_"):
            yield kind


def _count(connection: Connection, kind: str) -> int:
    showing = select(Observation.host_id).where(Observation.kind == kind)
    return connection.execute(
        select(func.count(Host.registrable_domain.distinct())).where(Host.id.in_(showing))
    ).scalar_one()
