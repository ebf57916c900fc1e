"""Which hosts of a network are due to be looked at again, by what is stored of them.

Nothing is kept for it: whose turn it is follows from dates that are there anyway.
"""

from collections.abc import Collection, Iterable
from datetime import datetime, timedelta

from sqlalchemy import Connection, select

from mirrorhunt.cadence import Pace, Role, Subject, Turn, pace, turn
from mirrorhunt.model import Verdict
from mirrorhunt.names import parts
from mirrorhunt.store import candidates, registrations, states, tables
from mirrorhunt.store._upsert import chunks
from mirrorhunt.store.candidates import STANDING

NEAR_BITS = 0.0
"""From here on a candidate is worth a look a week."""


def pace_of(connection: Connection, network: int) -> Pace:
    """How fast *network* moves, by the dates of what stands in it."""
    stand = candidates.standing(connection, network)
    host, run = tables.Host, tables.Run
    first: dict[str, datetime] = {}
    for chunk in chunks(sorted(stand.values())):
        for domain, seen_at, live_at in connection.execute(
            select(host.registrable_domain, host.first_seen_at, run.started_at)
            .outerjoin(run, run.id == host.first_live_run_id)
            .where(host.id.in_(chunk))
        ):
            since = live_at or seen_at
            first[domain] = min(since, first.get(domain, since))
    registered = registrations.current(connection, first)
    for domain, said in registered.items():
        if said.registered_at is not None and not parts(domain).is_private_suffix:
            first[domain] = said.registered_at
    return pace(first.items())


def plan(connection: Connection, network: int, now: datetime, valid_for: timedelta) -> list[Turn]:
    """The turns of all hosts of *network* that have one, members first, most overdue first.

    What came under protection has none. *valid_for* is how long a published entry stands.
    """
    of_network = pace_of(connection, network)
    turns = [
        turn(subject, of_network, now, valid_for) for subject in _subjects(connection, network)
    ]
    waiting = [(t.role, t.at, t.host, t) for t in turns if t.at is not None]
    return [t for *_, t in sorted(waiting, key=lambda w: w[:3])]


def due(
    connection: Connection,
    network: int,
    run: int,
    vantage: str,
    now: datetime,
    valid_for: timedelta,
) -> list[Turn]:
    """Whose turn it is at *now*, and whose front page *run* has not seen from *vantage* yet."""
    turns = [t for t in plan(connection, network, now, valid_for) if t.at and t.at <= now]
    seen = _seen(connection, run, vantage)
    return [t for t in turns if t.host not in seen]


def _subjects(connection: Connection, network: int) -> Iterable[Subject]:
    stand = set(candidates.standing(connection, network).values())
    stood, near, out = _by_verdicts(connection, network)
    ids = (stand | stood | near | _proposed(connection, network)) - out
    names = _names(connection, ids)
    for id_, state in states.of(connection, ids).items():
        role = _role(id_, stand, stood, near)
        yield Subject(names[id_], role, state)


def _role(id_: int, stand: set[int], stood: set[int], near: set[int]) -> Role:
    if id_ in stand:
        return Role.MEMBER
    if id_ in stood:
        return Role.STOOD
    return Role.NEAR if id_ in near else Role.FAR


def _by_verdicts(connection: Connection, network: int) -> tuple[set[int], set[int], set[int]]:
    """The hosts that stand or stood, those near a verdict, and those under protection."""
    table = tables.Verdict
    stood: set[int] = set()
    near: set[int] = set()
    out: set[int] = set()
    for host_id, verdict, bits, is_current in connection.execute(
        select(table.host_id, table.verdict, table.score_bits, table.is_current).where(
            table.network_id == network
        )
    ):
        if verdict in STANDING:
            stood.add(host_id)
        elif is_current and verdict == Verdict.PROTECTED.value:
            out.add(host_id)
        elif is_current and verdict == Verdict.CANDIDATE.value and bits >= NEAR_BITS:
            near.add(host_id)
    return stood, near, out


def _proposed(connection: Connection, network: int) -> set[int]:
    candidate, seed = tables.Candidate, tables.Seed
    proposed = select(candidate.host_id).where(candidate.network_id == network).distinct()
    sown = select(seed.host_id).where(seed.network_id == network)
    return {*connection.execute(proposed).scalars(), *connection.execute(sown).scalars()}


def _names(connection: Connection, ids: Collection[int]) -> dict[int, str]:
    host = tables.Host
    found: dict[int, str] = {}
    for chunk in chunks(sorted(ids)):
        rows = connection.execute(select(host.id, host.name).where(host.id.in_(chunk)))
        found.update((id_, name) for id_, name in rows)
    return found


def _seen(connection: Connection, run: int, vantage: str) -> set[str]:
    visit, host = tables.Visit, tables.Host
    return set(
        connection.execute(
            select(host.name)
            .join(visit, visit.host_id == host.id)
            .where(visit.run_id == run, visit.vantage == vantage, visit.path == "/")
        ).scalars()
    )
