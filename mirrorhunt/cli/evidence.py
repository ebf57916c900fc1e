"""`mirrorhunt evidence`: one file that shows a case to others; and is it as it was made?"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict
from functools import partial
from pathlib import Path
from typing import Annotated, Any

import typer
from sqlalchemy import Connection
from typer.core import TyperGroup

from mirrorhunt import names, outlook, publishing
from mirrorhunt.archive import packaging, printing, timestamps, verifying
from mirrorhunt.archive.packaging import Made, Tools
from mirrorhunt.archive.packet import Outside
from mirrorhunt.archive.vault import Vault
from mirrorhunt.archive.verifying import Verified
from mirrorhunt.cli._context import Context
from mirrorhunt.cli._deciding import author_of
from mirrorhunt.cli._output import as_json as print_json
from mirrorhunt.cli._output import err, out, safe, talk
from mirrorhunt.config import Config
from mirrorhunt.errors import ConfigError, InputError
from mirrorhunt.protecting import Keep
from mirrorhunt.store import case as cases
from mirrorhunt.store.case import Case
from mirrorhunt.store.session import storing

DEGRADED = 5
NOT_GOOD = 2
MAX_CA_BYTES = 4 << 20
_MAKE = "make"

AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON object.")]


class _Group(TyperGroup):
    """``evidence HOST`` is short for ``evidence make HOST``."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        if args and args[0] not in self.commands and args[0] not in {"-h", "--help"}:
            args = [_MAKE, *args]
        parsed: list[str] = super().parse_args(ctx, args)
        return parsed


def add_to(app: typer.Typer) -> None:
    """Add the commands."""
    group = typer.Typer(
        cls=_Group,
        help=(
            "Make one file of all that is known about a host, or check one.\n\n"
            "`mirrorhunt evidence HOST -o FILE` is short for `mirrorhunt evidence make HOST -o "
            "FILE`. The file is a WACZ: replay tools open it, `unzip` and `sha256sum` check it."
        ),
    )
    group.command()(make)
    group.command()(verify)
    app.add_typer(group, name="evidence", no_args_is_help=True)


