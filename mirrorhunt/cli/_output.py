"""How the command line talks: data on stdout, talk on stderr, strangers' text made harmless."""

import json
import sys
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    SpinnerColumn,
    TextColumn,
    TimeElapsedColumn,
)
from rich.table import Table
from rich.text import Text

from mirrorhunt.crawling.hunting import Progress as HuntProgress
from mirrorhunt.model import Verdict
from mirrorhunt.names import unicode_form

# Into a file or a pipe a table is as wide as it likes: nobody folds it there.
_PIPE_COLUMNS = 200
out = Console(highlight=False, width=None if sys.stdout.isatty() else _PIPE_COLUMNS)
err = Console(stderr=True, highlight=False)
_STYLES = {
    "confirmed": "bold green",
    "probable": "green",
    "candidate": "yellow",
    "live": "green",
    "seized": "magenta",
    "dead": "dim",
}


def safe(text: str, width: int = 300) -> str:
    """*text* without what could steer a terminal: escapes, controls, direction overrides.

    >>> safe("a\\x1b[31mb\\u202ec")
    'a[31mbc'
    """
    spaced = (" " if c.isspace() else c for c in text)
    kept = "".join(c for c in spaced if unicodedata.category(c)[0] != "C")
    return kept if len(kept) <= width else kept[: width - 1] + "…"


def cell(text: str, width: int = 300) -> Text:
    """*text* as a table's cell: never markup."""
    shown = safe(text, width)
    return Text(shown, style=_STYLES.get(text, ""))


def shown_host(host: str) -> str:
    """*host*, with its Unicode form where that differs."""
    written = safe(unicode_form(host))
    return host if written == host else f"{host} ({written})"


def table(columns: Sequence[str], rows: Iterable[Sequence[str]], title: str | None = None) -> None:
    """Print a table for people."""
    shown = Table(title=title, title_justify="left", header_style="bold", pad_edge=False, box=None)
    for column in columns:
        # Hosts and numbers are copied from here: they never break.
        shown.add_column(column, overflow="fold", no_wrap=column in {"host", "bits"})
    for row in rows:
        shown.add_row(*(cell(text) for text in row))
    out.print(shown)


def as_json(value: Any) -> None:
    """Print *value* for programs."""
    sys.stdout.write(json.dumps(value, ensure_ascii=False, default=str) + "\n")


def talk(text: str, style: str = "") -> None:
    """Say *text* on stderr."""
    # A message stays one line, which scripts and logs can read, however narrow the terminal.
    err.print(Text(safe(text, 2000), style=style), soft_wrap=True)


class _Lines:
    """Progress where nobody watches: a line when something changed."""

    def __init__(self) -> None:
        self._last = ("", 0)

    def update(self, p: HuntProgress) -> None:
        if (p.stage, p.round) != self._last:
            self._last = (p.stage, p.round)
            err.print(Text(f"{datetime.now(UTC):%H:%M:%S} {_sentence(p)}"))


def _sentence(p: HuntProgress) -> str:
    standing = ", ".join(
        f"{count} {verdict.value}" for verdict, count in sorted(p.verdicts.items())
    )
    return f"round {p.round}: {p.stage}; {p.looked_at} looked at" + (
        f"; {standing}" if standing else ""
    )


@contextmanager
def hunt_progress() -> Iterator[Any]:
    """A live line on a terminal, plain lines elsewhere; yields what takes a hunt's `Progress`."""
    if not err.is_terminal:
        yield _Lines().update
        return
    columns = (
        SpinnerColumn(),
        TextColumn("round {task.fields[round]}"),
        BarColumn(bar_width=24),
        MofNCompleteColumn(),
        TextColumn("{task.fields[stage]} {task.fields[host]}", markup=False),
        TextColumn("[green]{task.fields[stand]} stand"),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=err, transient=True) as progress:
        task = progress.add_task("", total=None, round=1, stage="starting", host="", stand=0)

        def update(p: HuntProgress) -> None:
            stand = p.verdicts.get(Verdict.CONFIRMED, 0) + p.verdicts.get(Verdict.PROBABLE, 0)
            progress.update(
                task,
                completed=p.looked_at,
                total=p.to_look_at,
                round=p.round,
                stage=p.stage,
                host=safe(p.host, 40),
                stand=stand,
            )

        yield update
