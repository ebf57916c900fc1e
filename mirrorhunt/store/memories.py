"""What was judged before, on disk: a copy of what could be worked out again, to save the work."""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import Connection, select

from mirrorhunt.store import tables
from mirrorhunt.store._upsert import upsert


def load(connection: Connection, network: int) -> dict[int, tuple[tuple[str, ...], bytes]]:
    """Host to the keys of what is remembered of it in *network*, and what that is, packed."""
    table = tables.Memory
    rows = connection.execute(
        select(table.host_id, table.keys, table.packed).where(table.network_id == network)
    )
    return {row.host_id: (tuple(row.keys.split(",")), bytes(row.packed)) for row in rows}


def save(
    connection: Connection,
    network: int,
    told: Mapping[int, tuple[tuple[str, ...], bytes]],
    now: datetime,
) -> None:
    """Remember *told* of the hosts of *network*, in the place of what was remembered."""
    rows = [
        {
            "network_id": network,
            "host_id": host_id,
            "keys": ",".join(keys),
            "packed": packed,
            "made_at": now,
        }
        for host_id, (keys, packed) in sorted(told.items())
    ]
    upsert(
        connection,
        tables.Memory,
        rows,
        key=["network_id", "host_id"],
        update=["keys", "packed", "made_at"],
    )
