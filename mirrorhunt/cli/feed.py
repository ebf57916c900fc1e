"""`mirrorhunt feed`: named, bounded, recorded deliveries, and the way back."""

from __future__ import annotations

import tempfile
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

import typer

from mirrorhunt import feeds
from mirrorhunt.cli._context import Context
from mirrorhunt.cli._deciding import AsJson, Author, author_of
from mirrorhunt.cli._feed_history import Name, Reason, diff, log, rollback
from mirrorhunt.cli._feed_talk import saying, show_changes, show_outcome
from mirrorhunt.cli._output import as_json as print_json
from mirrorhunt.cli._output import table, talk
from mirrorhunt.delivering import placing, releasing, returning, signing, verifying
from mirrorhunt.delivering.snapshots import Order
from mirrorhunt.errors import BoundsError, InputError, MirrorhuntError
from mirrorhunt.store import deliveries
from mirrorhunt.store.deliveries import Held
from mirrorhunt.store.session import reading, storing


def add_to(app: typer.Typer) -> None:
    """Add the commands."""
    group = typer.Typer(
        help=(
            "Publish feeds that servers load, take names back, and know what was published.\n\n"
            "A feed is a [feeds.NAME] table in mirrorhunt.toml. A delivery is a folder that is "
            "written whole or not at all; DESTINATION/current names the one that stands."
        )
    )
    group.command("list")(list_)
    for command in (check, deliver, log, diff, rollback, hold, resume, verify, key):
        group.command()(command)
    app.add_typer(group, name="feed", no_args_is_help=True)


def list_(context: typer.Context, as_json: AsJson = False) -> None:
    """Show the feeds, what stands of each, and until when."""
    base: Context = context.obj
    engine = base.engine()
    now = base.now()
    shown = []
    for feed in base.config.feeds:
        with storing(), reading(engine) as connection:
            latest = deliveries.latest(connection, feed.name)
            held = deliveries.held(connection, feed.name)
        age_h = (now - latest.at).total_seconds() / 3600 if latest else None
        shown.append(
            {
                "feed": feed.name,
                "serial": latest.serial if latest else None,
                "placed": placing.current(feed.folder),
                "entries": latest.entries if latest else None,
                "age_hours": round(age_h, 1) if age_h is not None else None,
                "held_because": held.because if held else "",
                "formats": list(feed.formats),
                "destination": feed.destination,
            }
        )
    if as_json:
        for one in shown:
            print_json(one)
        return
    if not shown:
        talk("no feed is configured: describe one as [feeds.NAME] in mirrorhunt.toml")
        return
    table(
        ("feed", "serial", "entries", "hours old", "stands", "formats", "destination"),
        [
            (
                str(one["feed"]),
                _or_dash(one["serial"]),
                _or_dash(one["entries"]),
                _or_dash(one["age_hours"]),
                _standing(one),
                " ".join(one["formats"]),  # type: ignore[arg-type]  # A list of texts, above.
                str(one["destination"]),
            )
            for one in shown
        ],
    )


def _standing(one: dict[str, Any]) -> str:
    if one["held_because"]:
        return f"held: {one['held_because']}"
    if one["serial"] is None:
        return "never delivered"
    return "yes" if one["serial"] == one["placed"] else "not placed: deliver once more"


def _or_dash(value: object) -> str:
    return "-" if value is None else str(value)


def check(context: typer.Context, name: Name, as_json: AsJson = False) -> None:
    """Show what a delivery of NAME would change, and what would refuse it; writes nothing.

    Exit code 3 where it would be refused.
    """
    base: Context = context.obj
    engine = base.engine()
    feed = feeds.find(base.config.feeds, name)
    with tempfile.TemporaryDirectory() as folder:
        chosen, changes, refusals = returning.preview(
            engine, base.keep(engine), feed, base.now(), Path(folder)
        )
    if as_json:
        print_json(
            {
                "feed": feed.name,
                "entries": chosen.entries,
                "changes": [asdict(change) for change in changes],
                "refusals": [asdict(refusal) for refusal in refusals],
            }
        )
    else:
        show_changes(changes)
        talk(
            f"{chosen.entries} entries; {chosen.added} to add, {chosen.changed} to change, "
            f"{chosen.withdrawn} to take back, {chosen.renewed} renewed"
        )
    if refusals:
        said = "; ".join(str(refusal) for refusal in refusals)
        raise BoundsError(f"feed {feed.name!r} would not be delivered: {said}")


