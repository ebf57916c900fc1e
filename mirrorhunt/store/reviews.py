"""Reviews: what people decided. Rows are added, never changed."""

import secrets
from collections import defaultdict
from collections.abc import Collection
from datetime import datetime

from sqlalchemy import Connection, func, insert, select

from mirrorhunt.decisions import Decision, Review
from mirrorhunt.store import tables
from mirrorhunt.store._upsert import upsert
from mirrorhunt.store.findings import evidence_of

_SALT = "audit_salt"


def of_network(
    connection: Connection, network: int, host_ids: Collection[int] | None = None
) -> dict[int, list[Review]]:
    """The reviews in *network* by host, oldest first, with the evidence that was seen."""
    table = tables.Review
    query = select(table.__table__).where(table.network_id == network).order_by(table.id)
    if host_ids is not None:
        query = query.where(table.host_id.in_(host_ids))
    rows = connection.execute(query).all()
    seen = evidence_of(connection, sorted({row.verdict_id for row in rows if row.verdict_id}))
    found: dict[int, list[Review]] = defaultdict(list)
    for row in rows:
        found[row.host_id].append(
            Review(
                id=row.id,
                decision=Decision(row.decision),
                author=row.author,
                reason=row.reason,
                at=row.at,
                digest=row.digest,
                seen=tuple(seen.get(row.verdict_id, ())),
                role=row.role,
                drawn=row.drawn,
                undoes=row.undoes_id,
            )
        )
    return dict(found)


def add(
    connection: Connection,
    network: int,
    host_id: int,
    review: Review,
    verdict_id: int | None,
) -> int:
    """Write *review* down, whatever its ``id`` is; returns the id that it has."""
    return connection.execute(
        insert(tables.Review)
        .values(
            network_id=network,
            host_id=host_id,
            decision=review.decision.value,
            role=review.role,
            reason=review.reason,
            author=review.author,
            at=review.at,
            verdict_id=verdict_id,
            digest=review.digest,
            drawn=review.drawn,
            undoes_id=review.undoes,
        )
        .returning(tables.Review.id)
    ).scalar_one()


def latest_at(connection: Connection) -> datetime | None:
    """When the last review was made; None if there is none."""
    return connection.execute(select(func.max(tables.Review.at))).scalar()


def salt(connection: Connection) -> str:
    """What draws the audited sample: made once, known to this database alone.

    Whoever could tell beforehand which hosts a person will be shown by chance could behave well
    on those.
    """
    upsert(
        connection,
        tables.Secret,
        [{"name": _SALT, "value": secrets.token_hex(16)}],
        key=["name"],
    )
    table = tables.Secret
    return connection.execute(select(table.value).where(table.name == _SALT)).scalar_one()
