"""`mirrorhunt serve`: feeds over HTTP."""

from __future__ import annotations

from typing import Annotated

import typer

from mirrorhunt.cli._context import Context
from mirrorhunt.cli._output import talk
from mirrorhunt.web import serving


def add_to(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(serve)


def serve(
    context: typer.Context,
    host: Annotated[
        str, typer.Option(metavar="ADDRESS", help="To listen on; others need a consumer.")
    ] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=0, max=65535, help="0: any that is free.")] = 8080,
    public_name: Annotated[
        list[str] | None,
        typer.Option(metavar="NAME", help="That a proxy before it is called by; repeatable."),
    ] = None,
) -> None:
    """Serve the feeds of mirrorhunt.toml to whoever may load them, until interrupted.

    Without a consumer to this machine alone: `mirrorhunt consumer add` makes one.

    Example: mirrorhunt serve --host 0.0.0.0
    """
    base: Context = context.obj
    serving.serve(base.engine(), base.config.feeds, host, port, public_name or (), talk, base.now)
