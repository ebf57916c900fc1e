"""What the archive holds of hosts: rows that name its files, and what they may be dropped by."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import astuple, dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, Select, delete, func, insert, select, update

from mirrorhunt.model import Availability, Verdict
from mirrorhunt.rendering import Capture, CapturedFile
from mirrorhunt.store import tables
from mirrorhunt.store._upsert import chunks

CANDIDATE = "candidate"
"""The reason of a capture whose host is not judged yet."""
_STEP_ROWS = 1000


@dataclass(frozen=True, slots=True)
class StoredCapture:
    """A capture, and whose it is."""

    id: int
    host: str
    run_id: int | None
    capture: Capture


def record(connection: Connection, run: int | None, host_id: int, capture: Capture) -> int:
    """Write down that *capture* was taken of a host; its files must be in the vault already.

    Returns the id of the row.
    """
    values = {
        "host_id": host_id,
        "run_id": run,
        "at": capture.at,
        "vantage": capture.vantage,
        "path": capture.path,
        "reason": capture.reason,
        "availability": capture.availability,
        "final_url": capture.final_url,
        "files": [list(astuple(file)) for file in capture.files],
        "tool": capture.tool,
        "author": capture.author,
        "note": capture.note,
    }
    made = insert(tables.Capture).values(**values).returning(tables.Capture.id)
    return connection.execute(made).scalar_one()


def of_host(connection: Connection, host: str) -> list[StoredCapture]:
    """What is kept of *host*, newest first."""
    table = tables.Capture
    rows = connection.execute(
        _whole().where(tables.Host.name == host).order_by(table.at.desc(), table.id.desc())
    )
    return [_stored(row) for row in rows]


def everything(connection: Connection) -> Iterator[StoredCapture]:
    """All captures, in the order they were written down."""
    last = 0
    while True:
        rows = connection.execute(
            _whole().where(tables.Capture.id > last).order_by(tables.Capture.id).limit(_STEP_ROWS)
        ).all()
        if not rows:
            return
        yield from map(_stored, rows)
        last = rows[-1].id


def count(connection: Connection) -> int:
    """How many captures there are."""
    return connection.execute(select(func.count()).select_from(tables.Capture)).scalar_one()


def named(connection: Connection, among: Collection[str] | None = None) -> set[str]:
    """The digests that any capture names; only those of *among*, where it is given."""
    if among is not None and not among:
        return set()
    found: set[str] = set()
    last = 0
    table = tables.Capture
    while True:
        rows = connection.execute(
            select(table.id, table.files)
            .where(table.id > last)
            .order_by(table.id)
            .limit(_STEP_ROWS)
        ).all()
        if not rows:
            return found
        digests = (file[1] for row in rows for file in row.files)
        found.update(d for d in digests if among is None or d in among)
        last = rows[-1].id


def remove(connection: Connection, ids: Collection[int]) -> None:
    """Take the rows of *ids* away. The files are the vault's, and go after the commit."""
    for chunk in chunks(sorted(ids)):
        connection.execute(delete(tables.Capture).where(tables.Capture.id.in_(chunk)))


def _whole() -> Select[Any]:
    return select(tables.Capture.__table__, tables.Host.name.label("host")).join(
        tables.Host, tables.Host.id == tables.Capture.host_id
    )


def _stored(row: Row[Any]) -> StoredCapture:
    capture = Capture(
        files=tuple(CapturedFile(*file) for file in row.files),
        at=row.at,
        vantage=row.vantage,
        path=row.path,
        reason=row.reason,
        availability=row.availability,
        final_url=row.final_url,
        tool=row.tool,
        author=row.author,
        note=row.note,
    )
    return StoredCapture(row.id, row.host, row.run_id, capture)


# ---------------------------------------------------------------- why, and for how long


