"""`mirrorhunt consumer`: who may load feeds, and who loaded what."""

from __future__ import annotations

import secrets
from dataclasses import asdict
from typing import Annotated

import typer

from mirrorhunt import feeds
from mirrorhunt.cli._context import Context
from mirrorhunt.cli._deciding import AsJson, Author, Reason, author_of
from mirrorhunt.cli._output import as_json as print_json
from mirrorhunt.cli._output import table, talk
from mirrorhunt.errors import InputError
from mirrorhunt.store import consumers
from mirrorhunt.store.session import reading, storing

TOKEN_BYTES = 32
SHOWN_ROWS = 100
Name = Annotated[str, typer.Argument(metavar="NAME", help="Whoever loads feeds.")]


def add_to(app: typer.Typer) -> None:
    """Add the commands."""
    group = typer.Typer(help="Who may load feeds from `mirrorhunt serve`, and who loaded what.")
    group.command("list")(list_)
    for command in (add, end, log):
        group.command()(command)
    app.add_typer(group, name="consumer", no_args_is_help=True)


def add(
    context: typer.Context,
    name: Name,
    feed: Annotated[
        list[str] | None,
        typer.Option(metavar="NAME", help="A feed that it may load; repeatable. Else all."),
    ] = None,
    author: Author = None,
) -> None:
    """Let NAME load feeds, and print its token: once, as only its digest is kept.

    Example: mirrorhunt consumer add isp1 --feed isp
    """
    base: Context = context.obj
    engine = base.engine()
    wanted = [feeds.find(base.config.feeds, one).name for one in dict.fromkeys(feed or ())]
    token = secrets.token_urlsafe(TOKEN_BYTES)
    with storing(), engine.begin() as connection:
        consumers.add(
            connection,
            name,
            consumers.digest_of(token),
            wanted,
            author_of(base, author),
            base.now(),
        )
    typer.echo(token)
    talk(f"the token of {name} is not shown again; it sends Authorization: Bearer TOKEN")


def list_(context: typer.Context, as_json: AsJson = False) -> None:
    """Show who may load which feeds."""
    base: Context = context.obj
    engine = base.engine()
    with storing(), reading(engine) as connection:
        found = consumers.everyone(connection)
    if as_json:
        for one in found:
            said = asdict(one)
            del said["token_digest"]
            print_json(said)
        return
    table(
        ("consumer", "feeds", "since", "by", "ended"),
        [
            (
                c.name,
                " ".join(c.feeds) or "all",
                f"{c.created_at:%Y-%m-%d}",
                c.created_by,
                f"{c.ended_at:%Y-%m-%d %H:%M}" if c.ended_at else "",
            )
            for c in found
        ],
    )


def end(context: typer.Context, name: Name, reason: Reason, author: Author = None) -> None:
    """Let NAME load nothing any more; a running server notices within ten seconds."""
    base: Context = context.obj
    engine = base.engine()
    if not reason.strip():
        raise InputError("to end a consumer takes a reason: others will ask")
    with storing(), engine.begin() as connection:
        consumers.end(connection, name, author_of(base, author), reason.strip(), base.now())
    talk(f"{name} loads nothing any more")


def log(
    context: typer.Context,
    feed: Annotated[str | None, typer.Option(metavar="NAME", help="Of this feed alone.")] = None,
    as_json: AsJson = False,
) -> None:
    """Show who loaded which delivery when, the latest first."""
    base: Context = context.obj
    engine = base.engine()
    with storing(), reading(engine) as connection:
        found = consumers.log(connection, feed, None if as_json else SHOWN_ROWS)
    if as_json:
        for name, d in found:
            said = asdict(d)
            del said["consumer_id"]
            print_json({"consumer": name, **said})
        return
    table(
        ("at", "consumer", "feed", "serial", "file", "status", "bytes", "address"),
        [
            (
                f"{d.at:%Y-%m-%d %H:%M:%S}",
                name or "-",
                d.feed,
                str(d.serial or "-"),
                d.file,
                str(d.status),
                str(d.sent_bytes),
                d.address,
            )
            for name, d in found
        ],
    )
