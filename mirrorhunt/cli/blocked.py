"""`mirrorhunt blocked`: what the feed does, asked at the resolvers themselves."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from datetime import timedelta
from typing import Annotated

import typer
from rich.progress import Progress
from sqlalchemy import Engine

from mirrorhunt import blocking, feeds
from mirrorhunt import names as host_names
from mirrorhunt.blocking import BLOCKED, OPEN, PUBLISHED, UNKNOWN, WITHDRAWN, Measured
from mirrorhunt.cli._context import Context
from mirrorhunt.cli._deciding import AsJson
from mirrorhunt.cli._output import as_json as print_json
from mirrorhunt.cli._output import err, shown_host, table, talk
from mirrorhunt.delivering.delta import WITHDRAWN_DAYS
from mirrorhunt.errors import InputError
from mirrorhunt.feeds import Feed
from mirrorhunt.net.nameserver import Nameserver
from mirrorhunt.net.resolver import Resolver
from mirrorhunt.store import deliveries
from mirrorhunt.store.session import reading, storing

SHOWN_HOSTS = 20
DEGRADED = 5


def add_to(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(blocked)


def blocked(
    context: typer.Context,
    hosts: Annotated[
        list[str] | None, typer.Argument(metavar="HOST", help="Names to ask about.")
    ] = None,
    feed: Annotated[
        str | None,
        typer.Option(
            metavar="NAME", help="All that this feed lists, and what it took back of late."
        ),
    ] = None,
    resolver: Annotated[
        list[str] | None,
        typer.Option(metavar="ADDRESS[:PORT]", help="A resolver to ask; again for more."),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Ask resolvers which names they block, beside the nameservers that you trust.

    With --feed: what is listed and open is not enforced, what was taken back and is blocked has to
    be lifted; both are named, and the exit code is 5. What is found is kept: `explain` shows it.
    Only facts are: where a resolver or our own line fails, it is `unknown`.

    Example: mirrorhunt blocked --feed isp --resolver 192.0.2.53
    """
    base: Context = context.obj
    if not resolver:
        raise InputError("name a resolver to ask: --resolver ADDRESS[:PORT]")
    if bool(hosts) == (feed is not None):
        raise InputError("name hosts, or a feed with --feed NAME")
    engine = base.engine()
    wanted = (
        [(host, "") for host in dict.fromkeys(map(host_names.host, hosts or ()))]
        if feed is None
        else _of_feed(engine, base, feeds.find(base.config.feeds, feed))
    )
    config = base.config
    with _progress(len(wanted)) as tell:
        measured = asyncio.run(
            blocking.measure(
                [Nameserver.parse(text) for text in dict.fromkeys(resolver)],
                Resolver([Nameserver.parse(text) for text in config.nameservers]),
                wanted,
                control_names=config.control_names,
                questions_per_s=config.dns_questions_per_s,
                tell=tell,
            )
        )
    blocking.record(engine, measured.effects, base.now())
    _show(measured, as_json=as_json)
    wrongs = _what_is_wrong(measured)
    for wrong in wrongs:
        talk(wrong, "yellow")
    if wrongs:
        raise typer.Exit(DEGRADED)


def _what_is_wrong(measured: Measured) -> list[str]:
    """One line each: resolvers of which nothing is known, and what is not as published."""
    lines = [
        f"{name}: no true answer to a control question: nothing is known of it"
        for name in measured.silent
    ]
    counts = Counter((e.was, e.state) for e in measured.effects if e.is_wrong)
    kinds = (
        (counts[PUBLISHED, OPEN], "listed and open"),
        (counts[WITHDRAWN, BLOCKED], "taken back and still blocked"),
    )
    found = ", ".join(f"{count} {what}" for count, what in kinds if count)
    if found:
        lines.append(f"{counts.total()} answers are not as published: {found}")
    for name in dict.fromkeys(e.resolver for e in measured.effects):
        # A resolver that fell silent on the way is no resolver that does as published.
        states = Counter(e.state for e in measured.effects if e.resolver == name)
        if states[UNKNOWN] > states.total() // 2:
            lines.append(f"{name}: {states[UNKNOWN]} of {states.total()} names are unknown")
    return lines


def _of_feed(engine: Engine, base: Context, feed: Feed) -> list[tuple[str, str]]:
    """What the feed lists, and what it took back of late and lists no more."""
    with storing(), reading(engine) as connection:
        feed_id = deliveries.find_feed_id(connection, feed.name)
        if feed_id is None:
            raise InputError(f"feed {feed.name!r} was never delivered: `mirrorhunt feed deliver`")
        listed = {e.host: PUBLISHED for e in deliveries.entries(connection, feed_id)}
        since = base.now() - timedelta(days=WITHDRAWN_DAYS)
        gone = deliveries.withdrawn_since(connection, feed_id, since)
        return sorted(({entry.host: WITHDRAWN for entry, _ in gone} | listed).items())


@contextmanager
def _progress(total: int) -> Iterator[Callable[[int], None]]:
    """A bar on a terminal, nothing elsewhere."""
    if not err.is_terminal:
        yield lambda done: None
        return
    with Progress(console=err, transient=True) as progress:
        task = progress.add_task("asking", total=total)
        yield lambda done: progress.update(task, completed=done)


def _show(measured: Measured, *, as_json: bool) -> None:
    if as_json:
        for effect in measured.effects:
            serial, is_enforced = measured.serials.get(effect.resolver, ("", False))
            print_json({**asdict(effect), "serial": serial, "serial_is_enforced": is_enforced})
        return
    counts = Counter((e.resolver, e.was, e.state) for e in measured.effects)
    table(
        ("resolver", "listed", "enforced", "open", "taken back", "blocked", "unknown", "serial"),
        [
            (
                name,
                str(sum(n for (r, was, _), n in counts.items() if r == name and was == PUBLISHED)),
                str(counts[name, PUBLISHED, BLOCKED]),
                str(counts[name, PUBLISHED, OPEN]),
                str(sum(n for (r, was, _), n in counts.items() if r == name and was == WITHDRAWN)),
                str(counts[name, WITHDRAWN, BLOCKED]),
                str(sum(counts[name, was, UNKNOWN] for was in (PUBLISHED, WITHDRAWN, ""))),
                _serial(measured, name),
            )
            for name in dict.fromkeys(e.resolver for e in measured.effects)
        ],
    )
    shown = sorted(measured.effects, key=lambda e: (not e.is_wrong, e.resolver, e.host))
    if any(e.was for e in shown):
        shown = [e for e in shown if e.is_wrong]
    table(
        ("host", "resolver", "was", "state", "says"),
        [(shown_host(e.host), e.resolver, e.was, e.state, e.answer) for e in shown[:SHOWN_HOSTS]],
    )
    if len(shown) > SHOWN_HOSTS:
        talk(f"and {len(shown) - SHOWN_HOSTS} more: --json has all")


def _serial(measured: Measured, name: str) -> str:
    if name not in measured.serials:
        return "-"
    serial, is_enforced = measured.serials[name]
    return serial if is_enforced else f"{serial}, not enforced yet"
