"""Whose picture is wanted: hosts that stand in a network and were not drawn since they changed."""

from datetime import datetime

from sqlalchemy import Connection, func, select

from mirrorhunt.model import Availability
from mirrorhunt.store import candidates, tables
from mirrorhunt.store._upsert import chunks

PATH = "/#picture"
"""The path of a visit that was made for the picture of the front page alone. A fragment is sent to
nobody, so no other visit has it."""
_NOTHING_TO_SEE = frozenset(
    {Availability.UNRESOLVED.value, Availability.DEAD.value, Availability.SINKHOLED.value}
)


def wanted(connection: Connection, network: int, vantage: str, since: datetime) -> list[str]:
    """The hosts of *network* whose picture was not taken from *vantage* at or after *since*, nor
    after their state changed: seeds first, then the confirmed, then by score."""
    stand = candidates.standing(connection, network)
    host, seed, verdict, visit = tables.Host, tables.Seed, tables.Verdict, tables.Visit
    ranked: list[tuple[bool, bool, float, str]] = []
    for chunk in chunks(sorted(stand.values())):
        taken = (
            select(visit.host_id, func.max(visit.at).label("at"))
            .where(visit.host_id.in_(chunk), visit.vantage == vantage, visit.path == PATH)
            .group_by(visit.host_id)
            .subquery()
        )
        rows = connection.execute(
            select(
                host.name,
                host.availability,
                host.availability_since,
                taken.c.at,
                seed.host_id.is_not(None),
                verdict.verdict,
                verdict.score_bits,
            )
            .outerjoin(taken, taken.c.host_id == host.id)
            .outerjoin(seed, (seed.host_id == host.id) & (seed.network_id == network))
            .outerjoin(
                verdict,
                (verdict.host_id == host.id)
                & (verdict.network_id == network)
                & verdict.is_current,
            )
            .where(host.id.in_(chunk))
        )
        for name, state, changed_at, at, is_seed, judged, bits in rows:
            is_fresh = at is not None and at >= since and not (changed_at and changed_at > at)
            if not is_fresh and state not in _NOTHING_TO_SEE:
                ranked.append((not is_seed, judged != "confirmed", -(bits or 0.0), name))
    return [name for *_, name in sorted(ranked)]
