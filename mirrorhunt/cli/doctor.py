"""`mirrorhunt doctor`: is everything in place, and what to do where it is not."""

from __future__ import annotations

import asyncio
import platform
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from importlib.metadata import version
from typing import TYPE_CHECKING, Annotated

import typer
from sqlalchemy import Engine

from mirrorhunt import __version__
from mirrorhunt.cli._context import Context
from mirrorhunt.cli._list_ages import ages
from mirrorhunt.cli._output import as_json as print_json
from mirrorhunt.cli._output import table
from mirrorhunt.config import Config
from mirrorhunt.errors import ConfigError, MirrorhuntError
from mirrorhunt.net.nameserver import Nameserver
from mirrorhunt.net.resolver import Resolver
from mirrorhunt.store import migrate
from mirrorhunt.store.session import engine_for

if TYPE_CHECKING:
    from mirrorhunt.net.browser import Browser


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
        _browser(base.config),
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


def _browser(config: Config) -> Check:
    """Started once, as a hunt does it: a program that is there may still not run."""
    if not config.browser:
        return Check("browser", "note", "not wanted (browser = false): pages are read as sent")
    try:
        # Imported here: no other command of this file's has a use for it.
        from mirrorhunt.net.browser import Browser, BrowserMissingError
    except ImportError as e:
        return Check("browser", "note", f"none: {e}", "`pip install playwright`")
    try:
        found, why = asyncio.run(_started(Browser, config))
    except BrowserMissingError as e:
        state = "fault" if config.browser_url else "note"
        remedy = "start it, or unset browser_url" if config.browser_url else "`make browser`"
        return Check("browser", state, f"{e}; pages drawn by scripts are read as sent", remedy)
    except ConfigError as e:
        return Check("browser", "fault", str(e), "set browser_path or browser_url right, or unset")
    except MirrorhuntError as e:
        return Check("browser", "fault", str(e), "start it by hand and read what it says")
    return Check("browser", "note" if why else "ok", found, why)


async def _started(browsers: type[Browser], config: Config) -> tuple[str, str]:
    """What was found, with its sandbox; and why there is none, if so."""
    # No name is asked for: the proof of a browser is an address that is refused.
    resolver = Resolver([Nameserver.parse("127.0.0.1")])
    try:
        browser = await browsers.start(config, resolver)
        try:
            sandbox = "in its sandbox" if browser.is_sandboxed else "NOT in a sandbox"
            if config.browser_url:
                sandbox = "its sandbox is for whoever started it"
            found = f"{browser.program}: {browser.version}, {sandbox}"
            return found, browser.why_unsandboxed
        finally:
            await browser.close()
    finally:
        await resolver.close()
