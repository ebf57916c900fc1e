"""What was delivered: `mirrorhunt feed log`, `diff` and `rollback`."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated

import typer
from sqlalchemy import Engine

from mirrorhunt import feeds
from mirrorhunt.cli._context import Context
from mirrorhunt.cli._deciding import AsJson, Author, author_of
from mirrorhunt.cli._feed_talk import saying, show_changes, show_outcome
from mirrorhunt.cli._output import as_json as print_json
from mirrorhunt.cli._output import table, talk
from mirrorhunt.delivering import placing, releasing, returning
from mirrorhunt.delivering.snapshots import Order
from mirrorhunt.errors import UnknownNameError
from mirrorhunt.feeds import Feed
from mirrorhunt.store import deliveries
from mirrorhunt.store.deliveries import Delivery
from mirrorhunt.store.session import reading, storing

SHOWN_DELIVERIES = 20

Name = Annotated[str, typer.Argument(metavar="NAME", help="A feed of mirrorhunt.toml.")]
Reason = Annotated[
    str, typer.Option("--reason", metavar="TEXT", help="Why, for whoever asks; kept for good.")
]


def log(
    context: typer.Context,
    name: Name,
    limit: Annotated[int, typer.Option(metavar="N", help="The newest N.")] = SHOWN_DELIVERIES,
    as_json: AsJson = False,
) -> None:
    """Show the deliveries of NAME, the newest first: what each had, who made it, what was forced.

    What a killed run had decided and not placed is placed first.
    """
    base: Context = context.obj
    engine = base.engine()
    feed = feeds.find(base.config.feeds, name)
    if feed.folder.is_dir():
        with placing.locked(feed.folder):
            releasing.recover(engine, feed, base.now())
    with storing(), reading(engine) as connection:
        found = deliveries.log(connection, feed.name, limit)
    stands = placing.current(feed.folder)
    if as_json:
        for d in found:
            print_json({**asdict(d), "stands": d.serial == stands})
        return
    table(
        ("serial", "at", "entries", "added", "changed", "taken back", "renewed", "by", "notes"),
        [
            (
                f"{d.serial}{' <' if d.serial == stands else ''}",
                f"{d.at:%Y-%m-%d %H:%M}",
                str(d.entries),
                str(d.added),
                str(d.changed),
                str(d.withdrawn),
                str(d.renewed),
                d.author,
                _notes(d),
            )
            for d in found
        ],
    )


def _notes(d: Delivery) -> str:
    if d.restores is not None:
        return f"brings back {d.restores}: {d.because}"
    return f"forced: {d.because}" if d.because else ""


def diff(
    context: typer.Context,
    name: Name,
    first: Annotated[
        int | None,
        typer.Argument(metavar="SERIAL", help="From this delivery; else the last but one."),
    ] = None,
    last: Annotated[
        int | None, typer.Argument(metavar="SERIAL", help="To this one; else the last.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Show what changed between two deliveries of NAME, with the reason of each withdrawal."""
    base: Context = context.obj
    engine = base.engine()
    feed = feeds.find(base.config.feeds, name)
    found = [_delivery(engine, feed, serial, back) for serial, back in ((first, 1), (last, 0))]
    changes = returning.between(engine, feed, *found)
    if as_json:
        for change in changes:
            print_json(asdict(change))
        return
    show_changes(changes)
    talk(f"{len(changes)} changes from {found[0].serial} to {found[1].serial}")


def _delivery(engine: Engine, feed: Feed, serial: int | None, back: int) -> Delivery:
    with storing(), reading(engine) as connection:
        if serial is not None:
            found = deliveries.find(connection, feed.name, serial)
        else:
            found = next(iter(deliveries.log(connection, feed.name)[back:]), None)
    if found is None:
        said = f"delivery {serial}" if serial is not None else f"{back + 1} deliveries"
        raise UnknownNameError(
            f"feed {feed.name!r} has no {said}: `mirrorhunt feed log {feed.name}` has all"
        )
    return found


def rollback(
    context: typer.Context,
    name: Name,
    serial: Annotated[int, typer.Argument(metavar="SERIAL", help="Of an earlier delivery.")],
    reason: Reason,
    author: Author = None,
    as_json: AsJson = False,
) -> None:
    """Publish the entries of an earlier delivery once more, and hold the feed.

    What has expired since, is protected or rejected, or in other hands, does not come back. The
    feed is held, or the next delivery would bring back what was wrong: `feed resume` lets it go.

    Example: mirrorhunt feed rollback isp 1795464000 --reason "wrong network in the config"
    """
    base: Context = context.obj
    engine = base.engine()
    feed = feeds.find(base.config.feeds, name)
    order = Order(author_of(base, author), base.now(), because=reason.strip())
    with saying(feed.name) as say:
        outcome = returning.rollback(
            engine, base.config, base.keep(engine), feed, serial, order, say
        )
    show_outcome(outcome, as_json=as_json)
    talk(f"{feed.name} is held: `mirrorhunt feed resume {feed.name} --reason ...` lets it go on")
