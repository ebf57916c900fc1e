"""What was found: read for people, exports and `explain`."""

from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, func, select

from mirrorhunt.model import Evidence, Relation, Side, Verdict
from mirrorhunt.settling import AWAY
from mirrorhunt.store import tables
from mirrorhunt.store._upsert import chunks

PAGE_ROWS = 500


@dataclass(frozen=True, slots=True)
class Away:
    """A look that found the name in somebody else's hands, and no live page since."""

    availability: str
    because: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Finding:
    """One host's current verdict in one network, with what it rests on."""

    host: str
    registrable_domain: str
    network: str
    verdict: Verdict
    relation: Relation
    score_bits: float
    prior_bits: float
    gate: str
    policy: str
    availability: str
    availability_because: str
    title: str
    first_seen_at: datetime
    last_live_at: datetime | None
    judged_at: datetime
    techniques: tuple[str, ...]
    """Empty for a seed."""
    proposals: tuple[str, ...]
    """Why it was looked at at all, one sentence a proposal."""
    evidence: tuple[Evidence, ...]
    verdict_id: int
    digest: str
    """Of the evidence: a review is keyed to it."""
    role: str
    flags: tuple[str, ...]
    reviewed_by: tuple[str, ...]
    is_reopened: bool
    epoch_since: datetime | None
    away: Away | None = None
    """The last such look, from whichever vantage, whether or not it has settled the state."""


@dataclass(frozen=True, slots=True)
class VisitRecord:
    """One look, for the record."""

    at: datetime
    vantage: str
    path: str
    availability: str
    rule: str
    because: str
    http_status: int | None
    final_url: str | None
    body_digest: str | None
    profile: str = ""
    """How it was asked for, where not as usual."""


def findings(
    connection: Connection,
    network: str | None,
    verdicts: Sequence[Verdict],
    host: str | None = None,
) -> Iterator[Finding]:
    """Current verdicts of *verdicts* in *network* (None: all), by host and network."""
    ids = _matching(connection, network, verdicts, host)
    for chunk in chunks(ids, PAGE_ROWS):
        yield from _load(connection, chunk)


def by_id(connection: Connection, verdict_ids: Sequence[int]) -> dict[int, Finding]:
    """The findings of *verdict_ids*, by that id."""
    return {
        finding.verdict_id: finding
        for chunk in chunks(verdict_ids, PAGE_ROWS)
        for finding in _load(connection, chunk)
    }


def _matching(
    connection: Connection, network: str | None, verdicts: Sequence[Verdict], host: str | None
) -> list[int]:
    table = tables.Verdict
    query = (
        select(table.id)
        .join(tables.Host, tables.Host.id == table.host_id)
        .join(tables.Network, tables.Network.id == table.network_id)
        .where(table.is_current, table.verdict.in_([v.value for v in verdicts]))
        .order_by(tables.Host.name, tables.Network.name)
    )
    if network is not None:
        query = query.where(tables.Network.name == network)
    if host is not None:
        query = query.where(tables.Host.name == host)
    return list(connection.execute(query).scalars())


def _load(connection: Connection, verdict_ids: Sequence[int]) -> Iterator[Finding]:
    verdict, host, network = tables.Verdict, tables.Host, tables.Network
    rows = connection.execute(
        select(verdict, host, network.name.label("network"))
        .join(host, host.id == verdict.host_id)
        .join(network, network.id == verdict.network_id)
        .where(verdict.id.in_(verdict_ids))
        .order_by(host.name, network.name)
        .with_only_columns(
            verdict.id,
            verdict.network_id,
            verdict.host_id,
            verdict.verdict,
            verdict.relation,
            verdict.score_bits,
            verdict.prior_bits,
            verdict.gate,
            verdict.policy,
            verdict.judged_at,
            verdict.digest,
            verdict.role,
            verdict.flags,
            verdict.reviewed_by,
            verdict.is_reopened,
            host.epoch_since,
            host.name,
            host.registrable_domain,
            host.availability,
            host.availability_because,
            host.title,
            host.first_seen_at,
            host.last_live_at,
            network.name.label("network"),
        )
    ).all()
    evidence = evidence_of(connection, verdict_ids)
    host_ids = {row.host_id for row in rows}
    proposals, away = _proposals(connection, host_ids), _away(connection, host_ids)
    for row in rows:
        proposed = proposals.get((row.network_id, row.host_id), [])
        yield Finding(
            host=row.name,
            registrable_domain=row.registrable_domain,
            network=row.network,
            verdict=Verdict(row.verdict),
            relation=Relation(row.relation),
            score_bits=row.score_bits,
            prior_bits=row.prior_bits,
            gate=row.gate,
            policy=row.policy,
            availability=row.availability,
            availability_because=row.availability_because,
            title=row.title,
            first_seen_at=row.first_seen_at,
            last_live_at=row.last_live_at,
            judged_at=row.judged_at,
            techniques=tuple(sorted({technique for technique, _ in proposed})),
            proposals=tuple(dict.fromkeys(because for _, because in proposed)),
            evidence=tuple(evidence.get(row.id, ())),
            verdict_id=row.id,
            digest=row.digest,
            role=row.role,
            flags=_listed(row.flags),
            reviewed_by=_listed(row.reviewed_by),
            is_reopened=row.is_reopened,
            epoch_since=row.epoch_since,
            away=away.get(row.host_id),
        )


