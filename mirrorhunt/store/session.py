"""Engines: how we talk to SQLite and PostgreSQL."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, NoSuchModuleError, SQLAlchemyError

from mirrorhunt.errors import ConfigError, StoreError


def engine_for(url: str) -> Engine:
    """An engine for *url*, with what each database needs set. Raises ConfigError."""
    try:
        parsed = make_url(url)
        engine = create_engine(parsed, pool_pre_ping=parsed.get_backend_name() != "sqlite")
    except (ArgumentError, NoSuchModuleError, ModuleNotFoundError) as e:
        raise ConfigError(
            f"database_url {url!r} cannot be used: {e}; "
            "write sqlite:///FILE or postgresql+psycopg://USER@HOST/NAME"
        ) from None
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _prepare_sqlite)
        event.listen(engine, "begin", _begin_immediate)
    elif engine.dialect.name != "postgresql":
        raise ConfigError(f"database_url {url!r}: only SQLite and PostgreSQL are supported")
    return engine


def _prepare_sqlite(connection: Any, _record: Any) -> None:
    # The driver's own transaction handling starts them too late; we say BEGIN ourselves.
    connection.isolation_level = None
    for pragma in ("journal_mode=wal", "synchronous=normal", "busy_timeout=30000"):
        connection.execute(f"pragma {pragma}")
    connection.execute("pragma foreign_keys=on")


def _begin_immediate(connection: Connection) -> None:
    # A transaction that reads first and writes later could not be upgraded while another writes.
    is_reading = connection.get_execution_options().get(_READING)
    connection.exec_driver_sql("BEGIN" if is_reading else "BEGIN IMMEDIATE")


_READING = "mirrorhunt_reading"


@contextmanager
def reading(engine: Engine) -> Iterator[Connection]:
    """One state of the database for as long as it takes, whoever writes meanwhile; writes nothing
    and keeps nobody from writing."""
    options: dict[str, Any] = {_READING: True}
    if engine.dialect.name == "postgresql":
        options |= {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}
    with engine.connect().execution_options(**options) as connection, connection.begin():
        yield connection


@contextmanager
def storing() -> Iterator[None]:
    """Turn what the database says into one StoreError line."""
    try:
        yield
    except DBAPIError as e:
        text = str(e.orig).strip().splitlines()[0] if e.orig else str(e)
        raise StoreError(f"the database refused: {text}") from e
    except SQLAlchemyError as e:
        raise StoreError(f"the database refused: {e}") from e
