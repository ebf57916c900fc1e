"""Candidates: who was proposed for which network, and what is left to look at."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, exists, func, select
from sqlalchemy.orm import aliased

from mirrorhunt.model import Candidate, Verdict
from mirrorhunt.store import hosts, tables
from mirrorhunt.store._upsert import chunks, upsert
from mirrorhunt.store.runs import RunRecord

# Most telling first: what an operator's own page says about where it moved, down to what
# anybody can write under it. Decides who is looked at first, and who is cut at a cap.
CHANNELS = (
    "listed",
    "redirect",
    "announcement",
    "meta_refresh",
    "script_redirect",
    "numbered",
    "canonical",
    "alternate",
    "certificate",
    "frame",
    "text",
    "link",
    "directory",
    "comment",
)
RANK = {channel: rank for rank, channel in enumerate(CHANNELS)}
STANDING = (Verdict.CONFIRMED.value, Verdict.PROBABLE.value)


def propose(
    connection: Connection,
    network: int,
    run: RunRecord,
    found: Sequence[Candidate],
    now: datetime,
    *,
    at_once: bool = False,
) -> int:
    """Write *found* down as candidates of *network*; returns how many hosts are new to it.

    They are looked at from the run's next round on, so that a run that was killed halfway goes
    on as if it had not been; *at_once*: from this one on.
    """
    known = considered(connection, network)
    ids = hosts.ids_of(connection, (c.host for c in found), now)
    rows: dict[tuple[int, str, str, str], dict[str, Any]] = {}
    for c in found:
        key = (ids[c.host], c.technique, c.seen_on or "", c.channel)
        rows.setdefault(
            key,
            {
                "network_id": network,
                "host_id": key[0],
                "technique": c.technique,
                "channel": c.channel,
                "seen_on": key[2],
                "because": c.because[:300],
                "run_id": run.id,
                "round": run.round + (not at_once),
                "first_seen_at": now,
                "last_seen_at": now,
            },
        )
    upsert(
        connection,
        tables.Candidate,
        list(rows.values()),
        key=["network_id", "host_id", "technique", "seen_on", "channel"],
        update=["last_seen_at"],
    )
    return len({c.host for c in found} - known)


def considered(connection: Connection, network: int) -> set[str]:
    """The hosts that are candidates of *network* already."""
    return set(
        connection.execute(
            select(tables.Host.name)
            .join(tables.Candidate, tables.Candidate.host_id == tables.Host.id)
            .where(tables.Candidate.network_id == network)
            .distinct()
        ).scalars()
    )


def by_channel(connection: Connection, network: int, channel: str) -> set[str]:
    """The hosts that *channel* proposed for *network*, among others perhaps."""
    host, candidate = tables.Host, tables.Candidate
    rows = connection.execute(
        select(host.name)
        .join(candidate, candidate.host_id == host.id)
        .where(candidate.network_id == network, candidate.channel == channel)
        .distinct()
    )
    return set(rows.scalars())


def standing(connection: Connection, network: int) -> dict[str, int]:
    """The hosts that stand in *network*, with their ids: what is confirmed or probable, and seeds,
    unless they were judged to stand no more: protected, rejected, or in other hands."""
    seed, verdict, host = tables.Seed, tables.Verdict, tables.Host
    judged = exists().where(
        verdict.host_id == host.id,
        verdict.network_id == network,
        verdict.is_current,
        verdict.verdict.in_(STANDING),
    )
    fallen = exists().where(
        verdict.host_id == host.id,
        verdict.network_id == network,
        verdict.is_current,
        verdict.verdict.not_in(STANDING),
    )
    sown = exists().where(seed.host_id == host.id, seed.network_id == network)
    stands = judged | (sown & ~fallen)
    rows = connection.execute(select(host.name, host.id).where(stands).order_by(host.name))
    return {row.name: row.id for row in rows}


def standing_since(connection: Connection, network: int) -> dict[str, datetime]:
    """The hosts that stand in *network*, with the instant each was first seen."""
    stand = standing(connection, network)
    host = tables.Host
    found: dict[str, datetime] = {}
    for chunk in chunks(sorted(stand.values())):
        rows = connection.execute(select(host.name, host.first_seen_at).where(host.id.in_(chunk)))
        found.update((name, since) for name, since in rows)
    return found


def due(
    connection: Connection, network: int, run: RunRecord, vantage: str, limit: int
) -> list[str]:
    """Hosts of *network* whose front page this run has not seen, most telling first.

    Those of one channel in the order they were proposed in: techniques name the likeliest first.
    """
    host, candidate, seed = tables.Host, tables.Candidate, tables.Seed
    seen = _seen(run.id, vantage)
    is_later = (candidate.run_id == run.id) & (candidate.round > run.round)
    sown = (
        select(host.name)
        .join(seed, seed.host_id == host.id)
        .where(seed.network_id == network, ~seen)
        .order_by(host.name)
    )
    first = list(connection.execute(sown).scalars())
    rows = connection.execute(
        select(host.name, candidate.channel, candidate.id)
        .join(candidate, candidate.host_id == host.id)
        .where(candidate.network_id == network, ~seen, ~is_later)
    )
    best: dict[str, tuple[int, int]] = {}
    for name, channel, number in rows:
        rank = (RANK.get(channel, len(RANK)), number)
        best[name] = min(best.get(name, rank), rank)
    rest = sorted(best, key=best.__getitem__)
    return list(dict.fromkeys([*first, *rest]))[:limit]


def to_deepen(
    connection: Connection, network: int, run: RunRecord, vantage: str, pages: int
) -> list[tuple[str, str]]:
    """(host, path) of the pages worth reading of standing, live hosts, at most *pages* a host.

    Page by page, as a run that was killed between two pages of a host goes on with the second.
    """
    stand = standing(connection, network)
    host, visit = tables.Host, tables.Visit
    found: list[tuple[str, str]] = []
    for chunk in chunks(sorted(stand.values())):
        mine = (host.id.in_(chunk), visit.run_id == run.id, visit.vantage == vantage)
        read = {
            (name, path)
            for name, path in connection.execute(
                select(host.name, visit.path)
                .join(visit, visit.host_id == host.id)
                .where(*mine, visit.path != "/")
            )
        }
        rows = connection.execute(
            select(host.name, visit.inner_paths)
            .join(visit, visit.host_id == host.id)
            .where(*mine, visit.path == "/", visit.availability == "live")
        )
        found += [
            (name, path)
            for name, paths in rows
            for path in paths[:pages]
            if (name, path) not in read
        ]
    return sorted(found)


def _seen(run: int, vantage: str) -> Any:
    visit = aliased(tables.Visit)
    return exists().where(
        visit.host_id == tables.Host.id,
        visit.run_id == run,
        visit.vantage == vantage,
        visit.path == "/",
    )


def visited(connection: Connection, run: int) -> int:
    """How many hosts *run* has looked at."""
    return connection.execute(
        select(func.count(tables.Visit.host_id.distinct())).where(tables.Visit.run_id == run)
    ).scalar_one()
