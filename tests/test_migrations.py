"""The migrations, on both databases: they end where the tables are, and go back to nothing."""

from pathlib import Path

import pytest
from alembic import command
from sqlalchemy import Engine, inspect, text

from mirrorhunt.errors import ConfigError, StoreError
from mirrorhunt.store import migrate
from mirrorhunt.store.session import engine_for
from mirrorhunt.store.tables import Base


def tables(engine: Engine) -> set[str]:
    return set(inspect(engine).get_table_names())


def test_the_head_is_what_the_tables_say(any_empty_engine: Engine) -> None:
    migrate.upgrade(any_empty_engine)

    assert migrate.differences(any_empty_engine) == []
    assert tables(any_empty_engine) == {*Base.metadata.tables, "mirrorhunt_schema"}
    assert migrate.current(any_empty_engine) == migrate.head()


def test_indexes_and_constraints_are_what_the_tables_say(any_empty_engine: Engine) -> None:
    migrate.upgrade(any_empty_engine)
    inspector = inspect(any_empty_engine)

    for table in Base.metadata.tables.values():
        unique = {u["name"] for u in inspector.get_unique_constraints(table.name)}
        found = {i["name"] for i in inspector.get_indexes(table.name)} - unique
        assert found == {index.name for index in table.indexes}, table.name
        keys = inspector.get_foreign_keys(table.name)
        assert {k["name"] for k in keys} == {
            constraint.name for constraint in table.foreign_key_constraints
        }, table.name


def test_up_and_down_leaves_nothing_and_up_again_is_the_same(any_empty_engine: Engine) -> None:
    config = migrate.alembic_config(any_empty_engine)

    command.upgrade(config, "head")
    command.downgrade(config, "base")
    assert tables(any_empty_engine) == {"mirrorhunt_schema"}
    command.upgrade(config, "head")

    assert migrate.differences(any_empty_engine) == []


def test_each_revision_goes_up_and_down_by_itself(any_empty_engine: Engine) -> None:
    config = migrate.alembic_config(any_empty_engine)
    while migrate.current(any_empty_engine) != migrate.head():
        before = tables(any_empty_engine) - {"mirrorhunt_schema"}
        command.upgrade(config, "+1")
        command.downgrade(config, "-1")
        assert tables(any_empty_engine) - {"mirrorhunt_schema"} == before
        command.upgrade(config, "+1")


def test_upgrading_twice_changes_nothing(any_empty_engine: Engine) -> None:
    assert migrate.upgrade(any_empty_engine) == migrate.upgrade(any_empty_engine)


def test_there_is_one_head() -> None:
    assert migrate.head()


# ---------------------------------------------------------------- databases that are not ours


def one_line(error: pytest.ExceptionInfo[Exception]) -> str:
    message = str(error.value)
    assert "\n" not in message
    return message


def test_a_newer_schema_is_left_alone(any_engine: Engine) -> None:
    with any_engine.begin() as connection:
        connection.execute(text("update mirrorhunt_schema set version_num = '9999'"))

    with pytest.raises(StoreError) as error:
        migrate.upgrade(any_engine)

    assert "newer mirrorhunt (schema 9999" in one_line(error)
    assert migrate.current(any_engine) == "9999"


def test_somebody_elses_database_is_left_alone(any_empty_engine: Engine) -> None:
    with any_empty_engine.begin() as connection:
        connection.execute(text("create table invoices (id integer)"))

    with pytest.raises(StoreError) as error:
        migrate.upgrade(any_empty_engine)

    assert "(invoices)" in one_line(error)
    assert tables(any_empty_engine) == {"invoices"}


def test_a_message_never_shows_a_password() -> None:
    url = "postgresql+psycopg://mira:s3cret@127.0.0.1:1/films?connect_timeout=2"

    with pytest.raises(StoreError) as error:
        migrate.upgrade(engine_for(url))

    assert "s3cret" not in one_line(error)


@pytest.mark.parametrize(
    "url",
    [
        pytest.param("sqlite:///{place}", id="a folder"),
        pytest.param("sqlite:///{place}/absent/films.db", id="in a folder that is not there"),
        pytest.param("sqlite:///{place}/a_file/films.db", id="below a file"),
        pytest.param("sqlite:///file:{place}/empty?mode=ro&uri=true", id="read-only"),
        pytest.param("sqlite:///{place}/a_file", id="a file of another kind"),
    ],
)
def test_a_file_that_cannot_be_used_is_one_line(url: str, tmp_path: Path) -> None:
    (tmp_path / "a_file").write_text("This is no database, whatever its name says. " * 40)
    (tmp_path / "empty").touch()
    engine = engine_for(url.format(place=tmp_path))

    with pytest.raises(StoreError) as error:
        migrate.upgrade(engine)

    engine.dispose()
    assert "name another database" in one_line(error)


@pytest.mark.parametrize(
    "url",
    [
        pytest.param("", id="empty"),
        pytest.param("films.db", id="a path"),
        pytest.param("mysql://films", id="another database"),
        pytest.param("sqlite+nodriver:///films.db", id="a driver that is not there"),
    ],
)
def test_a_url_that_cannot_be_used_names_one_that_can(url: str) -> None:
    with pytest.raises(ConfigError) as error:
        engine_for(url)

    assert "SQLite" in one_line(error) or "sqlite:///" in one_line(error)


def test_somebody_elses_first_revision_is_not_ours(any_empty_engine: Engine) -> None:
    with any_empty_engine.begin() as connection:
        connection.execute(text("create table invoices (id integer)"))
        connection.execute(text("create table alembic_version (version_num varchar(32))"))
        connection.execute(text("insert into alembic_version values ('0001')"))

    with pytest.raises(StoreError):
        migrate.upgrade(any_empty_engine)
