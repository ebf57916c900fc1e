"""Candidates: who was proposed for which network, and what is left to look at."""

from collections import defaultdict
from collections.abc import Callable, Collection, Mapping, Sequence
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
    "directory",
    "comment",
)
_RANK = {channel: rank for rank, channel in enumerate(CHANNELS)}
STANDING = (Verdict.CONFIRMED.value, Verdict.PROBABLE.value)
_MOVES = ("redirect", "meta_refresh", "script_redirect")
DIRECTORY = "directory"
"""The channel of what a list of addresses brings up, whoever keeps the list."""
LEAST_LISTED = 3
"""Domains that stand, on a page that lists the network's addresses."""
LISTED_SHARE = 0.1
"""And so large a part of all that it brings up: others list the whole trade."""
_LISTING = ("announcement", "link", "text")


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
    host stands: a hunt does not wander off into the web. One kind is: where a candidate sends all
    its visitors. An old address of the network has no page to stand by, and only the new one, to
    which it leads, can be judged. Where that one stands already, what the old one's certificate
    names is looked at too: whoever got the certificate held all its names. The other kind is a
    list of the network's addresses, by whomever: proxies and mirrors are linked by lists of them
    and by nobody else. That it lists three that stand makes it worth reading, and proves nothing
    of the others.
    """
    stand = standing(connection, network)
    others = _not_standing(connection, network, stand)
    host_names = {id_: name for name, id_ in (stand | others).items()}
    known = considered(connection, network) | set(stand)
    per_domain: dict[str, int] = defaultdict(int)
    for name in known:
        per_domain[names.registrable_domain(name) or name] += 1
    found: list[Candidate] = []
    pointing = _pointers(connection, stand.values())
    pointing |= _pointers(connection, others.values(), _MOVES)
    leaning = {
        id_ for id_ in others.values() if any(row.value in stand for row in pointing.get(id_, ()))
    }
    for id_, rows in _pointers(connection, leaning, ("certificate",)).items():
        pointing[id_] += rows
    lists = _lists(connection, stand, others.values())
    for host_id, pointers in sorted((pointing | lists).items()):
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
                    target,
                    "",
                    row.technique,
                    host_names[host_id],
                    row.because,
                    DIRECTORY if host_id in lists else _channel(row),
                )
            )
    return propose(connection, network, run, found, now)


def _lists(
    connection: Connection, stand: Mapping[str, int], others: Collection[int]
) -> dict[int, list[Any]]:
    """What those of *others* bring up that list addresses of the network; not their visitors."""
    table = tables.Observation
    kinds = [f"to_{way}" for way in _LISTING]
    named: dict[int, set[str]] = defaultdict(set)
    for chunk in chunks(sorted(stand)):
        for host_id, value in connection.execute(
            select(table.host_id, table.value).where(
                table.kind.in_(kinds), table.value.in_(chunk), table.region != "comments"
            )
        ):
            named[host_id].add(names.registrable_domain(value) or value)
    likely = {id_ for id_ in others if len(named.get(id_, ())) >= LEAST_LISTED}
    found: dict[int, list[Any]] = {}
    for id_, rows in _pointers(connection, likely, _LISTING).items():
        own = [row for row in rows if row.region != "comments"]
        domains = {names.registrable_domain(row.value) or row.value for row in own}
        if len(named[id_]) >= LISTED_SHARE * len(domains):
            found[id_] = own
    return found


def _channel(row: Any) -> str:
    return "comment" if row.region == "comments" else row.kind.removeprefix("to_")


def _rank(row: Any) -> tuple[int, str]:
    return (_RANK.get(_channel(row), len(_RANK)), row.value)


def _not_standing(connection: Connection, network: int, stand: Collection[str]) -> dict[str, int]:
    host, candidate = tables.Host, tables.Candidate
    rows = connection.execute(
        select(host.name, host.id)
        .join(candidate, candidate.host_id == host.id)
        .where(candidate.network_id == network)
        .distinct()
    )
    return {row.name: row.id for row in rows if row.name not in stand}


def _pointers(
    connection: Connection, host_ids: Collection[int], ways: Collection[str] = ()
) -> dict[int, list[Any]]:
    """The pointers of *host_ids*; only those of *ways*, if there are any."""
    table = tables.Observation
    is_wanted = (
        table.kind.in_([f"to_{way}" for way in ways])
        if ways
        else table.kind.like("to\\_%", escape="\\")
    )
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
            ).where(table.host_id.in_(chunk), is_wanted)
        ):
            found[row.host_id].append(row)
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
        rank = (_RANK.get(channel, len(_RANK)), number)
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
