"""Real servers for tests: started on loopback, asked until they answer, stopped in any case."""

import contextlib
import os
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.mirrorhunt.exports.servers.asking import UPSTREAM, answer
from tests.name_servers import find
from tests.nameserver import Nameserver
from tests.needs import lacking

READY_S = 60
_PAUSE_S = 0.05


def needed(program: str) -> str:
    """The path of *program*, or the test is skipped."""
    return find(program) or lacking(f"{program} (make servers)")


def free_port() -> int:
    """A port of 127.0.0.1 that nothing has, for UDP and TCP."""
    for _ in range(50):
        with socket.socket() as tcp, socket.socket(type=socket.SOCK_DGRAM) as udp:
            tcp.bind(("127.0.0.1", 0))
            port: int = tcp.getsockname()[1]
            with contextlib.suppress(OSError):
                udp.bind(("127.0.0.1", port))
                return port
    raise RuntimeError("no port is free for both UDP and TCP")


@dataclass
class Running:
    """A server that answers."""

    process: subprocess.Popen[bytes]
    log: Path

    def hang_up(self) -> None:
        """SIGHUP: what most of them read their files again for."""
        self.process.send_signal(signal.SIGHUP)

    def words(self) -> str:
        return self.log.read_text(encoding="utf-8", errors="replace")


@contextlib.contextmanager
def started(
    command: Sequence[str | Path], folder: Path, is_ready: Callable[[], bool]
) -> Iterator[Running]:
    """Run *command* in *folder* until the end of the block."""
    log = folder / f"{Path(command[0]).name}.log"
    with log.open("wb") as words:
        process = subprocess.Popen(
            [str(word) for word in command],
            stdin=subprocess.DEVNULL,
            stdout=words,
            stderr=subprocess.STDOUT,
            cwd=folder,
            env={"PATH": os.environ["PATH"], "LC_ALL": "C", "HOME": str(folder)},
            start_new_session=True,
        )
    running = Running(process, log)
    try:
        until(is_ready, running)
        yield running
    finally:
        stop(process)


def stop(process: subprocess.Popen[bytes]) -> None:
    for how in (signal.SIGTERM, signal.SIGKILL):
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, how)
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(timeout=5)
            return


def until(is_so: Callable[[], bool], running: Running) -> None:
    """Ask again until it is so; fail with what the server said if it ends, or never does."""
    deadline = time.monotonic() + READY_S
    while not is_so():
        ended = running.process.poll()
        if ended is not None or time.monotonic() > deadline:
            why = "is not ready" if ended is None else f"ended with {ended}"
            pytest.fail(f"{running.process.args}: {why}:\n{running.words()[-3000:]}")
        time.sleep(_PAUSE_S)


def resolves(port: int, name: str = "ready.example") -> Callable[[], bool]:
    """Whether the server on *port* answers *name* as the upstream does."""

    def ask() -> bool:
        said = answer(port, name, "A", timeout_s=0.3)
        return said is not None and UPSTREAM["A"][0] in said.to_text()

    return ask


@contextlib.contextmanager
def upstream() -> Iterator[int]:
    """The port of a name server to which every name is there."""
    with Nameserver({}, wildcards={"": UPSTREAM}) as nameserver:
        yield nameserver.port


@contextlib.contextmanager
def folder() -> Iterator[Path]:
    """A folder that a server which gives up its rights can still read: pytest's cannot be."""
    with tempfile.TemporaryDirectory(prefix="mirrorhunt-") as made:
        path = Path(made)
        path.chmod(0o755)
        yield path
