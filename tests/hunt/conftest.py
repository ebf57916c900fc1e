"""Hunts from end to end: the real command in a process of its own, against a lab in this one."""

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from types import MappingProxyType

import pytest
from sqlalchemy import Engine, func, select
from sqlalchemy.orm import aliased

from mirrorhunt.lab.run import Lab, lab_running
from mirrorhunt.lab.world import World
from mirrorhunt.lab.worlds import worlds
from mirrorhunt.store import tables
from mirrorhunt.store.session import engine_for
from mirrorhunt.store.verdicts import MOVED_BITS

ROOT = Path(__file__).resolve().parents[2]
DEADLINE_S = 90.0
"""For anything that is waited for: far beyond what it takes, as machines may be busy."""
_PAUSE_S = 0.005


@dataclass(frozen=True)
class Ended:
    """How a command ended."""

    code: int
    out: str
    err: str
    peak_bytes: int = 0
    """The most memory that it had."""

    @property
    def last_line(self) -> str:
        """The last line on stderr: what went wrong."""
        return self.err.splitlines()[-1]

    @property
    def complaints(self) -> list[str]:
        """The lines on stderr by which a failure is told."""
        return [line for line in self.err.splitlines() if line.startswith("mirrorhunt: ")]


@dataclass
class Running:
    """A command under way."""

    process: subprocess.Popen[bytes]
    talk: Path
    data: Path

    def wait_until(self, condition: Callable[[], bool]) -> None:
        """Return as soon as *condition* holds; fail if it cannot any more, or takes too long."""
        deadline = time.monotonic() + DEADLINE_S
        while not condition():
            try:
                code = self.process.wait(_PAUSE_S)
            except subprocess.TimeoutExpired:
                assert time.monotonic() < deadline, self._said()
                continue
            assert condition(), f"ended with {code} before that: {self._said()}"

    def signal(self, number: int) -> None:
        """Send it a signal."""
        self.process.send_signal(number)

    def end(self) -> Ended:
        """Wait for its end."""
        deadline = time.monotonic() + DEADLINE_S
        # Not `wait`, which forgets what the process has used.
        while True:
            pid, status, usage = os.wait4(self.process.pid, os.WNOHANG)
            if pid:
                break
            if time.monotonic() > deadline:
                self.process.kill()
                self.process.wait()
                pytest.fail(f"it does not end: {self._said()}")
            time.sleep(_PAUSE_S)
        self.process.returncode = os.waitstatus_to_exitcode(status)
        return Ended(
            self.process.returncode,
            self.data.read_text(encoding="utf-8"),
            self._said(),
            usage.ru_maxrss * 1024,
        )

    def _said(self) -> str:
        return self.talk.read_text(encoding="utf-8")


@dataclass
class Place:
    """A folder, a database and an environment to run commands in."""

    folder: Path
    database_url: str
    environment: dict[str, str] = field(default_factory=dict)
    _count: int = 0

    def start(
        self, *command: str, before: Callable[[], None] | None = None, **settings: str
    ) -> Running:
        """Start ``python -m mirrorhunt *command*``; *settings* are ``MIRRORHUNT_…``."""
        return self.start_module("mirrorhunt", *command, before=before, settings=settings)

    def start_module(
        self,
        *command: str,
        cwd: Path | None = None,
        before: Callable[[], None] | None = None,
        settings: Mapping[str, str] = MappingProxyType({}),
    ) -> Running:
        """Start ``python -m *command*``; *before* runs in the new process, to bound it."""
        self._count += 1
        talk, data = (self.folder / f"{self._count}.{name}" for name in ("talk", "data"))
        given = {f"MIRRORHUNT_{name.upper()}": value for name, value in settings.items()}
        with talk.open("wb") as err, data.open("wb") as out:
            process = subprocess.Popen(
                [sys.executable, "-m", *command],
                cwd=cwd or self.folder,
                env=_clean() | self._own() | self.environment | given,
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=err,
                preexec_fn=before,
            )
        return Running(process, talk, data)

    def run(
        self, *command: str, before: Callable[[], None] | None = None, **settings: str
    ) -> Ended:
        """Run a command to its end."""
        return self.start(*command, before=before, **settings).end()

    def _own(self) -> dict[str, str]:
        # The width of a terminal must not decide what a script reads.
        return {"MIRRORHUNT_DATABASE_URL": self.database_url, "COLUMNS": "200"}

    def engine(self) -> Engine:
        """The database, as this process sees it."""
        return engine_for(self.database_url)

    def count(self, table: type[tables.Base]) -> int:
        """The rows of *table*; 0 where there is no such table yet."""
        return count_rows(self.database_url, table)


def count_rows(url: str, table: type[tables.Base]) -> int:
    """The rows of *table*, read without holding up whoever writes."""
    if url.startswith("sqlite:///"):
        path = url.removeprefix("sqlite:///")
        if not Path(path).exists():
            return 0
        return _count_in_file(path, table.__tablename__)
    engine = engine_for(url)
    with engine.connect() as connection:
        found = connection.execute(select(func.count()).select_from(table)).scalar_one()
    engine.dispose()
    return found


def _count_in_file(path: str, table: str) -> int:
    # `engine_for` takes the writer's lock; a look must not.
    import sqlite3

    connection = sqlite3.connect(f"file:{path}?mode=ro", uri=True, timeout=30)
    try:
        return int(connection.execute(f'select count(*) from "{table}"').fetchone()[0])
    except sqlite3.OperationalError:
        return 0
    finally:
        connection.close()


