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


def count(connection: Connection) -> dict[str, int]:
    """How many hosts of each network are confirmed without a person now."""
    table, network = tables.Verdict, tables.Network
    rows = connection.execute(
        select(network.name, func.count())
        .select_from(table)
        .join(network, network.id == table.network_id)
        .where(
            table.is_current,
            table.verdict == Verdict.CONFIRMED.value,
            table.gate.startswith(AUTOMATIC, autoescape=True),
        )
        .group_by(network.name)
    )
    return {row[0]: row[1] for row in rows}


def asked(connection: Connection, setting: float) -> dict[str, float]:
    """The share of wrong ones that each network allows in what is confirmed without a person, 0
    where nothing is: its own, or the *setting*."""
    table = tables.Network
    rows = connection.execute(select(table.name, table.auto_confirm))
    return {name: setting if own is None else own for name, own in rows}
