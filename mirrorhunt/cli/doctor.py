"""`mirrorhunt doctor`: is everything in place, and what to do where it is not."""

from __future__ import annotations

import asyncio
import platform
import shutil
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import date
from importlib.metadata import version
from typing import Annotated

import typer

from mirrorhunt import __version__, warninglists
from mirrorhunt.cli._context import Context
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
        *_lists(base.now().date()),
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


def _lists(today: date) -> Iterator[Check]:
    suffixes = version("publicsuffixlist").rpartition(".")[2]
    of = date.fromisoformat(suffixes) if len(suffixes) == 8 and suffixes.isdigit() else None
    yield _aged("public suffixes", f"list of {suffixes}", of, today, "publicsuffixlist")
    found = warninglists.editions()
    oldest = min((e for e in found if e.of), key=lambda e: e.of or today, default=None)
    said = f"{len(found)} MISP lists of pymispwarninglists {version('pymispwarninglists')}"
    if oldest is None or oldest.of is None:
        yield _aged("warning lists", said, None, today, "pymispwarninglists")
        return
    said += f", the oldest {oldest.name} of {oldest.of:%Y-%m-%d}"
    yield _aged("warning lists", said, oldest.of, today, "pymispwarninglists")


def _aged(subject: str, found: str, of: date | None, today: date, package: str) -> Check:
    """A note once a list is old; what renews it is a newer package, if there is one."""
    days = (today - of).days if of else 0
    remedy = f"newer: `pip install -U {package}`"
    if days < warninglists.OLD_DAYS:
        return Check(subject, "ok", found, remedy)
    if package == "pymispwarninglists":
        remedy += "; `mirrorhunt lists` has each, your own names go into `protect`"
    return Check(subject, "note", f"{found}: {days} days old", remedy)


def _browser() -> Check:
    found = shutil.which("chromium") or shutil.which("google-chrome")
    if found:
        return Check("browser", "ok", found)
    return Check("browser", "note", "none: pages drawn by scripts are read as sent")
