"""What judging knows, read from the observations."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, ScalarSelect, select
from sqlalchemy.orm import aliased

from mirrorhunt.boilerplate import Front
from mirrorhunt.facts import HostFacts, NetworkFacts
from mirrorhunt.model import Availability, StoredObservation
from mirrorhunt.names import host_of_url, registrable_domain
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


def fronts(connection: Connection, host_ids: Collection[int]) -> dict[int, Front]:
    """The front page of each of *host_ids*, as last seen live; none where it is another host's."""
    visit, host = tables.Visit, tables.Host
    found: dict[int, Front] = {}
    for chunk in chunks(sorted(host_ids)):
        rows = connection.execute(
            select(host.id, visit.body_digest, visit.title, visit.final_url, host.name)
            .join(visit, visit.id == _last_live(host.id))
            .where(host.id.in_(chunk))
        )
        for host_id, digest, title, url, name in rows:
            if _domain(host_of_url(url or "") or "") == _domain(name):
                found[host_id] = Front(digest or "", title)
    return found


def _last_live(host_id: Any) -> ScalarSelect[Any]:
    """The last look at the front page of *host_id* that found it live: one step in an index, where
    all looks at a host may be thousands."""
    looks = aliased(tables.Visit)
    return (
        select(looks.id)
        .where(
            looks.host_id == host_id,
            looks.path == "/",
            looks.availability == Availability.LIVE.value,
        )
        .order_by(looks.at.desc(), looks.id.desc())
        .limit(1)
        .scalar_subquery()
    )


def _domain(name: str) -> str:
    return registrable_domain(name) or name
