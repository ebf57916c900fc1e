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
    app.add_typer(group, name="protect", no_args_is_help=True)


def add(
    context: typer.Context,
    hosts: Names,
    reason: Why,
    owner: Annotated[
        str | None,
        typer.Option(metavar="NAME", help="Who answers for them; else who you are."),
    ] = None,
    until: Annotated[
        datetime | None, typer.Option(metavar="DATE", help="When it ends; else never.")
    ] = None,
) -> None:
    """Protect NAMEs and all below them, from now on.

    Example: mirrorhunt protect add club.example --reason "our licensee" --until 2027-06-30
    """
    base: Context = context.obj
    engine = base.engine()
    who = author_of(base, owner)
    added = protecting.add(engine, hosts, reason, who, utc(until), base.now())
    noun = "name is" if len(added) == 1 else "names are"
    talk(f"{len(added)} {noun} protected: feeds leave them out from now on")


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