def _away(connection: Connection, host_ids: Collection[int]) -> dict[int, Away]:
    """The last look at each of *host_ids* that found it with somebody else, where no look has
    found it live since."""
    visit, host = tables.Visit, tables.Host
    found: dict[int, Away] = {}
    for chunk in chunks(sorted(host_ids)):
        rows = connection.execute(
            select(visit.host_id, visit.availability, visit.because, visit.at)
            .join(host, host.id == visit.host_id)
            .where(
                visit.host_id.in_(chunk),
                visit.path == "/",
                visit.availability.in_([state.value for state in AWAY]),
                # Where a clock went back, what is pending was seen later, whatever its date.
                host.last_live_at.is_(None)
                | (visit.at > host.last_live_at)
                | (host.next_availability == visit.availability),
            )
            .order_by(visit.at, visit.id)
        )
        # The last row of a host stays.
        found.update((id_, Away(state, because, at)) for id_, state, because, at in rows)
    return found


def _listed(text: str) -> tuple[str, ...]:
    return tuple(text.split(",")) if text else ()


def evidence_of(connection: Connection, verdict_ids: Sequence[int]) -> dict[int, list[Evidence]]:
    """The evidence of each of *verdict_ids*, in order."""
    table = tables.Evidence
    found: dict[int, list[Evidence]] = defaultdict(list)
    for row in connection.execute(
        select(table.__table__)
        .where(table.verdict_id.in_(verdict_ids))
        .order_by(table.verdict_id, table.position)
    ):
        found[row.verdict_id].append(
            Evidence(
                kind=row.kind,
                relations=frozenset(Relation(r) for r in row.relations.split(",")),
                side=Side(row.side),
                group=row.group,
                bits=row.bits,
                because=row.because,
                value=row.value,
                ignored=row.ignored,
            )
        )
    return found


def reasons_of(
    connection: Connection, verdict_ids: Sequence[int]
) -> dict[int, tuple[tuple[str, ...], tuple[Evidence, ...]]]:
    """Techniques and evidence of each of *verdict_ids*, at most `PAGE_ROWS` of them."""
    table = tables.Verdict
    evidence = evidence_of(connection, verdict_ids)
    of_ids = connection.execute(
        select(table.id, table.network_id, table.host_id).where(table.id.in_(verdict_ids))
    ).all()
    proposals = _proposals(connection, {row.host_id for row in of_ids})
    return {
        row.id: (
            tuple(sorted({t for t, _ in proposals.get((row.network_id, row.host_id), ())})),
            tuple(evidence.get(row.id, ())),
        )
        for row in of_ids
    }


def _proposals(
    connection: Connection, host_ids: set[int]
) -> dict[tuple[int, int], list[tuple[str, str]]]:
    table = tables.Candidate
    found: dict[tuple[int, int], list[tuple[str, str]]] = defaultdict(list)
    for chunk in chunks(sorted(host_ids)):
        for row in connection.execute(
            select(table.network_id, table.host_id, table.technique, table.because)
            .where(table.host_id.in_(chunk))
            .order_by(table.id)
        ):
            found[row.network_id, row.host_id].append((row.technique, row.because))
    return found


def is_known(connection: Connection, host: str) -> bool:
    """Whether anything at all is stored about *host*."""
    found: Any = connection.execute(
        select(tables.Host.id).where(tables.Host.name == host)
    ).scalar()
    return found is not None


def visits_of(connection: Connection, host: str, limit: int) -> list[VisitRecord]:
    """The latest looks at *host*, newest first."""
    table = tables.Visit
    rows = connection.execute(
        select(
            table.at,
            table.vantage,
            table.path,
            table.availability,
            table.rule,
            table.because,
            table.http_status,
            table.final_url,
            table.body_digest,
            table.profile,
        )
        .join(tables.Host, tables.Host.id == table.host_id)
        .where(tables.Host.name == host)
        .order_by(table.at.desc(), table.id.desc())
        .limit(limit)
    )
    return [VisitRecord(**row._mapping) for row in rows]


def history_of(connection: Connection, host: str) -> list[tuple[datetime, str, str, float, str]]:
    """(judged at, network, verdict, bits, policy) of every verdict on *host*, oldest first."""
    table = tables.Verdict
    rows = connection.execute(
        select(table.judged_at, tables.Network.name, table.verdict, table.score_bits, table.policy)
        .join(tables.Host, tables.Host.id == table.host_id)
        .join(tables.Network, tables.Network.id == table.network_id)
        .where(tables.Host.name == host)
        .order_by(table.id)
    )
    return [(at, name, verdict, bits, policy) for at, name, verdict, bits, policy in rows]


def availability_counts(connection: Connection, network: str) -> dict[str, int]:
    """How many candidates of *network* were last found in which state."""
    candidate, host = tables.Candidate, tables.Host
    rows = connection.execute(
        select(host.availability, func.count(host.id.distinct()).label("hosts"))
        .join(candidate, candidate.host_id == host.id)
        .join(tables.Network, tables.Network.id == candidate.network_id)
        .where(tables.Network.name == network)
        .group_by(host.availability)
        .order_by(host.availability)
    )
    return {row.availability: row.hosts for row in rows}
