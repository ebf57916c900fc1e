"""`mirrorhunt protect`: the operator's own list of names that are out of reach."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

import typer

from mirrorhunt import names, protecting
from mirrorhunt.cli._context import Context
from mirrorhunt.cli._deciding import AsJson, Author, author_of, utc
from mirrorhunt.cli._output import as_json as print_json
from mirrorhunt.cli._output import shown_host, table, talk

SHOWN_NAMES = 5

Names = Annotated[
    list[str], typer.Argument(metavar="NAME...", help="Hosts; each stands for all below it too.")
]
Why = Annotated[str, typer.Option("--reason", metavar="TEXT", help="Why, for whoever asks.")]


def add_to(app: typer.Typer) -> None:
    """Add the commands."""
    group = typer.Typer(
        help=(
            "Keep names out of reach of any evidence: never scored, never published.\n\n"
            "What is built in, in the files of the setting `protect` and named here counts "
            "together. `review protect` does the same for a host that has a verdict."
        )
    )
    group.command()(add)
    group.command()(remove)
    group.command("list")(list_)
    group.command()(check)
    group.command()(log)
    app.add_typer(group, name="protect", no_args_is_help=True)


def add(
    context: typer.Context,
    hosts: Names,
    reason: Why,
    owner: Annotated[
        str | None,
        typer.Option(metavar="NAME", help="Who answers for them; else who you are."),
    ] = None,
    author: Author = None,
    until: Annotated[
        datetime | None, typer.Option(metavar="DATE", help="When it ends; else never.")
    ] = None,
) -> None:
    """Protect NAMEs and all below them, from now on.

    What is protected by hand already is protected anew, with this reason, owner and end.

    Example: mirrorhunt protect add club.example --reason "our licensee" --until 2027-06-30
    """
    base: Context = context.obj
    engine = base.engine()
    who = author_of(base, owner if owner is not None else author)
    by = author_of(base, author)
    added = protecting.add(engine, hosts, reason, who, utc(until), base.now(), by)
    for before in added.replaced[:SHOWN_NAMES]:
        ends = f", until {before.expires_at:%Y-%m-%d %H:%M}" if before.expires_at else ""
        talk(f"{before.name} was protected already, for {before.owner}{ends}: {before.reason}")
    if added.replaced:
        talk(f"{len(added.replaced)} replaced; `mirrorhunt protect log` keeps what was")
    noun = "name is" if len(added.names) == 1 else "names are"
    talk(f"{len(added.names)} {noun} protected: feeds leave them out from now on")


def remove(context: typer.Context, hosts: Names, reason: Why, author: Author = None) -> None:
    """End the protection of NAMEs that `protect add` gave; it stays on record, with the reason.

    Example: mirrorhunt protect remove club.example --reason "the licence has ended"
    """
    base: Context = context.obj
    engine = base.engine()
    protecting.remove(engine, hosts, reason, author_of(base, author), base.now())
    keep = base.keep(engine)
    for host in map(names.host, hosts):
        word, why = keep.standing(host)
        talk(f"{host}: no longer protected by hand; by other lists: {word}: {why}")


def list_(
    context: typer.Context,
    every: Annotated[bool, typer.Option("--all", help="Those that have ended, too.")] = False,
    as_json: AsJson = False,
) -> None:
    """List the names protected by hand: who for, why, until when.

    Example: mirrorhunt protect list --all
    """
    base: Context = context.obj
    now = base.now()
    found = [p for p in protecting.own(base.engine()) if every or p.is_current(now)]
    if as_json:
        for p in found:
            ends = p.expires_at.isoformat() if p.expires_at else None
            print_json(
                {"name": p.name, "owner": p.owner, "reason": p.reason, "expires_at": ends}
                | {"is_current": p.is_current(now)}
            )
        return
    table(
        ("host", "owner", "until", "reason"),
        [
            (
                shown_host(p.name),
                p.owner,
                f"{p.expires_at:%Y-%m-%d %H:%M}" if p.expires_at else "",
                p.reason,
            )
            for p in found
        ],
    )
    files = len(base.config.protect)
    talk(
        f"{len(found)} by hand; {files} files of the setting `protect` and what is built in on top"
    )


def check(context: typer.Context, hosts: Names, as_json: AsJson = False) -> None:
    """Say what each of NAMEs is under: what protects it, or that it takes two people, or nothing.

    Example: mirrorhunt protect check club.example drive.google.com
    """
    base: Context = context.obj
    keep = base.keep(base.engine())
    found = [(host, *keep.standing(host)) for host in map(names.host, hosts)]
    if as_json:
        for host, word, why in found:
            print_json({"host": host, "standing": word, "because": why})
    else:
        table(("host", "under", "because"), [(shown_host(h), word, why) for h, word, why in found])


def log(
    context: typer.Context,
    hosts: Annotated[
        list[str] | None, typer.Argument(metavar="[NAME...]", help="Only these; else all.")
    ] = None,
    since: Annotated[
        datetime | None, typer.Option(metavar="DATE", help="Only since then, 2026-11-01 or so.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Print who put which names under protection by hand or let them go, when and why.

    Oldest first; nothing of it is ever overwritten. What `review protect` did is here too.

    Example: mirrorhunt protect log club.example
    """
    base: Context = context.obj
    found = protecting.history(base.engine(), hosts or (), utc(since))
    if as_json:
        for c in found:
            print_json(
                {
                    "name": c.name,
                    "change": c.change.value,
                    "author": c.author,
                    "owner": c.owner,
                    "reason": c.reason,
                    "at": c.at.isoformat(),
                    "expires_at": c.expires_at.isoformat() if c.expires_at else None,
                }
            )
        return
    table(
        ("at", "by", "change", "host", "owner", "until", "reason"),
        [
            (
                f"{c.at:%Y-%m-%d %H:%M:%S}",
                c.author,
                c.change.value,
                shown_host(c.name),
                c.owner,
                f"{c.expires_at:%Y-%m-%d %H:%M}" if c.expires_at else "",
                c.reason,
            )
            for c in found
        ],
    )
    talk(f"{len(found)} changes")
