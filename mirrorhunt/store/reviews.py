"""Reviews: what people decided. Rows are added, never changed."""

import secrets
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, func, insert, select

from mirrorhunt.decisions import Decision, Review
from mirrorhunt.model import Evidence, Verdict
from mirrorhunt.store import tables
from mirrorhunt.store._upsert import chunks, table_of, upsert
from mirrorhunt.store.findings import evidence_of

_SALT = "audit_salt"
_BATCH_ROWS = 5000


@dataclass(frozen=True, slots=True)
class Subject:
    """A host with a current verdict, as far as deciding about it needs to know."""

    verdict_id: int
    network_id: int
    network: str
    host_id: int
    host: str
    verdict: Verdict
    availability: str
    digest: str
    gate: str
    reviewed_by: str


@dataclass(frozen=True, slots=True)
class Logged:
    """One decision in the audit trail."""

    network: str
    host: str
    review: Review
    """Without the evidence that was seen."""


def subjects(connection: Connection, hosts: Collection[str]) -> dict[str, list[Subject]]:
    """The current verdicts on *hosts*, by host; absent where there is none."""
    verdict, host, network = tables.Verdict, tables.Host, tables.Network
    found: dict[str, list[Subject]] = defaultdict(list)
    for chunk in chunks(sorted(hosts)):
        rows = connection.execute(
            select(
                verdict.id,
                verdict.network_id,
                network.name.label("network"),
                verdict.host_id,
                host.name,
                verdict.verdict,
                host.availability,
                verdict.digest,
                verdict.gate,
                verdict.reviewed_by,
            )
            .join(host, host.id == verdict.host_id)
            .join(network, network.id == verdict.network_id)
            .where(verdict.is_current, host.name.in_(chunk))
            .order_by(network.name)
        )
        for id_, network_id, named, host_id, name, standing, *rest in rows:
            found[name].append(
                Subject(id_, network_id, named, host_id, name, Verdict(standing), *rest)
            )
    return dict(found)


def networks_below(connection: Connection, domains: Collection[str]) -> set[str]:
    """The networks that have a verdict on a host of one of the registrable *domains*."""
    verdict, host, network = tables.Verdict, tables.Host, tables.Network
    found: set[str] = set()
    for chunk in chunks(sorted(domains)):
        found.update(
            connection.execute(
                select(network.name)
                .join(verdict, verdict.network_id == network.id)
                .join(host, host.id == verdict.host_id)
                .where(verdict.is_current, host.registrable_domain.in_(chunk))
                .distinct()
            ).scalars()
        )
    return found


def of_network(
    connection: Connection,
    network: int,
    host_ids: Collection[int] | None = None,
    *,
    with_evidence: bool = True,
) -> dict[int, list[Review]]:
    """The reviews in *network* by host, oldest first, with the evidence that was seen."""
    table = tables.Review
    query = select(table.__table__).where(table.network_id == network).order_by(table.id)
    if host_ids is None:
        rows = list(connection.execute(query))
    else:
        rows = [
            row
            for chunk in chunks(sorted(host_ids))
            for row in connection.execute(query.where(table.host_id.in_(chunk)))
        ]
    seen: dict[int, list[Evidence]] = {}
    if with_evidence:
        # A database takes so many values in one question and no more.
        for chunk in chunks(sorted({row.verdict_id for row in rows if row.verdict_id})):
            seen |= evidence_of(connection, chunk)
    found: dict[int, list[Review]] = defaultdict(list)
    for row in rows:
        found[row.host_id].append(_review(row, seen))
    return dict(found)


def _review(
    row: Row[*tuple[Any, ...]], seen: Mapping[int, Collection[Evidence]] | None = None
) -> Review:
    return Review(
        id=row.id,
        decision=Decision(row.decision),
        author=row.author,
        reason=row.reason,
        at=row.at,
        digest=row.digest,
        seen=tuple((seen or {}).get(row.verdict_id, ())),
        role=row.role,
        drawn=row.drawn,
        undoes=row.undoes_id,
        expires_at=row.expires_at,
    )


def add(connection: Connection, written: Iterable[tuple[Subject, Review]]) -> list[int]:
    """Write reviews down, each about its subject, in this order; returns their ids."""
    table = table_of(tables.Review)
    rows = [
        {
            "network_id": subject.network_id,
            "host_id": subject.host_id,
            "decision": review.decision.value,
            "role": review.role,
            "reason": review.reason,
            "author": review.author,
            "at": review.at,
            "verdict_id": subject.verdict_id,
            "digest": subject.digest,
            "drawn": review.drawn,
            "undoes_id": review.undoes,
            "expires_at": review.expires_at,
        }
        for subject, review in written
    ]
    # In the order given: a later decision has to have the higher id.
    statement = insert(table).returning(table.c.id, sort_by_parameter_order=True)
    ids: list[int] = []
    for chunk in chunks(rows, _BATCH_ROWS):
        ids += connection.execute(statement, list(chunk)).scalars()
    return ids


def log(
    connection: Connection,
    network: str | None = None,
    host: str | None = None,
    since: datetime | None = None,
) -> Iterator[Logged]:
    """Every decision in *network*, about *host*, made at *since* or later (None: all); oldest
    first."""
    table = tables.Review
    query = (
        select(table.__table__, tables.Network.name.label("network"), tables.Host.name)
        .join(tables.Network, tables.Network.id == table.network_id)
        .join(tables.Host, tables.Host.id == table.host_id)
        .order_by(table.id)
    )
    if network is not None:
        query = query.where(tables.Network.name == network)
    if host is not None:
        query = query.where(tables.Host.name == host)
    if since is not None:
        query = query.where(table.at >= since)
    for row in connection.execute(query):
        yield Logged(row.network, row.name, _review(row))


def epoch_of(connection: Connection, host: str) -> datetime | None:
    """Since when *host* was seen to be in other hands; None if it was not."""
    table = tables.Host
    return connection.execute(select(table.epoch_since).where(table.name == host)).scalar()


def latest_at(connection: Connection) -> datetime | None:
    """When the last review was made; None if there is none."""
    return connection.execute(select(func.max(tables.Review.at))).scalar()


def salt(connection: Connection) -> str:
    """What draws the audited sample: made once, known to this database alone.

    Whoever could tell beforehand which hosts a person will be shown by chance could behave well
    on those.
    """
    upsert(
        connection,
        tables.Secret,
        [{"name": _SALT, "value": secrets.token_hex(16)}],
        key=["name"],
    )
    table = tables.Secret
    return connection.execute(select(table.value).where(table.name == _SALT)).scalar_one()
