"""`mirrorhunt lab`: a simulated Internet on this machine, and how well we hunt in it."""

from __future__ import annotations

import json
import multiprocessing
import resource
import shlex
import sys
import time
from pathlib import Path
from typing import Annotated, Any

import typer

from mirrorhunt import config as settings
from mirrorhunt import publishing, targets
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

_DAY_S = 86_400
_PROCESSES = (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)

World_ = Annotated[str, typer.Argument(metavar="WORLD", help="One of `mirrorhunt lab list`.")]
Seed_ = Annotated[int, typer.Option(min=0, help="Another number, another world of this kind.")]
Day_ = Annotated[
    int, typer.Option(min=0, help="So many days later, in a world that has more days than one.")
]


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
    day: Day_ = 0,
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
        if day:
            ahead_s = day * _DAY_S
            typer.echo(f"export MIRRORHUNT_CLOCK_AHEAD_S={ahead_s}")
        talk(f"serving {world}; hunt it with: mirrorhunt hunt {' '.join(lab.world.seeds)}")

    lab_run.run(world, seed=seed, day=day, duration_s=seconds, log_to=log, on_ready=ready)


def score_rows(
    world: World_,
    rows: Annotated[Path, typer.Argument(help="`export jsonl --verdict candidate` of the hunt.")],
    seed: Seed_ = 1,
    day: Day_ = 0,
    log: Annotated[Path | None, typer.Option(metavar="FILE", help="The log of `lab run`.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """Compare what was found in a WORLD with its truth: recall, precision, cost, manners."""
    try:
        objects = [json.loads(line) for line in rows.read_text(encoding="utf-8").splitlines()]
        requests, questions = lab_run.read_log(log) if log else ([], 0)
    except (OSError, ValueError) as e:
        raise InputError(f"cannot read the rows or the log: {e}") from None
    _print(score(worlds[world](seed).on(day), objects, requests, questions), as_json=as_json)


def demo(
    context: typer.Context,
    world: World_ = "calcio",
    seed: Seed_ = 1,
    folder: Annotated[Path, typer.Option(help="Where the database is made, anew.")] = Path("demo"),
    browser: Annotated[
        bool,
        typer.Option(
            "--browser/--no-browser",
            help="Have pages drawn by a browser too: some minutes more.",
        ),
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print the score as JSON.")] = False,
) -> None:
    """Start the lab, hunt its network from one seed, print what was found, why, and the score.

    Nothing leaves this machine: names, pages and certificates are the lab's. A world with several
    days is hunted on each, one after the other, on one database; the worst exit code is given.
    """
    base: Context = context.obj
    database = _fresh(folder, world)
    place = worlds[world](seed)
    protect = folder / f"{world}.protect.txt"
    protect.write_text("\n".join(place.protect) + "\n", encoding="utf-8")
    started = time.monotonic()
    code = 0
    for day in place.days:
        # One database for all the days; the clock of each is ahead of this machine's.
        config = settings.with_options(
            base.config,
            database_url=f"sqlite:///{database}",
            protect=(str(protect),),
            browser=browser,
            clock_ahead_s=base.config.clock_ahead_s + day * _DAY_S,
        )
        if len(place.days) == 1:
            code = _hunt_day(config, place, as_json=as_json)
        else:
            code = max(code, _hunt_apart(config, world, seed, day, as_json=as_json))
    took_s = time.monotonic() - started
    peak_bytes = max(resource.getrusage(who).ru_maxrss * 1024 for who in _PROCESSES)
    talk(f"{took_s:.0f} s, {peak_bytes / 2**20:.0f} MiB at most; the database is {database}")
    raise typer.Exit(code)


def _hunt_apart(config: Config, world: str, seed: int, day: int, *, as_json: bool) -> int:
    """As `_hunt_day`, in a process of its own: a process can crawl once."""
    arguments = (config, world, seed, day, as_json)
    process = multiprocessing.get_context("spawn").Process(target=_on_day, args=arguments)
    process.start()
    process.join()
    code = process.exitcode
    # A negative one is the signal that ended it.
    return code if code is not None and code >= 0 else 1


def _on_day(config: Config, world: str, seed: int, day: int, as_json: bool) -> None:
    sys.exit(_hunt_day(config, worlds[world](seed).on(day), day, as_json=as_json))


def _hunt_day(config: Config, place: World, day: int = 0, *, as_json: bool) -> int:
    """Hunt in *place*, print what was found, why, and the score; the exit code of the hunt."""
    later = f", {day} days later" if day else ""
    # The network keeps the name that it was first hunted under, whatever it is hunted from.
    known_as = targets.network_name(worlds[place.name](place.seed).seeds[0])
    talk(f"lab: {len(place.hosts)} hosts{later}; hunting from {place.seeds[0]}")
    with lab_run.lab_in_process(place.name, place.seed, day) as lab:
        config = settings.with_options(
            config, nameservers=(lab.nameserver,), connect_to=tuple(lab.connect_to)
        )
        hunt = Hunt(config, list(place.seeds), known_as, None)
        code = hunt.go(ask=False, as_json=False)
    _why(config, hunt, place)
    found = score(place, _objects(config, hunt), lab.requests, lab.questions_count)
    _print(found, as_json=as_json)
    return code


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
