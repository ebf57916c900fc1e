"""Who stands, as a stream: every host with a verdict, by registrable domain, the domain itself
before what is below it. A million take no more memory than ten."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, collate, exists, select
from sqlalchemy.orm import InstrumentedAttribute

from mirrorhunt.model import Availability, Verdict
from mirrorhunt.settling import AWAY
from mirrorhunt.store import tables

READ_ROWS = 2_000
Column = InstrumentedAttribute[str]


@dataclass(frozen=True, slots=True)
class Standing:
    """A host's current verdict in one network, without what it rests on."""

    verdict_id: int
    host: str
    registrable_domain: str
    network: str
    verdict: Verdict
    relation: str
    role: str
    score_bits: float
    availability: str
    first_seen_at: datetime
    last_live_at: datetime | None
    reviewed_by: tuple[str, ...]
    away: bool
    """One look found it in other hands since it was seen live, though no state has settled."""


def standing(
    connection: Connection,
    networks: Collection[str],
    verdicts: Sequence[Verdict],
    *,
    seen_from: Collection[str] = (),
    since: datetime | None = None,
) -> Iterator[Standing]:
    """Current verdicts of *verdicts* in *networks* (empty: in all).

    With *seen_from*, only hosts that a look from one of these vantages found live, after *since*
    where that is given.
    """
    verdict, host, network = tables.Verdict, tables.Host, tables.Network
    query = (
        select(
            verdict.id,
            host.name,
            host.registrable_domain,
            network.name.label("network"),
            verdict.verdict,
            verdict.relation,
            verdict.role,
            verdict.score_bits,
            host.availability,
            host.first_seen_at,
            host.last_live_at,
            verdict.reviewed_by,
            _is_away().label("away"),
        )
        .join(host, host.id == verdict.host_id)
        .join(network, network.id == verdict.network_id)
        .where(verdict.is_current, verdict.verdict.in_([v.value for v in verdicts]))
        .order_by(
            *by_domain(connection, host.registrable_domain, host.name),
            collated(connection, network.name),
        )
    )
    if networks:
        query = query.where(network.name.in_(networks))
    if seen_from:
        query = query.where(_was_live(seen_from, since))
    result = connection.execution_options(yield_per=READ_ROWS).execute(query)
    for row in result:
        yield Standing(
            verdict_id=row.id,
            host=row.name,
            registrable_domain=row.registrable_domain,
            network=row.network,
            verdict=Verdict(row.verdict),
            relation=row.relation,
            role=row.role,
            score_bits=row.score_bits,
            availability=row.availability,
            first_seen_at=row.first_seen_at,
            last_live_at=row.last_live_at,
            reviewed_by=tuple(row.reviewed_by.split(",")) if row.reviewed_by else (),
            away=bool(row.away),
        )


def by_domain(
    connection: Connection, domain: Column, name: Column
) -> tuple[ColumnElement[str], ColumnElement[bool], ColumnElement[str]]:
    """What to order by, so that a registrable domain comes before all below it.

    Byte by byte, as Python compares: what PostgreSQL takes for the order of a language is not.
    """
    return collated(connection, domain), name != domain, collated(connection, name)


def collated(connection: Connection, column: Column) -> ColumnElement[str]:
    """*column* to be ordered byte by byte."""
    if connection.dialect.name == "postgresql":
        return collate(column, "C")
    return column.expression


def _is_away() -> ColumnElement[bool]:
    """Whether a look found the host with somebody else, and none has found it live since."""
    visit, host = tables.Visit, tables.Host
    return exists().where(
        visit.host_id == host.id,
        visit.path == "/",
        visit.availability.in_([state.value for state in AWAY]),
        # Where a clock went back, what is pending was seen later, whatever its date.
        host.last_live_at.is_(None)
        | (visit.at > host.last_live_at)
        | (host.next_availability == visit.availability),
    )


def _was_live(vantages: Collection[str], since: datetime | None) -> ColumnElement[bool]:
    visit = tables.Visit
    found = exists().where(
        visit.host_id == tables.Host.id,
        visit.availability == Availability.LIVE.value,
        visit.vantage.in_(vantages),
    )
    return found if since is None else found.where(visit.at >= since)
