"""Looking before and after, and the way back: what a delivery would change, what changed between
two; an earlier one's entries once more; feeds that are held."""

from dataclasses import replace
from datetime import datetime
from pathlib import Path

from sqlalchemy import Engine

from mirrorhunt.config import Config
from mirrorhunt.delivering import delta, gate, snapshots
from mirrorhunt.delivering.choosing import Chosen
from mirrorhunt.delivering.files import Change
from mirrorhunt.delivering.gate import Refusal
from mirrorhunt.delivering.releasing import Outcome, Say, deliver
from mirrorhunt.delivering.snapshots import Order
from mirrorhunt.errors import InputError, UnknownNameError
from mirrorhunt.feeds import Feed
from mirrorhunt.protecting import Keep
from mirrorhunt.store import deliveries
from mirrorhunt.store.deliveries import Delivery, Held
from mirrorhunt.store.session import reading, storing


def preview(
    engine: Engine, keep: Keep, feed: Feed, now: datetime, folder: Path
) -> tuple[Chosen, list[Change], list[Refusal]]:
    """What a delivery of *feed* would have, change and be refused for; nothing is written but in
    *folder*."""
    order = Order("", now)
    with storing(), reading(engine) as connection:
        latest = deliveries.latest(connection, feed.name)
        chosen = snapshots.take(connection, keep, feed, order, folder)
        changes = list(delta.find(connection, keep, feed, chosen, order))
        return chosen, changes, gate.refusals(feed, chosen, keep, now, latest)


def rollback(
    engine: Engine,
    config: Config,
    keep: Keep,
    feed: Feed,
    serial: int,
    order: Order,
    say: Say,
) -> Outcome:
    """Publish the entries of the delivery *serial* once more, under a new serial, and hold the
    feed, or the next delivery would bring back what was wrong with the last.

    What has expired, is protected or rejected, or in other hands since, stays out. Raises
    InputError without a reason, UnknownNameError for a delivery that was never made.
    """
    if not order.because.strip():
        raise InputError("to roll back takes a reason: others will ask")
    with storing(), reading(engine) as connection:
        found = deliveries.find(connection, feed.name, serial)
        latest = deliveries.latest(connection, feed.name)
    if found is None:
        raise UnknownNameError(
            f"feed {feed.name!r} has no delivery {serial}: `mirrorhunt feed log {feed.name}` has "
            "all"
        )
    if latest is not None and latest.id == found.id:
        raise InputError(f"delivery {serial} is the one that stands: name an earlier one")
    return deliver(engine, config, keep, feed, replace(order, restores=found), say)


def set_held(engine: Engine, feed: Feed, hold: Held | None, now: datetime) -> None:
    """Hold *feed* from delivering, or let it go on."""
    with storing(), engine.begin() as connection:
        feed_id = deliveries.feed_id(connection, feed.name, now)
        deliveries.set_held(connection, feed_id, hold)


def between(engine: Engine, feed: Feed, first: Delivery, last: Delivery) -> list[Change]:
    """What *last* has otherwise than *first*: withdrawals with their reasons, then what is new."""
    with storing(), reading(engine) as connection:
        feed_id = deliveries.find_feed_id(connection, feed.name)
        if feed_id is None:
            return []
        before = {e.host: e for e in deliveries.entries(connection, feed_id, first.id)}
        after = {e.host: e for e in deliveries.entries(connection, feed_id, last.id)}
        why = deliveries.reasons_until(connection, feed_id, last.id)
    gone = [
        Change("withdraw", host, e.scope, e.network, None, *why.get(host, ("", "")))
        for host, e in before.items()
        if host not in after
    ]
    new = [
        Change("change" if host in before else "add", host, e.scope, e.network, e.valid_until)
        for host, e in after.items()
        if host not in before or before[host].since_id != e.since_id
    ]
    return [*gone, *new]
