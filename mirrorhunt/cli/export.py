"""`mirrorhunt export`: one file now."""

import os
import sys
import tempfile
from collections.abc import Callable
from enum import StrEnum
from pathlib import Path
from typing import Annotated, BinaryIO

import typer

from mirrorhunt import publishing
from mirrorhunt.cli._context import Context
from mirrorhunt.cli._output import talk
from mirrorhunt.errors import InputError
from mirrorhunt.exports import formats
from mirrorhunt.model import Verdict


class AtLeast(StrEnum):
    """The verdict that a published host has at least."""

    CONFIRMED = "confirmed"
    PROBABLE = "probable"
    CANDIDATE = "candidate"


class States(StrEnum):
    """Which states are published."""

    LIVE = "live"
    ANY = "any"


def add_to(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(export)


def export(
    context: typer.Context,
    format_name: Annotated[
        str,
        typer.Argument(
            metavar="FORMAT",
            help="; ".join(f"{name}: {f.describes}" for name, f in formats.items()),
        ),
    ],
    network: Annotated[
        str | None, typer.Option(metavar="NAME", help="Only this network; else all.")
    ] = None,
    verdict: Annotated[
        AtLeast, typer.Option(help="At least this; below confirmed only for review.")
    ] = AtLeast.CONFIRMED,
    availability: Annotated[
        States | None,
        typer.Option(help="Else: live for confirmed, any for review and evaluation."),
    ] = None,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", metavar="FILE", help="Else stdout.")
    ] = None,
) -> None:
    """Write what was found in FORMAT, in one piece or not at all.

    By default only confirmed, live hosts: what may be blocked. Protected names are never written.

    Example: mirrorhunt export jsonl --network goal --verdict probable -o goal.jsonl
    """
    base: Context = context.obj
    chosen = formats[format_name]
    engine = base.engine()
    level = Verdict(verdict.value)
    only_live = level is Verdict.CONFIRMED if availability is None else availability is States.LIVE
    rows = publishing.rows(
        engine,
        base.keep(engine),
        network=network,
        at_least=level,
        valid_days=base.config.valid_days,
        only_live=only_live,
    )
    if output is None:
        count = chosen.write(rows, sys.stdout.buffer)
        sys.stdout.buffer.flush()
    else:
        count = write_whole(output, lambda out: chosen.write(rows, out))
    talk(f"{count} hosts" + (f" in {output}" if output else ""))
    if count == 0 and level is Verdict.CONFIRMED:
        talk("nothing is confirmed and live: `--verdict probable` shows what waits for review")


def write_whole(path: Path, write: Callable[[BinaryIO], int]) -> int:
    """Write *path* through a temporary file beside it: the old or the new, never half of one."""
    try:
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
        try:
            with os.fdopen(handle, "wb") as out:
                count = write(out)
                out.flush()
                os.fsync(out.fileno())
            Path(name).chmod(0o644)
            Path(name).replace(path)
        except BaseException:
            Path(name).unlink(missing_ok=True)
            raise
    except OSError as e:
        raise InputError(
            f"cannot write {str(path)!r}: {e.strerror}; nothing was changed"
        ) from None
    return count
