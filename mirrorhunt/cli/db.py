"""`mirrorhunt db`: the database."""

import typer

from mirrorhunt.cli._context import Context
from mirrorhunt.cli._output import talk
from mirrorhunt.errors import StoreError
from mirrorhunt.store import migrate
from mirrorhunt.store.session import engine_for


def add_to(app: typer.Typer) -> None:
    """Add the commands."""
    group = typer.Typer(help="The database: bring its schema up to date, check it.")
    group.command("upgrade")(upgrade)
    group.command("check")(check)
    app.add_typer(group, name="db", no_args_is_help=True)


def upgrade(context: typer.Context) -> None:
    """Bring the schema up to date; other commands do so by themselves."""
    base: Context = context.obj
    talk(f"schema {migrate.upgrade(engine_for(base.config.database_url))}")


def check(context: typer.Context) -> None:
    """Say whether the database is ours and up to date; changes nothing. Exit code 1 if not."""
    base: Context = context.obj
    engine = engine_for(base.config.database_url)
    migrate.check_owner(engine)
    revision = migrate.current(engine)
    if revision != migrate.head():
        raise StoreError(
            f"the schema is at {revision or 'nothing'}, this program needs {migrate.head()}: "
            "run `mirrorhunt db upgrade`"
        )
    differences = migrate.differences(engine)
    if differences:
        raise StoreError(f"the tables differ from the program's: {differences[0]}")
    talk(f"schema {revision}: up to date")
