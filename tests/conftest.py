"""What every test may ask for: a database, an instant; and what no test may do: go out."""

import asyncio
import ipaddress
import os
import shutil
import socket
from collections import Counter
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from sqlalchemy import Engine

from mirrorhunt.config import Config
from mirrorhunt.net.chromium import BrowserMissingError, look
from mirrorhunt.store import migrate
from mirrorhunt.store.session import engine_for
from tests import make
from tests.needs import LACKING, lacking
from tests.postgres import Postgres, running

# The same examples each time, and no deadline: a busy machine is no reason to fail.
settings.register_profile(
    "mirrorhunt",
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.load_profile("mirrorhunt")


# First of all hooks, as xdist reads the groups in its own.
@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Tests of one PostgreSQL run in one worker, so that one server is started.

    Where the groups are not honoured (xdist 3.8 under pytest 9.2) each worker starts its own.
    """
    for item in items:
        names = getattr(item, "fixturenames", ())
        called = getattr(item, "callspec", None)
        is_postgres = called is not None and called.params.get("database") == "postgresql"
        if is_postgres or ("postgres" in names and called is None):
            item.add_marker(pytest.mark.xdist_group("postgresql"))


@pytest.fixture(scope="session", autouse=True)
def loopback_only() -> Iterator[None]:
    """Refuse to talk to anything but this machine."""
    connect, sendto = socket.socket.connect, socket.socket.sendto

    def guarded_connect(self: socket.socket, address: Any) -> None:
        _refuse_far(self, address)
        connect(self, address)

    def guarded_sendto(self: socket.socket, data: Any, *rest: Any) -> int:
        _refuse_far(self, rest[-1])
        return sendto(self, data, *rest)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(socket.socket, "connect", guarded_connect)
        patch.setattr(socket.socket, "sendto", guarded_sendto)
        yield


def _refuse_far(own: socket.socket, address: Any) -> None:
    if own.family not in {socket.AF_INET, socket.AF_INET6}:
        return
    try:
        is_near = ipaddress.ip_address(address[0].partition("%")[0]).is_loopback
    except ValueError:
        is_near = address[0] == "localhost"
    if not is_near:
        raise AssertionError(f"a test talks to {address!r}: only loopback is allowed")


@pytest.fixture(scope="session", autouse=True)
def no_settings_of_the_operator() -> Iterator[None]:
    """Keep the environment of whoever runs the tests out of them."""
    with pytest.MonkeyPatch.context() as patch:
        for name in list(os.environ):
            if name.startswith("MIRRORHUNT_") and name != "MIRRORHUNT_TEST_PG_URL":
                patch.delenv(name)
        yield


@pytest.fixture(scope="session")
def chromium() -> str:
    """The program of a real browser."""
    try:
        return asyncio.run(look(Config())).path
    except BrowserMissingError as e:
        lacking(str(e))


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Nobody reads the reasons of what was skipped; these matter."""
    skipped = [str(r.longrepr) for r in terminalreporter.stats.get("skipped", [])]
    if missed := [why for why in skipped if LACKING in why]:
        terminalreporter.section("NOT PROVED HERE", red=True, bold=True)
        for why, count in Counter(why.partition(LACKING)[2].strip("')") for why in missed).items():
            terminalreporter.line(f"{count} tests were skipped for want of: {why}")


@pytest.fixture
def now() -> datetime:
    """The instant of every test, where it does not matter."""
    return make.NOW


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated SQLite file, to be copied."""
    file = tmp_path_factory.mktemp("sqlite") / "template.db"
    engine = engine_for(f"sqlite:///{file}")
    migrate.upgrade(engine)
    # The last connection to close brings what is in the log into the file.
    engine.dispose()
    return file


@pytest.fixture
def engine(sqlite_template: Path, tmp_path: Path) -> Iterator[Engine]:
    """A SQLite database of this test's own, up to date."""
    file = tmp_path / "mirrorhunt.db"
    shutil.copy(sqlite_template, file)
    made = engine_for(f"sqlite:///{file}")
    yield made
    made.dispose()


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    """A real PostgreSQL, started once."""
    with running() as server:
        yield server


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest) -> str:
    """Either database, by name."""
    return str(request.param)


@pytest.fixture
def any_engine(database: str, request: pytest.FixtureRequest) -> Iterator[Engine]:
    """A database of this test's own, up to date: once SQLite, once PostgreSQL."""
    if database == "sqlite":
        yield request.getfixturevalue("engine")
        return
    server: Postgres = request.getfixturevalue("postgres")
    made = engine_for(server.migrated())
    yield made
    made.dispose()


@pytest.fixture
def any_empty_engine(
    database: str, request: pytest.FixtureRequest, tmp_path: Path
) -> Iterator[Engine]:
    """A database of this test's own without tables: once SQLite, once PostgreSQL."""
    if database == "sqlite":
        made = engine_for(f"sqlite:///{tmp_path / 'empty.db'}")
    else:
        server: Postgres = request.getfixturevalue("postgres")
        made = engine_for(server.empty())
    yield made
    made.dispose()
