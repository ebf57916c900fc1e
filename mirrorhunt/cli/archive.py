"""`mirrorhunt archive`: what is kept of the web, whether it is whole, and what may go."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict
from datetime import datetime, timedelta
from pathlib import Path
from typing import Annotated

import typer
from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn
from sqlalchemy import Engine

from mirrorhunt import judging, names, targets
from mirrorhunt.archive import importing, keeping
from mirrorhunt.archive.keeping import Tick
from mirrorhunt.archive.vault import Vault
from mirrorhunt.cli._context import Context
from mirrorhunt.cli._deciding import AsJson, Author, author_of, utc
from mirrorhunt.cli._output import as_json as print_json
from mirrorhunt.cli._output import err, shown_host, table, talk
from mirrorhunt.crawling.runner import all_techniques
from mirrorhunt.errors import InputError, StoreError
from mirrorhunt.rendering import CapturedFile
from mirrorhunt.store import captures, runs
from mirrorhunt.store.captures import StoredCapture
from mirrorhunt.store.session import storing

SHOWN_FAULTS = 20
SHOWN_NEW = 5
_DIGEST = re.compile(r"[0-9a-fA-F]{64}")
_MIB = 1024 * 1024


def add_to(app: typer.Typer) -> None:
    """Add the commands."""
    group = typer.Typer(
        help=(
            "What is kept of the web: responses, drawn pages and pictures, by their SHA-256.\n\n"
            "Hunts put it there; `evidence` makes packages of it."
        )
    )
    group.command("list")(list_)
    group.command()(extract)
    group.command("import")(import_)
    group.command()(check)
    group.command()(prune)
    app.add_typer(group, name="archive", no_args_is_help=True)


def list_(
    context: typer.Context,
    host: Annotated[str, typer.Argument(metavar="HOST", help="A host that was looked at.")],
    as_json: AsJson = False,
) -> None:
    """List what is kept of HOST, newest first.

    Example: mirrorhunt archive list goal7.example
    """
    base: Context = context.obj
    found = _of_host(base.engine(), host)
    if as_json:
        for stored in found:
            print_json(_plain(stored))
        return
    table(
        ("at (UTC)", "why", "state", "vantage", "page", "file", "bytes", "SHA-256"),
        [
            (
                f"{stored.capture.at:%Y-%m-%d %H:%M:%S}",
                stored.capture.reason,
                stored.capture.availability,
                stored.capture.vantage,
                stored.capture.final_url or stored.capture.path,
                file.role,
                f"{file.size_bytes:,}",
                file.digest,
            )
            for stored in found
            for file in stored.capture.files
        ],
    )
    talk(f"{len(found)} captures; one file: `mirrorhunt archive extract SHA-256 -o FILE`")


def extract(
    context: typer.Context,
    what: Annotated[
        str,
        typer.Argument(metavar="DIGEST|HOST", help="A SHA-256, or a host: then all its files."),
    ],
    output: Annotated[
        Path, typer.Option("--output", "-o", metavar="PATH", help="The file; the folder for HOST.")
    ],
    force: Annotated[bool, typer.Option("--force", help="Write over what is there.")] = False,
) -> None:
    """Copy one file out of the archive, or all files of HOST; each is verified on the way.

    Example: mirrorhunt archive extract goal7.example -o goal7/
    """
    base: Context = context.obj
    vault = Vault.of(base.config)
    if _DIGEST.fullmatch(what):
        _write(output, vault.get(what.lower()), force=force)
        talk(f"1 file: {output}")
        return
    digests: set[str] = set()
    for stored in _of_host(base.engine(), what):
        for file in stored.capture.files:
            if file.digest not in digests:
                digests.add(file.digest)
                place = output / _name(stored, file)
                _write(place, vault.get(file.digest), force=force)
    talk(f"{len(digests)} files in {output}")


def import_(
    context: typer.Context,
    file: Annotated[
        Path, typer.Argument(metavar="FILE", help="HAR 1.2, WARC or saved HTML, gzipped or not.")
    ],
    host: Annotated[str, typer.Option(metavar="HOST", help="Whose page it is.")],
    reason: Annotated[
        str, typer.Option(metavar="TEXT", help="Where it comes from; kept for good.")
    ],
    network: Annotated[
        str | None, typer.Option(metavar="NAME", help="Which network, where it is not clear.")
    ] = None,
    at: Annotated[
        datetime | None,
        typer.Option(metavar="TIME", help="When it was captured, UTC; else as the file says."),
    ] = None,
    author: Author = None,
    as_json: AsJson = False,
) -> None:
    """Bring in a capture that was made by hand, as of a host behind a human test.

    What it shows counts as evidence, and the next hunt looks at what it points to; the state of
    the host stays as our own looks found it.

    Example: mirrorhunt archive import goal7.har --host goal7.example --reason "my browser, Rome"
    """
    base: Context = context.obj
    engine = base.engine()
    keep, now = base.keep(engine), base.now()
    wish = importing.Wish(file, host, author_of(base, author), reason, network, utc(at))
    with runs.lock(engine):
        done = importing.bring_in(
            engine,
            Vault.of(base.config),
            wish,
            keep,
            now,
            all_techniques(base.config),
            targets.caps(base.config),
        )
        visit = done.visit
        judging.judge_network(
            engine, visit.network, now, keep.is_out, keep.needs_two, base.config.auto_confirm
        )
    assert visit.ruling is not None
    assert visit.capture is not None
    if as_json:
        print_json(
            {
                "host": visit.host,
                "network": visit.network,
                "at": visit.at.isoformat(),
                "availability": visit.ruling.availability.value,
                "because": visit.ruling.because,
                "observations": len(visit.observations),
                "is_new_candidate": done.is_new,
                "pointers": len(visit.pointers),
                "new_candidates": list(done.brought_up),
                "files": [asdict(f) for f in visit.capture.files],
            }
        )
        return
    state = f"{visit.ruling.availability.value} ({visit.ruling.because})"
    talk(f"{shown_host(visit.host)} on {visit.at:%Y-%m-%d %H:%M} UTC: {state}")
    if not visit.observations:
        talk("nothing in it counts as evidence: only what a live page shows does", "yellow")
    new = "; it is a candidate from now on" if done.is_new else ""
    if done.brought_up:
        first = ", ".join(map(shown_host, done.brought_up[:SHOWN_NEW]))
        more = len(done.brought_up) - SHOWN_NEW
        rest = f" and {more} more" if more > 0 else ""
        talk(f"candidates from now on, which the next hunt looks at: {first}{rest}")
    talk(
        f"{len(visit.observations)} observations for {visit.network!r}{new}; its state stays; "
        f"why: `mirrorhunt explain {visit.host}`"
    )


def check(context: typer.Context, as_json: AsJson = False) -> None:
    """Read every file of the archive: is it there, is it what it was, does anything name it?

    Exit code 1 if a file is missing or damaged.

    Example: mirrorhunt archive check --json
    """
    base: Context = context.obj
    engine, vault = base.engine(), Vault.of(base.config)
    counts = {"missing": 0, "damaged": 0, "unnamed": 0}
    with _progress("reading") as tick:
        for fault in keeping.check(engine, vault, tick):
            counts[fault.kind] += 1
            if as_json:
                print_json(asdict(fault))
            elif counts[fault.kind] <= SHOWN_FAULTS:
                whose = f" of {', '.join(fault.hosts[:3])}" if fault.hosts else ""
                talk(f"{fault.kind}: {fault.digest}{whose}: {fault.because}")
    with storing(), engine.begin() as connection:
        rows = captures.count(connection)
    said = ", ".join(f"{count} {kind}" for kind, count in counts.items())
    talk(f"{rows} captures, {vault.used_bytes / _MIB:.1f} MiB in {vault.path}: {said}")
    raise typer.Exit(1 if counts["missing"] or counts["damaged"] else 0)


def prune(
    context: typer.Context,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Say what would go, and change nothing.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Remove captures older than the setting archive_days that no review rests on, and files that
    no capture has named for a day.

    Example: mirrorhunt archive prune --dry-run
    """
    base: Context = context.obj
    engine, vault = base.engine(), Vault.of(base.config)
    keep_for = timedelta(days=base.config.archive_days)
    with runs.lock(engine), _progress("looking through") as tick:
        done = keeping.prune(engine, vault, base.now(), keep_for, dry_run=dry_run, tick=tick)
    if as_json:
        print_json({**asdict(done), "dry_run": dry_run, "used_bytes": vault.used_bytes})
        return
    went = "would go" if dry_run else "went"
    talk(
        f"{done.captures} captures older than {base.config.archive_days} days and {done.unjudged} "
        f"of hosts that do not stand {went}; {done.files} files, {done.bytes / _MIB:.1f} MiB"
    )
    if done.relied_on:
        talk(f"{done.relied_on} older ones stay: a review may rest on them")
    quota = base.config.archive_quota_mib
    talk(f"{vault.used_bytes / _MIB:.1f} of {quota:,} MiB are used")


