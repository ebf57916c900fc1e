"""`mirrorhunt lab`: a simulated Internet on this machine, and how well we hunt in it."""

from __future__ import annotations

import json
import resource
import shlex
import time
from pathlib import Path
from typing import Annotated, Any

import typer

from mirrorhunt import config as settings
from mirrorhunt import publishing
from mirrorhunt.cli._context import Context
from mirrorhunt.cli._output import out, table, talk
from mirrorhunt.cli.explain import print_findings
from mirrorhunt.cli.hunt import Hunt
from mirrorhunt.config import Config
from mirrorhunt.errors import InputError
from mirrorhunt.exports.jsonl import as_object
from mirrorhunt.lab import run as lab_run
from mirrorhunt.lab.score import Score, score
from mirrorhunt.lab.world import World
from mirrorhunt.lab.worlds import worlds
from mirrorhunt.model import Verdict

World_ = Annotated[str, typer.Argument(metavar="WORLD", help="One of `mirrorhunt lab list`.")]
Seed_ = Annotated[int, typer.Option(min=0, help="Another number, another world of this kind.")]


def add_to(app: typer.Typer) -> None:
    """Add the commands."""
    group = typer.Typer(help="A simulated Internet on loopback, with ground truth.")
    for command in (demo, run, score_rows, list_worlds):
        group.command(command.__name__.partition("_")[0])(command)
    app.add_typer(group, name="lab", no_args_is_help=True)


def list_worlds() -> None:
    """List the worlds there are."""
    for name in worlds:
        typer.echo(name)


def run(
    world: World_,
    seed: Seed_ = 1,
    seconds: Annotated[float | None, typer.Option(help="Stop after so long; else Ctrl-C.")] = None,
    log: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Write the requests here at the end.")
    ] = None,
) -> None:
    """Serve a WORLD until interrupted, and print the environment that points mirrorhunt at it.

    Example: eval "$(mirrorhunt lab run calcio)" in one terminal's background, then hunt.
    """

    def ready(lab: lab_run.Lab) -> None:
        for name, value in lab.environment().items():
            typer.echo(f"export {name}={shlex.quote(value)}")
        talk(f"serving {world}; hunt it with: mirrorhunt hunt {' '.join(lab.world.seeds)}")

    lab_run.run(world, seed=seed, duration_s=seconds, log_to=log, on_ready=ready)


def score_rows(
    world: World_,
    rows: Annotated[Path, typer.Argument(help="`export jsonl --verdict candidate` of the hunt.")],
    seed: Seed_ = 1,
    log: Annotated[Path | None, typer.Option(metavar="FILE", help="The log of `lab run`.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """Compare what was found in a WORLD with its truth: recall, precision, cost, manners."""
    try:
        objects = [json.loads(line) for line in rows.read_text(encoding="utf-8").splitlines()]
        requests, questions = lab_run.read_log(log) if log else ([], 0)
    except (OSError, ValueError) as e:
        raise InputError(f"cannot read the rows or the log: {e}") from None
    _print(score(worlds[world](seed), objects, requests, questions), as_json=as_json)


def demo(
    context: typer.Context,
    world: World_ = "calcio",
    seed: Seed_ = 1,
    folder: Annotated[Path, typer.Option(help="Where the database is made, anew.")] = Path("demo"),
    as_json: Annotated[bool, typer.Option("--json", help="Print the score as JSON.")] = False,
) -> None:
    """Start the lab, hunt its network from one seed, print what was found, why, and the score.

    Nothing leaves this machine: names, pages and certificates are the lab's.
    """
    base: Context = context.obj
    build = worlds[world]
    database = _fresh(folder, world)
    place = build(seed)
    talk(f"lab: {len(place.hosts)} hosts; hunting from {place.seeds[0]}")
    started = time.monotonic()
    protect = folder / f"{world}.protect.txt"
    protect.write_text("\n".join(place.protect) + "\n", encoding="utf-8")
    with lab_run.lab_in_process(world, seed) as lab:
        config = settings.with_options(
            base.config,
            database_url=f"sqlite:///{database}",
            nameservers=(lab.nameserver,),
            connect_to=tuple(lab.connect_to),
            protect=(str(protect),),
        )
        hunt = Hunt(config, list(place.seeds), None, None)
        code = hunt.go(ask=False, as_json=False)
    took_s = time.monotonic() - started
    _why(config, hunt, place)
    found = score(place, _objects(config, hunt), lab.requests, lab.questions_count)
    _print(found, as_json=as_json)
    peak_bytes = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    talk(f"{took_s:.0f} s, {peak_bytes / 2**20:.0f} MiB at most; the database is {database}")
    raise typer.Exit(code)


def _fresh(folder: Path, world: str) -> Path:
    """An absent database file in *folder*. Raises InputError."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for old in folder.glob(f"{world}.db*"):
            old.unlink()
    except OSError as e:
        raise InputError(f"cannot write in {str(folder)!r}: {e.strerror}") from None
    return folder / f"{world}.db"


def _objects(config: Config, hunt: Hunt) -> list[dict[str, Any]]:
    return [
        as_object(row)
        for row in publishing.rows(
            hunt.engine,
            hunt.keep,
            network=hunt.network,
            at_least=Verdict.CANDIDATE,
            valid_days=config.valid_days,
            only_live=False,
        )
    ]


def _why(config: Config, hunt: Hunt, place: World) -> None:
    """The evidence of one found host, as `explain` prints it."""
    rows = publishing.rows(
        hunt.engine,
        hunt.keep,
        network=hunt.network,
        at_least=Verdict.PROBABLE,
        valid_days=config.valid_days,
        only_live=True,
    )
    best = max(
        (r for r in rows if r.host not in place.seeds), key=lambda r: r.score_bits, default=None
    )
    if best is not None:
        print_findings(hunt.engine, best.host)


def _print(found: Score, *, as_json: bool) -> None:
    if as_json:
        typer.echo(found.to_json())
        return
    out.print()
    table(("figure", "value"), found.as_table(), title="Against the lab's truth")
