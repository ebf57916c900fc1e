"""`mirrorhunt doctor`: is everything in place, and what to do where it is not."""

from __future__ import annotations

import asyncio
import platform
import shutil
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from importlib.metadata import version
from typing import Annotated

import typer
from sqlalchemy import Engine

from mirrorhunt import __version__
from mirrorhunt.cli._context import Context
from mirrorhunt.cli._list_ages import ages
from mirrorhunt.cli._output import as_json as print_json
from mirrorhunt.cli._output import table
from mirrorhunt.config import Config
from mirrorhunt.errors import MirrorhuntError
from mirrorhunt.net.nameserver import Nameserver
from mirrorhunt.net.resolver import Resolver
from mirrorhunt.store import migrate
from mirrorhunt.store.session import engine_for


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that was looked at."""

    subject: str
    state: str
    """``ok``, ``note`` (works without) or ``fault``."""
    found: str
    remedy: str = ""


def add_to(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(doctor)


def doctor(
    context: typer.Context,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object a line.")] = False,
) -> None:
    """Check the set-up and say what to do. Exit code 1 if something is at fault."""
    base: Context = context.obj
    checks = [
        _program(),
        _settings(base.config),
        _database(base.config),
        _nameservers(base.config),
        *_lists(base),
        _browser(),
    ]
    if as_json:
        for check in checks:
            print_json(asdict(check))
    else:
        table(
            ("subject", "state", "found", "what to do"),
            [(c.subject, c.state, c.found, c.remedy) for c in checks],
        )
    if any(check.state == "fault" for check in checks):
        raise typer.Exit(1)


def _program() -> Check:
    found = f"mirrorhunt {__version__}, Python {platform.python_version()}"
    return Check("program", "ok", f"{found}, Scrapy {version('scrapy')}")


def _settings(config: Config) -> Check:
    return Check("settings", "ok", config.source or "no file: defaults and environment")


def _database(config: Config) -> Check:
    try:
        engine = engine_for(config.database_url)
        migrate.check_owner(engine)
        revision = migrate.current(engine)
    except MirrorhuntError as e:
        return Check("database", "fault", str(e), "name another with MIRRORHUNT_DATABASE_URL")
    if revision != migrate.head():
        return Check("database", "note", f"schema {revision}", "`mirrorhunt db upgrade`")
    return Check("database", "ok", f"{engine.dialect.name}, schema {revision}")


def _nameservers(config: Config) -> Check:
    try:
        resolver = Resolver([Nameserver.parse(text) for text in config.nameservers])
        answers = asyncio.run(_answers(resolver, config.control_names))
    except MirrorhuntError as e:
        return Check("nameservers", "fault", str(e), "set MIRRORHUNT_NAMESERVERS")
    asked = ", ".join(str(n) for n in resolver.nameservers)
    if not answers:
        return Check("nameservers", "fault", f"{asked}: no answer", "set MIRRORHUNT_NAMESERVERS")
    return Check("nameservers", "ok", asked)


async def _answers(resolver: Resolver, control_names: tuple[str, ...]) -> bool:
    try:
        return await resolver.control(control_names)
    finally:
        await resolver.close()


def _lists(base: Context) -> Iterator[Check]:
    for age in ages(base.config.protect, _readable(base.config), base.now()):
        state = "fault" if age.is_unreadable else "note" if age.is_old else "ok"
        yield Check(age.subject, state, age.found, age.remedy)


def _readable(config: Config) -> Engine | None:
    """The database, if it is one of ours and up to date: nothing is brought up to date here."""
    try:
        engine = engine_for(config.database_url)
        return engine if migrate.current(engine) == migrate.head() else None
    except MirrorhuntError:
        return None


def _browser() -> Check:
    found = shutil.which("chromium") or shutil.which("google-chrome")
    if found:
        return Check("browser", "ok", found)
    return Check("browser", "note", "none: pages drawn by scripts are read as sent")
