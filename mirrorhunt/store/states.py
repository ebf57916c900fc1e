"""The states of hosts: what stands, since when, whose hands it is in, and what was seen before."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, func, select, update

from mirrorhunt.model import Availability
from mirrorhunt.settling import State, looks_needed, time_needed
from mirrorhunt.store import tables
from mirrorhunt.store._upsert import chunks


def of(connection: Connection, host_ids: Collection[int]) -> dict[int, State]:
    """The states of *host_ids*, by id and in the order of ids."""
    found: dict[int, State] = {}
    for chunk in chunks(sorted(host_ids)):
        rows = connection.execute(
            select(tables.Host.id, *_COLUMNS)
            .where(tables.Host.id.in_(chunk))
            .order_by(tables.Host.id)
        )
        found.update((row.id, _state(row)) for row in rows)
    return found


_COLUMNS = (
    tables.Host.availability,
    tables.Host.availability_rule,
    tables.Host.availability_because,
    tables.Host.availability_since,
    tables.Host.last_visited_at,
    tables.Host.last_live_at,
    tables.Host.first_live_run_id,
    tables.Host.next_availability,
    tables.Host.next_since,
    tables.Host.next_looks,
    tables.Host.epoch_since,
    tables.Host.epoch_because,
)


def _state(row: Row[*tuple[Any, ...]]) -> State:
    return State(
        availability=Availability(row.availability),
        rule=row.availability_rule,
        because=row.availability_because,
        since=row.availability_since,
        visited_at=row.last_visited_at,
        live_at=row.last_live_at,
        first_live_run=row.first_live_run_id,
        pending=Availability(row.next_availability) if row.next_availability else None,
        pending_since=row.next_since,
        pending_looks=row.next_looks,
        epoch_since=row.epoch_since,
        epoch_because=row.epoch_because,
    )


def row_of(state: State) -> dict[str, Any]:
    """*state* in the columns of the hosts table."""
    return {
        "availability": state.availability.value,
        "availability_rule": state.rule,
        "availability_because": state.because,
        "availability_since": state.since,
        "last_visited_at": state.visited_at,
        "last_live_at": state.live_at,
        "first_live_run_id": state.first_live_run,
        "next_availability": state.pending.value if state.pending else "",
        "next_since": state.pending_since,
        "next_looks": state.pending_looks,
        "epoch_since": state.epoch_since,
        "epoch_because": state.epoch_because,
    }


# ---------------------------------------------------------------- other hands


def note_registered(
    connection: Connection,
    domain: str,
    registered_at: datetime | None,
    registrar: str,
) -> None:
    """Note what a registry newly says of *domain*: those of its hosts that were live before it
    was registered are in other hands since."""
    host, run = tables.Host, tables.Run
    rows = connection.execute(
        select(host.id, host.epoch_since, run.started_at)
        .outerjoin(run, run.id == host.first_live_run_id)
        .where(host.registrable_domain == domain)
    ).all()
    if registered_at is None:
        return
    because = f"registered anew on {registered_at:%Y-%m-%d}"
    if registrar:
        because += f" with {registrar}"
    for row in rows:
        is_older = row.started_at is not None and row.started_at < registered_at
        if not is_older or (row.epoch_since is not None and row.epoch_since >= registered_at):
            continue
        connection.execute(
            update(host)
            .where(host.id == row.id)
            .values(
                epoch_since=registered_at,
                epoch_because=f"{because}: in other hands than before",
                first_live_run_id=_first_live_run(connection, row.id, registered_at),
            )
        )


def _first_live_run(connection: Connection, host: int, since: datetime) -> int | None:
    """The run that first saw *host* live from *since* on; None if none did yet."""
    table = tables.Visit
    return connection.execute(
        select(func.min(table.run_id)).where(
            table.host_id == host,
            table.at >= since,
            table.path == "/",
            table.availability == Availability.LIVE.value,
        )
    ).scalar()


# ---------------------------------------------------------------- what was seen over time


@dataclass(frozen=True, slots=True)
class Span:
    """Looks in a row that saw one host in one state from one vantage."""

    availability: str
    vantage: str
    first_seen_at: datetime
    last_seen_at: datetime
    looks: int
    because: str
    """Of the last of them."""


@dataclass(frozen=True, slots=True)
class History:
    """What became of a host."""

    spans: tuple[Span, ...]
    """What looks saw, oldest first; what stands follows with the delays of decision 12."""
    state: State

    @property
    def pending(self) -> str:
        """What is waited for; empty if nothing is."""
        state = self.state
        if state.pending is None or state.pending_since is None:
            return ""
        needed, time = looks_needed(state.pending), time_needed(state.pending)
        return (
            f"{state.pending.value} since {state.pending_since:%Y-%m-%d %H:%M}, in "
            f"{state.pending_looks} of {needed} looks; it counts from "
            f"{state.pending_since + time:%Y-%m-%d %H:%M} on"
        )


def states_of(connection: Connection, host: str) -> History | None:
    """What became of *host*; None if it is not known."""
    row = connection.execute(
        select(tables.Host.id, *_COLUMNS).where(tables.Host.name == host)
    ).first()
    if row is None:
        return None
    table = tables.Visit
    looks = connection.execute(
        select(table.availability, table.vantage, table.at, table.because)
        .where(table.host_id == row.id, table.path == "/")
        .order_by(table.at, table.id)
    )
    return History(tuple(_spans(looks)), _state(row))


def _spans(looks: Iterable[Row[*tuple[Any, ...]]]) -> list[Span]:
    spans: list[Span] = []
    latest: dict[str, int] = {}
    for row in looks:
        availability, vantage, at, because = row.availability, row.vantage, row.at, row.because
        number = latest.get(vantage)
        if number is not None and spans[number].availability == availability:
            span = spans[number]
            spans[number] = Span(
                availability, vantage, span.first_seen_at, at, span.looks + 1, because
            )
        else:
            latest[vantage] = len(spans)
            spans.append(Span(availability, vantage, at, at, 1, because))
    return spans
