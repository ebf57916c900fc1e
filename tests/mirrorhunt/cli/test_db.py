"""`mirrorhunt db`."""

from pathlib import Path

import pytest
from sqlalchemy import Engine, inspect, text

from mirrorhunt.store import migrate
from mirrorhunt.store.session import engine_for
from tests.mirrorhunt.cli.conftest import Run


def test_a_database_that_is_up_to_date_says_so(run: Run) -> None:
    ended = run("db", "check")

    assert (ended.code, ended.out) == (0, "")
    assert ended.line == f"schema {migrate.head()}: up to date"


def test_a_check_changes_nothing(run: Run, tmp_path: Path) -> None:
    ended = run("--database", "sqlite:///absent.db", "db", "check")

    assert ended.code == 1
    assert "run `mirrorhunt db upgrade`" in ended.line
    left = tmp_path / "absent.db"
    assert not left.exists() or not inspect(engine_for(f"sqlite:///{left}")).get_table_names()


@pytest.mark.parametrize("command", [("db", "check"), ("db", "upgrade"), ("export", "csv")])
def test_a_newer_schema_is_one_line(command: tuple[str, ...], run: Run, engine: Engine) -> None:
    with engine.begin() as connection:
        connection.execute(text("update mirrorhunt_schema set version_num = '9999'"))
    ended = run(*command)

    assert (ended.code, ended.out) == (1, "")
    assert "newer mirrorhunt" in ended.line


@pytest.mark.parametrize("command", [("db", "check"), ("db", "upgrade"), ("export", "csv")])
def test_somebody_elses_database_is_one_line(
    command: tuple[str, ...], run: Run, tmp_path: Path
) -> None:
    theirs = engine_for(f"sqlite:///{tmp_path}/theirs.db")
    with theirs.begin() as connection:
        connection.execute(text("create table invoices (id integer)"))
    ended = run("--database", "sqlite:///theirs.db", *command)
    left = inspect(theirs).get_table_names()
    theirs.dispose()

    assert (ended.code, ended.out) == (1, "")
    assert "not mirrorhunt's (invoices)" in ended.line
    assert left == ["invoices"]


def test_tables_that_were_changed_by_hand_are_noticed(run: Run, engine: Engine) -> None:
    with engine.begin() as connection:
        connection.execute(text("alter table hosts add column colour text"))
    ended = run("db", "check")

    assert ended.code == 1
    assert "colour" in ended.line
