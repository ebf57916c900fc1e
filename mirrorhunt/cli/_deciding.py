"""What `mirrorhunt review` decides: one command a decision, and whole files of them."""

from __future__ import annotations

import getpass
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Annotated

import typer
from sqlalchemy import Engine

from mirrorhunt import confirming, reviewing
from mirrorhunt.cli import _decision_file
from mirrorhunt.cli._context import Context
from mirrorhunt.cli._decision_file import Defaults
from mirrorhunt.cli._output import as_json as print_json
from mirrorhunt.cli._output import shown_host, table, talk
from mirrorhunt.decisions import ROLES, Decision
from mirrorhunt.errors import InputError
from mirrorhunt.reviewing import Bench, Decided, RefusedWishesError, Wish

SHOWN_ROWS = 40

Hosts = Annotated[list[str], typer.Argument(metavar="HOST...", help="Hosts with a verdict.")]
Network = Annotated[
    str | None,
    typer.Option(metavar="NAME", help="Which network, where a host has verdicts in several."),
]
Reason = Annotated[
    str, typer.Option(metavar="TEXT", help="Why, so that others can check it; kept for good.")
]
Author = Annotated[
    str | None,
    typer.Option(metavar="NAME", help="Who decides; else MIRRORHUNT_AUTHOR, else the user."),
]
Seen = Annotated[
    str | None,
    typer.Option(
        metavar="DIGEST",
        help="Of the evidence you saw (`review show`): refused if it has changed since.",
    ),
]
AsJson = Annotated[bool, typer.Option("--json", help="One JSON object a line.")]


def confirm(
    context: typer.Context,
    hosts: Hosts,
    reason: Reason,
    network: Network = None,
    author: Author = None,
    seen: Seen = None,
    as_json: AsJson = False,
) -> None:
    """Vouch for HOSTs: they are published while live, and what they show vouches for others.

    A popular name, or one that somebody else rejected, takes two people.

    Example: mirrorhunt review confirm goal7.example --reason "same player, same Telegram channel"
    """
    _decide(context, Decision.CONFIRM, hosts, reason, network, author, seen, as_json)


def reject(
    context: typer.Context,
    hosts: Hosts,
    reason: Reason,
    network: Network = None,
    author: Author = None,
    seen: Seen = None,
    as_json: AsJson = False,
) -> None:
    """Keep HOSTs out of this network's feeds, whatever speaks for them later.

    Example: mirrorhunt review reject news.example --reason "a newspaper that wrote about them"
    """
    _decide(context, Decision.REJECT, hosts, reason, network, author, seen, as_json)


