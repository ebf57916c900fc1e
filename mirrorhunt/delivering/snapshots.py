"""What a delivery starts from: the rows that stand now, or those of an earlier delivery."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from sqlalchemy import Connection

from mirrorhunt import publishing
from mirrorhunt.delivering import gate
from mirrorhunt.delivering.choosing import Chosen, choose
from mirrorhunt.exports import Row
from mirrorhunt.feeds import Feed
from mirrorhunt.model import Verdict
from mirrorhunt.protecting import Keep
from mirrorhunt.store import deliveries, hosts
from mirrorhunt.store._upsert import batched
from mirrorhunt.store.deliveries import Delivery, Entry


@dataclass(frozen=True, slots=True)
class Order:
    """Who asks for a delivery, and what more than the plain one."""

    author: str
    now: datetime
    force_because: str = ""
    """Deliver past the bounds of size, for this reason; empty: not."""
    restores: Delivery | None = None
    """Bring this one's entries back, and hold the feed."""
    because: str = ""
    """Why it is brought back."""


def take(connection: Connection, keep: Keep, feed: Feed, order: Order, spool: Path) -> Chosen:
    """What *feed* has by *order*, beside what stands, in files in *spool*.

    Raises UnknownNameError for a network that there is not.
    """
    found = (
        _snapshot(connection, keep, feed, order.now)
        if order.restores is None
        else _restored(connection, keep, feed, order)
    )
    if feed.unsigned == "leave_out":
        found = ((id_, row) for id_, row in found if not gate.is_unsigned(row, keep))
    feed_id = deliveries.find_feed_id(connection, feed.name)
    stands: Iterable[Entry] = () if feed_id is None else deliveries.entries(connection, feed_id)
    return choose(found, stands, spool)


def _snapshot(
    connection: Connection, keep: Keep, feed: Feed, now: datetime
) -> Iterator[tuple[int, Row]]:
    ends_at = feed.ends_at
    if ends_at is not None and ends_at <= now:
        return
    for network in feed.networks:
        hosts.find_network_id(connection, network)
    for id_, row in publishing.chosen(
        connection,
        keep,
        networks=feed.networks,
        at_least=Verdict(feed.verdict),
        valid_days=feed.valid_days,
        states=feed.states,
        now=now,
        seen_from=feed.seen_from,
    ):
        if ends_at is not None and row.valid_until is not None and row.valid_until > ends_at:
            yield id_, replace(row, valid_until=ends_at)
        else:
            yield id_, row


def _restored(
    connection: Connection, keep: Keep, feed: Feed, order: Order
) -> Iterator[tuple[int, Row]]:
    """The entries of an earlier delivery that may still stand: not expired, and nothing that was
    taken back because it is somebody else's now, or a person said no."""
    assert order.restores is not None
    feed_id = deliveries.find_feed_id(connection, feed.name)
    assert feed_id is not None
    for batch in batched(
        deliveries.entries(connection, feed_id, order.restores.id), publishing.ENRICH_ROWS
    ):
        ids = deliveries.current_verdicts(connection, ((e.host, e.network) for e in batch))
        gone = publishing.why_gone(
            connection,
            keep,
            [e.host for e in batch],
            networks=feed.networks,
            at_least=Verdict(feed.verdict),
            valid_days=feed.valid_days,
            states=feed.states,
            now=order.now,
        )
        for entry in batch:
            reason, _ = gone.get(entry.host, ("", ""))
            id_ = ids.get((entry.host, entry.network))
            if id_ is None or keep.is_out(entry.host) or entry.valid_until <= order.now:
                continue
            if reason in publishing.FOR_GOOD:
                continue
            yield id_, _row_of(entry)


def _row_of(entry: Entry) -> Row:
    return Row(
        host=entry.host,
        registrable_domain=entry.registrable_domain,
        scope=entry.scope,
        network=entry.network,
        relation=entry.relation,
        verdict=entry.verdict,
        score_bits=entry.score_bits,
        availability=entry.availability,
        first_seen=entry.first_seen,
        last_verified=entry.last_verified,
        valid_until=entry.valid_until,
        techniques=(),
        evidence=(),
        reviewed_by=entry.reviewed_by,
    )


@dataclass(frozen=True, slots=True)
class Rows:
    """The rows of a snapshot, without reasons, as often as it takes."""

    chosen: Chosen

    def __iter__(self) -> Iterator[Row]:
        return (row for _, row in self.chosen.rows())


@dataclass(frozen=True, slots=True)
class RowsWithReasons:
    """The rows of a snapshot with techniques and evidence, as often as it takes."""

    chosen: Chosen
    connection: Connection

    def __iter__(self) -> Iterator[Row]:
        for batch in batched(self.chosen.rows(), publishing.ENRICH_ROWS):
            yield from publishing.with_reasons(self.connection, batch)
