"""`mirrorhunt names`: names worth asking about."""

import sys
from datetime import UTC, datetime
from itertools import islice
from typing import Annotated

import typer

from mirrorhunt import names, variants
from mirrorhunt.cli._context import Context
from mirrorhunt.cli._output import as_json as print_json
from mirrorhunt.cli._output import shown_host, table
from mirrorhunt.errors import InputError


def add_to(app: typer.Typer) -> None:
    """Add the commands."""
    group = typer.Typer(help="Names that a network might use next.")
    group.command("propose")(propose)
    app.add_typer(group, name="names", no_args_is_help=True)


def propose(
    context: typer.Context,
    hosts: Annotated[
        list[str] | None,
        typer.Argument(metavar="HOST...", help="Names it has used, oldest first."),
    ] = None,
    limit: Annotated[int, typer.Option(min=1, help="How many names.")] = 50,
    as_of: Annotated[
        datetime | None, typer.Option(help="Answer as on this day; else today.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object a line.")] = False,
    jsonl: Annotated[
        bool,
        typer.Option(
            "--jsonl",
            help='Questions from stdin, {"known": [...], "first_seen": [...], "as_of": "...", '
            '"k": N} a line; a JSON list of names a line back.',
        ),
    ] = False,
) -> None:
    """Rank the names that a network with these HOSTs might use next.

    Nothing is asked and nothing is looked at: the names come from how such networks have moved
    before, and from this one's own habits.

    Example: mirrorhunt names propose goal1.example goal2.example --limit 20
    """
    if jsonl:
        for line in sys.stdin:
            sys.stdout.write(variants.answer(line) + "\n")
            sys.stdout.flush()
        return
    if not hosts:
        raise InputError("no host given: name the hosts that the network has used")
    base: Context = context.obj
    keep = base.keep(base.engine())
    proposals = variants.propose(
        [variants.Known(_domain(host), None) for host in hosts],
        as_of.replace(tzinfo=UTC) if as_of else base.now(),
        variants.Statistics.shipped(),
        limit=limit,
        is_excluded=keep.is_out,
    )
    if as_json:
        for proposal in proposals:
            print_json(proposal._asdict())
        return
    table(
        ("host", "probability", "rule", "because"),
        [
            (shown_host(p.host), f"{p.probability:.2%}", p.rule, p.because)
            for p in islice(proposals, limit)
        ],
    )


def _domain(text: str) -> str:
    host = names.host(text)
    domain = names.registrable_domain(host)
    if domain is None:
        raise InputError(f"{host!r} is a public suffix, not a name that a network has used")
    return domain
