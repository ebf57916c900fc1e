"""`mirrorhunt export`: one file now."""

import json
import sys
from collections import Counter
from dataclasses import asdict
from enum import StrEnum
from pathlib import Path
from typing import Annotated, BinaryIO

import typer

from mirrorhunt import confirming, publishing, writing
from mirrorhunt.cli._context import Context
from mirrorhunt.cli._output import talk
from mirrorhunt.errors import InputError
from mirrorhunt.exports import formats
from mirrorhunt.model import Verdict
from mirrorhunt.publishing import Withheld


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
    withheld: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE",
            help="Also write what is not published any more and why, as JSON lines.",
        ),
    ] = None,
) -> None:
    """Write what was found in FORMAT, in one piece or not at all.

    By default only confirmed, live hosts: what may be blocked. Protected names are never written,
    and neither is a live host whose last look is older than valid_days. What was published once
    and is not any more is counted by reason.

    Example: mirrorhunt export jsonl --network goal --verdict probable -o goal.jsonl
    """
    base: Context = context.obj
    chosen = formats[format_name]
    engine = base.engine()
    level = Verdict(verdict.value)
    only_live = level is Verdict.CONFIRMED if availability is None else availability is States.LIVE
    if withheld is not None and not only_live:
        raise InputError("--withheld goes with --availability live: else nothing is withheld")
    keep, now, valid_days = base.keep(engine), base.config.now(), base.config.valid_days
    rows = publishing.rows(
        engine,
        keep,
        network=network,
        at_least=level,
        valid_days=valid_days,
        only_live=only_live,
        now=now,
    )
    if output is None:
        count = chosen.write(rows, sys.stdout.buffer)
        sys.stdout.buffer.flush()
    else:
        count = writing.whole(output, lambda out: chosen.write(rows, out))
    talk(f"{count} hosts" + (f" in {output}" if output else ""))
    for line in confirming.said(engine, base.config.auto_confirm):
        talk(line)
    if only_live:
        left_out = publishing.withheld(
            engine, keep, network=network, at_least=level, valid_days=valid_days, now=now
        )
        _say_withheld(left_out, withheld)
    if count == 0 and level is Verdict.CONFIRMED:
        talk("nothing is confirmed and live: `--verdict probable` shows what waits for review")


def _say_withheld(left_out: list[Withheld], file: Path | None) -> None:
    """Count what is not published any more, and write it to *file* if there is one."""
    if file is not None:
        writing.whole(file, lambda out: _write_lines(left_out, out))
    if left_out:
        reasons = Counter(w.reason for w in left_out)
        counted = ", ".join(f"{count} {reason}" for reason, count in reasons.most_common())
        where = f" in {file}" if file else ": `--withheld FILE` says which and why"
        talk(f"withheld: {counted}{where}")


def _write_lines(left_out: list[Withheld], out: BinaryIO) -> int:
    lines = [
        json.dumps(
            asdict(one) | {"since": one.since.isoformat() if one.since else None},
            ensure_ascii=False,
        )
        for one in left_out
    ]
    out.write("".join(f"{line}\n" for line in lines).encode())
    return len(lines)
