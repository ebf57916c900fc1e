"""What judging knows, read from the observations."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import Connection, func, select, union
from sqlalchemy.orm import aliased

from mirrorhunt.model import Availability, HostFacts, NetworkFacts, StoredObservation, Verdict
from mirrorhunt.store import registrations, tables
from mirrorhunt.store._upsert import chunks


def network_facts(
    connection: Connection, network: int, name: str, confirmed: Collection[int] = ()
) -> NetworkFacts:
    """The members of *network*, its seeds and *confirmed*, with all that they showed.

    A seed that changed hands since it was given is no member any more.
    """
    given = dict(
        connection.execute(
            select(tables.Seed.host_id, tables.Seed.added_at).where(
                tables.Seed.network_id == network
            )
        ).all()
    )
    members = {
        id_: facts
        for id_, facts in host_facts(connection, network, {*given, *confirmed}).items()
        if id_ in confirmed or facts.epoch_since is None or facts.epoch_since <= given[id_]
    }
    seeds = {facts.host for id_, facts in members.items() if id_ in given}
    return NetworkFacts(name, tuple(members.values()), frozenset(seeds))


def candidate_ids(connection: Connection, network: int) -> list[int]:
    """The hosts proposed for *network*, sorted."""
    return sorted(
        connection.execute(
            select(tables.Candidate.host_id)
            .where(tables.Candidate.network_id == network)
            .distinct()
        ).scalars()
    )


def host_facts(
    connection: Connection, network: int, host_ids: Collection[int]
) -> dict[int, HostFacts]:
    """The facts of *host_ids*, by id and in the order of ids."""
    found: dict[int, HostFacts] = {}
    host = tables.Host
    for chunk in chunks(sorted(host_ids)):
        observations = _observations(connection, chunk)
        channels = _channels(connection, network, chunk)
        rows = connection.execute(
            select(
                host.id, host.name, host.registrable_domain, host.availability, host.epoch_since
            )
            .where(host.id.in_(chunk))
            .order_by(host.id)
        ).all()
        registered = registrations.current(connection, {row.registrable_domain for row in rows})
        for row in rows:
            said = registered.get(row.registrable_domain)
            registered_at = said.registered_at if said else None
            since = _later(registered_at, row.epoch_since)
            found[row.id] = HostFacts(
                row.name,
                row.registrable_domain,
                Availability(row.availability),
                tuple(_of_this_owner(observations.get(row.id, ()), since)),
                tuple(channels.get(row.id, ())),
                registered_at,
                said.registrar if said else "",
                since,
            )
    return found


def _later(a: datetime | None, b: datetime | None) -> datetime | None:
    return max((at for at in (a, b) if at is not None), default=None)


def _of_this_owner(
    observations: Iterable[StoredObservation], epoch_since: datetime | None
) -> Iterator[StoredObservation]:
    """*observations* since the name came into the hands it is in: a new creation date is a new
    owner, and so is a return from a page that parked, offered or seized it.

    What the owner before showed is kept in the store and weighs nothing. What is shown still was
    taken up by the new one, and when is not known: it counts from then on, and is not native.
    """
    for o in observations:
        if epoch_since is None or o.first_seen_at >= epoch_since:
            yield o
        elif o.last_seen_at >= epoch_since:
            yield replace(o, first_seen_at=epoch_since, is_native=False)


def _observations(
    connection: Connection, host_ids: Collection[int]
) -> dict[int, list[StoredObservation]]:
    table, host = tables.Observation, tables.Host
    found: dict[int, list[StoredObservation]] = defaultdict(list)
    for row in connection.execute(
        select(
            table.host_id,
            table.kind,
            table.value,
            table.region,
            table.first_seen_at,
            table.last_seen_at,
            (table.first_run_id == host.first_live_run_id).label("is_native"),
        )
        .join(host, host.id == table.host_id)
        .where(table.host_id.in_(host_ids))
        .order_by(table.host_id, table.kind, table.value, table.region)
    ):
        found[row.host_id].append(
            StoredObservation(
                row.kind,
                row.value,
                row.region,
                row.first_seen_at,
                row.last_seen_at,
                bool(row.is_native),
            )
        )
    return found


def _channels(
    connection: Connection, network: int, host_ids: Collection[int]
) -> dict[int, list[tuple[str, str]]]:
    table = tables.Candidate
    found: dict[int, list[tuple[str, str]]] = defaultdict(list)
    for row in connection.execute(
        select(table.host_id, table.channel, table.because)
        .where(table.network_id == network, table.host_id.in_(host_ids))
        .order_by(table.host_id, table.channel, table.because)
    ):
        found[row.host_id].append((row.channel, row.because))
    return found


@dataclass(frozen=True, slots=True)
class Sharing:
    """Who outside a network shows the values of its members."""

    hosts: Mapping[tuple[str, str], frozenset[int]]
    """(kind, value) to the hosts that show it and do not stand in the network."""
    clusters: Mapping[int, str]
    """host to its cluster: the network it stands in, or its registrable domain."""
    observable: Mapping[str, int]
    """kind to the number of clusters that show any value of it."""


def sharing(connection: Connection, network: int, member_ids: Collection[int]) -> Sharing:
    """Who else shows what the members of *network* show."""
    theirs, ours, host = aliased(tables.Observation), aliased(tables.Observation), tables.Host
    stands = _standing_networks(connection, network)
    for id_ in member_ids:
        stands[id_].add(network)
    shown: dict[tuple[str, str], set[int]] = defaultdict(set)
    clusters: dict[int, str] = {}
    for chunk in chunks(sorted(member_ids)):
        rows = connection.execute(
            select(theirs.kind, theirs.value, host.id, host.registrable_domain)
            .join(ours, (ours.kind == theirs.kind) & (ours.value == theirs.value))
            .join(host, host.id == theirs.host_id)
            .where(ours.host_id.in_(chunk), ~ours.kind.like("to\\_%", escape="\\"))
            .distinct()
        )
        for kind, value, host_id, domain in rows:
            networks = stands.get(host_id, ())
            if network in networks:
                continue
            shown[kind, value].add(host_id)
            clusters[host_id] = f"network {min(networks)}" if networks else domain
    return Sharing(
        {key: frozenset(ids) for key, ids in shown.items()}, clusters, _observable(connection)
    )


def _standing_networks(connection: Connection, network: int) -> dict[int, set[int]]:
    """Host to the networks it stands in beside *network*."""
    verdict, seed = tables.Verdict, tables.Seed
    judged = select(verdict.host_id, verdict.network_id).where(
        verdict.is_current,
        verdict.verdict.in_((Verdict.CONFIRMED.value, Verdict.PROBABLE.value)),
        verdict.network_id != network,
    )
    found: dict[int, set[int]] = defaultdict(set)
    for host_id, stands_in in connection.execute(
        union(judged, select(seed.host_id, seed.network_id).where(seed.network_id != network))
    ):
        found[host_id].add(stands_in)
    return found


def _observable(connection: Connection) -> dict[str, int]:
    table, host = tables.Observation, tables.Host
    rows = connection.execute(
        select(table.kind, func.count(host.registrable_domain.distinct()).label("clusters"))
        .join(host, host.id == table.host_id)
        .group_by(table.kind)
    )
    return {row.kind: row.clusters for row in rows}