def standings(connection: Connection, network: int) -> dict[str, str]:
    """What hosts stand as in *network*: ``seed``, ``confirmed`` or ``probable``."""
    host, verdict, seed = tables.Host, tables.Verdict, tables.Seed
    rows = connection.execute(
        select(host.name, verdict.verdict)
        .join(verdict, verdict.host_id == host.id)
        .where(verdict.network_id == network, verdict.is_current, verdict.verdict.in_(_STANDING))
    )
    found = {row.name: row.verdict for row in rows}
    seeds = connection.execute(
        select(host.name).join(seed, seed.host_id == host.id).where(seed.network_id == network)
    ).scalars()
    return found | dict.fromkeys(seeds, "seed")


_STANDING = (Verdict.CONFIRMED.value, Verdict.PROBABLE.value)


def states_in(connection: Connection, network: int) -> dict[str, Availability]:
    """The states of those hosts of *network* that were looked at before."""
    host, candidate, seed = tables.Host, tables.Candidate, tables.Seed
    proposed = select(candidate.host_id).where(candidate.network_id == network)
    given = select(seed.host_id).where(seed.network_id == network)
    rows = connection.execute(
        select(host.name, host.availability).where(
            host.id.in_(proposed.union(given)), host.availability_since.is_not(None)
        )
    )
    return {row.name: Availability(row.availability) for row in rows}


def unjudged(connection: Connection, network: int | None) -> list[StoredCapture]:
    """The captures that wait for the end of a run on *network*; None: of runs that ended."""
    run = tables.Run
    of = run.finished_at.is_not(None) if network is None else run.network_id == network
    rows = connection.execute(
        _whole()
        .join(run, run.id == tables.Capture.run_id)
        .where(tables.Capture.reason == CANDIDATE, of)
        .order_by(tables.Capture.id)
    )
    return [_stored(row) for row in rows]


def stand_anywhere(connection: Connection, hosts: Collection[str]) -> dict[str, str]:
    """What each of *hosts* stands as in any network."""
    host, verdict, seed = tables.Host, tables.Verdict, tables.Seed
    found: dict[str, str] = {}
    for chunk in chunks(sorted(set(hosts))):
        rows = connection.execute(
            select(host.name, func.min(verdict.verdict).label("word"))
            .join(verdict, verdict.host_id == host.id)
            .where(host.name.in_(chunk), verdict.is_current, verdict.verdict.in_(_STANDING))
            .group_by(host.name)
        )
        # Of the two words the stronger comes first in the alphabet.
        found.update((row.name, row.word) for row in rows)
        seeds = connection.execute(
            select(host.name).join(seed, seed.host_id == host.id).where(host.name.in_(chunk))
        ).scalars()
        found.update(dict.fromkeys(seeds, "seed"))
    return found


def give_reasons(connection: Connection, reasons: Mapping[int, str]) -> None:
    """Note why captures are kept after all."""
    by_reason: dict[str, list[int]] = {}
    for id_, reason in reasons.items():
        by_reason.setdefault(reason, []).append(id_)
    for reason, ids in by_reason.items():
        for chunk in chunks(sorted(ids)):
            connection.execute(
                update(tables.Capture).where(tables.Capture.id.in_(chunk)).values(reason=reason)
            )


def relied_on(connection: Connection) -> set[int]:
    """The captures that a decision may rest on: of each host the last from each vantage before
    each review, with a picture and without."""
    table, review = tables.Capture, tables.Review
    decided: dict[int, list[datetime]] = {}
    for row in connection.execute(select(review.host_id, review.at)):
        decided.setdefault(row.host_id, []).append(row.at)
    kept: set[int] = set()
    for chunk in chunks(sorted(decided)):
        rows = connection.execute(
            select(table.id, table.host_id, table.vantage, table.path, table.at)
            .where(table.host_id.in_(chunk))
            .order_by(table.at, table.id)
        ).all()
        for at, host_id in ((at, id_) for id_ in chunk for at in decided[id_]):
            last = {
                (row.vantage, row.path): row.id
                for row in rows
                if row.host_id == host_id and row.at <= at
            }
            kept.update(last.values())
    return kept


def older_than(connection: Connection, instant: datetime) -> list[StoredCapture]:
    """The captures of looks before *instant*, oldest first."""
    table = tables.Capture
    rows = connection.execute(_whole().where(table.at < instant).order_by(table.at, table.id))
    return [_stored(row) for row in rows]