def make(
    context: typer.Context,
    host: Annotated[str, typer.Argument(metavar="HOST", help="A host that was captured.")],
    output: Annotated[
        Path, typer.Option("--output", "-o", metavar="FILE", help="The package, a .wacz file.")
    ],
    network: Annotated[
        str | None,
        typer.Option(metavar="NAME", help="Which network, where it has to do with several."),
    ] = None,
    timestamp: Annotated[
        bool | None,
        typer.Option(
            "--timestamp/--no-timestamp",
            help="Have timestamp_url date it; else if one is configured.",
        ),
    ] = None,
    author: Annotated[
        str | None,
        typer.Option(metavar="NAME", help="Who makes it; else MIRRORHUNT_AUTHOR, else the user."),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Write the evidence about HOST into one file, or nothing.

    In it: a report for people (HTML, and PDF where there is a browser), a packet for programs,
    the captures of the host and of its network's seed, who did what when, and the SHA-256 of
    each file.

    Example: mirrorhunt evidence films2.example -o films2.wacz
    """
    base: Context = context.obj
    config = base.config
    name = names.host(host)
    date = _dating(config, timestamp)
    engine = base.engine()
    keep, now = base.keep(engine), base.now()
    actor = author_of(base, author)
    with err.status("reading"):
        with storing(), engine.begin() as connection:
            case = cases.read(connection, name, network)
            outside = _outside(connection, case, keep, config, actor)
        printer = _Printer(config)
        tools = Tools(Vault.of(config).get, printer if config.browser else None, date, actor)
        made = packaging.make(case, outside, tools, output, now)
    _say(made, printer.failure, as_json=as_json)
    if printer.failure:
        raise typer.Exit(DEGRADED)


def _dating(config: Config, wanted: bool | None) -> Callable[[bytes], timestamps.Dated] | None:
    if wanted is False or (wanted is None and not config.timestamp_url):
        return None
    if not config.timestamp_url:
        raise ConfigError("--timestamp: no authority is configured; set timestamp_url")
    return partial(timestamps.date, url=config.timestamp_url)


class _Printer:
    """Prints where it can, and remembers why it could not."""

    def __init__(self, config: Config) -> None:
        self._config = config
        self.failure = ""

    def __call__(self, html: bytes) -> bytes | None:
        try:
            return printing.pdf(html, self._config)
        except printing.PrintingError as e:
            self.failure = str(e)
            return None


def _outside(
    connection: Connection, case: Case, keep: Keep, config: Config, actor: str
) -> Outside:
    """What others than the host say about it."""
    scope = publishing.scope_of(case.host, keep)
    decided = outlook.made(connection, case.host, config.now())
    two = keep.needs_two(case.host)
    return Outside(
        scope=scope,
        scope_because=_scope_because(case, keep, scope),
        warnings=(f"It takes two people to confirm it: {two}.",) if two else (),
        valid_days=config.valid_days,
        reporter=actor,
        binding={m.review.id: (m.binds, m.because) for m in decided},
        out_of_bounds=keep.why_out(case.host),
    )


def _scope_because(case: Case, keep: Keep, scope: str) -> str:
    if scope == "domain":
        return (
            "all below it is one owner's, as far as lists know, and a network that loses one name "
            "moves to the next below it"
        )
    if case.host != case.registrable_domain:
        return f"of {case.registrable_domain} only this host was seen to belong to the network"
    below = keep.protection_below(case.host)
    if below is not None:
        return f"{below.name} below it is protected"
    return "names below it are others': it is lent to strangers"


def _say(made: Made, failure: str, *, as_json: bool) -> None:
    if as_json:
        print_json(asdict(made) | {"path": str(made.path), "lacks": failure or None})
    else:
        dated = f"dated {made.dated_at:%Y-%m-%d %H:%M:%S} UTC" if made.dated_at else "not dated"
        out.print(
            f"{safe(str(made.path))}: {made.size_bytes:,} bytes, {made.members} files, "
            f"{made.captures} captures, {made.pictures} pictures, {dated}",
            markup=False,
            soft_wrap=True,
        )
        out.print(f"SHA-256 {made.sha256}", markup=False, soft_wrap=True)
        talk("note this digest elsewhere: it alone tells a package that was wholly made anew")
    if failure:
        talk(f"no PDF of the report, all else is there: {failure}", "yellow")


def verify(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A package.")],
    ca: Annotated[
        Path | None,
        typer.Option(
            "--ca",
            metavar="FILE",
            help="Certificates (PEM) of the authority that dates: check it.",
        ),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Check that FILE is a package as it was made, to the last byte; exit code 2 if it is not.

    Needs the file alone: no database, no network.

    Example: mirrorhunt evidence verify films2.wacz --ca authority.pem
    """
    found = verifying.verify(file, timestamps.roots(_read(ca)) if ca else None)
    if as_json:
        print_json(asdict(found) | {"is_good": found.is_good})
    else:
        _print(found)
    if not found.is_good:
        raise typer.Exit(NOT_GOOD)


def _read(file: Path) -> bytes:
    try:
        with file.open("rb") as source:
            return source.read(MAX_CA_BYTES)
    except OSError as e:
        raise InputError(f"cannot read {str(file)!r}: {e.strerror or e}") from None


def _print(found: Verified) -> None:
    lines = [f"{p.check}: {p.what} ({p.means})" for p in found.problems]
    if found.is_good:
        lines = [
            f"good: evidence on {found.host}, network {found.network!r}, made {found.made_at}",
            f"timestamp: {found.timestamp}",
            f"{found.members} files, {found.size_bytes:,} bytes, none changed since it was made",
        ]
    for line in (*lines, f"SHA-256 {found.sha256}"):
        out.print(safe(line, 500), markup=False, soft_wrap=True)
    if not found.is_good:
        count = len(found.problems)
        noun = "problem" if count == 1 else "problems"
        talk(f"{safe(found.path)} is not good: {count} {noun}", "red")
