"""Pages a second through the whole pipeline, against bare Scrapy, in one run.

Every host is new and has one page over HTTPS. Bare Scrapy fetches the page with its own aiohttp
handler and does nothing with it; mirrorhunt resolves the name, checks the address, fetches, keeps
the certificate, reads pointers, rules on the state, takes the fingerprints and stores it all in
SQLite. Each turn runs in a process of its own; the medians of the turns are compared.

    python benchmarks/bench_crawl.py [PAGES] [TURNS]      the ratio
    python benchmarks/bench_crawl.py stages [PAGES]       where our CPU time goes
    python benchmarks/bench_crawl.py profile [PAGES]      the same by function, by cProfile
"""

import cProfile
import functools
import json
import pstats
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from _server import ADDRESS, Ports, scratch, serving

CONCURRENCY = 32


@dataclass
class Clock:
    """Wall and CPU time from the first page to the last: starting up is left out."""

    wall_s: list[float] = field(default_factory=list)
    cpu_s: list[float] = field(default_factory=list)

    def tick(self) -> None:
        """A page came in."""
        self.wall_s.append(time.perf_counter())
        self.cpu_s.append(time.process_time())

    def pace(self) -> "Pace":
        """What a page took."""
        pages = len(self.wall_s) - 1
        cpu_s = self.cpu_s[-1] - self.cpu_s[0]
        return Pace(pages / (self.wall_s[-1] - self.wall_s[0]), 1000 * cpu_s / pages)


@dataclass(frozen=True)
class Pace:
    """How fast a crawl went."""

    pages_per_s: float
    cpu_ms: float
    """A page, all threads."""
    stages_ms: dict[str, float] = field(default_factory=dict)
    """A page, where the stages were timed."""


def bare(pages: int, ports: Ports) -> Pace:
    """A spider that only fetches."""
    import scrapy
    from scrapy.crawler import AsyncCrawlerProcess

    clock = Clock()

    class Bare(scrapy.Spider):
        name = "bare"

        async def start(self):  # type: ignore[no-untyped-def]
            for i in range(pages):
                yield scrapy.Request(f"https://127.1.{i // 250}.{i % 250 + 1}:{ports.https}/")

        def parse(self, response):  # type: ignore[no-untyped-def]
            clock.tick()

    handler = "scrapy.core.downloader.handlers._aiohttp.AiohttpDownloadHandler"
    process = AsyncCrawlerProcess(
        {
            "LOG_LEVEL": "ERROR",
            "REMOTE_CONTROL_ENABLED": False,
            "TELNETCONSOLE_ENABLED": False,
            "COOKIES_ENABLED": False,
            "CONCURRENT_REQUESTS": CONCURRENCY,
            "CONCURRENT_ITEMS": 8,
            "ASYNCIO_EVENT_LOOP": "uvloop.Loop",
            "DOWNLOAD_HANDLERS": {"http": handler, "https": handler},
        }
    )
    process.crawl(process.create_crawler(Bare))
    process.start()
    assert len(clock.wall_s) == pages, f"{len(clock.wall_s)} of {pages} pages came"
    return clock.pace()


def whole(pages: int, ports: Ports) -> Pace:
    """A hunt's first round over as many listed candidates."""
    from mirrorhunt.config import Config
    from mirrorhunt.crawling.hunting import Progress
    from mirrorhunt.crawling.runner import crawl

    clock = Clock()

    def note(progress: Progress) -> None:
        if progress.stage == "looking":
            clock.tick()

    with scratch() as folder:
        listed = Path(folder, "listed.txt")
        listed.write_text("".join(f"goal{i}.example\n" for i in range(1, pages)))
        config = Config(
            database_url=f"sqlite:///{folder}/bench.db",
            nameservers=(f"{ADDRESS}:{ports.dns}",),
            connect_to=(f":443:{ADDRESS}:{ports.https}",),
            concurrency=CONCURRENCY,
            concurrency_per_address=CONCURRENCY,
            delay_s=0,
            rounds=1,
            hosts_per_hunt=pages,
            pages_per_host=0,
            dns_names_per_round=0,
        )
        arguments = {"seeds": "goal0.example", "candidates": str(listed), "network": "unrelated"}
        ended = crawl(config, "hunt", arguments, note)
    assert not ended.failures, ended
    assert ended.stats.get("mirrorhunt/availability/live") == pages, ended.stats
    assert len(clock.wall_s) == pages, f"{len(clock.wall_s)} of {pages} pages came"
    return clock.pace()


class Stages:
    """CPU time by stage, each without the stages that it calls."""

    def __init__(self) -> None:
        self.spent_s: dict[str, float] = {}
        self._inner_s = [0.0]

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        """Time the block as *name*."""
        started = time.thread_time()
        self._inner_s.append(0.0)
        yield
        took_s = time.thread_time() - started
        self.spent_s[name] = self.spent_s.get(name, 0.0) + took_s - self._inner_s.pop()
        self._inner_s[-1] += took_s

    def time(self, name: str, owner: Any, attribute: str) -> None:
        """Time the function *attribute* of *owner* as *name*."""
        function = getattr(owner, attribute)

        @functools.wraps(function)
        def timed(*args: Any, **kwargs: Any) -> Any:
            with self.stage(name):
                return function(*args, **kwargs)

        setattr(owner, attribute, timed)


