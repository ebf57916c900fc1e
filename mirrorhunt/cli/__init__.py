"""The mirrorhunt command: one file per subject.

Exit codes, for scripts: `EXIT_CODES`.
"""

import os
import sys
from pathlib import Path
from typing import Annotated

import typer

from mirrorhunt import __version__, config
from mirrorhunt.cli import (
    archive,
    blocked,
    consumer,
    db,
    doctor,
    evidence,
    explain,
    export,
    feed,
    hunt,
    lab,
    learn,
    lists,
    names,
    protect,
    review,
    scan,
    serve,
)
from mirrorhunt.cli._context import Context
from mirrorhunt.cli._output import talk
from mirrorhunt.errors import MirrorhuntError

EXIT_CODES = (
    "Exit codes: 0 done, 1 our failure, 2 bad input or configuration, 3 a bound refused what was "
    "to be published or learned (nothing was written), 4 another run holds the lock, 5 done but "
    "degraded (what failed is named)."
)

app = typer.Typer(
    name="mirrorhunt",
    help=(
        "Find the mirror domains of a network, keep the evidence, feed the teams that block.\n\n"
        "Start with `mirrorhunt hunt SEED`, ask `mirrorhunt explain HOST` why, decide with "
        "`mirrorhunt review`, and publish with `mirrorhunt feed deliver`. Data goes to stdout, "
        "talk to stderr; every command has --help."
    ),
    epilog=EXIT_CODES,
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
for subject in (
    hunt,
    scan,
    explain,
    evidence,
    review,
    learn,
    protect,
    archive,
    export,
    feed,
    serve,
    consumer,
    blocked,
    names,
    db,
    lab,
    lists,
    doctor,
):
    subject.add_to(app)


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"mirrorhunt {__version__}")
        raise typer.Exit


@app.callback()
def _settings(
    context: typer.Context,
    configuration: Annotated[
        Path | None,
        typer.Option("--config", metavar="FILE", help="Settings; else mirrorhunt.toml here."),
    ] = None,
    database: Annotated[
        str | None,
        typer.Option(
            "--database", metavar="URL", help="Database; else MIRRORHUNT_DATABASE_URL or the file."
        ),
    ] = None,
    _: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Say it and end.")
    ] = False,
) -> None:
    settings = config.with_options(config.load(configuration), database_url=database)
    context.obj = Context(settings)


def main() -> None:
    """Run the command and exit with its code."""
    try:
        app()
    except MirrorhuntError as e:
        talk(f"mirrorhunt: {e}", "red")
        sys.exit(e.exit_code)
    except BrokenPipeError:
        # Whoever read us has gone; Python would complain once more at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