def deliver(
    context: typer.Context,
    names: Annotated[
        list[str] | None, typer.Argument(metavar="NAME", help="Feeds of mirrorhunt.toml.")
    ] = None,
    all_feeds: Annotated[bool, typer.Option("--all", help="All that are configured.")] = False,
    force: Annotated[
        bool, typer.Option("--force", help="Past the bounds of size; takes --reason.")
    ] = False,
    reason: Annotated[
        str, typer.Option(metavar="TEXT", help="Why it is forced; kept for good.")
    ] = "",
    author: Author = None,
    as_json: AsJson = False,
) -> None:
    """Publish feeds as they stand now, each whole or not at all.

    Where nothing has changed, nothing is written. A delivery outside the bounds of its feed is
    refused with exit code 3, and what stood still stands; --force overrules bounds of size, and
    nothing else.

    Example, for cron: mirrorhunt feed deliver --all
    """
    base: Context = context.obj
    if force != bool(reason.strip()):
        raise InputError("--force takes --reason TEXT, and a reason is for --force alone")
    if all_feeds == bool(names):
        raise InputError("name feeds, or say --all: `mirrorhunt feed list` shows them")
    wanted = (
        base.config.feeds if all_feeds else [feeds.find(base.config.feeds, n) for n in names or ()]
    )
    if not wanted:
        raise InputError("no feed is configured: describe one as [feeds.NAME] in mirrorhunt.toml")
    engine = base.engine()
    keep, by = base.keep(engine), author_of(base, author)
    failures: list[MirrorhuntError] = []
    for feed in wanted:
        try:
            with saying(feed.name) as say:
                order = Order(by, base.now(), force_because=reason.strip())
                outcome = releasing.deliver(engine, base.config, keep, feed, order, say)
            show_outcome(outcome, as_json=as_json)
        except MirrorhuntError as e:
            # One feed that is refused keeps no other from its readers.
            failures.append(e)
    for failure in failures[:-1]:
        talk(f"mirrorhunt: {failure}", "red")
    if failures:
        raise failures[-1]


def hold(context: typer.Context, name: Name, reason: Reason, author: Author = None) -> None:
    """Deliver nothing of NAME until `feed resume`; what stands stays until it expires."""
    base: Context = context.obj
    engine = base.engine()
    feed = feeds.find(base.config.feeds, name)
    if not reason.strip():
        raise InputError("to hold a feed takes a reason: others will ask")
    returning.set_held(
        engine, feed, Held(base.now(), author_of(base, author), reason.strip()), base.now()
    )
    talk(f"{feed.name} is held; what stands expires within {feed.valid_days} days")


def resume(context: typer.Context, name: Name, reason: Reason, author: Author = None) -> None:
    """Let a held feed be delivered again."""
    base: Context = context.obj
    engine = base.engine()
    feed = feeds.find(base.config.feeds, name)
    if not reason.strip():
        raise InputError("to resume a feed takes a reason: others will ask")
    with storing(), reading(engine) as connection:
        held = deliveries.held(connection, feed.name)
    if held is None:
        raise InputError(f"feed {feed.name!r} is not held")
    returning.set_held(engine, feed, None, base.now())
    talk(
        f"{feed.name} goes on; it was held by {held.by} since {held.at:%Y-%m-%d %H:%M}: "
        f"{held.because}; resumed by {author_of(base, author)}: {reason.strip()}"
    )


def verify(
    folder: Annotated[
        Path, typer.Argument(metavar="FOLDER", help="A delivery, as it was loaded.")
    ],
    public_key: Annotated[
        Path | None,
        typer.Option("--key", metavar="FILE", help="The publisher's public key (PEM)."),
    ] = None,
    at_least: Annotated[
        int | None,
        typer.Option(
            "--serial-above",
            metavar="SERIAL",
            help="The last one loaded: an older delivery, validly signed, is refused.",
        ),
    ] = None,
) -> None:
    """Check a delivery before it is loaded: every file, the signature, the serial, the date.

    Exit code 2 where it is not whole or not genuine. Needs no database and no configuration.
    """
    said = verifying.verify(folder, public_key, at_least)
    for line in said.lines:
        talk(line)
    if said.problems:
        raise InputError(f"{str(folder)!r} is not to be loaded: " + "; ".join(said.problems))


def key(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="The private key; kept secret.")],
) -> None:
    """Make a pair of keys that sign feeds: the private one in FILE, the public one on stdout."""
    typer.echo(signing.new_key(file).decode(), nl=False)
    talk(f"set sign_key = {str(file)!r} in a feed, and give the public key to who loads it")
