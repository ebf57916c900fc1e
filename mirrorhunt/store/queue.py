"""What waits for a person: light rows, from which the queue is made."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, and_, exists, func, or_, select

from mirrorhunt.auditing import AUTOMATIC
from mirrorhunt.decisions import Decision
from mirrorhunt.model import Availability, Verdict
from mirrorhunt.store import registrations, tables

LOOKABLE = (Availability.LIVE, Availability.CHALLENGE, Availability.RESTRICTED)
"""A person sees something there, behind a human test or from another country too."""
GONE = (
    Availability.DEAD,
    Availability.PARKED,
    Availability.FOR_SALE,
    Availability.SEIZED,
    Availability.SINKHOLED,
)
"""What was a member there is none any more, as far as can be seen."""
_UNSETTLED = (Verdict.CANDIDATE.value, Verdict.PROBABLE.value)
_KEPT_OUT = (Verdict.REJECTED.value, Verdict.PROTECTED.value)


@dataclass(frozen=True, slots=True)
class Waiting:
    """A current verdict that a person might decide upon."""

    verdict_id: int
    network: str
    host: str
    registrable_domain: str
    verdict: str
    score_bits: float
    gate: str
    availability: str
    availability_since: datetime | None
    availability_because: str
    reviewed_by: str
    is_reopened: bool
    flags: str
    epoch_since: datetime | None


@dataclass(frozen=True, slots=True)
class Lost:
    """A member that is gone."""

    waiting: Waiting
    because: str
    since: datetime | None


@dataclass(frozen=True, slots=True)
class Range:
    """Scores from one to another, in bits."""

    least: float
    most: float


def _current(network: str | None, *conditions: ColumnElement[bool]) -> Select[*tuple[Any, ...]]:
    verdict, host, named = tables.Verdict, tables.Host, tables.Network
    query: Select[*tuple[Any, ...]] = (
        select(
            verdict.id,
            named.name.label("network"),
            host.name.label("host"),
            host.registrable_domain,
            verdict.verdict,
            verdict.score_bits,
            verdict.gate,
            host.availability,
            host.availability_since,
            host.availability_because,
            verdict.reviewed_by,
            verdict.is_reopened,
            verdict.flags,
            host.epoch_since,
        )
        .join(host, host.id == verdict.host_id)
        .join(named, named.id == verdict.network_id)
        .where(verdict.is_current, *conditions)
    )
    return query if network is None else query.where(named.name == network)


def _undecided() -> ColumnElement[bool]:
    """Nobody's word is on it, and a person would see something there."""
    verdict = tables.Verdict
    return and_(
        verdict.verdict.in_(_UNSETTLED),
        verdict.reviewed_by == "",
        ~verdict.is_reopened,
        tables.Host.availability.in_([state.value for state in LOOKABLE]),
    )


def _since(since: datetime | None) -> list[ColumnElement[bool]]:
    return [] if since is None else [tables.Verdict.judged_at >= since]


def _read(connection: Connection, query: Select[*tuple[Any, ...]]) -> list[Waiting]:
    return [Waiting(*row) for row in connection.execute(query)]


def undecided(
    connection: Connection,
    network: str | None,
    since: datetime | None,
    scores: Range,
    *,
    limit: int,
    by_doubt: bool,
) -> list[Waiting]:
    """At most *limit* hosts that nobody decided upon: the most doubtful first, or the surest.

    Those that are probable, and candidates within *scores*.
    """
    verdict = tables.Verdict
    is_near = and_(verdict.score_bits >= scores.least, verdict.score_bits <= scores.most)
    conditions = [
        _undecided(),
        or_(verdict.verdict == Verdict.PROBABLE.value, is_near),
        *_since(since),
    ]
    first = func.abs(verdict.score_bits) if by_doubt else verdict.score_bits.desc()
    query = _current(network, *conditions).order_by(first, tables.Network.name, tables.Host.name)
    return _read(connection, query.limit(limit))