def protect(
    context: typer.Context,
    hosts: Hosts,
    reason: Reason,
    network: Network = None,
    author: Author = None,
    seen: Seen = None,
    until: Annotated[
        datetime | None, typer.Option(metavar="DATE", help="When it ends; else never.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Never score nor publish HOSTs and what is below them, in any network.

    Example: mirrorhunt review protect club.example --reason "our licensee" --until 2027-06-30
    """
    _decide(
        context, Decision.PROTECT, hosts, reason, network, author, seen, as_json, until=utc(until)
    )


def relate(
    context: typer.Context,
    host: Annotated[str, typer.Argument(metavar="HOST", help="A host with a verdict.")],
    role: Annotated[str, typer.Argument(metavar="ROLE", help=f"One of: {', '.join(ROLES)}.")],
    reason: Reason,
    network: Network = None,
    author: Author = None,
    seen: Seen = None,
    as_json: AsJson = False,
) -> None:
    """Say what HOST is to its network; whether it belongs stays as it is.

    Example: mirrorhunt review relate lists.example hub --reason "only lists their addresses"
    """
    _decide(context, Decision.RELATE, [host], reason, network, author, seen, as_json, role=role)


def undo(
    context: typer.Context,
    hosts: Hosts,
    reason: Annotated[str, typer.Option(metavar="TEXT", help="Why; may be left out.")] = "",
    network: Network = None,
    author: Author = None,
    as_json: AsJson = False,
) -> None:
    """Take back the latest decision about HOSTs. The decision and the undoing are both kept.

    What keeps a host out is undone by its author, or by two others.
    """
    _decide(context, Decision.UNDO, hosts, reason, network, author, None, as_json)


def file_(
    context: typer.Context,
    file: Annotated[
        str, typer.Argument(metavar="FILE", help="Decisions, CSV or JSON lines; - reads stdin.")
    ],
    reason: Annotated[
        str, typer.Option(metavar="TEXT", help="For lines that give none of their own.")
    ] = "",
    network: Network = None,
    author: Author = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Check every line, write nothing.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Keep all decisions in FILE, or none if one of them cannot be.

    Columns or keys: host, decision (confirm, reject, protect, relate, undo) and reason; where
    wanted network, role, author, seen, until. Others are passed over, and so are lines without a
    decision: write yours beside what `export csv` or `review list --json` printed.

    Example: mirrorhunt review file decided.csv --dry-run
    """
    base: Context = context.obj
    engine = base.engine()
    asked = _decision_file.read(file, Defaults(author_of(base, author), reason, network))
    bench = bench_of(base, engine)
    try:
        if dry_run:
            about = reviewing.check(engine, asked.wishes, base.now(), bench)
            counts = Counter(w.decision.value for w in asked.wishes)
            said = ", ".join(f"{count} {name}" for name, count in sorted(counts.items()))
            talk(f"{len({(s.network, s.host) for s in about})} hosts, {said}: nothing was written")
            return
        decided = reviewing.decide(engine, asked.wishes, base.now(), bench)
    except RefusedWishesError as e:
        shown = "standard input" if file == "-" else repr(file)
        text = e.worded(lambda place: f"line {asked.lines[place]}: ", "decision")
        raise InputError(f"{shown}: {text}") from None
    _print_decided(base, engine, decided, as_json=as_json)
    if asked.undecided:
        talk(f"{asked.undecided} lines have no decision and were passed over")


def _decide(
    context: typer.Context,
    decision: Decision,
    hosts: Sequence[str],
    reason: str,
    network: str | None,
    author: str | None,
    seen: str | None,
    as_json: bool,
    *,
    role: str = "",
    until: datetime | None = None,
) -> None:
    base: Context = context.obj
    if seen is not None and len(hosts) > 1:
        raise InputError("--seen says what was seen of one host: decide about one at a time")
    engine = base.engine()
    who = author_of(base, author)
    wishes = [Wish(host, decision, who, reason, network, role, seen, until) for host in hosts]
    decided = reviewing.decide(engine, wishes, base.now(), bench_of(base, engine))
    _print_decided(base, engine, decided, as_json=as_json)


def _print_decided(
    base: Context, engine: Engine, decided: Sequence[Decided], *, as_json: bool
) -> None:
    if as_json:
        for d in decided:
            print_json(asdict(d))
        return
    table(
        ("host", "network", "was", "is", "because"),
        [
            (shown_host(d.host), d.network, d.before.value, d.after.value, d.note)
            for d in decided[:SHOWN_ROWS]
        ],
    )
    if len(decided) > SHOWN_ROWS:
        talk(f"… and {len(decided) - SHOWN_ROWS} more: `mirrorhunt review log` has all")
    moved = Counter((d.before.value, d.after.value) for d in decided)
    said = ", ".join(f"{n} {was} → {is_}" for (was, is_), n in sorted(moved.items()))
    talk(f"{len(decided)} decisions kept: {said}; taken back by `mirrorhunt review undo`")
    for line in confirming.said(engine, base.config.auto_confirm):
        talk(line)


def bench_of(base: Context, engine: Engine) -> Bench:
    """Who may not be decided upon, and who not alone."""
    keep = base.keep(engine)
    return Bench(
        keep.is_out,
        keep.needs_two,
        again=lambda: bench_of(base, engine),
        auto_confirm=base.config.auto_confirm,
    )


def author_of(base: Context, given: str | None) -> str:
    """Who decides: *given*, or the setting, or the user. Raises InputError."""
    if given is not None:
        return given
    if base.config.author:
        return base.config.author
    try:
        return getpass.getuser()
    except (OSError, KeyError, ImportError):
        raise InputError("nobody knows who decides: say --author NAME") from None


def utc(at: datetime | None) -> datetime | None:
    """A date as it was typed, as an instant."""
    return None if at is None else at.replace(tzinfo=UTC)