def staged(pages: int, ports: Ports) -> Pace:
    """As `whole`, with a clock around each of our own functions that does a stage's work."""
    from mirrorhunt import page
    from mirrorhunt.crawling import hunting, visiting
    from pipelines import availability, fingerprint, scope, store, tidy

    # The writer has a thread, and so a clock, of its own.
    looking, writing = Stages(), Stages()
    looking.time("reading the HTML", page, "read")
    looking.time("pointers", hunting.Hunt, "_pointers")
    looking.time("pointers", visiting, "find_hop")
    looking.time("pointers", visiting, "inner_paths")
    looking.time("pointers", tidy.TidyPipeline, "process_item")
    looking.time("pointers", scope.ScopePipeline, "process_item")
    looking.time("availability", availability.AvailabilityPipeline, "process_item")
    looking.time("fingerprint", hunting.Hunt, "_is_interesting")
    looking.time("fingerprint", fingerprint.FingerprintPipeline, "process_item")
    looking.time("certificate", visiting, "peer_certificate")
    writing.time("store", store.StorePipeline, "_store")
    pace = whole(pages, ports)
    spent_s = looking.spent_s | writing.spent_s
    stages_ms = {name: 1000 * spent / pages for name, spent in spent_s.items()}
    stages_ms["DNS, TLS, fetch, Scrapy"] = pace.cpu_ms - sum(stages_ms.values())
    return Pace(pace.pages_per_s, pace.cpu_ms, stages_ms)


def profiled(pages: int, ports: Ports) -> Pace:
    """As `whole`, under cProfile; the table goes to stderr."""
    profiler = cProfile.Profile()
    pace = profiler.runcall(whole, pages, ports)
    pstats.Stats(profiler, stream=sys.stderr).sort_stats("tottime").print_stats(45)
    return pace


KINDS: dict[str, Callable[[int, Ports], Pace]] = {
    "bare": bare,
    "whole": whole,
    "stages": staged,
    "profile": profiled,
}


def turn(kind: str, pages: int, ports: Ports) -> Pace:
    """One crawl in a process of its own."""
    command = [sys.executable, __file__, "turn", kind, str(pages), str(ports.dns)]
    done = subprocess.run([*command, str(ports.https)], check=True, stdout=subprocess.PIPE)
    return Pace(**json.loads(done.stdout.splitlines()[-1]))


def compare(pages: int, turns: int) -> None:
    """Run both in turn, and print the ratio."""
    paces: dict[str, list[Pace]] = {"bare": [], "whole": []}
    with serving() as ports:
        for _ in range(turns):
            for kind, of_kind in paces.items():
                of_kind.append(turn(kind, pages, ports))
    rates = {k: statistics.median(p.pages_per_s for p in of) for k, of in paces.items()}
    cpu = {k: statistics.median(p.cpu_ms for p in of) for k, of in paces.items()}
    print(f"{pages} pages, {turns} turns, medians   pages/s   CPU ms/page")
    for kind, words in (("bare", "bare Scrapy"), ("whole", "whole pipeline")):
        print(f"{words:30}{rates[kind]:12.0f}{cpu[kind]:14.2f}")
    print(f"{'whole against bare':30}{rates['whole'] / rates['bare']:12.2f}", end="")
    print(f"{cpu['bare'] / cpu['whole']:14.2f}   (aim 0.6)")


def break_down(pages: int) -> None:
    """Print where our CPU time goes, beside what bare Scrapy needs."""
    with serving() as ports:
        plain, ours = turn("bare", pages, ports), turn("stages", pages, ports)
    for name, ms in sorted(ours.stages_ms.items(), key=lambda stage: -stage[1]):
        print(f"{name:30}{ms:8.2f} ms/page")
    print(f"{'together':30}{ours.cpu_ms:8.2f} ms/page, {ours.pages_per_s:.0f} pages/s")
    print(f"{'bare Scrapy':30}{plain.cpu_ms:8.2f} ms/page, {plain.pages_per_s:.0f} pages/s")


def main(arguments: list[str]) -> None:
    """See the text at the top."""
    match arguments:
        case ["turn", kind, pages, dns, https]:
            print(json.dumps(asdict(KINDS[kind](int(pages), Ports(int(dns), int(https))))))
        case ["stages", *rest]:
            break_down(int(rest[0]) if rest else 1000)
        case ["profile", *rest]:
            with serving() as ports:
                turn("profile", int(rest[0]) if rest else 1000, ports)
        case _:
            compare(*[*map(int, arguments), *(2000, 3)[len(arguments) :]])


if __name__ == "__main__":
    main(sys.argv[1:])
