"""`mirrorhunt scan`: new names against all networks."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import Annotated

import typer
from rich.progress import (
    BarColumn,
    DownloadColumn,
    Progress,
    TextColumn,
    TimeRemainingColumn,
    TransferSpeedColumn,
)
from sqlalchemy import Engine

from mirrorhunt import name_lists, scanning
from mirrorhunt.cli._context import Context
from mirrorhunt.cli._output import as_json as print_json
from mirrorhunt.cli._output import err, shown_host, table, talk
from mirrorhunt.likeness import Match
from mirrorhunt.name_lists import NameList
from mirrorhunt.scanning import MAX_MATCHES, MAX_PER_NETWORK, Networks, Scan, Stored
from mirrorhunt.store import runs

SHOWN_ROWS = 200
_SHOWN_NETWORKS = 5


def add_to(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(scan)


def scan(
    context: typer.Context,
    file: Annotated[
        str, typer.Argument(metavar="FILE", help="New names, gzipped or not; - reads stdin.")
    ],
    network: Annotated[
        str | None, typer.Option(metavar="NAME", help="Look for this network's only.")
    ] = None,
    as_json: Annotated[
        bool, typer.Option("--json", help="One JSON object a line, as they are found.")
    ] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Store nothing.")] = False,
) -> None:
    """Match the new names in FILE against the networks; what looks alike becomes a candidate.

    FILE is a list of names, one a line, a table with the name in the first column, names from
    certificate logs, or a zone file; which one is seen by itself. Started again, a scan brings the
    same candidates once.

    Example: zcat new-names.gz | mirrorhunt scan - --dry-run
    """
    base: Context = context.obj
    engine = base.engine()
    known = scanning.networks(engine, network)
    shown = "standard input" if file == "-" else Path(file).name
    work = Scan(known.patterns, base.keep(engine).is_out)
    with name_lists.opened(file) as names:
        call = _Call(base, engine, known, work, names, shown, as_json)
        # Nobody writes in a dry run, so nobody has to wait.
        with nullcontext() if dry_run else runs.lock(engine):
            stored = None if dry_run else scanning.begin(engine, shown, base.now())
            with _progress(file, names) as step:
                call.read(stored, step)
            if stored is not None:
                scanning.finish(engine, stored, shown, work.tally, names.cut, base.now())
    call.show()
    raise typer.Exit(call.sum_up(stored))


class _Call:
    """One call of the command."""

    def __init__(
        self,
        base: Context,
        engine: Engine,
        known: Networks,
        work: Scan,
        names: NameList,
        feed: str,
        as_json: bool,
    ) -> None:
        self._base = base
        self._engine = engine
        self._known = known
        self._scan = work
        self._names = names
        self._feed = feed
        self._as_json = as_json
        self._rows: list[Match] = []
        self._networks: set[str] = set()
        self._new = 0

    def read(self, stored: Stored | None, step: Callable[[], None]) -> None:
        """Read it all; what a block brings is stored before it is printed."""
        for matches in self._scan.of(self._names):
            if matches and stored is not None:
                self._new += scanning.store(
                    self._engine, stored, self._known, self._feed, matches, self._base.now()
                )
            for match in matches:
                self._networks.add(match.network)
                if self._as_json:
                    print_json(match._asdict())
                elif len(self._rows) < SHOWN_ROWS:
                    self._rows.append(match)
            step()

    def show(self) -> None:
        """Print what was found, for people."""
        if not self._rows:
            return
        table(
            ("host", "network", "rule", "because"),
            [(shown_host(m.host), m.network, m.rule, m.because) for m in self._rows],
        )
        more = self._scan.tally.matches - len(self._rows)
        if more:
            talk(f"… and {more} more: `--json` prints all")

    def sum_up(self, stored: Stored | None) -> int:
        """Say in a line what was read, and what is wrong; returns the exit code."""
        tally = self._scan.tally
        found = f"{tally.matches} look like {len(self._networks)} networks'"
        found += ", nothing stored" if stored is None else f", {self._new} of them new"
        talk(f"{self._feed}: {tally.names} names in {tally.lines} lines; {found}{self._junk()}")
        over = tally.over.most_common(_SHOWN_NETWORKS)
        if over:
            named = ", ".join(f"{network!r} ({count})" for network, count in over)
            bound = f"{MAX_PER_NETWORK} a rule and network, {MAX_MATCHES} a scan"
            talk(f"matches left out, as a scan keeps {bound}: {named}", "yellow")
        wrong = self._wrong(stored)
        for text in wrong:
            talk(f"degraded: {text}", "yellow")
        return 5 if wrong else 0

    def _junk(self) -> str:
        tally = self._scan.tally
        passed = [f"{count} {kind.value}" for kind, count in tally.junk.most_common()]
        if tally.out:
            passed.append(f"{tally.out} protected or infrastructure")
        return f"; passed over: {', '.join(passed)}" if passed else ""

    def _wrong(self, stored: Stored | None) -> list[str]:
        tally, names = self._scan.tally, self._names
        wrong = []
        if names.cut:
            wrong.append(f"{self._feed} was cut, {names.cut}; what was read before counts")
        if tally.is_full:
            wrong.append(f"{MAX_MATCHES} matches are kept, and no more; `--network` narrows it")
        if stored is not None and scanning.has_shrunk(tally, stored):
            wrong.append(
                f"{self._feed} has {tally.names} names, where it usually has "
                f"{stored.usual_names}: late, or cut at its source?"
            )
        return wrong


@contextmanager
def _progress(file: str, names: NameList) -> Iterator[Callable[[], None]]:
    """A bar of the bytes read, on a terminal; yields what moves it on."""
    if not err.is_terminal:
        yield _unseen
        return
    columns = (
        TextColumn("scanning"),
        BarColumn(bar_width=24),
        DownloadColumn(),
        TransferSpeedColumn(),
        TimeRemainingColumn(),
    )
    total = None if file == "-" else os.stat(file).st_size or None
    with Progress(*columns, console=err, transient=True) as progress:
        task = progress.add_task("", total=total)
        yield lambda: progress.update(task, completed=names.read_bytes)


def _unseen() -> None:
    """Nobody is watching."""