def undrawn(connection: Connection) -> list[Waiting]:
    """The probable hosts of all networks that nobody decided upon: what chance draws from.

    Those among them that were confirmed without a person too, or nobody would ever learn that
    one of these is wrong.
    """
    verdict = tables.Verdict
    is_automatic = and_(
        verdict.verdict == Verdict.CONFIRMED.value,
        verdict.reviewed_by == "",
        verdict.gate.startswith(AUTOMATIC, autoescape=True),
        tables.Host.availability.in_([state.value for state in LOOKABLE]),
    )
    is_probable = and_(verdict.verdict == Verdict.PROBABLE.value, _undecided())
    return _read(connection, _current(None, or_(is_probable, is_automatic)))


def again(connection: Connection, network: str | None, since: datetime | None) -> list[Waiting]:
    """What somebody decided upon and has to be looked at again, what stands by it first."""
    verdict = tables.Verdict
    waits = or_(
        verdict.is_reopened,
        and_(verdict.verdict.in_(_UNSETTLED), verdict.reviewed_by != ""),
        and_(verdict.verdict == Verdict.CONFIRMED.value, verdict.flags != ""),
    )
    query = _current(network, waits, *_since(since))
    order = (verdict.score_bits.desc(), tables.Network.name, tables.Host.name)
    return _read(connection, query.order_by(*order))


def lost(connection: Connection, network: str | None, since: datetime | None) -> list[Lost]:
    """Members that are gone: their page is somebody else's, or the name is in other hands."""
    verdict, review, seed = tables.Verdict, tables.Review, tables.Seed
    was_confirmed = exists().where(
        review.network_id == verdict.network_id,
        review.host_id == verdict.host_id,
        review.decision == Decision.CONFIRM.value,
    )
    is_seed = exists().where(
        seed.network_id == verdict.network_id, seed.host_id == verdict.host_id
    )
    rows = _read(
        connection,
        _current(
            network,
            verdict.verdict.not_in(_KEPT_OUT),
            or_(verdict.verdict == Verdict.CONFIRMED.value, was_confirmed, is_seed),
        ).order_by(tables.Network.name, tables.Host.name),
    )
    vouched = _vouched_at(connection, network)
    registered = registrations.current(connection, {row.registrable_domain for row in rows})
    found: list[Lost] = []
    for row in rows:
        said = registered.get(row.registrable_domain)
        epochs = [said.registered_at if said else None, row.epoch_since]
        epoch = max((at for at in epochs if at is not None), default=None)
        vouched_at = vouched.get((row.network, row.host))
        if epoch is not None and vouched_at is not None and epoch > vouched_at:
            found.append(Lost(row, f"in other hands since {epoch:%Y-%m-%d}", epoch))
        elif row.verdict == Verdict.CONFIRMED.value and row.availability in GONE:
            state = row.availability.replace("_", " ")
            because = f"{state}, {row.availability_because}".rstrip(", ")
            found.append(Lost(row, because, row.availability_since))
    return [f for f in found if since is None or (f.since is not None and f.since >= since)]


def _vouched_at(connection: Connection, network: str | None) -> dict[tuple[str, str], datetime]:
    """When somebody last vouched for a host, as a seed or by a confirmation."""
    review, seed, host, named = tables.Review, tables.Seed, tables.Host, tables.Network
    confirmed = (
        select(named.name, host.name, func.max(review.at))
        .join(named, named.id == review.network_id)
        .join(host, host.id == review.host_id)
        .where(review.decision == Decision.CONFIRM.value)
        .group_by(named.name, host.name)
    )
    sown = (
        select(named.name, host.name, seed.added_at)
        .join(named, named.id == seed.network_id)
        .join(host, host.id == seed.host_id)
    )
    found: dict[tuple[str, str], list[datetime]] = defaultdict(list)
    for query in (confirmed, sown):
        if network is not None:
            query = query.where(named.name == network)
        for of_network, of_host, at in connection.execute(query):
            found[of_network, of_host].append(at)
    return {key: max(instants) for key, instants in found.items()}
