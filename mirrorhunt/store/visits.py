"""Write down what a visit saw."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, bindparam, func, select, update

from mirrorhunt.model import DnsFacts, Hop, Observation, PeerCertificate, Visit
from mirrorhunt.settling import Home, Look, State, settle
from mirrorhunt.store import captures, hosts, states, tables
from mirrorhunt.store._upsert import chunks, table_of, upsert
from mirrorhunt.store.types import SafeText

MAX_DETAIL_CHARS = 300
HOME_MEMORY = timedelta(days=30)
"""So far back the vantage is looked for that saw a host in its state."""


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
    for visit in fresh:
        if visit.capture is not None:
            captures.record(connection, run, ids[visit.host], visit.capture)
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
        "profile": visit.profile,
        "tried": ",".join(visit.tried),
    }


def _plain(thing: DnsFacts | PeerCertificate | Hop) -> dict[str, Any]:
    """*thing* as JSON can hold it. Its values are flat, so that they need no copies."""
    values = {name: getattr(thing, name) for name in thing.__slots__}
    return {n: v.isoformat() if isinstance(v, datetime) else v for n, v in values.items()}


def _update_hosts(
    connection: Connection, run: int, visits: Sequence[Visit], ids: dict[str, int]
) -> None:
    """The state of each host, by its front page alone.

    What a look makes of a state is `mirrorhunt.settling`'s to say.
    """
    front = {ids[v.host]: v for v in visits if v.path == "/" and v.ruling is not None}
    for chunk in chunks(sorted(front)):
        before = states.of(connection, chunk)
        homes = _homes(connection, before, front)
        after = {
            id_: settle(state, _look(run, front[id_]), homes.get(id_))
            for id_, state in before.items()
        }
        connection.execute(
            _HOST_UPDATE,
            [_host_row(id_, state, front[id_]) for id_, state in after.items()],
        )


def _look(run: int, visit: Visit) -> Look:
    assert visit.ruling is not None
    because = visit.ruling.because[:MAX_DETAIL_CHARS]
    return Look(
        visit.ruling.availability, visit.ruling.rule, because, visit.at, run, visit.vantage
    )


def _homes(
    connection: Connection, before: Mapping[int, State], front: Mapping[int, Visit]
) -> dict[int, Home]:
    """The homes of those hosts that were seen in another state than they stand in."""
    other = {
        id_: state.availability
        for id_, state in before.items()
        if (ruling := front[id_].ruling) is not None
        and state.since is not None
        and ruling.availability is not state.availability
    }
    if not other:
        return {}
    since = min(front[id_].at for id_ in other) - HOME_MEMORY
    table = tables.Visit
    latest = func.max(table.at).label("latest")
    stood: dict[int, tuple[datetime, str]] = {}
    looked: dict[tuple[int, str], datetime] = {}
    rows = connection.execute(
        select(table.host_id, table.vantage, table.availability, latest)
        .where(table.host_id.in_(other), table.path == "/", table.at >= since)
        .group_by(table.host_id, table.vantage, table.availability)
    )
    for row in rows:
        key = (row.host_id, row.vantage)
        looked[key] = max(row.latest, looked.get(key, row.latest))
        if row.availability == other[row.host_id].value:
            found = (row.latest, row.vantage)
            stood[row.host_id] = max(found, stood.get(row.host_id, found))
    return {id_: Home(name, looked[id_, name]) for id_, (_, name) in stood.items()}


_HOST_COLUMNS = tuple(states.row_of(State()))
# One statement for all hosts of a batch, with a parameter for each column.
_HOST_UPDATE = (
    update(table_of(tables.Host))
    .where(table_of(tables.Host).c.id == bindparam("host_id"))
    .values(
        {name: bindparam(name) for name in _HOST_COLUMNS}
        | {"title": func.coalesce(bindparam("shown_title", type_=SafeText()), tables.Host.title)}
    )
)


def _host_row(id_: int, state: State, visit: Visit) -> dict[str, Any]:
    """The parameters of `_HOST_UPDATE`."""
    assert visit.ruling is not None
    title = visit.page.title[:MAX_DETAIL_CHARS] if visit.page else ""
    # A look that does not count gives no title either.
    is_told = visit.ruling.availability is state.availability
    return {"host_id": id_, **states.row_of(state), "shown_title": title if is_told else None}


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
        update=["last_run_id"],
        add=["visits"],
        # What is brought in by hand may be of last year.
        latest=["last_seen_at"],
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
