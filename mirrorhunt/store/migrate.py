"""Run the migrations, from a checkout or from an installed wheel."""

from alembic import command
from alembic.config import Config as AlembicConfig
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from alembic.util import CommandError
from sqlalchemy import Engine, inspect

from mirrorhunt._layout import MIGRATIONS
from mirrorhunt.errors import StoreError
from mirrorhunt.store.session import storing
from mirrorhunt.store.tables import Base

VERSION_TABLE = "mirrorhunt_schema"
"""Not alembic's own name: somebody else's database has an ``alembic_version`` too."""
_ANOTHER = "name another database with MIRRORHUNT_DATABASE_URL or --database"


def alembic_config(engine: Engine) -> AlembicConfig:
    """Alembic's configuration for *engine*, whatever files lie in the working directory."""
    config = AlembicConfig()
    # ConfigParser reads % as the start of an interpolation.
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    config.attributes["engine"] = engine
    return config


def head() -> str:
    """The newest revision this program knows."""
    return ScriptDirectory(str(MIGRATIONS)).get_current_head() or ""


def current(engine: Engine) -> str | None:
    """The revision the database is at; None for one without our tables."""
    with storing(), engine.connect() as connection:
        options = {"version_table": VERSION_TABLE}
        return MigrationContext.configure(connection, opts=options).get_current_revision()


def upgrade(engine: Engine) -> str:
    """Bring the schema up to date and return its revision.

    Raises StoreError for a database that cannot be written, holds somebody else's tables, or was
    made by a newer mirrorhunt; nothing is touched then.
    """
    check_owner(engine)
    try:
        with storing():
            command.upgrade(alembic_config(engine), "head")
    except CommandError as e:
        raise StoreError(f"{_shown(engine)} cannot be upgraded: {e}") from None
    return head()


def check_owner(engine: Engine) -> None:
    """Raise StoreError unless the database is empty, or ours and not newer than we are."""
    try:
        revision = current(engine)
        with storing(), engine.connect() as connection:
            tables = set(inspect(connection).get_table_names())
    except StoreError as e:
        said = str(e).removeprefix("the database refused: ")
        raise StoreError(f"{_shown(engine)} cannot be used: {said}; {_ANOTHER}") from e
    if revision is None and tables:
        foreign = ", ".join(sorted(tables)[:3])
        raise StoreError(
            f"{_shown(engine)} holds tables that are not mirrorhunt's ({foreign}): {_ANOTHER}"
        )
    if revision is not None and not _is_known(revision):
        raise StoreError(
            f"{_shown(engine)} was made by a newer mirrorhunt (schema {revision}, this one knows "
            f"{head()}): upgrade the program, or name another database"
        )


def _is_known(revision: str) -> bool:
    scripts = ScriptDirectory(str(MIGRATIONS))
    return any(script.revision == revision for script in scripts.walk_revisions())


def differences(engine: Engine) -> list[str]:
    """How the database's tables differ from the program's; empty if they do not."""
    from alembic.autogenerate import compare_metadata

    with storing(), engine.connect() as connection:
        context = MigrationContext.configure(
            connection, opts={"compare_type": True, "version_table": VERSION_TABLE}
        )
        return [str(d) for d in compare_metadata(context, Base.metadata)]


def _shown(engine: Engine) -> str:
    return f"database {engine.url.render_as_string(hide_password=True)!r}"
