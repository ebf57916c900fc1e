"""What was learned from reviews: each set of numbers is kept, the newest is in force."""

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, insert, select

from mirrorhunt.policy import DEFAULT, Policy
from mirrorhunt.store import tables


def current(connection: Connection) -> Policy:
    """The policy in force: the newest that was learned, or the shipped one."""
    table = tables.Calibration
    row = connection.execute(
        select(table.version, table.numbers).order_by(table.id.desc()).limit(1)
    ).first()
    return DEFAULT if row is None else _policy(row.version, row.numbers)


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
    return Policy(
        version=version,
        channel_bits=numbers["channel_bits"],
        kind_bits=numbers["kind_bits"],
        group_slopes=numbers["group_slopes"],
        intercept_bits=numbers["intercept_bits"],
    )
