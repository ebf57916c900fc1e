"""Everything that is stored about one host in one network, read in one go."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, func, select

from mirrorhunt.decisions import Review
from mirrorhunt.errors import InputError, UnknownNameError
from mirrorhunt.model import Verdict
from mirrorhunt.settling import State
from mirrorhunt.store import blockings, captures, findings, reviews, states, tables
from mirrorhunt.store._upsert import chunks
from mirrorhunt.store.blockings import Blocking
from mirrorhunt.store.captures import StoredCapture
from mirrorhunt.store.findings import Finding

MAX_LOOKS = 500
"""Of one host, the newest; a host is looked at some times a day."""
MAX_SEEDS = 20
"""Whose captures are looked for, the oldest seeds first."""
MAX_NEIGHBOURS = 20
"""Named; all are counted."""
_MAX_ADDRESSES = 20


@dataclass(frozen=True, slots=True)
class Look:
    """One look at the front page, whole."""

    at: datetime
    run_id: int
    technique: str
    vantage: str
    availability: str
    rule: str
    because: str
    http_status: int | None
    final_url: str | None
    chain: Sequence[dict[str, Any]]
    """`mirrorhunt.model.Hop`, as it is stored."""
    address: str | None
    body_digest: str | None
    body_bytes: int | None
    title: str
    failure: str | None
    failure_detail: str | None
    dns: dict[str, Any] | None
    """`mirrorhunt.model.DnsFacts`, as it is stored."""
    certificate: dict[str, Any] | None
    """`mirrorhunt.model.PeerCertificate`, as it is stored."""


@dataclass(frozen=True, slots=True)
class Proposal:
    """Why the host was looked at at all."""

    technique: str
    channel: str
    seen_on: str
    because: str
    run_id: int
    first_seen_at: datetime
    last_seen_at: datetime


@dataclass(frozen=True, slots=True)
class Judged:
    """One verdict, past or present."""

    at: datetime
    last_at: datetime
    """When it was last come to again."""
    verdict: str
    relation: str
    score_bits: float
    policy: str
    gate: str
    digest: str


@dataclass(frozen=True, slots=True)
class Registered:
    """What a registry said, from when to when."""

    domain: str
    registered_at: datetime | None
    expires_at: datetime | None
    registrar: str
    first_seen_at: datetime
    last_seen_at: datetime


@dataclass(frozen=True, slots=True)
class Invocation:
    """A run that looked."""

    id: int
    kind: str
    version: str
    started_at: datetime
    finished_at: datetime | None


@dataclass(frozen=True, slots=True)
class Case:
    """What a package about a host is made of."""

    host: str
    registrable_domain: str
    network: str
    first_seen_at: datetime
    state: State
    seeds: tuple[str, ...]
    """Of the network, the oldest first."""
    finding: Finding | None
    """The current verdict; None where there is none yet."""
    proposals: tuple[Proposal, ...]
    looks: tuple[Look, ...]
    """Newest first, at most `MAX_LOOKS`."""
    judged: tuple[Judged, ...]
    """Oldest first."""
    reviews: tuple[Review, ...]
    """Oldest first."""
    blockings: tuple[Blocking, ...]
    registrations: tuple[Registered, ...]
    """Oldest first."""
    runs: tuple[Invocation, ...]
    captures: tuple[StoredCapture, ...]
    """Of the host, newest first."""
    seed_captures: tuple[StoredCapture, ...]
    """Of the seeds, newest first; none where the host is a seed itself."""
    neighbours: tuple[str, ...]
    """Other hosts seen at its addresses, at most `MAX_NEIGHBOURS`."""
    neighbours_count: int

    @property
    def is_seed(self) -> bool:
        """True if an operator gave it as known."""
        return self.host in self.seeds


def read(connection: Connection, host: str, network: str | None = None) -> Case:
    """The case of *host* in *network* (None: in the only one that it has to do with).

    Raises UnknownNameError if nothing is stored about it, InputError if it has to do with several
    networks or with none.
    """
    table = tables.Host
    row = connection.execute(
        select(table.id, table.registrable_domain, table.first_seen_at).where(table.name == host)
    ).first()
    if row is None:
        raise UnknownNameError(
            f"nothing is stored about {host!r}: was it spelled as in the table?"
        )
    network_id, name = _network(connection, host, row.id, network)
    seeds = _seeds(connection, network_id)
    found = list(findings.findings(connection, name, list(Verdict), host))
    proposals = _proposals(connection, row.id, network_id)
    looks = _looks(connection, row.id)
    own = tuple(captures.of_host(connection, host))
    neighbours, count = _neighbours(connection, row.registrable_domain, looks)
    run_ids = {p.run_id for p in proposals} | {v.run_id for v in looks}
    return Case(
        host=host,
        registrable_domain=row.registrable_domain,
        network=name,
        first_seen_at=row.first_seen_at,
        state=states.of(connection, [row.id])[row.id],
        seeds=seeds,
        finding=found[0] if found else None,
        proposals=proposals,
        looks=looks,
        judged=_judged(connection, row.id, network_id),
        reviews=tuple(
            reviews.of_network(connection, network_id, [row.id], with_evidence=False).get(
                row.id, ()
            )
        ),
        blockings=tuple(blockings.of(connection, host)),
        registrations=_registrations(connection, row.registrable_domain),
        runs=_runs(connection, run_ids | {c.run_id for c in own if c.run_id is not None}),
        captures=own,
        seed_captures=() if host in seeds else _of_seeds(connection, seeds),
        neighbours=neighbours,
        neighbours_count=count,
    )


def _network(
    connection: Connection, host: str, host_id: int, wanted: str | None
) -> tuple[int, str]:
    """The network to read the host in: one that it was judged in, is a seed of, or was proposed
    for, in this order."""
    verdict, seed, candidate = tables.Verdict, tables.Seed, tables.Candidate
    places = (
        select(verdict.network_id).where(verdict.host_id == host_id, verdict.is_current),
        select(seed.network_id).where(seed.host_id == host_id),
        select(candidate.network_id).where(candidate.host_id == host_id),
    )
    named: dict[int, str] = {}
    for place in places:
        rows = connection.execute(
            select(tables.Network.id, tables.Network.name)
            .where(tables.Network.id.in_(place))
            .order_by(tables.Network.name)
        )
        named |= {row.id: row.name for row in rows}
        if named and wanted is None:
            break
    if wanted is not None:
        for id_, name in named.items():
            if name == wanted:
                return id_, name
        there = ", ".join(repr(n) for n in named.values()) or "none"
        raise InputError(
            f"{host!r} has nothing to do with network {wanted!r}; its networks: {there}"
        )
    if len(named) != 1:
        there = ", ".join(repr(n) for n in named.values()) or "none"
        raise InputError(f"{host!r} has to do with these networks: {there}; say --network NAME")
    return next(iter(named.items()))


def _seeds(connection: Connection, network_id: int) -> tuple[str, ...]:
    seed, host = tables.Seed, tables.Host
    rows = connection.execute(
        select(host.name)
        .join(seed, seed.host_id == host.id)
        .where(seed.network_id == network_id)
        .order_by(seed.added_at, host.name)
    )
    return tuple(rows.scalars())


def _of_seeds(connection: Connection, seeds: Sequence[str]) -> tuple[StoredCapture, ...]:
    found = [c for seed in seeds[:MAX_SEEDS] for c in captures.of_host(connection, seed)]
    return tuple(sorted(found, key=lambda c: c.capture.at, reverse=True))


def _columns(table: type[tables.Base], row: type, **renamed: str) -> list[Any]:
    """The columns of *table* that the fields of *row* are read from, in their order."""
    return [getattr(table, renamed.get(f.name, f.name)) for f in fields(row)]


def _proposals(connection: Connection, host_id: int, network_id: int) -> tuple[Proposal, ...]:
    table = tables.Candidate
    rows = connection.execute(
        select(*_columns(table, Proposal))
        .where(table.host_id == host_id, table.network_id == network_id)
        .order_by(table.first_seen_at, table.id)
    )
    return tuple(Proposal(*row) for row in rows)


def _looks(connection: Connection, host_id: int) -> tuple[Look, ...]:
    table = tables.Visit
    rows = connection.execute(
        select(*_columns(table, Look))
        .where(table.host_id == host_id, table.path == "/")
        .order_by(table.at.desc(), table.id.desc())
        .limit(MAX_LOOKS)
    )
    return tuple(Look(*row) for row in rows)


def _judged(connection: Connection, host_id: int, network_id: int) -> tuple[Judged, ...]:
    table = tables.Verdict
    rows = connection.execute(
        select(*_columns(table, Judged, at="judged_at", last_at="last_judged_at"))
        .where(table.host_id == host_id, table.network_id == network_id)
        .order_by(table.id)
    )
    return tuple(Judged(*row) for row in rows)


def _registrations(connection: Connection, domain: str) -> tuple[Registered, ...]:
    table = tables.Registration
    rows = connection.execute(
        select(*_columns(table, Registered))
        .where(table.domain == domain)
        .order_by(table.first_seen_at, table.id)
    )
    return tuple(Registered(*row) for row in rows)


def _runs(connection: Connection, ids: Collection[int]) -> tuple[Invocation, ...]:
    table = tables.Run
    found: list[Invocation] = []
    for chunk in chunks(sorted(ids)):
        rows = connection.execute(
            select(*_columns(table, Invocation)).where(table.id.in_(chunk)).order_by(table.id)
        )
        found += (Invocation(*row) for row in rows)
    return tuple(found)


def _neighbours(
    connection: Connection, domain: str, looks: Sequence[Look]
) -> tuple[tuple[str, ...], int]:
    """Who else was seen at the addresses of the last look that had any: some, and how many."""
    addresses = next((v.dns["addresses"] for v in looks if v.dns and v.dns["addresses"]), ())
    table, host = tables.Observation, tables.Host
    there = (
        select(host.name)
        .join(table, table.host_id == host.id)
        .where(
            table.kind == "address",
            table.value.in_(list(addresses)[:_MAX_ADDRESSES]),
            host.registrable_domain != domain,
        )
        .distinct()
    )
    # A front that many sites share has more than anybody wants to read.
    count = connection.execute(select(func.count()).select_from(there.subquery())).scalar_one()
    names = connection.execute(there.order_by(host.name).limit(MAX_NEIGHBOURS)).scalars()
    return tuple(names), count
