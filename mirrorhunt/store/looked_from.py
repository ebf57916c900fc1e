"""What was looked at from where, and how it was asked for."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection, select

from mirrorhunt.store import tables
from mirrorhunt.store._upsert import chunks

_SHUT = ("restricted", "blocked", "unresolved", "dead", "error")
_TELLING = ("announcement", "redirect", "meta_refresh", "script_redirect", "canonical", "text")


def doubtful(connection: Connection, network: int, run: int, faces: int) -> list[str]:
    """Hosts of *network* that a page named, and of which what *run* saw may not be all.

    Those it found shut, hidden or silent; then at most *faces* live ones, those first that a
    member sends its visitors to: who has two faces shows the other one elsewhere.
    """
    host, candidate, visit = tables.Host, tables.Candidate, tables.Visit
    rows = connection.execute(
        select(host.name, visit.availability, candidate.channel)
        .join(candidate, candidate.host_id == host.id)
        .join(visit, visit.host_id == host.id)
        .where(
            candidate.network_id == network,
            candidate.seen_on != "",
            candidate.channel != "comment",
            visit.run_id == run,
            visit.path == "/",
        )
        .order_by(host.name)
    )
    shut: dict[str, None] = {}
    live: dict[str, bool] = {}
    for name, availability, channel in rows:
        if availability in _SHUT:
            shut[name] = None
        elif availability == "live":
            live[name] = live.get(name, False) or channel in _TELLING
    told = sorted((name for name in live if name not in shut), key=lambda n: (not live[n], n))
    return [*shut, *told[:faces]]


def seen_from(connection: Connection, run: int, vantage: str) -> set[str]:
    """The hosts whose front page *run* has seen from *vantage*."""
    host, visit = tables.Host, tables.Visit
    rows = connection.execute(
        select(host.name)
        .join(visit, visit.host_id == host.id)
        .where(visit.run_id == run, visit.vantage == vantage, visit.path == "/")
    )
    return set(rows.scalars())


def tried_since(connection: Connection, since: datetime) -> dict[str, frozenset[str]]:
    """The profiles by which each host was asked for since then; hosts without one are left out."""
    table, host = tables.Visit, tables.Host
    rows = connection.execute(
        select(host.name, table.tried)
        .join(host, host.id == table.host_id)
        .where(table.at >= since, table.tried != "")
    )
    found: dict[str, frozenset[str]] = {}
    for name, tried in rows:
        found[name] = found.get(name, frozenset()) | frozenset(tried.split(","))
    return found


def values_since(
    connection: Connection, named: Sequence[str], kind: str, since: datetime
) -> dict[str, list[str]]:
    """The values of *kind* that each of the hosts *named* showed since then."""
    table, host = tables.Observation, tables.Host
    found: dict[str, list[str]] = {}
    for chunk in chunks(sorted(named)):
        rows = connection.execute(
            select(host.name, table.value)
            .join(host, host.id == table.host_id)
            .where(host.name.in_(chunk), table.kind == kind, table.last_seen_at >= since)
        )
        for name, value in rows:
            found.setdefault(name, []).append(value)
    return found