def _clean() -> dict[str, str]:
    found = {k: v for k, v in os.environ.items() if not k.startswith("MIRRORHUNT_")}
    return found | {"PYTHONPATH": str(ROOT), "PYTHONDONTWRITEBYTECODE": "1"}


# ---------------------------------------------------------------- what a hunt has come to


@dataclass(frozen=True)
class State:
    """All that a hunt stored, but for ids and instants."""

    hosts: frozenset[tuple[str, str, str]]
    verdicts: Mapping[str, tuple[str, str, float, str]]
    candidates: frozenset[tuple[str, str, str, str]]
    observations: frozenset[tuple[str, str, str, str]]
    visits: Mapping[tuple[int, str, str], int]
    open_runs: int


def state_of(engine: Engine) -> State:
    """What is stored in *engine*."""
    host = tables.Host
    visit, seen = tables.Visit, tables.Observation
    judged, proposed, run = tables.Verdict, tables.Candidate, tables.Run
    with engine.begin() as connection:
        hosts = connection.execute(select(host.name, host.availability, host.availability_rule))
        verdicts = connection.execute(
            select(host.name, judged.verdict, judged.relation, judged.score_bits, judged.gate)
            .join(judged, judged.host_id == host.id)
            .where(judged.is_current)
        )
        candidates = connection.execute(
            select(host.name, proposed.technique, proposed.channel, proposed.seen_on).join(
                proposed, proposed.host_id == host.id
            )
        )
        observations = connection.execute(
            select(host.name, seen.kind, seen.value, seen.region).join(
                seen, seen.host_id == host.id
            )
        )
        looked = aliased(visit)
        visits = connection.execute(
            select(looked.run_id, host.name, looked.path, func.count())
            .join(looked, looked.host_id == host.id)
            .group_by(looked.run_id, host.name, looked.path)
        )
        open_runs = select(func.count()).select_from(run).where(run.finished_at.is_(None))
        return State(
            frozenset((a, b, c) for a, b, c in hosts),
            {name: (v, r, bits, gate) for name, v, r, bits, gate in verdicts},
            frozenset((a, b, c, d) for a, b, c, d in candidates),
            frozenset((a, b, c, d) for a, b, c, d in observations),
            {(run_id, name, path): n for run_id, name, path, n in visits},
            connection.execute(open_runs).scalar_one(),
        )


def assert_same(state: State, other: State) -> None:
    """Field by field, so that a failure says what differs."""
    assert state.hosts == other.hosts
    # Which rule makes a name up first hangs on the instants at which hosts were first seen.
    differing = state.candidates ^ other.candidates
    assert {technique for _, technique, _, _ in differing} <= {"dns_names"}
    assert without_rules(state) == without_rules(other)
    assert state.observations == other.observations
    assert state.visits == other.visits
    assert {h: v[:2] for h, v in state.verdicts.items()} == {
        h: v[:2] for h, v in other.verdicts.items()
    }
    by_another_rule = {host for host, _, _, _ in differing}
    bits, other_bits = (
        {h: v[2] for h, v in s.verdicts.items() if h not in by_another_rule}
        for s in (state, other)
    )
    # Evidence fades by the minute, and a hunt that was killed takes longer.
    assert bits == pytest.approx(other_bits, abs=2 * MOVED_BITS)
    assert state.open_runs == other.open_runs


def without_rules(state: State) -> set[tuple[str, str, str]]:
    """(host, technique, where it was read) of each candidate, whatever rule made its name."""
    return {(host, technique, seen_on) for host, technique, _, seen_on in state.candidates}


# ---------------------------------------------------------------- fixtures


@cache
def hamlet() -> World:
    """The world that most hunts here are in."""
    return worlds["hamlet"](1)


@pytest.fixture(scope="package")
def lab() -> Iterator[Lab]:
    """The hamlet, served for all hunts of one process."""
    with lab_running(hamlet()) as running:
        yield running


@pytest.fixture
def place(tmp_path: Path, lab: Lab) -> Place:
    """A folder and an empty SQLite database, pointed at the hamlet."""
    return place_in(tmp_path, lab)


def place_in(folder: Path, lab: Lab, url: str | None = None) -> Place:
    """A place in *folder* from which *lab* is all there is of the Internet."""
    protect = folder / "protect.txt"
    protect.write_text("\n".join(lab.world.protect) + "\n", encoding="utf-8")
    return Place(
        folder,
        url or f"sqlite:///{folder / 'hunt.db'}",
        {**lab.environment(), "MIRRORHUNT_PROTECT": str(protect), **_BRISK},
    )


# Twice as fast as the default, and still polite by the lab's measure; a browser draws in the tests
# of `test_browser` alone.
_BRISK = {"MIRRORHUNT_DELAY_S": "0.25", "MIRRORHUNT_BROWSER": "no"}


@dataclass(frozen=True)
class Whole:
    """A hunt that nothing disturbed."""

    place: Place
    ended: Ended
    state: State
    requests_from: int
    """How many requests the lab had seen before."""
    requests_to: int


@pytest.fixture(scope="package")
def whole(lab: Lab, tmp_path_factory: pytest.TempPathFactory) -> Whole:
    """The hamlet, hunted from its seed to the end on SQLite."""
    return hunt_whole(place_in(tmp_path_factory.mktemp("whole"), lab), lab)


def hunt_whole(place: Place, lab: Lab) -> Whole:
    """Hunt in *place* without a disturbance."""
    before = len(lab.requests)
    ended = place.run("hunt", *lab.world.seeds, "--yes")
    engine = place.engine()
    state = state_of(engine)
    engine.dispose()
    return Whole(place, ended, state, before, len(lab.requests))
