"""`mirrorhunt lists`: which lists decide what, and how old they are."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime
from importlib.metadata import version
from pathlib import Path

import typer

from mirrorhunt import __version__, names, protecting, warninglists
from mirrorhunt.cli._context import Context
from mirrorhunt.cli._deciding import AsJson
from mirrorhunt.cli._output import as_json as print_json
from mirrorhunt.cli._output import table, talk
from mirrorhunt.protected import builtin, looked_through
from mirrorhunt.warninglists import OLD_DAYS, Edition


def add_to(app: typer.Typer) -> None:
    """Add the command."""
    app.command("lists")(lists)


def lists(context: typer.Context, as_json: AsJson = False) -> None:
    """Show each list that protects names or weighs values: how many entries, and how old.

    A list is renewed by a newer package; names of your own go into files of the setting `protect`
    or `mirrorhunt protect add`.
    """
    base: Context = context.obj
    today = base.now().date()
    found = list(_editions(base))
    if as_json:
        for e in found:
            print_json(
                {"name": e.name, "decides": e.decides, "entries": e.entries, "version": e.version}
                | {"of": e.of.isoformat() if e.of else None, "age_days": e.age_days(today)}
            )
        return
    table(
        ("list", "decides", "entries", "version", "days old"),
        [(e.name, e.decides, f"{e.entries:,}", e.version, _age(e, today)) for e in found],
    )
    old = sum(1 for e in found if (e.age_days(today) or 0) >= OLD_DAYS)
    if old:
        talk(
            f"{old} lists are {OLD_DAYS} days old or more: "
            "`pip install -U pymispwarninglists publicsuffixlist`"
        )


def _editions(base: Context) -> Iterator[Edition]:
    yield suffixes()
    yield shipped()
    yield from map(file_of, base.config.protect)
    own = [p for p in protecting.own(base.engine()) if p.is_current(base.now())]
    yield Edition("protected by hand", "protected names", len(own), "", None)
    yield from warninglists.editions()


def suffixes() -> Edition:
    """The Public Suffix List."""
    said = version("publicsuffixlist").rpartition(".")[2]
    of = date.fromisoformat(said) if len(said) == 8 and said.isdigit() else None
    return Edition("public suffixes", "what is whose", len(names.public_suffixes()), said, of)


def shipped() -> Edition:
    """The protected names that come with the program, as old as they were last looked through."""
    said = f"mirrorhunt {__version__}"
    return Edition("built in", "protected names", len(builtin()), said, looked_through())


def file_of(file: str) -> Edition:
    """A file of the setting `protect`, as old as its last change. Raises InputError."""
    entries = protecting.read(Path(file))
    changed = datetime.fromtimestamp(Path(file).stat().st_mtime, UTC).date()
    return Edition(file, "protected names", len(entries), f"{changed:%Y%m%d}", changed)


def _age(edition: Edition, today: date) -> str:
    days = edition.age_days(today)
    return "" if days is None else f"{days}{' (old)' if days >= OLD_DAYS else ''}"
