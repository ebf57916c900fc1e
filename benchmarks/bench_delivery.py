"""A delivery of many entries: from the database to files that servers load, and the next one.

A made-up population: each host confirmed and seen live, one in ten below a domain of its own. The
first delivery adds all; the second finds each verified again and 100 gone, as a night does; the
third finds nothing new. The baseline is reading the names alone from the same database and writing
them as lines.

    python benchmarks/bench_delivery.py [ENTRIES...]

*ENTRIES* are 10000 and 100000 unless given; 1000000 takes some minutes and 1.5 GB of disk.
"""

import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, text

ROOT = Path(__file__).parents[1]
sys.path[:0] = [str(ROOT)]

from mirrorhunt.config import Config  # noqa: E402
from mirrorhunt.delivering import releasing  # noqa: E402
from mirrorhunt.delivering.snapshots import Order  # noqa: E402
from mirrorhunt.feeds import Feed  # noqa: E402
from mirrorhunt.protected import builtin  # noqa: E402
from mirrorhunt.protecting import Keep  # noqa: E402
from mirrorhunt.store import migrate  # noqa: E402
from mirrorhunt.store.session import engine_for  # noqa: E402

NOW = datetime(2026, 11, 1, 12, tzinfo=UTC)
FORMATS = ("rpz", "plain_domains", "plain_hosts")
GONE = 100
BATCH_ROWS = 20_000


def domain(number: int) -> str:
    """The registrable domain of a host."""
    suffix = ("com", "live", "co.uk", "xyz", "to")[number % 5]
    return f"films{number * 7919 % 10_000_019:x}tv.{suffix}"


def fill(engine: Engine, entries: int) -> None:
    """Confirmed hosts, each seen live yesterday."""
    at = NOW - timedelta(days=1)

    def hosts() -> Iterator[dict[str, Any]]:
        for number in range(1, entries + 1):
            name = domain(number)
            host = f"live.{name}" if number % 10 == 0 else name
            yield {"id": number, "name": host, "domain": name, "at": at.replace(tzinfo=None)}

    with engine.begin() as connection:
        at_text = {"at": at.replace(tzinfo=None)}
        connection.execute(
            text("insert into networks (id, name, created_at) values (1, 'films', :at)"), at_text
        )
    rows = hosts()
    while batch := [row for row, _ in zip(rows, range(BATCH_ROWS), strict=False)]:
        with engine.begin() as connection:
            connection.execute(
                text(
                    "insert into hosts (id, name, registrable_domain, first_seen_at, availability,"
                    " availability_rule, availability_because, last_live_at, title,"
                    " next_availability, next_looks, epoch_because)"
                    " values (:id, :name, :domain, :at, 'live', '', '', :at, '', '', 0, '')"
                ),
                batch,
            )
            connection.execute(
                text(
                    "insert into verdicts (id, network_id, host_id, verdict, relation, score_bits,"
                    " scores, prior_bits, gate, policy, role, flags, reviewed_by,"
                    " is_reopened, digest, judged_at, last_judged_at, is_current)"
                    " values (:id, 1, :id, 'confirmed', 'mirror', 9.5, '{}', -5.6, '', 'bench',"
                    " '', '', 'ann,bob', 0, '', :at, :at, 1)"
                ),
                batch,
            )


def timed(name: str, do: Callable[[], object]) -> float:
    """Seconds of wall time."""
    began = time.perf_counter()
    do()
    took = time.perf_counter() - began
    sys.stderr.write(f"{name}: {took:.1f} s\n")
    return took


def one(entries: int) -> None:
    """Measure in this process, and print a row."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        engine = engine_for(f"sqlite:///{folder}/feed.db")
        migrate.upgrade(engine)
        fill(engine, entries)
        most = entries + 1
        feed = Feed(
            "isp",
            str(folder / "feed"),
            formats=FORMATS,
            max_entries=most,
            max_added=most,
            max_withdrawn=most,
        )
        keep = Keep(builtin(), NOW)
        keep.needs_two("films.example")  # A list of a million names, read once a process.

        def names() -> None:
            with engine.begin() as connection, (folder / "names").open("w") as out:
                for (host,) in connection.execute(text("select name from hosts order by name")):
                    out.write(f"{host}\n")

        def deliver(now: datetime) -> None:
            keep_now = Keep(builtin(), now)
            releasing.deliver(
                engine, Config(), keep_now, feed, Order("bench", now), lambda _: None
            )

        def night() -> None:
            with engine.begin() as connection:
                live = (NOW + timedelta(hours=20)).replace(tzinfo=None)
                connection.execute(text("update hosts set last_live_at = :at"), {"at": live})
                connection.execute(
                    text("update hosts set availability = 'dead' where id <= :gone"),
                    {"gone": GONE},
                )

        baseline = timed("names alone", names)
        first = timed("first", lambda: deliver(NOW))
        night()
        second = timed("second", lambda: deliver(NOW + timedelta(days=1)))
        third = timed("third", lambda: deliver(NOW + timedelta(days=1)))
        peak_mib = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        made = sum(f.stat().st_size for f in (folder / "feed" / "current").iterdir())
        print(
            f"| {entries:,} | {baseline:.1f} | {first:.1f} ({first / baseline:.0f}) | "
            f"{second:.1f} ({second / baseline:.0f}) | {third:.1f} ({third / baseline:.0f}) | "
            f"{peak_mib:.0f} | {made / 1e6:.1f} |",
            flush=True,
        )


def main() -> None:
    """A table, each row from a process of its own."""
    if sys.argv[1:2] == ["one"]:
        one(int(sys.argv[2]))
        return
    print(
        "| entries | names alone, s | first, s (ratio) | a night later: all renewed | nothing new "
        "| peak MiB | MB of files |\n|---|---|---|---|---|---|---|",
        flush=True,
    )
    for entries in map(int, sys.argv[1:] or ("10000", "100000")):
        subprocess.run([sys.executable, __file__, "one", str(entries)], check=True)


if __name__ == "__main__":
    main()
