"""`mirrorhunt export`: one file, or one folder, now."""

import json
import sys
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import asdict
from enum import StrEnum
from pathlib import Path
from typing import Annotated, BinaryIO

import typer
from sqlalchemy import Engine

from mirrorhunt import confirming, publishing, writing
from mirrorhunt.cli._context import Context
from mirrorhunt.cli._output import talk
from mirrorhunt.delivering import placing
from mirrorhunt.errors import InputError, UnknownNameError
from mirrorhunt.exports import About, Format, Row, Written, formats
from mirrorhunt.model import Verdict
from mirrorhunt.publishing import Withheld
from mirrorhunt.store import deliveries
from mirrorhunt.store.session import reading, storing


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
    since: Annotated[
        str | None,
        typer.Option(
            metavar="FEED@SERIAL",
            help="Only what is new, or otherwise, since this delivery of a feed.",
        ),
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
    rows: Iterable[Row] = publishing.rows(
        engine,
        keep,
        network=network,
        at_least=level,
        valid_days=valid_days,
        only_live=only_live,
        now=now,
    )
    if since is not None:
        rows = _new_since(rows, _entries_of(engine, since))
    about = About(
        feed=base.config.publisher or "mirrorhunt",
        serial=int(now.timestamp()),
        at=now,
        valid_days=valid_days,
        publisher=base.config.publisher,
        contact=base.config.contact,
    )
    written = _write(chosen, rows, about, output)
    talk(f"{written.entries} hosts" + (f" in {output}" if output else ""))
    for why, count in written.left_out.items():
        talk(f"left out: {count}: {why}")
    for line in confirming.said(engine, base.config.auto_confirm):
        talk(line)
    if only_live:
        left_out = publishing.withheld(
            engine, keep, network=network, at_least=level, valid_days=valid_days, now=now
        )
        _say_withheld(left_out, withheld)
    if written.entries == 0 and level is Verdict.CONFIRMED:
        talk("nothing is confirmed and live: `--verdict probable` shows what waits for review")


def _write(format_: Format, rows: Iterable[Row], about: About, output: Path | None) -> Written:
    if format_.write is None:
        if output is None:
            raise InputError(f"{format_.file} is a folder: say where, with --output FOLDER")
        return _write_folder(format_, rows, about, output)
    write = format_.write
    if output is None:
        written = write(rows, sys.stdout.buffer, about)
        sys.stdout.buffer.flush()
        return written
    return writing.whole(output, lambda out: write(rows, out, about))


def _write_folder(format_: Format, rows: Iterable[Row], about: About, output: Path) -> Written:
    """Through a folder beside it: a new one, or nothing."""
    if output.exists():
        raise InputError(f"{str(output)!r} is there already: name a folder that is not")
    assert format_.write_folder is not None
    with placing.writing(output.absolute().parent), placing.staged(output.absolute().parent) as at:
        written = format_.write_folder(rows, at, about)
        at.rename(output)
    return written


def _entries_of(engine: Engine, named: str) -> dict[str, tuple[str, ...]]:
    """What the delivery that FEED@SERIAL names has: each host, and how."""
    feed, _, serial = named.partition("@")
    with storing(), reading(engine) as connection:
        feed_id = deliveries.find_feed_id(connection, feed)
        found = deliveries.find(connection, feed, int(serial)) if serial.isdecimal() else None
        if feed_id is None or found is None:
            raise UnknownNameError(
                f"no delivery {named!r}: write FEED@SERIAL, as `mirrorhunt feed log FEED` has them"
            )
        entries = deliveries.entries(connection, feed_id, found.id)
        return {e.host: (e.scope, e.network, e.relation, e.verdict) for e in entries}


def _new_since(rows: Iterable[Row], before: dict[str, tuple[str, ...]]) -> Iterator[Row]:
    for row in rows:
        if before.get(row.host) != (row.scope, row.network, row.relation, row.verdict):
            yield row


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
