"""Pages a second through the whole pipeline, against bare Scrapy, in one run.

Every host is new and has one page over HTTPS. Bare Scrapy fetches the page with its own aiohttp
handler and does nothing with it; mirrorhunt resolves the name, checks the address, fetches, keeps
the certificate, reads pointers, rules on the state, takes the fingerprints and stores it all in
SQLite. Each round runs in a process of its own; the medians of the rounds are compared.

    python benchmarks/bench_crawl.py [PAGES] [ROUNDS]
"""

import cProfile
import json
import pstats
import statistics
import subprocess
import sys
import time
from pathlib import Path

from _server import ADDRESS, scratch, serving

CONCURRENCY = 32


def bare(pages: int, https: int) -> float:
    """Pages a second of a spider that only fetches."""
    import scrapy
    from scrapy.crawler import AsyncCrawlerProcess

    class Bare(scrapy.Spider):
        name = "bare"

        async def start(self):  # type: ignore[no-untyped-def]
            for i in range(pages):
                yield scrapy.Request(f"https://127.1.{i // 250}.{i % 250 + 1}:{https}/")

        def parse(self, response):  # type: ignore[no-untyped-def]
            self.crawler.stats.inc_value("pages")

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
    crawler = process.create_crawler(Bare)
    process.crawl(crawler)
    started = time.perf_counter()
    process.start()
    took_s = time.perf_counter() - started
    assert crawler.stats.get_value("pages") == pages, crawler.stats.get_stats()
    return pages / took_s


def whole(pages: int, dns: int, https: int, profile: bool = False) -> float:
    """Pages a second of a hunt's first round over as many listed candidates."""
    from mirrorhunt.config import Config
    from mirrorhunt.crawling.runner import crawl

    with scratch() as folder:
        listed = Path(folder, "listed.txt")
        listed.write_text("".join(f"goal{i}.example\n" for i in range(1, pages)))
        config = Config(
            database_url=f"sqlite:///{folder}/bench.db",
            nameservers=(f"{ADDRESS}:{dns}",),
            connect_to=(f":443:{ADDRESS}:{https}",),
            concurrency=CONCURRENCY,
            concurrency_per_address=CONCURRENCY,
            delay_s=0,
            rounds=1,
            hosts_per_hunt=pages,
            pages_per_host=0,
            dns_names_per_round=0,
        )
        arguments = {"seeds": "goal0.example", "candidates": str(listed), "network": "unrelated"}
        spent: list[float] = []

        def note(p):  # type: ignore[no-untyped-def]
            spent.append(time.perf_counter())

        profiler = cProfile.Profile()
        if profile:
            profiler.enable()
        ended = crawl(config, "hunt", arguments, note)
        if profile:
            profiler.disable()
            pstats.Stats(profiler).sort_stats("tottime").print_stats(45)
        assert not ended.failures, ended
        looking = spent[:pages]
        return (len(looking) - 1) / (looking[-1] - looking[0])


def main() -> None:
    """Run both in turn, and print the ratio."""
    pages = int(sys.argv[1]) if len(sys.argv) > 1 else 2000
    rounds = int(sys.argv[2]) if len(sys.argv) > 2 else 3
    figures: dict[str, list[float]] = {"bare": [], "whole": []}
    with serving() as ports:
        for _ in range(rounds):
            for which in figures:
                command = [sys.executable, __file__, which, str(pages), str(ports.dns)]
                done = subprocess.run(
                    [*command, str(ports.https)], check=True, capture_output=True, text=True
                )
                figures[which].append(json.loads(done.stdout.splitlines()[-1]))
    bare_rate, whole_rate = (statistics.median(figures[w]) for w in ("bare", "whole"))
    print(f"bare Scrapy      {bare_rate:8.0f} pages/s  {figures['bare']}")
    print(f"whole pipeline   {whole_rate:8.0f} pages/s  {figures['whole']}")
    print(f"ratio            {whole_rate / bare_rate:8.2f}  (aim 0.6)")


if __name__ == "__main__":
    if len(sys.argv) > 1 and sys.argv[1] in {"bare", "whole", "profile"}:
        which, pages, dns, https = sys.argv[1], *map(int, sys.argv[2:5])
        rate = (
            bare(pages, https) if which == "bare" else whole(pages, dns, https, which == "profile")
        )
        print(json.dumps(rate))
    elif len(sys.argv) > 1 and sys.argv[1] == "profiled":
        with serving() as ports:
            subprocess.run(
                [sys.executable, __file__, "profile", "1000", str(ports.dns), str(ports.https)],
                check=True,
            )
    else:
        main()
