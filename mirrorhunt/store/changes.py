"""Whether anything has changed that the verdicts of a network rest on.

Asked without reading what they rest on, or nothing would be saved: from the hosts that changed
since, and from a digest of the little that is no observation.
"""

import hashlib
import json
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, func, select, union, update

from mirrorhunt import __version__
from mirrorhunt.store import calibrations, hosts, kind_counts, tables
from mirrorhunt.store._upsert import chunks

MAX_AGE = timedelta(days=1)
"""So long evidence may fade before it is weighed again: a fortieth of its bits at most."""
MAX_CHANGED = 1_000
"""If more hosts changed, asking what they show costs as much as judging."""


def is_judged(connection: Connection, network: int, now: datetime, basis: str) -> bool:
    """Whether *network* was judged within `MAX_AGE`, on *basis*, and no host has changed since
    that is one of its own or shows what its members show."""
    row = connection.execute(
        select(tables.Network.judged_at, tables.Network.judged_on).where(
            tables.Network.id == network
        )
    ).one()
    if row.judged_on != basis or row.judged_at is None:
        return False
    # A clock that went back must not keep verdicts for ever.
    if abs(now - row.judged_at) >= MAX_AGE:
        return False
    changed = set(
        connection.execute(
            select(tables.Host.id)
            .where(tables.Host.changed_at > row.judged_at)
            .limit(MAX_CHANGED + 1)
        ).scalars()
    )
    if not changed:
        return True
    own = _own(connection, network)
    if len(changed) > MAX_CHANGED or not changed.isdisjoint(own):
        return False
    return _shown(connection, changed).isdisjoint(
        _shown(connection, _members(connection, network))
    )


def basis(
    connection: Connection,
    network: int,
    now: datetime,
    is_out: Callable[[str], bool],
    needs_two: Callable[[str], str | None],
    threshold: float | None = None,
) -> str:
    """A digest of what verdicts in *network* rest on beside observations: who was proposed and
    sown, what people decided, what is protected, the policy, how common kinds are, and from
    which *threshold* on hosts are confirmed without a person (None: never)."""
    candidate, seed, review = tables.Candidate, tables.Seed, tables.Review
    proposed = select(func.count(), func.max(candidate.id)).where(candidate.network_id == network)
    sown = (
        select(seed.host_id, seed.added_at)
        .where(seed.network_id == network)
        .order_by(seed.host_id)
    )
    decided = select(review.id, review.host_id, review.expires_at).where(
        review.network_id == network
    )
    reviews = connection.execute(decided.order_by(review.id)).all()
    names = _names(connection, _own(connection, network))
    asked = {names[row.host_id] for row in reviews}
    parts: list[Any] = [
        __version__,
        threshold,
        repr(calibrations.current(connection)),
        tuple(connection.execute(proposed).one()),
        [(id_, at.isoformat()) for id_, at in connection.execute(sown)],
        [(r.id, r.expires_at is not None and r.expires_at <= now) for r in reviews],
        sorted(filter(is_out, names.values())),
        [(host, needs_two(host)) for host in sorted(asked)],
        sorted(hosts.protected_names(connection, now)),
        sorted(kind_counts.current(connection).items()),
    ]
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()


def note_judged(connection: Connection, network: int, now: datetime, basis: str) -> None:
    """Note that *network* was judged at *now*, on *basis*."""
    hosts.note_judged(connection, network, now)
    connection.execute(
        update(tables.Network).where(tables.Network.id == network).values(judged_on=basis)
    )


def _own(connection: Connection, network: int) -> set[int]:
    """Whoever was given, proposed or decided upon."""
    tables_ = (tables.Candidate, tables.Seed, tables.Review)
    return set(
        connection.execute(
            union(*(select(t.host_id).where(t.network_id == network) for t in tables_))
        ).scalars()
    )


def _members(connection: Connection, network: int) -> set[int]:
    """Whoever may be a member: seeds, and those somebody decided upon."""
    tables_ = (tables.Seed, tables.Review)
    return set(
        connection.execute(
            union(*(select(t.host_id).where(t.network_id == network) for t in tables_))
        ).scalars()
    )


def _names(connection: Connection, host_ids: Iterable[int]) -> dict[int, str]:
    found: dict[int, str] = {}
    for chunk in chunks(sorted(host_ids)):
        rows = connection.execute(
            select(tables.Host.id, tables.Host.name).where(tables.Host.id.in_(chunk))
        )
        found.update((id_, name) for id_, name in rows)
    return found


def _shown(connection: Connection, host_ids: Iterable[int]) -> set[tuple[str, str]]:
    table = tables.Observation
    found: set[tuple[str, str]] = set()
    for chunk in chunks(sorted(host_ids)):
        rows = connection.execute(
            select(table.kind, table.value).where(table.host_id.in_(chunk)).distinct()
        )
        found.update((kind, value) for kind, value in rows if not kind.startswith("to_"))
    return found
