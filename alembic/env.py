"""How alembic finds the database: handed in by the program, or from the operator's settings."""

from typing import Any, Literal

from alembic import context
from sqlalchemy import Engine

from mirrorhunt import config
from mirrorhunt.store.migrate import VERSION_TABLE
from mirrorhunt.store.session import engine_for
from mirrorhunt.store.tables import Base
from mirrorhunt.store.types import SafeText, UtcDateTime


def render_item(kind: str, thing: Any, _context: Any) -> str | Literal[False]:
    """Migrations name plain types: they must still run when ours have moved on."""
    if kind == "type" and isinstance(thing, UtcDateTime):
        return "sa.DateTime(timezone=True)"
    if kind == "type" and isinstance(thing, SafeText):
        length = thing.impl_instance.length
        return f"sa.String({length or ''})"
    return False


engine: Engine = context.config.attributes.get("engine") or engine_for(config.load().database_url)
with engine.connect() as connection:
    context.configure(
        connection=connection,
        target_metadata=Base.metadata,
        render_as_batch=True,
        compare_type=True,
        render_item=render_item,
        version_table=VERSION_TABLE,
    )
    with context.begin_transaction():
        context.run_migrations()
