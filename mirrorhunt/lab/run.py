"""A lab that runs: nameserver and web servers of one world, beside whatever else goes on.

`Lab` lives in the event loop that starts it. `lab_running` gives it a thread and a loop of its
own, so that a crawler with another loop (or a test without any) can use it; `run` is for a
command line that does nothing else.
"""

import asyncio
import json
import multiprocessing
import tempfile
import threading
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Future
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, field
from multiprocessing.connection import Connection
from pathlib import Path

from mirrorhunt.lab.abroad import Proxy
from mirrorhunt.lab.dns_server import LIE, Nameserver
from mirrorhunt.lab.web_server import Request, WebServer
from mirrorhunt.lab.world import World
from mirrorhunt.lab.worlds import worlds

_ADDRESS = "127.0.0.1"
_START_TIMEOUT_S = 60


class Lab:
    """A served world.

    `nameserver`, `connect_to` and `ca_pem` can be read once `start` has returned; the logs
    (`requests`, `questions_count`) at any time.
    """

    def __init__(self, world: World) -> None:
        self.world = world
        self.nameserver = ""
        """``ADDR:PORT`` of the first honest one, for UDP and TCP."""
        self.nameservers: tuple[str, ...] = ()
        """All that the world declares, in its order, good and bad."""
        self.connect_to: tuple[str, ...] = ()
        """As curl's --connect-to: ``HOST:PORT:ADDR:PORT``, an empty HOST means any."""
        self.proxy = ""
        """URL of an HTTP proxy whose connections come from another country."""
        self.lying_nameserver = ""
        """As `nameserver`, but it gives an address for every name that does not exist."""
        self.served = tuple(Nameserver.of(world, serving) for serving in world.nameservers)
        self._honest = [serving.manner for serving in world.nameservers].index("honest")
        self.dns = self.served[self._honest]
        self.lying_dns = Nameserver(world, lie=LIE)
        self._web = WebServer(world)
        self._abroad = Proxy()

    async def start(self) -> None:
        """Listen on free ports of the loopback interface."""
        ports = [await nameserver.start(_ADDRESS) for nameserver in self.served]
        self.nameservers = tuple(f"{_ADDRESS}:{port}" for port in ports)
        self.nameserver = self.nameservers[self._honest]
        self.lying_nameserver = f"{_ADDRESS}:{await self.lying_dns.start(_ADDRESS)}"
        http, https = await self._web.start(_ADDRESS)
        self.proxy = f"http://{_ADDRESS}:{await self._abroad.start(_ADDRESS)}"
        self.connect_to = (f":80:{_ADDRESS}:{http}", f":443:{_ADDRESS}:{https}")

    async def stop(self) -> None:
        """Close everything that `start` opened."""
        for nameserver in self.served:
            await nameserver.stop()
        await self.lying_dns.stop()
        await self._abroad.stop()
        await self._web.stop()

    @property
    def ca_pem(self) -> bytes:
        """The root certificate, for a client that wants to trust the lab."""
        return self._web.authority.ca_pem

    @property
    def requests(self) -> list[Request]:
        """Every request that arrived, in order."""
        return self._web.requests

    @property
    def questions_count(self) -> int:
        """How many DNS questions arrived, at all nameservers together."""
        return sum(len(nameserver.asked) for nameserver in (*self.served, self.lying_dns))

    def environment(self) -> Mapping[str, str]:
        """What points mirrorhunt at this lab instead of the Internet, at all its nameservers."""
        return _environment(self.nameservers, self.connect_to)

    def log(self) -> Mapping[str, object]:
        """The logs as plain data: what `read_log` reads."""
        return {
            "world": self.world.name,
            "seed": self.world.seed,
            "questions": self.questions_count,
            "requests": [asdict(request) for request in self.requests],
        }


def _environment(nameservers: tuple[str, ...], connect_to: tuple[str, ...]) -> Mapping[str, str]:
    return {
        "MIRRORHUNT_NAMESERVERS": ",".join(nameservers),
        "MIRRORHUNT_CONNECT_TO": ",".join(connect_to),
    }


