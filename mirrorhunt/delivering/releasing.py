"""Deliver a feed, in order: finish what a crash left, choose, ask the gate, write, have the ledger
decide, let ``current`` name it."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine

from mirrorhunt.config import Config
from mirrorhunt.delivering import delta, files, gate, placing, signing, snapshots
from mirrorhunt.delivering.choosing import Chosen
from mirrorhunt.delivering.delta import Delta
from mirrorhunt.delivering.gate import Refusal
from mirrorhunt.delivering.snapshots import Order
from mirrorhunt.errors import BoundsError, InputError
from mirrorhunt.exports import About, Row
from mirrorhunt.feeds import Feed
from mirrorhunt.protecting import Keep
from mirrorhunt.store import deliveries
from mirrorhunt.store.deliveries import CHANGED, Delivery, Held
from mirrorhunt.store.session import reading, storing

MAX_SERIAL = 2**32 - 1
"""RFC 1035 §3.3.13: a zone's serial has 32 bits."""

Say = Callable[[str], None]
"""Told what is being done, in a word or two."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of it."""

    feed: str
    serial: int
    """Of what stands now."""
    is_new: bool
    """False where nothing has changed since the delivery that stands."""
    chosen: Chosen
    folder: Path
    parts: tuple[dict[str, Any], ...]
    """What the manifest says of each format."""
    forced: tuple[Refusal, ...]
    """What refused it, and was overruled."""


def deliver(
    engine: Engine, config: Config, keep: Keep, feed: Feed, order: Order, say: Say
) -> Outcome:
    """Publish *feed* as it stands now, whole or not at all.

    Raises BoundsError where the gate refuses, LockedError where another delivery is being made,
    InputError where the destination cannot be written.
    """
    chosen_formats = files.checked_formats(feed)
    folder = feed.folder
    with placing.locked(folder):
        latest = recover(engine, feed, order.now)
        if order.restores is None:
            _refuse_held(engine, feed)
        with placing.staged(folder) as staging, placing.staged(folder) as spool:
            with storing(), reading(engine) as connection, placing.writing(folder):
                say("choosing")
                chosen = snapshots.take(connection, keep, feed, order, spool)
                forced = _ask_gate(feed, chosen, keep, order, latest)
                digest = _digest(chosen, config, feed)
                if latest is not None and digest == latest.digest and order.restores is None:
                    return _unchanged(feed, latest, chosen)
                order = replace(order, force_because=order.force_because if forced else "")
                changes = delta.find(connection, keep, feed, chosen, order)
                about = _about(connection, config, feed, order.now, latest, changes)
                parts = files.write_formats(
                    _told(chosen_formats, say),
                    snapshots.Rows(chosen),
                    snapshots.RowsWithReasons(chosen, connection),
                    about,
                    staging,
                )
                manifest = _write_rest(staging, feed, about, chosen, latest, parts, changes, order)
            with placing.writing(folder):
                place = placing.complete(folder, staging, about.serial)
            say("writing the ledger")
            values = {
                "serial": about.serial,
                "at": order.now,
                "author": order.author,
                "digest": digest,
                "manifest_digest": sha256(manifest).hexdigest(),
                "files": parts,
            }
            with storing(), engine.begin() as connection:
                delivery_id = _enter(connection, feed, order, chosen, changes, values)
        _place(engine, feed, about.serial, delivery_id, order.now)
        placing.prune(folder, feed.keep_deliveries)
    return Outcome(feed.name, about.serial, True, chosen, place, tuple(parts), forced)


def recover(engine: Engine, feed: Feed, now: datetime) -> Delivery | None:
    """Finish what a killed run had decided, and clear away what it had not; returns the delivery
    that stands by the ledger.

    The folder has to be locked. Raises InputError where it cannot be written.
    """
    with storing(), reading(engine) as connection:
        all_of_them = deliveries.log(connection, feed.name)
    with placing.writing(feed.folder):
        placing.sweep(feed.folder, frozenset(d.serial for d in all_of_them))
    if not all_of_them:
        return None
    latest, stands = all_of_them[0], placing.current(feed.folder)
    if stands is not None and stands > latest.serial:
        # The ledger is an older one, restored: what stands is not taken back to what it knows.
        return replace(latest, digest="")
    if stands != latest.serial or latest.placed_at is None:
        if not placing.of_serial(feed.folder, latest.serial).is_dir():
            # Another destination, or a lost disk: the next delivery replaces it, whatever it has.
            return replace(latest, digest="")
        _place(engine, feed, latest.serial, latest.id, now)
    return latest


def _place(engine: Engine, feed: Feed, serial: int, delivery_id: int, now: datetime) -> None:
    with placing.writing(feed.folder):
        placing.point(feed.folder, serial)
    with storing(), engine.begin() as connection:
        deliveries.set_placed(connection, delivery_id, now)


def _refuse_held(engine: Engine, feed: Feed) -> None:
    with storing(), reading(engine) as connection:
        hold = deliveries.held(connection, feed.name)
    if hold is not None:
        raise BoundsError(
            f"feed {feed.name!r} is held since {hold.at:%Y-%m-%d %H:%M} by {hold.by}: "
            f"{hold.because}; `mirrorhunt feed resume {feed.name} --reason ...` lets it go on"
        )


# ---------------------------------------------------------------- whether it may go out