# ---------------------------------------------------------------- parts of the commands


def _of_host(engine: Engine, text: str) -> list[StoredCapture]:
    host = names.without_www(names.host(text))
    with storing(), engine.begin() as connection:
        found = captures.of_host(connection, host)
    if not found:
        raise InputError(
            f"nothing is kept of {host!r}: only of hosts that stand, and when their state changes"
        )
    return found


def _plain(stored: StoredCapture) -> dict[str, object]:
    said = asdict(stored.capture)
    return {"host": stored.host, "run": stored.run_id, **said, "at": stored.capture.at.isoformat()}


_ENDINGS = {
    "application/warc": "warc.gz",
    "application/json": "har",
    "text/html": "html",
    "image/webp": "webp",
    "image/png": "png",
    "image/jpeg": "jpg",
}


def _name(stored: StoredCapture, file: CapturedFile) -> str:
    """A file name of letters that we choose: never one that a page wrote."""
    at = f"{stored.capture.at:%Y%m%dT%H%M%SZ}"
    ending = _ENDINGS.get(file.media_type, "bin")
    return f"{at}-{file.role}-{file.digest[:12]}.{ending}"


def _write(place: Path, data: bytes, *, force: bool) -> None:
    """Write *data* to *place*, whole or not at all. Raises InputError."""
    if place.exists() and not force:
        raise InputError(f"{str(place)!r} is there already: name another, or say --force")
    beside = place.with_name(f".{place.name}.new")
    try:
        place.parent.mkdir(parents=True, exist_ok=True)
        beside.write_bytes(data)
        os.replace(beside, place)
    except OSError as e:
        with suppress(OSError):
            beside.unlink()
        raise StoreError(f"cannot write {str(place)!r}: {e.strerror}") from None


@contextmanager
def _progress(what: str) -> Iterator[Tick]:
    """A live line on a terminal that counts files; nothing elsewhere."""
    columns = (
        SpinnerColumn(),
        TextColumn("{task.description} {task.completed} files"),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=err, transient=True, disable=not err.is_terminal) as progress:
        task = progress.add_task(what, total=None)
        yield lambda: progress.advance(task)
