"""Candidates: who was proposed for which network, and what is left to look at."""

from collections import defaultdict
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, exists, func, select
from sqlalchemy.orm import aliased

from mirrorhunt import names
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
    "comment",
)
_RANK = {channel: rank for rank, channel in enumerate(CHANNELS)}
STANDING = (Verdict.CONFIRMED.value, Verdict.PROBABLE.value)


@dataclass(frozen=True, slots=True)
class Caps:
    """Bounds that a hostile page runs into."""

    per_host: int
    """Candidates that one host may bring up."""
    per_domain: int
    """Hosts below one registrable domain that may be candidates of a network."""


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


def standing(connection: Connection, network: int) -> dict[str, int]:
    """The hosts that stand in *network* (seeds, confirmed, probable), with their ids."""
    seed, verdict, host = tables.Seed, tables.Verdict, tables.Host
    judged = exists().where(
        verdict.host_id == host.id,
        verdict.network_id == network,
        verdict.is_current,
        verdict.verdict.in_(STANDING),
    )
    sown = exists().where(seed.host_id == host.id, seed.network_id == network)
    rows = connection.execute(select(host.name, host.id).where(judged | sown).order_by(host.name))
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


def adopt(
    connection: Connection,
    network: int,
    run: RunRecord,
    caps: Caps,
    now: datetime,
    is_out: Callable[[str], bool],
) -> int:
    """Make candidates of what the standing hosts point to; returns how many hosts are new.

    Pointers of all other hosts are kept as observations, and are nobody's candidates until their
    host stands: a hunt does not wander off into the web.
    """
    stand = standing(connection, network)
    host_names = {id_: name for name, id_ in stand.items()}
    known = considered(connection, network) | set(stand)
    per_domain: dict[str, int] = defaultdict(int)
    for name in known:
        per_domain[names.registrable_domain(name) or name] += 1
    found: list[Candidate] = []
    for host_id, pointers in _pointers(connection, stand.values()).items():
        brought_up: set[str] = set()
        for row in sorted(pointers, key=_rank):
            target = row.value
            if target == host_names[host_id] or is_out(target):
                continue
            if target not in known:
                domain = names.registrable_domain(target) or target
                if len(brought_up) >= caps.per_host or per_domain[domain] >= caps.per_domain:
                    continue
                brought_up.add(target)
                known.add(target)
                per_domain[domain] += 1
            found.append(
                Candidate(
                    target, "", row.technique, host_names[host_id], row.because, _channel(row)
                )
            )
    return propose(connection, network, run, found, now)


def _channel(row: Any) -> str:
    return "comment" if row.region == "comments" else row.kind.removeprefix("to_")


def _rank(row: Any) -> tuple[int, str]:
    return (_RANK.get(_channel(row), len(_RANK)), row.value)


def _pointers(connection: Connection, host_ids: Collection[int]) -> dict[int, list[Any]]:
    table = tables.Observation
    found: dict[int, list[Any]] = defaultdict(list)
    for chunk in chunks(sorted(host_ids)):
        for row in connection.execute(
            select(
                table.host_id,
                table.kind,
                table.value,
                table.region,
                table.because,
                table.technique,
            ).where(table.host_id.in_(chunk), table.kind.like("to\\_%", escape="\\"))
        ):
            found[row.host_id].append(row)
    return dict(sorted(found.items()))


def due(
    connection: Connection, network: int, run: RunRecord, vantage: str, limit: int
) -> list[str]:
    """Hosts of *network* whose front page this run has not seen, most telling first."""
    host, candidate, seed = tables.Host, tables.Candidate, tables.Seed
    seen = _seen(run.id, vantage, front=True)
    is_later = (candidate.run_id == run.id) & (candidate.round > run.round)
    sown = (
        select(host.name)
        .join(seed, seed.host_id == host.id)
        .where(seed.network_id == network, ~seen)
        .order_by(host.name)
    )
    first = list(connection.execute(sown).scalars())
    rows = connection.execute(
        select(host.name, candidate.channel)
        .join(candidate, candidate.host_id == host.id)
        .where(candidate.network_id == network, ~seen, ~is_later)
    )
    best: dict[str, int] = {}
    for name, channel in rows:
        rank = _RANK.get(channel, len(_RANK))
        best[name] = min(best.get(name, rank), rank)
    rest = sorted(best, key=lambda name: (best[name], name))
    return list(dict.fromkeys([*first, *rest]))[:limit]


def to_deepen(
    connection: Connection, network: int, run: RunRecord, vantage: str, pages: int
) -> list[tuple[str, str]]:
    """(host, path) of the pages worth reading of standing, live hosts, at most *pages* a host.

    A host of which this run has read any page besides the front one is done.
    """
    stand = standing(connection, network)
    host, visit = tables.Host, tables.Visit
    found: list[tuple[str, str]] = []
    for chunk in chunks(sorted(stand.values())):
        rows = connection.execute(
            select(host.name, visit.inner_paths)
            .join(visit, visit.host_id == host.id)
            .where(
                host.id.in_(chunk),
                host.availability == "live",
                visit.run_id == run.id,
                visit.vantage == vantage,
                visit.path == "/",
                ~_seen(run.id, vantage, front=False),
            )
        )
        found += [(name, path) for name, paths in rows for path in paths[:pages]]
    return sorted(found)


def _seen(run: int, vantage: str, *, front: bool) -> Any:
    visit = aliased(tables.Visit)
    path = visit.path == "/" if front else visit.path != "/"
    return exists().where(
        visit.host_id == tables.Host.id, visit.run_id == run, visit.vantage == vantage, path
    )


def visited(connection: Connection, run: int) -> int:
    """How many hosts *run* has looked at."""
    return connection.execute(
        select(func.count(tables.Visit.host_id.distinct())).where(tables.Visit.run_id == run)
    ).scalar_one()