def _ask_gate(
    feed: Feed, chosen: Chosen, keep: Keep, order: Order, latest: Delivery | None
) -> tuple[Refusal, ...]:
    found = gate.refusals(feed, chosen, keep, order.now, latest)
    may_force = bool(order.force_because) or order.restores is not None
    refusing = [r for r in found if not (may_force and r.is_forced)]
    if refusing:
        raise BoundsError(
            f"feed {feed.name!r} is not delivered, what stands still stands: "
            + "; ".join(str(refusal) for refusal in refusing)
        )
    return tuple(found)


def _unchanged(feed: Feed, latest: Delivery, chosen: Chosen) -> Outcome:
    place = placing.of_serial(feed.folder, latest.serial)
    parts = tuple(dict(part) for part in latest.files)
    return Outcome(feed.name, latest.serial, False, chosen, place, parts, ())


def _digest(chosen: Chosen, config: Config, feed: Feed) -> str:
    said = (chosen.digest, feed, config.publisher, config.contact)
    return sha256(repr(said).encode("utf-8", "replace")).hexdigest()


def _next_serial(latest: Delivery | None, current: int | None, now: datetime) -> int:
    """The time, or above all there ever were: the ledger may be an older one, restored."""
    serial = max(
        int(now.timestamp()), (latest.serial if latest else 0) + 1, (current if current else 0) + 1
    )
    if serial > MAX_SERIAL:
        raise InputError(
            f"serial {serial} does not fit a zone (RFC 1035): this machine's clock, or one "
            "before, was wrong; give the feed another name and destination"
        )
    return serial


def _about(
    connection: Connection,
    config: Config,
    feed: Feed,
    now: datetime,
    latest: Delivery | None,
    changes: Delta,
) -> About:
    return About(
        feed=feed.name,
        serial=_next_serial(latest, placing.current(feed.folder), now),
        at=now,
        valid_days=feed.valid_days,
        publisher=config.publisher,
        contact=config.contact,
        tlp=feed.tlp,
        order=feed.order,
        rpz_origin=feed.rpz_origin or f"rpz.{feed.name}",
        withdrawn=delta.withdrawn_of_late(connection, feed, now, changes),
    )


# ---------------------------------------------------------------- what is written


def _told(named: Iterable[tuple[str, Any]], say: Say) -> Iterator[tuple[str, Any]]:
    for name, format_ in named:
        say(f"writing {name}")
        yield name, format_


def _write_rest(
    staging: Path,
    feed: Feed,
    about: About,
    chosen: Chosen,
    latest: Delivery | None,
    parts: list[dict[str, Any]],
    changes: Delta,
    order: Order,
) -> bytes:
    beside = [
        files.write_delta(changes, staging),
        files.write_withdrawn(about.withdrawn, staging),
    ]
    manifest = files.manifest(
        feed,
        about,
        chosen,
        latest.serial if latest else None,
        parts,
        beside,
        restores=order.restores.serial if order.restores else None,
        because=order.because or order.force_because,
        author=order.author,
    )
    (staging / files.MANIFEST).write_bytes(manifest)
    if feed.sign_key:
        signature, _ = signing.sign(manifest, Path(feed.sign_key))
        (staging / files.SIGNATURE).write_bytes(signature)
    return manifest


def _enter(
    connection: Connection,
    feed: Feed,
    order: Order,
    chosen: Chosen,
    changes: Delta,
    values: dict[str, Any],
) -> int:
    """Write the delivery into the ledger, with all that it opens, closes and renews."""
    feed_id = deliveries.feed_id(connection, feed.name, order.now)
    delivery_id = deliveries.add(
        connection,
        feed_id,
        restores=order.restores.serial if order.restores else None,
        because=order.because or order.force_because,
        entries=chosen.entries,
        added=chosen.added,
        changed=chosen.changed,
        withdrawn=chosen.withdrawn,
        renewed=chosen.renewed,
        placed_at=None,
        **values,
    )
    reasons = {host: (reason, said) for host, (_, reason, said) in changes.withdrawn.items()}
    deliveries.close_entries(
        connection,
        delivery_id,
        (
            (id_, CHANGED, "") if is_changed else (id_, *reasons[host])
            for id_, host, is_changed in chosen.closed()
        ),
    )
    deliveries.open_entries(
        connection, feed_id, delivery_id, (_columns(row) for row in chosen.opened())
    )
    deliveries.renew_entries(
        connection,
        ({"entry": id_, **_renewed_columns(row)} for id_, row in chosen.renewals()),
    )
    if order.restores is not None:
        hold = Held(order.now, order.author, order.because)
        deliveries.set_held(connection, feed_id, hold)
    return delivery_id


def _columns(row: Row) -> dict[str, Any]:
    return {
        "host": row.host,
        "registrable_domain": row.registrable_domain,
        "scope": row.scope,
        "network": row.network,
        "relation": row.relation,
        "verdict": row.verdict,
        "first_seen": row.first_seen,
        **_renewed_columns(row),
    }


def _renewed_columns(row: Row) -> dict[str, Any]:
    return {
        "last_verified": row.last_verified,
        "valid_until": row.valid_until,
        "availability": row.availability,
        "score_bits": row.score_bits,
        "reviewed_by": ",".join(row.reviewed_by),
    }
