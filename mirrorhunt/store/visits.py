"""Write down what a visit saw."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, bindparam, select, update

from mirrorhunt.model import Availability, DnsFacts, Hop, Observation, PeerCertificate, Visit
from mirrorhunt.store import hosts, tables
from mirrorhunt.store._upsert import chunks, table_of, upsert

MAX_DETAIL_CHARS = 300


def record(connection: Connection, run: int, visits: Sequence[Visit]) -> dict[str, int]:
    """Store *visits*, each once a run: a visit that is there already changes nothing.

    Returns the ids of the visited hosts.
    """
    now = max(v.at for v in visits)
    ids = hosts.ids_of(connection, (v.host for v in visits), now)
    fresh = _without_stored(connection, run, visits, ids)
    upsert(
        connection,
        tables.Visit,
        [_row(run, ids[v.host], v) for v in fresh],
        key=["run_id", "host_id", "vantage", "path"],
    )
    _update_hosts(connection, run, fresh, ids)
    _observe(connection, run, fresh, ids)
    return ids


def _key(run: int, host_id: int, visit: Visit) -> tuple[int, int, str, str]:
    return (run, host_id, visit.vantage, visit.path)


def _without_stored(
    connection: Connection, run: int, visits: Sequence[Visit], ids: dict[str, int]
) -> list[Visit]:
    table = tables.Visit
    stored: set[tuple[int, int, str, str]] = set()
    for chunk in chunks(sorted({ids[v.host] for v in visits})):
        rows = connection.execute(
            select(table.run_id, table.host_id, table.vantage, table.path).where(
                table.run_id == run, table.host_id.in_(chunk)
            )
        )
        stored.update((r.run_id, r.host_id, r.vantage, r.path) for r in rows)
    fresh = {_key(run, ids[v.host], v): v for v in visits}
    return [visit for key, visit in fresh.items() if key not in stored]


def _row(run: int, host_id: int, visit: Visit) -> dict[str, Any]:
    page, failure, ruling = visit.page, visit.failure, visit.ruling
    assert ruling is not None
    certificate = _plain(visit.certificate) if visit.certificate else None
    return {
        "run_id": run,
        "host_id": host_id,
        "technique": visit.technique,
        "vantage": visit.vantage,
        "path": visit.path,
        "at": visit.at,
        "availability": ruling.availability.value,
        "rule": ruling.rule,
        "because": ruling.because[:MAX_DETAIL_CHARS],
        "http_status": page.status if page else None,
        "final_url": page.url if page else None,
        "chain": [_plain(hop) for hop in visit.chain],
        "address": visit.address,
        "body_digest": page.digest if page else None,
        "body_bytes": len(page.body) if page else None,
        "title": page.title[:MAX_DETAIL_CHARS] if page else "",
        "failure": failure.kind.value if failure else None,
        "failure_detail": failure.detail[:MAX_DETAIL_CHARS] if failure else None,
        "dns": _plain(visit.dns) if visit.dns else None,
        "certificate": certificate,
        "inner_paths": list(visit.inner_paths),
    }


def _plain(thing: DnsFacts | PeerCertificate | Hop) -> dict[str, Any]:
    """*thing* as JSON can hold it. Its values are flat, so that they need no copies."""
    values = {name: getattr(thing, name) for name in thing.__slots__}
    return {n: v.isoformat() if isinstance(v, datetime) else v for n, v in values.items()}


def _update_hosts(
    connection: Connection, run: int, visits: Sequence[Visit], ids: dict[str, int]
) -> None:
    """The state of each host, by its front page alone."""
    front = {ids[v.host]: v for v in visits if v.path == "/" and v.ruling is not None}
    table = tables.Host
    for chunk in chunks(sorted(front)):
        rows = connection.execute(
            select(
                table.id,
                table.availability,
                table.availability_since,
                table.first_live_run_id,
                table.last_live_at,
            ).where(table.id.in_(chunk))
        ).all()
        connection.execute(_HOST_UPDATE, [_host_row(run, row, front[row.id]) for row in rows])


_HOST_COLUMNS = (
    *("availability", "availability_rule", "availability_because", "availability_since"),
    *("last_visited_at", "last_live_at", "first_live_run_id", "title"),
)
# One statement for all hosts of a batch, with a parameter for each column.
_HOST_UPDATE = (
    update(table_of(tables.Host))
    .where(table_of(tables.Host).c.id == bindparam("host_id"))
    .values({name: bindparam(name) for name in _HOST_COLUMNS})
)


def _host_row(run: int, row: Row[*tuple[Any, ...]], visit: Visit) -> dict[str, Any]:
    """The parameters of `_HOST_UPDATE` for the stored host *row*."""
    assert visit.ruling is not None
    state = visit.ruling.availability
    is_live = state is Availability.LIVE
    is_same = row.availability == state.value and row.availability_since is not None
    return {
        "host_id": row.id,
        "availability": state.value,
        "availability_rule": visit.ruling.rule,
        "availability_because": visit.ruling.because[:MAX_DETAIL_CHARS],
        "availability_since": row.availability_since if is_same else visit.at,
        "last_visited_at": visit.at,
        "last_live_at": visit.at if is_live else row.last_live_at,
        "first_live_run_id": row.first_live_run_id or (run if is_live else None),
        "title": visit.page.title[:MAX_DETAIL_CHARS] if visit.page else "",
    }


def _observe(
    connection: Connection, run: int, visits: Sequence[Visit], ids: dict[str, int]
) -> None:
    rows: dict[tuple[int, str, str, str], dict[str, Any]] = {}
    for visit in visits:
        for observation, because, technique in _seen(visit):
            value = observation.value[:600]
            key = (ids[visit.host], observation.kind, value, observation.region)
            rows.setdefault(key, _observation_row(run, key, because, technique, visit.at))
    upsert(
        connection,
        tables.Observation,
        list(rows.values()),
        key=["host_id", "kind", "value", "region"],
        update=["last_seen_at", "last_run_id"],
        add=["visits"],
    )


def _seen(visit: Visit) -> list[tuple[Observation, str, str]]:
    """Observations and pointers of *visit*, pointers as observations."""
    seen = [(observation, "", "") for observation in visit.observations]
    return seen + [
        (Observation(f"to_{p.how}", p.host, p.region), p.because, p.technique)
        for p in visit.pointers
    ]


def _observation_row(
    run: int, key: tuple[int, str, str, str], because: str, technique: str, at: datetime
) -> dict[str, Any]:
    host_id, kind, value, region = key
    return {
        "host_id": host_id,
        "kind": kind,
        "value": value,
        "region": region,
        "because": because[:MAX_DETAIL_CHARS],
        "technique": technique,
        "first_seen_at": at,
        "last_seen_at": at,
        "visits": 1,
        "first_run_id": run,
        "last_run_id": run,
    }
