"""What confirming without a person has to know."""

from collections import defaultdict
from collections.abc import Collection
from datetime import datetime

from sqlalchemy import Connection, func, select

from mirrorhunt.auditing import AUTOMATIC
from mirrorhunt.model import Availability, Verdict
from mirrorhunt.store import tables
from mirrorhunt.store._upsert import chunks


def live_looks(connection: Connection, host_ids: Collection[int]) -> dict[int, list[datetime]]:
    """When the front page of each of *host_ids* was found live."""
    table = tables.Visit
    found: dict[int, list[datetime]] = defaultdict(list)
    for chunk in chunks(sorted(host_ids)):
        for host_id, at in connection.execute(
            select(table.host_id, table.at).where(
                table.host_id.in_(chunk),
                table.path == "/",
                table.availability == Availability.LIVE.value,
            )
        ):
            found[host_id].append(at)
    return dict(found)


def count(connection: Connection) -> int:
    """How many hosts are confirmed without a person now."""
    table = tables.Verdict
    return connection.execute(
        select(func.count())
        .select_from(table)
        .where(
            table.is_current,
            table.verdict == Verdict.CONFIRMED.value,
            table.gate.startswith(AUTOMATIC, autoescape=True),
        )
    ).scalar_one()
