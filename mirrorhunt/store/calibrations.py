"""What was learned from reviews: each set of numbers is kept, the newest is in force."""

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, insert, select

from mirrorhunt.policy import DEFAULT, SHIPPED, Policy
from mirrorhunt.store import tables


def current(connection: Connection) -> Policy:
    """The policy in force: the newest that was learned, or the shipped one."""
    table = tables.Calibration
    row = connection.execute(
        select(table.version, table.numbers).order_by(table.id.desc()).limit(1)
    ).first()
    return DEFAULT if row is None else _policy(row.version, row.numbers)


def every(connection: Connection) -> dict[str, Policy]:
    """All policies that were ever in force, by version."""
    table = tables.Calibration
    rows = connection.execute(select(table.version, table.numbers).order_by(table.id))
    return {row.version: _policy(row.version, row.numbers) for row in rows if row.numbers}


def free_version(connection: Connection, count: int) -> str:
    """A version for what *count* decisions teach, that no policy had."""
    taken = set(connection.execute(select(tables.Calibration.version)).scalars())
    first = f"{SHIPPED}+{count}"
    if first not in taken:
        return first
    again = 2
    while f"{first}.{again}" in taken:
        again += 1
    return f"{first}.{again}"


def forget(connection: Connection, now: datetime) -> None:
    """Put the shipped policy in force again; what was learned stays on record."""
    connection.execute(
        insert(tables.Calibration).values(
            version=free_version(connection, 0), made_at=now, decisions=0, numbers={}
        )
    )


def add(connection: Connection, policy: Policy, decisions: int, now: datetime) -> None:
    """Put *policy*, learned from so many *decisions*, in force."""
    connection.execute(
        insert(tables.Calibration).values(
            version=policy.version,
            made_at=now,
            decisions=decisions,
            numbers={
                "channel_bits": dict(policy.channel_bits),
                "kind_bits": dict(policy.kind_bits),
                "group_slopes": dict(policy.group_slopes),
                "intercept_bits": policy.intercept_bits,
            },
        )
    )


def _policy(version: str, numbers: dict[str, Any]) -> Policy:
    if not numbers:
        return DEFAULT
    return Policy(
        version=version,
        channel_bits=numbers["channel_bits"],
        kind_bits=numbers["kind_bits"],
        group_slopes=numbers["group_slopes"],
        intercept_bits=numbers["intercept_bits"],
    )