@contextmanager
def lab_running(world: World) -> Iterator[Lab]:
    """*world* served from a thread of its own until the block is left.

    Raises whatever starting raised.
    """
    lab = Lab(world)
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, name="lab", daemon=True)
    thread.start()
    try:
        started: Future[None] = asyncio.run_coroutine_threadsafe(lab.start(), loop)
        started.result(timeout=60)
        yield lab
    finally:
        asyncio.run_coroutine_threadsafe(_wind_up(lab), loop).result(timeout=60)
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()


@contextmanager
def lab_in_process(world_name: str, seed: int = 1, day: int = 0) -> Iterator["Outpost"]:
    """A world served from a process of its own, so that it does not share the interpreter lock
    with what is measured.

    The logs can be read once the block is left: `Outpost.requests`, `Outpost.questions_count`.
    Raises TimeoutError if the process does not come up.
    """
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe()
    with tempfile.TemporaryDirectory(prefix="lab-log-") as folder:
        log = Path(folder) / "log.json"
        arguments = (world_name, seed, day, log, theirs)
        process = context.Process(target=_serve, args=arguments, daemon=True)
        process.start()
        try:
            if not ours.poll(_START_TIMEOUT_S):
                raise TimeoutError(f"the lab's process did not start in {_START_TIMEOUT_S} s")
            nameserver, nameservers, connect_to, ca_pem = ours.recv()
            outpost = Outpost(nameserver, connect_to, ca_pem, nameservers=nameservers)
            yield outpost
        finally:
            ours.send("stop")
            process.join(_START_TIMEOUT_S)
            if process.is_alive():
                process.kill()
                process.join()
        outpost.requests, outpost.questions_count = read_log(log)


@dataclass
class Outpost:
    """A lab in another process, as far as it can be seen from here."""

    nameserver: str
    connect_to: tuple[str, ...]
    ca_pem: bytes
    requests: list[Request] = field(default_factory=list)
    """Empty until the lab was stopped."""
    questions_count: int = 0
    nameservers: tuple[str, ...] = ()
    """All that the world declares; `nameserver` is the first honest one."""

    def environment(self) -> Mapping[str, str]:
        """As `Lab.environment`."""
        return _environment(self.nameservers or (self.nameserver,), self.connect_to)


def _serve(world_name: str, seed: int, day: int, log: Path, pipe: Connection) -> None:
    def ready(lab: Lab) -> None:
        pipe.send((lab.nameserver, lab.nameservers, lab.connect_to, lab.ca_pem))
        loop, serving = asyncio.get_running_loop(), asyncio.current_task()
        assert serving is not None
        # Whatever comes through the pipe, or its end, means: enough.
        loop.add_reader(pipe.fileno(), serving.cancel)

    run(world_name, seed=seed, day=day, log_to=log, on_ready=ready)


async def _wind_up(lab: Lab) -> None:
    """Stop the lab and end what still runs in its loop (drips, open handshakes)."""
    await lab.stop()
    running = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
    for task in running:
        task.cancel()
    await asyncio.gather(*running, return_exceptions=True)
    # One more turn: transports that were closed above take leave of their sockets in it.
    await asyncio.sleep(0)


def run(
    world_name: str,
    *,
    seed: int = 1,
    day: int = 0,
    duration_s: float | None = None,
    log_to: Path | None = None,
    on_ready: Callable[[Lab], None] = lambda lab: None,
) -> Lab:
    """Serve a world until *duration_s* has passed or the process is interrupted.

    *on_ready* is called once the ports are open; *log_to* gets the log at the end, for a score
    that is computed elsewhere. Raises UnknownNameError for a world that does not exist, and
    InputError for a day that it does not have.
    """
    lab = Lab(worlds[world_name](seed).on(day))

    async def serve() -> None:
        await lab.start()
        on_ready(lab)
        try:
            with suppress(TimeoutError):
                await asyncio.wait_for(asyncio.Event().wait(), duration_s)
        finally:
            await lab.stop()

    try:
        with suppress(KeyboardInterrupt, asyncio.CancelledError):
            asyncio.run(serve())
    finally:
        if log_to is not None:
            log_to.write_text(json.dumps(lab.log()), encoding="utf-8")
    return lab


def read_log(file: Path) -> tuple[list[Request], int]:
    """The requests and the number of DNS questions of a log that `run` wrote."""
    log = json.loads(file.read_text(encoding="utf-8"))
    return [Request(**request) for request in log["requests"]], int(log["questions"])
