"""Who outside a network shows what its members show.

Some values stand on a million hosts. Reading all of them would make each network cost as much as
the whole store, and say nothing: what `MANY_CLUSTERS` strangers show is nobody's own, whoever else
shows it. So the hosts of a value are read in the order of their ids, a window at a time, until so
many strangers were met or all were read. Which of the two it is does not depend on the order.

What visitors wrote below a page is not shown by its host: anybody could make a network's channel
look like everybody's, and so worth nothing, by naming it in the comments of eight blogs.
"""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

from sqlalchemy import Connection, select, text, union

from mirrorhunt.facts import MANY_CLUSTERS
from mirrorhunt.model import Verdict
from mirrorhunt.store import kind_counts, tables
from mirrorhunt.store._upsert import chunks
from mirrorhunt.warninglists import is_shared, owned_domain

WINDOW_ROWS = 500
"""Rows of one value that are read at a time: enough for most, a millisecond at most."""

Key = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Sharing:
    """Who outside a network shows the values of its members."""

    hosts: Mapping[Key, frozenset[int]]
    """(kind, value) to the hosts that show it and are no members of the network."""
    clusters: Mapping[int, str]
    """host to its cluster: the network it stands in, or what of its domain is one owner's."""
    observable: Mapping[str, int]
    """kind to the number of clusters that show any value of it, as last counted."""
    crowded: frozenset[Key] = frozenset()
    """What `MANY_CLUSTERS` strangers show or more: of these, ``hosts`` has so many."""


def sharing(
    connection: Connection, network: int, member_ids: Collection[int], own: Collection[int] = ()
) -> Sharing:
    """Who else shows what the members of *network* show.

    *own* are the hosts that are before its judge; whoever is neither is a stranger.
    """
    members, known = frozenset(member_ids), frozenset(own)
    clusters: dict[int, str] = {}
    shown: dict[Key, dict[int, None]] = defaultdict(dict)
    crowded: set[Key] = set()
    after = dict.fromkeys(_values(connection, members), 0)
    while after:
        read = _windows(connection, after)
        met = {id_ for ids in read.values() for id_ in ids}
        clusters |= _clusters(connection, network, met - members - clusters.keys())
        after = {}
        for key, ids in read.items():
            shown[key].update(dict.fromkeys(id_ for id_ in ids if id_ not in members))
            kept = _until_many(shown[key], clusters, known)
            if kept is not None:
                shown[key] = kept
                crowded.add(key)
            elif len(ids) == WINDOW_ROWS:
                after[key] = ids[-1]
    return Sharing(
        {key: frozenset(ids) for key, ids in shown.items() if ids},
        clusters,
        kind_counts.current(connection),
        frozenset(crowded),
    )


def _until_many(
    ids: Mapping[int, None], clusters: Mapping[int, str], known: Collection[int]
) -> dict[int, None] | None:
    """Those of *ids* up to the stranger who makes them many; None if they are not."""
    strangers: set[str] = set()
    kept: dict[int, None] = {}
    for id_ in ids:
        kept[id_] = None
        if id_ not in known:
            strangers.add(clusters[id_])
            if len(strangers) == MANY_CLUSTERS:
                return kept
    return None


def _values(connection: Connection, members: Collection[int]) -> list[Key]:
    """What *members* show, pointers apart."""
    table = tables.Observation
    found: set[Key] = set()
    for chunk in chunks(sorted(members)):
        rows = connection.execute(
            select(table.kind, table.value).where(table.host_id.in_(chunk)).distinct()
        )
        found.update((kind, value) for kind, value in rows if not kind.startswith("to_"))
    return sorted(found)


_HOLDERS_OF_ONE = text(
    """
    select host_id from observations
    where kind = :kind and value = :value and host_id > :after and region <> 'comments'
    order by host_id limit :rows
    """
)
# A round trip for each value would be most of the time where the server is elsewhere. Lateral, so
# that no plan can read the whole table.
_HOLDERS_OF_MANY = text(
    """
    select wanted.place, held.host_id
    from unnest(
        cast(:kinds as varchar[]), cast(:values as varchar[]), cast(:afters as bigint[])
    ) with ordinality as wanted(kind, value, after, place)
    cross join lateral (
        select o.host_id from observations as o
        where o.kind = wanted.kind and o.value = wanted.value and o.host_id > wanted.after
          and o.region <> 'comments'
        order by o.host_id limit :rows
    ) as held
    order by wanted.place, held.host_id
    """
)


def _windows(connection: Connection, after: Mapping[Key, int]) -> dict[Key, list[int]]:
    """The next hosts that show each value, with ids above the one given; twice where they show it
    in two regions."""
    if connection.dialect.name == "sqlite":
        return dict(_one_by_one(connection, after))
    found: dict[Key, list[int]] = {key: [] for key in after}
    for chunk in chunks(list(after)):
        rows = connection.execute(
            _HOLDERS_OF_MANY,
            {
                "kinds": [kind for kind, _ in chunk],
                "values": [value for _, value in chunk],
                "afters": [after[key] for key in chunk],
                "rows": WINDOW_ROWS,
            },
        )
        for place, host_id in rows:
            found[chunk[place - 1]].append(host_id)
    return found


def _one_by_one(
    connection: Connection, after: Mapping[Key, int]
) -> Iterator[tuple[Key, list[int]]]:
    for (kind, value), last in after.items():
        rows = connection.execute(
            _HOLDERS_OF_ONE, {"kind": kind, "value": value, "after": last, "rows": WINDOW_ROWS}
        )
        yield (kind, value), list(rows.scalars())


def _clusters(connection: Connection, network: int, host_ids: Collection[int]) -> dict[int, str]:
    """The cluster of each of *host_ids*, seen from *network*."""
    host = tables.Host
    stands = _standing_networks(connection, network, host_ids)
    found: dict[int, str] = {}
    for chunk in chunks(sorted(host_ids)):
        rows = connection.execute(
            select(host.id, host.name, host.registrable_domain).where(host.id.in_(chunk))
        )
        for id_, name, domain in rows:
            # Whoever has a host of a free dynamic DNS is no kin of its other users.
            own = owned_domain(name) if is_shared(domain) else domain
            found[id_] = f"network {min(stands[id_])}" if id_ in stands else own
    return found


def _standing_networks(
    connection: Connection, network: int, host_ids: Collection[int]
) -> dict[int, set[int]]:
    """Those of *host_ids* that stand in networks beside *network*, with these."""
    verdict, seed = tables.Verdict, tables.Seed
    found: dict[int, set[int]] = defaultdict(set)
    for chunk in chunks(sorted(host_ids)):
        judged = select(verdict.host_id, verdict.network_id).where(
            verdict.host_id.in_(chunk),
            verdict.is_current,
            verdict.verdict.in_((Verdict.CONFIRMED.value, Verdict.PROBABLE.value)),
            verdict.network_id != network,
        )
        sown = select(seed.host_id, seed.network_id).where(
            seed.host_id.in_(chunk), seed.network_id != network
        )
        for host_id, stands_in in connection.execute(union(judged, sown)):
            found[host_id].add(stands_in)
    return found
